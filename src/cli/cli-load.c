/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "cli-bench.h"
#include "cli-load.h"
#include "tela-pick.h"

#define MAX_CLIENTS 1000
#define MAX_PEOPLE 50
#define MAX_SAMPLES 1000000
#define QUIET_US (10 * G_USEC_PER_SEC)
#define LIVE_EVENT "l.00000000000000aa"

/* People on one board: their hands are seen on the live lane, and each second one of them finishes an edit. */
typedef struct
{
  CliLoadBoard board;

  guint   n_clients;
  guint64 n_sent, n_heard; /* gestures: sent, and heard by anyone */
  guint64 every;           /* so many of them for one sample */
  double *delays;          /* ms */
  guint   n_delays;
  guint   n_edits;
  gint64 *revs; /* that each member has heard of */
  guint   n_gaps;
} Load;

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
  Load  *load = user_data;
  gint64 rev;

  if (!binary)
    return;
  if (memmem (data, len, "CANVAS_CHANGE", strlen ("CANVAS_CHANGE")) != NULL)
    {
      rev = number_after (data, len, "\"rev\":");
      if (rev != load->revs[i] + 1)
        load->n_gaps++;
      load->revs[i] = rev;
    }
  else if (memmem (data, len, LIVE_EVENT, strlen (LIVE_EVENT)) != NULL && load->n_heard++ % load->every == 0 &&
           load->n_delays < MAX_SAMPLES)
    load->delays[load->n_delays++] =
        (double) (g_get_monotonic_time () - number_after (data, len, "\"t\":")) / 1000;
}

/* ---- The board ---- */

/* Whose session it is: the local owner's, or a new anonymous user's. */
static gboolean
sign_in (TelaCli *cli,
         Load    *load,
         GError **error)
{
  g_autofree char *session = tela_host_dup_session (cli->host);

  if (session == NULL && cli_swarm_http (load->board.swarm, "POST", "/auth/v1/signup", NULL, "{}", &session) != 200)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "the server let nobody sign in");
      return FALSE;
    }
  load->board.token = tela_pick_text ((TelaJsonSpan){ session, strlen (session) }, "access_token");
  return TRUE;
}

static gboolean
make_board (Load    *load,
            GError **error)
{
  g_autofree char *row = NULL;

  if (load->board.project != NULL)
    return TRUE;
  load->board.project = g_uuid_string_random ();
  row = g_strdup_printf ("{\"id\":\"%s\",\"name\":\"Load\"}", load->board.project);
  load->board.made = cli_swarm_http (load->board.swarm, "POST", "/rest/v1/projects", load->board.token, row, NULL) == 201;
  if (!load->board.made)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the server made no board");
  return load->board.made;
}

static void
remove_board (Load *load)
{
  g_autofree char *path = g_strconcat ("/rest/v1/projects?id=eq.", load->board.project, NULL);

  if (load->board.made)
    cli_swarm_http (load->board.swarm, "DELETE", path, load->board.token, NULL, NULL);
}

static gint64
get_head (Load *load)
{
  g_autofree char *body = g_strdup_printf ("{\"project\":\"%s\"}", load->board.project);
  g_autofree char *answer = NULL;

  if (cli_swarm_http (load->board.swarm, "POST", "/rest/v1/rpc/tela_head", load->board.token, body, &answer) != 200)
    return -1;
  return number_after (answer, strlen (answer), "\"rev\":");
}

/* ---- The crowd ---- */

static void
edit (Load *load)
{
  g_autofree char *body = NULL;
  guint64          time = (guint64) (g_get_real_time () / 1000);

  body = g_strdup_printf ("{\"project\":\"%s\",\"ops\":[{\"id\":\"e%u\",\"at\":\"%012" G_GINT64_MODIFIER
                          "x0000-00000000000000aa\",\"set\":{\"type\":\"rectangle\",\"x\":%u,\"y\":0,\"width\":80,"
                          "\"height\":40,\"index\":\"a1\"}}]}",
                          load->board.project, load->n_edits, time, load->n_edits);
  if (cli_swarm_http (load->board.swarm, "POST", "/rest/v1/rpc/tela_push", load->board.token, body, NULL) == 200)
    load->n_edits++;
}

static void
gesture (Load       *load,
         guint       i,
         const char *topic)
{
  char payload[160];

  g_snprintf (payload, sizeof payload,
              "{\"gesture\":\"g%u\",\"n\":%" G_GUINT64_FORMAT ",\"t\":%" G_GINT64_FORMAT
              ",\"cursor\":{\"x\":%u,\"y\":20},\"end\":false}",
              i, load->n_sent, g_get_monotonic_time (), i);
  cli_swarm_broadcast (load->board.swarm, i, topic, LIVE_EVENT, payload);
  load->n_sent++;
}

/* Evenly spread over time. */
static void
run_crowd (Load  *load,
           double rate,
           guint  seconds)
{
  g_autofree char *topic = g_strconcat ("live:", load->board.project, NULL);
  gint64           start = g_get_monotonic_time (), end = start + (gint64) seconds * G_USEC_PER_SEC, now;
  double           all = rate * load->n_clients;
  guint            n_edits = 0;

  while ((now = g_get_monotonic_time ()) < end && cli_swarm_count (load->board.swarm) > 0)
    {
      guint64 due = (guint64) (all * (double) (now - start) / (double) G_USEC_PER_SEC);

      while (load->n_sent < due)
        gesture (load, (guint) (load->n_sent % load->n_clients), topic);
      if ((now - start) / G_USEC_PER_SEC >= n_edits)
        {
          edit (load);
          n_edits++;
        }
      cli_swarm_run (load->board.swarm, 1000);
    }
}

static gboolean
is_settled (Load  *load,
            gint64 head)
{
  if (load->n_heard < load->n_sent * (load->n_clients - 1))
    return FALSE;
  for (guint i = 0; i < load->n_clients; i++)
    if (load->revs[i] != head)
      return FALSE;
  return TRUE;
}

static void
print_load (const TelaCli *cli,
            Load          *load,
            gint64         head)
{
  guint64 due = load->n_sent * (load->n_clients - 1);
  guint   n_behind = 0;
  double  at[3] = { 0 };

  for (guint i = 0; i < load->n_clients; i++)
    n_behind += load->revs[i] != head ? 1 : 0;
  if (load->n_delays > 0)
    {
      at[0] = cli_bench_percentile (load->delays, load->n_delays, 0.5);
      at[1] = cli_bench_percentile (load->delays, load->n_delays, 0.95);
      at[2] = cli_bench_percentile (load->delays, load->n_delays, 0.99);
    }
  if (cli->json)
    g_print ("{\"clients\":%u,\"connected\":%u,\"sent\":%" G_GUINT64_FORMAT ",\"delivered\":%" G_GUINT64_FORMAT
             ",\"lost\":%" G_GINT64_FORMAT ",\"latency_ms\":{\"p50\":%.3f,\"p95\":%.3f,\"p99\":%.3f},"
             "\"edits\":%u,\"gaps\":%u,\"converged\":%s}\n",
             load->n_clients, cli_swarm_count (load->board.swarm), load->n_sent, load->n_heard,
             (gint64) (due - load->n_heard), at[0], at[1], at[2], load->n_edits, load->n_gaps,
             n_behind == 0 ? "true" : "false");
  else
    g_print ("%u of %u clients connected to the end\n%" G_GUINT64_FORMAT " sent, %" G_GUINT64_FORMAT
             " delivered, %" G_GINT64_FORMAT " lost\nlatency: p50 %.3f ms, p95 %.3f ms, p99 %.3f ms\n"
             "%u edits; %u clients have not heard of the last one; %u gaps\n",
             cli_swarm_count (load->board.swarm), load->n_clients, load->n_sent, load->n_heard,
             (gint64) (due - load->n_heard), at[0], at[1], at[2], load->n_edits, n_behind, load->n_gaps);
}

static gboolean
open_load (TelaCli *cli,
           Load    *load,
           GError **error)
{
  load->board.swarm = cli_swarm_new (tela_host_get_url (cli->host), tela_host_get_key (cli->host), hear_cb, load, error);
  return load->board.swarm != NULL && sign_in (cli, load, error) && make_board (load, error);
}

static gboolean
run_load (TelaCli *cli,
          Load    *load,
          double   rate,
          guint    seconds,
          GError **error)
{
  g_autofree char *live = NULL;
  g_autofree char *feed = NULL;
  gint64           head, until;

  live = g_strconcat ("live:", load->board.project, NULL);
  feed = g_strconcat ("project:", load->board.project, NULL);
  head = get_head (load);
  for (guint i = 0; i < load->n_clients; i++)
    load->revs[i] = head;
  if (!cli_swarm_connect (load->board.swarm, load->n_clients, error) ||
      !cli_swarm_join (load->board.swarm, feed, load->board.token, error) ||
      !cli_swarm_join (load->board.swarm, live, load->board.token, error))
    return FALSE;
  run_crowd (load, rate, seconds);
  head = get_head (load);
  until = g_get_monotonic_time () + QUIET_US;
  while (!is_settled (load, head) && g_get_monotonic_time () < until)
    cli_swarm_run (load->board.swarm, 10000);
  print_load (cli, load, head);
  if (!is_settled (load, head))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "not everything came through");
  return is_settled (load, head);
}

int
cli_load (TelaCli *cli,
          int      argc,
          char   **argv)
{
  int                clients = 10, people = 0, seconds = 10;
  double             rate = 10;
  g_autofree char   *project = NULL;
  const GOptionEntry entries[] = {
    { "clients", 0, 0, G_OPTION_ARG_INT, &clients, NULL, NULL },
    { "people", 0, 0, G_OPTION_ARG_INT, &people, NULL, NULL },
    { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &rate, NULL, NULL },
    { "for", 0, 0, G_OPTION_ARG_INT, &seconds, NULL, NULL },
    { "project", 0, 0, G_OPTION_ARG_STRING, &project, NULL, NULL },
    { NULL },
  };
  const char *usage = "load [--clients N [--rate R] | --people N] [--for SECONDS] [--project ID]";
  g_autoptr (GError) error = NULL;
  Load     load = { 0 };
  gboolean ok;

  if (!cli_parse (&argc, &argv, entries, usage, 0, FALSE))
    return CLI_USAGE;
  if (clients < 2 || clients > MAX_CLIENTS || rate <= 0 || rate > 1000 || people < 0 ||
      people == 1 || people > MAX_PEOPLE || seconds < 1 || seconds > 3600)
    return cli_usage (usage);
  if (!cli_open (cli, &error))
    return cli_fail ("load", error);
  load.board.project = g_steal_pointer (&project);
  load.n_clients = (guint) clients;
  load.revs = g_new0 (gint64, load.n_clients);
  load.delays = g_new (double, MAX_SAMPLES);
  load.every = (guint64) MAX (1, rate * clients * (clients - 1) * seconds / MAX_SAMPLES + 1);
  ok = open_load (cli, &load, &error) &&
       (people > 0 ? cli_load_people (cli, &load.board, (guint) people, (guint) seconds, &error)
                   : run_load (cli, &load, rate, (guint) seconds, &error));
  if (load.board.swarm != NULL && load.board.token != NULL)
    remove_board (&load);
  g_clear_pointer (&load.board.swarm, cli_swarm_free);
  g_free (load.board.project);
  g_free (load.board.token);
  g_free (load.revs);
  g_free (load.delays);
  return ok ? CLI_OK : cli_fail ("load", error);
}
