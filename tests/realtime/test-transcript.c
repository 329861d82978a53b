/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>

#include "replay.h"

static void
test_file (gconstpointer data)
{
  g_autoptr (GPtrArray) sessions = transcript_load (data);
  ReplayCount count = { 0 };

  for (guint i = 0; i < sessions->len; i++)
    replay_session (g_ptr_array_index (sessions, i), &count);
  g_test_message ("%u sessions, %u of %u calls made, %u messages", sessions->len, count.n_ours, count.n_sends,
                  count.n_messages);
}

static void
test_absent (void)
{
  g_test_skip ("There are no transcripts of the real server here");
}

static int
compare_cb (gconstpointer a,
            gconstpointer b)
{
  return g_strcmp0 (*(char *const *) a, *(char *const *) b);
}

/* A case for each file. */
static void
add_files (const char *prefix,
           const char *path,
           GPtrArray  *names)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;
  const guint first = names->len;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_suffix (name, ".jsonl"))
      g_ptr_array_add (names, g_build_filename (path, name, NULL));
  g_ptr_array_sort (names, compare_cb);
  for (guint i = first; i < names->len; i++)
    {
      g_autofree char *base = g_path_get_basename (g_ptr_array_index (names, i));
      g_autofree char *test = g_strconcat (prefix, base, NULL);

      g_test_add_data_func (test, g_ptr_array_index (names, i), test_file);
    }
}

int
main (int    argc,
      char **argv)
{
  g_autoptr (GPtrArray) own = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) recorded = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *vectors = NULL;
  g_autofree char *transcripts = NULL;

  g_test_init (&argc, &argv, NULL);
  vectors = g_test_build_filename (G_TEST_DIST, "data", "realtime", NULL);
  transcripts = g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "transcripts", NULL);

  add_files ("/transcript/own/", vectors, own);
  add_files ("/transcript/recorded/", transcripts, recorded);
  if (recorded->len == 0)
    g_test_add_func ("/transcript/recorded", test_absent);

  return g_test_run ();
}
