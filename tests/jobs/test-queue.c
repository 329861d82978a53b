/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-job-queue.h"

#include <string.h>

#define N_EVENTS 6

static char *
event (const char *operation,
       const char *id,
       int         sequence,
       const char *status,
       const char *more)
{
  g_autofree char *row =
      g_strdup_printf ("{\"id\":\"%s\",\"user_id\":\"u\",\"model\":\"m\",\"prompt\":\"a fox\",\"sequence\":%d,"
                       "\"status\":\"%s\",\"created_at\":\"2026-03-04T05:06:07.%03dZ\"%s}",
                       id, sequence, status, strcmp (id, "old") == 0 ? 1 : 2, more);
  gboolean is_removal = strcmp (operation, "DELETE") == 0;

  return g_strdup_printf (
      "{\"schema\":\"public\",\"table\":\"fal_jobs\",\"operation\":\"%s\",\"record\":%s,\"old_record\":%s}", operation,
      is_removal ? "null" : row, is_removal ? row : "null");
}

static void
take (TelaJobQueue *queue,
      const char   *text)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (tela_job_queue_take_event (queue, text, strlen (text), &error));
  g_assert_no_error (error);
}

/* Everything that can be seen of a queue. */
static char *
describe (TelaJobQueue *queue)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (queue)); i++)
    {
      g_autoptr (TelaJob) job = g_list_model_get_item (G_LIST_MODEL (queue), i);
      const TelaJobRow *row = tela_job_get_row (job);

      g_string_append_printf (out, "%s %s %d place %d progress %g asset %s; ", row->id,
                              tela_job_state_get_name (row->state), (int) row->sequence, row->place, row->progress,
                              row->asset != NULL ? row->asset : "none");
    }
  g_string_append_printf (out, "%u active", tela_job_queue_get_n_active (queue));
  return g_string_free (out, FALSE);
}

/* Each sequence that was ever shown of a job is greater than the one before. */
typedef struct
{
  gint64 sequences[2]; /* of "old", and of the other */
  guint  n_ended;
} Watch;

static gint64 *
sequence_of (Watch   *watch,
             TelaJob *job)
{
  return &watch->sequences[strcmp (tela_job_get_id (job), "old") != 0];
}

static void
changed_cb (TelaJob *job,
            Watch   *watch)
{
  gint64 *sequence = sequence_of (watch, job);

  g_assert_cmpint (tela_job_get_row (job)->sequence, >, *sequence);
  *sequence = tela_job_get_row (job)->sequence;
}

static void
added_cb (TelaJobQueue *queue,
          guint         position,
          guint         removed,
          guint         added,
          Watch        *watch)
{
  for (guint i = 0; i < added; i++)
    {
      g_autoptr (TelaJob) job = g_list_model_get_item (G_LIST_MODEL (queue), position + i);

      *sequence_of (watch, job) = tela_job_get_row (job)->sequence;
      g_signal_connect (job, "changed", G_CALLBACK (changed_cb), watch);
    }
}

static void
ended_cb (TelaJobQueue *queue,
          TelaJob      *job,
          Watch        *watch)
{
  g_assert_true (tela_job_is_over (job));
  watch->n_ended++;
}

/* @order: a permutation. Repetitions of @mask: after each event those before it come again. */
static void
run_order (char *const *events,
           const guint *order,
           guint        mask,
           const char  *expected)
{
  g_autoptr (TelaJobQueue) queue = tela_job_queue_new ();
  Watch            watch = { 0 };
  g_autofree char *end = NULL;

  g_signal_connect (queue, "items-changed", G_CALLBACK (added_cb), &watch);
  g_signal_connect (queue, "ended", G_CALLBACK (ended_cb), &watch);
  for (guint i = 0; i < N_EVENTS; i++)
    {
      take (queue, events[order[i]]);
      for (guint k = 0; (mask >> i & 1) != 0 && k <= i; k++)
        take (queue, events[order[k]]);
    }
  end = describe (queue);
  g_assert_cmpstr (end, ==, expected);
  g_assert_cmpuint (watch.n_ended, <=, 1);
}

static guint
run_all (char *const *events,
         guint       *order,
         guint        n,
         const char  *expected)
{
  guint count = 0;

  if (n == N_EVENTS)
    {
      static const guint masks[] = { 0, 1, 0x15, 0x2a, 0x3f };

      for (guint i = 0; i < G_N_ELEMENTS (masks); i++)
        run_order (events, order, masks[i], expected);
      return 1;
    }
  for (guint i = n; i < N_EVENTS; i++)
    {
      guint kept = order[n];

      order[n] = order[i];
      order[i] = kept;
      count += run_all (events, order, n + 1, expected);
      order[i] = order[n];
      order[n] = kept;
    }
  return count;
}

static void
test_orders (void)
{
  char *events[N_EVENTS] = {
    event ("INSERT", "j", 1, "queued", ""),
    event ("UPDATE", "j", 2, "queued", ",\"queue_position\":3"),
    event ("UPDATE", "j", 3, "queued", ",\"queue_position\":0"),
    event ("UPDATE", "j", 4, "running", ",\"progress\":0.1"),
    event ("UPDATE", "j", 5, "running", ",\"progress\":0.7"),
    event ("UPDATE", "j", 6, "done", ",\"progress\":1,\"asset\":\"abc\""),
  };
  guint order[N_EVENTS] = { 0, 1, 2, 3, 4, 5 };

  g_assert_cmpuint (run_all (events, order, 0, "j done 6 place -1 progress 1 asset abc; 0 active"), ==, 720);
  for (guint i = 0; i < N_EVENTS; i++)
    g_free (events[i]);
}

/* Two jobs, one of which is removed: it stays away, whatever comes late. */
static void
test_orders_with_removal (void)
{
  char *events[N_EVENTS] = {
    event ("INSERT", "old", 1, "queued", ""),
    event ("UPDATE", "old", 2, "failed", ""),
    event ("DELETE", "old", 2, "failed", ""),
    event ("INSERT", "new", 1, "queued", ""),
    event ("UPDATE", "new", 2, "running", ""),
    event ("UPDATE", "new", 3, "running", ",\"progress\":0.5"),
  };
  guint order[N_EVENTS] = { 0, 1, 2, 3, 4, 5 };

  g_assert_cmpuint (run_all (events, order, 0, "new running 3 place -1 progress 0.5 asset none; 1 active"), ==, 720);
  for (guint i = 0; i < N_EVENTS; i++)
    g_free (events[i]);
}

static TelaJobRow *
row_new (const char *id,
         int         sequence,
         const char *status,
         int         second)
{
  g_autofree char *text = g_strdup_printf (
      "{\"id\":\"%s\",\"sequence\":%d,\"status\":\"%s\",\"created_at\":\"2026-01-01T00:00:%02d+00:00\"}", id, sequence,
      status, second);

  return tela_job_row_parse ((TelaJsonSpan){ text, strlen (text) }, NULL);
}

static GPtrArray *
rows_new (TelaJobRow *a,
          TelaJobRow *b)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_job_row_free);

  g_ptr_array_add (rows, a);
  if (b != NULL)
    g_ptr_array_add (rows, b);
  return rows;
}

/* A slow answer is older than the messages that came while it was on its way. */
static void
test_slow_fetch (void)
{
  g_autoptr (TelaJobQueue) queue = tela_job_queue_new ();
  g_autoptr (GPtrArray) rows = rows_new (row_new ("a", 1, "queued", 1), NULL);
  g_autofree char *end = NULL;

  tela_job_queue_take_row (queue, row_new ("a", 1, "queued", 1));
  tela_job_queue_take_row (queue, row_new ("gone", 1, "queued", 2));
  tela_job_queue_begin_fetch (queue);
  tela_job_queue_take_row (queue, row_new ("a", 3, "done", 1));
  tela_job_queue_take_row (queue, row_new ("late", 1, "running", 3));
  tela_job_queue_end_fetch (queue, rows, TRUE);
  end = describe (queue);
  g_assert_cmpstr (end, ==,
                   "late running 1 place -1 progress -1 asset none; a done 3 place -1 progress -1 asset none; 1 active");
}

static void
test_newest_first (void)
{
  g_autoptr (TelaJobQueue) queue = tela_job_queue_new ();
  g_autoptr (GPtrArray) rows = rows_new (row_new ("b", 1, "queued", 2), row_new ("c", 1, "queued", 3));

  tela_job_queue_take_row (queue, row_new ("a", 1, "queued", 1));
  tela_job_queue_begin_fetch (queue);
  tela_job_queue_end_fetch (queue, rows, FALSE); /* there are more: "a" may be among them */
  for (guint i = 0; i < 3; i++)
    {
      static const char *const ids[] = { "c", "b", "a" };
      g_autoptr (TelaJob) job = g_list_model_get_item (G_LIST_MODEL (queue), i);

      g_assert_cmpstr (tela_job_get_id (job), ==, ids[i]);
    }
  tela_job_queue_clear (queue);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 0);
}

static void
test_bad_events (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{}",
    "{\"record\":null}",
    "{\"record\":[]}",
    "{\"record\":{\"status\":\"done\"}}",
    "{\"operation\":\"DELETE\",\"record\":{\"id\":\"x\"}}",
    "{\"operation\":\"DELETE\",\"old_record\":null}",
    "{\"record\":{\"id\":7}}",
  };
  g_autoptr (TelaJobQueue) queue = tela_job_queue_new ();

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (tela_job_queue_take_event (queue, bad[i], strlen (bad[i]), &error));
      g_assert_nonnull (error);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 0);
}

/* What is strange is unknown, and never done. */
static void
test_strange_row (void)
{
  static const char text[] = "{\"id\":\"x\",\"status\":\"finished?\",\"progress\":7,\"queue_position\":-4,\"seed\":1e99,"
                             "\"sequence\":\"9\",\"input\":[1],\"prompt\":null,\"created_at\":\"soon\"}";
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaJobRow) row = tela_job_row_parse ((TelaJsonSpan){ text, strlen (text) }, &error);

  if (row == NULL)
    {
      g_assert_nonnull (error);
      return;
    }
  g_assert_cmpint (row->state, ==, TELA_JOB_UNKNOWN);
  g_assert_cmpfloat (row->progress, ==, 1);
  g_assert_cmpint (row->place, ==, 0);
  g_assert_cmpint (row->sequence, ==, 0);
  g_assert_null (row->input);
  g_assert_cmpstr (row->prompt, ==, "");
}

static void
test_input (void)
{
  static const char text[] = "{\"id\":\"x\",\"sequence\":1,\"input\":{\"machine\":\"m1\",\"x\":-4.5,\"y\":\"no\"}}";
  g_autoptr (TelaJob) job = tela_job_new (tela_job_row_parse ((TelaJsonSpan){ text, strlen (text) }, NULL));
  g_autofree char *machine = tela_job_dup_input (job, "machine");

  g_assert_cmpstr (machine, ==, "m1");
  g_assert_null (tela_job_dup_input (job, "x"));
  g_assert_cmpfloat (tela_job_get_input_number (job, "x", 0), ==, -4.5);
  g_assert_cmpfloat (tela_job_get_input_number (job, "y", 7), ==, 7);
  g_assert_cmpfloat (tela_job_get_input_number (job, "z", 8), ==, 8);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jobs/queue/orders", test_orders);
  g_test_add_func ("/jobs/queue/orders-with-removal", test_orders_with_removal);
  g_test_add_func ("/jobs/queue/slow-fetch", test_slow_fetch);
  g_test_add_func ("/jobs/queue/newest-first", test_newest_first);
  g_test_add_func ("/jobs/queue/bad-events", test_bad_events);
  g_test_add_func ("/jobs/queue/strange-row", test_strange_row);
  g_test_add_func ("/jobs/queue/input", test_input);
  return g_test_run ();
}
