/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-debug-info.h"

#include <sys/resource.h>
#include <unistd.h>

#include "tela-application-private.h"
#include "tela-frame-meter.h"
#include "tela-window.h"

static void
write_int (TelaJsonWriter *writer,
           const char     *name,
           gint64          value)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_int (writer, value);
}

static void
write_string (TelaJsonWriter *writer,
              const char     *name,
              const char     *value)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_string (writer, value);
}

static void
write_flag (TelaJsonWriter *writer,
            const char     *name,
            gboolean        value)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_boolean (writer, value);
}

static void
write_toolkit (TelaJsonWriter *writer)
{
  g_autofree char *gtk =
      g_strdup_printf ("%u.%u.%u", gtk_get_major_version (), gtk_get_minor_version (), gtk_get_micro_version ());
  g_autofree char *adwaita =
      g_strdup_printf ("%u.%u.%u", adw_get_major_version (), adw_get_minor_version (), adw_get_micro_version ());
  g_autofree char *glib = g_strdup_printf ("%u.%u.%u", glib_major_version, glib_minor_version, glib_micro_version);

  tela_json_writer_name (writer, "toolkit");
  tela_json_writer_begin_object (writer);
  write_string (writer, "gtk", gtk);
  write_string (writer, "libadwaita", adwaita);
  write_string (writer, "glib", glib);
  tela_json_writer_end_object (writer);
}

static void
write_backend (TelaJsonWriter *writer,
               TelaHost       *host)
{
  tela_json_writer_name (writer, "backend");
  tela_json_writer_begin_object (writer);
  write_flag (writer, "remote", tela_host_is_remote (host));
  write_flag (writer, "hosting", tela_host_is_hosting (host));
  tela_json_writer_end_object (writer);
}

static void
write_clock (TelaJsonWriter *writer,
             TelaWorkspace  *workspace)
{
  gint64 offset;

  tela_json_writer_name (writer, "clockOffset");
  if (tela_remote_get_offset (tela_workspace_get_remote (workspace), &offset))
    tela_json_writer_int (writer, offset);
  else
    tela_json_writer_null (writer);
}

static void
write_board (TelaJsonWriter *writer,
             TelaSession    *session)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (TELA_TYPE_SYNC_STATE);
  guint         n_waiting = 0;
  TelaSyncState state = tela_session_get_state (session, &n_waiting);

  tela_json_writer_begin_object (writer);
  write_string (writer, "id", tela_session_get_project_id (session));
  write_string (writer, "role", tela_session_get_role (session));
  write_string (writer, "state", g_enum_get_value (klass, (int) state)->value_nick);
  write_flag (writer, "live", tela_session_is_live (session));
  write_int (writer, "waiting", n_waiting);
  tela_json_writer_end_object (writer);
}

static void
write_outbox (TelaJsonWriter *writer,
              TelaWorkspace  *workspace)
{
  g_autoptr (GPtrArray) sessions = tela_workspace_list_sessions (workspace);

  tela_json_writer_name (writer, "outbox");
  tela_json_writer_begin_object (writer);
  write_int (writer, "waiting", tela_debug_info_count_waiting (workspace));
  write_int (writer, "closedBoards", tela_workspace_count_closed_waiting (workspace));
  tela_json_writer_name (writer, "boards");
  tela_json_writer_begin_array (writer);
  for (guint i = 0; i < sessions->len; i++)
    write_board (writer, sessions->pdata[i]);
  tela_json_writer_end_array (writer);
  tela_json_writer_end_object (writer);
}

static gint64
read_rss (void)
{
  g_autofree char *text = NULL;
  const char      *pages;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) || (pages = strchr (text, ' ')) == NULL)
    return 0;

  return g_ascii_strtoll (pages, NULL, 10) * sysconf (_SC_PAGESIZE);
}

/* Of all windows. */
static void
write_tiles (TelaJsonWriter  *writer,
             TelaApplication *app)
{
  const char *renderer = NULL;
  guint64     n_tiles = 0;
  gsize       bytes = 0;

  for (GList *l = gtk_application_get_windows (GTK_APPLICATION (app)); l != NULL; l = l->next)
    {
      GskRenderer *own = gtk_native_get_renderer (GTK_NATIVE (l->data));
      guint64      n_own = 0;
      gsize        own_bytes = 0;

      if (!TELA_IS_WINDOW (l->data))
        continue;
      tela_canvas_get_painted (tela_window_get_canvas (l->data), &n_own, &own_bytes);
      n_tiles += n_own;
      bytes += own_bytes;
      renderer = own == NULL ? renderer : G_OBJECT_TYPE_NAME (own);
    }

  write_int (writer, "tiles_painted", (gint64) n_tiles);
  write_int (writer, "cache_bytes", (gint64) bytes);
  write_string (writer, "renderer", renderer);
}

/* The names are those of tela --benchmark. */
static void
write_frames (TelaJsonWriter  *writer,
              TelaApplication *app)
{
  TelaFrameCost cost;

  tela_frame_meter_read (&cost);
  tela_json_writer_name (writer, "canvas");
  tela_json_writer_begin_object (writer);
  write_int (writer, "frames", (gint64) cost.n_frames);
  write_int (writer, "missed", (gint64) cost.n_missed);
  tela_shares_write (writer, "interval_ms", cost.interval_ms);
  tela_shares_write (writer, "cost_ms", cost.cost_ms);
  tela_shares_write_number (writer, "first_paint_ms", cost.first_paint_ms);
  write_tiles (writer, app);
  write_int (writer, "rss_bytes", read_rss ());
  tela_json_writer_end_object (writer);
}

static void
write_process (TelaJsonWriter *writer)
{
  struct rusage usage = { 0 };

  getrusage (RUSAGE_SELF, &usage);
  tela_json_writer_name (writer, "process");
  tela_json_writer_begin_object (writer);
  write_int (writer, "cpuMs",
             (gint64) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
                 (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000);
  write_int (writer, "greatestKib", usage.ru_maxrss);
  tela_json_writer_end_object (writer);
}

guint
tela_debug_info_count_waiting (TelaWorkspace *workspace)
{
  g_autoptr (GPtrArray) sessions = tela_workspace_list_sessions (workspace);
  guint n_all = 0;

  for (guint i = 0; i < sessions->len; i++)
    {
      guint n_waiting = 0;

      tela_session_get_state (sessions->pdata[i], &n_waiting);
      n_all += n_waiting;
    }

  return n_all;
}

char *
tela_debug_info_new (TelaApplication *app)
{
  GString         *out = g_string_new (NULL);
  TelaJsonWriter   writer;
  g_autofree char *realtime = NULL;

  g_return_val_if_fail (TELA_IS_APPLICATION (app), g_string_free (out, FALSE));

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  write_int (&writer, "at", g_get_real_time () / 1000);
  write_string (&writer, "version", TELA_VERSION);
  write_toolkit (&writer);
  if (app->host != NULL)
    write_backend (&writer, app->host);
  if (app->workspace != NULL && !app->is_quitting)
    {
      write_clock (&writer, app->workspace);
      write_outbox (&writer, app->workspace);
    }
  write_frames (&writer, app);
  write_process (&writer);
  if (app->realtime != NULL)
    {
      realtime = realtime_manager_get_debug_info (app->realtime);
      tela_json_writer_name (&writer, "realtime");
      tela_json_writer_raw (&writer, realtime, strlen (realtime));
    }
  tela_json_writer_end_object (&writer);

  return g_string_free (out, FALSE);
}
