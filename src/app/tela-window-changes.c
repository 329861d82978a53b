/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-changes-dialog.h"

/* Edits of one's own that others do not see, and what can be done with them. */

/* The elements as they would be with the edit: what it did not write is as it is now. */
static GPtrArray *
whole_elements (TelaBoard         *board,
                const TelaOwnEdit *edit)
{
  GPtrArray *whole = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < edit->ops->len; i++)
    {
      TelaElement       *op = edit->ops->pdata[i];
      const TelaElement *now = tela_board_lookup (board, tela_element_get_id (op));
      g_autoptr (TelaElement) sum = NULL;

      if (now != NULL)
        {
          g_autoptr (TelaElement) last = tela_element_restamp (op, (TelaStamp){ G_MAXUINT64, 1 });

          sum = tela_element_merge (now, last, NULL);
        }
      else
        {
          sum = tela_element_ref (op);
        }
      if (tela_element_is_visible (sum))
        g_ptr_array_add (whole, g_steal_pointer (&sum));
    }

  return whole;
}

static void
copy_cb (TelaWindow        *self,
         const TelaOwnEdit *edit)
{
  g_autoptr (GPtrArray) ops = NULL;
  g_autofree char *name = NULL;
  g_autofree char *title = NULL;

  if (self->session == NULL)
    return;
  ops = whole_elements (tela_session_get_board (self->session), edit);
  if (ops->len == 0)
    {
      tela_window_toast (self, _ ("There is nothing to copy: the change only deleted"));
      return;
    }
  name = tela_window_dup_name (self);
  /* Translators: the name of a board with what was refused on another one, whose name is %s */
  title = g_strdup_printf (_ ("Refused on %s"), name);
  tela_window_copy (self, title, ops, _ ("The refused change was copied to a new board"));
}

static void
changes_action (GtkWidget  *widget,
                const char *name,
                GVariant   *parameter)
{
  TelaWindow        *self = TELA_WINDOW (widget);
  TelaChangesDialog *dialog;

  if (self->session == NULL)
    return;
  dialog = tela_changes_dialog_new (GTK_WINDOW (self), self->session);
  g_signal_connect_object (dialog, "copy", G_CALLBACK (copy_cb), self, G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
open_board_action (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  tela_window_open_board (TELA_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
add_toast (TelaWindow *self,
           const char *text)
{
  AdwToast *toast = adw_toast_new (text);

  adw_toast_set_button_label (toast, _ ("_Show"));
  adw_toast_set_action_name (toast, "win.changes");
  adw_toast_overlay_add_toast (self->toasts, toast);
}

void
tela_window_tell_refused (TelaWindow *self,
                          const char *message)
{
  g_autofree char *text = NULL;

  /* Translators: %s says why, in a sentence */
  text = g_strdup_printf (_ ("A change was refused: %s"), message);
  add_toast (self, text);
}

void
tela_window_edits_changed (TelaWindow *self)
{
  guint n = self->session != NULL ? tela_session_get_n_lost (self->session) : 0;

  if (n > self->n_lost)
    add_toast (self, _ ("Somebody wrote over one of your changes"));
  self->n_lost = n;
}

void
tela_window_install_changes (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.changes", NULL, changes_action);
  gtk_widget_class_install_action (widget_class, "win.open-board", "s", open_board_action);
}
