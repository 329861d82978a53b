/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli-bench.h"
#include "cli-crowd.h"

#define TICK_MS 16
#define WARM_MS 3000 /* until all have heard of all */
#define MAX_SAMPLES 4000000

static CliPerson *
find_person (CliCrowd *crowd,
             guint64   actor)
{
  for (guint i = 0; i < crowd->n; i++)
    if (tela_session_get_actor (crowd->people[i].session) == actor)
      return &crowd->people[i];
  return NULL;
}

/* Somebody's message has come: the one that is new to us. */
static void
moved_cb (TelaPeople *people,
          CliPerson  *person)
{
  GPtrArray *peers = tela_people_get_peers (people);
  TelaPeer  *latest = NULL;
  CliPerson *from;

  for (guint i = 0; i < peers->len; i++)
    {
      TelaPeer *peer = peers->pdata[i];

      if (peer->cursor != NULL && (latest == NULL || peer->heard > latest->heard))
        latest = peer;
    }
  from = latest != NULL ? find_person (person->crowd, latest->actor) : NULL;
  if (from == NULL)
    return;
  person->crowd->n_heard++;
  g_hash_table_add (from->said, g_memdup2 (&latest->cursor->at, sizeof latest->cursor->at));
}

static double
elapsed_ms (CliCrowd *crowd)
{
  return (double) (g_get_monotonic_time () - crowd->start) / 1000;
}

/* What a frame that is drawn now would show. */
static void
look (CliPerson *person)
{
  CliCrowd  *crowd = person->crowd;
  GPtrArray *peers = tela_people_get_peers (tela_session_get_people (person->session));
  double     x, y;

  for (guint i = 0; i < peers->len && crowd->n_delays < MAX_SAMPLES; i++)
    {
      TelaPeer *peer = peers->pdata[i];

      if (find_person (crowd, peer->actor) != NULL && tela_track_get (peer->track, g_get_monotonic_time (), &x, &y))
        crowd->delays[crowd->n_delays++] = elapsed_ms (crowd) - x;
    }
}

static gboolean
hands_cb (gpointer user_data)
{
  CliCrowd *crowd = user_data;

  for (guint i = 0; i < crowd->n; i++)
    {
      CliPerson *person = &crowd->people[i];
      guint      n_channels = cli_person_count_channels (person);

      if (n_channels < person->n_channels)
        crowd->n_closed += person->n_channels - n_channels;
      person->n_channels = n_channels;
      tela_people_move (tela_session_get_people (person->session), elapsed_ms (crowd), i);
      if (elapsed_ms (crowd) > WARM_MS)
        look (person);
    }
  return G_SOURCE_CONTINUE;
}

static void
draw (CliCrowd *crowd)
{
  TelaSession     *session = crowd->people[crowd->n_edits % crowd->n].session;
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *text = NULL;
  g_autoptr (TelaElement) op = NULL;
  TelaStamp      stamp = tela_session_next_stamp (session);
  TelaJsonReader reader;

  text = g_strdup_printf ("{\"id\":\"%s\",\"set\":{\"type\":\"rectangle\",\"x\":%u,\"y\":0,\"width\":80,\"height\":40}}", id,
                          100 * crowd->n_edits);
  tela_json_reader_init (&reader, text, -1);
  op = tela_op_read (&reader, &stamp, NULL);
  tela_session_edit (session, &op, 1);
  crowd->n_edits++;
}

static void
work (CliCrowd *crowd,
      guint     seconds)
{
  guint hands;

  crowd->start = g_get_monotonic_time ();
  for (guint i = 0; i < crowd->n; i++)
    g_signal_connect (tela_session_get_people (crowd->people[i].session), "moved", G_CALLBACK (moved_cb),
                      &crowd->people[i]);
  hands = g_timeout_add (TICK_MS, hands_cb, crowd);
  while (elapsed_ms (crowd) < 1000.0 * seconds)
    {
      g_main_context_iteration (NULL, TRUE);
      if (crowd->n_edits < seconds && elapsed_ms (crowd) >= 1000.0 * crowd->n_edits)
        draw (crowd);
    }
  g_source_remove (hands);
}

/* ---- Afterwards ---- */

static gboolean
is_same_everywhere (CliCrowd *crowd,
                    GError  **error)
{
  g_autofree char *first = NULL;

  for (guint i = 0; i < crowd->n; i++)
    if (!cli_drain (crowd->people[i].session, error))
      return FALSE;
  for (guint i = 0; i < crowd->n; i++)
    {
      g_autofree char *dump = tela_board_dump (tela_session_get_board (crowd->people[i].session), TRUE);

      if (first == NULL)
        first = g_steal_pointer (&dump);
      else if (!g_str_equal (first, dump))
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "person %u has another board than the first one", i + 1);
          return FALSE;
        }
    }
  return TRUE;
}

static guint64
count_said (CliCrowd *crowd)
{
  guint64 n = 0;

  for (guint i = 0; i < crowd->n; i++)
    n += g_hash_table_size (crowd->people[i].said);
  return n;
}

static void
print (const TelaCli *cli,
       CliCrowd      *crowd,
       guint          seconds,
       gboolean       same)
{
  guint64 n_sent = count_said (crowd);
  gint64  n_lost = (gint64) (n_sent * (crowd->n - 1) - crowd->n_heard);
  double  at[4] = { 0 };

  if (crowd->n_delays > 0)
    {
      at[0] = cli_bench_percentile (crowd->delays, crowd->n_delays, 0.5);
      at[1] = cli_bench_percentile (crowd->delays, crowd->n_delays, 0.95);
      at[2] = cli_bench_percentile (crowd->delays, crowd->n_delays, 0.99);
      at[3] = crowd->delays[crowd->n_delays - 1]; /* they are in order now */
    }
  g_print (cli->json ? "{\"people\":%u,\"seconds\":%u,\"sent\":%" G_GUINT64_FORMAT ",\"lost\":%" G_GINT64_FORMAT
                       ",\"closed\":%u,\"cursor_delay_ms\":{\"p50\":%.0f,\"p95\":%.0f,\"p99\":%.0f,\"max\":%.0f},"
                       "\"edits\":%u,\"converged\":%s}\n"
                     : "%u people for %u s: %" G_GUINT64_FORMAT " messages of their hands, %" G_GINT64_FORMAT
                       " lost; %u channels closed\ncursors are late by: p50 %.0f ms, p95 %.0f ms, p99 %.0f ms, at most "
                       "%.0f ms\n%u edits; the same everywhere: %s\n",
           crowd->n, seconds, n_sent, n_lost, crowd->n_closed, at[0], at[1], at[2], at[3], crowd->n_edits,
           cli->json ? (same ? "true" : "false") : (same ? "yes" : "no"));
}

static gboolean
run (CliCrowd           *crowd,
     TelaCli            *cli,
     const CliLoadBoard *board,
     guint               seconds,
     GError            **error)
{
  gboolean same;

  if (!cli_crowd_gather (crowd, cli, board, error))
    return FALSE;
  work (crowd, seconds);
  same = is_same_everywhere (crowd, error);
  for (guint i = 0; i < crowd->n; i++)
    g_signal_handlers_disconnect_by_data (tela_session_get_people (crowd->people[i].session), &crowd->people[i]);
  print (cli, crowd, seconds, same);
  if (same && crowd->n_closed > 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%u channels were closed", crowd->n_closed);
  return same && crowd->n_closed == 0;
}

gboolean
cli_load_people (TelaCli            *cli,
                 const CliLoadBoard *board,
                 guint               n,
                 guint               seconds,
                 GError            **error)
{
  CliCrowd crowd = { .n = n };
  gboolean ok;

  crowd.people = g_new0 (CliPerson, n);
  crowd.delays = g_new (double, MAX_SAMPLES);
  ok = run (&crowd, cli, board, seconds, error);
  cli_crowd_leave (&crowd);
  g_free (crowd.people);
  g_free (crowd.delays);

  return ok;
}
