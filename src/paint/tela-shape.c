/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-shape.h"

#include <math.h>
#include <string.h>

#include "tela-colour.h"

#define ADAPTIVE_RADIUS 32.0
#define ROUNDNESS_OLD 1
#define ROUNDNESS_PROPORTIONAL 2
#define ROUNDNESS_ADAPTIVE 3

static void
clear_layer (gpointer data)
{
  TelaLayer *layer = data;

  g_clear_pointer (&layer->path, g_array_unref);
}

/* Old files say only that a shape is round. */
static int
read_old_roundness (const TelaElement *element,
                    gboolean           is_line)
{
  static gsize key;
  const char  *sharpness;

  if (g_once_init_enter (&key))
    g_once_init_leave (&key, tela_key_intern ("strokeSharpness", strlen ("strokeSharpness")));
  sharpness = tela_element_get_string (element, (TelaKey) key);
  if (g_strcmp0 (sharpness, "round") != 0)
    return 0;

  return is_line ? ROUNDNESS_PROPORTIONAL : ROUNDNESS_OLD;
}

static void
read_roundness (TelaShaper *self,
                gboolean    is_line)
{
  TelaValue    value;
  TelaJsonSpan member;

  self->radius = ADAPTIVE_RADIUS;
  if (!tela_element_get (self->element, TELA_KEY_ROUNDNESS, NULL, NULL))
    self->roundness = read_old_roundness (self->element, is_line);
  if (!tela_element_get (self->element, TELA_KEY_ROUNDNESS, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return;
  if (tela_json_find ((TelaJsonSpan){ value.as.string, strlen (value.as.string) }, "type", &member) && member.len == 1)
    self->roundness = member.data[0] - '0';
  if (tela_json_find ((TelaJsonSpan){ value.as.string, strlen (value.as.string) }, "value", &member))
    {
      TelaJsonReader reader;
      double         radius;

      tela_json_reader_init (&reader, member.data, member.len);
      if (tela_json_reader_peek (&reader) == TELA_JSON_NUMBER && tela_json_reader_number (&reader, &radius, NULL) &&
          radius >= 0)
        self->radius = radius;
    }
}

/* Small shapes would be lost in their own jitter. */
static double
effective_roughness (const TelaShaper *self,
                     double            roughness,
                     gboolean          is_line)
{
  double longest = MAX (self->width, self->height);
  double shortest = MIN (self->width, self->height);

  if ((shortest >= 20 && longest >= 50) || (is_line && longest >= 50) ||
      (shortest >= 15 && self->roundness != 0 && !is_line))
    return roughness;

  return MIN (roughness / (longest < 10 ? 3 : 2), 2.5);
}

static void
shaper_init (TelaShaper        *self,
             const TelaElement *element,
             double             scale,
             GArray            *layers)
{
  const char *style = tela_element_get_string (element, TELA_KEY_STROKE_STYLE);
  const char *type = tela_element_get_string (element, TELA_KEY_TYPE);
  gboolean    is_line = g_strcmp0 (type, "line") == 0 || g_strcmp0 (type, "arrow") == 0;
  TelaColour  colour;

  *self = (TelaShaper){ .element = element, .layers = layers, .scale = scale };
  self->width = fabs (tela_element_get_number (element, TELA_KEY_WIDTH, 0));
  self->height = fabs (tela_element_get_number (element, TELA_KEY_HEIGHT, 0));
  self->stroke_width = CLAMP (tela_element_get_number (element, TELA_KEY_STROKE_WIDTH, 2), 0.1, 1000);
  self->seed = tela_element_get_number (element, TELA_KEY_SEED, 0);
  if (self->seed == 0)
    self->seed = g_str_hash (tela_element_get_id (element));
  self->fill_style = tela_fill_style_parse (tela_element_get_string (element, TELA_KEY_FILL_STYLE));
  self->has_fill = tela_colour_parse (tela_element_get_string (element, TELA_KEY_BACKGROUND_COLOR), &colour);
  self->has_stroke = !tela_element_has (element, TELA_KEY_STROKE_COLOR) ||
                     tela_colour_parse (tela_element_get_string (element, TELA_KEY_STROKE_COLOR), &colour);
  if (g_strcmp0 (style, "dashed") == 0)
    self->dash[0] = 8, self->dash[1] = 8 + self->stroke_width;
  else if (g_strcmp0 (style, "dotted") == 0)
    self->dash[0] = 1.5, self->dash[1] = 6 + self->stroke_width;
  read_roundness (self, is_line);
  if (scale >= TELA_COARSE_SCALE)
    self->roughness =
        effective_roughness (self, CLAMP (tela_element_get_number (element, TELA_KEY_ROUGHNESS, 1), 0, 10), is_line);
}

TelaSketch
tela_shaper_start (const TelaShaper *self,
                   gboolean          keep_vertices)
{
  TelaSketch sketch;

  tela_sketch_init (&sketch, self->seed, self->roughness);
  sketch.single = self->dash[0] > 0;
  sketch.keep_vertices = keep_vertices || tela_element_get_number (self->element, TELA_KEY_ROUGHNESS, 1) < 2;

  return sketch;
}

static TelaLayer *
add_layer (TelaShaper *self,
           TelaLayer   layer)
{
  layer.alpha = 1;
  g_array_append_val (self->layers, layer);

  return &g_array_index (self->layers, TelaLayer, self->layers->len - 1);
}

TelaLayer *
tela_shaper_add_stroke (TelaShaper *self,
                        GArray     *path)
{
  TelaLayer layer = { .path = path, .colour = TELA_LAYER_STROKE_COLOUR, .width = self->stroke_width };

  layer.dash[0] = self->dash[0];
  layer.dash[1] = self->dash[1];
  if (self->dash[0] > 0)
    layer.width += 0.5;
  if (!self->has_stroke)
    layer.alpha = 0;

  return add_layer (self, layer);
}

TelaLayer *
tela_shaper_add_fill (TelaShaper     *self,
                      GArray         *path,
                      TelaLayerColour colour)
{
  TelaLayer layer = { .path = path, .colour = colour };

  return add_layer (self, layer);
}

void
tela_shaper_add_pattern (TelaShaper      *self,
                         TelaSketch      *sketch,
                         const TelaPoint *points,
                         guint            n)
{
  g_autoptr (GArray) path = tela_path_new ();
  TelaLayer *layer;
  guint      i;

  sketch->single = FALSE; /* only outlines are dashed */
  if (self->scale >= TELA_COARSE_SCALE &&
      tela_hatch (sketch, path, points, n, self->fill_style, 4 * self->stroke_width, self->stroke_width / 2))
    {
      layer = tela_shaper_add_fill (self, g_steal_pointer (&path), TELA_LAYER_BACKGROUND_COLOUR);
      layer->width = self->stroke_width / 2;
      return;
    }

  g_array_set_size (path, 0);
  for (i = 0; i < n; i++)
    {
      if (i == 0)
        tela_path_move (path, points[i].x, points[i].y);
      else
        tela_path_line (path, points[i].x, points[i].y);
    }
  layer = tela_shaper_add_fill (self, g_steal_pointer (&path), TELA_LAYER_BACKGROUND_COLOUR);
  layer->alpha = tela_fill_style_coverage (self->fill_style, tela_element_get_number (self->element, TELA_KEY_ROUGHNESS, 1),
                                           self->stroke_width);
  layer->even_odd = TRUE;
}

void
tela_shaper_add_solid_polygon (TelaShaper      *self,
                               TelaSketch      *sketch,
                               const TelaPoint *points,
                               guint            n)
{
  GArray *path = tela_path_new ();
  guint   i;

  for (i = 0; i < n; i++)
    {
      double x = points[i].x + tela_sketch_offset (sketch, 2);
      double y = points[i].y + tela_sketch_offset (sketch, 2);

      if (i == 0)
        tela_path_move (path, x, y);
      else
        tela_path_line (path, x, y);
    }
  tela_shaper_add_fill (self, path, TELA_LAYER_BACKGROUND_COLOUR)->even_odd = TRUE;
}

GArray *
tela_shape_build (const TelaElement *element,
                  double             scale)
{
  const char *type = tela_element_get_string (element, TELA_KEY_TYPE);
  GArray     *layers = g_array_new (FALSE, FALSE, sizeof (TelaLayer));
  TelaShaper  self;

  g_array_set_clear_func (layers, clear_layer);
  shaper_init (&self, element, scale, layers);
  if (g_strcmp0 (type, "rectangle") == 0)
    tela_shaper_build_rectangle (&self);
  else if (g_strcmp0 (type, "diamond") == 0)
    tela_shaper_build_diamond (&self);
  else if (g_strcmp0 (type, "ellipse") == 0)
    tela_shaper_build_ellipse (&self);
  else if (g_strcmp0 (type, "line") == 0 || g_strcmp0 (type, "draw") == 0)
    tela_shaper_build_line (&self, FALSE);
  else if (g_strcmp0 (type, "arrow") == 0)
    tela_shaper_build_line (&self, TRUE);
  else if (g_strcmp0 (type, "freedraw") == 0)
    tela_shaper_build_ink (&self);
  else if (g_strcmp0 (type, "embeddable") == 0 || g_strcmp0 (type, "iframe") == 0)
    tela_shaper_build_card (&self);
  else
    g_clear_pointer (&layers, g_array_unref);

  return layers;
}
