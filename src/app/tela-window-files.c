/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-document.h"

/* Takes the chooser away. NULL: it was cancelled. (transfer full)(element-type GFile) */
static GListModel *
finish_chooser (TelaWindow *self,
                int         response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  GListModel *files = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));
  gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (chooser));

  return files;
}

static void
open_chosen_cb (TelaWindow *self,
                int         response)
{
  g_autoptr (GListModel) files = finish_chooser (self, response);

  if (files != NULL)
    tela_window_open_files (self, files);
}

static const struct
{
  const char *name;
  const char *pattern;
  const char *ending;
} kinds[] = {
  { N_ ("Excalidraw drawings"), "*.excalidraw", ".excalidraw" },
  { N_ ("Tela boards"), "*.tela", ".tela" },
  { N_ ("PNG pictures with the drawing inside"), "*.png", ".excalidraw.png" },
  { N_ ("SVG pictures with the drawing inside"), "*.svg", ".excalidraw.svg" },
};

/* Without an ending nobody would know what it is: it is of the kind that was chosen. */
static GFile *
with_ending (GFile         *file,
             GtkFileFilter *filter)
{
  g_autofree char  *path = g_file_get_path (file);
  g_autofree char  *full = NULL;
  const char       *ending = kinds[0].ending;
  TelaExportOptions options;

  if (path == NULL || tela_export_choose (path, &options))
    return g_object_ref (file);
  for (guint i = 0; filter != NULL && i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (gtk_file_filter_get_name (filter), _ (kinds[i].name)) == 0)
      ending = kinds[i].ending;
  full = g_strconcat (path, ending, NULL);

  return g_file_new_for_path (full);
}

static void
save_chosen_cb (TelaWindow *self,
                int         response)
{
  GtkFileFilter *chosen = gtk_file_chooser_get_filter (GTK_FILE_CHOOSER (self->chooser));
  g_autoptr (GtkFileFilter) filter = chosen == NULL ? NULL : g_object_ref (chosen);
  g_autoptr (GListModel) files = finish_chooser (self, response);
  g_autoptr (GFile) file = files == NULL ? NULL : g_list_model_get_item (files, 0);
  g_autoptr (GFile) full = file == NULL ? NULL : with_ending (file, filter);

  if (full != NULL && self->session != NULL)
    tela_window_save_to (self, full);
}

static void
add_filter (TelaWindow *self,
            const char *name,
            const char *pattern)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, name);
  gtk_file_filter_add_pattern (filter, pattern);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
}

static void
add_kinds (TelaWindow *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    add_filter (self, _ (kinds[i].name), kinds[i].pattern);
}

static void
show_chooser (TelaWindow *self,
              GCallback   chosen_cb)
{
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", chosen_cb, self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

void
tela_window_choose_open (TelaWindow *self)
{
  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (_ ("Open"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"),
                                               _ ("_Cancel"));
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  add_filter (self, _ ("All files"), "*");
  add_kinds (self);
  show_chooser (self, G_CALLBACK (open_chosen_cb));
}

void
tela_window_choose_save (TelaWindow *self)
{
  TelaLinks       *links = tela_application_get_links (tela_window_get_app (self));
  const TelaLink  *link = links == NULL ? NULL : tela_links_lookup (links, self->project_id);
  g_autofree char *name = NULL;
  g_autofree char *file_name = NULL;

  if (self->chooser != NULL || self->session == NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (_ ("Save As"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               _ ("_Save"), _ ("_Cancel"));
  if (link != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (link->path);
      g_autoptr (GFile) folder = g_file_get_parent (file);

      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), folder, NULL);
      file_name = tela_document_dup_name (link->path);
    }
  else
    {
      name = tela_window_dup_name (self);
      file_name = g_strconcat (name, ".excalidraw", NULL);
      g_strdelimit (file_name, "/\n\r\t", '-');
    }
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), file_name);
  add_kinds (self);
  show_chooser (self, G_CALLBACK (save_chosen_cb));
}
