/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-arrange.h"

#include <string.h>

#include "tela-factory.h"
#include "tela-frame.h"

const char *const tela_arrange_names[] = { "left", "centre", "right", "top", "middle", "bottom", "across", "down", NULL };

typedef struct
{
  TelaRect *box; /* borrowed */
  double    middle;
} Placed;

static int
compare_middles_cb (gconstpointer a,
                    gconstpointer b)
{
  double first = ((const Placed *) a)->middle;
  double second = ((const Placed *) b)->middle;

  return first < second ? -1 : first > second;
}

/* Equal gaps; where there is no room for any, equal distances between the middles. */
static void
distribute (TelaRect *boxes,
            guint     n,
            TelaRect  all,
            gboolean  is_across)
{
  g_autofree Placed *order = g_new (Placed, n);
  double             room = is_across ? all.width : all.height;
  double             at = is_across ? all.x : all.y;
  double             gap = room;

  for (guint i = 0; i < n; i++)
    {
      TelaPoint middle = tela_rect_centre (boxes[i]);

      order[i] = (Placed){ &boxes[i], is_across ? middle.x : middle.y };
      gap -= is_across ? boxes[i].width : boxes[i].height;
    }
  qsort (order, n, sizeof *order, compare_middles_cb);
  gap /= n - 1;

  for (guint i = 0; i < n; i++)
    {
      double *place = is_across ? &order[i].box->x : &order[i].box->y;
      double  size = is_across ? order[i].box->width : order[i].box->height;

      if (gap >= 0)
        {
          *place = at;
          at += size + gap;
        }
      else
        *place = order[0].middle + (order[n - 1].middle - order[0].middle) * i / (n - 1) - size / 2;
    }
}

void
tela_arrange_boxes (TelaArrange how,
                    TelaRect   *boxes,
                    guint       n)
{
  TelaRect all;

  if (n < 2)
    return;

  all = boxes[0];
  for (guint i = 1; i < n; i++)
    all = tela_rect_union (all, boxes[i]);
  if (how == TELA_ARRANGE_ACROSS || how == TELA_ARRANGE_DOWN)
    {
      distribute (boxes, n, all, how == TELA_ARRANGE_ACROSS);
      return;
    }

  for (guint i = 0; i < n; i++)
    {
      double free_x = all.width - boxes[i].width;
      double free_y = all.height - boxes[i].height;

      if (how <= TELA_ARRANGE_RIGHT)
        boxes[i].x = all.x + free_x * (how - TELA_ARRANGE_LEFT) / 2;
      else
        boxes[i].y = all.y + free_y * (how - TELA_ARRANGE_TOP) / 2;
    }
}

static TelaRect
box_around (GPtrArray *elements)
{
  TelaRect all = tela_element_get_upright_box (elements->pdata[0]);

  for (guint i = 1; i < elements->len; i++)
    all = tela_rect_union (all, tela_element_get_upright_box (elements->pdata[i]));

  return all;
}

static void
flip_points (TelaOpBuilder     *op,
             const TelaNumbers *points,
             gboolean           is_sideways)
{
  g_autofree double *pairs = g_memdup2 (points->v, sizeof (double) * 2 * points->n);

  for (guint i = 0; i < points->n; i++)
    pairs[2 * i + (is_sideways ? 0 : 1)] *= -1;
  tela_factory_set_points (op, pairs, points->n);
}

static gboolean
read_pair (TelaJsonSpan span,
           double       pair[2])
{
  TelaJsonReader reader;
  guint          n = 0;

  tela_json_reader_init (&reader, span.data, (gssize) span.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return FALSE;
  while (tela_json_reader_next_item (&reader))
    if (n == 2 || !tela_json_reader_number (&reader, &pair[n++], NULL))
      return FALSE;

  return n == 2;
}

/* @text with what is at @span replaced. (transfer full) */
static char *
replace (const char  *text,
         TelaJsonSpan span,
         const char  *by)
{
  g_autofree char *head = g_strndup (text, (gsize) (span.data - text));

  return g_strconcat (head, by, span.data + span.len, NULL);
}

/* A point of the target's box is mirrored with it, and the line passes its middle on the other side. */
static void
flip_binding (TelaOpBuilder     *op,
              const TelaElement *element,
              TelaKey            key,
              GHashTable        *ids,
              gboolean           is_sideways)
{
  g_autofree char *json = NULL;
  g_autofree char *target = NULL;
  TelaValue        value;
  TelaJsonSpan     span;
  double           pair[2];

  if (!tela_element_get (element, key, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return;

  json = g_strdup (value.as.string);
  if (!tela_json_find ((TelaJsonSpan){ json, strlen (json) }, "elementId", &span) || span.len <= 2)
    return;
  target = tela_json_unescape ((TelaJsonSpan){ span.data + 1, span.len - 2 }, NULL, NULL);
  if (target == NULL || !g_hash_table_contains (ids, target))
    return;

  if (tela_json_find ((TelaJsonSpan){ json, strlen (json) }, "focus", &span))
    {
      char             number[G_ASCII_DTOSTR_BUF_SIZE];
      g_autofree char *old = g_steal_pointer (&json);
      double           focus = g_ascii_strtod (span.data, NULL);

      json = replace (old, span, g_ascii_dtostr (number, sizeof number, focus == 0 ? 0 : -focus));
    }
  if (tela_json_find ((TelaJsonSpan){ json, strlen (json) }, "fixedPoint", &span) && read_pair (span, pair))
    {
      char             first[G_ASCII_DTOSTR_BUF_SIZE];
      char             second[G_ASCII_DTOSTR_BUF_SIZE];
      g_autofree char *old = g_steal_pointer (&json);
      g_autofree char *point = NULL;

      pair[is_sideways ? 0 : 1] = 1 - pair[is_sideways ? 0 : 1];
      point = g_strdup_printf ("[%s,%s]", g_ascii_dtostr (first, sizeof first, pair[0]),
                               g_ascii_dtostr (second, sizeof second, pair[1]));
      json = replace (old, span, point);
    }
  tela_op_builder_set_json (op, key, json);
}

/* Images are mirrored by their scale: [1, 1] without one. */
static void
flip_image (TelaOpBuilder     *op,
            const TelaElement *element,
            gboolean           is_sideways)
{
  const TelaNumbers *numbers = tela_element_get_numbers (element, TELA_KEY_SCALE);
  double             scale[2] = { 1, 1 };

  if (numbers != NULL && numbers->n == 2 && numbers->stride == 1)
    memcpy (scale, numbers->v, sizeof scale);
  scale[is_sideways ? 0 : 1] *= -1;
  tela_op_builder_set (op, TELA_KEY_SCALE, tela_value_numbers (tela_numbers_new (2, 1, scale)));
}

static TelaElement *
flip_one (const TelaElement *element,
          TelaPoint          about,
          GHashTable        *ids,
          gboolean           is_sideways)
{
  TelaOpBuilder     *op = tela_op_builder_new (tela_element_get_id (element));
  const TelaNumbers *points = tela_element_get_numbers (element, TELA_KEY_POINTS);
  const char        *type = tela_element_get_string (element, TELA_KEY_TYPE);
  TelaPoint          middle = tela_rect_centre (tela_element_get_box (element));
  double             x = tela_element_get_number (element, TELA_KEY_X, 0);
  double             y = tela_element_get_number (element, TELA_KEY_Y, 0);
  double             angle = tela_element_get_number (element, TELA_KEY_ANGLE, 0);
  gboolean           has_points = points != NULL && points->stride == 2;

  /* The origin of points lies on the other side of their middle; that of a box is its corner again. */
  if (is_sideways)
    x = 2 * (about.x - middle.x) + (has_points ? 2 * middle.x - x : x);
  else
    y = 2 * (about.y - middle.y) + (has_points ? 2 * middle.y - y : y);
  tela_op_builder_set_number (op, TELA_KEY_X, x);
  tela_op_builder_set_number (op, TELA_KEY_Y, y);
  if (angle != 0)
    tela_op_builder_set_number (op, TELA_KEY_ANGLE, 2 * G_PI - angle);
  if (has_points)
    flip_points (op, points, is_sideways);
  if (g_strcmp0 (type, "image") == 0)
    flip_image (op, element, is_sideways);
  flip_binding (op, element, TELA_KEY_START_BINDING, ids, is_sideways);
  flip_binding (op, element, TELA_KEY_END_BINDING, ids, is_sideways);
  if (tela_element_get_boolean (element, TELA_KEY_ELBOWED, FALSE))
    tela_op_builder_set_json (op, tela_key_intern ("fixedSegments", 13), "null");

  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

GPtrArray *
tela_arrange_flip (GPtrArray *elements,
                   gboolean   is_sideways)
{
  GPtrArray *ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  TelaPoint about;

  if (elements->len == 0)
    return ops;

  about = tela_rect_centre (box_around (elements));
  for (guint i = 0; i < elements->len; i++)
    g_hash_table_add (ids, (gpointer) tela_element_get_id (elements->pdata[i]));
  for (guint i = 0; i < elements->len; i++)
    g_ptr_array_add (ops, flip_one (elements->pdata[i], about, ids, is_sideways));

  return ops;
}
