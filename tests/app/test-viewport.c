/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-viewport.h"

#include <math.h>

static void
count_cb (guint *count)
{
  *count += 1;
}

static TelaViewport *
new_viewport (void)
{
  TelaViewport *self = tela_viewport_new ();

  tela_viewport_set_size (self, 800, 600);

  return self;
}

static void
assert_at (TelaViewport *self,
           double        wx,
           double        wy,
           double        x,
           double        y)
{
  double found_x, found_y;

  tela_viewport_to_board (self, wx, wy, &found_x, &found_y);
  g_assert_cmpfloat_with_epsilon (found_x, x, 1e-9);
  g_assert_cmpfloat_with_epsilon (found_y, y, 1e-9);
}

static void
test_pan (void)
{
  g_autoptr (TelaViewport) self = new_viewport ();

  tela_viewport_pan (self, 100, -50);
  assert_at (self, 100, -50, 0, 0);
  tela_viewport_zoom_to (self, 2, 0, 0);
  tela_viewport_pan (self, 10, 10);
  assert_at (self, 10, 10, -100, 50);
}

static void
test_zoom_keeps_the_point (void)
{
  g_autoptr (TelaViewport) self = new_viewport ();
  double x, y;

  tela_viewport_pan (self, 33, 44);
  tela_viewport_to_board (self, 250, 125, &x, &y);
  for (guint i = 0; i < 10; i++)
    {
      tela_viewport_zoom_by (self, i % 2 == 0 ? 1.7 : 0.4, 250, 125);
      assert_at (self, 250, 125, x, y);
    }
}

static void
test_zoom_limits (void)
{
  g_autoptr (TelaViewport) self = new_viewport ();

  tela_viewport_zoom_to (self, 1e9, 0, 0);
  g_assert_cmpfloat (tela_viewport_get_zoom (self), ==, TELA_ZOOM_MAX);
  tela_viewport_zoom_to (self, 0, 0, 0);
  g_assert_cmpfloat (tela_viewport_get_zoom (self), ==, TELA_ZOOM_MIN);
  tela_viewport_zoom_to (self, (double) NAN, 0, 0);
  g_assert_cmpfloat (tela_viewport_get_zoom (self), ==, TELA_ZOOM_MIN);
}

static void
test_origin_limits (void)
{
  g_autoptr (TelaViewport) self = new_viewport ();
  TelaRect visible;

  tela_viewport_pan (self, -1e30, 1e30);
  visible = tela_viewport_get_visible (self);
  g_assert_cmpfloat (visible.x, ==, 2 * TELA_MAX_COORDINATE);
  g_assert_cmpfloat (visible.y, ==, -2 * TELA_MAX_COORDINATE);
  tela_viewport_pan (self, (double) INFINITY, (double) NAN);
  g_assert_cmpfloat (tela_viewport_get_visible (self).x, ==, visible.x);
}

static void
test_fit (void)
{
  g_autoptr (TelaViewport) self = new_viewport ();
  const TelaRect area = { -1000, 500, 2000, 100 };

  tela_viewport_fit (self, area, 50);
  g_assert_cmpfloat_with_epsilon (tela_viewport_get_zoom (self), 700.0 / 2000, 1e-9);
  assert_at (self, 400, 300, 0, 550);
  g_assert_true (tela_rect_contains (tela_viewport_get_visible (self), area));
}

static void
test_fit_never_magnifies (void)
{
  g_autoptr (TelaViewport) self = new_viewport ();

  tela_viewport_fit (self, (TelaRect){ 10, 10, 0, 0 }, 50);
  g_assert_cmpfloat (tela_viewport_get_zoom (self), ==, 1.0);
  assert_at (self, 400, 300, 10, 10);
}

static void
test_fit_without_size (void)
{
  g_autoptr (TelaViewport) self = tela_viewport_new ();

  tela_viewport_fit (self, (TelaRect){ 10, 10, 100, 100 }, 50);
  assert_at (self, 0, 0, 0, 0);
}

static void
test_rect_to_widget (void)
{
  g_autoptr (TelaViewport) self = new_viewport ();
  TelaRect rect;

  tela_viewport_zoom_to (self, 2, 0, 0);
  tela_viewport_pan (self, 20, 40);
  rect = tela_viewport_rect_to_widget (self, (TelaRect){ 5, 5, 10, 20 });
  g_assert_cmpfloat (rect.x, ==, 30);
  g_assert_cmpfloat (rect.y, ==, 50);
  g_assert_cmpfloat (rect.width, ==, 20);
  g_assert_cmpfloat (rect.height, ==, 40);
}

static void
test_changed_once (void)
{
  g_autoptr (TelaViewport) self = new_viewport ();
  guint count = 0;

  g_signal_connect_swapped (self, "changed", G_CALLBACK (count_cb), &count);
  tela_viewport_pan (self, 0, 0);
  tela_viewport_set_size (self, 800, 600);
  tela_viewport_zoom_to (self, 1, 5, 5);
  g_assert_cmpuint (count, ==, 0);
  tela_viewport_zoom_by (self, 2, 5, 5);
  g_assert_cmpuint (count, ==, 1);
  tela_viewport_fit (self, (TelaRect){ 0, 0, 5000, 5000 }, 0);
  g_assert_cmpuint (count, ==, 2);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/viewport/pan", test_pan);
  g_test_add_func ("/viewport/zoom/keeps-the-point", test_zoom_keeps_the_point);
  g_test_add_func ("/viewport/zoom/limits", test_zoom_limits);
  g_test_add_func ("/viewport/origin/limits", test_origin_limits);
  g_test_add_func ("/viewport/fit/shows-all", test_fit);
  g_test_add_func ("/viewport/fit/never-magnifies", test_fit_never_magnifies);
  g_test_add_func ("/viewport/fit/without-size", test_fit_without_size);
  g_test_add_func ("/viewport/rect-to-widget", test_rect_to_widget);
  g_test_add_func ("/viewport/changed/once", test_changed_once);

  return g_test_run ();
}
