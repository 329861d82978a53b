/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-window-private.h"

#define BOX \
  "{\"id\":\"a\",\"type\":\"rectangle\",\"x\":1,\"y\":2,\"width\":60,\"height\":40,\"angle\":0,\"groupIds\":[\"g\"]}"
#define ROUND "{\"id\":\"b\",\"type\":\"ellipse\",\"x\":1,\"y\":2,\"width\":60,\"height\":40,\"angle\":0}"
#define LIBRARY                                                                                                    \
  "{\"type\":\"excalidrawlib\",\"version\":2,\"libraryItems\":[{\"id\":\"one\",\"status\":\"published\",\"name\":" \
  "\"Chair\",\"elements\":[" BOX "]}]}"

#define TWO_ITEMS                                                                                                  \
  "{\"type\":\"excalidrawlib\",\"version\":2,\"libraryItems\":[{\"id\":\"one\",\"status\":\"published\",\"name\":" \
  "\"Chair\",\"elements\":[" BOX "]},{\"id\":\"two\",\"stars\":5,\"name\":\"Table\",\"elements\":[" ROUND "]}]}"

typedef struct
{
  AppFixture        base;
  TelaWindow       *window;
  TelaLibraryPanel *panel;
  TelaShelf        *shelf;
  TelaCanvas       *canvas;
  guint             n_problems;
} Fixture;

static void
problem_cb (Fixture *self)
{
  self->n_problems++;
}

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  app_fixture_set_up (&self->base, data);
  self->window = tela_window_new (self->base.app);
  self->canvas = tela_window_get_canvas (self->window);
  self->panel = tela_board_page_get_library (self->window->board_page);
  self->shelf = tela_application_get_shelf (self->base.app);
  g_signal_connect_swapped (self->panel, "problem", G_CALLBACK (problem_cb), self);
  gtk_window_present (GTK_WINDOW (self->window));
  tela_window_new_board (self->window);
  WAIT_UNTIL (tela_canvas_get_board (self->canvas) != NULL);
  g_assert_true (
      gtk_widget_activate_action (GTK_WIDGET (self->window), "board.show-library", NULL)); /* as its key does */
  WAIT_UNTIL (gtk_widget_get_mapped (GTK_WIDGET (self->panel)));
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (self->panel, self);
  app_fixture_tear_down (&self->base, data);
}

static guint
count (Fixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->shelf));
}

static void
import (Fixture    *self,
        const char *text)
{
  g_autofree char *path = g_build_filename (self->base.dir, "furniture.excalidrawlib", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  tela_library_panel_import (self->panel, file);
}

static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  GtkWidget *found = g_type_is_a (G_OBJECT_TYPE (widget), type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); found == NULL && child != NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type);

  return found;
}

static void
test_import (Fixture      *self,
             gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->base.dir, "library.excalidrawlib", NULL);
  g_autoptr (TelaShelfItem) item = NULL;

  import (self, LIBRARY);
  WAIT_UNTIL (count (self) == 1);
  item = g_list_model_get_item (G_LIST_MODEL (self->shelf), 0);
  g_assert_cmpstr (tela_shelf_item_get_name (item), ==, "Chair");
  g_assert_nonnull (tela_shelf_item_get_picture (item));
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (self->n_problems, ==, 0);
}

/* Each click is one more copy, in a group of its own. */
static void
test_insert (Fixture      *self,
             gconstpointer data)
{
  GtkWidget *grid = find (GTK_WIDGET (self->panel), GTK_TYPE_GRID_VIEW);
  TelaBoard *board = tela_canvas_get_board (self->canvas);
  g_autoptr (GPtrArray) all = NULL;
  TelaValue first, second;

  import (self, LIBRARY);
  WAIT_UNTIL (count (self) == 1);
  g_signal_emit_by_name (grid, "activate", 0);
  g_signal_emit_by_name (grid, "activate", 0);
  WAIT_UNTIL (tela_board_get_n_visible (board) == 2);
  all = tela_board_query (board, NULL);
  g_assert_true (tela_element_get (all->pdata[0], TELA_KEY_GROUP_IDS, &first, NULL));
  g_assert_true (tela_element_get (all->pdata[1], TELA_KEY_GROUP_IDS, &second, NULL));
  g_assert_false (tela_value_equal (first, second));
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  tela_shelf_finish (TELA_SHELF (source), result, &error);
  g_assert_no_error (error);
  *(gboolean *) user_data = TRUE;
}

/* A selection goes into the library and is there the next time. */
static void
test_add (Fixture      *self,
          gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->base.dir, "library.excalidrawlib", NULL);
  g_autoptr (TelaShelf) again = tela_shelf_new (path);
  gboolean is_done = FALSE;

  gtk_widget_activate_action (GTK_WIDGET (self->panel), "library.add", NULL);
  g_assert_cmpuint (count (self), ==, 0);
  g_free (canvas_draw (self->canvas, "rectangle", 300, 200, 400, 300));
  gtk_widget_activate_action (GTK_WIDGET (self->panel), "library.add", NULL);
  WAIT_UNTIL (count (self) == 1);

  tela_shelf_load_async (again, NULL, done_cb, &is_done);
  WAIT_UNTIL (is_done);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (again)), ==, 1);
}

static void
test_bad_file (Fixture      *self,
               gconstpointer data)
{
  import (self, LIBRARY);
  WAIT_UNTIL (count (self) == 1);
  import (self, "{\"type\":\"excalidrawlib\"");
  WAIT_UNTIL (self->n_problems == 1);
  g_assert_cmpuint (count (self), ==, 1);
}

/* What was removed is gone from the file, and comes back to its place. */
static void
test_remove (Fixture      *self,
             gconstpointer data)
{
  g_autoptr (TelaShelfItem) first = NULL;
  g_autoptr (TelaShelfItem) again = NULL;

  if (gdk_display_get_default_seat (gdk_display_get_default ()) == NULL)
    {
      g_test_skip ("nobody has a pointer here, whom a menu is for");
      return;
    }

  import (self, TWO_ITEMS);
  WAIT_UNTIL (count (self) == 2);
  first = g_list_model_get_item (G_LIST_MODEL (self->shelf), 0);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->panel), "library.menu", "u", 0));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->panel), "library.remove", NULL));
  WAIT_UNTIL (count (self) == 1);
  /* As it does when an item is chosen: GTK asks a menu that went with its window where the pointer is over it. */
  gtk_popover_popdown (GTK_POPOVER (find (GTK_WIDGET (self->panel), GTK_TYPE_POPOVER_MENU)));
  tela_library_panel_restore (self->panel, first, 0);
  WAIT_UNTIL (count (self) == 2);
  again = g_list_model_get_item (G_LIST_MODEL (self->shelf), 0);
  g_assert_cmpstr (tela_shelf_item_get_source (again), ==, tela_shelf_item_get_source (first));
  g_assert_cmpuint (self->n_problems, ==, 0);
}

/* What is there already is not there twice, and what a file says of its items is kept. */
static void
test_import_twice (Fixture      *self,
                   gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->base.dir, "out.excalidrawlib", NULL);
  g_autofree char *text = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (path);

  import (self, LIBRARY);
  WAIT_UNTIL (count (self) == 1);
  import (self, TWO_ITEMS);
  WAIT_UNTIL (count (self) == 2);
  tela_library_panel_export (self->panel, file);
  WAIT_UNTIL (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_nonnull (strstr (text, "\"published\""));
  g_assert_nonnull (strstr (text, "\"stars\""));
  g_assert_nonnull (strstr (text, "Table"));
}

static void
drop (Fixture    *self,
      const char *text)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (self->canvas));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);
      g_auto (GValue) value = G_VALUE_INIT;
      gboolean is_taken = FALSE;

      if (!GTK_IS_DROP_TARGET (controller))
        continue;
      g_value_init (&value, G_TYPE_STRING);
      g_value_set_string (&value, text);
      g_signal_emit_by_name (controller, "drop", &value, 300.0, 200.0, &is_taken);
      g_assert_true (is_taken);
    }
}

/* A drawing dragged out of the panel lands where it is let go. */
static void
test_drag (Fixture      *self,
           gconstpointer data)
{
  TelaBoard *board = tela_canvas_get_board (self->canvas);
  g_autoptr (TelaShelfItem) item = NULL;
  g_autoptr (GPtrArray) all = NULL;
  TelaRect bounds;
  double   x, y;

  import (self, LIBRARY);
  WAIT_UNTIL (count (self) == 1);
  item = g_list_model_get_item (G_LIST_MODEL (self->shelf), 0);
  drop (self, tela_shelf_item_get_text (item));
  WAIT_UNTIL (tela_board_get_n_visible (board) == 1);
  all = tela_board_query (board, NULL);
  bounds = tela_element_get_box (all->pdata[0]);
  tela_viewport_to_board (tela_canvas_get_viewport (self->canvas), 300, 200, &x, &y);
  g_assert_cmpfloat_with_epsilon (bounds.x + bounds.width / 2, x, 1);
  g_assert_cmpfloat_with_epsilon (bounds.y + bounds.height / 2, y, 1);
}

static void
add (const char *path,
     void (*func) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

/* Where the pointer was over a menu GTK 4.8 asks half a second later where it is now, to show a tip: also when the menu went
 * with its window meanwhile. That does no harm. */
static gboolean
is_fatal (const char    *domain,
          GLogLevelFlags level,
          const char    *message,
          gpointer       user_data)
{
  return strstr (message, "gdk_surface_get_device_position") == NULL;
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  g_test_log_set_fatal_handler (is_fatal, NULL);

  add ("/library/import", test_import);
  add ("/library/insert", test_insert);
  add ("/library/add", test_add);
  add ("/library/bad-file", test_bad_file);
  add ("/library/remove", test_remove);
  add ("/library/import-twice", test_import_twice);
  add ("/library/drag", test_drag);

  return g_test_run ();
}
