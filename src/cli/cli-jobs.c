/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "tela-generator-command.h"
#include "tela-jobs.h"
#include "tela-settings.h"

#define USAGE                                                                                                    \
  "jobs [submit PROMPT --board BOARD [--model MODEL] [--count N] [--seed N] [--at X,Y] [--size WxH] [--no-wait]" \
  " | cancel ID]"
#define SIDE 512.0 /* board units, where nothing else is said */
#define TIMEOUT_S 20

static void
print_text (TelaJsonWriter *writer,
            const char     *name,
            const char     *value)
{
  tela_json_writer_put_string (writer, name, value);
}

static void
print_json (const TelaJobRow *row)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  print_text (&writer, "id", row->id);
  print_text (&writer, "status", tela_job_state_get_name (row->state));
  print_text (&writer, "project", row->project_id);
  print_text (&writer, "element", row->element_id);
  print_text (&writer, "model", row->model);
  print_text (&writer, "prompt", row->prompt);
  tela_json_writer_name (&writer, "seed");
  if (row->has_seed)
    tela_json_writer_int (&writer, row->seed);
  else
    tela_json_writer_null (&writer);
  tela_json_writer_put_int (&writer, "place", row->place);
  tela_json_writer_name (&writer, "progress");
  tela_json_writer_number (&writer, row->progress);
  print_text (&writer, "error", row->error);
  print_text (&writer, "asset", row->asset);
  tela_json_writer_end_object (&writer);
  g_print ("%s\n", out->str);
}

static void
print_job (TelaCli *cli,
           TelaJob *job)
{
  const TelaJobRow *row = tela_job_get_row (job);

  if (cli->json)
    print_json (row);
  else if (row->state == TELA_JOB_QUEUED && row->place >= 0)
    g_print ("%s\tqueued, %d before it\t%s\n", row->id, row->place, row->prompt);
  else if (row->state == TELA_JOB_RUNNING && row->progress >= 0)
    g_print ("%s\trunning, %.0f %%\t%s\n", row->id, 100 * row->progress, row->prompt);
  else if (row->error != NULL)
    g_print ("%s\t%s: %s\t%s\n", row->id, tela_job_state_get_name (row->state), row->error, row->prompt);
  else
    g_print ("%s\t%s\t%s\n", row->id, tela_job_state_get_name (row->state), row->prompt);
  fflush (stdout);
}

static gboolean
timeout_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

/* The table has been read, and the key has been looked for. */
static gboolean
wait_loaded (TelaJobs *jobs,
             GError  **error)
{
  gboolean is_over = FALSE;
  guint    timeout = g_timeout_add_seconds (TIMEOUT_S, timeout_cb, &is_over);

  while (!is_over && !(tela_job_monitor_is_loaded (tela_jobs_get_monitor (jobs)) && tela_jobs_is_settled (jobs)))
    g_main_context_iteration (NULL, TRUE);
  if (!is_over)
    {
      g_source_remove (timeout);
      return TRUE;
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the backend did not tell its jobs");
  return FALSE;
}

static int
list (TelaCli  *cli,
      TelaJobs *jobs)
{
  GListModel *queue = G_LIST_MODEL (tela_jobs_get_queue (jobs));

  for (guint i = 0; i < g_list_model_get_n_items (queue); i++)
    {
      g_autoptr (TelaJob) job = g_list_model_get_item (queue, i);

      print_job (cli, job);
    }
  return CLI_OK;
}

static int
cancel (TelaCli    *cli,
        TelaJobs   *jobs,
        const char *id)
{
  TelaJob *job = tela_job_queue_find (tela_jobs_get_queue (jobs), id);
  CliAwait await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  if (job == NULL)
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "there is no such job");
  else if (tela_job_is_over (job))
    g_set_error (&error, G_IO_ERROR, G_IO_ERROR_EXISTS, "it is over: %s",
                 tela_job_state_get_name (tela_job_get_state (job)));
  if (error != NULL)
    return cli_fail (id, error);
  tela_jobs_cancel_async (jobs, job, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  if (!tela_jobs_cancel_finish (jobs, result, &error))
    return cli_fail (id, error);
  print_job (cli, job);
  return CLI_OK;
}

/* What is said of the jobs of one order. */
typedef struct
{
  char    *board;
  char    *model;
  char    *at;
  char    *size;
  char    *seed;
  int      count;
  gboolean no_wait;
} Options;

static void
options_clear (Options *self)
{
  g_free (self->board);
  g_free (self->model);
  g_free (self->at);
  g_free (self->size);
  g_free (self->seed);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Options, options_clear)

static gboolean
read_pair (const char *text,
           char        between,
           double     *a,
           double     *b)
{
  char *end;

  if (text == NULL)
    return TRUE;
  *a = g_ascii_strtod (text, &end);
  if (end == text || *end != between)
    return FALSE;
  text = end + 1;
  *b = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && ABS (*a) <= TELA_MAX_COORDINATE && ABS (*b) <= TELA_MAX_COORDINATE;
}

static gboolean
read_order (const Options *options,
            TelaJobOrder  *order)
{
  order->box.width = order->box.height = SIDE;
  order->count = (guint) CLAMP (options->count, 1, TELA_JOBS_MAX_COUNT);
  if (options->seed != NULL)
    order->has_seed = g_ascii_string_to_signed (options->seed, 10, 0, G_MAXUINT32, &order->seed, NULL);
  return (options->seed == NULL || order->has_seed) && read_pair (options->at, ',', &order->box.x, &order->box.y) &&
         read_pair (options->size, 'x', &order->box.width, &order->box.height) && order->box.width >= 1 &&
         order->box.height >= 1;
}

/* Those of an order are at the head of the queue, the last one first. */
static int
wait_for (TelaCli  *cli,
          TelaJobs *jobs,
          guint     n)
{
  g_autoptr (GPtrArray) mine = g_ptr_array_new_with_free_func (g_object_unref);
  int status = CLI_OK;

  for (guint i = n; i-- > 0;)
    g_ptr_array_add (mine, g_list_model_get_item (G_LIST_MODEL (tela_jobs_get_queue (jobs)), i));
  for (guint i = 0; i < mine->len; i++)
    {
      while (!tela_job_is_over (mine->pdata[i]))
        g_main_context_iteration (NULL, TRUE);
      print_job (cli, mine->pdata[i]);
      if (tela_job_get_state (mine->pdata[i]) != TELA_JOB_DONE)
        status = CLI_FAILED;
    }
  return status;
}

static int
submit (TelaCli       *cli,
        TelaJobs      *jobs,
        const char    *prompt,
        const Options *options)
{
  TelaJobOrder order = { .prompt = prompt };
  CliAwait     await = { NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TelaSession) session = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) models = tela_jobs_dup_models (jobs);
  TelaJob *job;
  int      status;

  if (!read_order (options, &order))
    return cli_usage (USAGE);
  order.model = options->model != NULL ? options->model : models[0] != NULL ? models[0]
                                                                            : TELA_COMMAND_MODEL;
  session = cli_open_board (cli, options->board, &error);
  if (session == NULL || !cli_drain (session, &error))
    return cli_fail (options->board, error);
  tela_jobs_submit_async (jobs, session, &order, NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  job = tela_jobs_submit_finish (jobs, result, &error);
  if (job == NULL)
    return cli_fail ("submit", error);
  print_job (cli, job);
  status = options->no_wait ? CLI_OK : wait_for (cli, jobs, order.count);
  return cli_drain (session, &error) ? status : cli_fail (options->board, error);
}

int
cli_jobs (TelaCli *cli,
          int      argc,
          char   **argv)
{
  g_auto (Options) options = { .count = 1 };
  const GOptionEntry entries[] = {
    { "board", 0, 0, G_OPTION_ARG_STRING, &options.board, NULL, NULL },
    { "model", 0, 0, G_OPTION_ARG_STRING, &options.model, NULL, NULL },
    { "count", 0, 0, G_OPTION_ARG_INT, &options.count, NULL, NULL },
    { "seed", 0, 0, G_OPTION_ARG_STRING, &options.seed, NULL, NULL },
    { "at", 0, 0, G_OPTION_ARG_STRING, &options.at, NULL, NULL },
    { "size", 0, 0, G_OPTION_ARG_STRING, &options.size, NULL, NULL },
    { "no-wait", 0, 0, G_OPTION_ARG_NONE, &options.no_wait, NULL, NULL },
    { NULL },
  };
  g_autofree char *dir = g_build_filename (cli->data_dir, "jobs", NULL);
  g_autoptr (GSettings) settings = NULL;
  g_autoptr (TelaJobs) jobs = NULL;
  g_autoptr (GError) error = NULL;
  gboolean is_list, is_submit, is_cancel;
  int      status;

  if (!cli_parse (&argc, &argv, entries, USAGE, 0, TRUE))
    return CLI_USAGE;
  is_list = argc == 1;
  is_submit = argc == 3 && strcmp (argv[1], "submit") == 0 && options.board != NULL;
  is_cancel = argc == 3 && strcmp (argv[1], "cancel") == 0;
  if (!is_list && !is_submit && !is_cancel)
    return cli_usage (USAGE);
  if (!cli_open_online (cli, &error))
    return cli_fail ("jobs", error);

  settings = tela_settings_new ();
  jobs = tela_jobs_new (cli->workspace, settings, dir);
  if (!is_submit || options.no_wait)
    tela_jobs_stay_idle (jobs);
  if (!wait_loaded (jobs, &error))
    status = cli_fail ("jobs", error);
  else if (is_submit)
    status = submit (cli, jobs, argv[2], &options);
  else
    status = is_cancel ? cancel (cli, jobs, argv[2]) : list (cli, jobs);
  tela_jobs_close (jobs);
  return status;
}
