/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>
#include <string.h>
#include <sys/resource.h>

#include "cli-bench-host.h"
#include "cli-swarm.h"

/* ---- What members hear ---- */

/* A payload is {"n":NUMBER,"t":MICROSECONDS,…}. */
typedef struct
{
  guint64 n;       /* messages heard, by all members */
  guint64 n_wrong; /* out of order, or something else */
  guint64 next;    /* where one member alone listens */
  double *delays;  /* ms; NULL: not asked for */
  guint   n_delays, max_delays;
} Ear;

static gint64
number_after (const char *data,
              gsize       len,
              const char *name)
{
  const char *at = memmem (data, len, name, strlen (name)); /* frames hold zero bytes */

  return at != NULL ? g_ascii_strtoll (at + strlen (name), NULL, 10) : -1;
}

static void
hear_cb (CliSwarm   *swarm,
         guint       i,
         gboolean    binary,
         const char *data,
         gsize       len,
         gpointer    user_data)
{
  Ear   *ear = user_data;
  gint64 sent;

  if (!binary)
    return;
  ear->n++;
  if (i == 1 && number_after (data, len, "{\"n\":") != (gint64) ear->next++)
    ear->n_wrong++;
  if (ear->delays == NULL || ear->n_delays == ear->max_delays)
    return;
  sent = number_after (data, len, "\"t\":");
  ear->delays[ear->n_delays++] = (double) (g_get_monotonic_time () - sent) / 1000;
}

static void
expect (Ear  *ear,
        guint n_delays)
{
  g_free (ear->delays);
  *ear = (Ear){ .delays = n_delays > 0 ? g_new (double, n_delays) : NULL, .max_delays = n_delays };
}

static void
say (CliSwarm *swarm,
     guint64   n)
{
  char payload[80];

  g_snprintf (payload, sizeof payload, "{\"n\":%-10" G_GUINT64_FORMAT ",\"t\":%-16" G_GINT64_FORMAT "}", n,
              g_get_monotonic_time ());
  memset (payload + strlen (payload) - 1, ' ', 1);
  strcat (payload, ",\"p\":\"xxxxx\"}"); /* 50 bytes */
  cli_swarm_broadcast (swarm, 0, "bench", "e", payload);
}

static void
run_until (CliSwarm *swarm,
           Ear      *ear,
           guint64   n)
{
  gint64 until = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;

  while (ear->n < n && g_get_monotonic_time () < until)
    cli_swarm_run (swarm, 100000);
}

static void
run_for (CliSwarm *swarm,
         gint64    us)
{
  gint64 until = g_get_monotonic_time () + us;

  for (gint64 now; (now = g_get_monotonic_time ()) < until;)
    cli_swarm_run (swarm, until - now);
}

/* ---- Realtime ---- */

#define N_STREAM 300000
#define IN_FLIGHT 1000
#define N_FAN 400
#define N_BURST 60000
#define CROWD 1000
#define CROWD_RATE 10

static gboolean
bench_stream (CliBenchHost *host,
              GError      **error)
{
  double rates[3];

  for (guint run = 0; run < G_N_ELEMENTS (rates); run++)
    {
      Ear ear = { 0 };
      g_autoptr (CliSwarm) swarm = cli_swarm_new (host->url, host->key, hear_cb, &ear, error);
      gint64 start;

      if (swarm == NULL || !cli_swarm_connect (swarm, 2, error) || !cli_swarm_join (swarm, "bench", NULL, error))
        return FALSE;
      start = g_get_monotonic_time ();
      for (guint64 sent = 0; ear.n < N_STREAM && cli_swarm_count (swarm) == 2;)
        {
          while (sent < N_STREAM && sent < ear.n + IN_FLIGHT)
            say (swarm, sent++);
          cli_swarm_run (swarm, 100000);
        }
      if (ear.n != N_STREAM || ear.n_wrong > 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the stream was not whole: %" G_GUINT64_FORMAT " of %u, %" G_GUINT64_FORMAT " wrong", ear.n, N_STREAM, ear.n_wrong);
          return FALSE;
        }
      rates[run] = N_STREAM * (double) G_USEC_PER_SEC / (double) (g_get_monotonic_time () - start);
    }
  cli_bench_result (host->bench, "one sender to one receiver, 50 B, 1,000 in flight",
                    cli_bench_percentile (rates, G_N_ELEMENTS (rates), 0.5), "messages/s", "more", 100000);
  return TRUE;
}

/* When the last of fifty has it. */
static gboolean
bench_fan_out (CliBenchHost *host,
               GError      **error)
{
  Ear    ear = { 0 };
  double last[N_FAN];
  g_autoptr (CliSwarm) swarm = cli_swarm_new (host->url, host->key, hear_cb, &ear, error);

  if (swarm == NULL || !cli_swarm_connect (swarm, 51, error) || !cli_swarm_join (swarm, "bench", NULL, error))
    return FALSE;
  for (guint i = 0; i < N_FAN; i++)
    {
      gint64 start;

      run_for (swarm, 2000);
      start = g_get_monotonic_time ();
      say (swarm, i);
      run_until (swarm, &ear, (guint64) (i + 1) * 50);
      last[i] = (double) (g_get_monotonic_time () - start) / 1000;
    }
  cli_bench_result (host->bench, "fan-out to 50 sockets, last one, median", cli_bench_percentile (last, N_FAN, 0.5), "ms",
                    "less", 0.5);
  return TRUE;
}

/* As fast as it goes, with nobody counting: all of it, or a clean refusal; and how large the server becomes. */
static gboolean
bench_burst (CliBenchHost *host,
             GError      **error)
{
  Ear ear = { 0 };
  g_autoptr (CliSwarm) swarm = NULL;
  double before;

  if (!cli_bench_host_restart (host, error))
    return FALSE;
  before = cli_bench_host_memory (host, "VmHWM:");
  swarm = cli_swarm_new (host->url, host->key, hear_cb, &ear, error);
  if (swarm == NULL || !cli_swarm_connect (swarm, 2, error) || !cli_swarm_join (swarm, "bench", NULL, error))
    return FALSE;
  for (guint i = 0; i < N_BURST; i++)
    say (swarm, i);
  run_until (swarm, &ear, N_BURST);
  cli_bench_result (host->bench, "burst of 60,000 unthrottled, delivered", (double) ear.n, "messages", "more", N_BURST);
  cli_bench_result (host->bench, "memory that the burst took at most", cli_bench_host_memory (host, "VmHWM:") - before, "MB",
                    "less", 32);
  return TRUE;
}

static gboolean
bench_crowd (CliBenchHost *host,
             guint         seconds,
             GError      **error)
{
  Ear    ear = { 0 };
  guint  n = seconds * CROWD_RATE;
  double idle = cli_bench_host_memory (host, "VmRSS:"), lost;
  g_autoptr (CliSwarm) swarm = cli_swarm_new (host->url, host->key, hear_cb, &ear, error);
  g_autofree char *name = g_strdup_printf ("1,000 sockets at 10 messages/s for %u s, p99", seconds);
  gint64           next;

  if (swarm == NULL || !cli_swarm_connect (swarm, CROWD, error) || !cli_swarm_join (swarm, "bench", NULL, error))
    return FALSE;
  run_for (swarm, G_USEC_PER_SEC);
  cli_bench_result (host->bench, "memory of a joined socket", (cli_bench_host_memory (host, "VmRSS:") - idle) * 1000 / CROWD,
                    "KB", "less", 20);
  expect (&ear, n * (CROWD - 1));
  next = g_get_monotonic_time ();
  for (guint i = 0; i < n; i++)
    {
      say (swarm, i);
      next += G_USEC_PER_SEC / CROWD_RATE;
      run_for (swarm, next - g_get_monotonic_time ());
    }
  run_until (swarm, &ear, (guint64) n * (CROWD - 1));
  lost = (double) n * (CROWD - 1) - (double) ear.n;
  cli_bench_result (host->bench, name, cli_bench_percentile (ear.delays, ear.n_delays, 0.99), "ms", "less", 50);
  cli_bench_result (host->bench, "lost among them", lost, "messages", "less", 0);
  g_free (ear.delays);
  return TRUE;
}

/* ---- tela_push ---- */

#define N_CALLS 60
#define OPS_A_CALL 100

static char *
make_push (const char *project,
           guint       call,
           guint       n_elements)
{
  GString *body = g_string_new (NULL);
  guint64  time = (guint64) (g_get_real_time () / 1000);

  g_string_append_printf (body, "{\"project\":\"%s\",\"ops\":[", project);
  for (guint i = 0; i < OPS_A_CALL; i++)
    g_string_append_printf (body,
                            "%s{\"id\":\"e%u\",\"at\":\"%012" G_GINT64_MODIFIER
                            "x%04x-00000000000000aa\",\"set\":{\"type\":\"rectangle\",\"x\":%u,\"y\":%u,\"width\":80,"
                            "\"height\":40,\"index\":\"a1\"}}",
                            i > 0 ? "," : "", n_elements >= OPS_A_CALL ? call * OPS_A_CALL + i : i % n_elements, time,
                            call * OPS_A_CALL + i, i, call);
  g_string_append (body, "]}");
  return g_string_free (body, FALSE);
}

static gboolean
time_push (CliBenchHost *host,
           CliSwarm     *swarm,
           guint         n_elements,
           double       *per_second,
           GError      **error)
{
  g_autofree char *project = g_uuid_string_random ();
  g_autofree char *row = g_strdup_printf ("{\"id\":\"%s\",\"name\":\"Bench\"}", project);
  gint64           spent = 0;

  if (cli_swarm_http (swarm, "POST", "/rest/v1/projects", host->token, row, NULL) != 201)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the server made no project");
      return FALSE;
    }
  for (guint i = 0; i < N_CALLS; i++)
    {
      g_autofree char *body = make_push (project, i, n_elements);
      g_autofree char *answer = NULL;
      gint64           start = g_get_monotonic_time ();
      guint            status = cli_swarm_http (swarm, "POST", "/rest/v1/rpc/tela_push", host->token, body, &answer);

      spent += g_get_monotonic_time () - start;
      if (status != 200 || strstr (answer, "\"refused\":[]") == NULL)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the server refused a push: %s", answer);
          return FALSE;
        }
    }
  *per_second = N_CALLS * OPS_A_CALL * (double) G_USEC_PER_SEC / (double) spent;
  return TRUE;
}

static gboolean
bench_push (CliBenchHost *host,
            GError      **error)
{
  double distinct[3], few[3];
  g_autoptr (CliSwarm) swarm = cli_swarm_new (host->url, host->key, hear_cb, NULL, error);

  if (swarm == NULL)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (few); i++)
    if (!time_push (host, swarm, OPS_A_CALL, &distinct[i], error) || !time_push (host, swarm, 10, &few[i], error))
      return FALSE;
  cli_bench_result (host->bench, "tela_push, 100 operations a call, distinct elements",
                    cli_bench_percentile (distinct, G_N_ELEMENTS (distinct), 0.5), "operations/s", "more", 15000);
  cli_bench_result (host->bench, "tela_push, 100 operations a call on 10 elements",
                    cli_bench_percentile (few, G_N_ELEMENTS (few), 0.5), "operations/s", "more", 60000);
  return TRUE;
}

/* ---- All of it ---- */

static gboolean
bench_idle (CliBenchHost *host,
            GError      **error)
{
  cli_bench_result (host->bench, "start to first answer, median", host->start_ms, "ms", "less", 50);
  cli_bench_result (host->bench, "idle memory", cli_bench_host_memory (host, "VmRSS:"), "MB", "less", 12);
  return TRUE;
}

/**
 * cli_bench_backend:
 * @seconds: how long the crowd listens
 *
 * The embedded backend, as a process of its own.
 */
gboolean
cli_bench_backend (CliBench *bench,
                   guint     seconds,
                   GError  **error)
{
  CliBenchHost host = { .bench = bench };
  gboolean     ok;

  ok = cli_bench_host_start (&host, error) && bench_idle (&host, error) && bench_crowd (&host, seconds, error) &&
       bench_fan_out (&host, error) && bench_stream (&host, error) && bench_burst (&host, error) &&
       bench_push (&host, error);
  cli_bench_host_stop (&host);
  return ok;
}
