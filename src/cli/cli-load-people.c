/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli-load.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "cli-bench.h"

#define TICK_MS 16
#define PATIENCE_US (30 * G_USEC_PER_SEC)
#define WARM_MS 3000 /* until all have heard of all */
#define MAX_SAMPLES 4000000
#define N_TOPICS 4 /* of one person: user:, project:, live:, room: */

typedef struct Crowd Crowd;

typedef struct
{
  Crowd           *crowd;
  char            *dir;
  TelaStore       *store;
  RealtimeManager *realtime;
  TelaWorkspace   *workspace;
  TelaSession     *session;
  guint            n_channels;
  GHashTable      *said; /* set of gint64: times of the messages that anybody has heard of them */
} Person;

/* The x of each pointer is the time, so that whoever sees it sees how late it is. */
struct Crowd
{
  Person *people;
  guint   n;
  gint64  start; /* monotonic */
  guint64 n_heard;
  guint   n_closed;
  guint   n_edits;
  double *delays; /* ms */
  guint   n_delays;
};

/* ---- Coming and going ---- */

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

typedef gboolean (*Condition) (Person *person);

/* For each of them. */
static gboolean
await_all (Crowd      *crowd,
           Condition   condition,
           const char *what,
           GError    **error)
{
  gint64   end = g_get_monotonic_time () + PATIENCE_US;
  guint    tick = g_timeout_add (TICK_MS, tick_cb, NULL);
  guint    n = 0;
  gboolean late = FALSE;

  while (n < crowd->n && !late)
    {
      if (condition (&crowd->people[n]))
        n++;
      else
        g_main_context_iteration (NULL, TRUE);
      late = g_get_monotonic_time () > end;
    }
  g_source_remove (tick);
  if (n < crowd->n)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "person %u did not get to this: %s", n + 1, what);
  return n == crowd->n;
}

static gboolean
is_signed_in (Person *person)
{
  return tela_workspace_get_user_id (person->workspace) != NULL;
}

static gboolean
is_at_work (Person *person)
{
  return tela_session_is_live (person->session) && tela_session_can_edit (person->session);
}

static gboolean
sees_all (Person *person)
{
  return g_list_model_get_n_items (G_LIST_MODEL (tela_session_get_people (person->session))) + 1 >= person->crowd->n;
}

static guint
count_channels (Person *person)
{
  RealtimeMetrics metrics;

  realtime_manager_get_metrics (person->realtime, &metrics);
  return metrics.active_channels;
}

static gboolean
has_joined (Person *person)
{
  person->n_channels = count_channels (person);
  return person->n_channels == N_TOPICS;
}

static gboolean
admit (Person             *person,
       const CliLoadBoard *board,
       GError            **error)
{
  g_autofree char *member = NULL;

  member = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"editor\"}", board->project,
                            tela_workspace_get_user_id (person->workspace));
  if (cli_swarm_http (board->swarm, "POST", "/rest/v1/project_members", board->token, member, NULL) == 201)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, "the server lets nobody onto the board");
  return FALSE;
}

static gboolean
open_board (Person     *person,
            const char *project,
            GError    **error)
{
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  tela_workspace_open_async (person->workspace, project, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  person->session = tela_workspace_open_finish (person->workspace, result, error);
  return person->session != NULL;
}

static gboolean
start (Crowd   *crowd,
       TelaCli *cli,
       GError **error)
{
  for (guint i = 0; i < crowd->n; i++)
    {
      Person *person = &crowd->people[i];

      person->crowd = crowd;
      person->said = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
      person->dir = g_dir_make_tmp ("tela-load-XXXXXX", error);
      person->store = person->dir != NULL ? tela_store_open (person->dir, error) : NULL;
      if (person->store == NULL)
        return FALSE;
      person->realtime = realtime_manager_new ();
      person->workspace = tela_workspace_new (person->store, person->realtime);
      tela_workspace_set_endpoint (person->workspace, tela_host_get_url (cli->host), tela_host_get_key (cli->host), NULL,
                                   FALSE);
    }
  return await_all (crowd, is_signed_in, "signed in", error);
}

static gboolean
gather (Crowd              *crowd,
        const CliLoadBoard *board,
        GError            **error)
{
  for (guint i = 0; i < crowd->n; i++)
    if (!admit (&crowd->people[i], board, error) || !open_board (&crowd->people[i], board->project, error))
      return FALSE;
  if (!await_all (crowd, is_at_work, "at work on the board", error))
    return FALSE;
  for (guint i = 0; i < crowd->n; i++)
    {
      g_autofree char *name = g_strdup_printf ("Person %u", i + 1);

      tela_people_set_self (tela_session_get_people (crowd->people[i].session), name, "#1971c2");
    }
  return await_all (crowd, has_joined, "on all channels", error) && await_all (crowd, sees_all, "seeing the others", error);
}

static void
person_leave (Person *person)
{
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;

  g_clear_object (&person->session);
  if (person->workspace != NULL)
    {
      tela_workspace_close (person->workspace);
      realtime_manager_shutdown_async (person->realtime, NULL, cli_await_cb, &await);
      result = cli_await_take (&await);
      realtime_manager_shutdown_finish (person->realtime, result, NULL);
    }
  g_clear_object (&person->workspace);
  g_clear_object (&person->realtime);
  if (person->store != NULL)
    tela_store_close (person->store);
  g_clear_object (&person->store);
  g_clear_pointer (&person->said, g_hash_table_unref);
}

static void
remove_tree (GFile *file)
{
  g_autoptr (GFileEnumerator) children =
      g_file_enumerate_children (file, "standard::name", G_FILE_QUERY_INFO_NOFOLLOW_SYMLINKS, NULL, NULL);
  GFile *child;

  while (children != NULL && g_file_enumerator_iterate (children, NULL, &child, NULL, NULL) && child != NULL)
    remove_tree (child);
  g_file_delete (file, NULL, NULL);
}

/* ---- Hands ---- */

static Person *
find_person (Crowd  *crowd,
             guint64 actor)
{
  for (guint i = 0; i < crowd->n; i++)
    if (tela_session_get_actor (crowd->people[i].session) == actor)
      return &crowd->people[i];
  return NULL;
}

/* Somebody's message has come: the one that is new to us. */
static void
moved_cb (TelaPeople *people,
          Person     *person)
{
  GPtrArray *peers = tela_people_get_peers (people);
  TelaPeer  *latest = NULL;
  Person    *from;

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
elapsed_ms (Crowd *crowd)
{
  return (double) (g_get_monotonic_time () - crowd->start) / 1000;
}

/* What a frame that is drawn now would show. */
static void
look (Person *person)
{
  Crowd     *crowd = person->crowd;
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
  Crowd *crowd = user_data;

  for (guint i = 0; i < crowd->n; i++)
    {
      Person *person = &crowd->people[i];
      guint   n_channels = count_channels (person);

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
draw (Crowd *crowd)
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
work (Crowd *crowd,
      guint  seconds)
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
is_same_everywhere (Crowd   *crowd,
                    GError **error)
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
count_said (Crowd *crowd)
{
  guint64 n = 0;

  for (guint i = 0; i < crowd->n; i++)
    n += g_hash_table_size (crowd->people[i].said);
  return n;
}

static void
print (const TelaCli *cli,
       Crowd         *crowd,
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
run (Crowd              *crowd,
     TelaCli            *cli,
     const CliLoadBoard *board,
     guint               seconds,
     GError            **error)
{
  gboolean same;

  if (!start (crowd, cli, error) || !gather (crowd, board, error))
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
  Crowd    crowd = { .n = n };
  gboolean ok;

  crowd.people = g_new0 (Person, n);
  crowd.delays = g_new (double, MAX_SAMPLES);
  ok = run (&crowd, cli, board, seconds, error);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GFile) dir = crowd.people[i].dir != NULL ? g_file_new_for_path (crowd.people[i].dir) : NULL;

      person_leave (&crowd.people[i]);
      if (dir != NULL)
        remove_tree (dir);
      g_free (crowd.people[i].dir);
    }
  g_free (crowd.people);
  g_free (crowd.delays);

  return ok;
}
