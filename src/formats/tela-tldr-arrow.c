/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gi18n-lib.h>
#include <math.h>

#include "tela-formats-private.h"
#include "tela-tldr-private.h"

#define GAP 5.0
#define MIN_BEND 8.0 /* below, an arrow is straight */
#define ROUNDS 24    /* of halving: finer than a thousandth of a unit */

/* One end of an arrow on the board. */
typedef struct
{
  double               point[2];
  const TelaTldrShape *target; /* NULL: free */
  double               anchor[2];
  gboolean             is_exact;
} Terminal;

static const TelaTldrShape *
lookup (const TelaTldr *self,
        const char     *id)
{
  const TelaTldrShape *shape =
      id != NULL && g_str_has_prefix (id, "shape:") ? g_hash_table_lookup (self->shapes, id + strlen ("shape:")) : NULL;

  return shape != NULL && shape->is_placed ? shape : NULL;
}

/* In the schema 1 the end itself says what it is bound to, in 2 a record beside. */
static void
read_terminal (const TelaTldr      *self,
               const TelaTldrShape *arrow,
               const char          *name,
               Terminal            *terminal)
{
  g_autofree char    *key = g_strdup_printf ("%s %s", arrow->id, name);
  g_autofree char    *target = NULL;
  const TelaJsonSpan *record = g_hash_table_lookup (self->bindings, key);
  TelaJsonSpan        end = tela_tldr_get_object (arrow->props, name), binding = end, anchor;

  memset (terminal, 0, sizeof *terminal);
  if (record != NULL)
    binding = tela_tldr_get_object (*record, "props");
  target = record != NULL ? tela_tldr_get_string (*record, "toId") : tela_tldr_get_string (end, "boundShapeId");
  terminal->target = lookup (self, target);
  if (terminal->target == NULL)
    {
      tela_tldr_to_board (arrow->place, tela_tldr_get_number (end, "x", 0), tela_tldr_get_number (end, "y", 0),
                          terminal->point);
      return;
    }

  anchor = tela_tldr_get_object (binding, "normalizedAnchor");
  terminal->is_exact = tela_tldr_get_boolean (binding, "isExact");
  terminal->anchor[0] = terminal->anchor[1] = 0.5;
  if (tela_tldr_get_boolean (binding, "isPrecise") || terminal->is_exact)
    {
      terminal->anchor[0] = CLAMP (tela_tldr_get_number (anchor, "x", 0.5), 0, 1);
      terminal->anchor[1] = CLAMP (tela_tldr_get_number (anchor, "y", 0.5), 0, 1);
    }
  tela_tldr_to_board (terminal->target->place, terminal->anchor[0] * terminal->target->width,
                      terminal->anchor[1] * terminal->target->height, terminal->point);
}

static gboolean
is_inside (const TelaTldrShape *shape,
           const double         point[2])
{
  double dx = point[0] - shape->place.x, dy = point[1] - shape->place.y;
  double c = cos (shape->place.angle), s = sin (shape->place.angle);
  double x = fabs ((dx * c + dy * s) / shape->width * 2 - 1), y = fabs ((dy * c - dx * s) / shape->height * 2 - 1);

  if (shape->outline == TELA_TLDR_ELLIPSE)
    return hypot (x, y) <= 1;
  return shape->outline == TELA_TLDR_DIAMOND ? x + y <= 1 : x <= 1 && y <= 1;
}

/* Where the way from @towards reaches the outline, short of a gap. */
static void
stop_at_outline (Terminal    *self,
                 const double towards[2])
{
  double inside = 0, outside = 1, from[2] = { self->point[0], self->point[1] };
  double length = hypot (towards[0] - from[0], towards[1] - from[1]);

  if (self->target == NULL || self->is_exact || !is_inside (self->target, from) || is_inside (self->target, towards))
    return;
  for (guint i = 0; i < ROUNDS; i++)
    {
      double t = (inside + outside) / 2,
             at[2] = { from[0] + (towards[0] - from[0]) * t, from[1] + (towards[1] - from[1]) * t };

      if (is_inside (self->target, at))
        inside = t;
      else
        outside = t;
    }
  outside = MIN (outside + GAP / MAX (length, 1), (1 + outside) / 2);
  self->point[0] = from[0] + (towards[0] - from[0]) * outside;
  self->point[1] = from[1] + (towards[1] - from[1]) * outside;
}

/* Points of the arc of a circle over the chord, @bend above its middle; the ends are not among them. */
static void
append_arc (GArray      *points,
            const double from[2],
            const double to[2],
            double       bend)
{
  double length = MAX (hypot (to[0] - from[0], to[1] - from[1]), 1), half = 2 * atan (2 * bend / length);
  double radius = (length * length / 4 + bend * bend) / (2 * bend);
  double ux = (to[0] - from[0]) / length, uy = (to[1] - from[1]) / length;

  for (int i = -1; i <= 1; i++)
    {
      double along = radius * sin (half * i / 2), up = radius * cos (half * i / 2) - radius + bend;
      double point[2] = { (from[0] + to[0]) / 2 + ux * along - uy * up, (from[1] + to[1]) / 2 + uy * along + ux * up };

      g_array_append_vals (points, point, 2);
    }
}

static GArray *
route (const TelaTldrShape *shape,
       Terminal            *start,
       Terminal            *end)
{
  GArray  *points = g_array_new (FALSE, FALSE, sizeof (double));
  double   from[2] = { start->point[0], start->point[1] }, to[2] = { end->point[0], end->point[1] };
  double   dx = to[0] - from[0], dy = to[1] - from[1], length = MAX (hypot (dx, dy), 1);
  double   bend = tela_tldr_get_number (shape->props, "bend", 0);
  double   middle[2] = { (from[0] + to[0]) / 2 - dy / length * bend, (from[1] + to[1]) / 2 + dx / length * bend };
  gboolean is_elbow = tela_tldr_is (shape->props, "kind", "elbow"), is_bent = !is_elbow && fabs (bend) >= MIN_BEND;

  stop_at_outline (start, is_bent ? middle : to);
  stop_at_outline (end, is_bent ? middle : from);
  g_array_append_vals (points, start->point, 2);
  if (is_elbow)
    {
      double x = (start->point[0] + end->point[0]) / 2, corners[4] = { x, start->point[1], x, end->point[1] };

      g_array_append_vals (points, corners, 4);
    }
  else if (is_bent)
    append_arc (points, from, to, bend);
  g_array_append_vals (points, end->point, 2);
  return points;
}

GArray *
tela_tldr_get_arrow_points (const TelaTldr      *self,
                            const TelaTldrShape *shape)
{
  Terminal start, end;

  read_terminal (self, shape, "start", &start);
  read_terminal (self, shape, "end", &end);
  return route (shape, &start, &end);
}

static void
write_binding (TelaTldr       *self,
               const char     *name,
               const Terminal *terminal)
{
  TelaJsonWriter *writer = &self->draft.writer;

  tela_json_writer_name (writer, name);
  if (terminal->target == NULL)
    {
      tela_json_writer_null (writer);
      return;
    }
  tela_json_writer_begin_object (writer);
  tela_json_writer_name (writer, "elementId");
  tela_json_writer_string (writer, terminal->target->id);
  tela_json_writer_name (writer, "focus");
  tela_json_writer_number (writer, 0);
  tela_json_writer_name (writer, "gap");
  tela_json_writer_number (writer, GAP);
  tela_json_writer_name (writer, "fixedPoint");
  tela_json_writer_begin_array (writer);
  tela_json_writer_number (writer, terminal->anchor[0]);
  tela_json_writer_number (writer, terminal->anchor[1]);
  tela_json_writer_end_array (writer);
  tela_json_writer_end_object (writer);
}

static void
write_head (TelaTldr            *self,
            const TelaTldrShape *shape,
            const char          *from,
            const char          *to)
{
  static const struct
  {
    const char *theirs, *ours;
  } heads[] = { { "arrow", "arrow" }, { "triangle", "triangle" }, { "dot", "circle" }, { "pipe", "bar" }, { "bar", "bar" }, { "diamond", "diamond" }, { "square", "diamond" }, { "inverted", "triangle" } };
  g_autofree char *name = tela_tldr_get_string (shape->props, from);
  const char      *ours = NULL;

  for (guint i = 0; name != NULL && i < G_N_ELEMENTS (heads); i++)
    if (strcmp (name, heads[i].theirs) == 0)
      ours = heads[i].ours;
  if (g_strcmp0 (name, "square") == 0 || g_strcmp0 (name, "inverted") == 0)
    tela_draft_note (&self->draft, _ ("Arrowheads of an uncommon form became similar ones"));
  tela_json_writer_name (&self->draft.writer, to);
  tela_json_writer_string (&self->draft.writer, ours);
}

/* In the middle of the way. */
static void
add_label (TelaTldr             *self,
           const TelaTldrShape  *shape,
           GArray               *points,
           const TelaDraftStyle *base)
{
  static const double sizes[] = { 18, 20, 24, 28 };
  g_autofree char    *content = tela_tldr_get_text (self, shape->props);
  TelaDraftStyle      style = {
         .opacity = base->opacity, .frame_id = base->frame_id, .group_ids = base->group_ids, .locked = base->locked
  };
  TelaDraftText text = { .text = content,
                         .size = sizes[tela_tldr_get_step (shape->props)] * tela_tldr_get_scale (shape->props),
                         .font = tela_tldr_get_font (self, shape->props),
                         .align = "center",
                         .vertical_align = "middle",
                         .container_id = shape->id };
  const double *xy = (const double *) points->data;
  guint         n = points->len / 2, a = (n - 1) / 2, b = n / 2;
  TelaDraftBox  box = { 0 };

  if (content == NULL)
    return;
  style.stroke = tela_tldr_get_colour (shape->props, "labelColor");
  tela_draft_measure_text (&text, &box.width, &box.height);
  box.x = (xy[2 * a] + xy[2 * b] - box.width) / 2;
  box.y = (xy[2 * a + 1] + xy[2 * b + 1] - box.height) / 2;
  tela_draft_add_text (&self->draft, &box, &text, &style);
}

void
tela_tldr_add_arrow (TelaTldr             *self,
                     const TelaTldrShape  *shape,
                     const TelaDraftStyle *style)
{
  TelaDraftStyle own = *style;
  Terminal       start, end;
  g_autoptr (GArray) points = NULL;

  read_terminal (self, shape, "start", &start);
  read_terminal (self, shape, "end", &end);
  points = route (shape, &start, &end);
  own.fill = NULL;
  own.roundness = points->len == 10 ? "{\"type\":2}" : NULL;
  tela_draft_begin_points (&self->draft, shape->id, "arrow", (const double *) points->data, points->len / 2, &own);
  write_binding (self, "startBinding", &start);
  write_binding (self, "endBinding", &end);
  write_head (self, shape, "arrowheadStart", "startArrowhead");
  write_head (self, shape, "arrowheadEnd", "endArrowhead");
  tela_json_writer_name (&self->draft.writer, "elbowed");
  tela_json_writer_boolean (&self->draft.writer, points->len == 8);
  tela_draft_end (&self->draft);
  add_label (self, shape, points, style);
}
