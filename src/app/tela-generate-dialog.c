/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-generate-dialog.h"

#include <glib/gi18n.h>

#include "tela-generator-command.h"
#include "tela-jobs-words.h"

struct _TelaGenerateDialog
{
  AdwWindow parent_instance;

  TelaJobs      *jobs;   /* owned */
  GtkStringList *models; /* owned: what they are called for the jobs */
  char          *wanted; /* owned: the last model */

  GtkStack      *stack; /* children */
  GtkWidget     *confirm;
  GtkWidget     *text;
  GtkTextBuffer *prompt;
  AdwComboRow   *model;
  GtkSpinButton *count;
};

G_DEFINE_FINAL_TYPE (TelaGenerateDialog, tela_generate_dialog, ADW_TYPE_WINDOW)

char *
tela_generate_dialog_dup_prompt (TelaGenerateDialog *self)
{
  GtkTextIter start, end;

  gtk_text_buffer_get_bounds (self->prompt, &start, &end);
  return g_strstrip (gtk_text_buffer_get_text (self->prompt, &start, &end, FALSE));
}

static void
update (TelaGenerateDialog *self)
{
  g_autofree char *prompt = tela_generate_dialog_dup_prompt (self);
  gboolean         is_ready = tela_jobs_is_ready (self->jobs);

  gtk_stack_set_visible_child_name (self->stack, is_ready ? "order" : "setup");
  gtk_widget_set_visible (self->confirm, is_ready);
  gtk_widget_set_sensitive (self->confirm, is_ready && *prompt != '\0');
}

/* The models as they are now; the one that was chosen stays. */
static void
list_models (TelaGenerateDialog *self)
{
  g_auto (GStrv) models = tela_jobs_dup_models (self->jobs);
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
  guint chosen = 0;

  gtk_string_list_splice (self->models, 0, g_list_model_get_n_items (G_LIST_MODEL (self->models)),
                          (const char *const *) models);
  for (guint i = 0; models[i] != NULL; i++)
    {
      if (g_strcmp0 (models[i], self->wanted) == 0)
        chosen = i;
      gtk_string_list_append (names,
                              strcmp (models[i], TELA_COMMAND_MODEL) == 0 ? _ ("Program on this computer") : models[i]);
    }
  adw_combo_row_set_model (self->model, G_LIST_MODEL (names));
  if (models[0] != NULL)
    adw_combo_row_set_selected (self->model, chosen);
  update (self);
}

void
tela_generate_dialog_confirm (TelaGenerateDialog *self)
{
  g_return_if_fail (TELA_IS_GENERATE_DIALOG (self));

  if (!gtk_widget_is_sensitive (self->confirm))
    return;
  g_signal_emit_by_name (self, "chosen");
  gtk_window_destroy (GTK_WINDOW (self));
}

/* Enter orders, Shift and Enter begin a new line: a prompt is mostly one. */
static gboolean
key_cb (TelaGenerateDialog *self,
        guint               key,
        guint               code,
        GdkModifierType     state)
{
  if ((key != GDK_KEY_Return && key != GDK_KEY_KP_Enter) || (state & GDK_SHIFT_MASK) != 0)
    return GDK_EVENT_PROPAGATE;
  tela_generate_dialog_confirm (self);
  return GDK_EVENT_STOP;
}

static GtkWidget *
new_header (TelaGenerateDialog *self)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_ ("_Cancel"));

  self->confirm = gtk_button_new_with_mnemonic (_ ("_Generate"));
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  gtk_widget_add_css_class (self->confirm, "suggested-action");
  g_signal_connect_object (self->confirm, "clicked", G_CALLBACK (tela_generate_dialog_confirm), self,
                           G_CONNECT_SWAPPED);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->confirm);
  return header;
}

static GtkWidget *
new_prompt (TelaGenerateDialog *self)
{
  GtkWidget          *text = gtk_text_view_new ();
  GtkWidget          *scrolled = gtk_scrolled_window_new ();
  GtkWidget          *group = adw_preferences_group_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->prompt = gtk_text_view_get_buffer (GTK_TEXT_VIEW (text));
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (text), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (text), FALSE);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (text), 12);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (text), 12);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (text), 12);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (text), 12);
  gtk_widget_add_css_class (text, "tela-prompt");
  gtk_accessible_update_property (GTK_ACCESSIBLE (text), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Prompt"), -1);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scrolled), 96);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), text);
  gtk_widget_add_css_class (scrolled, "card");
  gtk_widget_set_overflow (scrolled, GTK_OVERFLOW_HIDDEN);
  g_signal_connect_object (keys, "key-pressed", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (text, keys);
  g_signal_connect_object (self->prompt, "changed", G_CALLBACK (update), self, G_CONNECT_SWAPPED);
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Prompt"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), scrolled);
  self->text = text;
  return group;
}

static GtkWidget *
new_choices (TelaGenerateDialog *self)
{
  GtkWidget *group = adw_preferences_group_new ();
  GtkWidget *model = adw_combo_row_new ();
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *count = gtk_spin_button_new_with_range (1, TELA_JOBS_MAX_COUNT, 1);

  self->model = ADW_COMBO_ROW (model);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (model), _ ("Model"));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), model);
  self->count = GTK_SPIN_BUTTON (count);
  gtk_widget_set_valign (count, GTK_ALIGN_CENTER);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _ ("Images"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _ ("Side by side, each with a seed of its own"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), count);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), count);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return group;
}

static void
tela_generate_dialog_dispose (GObject *object)
{
  TelaGenerateDialog *self = TELA_GENERATE_DIALOG (object);

  g_clear_object (&self->jobs);
  g_clear_object (&self->models);
  g_clear_pointer (&self->wanted, g_free);
  G_OBJECT_CLASS (tela_generate_dialog_parent_class)->dispose (object);
}

static void
tela_generate_dialog_class_init (TelaGenerateDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = tela_generate_dialog_dispose;

  g_signal_new ("chosen", TELA_TYPE_GENERATE_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
tela_generate_dialog_init (TelaGenerateDialog *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *page = adw_preferences_page_new ();

  self->models = gtk_string_list_new (NULL);
  self->stack = GTK_STACK (gtk_stack_new ());
  gtk_box_append (GTK_BOX (box), new_header (self));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (new_prompt (self)));
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (new_choices (self)));
  gtk_stack_add_named (self->stack, page, "order");
  gtk_stack_add_named (self->stack, tela_jobs_new_setup_page (), "setup");
  gtk_widget_set_vexpand (GTK_WIDGET (self->stack), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->stack));
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Generate Image"));
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self), 420, 440);
}

TelaGenerateDialog *
tela_generate_dialog_new (GtkWindow  *parent,
                          TelaJobs   *jobs,
                          const char *model)
{
  TelaGenerateDialog *self = g_object_new (TELA_TYPE_GENERATE_DIALOG, "transient-for", parent, NULL);

  gtk_widget_insert_action_group (GTK_WIDGET (self), "app", G_ACTION_GROUP (gtk_window_get_application (parent)));
  self->jobs = g_object_ref (jobs);
  self->wanted = g_strdup (model);
  g_signal_connect_object (jobs, "notify::ready", G_CALLBACK (list_models), self, G_CONNECT_SWAPPED);
  list_models (self);
  if (tela_jobs_is_ready (jobs))
    gtk_widget_grab_focus (self->text);
  return self;
}

void
tela_generate_dialog_set_prompt (TelaGenerateDialog *self,
                                 const char         *prompt)
{
  g_return_if_fail (TELA_IS_GENERATE_DIALOG (self));

  gtk_text_buffer_set_text (self->prompt, prompt, -1);
}

char *
tela_generate_dialog_dup_model (TelaGenerateDialog *self)
{
  guint chosen;

  g_return_val_if_fail (TELA_IS_GENERATE_DIALOG (self), NULL);

  chosen = adw_combo_row_get_selected (self->model);
  if (chosen >= g_list_model_get_n_items (G_LIST_MODEL (self->models)))
    return g_strdup ("");
  return g_strdup (gtk_string_list_get_string (self->models, chosen));
}

guint
tela_generate_dialog_get_count (TelaGenerateDialog *self)
{
  g_return_val_if_fail (TELA_IS_GENERATE_DIALOG (self), 1);

  return (guint) gtk_spin_button_get_value_as_int (self->count);
}
