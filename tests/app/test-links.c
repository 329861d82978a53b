/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-links.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app-fixture.h"

/* Two processes' links on one directory, as far as one process can play both. */
typedef struct
{
  char         *dir;
  TelaLinks    *mine;
  TelaLinks    *theirs;
  GCancellable *cancellable;
} Fixture;

static const TelaLink plan = {
  (char *) "/home/ana/Meu plano.excalidraw.png",
  (char *) "aa",
  (char *) "bb",
  { .format = TELA_EXPORT_PNG, .embeds = TRUE, .scale = 2, .is_dark = TRUE, .version = TELA_CARRIER_PLAIN },
};

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  self->dir = g_dir_make_tmp ("tela-links-XXXXXX", NULL);
  self->mine = tela_links_new (self->dir);
  self->theirs = tela_links_new (self->dir);
  self->cancellable = g_cancellable_new ();
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  tela_links_close (self->mine);
  tela_links_close (self->theirs);
  g_object_unref (self->mine);
  g_object_unref (self->theirs);
  g_object_unref (self->cancellable);
  app_remove_tree (self->dir);
  g_free (self->dir);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static TelaHold *
hold (TelaLinks  *links,
      const char *path)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TelaHold *held;

  tela_links_hold_async (links, path, NULL, done_cb, &result);
  WAIT_UNTIL (result != NULL);
  held = tela_links_hold_finish (links, result, &error);
  g_assert_no_error (error);

  return held;
}

static void
count_cb (TelaLinks  *links,
          const char *project_id,
          guint      *count)
{
  *count += 1;
}

/* What one sets the other hears of, with all that says how the file is written. */
static void
test_shared (Fixture      *self,
             gconstpointer data)
{
  const TelaLink *link;
  guint           n_heard = 0;

  g_signal_connect (self->theirs, "changed", G_CALLBACK (count_cb), &n_heard);
  tela_links_set (self->mine, "one", &plan);
  WAIT_UNTIL (tela_links_lookup (self->theirs, "one") != NULL);
  g_assert_cmpuint (n_heard, ==, 1);
  link = tela_links_lookup (self->theirs, "one");
  g_assert_cmpstr (tela_links_find (self->theirs, plan.path), ==, "one");
  g_assert_cmpstr (link->sha256, ==, "aa");
  g_assert_cmpstr (link->content, ==, "bb");
  g_assert_cmpint (link->options.format, ==, TELA_EXPORT_PNG);
  g_assert_cmpint (link->options.version, ==, TELA_CARRIER_PLAIN);
  g_assert_cmpfloat (link->options.scale, ==, 2);
  g_assert_true (link->options.is_dark && !link->options.is_transparent);

  tela_links_remove (self->mine, "one");
  WAIT_UNTIL (tela_links_lookup (self->theirs, "one") == NULL);
  g_assert_cmpuint (n_heard, ==, 2);
}

/* A file has one board, whoever linked it last; neither takes away what the other set meanwhile. */
static void
test_both_set (Fixture      *self,
               gconstpointer data)
{
  TelaLink other = plan;

  other.path = (char *) "/other.tela";
  tela_links_set (self->mine, "one", &plan);
  tela_links_set (self->theirs, "two", &other);
  WAIT_UNTIL (tela_links_lookup (self->mine, "two") != NULL && tela_links_lookup (self->theirs, "one") != NULL);

  tela_links_set (self->theirs, "three", &plan);
  WAIT_UNTIL (tela_links_lookup (self->mine, "three") != NULL);
  g_assert_null (tela_links_lookup (self->mine, "one"));
  g_assert_nonnull (tela_links_lookup (self->mine, "two"));
}

/* Whoever comes second waits, and finds what the first one set. */
static void
test_hold (Fixture      *self,
           gconstpointer data)
{
  TelaHold *first = hold (self->mine, plan.path);
  g_autoptr (GAsyncResult) same = NULL;
  g_autoptr (GAsyncResult) own = NULL;
  g_autoptr (TelaHold) second = NULL;

  tela_hold_free (hold (self->theirs, "/another path")); /* is free */
  tela_links_hold_async (self->theirs, plan.path, NULL, done_cb, &same);
  tela_links_hold_async (self->mine, plan.path, self->cancellable, done_cb, &own);
  for (guint i = 0; i < 20; i++)
    app_wait_step (0);
  g_assert_null (same);
  g_assert_null (own);
  g_cancellable_cancel (self->cancellable);
  WAIT_UNTIL (own != NULL);
  g_assert_null (tela_links_hold_finish (self->mine, own, NULL));

  tela_links_set (self->mine, "one", &plan);
  tela_hold_free (first);
  WAIT_UNTIL (same != NULL);
  second = tela_links_hold_finish (self->theirs, same, NULL);
  g_assert_nonnull (second);
  g_assert_cmpstr (tela_links_find (self->theirs, plan.path), ==, "one");
}

/* A process that is killed holds nothing. */
static void
test_killed (Fixture      *self,
             gconstpointer data)
{
  TelaHold *first = hold (self->mine, plan.path);
  g_autoptr (GAsyncResult) result = NULL;
  pid_t child = fork ();

  /* The descriptor lives on in the child, as in a process of its own. */
  if (child == 0)
    for (;;)
      pause ();
  tela_hold_free (first);
  tela_links_hold_async (self->theirs, plan.path, NULL, done_cb, &result);
  for (guint i = 0; i < 20; i++)
    app_wait_step (0);
  g_assert_null (result);
  g_assert_cmpint (kill (child, SIGKILL), ==, 0);
  g_assert_cmpint (waitpid (child, NULL, 0), ==, child);
  WAIT_UNTIL (result != NULL);
  tela_hold_free (tela_links_hold_finish (self->theirs, result, NULL));
}

/* What is no link is not one; what is stays. */
static void
test_damaged (Fixture      *self,
              gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->dir, "file-links", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GString) damaged = g_string_new ("\n\xff x\none two three\na b c http://x tela 0 0 0 0\n");
  g_autoptr (TelaLinks) links = NULL;

  tela_links_set (self->mine, "one", &plan);
  tela_links_close (self->mine);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_string_append (damaged, text);
  g_assert_true (g_file_set_contents (path, damaged->str, (gssize) damaged->len, NULL));
  links = tela_links_new (self->dir);
  g_assert_cmpstr (tela_links_find (links, plan.path), ==, "one");
  g_assert_null (tela_links_lookup (links, "a"));
  tela_links_close (links);
}

/* Without a directory links last as long as the process, and nobody waits for anybody. */
static void
test_nowhere (Fixture      *self,
              gconstpointer data)
{
  g_autofree char *dir = g_build_filename (self->dir, "missing", NULL);
  g_autoptr (TelaLinks) links = tela_links_new (dir);

  tela_hold_free (hold (links, plan.path));
  tela_links_set (links, "one", &plan);
  g_assert_cmpstr (tela_links_find (links, plan.path), ==, "one");
  tela_links_close (links);
  g_assert_false (g_file_test (dir, G_FILE_TEST_EXISTS));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/links/shared", Fixture, NULL, set_up, test_shared, tear_down);
  g_test_add ("/links/both-set", Fixture, NULL, set_up, test_both_set, tear_down);
  g_test_add ("/links/hold", Fixture, NULL, set_up, test_hold, tear_down);
  g_test_add ("/links/killed", Fixture, NULL, set_up, test_killed, tear_down);
  g_test_add ("/links/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/links/nowhere", Fixture, NULL, set_up, test_nowhere, tear_down);

  return g_test_run ();
}
