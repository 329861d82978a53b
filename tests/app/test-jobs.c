/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-application-private.h"
#include "tela-generate-dialog.h"
#include "tela-generator-command.h"
#include "tela-jobs-row.h"
#include "tela-jobs-window.h"
#include "tela-preferences-images.h"
#include "tela-window.h"

/* Images that are made, as a person sees it. */

static TelaWindow *
open_board (AppFixture *fixture)
{
  TelaWindow *window = tela_window_new (fixture->app);

  gtk_window_set_default_size (GTK_WINDOW (window), 1000, 700);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.new-board", NULL));
  WAIT_UNTIL (tela_canvas_get_board (tela_window_get_canvas (window)) != NULL);
  WAIT_UNTIL (tela_session_is_live (tela_canvas_get_session (tela_window_get_canvas (window))));
  WAIT_UNTIL (tela_job_monitor_is_loaded (tela_jobs_get_monitor (tela_application_get_jobs (fixture->app))));

  return window;
}

static GtkWindow *
find_window (GType type)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (all, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (window, type))
        return window;
    }

  return NULL;
}

static GtkWidget *
find_child (GtkWidget *widget,
            GType      type)
{
  GtkWidget *found = NULL;

  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_child (child, type);

  return found;
}

/* A program that waits until the file DIR/go is there, then shows a picture of the tests; or fails. */
static void
set_program (AppFixture *fixture,
             const char *script)
{
  g_autofree char *quoted = g_shell_quote (script);
  g_autofree char *picture = g_test_build_filename (G_TEST_DIST, "data", "picture.png", NULL);
  g_autofree char *line = g_strdup_printf ("sh -c %s sh %s %s", quoted, fixture->dir, picture);
  g_autoptr (TelaGenerator) program = tela_generator_command_new (line, NULL);

  tela_jobs_set_pace (tela_application_get_jobs (fixture->app), 20, 20);
  tela_jobs_set_generators (tela_application_get_jobs (fixture->app), program, NULL);
}

#define SLOW "echo 30% >&2; while [ ! -e $1/go ]; do sleep 0.05; done; cat $2"

static void
let_go (AppFixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->dir, "go", NULL);

  g_assert_true (g_file_set_contents (path, "", 0, NULL));
}

/* With the tool, and the dialog that follows. */
static void
order (TelaWindow *window,
       const char *prompt)
{
  TelaCanvas         *canvas = tela_window_get_canvas (window);
  TelaGenerateDialog *dialog;

  g_action_group_activate_action (tela_canvas_get_actions (canvas), "tool", g_variant_new_string ("generate"));
  canvas_drag (canvas, 300, 200, 600, 500, 0);
  dialog = TELA_GENERATE_DIALOG (find_window (TELA_TYPE_GENERATE_DIALOG));
  g_assert_nonnull (dialog);
  g_assert_cmpstr (tela_canvas_get_tool (canvas), ==, "select");
  g_assert_true (GTK_IS_TEXT_VIEW (gtk_window_get_focus (GTK_WINDOW (dialog))));
  tela_generate_dialog_set_prompt (dialog, prompt);
  tela_generate_dialog_confirm (dialog);
}

static TelaJobQueue *
queue_of (AppFixture *fixture)
{
  return tela_jobs_get_queue (tela_application_get_jobs (fixture->app));
}

static TelaJob *
first_job (AppFixture *fixture)
{
  g_autoptr (TelaJob) job = g_list_model_get_item (G_LIST_MODEL (queue_of (fixture)), 0);

  return job; /* the queue has it */
}

static GtkWidget *
find_count (TelaWindow *window)
{
  GtkWidget *page = find_child (GTK_WIDGET (window), TELA_TYPE_BOARD_PAGE);
  GtkWidget *header = find_child (page, ADW_TYPE_HEADER_BAR);

  return gtk_widget_get_parent (find_child (header, ADW_TYPE_BUTTON_CONTENT));
}

static void
test_generate (AppFixture   *fixture,
               gconstpointer data)
{
  TelaWindow        *window = open_board (fixture);
  TelaBoard         *board = tela_canvas_get_board (tela_window_get_canvas (window));
  GtkWidget         *count = find_count (window);
  const TelaElement *element;
  g_autofree char   *id = NULL;

  set_program (fixture, SLOW);
  g_assert_false (gtk_widget_get_visible (count));
  order (window, "  a red fox \n");
  WAIT_UNTIL (tela_board_get_n_visible (board) == 1);
  WAIT_UNTIL (tela_job_queue_get_n_active (queue_of (fixture)) == 1);
  g_assert_true (gtk_widget_get_visible (count));
  g_assert_cmpstr (tela_job_get_row (first_job (fixture))->prompt, ==, "a red fox");
  id = g_strdup (tela_job_get_row (first_job (fixture))->element_id);
  element = tela_board_lookup_shown (board, id);
  g_assert_cmpstr (tela_element_get_string (element, TELA_KEY_TYPE), ==, "rectangle");
  let_go (fixture);
  WAIT_UNTIL (tela_job_is_over (first_job (fixture)));
  g_assert_cmpint (tela_job_get_state (first_job (fixture)), ==, TELA_JOB_DONE);
  g_assert_cmpstr (tela_element_get_string (tela_board_lookup_shown (board, id), TELA_KEY_TYPE), ==, "image");
  WAIT_UNTIL (!gtk_widget_get_visible (count));
}

/* Nothing is ordered where nothing is set up: the dialog says how to. */
static void
test_not_set_up (AppFixture   *fixture,
                 gconstpointer data)
{
  TelaWindow         *window = open_board (fixture);
  TelaCanvas         *canvas = tela_window_get_canvas (window);
  TelaGenerateDialog *dialog;
  TelaJobsWindow     *jobs;

  tela_canvas_set_tool (canvas, "generate");
  canvas_drag (canvas, 300, 200, 600, 500, 0);
  dialog = TELA_GENERATE_DIALOG (find_window (TELA_TYPE_GENERATE_DIALOG));
  tela_generate_dialog_set_prompt (dialog, "a fox");
  tela_generate_dialog_confirm (dialog);
  g_assert_true (find_window (TELA_TYPE_GENERATE_DIALOG) == GTK_WINDOW (dialog));
  gtk_window_destroy (GTK_WINDOW (dialog));
  g_assert_cmpuint (tela_board_get_n_visible (tela_canvas_get_board (canvas)), ==, 0);

  g_action_group_activate_action (G_ACTION_GROUP (fixture->app), "jobs", NULL);
  jobs = TELA_JOBS_WINDOW (find_window (TELA_TYPE_JOBS_WINDOW));
  g_assert_cmpstr (tela_jobs_window_get_page (jobs), ==, "setup");
  set_program (fixture, SLOW);
  g_assert_cmpstr (tela_jobs_window_get_page (jobs), ==, "empty");
}

static TelaJobsRow *
row_at (TelaJobsWindow *window,
        int             index)
{
  return TELA_JOBS_ROW (gtk_list_box_get_row_at_index (tela_jobs_window_get_list (window), index));
}

static void
act (TelaJobsRow *row,
     const char  *action)
{
  g_assert_true (g_action_group_get_action_enabled (tela_jobs_row_get_actions (row), action));
  g_action_group_activate_action (tela_jobs_row_get_actions (row), action, NULL);
}

static gboolean
can (TelaJobsRow *row,
     const char  *action)
{
  return g_action_group_get_action_enabled (tela_jobs_row_get_actions (row), action);
}

/* The list: cancel, retry, once more, filter, remove. */
static void
test_list (AppFixture   *fixture,
           gconstpointer data)
{
  TelaWindow     *window = open_board (fixture);
  TelaJobsWindow *jobs;

  set_program (fixture, SLOW);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->app), "jobs", NULL);
  jobs = TELA_JOBS_WINDOW (find_window (TELA_TYPE_JOBS_WINDOW));
  g_assert_cmpstr (tela_jobs_window_get_page (jobs), ==, "empty");
  order (window, "a <b>fox</b>");
  WAIT_UNTIL (row_at (jobs, 0) != NULL);
  g_assert_cmpstr (tela_jobs_window_get_page (jobs), ==, "list");
  g_assert_false (can (row_at (jobs, 0), "retry"));
  g_assert_false (can (row_at (jobs, 0), "remove"));
  WAIT_UNTIL (tela_job_get_state (first_job (fixture)) == TELA_JOB_RUNNING);
  act (row_at (jobs, 0), "cancel");
  WAIT_UNTIL (tela_job_get_state (first_job (fixture)) == TELA_JOB_CANCELLED);
  let_go (fixture);
  act (row_at (jobs, 0), "retry");
  WAIT_UNTIL (row_at (jobs, 1) != NULL);
  WAIT_UNTIL (tela_job_get_state (first_job (fixture)) == TELA_JOB_DONE);
  g_assert_true (can (row_at (jobs, 0), "again"));
  g_assert_false (can (row_at (jobs, 0), "retry"));

  tela_jobs_window_set_filter (jobs, TELA_JOBS_OTHERS);
  g_assert_null (row_at (jobs, 1));
  tela_jobs_window_set_filter (jobs, TELA_JOBS_ACTIVE);
  g_assert_cmpstr (tela_jobs_window_get_page (jobs), ==, "none");
  tela_jobs_window_set_filter (jobs, TELA_JOBS_ALL);
  act (row_at (jobs, 0), "again");
  WAIT_UNTIL (row_at (jobs, 2) != NULL);
  WAIT_UNTIL (tela_job_queue_get_n_active (queue_of (fixture)) == 0);
  gtk_widget_activate_action (GTK_WIDGET (jobs), "jobs.clear", NULL);
  WAIT_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (queue_of (fixture))) == 0);
  g_assert_cmpstr (tela_jobs_window_get_page (jobs), ==, "empty");
}

/* What was made goes on being there after the program ended. */
static void
test_restart (AppFixture   *fixture,
              gconstpointer data)
{
  let_go (fixture);
  {
    TelaWindow *window = open_board (fixture);

    set_program (fixture, SLOW);
    order (window, "a fox");
    WAIT_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (queue_of (fixture))) == 1);
    WAIT_UNTIL (tela_job_get_state (first_job (fixture)) == TELA_JOB_DONE);
  }
  app_fixture_restart (fixture);
  WAIT_UNTIL (g_list_model_get_n_items (G_LIST_MODEL (queue_of (fixture))) == 1);
  g_assert_cmpint (tela_job_get_state (first_job (fixture)), ==, TELA_JOB_DONE);
}

/* What is entered there holds when it is confirmed; the key is not shown again. */
static void
test_preferences (AppFixture   *fixture,
                  gconstpointer data)
{
  GSettings *settings = tela_application_get_settings (fixture->app);
  TelaJobs  *jobs = tela_application_get_jobs (fixture->app);
  GtkWidget *page = g_object_ref_sink (adw_preferences_page_new ());
  GtkWidget *key;

  tela_preferences_add_images (ADW_PREFERENCES_PAGE (page), settings, jobs);
  key = find_child (page, ADW_TYPE_PASSWORD_ENTRY_ROW);
  gtk_editable_set_text (GTK_EDITABLE (key), "hush");
  g_signal_emit_by_name (key, "apply");
  g_assert_true (tela_jobs_has_service (jobs));
  g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (key)), ==, "");
  WAIT_UNTIL (tela_jobs_get_key_place (jobs) != TELA_JOB_KEY_NONE);
  tela_jobs_set_key (jobs, NULL);
  WAIT_UNTIL (tela_jobs_get_key_place (jobs) == TELA_JOB_KEY_NONE);
  g_settings_set_string (settings, "generator-command", "sh 'open");
  g_assert_nonnull (tela_jobs_get_problem (jobs));
  g_settings_set_string (settings, "generator-command", "cat");
  g_assert_null (tela_jobs_get_problem (jobs));
  g_assert_true (tela_jobs_has_command (jobs));
  g_settings_reset (settings, "generator-command");
  g_assert_false (tela_jobs_is_ready (jobs));
  g_object_unref (page);
}

static void
add (const char *path,
     void (*test) (AppFixture *fixture, gconstpointer data))
{
  g_test_add (path, AppFixture, NULL, app_fixture_set_up, test, app_fixture_tear_down);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *schemas = g_build_filename (g_getenv ("TELA_BUILD_DIR"), "data", NULL);

  g_unsetenv ("FAL_KEY");
  g_setenv ("GSETTINGS_SCHEMA_DIR", schemas, TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE); /* neither notifications nor a keyring */
  g_test_init (&argc, &argv, NULL);
  adw_init ();
  add ("/image-jobs/generate", test_generate);
  add ("/image-jobs/not-set-up", test_not_set_up);
  add ("/image-jobs/list", test_list);
  add ("/image-jobs/restart", test_restart);
  add ("/image-jobs/preferences", test_preferences);
  return g_test_run ();
}
