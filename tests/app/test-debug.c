/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#include "tela-application-private.h"
#include "tela-debug-info.h"
#include "tela-debug-socket.h"
#include "tela-debug-window-private.h"
#include "tela-frame-meter.h"
#include "tela-window.h"

static TelaDebugWindow *
open_panel (AppFixture *fixture)
{
  g_action_group_activate_action (G_ACTION_GROUP (fixture->app), "debug", NULL);
  g_assert_true (TELA_IS_DEBUG_WINDOW (fixture->app->debug_window));

  return TELA_DEBUG_WINDOW (fixture->app->debug_window);
}

static void
open_board (AppFixture *fixture)
{
  g_autofree char *id = tela_workspace_create (tela_application_get_workspace (fixture->app), "Watched");
  TelaWindow      *window = tela_window_new (fixture->app);

  tela_window_open_board (window, id);
  gtk_window_present (GTK_WINDOW (window));
  WAIT_UNTIL (tela_canvas_get_board (tela_window_get_canvas (window)) != NULL);
}

static const char *
get_title (TelaDebugList *list,
           guint          i)
{
  return adw_preferences_row_get_title (ADW_PREFERENCES_ROW (list->rows->pdata[i]));
}

static void
test_panel (AppFixture   *fixture,
            gconstpointer data)
{
  TelaDebugWindow *panel;
  GtkWidget       *other;
  TelaFrameCost    cost;

  open_board (fixture);
  panel = open_panel (fixture);
  g_assert_true (open_panel (fixture) == panel);
  WAIT_UNTIL (panel->source != 0);
  WAIT_UNTIL (realtime_manager_get_connection_state (fixture->app->realtime) == REALTIME_CONNECTION_CONNECTED);
  WAIT_UNTIL ((tela_frame_meter_read (&cost), cost.n_frames > 0));
  g_assert_cmpfloat (cost.cost_ms.p50, <=, cost.cost_ms.p99);
  g_assert_cmpfloat (cost.cost_ms.p99, <=, cost.cost_ms.max);

  tela_debug_window_look (panel);
  g_assert_nonnull (strstr (get_title (&panel->state, 0), "connected"));
  g_assert_cmpuint (panel->boards.n, ==, 1);
  WAIT_UNTIL ((tela_debug_window_look (panel), panel->channels.n > 1));
  g_assert_cmpuint (panel->history.n, >, 1);
  g_assert_cmpuint (panel->errors.n, ==, 0);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (panel->errors.group)));

  /* It looks while it is shown, and is none of the windows that keep the program. */
  gtk_widget_set_visible (GTK_WIDGET (panel), FALSE);
  g_assert_cmpuint (panel->source, ==, 0);
  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (fixture->app)); l != NULL; l = l->next)
    g_assert_true (l->data != panel);
  other = fixture->app->debug_window;
  gtk_window_close (GTK_WINDOW (other));
  WAIT_UNTIL (fixture->app->debug_window == NULL);
}

/* What the panel says of the canvas, under the names that tela --benchmark has for it. */
static void
test_canvas (AppFixture   *fixture,
             gconstpointer data)
{
  static const char *const names[] = { "frames", "missed", "interval_ms", "cost_ms", "first_paint_ms", "tiles_painted",
                                       "cache_bytes", "renderer", "rss_bytes" };
  TelaDebugWindow         *panel;
  TelaFrameCost            cost;
  TelaJsonSpan             canvas;
  TelaJsonSpan             value;
  g_autofree char         *info = NULL;

  open_board (fixture);
  WAIT_UNTIL ((tela_frame_meter_read (&cost), cost.first_paint_ms > 0));
  panel = open_panel (fixture);
  info = tela_debug_info_new (fixture->app);
  g_assert_true (tela_json_find ((TelaJsonSpan){ info, strlen (info) }, "canvas", &canvas));
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_assert_true (tela_json_find (canvas, names[i], &value) && !TELA_JSON_SPAN_IS (value, "null"));

  tela_debug_window_look (panel);
  g_assert_cmpuint (panel->canvas.n, ==, 7);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (panel->canvas.group)));
  gtk_window_destroy (GTK_WINDOW (panel));
  WAIT_UNTIL (fixture->app->debug_window == NULL);
}

static void
test_record (AppFixture   *fixture,
             gconstpointer data)
{
  TelaDebugWindow *panel = open_panel (fixture);
  g_autofree char *path = g_build_filename (fixture->dir, "frames.jsonl", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GBytes) frames = NULL;
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  guint    n_frames = 0;
  guint64  n_dropped;
  GStatBuf status;

  g_assert_false (gtk_revealer_get_reveal_child (GTK_REVEALER (panel->revealer)));
  gtk_widget_activate_action (GTK_WIDGET (panel), "debug.record", NULL);
  g_assert_true (gtk_revealer_get_reveal_child (GTK_REVEALER (panel->revealer)));
  open_board (fixture);
  WAIT_UNTIL (realtime_manager_get_recording (fixture->app->realtime, &n_frames, &n_dropped) && n_frames > 4);

  frames = realtime_manager_stop_recording (fixture->app->realtime);
  tela_debug_window_save_frames (panel, file, frames);
  WAIT_UNTIL (g_stat (path, &status) == 0 && (gsize) status.st_size > g_bytes_get_size (frames));
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), >, 5);
  for (guint i = 0; lines[i + 1] != NULL; i++)
    g_assert_true (tela_json_check (lines[i], -1, NULL));
  g_assert_nonnull (strstr (lines[0], "\"realtime\":{"));
  g_assert_null (strstr (text, "eyJ"));

  /* Closed, it records no more. */
  gtk_widget_activate_action (GTK_WIDGET (panel), "debug.record", NULL);
  gtk_window_destroy (GTK_WINDOW (panel));
  WAIT_UNTIL (fixture->app->debug_window == NULL);
  g_assert_false (realtime_manager_get_recording (fixture->app->realtime, &n_frames, &n_dropped));
}

typedef struct
{
  GSocketConnection *connection;
  GBytes            *answer;
} Asked;

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Asked *asked = user_data;
  g_autoptr (GError) error = NULL;

  g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, &error);
  g_assert_no_error (error);
  asked->answer = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (source));
}

static void
connected_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Asked *asked = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GOutputStream) out = g_memory_output_stream_new_resizable ();

  asked->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  g_assert_no_error (error);
  g_output_stream_splice_async (out, g_io_stream_get_input_stream (G_IO_STREAM (asked->connection)),
                                G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, G_PRIORITY_DEFAULT, NULL, read_cb, asked);
}

static void
test_socket (AppFixture   *fixture,
             gconstpointer data)
{
  g_autofree char *path =
      g_build_filename (tela_host_get_replica_dir (fixture->app->host), TELA_DEBUG_SOCKET, NULL);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autofree char *text = NULL;
  Asked            asked = { NULL };
  GStatBuf         status;
  TelaJsonSpan     realtime;

  g_assert_cmpint (g_stat (path, &status), ==, 0);
  g_assert_cmpuint (status.st_mode & 0777, ==, 0600);
  g_socket_client_connect_async (client, G_SOCKET_CONNECTABLE (address), NULL, connected_cb, &asked);
  WAIT_UNTIL (asked.answer != NULL);
  text = g_strndup (g_bytes_get_data (asked.answer, NULL), g_bytes_get_size (asked.answer));
  g_assert_true (tela_json_check (text, -1, NULL));
  g_assert_true (tela_json_find ((TelaJsonSpan){ text, strlen (text) }, "realtime", &realtime));
  g_assert_null (strstr (text, tela_host_get_key (fixture->app->host)));
  g_assert_null (strstr (text, "eyJ"));

  g_bytes_unref (asked.answer);
  g_object_unref (asked.connection);
}

int
main (int    argc,
      char **argv)
{
  /* The program also runs without a session bus. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  app_bear_toolkit ();

#define ADD(path, func) g_test_add (path, AppFixture, NULL, app_fixture_set_up, func, app_fixture_tear_down)
  ADD ("/debug/panel", test_panel);
  ADD ("/debug/canvas", test_canvas);
  ADD ("/debug/record", test_record);
  ADD ("/debug/socket", test_socket);
#undef ADD

  return g_test_run ();
}
