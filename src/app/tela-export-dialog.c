/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-export-dialog.h"

#include <glib/gi18n.h>

#define DEFAULT_SCALE 1 /* the second: 2 pixels a board unit */

struct _TelaExportDialog
{
  AdwWindow parent_instance;

  AdwComboRow *format; /* children */
  AdwComboRow *scale;
  GtkSwitch   *transparent;
  GtkSwitch   *dark;
  GtkSwitch   *embeds;
  GtkSwitch   *by_frame;
  GtkSwitch   *selection;
  gboolean     has_frames;
};

G_DEFINE_FINAL_TYPE (TelaExportDialog, tela_export_dialog, ADW_TYPE_WINDOW)

static void
show_row (GtkSwitch *toggle,
          gboolean   is_shown)
{
  gtk_widget_set_visible (gtk_widget_get_ancestor (GTK_WIDGET (toggle), ADW_TYPE_ACTION_ROW), is_shown);
}

static void
format_changed_cb (TelaExportDialog *self)
{
  TelaExportFormat format = adw_combo_row_get_selected (self->format);
  gboolean         is_picture = format == TELA_EXPORT_PNG || format == TELA_EXPORT_SVG;

  gtk_widget_set_visible (GTK_WIDGET (self->scale), format == TELA_EXPORT_PNG);
  show_row (self->transparent, is_picture || format == TELA_EXPORT_PDF);
  show_row (self->dark, is_picture || format == TELA_EXPORT_PDF);
  show_row (self->embeds, is_picture);
  show_row (self->by_frame, format == TELA_EXPORT_PDF && self->has_frames);
}

static void
export_clicked_cb (TelaExportDialog *self)
{
  g_signal_emit_by_name (self, "chosen");
  gtk_window_destroy (GTK_WINDOW (self));
}

static void
tela_export_dialog_class_init (TelaExportDialogClass *klass)
{
  g_signal_new ("chosen", TELA_TYPE_EXPORT_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static AdwComboRow *
add_combo (GtkWidget         *group,
           const char        *title,
           const char *const *choices)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) list = gtk_string_list_new (choices);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);

  return ADW_COMBO_ROW (row);
}

static GtkSwitch *
add_switch (GtkWidget  *group,
            const char *title,
            const char *subtitle)
{
  GtkWidget *row = adw_action_row_new ();
  GtkWidget *toggle = gtk_switch_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (toggle, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), toggle);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), toggle);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);

  return GTK_SWITCH (toggle);
}

static GtkWidget *
new_header (TelaExportDialog *self)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_ ("_Cancel"));
  GtkWidget *confirm = gtk_button_new_with_mnemonic (_ ("_Export…"));

  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (header), FALSE);
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  gtk_widget_add_css_class (confirm, "suggested-action");
  g_signal_connect_object (confirm, "clicked", G_CALLBACK (export_clicked_cb), self, G_CONNECT_SWAPPED);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), confirm);
  gtk_window_set_default_widget (GTK_WINDOW (self), confirm);

  return header;
}

static void
tela_export_dialog_init (TelaExportDialog *self)
{
  const char *formats[] = { _ ("PNG picture"), _ ("SVG picture"), _ ("PDF document"), _ ("Excalidraw drawing"),
                            _ ("Tela board"), NULL };
  const char *scales[] = { "1×", "2×", "3×", NULL };
  GtkWidget  *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget  *page = adw_preferences_page_new ();
  GtkWidget  *group = adw_preferences_group_new ();

  self->format = add_combo (group, _ ("Format"), formats);
  self->scale = add_combo (group, _ ("Size"), scales);
  adw_combo_row_set_selected (self->scale, DEFAULT_SCALE);
  self->transparent = add_switch (group, _ ("Transparent Background"), NULL);
  self->dark = add_switch (group, _ ("Dark Colors"), NULL);
  self->embeds = add_switch (group, _ ("Include the Drawing"), _ ("The picture can be opened and edited again"));
  self->by_frame = add_switch (group, _ ("A Page for Each Frame"), NULL);
  self->selection = add_switch (group, _ ("Selection Only"), NULL);
  g_signal_connect_object (self->format, "notify::selected", G_CALLBACK (format_changed_cb), self, G_CONNECT_SWAPPED);

  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  gtk_widget_set_vexpand (page, TRUE);
  gtk_box_append (GTK_BOX (box), new_header (self));
  gtk_box_append (GTK_BOX (box), page);
  adw_window_set_content (ADW_WINDOW (self), box);
  gtk_window_set_title (GTK_WINDOW (self), _ ("Export Board"));
  gtk_window_set_modal (GTK_WINDOW (self), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self), 360, 440); /* as narrow as a window can be */
}

TelaExportDialog *
tela_export_dialog_new (GtkWindow *parent,
                        gboolean   has_selection,
                        gboolean   has_frames)
{
  TelaExportDialog *self = g_object_new (TELA_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);

  self->has_frames = has_frames;
  show_row (self->selection, has_selection);
  format_changed_cb (self);

  return self;
}

void
tela_export_dialog_get_options (TelaExportDialog  *self,
                                TelaExportOptions *options)
{
  g_return_if_fail (TELA_IS_EXPORT_DIALOG (self));

  *options = (TelaExportOptions){
    .format = adw_combo_row_get_selected (self->format),
    .scale = 1 + adw_combo_row_get_selected (self->scale),
    .is_transparent = gtk_switch_get_active (self->transparent),
    .is_dark = gtk_switch_get_active (self->dark),
    .embeds = gtk_switch_get_active (self->embeds),
    .by_frame = gtk_switch_get_active (self->by_frame),
    .selection_only = gtk_switch_get_active (self->selection),
  };
}
