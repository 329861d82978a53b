/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-attach.h"
#include "tela-canvas-private.h"

/* What hands do to drawings that hang together. */

static const TelaElement *
get (CanvasFixture *fixture,
     const char    *id)
{
  return tela_board_lookup_shown (fixture->board, id);
}

static double
number (CanvasFixture *fixture,
        const char    *id,
        TelaKey        key)
{
  return tela_element_get_number (get (fixture, id), key, -1e9);
}

static const char *
text (CanvasFixture *fixture,
      const char    *id,
      TelaKey        key)
{
  return tela_element_get_string (get (fixture, id), key);
}

static void
put (CanvasFixture *fixture,
     const char    *json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaElement) element = NULL;
  TelaJsonReader reader;

  tela_json_reader_init (&reader, json, -1);
  element = tela_element_read_plain (&reader, NULL, (TelaStamp){ 0 }, NULL, &error);
  g_assert_no_error (error);
  tela_session_edit (fixture->session, &element, 1);
}

static void
select_one (CanvasFixture *fixture,
            const char    *id)
{
  tela_selection_set (tela_canvas_get_selection (fixture->canvas), &id, 1);
}

static char *
dump (CanvasFixture *fixture)
{
  return tela_board_dump (fixture->board, FALSE);
}

/* One step back is all that the gesture did. */
static void
assert_one_step (CanvasFixture *fixture,
                 const char    *before)
{
  g_autofree char *after = NULL;

  canvas_activate (fixture->canvas, "undo");
  after = dump (fixture);
  g_assert_cmpstr (before, ==, after);
}

#define FRAME "{\"id\":\"f\",\"type\":\"frame\",\"index\":\"a1\",\"x\":400,\"y\":50,\"width\":300,\"height\":300}"
#define BOX(id, index, x, more)                                                                          \
  "{\"id\":\"" id "\",\"type\":\"rectangle\",\"index\":\"" index "\",\"x\":" x ",\"y\":100,\"width\":80" \
  ",\"height\":80,\"roughness\":0,\"strokeColor\":\"#1e1e1e\",\"backgroundColor\":\"#a5d8ff\",\"fillStyle\":\"solid\"" more "}"
#define ARROW                                                                                                 \
  "{\"id\":\"l\",\"type\":\"arrow\",\"index\":\"a8\",\"x\":185,\"y\":140,\"width\":190,\"height\":0,"         \
  "\"strokeColor\":\"#000000\",\"strokeWidth\":4,\"roughness\":0,\"points\":[[0,0],[190,0]],\"startBinding\"" \
  ":{\"elementId\":\"a\",\"focus\":0,\"gap\":5},\"endBinding\":{\"elementId\":\"b\",\"focus\":0,\"gap\":5}}"
#define LABEL                                                                                                     \
  "{\"id\":\"t\",\"type\":\"text\",\"index\":\"a9\",\"containerId\":\"l\",\"text\":\" \",\"fontSize\":20,\"x\":5" \
  ",\"y\":500,\"width\":60,\"height\":25}"

static void
drag_by (CanvasFixture  *fixture,
         double          x,
         double          y,
         double          dx,
         double          dy,
         GdkModifierType state)
{
  canvas_drag (fixture->canvas, x, y, x + dx, y + dy, state);
}

/* The line stops at the label as soon as the board is there, and while the hand has it. */
static void
test_label_gap (CanvasFixture *fixture,
                gconstpointer  data)
{
  guint8 rgb[3];

  put (fixture, BOX ("a", "a1", "100", ""));
  put (fixture, BOX ("b", "a2", "380", ""));
  put (fixture, ARROW);
  put (fixture, LABEL);
  g_assert_cmpfloat (number (fixture, "t", TELA_KEY_X), ==, 250);
  WAIT_UNTIL (tela_layers_is_settled (fixture->canvas->layers));
  canvas_get_pixel (fixture->canvas, 220, 140, rgb);
  g_assert_cmpuint (rgb[0], <, 60);
  canvas_get_pixel (fixture->canvas, 280, 140, rgb);
  g_assert_cmpuint (rgb[0], >, 200);

  select_one (fixture, "l");
  tela_canvas_press (fixture->canvas, 210, 140, 0, -1, 1);
  for (int step = 1; step < 4; step++)
    {
      tela_canvas_motion (fixture->canvas, 210, 140 + 60 * step, 0, -1);
      g_assert_cmpfloat_with_epsilon (number (fixture, "t", TELA_KEY_Y) + 12.5,
                                      number (fixture, "l", TELA_KEY_Y), 60);
    }
  WAIT_UNTIL (tela_layers_is_settled (fixture->canvas->layers));
  canvas_get_pixel (fixture->canvas, 220, 320, rgb);
  g_assert_cmpuint (rgb[0], <, 60);
  canvas_get_pixel (fixture->canvas, 280, 320, rgb);
  g_assert_cmpuint (rgb[0], >, 200);
  tela_canvas_release (fixture->canvas, 210, 320, 0);
}

/* A side gives a text its width, which it keeps, and wraps it; corners still scale it. */
static void
test_text_side (CanvasFixture *fixture,
                gconstpointer  data)
{
  g_autofree char *before = NULL;
  TelaRect         box;

  put (fixture, "{\"id\":\"t\",\"type\":\"text\",\"index\":\"a1\",\"x\":100,\"y\":100,\"width\":400,\"height\":25,"
                "\"fontSize\":20,\"fontFamily\":2,\"lineHeight\":1.25,\"autoResize\":true,\"angle\":0,"
                "\"text\":\"one two three four five six seven eight nine\","
                "\"originalText\":\"one two three four five six seven eight nine\"}");
  before = dump (fixture);
  select_one (fixture, "t");
  drag_by (fixture, 500 + 4, 112, -250, 0, 0);
  box = tela_element_get_box (get (fixture, "t"));
  g_assert_cmpfloat (box.x, ==, 100);
  g_assert_cmpfloat (box.y, ==, 100);
  g_assert_cmpfloat_with_epsilon (box.width, 154, 5);
  g_assert_cmpfloat (box.height, >=, 50);
  g_assert_false (tela_element_get_boolean (get (fixture, "t"), TELA_KEY_AUTO_RESIZE, TRUE));
  g_assert_nonnull (strchr (text (fixture, "t", TELA_KEY_TEXT), '\n'));
  g_assert_null (strchr (text (fixture, "t", TELA_KEY_ORIGINAL_TEXT), '\n'));
  g_assert_cmpfloat (number (fixture, "t", TELA_KEY_FONT_SIZE), ==, 20);

  drag_by (fixture, box.x - 4, box.y + box.height / 2, -200, 0, 0);
  g_assert_cmpfloat_with_epsilon (number (fixture, "t", TELA_KEY_WIDTH), box.width + 200, 5);
  g_assert_cmpfloat (number (fixture, "t", TELA_KEY_HEIGHT), <, box.height);
  canvas_activate (fixture->canvas, "undo");
  assert_one_step (fixture, before);
}

/* Into a frame by the hand, along with it, and out again. */
static void
test_frame (CanvasFixture *fixture,
            gconstpointer  data)
{
  g_autofree char *before = NULL;

  put (fixture, FRAME);
  put (fixture, BOX ("a", "a2", "100", ""));
  before = dump (fixture);
  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  drag_by (fixture, 140, 140, 340, 20, 0);
  g_assert_cmpstr (text (fixture, "a", TELA_KEY_FRAME_ID), ==, "f");
  assert_one_step (fixture, before);
  canvas_activate (fixture->canvas, "redo");

  select_one (fixture, "f");
  drag_by (fixture, 550, 60, 20, 50, 0);
  g_assert_cmpfloat (number (fixture, "f", TELA_KEY_X), ==, 420);
  g_assert_cmpfloat (number (fixture, "a", TELA_KEY_X), ==, 460);
  g_assert_cmpfloat (number (fixture, "a", TELA_KEY_Y), ==, 170);

  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  drag_by (fixture, 500, 210, -300, 0, 0);
  g_assert_null (text (fixture, "a", TELA_KEY_FRAME_ID));
}

/* What is in a frame stays when that goes, and is selected. */
static void
test_delete_frame (CanvasFixture *fixture,
                   gconstpointer  data)
{
  g_autofree char *before = NULL;

  put (fixture, FRAME);
  put (fixture, BOX ("a", "a2", "450", ",\"frameId\":\"f\""));
  before = dump (fixture);
  select_one (fixture, "f");
  canvas_activate (fixture->canvas, "delete");
  g_assert_null (get (fixture, "f"));
  g_assert_null (text (fixture, "a", TELA_KEY_FRAME_ID));
  g_assert_true (tela_selection_contains (tela_canvas_get_selection (fixture->canvas), "a"));
  assert_one_step (fixture, before);
}

/* The copy of @element among what is selected, by its type; NULL: none. */
static const TelaElement *
copy_of (CanvasFixture *fixture,
         const char    *type)
{
  g_autoptr (GPtrArray) selected =
      tela_selection_collect (tela_canvas_get_selection (fixture->canvas), fixture->board);

  for (guint i = 0; i < selected->len; i++)
    if (g_strcmp0 (tela_element_get_string (selected->pdata[i], TELA_KEY_TYPE), type) == 0)
      return get (fixture, tela_element_get_id (selected->pdata[i]));

  return NULL;
}

static void
test_duplicate (CanvasFixture *fixture,
                gconstpointer  data)
{
  g_autofree char   *before = NULL;
  const TelaElement *frame, *arrow;

  put (fixture, FRAME);
  put (fixture, BOX ("a", "a2", "420", ",\"frameId\":\"f\""));
  put (fixture, BOX ("b", "a3", "600", ",\"frameId\":\"f\""));
  put (fixture, "{\"id\":\"l\",\"type\":\"arrow\",\"index\":\"a8\",\"x\":505,\"y\":140,\"points\":[[0,0],[90,0]],"
                "\"frameId\":\"f\",\"startBinding\":{\"elementId\":\"a\",\"focus\":0,\"gap\":5},\"endBinding\":{"
                "\"elementId\":\"b\",\"focus\":0,\"gap\":5}}");
  put (fixture, LABEL);
  before = dump (fixture);
  select_one (fixture, "f");
  canvas_activate (fixture->canvas, "duplicate");
  frame = copy_of (fixture, "frame");
  arrow = copy_of (fixture, "arrow");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 10);
  g_assert_cmpstr (tela_element_get_id (frame), !=, "f");
  g_assert_cmpstr (tela_element_get_string (arrow, TELA_KEY_FRAME_ID), ==, tela_element_get_id (frame));
  g_assert_nonnull (tela_attach_get_target (fixture->board, arrow, TELA_ATTACH_START));
  g_assert_true (tela_attach_get_target (fixture->board, arrow, TELA_ATTACH_START) != get (fixture, "a"));
  g_assert_nonnull (tela_attach_find_text (fixture->board, tela_element_get_id (arrow)));
  assert_one_step (fixture, before);

  /* One that is in a frame: so is its copy. */
  select_one (fixture, "a");
  canvas_activate (fixture->canvas, "duplicate");
  g_assert_cmpstr (tela_element_get_string (copy_of (fixture, "rectangle"), TELA_KEY_FRAME_ID), ==, "f");
}

static void
test_alt_drag (CanvasFixture *fixture,
               gconstpointer  data)
{
  g_autofree char   *before = NULL;
  const TelaElement *copy;

  put (fixture, BOX ("a", "a2", "100", ",\"groupIds\":[\"g\"]"));
  put (fixture, BOX ("b", "a3", "200", ",\"groupIds\":[\"g\"]"));
  before = dump (fixture);
  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  drag_by (fixture, 140, 140, 30, 200, GDK_ALT_MASK);
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 4);
  g_assert_cmpfloat (number (fixture, "a", TELA_KEY_Y), ==, 100);
  g_assert_cmpuint (tela_selection_get_n (tela_canvas_get_selection (fixture->canvas)), ==, 2);
  copy = copy_of (fixture, "rectangle");
  g_assert_cmpfloat (tela_element_get_number (copy, TELA_KEY_Y, 0), ==, 300);
  {
    g_autofree char *group = tela_attach_get_group (copy);

    g_assert_nonnull (group);
    g_assert_cmpstr (group, !=, "g");
  }
  assert_one_step (fixture, before);
}

/* An arrow dragged by its middle binds where it comes to lie. */
static void
test_drag_arrow (CanvasFixture *fixture,
                 gconstpointer  data)
{
  g_autofree char *before = NULL;

  put (fixture, BOX ("a", "a1", "100", ""));
  put (fixture, BOX ("b", "a2", "380", ""));
  put (fixture, BOX ("c", "a3", "660", ""));
  put (fixture, ARROW);
  before = dump (fixture);
  select_one (fixture, "l");
  drag_by (fixture, 240, 140, 280, 6, 0);
  g_assert_true (tela_attach_get_target (fixture->board, get (fixture, "l"), TELA_ATTACH_START) == get (fixture, "b"));
  g_assert_true (tela_attach_get_target (fixture->board, get (fixture, "l"), TELA_ATTACH_END) == get (fixture, "c"));
  assert_one_step (fixture, before);

  select_one (fixture, "l");
  drag_by (fixture, 240, 140, 0, 250, 0);
  g_assert_null (tela_attach_get_target (fixture->board, get (fixture, "l"), TELA_ATTACH_START));
  g_assert_null (tela_attach_get_target (fixture->board, get (fixture, "l"), TELA_ATTACH_END));
  assert_one_step (fixture, before);
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

  add ("/gestures/label-gap", test_label_gap);
  add ("/gestures/text-side", test_text_side);
  add ("/gestures/frame", test_frame);
  add ("/gestures/delete-frame", test_delete_frame);
  add ("/gestures/duplicate", test_duplicate);
  add ("/gestures/alt-drag", test_alt_drag);
  add ("/gestures/drag-arrow", test_drag_arrow);

  return g_test_run ();
}
