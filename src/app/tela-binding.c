/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-binding.h"

#include <math.h>

#include "tela-factory.h"

#define GAP 5.0 /* board units between an arrow's end and the outline */

static char *
dup_target (const TelaElement *arrow,
            TelaKey            key)
{
  TelaValue    value;
  TelaJsonSpan id;

  if (!tela_element_get (arrow, key, &value, NULL) || value.kind != TELA_VALUE_JSON || !tela_json_find ((TelaJsonSpan){ value.as.string, g_ref_string_length (value.as.string) }, "elementId", &id) || id.len < 3 || *id.data != '"')
    return NULL;

  return tela_json_unescape ((TelaJsonSpan){ id.data + 1, id.len - 2 }, NULL, NULL);
}

static gboolean
is_bindable (const TelaElement *element)
{
  static const char *const types[] = { "rectangle", "ellipse", "diamond", "text", "image", "frame", NULL };
  const char              *type = tela_element_get_string (element, TELA_KEY_TYPE);

  return type != NULL && g_strv_contains (types, type) && tela_element_get_string (element, TELA_KEY_CONTAINER_ID) == NULL;
}

/* Inside the shape, made larger by @by all around. */
static gboolean
is_inside (const TelaElement *element,
           TelaPoint          at,
           double             by)
{
  TelaRect    box = tela_rect_expand (tela_element_get_box (element), by);
  TelaPoint   centre = { box.x + box.width / 2, box.y + box.height / 2 };
  TelaPoint   own = tela_point_rotate (at, centre, -tela_element_get_number (element, TELA_KEY_ANGLE, 0));
  const char *type = tela_element_get_string (element, TELA_KEY_TYPE);
  double      x = fabs (own.x - centre.x) / MAX (box.width / 2, 1e-6);
  double      y = fabs (own.y - centre.y) / MAX (box.height / 2, 1e-6);

  if (g_strcmp0 (type, "ellipse") == 0)
    return x * x + y * y <= 1;
  if (g_strcmp0 (type, "diamond") == 0)
    return x + y <= 1;

  return x <= 1 && y <= 1;
}

const TelaElement *
tela_binding_find_target (TelaBoard  *board,
                          TelaPoint   at,
                          double      slack,
                          const char *arrow)
{
  TelaRect area = { at.x - slack, at.y - slack, 2 * slack, 2 * slack };
  g_autoptr (GPtrArray) near = tela_board_query (board, &area);

  for (guint i = near->len; i-- > 0;)
    if (g_strcmp0 (tela_element_get_id (near->pdata[i]), arrow) != 0 && is_bindable (near->pdata[i]) && is_inside (near->pdata[i], at, slack))
      return tela_board_lookup_shown (board, tela_element_get_id (near->pdata[i]));

  return NULL;
}

/* Where the way from @from, outside, to @to, inside, meets the outline. */
static TelaPoint
stop_at (const TelaElement *shape,
         TelaPoint          from,
         TelaPoint          to)
{
  double low = 0;
  double high = 1;

  if (!is_inside (shape, to, GAP) || is_inside (shape, from, GAP))
    return to;

  for (guint i = 0; i < 40; i++)
    {
      double    middle = (low + high) / 2;
      TelaPoint at = { from.x + (to.x - from.x) * middle, from.y + (to.y - from.y) * middle };

      if (is_inside (shape, at, GAP))
        high = middle;
      else
        low = middle;
    }

  return (TelaPoint){ from.x + (to.x - from.x) * low, from.y + (to.y - from.y) * low };
}

static void
set_binding (TelaOpBuilder     *op,
             TelaKey            key,
             const TelaElement *target)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  if (target == NULL)
    {
      tela_op_builder_set_json (op, key, "null");
      return;
    }

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "elementId");
  tela_json_writer_string (&writer, tela_element_get_id (target));
  tela_json_writer_name (&writer, "focus");
  tela_json_writer_number (&writer, 0);
  tela_json_writer_name (&writer, "gap");
  tela_json_writer_number (&writer, GAP);
  tela_json_writer_end_object (&writer);
  tela_op_builder_set_json (op, key, out->str);
}

static TelaPoint
point_of (const TelaElement *arrow,
          const TelaNumbers *points,
          guint              i)
{
  return (TelaPoint){ tela_element_get_number (arrow, TELA_KEY_X, 0) + points->v[2 * i],
                      tela_element_get_number (arrow, TELA_KEY_Y, 0) + points->v[2 * i + 1] };
}

/* The same line with other ends; both are on the board. */
static void
set_ends (TelaOpBuilder     *op,
          const TelaNumbers *points,
          TelaPoint          origin,
          TelaPoint          first,
          TelaPoint          last)
{
  g_autofree double *pairs = g_new (double, 2 * points->n);

  for (guint i = 0; i < points->n; i++)
    {
      pairs[2 * i] = origin.x + points->v[2 * i] - first.x;
      pairs[2 * i + 1] = origin.y + points->v[2 * i + 1] - first.y;
    }
  pairs[0] = pairs[1] = 0;
  pairs[2 * points->n - 2] = last.x - first.x;
  pairs[2 * points->n - 1] = last.y - first.y;
  tela_op_builder_set_number (op, TELA_KEY_X, first.x);
  tela_op_builder_set_number (op, TELA_KEY_Y, first.y);
  tela_factory_set_points (op, pairs, points->n);
}

static gboolean
has_ends (const TelaElement *arrow)
{
  const TelaNumbers *points = tela_element_get_numbers (arrow, TELA_KEY_POINTS);

  return points != NULL && points->stride == 2 && points->n >= 2 && tela_element_get_number (arrow, TELA_KEY_ANGLE, 0) == 0;
}

TelaElement *
tela_binding_attach (TelaBoard         *board,
                     const TelaElement *arrow,
                     double             slack)
{
  const TelaNumbers *points = tela_element_get_numbers (arrow, TELA_KEY_POINTS);
  const char        *id = tela_element_get_id (arrow);
  TelaOpBuilder     *op;
  TelaPoint          first;
  TelaPoint          last;
  const TelaElement *start;
  const TelaElement *end;

  g_return_val_if_fail (has_ends (arrow), NULL);

  op = tela_op_builder_new (id);
  first = point_of (arrow, points, 0);
  last = point_of (arrow, points, points->n - 1);
  start = tela_binding_find_target (board, first, slack, id);
  end = tela_binding_find_target (board, last, slack, id);
  /* Both ends in one shape point at something within it. */
  if (start == end)
    start = end = NULL;

  set_binding (op, TELA_KEY_START_BINDING, start);
  set_binding (op, TELA_KEY_END_BINDING, end);
  if (start != NULL || end != NULL)
    {
      TelaPoint origin = first;
      TelaPoint second = point_of (arrow, points, 1);
      TelaPoint before = point_of (arrow, points, points->n - 2);

      if (start != NULL)
        first = stop_at (start, second, first);
      if (end != NULL)
        last = stop_at (end, before, last);
      set_ends (op, points, origin, first, last);
    }

  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

static gboolean
contains_id (GPtrArray  *elements,
             const char *id)
{
  for (guint i = 0; i < elements->len; i++)
    if (strcmp (tela_element_get_id (elements->pdata[i]), id) == 0)
      return TRUE;

  return FALSE;
}

static gboolean
is_label_of (const TelaElement *element,
             GHashTable        *arrows)
{
  const char *container = tela_element_get_string (element, TELA_KEY_CONTAINER_ID);

  return container != NULL && g_hash_table_contains (arrows, container);
}

GPtrArray *
tela_binding_collect (TelaBoard *board,
                      GPtrArray *moving)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GPtrArray) all = tela_board_query (board, NULL);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) arrows = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < moving->len; i++)
    g_hash_table_add (ids, (gpointer) tela_element_get_id (moving->pdata[i]));

  for (guint i = 0; i < all->len; i++)
    {
      g_autofree char *start = dup_target (all->pdata[i], TELA_KEY_START_BINDING);
      g_autofree char *end = dup_target (all->pdata[i], TELA_KEY_END_BINDING);

      if (((start != NULL && g_hash_table_contains (ids, start)) || (end != NULL && g_hash_table_contains (ids, end))) && has_ends (all->pdata[i]) && !g_hash_table_contains (ids, tela_element_get_id (all->pdata[i])))
        {
          g_ptr_array_add (found, tela_element_ref (all->pdata[i]));
          g_hash_table_add (arrows, (gpointer) tela_element_get_id (all->pdata[i]));
        }
    }
  for (guint i = 0; i < all->len; i++)
    if (is_label_of (all->pdata[i], arrows) && !contains_id (moving, tela_element_get_id (all->pdata[i])))
      g_ptr_array_add (found, tela_element_ref (all->pdata[i]));

  return found;
}

/* Where @at goes when the shape that @key names is changed as @ops say. */
static TelaPoint
follow (const TelaElement *arrow,
        TelaKey            key,
        TelaPoint          at,
        GPtrArray         *moving,
        GPtrArray         *ops)
{
  g_autofree char *target = dup_target (arrow, key);

  for (guint i = 0; target != NULL && i < moving->len; i++)
    {
      TelaRect from;
      TelaRect to;

      if (strcmp (tela_element_get_id (moving->pdata[i]), target) != 0)
        continue;

      from = tela_element_get_box (moving->pdata[i]);
      to.x = tela_element_get_number (ops->pdata[i], TELA_KEY_X, from.x);
      to.y = tela_element_get_number (ops->pdata[i], TELA_KEY_Y, from.y);
      to.width = tela_element_get_number (ops->pdata[i], TELA_KEY_WIDTH, from.width);
      to.height = tela_element_get_number (ops->pdata[i], TELA_KEY_HEIGHT, from.height);
      return (TelaPoint){ to.x + (at.x - from.x) * (from.width > 0 ? to.width / from.width : 1),
                          to.y + (at.y - from.y) * (from.height > 0 ? to.height / from.height : 1) };
    }

  return at;
}

/* A label stays in the middle of its arrow. */
static void
move_labels (GPtrArray         *arrows,
             const TelaElement *arrow,
             double             dx,
             double             dy,
             GPtrArray         *ops)
{
  for (guint i = 0; i < arrows->len; i++)
    {
      const char    *container = tela_element_get_string (arrows->pdata[i], TELA_KEY_CONTAINER_ID);
      TelaOpBuilder *op;

      if (container == NULL || strcmp (container, tela_element_get_id (arrow)) != 0)
        continue;
      op = tela_op_builder_new (tela_element_get_id (arrows->pdata[i]));
      tela_op_builder_set_number (op, TELA_KEY_X, tela_element_get_number (arrows->pdata[i], TELA_KEY_X, 0) + dx);
      tela_op_builder_set_number (op, TELA_KEY_Y, tela_element_get_number (arrows->pdata[i], TELA_KEY_Y, 0) + dy);
      g_ptr_array_add (ops, tela_op_builder_end (op, (TelaStamp){ 0 }));
    }
}

void
tela_binding_follow (GPtrArray *arrows,
                     GPtrArray *moving,
                     GPtrArray *ops)
{
  g_return_if_fail (ops->len == moving->len);

  for (guint i = 0; i < arrows->len; i++)
    {
      const TelaElement *arrow = arrows->pdata[i];
      const TelaNumbers *points = tela_element_get_numbers (arrow, TELA_KEY_POINTS);
      TelaOpBuilder     *op;
      TelaPoint          origin, end, first, last;

      if (!has_ends (arrow))
        continue; /* a label: it comes with its arrow */

      op = tela_op_builder_new (tela_element_get_id (arrow));
      origin = point_of (arrow, points, 0);
      end = point_of (arrow, points, points->n - 1);
      first = follow (arrow, TELA_KEY_START_BINDING, origin, moving, ops);
      last = follow (arrow, TELA_KEY_END_BINDING, end, moving, ops);
      set_ends (op, points, origin, first, last);
      g_ptr_array_add (ops, tela_op_builder_end (op, (TelaStamp){ 0 }));
      move_labels (arrows, arrow, (first.x - origin.x + last.x - end.x) / 2, (first.y - origin.y + last.y - end.y) / 2, ops);
    }
}
