/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli-bench-run.h"

#include <malloc.h>

#define N_CHANNELS 90
#define N_EXTRA 10
#define PACE_RATE 10000
#define PACE_SECONDS 10
#define FRAME_US (1000000 / 60)
/* What a frame's painting takes. */
#define PAINT_US 4000

static double
heap_bytes (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return (double) info.uordblks + (double) info.hblkhd;
}

static guint
count_joined (GPtrArray *subscriptions)
{
  guint n = 0;

  for (guint i = 0; i < subscriptions->len; i++)
    n += realtime_subscription_is_subscribed (g_ptr_array_index (subscriptions, i));

  return n;
}

static void
subscribe_all (CliBenchRun *run,
               GPtrArray   *subscriptions,
               guint        n_each)
{
  const RealtimeChannelOptions options = { 0 };

  for (guint i = 0; i < N_CHANNELS * n_each; i++)
    {
      g_autofree char *topic = g_strdup_printf ("channel-%u", i % N_CHANNELS);

      g_ptr_array_add (subscriptions,
                       realtime_manager_subscribe (run->manager, topic, "op", &options, REALTIME_KEEP_ALL));
    }
  cli_bench_until (count_joined (subscriptions) == subscriptions->len);
  cli_bench_pause (100);
}

gboolean
cli_bench_channels (CliBenchRun *run,
                    GError     **error)
{
  g_autoptr (GPtrArray) subscriptions = g_ptr_array_new_full (N_CHANNELS * (N_EXTRA + 1), g_object_unref);
  g_autofree char *args = g_strdup_printf ("--vsn 2.0.0 --channels %u", N_CHANNELS);
  RealtimeMetrics  metrics = { 0 };
  double           before, with_channels, with_all, seconds;

  if (!cli_bench_start_client (run, error))
    return FALSE;
  cli_bench_pause (100);
  before = heap_bytes ();
  subscribe_all (run, subscriptions, 1);
  with_channels = heap_bytes ();
  subscribe_all (run, subscriptions, N_EXTRA);
  with_all = heap_bytes ();

  realtime_manager_broadcast_now (run->manager, "channel-0", "cut", "{}");
  cli_bench_until (count_joined (subscriptions) == 0);
  cli_bench_until (count_joined (subscriptions) == subscriptions->len);
  realtime_manager_get_metrics (run->manager, &metrics);
  seconds = (double) metrics.connection_uptime_us / G_USEC_PER_SEC;
  if (count_joined (subscriptions) < subscriptions->len)
    cli_bench_set_unfinished (error, "The rejoin");
  cli_bench_end_client (run);

  cli_bench_add (run, "memory of a channel with a subscription", (with_channels - before) / N_CHANNELS / 1024, "KB", "less",
                 4, cli_bench_run_peer (run, "memory", args, "kb_per_channel"));
  cli_bench_result (run->bench, "memory of a further subscription", (with_all - with_channels) / N_CHANNELS / N_EXTRA / 1024,
                    "KB", "less", 0.4);
  cli_bench_add (run, "90 channels live again, from the opening of the socket", seconds, "s", "less", 0.15,
                 cli_bench_run_peer (run, "rejoin", args, "seconds"));

  return *error == NULL;
}

typedef struct
{
  double *lateness; /* ms */
  guint   n, n_max;
  gint64  start;
} Frames;

/* Paints as long as a frame takes, and notes how late it was called. */
static gboolean
frame_dispatch (GSource    *source,
                GSourceFunc callback,
                gpointer    user_data)
{
  Frames *frames = user_data;
  gint64  due = g_source_get_ready_time (source), now = g_get_monotonic_time (), end = now + PAINT_US;

  if (frames->n < frames->n_max)
    frames->lateness[frames->n++] = (double) (now - due) / 1000;
  while (g_get_monotonic_time () < end)
    ;
  while (due <= g_get_monotonic_time ())
    due += FRAME_US;
  g_source_set_ready_time (source, due);

  return G_SOURCE_CONTINUE;
}

static gboolean
frame_never_cb (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs frame_funcs = { NULL, NULL, frame_dispatch, NULL, NULL, NULL };

static GSource *
start_frames (Frames *frames)
{
  GSource *source = g_source_new (&frame_funcs, sizeof (GSource));

  frames->n_max = 60 * (PACE_SECONDS + 5);
  frames->lateness = g_new0 (double, frames->n_max);
  g_source_set_priority (source, G_PRIORITY_HIGH_IDLE + 20); /* as a frame clock */
  g_source_set_callback (source, frame_never_cb, frames, NULL);
  g_source_set_ready_time (source, g_get_monotonic_time () + FRAME_US);
  g_source_attach (source, NULL);

  return source;
}

gboolean
cli_bench_paint (CliBenchRun *run,
                 GError     **error)
{
  const RealtimeChannelOptions options = { 0 };
  g_autofree char             *topic = g_strdup_printf ("pace-%u-%u", PACE_RATE, PACE_SECONDS);
  CliBenchTally                tally = { 0 };
  Frames                       frames = { 0 }, idle = { 0 };
  GSource                     *source;
  g_autoptr (RealtimeSubscription) subscription = NULL;

  source = start_frames (&idle);
  cli_bench_pause (PACE_SECONDS * 1000);
  g_source_destroy (source);
  g_source_unref (source);

  if (!cli_bench_start_client (run, error))
    return FALSE;
  subscription = realtime_manager_subscribe (run->manager, topic, "*", &options, REALTIME_KEEP_ALL);
  g_signal_connect (subscription, "message", G_CALLBACK (cli_bench_tally_cb), &tally);
  source = start_frames (&frames);
  cli_bench_until (tally.end != 0);
  g_source_destroy (source);
  g_source_unref (source);
  cli_bench_end_client (run);
  if (tally.n != PACE_RATE * PACE_SECONDS)
    cli_bench_set_unfinished (error, "The stream");
  else
    cli_bench_result_beside (run->bench, "frame lateness with 10,000 messages/s at 60 Hz, p99",
                             cli_bench_percentile (frames.lateness, frames.n, 0.99), "ms", "less", 2,
                             "the same loop without messages", cli_bench_percentile (idle.lateness, idle.n, 0.99));
  g_free (frames.lateness);
  g_free (idle.lateness);

  return *error == NULL;
}
