/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-benchmark-private.h"

#include <time.h>

#define WINDOW_MS 700    /* a new window comes to rest */
#define REST_MS 900      /* so does one that shows a board: menus, toasts, the outline */
#define PATIENCE_S 180   /* for a file to appear */
#define HEADER_HEIGHT 46 /* as a first guess */

/* Of all threads, those of the renderer and the painters too. */
static double
cpu_seconds (void)
{
  struct timespec time;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &time);

  return (double) time.tv_sec + (double) time.tv_nsec / 1e9;
}

static void
fail (TelaBenchmark *self,
      const char    *why)
{
  g_autofree char *path = g_file_get_parse_name (self->file);

  self->phase = TELA_BENCHMARK_ENDED;
  g_printerr ("tela: %s: %s\n", path, why);
  tela_application_set_failed (self->app);
  tela_application_quit (self->app);
}

static void
end (TelaBenchmark *self)
{
  gsize            bytes;
  g_autofree char *report = NULL;

  self->run_us = g_get_monotonic_time () - self->run_begun;
  self->cpu_seconds = cpu_seconds () - self->cpu_before;
  tela_benchmark_count_threads (self);
  tela_canvas_get_painted (self->canvas, &self->tiles, &bytes);
  self->tiles -= self->tiles_before;
  self->phase = TELA_BENCHMARK_ENDED;
  if (self->script->end != NULL)
    self->script->end (self);
  report = tela_benchmark_report (self);
  g_print ("%s", report);
  tela_application_quit (self->app);
}

static gboolean
end_cb (gpointer user_data)
{
  TelaBenchmark *self = user_data;

  self->source = 0;
  end (self);

  return G_SOURCE_REMOVE;
}

static void
schedule (TelaBenchmark *self,
          guint          ms,
          GSourceFunc    func)
{
  self->source = g_timeout_add (ms, func, self);
  g_source_set_name_by_id (self->source, "[tela] benchmark");
}

/* On a machine that is busy with something else there may have been nothing to count in that time. */
static gboolean
has_counted (TelaBenchmark *self)
{
  return self->costs->len > 0 && (self->script->step != tela_benchmark_undo || self->undos->len > 0);
}

/* The hand moves in the update phase, so that what it sets off is part of the frame's cost. */
static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  TelaBenchmark *self = user_data;
  double         t;

  if (self->first_frame == 0)
    self->first_frame = gdk_frame_clock_get_frame_time (clock);
  t = (double) (gdk_frame_clock_get_frame_time (clock) - self->first_frame) / G_USEC_PER_SEC;
  if (t >= self->seconds && (has_counted (self) || t >= PATIENCE_S))
    {
      self->tick = 0;
      schedule (self, 0, end_cb);
      return G_SOURCE_REMOVE;
    }
  self->script->step (self, t);

  return G_SOURCE_CONTINUE;
}

/* What was opened is seen, stored and sent: frames cost what they cost later, too. */
static gboolean
is_at_rest (TelaBenchmark *self)
{
  guint n_waiting;

  return tela_canvas_is_settled (self->canvas) &&
         tela_session_get_state (tela_canvas_get_session (self->canvas), &n_waiting) == TELA_SYNC_SAVED && n_waiting == 0;
}

static gboolean
run_cb (gpointer user_data)
{
  TelaBenchmark *self = user_data;
  gsize          bytes;

  self->source = 0;
  if (!is_at_rest (self))
    {
      schedule (self, REST_MS / 4, run_cb);
      return G_SOURCE_REMOVE;
    }

  if (self->script->begin != NULL)
    self->script->begin (self);
  tela_canvas_get_painted (self->canvas, &self->tiles_before, &bytes);
  tela_benchmark_count_threads (self);
  self->cpu_before = cpu_seconds ();
  self->run_begun = g_get_monotonic_time ();
  self->last = 0;
  self->phase = TELA_BENCHMARK_RUNNING;
  if (self->script->step == NULL)
    schedule (self, (guint) (self->seconds * 1000), end_cb);
  else
    self->tick = gtk_widget_add_tick_callback (GTK_WIDGET (self->canvas), tick_cb, self, NULL);

  return G_SOURCE_REMOVE;
}

static gboolean
rest_cb (gpointer user_data)
{
  TelaBenchmark *self = user_data;

  self->source = 0;
  tela_benchmark_place (self, self->script->zoom);
  schedule (self, REST_MS, run_cb);

  return G_SOURCE_REMOVE;
}

/* What is beside the canvas takes its part of the window. */
static void
fit_window (TelaBenchmark *self)
{
  GtkWidget *canvas = GTK_WIDGET (self->canvas);
  int        width, height;

  gtk_window_get_default_size (GTK_WINDOW (self->window), &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (self->window),
                               width + TELA_BENCHMARK_WIDTH - gtk_widget_get_width (canvas),
                               height + TELA_BENCHMARK_HEIGHT - gtk_widget_get_height (canvas));
}

static gboolean
open_cb (gpointer user_data)
{
  TelaBenchmark *self = user_data;

  self->source = 0;
  self->phase = TELA_BENCHMARK_OPENING;
  self->opened = g_get_monotonic_time ();
  tela_window_open_file (self->window, self->file);

  return G_SOURCE_REMOVE;
}

static gboolean
deadline_cb (gpointer user_data)
{
  TelaBenchmark *self = user_data;

  self->deadline = 0;
  if (self->phase <= TELA_BENCHMARK_RESTING)
    fail (self, "it did not appear in time");

  return G_SOURCE_REMOVE;
}

static void
before_paint_cb (TelaBenchmark *self)
{
  self->begun = g_get_monotonic_time ();
  self->begun_cpu = cpu_seconds ();
  self->is_painted = FALSE;
}

static void
paint_cb (TelaBenchmark *self)
{
  self->is_painted = TRUE;
}

static void
count_frame (TelaBenchmark *self,
             gint64         now)
{
  double cost = (double) (now - self->begun) / 1000;
  double cpu = (cpu_seconds () - self->begun_cpu) * 1000;
  double interval = (double) (self->begun - self->last) / 1000;

  g_array_append_val (self->costs, cost);
  g_array_append_val (self->cpu_costs, cpu);
  if (self->last != 0)
    g_array_append_val (self->intervals, interval);
  self->last = self->begun;
}

static void
after_paint_cb (TelaBenchmark *self)
{
  gint64 now = g_get_monotonic_time ();

  if (!self->is_painted || self->begun == 0)
    return;

  if (self->phase == TELA_BENCHMARK_RUNNING)
    count_frame (self, now);
  else if (self->phase == TELA_BENCHMARK_OPENING && tela_canvas_get_session (self->canvas) != NULL &&
           gtk_widget_get_mapped (GTK_WIDGET (self->canvas)))
    {
      if (self->opened_ms == 0)
        self->opened_ms = (double) (now - self->opened) / 1000;
      if (!tela_canvas_is_settled (self->canvas))
        return;
      self->first_paint_ms = (double) (now - self->opened) / 1000;
      self->phase = TELA_BENCHMARK_RESTING;
      fit_window (self);
      schedule (self, REST_MS, rest_cb);
    }
}

static void
realize_cb (TelaBenchmark *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (self->window));

  g_signal_connect_swapped (clock, "before-paint", G_CALLBACK (before_paint_cb), self);
  g_signal_connect_swapped (clock, "paint", G_CALLBACK (paint_cb), self);
  g_signal_connect_swapped (clock, "after-paint", G_CALLBACK (after_paint_cb), self);
}

static void
unrealize_cb (TelaBenchmark *self)
{
  g_signal_handlers_disconnect_by_data (gtk_widget_get_frame_clock (GTK_WIDGET (self->window)), self);
  if (self->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->canvas), self->tick);
  self->tick = 0;
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_handle_id (&self->deadline, g_source_remove);
  g_clear_pointer (&self->elements, g_ptr_array_unref);
}

TelaBenchmark *
tela_benchmark_new (TelaApplication *app,
                    const char      *dir,
                    GFile           *file,
                    const char      *script,
                    double           seconds,
                    gboolean         json)
{
  TelaBenchmark *self = g_new0 (TelaBenchmark, 1);

  self->app = app;
  self->dir = g_strdup (dir);
  self->file = g_object_ref (file);
  self->script = tela_benchmark_find_script (script);
  self->seconds = seconds > 0 ? seconds : self->script->seconds;
  self->json = json;
  self->costs = g_array_new (FALSE, FALSE, sizeof (double));
  self->cpu_costs = g_array_new (FALSE, FALSE, sizeof (double));
  self->intervals = g_array_new (FALSE, FALSE, sizeof (double));
  self->undos = g_array_new (FALSE, FALSE, sizeof (double));

  self->window = tela_window_new (app);
  self->canvas = tela_window_get_canvas (self->window);
  gtk_window_set_default_size (GTK_WINDOW (self->window), TELA_BENCHMARK_WIDTH, TELA_BENCHMARK_HEIGHT + HEADER_HEIGHT);
  g_signal_connect_data (self->window, "realize", G_CALLBACK (realize_cb), self, NULL,
                         G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_swapped (self->window, "unrealize", G_CALLBACK (unrealize_cb), self);
  gtk_window_present (GTK_WINDOW (self->window));
  schedule (self, WINDOW_MS, open_cb);
  self->deadline = g_timeout_add_seconds (PATIENCE_S, deadline_cb, self);
  g_source_set_name_by_id (self->deadline, "[tela] end of patience");

  return self;
}

/* Links are not followed. */
static void
remove_tree (GFile *file)
{
  g_autoptr (GFileEnumerator) children =
      g_file_enumerate_children (file, G_FILE_ATTRIBUTE_STANDARD_NAME, G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child;

  while (children != NULL && g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) && child != NULL)
    remove_tree (child);
  g_file_delete (file, NULL, NULL);
}

void
tela_benchmark_free (TelaBenchmark *self)
{
  g_autoptr (GFile) dir = self->dir == NULL ? NULL : g_file_new_for_path (self->dir);

  if (dir != NULL)
    remove_tree (dir);
  g_array_unref (self->costs);
  g_array_unref (self->cpu_costs);
  g_array_unref (self->intervals);
  g_array_unref (self->undos);
  g_object_unref (self->file);
  g_free (self->dir);
  g_free (self);
}
