/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-benchmark-private.h"

#include <stdio.h>
#include <unistd.h>

#include "tela-frame-meter.h"
#include "tela-shares.h"

/* Frames that a display of 60 Hz would have shown and did not get. */
static guint
count_missed (GArray *intervals)
{
  guint missed = 0;

  for (guint i = 0; i < intervals->len; i++)
    missed += tela_frame_meter_count_missed (g_array_index (intervals, double, i));

  return missed;
}

/* One line of what the kernel says of this process, in bytes. */
static gint64
read_memory (const char *name)
{
  g_autofree char *text = NULL;
  const char      *line;

  if (!g_file_get_contents ("/proc/self/smaps_rollup", &text, NULL, NULL))
    return 0;
  line = strstr (text, name);

  return line == NULL ? 0 : g_ascii_strtoll (line + strlen (name), NULL, 10) * 1024;
}

/* Seconds of processor time that threads of that name have taken. */
static double
read_threads (const char *name)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const double ticks = (double) sysconf (_SC_CLK_TCK);
  double       seconds = 0;
  const char  *task;

  while (tasks != NULL && (task = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char   *path = g_build_filename ("/proc/self/task", task, "stat", NULL);
      g_autofree char   *text = NULL;
      const char        *start, *end;
      unsigned long long user, system;

      if (!g_file_get_contents (path, &text, NULL, NULL))
        continue;
      start = strchr (text, '(');
      end = strrchr (text, ')');
      if (start != NULL && end != NULL && strncmp (start + 1, name, strlen (name)) == 0 &&
          sscanf (end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system) == 2)
        seconds += (double) (user + system) / ticks;
    }

  return seconds;
}

void
tela_benchmark_count_threads (TelaBenchmark *self)
{
  self->painters_cpu = read_threads ("tela-paint") - self->painters_cpu;
}

/* Sorts @values. */
static TelaShares
share (GArray *values)
{
  return tela_shares_of ((double *) (gpointer) values->data, values->len);
}

static void
put_place (TelaJsonWriter *writer,
           TelaBenchmark  *self)
{
  GtkNative *native = gtk_widget_get_native (GTK_WIDGET (self->canvas));
  TelaBoard *board = tela_canvas_get_board (self->canvas);

  tela_json_writer_put_string (writer, "script", self->script->name);
  tela_json_writer_put_int (writer, "elements", board == NULL ? 0 : tela_board_get_n_visible (board));
  tela_json_writer_put_int (writer, "width", gtk_widget_get_width (GTK_WIDGET (self->canvas)));
  tela_json_writer_put_int (writer, "height", gtk_widget_get_height (GTK_WIDGET (self->canvas)));
  tela_json_writer_put_int (writer, "scale", gtk_widget_get_scale_factor (GTK_WIDGET (self->canvas)));
  tela_shares_write_number (writer, "zoom", self->zoom);
  tela_json_writer_put_string (writer, "renderer", G_OBJECT_TYPE_NAME (gtk_native_get_renderer (native)));
}

static char *
write_json (TelaBenchmark *self,
            gsize          cache_bytes)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;
  double         seconds = (double) self->run_us / G_USEC_PER_SEC;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  put_place (&writer, self);
  tela_shares_write_number (&writer, "seconds", seconds);
  tela_shares_write_number (&writer, "open_ms", self->opened_ms);
  tela_shares_write_number (&writer, "first_paint_ms", self->first_paint_ms);
  tela_json_writer_put_int (&writer, "frames", self->costs->len);
  tela_json_writer_put_int (&writer, "missed", count_missed (self->intervals));
  tela_shares_write (&writer, "interval_ms", share (self->intervals));
  tela_shares_write (&writer, "cost_ms", share (self->costs));
  tela_shares_write (&writer, "cost_cpu_ms", share (self->cpu_costs));
  tela_shares_write_number (&writer, "cpu_ms_a_frame", 1000 * (self->cpu_seconds - self->painters_cpu) / MAX (self->costs->len, 1));
  tela_shares_write_number (&writer, "painters_cpu_ms_a_frame", 1000 * self->painters_cpu / MAX (self->costs->len, 1));
  if (self->undos->len > 0)
    {
      tela_shares_write (&writer, "undo_ms", share (self->undos));
      tela_shares_write_number (&writer, "tiles_an_undo", (double) self->tiles / self->undos->len);
    }
  if (self->n_patches > 0)
    tela_json_writer_put_int (&writer, "patches", self->n_patches);
  tela_json_writer_put_int (&writer, "tiles_painted", (gint64) self->tiles);
  tela_json_writer_put_int (&writer, "cache_bytes", (gint64) cache_bytes);
  tela_json_writer_put_int (&writer, "rss_bytes", read_memory ("\nRss:"));
  tela_json_writer_put_int (&writer, "pss_bytes", read_memory ("\nPss:"));
  tela_shares_write_number (&writer, "cpu_percent", 100 * self->cpu_seconds / MAX (seconds, 1e-3));
  tela_json_writer_end_object (&writer);
  g_string_append_c (out, '\n');

  return g_string_free (out, FALSE);
}

static char *
write_text (TelaBenchmark *self,
            gsize          cache_bytes)
{
  TelaShares cost = share (self->costs);
  TelaShares interval = share (self->intervals);

  return g_strdup_printf ("%s: first full picture after %.0f ms\n"
                          "%u frames, %u missed; %" G_GUINT64_FORMAT " tiles painted, cache %.1f MB, PSS %.1f MB\n"
                          "cost: p50 %.2f ms, p95 %.2f ms, p99 %.2f ms, at most %.2f ms\n"
                          "interval: p50 %.2f ms, p95 %.2f ms, p99 %.2f ms, at most %.2f ms\n",
                          self->script->name, self->first_paint_ms, self->costs->len, count_missed (self->intervals),
                          self->tiles, (double) cache_bytes / 1e6, (double) read_memory ("\nPss:") / 1e6, cost.p50,
                          cost.p95, cost.p99, cost.max, interval.p50, interval.p95, interval.p99, interval.max);
}

char *
tela_benchmark_report (TelaBenchmark *self)
{
  guint64 n_tiles;
  gsize   bytes;

  tela_canvas_get_painted (self->canvas, &n_tiles, &bytes);

  return self->json ? write_json (self, bytes) : write_text (self, bytes);
}
