/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "tela-formats-private.h"
#include "tela-tldr-private.h"

#define MAX_POINTS 1000000

/* A point of a line, to be put in order. */
typedef struct
{
  char  *index; /* owned */
  double x, y;
} Handle;

static float
read_half (const guint8 *p)
{
  guint bits = (guint) p[0] | (guint) p[1] << 8;
  int   exponent = (int) (bits >> 10 & 0x1f);
  float value =
      exponent == 0 ? ldexpf ((float) (bits & 0x3ff), -24) : ldexpf ((float) (bits & 0x3ff) + 1024, exponent - 25);

  if (exponent == 31)
    return 0; /* not a number, or infinite */
  return bits & 0x8000 ? -value : value;
}

static float
read_float (const guint8 *p)
{
  guint32 bits = (guint32) p[0] | (guint32) p[1] << 8 | (guint32) p[2] << 16 | (guint32) p[3] << 24;
  float   value;

  memcpy (&value, &bits, sizeof value);
  return isfinite (value) ? value : 0;
}

static void
append (GArray       *points,
        GArray       *pressures,
        const double  p[3],
        const double  scale[2],
        TelaTldrPlace place)
{
  double out[2], pressure = CLAMP (p[2], 0, 1);

  if (points->len >= 2 * MAX_POINTS)
    return;
  tela_tldr_to_board (place, p[0] * scale[0], p[1] * scale[1], out);
  g_array_append_vals (points, out, 2);
  if (pressures != NULL)
    g_array_append_val (pressures, pressure);
}

/* Halves in base64: each point for itself, or (@deltas) three floats first and then what is added to them. */
static void
append_path (GArray       *points,
             GArray       *pressures,
             const char   *base64,
             gboolean      deltas,
             const double  scale[2],
             TelaTldrPlace place)
{
  gsize              len = 0, at = 0;
  g_autofree guchar *bytes = g_base64_decode (base64, &len);
  double             p[3] = { 0 };

  if (deltas && len >= 12)
    {
      for (guint i = 0; i < 3; i++)
        p[i] = read_float (bytes + 4 * i);
      append (points, pressures, p, scale, place);
      at = 12;
    }
  for (; at + 6 <= len; at += 6)
    {
      for (guint i = 0; i < 3; i++)
        p[i] = (deltas ? p[i] : 0) + read_half (bytes + at + 2 * i);
      append (points, pressures, p, scale, place);
    }
}

static void
append_segment (GArray       *points,
                GArray       *pressures,
                TelaJsonSpan  segment,
                const double  scale[2],
                TelaTldrPlace place)
{
  g_autofree char *path = tela_tldr_get_string (segment, "path");
  g_autofree char *old = path == NULL ? tela_tldr_get_string (segment, "points") : NULL;
  TelaJsonSpan     array, item;
  TelaJsonReader   reader;

  if (path != NULL || old != NULL)
    {
      append_path (points, pressures, path != NULL ? path : old, path != NULL, scale, place);
      return;
    }
  if (!tela_json_find (segment, "points", &array))
    return;
  tela_json_reader_init (&reader, array.data, (gssize) array.len);
  if (!tela_json_reader_enter_array (&reader))
    return;
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &item))
    {
      double p[3] = { tela_tldr_get_number (item, "x", 0), tela_tldr_get_number (item, "y", 0),
                      tela_tldr_get_number (item, "z", 0.5) };

      append (points, pressures, p, scale, place);
    }
}

static void
append_segments (GArray              *points,
                 GArray              *pressures,
                 const TelaTldrShape *shape)
{
  const double   scale[2] = { tela_tldr_get_number (shape->props, "scaleX", 1),
                              tela_tldr_get_number (shape->props, "scaleY", 1) };
  TelaJsonSpan   array, segment;
  TelaJsonReader reader;

  if (!tela_json_find (shape->props, "segments", &array))
    return;
  tela_json_reader_init (&reader, array.data, (gssize) array.len);
  if (!tela_json_reader_enter_array (&reader))
    return;
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &segment))
    append_segment (points, pressures, segment, scale, shape->place);
}

static void
handle_clear (gpointer data)
{
  g_free (((Handle *) data)->index);
}

static int
compare_handles_cb (gconstpointer a,
                    gconstpointer b)
{
  return g_strcmp0 (((const Handle *) a)->index, ((const Handle *) b)->index);
}

/* They are in an array, or named members that say their order. */
static void
append_handles (GArray              *points,
                const TelaTldrShape *shape)
{
  g_autoptr (GArray) handles = g_array_new (FALSE, FALSE, sizeof (Handle));
  const double   scale[2] = { 1, 1 };
  TelaJsonSpan   list, name, item;
  TelaJsonReader reader;
  gboolean       named;

  g_array_set_clear_func (handles, handle_clear);
  if (!tela_json_find (shape->props, "points", &list) && !tela_json_find (shape->props, "handles", &list))
    return;
  named = tela_format_span_is_object (list);
  tela_json_reader_init (&reader, list.data, (gssize) list.len);
  if (named ? !tela_json_reader_enter_object (&reader) : !tela_json_reader_enter_array (&reader))
    return;
  while ((named ? tela_json_reader_next_member (&reader, &name) : tela_json_reader_next_item (&reader)) &&
         tela_json_reader_span (&reader, &item))
    {
      Handle handle = { tela_tldr_get_string (item, "index"), tela_tldr_get_number (item, "x", 0),
                        tela_tldr_get_number (item, "y", 0) };

      g_array_append_val (handles, handle);
    }
  if (named)
    g_array_sort (handles, compare_handles_cb);
  for (guint i = 0; i < handles->len; i++)
    {
      const Handle *handle = &g_array_index (handles, Handle, i);
      double        p[3] = { handle->x, handle->y, 0.5 };

      append (points, NULL, p, scale, shape->place);
    }
}

GArray *
tela_tldr_get_points (const TelaTldr      *self,
                      const TelaTldrShape *shape,
                      GArray              *pressures)
{
  g_autoptr (GArray) points = NULL;

  if (strcmp (shape->type, "arrow") == 0)
    return tela_tldr_get_arrow_points (self, shape);
  if (strcmp (shape->type, "draw") != 0 && strcmp (shape->type, "highlight") != 0 && strcmp (shape->type, "line") != 0)
    return NULL;
  points = g_array_new (FALSE, FALSE, sizeof (double));
  if (strcmp (shape->type, "line") == 0)
    append_handles (points, shape);
  else
    append_segments (points, pressures, shape);
  return g_steal_pointer (&points);
}
