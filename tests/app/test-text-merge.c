/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-text-merge.h"

static void
check (const char *base,
       const char *theirs,
       const char *mine,
       const char *expected)
{
  TelaTextPatch    patch = tela_text_merge (base, theirs, mine);
  g_autofree char *head = g_utf8_substring (mine, 0, patch.at);
  g_autofree char *tail = g_utf8_substring (mine, patch.at + patch.n_removed, -1);
  g_autofree char *merged = g_strconcat (head, patch.inserted, tail, NULL);

  g_assert_cmpstr (merged, ==, expected);
  g_free (patch.inserted);
}

static void
test_apart (void)
{
  check ("one two", "one two", "one two three", "one two three");
  check ("one two", "zero one two", "one two three", "zero one two three");
  check ("one two", "one two three", "zero one two", "zero one two three");
  check ("one two", "one", "zero one two", "zero one");
  check ("", "theirs", "", "theirs");
  check ("maçã", "uma maçã", "maçã é", "uma maçã é");
}

static void
test_same_words (void)
{
  check ("one two", "one 2", "one zwei", "one zwei2");
  check ("one", "", "one more", " more");
  check ("one two", "", "one or two", "one or two");
  check ("a", "ab", "ab", "ab");
  check ("a", "ab", "ac", "abc");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/text-merge/apart", test_apart);
  g_test_add_func ("/text-merge/same-words", test_same_words);

  return g_test_run ();
}
