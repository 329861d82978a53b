/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gstdio.h>
#include <string.h>

#include "fal-stand-in.h"
#include "sync-fixture.h"
#include "tela-generator-command.h"
#include "tela-generator-fal.h"

#define MODEL "owner/name/sub/path"

static const TelaGeneratorRequest request = { MODEL, "a red \"fox\"", 42, 512, 256 };

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static char *
submit (TelaGenerator *generator,
        GError       **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tela_generator_submit_async (generator, &request, NULL, done_cb, &result);
  g_assert_null (result);
  wait_until (result != NULL);
  return tela_generator_submit_finish (generator, result, error);
}

static gboolean
ask (TelaGenerator       *generator,
     const char          *id,
     TelaGeneratorStatus *status,
     GError             **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tela_generator_status_async (generator, MODEL, id, NULL, done_cb, &result);
  wait_until (result != NULL);
  return tela_generator_status_finish (generator, result, status, error);
}

static TelaGeneratorPicture *
fetch (TelaGenerator *generator,
       const char    *id,
       GError       **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tela_generator_fetch_async (generator, MODEL, id, NULL, done_cb, &result);
  wait_until (result != NULL);
  return tela_generator_fetch_finish (generator, result, error);
}

static void
cancel (TelaGenerator *generator,
        const char    *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_generator_cancel_async (generator, MODEL, id, NULL, done_cb, &result);
  wait_until (result != NULL);
  g_assert_true (tela_generator_cancel_finish (generator, result, &error));
  g_assert_no_error (error);
}

static char *
submit_fine (TelaGenerator *generator)
{
  g_autoptr (GError) error = NULL;
  char *id = submit (generator, &error);

  g_assert_no_error (error);
  return id;
}

static TelaGenerator *
new_fal (Fal *fal)
{
  g_autofree char *url = g_strconcat (fal->url, "/", NULL);

  return tela_generator_fal_new (url, "secret");
}

static void
test_fal (void)
{
  g_autoptr (Fal) fal = fal_new ();
  g_autoptr (TelaGenerator) generator = new_fal (fal);
  g_autofree char *id = NULL;
  g_autoptr (TelaGeneratorPicture) picture = NULL;
  TelaGeneratorStatus status;

  fal->n_queued = 2;
  fal->n_running = 1;
  fal->with_seed = TRUE;
  id = submit_fine (generator);
  g_assert_cmpstr (fal->path, ==, "/owner/name/sub/path");
  g_assert_cmpstr (fal->body, ==,
                   "{\"prompt\":\"a red \\\"fox\\\"\",\"image_size\":{\"width\":512,\"height\":256},\"num_images\":1,"
                   "\"seed\":42}");
  for (int place = 1; place >= 0; place--)
    {
      g_assert_true (ask (generator, id, &status, NULL));
      g_assert_cmpint (status.state, ==, TELA_GENERATOR_QUEUED);
      g_assert_cmpint (status.place, ==, place);
    }
  g_assert_true (ask (generator, id, &status, NULL));
  g_assert_cmpint (status.state, ==, TELA_GENERATOR_RUNNING);
  g_assert_cmpfloat (status.progress, ==, 0.5);
  g_assert_true (ask (generator, id, &status, NULL));
  g_assert_cmpint (status.state, ==, TELA_GENERATOR_READY);
  picture = fetch (generator, id, NULL);
  g_assert_true (picture->has_seed);
  g_assert_cmpint (picture->seed, ==, 4711);
  g_assert_cmpmem (g_bytes_get_data (picture->bytes, NULL), 4, "\211PNG", 4);
  g_assert_false (fal->key_leaked);
  cancel (generator, id);
  g_assert_cmpuint (fal->n_cancels, ==, 1);
}

static void
test_fal_data_uri (void)
{
  g_autoptr (Fal) fal = fal_new ();
  g_autoptr (TelaGenerator) generator = new_fal (fal);
  g_autofree char *id = submit_fine (generator);
  g_autoptr (TelaGeneratorPicture) picture = NULL;

  fal->picture = FAL_DATA_URI;
  picture = fetch (generator, id, NULL);
  g_assert_cmpmem (g_bytes_get_data (picture->bytes, NULL), 4, "\211PNG", 4);
  g_assert_false (picture->has_seed);
}

/* Which errors are worth another try. */
static void
test_fal_faults (void)
{
  static const struct
  {
    guint              status;
    TelaGeneratorError code;
    const char        *words;
  } faults[] = {
    { 429, TELA_GENERATOR_ERROR_BUSY, "not now" },
    { 500, TELA_GENERATOR_ERROR_BUSY, "not now" },
    { 503, TELA_GENERATOR_ERROR_BUSY, "not now" },
    { 422, TELA_GENERATOR_ERROR_REFUSED, "too rude" },
    { 400, TELA_GENERATOR_ERROR_REFUSED, "not now" },
    { 403, TELA_GENERATOR_ERROR_REFUSED, "not now" },
    { 404, TELA_GENERATOR_ERROR_LOST, "not now (404)" },
  };
  g_autoptr (Fal) fal = fal_new ();
  g_autoptr (TelaGenerator) generator = new_fal (fal);

  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      g_autoptr (GError) error = NULL;

      fal->n_faults = 1;
      fal->fault = faults[i].status;
      g_assert_null (submit (generator, &error));
      g_assert_error (error, TELA_GENERATOR_ERROR, (int) faults[i].code);
      g_assert_nonnull (strstr (error->message, faults[i].words));
    }
  g_assert_cmpuint (fal->n_submits, ==, 0);
}

static void
test_fal_wrong_key (void)
{
  g_autoptr (Fal) fal = fal_new ();
  g_autoptr (TelaGenerator) generator = tela_generator_fal_new (fal->url, "wrong");
  g_autoptr (GError) error = NULL;

  g_assert_null (submit (generator, &error));
  g_assert_error (error, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_REFUSED);
  g_assert_true (fal->key_missing);
}

static void
test_fal_gone (void)
{
  g_autoptr (TelaGenerator) generator = tela_generator_fal_new ("http://127.0.0.1:9", "secret");
  g_autoptr (TelaGenerator) nonsense = tela_generator_fal_new ("no address", "secret");
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) refused = NULL;

  g_assert_null (submit (generator, &error));
  g_assert_error (error, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_NETWORK);
  g_assert_null (submit (nonsense, &refused));
  g_assert_error (refused, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_REFUSED);
}

static void
test_fal_forgets (void)
{
  g_autoptr (Fal) fal = fal_new ();
  g_autoptr (TelaGenerator) generator = new_fal (fal);
  g_autofree char *id = submit_fine (generator);
  g_autoptr (GError) error = NULL;
  TelaGeneratorStatus status;

  fal->forgets = TRUE;
  g_assert_true (ask (generator, id, &status, NULL));
  g_assert_false (ask (generator, id, &status, &error));
  g_assert_error (error, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_LOST);
}

static void
test_fal_fails (void)
{
  g_autoptr (Fal) fal = fal_new ();
  g_autoptr (TelaGenerator) generator = new_fal (fal);
  g_autofree char *id = submit_fine (generator);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) empty = NULL;
  TelaGeneratorStatus status;

  fal->fails = TRUE;
  g_assert_false (ask (generator, id, &status, &error));
  g_assert_error (error, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_REFUSED);
  g_assert_cmpstr (error->message, ==, "Out of memory");
  fal->picture = FAL_NOTHING;
  g_assert_null (fetch (generator, id, &empty));
  g_assert_error (empty, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_PICTURE);
}

/* 50 MB come whole; 70 MB are too many. */
static void
test_fal_large (void)
{
  g_autoptr (Fal) fal = fal_new ();
  g_autoptr (TelaGenerator) generator = new_fal (fal);
  g_autofree char *id = submit_fine (generator);
  g_autoptr (TelaGeneratorPicture) picture = NULL;
  g_autoptr (GError) error = NULL;

  fal->picture = FAL_LARGE;
  picture = fetch (generator, id, NULL);
  g_assert_cmpuint (g_bytes_get_size (picture->bytes), >, 50 * 1000 * 1000);
  fal->picture = FAL_HUGE;
  g_assert_null (fetch (generator, id, &error));
  g_assert_error (error, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_PICTURE);
}

static void
test_fal_cancelled (void)
{
  g_autoptr (Fal) fal = fal_new ();
  g_autoptr (TelaGenerator) generator = new_fal (fal);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_generator_submit_async (generator, &request, cancellable, done_cb, &result);
  g_cancellable_cancel (cancellable);
  wait_until (result != NULL);
  g_assert_null (tela_generator_submit_finish (generator, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  g_assert_finalize_object (g_steal_pointer (&generator));
}

/* The program */

typedef struct
{
  char *dir;
  char *picture;
} Program;

static void
program_set_up (Program      *program,
                gconstpointer data)
{
  g_autoptr (GBytes) png = fal_make_png (8, 8, 0);

  g_type_ensure (G_TYPE_SOCKET); /* a pipe that is closed is no signal */
  program->dir = g_dir_make_tmp ("tela-program-XXXXXX", NULL);
  program->picture = g_build_filename (program->dir, "picture.png", NULL);
  g_file_set_contents (program->picture, g_bytes_get_data (png, NULL), (gssize) g_bytes_get_size (png), NULL);
}

static void
program_tear_down (Program      *program,
                   gconstpointer data)
{
  g_autofree char *told = g_build_filename (program->dir, "told", NULL);

  g_unlink (program->picture);
  g_unlink (told);
  g_assert_cmpint (g_rmdir (program->dir), ==, 0);
  g_free (program->picture);
  g_free (program->dir);
}

/* A shell script of which %s is the directory. */
static TelaGenerator *
new_command (Program    *program,
             const char *script,
             const char *arguments)
{
  g_auto (GStrv) parts = g_strsplit (script, "%s", -1);
  g_autofree char *filled = g_strjoinv (program->dir, parts);
  g_autofree char *quoted = g_shell_quote (filled);
  g_autofree char *line = g_strdup_printf ("sh -c %s sh %s", quoted, arguments);
  g_autoptr (GError) error = NULL;
  TelaGenerator *generator = tela_generator_command_new (line, &error);

  g_assert_no_error (error);
  return generator;
}

static void
wait_ready (TelaGenerator *generator,
            const char    *id)
{
  TelaGeneratorStatus status = { 0 };

  while (status.state != TELA_GENERATOR_READY)
    {
      g_assert_true (ask (generator, id, &status, NULL));
      g_assert_true (wait_step (G_MAXINT64));
    }
}

static GError *
wait_error (TelaGenerator *generator,
            const char    *id)
{
  TelaGeneratorStatus status;
  GError             *error = NULL;

  while (ask (generator, id, &status, &error))
    g_assert_true (wait_step (G_MAXINT64));
  return error;
}

static void
assert_told (Program    *program,
             const char *expected)
{
  g_autofree char *path = g_build_filename (program->dir, "told", NULL);
  g_autofree char *told = NULL;

  g_assert_true (g_file_get_contents (path, &told, NULL, NULL));
  g_assert_cmpstr (told, ==, expected);
}

static void
test_command_input (Program      *program,
                    gconstpointer data)
{
  g_autoptr (TelaGenerator) generator =
      new_command (program, "cat > %s/told; echo '3/4 steps' >&2; cat %s/picture.png", "{seed}");
  g_autofree char *id = submit_fine (generator);
  g_autoptr (TelaGeneratorPicture) picture = NULL;
  g_autoptr (GError) error = NULL;

  wait_ready (generator, id);
  picture = fetch (generator, id, NULL);
  g_assert_cmpmem (g_bytes_get_data (picture->bytes, NULL), 4, "\211PNG", 4);
  assert_told (program, "a red \"fox\"");
  g_assert_null (fetch (generator, id, &error));
  g_assert_error (error, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_LOST);
}

static void
test_command_arguments (Program      *program,
                        gconstpointer data)
{
  g_autoptr (TelaGenerator) generator = new_command (program, "echo \"$1|$2|$3\" > %s/told; cp %s/picture.png \"$4\"",
                                                     "{prompt} --seed={seed} {width}x{height} {output}");
  g_autofree char *id = NULL;
  g_autoptr (TelaGeneratorPicture) picture = NULL;

  id = submit_fine (generator);
  wait_ready (generator, id);
  picture = fetch (generator, id, NULL);
  g_assert_cmpmem (g_bytes_get_data (picture->bytes, NULL), 4, "\211PNG", 4);
  assert_told (program, "a red \"fox\"|--seed=42|512x256\n");
}

static void
test_command_fails (Program      *program,
                    gconstpointer data)
{
  static const struct
  {
    const char        *script;
    TelaGeneratorError code;
    const char        *words;
  } cases[] = {
    { "echo 'no such model' >&2; exit 3", TELA_GENERATOR_ERROR_REFUSED, "no such model" },
    { "kill -9 $$", TELA_GENERATOR_ERROR_REFUSED, "without a word" },
    { "true", TELA_GENERATOR_ERROR_PICTURE, "no picture" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TelaGenerator) generator = new_command (program, cases[i].script, "");
      g_autofree char *id = submit_fine (generator);
      g_autoptr (GError) error = wait_error (generator, id);

      g_assert_error (error, TELA_GENERATOR_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (error->message, cases[i].words));
    }
}

static void
test_command_missing (Program      *program,
                      gconstpointer data)
{
  g_autoptr (GError) unreadable = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaGenerator) generator = tela_generator_command_new ("/nowhere/at/all", NULL);
  g_autofree char *id = submit_fine (generator);

  error = wait_error (generator, id);
  g_assert_error (error, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_REFUSED);
  g_assert_null (tela_generator_command_new ("sh 'open", &unreadable));
  g_assert_nonnull (unreadable);
}

/* One at a time, each with its place; who is cancelled leaves the others their turn, and nothing of it goes on. */
static void
test_command_queue (Program      *program,
                    gconstpointer data)
{
  g_autoptr (TelaGenerator) generator = new_command (
      program, "if [ ! -e %s/told ]; then echo 25% >&2; : > %s/told; sleep 600; fi; cat %s/picture.png", "");
  g_autofree char    *first = submit_fine (generator);
  g_autofree char    *second = submit_fine (generator);
  g_autofree char    *third = submit_fine (generator);
  TelaGeneratorStatus status = { 0 };

  while (status.progress != 0.25)
    {
      g_assert_true (ask (generator, first, &status, NULL));
      g_assert_true (wait_step (G_MAXINT64));
    }
  g_assert_cmpint (status.state, ==, TELA_GENERATOR_RUNNING);
  g_assert_true (ask (generator, third, &status, NULL));
  g_assert_cmpint (status.state, ==, TELA_GENERATOR_QUEUED);
  g_assert_cmpint (status.place, ==, 2);
  cancel (generator, first);
  cancel (generator, second);
  wait_ready (generator, third);
}

static void
test_command_owner_gone (Program      *program,
                         gconstpointer data)
{
  g_autoptr (TelaGenerator) generator = new_command (program, "sleep 600", "");
  g_autofree char *id G_GNUC_UNUSED = submit_fine (generator);

  g_assert_finalize_object (g_steal_pointer (&generator));
  wait_ms (50);
}

static void
test_progress (void)
{
  static const struct
  {
    const char *line;
    double      progress;
  } lines[] = {
    { "", -1 },
    { "loading model", -1 },
    { " 45%|####      | 9/20 [00:01<00:01]", 0.45 },
    { "step 5/20", 0.25 },
    { "100%", 1 },
    { "progress 0.4", 0.4 },
    { "progress x", -1 },
    { "120%", 1 },
    { "a/b", -1 },
    { "3/0", -1 },
    { "%", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    g_assert_cmpfloat_with_epsilon (tela_generator_parse_progress (lines[i].line), lines[i].progress, 1e-9);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jobs/generator/fal", test_fal);
  g_test_add_func ("/jobs/generator/fal/data-uri", test_fal_data_uri);
  g_test_add_func ("/jobs/generator/fal/faults", test_fal_faults);
  g_test_add_func ("/jobs/generator/fal/wrong-key", test_fal_wrong_key);
  g_test_add_func ("/jobs/generator/fal/gone", test_fal_gone);
  g_test_add_func ("/jobs/generator/fal/forgets", test_fal_forgets);
  g_test_add_func ("/jobs/generator/fal/fails", test_fal_fails);
  g_test_add_func ("/jobs/generator/fal/large", test_fal_large);
  g_test_add_func ("/jobs/generator/fal/cancelled", test_fal_cancelled);
#define PROGRAM(name, func) g_test_add ("/jobs/generator/command/" name, Program, NULL, program_set_up, func, program_tear_down)
  PROGRAM ("input", test_command_input);
  PROGRAM ("arguments", test_command_arguments);
  PROGRAM ("fails", test_command_fails);
  PROGRAM ("missing", test_command_missing);
  PROGRAM ("queue", test_command_queue);
  PROGRAM ("owner-gone", test_command_owner_gone);
  g_test_add_func ("/jobs/generator/progress", test_progress);
  return g_test_run ();
}
