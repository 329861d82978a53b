/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "paint-fixture.h"

#include <math.h>

const char *const fixture_types[] = { "rectangle", "ellipse", "diamond", "line", "arrow",
                                      "freedraw", "text", "image", "frame", "gizmo" };
const guint       fixture_n_types = G_N_ELEMENTS (fixture_types);

static const char *
pick (GRand             *rand,
      const char *const *from,
      gint               n)
{
  return from[g_rand_int_range (rand, 0, n)];
}

static TelaValue
random_points (GRand   *rand,
               double   width,
               double   height,
               gboolean is_ink)
{
  guint        n = is_ink ? (guint) g_rand_int_range (rand, 1, 60) : (guint) g_rand_int_range (rand, 2, 6);
  TelaNumbers *numbers = tela_numbers_new (n, 2, NULL);
  guint        i;

  for (i = 1; i < n; i++)
    {
      double t = i / (n - 1.0);

      numbers->v[2 * i] = is_ink ? width * t : g_rand_double_range (rand, -width, width);
      numbers->v[2 * i + 1] = is_ink ? height / 2 * sin (t * 9) : g_rand_double_range (rand, -height, height);
    }

  return tela_value_numbers (numbers);
}

static void
set_style (TelaOpBuilder *op,
           GRand         *rand)
{
  static const char *const colours[] = { "#1e1e1e", "#e03131", "#1971c2" };
  static const char *const fills[] = { "transparent", "#ffc9c9", "#a5d8ff80" };
  static const char *const patterns[] = { "solid", "hachure", "cross-hatch", "zigzag", "dots" };
  static const char *const dashes[] = { "solid", "dashed", "dotted" };
  static const char *const corners[] = { "null", "{\"type\":2}", "{\"type\":3}" };
  static const double      widths[] = { 1, 2, 4 };

  tela_op_builder_set_string (op, TELA_KEY_STROKE_COLOR, pick (rand, colours, G_N_ELEMENTS (colours)));
  tela_op_builder_set_string (op, TELA_KEY_BACKGROUND_COLOR, pick (rand, fills, G_N_ELEMENTS (fills)));
  tela_op_builder_set_string (op, TELA_KEY_FILL_STYLE, pick (rand, patterns, G_N_ELEMENTS (patterns)));
  tela_op_builder_set_string (op, TELA_KEY_STROKE_STYLE, pick (rand, dashes, G_N_ELEMENTS (dashes)));
  tela_op_builder_set_json (op, TELA_KEY_ROUNDNESS, pick (rand, corners, G_N_ELEMENTS (corners)));
  tela_op_builder_set_number (op, TELA_KEY_STROKE_WIDTH, widths[g_rand_int_range (rand, 0, 3)]);
  tela_op_builder_set_number (op, TELA_KEY_ROUGHNESS, g_rand_int_range (rand, 0, 3));
  tela_op_builder_set_number (op, TELA_KEY_SEED, g_rand_int_range (rand, 1, G_MAXINT32));
  tela_op_builder_set_number (op, TELA_KEY_OPACITY, g_rand_boolean (rand) ? 100 : g_rand_int_range (rand, 20, 100));
  if (g_rand_boolean (rand))
    tela_op_builder_set_number (op, TELA_KEY_ANGLE, g_rand_double_range (rand, 0, 2 * G_PI));
}

static void
set_kind (TelaOpBuilder *op,
          GRand         *rand,
          const char    *type,
          double         width,
          double         height)
{
  static const char *const heads[] = {
    "arrow", "triangle", "bar", "dot", "circle_outline", "diamond", "crowfoot_many"
  };
  gboolean is_ink = g_str_equal (type, "freedraw");

  if (is_ink || g_str_equal (type, "line") || g_str_equal (type, "arrow"))
    tela_op_builder_set (op, TELA_KEY_POINTS, random_points (rand, width, height, is_ink));
  if (is_ink)
    tela_op_builder_set_boolean (op, TELA_KEY_SIMULATE_PRESSURE, TRUE);
  if (g_str_equal (type, "arrow"))
    {
      tela_op_builder_set_string (op, TELA_KEY_START_ARROWHEAD, pick (rand, heads, G_N_ELEMENTS (heads)));
      tela_op_builder_set_string (op, TELA_KEY_END_ARROWHEAD, pick (rand, heads, G_N_ELEMENTS (heads)));
    }
  if (g_str_equal (type, "image"))
    tela_op_builder_set_string (op, TELA_KEY_FILE_ID, g_rand_boolean (rand) ? "here" : "away");
  if (g_str_equal (type, "text"))
    {
      double wide;
      double high;
      int    family = g_rand_int_range (rand, 1, 4);

      tela_paint_measure_text ("Some gray text,\nand more of it", 20, family, 1.25, &wide, &high);
      tela_op_builder_set_string (op, TELA_KEY_TEXT, "Some gray text,\nand more of it");
      tela_op_builder_set_number (op, TELA_KEY_FONT_SIZE, 20);
      tela_op_builder_set_number (op, TELA_KEY_FONT_FAMILY, family);
      tela_op_builder_set_number (op, TELA_KEY_LINE_HEIGHT, 1.25);
      tela_op_builder_set_number (op, TELA_KEY_WIDTH, wide);
      tela_op_builder_set_number (op, TELA_KEY_HEIGHT, high);
    }
}

TelaElement *
fixture_element (GRand      *rand,
                 const char *type,
                 guint       number,
                 TelaRect    area)
{
  g_autofree char *id = g_strdup_printf ("e%u", number);
  g_autofree char *index = tela_index_nth (number);
  TelaOpBuilder   *op = tela_op_builder_new (id);
  double           width = g_rand_double_range (rand, 5, 200);
  double           height = g_rand_double_range (rand, 5, 160);

  tela_op_builder_set_string (op, TELA_KEY_TYPE, type);
  tela_op_builder_set_string (op, TELA_KEY_INDEX, index);
  tela_op_builder_set_number (op, TELA_KEY_X, g_rand_double_range (rand, area.x, area.x + area.width));
  tela_op_builder_set_number (op, TELA_KEY_Y, g_rand_double_range (rand, area.y, area.y + area.height));
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, width);
  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, height);
  set_style (op, rand);
  set_kind (op, rand, type, width, height);

  return tela_op_builder_end (op, (TelaStamp){ 1 << 16, 1 });
}

GPtrArray *
fixture_board (guint32  seed,
               guint    n,
               TelaRect area)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  GPtrArray *elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  guint      i;

  for (i = 0; i < n; i++)
    g_ptr_array_add (elements, fixture_element (rand, fixture_types[i % fixture_n_types], i, area));

  return elements;
}

TelaElement *
fixture_parse (const char *json)
{
  g_autoptr (GError) error = NULL;
  TelaJsonReader reader;
  TelaElement   *element;

  tela_json_reader_init (&reader, json, -1);
  element = tela_element_read_plain (&reader, NULL, (TelaStamp){ 1 << 16, 1 }, NULL, &error);
  g_assert_no_error (error);

  return element;
}

cairo_surface_t *
fixture_paint (GPtrArray *elements,
               TelaRect   area,
               double     scale)
{
  const TelaPaintOptions options = { .scale = scale, .asset = fixture_asset };
  cairo_surface_t       *surface =
      cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) (area.width * scale), (int) (area.height * scale));
  cairo_t *cr = cairo_create (surface);

  cairo_translate (cr, -area.x * scale, -area.y * scale);
  cairo_scale (cr, scale, scale);
  tela_paint_elements (cr, (TelaElement *const *) elements->pdata, elements->len, &options);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

static cairo_status_t
write_cb (void                *closure,
          const unsigned char *data,
          unsigned int         length)
{
  g_byte_array_append (closure, data, length);

  return CAIRO_STATUS_SUCCESS;
}

GBytes *
fixture_image (int width,
               int height)
{
  GByteArray      *png = g_byte_array_new ();
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t         *cr = cairo_create (surface);
  cairo_pattern_t *gradient = cairo_pattern_create_linear (0, 0, width, height);

  cairo_pattern_add_color_stop_rgb (gradient, 0, 1, 0, 0);
  cairo_pattern_add_color_stop_rgb (gradient, 1, 0, 0, 1);
  cairo_set_source (cr, gradient);
  cairo_paint (cr);
  cairo_pattern_destroy (gradient);
  cairo_destroy (cr);
  cairo_surface_write_to_png_stream (surface, write_cb, png);
  cairo_surface_destroy (surface);

  return g_byte_array_free_to_bytes (png);
}

GBytes *
fixture_asset (const char *file_id,
               gpointer    user_data)
{
  return g_str_equal (file_id, "here") ? fixture_image (64, 48) : NULL;
}
