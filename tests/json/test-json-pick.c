/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-pick.h"

static TelaJsonSpan
span (const char *text)
{
  return (TelaJsonSpan){ text, strlen (text) };
}

static void
test_members (void)
{
  TelaJsonSpan     object = span ("{\"a\":\"x\\u00e9\",\"n\":-7,\"yes\":true,\"no\":1,\"list\":[\"b\",2,[\"c\"],\"d\"]}");
  g_autofree char *text = tela_pick_text (object, "a");
  g_auto (GStrv) texts = tela_pick_texts (object, "list");

  g_assert_cmpstr (text, ==, "xé");
  g_assert_null (tela_pick_text (object, "n"));
  g_assert_null (tela_pick_text (object, "none"));
  g_assert_cmpint (tela_pick_number (object, "n"), ==, -7);
  g_assert_cmpint (tela_pick_number (object, "a"), ==, 0);
  g_assert_true (tela_pick_flag (object, "yes"));
  g_assert_false (tela_pick_flag (object, "no"));
  g_assert_cmpstrv (texts, ((const char *const[]){ "b", "d", NULL }));
  g_assert_null (tela_pick_texts (object, "a"));
}

static void
test_object (void)
{
  static const char *const bad[] = { "", "[]", "{", "null" };
  g_autoptr (GBytes) good = g_bytes_new_static ("{\"a\":1}", 7);
  TelaJsonSpan object;

  g_assert_true (tela_pick_object (good, &object));
  g_assert_cmpint (tela_pick_number (object, "a"), ==, 1);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) bytes = g_bytes_new_static (bad[i], strlen (bad[i]));

      g_assert_false (tela_pick_object (bytes, &object));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/pick/members", test_members);
  g_test_add_func ("/json/pick/object", test_object);
  return g_test_run ();
}
