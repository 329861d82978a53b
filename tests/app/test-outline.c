/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-shape-list.h"
#include "tela-window-private.h"

static void
put (TelaBoard  *board,
     const char *json)
{
  TelaJsonReader reader;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaElement) element = NULL;

  tela_json_reader_init (&reader, json, strlen (json));
  element = tela_element_read_plain (&reader, NULL, (TelaStamp){ .time = 1 }, NULL, &error);
  g_assert_no_error (error);
  tela_board_merge (board, &element, 1);
}

#define BOX(id, x, y) "{\"id\":\"" id "\",\"type\":\"rectangle\",\"x\":" #x ",\"y\":" #y ",\"width\":60,\"height\":40}"
#define ARROW(id, y, ends) \
  "{\"id\":\"" id "\",\"type\":\"arrow\",\"x\":0,\"y\":" #y ",\"width\":9,\"height\":0,\"points\":[[0,0],[9,0]]" ends "}"

static char *
describe (TelaBoard  *board,
          const char *id)
{
  return tela_shape_describe (board, tela_board_lookup_shown (board, id));
}

static void
assert_words (TelaBoard  *board,
              const char *id,
              const char *words)
{
  g_autofree char *said = describe (board, id);

  g_assert_cmpstr (said, ==, words);
}

static void
test_words (void)
{
  g_autoptr (TelaBoard) board = tela_board_new ("p");
  g_autofree char *said = NULL;

  put (board, BOX ("a", 0, 0));
  put (board, BOX ("b", 200, 0));
  put (board, "{\"id\":\"c\",\"type\":\"text\",\"containerId\":\"a\",\"text\":\"Milk\\nand bread\",\"x\":5,\"y\":5,"
              "\"width\":40,\"height\":30}");
  put (board, ARROW ("d", 300, ",\"startBinding\":{\"elementId\":\"a\"},\"endBinding\":{\"elementId\":\"b\"}"));
  put (board, ARROW ("e", 400, ",\"endBinding\":{\"elementId\":\"a\"}"));
  put (board, ARROW ("f", 500, ",\"startBinding\":{\"elementId\":\"b\"}"));
  put (board, "{\"id\":\"g\",\"type\":\"frame\",\"name\":\"Week\",\"x\":0,\"y\":600,\"width\":60,\"height\":40}");
  put (board, "{\"id\":\"h\",\"type\":\"hologram\",\"x\":0,\"y\":700,\"width\":60,\"height\":40}");
  put (board, "{\"id\":\"i\",\"type\":\"text\",\"text\":\"   \\n \",\"x\":0,\"y\":800,\"width\":40,\"height\":30}");
  put (board, "{\"id\":\"j\",\"type\":\"text\",\"text\":\"0123456789012345678901234567890123456789"
              "01234567890123456789012345678901234567890123456789\",\"x\":0,\"y\":900,\"width\":40,\"height\":30}");

  assert_words (board, "a", "Rectangle: Milk and bread");
  assert_words (board, "b", "Rectangle");
  assert_words (board, "d", "Arrow from Milk and bread to Rectangle");
  assert_words (board, "e", "Arrow to Milk and bread");
  assert_words (board, "f", "Arrow from Rectangle");
  assert_words (board, "g", "Frame: Week");
  assert_words (board, "h", "Shape");
  assert_words (board, "i", "Text");
  said = describe (board, "j");
  g_assert_true (g_str_has_suffix (said, "56789…"));
}

/* The ids in the list, one after another. (transfer full) */
static char *
order (GListStore *list)
{
  GString *ids = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (list)); i++)
    {
      g_autoptr (TelaShapeItem) item = g_list_model_get_item (G_LIST_MODEL (list), i);

      g_string_append (ids, tela_shape_item_get_id (item));
    }

  return g_string_free (ids, FALSE);
}

static void
assert_order (GListStore *list,
              const char *ids)
{
  g_autofree char *now = order (list);

  g_assert_cmpstr (now, ==, ids);
}

static void
items_changed_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  guint       change[3])
{
  change[0] = position;
  change[1] = removed;
  change[2] = added;
}

static void
test_order (void)
{
  g_autoptr (TelaBoard) board = tela_board_new ("p");
  g_autoptr (GListStore) list = g_list_store_new (TELA_TYPE_SHAPE_ITEM);
  guint change[3] = { 0 };

  tela_shape_list_update (list, board);
  assert_order (list, "");
  /* Two rows, drawn by a hand that is not exact. */
  put (board, BOX ("d", 100, 207));
  put (board, BOX ("b", 200, 0));
  put (board, BOX ("c", 0, 200));
  put (board, BOX ("a", 0, 11));
  tela_shape_list_update (list, board);
  assert_order (list, "abcd");

  /* The frame spans both rows; what is in it follows it. */
  put (board, "{\"id\":\"f\",\"type\":\"frame\",\"x\":90,\"y\":-5,\"width\":180,\"height\":280}");
  put (board, "{\"id\":\"e\",\"type\":\"ellipse\",\"frameId\":\"f\",\"x\":100,\"y\":250,\"width\":9,\"height\":9}");
  tela_shape_list_update (list, board);
  assert_order (list, "feabcd");
  put (board, "{\"id\":\"g\",\"type\":\"text\",\"text\":\"x\",\"frameId\":\"gone\",\"x\":0,\"y\":500,\"width\":9,\"height\":9}");
  tela_shape_list_update (list, board);
  assert_order (list, "feabcdg");

  /* What stays is not touched. */
  g_signal_connect (list, "items-changed", G_CALLBACK (items_changed_cb), change);
  put (board, BOX ("x", 100, 5));
  tela_shape_list_update (list, board);
  assert_order (list, "feaxbcdg");
  g_assert_cmpuint (change[0], ==, 3);
  g_assert_cmpuint (change[1], ==, 0);
  g_assert_cmpuint (change[2], ==, 1);

  change[2] = 9;
  tela_shape_list_update (list, board);
  g_assert_cmpuint (change[2], ==, 9);
  tela_shape_list_update (list, NULL);
  assert_order (list, "");
}

typedef struct
{
  AppFixture        base;
  TelaWindow       *window;
  TelaOutlinePanel *panel;
  GtkListView      *list;
  TelaCanvas       *canvas;
} Fixture;

static void
show (Fixture    *self,
      const char *action)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->window), action, NULL));
}

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  app_fixture_set_up (&self->base, data);
  self->window = tela_window_new (self->base.app);
  self->canvas = tela_window_get_canvas (self->window);
  self->panel = tela_board_page_get_outline (self->window->board_page);
  self->list = GTK_LIST_VIEW (tela_outline_panel_get_list (self->panel));
  gtk_window_present (GTK_WINDOW (self->window));
  tela_window_new_board (self->window);
  WAIT_UNTIL (tela_canvas_get_board (self->canvas) != NULL);
  WAIT_UNTIL (gtk_widget_get_width (GTK_WIDGET (self->canvas)) > 0);
  g_free (canvas_draw (self->canvas, "rectangle", 100, 100, 160, 140));
  g_free (canvas_draw (self->canvas, "ellipse", 100, 200, 160, 240));
  show (self, "board.show-outline");
  WAIT_UNTIL (gtk_widget_get_mapped (GTK_WIDGET (self->list)));
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  app_fixture_tear_down (&self->base, data);
}

static guint
count (Fixture *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (self->list)));
}

static gboolean
is_selected (Fixture *self,
             guint    position)
{
  return gtk_selection_model_is_selected (gtk_list_view_get_model (self->list), position);
}

static void
test_both_ways (Fixture      *self,
                gconstpointer data)
{
  TelaSelection     *selection = tela_canvas_get_selection (self->canvas);
  GtkSelectionModel *model = gtk_list_view_get_model (self->list);
  TelaRect           before;

  /* Drawn last, so it is selected. */
  g_assert_cmpuint (count (self), ==, 2);
  g_assert_false (is_selected (self, 0));
  g_assert_true (is_selected (self, 1));

  gtk_selection_model_select_item (model, 0, TRUE);
  g_assert_cmpstr (tela_element_get_string (canvas_get_selected (self->canvas), TELA_KEY_TYPE), ==, "rectangle");
  gtk_selection_model_select_all (model);
  g_assert_cmpuint (tela_selection_get_n (selection), ==, 2);
  tela_selection_clear (selection);
  g_assert_false (is_selected (self, 0));

  /* What is selected comes into view. */
  tela_viewport_place (tela_canvas_get_viewport (self->canvas), 5000, 5000, 1);
  gtk_selection_model_select_item (model, 0, TRUE);
  before = tela_viewport_get_visible (tela_canvas_get_viewport (self->canvas));
  g_assert_true (tela_rect_contains (before, tela_element_get_bounds (canvas_get_selected (self->canvas))));

  g_free (canvas_draw (self->canvas, "diamond", 200, 300, 260, 340));
  WAIT_UNTIL (count (self) == 3);
  canvas_activate (self->canvas, "delete");
  WAIT_UNTIL (count (self) == 2);
}

static GtkWidget *
get_focus (Fixture *self)
{
  return gtk_window_get_focus (GTK_WINDOW (self->window));
}

static void
test_focus (Fixture      *self,
            gconstpointer data)
{
  GActionGroup *actions = tela_board_page_get_actions (self->window->board_page);
  g_autoptr (GVariant) library = NULL;
  g_autoptr (GVariant) outline = NULL;

  WAIT_UNTIL (get_focus (self) != NULL && gtk_widget_is_ancestor (get_focus (self), GTK_WIDGET (self->panel)));
  g_signal_emit_by_name (self->list, "activate", 0);
  g_assert_true (get_focus (self) == GTK_WIDGET (self->canvas));
  g_assert_cmpstr (tela_element_get_string (canvas_get_selected (self->canvas), TELA_KEY_TYPE), ==, "rectangle");

  gtk_widget_grab_focus (GTK_WIDGET (self->panel));
  show (self, "board.show-outline");
  g_assert_true (get_focus (self) == GTK_WIDGET (self->canvas));

  /* One at a time. */
  show (self, "board.show-outline");
  show (self, "board.show-library");
  outline = g_action_group_get_action_state (actions, "show-outline");
  library = g_action_group_get_action_state (actions, "show-library");
  g_assert_false (g_variant_get_boolean (outline));
  g_assert_true (g_variant_get_boolean (library));
}

static void
test_accessible (Fixture      *self,
                 gconstpointer data)
{
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->list));

  gtk_test_accessible_assert_role (self->panel, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_test_accessible_assert_property (self->panel, GTK_ACCESSIBLE_PROPERTY_LABEL, "Outline");
  gtk_test_accessible_assert_property (self->list, GTK_ACCESSIBLE_PROPERTY_LABEL, "Outline");
  g_assert_nonnull (row);
  gtk_test_accessible_assert_property (row, GTK_ACCESSIBLE_PROPERTY_LABEL, "Rectangle");
  gtk_test_accessible_assert_property (self->canvas, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "2 shapes, selected: Ellipse");
  canvas_activate (self->canvas, "select-all");
  gtk_test_accessible_assert_property (self->canvas, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "2 shapes, 2 selected");
  tela_selection_clear (tela_canvas_get_selection (self->canvas));
  gtk_test_accessible_assert_property (self->canvas, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, "2 shapes");
}

static void
add (const char *path,
     void (*func) (Fixture *self, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  gtk_test_init (&argc, &argv, NULL);

  g_test_add_func ("/outline/words", test_words);
  g_test_add_func ("/outline/reading-order", test_order);
  add ("/outline/selection-both-ways", test_both_ways);
  add ("/outline/focus", test_focus);
  add ("/outline/accessible", test_accessible);

  return g_test_run ();
}
