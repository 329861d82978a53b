/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Runs a fuzz target for a moment without libFuzzer: over each file of the corpus, each of its truncations, and seeded
 * mutations. The same cases in the same order each time; a slow machine only sees fewer of them. */

#include "fuzz.h"

#include "../common/test-long.h"

#include <string.h>

#define SEED 20240501
#define MAX_CASES 20000
#define MAX_SIZE (64 * 1024)
#define MAX_TIME (2 * G_USEC_PER_SEC)
#define ALL_TRUNCATIONS_BELOW 1000

static const char *const tokens[] = { "{",
                                      "}",
                                      "[",
                                      "]",
                                      ",",
                                      ":",
                                      "\"",
                                      "\\",
                                      "\\u0000",
                                      "\\ud800",
                                      "\377",
                                      "\303\251",
                                      "null",
                                      "true",
                                      "-",
                                      "1e999",
                                      "0.1",
                                      "12345678901234567890",
                                      "99999999",
                                      "\"id\":",
                                      "\"isDeleted\":true",
                                      "\"\"",
                                      "[[[[[[[[[[[[[[[[",
                                      "{\"a\":{\"a\":{\"a\":{\"a\":",
                                      "\n" };

static void
run (const char *data,
     gsize       size)
{
  g_autofree guint8 *copy = g_malloc (size + 1); /* of the exact size for the sanitizer, but never NULL */

  memcpy (copy, data, size);
  LLVMFuzzerTestOneInput (copy, size);
}

static int
compare_names (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *
load_corpus (const char *path)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray  *corpus = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);
  const char *name;

  dir = g_dir_open (path, 0, &error);
  g_assert_no_error (error);
  while ((name = g_dir_read_name (dir)) != NULL)
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare_names);
  for (guint i = 0; i < names->len; i++)
    {
      g_autofree char *file = g_build_filename (path, names->pdata[i], NULL);
      char            *data;
      gsize            size;

      g_file_get_contents (file, &data, &size, &error);
      g_assert_no_error (error);
      g_ptr_array_add (corpus, g_bytes_new_take (data, size));
    }
  g_assert_cmpuint (corpus->len, >, 0);
  return corpus;
}

static gsize
pick (GRand *rand,
      gsize  below)
{
  return below == 0 ? 0 : g_rand_int (rand) % below;
}

static void
mutate (GRand     *rand,
        GPtrArray *corpus,
        GString   *text)
{
  gsize       at = pick (rand, text->len), range_size = pick (rand, 1 + (1u << pick (rand, 12)));
  gsize       len = MIN (range_size, text->len - at);
  const char *token, *other;
  gsize       size;

  switch (g_rand_int (rand) % 6)
    {
    case 0:
      if (text->len > 0)
        text->str[at] ^= (char) (1 << pick (rand, 8));
      break;
    case 1:
      if (text->len > 0)
        text->str[at] = (char) g_rand_int (rand);
      break;
    case 2:
      g_string_erase (text, (gssize) at, (gssize) len);
      break;
    case 3:
      if (text->len + len < MAX_SIZE)
        {
          g_autofree char *range = g_strndup (text->str + at, len);

          g_string_insert_len (text, (gssize) pick (rand, text->len), range, (gssize) len);
        }
      break;
    case 4:
      token = tokens[pick (rand, G_N_ELEMENTS (tokens))];
      for (gsize n = pick (rand, 8) == 0 ? 20 : 1; n > 0; n--)
        g_string_insert (text, (gssize) at, token);
      break;
    default:
      other = g_bytes_get_data (corpus->pdata[pick (rand, corpus->len)], &size);
      g_string_truncate (text, at);
      at = pick (rand, size);
      g_string_append_len (text, other + at, (gssize) MIN (size - at, MAX_SIZE));
      break;
    }
}

int
main (int   argc,
      char *argv[])
{
  g_autoptr (GPtrArray) corpus = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (SEED);
  gint64 until = g_get_monotonic_time () + (gint64) test_times (MAX_TIME);
  guint  n = 0;

  g_assert_cmpint (argc, ==, 2);
  corpus = load_corpus (argv[1]);
  for (guint i = 0; i < corpus->len; i++)
    {
      gsize       size;
      const char *data = g_bytes_get_data (corpus->pdata[i], &size);

      run (data, size);
      for (gsize len = 0; len < MIN (size, ALL_TRUNCATIONS_BELOW) && g_get_monotonic_time () < until; len++)
        run (data, len);
    }

  for (; n < test_times (MAX_CASES) && g_get_monotonic_time () < until; n++)
    {
      gsize       size;
      const char *data = g_bytes_get_data (corpus->pdata[pick (rand, corpus->len)], &size);
      g_autoptr (GString) text = g_string_new_len (data, (gssize) MIN (size, MAX_SIZE));

      for (gsize rounds = 1 + pick (rand, 4); rounds > 0; rounds--)
        mutate (rand, corpus, text);
      run (text->str, text->len);
    }
  g_print ("%u mutations of %u files\n", n, corpus->len);
  return 0;
}
