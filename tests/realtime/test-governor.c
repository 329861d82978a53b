/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-governor.h"

#define SECOND G_USEC_PER_SEC
#define START (1000 * SECOND)

/* Two present, one of them sending: 0.5 × 100 / 2 is more than 20 a second. */
static void
test_alone (void)
{
  g_autoptr (RealtimeGovernor) governor = realtime_governor_new ();

  g_assert_cmpint (realtime_governor_get_wait (governor, START), ==, 0);
  realtime_governor_sent (governor, START);
  g_assert_cmpint (realtime_governor_get_wait (governor, START), ==, SECOND / 20);
  g_assert_cmpint (realtime_governor_get_wait (governor, START + 20000), ==, SECOND / 20 - 20000);
  g_assert_cmpint (realtime_governor_get_wait (governor, START + SECOND), ==, 0);
}

static void
test_share (void)
{
  g_autoptr (RealtimeGovernor) governor = realtime_governor_new ();

  realtime_governor_sent (governor, START);
  for (guint64 sender = 1; sender < 5; sender++)
    realtime_governor_heard (governor, sender, START);
  realtime_governor_heard (governor, 1, START);
  /* Five, and all send. */
  g_assert_cmpint (realtime_governor_get_wait (governor, START), ==, SECOND / 2);
  /* They are quiet, but there. */
  realtime_governor_sent (governor, START + 3 * SECOND);
  g_assert_cmpint (realtime_governor_get_wait (governor, START + 3 * SECOND), ==, SECOND / 10);
  /* They have gone. */
  realtime_governor_sent (governor, START + 61 * SECOND);
  g_assert_cmpint (realtime_governor_get_wait (governor, START + 61 * SECOND), ==, SECOND / 20);
}

static void
test_quota (void)
{
  g_autoptr (RealtimeGovernor) governor = realtime_governor_new ();

  realtime_governor_sent (governor, START);
  for (guint64 sender = 1; sender < 100; sender++)
    realtime_governor_heard (governor, sender, START);
  g_assert_cmpint (realtime_governor_get_wait (governor, START), ==, -1);
  realtime_governor_set_quota (governor, 0);
  g_assert_cmpint (realtime_governor_get_wait (governor, START), ==, 16000);
  realtime_governor_set_quota (governor, 20000);
  g_assert_cmpint (realtime_governor_get_wait (governor, START), ==, SECOND);
}

static void
test_refused (void)
{
  g_autoptr (RealtimeGovernor) governor = realtime_governor_new ();
  gint64 before, after;

  realtime_governor_set_quota (governor, 40);
  realtime_governor_sent (governor, START);
  before = realtime_governor_get_wait (governor, START);
  realtime_governor_refused (governor);
  g_assert_cmpint (realtime_governor_get_wait (governor, START), ==, 2 * before);

  for (guint i = 0; i < 100; i++)
    realtime_governor_sent (governor, START);
  after = realtime_governor_get_wait (governor, START);
  g_assert_cmpint (after, ==, before);

  for (guint i = 0; i < 100; i++)
    realtime_governor_refused (governor);
  g_assert_cmpint (realtime_governor_get_wait (governor, START), ==, 100 * before);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/governor/alone", test_alone);
  g_test_add_func ("/governor/share", test_share);
  g_test_add_func ("/governor/quota", test_quota);
  g_test_add_func ("/governor/refused", test_refused);

  return g_test_run ();
}
