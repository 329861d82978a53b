/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <libsoup/soup.h>
#include <math.h>

#include "cli-bench-run.h"

#define FLOOD_MESSAGES 200000
#define FLOOD_RUNS 3
#define N_ROUNDS 200
/* Long enough that each message finds a quiet main loop. */
#define ROUND_INTERVAL 40

static gboolean
time_flood (CliBenchRun     *run,
            RealtimeProtocol protocol,
            double          *per_second,
            double          *cpu,
            GError         **error)
{
  const RealtimeChannelOptions options = { 0 };
  g_autofree char             *topic = g_strdup_printf ("flood-%u", FLOOD_MESSAGES);
  CliBenchTally                tally = { 0 };
  g_autoptr (RealtimeSubscription) subscription = NULL;

  run->protocol = protocol;
  if (!cli_bench_start_client (run, error))
    return FALSE;
  subscription = realtime_manager_subscribe (run->manager, topic, "*", &options, REALTIME_KEEP_ALL);
  g_signal_connect (subscription, "message", G_CALLBACK (cli_bench_tally_cb), &tally);
  cli_bench_until (tally.end != 0);
  cli_bench_end_client (run);
  if (tally.n != FLOOD_MESSAGES || tally.n_read != 2 * tally.n)
    {
      cli_bench_set_unfinished (error, "The flood");
      return FALSE;
    }
  *per_second = (double) tally.n * G_USEC_PER_SEC / (double) (tally.end - tally.start);
  *cpu = tally.cpu / (double) tally.n;

  return TRUE;
}

static gboolean
bench_flood (CliBenchRun     *run,
             RealtimeProtocol protocol,
             GError         **error)
{
  double           rate[FLOOD_RUNS], cpu[FLOOD_RUNS], peer_rate[FLOOD_RUNS], peer_cpu[FLOOD_RUNS];
  g_autofree char *args = NULL;
  const char      *vsn = protocol == REALTIME_PROTOCOL_1_0_0 ? "1.0.0" : "2.0.0";
  g_autofree char *rate_name = g_strdup_printf ("280 B broadcasts received and read, %s", vsn);
  g_autofree char *cpu_name = g_strdup_printf ("CPU per message, %s", vsn);
  double           median, peer;

  args = g_strdup_printf ("--vsn %s --topic flood-%u", vsn, FLOOD_MESSAGES);
  /* By turns, so that both meet the same neighbours. */
  for (guint i = 0; i < FLOOD_RUNS; i++)
    {
      if (!time_flood (run, protocol, &rate[i], &cpu[i], error))
        return FALSE;
      peer_rate[i] = cli_bench_run_peer (run, "throughput", args, "per_second");
      peer_cpu[i] = cli_bench_run_peer (run, "throughput", args, "cpu_us");
    }
  median = cli_bench_percentile (rate, FLOOD_RUNS, 0.5);
  peer = cli_bench_percentile (peer_rate, FLOOD_RUNS, 0.5);
  cli_bench_add (run, rate_name, median, "messages/s", "more",
                 isnan (peer) ? (protocol == REALTIME_PROTOCOL_1_0_0 ? 230000 : 155000) : 1.5 * peer, peer);
  median = cli_bench_percentile (cpu, FLOOD_RUNS, 0.5);
  peer = cli_bench_percentile (peer_cpu, FLOOD_RUNS, 0.5);
  cli_bench_add (run, cpu_name, median, "µs", "less", isnan (peer) ? 5 : 0.6 * peer, peer);

  return TRUE;
}

static guint64
count_sent (CliBenchRun *run)
{
  RealtimeMetrics metrics;

  realtime_manager_get_metrics (run->manager, &metrics);

  return metrics.messages_sent;
}

static gboolean
bench_second (CliBenchRun *run,
              GError     **error)
{
  const RealtimeChannelOptions options = { 0 };
  g_autoptr (RealtimeSubscription) first = NULL;
  g_autoptr (RealtimeSubscription) second = NULL;
  guint64 before;

  if (!cli_bench_start_client (run, error))
    return FALSE;
  first = realtime_manager_subscribe (run->manager, "second", "*", &options, REALTIME_KEEP_ALL);
  cli_bench_until (realtime_subscription_is_subscribed (first));
  before = count_sent (run);
  second = realtime_manager_subscribe (run->manager, "second", "*", &options, REALTIME_KEEP_ALL);
  cli_bench_until (realtime_subscription_is_subscribed (second));
  cli_bench_result (run->bench, "frames that a second subscriber of a topic costs", (double) (count_sent (run) - before),
                    "frames", "less", 0);
  cli_bench_end_client (run);

  return TRUE;
}

typedef struct
{
  double rounds[N_ROUNDS];
  guint  n;
  gint64 sent_at;
} Echo;

static void
echo_took (Echo *echo)
{
  if (echo->n < N_ROUNDS)
    echo->rounds[echo->n++] = (double) (g_get_monotonic_time () - echo->sent_at) / 1000;
  echo->sent_at = 0;
}

static void
echo_message_cb (RealtimeSubscription *subscription,
                 RealtimeMessage      *message,
                 Echo                 *echo)
{
  echo_took (echo);
}

static void
echo_raw_cb (SoupWebsocketConnection *ws,
             SoupWebsocketDataType    type,
             GBytes                  *frame,
             Echo                    *echo)
{
  echo_took (echo);
}

static const char echo_payload[] = "{\"op\":\"set\",\"id\":\"e100000\",\"k\":{\"x\":1234.5,\"y\":-87.25},\"pad\":\"0123456789\"}";

static gboolean
time_own (CliBenchRun *run,
          Echo        *echo,
          GError     **error)
{
  const RealtimeChannelOptions options = { .self = TRUE };
  g_autoptr (RealtimeSubscription) subscription = NULL;

  if (!cli_bench_start_client (run, error))
    return FALSE;
  subscription = realtime_manager_subscribe (run->manager, "echo", "*", &options, REALTIME_KEEP_ALL);
  g_signal_connect (subscription, "message", G_CALLBACK (echo_message_cb), echo);
  cli_bench_until (realtime_subscription_is_subscribed (subscription));
  while (echo->n < N_ROUNDS)
    {
      guint n = echo->n;

      cli_bench_pause (ROUND_INTERVAL);
      echo->sent_at = g_get_monotonic_time ();
      realtime_manager_broadcast_now (run->manager, "echo", "op", echo_payload);
      cli_bench_until (echo->n > n);
      if (echo->n == n)
        break;
    }
  cli_bench_end_client (run);
  if (echo->n < N_ROUNDS)
    cli_bench_set_unfinished (error, "The echo");

  return echo->n == N_ROUNDS;
}

static gboolean
time_raw (CliBenchRun *run,
          Echo        *echo,
          GError     **error)
{
  g_autoptr (SoupSession) session = soup_session_new ();
  g_autofree char *url = g_strconcat (run->url, "/echo", NULL);
  g_autoptr (SoupMessage) message = soup_message_new (SOUP_METHOD_GET, url);
  g_autoptr (GBytes) frame = g_bytes_new_static (echo_payload, sizeof echo_payload - 1);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (SoupWebsocketConnection) ws = NULL;
  CliAwait await = { NULL };

  soup_session_websocket_connect_async (session, message, NULL, NULL, G_PRIORITY_DEFAULT, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  ws = soup_session_websocket_connect_finish (session, result, error);
  if (ws == NULL)
    return FALSE;
  g_signal_connect (ws, "message", G_CALLBACK (echo_raw_cb), echo);
  while (echo->n < N_ROUNDS)
    {
      guint n = echo->n;

      cli_bench_pause (ROUND_INTERVAL);
      echo->sent_at = g_get_monotonic_time ();
      soup_websocket_connection_send_message (ws, SOUP_WEBSOCKET_DATA_BINARY, frame);
      cli_bench_until (echo->n > n);
      if (echo->n == n)
        break;
    }
  if (echo->n < N_ROUNDS)
    cli_bench_set_unfinished (error, "The echo");

  return echo->n == N_ROUNDS;
}

static gboolean
bench_latency (CliBenchRun *run,
               GError     **error)
{
  Echo             own = { 0 }, raw = { 0 };
  g_autofree char *args = g_strdup_printf ("--vsn 2.0.0 --rounds %u --interval %u", N_ROUNDS, ROUND_INTERVAL);
  double           peer, bare;

  if (!time_raw (run, &raw, error) || !time_own (run, &own, error))
    return FALSE;
  peer = cli_bench_run_peer (run, "latency", args, "p50_ms");
  bare = cli_bench_percentile (raw.rounds, N_ROUNDS, 0.5);
  cli_bench_result_beside (run->bench, "own broadcast and back, p50", cli_bench_percentile (own.rounds, N_ROUNDS, 0.5),
                           "ms", "less", 1.5 * bare, "libsoup echo", bare);
  cli_bench_add (run, "own broadcast and back, p99", cli_bench_percentile (own.rounds, N_ROUNDS, 0.99), "ms", "less", NAN,
                 NAN);
  if (!isnan (peer))
    cli_bench_add (run, "own broadcast and back beside, p50", cli_bench_percentile (own.rounds, N_ROUNDS, 0.5), "ms",
                   "less", peer, peer);

  return TRUE;
}

/**
 * cli_bench_realtime:
 *
 * The connection against a server of our own that costs next to nothing; beside a rival if there is a command for one.
 */
gboolean
cli_bench_realtime (CliBench *bench,
                    GError  **error)
{
  CliBenchRun run = { .bench = bench };
  gboolean    ok;

  ok = cli_bench_start_server (&run, error) && bench_second (&run, error) && bench_flood (&run, REALTIME_PROTOCOL_2_0_0, error) && bench_flood (&run, REALTIME_PROTOCOL_1_0_0, error) &&
       bench_latency (&run, error) && cli_bench_channels (&run, error) && cli_bench_paint (&run, error);
  if (run.server != NULL)
    g_subprocess_force_exit (run.server);
  g_clear_object (&run.server);
  g_free (run.url);

  return ok;
}
