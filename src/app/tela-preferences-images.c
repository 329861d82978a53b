/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-preferences-images.h"

#include <glib/gi18n.h>

static GtkWidget *
add_entry (GtkWidget  *group,
           const char *title,
           GtkWidget  *row)
{
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_preferences_row_set_use_underline (ADW_PREFERENCES_ROW (row), TRUE);
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (row), 0);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return row;
}

/* Written when it is confirmed, and not at each letter: half a command is a wrong one. */
static void
applied_cb (GtkEditable *row,
            GSettings   *settings)
{
  const char *key = gtk_widget_get_name (GTK_WIDGET (row));

  g_settings_set_string (settings, key, gtk_editable_get_text (row));
}

static void
add_setting (GtkWidget  *group,
             const char *title,
             GSettings  *settings,
             const char *key)
{
  GtkWidget       *row = add_entry (group, title, adw_entry_row_new ());
  g_autofree char *text = g_settings_get_string (settings, key);

  gtk_widget_set_name (row, key);
  gtk_editable_set_text (GTK_EDITABLE (row), text);
  g_signal_connect_object (row, "apply", G_CALLBACK (applied_cb), settings, 0);
}

static void
key_applied_cb (TelaJobs    *jobs,
                GtkEditable *row)
{
  tela_jobs_set_key (jobs, gtk_editable_get_text (row));
  gtk_editable_set_text (row, "");
}

static void
key_place_cb (TelaJobs            *jobs,
              GParamSpec          *pspec,
              AdwPreferencesGroup *group)
{
  switch (tela_jobs_get_key_place (jobs))
    {
    case TELA_JOB_KEY_RING:
      adw_preferences_group_set_description (group, _ ("A key is kept in the keyring."));
      break;
    case TELA_JOB_KEY_FILE:
      adw_preferences_group_set_description (
          group, _ ("There is no keyring here: the key is kept in a file that only this user can read."));
      break;
    case TELA_JOB_KEY_NONE:
    default:
      adw_preferences_group_set_description (
          group, _ ("What Generate Image uses: the queue of fal.ai, or of a server that speaks as it does."));
    }
}

static void
problem_cb (TelaJobs            *jobs,
            GParamSpec          *pspec,
            AdwPreferencesGroup *group)
{
  if (tela_jobs_get_problem (jobs) != NULL)
    {
      g_autofree char *escaped = g_markup_escape_text (tela_jobs_get_problem (jobs), -1);

      adw_preferences_group_set_description (group, escaped);
    }
  else
    adw_preferences_group_set_description (
        group, _ ("It gets the prompt on standard input, or where {prompt} stands, and writes a PNG to standard output, or "
                  "to {output}. {seed}, {width} and {height} stand for what is asked for."));
}

void
tela_preferences_add_images (AdwPreferencesPage *page,
                             GSettings          *settings,
                             TelaJobs           *jobs)
{
  GtkWidget *service = adw_preferences_group_new ();
  GtkWidget *program = adw_preferences_group_new ();
  GtkWidget *key;

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (service), _ ("Image Service"));
  add_setting (service, _ ("_Address"), settings, "fal-endpoint");
  key = add_entry (service, _ ("_Key"), adw_password_entry_row_new ());
  g_signal_connect_object (key, "apply", G_CALLBACK (key_applied_cb), jobs, G_CONNECT_SWAPPED);
  g_signal_connect_object (jobs, "notify::key-place", G_CALLBACK (key_place_cb), service, 0);
  key_place_cb (jobs, NULL, ADW_PREFERENCES_GROUP (service));
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (service));

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (program), _ ("Image Program"));
  add_setting (program, _ ("_Command"), settings, "generator-command");
  g_signal_connect_object (jobs, "notify::ready", G_CALLBACK (problem_cb), program, 0);
  problem_cb (jobs, NULL, ADW_PREFERENCES_GROUP (program));
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (program));
}
