/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"
#include "tela-attach.h"
#include "tela-style-panel.h"

static void
set (CanvasFixture *fixture,
     const char    *property,
     const char    *value)
{
  g_object_set (tela_canvas_get_style (fixture->canvas), property, value, NULL);
}

static const TelaElement *
shown (CanvasFixture *fixture,
       const char    *id)
{
  return tela_board_lookup_shown (fixture->board, id);
}

static const char *
roundness (CanvasFixture *fixture,
           const char    *id)
{
  TelaValue value;

  g_assert_true (tela_element_get (shown (fixture, id), TELA_KEY_ROUNDNESS, &value, NULL));

  return value.kind == TELA_VALUE_JSON ? value.as.string : NULL;
}

static void
test_edges (CanvasFixture *fixture,
            gconstpointer  data)
{
  g_autofree char *box = canvas_draw (fixture->canvas, "rectangle", 50, 50, 150, 100);
  g_autofree char *sharp = NULL;

  g_assert_cmpstr (roundness (fixture, box), ==, "{\"type\":3}");
  set (fixture, "edges", "sharp");
  g_assert_cmpstr (roundness (fixture, box), ==, NULL);
  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  sharp = canvas_draw (fixture->canvas, "diamond", 250, 50, 350, 100);
  g_assert_cmpstr (roundness (fixture, sharp), ==, NULL);
  set (fixture, "edges", "round");
  g_assert_cmpstr (roundness (fixture, sharp), ==, "{\"type\":2}");
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpstr (roundness (fixture, sharp), ==, NULL);
}

static guint
count_points (CanvasFixture *fixture,
              const char    *id)
{
  return tela_element_get_numbers (shown (fixture, id), TELA_KEY_POINTS)->n;
}

/* An arrow gets elbows and loses them, bound as it is; new ones are drawn like it, and other shapes are not. */
static void
test_elbow (CanvasFixture *fixture,
            gconstpointer  data)
{
  g_autofree char *from = canvas_draw (fixture->canvas, "rectangle", 50, 50, 150, 100);
  g_autofree char *to = canvas_draw (fixture->canvas, "rectangle", 300, 250, 400, 320);
  g_autofree char *arrow = canvas_draw (fixture->canvas, "arrow", 148, 75, 350, 252);
  g_autofree char *drawn = NULL;
  g_autofree char *box = NULL;

  g_assert_cmpuint (count_points (fixture, arrow), ==, 2);
  set (fixture, "edges", "elbow");
  g_assert_true (tela_element_get_boolean (shown (fixture, arrow), TELA_KEY_ELBOWED, FALSE));
  g_assert_cmpuint (count_points (fixture, arrow), >, 2);
  g_assert_cmpstr (roundness (fixture, arrow), ==, NULL);
  g_assert_cmpstr (
      tela_element_get_id (tela_attach_get_target (fixture->board, shown (fixture, arrow), TELA_ATTACH_END)), ==, to);
  g_assert_cmpstr (
      tela_element_get_id (tela_attach_get_target (fixture->board, shown (fixture, arrow), TELA_ATTACH_START)), ==, from);

  drawn = canvas_draw (fixture->canvas, "arrow", 500, 50, 600, 150);
  g_assert_true (tela_element_get_boolean (shown (fixture, drawn), TELA_KEY_ELBOWED, FALSE));
  box = canvas_draw (fixture->canvas, "rectangle", 500, 250, 600, 350);
  g_assert_cmpstr (roundness (fixture, box), ==, "{\"type\":3}");
  g_assert_false (tela_element_has (shown (fixture, box), TELA_KEY_ELBOWED));

  tela_selection_set (tela_canvas_get_selection (fixture->canvas), (const char *const *) &arrow, 1);
  set (fixture, "edges", "round");
  g_assert_false (tela_element_get_boolean (shown (fixture, arrow), TELA_KEY_ELBOWED, TRUE));
  g_assert_cmpuint (count_points (fixture, arrow), ==, 2);
  g_assert_cmpstr (
      tela_element_get_id (tela_attach_get_target (fixture->board, shown (fixture, arrow), TELA_ATTACH_END)), ==, to);
  canvas_activate (fixture->canvas, "undo");
  g_assert_true (tela_element_get_boolean (shown (fixture, arrow), TELA_KEY_ELBOWED, FALSE));
}

/* What lies in a frame is in it, also when the frame is drawn later; what sticks out is not. */
static void
test_frame (CanvasFixture *fixture,
            gconstpointer  data)
{
  g_autofree char *in = canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 150);
  g_autofree char *out = canvas_draw (fixture->canvas, "rectangle", 280, 100, 400, 150);
  g_autofree char *frame = canvas_draw (fixture->canvas, "frame", 80, 80, 300, 300);
  g_autofree char *late = NULL;
  g_autofree char *around = NULL;

  g_assert_cmpstr (tela_element_get_string (shown (fixture, frame), TELA_KEY_TYPE), ==, "frame");
  g_assert_cmpstr (tela_element_get_string (shown (fixture, in), TELA_KEY_FRAME_ID), ==, frame);
  g_assert_cmpstr (tela_element_get_string (shown (fixture, out), TELA_KEY_FRAME_ID), ==, NULL);
  g_assert_true (canvas_is_enabled (fixture->canvas, "rename-frame"));
  late = canvas_draw (fixture->canvas, "ellipse", 120, 200, 200, 250);
  g_assert_cmpstr (tela_element_get_string (shown (fixture, late), TELA_KEY_FRAME_ID), ==, frame);
  g_assert_false (canvas_is_enabled (fixture->canvas, "rename-frame"));

  canvas_activate (fixture->canvas, "undo");
  canvas_activate (fixture->canvas, "undo");
  g_assert_null (shown (fixture, frame));
  g_assert_cmpstr (tela_element_get_string (shown (fixture, in), TELA_KEY_FRAME_ID), ==, NULL);

  tela_selection_set (tela_canvas_get_selection (fixture->canvas), (const char *const *) &out, 1);
  canvas_activate (fixture->canvas, "frame");
  around = g_strdup (tela_element_get_id (canvas_get_selected (fixture->canvas)));
  g_assert_cmpstr (tela_element_get_string (shown (fixture, out), TELA_KEY_FRAME_ID), ==, around);
  g_assert_true (tela_rect_contains (tela_element_get_box (shown (fixture, around)), tela_element_get_box (shown (fixture, out))));
}

static void
test_arrowheads (CanvasFixture *fixture,
                 gconstpointer  data)
{
  g_autofree char *arrow = canvas_draw (fixture->canvas, "arrow", 50, 50, 250, 100);
  g_autofree char *line = NULL;

  g_assert_cmpstr (tela_element_get_string (shown (fixture, arrow), TELA_KEY_END_ARROWHEAD), ==, "arrow");
  set (fixture, "start-arrowhead", "circle");
  set (fixture, "end-arrowhead", "none");
  g_assert_cmpstr (tela_element_get_string (shown (fixture, arrow), TELA_KEY_START_ARROWHEAD), ==, "circle");
  g_assert_cmpstr (tela_element_get_string (shown (fixture, arrow), TELA_KEY_END_ARROWHEAD), ==, NULL);
  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  line = canvas_draw (fixture->canvas, "line", 50, 250, 250, 300);
  set (fixture, "end-arrowhead", "triangle");
  g_assert_cmpstr (tela_element_get_string (shown (fixture, line), TELA_KEY_END_ARROWHEAD), ==, NULL);
}

static void
test_font (CanvasFixture *fixture,
           gconstpointer  data)
{
  g_autofree char   *box = canvas_draw (fixture->canvas, "rectangle", 50, 50, 350, 200);
  const TelaElement *text;
  double             middle;

  canvas_activate (fixture->canvas, "edit");
  gtk_text_buffer_set_text (tela_canvas_get_text_buffer (fixture->canvas), "Words", -1);
  tela_canvas_commit_text (fixture->canvas);
  text = tela_attach_find_text (fixture->board, box);
  middle = tela_element_get_number (text, TELA_KEY_X, 0) + tela_element_get_number (text, TELA_KEY_WIDTH, 0) / 2;
  g_assert_cmpfloat_with_epsilon (middle, 200, 0.01);

  g_object_set (tela_canvas_get_style (fixture->canvas), "font-family", 8.0, NULL);
  text = tela_attach_find_text (fixture->board, box);
  g_assert_cmpfloat (tela_element_get_number (text, TELA_KEY_FONT_FAMILY, 0), ==, 8);
  g_object_set (tela_canvas_get_style (fixture->canvas), "font-family", 6.0, NULL);
  text = tela_attach_find_text (fixture->board, box);
  g_assert_cmpfloat (tela_element_get_number (text, TELA_KEY_LINE_HEIGHT, 0), ==, 1.35);
  g_assert_cmpfloat_with_epsilon (tela_element_get_number (text, TELA_KEY_HEIGHT, 0), 27, 0.01);

  set (fixture, "text-align", "right");
  text = tela_attach_find_text (fixture->board, box);
  g_assert_cmpfloat_with_epsilon (
      tela_element_get_number (text, TELA_KEY_X, 0) + tela_element_get_number (text, TELA_KEY_WIDTH, 0), 345, 0.01);

  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  g_assert_cmpstr (tela_style_get_string (tela_canvas_get_style (fixture->canvas), TELA_KEY_TEXT_ALIGN), ==, "left");
}

static void
test_kinds (CanvasFixture *fixture,
            gconstpointer  data)
{
  g_assert_cmpuint (tela_style_panel_kind_of ("arrow"), ==, TELA_KIND_LINE | TELA_KIND_ARROW);
  g_assert_cmpuint (tela_style_panel_kind_of ("line"), ==, TELA_KIND_LINE);
  g_assert_cmpuint (tela_style_panel_kind_of ("frame"), ==, 0);
}

/* Depth first; NULL: none. */
static GtkWidget *
find_button (GtkWidget  *widget,
             const char *tooltip)
{
  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_widget_get_tooltip_text (widget), tooltip) == 0)
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, tooltip);

      if (found != NULL)
        return found;
    }

  return NULL;
}

/* Answers the dialog that the button opens. */
static void
choose (GtkWidget     *panel,
        const char    *tooltip,
        const GdkRGBA *colour)
{
  GtkWidget  *button = find_button (panel, tooltip);
  GListModel *windows = gtk_window_get_toplevels ();
  GtkDialog  *dialog = NULL;

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (GTK_IS_COLOR_CHOOSER (window))
        dialog = GTK_DIALOG (window);
    }
  g_assert_nonnull (dialog);
  gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (dialog), colour);
  gtk_dialog_response (dialog, GTK_RESPONSE_OK);
}

static void
test_other_colours (CanvasFixture *fixture,
                    gconstpointer  data)
{
  g_autofree char *box = canvas_draw (fixture->canvas, "rectangle", 50, 50, 350, 200);
  TelaStyle       *style = tela_canvas_get_style (fixture->canvas);
  GtkWidget       *panel = g_object_ref_sink (g_object_new (TELA_TYPE_STYLE_PANEL, NULL));

  tela_style_panel_set_style (TELA_STYLE_PANEL (panel), style);
  choose (panel, "Other Stroke Color", &(GdkRGBA){ 0, 1, 0, 1 });
  g_assert_cmpstr (tela_element_get_string (shown (fixture, box), TELA_KEY_STROKE_COLOR), ==, "#00ff00");
  choose (panel, "Other Background Color", &(GdkRGBA){ 1, 0, 0, 0.5f });
  g_assert_cmpstr (tela_element_get_string (shown (fixture, box), TELA_KEY_BACKGROUND_COLOR), ==, "#ff000080");
  g_object_unref (panel);
}

static void
add (const char *path,
     void (*func) (CanvasFixture *fixture, gconstpointer data))
{
  g_test_add (path, CanvasFixture, NULL, canvas_fixture_set_up, func, canvas_fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);

  add ("/style/edges", test_edges);
  add ("/style/elbow", test_elbow);
  add ("/style/frame", test_frame);
  add ("/style/arrowheads", test_arrowheads);
  add ("/style/font", test_font);
  add ("/style/kinds", test_kinds);
  add ("/style/other-colours", test_other_colours);

  return g_test_run ();
}
