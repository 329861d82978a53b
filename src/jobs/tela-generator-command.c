/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-generator-command.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define CHUNK (256 * 1024)
#define MAX_LINE 500 /* bytes of the last line, if it is why the program failed */

/* One request: waiting, under way, or over and not yet fetched. Counted: each read under way has a reference. */
typedef struct
{
  grefcount             refs;
  TelaGeneratorCommand *self; /* borrowed; NULL: nobody waits for it any more */
  char                 *id;
  GStrv                 argv;
  char                 *input;  /* for standard input; nullable */
  char                 *dir;    /* of the file @output; nullable */
  char                 *output; /* nullable */
  GSubprocess          *process;
  pid_t                 group; /* 0: not started */
  GDataInputStream     *lines;
  guint                 pending; /* of standard output, standard error, and its end */
  TelaGeneratorStatus   status;
  GByteArray           *bytes;
  char                 *last_line;
  gboolean              too_large;
  GError               *error;
} Run;

struct _TelaGeneratorCommand
{
  GObject parent_instance;

  GStrv       argv;    /* owned */
  GHashTable *runs;    /* id → Run */
  GQueue      waiting; /* Run, borrowed; the first is under way */
};

static void tela_generator_command_init_generator (TelaGeneratorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TelaGeneratorCommand,
                               tela_generator_command,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TELA_TYPE_GENERATOR, tela_generator_command_init_generator))

static void start_next (TelaGeneratorCommand *self);

static void
remove_output (Run *run)
{
  if (run->dir == NULL)
    return;
  g_unlink (run->output);
  g_rmdir (run->dir);
  g_clear_pointer (&run->dir, g_free);
}

static void
run_unref (Run *run)
{
  if (!g_ref_count_dec (&run->refs))
    return;
  remove_output (run);
  g_free (run->id);
  g_strfreev (run->argv);
  g_free (run->input);
  g_free (run->output);
  g_clear_object (&run->process);
  g_clear_object (&run->lines);
  g_byte_array_unref (run->bytes);
  g_free (run->last_line);
  g_clear_error (&run->error);
  g_free (run);
}

static Run *
run_ref (Run *run)
{
  g_ref_count_inc (&run->refs);
  return run;
}

/* It has a process group of its own, so that what it started ends with it. */
static void
kill_run (Run *run)
{
  if (run->group > 0)
    kill (-run->group, SIGKILL);
}

static void
begin_group (gpointer user_data)
{
  setpgid (0, 0);
}

/* The end of one */

static void
take_file (Run *run)
{
  g_autofree char *contents = NULL;
  gsize            len;

  if (run->output == NULL || !g_file_get_contents (run->output, &contents, &len, NULL))
    return;
  if (len <= TELA_GENERATOR_MAX_BYTES)
    g_byte_array_append (run->bytes, (const guint8 *) contents, (guint) len);
  else
    run->too_large = TRUE;
}

static void
judge (Run *run)
{
  if (run->error != NULL)
    return;
  if (!g_subprocess_get_if_exited (run->process) || g_subprocess_get_exit_status (run->process) != 0)
    {
      g_set_error (&run->error, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_REFUSED, "%s",
                   run->last_line != NULL ? run->last_line : _ ("The program failed without a word"));
      return;
    }
  take_file (run);
  if (run->too_large)
    g_set_error (&run->error, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_PICTURE, _ ("The picture is too large"));
  else if (run->bytes->len == 0)
    g_set_error (&run->error, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_PICTURE, _ ("The program made no picture"));
}

static void
part_ended (Run *run)
{
  TelaGeneratorCommand *self = run->self;

  if (--run->pending > 0)
    return;
  judge (run);
  remove_output (run);
  run->status.state = TELA_GENERATOR_READY;
  run->status.progress = 1;
  if (self == NULL)
    return;
  g_queue_remove (&self->waiting, run);
  start_next (self);
}

static void
waited_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Run *run = user_data;

  g_subprocess_wait_finish (G_SUBPROCESS (source), result, NULL);
  part_ended (run);
  run_unref (run);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Run *run = user_data;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, NULL);
  gsize len = bytes != NULL ? g_bytes_get_size (bytes) : 0;

  if (run->bytes->len + len > TELA_GENERATOR_MAX_BYTES)
    {
      run->too_large = TRUE;
      g_byte_array_set_size (run->bytes, 0);
    }
  else if (len > 0 && !run->too_large)
    g_byte_array_append (run->bytes, g_bytes_get_data (bytes, NULL), (guint) len);
  if (len > 0)
    {
      g_input_stream_read_bytes_async (G_INPUT_STREAM (source), CHUNK, G_PRIORITY_DEFAULT, NULL, read_cb, run);
      return;
    }
  part_ended (run);
  run_unref (run);
}

static void
line_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Run             *run = user_data;
  g_autofree char *line = g_data_input_stream_read_line_finish (G_DATA_INPUT_STREAM (source), result, NULL, NULL);
  double           progress;

  if (line == NULL)
    {
      part_ended (run);
      run_unref (run);
      return;
    }
  progress = tela_generator_parse_progress (line);
  if (progress >= 0)
    run->status.progress = progress;
  if (*g_strstrip (line) != '\0')
    {
      g_free (run->last_line);
      run->last_line = g_utf8_make_valid (line, (gssize) MIN (strlen (line), MAX_LINE));
    }
  g_data_input_stream_read_line_async (run->lines, G_PRIORITY_DEFAULT, NULL, line_cb, run);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GBytes) text G_GNUC_UNUSED = user_data;

  /* A program that does not read its input is no error. */
  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  g_output_stream_close_async (G_OUTPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
}

static void
start (Run *run)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  const char *pid;
  GBytes     *text = g_bytes_new (run->input != NULL ? run->input : "", run->input != NULL ? strlen (run->input) : 0);

  g_subprocess_launcher_set_child_setup (launcher, begin_group, NULL, NULL);
  run->status.state = TELA_GENERATOR_RUNNING;
  run->status.place = -1;
  run->process = g_subprocess_launcher_spawnv (launcher, (const char *const *) run->argv, &run->error);
  if (run->process == NULL)
    {
      run->error->domain = TELA_GENERATOR_ERROR;
      run->error->code = TELA_GENERATOR_ERROR_REFUSED;
      run->status.state = TELA_GENERATOR_READY;
      g_bytes_unref (text);
      return;
    }
  pid = g_subprocess_get_identifier (run->process); /* NULL: it is over already */
  run->group = pid != NULL ? (pid_t) g_ascii_strtoll (pid, NULL, 10) : 0;
  run->pending = 3;
  run->lines = g_data_input_stream_new (g_subprocess_get_stderr_pipe (run->process));
  g_data_input_stream_set_newline_type (run->lines, G_DATA_STREAM_NEWLINE_TYPE_ANY); /* progress bars return */
  g_output_stream_write_all_async (g_subprocess_get_stdin_pipe (run->process), g_bytes_get_data (text, NULL),
                                   g_bytes_get_size (text), G_PRIORITY_DEFAULT, NULL, written_cb, text);
  g_input_stream_read_bytes_async (g_subprocess_get_stdout_pipe (run->process), CHUNK, G_PRIORITY_DEFAULT, NULL,
                                   read_cb, run_ref (run));
  g_data_input_stream_read_line_async (run->lines, G_PRIORITY_DEFAULT, NULL, line_cb, run_ref (run));
  g_subprocess_wait_async (run->process, NULL, waited_cb, run_ref (run));
}

static void
start_next (TelaGeneratorCommand *self)
{
  Run *run;

  while ((run = g_queue_peek_head (&self->waiting)) != NULL && run->process == NULL)
    {
      start (run);
      if (run->process == NULL)
        g_queue_pop_head (&self->waiting);
    }
}

/* Requests */

static char *
replace (const char *text,
         const char *mark,
         const char *value,
         gboolean   *found)
{
  g_auto (GStrv) parts = g_strsplit (text, mark, -1);

  if (found != NULL && g_strv_length (parts) > 1)
    *found = TRUE;
  return g_strjoinv (value, parts);
}

/* The prompt comes last: nothing within it stands for anything. */
static char *
fill_in (const char                 *argument,
         const TelaGeneratorRequest *request,
         Run                        *run,
         gboolean                   *has_prompt)
{
  g_autofree char *seed = g_strdup_printf ("%" G_GINT64_FORMAT, request->seed);
  g_autofree char *width = g_strdup_printf ("%d", request->width);
  g_autofree char *height = g_strdup_printf ("%d", request->height);
  g_autofree char *a = replace (argument, "{seed}", seed, NULL);
  g_autofree char *b = replace (a, "{width}", width, NULL);
  g_autofree char *c = replace (b, "{height}", height, NULL);
  g_autofree char *d = NULL;

  if (strstr (c, "{output}") != NULL && run->dir == NULL)
    {
      run->dir = g_dir_make_tmp ("tela-picture-XXXXXX", &run->error);
      run->output = run->dir != NULL ? g_build_filename (run->dir, "picture.png", NULL) : NULL;
    }
  d = run->output != NULL ? replace (c, "{output}", run->output, NULL) : g_strdup (c);
  return replace (d, "{prompt}", request->prompt, has_prompt);
}

static void
submit_async (TelaGenerator              *generator,
              const TelaGeneratorRequest *request,
              GCancellable               *cancellable,
              GAsyncReadyCallback         callback,
              gpointer                    user_data)
{
  TelaGeneratorCommand *self = TELA_GENERATOR_COMMAND (generator);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GStrvBuilder) argv = g_strv_builder_new ();
  Run     *run = g_new0 (Run, 1);
  gboolean has_prompt = FALSE;

  g_ref_count_init (&run->refs);
  run->self = self;
  run->id = g_uuid_string_random ();
  run->status.progress = -1;
  run->bytes = g_byte_array_new ();
  for (guint i = 0; self->argv[i] != NULL; i++)
    {
      g_autofree char *argument = fill_in (self->argv[i], request, run, &has_prompt);

      g_strv_builder_add (argv, argument);
    }
  run->argv = g_strv_builder_end (argv);
  run->input = has_prompt ? NULL : g_strdup (request->prompt);
  g_hash_table_insert (self->runs, run->id, run);
  g_queue_push_tail (&self->waiting, run);
  start_next (self);
  g_task_return_pointer (task, g_strdup (run->id), g_free);
}

static Run *
find (GTask      *task,
      const char *id)
{
  TelaGeneratorCommand *self = g_task_get_source_object (task);
  Run                  *run = g_hash_table_lookup (self->runs, id);

  if (run == NULL)
    g_task_return_new_error (task, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_LOST,
                             _ ("The program ended with the window that had started it"));
  else if (run->error != NULL)
    {
      g_task_return_error (task, g_error_copy (run->error));
      return NULL;
    }
  return run;
}

static void
status_async (TelaGenerator      *generator,
              const char         *model,
              const char         *id,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  TelaGeneratorCommand *self = TELA_GENERATOR_COMMAND (generator);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Run *run = find (task, id);

  if (run == NULL)
    return;
  if (run->status.state == TELA_GENERATOR_QUEUED)
    run->status.place = g_queue_index (&self->waiting, run);
  g_task_return_pointer (task, g_memdup2 (&run->status, sizeof run->status), g_free);
}

static void
fetch_async (TelaGenerator      *generator,
             const char         *model,
             const char         *id,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (generator, cancellable, callback, user_data);
  Run                  *run = find (task, id);
  TelaGeneratorPicture *picture;

  if (run == NULL)
    return;
  picture = g_new0 (TelaGeneratorPicture, 1);
  picture->bytes = g_bytes_new (run->bytes->data, run->bytes->len);
  g_hash_table_remove (TELA_GENERATOR_COMMAND (generator)->runs, id);
  g_task_return_pointer (task, picture, (GDestroyNotify) tela_generator_picture_free);
}

static void
cancel_async (TelaGenerator      *generator,
              const char         *model,
              const char         *id,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  TelaGeneratorCommand *self = TELA_GENERATOR_COMMAND (generator);
  g_autoptr (GTask) task = g_task_new (generator, cancellable, callback, user_data);

  g_hash_table_remove (self->runs, id);
  start_next (self);
  g_task_return_boolean (task, TRUE);
}

/* Object */

/* Nobody waits for it any more. */
static void
drop_run (gpointer data)
{
  Run *run = data;

  if (run->status.state != TELA_GENERATOR_READY)
    kill_run (run);
  if (run->self != NULL)
    g_queue_remove (&run->self->waiting, run);
  run->self = NULL;
  run_unref (run);
}

static void
tela_generator_command_init_generator (TelaGeneratorInterface *iface)
{
  iface->submit_async = submit_async;
  iface->status_async = status_async;
  iface->fetch_async = fetch_async;
  iface->cancel_async = cancel_async;
}

static void
tela_generator_command_finalize (GObject *object)
{
  TelaGeneratorCommand *self = TELA_GENERATOR_COMMAND (object);

  g_hash_table_unref (self->runs);
  g_strfreev (self->argv);
  G_OBJECT_CLASS (tela_generator_command_parent_class)->finalize (object);
}

static void
tela_generator_command_class_init (TelaGeneratorCommandClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_generator_command_finalize;
}

static void
tela_generator_command_init (TelaGeneratorCommand *self)
{
  self->runs = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, drop_run);
  g_queue_init (&self->waiting);
}

TelaGenerator *
tela_generator_command_new (const char *command_line,
                            GError    **error)
{
  g_auto (GStrv) argv = NULL;
  TelaGeneratorCommand *self;

  if (!g_shell_parse_argv (command_line, NULL, &argv, error))
    return NULL;
  self = g_object_new (TELA_TYPE_GENERATOR_COMMAND, NULL);
  self->argv = g_steal_pointer (&argv);
  return TELA_GENERATOR (self);
}
