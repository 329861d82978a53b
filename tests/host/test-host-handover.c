/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The moment in which who serves goes, well or killed, while the others draw: what any of them said was on disk is on every board
 * in the end, also of those who are gone. Real processes; the seed is printed. */

#include "store-fixture.h"

#include <stdlib.h>
#include <string.h>

#include "../common/test-long.h"

#define N_ROUNDS 6
#define N_LOCAL 3
#define SEED 20261124
/* From before the others can have noticed until after the next one serves. */
#define LATEST_DRAW_MS 250

typedef struct
{
  GSubprocess      *process;
  GDataInputStream *says;
} Child;

typedef struct
{
  char      *dir, *guest_dir;
  char      *board, *url, *key;
  GRand     *rand;
  Child     *local[N_LOCAL]; /* one of them serves */
  Child     *guest;
  GPtrArray *durable; /* owned ids */
  guint      n_drawn;
} Handover;

static Child *
child_start (const char *dir,
             const char *board,
             const char *url,
             const char *key)
{
  g_autofree char *program = g_test_build_filename (G_TEST_BUILT, "host", "handover-child", NULL);
  Child           *child = g_new0 (Child, 1);
  g_autoptr (GError) error = NULL;

  child->process = g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program,
                                     dir, board, url, key, NULL);
  g_assert_no_error (error);
  child->says = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child->process));
  return child;
}

static void
child_free (Child *child)
{
  g_subprocess_wait (child->process, NULL, NULL);
  g_object_unref (child->process);
  g_object_unref (child->says);
  g_free (child);
}

static void G_GNUC_PRINTF (2, 3)
    child_tell (Child      *child,
                const char *format,
                ...)
{
  va_list          args;
  g_autofree char *line = NULL;
  g_autoptr (GError) error = NULL;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  g_output_stream_write_all (g_subprocess_get_stdin_pipe (child->process), line, strlen (line), NULL, NULL, &error);
  g_assert_no_error (error);
}

/* The next line; NULL: it has ended. */
static char *
child_hear (Child *child)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *line;

  g_data_input_stream_read_line_async (child->says, G_PRIORITY_DEFAULT, NULL, result_cb, &result);
  line = g_data_input_stream_read_line_finish (child->says, await_result (&result), NULL, &error);
  g_assert_no_error (error);
  return line;
}

static char **
child_hear_words (Child      *child,
                  const char *what)
{
  g_autofree char *line = child_hear (child);
  char           **words;

  g_assert_nonnull (line);
  words = g_strsplit (line, " ", -1);
  g_assert_cmpstr (words[0], ==, what);
  return words;
}

/* What it says of an order to draw, if it lives to say it. */
static gboolean
hear_drawn (Handover *self,
            Child    *child)
{
  g_autofree char *line = child_hear (child);

  if (line == NULL)
    return FALSE;
  g_assert_true (g_str_has_prefix (line, "durable "));
  g_test_message ("%s says %s", g_subprocess_get_identifier (child->process), line);
  g_ptr_array_add (self->durable, g_strdup (line + strlen ("durable ")));
  return TRUE;
}

static void
tell_draw (Handover *self,
           Child    *child)
{
  g_test_message ("%s draws e%u", g_subprocess_get_identifier (child->process), self->n_drawn);
  child_tell (child, "draw e%u\n", self->n_drawn++);
}

static Child *
local_start (Handover *self)
{
  Child               *child = child_start (self->dir, self->board, NULL, NULL);
  g_auto (GStrv) words G_GNUC_UNUSED = child_hear_words (child, "user");

  return child;
}

static void
begin (Handover *self)
{
  g_auto (GStrv) board = NULL;
  g_auto (GStrv) user = NULL;
  g_auto (GStrv) admitted G_GNUC_UNUSED = NULL;
  gboolean                can = FALSE;

  self->local[0] = child_start (self->dir, "new", NULL, NULL);
  board = child_hear_words (self->local[0], "board");
  self->board = g_strdup (board[1]);
  self->url = g_strdup (board[2]);
  self->key = g_strdup (board[3]);
  for (guint i = 1; i < N_LOCAL; i++)
    self->local[i] = local_start (self);
  self->guest = child_start (self->guest_dir, self->board, self->url, self->key);
  user = child_hear_words (self->guest, "user");
  child_tell (self->local[0], "admit %s\n", user[1]);
  admitted = child_hear_words (self->local[0], "admitted");
  while (!can)
    {
      g_autofree char *line = NULL;

      tell_draw (self, self->guest);
      line = child_hear (self->guest);
      can = g_str_has_prefix (line, "durable ");
    }
}

static char *
dump_of (Child *child)
{
  g_autofree char *line = NULL;

  child_tell (child, "dump\n");
  line = child_hear (child);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "dump "));
  return g_strdup (line + strlen ("dump "));
}

/* NULL: nothing. */
static const char *
find_missing (Handover   *self,
              const char *dump)
{
  for (guint i = 0; i < self->durable->len; i++)
    {
      g_autofree char *id = g_strdup_printf ("\"id\":\"%s\"", (const char *) self->durable->pdata[i]);

      if (strstr (dump, id) == NULL)
        return self->durable->pdata[i];
    }
  return NULL;
}

/* What a killed one had not sent yet comes when somebody takes its replica. */
static void
check (Handover *self)
{
  g_autofree char *wanted = dump_of (self->guest);
  gint64           until = g_get_monotonic_time () + 40 * G_USEC_PER_SEC;

  for (const char *id; (id = find_missing (self, wanted)) != NULL;)
    {
      if (g_get_monotonic_time () > until)
        g_error ("%s is not there: %s", id, wanted);
      g_free (wanted);
      wanted = dump_of (self->guest);
    }
  for (guint i = 0; i < N_LOCAL; i++)
    {
      g_autofree char *dump = self->local[i] != NULL ? dump_of (self->local[i]) : g_strdup (wanted);

      g_assert_cmpstr (dump, ==, wanted);
    }
}

static gboolean
wake_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

static void
let_pass (guint ms)
{
  gboolean passed = FALSE;

  g_timeout_add (ms, wake_cb, &passed);
  while (!passed)
    g_main_context_iteration (NULL, TRUE);
}

/* It may be in the middle of a stroke. */
static gboolean
go (Handover *self,
    Child    *child)
{
  static const char *const ways[] = { "is killed", "is killed", "leaves", "vanishes" };
  guint                    how = (guint) g_rand_int_range (self->rand, 0, 4);

  g_test_message ("%s %s", g_subprocess_get_identifier (child->process), ways[how]);

  if (how < 2)
    g_subprocess_force_exit (child->process);
  else
    child_tell (child, how == 2 ? "leave\n" : "vanish\n");
  return how >= 2;
}

static gboolean
is_hosting (Child *child)
{
  g_autofree char *line = NULL;

  child_tell (child, "who\n");
  line = child_hear (child);
  g_test_message ("%s is %s", g_subprocess_get_identifier (child->process), line);
  return g_strcmp0 (line, "hosting") == 0;
}

/* Nobody but who serves opens what the server has. */
static void
assert_keeps_out (Handover *self,
                  Child    *child)
{
  g_autofree char *fds = g_strdup_printf ("/proc/%s/fd", g_subprocess_get_identifier (child->process));
  g_autofree char *server = g_build_filename (self->dir, "server", "", NULL);
  g_autoptr (GDir) dir = g_dir_open (fds, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *link = g_build_filename (fds, name, NULL);
      g_autofree char *path = g_file_read_link (link, NULL);

      g_assert_false (path != NULL && g_str_has_prefix (path, server));
    }
}

/* Mostly who serves. */
static guint
choose_leaver (Handover *self)
{
  guint host = 0;

  while (!is_hosting (self->local[host]))
    host = (host + 1) % N_LOCAL;
  for (guint i = 1; i < N_LOCAL; i++)
    assert_keeps_out (self, self->local[(host + i) % N_LOCAL]);
  return g_rand_int_range (self->rand, 0, 4) == 0 ? (host + 1) % N_LOCAL : host;
}

static void
replace (Handover *self,
         Child    *leaver)
{
  guint at = 0;

  while (self->local[at] != leaver)
    at++;
  self->local[at] = local_start (self);
  child_free (leaver);
}

static void
one_round (Handover *self)
{
  Child   *leaver = self->local[choose_leaver (self)];
  gboolean well, drew = g_rand_boolean (self->rand);
  guint    passed = 0;
  guint    when[N_LOCAL + 1];

  if (drew)
    tell_draw (self, leaver);
  let_pass ((guint) g_rand_int_range (self->rand, 0, 6));
  well = go (self, leaver);
  for (guint i = 0; i <= N_LOCAL; i++)
    when[i] = (guint) g_rand_int_range (self->rand, 0, LATEST_DRAW_MS);
  for (; passed < LATEST_DRAW_MS; passed++)
    {
      for (guint i = 0; i <= N_LOCAL; i++)
        if (when[i] == passed && (i == N_LOCAL || self->local[i] != leaver))
          tell_draw (self, i < N_LOCAL ? self->local[i] : self->guest);
      let_pass (1);
    }
  while (hear_drawn (self, leaver) && !(drew = FALSE))
    ;
  g_assert_true (!well || !drew);
  for (guint i = 0; i <= N_LOCAL; i++)
    if (i == N_LOCAL || self->local[i] != leaver)
      g_assert_true (hear_drawn (self, i < N_LOCAL ? self->local[i] : self->guest));
  replace (self, leaver);
  check (self);
}

/* Killed with what it could not send, and nobody opens its replica again: the others send it. */
static void
test_left (Handover     *self,
           gconstpointer data)
{
  guint leaver, host = 0;

  begin (self);
  while (!is_hosting (self->local[host]))
    host = (host + 1) % N_LOCAL;
  leaver = (host + 1) % N_LOCAL;
  child_tell (self->local[leaver], "unplug\n");
  tell_draw (self, self->local[leaver]);
  g_assert_true (hear_drawn (self, self->local[leaver]));
  g_subprocess_force_exit (self->local[leaver]->process);
  child_free (g_steal_pointer (&self->local[leaver]));
  check (self);
}

static void
test_random (Handover     *self,
             gconstpointer data)
{
  begin (self);
  for (guint i = 0; i < test_times (N_ROUNDS); i++)
    one_round (self);
}

static void
end (Child *child)
{
  child_tell (child, "leave\n");
  child_free (child);
}

static void
set_up (Handover     *self,
        gconstpointer data)
{
  const char *seed = g_getenv ("TELA_TEST_SEED");
  guint32     number = seed != NULL ? (guint32) g_ascii_strtoull (seed, NULL, 10) : SEED;

  g_test_message ("seed %u", number);
  self->dir = g_dir_make_tmp ("tela-handover-XXXXXX", NULL);
  self->guest_dir = g_dir_make_tmp ("tela-handover-guest-XXXXXX", NULL);
  self->rand = g_rand_new_with_seed (number);
  self->durable = g_ptr_array_new_with_free_func (g_free);
}

static void
tear_down (Handover     *self,
           gconstpointer data)
{
  end (self->guest);
  for (guint i = N_LOCAL; i-- > 0;)
    if (self->local[i] != NULL)
      end (self->local[i]);
  remove_tree (self->dir);
  remove_tree (self->guest_dir);
  g_free (self->dir);
  g_free (self->guest_dir);
  g_free (self->board);
  g_free (self->url);
  g_free (self->key);
  g_rand_free (self->rand);
  g_ptr_array_unref (self->durable);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/host/handover/left", Handover, NULL, set_up, test_left, tear_down);
  g_test_add ("/host/handover/random", Handover, NULL, set_up, test_random, tear_down);
  return g_test_run ();
}
