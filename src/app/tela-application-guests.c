/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Guests can work only while this process serves them: neither the last window nor the end of the
 * program takes it away from them unasked. */

#include "tela-application-private.h"

#include <glib/gi18n.h>

#include "tela-dialogs.h"
#include "tela-share.h"
#include "tela-window.h"

#define NOTIFICATION "sharing"

typedef struct
{
  TelaApplication *app;    /* owned */
  GtkWindow       *window; /* owned; the one to close, or that the end was called from */
  gboolean         is_end; /* of the program */
} Closing;

static void
closing_free (Closing *self)
{
  g_object_unref (self->app);
  g_object_unref (self->window);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Closing, closing_free)

/* All windows go; if guests stay, so does the program. */
static void
end_now (TelaApplication *self)
{
  GList *window;

  if (!self->is_kept)
    {
      tela_application_quit (self);
      return;
    }
  tela_application_save_windows (self);
  while ((window = gtk_application_get_windows (GTK_APPLICATION (self))) != NULL)
    gtk_window_destroy (window->data);
}

static void
close_now (Closing *closing)
{
  if (closing->is_end)
    {
      end_now (closing->app);
      return;
    }
  closing->app->may_close = TRUE;
  if (gtk_window_get_application (closing->window) != NULL)
    gtk_window_close (closing->window);
  closing->app->may_close = FALSE;
}

static void
tell (TelaApplication *self)
{
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (self));
  g_autoptr (GNotification) notification = NULL;

  /* Without a bus nobody could show it. */
  if (bus == NULL)
    return;

  notification = g_notification_new (_ ("Tela is still sharing your boards"));
  g_notification_set_body (notification, _ ("Guests can go on working. Open Tela to end it."));
  g_notification_set_default_action (notification, "app.new-window");
  g_notification_add_button (notification, _ ("Stop Sharing"), "app.stop-sharing");
  g_application_send_notification (G_APPLICATION (self), NOTIFICATION, notification);
}

static void
stopped_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaApplication) self = user_data;
  g_autoptr (TelaShareState) state = NULL;

  state = tela_share_state_finish (TELA_WORKSPACE (source), result, NULL);
  if (gtk_application_get_windows (GTK_APPLICATION (self)) == NULL)
    tela_application_quit (self);
}

static void
stop_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  TelaApplication *self = user_data;

  if (self->workspace != NULL && !self->is_quitting)
    tela_share_set_async (self->workspace, FALSE, NULL, NULL, NULL, stopped_cb, g_object_ref (self));
}

static void
stopped_and_closing_cb (GObject      *source,
                        GAsyncResult *result,
                        gpointer      user_data)
{
  g_autoptr (Closing) closing = user_data;
  g_autoptr (TelaShareState) state = NULL;

  state = tela_share_state_finish (TELA_WORKSPACE (source), result, NULL);
  close_now (closing);
}

static gboolean
close_cb (gpointer user_data)
{
  g_autoptr (Closing) closing = user_data;

  close_now (closing);

  return G_SOURCE_REMOVE;
}

static void
answered_cb (GtkWidget  *question,
             const char *response,
             gpointer    user_data)
{
  g_autoptr (Closing) closing = user_data;
  TelaApplication *self = closing->app;

  if (self->is_quitting || self->workspace == NULL)
    return;
  if (strcmp (response, "keep") == 0)
    {
      self->is_kept = TRUE;
      tell (self);
      g_idle_add (close_cb, g_steal_pointer (&closing)); /* the question, which is over the window, goes first */
    }
  else if (strcmp (response, "stop") == 0)
    tela_share_set_async (self->workspace, FALSE, NULL, NULL, NULL, stopped_and_closing_cb, g_steal_pointer (&closing));
}

static void
looked_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Closing) closing = user_data;
  g_autoptr (TelaShareState) state = NULL;
  TelaResponse responses[] = { { "cancel", _ ("_Cancel"), ADW_RESPONSE_DEFAULT },
                               { "stop", _ ("_Stop Sharing"), ADW_RESPONSE_DESTRUCTIVE },
                               { "keep", _ ("_Keep Sharing"), ADW_RESPONSE_SUGGESTED } };
  GtkWidget   *question;
  GtkWindow   *window = closing->window;

  state = tela_share_state_finish (TELA_WORKSPACE (source), result, NULL);
  closing->app->is_looking = FALSE;
  if (gtk_window_get_application (window) == NULL)
    return;
  if (state == NULL || state->n_guests == 0)
    {
      close_now (closing);
      return;
    }

  question = tela_question_new (
      _ ("Keep Sharing?"),
      _ ("Guests are on your boards. They can go on only while Tela runs, without a window if need be."), responses,
      G_N_ELEMENTS (responses));
  g_signal_connect (question, "response", G_CALLBACK (answered_cb), g_steal_pointer (&closing));
  tela_dialog_present (question, window);
}

static gboolean
delay (TelaApplication *self,
       GtkWindow       *window,
       gboolean         is_end)
{
  Closing *closing;

  if (self->may_close || self->is_quitting || self->workspace == NULL || !tela_host_is_hosting (self->host))
    return FALSE;
  if (self->is_looking)
    return TRUE;

  self->is_looking = TRUE;
  closing = g_new (Closing, 1);
  *closing = (Closing){ g_object_ref (self), g_object_ref (window), is_end };
  tela_share_look_async (self->workspace, NULL, looked_cb, closing);

  return TRUE;
}

gboolean
tela_application_delay_close (TelaApplication *self,
                              GtkWindow       *window)
{
  return delay (self, window, FALSE);
}

void
tela_application_ask_quit (TelaApplication *self)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL || !delay (self, window, TRUE))
    tela_application_quit (self);
}

void
tela_application_window_is_back (TelaApplication *self)
{
  GDBusConnection *bus = g_application_get_dbus_connection (G_APPLICATION (self));

  if (!self->is_kept)
    return;

  self->is_kept = FALSE;
  if (bus != NULL)
    g_application_withdraw_notification (G_APPLICATION (self), NOTIFICATION);
}

void
tela_application_add_guest_actions (TelaApplication *self)
{
  static const GActionEntry entries[] = { { .name = "stop-sharing", .activate = stop_activated } };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
}
