/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What is ordered is paid for: never twice unless somebody says so. */

#include <glib/gstdio.h>
#include <string.h>

#include "jobs-fixture.h"
#include "tela-generator-fal.h"

static char *
note_of (JobsFixture *fixture,
         const char  *job_id)
{
  g_autofree char *name = g_strconcat ("order-", job_id, NULL);

  return g_build_filename (fixture->dir, name, NULL);
}

static void
assert_ordered_once (JobsFixture *fixture,
                     TelaJob     *job,
                     const char  *words)
{
  g_autofree char *custom = NULL;

  wait_until (tela_job_is_over (job));
  g_assert_cmpstr (tela_job_state_get_name (tela_job_get_state (job)), ==, "unknown");
  g_assert_nonnull (strstr (tela_job_get_row (job)->error, words));
  wait_until (jobs_element_of (fixture, job) != NULL);
  custom = jobs_custom_of (jobs_element_of (fixture, job));
  g_assert_nonnull (strstr (custom, "\"state\":\"unknown\""));
  g_assert_cmpuint (fixture->fal->n_submits, ==, 1);
}

/* Only who says so has it ordered again. */
static void
assert_retry (JobsFixture *fixture,
              TelaJob     *job)
{
  g_autoptr (TelaJob) again = jobs_repeat (fixture, job, FALSE);

  wait_until (tela_job_get_state (again) == TELA_JOB_DONE);
  jobs_assert_image (jobs_element_of (fixture, again), again, FITTED);
  g_assert_cmpuint (fixture->fal->n_submits, ==, 2);
}

/* The process ends before it hears under which id the order was taken. */
static void
test_ended_early (JobsFixture  *fixture,
                  gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;
  g_autofree char *id = NULL;
  g_autofree char *note = NULL;

  fixture->fal->holds = TRUE;
  job = jobs_submit (fixture);
  wait_until (fixture->fal->n_submits == 1);
  id = g_strdup (tela_job_get_id (job));
  note = note_of (fixture, id);
  g_assert_true (g_file_test (note, G_FILE_TEST_EXISTS));
  g_clear_object (&job);
  jobs_stop (fixture);
  peer_restart (fixture->peer);
  peer_connect (fixture->peer, TRUE);
  fixture->fal->holds = FALSE;
  peer_open (fixture->peer, fixture->board);
  jobs_start (fixture);
  wait_until (tela_job_queue_find (tela_jobs_get_queue (fixture->jobs), id) != NULL);
  job = g_object_ref (tela_job_queue_find (tela_jobs_get_queue (fixture->jobs), id));
  assert_ordered_once (fixture, job, "twice");
  g_assert_false (g_file_test (note, G_FILE_TEST_EXISTS));
  assert_retry (fixture, job);
}

/* The process ends when it knows the id, and the table does not yet. */
static void
test_ended_untold (JobsFixture  *fixture,
                   gconstpointer data)
{
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *note = note_of (fixture, id);
  g_autofree char *path = g_build_filename (fixture->dir, "machine", NULL);
  g_autofree char *machine = NULL;
  g_autofree char *json = NULL;
  TelaJob         *job;

  jobs_stop (fixture);
  g_assert_true (g_file_get_contents (path, &machine, NULL, NULL));
  g_assert_true (g_file_set_contents (note, "request-7", -1, NULL));
  g_hash_table_insert (fixture->fal->requests, g_strdup ("request-7"), NULL);
  json = g_strdup_printf ("{\"id\":\"%s\",\"user_id\":\"%s\",\"project_id\":\"%s\",\"model\":\"owner/name\","
                          "\"prompt\":\"a red fox\",\"seed\":7,\"input\":{\"machine\":\"%s\",\"width\":64,\"height\":64}}",
                          id, tela_workspace_get_user_id (fixture->peer->workspace), fixture->board, machine);
  peer_rest (fixture->peer, "POST", "/rest/v1/fal_jobs", json);
  jobs_start (fixture);
  wait_until (tela_job_queue_find (tela_jobs_get_queue (fixture->jobs), id) != NULL);
  job = tela_job_queue_find (tela_jobs_get_queue (fixture->jobs), id);
  wait_until (tela_job_is_over (job));
  g_assert_cmpint (tela_job_get_state (job), ==, TELA_JOB_DONE);
  g_assert_cmpuint (fixture->fal->n_submits, ==, 0);
  wait_until (!g_file_test (note, G_FILE_TEST_EXISTS));
}

/* Once the table knows, nothing need be written down here. */
static void
test_told (JobsFixture  *fixture,
           gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;
  g_autofree char *note = NULL;

  fixture->fal->n_running = G_MAXUINT;
  job = jobs_submit (fixture);
  wait_until (tela_job_get_state (job) == TELA_JOB_RUNNING);
  note = note_of (fixture, tela_job_get_id (job));
  g_assert_nonnull (tela_job_get_row (job)->request_id);
  wait_until (!g_file_test (note, G_FILE_TEST_EXISTS));
}

static void
test_no_answer (JobsFixture  *fixture,
                gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;

  fixture->fal->drops = TRUE;
  job = jobs_submit (fixture);
  assert_ordered_once (fixture, job, "no answer came");
  fixture->fal->drops = FALSE;
  assert_retry (fixture, job);
}

/* Somebody in between gives up; an answer that tells no id. */
static void
test_fault (JobsFixture  *fixture,
            gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;

  fixture->fal->fault = GPOINTER_TO_UINT (data);
  fixture->fal->n_faults = 1;
  job = jobs_submit (fixture);
  wait_until (tela_job_is_over (job));
  g_assert_cmpstr (tela_job_state_get_name (tela_job_get_state (job)), ==, "unknown");
  wait_ms (100);
  g_assert_cmpuint (fixture->fal->n_submits, ==, 0);
}

/* What never left is tried again for as long as it takes. */
static void
test_unreachable (JobsFixture  *fixture,
                  gconstpointer data)
{
  g_autoptr (TelaGenerator) nowhere = tela_generator_fal_new ("http://127.0.0.1:1", "secret");
  g_autoptr (TelaGenerator) service = tela_generator_fal_new (fixture->fal->url, "secret");
  g_autoptr (TelaJob) job = NULL;

  tela_jobs_set_generators (fixture->jobs, NULL, nowhere);
  job = jobs_submit (fixture);
  wait_ms (200);
  g_assert_cmpint (tela_job_get_state (job), ==, TELA_JOB_QUEUED);
  tela_jobs_set_generators (fixture->jobs, NULL, service);
  wait_until (tela_job_is_over (job));
  g_assert_cmpint (tela_job_get_state (job), ==, TELA_JOB_DONE);
  g_assert_cmpuint (fixture->fal->n_submits, ==, 1);
}

/* What cannot be written down is not ordered. */
static void
test_no_room (JobsFixture  *fixture,
              gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;

  jobs_remove_flat (fixture->dir);
  job = jobs_submit (fixture);
  wait_until (tela_job_is_over (job));
  g_assert_cmpint (tela_job_get_state (job), ==, TELA_JOB_FAILED);
  g_assert_nonnull (strstr (tela_job_get_row (job)->error, "cannot be written down"));
  g_assert_cmpuint (fixture->fal->n_submits, ==, 0);
  g_assert_cmpint (g_mkdir (fixture->dir, 0700), ==, 0);
}

/* A board of this moment, which the server does not know yet. */
static void
open_new_board (JobsFixture *fixture)
{
  g_autofree char *id = tela_workspace_create (fixture->peer->workspace, "New");

  peer_close (fixture->peer);
  peer_open (fixture->peer, id);
  g_assert_false (tela_session_is_live (fixture->peer->session));
}

static void
test_new_board (JobsFixture  *fixture,
                gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;

  open_new_board (fixture);
  job = jobs_submit (fixture);
  wait_until (tela_job_is_over (job));
  g_assert_cmpint (tela_job_get_state (job), ==, TELA_JOB_DONE);
  jobs_assert_image (jobs_element_of (fixture, job), job, FITTED);
}

static void
test_new_board_cancelled (JobsFixture  *fixture,
                          gconstpointer data)
{
  const TelaJobOrder order = { .model = "owner/name", .prompt = "a red fox", .box = { 0, 0, 64, 64 }, .count = 1 };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  open_new_board (fixture);
  tela_jobs_submit_async (fixture->jobs, fixture->peer->session, &order, cancellable, jobs_done_cb, &result);
  g_cancellable_cancel (cancellable);
  wait_until (result != NULL);
  g_assert_null (tela_jobs_submit_finish (fixture->jobs, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (tela_board_get_n_visible (tela_session_get_board (fixture->peer->session)), ==, 0);
  g_assert_cmpuint (fixture->fal->n_submits, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("FAL_KEY");
#define ADD(name, func, data) g_test_add ("/jobs/once/" name, JobsFixture, data, jobs_set_up, func, jobs_tear_down)
  ADD ("ended-early", test_ended_early, NULL);
  ADD ("ended-untold", test_ended_untold, NULL);
  ADD ("told", test_told, NULL);
  ADD ("no-answer", test_no_answer, NULL);
  ADD ("gateway", test_fault, GUINT_TO_POINTER (504));
  ADD ("no-id", test_fault, GUINT_TO_POINTER (200));
  ADD ("unreachable", test_unreachable, NULL);
  ADD ("no-room", test_no_room, NULL);
  ADD ("new-board", test_new_board, NULL);
  ADD ("new-board/cancelled", test_new_board_cancelled, NULL);
  return g_test_run ();
}
