/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-arrange.h"
#include "tela-attach.h"
#include "tela-canvas-private.h"

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
run (CanvasFixture *fixture,
     const char    *action,
     const char    *how)
{
  g_action_group_activate_action (tela_canvas_get_actions (fixture->canvas), action,
                                  how == NULL ? NULL : g_variant_new_string (how));
}

static void
choose (CanvasFixture *fixture,
        const char    *ids)
{
  g_auto (GStrv) each = g_strsplit (ids, " ", -1);

  tela_selection_set (tela_canvas_get_selection (fixture->canvas), (const char *const *) each, g_strv_length (each));
}

/* Two boxes with an arrow between them and a label on it, and a third box. */
static void
draw (CanvasFixture *fixture)
{
  put (fixture, "{\"id\":\"a\",\"type\":\"rectangle\",\"index\":\"a1\",\"x\":100,\"y\":100,\"width\":80,\"height\":80}");
  put (fixture, "{\"id\":\"b\",\"type\":\"rectangle\",\"index\":\"a2\",\"x\":380,\"y\":200,\"width\":40,\"height\":40}");
  put (fixture, "{\"id\":\"c\",\"type\":\"ellipse\",\"index\":\"a3\",\"x\":240,\"y\":400,\"width\":60,\"height\":60}");
  put (fixture, "{\"id\":\"l\",\"type\":\"arrow\",\"index\":\"a4\",\"x\":185,\"y\":150,\"points\":[[0,0],[190,60]],"
                "\"startBinding\":{\"elementId\":\"a\",\"focus\":0.1,\"gap\":5},\"endBinding\":{\"elementId\":\"b\","
                "\"mode\":\"orbit\",\"fixedPoint\":[0.25,0.5]}}");
  put (fixture, "{\"id\":\"t\",\"type\":\"text\",\"index\":\"a5\",\"containerId\":\"l\",\"text\":\"yes\","
                "\"fontSize\":20,\"x\":0,\"y\":0,\"width\":30,\"height\":25}");
}

/* Both ends are where their bindings say: what moves a shape by nothing moves no arrow. */
static void
assert_bound (CanvasFixture *fixture)
{
  g_assert_true (tela_attach_get_target (fixture->board, get (fixture, "l"), TELA_ATTACH_START) == get (fixture, "a"));
  g_assert_true (tela_attach_get_target (fixture->board, get (fixture, "l"), TELA_ATTACH_END) == get (fixture, "b"));
  for (guint i = 0; i < 2; i++)
    {
      const TelaNumbers *points = tela_element_get_numbers (get (fixture, "l"), TELA_KEY_POINTS);
      guint              at = i == 0 ? 0 : points->n - 1;
      TelaOutline        outline;
      TelaSpot           spot = { number (fixture, "l", TELA_KEY_X) + points->v[2 * at],
                                  number (fixture, "l", TELA_KEY_Y) + points->v[2 * at + 1] };

      tela_outline_init (&outline, get (fixture, i == 0 ? "a" : "b"));
      g_assert_cmpfloat (tela_outline_measure (&outline, spot, 0), >, 0);
      g_assert_cmpfloat (tela_outline_measure (&outline, spot, 0), <, 15);
    }
  {
    TelaRect label = tela_element_get_box (get (fixture, "t"));
    TelaRect room = tela_attach_get_room (get (fixture, "l"), get (fixture, "t"));

    g_assert_cmpfloat_with_epsilon (label.x + label.width / 2, room.x + room.width / 2, 0.01);
    g_assert_cmpfloat_with_epsilon (label.y + label.height / 2, room.y, 0.01);
  }
}

static void
test_boxes (void)
{
  TelaRect boxes[] = { { 0, 0, 10, 10 }, { 100, 50, 20, 20 }, { 30, 200, 30, 30 } };

  tela_arrange_boxes (TELA_ARRANGE_ACROSS, boxes, 3);
  g_assert_cmpfloat (boxes[0].x, ==, 0);
  g_assert_cmpfloat (boxes[2].x, ==, 40);
  g_assert_cmpfloat (boxes[1].x, ==, 100);
  tela_arrange_boxes (TELA_ARRANGE_MIDDLE, boxes, 3);
  g_assert_cmpfloat (boxes[0].y, ==, 110);
  g_assert_cmpfloat (boxes[1].y, ==, 105);
  g_assert_cmpfloat (boxes[2].y, ==, 100);
  tela_arrange_boxes (TELA_ARRANGE_RIGHT, boxes, 3);
  g_assert_cmpfloat (boxes[0].x, ==, 110);
  g_assert_cmpfloat (boxes[2].x, ==, 90);
  /* No room between them: their middles are spread. */
  boxes[0] = (TelaRect){ 0, 0, 10, 10 };
  boxes[1] = (TelaRect){ 0, 4, 10, 10 };
  boxes[2] = (TelaRect){ 0, 20, 10, 10 };
  tela_arrange_boxes (TELA_ARRANGE_DOWN, boxes, 3);
  g_assert_cmpfloat (boxes[1].y, ==, 10);
}

/* Each way, the arrow follows, and it is one step. */
static void
test_arrange (CanvasFixture *fixture,
              gconstpointer  data)
{
  g_autofree char *before = NULL;

  draw (fixture);
  before = tela_board_dump (fixture->board, FALSE);
  for (guint i = 0; tela_arrange_names[i] != NULL; i++)
    {
      g_autofree char *after = NULL;

      choose (fixture, "a b c l t");
      run (fixture, "arrange", tela_arrange_names[i]);
      assert_bound (fixture);
      if (i == TELA_ARRANGE_LEFT)
        g_assert_cmpfloat (number (fixture, "b", TELA_KEY_X), ==, 100);
      if (i == TELA_ARRANGE_BOTTOM)
        g_assert_cmpfloat (number (fixture, "b", TELA_KEY_Y), ==, 420);
      run (fixture, "undo", NULL);
      after = tela_board_dump (fixture->board, FALSE);
      g_assert_cmpstr (after, ==, before);
    }
}

/* Mirrored with what they are bound to, arrows stay where a mirror would show them. */
static void
test_flip (CanvasFixture *fixture,
           gconstpointer  data)
{
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;

  draw (fixture);
  before = tela_board_dump (fixture->board, FALSE);
  choose (fixture, "a b c l");
  run (fixture, "flip", "sideways");
  g_assert_cmpfloat (number (fixture, "a", TELA_KEY_X), ==, 340);
  g_assert_cmpfloat (number (fixture, "b", TELA_KEY_X), ==, 100);
  g_assert_cmpfloat (number (fixture, "l", TELA_KEY_X), ==, 335);
  g_assert_cmpfloat (tela_element_get_numbers (get (fixture, "l"), TELA_KEY_POINTS)->v[2], ==, -190);
  assert_bound (fixture);
  {
    TelaValue value;

    tela_element_get (get (fixture, "l"), TELA_KEY_START_BINDING, &value, NULL);
    g_assert_nonnull (strstr (value.as.string, "-0.1"));
    tela_element_get (get (fixture, "l"), TELA_KEY_END_BINDING, &value, NULL);
    g_assert_nonnull (strstr (value.as.string, "[0.75,0.5]"));
    g_assert_nonnull (strstr (value.as.string, "orbit"));
  }
  run (fixture, "flip", "upside-down");
  g_assert_cmpfloat (number (fixture, "c", TELA_KEY_Y), ==, 100);
  assert_bound (fixture);
  run (fixture, "undo", NULL);
  run (fixture, "undo", NULL);
  after = tela_board_dump (fixture->board, FALSE);
  g_assert_cmpstr (after, ==, before);
}

/* Several things at once, resized and turned by their common frame. */
static void
test_several (CanvasFixture *fixture,
              gconstpointer  data)
{
  draw (fixture);
  choose (fixture, "a b c l");
  canvas_drag (fixture->canvas, 424, 464, 504, 564, 0);
  g_assert_cmpfloat (number (fixture, "a", TELA_KEY_WIDTH), >, 90);
  assert_bound (fixture);
  run (fixture, "undo", NULL);
  g_assert_cmpfloat (number (fixture, "a", TELA_KEY_WIDTH), ==, 80);
  assert_bound (fixture);

  choose (fixture, "a b c");
  canvas_drag (fixture->canvas, 260, 72, 400, 120, 0);
  g_assert_cmpfloat (number (fixture, "a", TELA_KEY_ANGLE), >, 0.1);
  assert_bound (fixture);
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

  g_test_add_func ("/align/boxes", test_boxes);
  add ("/align/arrange", test_arrange);
  add ("/align/flip", test_flip);
  add ("/align/several", test_several);

  return g_test_run ();
}
