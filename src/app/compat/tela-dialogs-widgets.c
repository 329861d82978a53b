/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-dialogs.h"

GtkWidget *
tela_question_new (const char         *heading,
                   const char         *body,
                   const TelaResponse *responses,
                   guint               n_responses)
{
  AdwAlertDialog *dialog = ADW_ALERT_DIALOG (adw_alert_dialog_new (heading, body));

  for (guint i = 0; i < n_responses; i++)
    {
      adw_alert_dialog_add_response (dialog, responses[i].id, responses[i].label);
      adw_alert_dialog_set_response_appearance (dialog, responses[i].id, responses[i].appearance);
    }
  adw_alert_dialog_set_close_response (dialog, responses[0].id);
  adw_alert_dialog_set_default_response (dialog, responses[n_responses - 1].id);

  return GTK_WIDGET (dialog);
}

void
tela_question_set_enabled (GtkWidget  *question,
                           const char *response,
                           gboolean    is_enabled)
{
  adw_alert_dialog_set_response_enabled (ADW_ALERT_DIALOG (question), response, is_enabled);
}

GtkWidget *
tela_about_new (void)
{
  return GTK_WIDGET (adw_about_dialog_new ());
}

GtkWidget *
tela_preferences_dialog_new (AdwPreferencesPage *page)
{
  AdwDialog *dialog = adw_preferences_dialog_new ();

  adw_preferences_dialog_add (ADW_PREFERENCES_DIALOG (dialog), page);

  return GTK_WIDGET (dialog);
}

void
tela_dialog_set_size (GtkWidget *dialog,
                      int        width,
                      int        height)
{
  adw_dialog_set_content_width (ADW_DIALOG (dialog), width);
  adw_dialog_set_content_height (ADW_DIALOG (dialog), height);
}

/* What takes the input in place of @window: in what is below a modal window nobody could answer. */
static GtkWindow *
find_uppermost (GtkWindow *window)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (all, i);

      if (gtk_window_get_transient_for (other) == window && gtk_window_get_modal (other) &&
          gtk_widget_get_visible (GTK_WIDGET (other)))
        return find_uppermost (other);
    }

  return window;
}

void
tela_dialog_present (GtkWidget *dialog,
                     GtkWindow *parent)
{
  adw_dialog_present (ADW_DIALOG (dialog), parent == NULL ? NULL : GTK_WIDGET (find_uppermost (parent)));
}
