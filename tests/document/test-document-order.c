/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board.h"
#include "tela-order.h"

#include <string.h>

/* Each is id and key, "b:a1"; without a key: "b". */
static GPtrArray *
elements_of (const char *words)
{
  g_auto (GStrv) each = g_strsplit (words, " ", -1);
  GPtrArray *elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; each[i] != NULL && *each[i] != '\0'; i++)
    {
      g_auto (GStrv) parts = g_strsplit (each[i], ":", 2);
      TelaOpBuilder *builder = tela_op_builder_new (parts[0]);

      tela_op_builder_set_string (builder, TELA_KEY_TYPE, "line");
      if (parts[1] != NULL)
        tela_op_builder_set_string (builder, TELA_KEY_INDEX, parts[1]);
      g_ptr_array_add (elements, tela_op_builder_end (builder, (TelaStamp){ 1, 1 }));
    }
  return elements;
}

/* The z-order of all once @moved lies there, and how many of the others were written to. */
static void
check (const char *moved,
       const char *others,
       guint       at,
       const char *expected,
       guint       n_others)
{
  g_autoptr (GPtrArray) moving = elements_of (moved);
  g_autoptr (GPtrArray) staying = elements_of (others);
  g_autoptr (GPtrArray) ops = tela_order_between (moving, staying, at);
  g_autoptr (TelaBoard) board = tela_board_new ("p");
  g_autoptr (GPtrArray) shown = NULL;
  g_autoptr (GString) order = g_string_new (NULL);

  g_assert_nonnull (ops);
  g_assert_cmpuint (ops->len, ==, moving->len + n_others);
  tela_board_merge (board, (TelaElement *const *) moving->pdata, moving->len);
  tela_board_merge (board, (TelaElement *const *) staying->pdata, staying->len);
  for (guint i = 0; i < ops->len; i++)
    {
      g_autoptr (TelaElement) op = tela_element_restamp (ops->pdata[i], (TelaStamp){ 2, 1 });

      tela_board_merge (board, &op, 1);
    }
  shown = tela_board_query (board, NULL);
  for (guint i = 0; i < shown->len; i++)
    g_string_append (order, tela_element_get_id (shown->pdata[i]));
  g_assert_cmpstr (order->str, ==, expected);
}

static void
test_between (void)
{
  check ("m:a9", "a:a0 b:a1 c:a2", 0, "mabc", 0);
  check ("m:a9", "a:a0 b:a1 c:a2", 1, "ambc", 0);
  check ("m:a0", "a:a0 b:a1 c:a2", 3, "abcm", 0);
  check ("m:a5 n:a0", "a:a0 b:a1", 1, "amnb", 0);
  check ("m:a0", "", 0, "m", 0);
}

/* Two people drew at once; whoever goes in between gives one of them another key. */
static void
test_equal_keys (void)
{
  check ("m:a9", "a:a1 b:a1", 1, "amb", 1);
  check ("m:a9", "a:a1 b:a1 c:a2", 1, "ambc", 1);
  check ("m:a9 n:a9", "a:a1 b:a1 c:a1 d:a1 e:a2", 2, "abmncde", 2);
  check ("m:a9", "a:a1 b:a1 c:a2", 2, "abmc", 0);
  check ("m:a9", "a:a1 b:a1 c:a2", 0, "mabc", 0);
}

static void
test_without_keys (void)
{
  check ("m:a9", "a b c:a0", 0, "mabc", 2);
  check ("m:a9", "a b c:a0", 1, "ambc", 1);
  check ("m", "a b c:a0", 2, "abmc", 0);
}

/* What is no key leaves no room. */
static void
test_bad (void)
{
  g_autoptr (GPtrArray) moved = elements_of ("m:a0");
  g_autoptr (GPtrArray) others = elements_of ("a:?? b:a0");

  g_assert_null (tela_order_between (moved, others, 1));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/order/between", test_between);
  g_test_add_func ("/order/equal-keys", test_equal_keys);
  g_test_add_func ("/order/without-keys", test_without_keys);
  g_test_add_func ("/order/bad", test_bad);
  return g_test_run ();
}
