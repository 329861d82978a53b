/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "document-fixture.h"

#if ADW_CHECK_VERSION(1, 5, 0)

/* Its own, or that of a window over it. */
static AdwDialog *
find_dialog (GtkWindow *window,
             GtkWindow *below)
{
  if (window == below)
    return adw_application_window_get_visible_dialog (ADW_APPLICATION_WINDOW (window));

  return ADW_IS_WINDOW (window) && gtk_window_get_transient_for (window) == below
             ? adw_window_get_visible_dialog (ADW_WINDOW (window))
             : NULL;
}

GtkWidget *
document_find_question (DocumentFixture *self)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *item = all; item != NULL; item = item->next)
    {
      AdwDialog *dialog = find_dialog (item->data, GTK_WINDOW (self->window));

      if (ADW_IS_ALERT_DIALOG (dialog))
        return GTK_WIDGET (dialog);
    }

  return NULL;
}

static gboolean
can_answer (GtkWidget  *question,
            const char *response)
{
  return adw_alert_dialog_has_response (ADW_ALERT_DIALOG (question), response);
}

#else

/* Itself, or by way of a dialog. */
static gboolean
is_over (GtkWindow *question,
         GtkWindow *window)
{
  GtkWindow *below = gtk_window_get_transient_for (question);

  return below != NULL && (below == window || gtk_window_get_transient_for (below) == window);
}

GtkWidget *
document_find_question (DocumentFixture *self)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *item = all; item != NULL; item = item->next)
    if (ADW_IS_MESSAGE_DIALOG (item->data) && is_over (item->data, GTK_WINDOW (self->window)))
      return item->data;

  return NULL;
}

static gboolean
can_answer (GtkWidget  *question,
            const char *response)
{
  return adw_message_dialog_has_response (ADW_MESSAGE_DIALOG (question), response);
}

#endif

void
document_answer (DocumentFixture *self,
                 const char      *response)
{
  GtkWidget *question;

  WAIT_UNTIL (document_find_question (self) != NULL);
  question = document_find_question (self);
  g_assert_true (can_answer (question, response));
  g_object_set (question, "close-response", response, NULL);
  gtk_widget_activate_action (question, "window.close", NULL);
  WAIT_UNTIL (document_find_question (self) == NULL);
}
