/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-host.h"
#include "tela-remote-private.h"
#include "tela-workspace-private.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "../common/gone-client.h"

/* One process with one board, as the application is, but for its windows: handover-child DATA BOARD [URL KEY]. BOARD "new" makes
 * one; with URL it is a guest. It says "board ID URL KEY" or "user ID", and then obeys lines:
 *   draw ID      a gesture that makes the element; "durable ID" once it is on disk, "cannot ID" if the board cannot be edited
 *   unplug       from here on it reaches nobody
 *   admit USER   lets a guest in; "admitted"
 *   dump         tries the network at once, as if it had just come back, and drains; "dump JSON"
 *   who          "hosting" or "connected"
 *   leave        ends as when the last window is closed
 *   vanish       the same, but waits for nothing */
#define N_STEPS 3
#define DRAIN_MS 3000

typedef struct
{
  GMainLoop       *loop;
  TelaHost        *host;
  TelaStore       *store;
  RealtimeManager *realtime;
  TelaWorkspace   *workspace;
  TelaSession     *session;
  gboolean         leaving;
} Process;

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static void
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void G_GNUC_PRINTF (1, 2)
    say (const char *format,
         ...)
{
  va_list args;

  va_start (args, format);
  vprintf (format, args);
  va_end (args);
  putchar ('\n');
  fflush (stdout);
}

static void
adopt (Process *self)
{
  g_autoptr (GPtrArray) idle = tela_host_claim_idle_replicas (self->host);

  for (guint i = 0; i < idle->len; i++)
    tela_workspace_adopt_replica (self->workspace, g_ptr_array_index (idle, i));
}

static void
set_endpoint (Process *self)
{
  g_autofree char *session = tela_host_dup_session (self->host);

  tela_workspace_set_endpoint (self->workspace, tela_host_get_url (self->host), tela_host_get_key (self->host), session,
                               !tela_host_is_remote (self->host));
}

static void
endpoint_changed_cb (Process *self)
{
  if (self->leaving)
    return;
  set_endpoint (self);
  if (tela_host_is_hosting (self->host))
    adopt (self);
}

static void
replicas_due_cb (Process *self)
{
  if (!self->leaving && realtime_manager_get_connection_state (self->realtime) == REALTIME_CONNECTION_CONNECTED)
    adopt (self);
}

static void
endpoint_lost_cb (Process *self)
{
  if (!self->leaving)
    tela_host_check (self->host);
}

static void
start (Process    *self,
       const char *dir,
       const char *url,
       const char *key)
{
  g_autoptr (GError) error = NULL;

  self->host = tela_host_new (dir, url, key, &error);
  g_assert_no_error (error);
  self->store = tela_store_open (tela_host_get_replica_dir (self->host), &error);
  g_assert_no_error (error);
  g_assert_no_error (tela_store_get_warning (self->store));
  self->realtime = realtime_manager_new ();
  self->workspace = tela_workspace_new (self->store, self->realtime);
  g_signal_connect_swapped (self->workspace, "endpoint-lost", G_CALLBACK (endpoint_lost_cb), self);
  g_signal_connect_swapped (self->host, "endpoint-changed", G_CALLBACK (endpoint_changed_cb), self);
  g_signal_connect_swapped (self->host, "replicas-due", G_CALLBACK (replicas_due_cb), self);
  set_endpoint (self);
  if (tela_host_is_hosting (self->host))
    adopt (self);
}

static void
open_board (Process    *self,
            const char *board)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_workspace_open_async (self->workspace, board, NULL, done_cb, &result);
  await (&result);
  self->session = tela_workspace_open_finish (self->workspace, result, &error);
  g_assert_no_error (error);
}

static void
drain (Process *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_session_drain_async (self->session, NULL, done_cb, &result);
  await (&result);
  tela_session_drain_finish (self->session, result, &error);
  g_assert_no_error (error);
}

static void
draw (Process    *self,
      const char *id)
{
  TelaGesture *gesture;

  if (!tela_session_can_edit (self->session))
    {
      say ("cannot %s", id);
      return;
    }
  gesture = tela_session_begin (self->session);
  for (int step = 1; step <= N_STEPS; step++)
    {
      TelaOpBuilder *builder = tela_op_builder_new (id);
      g_autoptr (TelaElement) op = NULL;

      tela_op_builder_set_string (builder, TELA_KEY_TYPE, "rectangle");
      tela_op_builder_set_number (builder, TELA_KEY_X, step);
      op = tela_op_builder_end (builder, (TelaStamp){ 0 });
      tela_gesture_update (gesture, &op, 1);
      g_main_context_iteration (NULL, FALSE);
    }
  tela_gesture_end (gesture);
  while (tela_optimistic_updates_get_n_shown (self->session->updates) > 0)
    g_main_context_iteration (NULL, TRUE);
  say ("durable %s", id);
}

static void
admit (Process    *self,
       const char *user)
{
  TelaRemote      *remote = tela_workspace_get_remote (self->workspace);
  g_autofree char *json = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"editor\"}",
                                           tela_session_get_project_id (self->session), user);
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));
  const TelaRemoteCall call = {
    .method = "POST", .path = "/rest/v1/project_members", .body = body, .type = "application/json", .fine = 409
  };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_remote_call_async (remote, &call, NULL, done_cb, &result);
  await (&result);
  tela_remote_done_finish (remote, result, &error);
  g_assert_no_error (error);
  say ("admitted");
}

/* Nobody listens at port 1. */
static void
unplug (Process *self)
{
  g_autofree char *session = tela_host_dup_session (self->host);

  self->leaving = TRUE;
  tela_workspace_set_endpoint (self->workspace, "http://127.0.0.1:1", tela_host_get_key (self->host), session, TRUE);
}

static gboolean
cancel_cb (gpointer user_data)
{
  g_cancellable_cancel (user_data);
  return G_SOURCE_CONTINUE;
}

/* In the application's order. */
static void
end (Process *self,
     gboolean waits)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) drained = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  guint timeout = g_timeout_add (waits ? DRAIN_MS : 0, cancel_cb, cancellable);

  self->leaving = TRUE;
  g_clear_object (&self->session);
  tela_workspace_drain_async (self->workspace, cancellable, done_cb, &drained);
  await (&drained);
  g_source_remove (timeout);
  tela_workspace_drain_finish (self->workspace, drained, NULL);
  tela_workspace_close (self->workspace);
  realtime_manager_shutdown_async (self->realtime, NULL, done_cb, &result);
  await (&result);
  realtime_manager_shutdown_finish (self->realtime, result, NULL);
  tela_store_close (self->store);
  tela_host_close (self->host);
  g_clear_object (&self->workspace);
  g_clear_object (&self->realtime);
  g_clear_object (&self->store);
  g_clear_object (&self->host);
}

static gboolean
command_cb (GIOChannel  *channel,
            GIOCondition condition,
            gpointer     user_data)
{
  Process         *self = user_data;
  g_autofree char *line = NULL;

  if (g_io_channel_read_line (channel, &line, NULL, NULL, NULL) != G_IO_STATUS_NORMAL)
    line = g_strdup ("vanish");
  g_strchomp (line);
  if (g_str_has_prefix (line, "draw "))
    draw (self, line + strlen ("draw "));
  else if (g_str_equal (line, "unplug"))
    unplug (self);
  else if (g_str_has_prefix (line, "admit "))
    admit (self, line + strlen ("admit "));
  else if (g_str_equal (line, "who"))
    say ("%s", tela_host_is_hosting (self->host) ? "hosting" : "connected");
  else if (g_str_equal (line, "dump"))
    {
      g_autofree char *dump = NULL;

      realtime_manager_connect (self->realtime);
      drain (self);
      dump = tela_board_dump (tela_session_get_board (self->session), TRUE);
      say ("dump %s", dump);
    }
  else
    {
      end (self, g_str_equal (line, "leave"));
      g_main_loop_quit (self->loop);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_CONTINUE;
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GIOChannel) commands = g_io_channel_unix_new (0);
  Process self = { loop };

  g_assert_true (argc == 3 || argc == 5);
  prctl (PR_SET_PDEATHSIG, SIGKILL); /* it may be waiting for what does not come: that is what the test is about */
  gone_client_allow ();
  start (&self, argv[1], argc == 5 ? argv[3] : NULL, argc == 5 ? argv[4] : NULL);
  if (strcmp (argv[2], "new") == 0)
    {
      g_autofree char *board = tela_workspace_create (self.workspace, "Board");

      open_board (&self, board);
      drain (&self);
      say ("board %s %s %s", board, tela_host_get_url (self.host), tela_host_get_key (self.host));
    }
  else
    {
      while (tela_workspace_get_user_id (self.workspace) == NULL)
        g_main_context_iteration (NULL, TRUE);
      say ("user %s", tela_workspace_get_user_id (self.workspace));
      open_board (&self, argv[2]);
    }
  g_io_add_watch (commands, G_IO_IN | G_IO_HUP, command_cb, &self);
  g_main_loop_run (loop);
  return 0;
}
