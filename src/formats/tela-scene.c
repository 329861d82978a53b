/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats.h"

#include <math.h>

#define CELL_WIDTH 62.0
#define CELL_HEIGHT 50.0
#define N_STROKE_POINTS 60
#define TURN 6.28 /* as the scene has it */

/* Of 20 elements: 8 rectangles, 4 ellipses, 2 arrows, 1 line, 3 texts, 2 strokes. */
static const char mix[] = "rrrrrrrreeeeaaltttss";

static const char *const stroke_colors[] = { "#1e1e1e", "#e03131", "#2f9e44", "#1971c2", "#f08c00" };
static const char *const fill_colors[] = { "#ffc9c9", "#b2f2bb", "#a5d8ff", "#ffec99", "transparent", "transparent" };
static const char *const words[] = { "plan", "ship", "fix", "bug", "user", "flow", "canvas", "sync",
                                     "note", "idea", "api", "test", "goal", "risk", "done", "todo" };

typedef struct
{
  guint32 random; /* state of mulberry32 */
  guint   columns;
  char    bag[sizeof mix];
  guint   n_bag;
} Scene;

typedef struct
{
  char         kind;
  double       x, y, width, height;
  guint        stroke_color, fill_color;
  char         text[16];
  TelaNumbers *points; /* owned, nullable */
} Shape;

static double
next_random (Scene *self)
{
  guint32 t = self->random += 0x6d2b79f5u;

  t = (t ^ (t >> 15)) * (t | 1);
  t ^= t + (t ^ (t >> 7)) * (t | 61);
  return (t ^ (t >> 14)) / 4294967296.0;
}

static guint
pick (Scene *self,
      guint  below)
{
  return (guint) floor (next_random (self) * below);
}

/* To a tenth, halves upwards. */
static double
tenth (double value)
{
  return floor (value * 10 + 0.5) / 10;
}

static char
draw_kind (Scene *self)
{
  if (self->n_bag == 0)
    {
      self->n_bag = sizeof mix - 1;
      memcpy (self->bag, mix, sizeof mix);
      for (guint k = self->n_bag - 1; k > 0; k--)
        {
          guint j = pick (self, k + 1);
          char  other = self->bag[k];

          self->bag[k] = self->bag[j];
          self->bag[j] = other;
        }
    }
  return self->bag[--self->n_bag];
}

/* Points count from the first of them, where the element then is. */
static void
take_origin (Shape *shape)
{
  double x = shape->points->v[0], y = shape->points->v[1];

  for (guint i = 0; i < shape->points->n; i++)
    {
      shape->points->v[2 * i] = tenth (shape->points->v[2 * i] - x);
      shape->points->v[2 * i + 1] = tenth (shape->points->v[2 * i + 1] - y);
    }
  if (shape->kind != 's')
    shape->x = tenth (shape->x + x);
  shape->y = tenth (shape->y + y);
}

static void
make_line (Scene *self,
           Shape *shape)
{
  gboolean     falls = next_random (self) < 0.5;
  const double down[] = { 0, 0, shape->width, shape->height };
  const double up[] = { 0, shape->height, shape->width, 0 };

  shape->points = tela_numbers_new (2, 2, falls ? down : up);
  take_origin (shape);
}

static void
make_stroke (Scene *self,
             Shape *shape)
{
  double a = next_random (self) * TURN, b = 1 + pick (self, 3);

  shape->points = tela_numbers_new (N_STROKE_POINTS, 2, NULL);
  for (guint k = 0; k < N_STROKE_POINTS; k++)
    {
      double u = k / (N_STROKE_POINTS - 1.0);

      shape->points->v[2 * k] = tenth (shape->width * u);
      shape->points->v[2 * k + 1] = tenth (shape->height * (0.5 + 0.45 * sin (a + b * TURN * u)));
    }
  take_origin (shape);
}

static void
make_shape (Scene *self,
            guint  cell,
            Shape *shape)
{
  double x = cell % self->columns * CELL_WIDTH, y = cell / self->columns * CELL_HEIGHT;

  memset (shape, 0, sizeof *shape);
  shape->kind = draw_kind (self);
  shape->width = tenth (CELL_WIDTH * (0.35 + 0.5 * next_random (self)));
  shape->height = tenth (CELL_HEIGHT * (0.35 + 0.5 * next_random (self)));
  shape->x = tenth (x + next_random (self) * (CELL_WIDTH - shape->width));
  shape->y = tenth (y + next_random (self) * (CELL_HEIGHT - shape->height));
  shape->stroke_color = pick (self, G_N_ELEMENTS (stroke_colors));
  shape->fill_color = G_N_ELEMENTS (fill_colors) - 1;
  switch (shape->kind)
    {
    case 'r':
    case 'e':
      shape->fill_color = pick (self, G_N_ELEMENTS (fill_colors));
      break;
    case 't':
      {
        const char *first = words[pick (self, G_N_ELEMENTS (words))];

        g_snprintf (shape->text, sizeof shape->text, "%s %s", first, words[pick (self, G_N_ELEMENTS (words))]);
        shape->width = tenth (strlen (shape->text) * 6.0);
        shape->height = 15;
        break;
      }
    case 's':
      make_stroke (self, shape);
      break;
    default:
      make_line (self, shape);
      break;
    }
}

static const char *
type_of (char kind)
{
  switch (kind)
    {
    case 'r':
      return "rectangle";
    case 'e':
      return "ellipse";
    case 'a':
      return "arrow";
    case 'l':
      return "line";
    case 't':
      return "text";
    default:
      return "freedraw";
    }
}

static void
set_null (TelaOpBuilder *builder,
          TelaKey        key)
{
  tela_op_builder_set (builder, key, (TelaValue){ .kind = TELA_VALUE_NULL });
}

static void
set_common (TelaOpBuilder *builder,
            const Shape   *shape,
            guint          i)
{
  g_autofree char *index = tela_index_nth (i);

  tela_op_builder_set_string (builder, TELA_KEY_TYPE, type_of (shape->kind));
  tela_op_builder_set_number (builder, TELA_KEY_X, shape->x);
  tela_op_builder_set_number (builder, TELA_KEY_Y, shape->y);
  tela_op_builder_set_number (builder, TELA_KEY_WIDTH, shape->width);
  tela_op_builder_set_number (builder, TELA_KEY_HEIGHT, shape->height);
  tela_op_builder_set_number (builder, TELA_KEY_ANGLE, 0);
  tela_op_builder_set_string (builder, TELA_KEY_STROKE_COLOR, stroke_colors[shape->stroke_color]);
  tela_op_builder_set_string (builder, TELA_KEY_BACKGROUND_COLOR, fill_colors[shape->fill_color]);
  tela_op_builder_set_string (builder, TELA_KEY_FILL_STYLE, "solid");
  tela_op_builder_set_number (builder, TELA_KEY_STROKE_WIDTH, 2);
  tela_op_builder_set_string (builder, TELA_KEY_STROKE_STYLE, "solid");
  tela_op_builder_set_number (builder, TELA_KEY_ROUGHNESS, 1);
  tela_op_builder_set_number (builder, TELA_KEY_OPACITY, 100);
  tela_op_builder_set_json (builder, TELA_KEY_GROUP_IDS, "[]");
  set_null (builder, TELA_KEY_FRAME_ID);
  tela_op_builder_set_string (builder, TELA_KEY_INDEX, index);
  set_null (builder, TELA_KEY_ROUNDNESS);
  tela_op_builder_set_number (builder, TELA_KEY_SEED, i + 1);
  tela_op_builder_set_number (builder, TELA_KEY_VERSION, 1);
  tela_op_builder_set_number (builder, TELA_KEY_VERSION_NONCE, i + 7);
  tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, FALSE);
  set_null (builder, TELA_KEY_BOUND_ELEMENTS);
  tela_op_builder_set_number (builder, TELA_KEY_UPDATED, 1700000000000.0);
  set_null (builder, TELA_KEY_LINK);
  tela_op_builder_set_boolean (builder, TELA_KEY_LOCKED, FALSE);
}

static void
set_text (TelaOpBuilder *builder,
          const Shape   *shape)
{
  tela_op_builder_set_string (builder, TELA_KEY_TEXT, shape->text);
  tela_op_builder_set_string (builder, TELA_KEY_ORIGINAL_TEXT, shape->text);
  tela_op_builder_set_number (builder, TELA_KEY_FONT_SIZE, 12);
  tela_op_builder_set_number (builder, TELA_KEY_FONT_FAMILY, 5);
  tela_op_builder_set_string (builder, TELA_KEY_TEXT_ALIGN, "left");
  tela_op_builder_set_string (builder, TELA_KEY_VERTICAL_ALIGN, "top");
  set_null (builder, TELA_KEY_CONTAINER_ID);
  tela_op_builder_set_boolean (builder, TELA_KEY_AUTO_RESIZE, TRUE);
  tela_op_builder_set_number (builder, TELA_KEY_LINE_HEIGHT, 1.25);
}

static void
set_line (TelaOpBuilder *builder,
          const Shape   *shape)
{
  set_null (builder, TELA_KEY_LAST_COMMITTED_POINT);
  set_null (builder, TELA_KEY_START_BINDING);
  set_null (builder, TELA_KEY_END_BINDING);
  set_null (builder, TELA_KEY_START_ARROWHEAD);
  if (shape->kind == 'a')
    tela_op_builder_set_string (builder, TELA_KEY_END_ARROWHEAD, "arrow");
  else
    set_null (builder, TELA_KEY_END_ARROWHEAD);
  tela_op_builder_set_boolean (builder, TELA_KEY_ELBOWED, FALSE);
}

static void
set_stroke (TelaOpBuilder *builder)
{
  tela_op_builder_set_json (builder, TELA_KEY_PRESSURES, "[]");
  tela_op_builder_set_boolean (builder, TELA_KEY_SIMULATE_PRESSURE, TRUE);
  set_null (builder, TELA_KEY_LAST_COMMITTED_POINT);
}

static TelaElement *
make_element (const Shape *shape,
              guint        i,
              TelaStamp    stamp)
{
  g_autofree char *id = g_strdup_printf ("e%u", i);
  TelaOpBuilder   *builder = tela_op_builder_new (id);

  set_common (builder, shape, i);
  if (shape->points != NULL)
    tela_op_builder_set (builder, TELA_KEY_POINTS, tela_value_numbers (shape->points));
  if (shape->kind == 's')
    set_stroke (builder);
  else if (shape->kind == 'a' || shape->kind == 'l')
    set_line (builder, shape);
  else if (shape->kind == 't')
    set_text (builder, shape);
  return tela_op_builder_end (builder, stamp);
}

GPtrArray *
tela_scene_generate (guint     n,
                     guint32   seed,
                     TelaStamp stamp)
{
  GPtrArray        *elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  Scene             scene = { .random = seed };
  g_autofree guint *cells = g_new (guint, MAX (n, 1));

  scene.columns = (guint) MAX (1, floor (sqrt (n * 1.6 * CELL_HEIGHT / CELL_WIDTH) + 0.5));
  for (guint i = 0; i < n; i++)
    cells[i] = i;
  /* Cells are visited in a random order, so that z-order says nothing about place. */
  for (guint i = n; i-- > 1;)
    {
      guint j = pick (&scene, i + 1), other = cells[i];

      cells[i] = cells[j];
      cells[j] = other;
    }
  for (guint i = 0; i < n; i++)
    {
      Shape shape;

      make_shape (&scene, cells[i], &shape);
      g_ptr_array_add (elements, make_element (&shape, i, stamp));
    }
  return elements;
}
