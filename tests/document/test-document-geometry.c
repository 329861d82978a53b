/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-geometry.h"

#include <math.h>

static TelaElement *
element_new (const char *set)
{
  g_autofree char *json = g_strdup_printf ("{\"id\":\"e\",\"set\":%s}", set);
  g_autoptr (GError) error = NULL;
  TelaStamp      stamp = { 1, 1 };
  TelaJsonReader reader;
  TelaElement   *element;

  tela_json_reader_init (&reader, json, -1);
  element = tela_op_read (&reader, &stamp, &error);
  g_assert_no_error (error);
  return element;
}

static void
assert_rect (TelaRect rect,
             double   x,
             double   y,
             double   width,
             double   height)
{
  g_assert_cmpfloat_with_epsilon (rect.x, x, 1e-6);
  g_assert_cmpfloat_with_epsilon (rect.y, y, 1e-6);
  g_assert_cmpfloat_with_epsilon (rect.width, width, 1e-6);
  g_assert_cmpfloat_with_epsilon (rect.height, height, 1e-6);
}

static void
test_rect (void)
{
  TelaRect a = { 0, 0, 10, 10 };
  TelaRect b = { 20, -5, 5, 5 };

  assert_rect (tela_rect_union (a, b), 0, -5, 25, 15);
  assert_rect (tela_rect_expand (a, 2), -2, -2, 14, 14);
  g_assert_false (tela_rect_intersects (a, b));
  g_assert_true (tela_rect_intersects (a, (TelaRect){ 10, 10, 0, 0 }));
  g_assert_true (tela_rect_contains (a, (TelaRect){ 1, 1, 9, 9 }));
  g_assert_false (tela_rect_contains (a, b));
}

static void
test_box (void)
{
  g_autoptr (TelaElement) box =
      element_new ("{\"type\":\"rectangle\",\"x\":1,\"y\":2,\"width\":3,\"height\":4,\"angle\":1}");
  g_autoptr (TelaElement) mirrored = element_new ("{\"type\":\"image\",\"x\":1,\"y\":2,\"width\":-3,\"height\":-4}");
  g_autoptr (TelaElement) line =
      element_new ("{\"type\":\"line\",\"x\":1,\"y\":2,\"width\":9,\"height\":9,\"points\":[[0,0],[-5,7],[3,1]]}");
  g_autoptr (TelaElement) broken =
      element_new ("{\"type\":\"line\",\"x\":1,\"y\":2,\"width\":9,\"height\":8,\"points\":\"?\"}");
  g_autoptr (TelaElement) nothing = element_new ("{\"type\":\"what\"}");

  assert_rect (tela_element_get_box (box), 1, 2, 3, 4);
  assert_rect (tela_element_get_box (mirrored), -2, -2, 3, 4);
  assert_rect (tela_element_get_box (line), -4, 2, 8, 7);
  assert_rect (tela_element_get_box (broken), 1, 2, 9, 8);
  assert_rect (tela_element_get_box (nothing), 0, 0, 0, 0);
}

static void
test_bounds (void)
{
  static const char *const sets[] = {
    "{\"type\":\"rectangle\",\"width\":100,\"height\":20,\"strokeWidth\":4,\"angle\":%g}",
    "{\"type\":\"text\",\"width\":100,\"height\":20,\"fontSize\":20,\"angle\":%g}",
    "{\"type\":\"arrow\",\"points\":[[0,0],[100,20]],\"angle\":%g}",
    "{\"type\":\"freedraw\",\"points\":[[0,0],[50,0],[100,20]],\"angle\":%g}",
    "{\"type\":\"line\",\"roundness\":{\"type\":2},\"points\":[[0,0],[100,20],[0,20]],\"angle\":%g}",
    "{\"type\":\"frame\",\"width\":100,\"height\":20,\"angle\":%g}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (sets); i++)
    for (double angle = 0; angle < 7; angle += 0.5)
      {
        g_autoptr (GString) set = g_string_new (sets[i]);
        g_autofree char *number = g_strdup_printf ("%g", angle);
        g_autoptr (TelaElement) element = NULL;
        TelaRect bounds;

        g_string_replace (set, "%g", number, 0);
        element = element_new (set->str);
        bounds = tela_element_get_bounds (element);
        for (guint corner = 0; corner < 4; corner++)
          {
            double   x = corner & 1 ? 50 : -50;
            double   y = corner & 2 ? 10 : -10;
            TelaRect point = { 50 + x * cos (angle) - y * sin (angle), 10 + x * sin (angle) + y * cos (angle), 0, 0 };

            g_assert_true (tela_rect_contains (bounds, tela_rect_expand (point, 2)));
          }
        g_assert_cmpfloat (bounds.width, <, 260);
      }
}

static double
reach_of (const char *fill,
          const char *colour,
          int         roughness)
{
  g_autofree char *json = g_strdup_printf ("{\"type\":\"rectangle\",\"width\":100,\"height\":20,\"strokeWidth\":10,"
                                           "\"fillStyle\":\"%s\",\"backgroundColor\":\"%s\",\"roughness\":%d}",
                                           fill, colour, roughness);
  g_autofree char *sharp = g_strdup_printf ("{\"type\":\"rectangle\",\"width\":100,\"height\":20,\"strokeWidth\":10,"
                                            "\"roughness\":%d}",
                                            roughness);
  g_autoptr (TelaElement) filled = element_new (json);
  g_autoptr (TelaElement) empty = element_new (sharp);

  return tela_element_get_bounds (empty).x - tela_element_get_bounds (filled).x;
}

/* The strokes of a pattern run over the edge of the shape, and farther the wider they are. */
static void
test_bounds_of_patterns (void)
{
  g_assert_cmpfloat_with_epsilon (reach_of ("solid", "#ffc9c9", 1), 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (reach_of ("hachure", "#ffc9c9", 0), 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (reach_of ("hachure", "#ffc9c9", 1), 40, 1e-9);
  g_assert_cmpfloat_with_epsilon (reach_of ("zigzag", "#ffc9c9", 0), 16, 1e-9);
  g_assert_cmpfloat_with_epsilon (reach_of ("zigzag", "#ffc9c9", 2), 56, 1e-9);
  g_assert_cmpfloat_with_epsilon (reach_of ("zigzag", "transparent", 2), 0, 1e-9);
}

/* Another program's text may be longer than the width that it wrote down. */
static void
test_bounds_of_text (void)
{
  g_autoptr (TelaElement) left = element_new ("{\"type\":\"text\",\"width\":100,\"height\":20,\"fontSize\":20}");
  g_autoptr (TelaElement) right = element_new ("{\"type\":\"text\",\"width\":100,\"height\":20,\"fontSize\":20,"
                                               "\"textAlign\":\"right\"}");
  g_autoptr (TelaElement) middle = element_new ("{\"type\":\"text\",\"width\":100,\"height\":20,\"fontSize\":20,"
                                                "\"textAlign\":\"center\"}");

  assert_rect (tela_element_get_bounds (left), -20, -20, 165, 60);
  assert_rect (tela_element_get_bounds (right), -45, -20, 165, 60);
  assert_rect (tela_element_get_bounds (middle), -32.5, -20, 165, 60);
}

static void
test_bounds_are_finite (void)
{
  TelaOpBuilder *builder = tela_op_builder_new ("e");
  g_autoptr (TelaElement) element = NULL;

  tela_op_builder_set_string (builder, TELA_KEY_TYPE, "rectangle");
  tela_op_builder_set_number (builder, TELA_KEY_X, 0.0 / 0.0);
  element = tela_op_builder_end (builder, (TelaStamp){ 1, 1 });
  assert_rect (tela_element_get_bounds (element), 0, 0, 0, 0);
}

/* Is the point hit, without slack? */
typedef struct
{
  const char *set;
  double      x, y;
  gboolean    hit;
} Case;

#define BOX "\"x\":0,\"y\":0,\"width\":100,\"height\":50"
#define FILLED ",\"backgroundColor\":\"#ffc9c9\""

static void
test_hit (void)
{
  static const Case cases[] = {
    { "{\"type\":\"rectangle\"," BOX "}", 0, 25, TRUE },
    { "{\"type\":\"rectangle\"," BOX "}", 100.5, 25, TRUE },
    { "{\"type\":\"rectangle\"," BOX "}", 50, 25, FALSE },
    { "{\"type\":\"rectangle\"," BOX "}", 110, 25, FALSE },
    { "{\"type\":\"rectangle\"," BOX FILLED "}", 50, 25, TRUE },
    { "{\"type\":\"rectangle\"," BOX ",\"backgroundColor\":\"transparent\"}", 50, 25, FALSE },
    { "{\"type\":\"rectangle\"," BOX FILLED ",\"angle\":1.5707963}", 50, 70, TRUE },
    { "{\"type\":\"rectangle\"," BOX FILLED ",\"angle\":1.5707963}", 10, 25, FALSE },
    { "{\"type\":\"rectangle\"," BOX FILLED ",\"angle\":0.5}", 90, 40, TRUE },
    { "{\"type\":\"rectangle\"," BOX FILLED ",\"angle\":0.5}", 90, 5, FALSE },
    { "{\"type\":\"ellipse\"," BOX "}", 50, 0, TRUE },
    { "{\"type\":\"ellipse\"," BOX "}", 100, 25, TRUE },
    { "{\"type\":\"ellipse\"," BOX "}", 2, 2, FALSE },
    { "{\"type\":\"ellipse\"," BOX "}", 50, 25, FALSE },
    { "{\"type\":\"ellipse\"," BOX FILLED "}", 50, 25, TRUE },
    { "{\"type\":\"ellipse\"," BOX FILLED "}", 2, 2, FALSE },
    { "{\"type\":\"diamond\"," BOX "}", 25, 12.5, TRUE },
    { "{\"type\":\"diamond\"," BOX "}", 50, 25, FALSE },
    { "{\"type\":\"diamond\"," BOX FILLED "}", 50, 25, TRUE },
    { "{\"type\":\"diamond\"," BOX FILLED "}", 5, 5, FALSE },
    { "{\"type\":\"text\"," BOX "}", 50, 25, TRUE },
    { "{\"type\":\"image\"," BOX "}", 99, 49, TRUE },
    { "{\"type\":\"image\"," BOX "}", 101, 49, FALSE },
    { "{\"type\":\"frame\"," BOX FILLED "}", 50, 25, FALSE },
    { "{\"type\":\"frame\"," BOX "}", 50, 50, TRUE },
    { "{\"type\":\"from the future\"," BOX "}", 50, 25, TRUE },
    { "{\"type\":\"line\",\"x\":10,\"y\":10,\"points\":[[0,0],[100,0]]}", 60, 10.9, TRUE },
    { "{\"type\":\"line\",\"x\":10,\"y\":10,\"points\":[[0,0],[100,0]]}", 60, 13, FALSE },
    { "{\"type\":\"line\",\"x\":10,\"y\":10,\"points\":[[0,0],[100,0]]}", 0, 10, FALSE },
    { "{\"type\":\"line\",\"points\":[[0,0],[100,0],[50,80],[0,0]]" FILLED "}", 50, 30, TRUE },
    { "{\"type\":\"line\",\"points\":[[0,0],[100,0],[50,80],[0,0]]" FILLED "}", 90, 60, FALSE },
    { "{\"type\":\"line\",\"points\":[[0,0],[100,0],[50,80],[0,0]]}", 50, 30, FALSE },
    { "{\"type\":\"line\",\"points\":[[0,0],[100,0],[50,80]]" FILLED "}", 50, 30, FALSE },
    { "{\"type\":\"arrow\",\"points\":[[0,0],[100,0],[50,80],[0,0]]" FILLED "}", 50, 30, FALSE },
    { "{\"type\":\"arrow\",\"points\":[[0,0],[50,50],[100,0]]}", 25, 25, TRUE },
    { "{\"type\":\"arrow\",\"roundness\":{\"type\":2},\"points\":[[0,0],[50,50],[100,0]]}", 21.9, 28.1, TRUE },
    { "{\"type\":\"freedraw\",\"points\":[[0,0],[100,0]]}", 50, 4, TRUE },
    { "{\"type\":\"freedraw\",\"points\":[[0,0],[100,0]]}", 50, 6, FALSE },
    { "{\"type\":\"freedraw\",\"x\":5,\"y\":5,\"points\":[[0,0]]}", 6, 6, TRUE },
    { "{\"type\":\"line\",\"points\":\"?\"," BOX "}", 50, 25, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TelaElement) element = element_new (cases[i].set);

      g_test_message ("%s at %g,%g", cases[i].set, cases[i].x, cases[i].y);
      g_assert_cmpint (tela_element_hit (element, cases[i].x, cases[i].y, 0), ==, cases[i].hit);
    }
}

static void
test_slack (void)
{
  static const char *const types[] = { "rectangle", "ellipse", "diamond", "text", "image", "frame", "line" };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char *set = g_strdup_printf ("{\"type\":\"%s\"," BOX ",\"points\":[[0,25],[100,25]]}", types[i]);
      g_autoptr (TelaElement) element = element_new (set);

      g_test_message ("%s", types[i]);
      g_assert_false (tela_element_hit (element, 108, 25, 5));
      g_assert_true (tela_element_hit (element, 108, 25, 10));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rect", test_rect);
  g_test_add_func ("/geometry/box", test_box);
  g_test_add_func ("/geometry/bounds", test_bounds);
  g_test_add_func ("/geometry/bounds/finite", test_bounds_are_finite);
  g_test_add_func ("/geometry/bounds/patterns", test_bounds_of_patterns);
  g_test_add_func ("/geometry/bounds/text", test_bounds_of_text);
  g_test_add_func ("/geometry/hit", test_hit);
  g_test_add_func ("/geometry/hit/slack", test_slack);

  return g_test_run ();
}
