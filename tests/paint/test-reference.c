/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "paint-fixture.h"
#include "tile-fixture.h"

/* Pictures of a scene as it looked when they were last made, tests/data/paint/NAME.png: what changes them on purpose makes
 * them anew with TELA_WRITE_REFERENCES=1. Rasterisers round differently: of a hundred pixels that are not paper so many may
 * differ by more than NEAR in some channel. */
#define NEAR 32
#define SHARE_FAR 0.04

#define LIGHT 0xffffffff
#define DARK 0xff121212

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

static guint
count_ink (cairo_surface_t *surface,
           guint32          paper)
{
  guint n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      {
        const guint8 *p = cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface) + 4 * x;

        n += p[0] != (paper & 0xff) || p[1] != (paper >> 8 & 0xff) || p[2] != (paper >> 16 & 0xff);
      }

  return n;
}

static void
compare (cairo_surface_t *painted,
         const char      *name,
         guint32          paper)
{
  g_autofree char *file = g_strconcat (name, ".png", NULL);
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "paint", file, NULL);
  cairo_surface_t *reference;
  int              width = cairo_image_surface_get_width (painted);
  int              height = cairo_image_surface_get_height (painted);

  if (g_getenv ("TELA_WRITE_REFERENCES") != NULL)
    g_assert_cmpint (cairo_surface_write_to_png (painted, path), ==, CAIRO_STATUS_SUCCESS);
  reference = cairo_image_surface_create_from_png (path);
  g_assert_cmpint (cairo_surface_status (reference), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpint (cairo_image_surface_get_width (reference), ==, width);
  g_assert_cmpint (cairo_image_surface_get_height (reference), ==, height);
  g_assert_cmpuint (count_far (painted, reference), <=, (guint) (SHARE_FAR * count_ink (reference, paper)));
  cairo_surface_destroy (reference);
}

static void
test_reference (gconstpointer data)
{
  const double    *scale = data;
  g_autofree char *name = g_strdup_printf ("%g", *scale);
  cairo_surface_t *painted = paint_on_paper (*scale);

  compare (painted, name, LIGHT);
  cairo_surface_destroy (painted);
}

/* What a window shows of tests/data/paint/every.json, which has every kind of element and style, a line each. */
typedef struct
{
  const char *name;
  double      zoom;
  double      scale; /* of the display */
  double      x, y;  /* of the window's corner, in board units */
  guint32     paper;
} Window;

#define WINDOW_WIDTH 256
#define WINDOW_HEIGHT 144
static const Window windows[] = {
  { "window-0.1@1", 0.1, 1, -600, -400, LIGHT },
  { "window-0.2@1.25-dark", 0.2, 1.25, -300, -200, DARK },
  { "window-0.5@1", 0.5, 1, 0, -10, LIGHT },
  { "window-0.5@1-dark", 0.5, 1, 0, -10, DARK },
  { "window-0.5@1.25", 0.5, 1.25, 3.3, -7.7, LIGHT },
  { "window-0.5@2", 0.5, 2, 0, -10, LIGHT },
  { "window-1@1", 1, 1, 0, 0, LIGHT },
  { "window-1@1.25", 1, 1.25, 256, 0, LIGHT },
  { "window-1@1.25-dark", 1, 1.25, 0, 144, DARK },
  { "window-1@2-dark", 1, 2, 256, 110, DARK },
  { "window-2.7@1", 2.7, 1, 128, 96, LIGHT },
  { "window-2.7@1.25", 2.7, 1.25, 0, 144, LIGHT },
  { "window-8@1", 8, 1, 64, 0, LIGHT },
  { "window-8@1.25-dark", 8, 1.25, 128, 98, DARK },
};

/* The words are in a font that each machine of ours has. */
#define FONTS "/usr/share/fonts/truetype/dejavu"

/* (transfer full) */
static char **
read_elements (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "data", "paint", "every.json", NULL);
  g_autofree char *json = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GStrvBuilder) elements = g_strv_builder_new ();
  g_auto (GStrv) lines = NULL;

  g_file_get_contents (path, &json, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (json, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] == '{')
      {
        lines[i][strlen (lines[i]) - !g_str_has_suffix (lines[i], "}")] = '\0';
        g_strv_builder_add (elements, lines[i]);
      }

  return g_strv_builder_end (elements);
}

static void
test_window (gconstpointer data)
{
  const Window *window = data;
  const double  scale = window->zoom * window->scale;
  const int     width = (int) (WINDOW_WIDTH * window->scale);
  const int     height = (int) (WINDOW_HEIGHT * window->scale);
  g_auto (GStrv) elements = read_elements ();
  TileFixture      fixture = { NULL };
  cairo_surface_t *painted;

  if (!g_file_test (FONTS, G_FILE_TEST_IS_DIR))
    {
      g_test_skip ("needs the fonts of " FONTS);
      return;
    }
  tile_fixture_set_up_with (&fixture, (const char *const *) elements);
  tela_tile_cache_set_device_scale (fixture.cache, (int) ceil (window->scale));
  tela_tile_cache_set_paper (fixture.cache, window->paper);
  tela_tile_cache_set_viewport (fixture.cache, (TelaRect){ window->x, window->y, width / scale, height / scale }, scale);
  tile_fixture_settle (&fixture);
  painted = tile_fixture_compose_on (&fixture, width, height, window->paper);
  compare (painted, window->name, window->paper);
  cairo_surface_destroy (painted);
  tile_fixture_tear_down (&fixture, NULL);
}

/* So much fainter and stronger may the whole of an element get at once: a display shows no more shades between these. */
#define LEAST 0.75
#define MOST 1.4

/* How much of a pixel, all in all, the element covers at a quarter of its size. */
static double
measure_cover (TelaElement *element,
               double       detail)
{
  const TelaPaintOptions options = { .scale = detail, .asset = fixture_asset };
  const TelaRect         box = tela_rect_expand (tela_element_get_box (element), 40);
  const int              width = (int) ceil (box.width / 4);
  const int              height = (int) ceil (box.height / 4);
  cairo_surface_t       *surface = cairo_image_surface_create (CAIRO_FORMAT_A8, width, height);
  cairo_t               *cr = cairo_create (surface);
  double                 sum = 0;

  cairo_scale (cr, 0.25, 0.25);
  cairo_translate (cr, -box.x, -box.y);
  tela_paint_elements (cr, &element, 1, &options);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      sum += cairo_image_surface_get_data (surface)[y * cairo_image_surface_get_stride (surface) + x] / 255.0;
  cairo_surface_destroy (surface);

  return sum;
}

/* Where detail begins to be left out, nothing gets much fainter or stronger at once, from a fill to the dot of a pen. */
static void
test_no_pop (void)
{
  g_auto (GStrv) elements = read_elements ();

  for (guint i = 0; elements[i] != NULL; i++)
    {
      g_autoptr (TelaElement) element = fixture_parse (elements[i]);
      const double fine = measure_cover (element, 0.25);
      const double coarse = measure_cover (element, 0.2499);

      if (fine < 2) /* words of half a pixel */
        continue;
      g_test_message ("%s: %g becomes %g", tela_element_get_id (element), fine, coarse);
      g_assert_cmpfloat (coarse / fine, >=, LEAST);
      g_assert_cmpfloat (coarse / fine, <=, MOST);
    }
}

int
main (int   argc,
      char *argv[])
{
  static const double scales[] = { 0.125, 0.25, 0.5, 1, 1.5, 2 };
  g_autofree char    *fonts = NULL;

  g_test_init (&argc, &argv, NULL);
  fonts = g_test_build_filename (G_TEST_DIST, "data", "paint", "fonts.conf", NULL);
  g_setenv ("FONTCONFIG_FILE", fonts, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      g_autofree char *path = g_strdup_printf ("/reference/%g", scales[i]);

      g_test_add_data_func (path, &scales[i], test_reference);
    }
  g_test_add_func ("/reference/no-pop", test_no_pop);
  for (gsize i = 0; i < G_N_ELEMENTS (windows); i++)
    {
      g_autofree char *path = g_strconcat ("/reference/", windows[i].name, NULL);

      g_test_add_data_func (path, &windows[i], test_window);
    }

  return g_test_run ();
}
