/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-attach-private.h"

#include <string.h>

#define DEFAULT_GAP 5.0

gboolean
tela_attach_is_type (const TelaElement *element,
                     const char        *type)
{
  return g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), type) == 0;
}

gboolean
tela_attach_is_line (const TelaElement *element)
{
  const TelaNumbers *points = tela_element_get_numbers (element, TELA_KEY_POINTS);

  return (tela_attach_is_type (element, "arrow") || tela_attach_is_type (element, "line")) &&
         points != NULL && points->stride == 2 && points->n >= 2;
}

gboolean
tela_attach_has_same_box (const TelaElement *a,
                          const TelaElement *b)
{
  TelaRect first, second;

  if (a == b)
    return TRUE;

  first = tela_element_get_box (a);
  second = tela_element_get_box (b);

  return memcmp (&first, &second, sizeof first) == 0 &&
         tela_element_get_number (a, TELA_KEY_ANGLE, 0) == tela_element_get_number (b, TELA_KEY_ANGLE, 0);
}

/* A scalar, or the two numbers of a point; FALSE if it is something else. */
static gboolean
read_numbers (TelaJsonSpan span,
              double      *first,
              double      *second)
{
  TelaJsonReader reader;
  guint          n = 0;

  tela_json_reader_init (&reader, span.data, (gssize) span.len);
  if (second == NULL)
    return tela_json_reader_peek (&reader) == TELA_JSON_NUMBER && tela_json_reader_number (&reader, first, NULL);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return FALSE;
  while (tela_json_reader_next_item (&reader))
    if (n < 2 && tela_json_reader_peek (&reader) == TELA_JSON_NUMBER &&
        tela_json_reader_number (&reader, n == 0 ? first : second, NULL))
      n++;

  return n == 2;
}

static char *
read_string (TelaJsonSpan object,
             const char  *name)
{
  TelaJsonSpan span;

  if (!tela_json_find (object, name, &span) || span.len < 3 || *span.data != '"')
    return NULL;

  return tela_json_unescape ((TelaJsonSpan){ span.data + 1, span.len - 2 }, NULL, NULL);
}

char *
tela_bound_read_target (const TelaElement *line,
                        TelaKey            key)
{
  TelaValue value;

  if (!tela_element_get (line, key, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return NULL;

  return read_string ((TelaJsonSpan){ value.as.string, g_ref_string_length (value.as.string) }, "elementId");
}

gboolean
tela_bound_read (const TelaElement *line,
                 TelaKey            key,
                 TelaBound         *bound)
{
  TelaValue        value;
  TelaJsonSpan     object, member;
  g_autofree char *mode = NULL;
  gboolean         has_fixed, has_focus;

  *bound = (TelaBound){ .gap = DEFAULT_GAP, .fixed = { 0.5, 0.5 } };
  bound->target = tela_bound_read_target (line, key);
  if (bound->target == NULL || !tela_element_get (line, key, &value, NULL))
    return FALSE;

  object = (TelaJsonSpan){ value.as.string, g_ref_string_length (value.as.string) };
  mode = read_string (object, "mode");
  has_fixed = tela_json_find (object, "fixedPoint", &member) && read_numbers (member, &bound->fixed.x, &bound->fixed.y);
  has_focus = tela_json_find (object, "focus", &member) && read_numbers (member, &bound->focus, NULL);
  if (tela_json_find (object, "gap", &member) && read_numbers (member, &bound->gap, NULL))
    bound->gap = MAX (bound->gap, 0);

  if (has_fixed &&
      (tela_element_get_boolean (line, TELA_KEY_ELBOWED, FALSE) || (mode != NULL && strcmp (mode, "orbit") != 0)))
    bound->form = TELA_BOUND_POINT;
  else if (has_fixed && (mode != NULL || !has_focus))
    bound->form = TELA_BOUND_ORBIT;
  else
    bound->form = TELA_BOUND_FOCUS;

  return TRUE;
}

void
tela_bound_clear (TelaBound *bound)
{
  g_clear_pointer (&bound->target, g_free);
}

static TelaSpot
centre_of (const TelaElement *line)
{
  TelaRect box = tela_element_get_box (line);

  return (TelaSpot){ box.x + box.width / 2, box.y + box.height / 2 };
}

TelaSpot *
tela_line_get_spots (const TelaElement *line,
                     guint             *n)
{
  const TelaNumbers *points = tela_element_get_numbers (line, TELA_KEY_POINTS);
  double             x = tela_element_get_number (line, TELA_KEY_X, 0);
  double             y = tela_element_get_number (line, TELA_KEY_Y, 0);
  double             angle = tela_element_get_number (line, TELA_KEY_ANGLE, 0);
  TelaSpot           centre = centre_of (line);
  TelaSpot          *spots = g_new (TelaSpot, points->n);

  *n = points->n;
  for (guint i = 0; i < points->n; i++)
    {
      spots[i] = (TelaSpot){ x + points->v[2 * i], y + points->v[2 * i + 1] };
      if (angle != 0)
        spots[i] = tela_spot_rotate (spots[i], centre, angle);
    }

  return spots;
}

/* A line turns about the middle of its box, so its points are turned back about the middle that they will have. */
void
tela_line_set_spots (TelaOpBuilder  *op,
                     const TelaSpot *spots,
                     guint           n,
                     double          angle)
{
  g_autofree double *pairs = g_new (double, 2 * n);
  TelaSpot           least = spots[0], most = spots[0], origin = spots[0];

  for (guint i = 0; i < n; i++)
    {
      TelaSpot own = angle != 0 ? tela_spot_rotate (spots[i], spots[0], -angle) : spots[i];

      pairs[2 * i] = own.x - spots[0].x;
      pairs[2 * i + 1] = own.y - spots[0].y;
      least = (TelaSpot){ MIN (least.x, own.x), MIN (least.y, own.y) };
      most = (TelaSpot){ MAX (most.x, own.x), MAX (most.y, own.y) };
    }
  if (angle != 0)
    {
      TelaSpot middle = { (least.x + most.x) / 2, (least.y + most.y) / 2 };
      TelaSpot turned = tela_spot_rotate (middle, spots[0], angle);

      origin = (TelaSpot){ spots[0].x + turned.x - middle.x, spots[0].y + turned.y - middle.y };
    }

  tela_op_builder_set_number (op, TELA_KEY_X, origin.x);
  tela_op_builder_set_number (op, TELA_KEY_Y, origin.y);
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, most.x - least.x);
  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, most.y - least.y);
  tela_op_builder_set (op, TELA_KEY_POINTS, tela_value_numbers (tela_numbers_new (n, 2, pairs)));
}

static gboolean
is_curved (const TelaElement *line)
{
  TelaValue value;

  return !tela_element_get_boolean (line, TELA_KEY_ELBOWED, FALSE) &&
         tela_element_get (line, TELA_KEY_ROUNDNESS, &value, NULL) && value.kind == TELA_VALUE_JSON;
}

TelaSpot
tela_line_get_middle (const TelaElement *line)
{
  guint                n;
  g_autofree TelaSpot *spots = tela_line_get_spots (line, &n);
  TelaSpot             a = spots[(n - 1) / 2];
  TelaSpot             b = spots[n / 2];
  TelaSpot             before, after;

  if (n % 2 == 1)
    return a;
  if (n == 2 || !is_curved (line))
    return (TelaSpot){ (a.x + b.x) / 2, (a.y + b.y) / 2 };

  /* The middle of the Catmull-Rom piece. */
  before = spots[(n - 1) / 2 - 1];
  after = spots[n / 2 + 1];
  return (TelaSpot){ (9 * (a.x + b.x) - before.x - after.x) / 16, (9 * (a.y + b.y) - before.y - after.y) / 16 };
}
