/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-shape.h"

#include <math.h>

typedef enum
{
  HEAD_ARROW,
  HEAD_BAR,
  HEAD_CIRCLE,
  HEAD_TRIANGLE,
  HEAD_DIAMOND,
  HEAD_ONE,
  HEAD_MANY,
  HEAD_ONE_OR_MANY,
} HeadForm;

typedef struct
{
  const char *name;
  HeadForm    form;
  gboolean    hollow;
  double      size;  /* board units, unless the line is short */
  double      angle; /* of each side against the line, degrees */
} Head;

static const Head heads[] = {
  { "arrow", HEAD_ARROW, FALSE, 25, 20 }, /* first: what an unknown name gets */
  { "bar", HEAD_BAR, FALSE, 15, 90 },
  { "dot", HEAD_CIRCLE, FALSE, 15, 25 },
  { "circle", HEAD_CIRCLE, FALSE, 15, 25 },
  { "circle_outline", HEAD_CIRCLE, TRUE, 15, 25 },
  { "triangle", HEAD_TRIANGLE, FALSE, 15, 25 },
  { "triangle_outline", HEAD_TRIANGLE, TRUE, 15, 25 },
  { "diamond", HEAD_DIAMOND, FALSE, 12, 25 },
  { "diamond_outline", HEAD_DIAMOND, TRUE, 12, 25 },
  { "crowfoot_many", HEAD_MANY, FALSE, 20, 25 },
  { "crowfoot_one", HEAD_ONE, FALSE, 20, 25 },
  { "crowfoot_one_or_many", HEAD_ONE_OR_MANY, FALSE, 20, 25 },
};

/* The tip, the two ends of the sides, the middle between these, and the bar that means one. */
typedef struct
{
  TelaPoint tip, left, right, back;
  TelaPoint across[2];
  double    size;
} Place;

static const Head *
find_head (const TelaElement *element,
           TelaKey            key,
           const char        *fallback)
{
  TelaValue   value;
  const char *name = fallback;
  gsize       i;

  if (tela_element_get (element, key, &value, NULL) && value.kind != TELA_VALUE_UNSET)
    name = value.kind == TELA_VALUE_STRING ? value.as.string : NULL;
  if (name == NULL || *name == '\0')
    return NULL;

  for (i = 0; i < G_N_ELEMENTS (heads); i++)
    if (g_str_equal (heads[i].name, name))
      return &heads[i];

  return &heads[0];
}

static TelaPoint
turn (TelaPoint p,
      TelaPoint centre,
      double    degrees)
{
  double c = cos (degrees * G_PI / 180);
  double s = sin (degrees * G_PI / 180);
  double x = p.x - centre.x;
  double y = p.y - centre.y;

  return (TelaPoint){ x * c - y * s + centre.x, x * s + y * c + centre.y };
}

/* Where the drawn path begins or ends, and whence it comes there. */
static gboolean
find_end (const GArray *path,
          gboolean      at_start,
          TelaPoint    *tip,
          TelaPoint    *from)
{
  const TelaPathOp *op;
  const TelaPathOp *before;
  TelaPoint         a;
  TelaPoint         b;

  if (path->len < 2)
    return FALSE;
  op = &g_array_index (path, TelaPathOp, at_start ? 1 : path->len - 1);
  before = op - 1;
  a = (TelaPoint){ before->x, before->y };
  b = (TelaPoint){ op->x, op->y };
  *tip = at_start ? a : b;
  *from = at_start ? b : a;
  if (op->kind == TELA_PATH_CURVE)
    {
      /* At the end the curve's own direction, at the start that of most of it. */
      *from = tela_path_point (a, (TelaPoint){ op->x1, op->y1 }, (TelaPoint){ op->x2, op->y2 }, b, 0.7);
    }

  return hypot (tip->x - from->x, tip->y - from->y) > 1e-9;
}

static gboolean
place_head (const Head      *head,
            const GArray    *path,
            const TelaPoint *points,
            guint            n,
            gboolean         at_start,
            Place           *place)
{
  TelaPoint end = at_start ? points[0] : points[n - 1];
  TelaPoint neighbour = at_start ? points[1] : points[n - 2];
  double    length = hypot (end.x - neighbour.x, end.y - neighbour.y);
  TelaPoint from;
  double    way;

  if (!find_end (path, at_start, &place->tip, &from))
    return FALSE;

  way = hypot (place->tip.x - from.x, place->tip.y - from.y);
  place->size = MIN (head->size, length * (head->form == HEAD_DIAMOND ? 0.25 : 0.5));
  place->back.x = place->tip.x - (place->tip.x - from.x) / way * place->size;
  place->back.y = place->tip.y - (place->tip.y - from.y) / way * place->size;
  place->across[0] = turn (place->back, place->tip, -head->angle);
  place->across[1] = turn (place->back, place->tip, head->angle);
  if (head->form >= HEAD_MANY)
    {
      place->left = turn (place->tip, place->back, -head->angle);
      place->right = turn (place->tip, place->back, head->angle);
    }
  else
    {
      place->left = place->across[0];
      place->right = place->across[1];
    }

  return TRUE;
}

static TelaSketch
start (TelaShaper *self,
       double      most)
{
  TelaSketch sketch = tela_shaper_start (self, FALSE);

  sketch.roughness = MIN (sketch.roughness, most);

  return sketch;
}

static void
add_closed (TelaShaper      *self,
            const TelaPoint *points,
            guint            n,
            gboolean         hollow)
{
  TelaSketch sketch = start (self, 1);
  GArray    *outline = tela_path_new ();
  GArray    *fill = tela_path_new ();
  guint      i;

  tela_sketch_polygon (&sketch, outline, points, n, TRUE);
  for (i = 0; i < n; i++)
    {
      if (i == 0)
        tela_path_move (fill, points[i].x, points[i].y);
      else
        tela_path_line (fill, points[i].x, points[i].y);
    }
  tela_shaper_add_fill (self, fill, hollow ? TELA_LAYER_PAPER : TELA_LAYER_STROKE_COLOUR);
  tela_shaper_add_stroke (self, outline)->dash[0] = 0;
}

static void
add_circle (TelaShaper  *self,
            const Place *place,
            gboolean     hollow)
{
  TelaSketch  sketch = start (self, 0.5);
  double      diameter = MAX (1, place->size + self->stroke_width - 2);
  TelaEllipse e = tela_sketch_choose_ellipse (&sketch, place->tip.x, place->tip.y, diameter, diameter, 0.95);
  GArray     *outline = tela_path_new ();
  GArray     *fill = tela_path_new ();

  tela_sketch_ellipse (&sketch, outline, &e, NULL);
  tela_sketch_ellipse (&sketch, fill, &e, NULL);
  tela_shaper_add_fill (self, fill, hollow ? TELA_LAYER_PAPER : TELA_LAYER_STROKE_COLOUR);
  tela_shaper_add_stroke (self, outline)->dash[0] = 0;
}

static void
add_lines (TelaShaper *self,
           TelaPoint   left,
           TelaPoint   right,
           TelaPoint   to)
{
  TelaSketch sketch = start (self, 1);
  GArray    *path = tela_path_new ();
  gboolean   is_dotted = self->dash[0] > 0 && self->dash[0] < 2;
  TelaLayer *layer;

  tela_sketch_line (&sketch, path, left, to);
  sketch = start (self, 1);
  tela_sketch_line (&sketch, path, right, to);
  layer = tela_shaper_add_stroke (self, path);
  layer->dash[0] = is_dotted ? self->dash[0] : 0;
  layer->dash[1] -= 2; /* the dots of a head lie closer together */
}

static void
add_bar (TelaShaper  *self,
         const Place *place)
{
  TelaSketch sketch = tela_shaper_start (self, FALSE);
  GArray    *path = tela_path_new ();

  tela_sketch_line (&sketch, path, place->across[0], place->across[1]);
  tela_shaper_add_stroke (self, path)->dash[0] = 0;
}

static void
add_head (TelaShaper      *self,
          const Head      *head,
          const GArray    *path,
          const TelaPoint *points,
          guint            n,
          gboolean         at_start)
{
  Place place;

  if (head == NULL || !self->has_stroke || !place_head (head, path, points, n, at_start, &place))
    return;

  switch (head->form)
    {
    case HEAD_CIRCLE:
      add_circle (self, &place, head->hollow);
      break;
    case HEAD_TRIANGLE:
      add_closed (self, (const TelaPoint[]){ place.tip, place.left, place.right }, 3, head->hollow);
      break;
    case HEAD_DIAMOND:
      {
        TelaPoint far = { 2 * place.back.x - place.tip.x, 2 * place.back.y - place.tip.y };

        add_closed (self, (const TelaPoint[]){ place.tip, place.left, far, place.right }, 4, head->hollow);
        break;
      }
    case HEAD_ONE_OR_MANY:
      add_bar (self, &place);
      add_lines (self, place.left, place.right, place.back);
      break;
    case HEAD_ONE:
      add_bar (self, &place);
      break;
    case HEAD_MANY:
      add_lines (self, place.left, place.right, place.back);
      break;
    case HEAD_ARROW:
    case HEAD_BAR:
    default:
      add_lines (self, place.left, place.right, place.tip);
      break;
    }
}

void
tela_shaper_add_arrowheads (TelaShaper      *self,
                            const GArray    *path,
                            const TelaPoint *points,
                            guint            n)
{
  add_head (self, find_head (self->element, TELA_KEY_START_ARROWHEAD, NULL), path, points, n, TRUE);
  add_head (self, find_head (self->element, TELA_KEY_END_ARROWHEAD, "arrow"), path, points, n, FALSE);
}
