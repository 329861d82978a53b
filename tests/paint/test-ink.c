/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-paint.h"

#include <math.h>

static GArray *
outline (guint         n,
         const double *points,
         const double *pressures,
         double        width)
{
  g_autoptr (TelaNumbers) p = tela_numbers_new (n, 2, points);
  g_autoptr (TelaNumbers) q = pressures != NULL ? tela_numbers_new (n, 1, pressures) : NULL;

  return tela_paint_ink_outline (p, q, pressures == NULL, width, TRUE);
}

static double
thickness (GArray *flat,
           guint   axis)
{
  double least = INFINITY;
  double most = -INFINITY;
  guint  i;

  for (i = axis; i < flat->len; i += 2)
    {
      double v = g_array_index (flat, double, i);

      g_assert_true (isfinite (v));
      least = MIN (least, v);
      most = MAX (most, v);
    }

  return most - least;
}

static void
test_dot (void)
{
  const double p[] = { 5, 5 };
  g_autoptr (GArray) flat = outline (1, p, NULL, 2);

  g_assert_cmpuint (flat->len, >=, 16);
  g_assert_cmpuint (flat->len % 2, ==, 0);
  g_assert_cmpfloat (thickness (flat, 0), <, 20);
}

static void
test_nothing (void)
{
  g_autoptr (TelaNumbers) none = tela_numbers_new (0, 2, NULL);
  g_autoptr (GArray) flat = tela_paint_ink_outline (none, NULL, TRUE, 2, TRUE);

  g_assert_cmpuint (flat->len, ==, 0);
}

static void
test_pressure_makes_it_thick (void)
{
  double p[80];
  double light[40];
  double firm[40];
  guint  i;
  g_autoptr (GArray) thin = NULL;
  g_autoptr (GArray) thick = NULL;

  for (i = 0; i < 40; i++)
    {
      p[2 * i] = i * 8;
      p[2 * i + 1] = 0;
      light[i] = 0.1;
      firm[i] = 0.9;
    }
  thin = outline (40, p, light, 2);
  thick = outline (40, p, firm, 2);
  g_assert_cmpfloat (thickness (thin, 1), <, thickness (thick, 1));
  g_assert_cmpfloat (thickness (thick, 1), <=, 2 * 4.25 * 2);
  g_assert_cmpfloat (thickness (thick, 0), >, 300);
}

static void
test_still_hand (void)
{
  double p[40] = { 0 };
  g_autoptr (GArray) flat = outline (20, p, NULL, 4);

  thickness (flat, 0);
  g_assert_cmpuint (flat->len, >, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ink/dot", test_dot);
  g_test_add_func ("/ink/nothing", test_nothing);
  g_test_add_func ("/ink/pressure-makes-it-thick", test_pressure_makes_it_thick);
  g_test_add_func ("/ink/still-hand", test_still_hand);

  return g_test_run ();
}
