/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include <glib/gstdio.h>

#include "tela-application-private.h"
#include "tela-window-private.h"

static TelaWindow *
open_window (AppFixture *fixture)
{
  TelaWindow *window = tela_window_new (fixture->app);

  gtk_window_present (GTK_WINDOW (window));

  return window;
}

static TelaBoard *
open_board (TelaWindow *window)
{
  WAIT_UNTIL (tela_canvas_get_board (tela_window_get_canvas (window)) != NULL);

  return tela_canvas_get_board (tela_window_get_canvas (window));
}

static void
test_new_board (AppFixture   *fixture,
                gconstpointer data)
{
  TelaWindow *window = open_window (fixture);

  g_assert_null (tela_window_get_board_id (window));
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "Boards");
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.new-board", NULL));
  open_board (window);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "Untitled Board");
  g_assert_cmpuint (g_list_model_get_n_items (tela_application_get_boards (fixture->app)), ==, 1);

  tela_workspace_rename (tela_application_get_workspace (fixture->app), tela_window_get_board_id (window), "Plan");
  WAIT_UNTIL (strcmp (gtk_window_get_title (GTK_WINDOW (window)), "Plan") == 0);

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.boards", NULL));
  g_assert_null (tela_window_get_board_id (window));
  g_assert_null (tela_canvas_get_board (tela_window_get_canvas (window)));
}

static void
test_two_windows (AppFixture   *fixture,
                  gconstpointer data)
{
  g_autofree char *id = tela_workspace_create (tela_application_get_workspace (fixture->app), "Shared");
  TelaWindow      *first = open_window (fixture);
  TelaWindow      *second;

  tela_window_open_board (first, id);
  open_board (first);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (first), "win.new-window", NULL));
  g_assert_cmpuint (g_list_length (gtk_application_get_windows (GTK_APPLICATION (fixture->app))), ==, 2);
  second = gtk_application_get_windows (GTK_APPLICATION (fixture->app))->data;
  if (second == first)
    second = gtk_application_get_windows (GTK_APPLICATION (fixture->app))->next->data;
  g_assert_true (open_board (second) == open_board (first));
}

static void
test_closed_while_opening (AppFixture   *fixture,
                           gconstpointer data)
{
  g_autofree char *id = tela_workspace_create (tela_application_get_workspace (fixture->app), "Slow");
  TelaWindow      *keeper = open_window (fixture);
  TelaWindow      *window = open_window (fixture);

  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  tela_window_open_board (window, id);
  gtk_window_destroy (GTK_WINDOW (window));
  WAIT_UNTIL (window == NULL);
  g_assert_true (GTK_IS_WINDOW (keeper));
}

static void
test_leaves_nothing (AppFixture   *fixture,
                     gconstpointer data)
{
  TelaWindow *keeper = open_window (fixture);
  TelaWindow *window = open_window (fixture);
  TelaCanvas *canvas = tela_window_get_canvas (window);

  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  g_object_add_weak_pointer (G_OBJECT (canvas), (gpointer *) &canvas);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.new-board", NULL));
  open_board (window);
  g_free (canvas_draw (canvas, "rectangle", 100, 100, 200, 200));
  gtk_window_close (GTK_WINDOW (window));
  WAIT_UNTIL (window == NULL && canvas == NULL);
  g_assert_true (GTK_IS_WINDOW (keeper));
}

static void
test_delete_and_undo (AppFixture   *fixture,
                      gconstpointer data)
{
  g_autofree char *id = tela_workspace_create (tela_application_get_workspace (fixture->app), "Doomed");
  GListModel      *boards = tela_application_get_boards (fixture->app);
  TelaWorkspace   *workspace = tela_application_get_workspace (fixture->app);
  GListModel      *trash = tela_workspace_get_trash (workspace);
  TelaWindow      *window = open_window (fixture);

  g_assert_cmpuint (g_list_model_get_n_items (boards), ==, 1);
  tela_window_delete_board (window, id);
  g_assert_cmpuint (g_list_model_get_n_items (boards), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (trash), ==, 1);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.trash", NULL));

  tela_workspace_restore (workspace, id);
  g_assert_cmpuint (g_list_model_get_n_items (boards), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (trash), ==, 0);
}

static void
test_import (AppFixture   *fixture,
             gconstpointer data)
{
  static const char text[] =
      "{\"type\":\"excalidraw\",\"version\":2,\"elements\":[{\"id\":\"a\",\"type\":\"rectangle\","
      "\"x\":1,\"y\":2,\"width\":30,\"height\":40,\"angle\":0}]}";
  g_autofree char *path = g_build_filename (fixture->dir, "House Plan.excalidraw", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  TelaWindow *window = open_window (fixture);
  TelaBoard  *board;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
  tela_window_open_file (window, file);
  board = open_board (window);
  g_assert_cmpuint (tela_board_get_n_visible (board), ==, 1);
  WAIT_UNTIL (strcmp (gtk_window_get_title (GTK_WINDOW (window)), "House Plan") == 0);
}

static void
test_import_bad_file (AppFixture   *fixture,
                      gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->dir, "bad.excalidraw", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  TelaWindow *window = open_window (fixture);
  guint       n = 0;

  g_assert_true (g_file_set_contents (path, "{\"elements\":[", -1, NULL));
  tela_window_open_file (window, file);
  /* The window lives as long as the task holds it: once only GTK does, the file was read. */
  WAIT_UNTIL (++n > 50);
  g_assert_null (tela_window_get_board_id (window));
  g_assert_cmpuint (g_list_model_get_n_items (tela_application_get_boards (fixture->app)), ==, 0);
}

static gboolean
is_named (GtkWidget *widget)
{
  const char *label = GTK_IS_BUTTON (widget) ? gtk_button_get_label (GTK_BUTTON (widget)) : NULL;

  /* The inner button of a menu button is named by it; those of the window, its header bar and the search bar are the
   * toolkit's. */
  return gtk_widget_get_tooltip_text (widget) != NULL || label != NULL || !gtk_widget_get_focusable (widget) ||
         GTK_IS_MENU_BUTTON (gtk_widget_get_parent (widget)) ||
         gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_CONTROLS) != NULL ||
         gtk_widget_get_ancestor (widget, GTK_TYPE_SEARCH_BAR) != NULL ||
         strcmp (G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)), "AdwBackButton") == 0;
}

static void
assert_named (GtkWidget *widget)
{
  if ((GTK_IS_BUTTON (widget) || GTK_IS_MENU_BUTTON (widget)) && !is_named (widget))
    g_error ("a %s in a %s has no name", G_OBJECT_TYPE_NAME (widget),
             G_OBJECT_TYPE_NAME (gtk_widget_get_parent (widget)));

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    assert_named (child);
}

static void
test_names (AppFixture   *fixture,
            gconstpointer data)
{
  TelaWindow *window = open_window (fixture);

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.new-board", NULL));
  open_board (window);
  assert_named (GTK_WIDGET (window));
}

static int
canvas_width (TelaWindow *window)
{
  return gtk_widget_get_width (GTK_WIDGET (tela_window_get_canvas (window)));
}

/* The toolkit wraps nothing: at the smallest size that is promised, all controls are there. */
static void
test_narrow (AppFixture   *fixture,
             gconstpointer data)
{
  TelaWindow *window = tela_window_new (fixture->app);
  int         minimum;

  gtk_window_set_default_size (GTK_WINDOW (window), TELA_NARROW_WIDTH - 10, 600);
  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.new-board", NULL));
  open_board (window);
  WAIT_UNTIL (canvas_width (window) > 0 && canvas_width (window) < TELA_NARROW_WIDTH);
  WAIT_UNTIL ((gtk_widget_measure (adw_application_window_get_content (ADW_APPLICATION_WINDOW (window)),
                                   GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL),
               minimum <= 360));
}

static void
test_parse_target (void)
{
  static const struct
  {
    const char *target;
    const char *id;
  } table[] = {
    { "0190a4a0-7c1e-7f00-8000-000000000001", "0190a4a0-7c1e-7f00-8000-000000000001" },
    { "0190A4A0-7C1E-7F00-8000-000000000001", "0190a4a0-7c1e-7f00-8000-000000000001" },
    { "tela://0190a4a0-7c1e-7f00-8000-000000000001", "0190a4a0-7c1e-7f00-8000-000000000001" },
    { "tela://board/0190a4a0-7c1e-7f00-8000-000000000001/?x=1", "0190a4a0-7c1e-7f00-8000-000000000001" },
    { "tela://", NULL },
    { "drawing.excalidraw", NULL },
    { "", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *id = tela_application_parse_target (table[i].target);

      g_assert_cmpstr (id, ==, table[i].id);
    }
}

static void
test_flags (void)
{
  static const char *const plain[] = { "--new-window", "x.excalidraw", NULL };
  static const char *const own[] = { "--data=/tmp/x", NULL };

  g_assert_false (tela_application_flags_of (plain) & G_APPLICATION_NON_UNIQUE);
  g_assert_true (tela_application_flags_of (own) & G_APPLICATION_NON_UNIQUE);
}

/* A directory that cannot be written is said in a window, not in a crash. */
static void
test_failure (void)
{
  static const char *const arguments[] = { "--new-instance", NULL };
  TelaApplication         *app = tela_application_new (arguments);
  g_autoptr (GError) error = NULL;

  g_assert_true (g_application_register (G_APPLICATION (app), NULL, NULL));
  g_assert_false (tela_application_start (app, "/dev/null/nowhere", NULL, NULL, &error));
  g_assert_nonnull (error);
  tela_application_show_failure (app, error);
  g_assert_cmpuint (g_list_length (gtk_application_get_windows (GTK_APPLICATION (app))), ==, 1);
  tela_application_quit (app);
  g_assert_null (gtk_application_get_windows (GTK_APPLICATION (app)));
  app_finalize (app);
}

static void
add (const char *path,
     void (*func) (AppFixture *fixture, gconstpointer data))
{
  g_test_add (path, AppFixture, NULL, app_fixture_set_up, func, app_fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *data_home = g_dir_make_tmp ("tela-recent-XXXXXX", NULL);
  int              status;

  g_setenv ("XDG_DATA_HOME", data_home, TRUE); /* the list of recent files is there */
  /* The program also runs without a session bus. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  gtk_test_init (&argc, &argv, NULL);

  g_test_add_func ("/application/parse-target", test_parse_target);
  g_test_add_func ("/application/flags", test_flags);
  add ("/window/new-board", test_new_board);
  add ("/window/two-on-one-board", test_two_windows);
  add ("/window/closed-while-opening", test_closed_while_opening);
  add ("/window/leaves-nothing", test_leaves_nothing);
  add ("/window/delete-and-undo", test_delete_and_undo);
  add ("/window/names", test_names);
  add ("/window/narrow", test_narrow);
  add ("/window/import", test_import);
  add ("/window/import/bad-file", test_import_bad_file);
  g_test_add_func ("/application/failure", test_failure);

  status = g_test_run ();
  app_remove_tree (data_home);

  return status;
}
