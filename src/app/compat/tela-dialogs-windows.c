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
  GtkWidget        *question = adw_message_dialog_new (NULL, heading, body);
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (question);

  for (guint i = 0; i < n_responses; i++)
    {
      adw_message_dialog_add_response (dialog, responses[i].id, responses[i].label);
      adw_message_dialog_set_response_appearance (dialog, responses[i].id, responses[i].appearance);
    }
  adw_message_dialog_set_close_response (dialog, responses[0].id);
  adw_message_dialog_set_default_response (dialog, responses[n_responses - 1].id);

  return question;
}

void
tela_question_set_enabled (GtkWidget  *question,
                           const char *response,
                           gboolean    is_enabled)
{
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (question), response, is_enabled);
}

GtkWidget *
tela_about_new (void)
{
  return adw_about_window_new ();
}

GtkWidget *
tela_preferences_dialog_new (AdwPreferencesPage *page)
{
  GtkWidget *dialog = adw_preferences_window_new ();

  gtk_window_set_modal (GTK_WINDOW (dialog), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (dialog), 480, 620);
  adw_preferences_window_set_search_enabled (ADW_PREFERENCES_WINDOW (dialog), FALSE);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (dialog), page);

  return dialog;
}

void
tela_dialog_set_size (GtkWidget *dialog,
                      int        width,
                      int        height)
{
  gtk_window_set_default_size (GTK_WINDOW (dialog), width, height);
}

/* The row of a password hears that its field has lost the focus, even when the row itself is already freed. */
static void
unmap_cb (GtkWindow *dialog)
{
  gtk_window_set_focus (dialog, NULL);
}

void
tela_dialog_present (GtkWidget *dialog,
                     GtkWindow *parent)
{
  g_signal_connect (dialog, "unmap", G_CALLBACK (unmap_cb), NULL);
  gtk_window_set_transient_for (GTK_WINDOW (dialog), parent);
  gtk_window_present (GTK_WINDOW (dialog));
}
