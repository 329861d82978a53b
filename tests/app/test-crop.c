/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-crop.h"

#include <math.h>

#include "tela-transform.h"

static TelaElement *
parse (const char *json)
{
  TelaJsonReader reader;
  g_autoptr (GError) error = NULL;
  TelaElement *element;

  tela_json_reader_init (&reader, json, -1);
  element = tela_element_read_plain (&reader, NULL, (TelaStamp){ .time = 1 }, NULL, &error);
  g_assert_no_error (error);

  return element;
}

static double
number (const TelaElement *element,
        TelaKey            key)
{
  return tela_element_get_number (element, key, NAN);
}

static TelaElement *
apply (const TelaElement *image,
       TelaElement       *op)
{
  g_autoptr (TelaElement) change = tela_element_restamp (op, (TelaStamp){ .time = 2 });

  return tela_element_merge (image, change, NULL);
}

static void
assert_crop (const TelaElement *image,
             const char        *json)
{
  TelaValue value;

  g_assert_true (tela_element_get (image, TELA_KEY_CROP, &value, NULL));
  if (json == NULL)
    g_assert_cmpint (value.kind, ==, TELA_VALUE_NULL);
  else
    {
      g_assert_cmpint (value.kind, ==, TELA_VALUE_JSON);
      g_assert_cmpstr (value.as.string, ==, json);
    }
}

#define IMAGE(more) "{\"id\":\"i\",\"type\":\"image\",\"x\":100,\"y\":100,\"width\":200,\"height\":100" more "}"

/* The left edge goes right by a quarter; back again there is no crop. */
static void
test_there_and_back (void)
{
  g_autoptr (TelaElement) image = parse (IMAGE (""));
  TelaCrop whole = tela_crop_of (image, 400, 200);
  TelaCrop less = tela_crop_resize (&whole, TELA_HANDLE_W, (TelaPoint){ 150, 400 }, 1);
  g_autoptr (TelaElement) op = tela_crop_build_op (&less, &whole, image);
  g_autoptr (TelaElement) cropped = apply (image, op);
  TelaCrop again = tela_crop_of (cropped, 400, 200);
  g_autoptr (TelaElement) last = NULL;

  assert_crop (cropped, "{\"height\":200,\"naturalHeight\":200,\"naturalWidth\":400,\"width\":300,\"x\":100,\"y\":0}");
  g_assert_cmpfloat (number (cropped, TELA_KEY_X), ==, 150);
  g_assert_cmpfloat (number (cropped, TELA_KEY_WIDTH), ==, 150);
  g_assert_cmpfloat (number (cropped, TELA_KEY_HEIGHT), ==, 100);
  g_assert_cmpfloat (again.whole.x, ==, 100);
  g_assert_cmpfloat (again.whole.width, ==, 200);

  /* No further than the image goes. */
  less = tela_crop_resize (&again, TELA_HANDLE_NW, (TelaPoint){ -500, -500 }, 1);
  last = tela_crop_build_op (&less, &again, cropped);
  assert_crop (last, NULL);
  g_assert_cmpfloat (number (last, TELA_KEY_X), ==, 100);
}

static void
test_flipped (void)
{
  g_autoptr (TelaElement) image = parse (IMAGE (",\"scale\":[-1,1]"));
  TelaCrop whole = tela_crop_of (image, 400, 200);
  TelaCrop less = tela_crop_resize (&whole, TELA_HANDLE_W, (TelaPoint){ 150, 100 }, 1);
  g_autoptr (TelaElement) op = tela_crop_build_op (&less, &whole, image);
  g_autoptr (TelaElement) cropped = apply (image, op);
  TelaCrop again = tela_crop_of (cropped, 400, 200);

  assert_crop (cropped, "{\"height\":200,\"naturalHeight\":200,\"naturalWidth\":400,\"width\":300,\"x\":0,\"y\":0}");
  g_assert_cmpfloat (again.whole.x, ==, 100);
}

/* What is seen stays in its place on the board: the corner opposite to the one that is dragged, and the whole. */
static void
test_rotated (void)
{
  g_autoptr (TelaElement) image = parse (IMAGE (",\"angle\":1"));
  TelaCrop  whole = tela_crop_of (image, 400, 200);
  TelaPoint far_before = tela_point_rotate ((TelaPoint){ 100, 100 }, tela_rect_centre (whole.box), 1);
  TelaPoint to = tela_point_rotate ((TelaPoint){ 250, 170 }, tela_rect_centre (whole.box), 1);
  TelaCrop  less = tela_crop_resize (&whole, TELA_HANDLE_SE, to, 1);
  TelaPoint far_after = tela_point_rotate ((TelaPoint){ less.box.x, less.box.y }, tela_rect_centre (less.box), 1);
  g_autoptr (TelaElement) op = tela_crop_build_op (&less, &whole, image);
  g_autoptr (TelaElement) cropped = apply (image, op);
  g_autoptr (TelaElement) uncovered = tela_crop_uncover (&less, cropped);

  g_assert_cmpfloat_with_epsilon (less.box.width, 150, 1e-6);
  g_assert_cmpfloat_with_epsilon (less.box.height, 70, 1e-6);
  g_assert_cmpfloat_with_epsilon (far_before.x, far_after.x, 1e-6);
  g_assert_cmpfloat_with_epsilon (far_before.y, far_after.y, 1e-6);
  g_assert_cmpfloat_with_epsilon (number (uncovered, TELA_KEY_X), 100, 1e-6);
  g_assert_cmpfloat_with_epsilon (number (uncovered, TELA_KEY_Y), 100, 1e-6);
  g_assert_cmpfloat_with_epsilon (number (uncovered, TELA_KEY_WIDTH), 200, 1e-6);
}

static void
test_shift (void)
{
  g_autoptr (TelaElement) image = parse (
      IMAGE (",\"crop\":{\"x\":100,\"y\":0,\"width\":200,\"height\":100,\"naturalWidth\":400,\"naturalHeight\":200}"));
  TelaCrop before = tela_crop_of (image, 400, 200);
  TelaCrop after = tela_crop_shift (&before, 50, 50);
  g_autoptr (TelaElement) op = tela_crop_build_op (&after, &before, image);

  assert_crop (op, "{\"height\":100,\"naturalHeight\":200,\"naturalWidth\":400,\"width\":200,\"x\":50,\"y\":0}");
  g_assert_false (tela_element_has (op, TELA_KEY_X));
  after = tela_crop_shift (&before, -5000, -5000);
  g_assert_cmpfloat (after.whole.x + after.whole.width, ==, 300);
}

static void
test_smallest (void)
{
  g_autoptr (TelaElement) image = parse (IMAGE (""));
  TelaCrop whole = tela_crop_of (image, 400, 200);
  TelaCrop less = tela_crop_resize (&whole, TELA_HANDLE_E, (TelaPoint){ -1000, 0 }, 12);

  g_assert_cmpfloat (less.box.width, ==, 12);
  g_assert_cmpfloat (less.box.x, ==, 100);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/crop/there-and-back", test_there_and_back);
  g_test_add_func ("/crop/flipped", test_flipped);
  g_test_add_func ("/crop/rotated", test_rotated);
  g_test_add_func ("/crop/shift", test_shift);
  g_test_add_func ("/crop/smallest", test_smallest);

  return g_test_run ();
}
