/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <gio/gunixinputstream.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

int
cli_dump (TelaCli *cli,
          int      argc,
          char   **argv)
{
  gboolean           all = FALSE, now = FALSE;
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, NULL, NULL },
    { "now", 0, 0, G_OPTION_ARG_NONE, &now, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaSession) session = NULL;
  g_autofree char *text = NULL;

  if (!cli_parse (&argc, &argv, entries, "dump PROJECT [--all] [--now]", 1, FALSE))
    return CLI_USAGE;
  if (now ? !cli_open (cli, &error) : !cli_open_online (cli, &error))
    return cli_fail ("dump", error);
  session = cli_open_board (cli, argv[1], &error);
  if (session == NULL || (!now && !cli_drain (session, &error)))
    return cli_fail (argv[1], error);

  text = tela_board_dump (tela_session_get_board (session), all);
  g_print ("%s\n", text);
  return CLI_OK;
}

typedef struct
{
  TelaSession *session; /* borrowed */
  GPtrArray   *sent;    /* (element-type utf8) ids, in order of the lines */
  guint        n_durable;
  gboolean     live;
  int          status;
} Edit;

static void
report (Edit       *edit,
        guint       line,
        const char *state)
{
  g_print ("{\"line\":%u,\"id\":\"%s\",\"state\":\"%s\"}\n", line + 1,
           (const char *) g_ptr_array_index (edit->sent, line), state);
}

/* Edits become durable in the order of their lines. */
static void
durable_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Edit *edit = user_data;
  g_autoptr (GError) error = NULL;

  if (tela_session_edit_finish (TELA_SESSION (source), result, &error))
    report (edit, edit->n_durable, "durable");
  else
    edit->status = cli_fail ("edit", error);
  edit->n_durable++;
  fflush (stdout);
}

static void
apply_live (Edit        *edit,
            TelaElement *op)
{
  TelaGesture *gesture = tela_session_begin (edit->session);

  tela_gesture_update (gesture, &op, 1);
  tela_gesture_end (gesture);
}

/* A line without an id creates: it is given one. */
static TelaElement *
read_line (const char *line,
           TelaStamp   stamp,
           GError    **error)
{
  TelaJsonSpan   source = { line, strlen (line) }, id;
  TelaJsonReader reader;

  if (!tela_json_check (line, source.len, error))
    return NULL;
  if (!tela_json_find (source, "id", &id))
    {
      g_autofree char *uuid = g_uuid_string_random ();
      g_autofree char *with_id = NULL;
      const char      *brace = strchr (line, '{');

      if (brace == NULL)
        {
          g_set_error (error, TELA_DOCUMENT_ERROR, TELA_DOCUMENT_ERROR_INVALID, "an operation is an object");
          return NULL;
        }
      with_id = g_strdup_printf ("{\"id\":\"%s\",%s", uuid, brace + 1);
      tela_json_reader_init (&reader, with_id, -1);
      return tela_op_read (&reader, &stamp, error);
    }
  tela_json_reader_init (&reader, line, -1);
  return tela_op_read (&reader, &stamp, error);
}

static gboolean
apply_line (Edit       *edit,
            const char *line,
            GError    **error)
{
  g_autoptr (TelaElement) op = read_line (line, tela_session_next_stamp (edit->session), error);

  if (op == NULL)
    return FALSE;
  g_ptr_array_add (edit->sent, g_strdup (tela_element_get_id (op)));
  if (edit->live)
    {
      apply_live (edit, op);
      edit->n_durable++;
    }
  else
    tela_session_edit_async (edit->session, &op, 1, TRUE, NULL, durable_cb, edit);
  return TRUE;
}

static void
next_line_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  GTask *task = user_data;

  g_task_return_pointer (
      task, g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source), result, NULL, NULL), g_free);
  g_object_unref (task);
}

/* The loop runs while the next line is awaited, so that remote changes and answers come in. */
static char *
await_line (GDataInputStream *input)
{
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  GTask *task = g_task_new (input, NULL, cli_await_cb, &await);

  g_data_input_stream_read_line_async (input, G_PRIORITY_DEFAULT, NULL, next_line_cb, task);
  result = cli_await_take (&await);
  return g_task_propagate_pointer (G_TASK (result), NULL);
}

static void
refused_cb (TelaSession *session,
            const char  *message,
            Edit        *edit)
{
  g_printerr ("tela-cli: edit: refused: %s\n", message);
  edit->status = CLI_FAILED;
}

static int
edit_from (Edit             *edit,
           GDataInputStream *input)
{
  g_autoptr (GError) error = NULL;
  guint line_number = 0;

  for (;;)
    {
      g_autofree char *line = await_line (input);
      g_autoptr (GError) why = NULL;

      if (line == NULL)
        break;
      line_number++;
      if (*g_strstrip (line) == '\0')
        continue;
      if (!apply_line (edit, line, &why))
        {
          g_autofree char *what = g_strdup_printf ("edit: line %u", line_number);

          edit->status = cli_fail (what, why);
        }
    }
  while (edit->n_durable < edit->sent->len)
    g_main_context_iteration (NULL, TRUE);
  if (edit->status == CLI_OK && !cli_drain (edit->session, &error))
    return cli_fail ("edit", error);
  for (guint i = 0; i < edit->sent->len && edit->status == CLI_OK; i++)
    report (edit, i, "confirmed");
  return edit->status;
}

int
cli_edit (TelaCli *cli,
          int      argc,
          char   **argv)
{
  Edit               edit = { .status = CLI_OK };
  const GOptionEntry entries[] = {
    { "live", 0, 0, G_OPTION_ARG_NONE, &edit.live, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaSession) session = NULL;
  g_autoptr (GInputStream) base = NULL;
  g_autoptr (GDataInputStream) input = NULL;

  if (!cli_parse (&argc, &argv, entries, "edit PROJECT [--live]", 1, FALSE))
    return CLI_USAGE;
  if (!cli_open_online (cli, &error))
    return cli_fail ("edit", error);
  session = cli_open_board (cli, argv[1], &error);
  if (session == NULL)
    return cli_fail (argv[1], error);

  edit.session = session;
  edit.sent = g_ptr_array_new_with_free_func (g_free);
  g_signal_connect (session, "refused", G_CALLBACK (refused_cb), &edit);
  base = g_unix_input_stream_new (STDIN_FILENO, FALSE);
  input = g_data_input_stream_new (base);
  edit.status = edit_from (&edit, input);
  g_signal_handlers_disconnect_by_data (session, &edit);
  g_ptr_array_unref (edit.sent);
  return edit.status;
}
