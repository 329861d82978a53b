/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "jobs-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "tela-generator-fal.h"

#define POLL_MS 10
#define RETRY_MS 5

static void
use_fal (JobsFixture *fixture)
{
  g_autoptr (TelaGenerator) service = tela_generator_fal_new (fixture->fal->url, "secret");

  tela_jobs_set_pace (fixture->jobs, POLL_MS, RETRY_MS);
  tela_jobs_set_generators (fixture->jobs, NULL, service);
}

void
jobs_start (JobsFixture *fixture)
{
  fixture->jobs = tela_jobs_new (fixture->peer->workspace, NULL, fixture->dir);
  use_fal (fixture);
  wait_until (tela_job_monitor_is_loaded (tela_jobs_get_monitor (fixture->jobs)));
}

void
jobs_stop (JobsFixture *fixture)
{
  tela_jobs_close (fixture->jobs);
  g_clear_object (&fixture->jobs);
}

void
jobs_set_up (JobsFixture  *fixture,
             gconstpointer data)
{
  server_set_up (&fixture->server, NULL);
  fixture->dir = g_dir_make_tmp ("tela-machine-XXXXXX", NULL);
  fixture->fal = fal_new ();
  fixture->peer = peer_new (&fixture->server, TRUE);
  peer_connect (fixture->peer, TRUE);
  fixture->board = make_board (fixture->peer);
  jobs_start (fixture);
}

void
jobs_remove_flat (const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      g_unlink (child);
    }
  g_assert_cmpint (g_rmdir (path), ==, 0);
}

void
jobs_tear_down (JobsFixture  *fixture,
                gconstpointer data)
{
  if (fixture->jobs != NULL)
    jobs_stop (fixture);
  g_clear_pointer (&fixture->peer, peer_free);
  g_clear_pointer (&fixture->fal, fal_free);
  server_tear_down (&fixture->server, NULL);
  jobs_remove_flat (fixture->dir);
  g_free (fixture->dir);
  g_free (fixture->board);
}

void
jobs_done_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

TelaJob *
jobs_try_submit (JobsFixture *fixture,
                 const char  *model,
                 guint        count,
                 GError     **error)
{
  const TelaJobOrder order = { .model = model,
                               .prompt = "a red fox",
                               .box = { 100, 200, 400, 400 },
                               .count = count,
                               .has_seed = TRUE,
                               .seed = 7 };
  g_autoptr (GAsyncResult) result = NULL;

  tela_jobs_submit_async (fixture->jobs, fixture->peer->session, &order, NULL, jobs_done_cb, &result);
  wait_until (result != NULL);
  return tela_jobs_submit_finish (fixture->jobs, result, error);
}

TelaJob *
jobs_submit (JobsFixture *fixture)
{
  g_autoptr (GError) error = NULL;
  TelaJob *job = jobs_try_submit (fixture, "owner/name", 1, &error);

  g_assert_no_error (error);
  return g_object_ref (job);
}

const TelaElement *
jobs_element_of (JobsFixture *fixture,
                 TelaJob     *job)
{
  return tela_board_lookup (tela_session_get_board (fixture->peer->session), tela_job_get_row (job)->element_id);
}

char *
jobs_custom_of (const TelaElement *element)
{
  TelaValue value;

  g_assert_true (tela_element_get (element, TELA_KEY_CUSTOM_DATA, &value, NULL));
  return g_strdup (value.as.string);
}

void
jobs_assert_image (const TelaElement *element,
                   TelaJob           *job,
                   TelaRect           box)
{
  const TelaJobRow *row = tela_job_get_row (job);
  g_autofree char  *custom = jobs_custom_of (element);
  g_autofree char  *expected =
      g_strdup_printf ("{\"tela\":{\"jobId\":\"%s\",\"model\":\"owner/name\",\"prompt\":\"a red fox\",\"seed\":%" G_GINT64_FORMAT
                       "}}",
                       row->id, row->seed);
  TelaRect is = tela_element_get_box (element);

  g_assert_true (tela_element_is_visible (element));
  g_assert_cmpstr (tela_element_get_string (element, TELA_KEY_TYPE), ==, "image");
  g_assert_cmpstr (tela_element_get_string (element, TELA_KEY_FILE_ID), ==, row->asset);
  g_assert_cmpstr (custom, ==, expected);
  g_assert_cmpfloat_with_epsilon (is.x, box.x, 1e-6);
  g_assert_cmpfloat_with_epsilon (is.y, box.y, 1e-6);
  g_assert_cmpfloat_with_epsilon (is.width, box.width, 1e-6);
  g_assert_cmpfloat_with_epsilon (is.height, box.height, 1e-6);
}

TelaJob *
jobs_repeat (JobsFixture *fixture,
             TelaJob     *job,
             gboolean     new_seed)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TelaJob *again;

  tela_jobs_repeat_async (fixture->jobs, job, new_seed, NULL, jobs_done_cb, &result);
  wait_until (result != NULL);
  again = tela_jobs_submit_finish (fixture->jobs, result, &error);
  g_assert_no_error (error);
  return g_object_ref (again);
}
