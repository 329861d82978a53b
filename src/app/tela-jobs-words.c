/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-jobs-words.h"

#include <adwaita.h>
#include <glib/gi18n.h>

char *
tela_jobs_describe (const TelaJobRow *row)
{
  switch (row->state)
    {
    case TELA_JOB_QUEUED:
      if (row->place <= 0)
        return g_strdup (_ ("Waiting…"));
      /* Translators: %u is the number of jobs that are made before this one */
      return g_strdup_printf (
          g_dngettext (NULL, "Waiting, %u before it", "Waiting, %u before it", (gulong) row->place), (guint) row->place);
    case TELA_JOB_RUNNING:
      if (row->progress < 0)
        return g_strdup (_ ("Being made…"));
      /* Translators: how far the making of an image is, in percent */
      return g_strdup_printf (_ ("%.0f %%"), 100 * row->progress);
    case TELA_JOB_DONE:
      return g_strdup (_ ("Done"));
    case TELA_JOB_FAILED:
      /* Translators: of an image that could not be made; %s says why */
      return row->error != NULL ? g_strdup_printf (_ ("Failed: %s"), row->error) : g_strdup (_ ("Failed"));
    case TELA_JOB_CANCELLED:
      return g_strdup (_ ("Canceled"));
    case TELA_JOB_UNKNOWN:
    default:
      /* Translators: of an image that was ordered; nobody knows what has become of it; %s says why */
      return row->error != NULL ? g_strdup_printf (_ ("Unknown: %s"), row->error)
                                : g_strdup (_ ("Lost by whoever made it"));
    }
}

GtkWidget *
tela_jobs_new_setup_page (void)
{
  GtkWidget *page = adw_status_page_new ();
  GtkWidget *button = gtk_button_new_with_mnemonic (_ ("Open _Preferences"));

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (page), "tela-generate-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (page), _ ("Nothing Makes Images Yet"));
  adw_status_page_set_description (ADW_STATUS_PAGE (page),
                                   _ ("Enter the key of an image service such as fal.ai, or the command of a program on "
                                      "this computer, in the preferences."));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "app.preferences");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "pill");
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_widget_add_css_class (page, "compact");
  adw_status_page_set_child (ADW_STATUS_PAGE (page), button);
  return page;
}
