/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "paint-fixture.h"
#include "tela-look.h"
#include "tela-shape.h"

static GArray *
build (const char *type,
       const char *more)
{
  g_autofree char *json = g_strdup_printf ("{\"id\":\"a\",\"type\":\"%s\",\"x\":0,\"y\":0,\"width\":120,\"height\":80,"
                                           "\"seed\":7,\"strokeWidth\":2%s}",
                                           type, more);
  g_autoptr (TelaElement) element = fixture_parse (json);

  return tela_shape_build (element, 1);
}

static gboolean
has_layer (const GArray   *layers,
           TelaLayerColour colour)
{
  guint i;

  for (i = 0; i < layers->len; i++)
    if (g_array_index (layers, TelaLayer, i).colour == colour)
      return TRUE;

  return FALSE;
}

static const TelaLayer *
find_layer (const GArray   *layers,
            TelaLayerColour colour)
{
  guint i;

  for (i = 0; i < layers->len; i++)
    if (g_array_index (layers, TelaLayer, i).colour == colour)
      return &g_array_index (layers, TelaLayer, i);
  g_error ("no layer of colour %d", colour);
}

static guint
count_moves (const TelaLayer *layer)
{
  guint n = 0;
  guint i;

  for (i = 0; i < layer->path->len; i++)
    n += g_array_index (layer->path, TelaPathOp, i).kind == TELA_PATH_MOVE;

  return n;
}

/* The dashes of a side do not go on round the corner; a solid outline is one line. */
static void
test_dashes_begin_on_every_side (void)
{
  g_autoptr (GArray) dashed = build ("rectangle", ",\"roughness\":0,\"strokeStyle\":\"dashed\"");
  g_autoptr (GArray) solid = build ("rectangle", ",\"roughness\":0");
  g_autoptr (GArray) rounded =
      build ("rectangle", ",\"roughness\":0,\"strokeStyle\":\"dotted\",\"roundness\":{\"type\":3}");

  g_assert_cmpuint (count_moves (find_layer (dashed, TELA_LAYER_STROKE_COLOUR)), ==, 4);
  g_assert_cmpuint (count_moves (find_layer (solid, TELA_LAYER_STROKE_COLOUR)), ==, 1);
  g_assert_cmpuint (count_moves (find_layer (rounded, TELA_LAYER_STROKE_COLOUR)), ==, 8);
}

#define HATCHED ",\"fillStyle\":\"hachure\",\"backgroundColor\":\"#ffc9c9\""

/* An outline's dashes leave out its second stroke, but not that of the hatching. */
static void
test_hatching_is_never_dashed (void)
{
  g_autoptr (GArray) dashed = build ("rectangle", HATCHED ",\"roughness\":1,\"strokeStyle\":\"dashed\"");
  const TelaLayer *layer = find_layer (dashed, TELA_LAYER_BACKGROUND_COLOUR);

  g_assert_cmpfloat (layer->dash[0], ==, 0);
  g_assert_cmpuint (count_moves (layer) % 2, ==, 0);
  g_assert_cmpuint (count_moves (layer), >, 20);
}

#define LOOP ",\"points\":[[0,0],[120,0],[120,80],[0,0]],\"backgroundColor\":\"#ffc9c9\""

static void
test_only_lines_are_filled (void)
{
  g_autoptr (GArray) line = build ("line", LOOP);
  g_autoptr (GArray) arrow = build ("arrow", LOOP);

  g_assert_true (has_layer (line, TELA_LAYER_BACKGROUND_COLOUR));
  g_assert_false (has_layer (arrow, TELA_LAYER_BACKGROUND_COLOUR));
}

/* One means one bar across, as far behind the tip as the head is long. */
static void
test_head_of_one (void)
{
  g_autoptr (GArray) arrow =
      build ("arrow", ",\"roughness\":0,\"points\":[[0,0],[100,0]],\"endArrowhead\":\"crowfoot_one\"");
  const TelaLayer  *bar = &g_array_index (arrow, TelaLayer, arrow->len - 1);
  const TelaPathOp *ops = (const TelaPathOp *) (gconstpointer) bar->path->data;

  g_assert_cmpuint (arrow->len, ==, 2);
  g_assert_cmpuint (bar->path->len, ==, 2);
  g_assert_cmpfloat_with_epsilon (ops[0].x, ops[1].x, 1e-6);
  g_assert_cmpfloat_with_epsilon (ops[0].y, -ops[1].y, 1e-6);
  g_assert_cmpfloat_with_epsilon (ops[0].x, 100 - 20 * 0.9063, 0.01);
}

/* A ring of many points is filled along few of them, and one of very many still in no time. */
static void
test_ink_is_filled (void)
{
  GString *points = g_string_new (",\"backgroundColor\":\"#ffc9c9\",\"points\":[[0,0]");
  guint    i;

  for (i = 1; i < 6000; i++)
    g_string_append_printf (points, ",[%u,%u]", i % 2 == 0 ? i % 90 : 0, i % 70);
  g_string_append (points, ",[0,0]]");
  {
    g_autoptr (GArray) ring = build ("freedraw", points->str);

    g_assert_true (has_layer (ring, TELA_LAYER_BACKGROUND_COLOUR));
    g_assert_true (has_layer (ring, TELA_LAYER_STROKE_COLOUR));
  }
  g_string_free (points, TRUE);
}

static void
test_cards (void)
{
  g_autoptr (GArray) plain = build ("embeddable", "");
  g_autoptr (GArray) bare = build ("embeddable", ",\"strokeColor\":\"transparent\"");
  g_autoptr (GArray) iframe = build ("iframe", "");
  g_autoptr (TelaElement) page =
      fixture_parse ("{\"id\":\"a\",\"type\":\"embeddable\",\"width\":300,\"link\":\"https://example.org/12345678\"}");
  g_autoptr (TelaElement) other = fixture_parse ("{\"id\":\"a\",\"type\":\"hologram\",\"width\":300}");
  double size;

  g_assert_false (has_layer (plain, TELA_LAYER_CARD));
  g_assert_true (has_layer (bare, TELA_LAYER_CARD));
  g_assert_true (has_layer (iframe, TELA_LAYER_CARD));
  g_assert_cmpstr (tela_look_get_card_label (page, &size), ==, "https://example.org/12345678");
  g_assert_cmpfloat_with_epsilon (size, 300 / 28.0, 1e-6);
  g_assert_null (tela_look_get_card_label (other, &size));
}

static void
test_frames (void)
{
  g_autoptr (TelaElement) frame = fixture_parse ("{\"id\":\"a\",\"type\":\"frame\",\"opacity\":50}");
  g_autoptr (TelaElement) magic = fixture_parse ("{\"id\":\"a\",\"type\":\"magicframe\",\"opacity\":50}");
  TelaColour light = tela_look_get_frame_edge (frame, FALSE);
  TelaColour dark = tela_look_get_frame_edge (frame, TRUE);

  g_assert_cmpstr (tela_look_get_frame_name (frame), ==, "Frame");
  g_assert_cmpstr (tela_look_get_frame_name (magic), ==, "AI Frame");
  g_assert_cmpfloat (light.red, >, 0.7);
  g_assert_cmpfloat (dark.red, <, 0.4);
  g_assert_cmpfloat (tela_look_get_opacity (magic, frame), ==, 0.25);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/shape/dashes", test_dashes_begin_on_every_side);
  g_test_add_func ("/shape/hatching", test_hatching_is_never_dashed);
  g_test_add_func ("/shape/filled", test_only_lines_are_filled);
  g_test_add_func ("/shape/head-of-one", test_head_of_one);
  g_test_add_func ("/shape/ink", test_ink_is_filled);
  g_test_add_func ("/shape/cards", test_cards);
  g_test_add_func ("/shape/frames", test_frames);

  return g_test_run ();
}
