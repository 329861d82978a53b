/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-benchmark-private.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "tela-json.h"

#define FRAME_MS (1000.0 / 60)

typedef struct
{
  double p50, p95, p99, max;
} Shares;

static int
compare_doubles (const void *a,
                 const void *b)
{
  const double *first = a;
  const double *second = b;

  return (*first > *second) - (*first < *second);
}

/* Sorts @values. */
static Shares
share (GArray *values)
{
  const double *sorted = (const double *) (gpointer) values->data;
  const guint   n = values->len;

  if (n == 0)
    return (Shares){ 0 };

  qsort (values->data, n, sizeof (double), compare_doubles);

  return (Shares){ sorted[(n * 50 + 99) / 100 - 1], sorted[(n * 95 + 99) / 100 - 1], sorted[(n * 99 + 99) / 100 - 1],
                   sorted[n - 1] };
}

/* Frames that a display of 60 Hz would have shown and did not get. */
static guint
count_missed (GArray *intervals)
{
  guint missed = 0;

  for (guint i = 0; i < intervals->len; i++)
    missed += (guint) MAX (0, lround (g_array_index (intervals, double, i) / FRAME_MS) - 1);

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

static void
put_number (TelaJsonWriter *writer,
            const char     *name,
            double          value)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_number (writer, round (value * 1000) / 1000);
}

static void
put_shares (TelaJsonWriter *writer,
            const char     *name,
            GArray         *values)
{
  Shares shares = share (values);

  tela_json_writer_name (writer, name);
  tela_json_writer_begin_object (writer);
  put_number (writer, "p50", shares.p50);
  put_number (writer, "p95", shares.p95);
  put_number (writer, "p99", shares.p99);
  put_number (writer, "max", shares.max);
  tela_json_writer_end_object (writer);
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
  put_number (writer, "zoom", self->zoom);
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
  put_number (&writer, "seconds", seconds);
  put_number (&writer, "open_ms", self->opened_ms);
  put_number (&writer, "first_paint_ms", self->first_paint_ms);
  tela_json_writer_put_int (&writer, "frames", self->costs->len);
  tela_json_writer_put_int (&writer, "missed", count_missed (self->intervals));
  put_shares (&writer, "interval_ms", self->intervals);
  put_shares (&writer, "cost_ms", self->costs);
  put_shares (&writer, "cost_cpu_ms", self->cpu_costs);
  put_number (&writer, "cpu_ms_a_frame", 1000 * (self->cpu_seconds - self->painters_cpu) / MAX (self->costs->len, 1));
  put_number (&writer, "painters_cpu_ms_a_frame", 1000 * self->painters_cpu / MAX (self->costs->len, 1));
  if (self->undos->len > 0)
    {
      put_shares (&writer, "undo_ms", self->undos);
      put_number (&writer, "tiles_an_undo", (double) self->tiles / self->undos->len);
    }
  if (self->n_patches > 0)
    tela_json_writer_put_int (&writer, "patches", self->n_patches);
  tela_json_writer_put_int (&writer, "tiles_painted", (gint64) self->tiles);
  tela_json_writer_put_int (&writer, "cache_bytes", (gint64) cache_bytes);
  tela_json_writer_put_int (&writer, "rss_bytes", read_memory ("\nRss:"));
  tela_json_writer_put_int (&writer, "pss_bytes", read_memory ("\nPss:"));
  put_number (&writer, "cpu_percent", 100 * self->cpu_seconds / MAX (seconds, 1e-3));
  tela_json_writer_end_object (&writer);
  g_string_append_c (out, '\n');

  return g_string_free (out, FALSE);
}

static char *
write_text (TelaBenchmark *self,
            gsize          cache_bytes)
{
  Shares cost = share (self->costs);
  Shares interval = share (self->intervals);

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
