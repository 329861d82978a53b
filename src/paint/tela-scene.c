/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-scene.h"

#include <math.h>

#include "tela-card.h"
#include "tela-image.h"
#include "tela-job-card.h"
#include "tela-look.h"
#include "tela-text.h"

#define FRAME_WIDTH 2.0
#define LONG_PATH 8192 /* steps */
#define LONG_PATH_PIECE 1024
#define MANY_LAYERS 8
#define HATCH_FINE \
  2.5 /* device pixels: thinner hatching is drawn with less care, which takes half the time and is not seen */
#define HATCH_SEEN \
  0.2             /* device pixels: of thinner hatching, drawn with less care, nothing would be left */
#define SPECK 1.5 /* device pixels: what is smaller is a dot of its colour */
#define SPECK_ALPHA 0.6
#define THINNEST 0.7 /* device pixels: thinner lines would fade away when seen from afar */

/* What elements need of each other. */
typedef struct
{
  const TelaPaintOptions *options;
  GHashTable             *frames; /* id → frame, nullable */
  GHashTable             *labels; /* id of an arrow → text on it, nullable */
} Scene;

/* A stroke costs by how often it crosses itself: one that goes on and on is so many strokes. */
static void
stroke (cairo_t      *cr,
        const GArray *path,
        double        width,
        double        dash_period)
{
  guint piece = path->len > LONG_PATH ? LONG_PATH_PIECE : path->len;

  for (guint first = 0; first < path->len; first += piece)
    {
      g_autoptr (GArray) part = g_array_new (FALSE, FALSE, sizeof (TelaPathOp));
      const TelaPathOp *ops = &g_array_index (path, TelaPathOp, first);

      if (first > 0 && ops[0].kind != TELA_PATH_MOVE)
        tela_path_move (part, ops[-1].x, ops[-1].y);
      g_array_append_vals (part, ops, MIN (piece, path->len - first));
      tela_path_trace_stroke (part, cr, width, dash_period);
      cairo_stroke (cr);
    }
}

static void
paint_layer (cairo_t                *cr,
             const TelaLayer        *layer,
             const TelaElement      *element,
             const TelaPaintOptions *options,
             double                  alpha)
{
  TelaColour colour = tela_look_get_layer_colour (layer, element, options->dark);
  double     width = layer->width;
  double     scale = options->scale;

  if (colour.alpha * layer->alpha <= 0)
    return;

  tela_colour_set (cr, colour, layer->alpha * alpha);
  cairo_new_path (cr);
  if (width <= 0)
    {
      cairo_set_fill_rule (cr, layer->even_odd ? CAIRO_FILL_RULE_EVEN_ODD : CAIRO_FILL_RULE_WINDING);
      tela_path_trace_fill (layer->path, cr);
      cairo_fill (cr);
      return;
    }

  cairo_save (cr);
  if (layer->colour == TELA_LAYER_BACKGROUND_COLOUR && width * scale < HATCH_FINE && width * scale >= HATCH_SEEN)
    {
      cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
      cairo_set_line_join (cr, CAIRO_LINE_JOIN_BEVEL);
      cairo_set_tolerance (cr, 0.25);
      cairo_set_antialias (cr, CAIRO_ANTIALIAS_FAST);
    }
  if (scale < TELA_COARSE_SCALE)
    width = MAX (width, THINNEST / scale);
  cairo_set_line_width (cr, width);
  cairo_set_dash (cr, layer->dash, layer->dash[0] > 0 ? 2 : 0, 0);
  stroke (cr, layer->path, width, layer->dash[0] > 0 ? layer->dash[0] + layer->dash[1] : 0);
  cairo_restore (cr);
}

/* Ink in pieces is one stroke all the same: where they overlap it is not seen twice. */
static void
paint_layers (cairo_t                *cr,
              const GArray           *layers,
              const TelaElement      *element,
              const TelaPaintOptions *options,
              double                  alpha)
{
  gboolean is_group = alpha < 1 && layers->len > MANY_LAYERS;

  if (is_group)
    cairo_push_group (cr);
  for (guint i = 0; i < layers->len; i++)
    paint_layer (cr, &g_array_index (layers, TelaLayer, i), element, options, is_group ? 1 : alpha);
  if (is_group)
    {
      cairo_pop_group_to_source (cr);
      cairo_paint_with_alpha (cr, alpha);
    }
}

static void
paint_frame (cairo_t                *cr,
             const TelaElement      *element,
             const TelaPaintOptions *options)
{
  double width = fabs (tela_element_get_number (element, TELA_KEY_WIDTH, 0));
  double height = fabs (tela_element_get_number (element, TELA_KEY_HEIGHT, 0));
  double scale = options->scale;

  tela_path_trace_box (cr, 0, 0, width, height, TELA_FRAME_RADIUS);
  tela_colour_set (cr, tela_look_get_frame_edge (element, options->dark), 1);
  cairo_set_line_width (cr, scale < TELA_COARSE_SCALE ? MAX (FRAME_WIDTH, THINNEST / scale) : FRAME_WIDTH);
  cairo_stroke (cr);
  if (TELA_FRAME_NAME_SIZE * scale >= 3)
    tela_text_paint_label (cr, tela_look_get_frame_name (element), 0, -TELA_FRAME_NAME_RISE, TELA_FRAME_NAME_SIZE, 0,
                           width, tela_look_get_colour (TELA_LOOK_FRAME_NAME, options->dark));
}

/* With the element's own place as the origin. @alpha: of the layers of a shape. */
static void
paint_content (cairo_t                *cr,
               const TelaElement      *element,
               const TelaPaintOptions *options,
               double                  alpha)
{
  g_autoptr (GArray) layers = tela_shape_build (element, options->scale);
  const char *type = tela_element_get_string (element, TELA_KEY_TYPE);

  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  if (layers != NULL)
    paint_layers (cr, layers, element, options, alpha);
  if (layers != NULL)
    {
      tela_card_paint_label (cr, element, options);
      tela_job_card_paint (cr, element, options);
    }
  else if (g_strcmp0 (type, "text") == 0)
    tela_text_paint (cr, element, tela_look_get_ink (element), options->scale);
  else if (g_strcmp0 (type, "image") == 0)
    tela_image_paint (cr, element, options);
  else if (tela_look_is_frame (element))
    paint_frame (cr, element, options);
  else
    tela_card_paint (cr, element, type, options);
}

static void
turn_about (cairo_t *cr,
            TelaRect box,
            double   angle)
{
  double x = box.x + box.width / 2;
  double y = box.y + box.height / 2;

  if (angle == 0)
    return;
  cairo_translate (cr, x, y);
  cairo_rotate (cr, angle);
  cairo_translate (cr, -x, -y);
}

static void
paint_placed (cairo_t                *cr,
              const TelaElement      *element,
              const TelaPaintOptions *options,
              double                  alpha)
{
  TelaRect box = tela_element_get_box (element);

  cairo_save (cr);
  turn_about (cr, box, tela_element_get_number (element, TELA_KEY_ANGLE, 0));
  if (tela_element_get_numbers (element, TELA_KEY_POINTS) != NULL)
    cairo_translate (cr, tela_element_get_number (element, TELA_KEY_X, 0),
                     tela_element_get_number (element, TELA_KEY_Y, 0));
  else
    cairo_translate (cr, box.x, box.y); /* a negative width or height counts the other way */
  paint_content (cr, element, options, alpha);
  cairo_restore (cr);
}

void
tela_scene_paint_bare (cairo_t                *cr,
                       const TelaElement      *element,
                       const TelaPaintOptions *options)
{
  paint_placed (cr, element, options, 1);
}

/* From afar an element may be no more than a speck. */
static gboolean
paint_speck (cairo_t           *cr,
             const TelaElement *element,
             double             scale,
             double             alpha)
{
  TelaRect   box = tela_element_get_box (element);
  TelaColour colour;

  if (g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), "freedraw") == 0)
    box = tela_rect_expand (box, 2 * tela_element_get_number (element, TELA_KEY_STROKE_WIDTH, 2)); /* a dot has no size but that */
  if (scale >= TELA_COARSE_SCALE || MAX (box.width, box.height) * scale > SPECK)
    return FALSE;

  if (!tela_colour_parse (tela_element_get_string (element, TELA_KEY_BACKGROUND_COLOR), &colour))
    colour = tela_look_get_ink (element);
  tela_colour_set (cr, colour, alpha * SPECK_ALPHA);
  cairo_rectangle (cr, box.x, box.y, MAX (box.width, THINNEST / scale), MAX (box.height, THINNEST / scale));
  cairo_fill (cr);

  return TRUE;
}

static const TelaElement *
lookup (GHashTable        *table,
        const TelaElement *element,
        TelaKey            key)
{
  const char *id = table != NULL ? tela_element_get_string (element, key) : NULL;

  return id != NULL ? g_hash_table_lookup (table, id) : NULL;
}

static void
clip_to_frame (cairo_t           *cr,
               const TelaElement *frame)
{
  TelaRect box = tela_element_get_box (frame);

  cairo_save (cr);
  turn_about (cr, box, tela_element_get_number (frame, TELA_KEY_ANGLE, 0));
  tela_path_trace_box (cr, box.x, box.y, box.width, box.height, TELA_FRAME_RADIUS);
  cairo_restore (cr);
  cairo_clip (cr);
}

/* The arrow makes room for the text on it. */
static void
clip_out_label (cairo_t           *cr,
                const TelaElement *label,
                TelaRect           bounds)
{
  TelaRect hole = tela_rect_expand (tela_element_get_box (label), TELA_LABEL_GAP);

  bounds = tela_rect_union (bounds, hole);
  cairo_rectangle (cr, bounds.x - 1, bounds.y - 1, bounds.width + 2, bounds.height + 2);
  cairo_rectangle (cr, hole.x, hole.y, hole.width, hole.height);
  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_clip (cr);
}

static void
paint_one (cairo_t           *cr,
           const TelaElement *element,
           const TelaElement *label,
           const Scene       *scene)
{
  TelaRect           bounds = tela_element_get_bounds (element);
  const TelaElement *frame = lookup (scene->frames, element, TELA_KEY_FRAME_ID);
  double             opacity = tela_look_get_opacity (element, frame);
  TelaRect           clip;
  gboolean           is_group;
  double             right;
  double             bottom;

  if (opacity <= 0)
    return;
  cairo_clip_extents (cr, &clip.x, &clip.y, &right, &bottom);
  clip.width = right - clip.x;
  clip.height = bottom - clip.y;
  if (clip.width <= 0 || clip.height <= 0 || !tela_rect_intersects (clip, tela_rect_expand (bounds, TELA_SCENE_REACH)))
    return;

  cairo_save (cr);
  if (frame != NULL)
    clip_to_frame (cr, frame);
  if (label != NULL)
    clip_out_label (cr, label, bounds);
  is_group = opacity < 1 && !tela_look_is_layered (element);
  if (is_group)
    cairo_push_group (cr);
  if (!paint_speck (cr, element, scene->options->scale, is_group ? 1 : opacity))
    paint_placed (cr, element, scene->options, is_group ? 1 : opacity);
  if (is_group)
    {
      cairo_pop_group_to_source (cr);
      cairo_paint_with_alpha (cr, opacity);
    }
  cairo_restore (cr);
}

static const TelaElement *
label_of (const Scene       *scene,
          const TelaElement *element)
{
  return scene->labels != NULL ? g_hash_table_lookup (scene->labels, tela_element_get_id (element)) : NULL;
}

static void
note (GHashTable **table,
      const char  *key,
      TelaElement *element)
{
  if (*table == NULL)
    *table = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_insert (*table, (gpointer) key, element);
}

void
tela_scene_paint (cairo_t                *cr,
                  TelaElement *const     *elements,
                  gsize                   n,
                  const TelaPaintOptions *options,
                  const int              *stop)
{
  Scene scene = { .options = options };
  gsize i;

  for (i = 0; i < n; i++)
    {
      const char *container = tela_element_get_string (elements[i], TELA_KEY_CONTAINER_ID);

      if (tela_look_is_frame (elements[i]))
        note (&scene.frames, tela_element_get_id (elements[i]), elements[i]);
      else if (container != NULL)
        note (&scene.labels, container, elements[i]);
    }
  for (i = 0; scene.labels != NULL && i < n; i++)
    if (g_strcmp0 (tela_element_get_string (elements[i], TELA_KEY_TYPE), "arrow") != 0)
      g_hash_table_remove (scene.labels, tela_element_get_id (elements[i]));

  for (i = 0; i < n && (stop == NULL || g_atomic_int_get (stop) == 0); i++)
    if (tela_element_is_visible (elements[i]))
      paint_one (cr, elements[i], label_of (&scene, elements[i]), &scene);

  g_clear_pointer (&scene.frames, g_hash_table_unref);
  g_clear_pointer (&scene.labels, g_hash_table_unref);
}

void
tela_paint_elements (cairo_t                *cr,
                     TelaElement *const     *elements,
                     gsize                   n,
                     const TelaPaintOptions *options)
{
  tela_scene_paint (cr, elements, n, options, NULL);
}

void
tela_paint_element (cairo_t                *cr,
                    const TelaElement      *element,
                    const TelaElement      *label,
                    const TelaPaintOptions *options)
{
  Scene scene = { .options = options };

  paint_one (cr, element, label, &scene);
}
