/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "paint-fixture.h"

/* Pictures of a scene as it looked when they were last made, tests/data/paint/SCALE.png: what changes them on purpose makes
 * them anew with TELA_WRITE_REFERENCES=1. Text is not in them, since fonts differ. Of a hundred pixels one may differ by
 * more than NEAR in some channel: rasterisers round differently. */
#define NEAR 32
#define SHARE_FAR 0.01

static const TelaRect area = { 0, 0, 320, 200 };

static GPtrArray *
make_scene (void)
{
  static const char *const types[] = { "rectangle", "ellipse", "diamond", "line", "arrow", "freedraw" };
  g_autoptr (GRand) rand = g_rand_new_with_seed (9);
  GPtrArray *elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < 48; i++)
    g_ptr_array_add (elements, fixture_element (rand, types[i % G_N_ELEMENTS (types)], i, area));

  return elements;
}

/* As on a sheet, so that what is transparent is compared, too. */
static cairo_surface_t *
paint_on_paper (double scale)
{
  g_autoptr (GPtrArray) scene = make_scene ();
  cairo_surface_t *surface = fixture_paint (scene, area, scale);
  cairo_t         *cr = cairo_create (surface);

  cairo_set_operator (cr, CAIRO_OPERATOR_DEST_OVER);
  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

static guint
count_far (cairo_surface_t *a,
           cairo_surface_t *b)
{
  guint n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (a); y++)
    for (int x = 0; x < cairo_image_surface_get_width (a); x++)
      {
        const guint8 *p = cairo_image_surface_get_data (a) + y * cairo_image_surface_get_stride (a) + 4 * x;
        const guint8 *q = cairo_image_surface_get_data (b) + y * cairo_image_surface_get_stride (b) + 4 * x;

        n += ABS (p[0] - q[0]) > NEAR || ABS (p[1] - q[1]) > NEAR || ABS (p[2] - q[2]) > NEAR;
      }

  return n;
}

static void
test_reference (gconstpointer data)
{
  const double    *scale = data;
  g_autofree char *name = g_strdup_printf ("%g.png", *scale);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "paint", name, NULL);
  cairo_surface_t *painted = paint_on_paper (*scale);
  cairo_surface_t *reference;
  int              width = cairo_image_surface_get_width (painted);
  int              height = cairo_image_surface_get_height (painted);

  if (g_getenv ("TELA_WRITE_REFERENCES") != NULL)
    g_assert_cmpint (cairo_surface_write_to_png (painted, path), ==, CAIRO_STATUS_SUCCESS);
  reference = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_surface_status (reference), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (reference), ==, width);
  g_assert_cmpint (cairo_image_surface_get_height (reference), ==, height);
  g_assert_cmpuint (count_far (painted, reference), <=, (guint) (SHARE_FAR * width * height));
  cairo_surface_destroy (reference);
  cairo_surface_destroy (painted);
}

int
main (int   argc,
      char *argv[])
{
  static const double scales[] = { 0.125, 0.25, 0.5, 1, 1.5, 2 };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      g_autofree char *path = g_strdup_printf ("/reference/%g", scales[i]);

      g_test_add_data_func (path, &scales[i], test_reference);
    }

  return g_test_run ();
}
