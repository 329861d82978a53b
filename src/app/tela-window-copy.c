/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-document.h"
#include "tela-joined.h"
#include "tela-versions.h"

/* What becomes a board of its own. */

typedef struct
{
  TelaWindow  *window;   /* owned */
  GPtrArray   *elements; /* owned */
  char        *told;     /* owned; nullable */
  char        *project_id;
  TelaSession *session; /* owned; of the new board, once it is open */
} Copy;

static void
copy_free (Copy *self)
{
  g_object_unref (self->window);
  g_ptr_array_unref (self->elements);
  g_free (self->told);
  g_free (self->project_id);
  g_clear_object (&self->session);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Copy, copy_free)

static void
fail (Copy         *copy,
      const GError *error)
{
  if (copy->window->toasts == NULL)
    return; /* closed meanwhile */
  /* Translators: %s says why, in a sentence */
  tela_window_tell (copy->window, copy->told != NULL ? _ ("The change cannot be copied: %s") : _ ("The copy cannot be made: %s"),
                    error->message);
}

static void
tell_copied (Copy *copy)
{
  AdwToast *toast = adw_toast_new (copy->told);

  adw_toast_set_button_label (toast, _ ("_Open"));
  adw_toast_set_action_name (toast, "win.open-board");
  adw_toast_set_action_target_value (toast, g_variant_new_string (copy->project_id));
  adw_toast_overlay_add_toast (copy->window->toasts, toast);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Copy) copy = user_data;
  g_autoptr (GError) error = NULL;

  if (tela_versions_restore_finish (TELA_SESSION (source), result, &error) < 0)
    fail (copy, error);
  else if (copy->window->toasts == NULL)
    return; /* closed meanwhile */
  else if (copy->told != NULL)
    tell_copied (copy);
  else
    tela_window_open_beside (copy->window, copy->project_id);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Copy *copy = user_data;
  g_autoptr (GError) error = NULL;

  copy->session = tela_workspace_open_finish (TELA_WORKSPACE (source), result, &error);
  if (copy->session != NULL)
    {
      tela_versions_restore_async (copy->session, copy->elements, NULL, written_cb, copy);
      return;
    }
  fail (copy, error);
  copy_free (copy);
}

void
tela_window_copy (TelaWindow *self,
                  const char *name,
                  GPtrArray  *elements,
                  const char *told)
{
  TelaWorkspace *workspace = tela_window_get_workspace (self);
  Copy          *copy;

  if (workspace == NULL)
    return;
  copy = g_new0 (Copy, 1);
  copy->window = g_object_ref (self);
  copy->elements = g_ptr_array_ref (elements);
  copy->told = g_strdup (told);
  copy->project_id = tela_workspace_create (workspace, name);
  tela_workspace_open_async (workspace, copy->project_id, self->cancellable, opened_cb, copy);
}

/* The computer of somebody else is no place for it. */
static gboolean
is_guest (TelaWindow *self)
{
  TelaApplication *app = tela_window_get_app (self);
  const char      *url = tela_application_get_url (app);
  g_autoptr (TelaJoined) host = url == NULL ? NULL : tela_joined_find (tela_application_get_data_dir (app), url);

  return host != NULL;
}

static void
keep_copy_action (GtkWidget  *widget,
                  const char *action,
                  GVariant   *parameter)
{
  TelaWindow *self = TELA_WINDOW (widget);
  g_autoptr (GPtrArray) elements = NULL;
  g_autofree char *name = NULL;

  if (self->session == NULL)
    return;
  if (is_guest (self))
    {
      tela_window_choose_save (self);
      return;
    }
  elements = tela_document_snapshot (tela_session_get_board (self->session));
  /* Translators: the name of a copy of the board %s, which the list does not know any more */
  name = g_strdup_printf (_ ("Copy of %s"), gtk_window_get_title (GTK_WINDOW (self)));
  tela_window_copy (self, name, elements, NULL);
}

void
tela_window_install_copy (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.keep-copy", NULL, keep_copy_action);
}
