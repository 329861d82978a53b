/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-drift.h"

static void
test_median (void)
{
  TelaDrift drift = { 0 };
  gint64    offset = 7;

  g_assert_false (tela_drift_get (&drift, &offset));
  g_assert_cmpint (offset, ==, 7);
  /* Half of the round trip is taken off. */
  tela_drift_add (&drift, 1100, 1000, 1200);
  g_assert_true (tela_drift_get (&drift, &offset));
  g_assert_cmpint (offset, ==, 0);

  /* One answer that was slow on one way does not count. */
  tela_drift_add (&drift, 2010, 2000, 2000);
  tela_drift_add (&drift, 3900, 3000, 3900);
  tela_drift_add (&drift, 4010, 4000, 4000);
  tela_drift_add (&drift, 5010, 5000, 5000);
  tela_drift_get (&drift, &offset);
  g_assert_cmpint (offset, ==, 10);

  /* The oldest go. */
  for (guint i = 0; i < 3; i++)
    tela_drift_add (&drift, 6500, 6000, 6000);
  tela_drift_get (&drift, &offset);
  g_assert_cmpint (offset, ==, 500);
}

static void
test_step (void)
{
  TelaDrift drift = { 0 };
  gint64    offset;

  for (guint i = 0; i < 5; i++)
    tela_drift_add (&drift, 1000, 1000, 1000);
  tela_drift_add (&drift, 1000, 90001000, 90001000);
  tela_drift_get (&drift, &offset);
  g_assert_cmpint (offset, ==, -90000000);

  /* Slow is not set. */
  tela_drift_add (&drift, 1000, 90001000, 90041000);
  tela_drift_get (&drift, &offset);
  g_assert_cmpint (offset, >, -90030000);
  g_assert_cmpuint (drift.n, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/drift/median", test_median);
  g_test_add_func ("/drift/step", test_step);
  return g_test_run ();
}
