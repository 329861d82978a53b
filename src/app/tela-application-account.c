/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The account on a backend elsewhere: its password is asked for when no session is kept, or the one that was is over. */

#include "tela-application-private.h"

#include <glib/gi18n.h>

#include "tela-dialogs.h"

static void
answered_cb (TelaApplication *self,
             const char      *response,
             GtkWidget       *question)
{
  self->password_asked = NULL;
  if (strcmp (response, "sign-in") == 0 && !self->is_quitting)
    {
      GtkEditable *entry = g_object_get_data (G_OBJECT (question), "tela-entry");

      self->may_ask_password = self->has_tried_password = TRUE;
      tela_workspace_set_account (self->workspace, self->email, gtk_editable_get_text (entry));
      tela_application_set_endpoint (self);
    }
}

static void
typed_cb (GtkEditable *entry,
          GtkWidget   *question)
{
  tela_question_set_enabled (question, "sign-in", *gtk_editable_get_text (entry) != '\0');
}

/* @reason: (nullable): why the last one was not taken */
static void
ask (TelaApplication *self,
     const char      *reason)
{
  TelaResponse responses[] = { { "cancel", _ ("_Cancel"), ADW_RESPONSE_DEFAULT },
                               { "sign-in", _ ("_Sign In"), ADW_RESPONSE_SUGGESTED } };
  g_autoptr (GUri) uri = g_uri_parse (tela_host_get_url (self->host), G_URI_FLAGS_NONE, NULL);
  g_autoptr (GString) body = g_string_new (NULL);
  GtkWidget *entry = adw_password_entry_row_new ();
  GtkWidget *list = gtk_list_box_new ();

  /* Translators: the first is an e-mail address, the second the name of a computer */
  g_string_printf (body, _ ("Account %s on %s"), self->email, uri != NULL ? g_uri_get_host (uri) : tela_host_get_url (self->host));
  if (reason != NULL)
    g_string_append_printf (body, "\n\n%s", reason);
  self->password_asked = tela_question_new (_ ("Sign In"), body->str, responses, G_N_ELEMENTS (responses));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _ ("Password"));
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (entry), TRUE);
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  gtk_list_box_append (GTK_LIST_BOX (list), entry);
  g_object_set (self->password_asked, "extra-child", list, NULL);
  g_object_set_data (G_OBJECT (self->password_asked), "tela-entry", entry);
  tela_question_set_enabled (self->password_asked, "sign-in", FALSE);
  g_signal_connect_object (entry, "changed", G_CALLBACK (typed_cb), self->password_asked, 0);
  g_signal_connect_object (self->password_asked, "response", G_CALLBACK (answered_cb), self, G_CONNECT_SWAPPED);
  tela_dialog_present (self->password_asked, gtk_application_get_active_window (GTK_APPLICATION (self)));
  gtk_widget_grab_focus (entry);
}

static void
sign_in_activated (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  TelaApplication *self = user_data;

  if (self->password_asked == NULL && self->workspace != NULL && !self->is_quitting)
    ask (self, NULL);
}

/* Asked once: whoever cancels has the menu. Where there is no window yet the next refusal, which is soon, asks. */
static void
refused_cb (TelaApplication *self,
            const char      *reason)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (!self->may_ask_password || self->is_quitting || window == NULL || !gtk_widget_get_mapped (GTK_WIDGET (window)))
    return;
  self->may_ask_password = FALSE;
  ask (self, self->has_tried_password ? reason : NULL);
}

static void
signed_in_cb (TelaApplication *self)
{
  self->may_ask_password = TRUE;
  self->has_tried_password = FALSE;
}

void
tela_application_set_account (TelaApplication *self,
                              const char      *email,
                              const char      *password)
{
  g_return_if_fail (TELA_IS_APPLICATION (self) && self->workspace == NULL);

  self->email = g_strdup (email);
  self->password = g_strdup (password);
}

void
tela_application_start_account (TelaApplication *self)
{
  if (self->email == NULL)
    return;

  self->may_ask_password = TRUE;
  self->has_tried_password = self->password != NULL;
  g_signal_connect_object (self->workspace, "sign-in-refused", G_CALLBACK (refused_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->workspace, "signed-in", G_CALLBACK (signed_in_cb), self, G_CONNECT_SWAPPED);
  tela_workspace_set_account (self->workspace, self->email, self->password);
  g_clear_pointer (&self->password, g_free);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "sign-in")), TRUE);
}

void
tela_application_add_account_action (TelaApplication *self)
{
  static const GActionEntry entries[] = { { .name = "sign-in", .activate = sign_in_activated } };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "sign-in")), FALSE);
}
