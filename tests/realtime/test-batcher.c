/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-batcher.h"

#include <string.h>

#include "stand-in.h"

typedef struct
{
  RealtimeBatcher *batcher;
  GPtrArray       *seen;  /* of text */
  GArray          *times; /* when each was handed over */
  guint            turn;  /* of the main loop, where the test counts */
  guint            last_turn;
  guint            n_batches;
  TelaJsonSpan     payload;
  RealtimeArena    arena;
} Fixture;

static void
seen_cb (const RealtimeEvent *event,
         gpointer             user_data)
{
  Fixture *fixture = user_data;
  gint64   now = g_get_monotonic_time ();

  if (event->kind == REALTIME_EVENT_MESSAGE)
    g_ptr_array_add (fixture->seen, g_strdup_printf ("%s %" G_GUINT64_FORMAT, event->message->event, event->ref));
  else
    g_ptr_array_add (fixture->seen, g_strdup_printf ("event %d", event->kind));
  g_array_append_val (fixture->times, now);
  if (fixture->turn != fixture->last_turn)
    fixture->n_batches++;
  fixture->last_turn = fixture->turn;
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->batcher = realtime_batcher_new (NULL, 16, seen_cb, fixture);
  fixture->seen = g_ptr_array_new_with_free_func (g_free);
  fixture->times = g_array_new (FALSE, FALSE, sizeof (gint64));
  fixture->payload = (TelaJsonSpan){ "{}", 2 };
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  realtime_batcher_free (fixture->batcher);
  g_ptr_array_unref (fixture->seen);
  g_array_unref (fixture->times);
  realtime_arena_clear (&fixture->arena);
}

static gboolean
push (Fixture    *fixture,
      const char *name,
      guint64     number)
{
  TelaJsonSpan     event = { name, strlen (name) };
  TelaJsonSpan     topic = { "a", 1 };
  const char      *found = realtime_batcher_find_topic (fixture->batcher, topic);
  RealtimeMessage *message;
  RealtimeEvent   *out;

  g_assert_nonnull (found);
  message = realtime_message_new (&fixture->arena, found, event, fixture->payload, (TelaJsonSpan){ NULL, 0 }, TRUE, 1);
  out = realtime_event_new_message (&fixture->arena, 1, message);
  out->ref = number;

  return realtime_batcher_push (fixture->batcher, out);
}

static char *
seen (Fixture *fixture)
{
  g_ptr_array_add (fixture->seen, NULL);

  return g_strjoinv (",", (char **) fixture->seen->pdata);
}

static void
test_merge (Fixture      *fixture,
            gconstpointer data)
{
  g_autofree char *all = NULL;

  realtime_batcher_add_listener (fixture->batcher, "a", "cursor", REALTIME_KEEP_LATEST);
  realtime_batcher_add_listener (fixture->batcher, "a", "op", REALTIME_KEEP_ALL);
  realtime_batcher_add_listener (fixture->batcher, "a", "both", REALTIME_KEEP_LATEST);
  realtime_batcher_add_listener (fixture->batcher, "a", "both", REALTIME_KEEP_ALL);

  push (fixture, "cursor", 1);
  push (fixture, "op", 2);
  push (fixture, "cursor", 3);
  realtime_batcher_push (fixture->batcher, realtime_event_new (REALTIME_EVENT_OPENED, 1));
  push (fixture, "both", 4);
  push (fixture, "op", 5);
  push (fixture, "both", 6);
  push (fixture, "cursor", 7);
  wait_until (fixture->seen->len == 6);

  all = seen (fixture);
  g_assert_cmpstr (all, ==, "op 2,event 0,both 4,op 5,both 6,cursor 7");
}

static void
test_merge_any (Fixture      *fixture,
                gconstpointer data)
{
  g_autofree char *all = NULL;

  realtime_batcher_add_listener (fixture->batcher, "a", "*", REALTIME_KEEP_LATEST);
  push (fixture, "x", 1);
  push (fixture, "y", 2);
  push (fixture, "x", 3);
  wait_until (fixture->seen->len == 2);
  push (fixture, "x", 4);
  /* Someone who wants them all. */
  realtime_batcher_add_listener (fixture->batcher, "a", "x", REALTIME_KEEP_ALL);
  push (fixture, "x", 5);
  wait_until (fixture->seen->len == 4);
  realtime_batcher_remove_listener (fixture->batcher, "a", "x", REALTIME_KEEP_ALL);
  push (fixture, "x", 6);
  push (fixture, "x", 7);
  wait_until (fixture->seen->len == 5);

  all = seen (fixture);
  g_assert_cmpstr (all, ==, "y 2,x 3,x 4,x 5,x 7");
}

static void
test_routes (Fixture      *fixture,
             gconstpointer data)
{
  TelaJsonSpan     topic = { "a", 1 };
  g_autofree char *name = g_strnfill (300, 'a');
  TelaJsonSpan     long_topic = { name, 300 };

  g_assert_null (realtime_batcher_find_topic (fixture->batcher, topic));
  realtime_batcher_add_listener (fixture->batcher, "a", "x", REALTIME_KEEP_ALL);
  realtime_batcher_add_listener (fixture->batcher, "a", "y", REALTIME_KEEP_LATEST);
  g_assert_cmpstr (realtime_batcher_find_topic (fixture->batcher, topic), ==, "a");
  realtime_batcher_remove_listener (fixture->batcher, "a", "x", REALTIME_KEEP_ALL);
  g_assert_nonnull (realtime_batcher_find_topic (fixture->batcher, topic));
  realtime_batcher_remove_listener (fixture->batcher, "a", "y", REALTIME_KEEP_LATEST);
  g_assert_null (realtime_batcher_find_topic (fixture->batcher, topic));
  g_assert_null (realtime_batcher_find_topic (fixture->batcher, long_topic));
}

static gpointer
flood (gpointer data)
{
  Fixture *fixture = data;
  gint64   end = g_get_monotonic_time () + 200 * 1000;
  guint64  n = 0;

  while (g_get_monotonic_time () < end)
    {
      push (fixture, "op", n++);
      g_usleep (100);
    }

  return GUINT_TO_POINTER (n);
}

/* However many come from the other thread, they are handed over a frame apart, all of them, in order. */
static void
test_frames (Fixture      *fixture,
             gconstpointer data)
{
  const gint64 start = g_get_monotonic_time ();
  guint        tick = g_timeout_add (5, wait_tick_cb, NULL);
  GThread     *thread;
  guint        n;

  realtime_batcher_add_listener (fixture->batcher, "a", "*", REALTIME_KEEP_ALL);
  thread = g_thread_new ("flood", flood, fixture);
  while (g_get_monotonic_time () - start < 300 * 1000)
    {
      fixture->turn++;
      g_main_context_iteration (NULL, TRUE);
    }
  g_source_remove (tick);
  n = GPOINTER_TO_UINT (g_thread_join (thread));
  g_assert_cmpuint (fixture->n_batches, >, 0);
  g_assert_cmpuint (fixture->n_batches, <=, (g_get_monotonic_time () - start) / 16000 + 2);

  wait_until (fixture->seen->len == n);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *expected = g_strdup_printf ("op %u", i);

      g_assert_cmpstr (g_ptr_array_index (fixture->seen, i), ==, expected);
    }
}

static void
test_quiet (Fixture      *fixture,
            gconstpointer data)
{
  gint64 start;

  realtime_batcher_add_listener (fixture->batcher, "a", "*", REALTIME_KEEP_ALL);
  push (fixture, "x", 1);
  /* After quiet it takes no timer: what is ready is handed over by the next turn of the loop. */
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (fixture->seen->len, ==, 1);
  start = g_array_index (fixture->times, gint64, 0);

  push (fixture, "x", 2);
  g_main_context_iteration (NULL, FALSE);
  if (g_get_monotonic_time () - start < 15000)
    g_assert_cmpuint (fixture->seen->len, ==, 1);
  wait_until (fixture->seen->len == 2);
  g_assert_cmpint (g_array_index (fixture->times, gint64, 1) - start, >=, 15000);
}

/* An answer does not wait for the next frame, nor does it overtake. */
static void
test_urgent (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *all = NULL;

  realtime_batcher_add_listener (fixture->batcher, "a", "*", REALTIME_KEEP_ALL);
  push (fixture, "x", 1);
  g_main_context_iteration (NULL, FALSE);
  push (fixture, "x", 2);
  realtime_batcher_push (fixture->batcher, realtime_event_new (REALTIME_EVENT_NOTICE, 1));
  g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (fixture->seen->len, ==, 3);

  all = seen (fixture);
  g_assert_cmpstr (all, ==, "x 1,x 2,event 3");
}

static void
test_bound (Fixture      *fixture,
            gconstpointer data)
{
  const gsize      size = 1024 * 1024, names = 256;
  g_autofree char *block = g_malloc0 (size);
  guint            n = 0;

  fixture->payload = (TelaJsonSpan){ block, size - names };
  realtime_batcher_add_listener (fixture->batcher, "a", "*", REALTIME_KEEP_ALL);
  while (push (fixture, "x", n))
    n++;
  g_assert_cmpuint (n, ==, REALTIME_RECEIVE_MAX / size);
  wait_until (fixture->seen->len == n + 1);
  g_assert_true (push (fixture, "x", n));
}

/* Messages share memory, and each outlives its maker and its neighbours. */
static void
test_kept (Fixture      *fixture,
           gconstpointer data)
{
  const TelaJsonSpan none = { NULL, 0 };
  RealtimeMessage   *messages[1000];

  for (guint i = 0; i < G_N_ELEMENTS (messages); i++)
    {
      g_autofree char *text = g_strnfill (i * 13, 'a' + (char) (i % 26));

      messages[i] = realtime_message_new (&fixture->arena, "a", (TelaJsonSpan){ "op", 2 },
                                          (TelaJsonSpan){ text, i * 13 }, none, FALSE, i);
    }
  realtime_arena_clear (&fixture->arena);

  for (guint step = 0; step < 2; step++)
    for (guint i = step; i < G_N_ELEMENTS (messages); i += 2)
      {
        g_autofree char *text = g_strnfill (i * 13, 'a' + (char) (i % 26));

        g_assert_cmpstr (messages[i]->payload, ==, text);
        g_assert_cmpstr (messages[i]->event, ==, "op");
        realtime_message_unref (messages[i]);
      }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/batcher/merge/latest", Fixture, NULL, set_up, test_merge, tear_down);
  g_test_add ("/batcher/merge/any-event", Fixture, NULL, set_up, test_merge_any, tear_down);
  g_test_add ("/batcher/routes", Fixture, NULL, set_up, test_routes, tear_down);
  g_test_add ("/batcher/frames", Fixture, NULL, set_up, test_frames, tear_down);
  g_test_add ("/batcher/quiet", Fixture, NULL, set_up, test_quiet, tear_down);
  g_test_add ("/batcher/urgent", Fixture, NULL, set_up, test_urgent, tear_down);
  g_test_add ("/batcher/bound", Fixture, NULL, set_up, test_bound, tear_down);
  g_test_add ("/batcher/kept", Fixture, NULL, set_up, test_kept, tear_down);

  return g_test_run ();
}
