/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-cursor.h"

#include <string.h>

static void
test_round_trip (void)
{
  g_autoptr (TelaCursor) said = tela_cursor_new ();
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaCursor) heard = NULL;

  said->at = 5000;
  tela_cursor_add_path (said, 4900, 1, 2);
  tela_cursor_add_path (said, 5000, 3.125, -4.5);
  tela_cursor_add_laser (said, 4950, 7, 8);
  said->view = (TelaRect){ -1, -2, 300, 200 };
  said->selected = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (said->selected, g_strdup ("one \"1\""));
  said->writing = g_strdup ("two");
  said->tool = g_strdup ("pen");
  said->bring = 3;
  text = tela_cursor_write (said);
  heard = tela_cursor_read (text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_cmpint (heard->at, ==, 5000);
  g_assert_cmpuint (heard->n_path, ==, 2);
  g_assert_cmpint (heard->path[0].at, ==, 4900);
  g_assert_cmpfloat (heard->path[1].x, ==, 3.13);
  g_assert_cmpfloat (heard->path[1].y, ==, -4.5);
  g_assert_cmpuint (heard->n_laser, ==, 1);
  g_assert_cmpint (heard->laser[0].at, ==, 4950);
  g_assert_cmpfloat (heard->view.width, ==, 300);
  g_assert_cmpfloat (heard->around.width, ==, 0);
  g_assert_cmpuint (heard->selected->len, ==, 1);
  g_assert_cmpstr (heard->selected->pdata[0], ==, "one \"1\"");
  g_assert_cmpstr (heard->writing, ==, "two");
  g_assert_cmpstr (heard->tool, ==, "pen");
  g_assert_cmpuint (heard->bring, ==, 3);
}

/* However long it was, its ends are there. */
static void
test_long_path (void)
{
  g_autoptr (TelaCursor) cursor = tela_cursor_new ();

  for (guint i = 0; i <= 1000; i++)
    tela_cursor_add_path (cursor, i, i, 0);
  g_assert_cmpuint (cursor->n_path, <=, TELA_CURSOR_MAX_SAMPLES);
  g_assert_cmpfloat (cursor->path[0].x, ==, 0);
  g_assert_cmpfloat (cursor->path[cursor->n_path - 1].x, ==, 1000);
  for (guint i = 1; i < cursor->n_path; i++)
    g_assert_cmpfloat (cursor->path[i].x, >, cursor->path[i - 1].x);
}

static void
test_bad_messages (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{",
    "{\"at\":-1}",
    "{\"at\":1e300}",
    "{\"at\":1,\"path\":[[1,2]]}",
    "{\"at\":1,\"path\":[[1,2,1e999]]}",
    "{\"at\":1,\"view\":[1,2,-3,4]}",
    "{\"at\":1,\"selected\":[1]}",
    "{\"at\":1,\"tool\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TelaCursor) cursor = tela_cursor_read (bad[i], strlen (bad[i]), &error);

      if (cursor != NULL)
        g_error ("%s was taken", bad[i]);
      g_assert_nonnull (error);
    }
}

static void
say (TelaTrack *track,
     gint64     at,
     double     x,
     gint64     now)
{
  g_autoptr (TelaCursor) cursor = tela_cursor_new ();

  cursor->at = at;
  tela_cursor_add_path (cursor, at, x, 0);
  tela_track_add (track, cursor, now);
}

/* Five messages a second, shown at sixty frames a second: no step is much larger than another. */
static void
test_even_motion (void)
{
  g_autoptr (TelaTrack) track = tela_track_new ();
  double last = -1, x = 0, y, largest = 0;
  gint64 next = 0;

  for (gint64 now = 0; now < 10 * G_USEC_PER_SEC; now += 16667)
    {
      for (; next <= now; next += 200 * 1000)
        say (track, 777000 + next / 1000, (double) next / 1000, next); /* a unit a millisecond, by another clock */
      g_assert_true (tela_track_get (track, now, &x, &y));
      if (now > 5 * G_USEC_PER_SEC)
        largest = MAX (largest, x - last);
      g_assert_true (now < 5 * G_USEC_PER_SEC || x >= last);
      last = x;
    }
  g_assert_cmpfloat (largest, <, 25);
  g_assert_cmpfloat (x, >, 10000 - 500); /* and it is not far behind */
}

static void
test_rests_and_leaves (void)
{
  g_autoptr (TelaTrack) track = tela_track_new ();
  g_autoptr (TelaCursor) gone = tela_cursor_new ();
  double x, y;

  g_assert_false (tela_track_get (track, 0, &x, &y));
  say (track, 0, 1, 0);
  say (track, 100, 2, 100 * 1000);
  g_assert_true (tela_track_is_moving (track, 100 * 1000));
  g_assert_true (tela_track_get (track, 60 * G_USEC_PER_SEC, &x, &y));
  g_assert_cmpfloat (x, ==, 2);
  g_assert_false (tela_track_is_moving (track, 60 * G_USEC_PER_SEC));
  gone->at = 61000;
  tela_track_add (track, gone, 61 * G_USEC_PER_SEC);
  g_assert_false (tela_track_get (track, 61 * G_USEC_PER_SEC, &x, &y));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cursor/round-trip", test_round_trip);
  g_test_add_func ("/cursor/long-path", test_long_path);
  g_test_add_func ("/cursor/bad-messages", test_bad_messages);
  g_test_add_func ("/track/even-motion", test_even_motion);
  g_test_add_func ("/track/rests-and-leaves", test_rests_and_leaves);

  return g_test_run ();
}
