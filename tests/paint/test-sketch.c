/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-sketch.h"

#include <math.h>

#include "tela-hatch.h"

/* The numbers must never change: every drawing would look different. */
static void
test_random_numbers (void)
{
  TelaSketch sketch;

  tela_sketch_init (&sketch, 1, 1);
  g_assert_cmpfloat_with_epsilon (tela_sketch_random (&sketch), 48271 / 2147483648.0, 1e-12);
  g_assert_cmpfloat_with_epsilon (tela_sketch_random (&sketch), (48271u * 48271u & 0x7fffffff) / 2147483648.0, 1e-12);
  tela_sketch_init (&sketch, 0, 1);
  tela_sketch_random (&sketch);
  g_assert_cmpfloat (tela_sketch_random (&sketch), >, 0);
}

static void
test_exact_line (void)
{
  g_autoptr (GArray) path = tela_path_new ();
  TelaSketch sketch;

  tela_sketch_init (&sketch, 5, 0);
  tela_sketch_line (&sketch, path, (TelaPoint){ 0, 0 }, (TelaPoint){ 30, 40 });
  g_assert_cmpuint (path->len, ==, 2);
  g_assert_cmpfloat (g_array_index (path, TelaPathOp, 1).x, ==, 30);
  g_assert_cmpfloat (g_array_index (path, TelaPathOp, 1).y, ==, 40);
}

static void
test_line_strays_little (void)
{
  guint seed;

  for (seed = 1; seed < 200; seed++)
    {
      g_autoptr (GArray) path = tela_path_new ();
      TelaSketch sketch;
      guint      i;

      tela_sketch_init (&sketch, seed, 2);
      tela_sketch_line (&sketch, path, (TelaPoint){ 0, 0 }, (TelaPoint){ 300, 0 });
      g_assert_cmpuint (path->len, ==, 4); /* two strokes */
      for (i = 0; i < path->len; i++)
        g_assert_cmpfloat (fabs (g_array_index (path, TelaPathOp, i).y), <=, 4);
    }
}

static void
test_kept_vertices (void)
{
  g_autoptr (GArray) path = tela_path_new ();
  TelaSketch sketch;

  tela_sketch_init (&sketch, 9, 1);
  sketch.keep_vertices = TRUE;
  tela_sketch_line (&sketch, path, (TelaPoint){ 1, 2 }, (TelaPoint){ 300, 7 });
  g_assert_cmpfloat (g_array_index (path, TelaPathOp, 0).x, ==, 1);
  g_assert_cmpfloat (g_array_index (path, TelaPathOp, 3).x, ==, 300);
  g_assert_cmpfloat (g_array_index (path, TelaPathOp, 3).y, ==, 7);
}

static void
test_hatch_stays_inside (void)
{
  const TelaPoint     square[] = { { 0, 0 }, { 100, 0 }, { 100, 100 }, { 0, 100 } };
  const TelaFillStyle styles[] = { TELA_FILL_HACHURE, TELA_FILL_CROSS_HATCH, TELA_FILL_DOTS };
  gsize               k;

  for (k = 0; k < G_N_ELEMENTS (styles); k++)
    {
      g_autoptr (GArray) path = tela_path_new ();
      TelaSketch sketch;
      guint      i;

      tela_sketch_init (&sketch, 9, 0);
      g_assert_true (tela_hatch (&sketch, path, square, 4, styles[k], 8, 1));
      g_assert_cmpuint (path->len, >, 10);
      for (i = 0; i < path->len; i++)
        {
          const TelaPathOp *op = &g_array_index (path, TelaPathOp, i);

          g_assert_cmpfloat (op->x, >=, -3);
          g_assert_cmpfloat (op->x, <=, 103);
          g_assert_cmpfloat (op->y, >=, -3);
          g_assert_cmpfloat (op->y, <=, 103);
        }
    }
}

static void
test_hatch_has_a_limit (void)
{
  const TelaPoint square[] = { { 0, 0 }, { 1e6, 0 }, { 1e6, 1e6 }, { 0, 1e6 } };
  g_autoptr (GArray) path = tela_path_new ();
  TelaSketch sketch;

  tela_sketch_init (&sketch, 9, 1);
  g_assert_false (tela_hatch (&sketch, path, square, 4, TELA_FILL_HACHURE, 8, 1));
  g_assert_false (tela_hatch (&sketch, path, square, 4, TELA_FILL_DOTS, 400, 1));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sketch/random/numbers", test_random_numbers);
  g_test_add_func ("/sketch/line/exact", test_exact_line);
  g_test_add_func ("/sketch/line/strays-little", test_line_strays_little);
  g_test_add_func ("/sketch/line/kept-vertices", test_kept_vertices);
  g_test_add_func ("/sketch/hatch/stays-inside", test_hatch_stays_inside);
  g_test_add_func ("/sketch/hatch/has-a-limit", test_hatch_has_a_limit);

  return g_test_run ();
}
