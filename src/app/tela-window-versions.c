/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-versions-window.h"
#include "tela-versions.h"

/* Going back to what a board was. */

typedef struct
{
  TelaWindow *window; /* owned */
  char       *title;  /* owned */
} Restoration;

static void
restoration_free (Restoration *self)
{
  g_object_unref (self->window);
  g_free (self->title);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Restoration, restoration_free)

static void
undo_cb (TelaSession *session)
{
  tela_session_undo (session, NULL);
}

/* Its button undoes just that: the toast goes with the next edit. */
static void
offer_undo (TelaWindow  *self,
            TelaSession *session,
            const char  *title)
{
  g_autofree char *escaped = g_markup_escape_text (title, -1);
  g_autofree char *text = NULL;
  AdwToast        *toast;

  /* Translators: %s is the name of a version of the board, or when it was, such as “Today, 14:20” */
  text = g_strdup_printf (_ ("Restored: %s"), escaped);
  toast = adw_toast_new (text);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (undo_cb), session, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "edited", G_CALLBACK (adw_toast_dismiss), toast, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
restored_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Restoration) restoration = user_data;
  TelaWindow *self = restoration->window;
  g_autoptr (GError) error = NULL;
  gssize n = tela_versions_restore_finish (TELA_SESSION (source), result, &error);

  if (self->toasts == NULL)
    return; /* closed meanwhile */
  if (n < 0)
    /* Translators: %s says why, in a sentence */
    tela_window_tell (self, _ ("The version cannot be restored: %s"), error->message);
  else if (n == 0)
    tela_window_toast (self, _ ("The board is like that already"));
  else
    offer_undo (self, TELA_SESSION (source), restoration->title);
}

static void
restore_cb (TelaWindow *self,
            GPtrArray  *elements,
            const char *title,
            GtkWindow  *dialog)
{
  Restoration *restoration = g_new (Restoration, 1);

  *restoration = (Restoration){ .window = g_object_ref (self), .title = g_strdup (title) };
  tela_versions_restore_async (self->session, elements, NULL, restored_cb, restoration);
  gtk_window_close (dialog);
}

static void
copy_cb (TelaWindow *self,
         GPtrArray  *elements,
         const char *title,
         GtkWindow  *dialog)
{
  g_autofree char *board = tela_window_dup_name (self);
  g_autofree char *name = NULL;

  /* Translators: the name of a copy: of the board %s as it was at %s, which is the name of a version or a time */
  name = g_strdup_printf (_ ("%s (%s)"), board, title);
  gtk_window_close (dialog);
  tela_window_copy (self, name, elements, NULL);
}

static void
versions_action (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  TelaWindow *self = TELA_WINDOW (widget);
  GtkWidget  *dialog;

  if (self->session == NULL)
    return;
  tela_canvas_commit_text (tela_window_get_canvas (self));
  dialog = tela_versions_window_new (GTK_WINDOW (self), tela_window_get_workspace (self), self->session);
  g_signal_connect_object (dialog, "restore", G_CALLBACK (restore_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (dialog, "copy", G_CALLBACK (copy_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
tela_window_install_versions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.versions", NULL, versions_action);
}
