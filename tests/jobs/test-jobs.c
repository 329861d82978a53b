/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Jobs from end to end: a backend, a board, a stand-in for the service. */

#include <glib/gstdio.h>
#include <string.h>

#include "jobs-fixture.h"
#include "tela-generator-command.h"
#include "tela-job-element.h"

static void
test_done (JobsFixture  *fixture,
           gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *custom = NULL;

  fixture->fal->n_queued = 3;
  fixture->fal->n_running = 3;
  fixture->fal->with_seed = TRUE;
  job = jobs_submit (fixture);
  g_assert_cmpstr (tela_element_get_string (jobs_element_of (fixture, job), TELA_KEY_TYPE), ==, "rectangle");
  wait_until (tela_job_get_state (job) == TELA_JOB_RUNNING && tela_job_get_row (job)->progress > 0);
  custom = jobs_custom_of (jobs_element_of (fixture, job));
  g_assert_nonnull (strstr (custom, "\"state\":\"running\""));
  g_assert_nonnull (strstr (custom, "\"progress\":0."));
  wait_until (tela_job_is_over (job));
  g_assert_cmpint (tela_job_get_state (job), ==, TELA_JOB_DONE);
  g_assert_cmpint (tela_job_get_row (job)->seed, ==, 4711);
  jobs_assert_image (jobs_element_of (fixture, job), job, FITTED);
  bytes = tela_store_get_asset (fixture->peer->store, tela_job_get_row (job)->asset, NULL);
  g_assert_nonnull (bytes);
  g_assert_cmpuint (fixture->fal->n_submits, ==, 1);
  g_assert_cmpuint (tela_job_queue_get_n_active (tela_jobs_get_queue (fixture->jobs)), ==, 0);
}

/* Moved by hand while it was being made: the picture goes where the placeholder is now. */
static void
test_moved (JobsFixture  *fixture,
            gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;

  fixture->fal->n_running = 1000;
  job = jobs_submit (fixture);
  edit (fixture->peer, tela_job_get_row (job)->element_id, "{\"x\":-1000,\"y\":0,\"width\":800,\"height\":600}");
  fixture->fal->n_running = 0;
  wait_until (tela_job_get_state (job) == TELA_JOB_DONE);
  jobs_assert_image (jobs_element_of (fixture, job), job, (TelaRect){ -1000, 0, 800, 600 });
}

static void
test_deleted (JobsFixture  *fixture,
              gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;
  g_autofree char *id = NULL;

  fixture->fal->n_running = 1000;
  job = jobs_submit (fixture);
  edit (fixture->peer, tela_job_get_row (job)->element_id, "{\"isDeleted\":true}");
  fixture->fal->n_running = 0;
  wait_until (tela_job_get_state (job) == TELA_JOB_DONE);
  id = g_strconcat ("job-", tela_job_get_id (job), NULL);
  jobs_assert_image (tela_board_lookup (tela_session_get_board (fixture->peer->session), id), job,
                     (TelaRect){ 100 + 400 + 24, 250, 400, 300 });
  g_assert_false (tela_element_is_visible (jobs_element_of (fixture, job)));
}

typedef struct
{
  guint        fault;
  guint        n_faults;
  gboolean     forgets;
  gboolean     fails;
  FalPicture   picture;
  guint        delay_ms;
  TelaJobState state;
  const char  *words; /* of the reason */
} Case;

static const Case cases[] = {
  { 429, 3, FALSE, FALSE, FAL_PNG, 0, TELA_JOB_DONE, NULL },
  { 500, 3, FALSE, FALSE, FAL_PNG, 0, TELA_JOB_DONE, NULL },
  { 500, 1000, FALSE, FALSE, FAL_PNG, 0, TELA_JOB_FAILED, "not now" },
  { 422, 1, FALSE, FALSE, FAL_PNG, 0, TELA_JOB_FAILED, "too rude" },
  { 0, 0, TRUE, FALSE, FAL_PNG, 0, TELA_JOB_UNKNOWN, "Request not found" },
  { 0, 0, FALSE, TRUE, FAL_PNG, 0, TELA_JOB_FAILED, "Out of memory" },
  { 0, 0, FALSE, FALSE, FAL_PAGE, 0, TELA_JOB_FAILED, "no picture" },
  { 0, 0, FALSE, FALSE, FAL_DRAWING, 0, TELA_JOB_FAILED, "no picture" },
  { 0, 0, FALSE, FALSE, FAL_LARGE, 0, TELA_JOB_DONE, NULL },
  { 0, 0, FALSE, FALSE, FAL_HUGE, 0, TELA_JOB_FAILED, "too large" },
  { 0, 0, FALSE, FALSE, FAL_PNG, 120, TELA_JOB_DONE, NULL },
};

static void
test_case (JobsFixture  *fixture,
           gconstpointer data)
{
  const Case *kind = data;
  g_autoptr (TelaJob) job = NULL;

  fixture->fal->fault = kind->fault;
  fixture->fal->n_faults = kind->n_faults;
  fixture->fal->forgets = kind->forgets;
  fixture->fal->n_running = kind->forgets ? 5 : 1;
  fixture->fal->fails = kind->fails;
  fixture->fal->picture = kind->picture;
  fixture->fal->delay_ms = kind->delay_ms;
  job = jobs_submit (fixture);
  wait_until (tela_job_is_over (job));
  g_assert_cmpstr (tela_job_state_get_name (tela_job_get_state (job)), ==, tela_job_state_get_name (kind->state));
  if (kind->state == TELA_JOB_DONE)
    {
      jobs_assert_image (jobs_element_of (fixture, job), job, FITTED);
      return;
    }
  g_assert_nonnull (strstr (tela_job_get_row (job)->error, kind->words));
  g_assert_cmpstr (tela_element_get_string (jobs_element_of (fixture, job), TELA_KEY_TYPE), ==, "rectangle");
  {
    g_autofree char *custom = jobs_custom_of (jobs_element_of (fixture, job));

    g_assert_nonnull (strstr (custom, tela_job_state_get_name (kind->state)));
  }
}

static void
test_cancel (JobsFixture  *fixture,
             gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *custom = NULL;

  fixture->fal->n_running = G_MAXUINT;
  job = jobs_submit (fixture);
  wait_until (tela_job_get_state (job) == TELA_JOB_RUNNING);
  tela_jobs_cancel_async (fixture->jobs, job, NULL, jobs_done_cb, &result);
  wait_until (result != NULL);
  g_assert_true (tela_jobs_cancel_finish (fixture->jobs, result, &error));
  g_assert_no_error (error);
  g_assert_cmpint (tela_job_get_state (job), ==, TELA_JOB_CANCELLED);
  wait_until (fixture->fal->n_cancels == 1);
  custom = jobs_custom_of (jobs_element_of (fixture, job));
  g_assert_nonnull (strstr (custom, "cancelled"));
}

/* Cancelled before, it does not come to life by being done. */
static void
test_cancel_wins (JobsFixture  *fixture,
                  gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;
  g_autofree char *path = NULL;

  fixture->fal->n_running = 1;
  fixture->fal->delay_ms = 60;
  job = jobs_submit (fixture);
  path = g_strdup_printf ("/rest/v1/fal_jobs?id=eq.%s", tela_job_get_id (job));
  peer_rest (fixture->peer, "PATCH", path, "{\"status\":\"cancelled\"}");
  wait_until (tela_job_get_state (job) == TELA_JOB_CANCELLED);
  wait_ms (200);
  g_assert_cmpint (tela_job_get_state (job), ==, TELA_JOB_CANCELLED);
  g_assert_cmpstr (tela_element_get_string (jobs_element_of (fixture, job), TELA_KEY_TYPE), ==, "rectangle");
}

/* In the same placeholder, with the same seed. */
static void
test_retry (JobsFixture  *fixture,
            gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;
  g_autoptr (TelaJob) again = NULL;

  fixture->fal->fails = TRUE;
  job = jobs_submit (fixture);
  wait_until (tela_job_get_state (job) == TELA_JOB_FAILED);
  fixture->fal->fails = FALSE;
  again = jobs_repeat (fixture, job, FALSE);
  g_assert_cmpstr (tela_job_get_row (again)->element_id, ==, tela_job_get_row (job)->element_id);
  g_assert_cmpint (tela_job_get_row (again)->seed, ==, 7);
  wait_until (tela_job_get_state (again) == TELA_JOB_DONE);
  jobs_assert_image (jobs_element_of (fixture, again), again, FITTED);
  g_assert_cmpint (tela_job_get_state (job), ==, TELA_JOB_FAILED);
}

static void
test_new_seed (JobsFixture  *fixture,
               gconstpointer data)
{
  g_autoptr (TelaJob) job = jobs_submit (fixture);
  g_autoptr (TelaJob) again = NULL;

  wait_until (tela_job_get_state (job) == TELA_JOB_DONE);
  again = jobs_repeat (fixture, job, TRUE);
  g_assert_cmpint (tela_job_get_row (again)->seed, !=, 7);
  wait_until (tela_job_get_state (again) == TELA_JOB_DONE);
  jobs_assert_image (jobs_element_of (fixture, job), job, FITTED);
  g_assert_cmpfloat (tela_element_get_box (jobs_element_of (fixture, again)).x, >=, 500);
}

static void
test_several (JobsFixture  *fixture,
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TelaJobQueue *queue = tela_jobs_get_queue (fixture->jobs);

  jobs_try_submit (fixture, "owner/name", 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (queue)), ==, 3);
  wait_until (tela_job_queue_get_n_active (queue) == 0);
  g_assert_cmpuint (tela_board_get_n_visible (tela_session_get_board (fixture->peer->session)), ==, 3);
  g_assert_true (tela_session_can_undo (fixture->peer->session));
}

static void
test_not_set_up (JobsFixture  *fixture,
                 gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  tela_jobs_set_generators (fixture->jobs, NULL, NULL);
  g_assert_false (tela_jobs_is_ready (fixture->jobs));
  g_assert_null (jobs_try_submit (fixture, "owner/name", 1, &error));
  g_assert_error (error, TELA_JOBS_ERROR, TELA_JOBS_ERROR_NOT_SET_UP);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (tela_jobs_get_queue (fixture->jobs))), ==, 0);
  g_assert_cmpuint (tela_board_get_n_visible (tela_session_get_board (fixture->peer->session)), ==, 0);
}

/* The next process goes on asking about the same request. */
static void
test_restart (JobsFixture  *fixture,
              gconstpointer data)
{
  g_autoptr (TelaJob) job = NULL;
  g_autofree char *id = NULL;

  fixture->fal->n_running = G_MAXUINT;
  job = jobs_submit (fixture);
  wait_until (tela_job_get_state (job) == TELA_JOB_RUNNING);
  id = g_strdup (tela_job_get_id (job));
  g_clear_object (&job);
  jobs_stop (fixture);
  peer_restart (fixture->peer);
  peer_connect (fixture->peer, TRUE);
  fixture->fal->n_running = 0;
  jobs_start (fixture);
  peer_open (fixture->peer, fixture->board);
  wait_until (tela_job_queue_find (tela_jobs_get_queue (fixture->jobs), id) != NULL);
  job = g_object_ref (tela_job_queue_find (tela_jobs_get_queue (fixture->jobs), id));
  wait_until (tela_job_get_state (job) == TELA_JOB_DONE);
  wait_until (jobs_element_of (fixture, job) != NULL);
  jobs_assert_image (jobs_element_of (fixture, job), job, FITTED);
  g_assert_cmpuint (fixture->fal->n_submits, ==, 1);
}

/* Another device of the same user sees it all, and leaves the work to the first. */
static void
test_second_device (JobsFixture  *fixture,
                    gconstpointer data)
{
  JobsFixture other = { .server = fixture->server, .fal = fixture->fal };
  g_autoptr (TelaJob) job = NULL;
  TelaJobQueue *queue;
  TelaJob      *seen;

  other.dir = g_dir_make_tmp ("tela-machine-XXXXXX", NULL);
  other.peer = peer_new (&fixture->server, TRUE);
  peer_connect (other.peer, TRUE);
  jobs_start (&other);
  queue = tela_jobs_get_queue (other.jobs);
  fixture->fal->n_running = 5;
  job = jobs_submit (fixture);
  wait_until (tela_job_queue_find (queue, tela_job_get_id (job)) != NULL);
  seen = tela_job_queue_find (queue, tela_job_get_id (job));
  wait_until (tela_job_get_state (seen) == TELA_JOB_DONE && tela_job_get_state (job) == TELA_JOB_DONE);
  g_assert_cmpstr (tela_job_get_row (seen)->asset, ==, tela_job_get_row (job)->asset);
  g_assert_cmpuint (fixture->fal->n_submits, ==, 1);
  peer_rest (other.peer, "DELETE", "/rest/v1/fal_jobs?status=eq.done", NULL);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (queue)) == 0);
  wait_until (g_list_model_get_n_items (G_LIST_MODEL (tela_jobs_get_queue (fixture->jobs))) == 0);
  jobs_stop (&other);
  peer_free (other.peer);
  jobs_remove_flat (other.dir);
  g_free (other.dir);
}

static gboolean
is_running (const TelaElement *element)
{
  g_autofree char *custom = jobs_custom_of (element);

  return strstr (custom, "\"state\":\"running\"") != NULL;
}

/* Whoever has the board open sees the placeholder, how it comes along, and the picture. */
static void
test_other_board (JobsFixture  *fixture,
                  gconstpointer data)
{
  g_autoptr (Peer) other = peer_new (&fixture->server, TRUE);
  g_autoptr (TelaJob) job = NULL;
  g_autofree char *id = NULL;
  TelaBoard       *board;

  peer_connect (other, TRUE);
  peer_open (other, fixture->board);
  wait_until (tela_session_is_live (other->session));
  board = tela_session_get_board (other->session);
  fixture->fal->n_running = 1000;
  job = jobs_submit (fixture);
  id = g_strdup (tela_job_get_row (job)->element_id);
  wait_until (tela_job_element_is_placeholder (tela_board_lookup (board, id), tela_job_get_id (job)));
  wait_until (is_running (tela_board_lookup (board, id)));
  fixture->fal->n_running = 0;
  wait_until (g_strcmp0 (tela_element_get_string (tela_board_lookup (board, id), TELA_KEY_TYPE), "image") == 0);
}

/* One step takes the picture from the board, as it takes the placeholder. */
static void
test_undo (JobsFixture  *fixture,
           gconstpointer data)
{
  g_autoptr (TelaJob) job = jobs_submit (fixture);
  guint skipped = 0;

  wait_until (tela_job_get_state (job) == TELA_JOB_DONE);
  g_assert_true (tela_element_is_visible (jobs_element_of (fixture, job)));
  g_assert_true (tela_session_undo (fixture->peer->session, &skipped));
  wait_until (!tela_element_is_visible (jobs_element_of (fixture, job)));
}

/* Nobody else hears of it. */
static void
test_others (JobsFixture  *fixture,
             gconstpointer data)
{
  JobsFixture other = { .server = fixture->server, .fal = fixture->fal };
  g_autoptr (TelaJob) job = NULL;

  other.dir = g_dir_make_tmp ("tela-machine-XXXXXX", NULL);
  other.peer = peer_new (&fixture->server, FALSE);
  peer_connect (other.peer, FALSE);
  jobs_start (&other);
  job = jobs_submit (fixture);
  wait_until (tela_job_get_state (job) == TELA_JOB_DONE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (tela_jobs_get_queue (other.jobs))), ==, 0);
  jobs_stop (&other);
  peer_free (other.peer);
  jobs_remove_flat (other.dir);
  g_free (other.dir);
}

/* Two processes of one machine: one of them carries it out, and the other after its end. */
static void
test_one_worker (JobsFixture  *fixture,
                 gconstpointer data)
{
  JobsFixture other = *fixture;
  g_autoptr (TelaJob) job = NULL;

  other.peer = peer_new (&fixture->server, TRUE);
  peer_connect (other.peer, TRUE);
  jobs_start (&other);
  job = jobs_submit (fixture);
  wait_until (tela_job_get_state (job) == TELA_JOB_DONE);
  g_assert_cmpuint (fixture->fal->n_submits, ==, 1);
  jobs_stop (&other);
  peer_free (other.peer);
}

static void
test_command (JobsFixture  *fixture,
              gconstpointer data)
{
  g_autoptr (GBytes) png = fal_make_png (320, 240, 0);
  g_autofree char *path = g_build_filename (fixture->dir, "picture.png", NULL);
  g_autofree char *line = g_strdup_printf ("sh -c 'echo 50%% >&2; cat \"$0\"' %s", path);
  g_autoptr (TelaGenerator) command = tela_generator_command_new (line, NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *custom = NULL;
  TelaJob         *job;

  g_file_set_contents (path, g_bytes_get_data (png, NULL), (gssize) g_bytes_get_size (png), NULL);
  tela_jobs_set_generators (fixture->jobs, command, NULL);
  job = jobs_try_submit (fixture, TELA_COMMAND_MODEL, 1, &error);
  g_assert_no_error (error);
  wait_until (tela_job_is_over (job));
  g_assert_cmpstr (tela_job_get_row (job)->error, ==, NULL);
  g_assert_cmpint (tela_job_get_state (job), ==, TELA_JOB_DONE);
  custom = jobs_custom_of (jobs_element_of (fixture, job));
  g_assert_nonnull (strstr (custom, "\"model\":\"command\""));
  g_assert_null (jobs_try_submit (fixture, "owner/name", 1, &error));
  g_assert_error (error, TELA_JOBS_ERROR, TELA_JOBS_ERROR_NOT_SET_UP);
}

/* The key in its file, which nobody else can read. */
static void
test_key (JobsFixture  *fixture,
          gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "service-key", NULL);
  GStatBuf         info;

  tela_jobs_set_generators (fixture->jobs, NULL, NULL);
  tela_jobs_set_key (fixture->jobs, " hush \n");
  g_assert_true (tela_jobs_has_service (fixture->jobs));
  wait_until (tela_jobs_get_key_place (fixture->jobs) == TELA_JOB_KEY_FILE);
  g_assert_cmpint (g_stat (path, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  jobs_stop (fixture);
  fixture->jobs = tela_jobs_new (fixture->peer->workspace, NULL, fixture->dir);
  wait_until (tela_jobs_has_service (fixture->jobs));
  tela_jobs_set_key (fixture->jobs, "");
  g_assert_false (tela_jobs_has_service (fixture->jobs));
  wait_until (!g_file_test (path, G_FILE_TEST_EXISTS));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_unsetenv ("FAL_KEY");
#define ADD(name, func, data) g_test_add ("/jobs/" name, JobsFixture, data, jobs_set_up, func, jobs_tear_down)
  ADD ("done", test_done, NULL);
  ADD ("moved", test_moved, NULL);
  ADD ("deleted", test_deleted, NULL);
  ADD ("case/429", test_case, &cases[0]);
  ADD ("case/500", test_case, &cases[1]);
  ADD ("case/500-for-good", test_case, &cases[2]);
  ADD ("case/422", test_case, &cases[3]);
  ADD ("case/lost", test_case, &cases[4]);
  ADD ("case/fails", test_case, &cases[5]);
  ADD ("case/page", test_case, &cases[6]);
  ADD ("case/drawing", test_case, &cases[7]);
  ADD ("case/50-mb", test_case, &cases[8]);
  ADD ("case/70-mb", test_case, &cases[9]);
  ADD ("case/slow", test_case, &cases[10]);
  ADD ("cancel", test_cancel, NULL);
  ADD ("cancel-wins", test_cancel_wins, NULL);
  ADD ("retry", test_retry, NULL);
  ADD ("new-seed", test_new_seed, NULL);
  ADD ("several", test_several, NULL);
  ADD ("not-set-up", test_not_set_up, NULL);
  ADD ("restart", test_restart, NULL);
  ADD ("second-device", test_second_device, NULL);
  ADD ("other-board", test_other_board, NULL);
  ADD ("undo", test_undo, NULL);
  ADD ("others", test_others, NULL);
  ADD ("one-worker", test_one_worker, NULL);
  ADD ("command", test_command, NULL);
  ADD ("key", test_key, NULL);
  return g_test_run ();
}
