/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-optimistic.h"

#define SECOND G_USEC_PER_SEC

static void
test_life (void)
{
  g_autoptr (TelaOptimisticUpdates) updates = tela_optimistic_updates_new ();
  guint first = tela_optimistic_updates_add (updates, 1 * SECOND);
  guint second = tela_optimistic_updates_add (updates, 2 * SECOND);

  g_assert_cmpuint (tela_optimistic_updates_get_n_pending (updates), ==, 2);
  g_assert_cmpuint (tela_optimistic_updates_get_n_shown (updates), ==, 2);
  g_assert_cmpint (tela_optimistic_updates_get_oldest (updates), ==, 1 * SECOND);

  tela_optimistic_updates_stored (updates, first, 11);
  tela_optimistic_updates_stored (updates, second, 12);
  g_assert_cmpuint (tela_optimistic_updates_get_n_shown (updates), ==, 0);
  g_assert_cmpint (tela_optimistic_updates_get_status (updates, first), ==, TELA_OPTIMISTIC_STORED);

  tela_optimistic_updates_confirm (updates, 11, 3 * SECOND);
  g_assert_cmpint (tela_optimistic_updates_get_status (updates, first), ==, TELA_OPTIMISTIC_CONFIRMED);
  g_assert_cmpint (tela_optimistic_updates_get_oldest (updates), ==, 2 * SECOND);
  tela_optimistic_updates_rollback (updates, 12, 4 * SECOND);
  g_assert_cmpint (tela_optimistic_updates_get_status (updates, second), ==, TELA_OPTIMISTIC_REFUSED);
  g_assert_cmpuint (tela_optimistic_updates_get_n_pending (updates), ==, 0);
  /* Twice is once. */
  tela_optimistic_updates_confirm (updates, 11, 5 * SECOND);
  g_assert_cmpuint (tela_optimistic_updates_get_n_pending (updates), ==, 0);
}

static void
test_sweep (void)
{
  g_autoptr (TelaOptimisticUpdates) updates = tela_optimistic_updates_new ();
  guint answered = tela_optimistic_updates_add (updates, 0);
  guint waiting = tela_optimistic_updates_add (updates, 0);

  tela_optimistic_updates_stored (updates, answered, 1);
  tela_optimistic_updates_stored (updates, waiting, 2);
  tela_optimistic_updates_confirm (updates, 1, 1 * SECOND);
  tela_optimistic_updates_sweep (updates, 30 * SECOND);
  g_assert_cmpuint (tela_optimistic_updates_get_size (updates), ==, 2);
  tela_optimistic_updates_sweep (updates, 31 * SECOND);
  g_assert_cmpuint (tela_optimistic_updates_get_size (updates), ==, 1);
  g_assert_cmpint (tela_optimistic_updates_get_status (updates, answered), ==, TELA_OPTIMISTIC_GONE);
  /* However long it takes. */
  tela_optimistic_updates_sweep (updates, G_GINT64_CONSTANT (1000000) * SECOND);
  g_assert_cmpint (tela_optimistic_updates_get_status (updates, waiting), ==, TELA_OPTIMISTIC_STORED);
}

static void
test_backlog (void)
{
  g_autoptr (TelaOptimisticUpdates) updates = tela_optimistic_updates_new ();
  guint empty;

  tela_optimistic_updates_set_backlog (updates, 2);
  empty = tela_optimistic_updates_add (updates, 0);
  g_assert_cmpuint (tela_optimistic_updates_get_n_pending (updates), ==, 3);
  tela_optimistic_updates_drop (updates, empty);
  tela_optimistic_updates_confirm (updates, 1, 0);
  tela_optimistic_updates_rollback (updates, 2, 0);
  g_assert_cmpuint (tela_optimistic_updates_get_n_pending (updates), ==, 0);
  tela_optimistic_updates_confirm (updates, 3, 0);
  g_assert_cmpuint (tela_optimistic_updates_get_n_pending (updates), ==, 0);
  g_assert_cmpint (tela_optimistic_updates_get_oldest (updates), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/optimistic/life", test_life);
  g_test_add_func ("/optimistic/sweep", test_sweep);
  g_test_add_func ("/optimistic/backlog", test_backlog);
  return g_test_run ();
}
