/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element.h"

#include <string.h>

#define LEAST "A00000000000000000000000000"
#define GREATEST "zzzzzzzzzzzzzzzzzzzzzzzzzzz"

typedef struct
{
  const char *a;
  const char *b;
  const char *between;
} Case;

static void
test_between (void)
{
  static const Case cases[] = {
    { NULL, NULL, "a0" },
    { NULL, "a0", "Zz" },
    { NULL, "Zz", "Zy" },
    { "a0", NULL, "a1" },
    { "a1", NULL, "a2" },
    { "a0", "a1", "a0V" },
    { "a1", "a2", "a1V" },
    { "a0V", "a1", "a0l" },
    { "Zz", "a0", "ZzV" },
    { "Zz", "a1", "a0" },
    { NULL, "Y00", "Xzzz" },
    { "bzz", NULL, "c000" },
    { "a0", "a0V", "a0G" },
    { "a0", "a0G", "a08" },
    { "b125", "b129", "b127" },
    { "a0", "a1V", "a1" },
    { "Zz", "a01", "a0" },
    { NULL, "a0V", "a0" },
    { NULL, "b999", "b99" },
    { NULL, LEAST "V", LEAST "G" },
    { NULL, "A00000000000000000000000001", LEAST "V" },
    { GREATEST, NULL, GREATEST "V" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *between = tela_index_between (cases[i].a, cases[i].b);

      g_assert_cmpstr (between, ==, cases[i].between);
    }
}

static void
test_bad (void)
{
  static const char *const bad[] = { "", "0", "a", "b0", "a00", "a1V0", "a!", "a0\xc3\xa9", LEAST, "-", "a0 " };
  static const char *const good[] = { "a0", "Zz", "b00", "a0V", "a01", LEAST "1", GREATEST };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_test_message ("case %u", i);
      g_assert_false (tela_index_is_valid (bad[i]));
      g_assert_null (tela_index_between (bad[i], NULL));
      g_assert_null (tela_index_between (NULL, bad[i]));
    }
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_true (tela_index_is_valid (good[i]));
  g_assert_null (tela_index_between ("a1", "a1"));
  g_assert_null (tela_index_between ("a2", "a1"));
}

static void
test_nth (void)
{
  char *last = NULL;

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *key = tela_index_nth (i);
      g_autofree char *after = tela_index_between (last, NULL);

      g_assert_cmpstr (key, ==, after);
      g_assert_true (tela_index_is_valid (key));
      g_free (last);
      last = g_steal_pointer (&key);
    }
  g_free (last);
  last = tela_index_nth (G_MAXUINT);
  g_assert_true (tela_index_is_valid (last));
  g_free (last);
}

static void
test_random_insertions_stay_in_order (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  g_autoptr (GPtrArray) keys = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < 3000; i++)
    {
      /* Often the same gap, as people do. */
      guint       at = g_rand_boolean (rand) ? keys->len / 2 : (guint) g_rand_int_range (rand, 0, (gint32) keys->len + 1);
      const char *a = at > 0 ? g_ptr_array_index (keys, at - 1) : NULL;
      const char *b = at < keys->len ? g_ptr_array_index (keys, at) : NULL;
      char       *key = tela_index_between (a, b);

      g_assert_nonnull (key);
      g_assert_true (tela_index_is_valid (key));
      g_assert_true (a == NULL || strcmp (a, key) < 0);
      g_assert_true (b == NULL || strcmp (key, b) < 0);
      g_ptr_array_insert (keys, (gint) at, key);
    }
}

static void
test_ends_stay_short (void)
{
  g_autofree char *low = g_strdup ("a0");
  g_autofree char *high = g_strdup ("a0");

  for (guint i = 0; i < 10000; i++)
    {
      g_autofree char *lower = tela_index_between (NULL, low);
      g_autofree char *higher = tela_index_between (high, NULL);

      g_assert_cmpint (strcmp (lower, low), <, 0);
      g_assert_cmpint (strcmp (higher, high), >, 0);
      g_free (low);
      low = g_steal_pointer (&lower);
      g_free (high);
      high = g_steal_pointer (&higher);
    }
  g_assert_cmpuint (strlen (low), <=, 4);
  g_assert_cmpuint (strlen (high), <=, 4);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/index/between", test_between);
  g_test_add_func ("/index/bad", test_bad);
  g_test_add_func ("/index/nth", test_nth);
  g_test_add_func ("/index/random-insertions-stay-in-order", test_random_insertions_stay_in_order);
  g_test_add_func ("/index/ends-stay-short", test_ends_stay_short);

  return g_test_run ();
}
