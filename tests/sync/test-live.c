/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sync-fixture.h"

#include <math.h>

#define RECTANGLE "{\"type\":\"rectangle\",\"x\":10,\"y\":20,\"width\":80,\"height\":40,\"index\":\"a0\"}"

/* The linker leads whoever asks for the time through here. */
static gint64 clock_step; /* microseconds that it is on each time */
gint64        __real_g_get_monotonic_time (void);
gint64        __wrap_g_get_monotonic_time (void);

gint64
__wrap_g_get_monotonic_time (void)
{
  static gint64 ahead;

  ahead += clock_step;

  return __real_g_get_monotonic_time () + ahead;
}

/* Two people on one board that has e1 on it. */
typedef struct
{
  Server server;
  Peer  *a, *b;
  char  *id;
} Live;

/* The live lane opens once the feed has caught up, which may be before or after the element is here. */
static gboolean
is_listening (Peer *peer)
{
  RealtimeSubscription *subscription = peer->session->live.subscription;

  return subscription != NULL && realtime_subscription_is_subscribed (subscription);
}

static void
live_set_up (Live         *live,
             gconstpointer data)
{
  live->server.limits = data != NULL;
  server_set_up (&live->server, NULL);
  live->a = peer_new (&live->server, TRUE);
  live->b = peer_new (&live->server, TRUE);
  peer_connect (live->a, TRUE);
  peer_connect (live->b, TRUE);
  live->id = make_board (live->a);
  edit (live->a, "e1", RECTANGLE);
  peer_open (live->b, live->id);
  wait_until (number_of (live->b, "e1", TELA_KEY_X) == 10);
  wait_until (is_listening (live->a) && is_listening (live->b));
  wait_until (tela_session_can_edit (live->b->session));
}

static void
live_tear_down (Live         *live,
                gconstpointer data)
{
  peer_free (live->b);
  peer_free (live->a);
  g_free (live->id);
  server_tear_down (&live->server, NULL);
}

static void
move (TelaGesture *gesture,
      double       x)
{
  g_autofree char *json = g_strdup_printf ("{\"x\":%g}", x);
  g_autoptr (TelaElement) op = op_new ("e1", json);

  tela_gesture_update (gesture, &op, 1);
}

static double
merged_x (Peer *peer)
{
  const TelaElement *element = tela_board_lookup (tela_session_get_board (peer->session), "e1");

  return element != NULL ? tela_element_get_number (element, TELA_KEY_X, NAN) : NAN;
}

/* Whatever is shown of e1, it never goes back. */
static void
changed_cb (TelaBoard        *board,
            const TelaChange *changes,
            guint             n,
            gpointer          user_data)
{
  double *greatest = user_data;

  for (guint i = 0; i < n; i++)
    {
      double x;

      g_assert_nonnull (changes[i].after);
      if (!g_str_equal (tela_element_get_id (changes[i].after), "e1"))
        continue;
      x = tela_element_get_number (changes[i].after, TELA_KEY_X, NAN);
      g_assert_cmpfloat (x, >=, *greatest);
      *greatest = x;
    }
}

static void
test_drag (Live         *live,
           gconstpointer data)
{
  double seen_by_a = 10, seen_by_b = 10;
  gulong on_a =
      g_signal_connect (tela_session_get_board (live->a->session), "changed", G_CALLBACK (changed_cb), &seen_by_a);
  gulong on_b =
      g_signal_connect (tela_session_get_board (live->b->session), "changed", G_CALLBACK (changed_cb), &seen_by_b);
  double to = 10;

  for (guint round = 0; round < 3; round++)
    {
      TelaGesture *gesture = tela_session_begin (live->a->session);
      double       from = to;

      for (guint i = 0; i < 10; i++)
        {
          move (gesture, to += 5);
          wait_ms (10);
        }
      wait_until (seen_by_b > from);
      g_assert_cmpfloat (merged_x (live->b), ==, from);
      move (gesture, to += 5);
      tela_gesture_end (gesture);
      g_assert_cmpfloat (seen_by_a, ==, to);
      wait_until (merged_x (live->b) == to);
      wait_until (number_of (live->b, "e1", TELA_KEY_X) == to);
    }
  /* The last veil falls without a change. */
  wait_until (!tela_board_is_veiled (tela_session_get_board (live->b->session), "e1"));
  g_assert_cmpfloat (seen_by_b, ==, to);
  peer_drain (live->a);
  assert_same (live->a, live->b);
  g_signal_handler_disconnect (tela_session_get_board (live->a->session), on_a);
  g_signal_handler_disconnect (tela_session_get_board (live->b->session), on_b);
}

static void
test_cancel (Live         *live,
             gconstpointer data)
{
  TelaGesture *gesture = tela_session_begin (live->a->session);

  move (gesture, 50);
  wait_until (number_of (live->b, "e1", TELA_KEY_X) == 50);
  tela_gesture_cancel (gesture);
  wait_until (number_of (live->b, "e1", TELA_KEY_X) == 10);
  g_assert_cmpfloat (number_of (live->a, "e1", TELA_KEY_X), ==, 10);
}

/* While a hand holds it, another's edit goes below; both come out. */
static void
test_merge_below (Live         *live,
                  gconstpointer data)
{
  TelaGesture *gesture = tela_session_begin (live->a->session);

  move (gesture, 50);
  wait_until (number_of (live->b, "e1", TELA_KEY_X) == 50);
  edit (live->b, "e1", "{\"x\":70,\"y\":30}");
  wait_until (number_of (live->a, "e1", TELA_KEY_Y) == 30);
  g_assert_cmpfloat (number_of (live->a, "e1", TELA_KEY_X), ==, 50);
  g_assert_cmpfloat (merged_x (live->a), ==, 70);
  tela_gesture_end (gesture);
  wait_until (merged_x (live->b) == 50);
  peer_drain (live->a);
  peer_drain (live->b);
  assert_same (live->a, live->b);
}

static void
test_silence (Live         *live,
              gconstpointer data)
{
  TelaGesture *gesture = tela_session_begin (live->a->session);

  move (gesture, 50);
  wait_until (number_of (live->b, "e1", TELA_KEY_X) == 50);
  tela_session_veils_sweep (live->b->session, g_get_monotonic_time () + 4 * G_USEC_PER_SEC);
  g_assert_cmpfloat (number_of (live->b, "e1", TELA_KEY_X), ==, 50);
  tela_session_veils_sweep (live->b->session, g_get_monotonic_time () + 6 * G_USEC_PER_SEC);
  g_assert_cmpfloat (number_of (live->b, "e1", TELA_KEY_X), ==, 10);
  tela_gesture_cancel (gesture);
}

static TelaElement *
stroke (guint n)
{
  GString         *json = g_string_new ("{\"type\":\"freedraw\",\"x\":0,\"y\":0,\"points\":[");
  g_autofree char *text = NULL;

  for (guint i = 0; i < n; i++)
    g_string_append_printf (json, "%s[%u,%u]", i > 0 ? "," : "", i, 2 * i);
  g_string_append (json, "]}");
  text = g_string_free (json, FALSE);
  return op_new ("ink", text);
}

static guint
shown_points (Peer *peer)
{
  const TelaElement *element = tela_board_lookup_shown (tela_session_get_board (peer->session), "ink");
  const TelaNumbers *points = element != NULL ? tela_element_get_numbers (element, TELA_KEY_POINTS) : NULL;

  return points != NULL ? points->n : 0;
}

static void
test_ink (Live         *live,
          gconstpointer data)
{
  TelaGesture *gesture = tela_session_begin (live->a->session);

  for (guint n = 2; n <= 60; n += 2)
    {
      g_autoptr (TelaElement) op = stroke (n);

      tela_gesture_update (gesture, &op, 1);
      wait_ms (5);
    }
  wait_until (shown_points (live->b) == 60);
  g_assert_cmpuint (gesture->ink_sent->n, ==, 60);
  tela_gesture_end (gesture);
  wait_until (tela_board_lookup (tela_session_get_board (live->b->session), "ink") != NULL);
  wait_until (!tela_board_is_veiled (tela_session_get_board (live->b->session), "ink"));
  g_assert_cmpuint (shown_points (live->b), ==, 60);
}

/* Who comes late has not the beginning: the stroke is not shown until it is durable. */
static void
test_ink_hole (Live         *live,
               gconstpointer data)
{
  TelaGesture *gesture = tela_session_begin (live->a->session);
  g_autoptr (TelaElement) begun = stroke (20);
  g_autoptr (TelaElement) longer = stroke (30);

  tela_gesture_update (gesture, &begun, 1);
  wait_until (shown_points (live->b) == 20);
  g_hash_table_remove_all (live->b->session->live.veils);
  tela_board_drop_veil (tela_session_get_board (live->b->session), tela_session_get_actor (live->a->session), gesture->id);
  tela_gesture_update (gesture, &longer, 1);
  wait_until (g_hash_table_size (live->b->session->live.veils) == 1);
  tela_session_flush (live->b->session);
  g_assert_cmpuint (shown_points (live->b), ==, 0);
  tela_gesture_end (gesture);
  wait_until (shown_points (live->b) == 30);
}

static void
test_tick (Live         *live,
           gconstpointer data)
{
  gboolean wanted = FALSE;

  g_signal_connect_swapped (live->b->session, "tick-wanted", G_CALLBACK (g_atomic_int_inc), &wanted);
  edit (live->a, "e1", "{\"x\":50}");
  while (number_of (live->b, "e1", TELA_KEY_X) == 10) /* what was before may be heard of once more */
    {
      wanted = FALSE;
      wait_until (wanted);
      g_assert_cmpfloat (number_of (live->b, "e1", TELA_KEY_X), ==, 10);
      tela_session_flush (live->b->session);
    }
  g_assert_cmpfloat (number_of (live->b, "e1", TELA_KEY_X), ==, 50);
  g_signal_handlers_disconnect_by_data (live->b->session, &wanted);
}

static void
count_cb (guint *n)
{
  ++*n;
}

/* A flood is merged in the time that a frame has, and no edit by halves: after each batch the clock is looked at, which here
 * is 1.5 ms on each time, and what is left waits for another frame. */
static void
test_flood (Live         *live,
            gconstpointer data)
{
  const guint n = 50000;
  const guint most = 3 * (128 + 1); /* after so many 4.5 ms are over, by that clock */
  TelaBoard  *board = tela_session_get_board (live->b->session);
  guint       before = tela_board_get_n_visible (board);
  guint       shown = 0;
  guint       n_frames = 0;
  guint       n_wanted = 0;
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *id = g_strdup_printf ("flood%u", i);
      TelaOpBuilder   *builder = tela_op_builder_new (id);

      tela_op_builder_set_string (builder, TELA_KEY_TYPE, "rectangle");
      tela_op_builder_set_number (builder, TELA_KEY_X, i);
      g_ptr_array_add (ops, tela_op_builder_end (builder, (TelaStamp){ .time = (1000 + i / 2) << 16, .actor = 9 }));
    }
  wait_until (tela_session_feed_is_drained (live->b->session));
  tela_session_flush_all (live->b->session); /* a frame that is asked for already is not asked for again */
  g_signal_connect_swapped (live->b->session, "tick-wanted", G_CALLBACK (count_cb), &n_wanted);
  tela_session_receive (live->b->session, (TelaElement *const *) ops->pdata, n);
  clock_step = 1500;
  while (shown < n)
    {
      const guint last = shown;

      g_assert_cmpuint (n_wanted, ==, ++n_frames); /* each frame asks for the next */
      tela_session_flush (live->b->session);
      shown = tela_board_get_n_visible (board) - before;
      g_assert_cmpuint (shown - last, <=, most);
      g_assert_true (shown - last >= 128 || shown == n);
      g_assert_cmpuint (shown % 2, ==, 0);
    }
  clock_step = 0;
  g_assert_cmpuint (n_wanted, ==, n_frames); /* and the last for none */
  g_signal_handlers_disconnect_by_data (live->b->session, &n_wanted);
}

/* Where the server counts, a hand says less; what it comes to arrives all the same. */
static void
test_budget (Live         *live,
             gconstpointer data)
{
  TelaGesture *gesture = tela_session_begin (live->a->session);
  gint64       begin = g_get_monotonic_time ();
  double       seconds;

  for (guint i = 1; i <= 40; i++)
    {
      move (gesture, 10 + i);
      wait_ms (10);
    }
  seconds = (double) (g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
  g_assert_cmpuint (gesture->n, >, 0);
  /* One at the start, one that is due just now, and what a busy machine lets through late. */
  g_assert_cmpfloat (gesture->n, <=, 20 * seconds + 5);
  tela_gesture_end (gesture);
  wait_until (merged_x (live->b) == 50);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/live/" path, Live, NULL, live_set_up, func, live_tear_down)
  ADD ("drag", test_drag);
  ADD ("cancel", test_cancel);
  ADD ("merge-below", test_merge_below);
  ADD ("silence", test_silence);
  ADD ("ink/grows", test_ink);
  ADD ("ink/hole", test_ink_hole);
  ADD ("tick", test_tick);
  ADD ("flood", test_flood);
  g_test_add ("/live/budget", Live, "limits", live_set_up, test_budget, live_tear_down);
  return g_test_run ();
}
