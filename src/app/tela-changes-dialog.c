/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-changes-dialog.h"

#include <glib/gi18n.h>

#include "tela-date.h"

struct _TelaChangesDialog
{
  AdwWindow parent_instance;

  TelaSession  *session;     /* owned */
  GCancellable *cancellable; /* owned; of the list being read */

  GtkStack      *stack; /* children */
  GtkWidget     *page;  /* NULL: nothing is listed yet */
  AdwStatusPage *status;
};

G_DEFINE_FINAL_TYPE (TelaChangesDialog, tela_changes_dialog, ADW_TYPE_WINDOW)

enum
{
  COPY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static char *
describe (const TelaOwnEdit *edit)
{
  guint n_new = 0, n_gone = 0, n = edit->ops->len;

  for (guint i = 0; i < n; i++)
    {
      n_new += tela_element_has (edit->ops->pdata[i], TELA_KEY_TYPE);
      n_gone += tela_element_get_boolean (edit->ops->pdata[i], TELA_KEY_IS_DELETED, FALSE);
    }
  if (n_gone == n)
    return g_strdup_printf (g_dngettext (NULL, "%u shape deleted", "%u shapes deleted", n), n);
  if (n_new == n)
    return g_strdup_printf (g_dngettext (NULL, "%u shape added", "%u shapes added", n), n);

  return g_strdup_printf (g_dngettext (NULL, "%u shape changed", "%u shapes changed", n), n);
}

static const char *
name_of (TelaSession *session,
         guint64      actor)
{
  GPtrArray *peers = tela_people_get_peers (tela_session_get_people (session));

  for (guint i = 0; i < peers->len; i++)
    {
      const TelaPeer *peer = peers->pdata[i];

      if (peer->actor == actor && peer->person != NULL && tela_person_get_name (peer->person) != NULL)
        return tela_person_get_name (peer->person);
    }

  return _ ("Somebody else");
}

static char *
explain (TelaSession       *session,
         const TelaOwnEdit *edit)
{
  g_autofree char *when = tela_date_describe (edit->when_ms, g_get_real_time () / 1000);

  if (edit->kind == TELA_OWN_EDIT_REFUSED && edit->reason != NULL)
    return g_strdup_printf ("%s · %s", when, edit->reason);
  if (edit->kind == TELA_OWN_EDIT_LOST)
    {
      /* Translators: the first %s is a time, the second one somebody's name */
      return g_strdup_printf (_ ("%s · %s wrote over it at the same time"), when, name_of (session, edit->actor));
    }

  return g_strdup (when);
}

static void
copy_cb (GtkWidget *button)
{
  GtkWidget *self = gtk_widget_get_ancestor (button, TELA_TYPE_CHANGES_DIALOG);

  g_signal_emit (self, signals[COPY], 0, g_object_get_data (G_OBJECT (button), "edit"));
}

static void
again_cb (GtkWidget *button)
{
  TelaChangesDialog *self = TELA_CHANGES_DIALOG (gtk_widget_get_ancestor (button, TELA_TYPE_CHANGES_DIALOG));

  tela_session_apply_again (self->session, g_object_get_data (G_OBJECT (button), "edit"));
}

static void
forget_cb (GtkWidget *button)
{
  TelaChangesDialog *self = TELA_CHANGES_DIALOG (gtk_widget_get_ancestor (button, TELA_TYPE_CHANGES_DIALOG));

  tela_session_forget_lost (self->session, g_object_get_data (G_OBJECT (button), "edit"));
}

static void
add_button (GtkWidget   *row,
            TelaOwnEdit *edit,
            GtkWidget   *button,
            GCallback    callback)
{
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  g_object_set_data_full (G_OBJECT (button), "edit", tela_own_edit_ref (edit), (GDestroyNotify) tela_own_edit_unref);
  g_signal_connect (button, "clicked", callback, NULL);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static GtkWidget *
new_row (TelaChangesDialog *self,
         TelaOwnEdit       *edit)
{
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *title = describe (edit);
  g_autofree char *text = explain (self->session, edit);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), text);
  adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
  if (edit->kind == TELA_OWN_EDIT_REFUSED)
    {
      GtkWidget *copy = gtk_button_new_with_mnemonic (_ ("_Copy"));

      gtk_widget_set_tooltip_text (copy, _ ("Copy to a New Board"));
      add_button (row, edit, copy, G_CALLBACK (copy_cb));
    }
  if (edit->kind == TELA_OWN_EDIT_LOST)
    {
      GtkWidget *again = gtk_button_new_with_mnemonic (_ ("_Apply Again"));
      GtkWidget *forget = gtk_button_new_from_icon_name ("window-close-symbolic");

      gtk_widget_add_css_class (forget, "flat");
      gtk_widget_set_tooltip_text (forget, _ ("Let It Be"));
      gtk_widget_set_tooltip_text (again, _ ("Apply Mine Again"));
      add_button (row, edit, again, G_CALLBACK (again_cb));
      add_button (row, edit, forget, G_CALLBACK (forget_cb));
    }

  return row;
}

static void
add_group (TelaChangesDialog *self,
           GPtrArray         *edits,
           TelaOwnEditKind    kind,
           const char        *title,
           const char        *description)
{
  GtkWidget *group = NULL;

  for (guint i = 0; i < edits->len; i++)
    {
      TelaOwnEdit *edit = edits->pdata[i];

      if (edit->kind != kind)
        continue;
      if (group == NULL)
        {
          group = adw_preferences_group_new ();
          adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
          adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), description);
          adw_preferences_page_add (ADW_PREFERENCES_PAGE (self->page), ADW_PREFERENCES_GROUP (group));
        }
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), new_row (self, edit));
    }
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaChangesDialog) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) edits = tela_session_list_edits_finish (TELA_SESSION (source), result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->session == NULL)
    return;
  if (edits == NULL || edits->len == 0)
    {
      adw_status_page_set_title (self->status, edits == NULL ? _ ("The Changes Cannot Be Read") : _ ("Nothing Waits"));
      adw_status_page_set_description (self->status, edits == NULL ? error->message
                                                                   : _ ("All that you have changed is on the board."));
      gtk_stack_set_visible_child (self->stack, GTK_WIDGET (self->status));
      return;
    }
  if (self->page != NULL)
    gtk_stack_remove (self->stack, self->page);
  self->page = adw_preferences_page_new ();
  add_group (self, edits, TELA_OWN_EDIT_LOST, _ ("Lost Changes"), _ ("Somebody changed the same thing without having seen yours."));
  add_group (self, edits, TELA_OWN_EDIT_REFUSED, _ ("Refused Changes"), _ ("They are not on the board, and are kept for 30 days. A copy goes to a new board."));
  add_group (self, edits, TELA_OWN_EDIT_WAITING, _ ("Waiting Changes"), _ ("They are kept on this computer and sent as soon as possible."));
  gtk_stack_add_child (self->stack, self->page);
  gtk_stack_set_visible_child (self->stack, self->page);
}

static void
update (TelaChangesDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  tela_session_list_edits_async (self->session, self->cancellable, listed_cb, g_object_ref (self));
}

static void
tela_changes_dialog_dispose (GObject *object)
{
  TelaChangesDialog *self = TELA_CHANGES_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  G_OBJECT_CLASS (tela_changes_dialog_parent_class)->dispose (object);
}

static void
tela_changes_dialog_class_init (TelaChangesDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tela_changes_dialog_dispose;
  signals[COPY] = g_signal_new ("copy", TELA_TYPE_CHANGES_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                1, G_TYPE_POINTER);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
tela_changes_dialog_init (TelaChangesDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->stack = GTK_STACK (gtk_stack_new ());
  self->status = ADW_STATUS_PAGE (adw_status_page_new ());
  adw_status_page_set_icon_name (self->status, "object-select-symbolic");
  gtk_stack_add_child (self->stack, adw_bin_new ());
  gtk_stack_add_child (self->stack, GTK_WIDGET (self->status));
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _ ("My Changes"));
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self), 360, 480);
}

TelaChangesDialog *
tela_changes_dialog_new (GtkWindow   *parent,
                         TelaSession *session)
{
  TelaChangesDialog *self = g_object_new (TELA_TYPE_CHANGES_DIALOG, "transient-for", parent, NULL);

  self->session = g_object_ref (session);
  g_signal_connect_object (session, "edits-changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "notify::state", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  update (self);

  return self;
}
