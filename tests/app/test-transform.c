/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-transform.h"

#include <math.h>

#include "tela-factory.h"

static TelaElement *
read_element (const char *json)
{
  TelaJsonReader reader;
  g_autoptr (GError) error = NULL;
  TelaElement *element;

  tela_json_reader_init (&reader, json, -1);
  element = tela_element_read_plain (&reader, NULL, (TelaStamp){ .time = 1 }, NULL, &error);
  g_assert_no_error (error);

  return element;
}

static GPtrArray *
list_of (const char *json, ...)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  va_list    rest;

  va_start (rest, json);
  for (const char *next = json; next != NULL; next = va_arg (rest, const char *))
    g_ptr_array_add (list, read_element (next));
  va_end (rest);

  return list;
}

#define BOX "{\"id\":\"a\",\"type\":\"rectangle\",\"x\":10,\"y\":20,\"width\":100,\"height\":50,\"angle\":0}"
#define OTHER "{\"id\":\"b\",\"type\":\"ellipse\",\"x\":210,\"y\":120,\"width\":100,\"height\":50,\"angle\":0}"
#define TURNED \
  "{\"id\":\"a\",\"type\":\"rectangle\",\"x\":0,\"y\":0,\"width\":100,\"height\":40,\"angle\":1.5707963267948966}"
#define SLIDE "{\"id\":\"f\",\"type\":\"frame\",\"x\":10,\"y\":20,\"width\":100,\"height\":50,\"angle\":0}"
#define LINE                                                                                                          \
  "{\"id\":\"l\",\"type\":\"line\",\"x\":10,\"y\":10,\"width\":100,\"height\":50,\"angle\":0,\"points\":[[0,0],[100," \
  "50]]}"

static double
number (GPtrArray *ops,
        guint      i,
        TelaKey    key)
{
  return tela_element_get_number (ops->pdata[i], key, (double) NAN);
}

static void
assert_rect (GPtrArray *ops,
             guint      i,
             double     x,
             double     y,
             double     width,
             double     height)
{
  g_assert_cmpfloat_with_epsilon (number (ops, i, TELA_KEY_X), x, 1e-6);
  g_assert_cmpfloat_with_epsilon (number (ops, i, TELA_KEY_Y), y, 1e-6);
  g_assert_cmpfloat_with_epsilon (number (ops, i, TELA_KEY_WIDTH), width, 1e-6);
  g_assert_cmpfloat_with_epsilon (number (ops, i, TELA_KEY_HEIGHT), height, 1e-6);
}

static void
test_move (void)
{
  g_autoptr (GPtrArray) list = list_of (BOX, OTHER, NULL);
  g_autoptr (GPtrArray) ops = tela_transform_move (list, 5, -7);

  g_assert_cmpuint (ops->len, ==, 2);
  g_assert_cmpfloat (number (ops, 0, TELA_KEY_X), ==, 15);
  g_assert_cmpfloat (number (ops, 1, TELA_KEY_Y), ==, 113);
  g_assert_cmpuint (tela_element_get_n (ops->pdata[0]), ==, 2);
}

static void
test_resize_corner (void)
{
  g_autoptr (GPtrArray) list = list_of (BOX, NULL);
  TelaFrame frame = tela_frame_of (list);
  g_autoptr (GPtrArray) ops = tela_transform_resize (list, &frame, TELA_HANDLE_SE, (TelaPoint){ 210, 170 }, FALSE);

  assert_rect (ops, 0, 10, 20, 200, 150);
}

static void
test_resize_opposite_side_stays (void)
{
  g_autoptr (GPtrArray) list = list_of (BOX, NULL);
  TelaFrame frame = tela_frame_of (list);
  g_autoptr (GPtrArray) ops = tela_transform_resize (list, &frame, TELA_HANDLE_NW, (TelaPoint){ 60, 45 }, FALSE);

  assert_rect (ops, 0, 60, 45, 50, 25);
}

static void
test_resize_flips (void)
{
  g_autoptr (GPtrArray) list = list_of (BOX, NULL);
  TelaFrame frame = tela_frame_of (list);
  g_autoptr (GPtrArray) ops = tela_transform_resize (list, &frame, TELA_HANDLE_E, (TelaPoint){ -40, 0 }, FALSE);

  assert_rect (ops, 0, -40, 20, 50, 50);
}

static void
test_resize_ratio (void)
{
  g_autoptr (GPtrArray) list = list_of (BOX, NULL);
  TelaFrame frame = tela_frame_of (list);
  g_autoptr (GPtrArray) ops = tela_transform_resize (list, &frame, TELA_HANDLE_SE, (TelaPoint){ 210, 25 }, TRUE);

  assert_rect (ops, 0, 10, 20, 200, 100);
}

static void
test_resize_several (void)
{
  g_autoptr (GPtrArray) list = list_of (BOX, OTHER, NULL);
  TelaFrame frame = tela_frame_of (list);
  g_autoptr (GPtrArray) ops = NULL;

  g_assert_cmpfloat (frame.box.width, ==, 300);
  ops = tela_transform_resize (list, &frame, TELA_HANDLE_SE, (TelaPoint){ 160, 95 }, FALSE);
  assert_rect (ops, 0, 10, 20, 50, 25);
  assert_rect (ops, 1, 110, 70, 50, 25);
}

/* A turned shape keeps its far corner where it is on the board. */
static void
test_resize_turned (void)
{
  g_autoptr (GPtrArray) list = list_of (TURNED, NULL);
  TelaFrame frame = tela_frame_of (list);
  TelaPoint centre = tela_frame_centre (&frame);
  TelaPoint fixed = tela_point_rotate ((TelaPoint){ 0, 0 }, centre, frame.angle);
  TelaPoint to = tela_point_rotate ((TelaPoint){ 150, 80 }, centre, frame.angle);
  g_autoptr (GPtrArray) ops = tela_transform_resize (list, &frame, TELA_HANDLE_SE, to, FALSE);
  TelaPoint corner = { number (ops, 0, TELA_KEY_X), number (ops, 0, TELA_KEY_Y) };
  TelaPoint middle = { corner.x + number (ops, 0, TELA_KEY_WIDTH) / 2,
                       corner.y + number (ops, 0, TELA_KEY_HEIGHT) / 2 };
  TelaPoint found = tela_point_rotate (corner, middle, frame.angle);

  g_assert_cmpfloat_with_epsilon (number (ops, 0, TELA_KEY_WIDTH), 150, 1e-6);
  g_assert_cmpfloat_with_epsilon (number (ops, 0, TELA_KEY_HEIGHT), 80, 1e-6);
  g_assert_cmpfloat_with_epsilon (found.x, fixed.x, 1e-6);
  g_assert_cmpfloat_with_epsilon (found.y, fixed.y, 1e-6);
}

static void
test_resize_line (void)
{
  g_autoptr (GPtrArray) list = list_of (LINE, BOX, NULL);
  TelaFrame frame = tela_frame_of (list);
  g_autoptr (GPtrArray) ops = NULL;
  const TelaNumbers *points;

  ops = tela_transform_resize (list, &frame, TELA_HANDLE_SE,
                               (TelaPoint){ frame.box.x + 2 * frame.box.width, frame.box.y + 2 * frame.box.height },
                               FALSE);
  points = tela_element_get_numbers (ops->pdata[0], TELA_KEY_POINTS);
  g_assert_cmpuint (points->n, ==, 2);
  g_assert_cmpfloat_with_epsilon (points->v[2], 200, 1e-6);
  g_assert_cmpfloat_with_epsilon (points->v[3], 100, 1e-6);
  g_assert_cmpfloat_with_epsilon (number (ops, 0, TELA_KEY_WIDTH), 200, 1e-6);
}

static void
test_rotate (void)
{
  g_autoptr (GPtrArray) list = list_of (BOX, NULL);
  TelaFrame frame = tela_frame_of (list);
  TelaPoint centre = tela_frame_centre (&frame);
  g_autoptr (GPtrArray) ops = tela_transform_rotate (list, &frame, (TelaPoint){ centre.x + 50, centre.y + 1 }, TRUE);

  g_assert_cmpfloat_with_epsilon (number (ops, 0, TELA_KEY_ANGLE), G_PI / 2, 1e-9);
  g_assert_cmpfloat_with_epsilon (number (ops, 0, TELA_KEY_X), 10, 1e-6);
}

static void
test_point (void)
{
  g_autoptr (TelaElement) line = read_element (LINE);
  g_autoptr (GPtrArray) last = tela_transform_point (line, 1, (TelaPoint){ 60, 10 });
  g_autoptr (GPtrArray) first = tela_transform_point (line, 0, (TelaPoint){ 0, 0 });
  const TelaNumbers *points = tela_element_get_numbers (last->pdata[0], TELA_KEY_POINTS);

  g_assert_cmpfloat (points->v[2], ==, 50);
  g_assert_cmpfloat (points->v[3], ==, 0);
  g_assert_false (tela_element_has (last->pdata[0], TELA_KEY_X));

  points = tela_element_get_numbers (first->pdata[0], TELA_KEY_POINTS);
  g_assert_cmpfloat (number (first, 0, TELA_KEY_X), ==, 0);
  g_assert_cmpfloat (points->v[0], ==, 0);
  g_assert_cmpfloat (points->v[2], ==, 110);
  g_assert_cmpfloat (points->v[3], ==, 60);
}

static void
test_handles (void)
{
  g_autoptr (GPtrArray) list = list_of (BOX, NULL);
  g_autoptr (GPtrArray) line = list_of (LINE, NULL);
  g_autoptr (GPtrArray) slide = list_of (SLIDE, NULL);
  g_autoptr (GPtrArray) both = list_of (BOX, SLIDE, NULL);
  TelaFrame frame = tela_frame_of (list);

  g_assert_cmpint (tela_frame_hit (&frame, list->pdata[0], 1, (TelaPoint){ 112, 72 }, 11), ==, TELA_HANDLE_SE);
  g_assert_cmpint (tela_frame_hit (&frame, list->pdata[0], 1, (TelaPoint){ 60, 45 }, 11), ==, TELA_HANDLE_NONE);
  g_assert_cmpint (tela_frame_hit (&frame, list->pdata[0], 1, (TelaPoint){ 60, -8 }, 11), ==, TELA_HANDLE_ROTATE);
  /* Far out the frame is small: its corners remain. */
  g_assert_cmpint (tela_frame_hit (&frame, list->pdata[0], 4, (TelaPoint){ 60, 4 }, 8), ==, TELA_HANDLE_NONE);

  /* A frame does not turn, alone or among others. */
  for (guint n = 1; n <= 2; n++)
    {
      frame = tela_frame_of (n == 1 ? slide : both);
      g_assert_cmpint (tela_frame_hit (&frame, slide->pdata[0], 1, (TelaPoint){ 60, -8 }, 11), ==, TELA_HANDLE_NONE);
      g_assert_cmpint (tela_frame_hit (&frame, slide->pdata[0], 1, (TelaPoint){ 112, 72 }, 11), ==, TELA_HANDLE_SE);
    }

  frame = tela_frame_of (line);
  g_assert_true (frame.is_line);
  g_assert_cmpint (tela_frame_hit (&frame, line->pdata[0], 1, (TelaPoint){ 108, 61 }, 11), ==, TELA_HANDLE_POINT + 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/transform/move", test_move);
  g_test_add_func ("/transform/resize/corner", test_resize_corner);
  g_test_add_func ("/transform/resize/opposite-side-stays", test_resize_opposite_side_stays);
  g_test_add_func ("/transform/resize/flips", test_resize_flips);
  g_test_add_func ("/transform/resize/ratio", test_resize_ratio);
  g_test_add_func ("/transform/resize/several", test_resize_several);
  g_test_add_func ("/transform/resize/turned", test_resize_turned);
  g_test_add_func ("/transform/resize/line", test_resize_line);
  g_test_add_func ("/transform/rotate", test_rotate);
  g_test_add_func ("/transform/point", test_point);
  g_test_add_func ("/transform/handles", test_handles);

  return g_test_run ();
}
