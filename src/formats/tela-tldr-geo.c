/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"
#include "tela-tldr-private.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  const char *name;
  guint       n;
  double      xy[20]; /* in a box of 1 by 1 */
} Polygon;

static const Polygon polygons[] = {
  { "triangle", 3, { .5, 0, 1, 1, 0, 1 } },
  { "trapezoid", 4, { .2, 0, .8, 0, 1, 1, 0, 1 } },
  { "rhombus", 4, { .25, 0, 1, 0, .75, 1, 0, 1 } },
  { "rhombus-2", 4, { 0, 0, .75, 0, 1, 1, .25, 1 } },
  { "pentagon", 5, { .5, 0, 1, .382, .809, 1, .191, 1, 0, .382 } },
  { "hexagon", 6, { .25, 0, .75, 0, 1, .5, .75, 1, .25, 1, 0, .5 } },
  { "octagon", 8, { .293, 0, .707, 0, 1, .293, 1, .707, .707, 1, .293, 1, 0, .707, 0, .293 } },
  { "star",
    10,
    { .5, 0, .618, .382, 1, .382, .691, .618, .809, 1, .5, .764, .191, 1, .309, .618, 0, .382, .382, .382 } },
  { "arrow-right", 7, { 0, .25, .6, .25, .6, 0, 1, .5, .6, 1, .6, .75, 0, .75 } },
  { "arrow-left", 7, { 1, .25, .4, .25, .4, 0, 0, .5, .4, 1, .4, .75, 1, .75 } },
  { "arrow-down", 7, { .25, 0, .25, .6, 0, .6, .5, 1, 1, .6, .75, .6, .75, 0 } },
  { "arrow-up", 7, { .25, 1, .25, .4, 0, .4, .5, 0, 1, .4, .75, .4, .75, 1 } },
};

static void
add_polygon (TelaTldr             *self,
             const TelaTldrShape  *shape,
             const Polygon        *polygon,
             const TelaDraftStyle *style)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));

  for (guint i = 0; i <= polygon->n; i++)
    {
      const double *xy = polygon->xy + 2 * (i % polygon->n);
      double        out[2];

      tela_tldr_to_board (shape->place, xy[0] * shape->width, xy[1] * shape->height, out);
      g_array_append_vals (points, out, 2);
    }
  tela_draft_begin_points (&self->draft, shape->id, "line", (const double *) points->data, points->len / 2, style);
  tela_draft_end (&self->draft);
}

/* A line in a box of 1 by 1. */
static void
add_mark (TelaTldr             *self,
          const TelaTldrShape  *shape,
          const TelaDraftStyle *style,
          const double         *xy,
          guint                 n)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (double));
  TelaDraftStyle own = *style;

  own.fill = NULL;
  for (guint i = 0; i < n; i++)
    {
      double out[2];

      tela_tldr_to_board (shape->place, xy[2 * i] * shape->width, xy[2 * i + 1] * shape->height, out);
      g_array_append_vals (points, out, 2);
    }
  tela_draft_begin_points (&self->draft, NULL, "line", (const double *) points->data, n, &own);
  tela_draft_end (&self->draft);
}

/* A box with a cross or a tick in it: a group. */
static void
add_marked_box (TelaTldr             *self,
                const TelaTldrShape  *shape,
                const TelaDraftStyle *style,
                gboolean              is_cross)
{
  static const double falling[] = { 0, 0, 1, 1 }, rising[] = { 0, 1, 1, 0 };
  double              side = 0.82 * MIN (shape->width, shape->height);
  double              w = side / shape->width, h = side / shape->height, x = (1 - w) / 2, y = (1 - h) / 2;
  const double        tick[] = { x + 0.25 * w, y + 0.52 * h, x + 0.45 * w, y + 0.82 * h, x + 0.82 * w, y + 0.22 * h };
  g_autoptr (GPtrArray) groups = g_ptr_array_new ();
  TelaDraftStyle own = *style;
  TelaDraftBox   box = tela_tldr_get_box (shape, 0, 0, shape->width, shape->height);

  g_ptr_array_add (groups, (gpointer) shape->id);
  for (guint i = 0; style->group_ids != NULL && i < style->group_ids->len; i++)
    g_ptr_array_add (groups, style->group_ids->pdata[i]);
  own.group_ids = groups;
  tela_draft_begin (&self->draft, shape->id, "rectangle", &box, &own);
  tela_draft_end (&self->draft);
  if (is_cross)
    {
      add_mark (self, shape, &own, falling, 2);
      add_mark (self, shape, &own, rising, 2);
    }
  else
    add_mark (self, shape, &own, tick, 3);
  tela_tldr_add_label (self, shape, &own, TRUE);
}

void
tela_tldr_add_geo (TelaTldr             *self,
                   const TelaTldrShape  *shape,
                   const TelaDraftStyle *style)
{
  g_autofree char *geo = tela_tldr_get_string (shape->props, "geo");
  const Polygon   *polygon = NULL;
  const char      *type = "rectangle";
  TelaDraftBox     box;

  if (g_strcmp0 (geo, "x-box") == 0 || g_strcmp0 (geo, "check-box") == 0)
    {
      add_marked_box (self, shape, style, *geo == 'x');
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (polygons); i++)
    if (g_strcmp0 (geo, polygons[i].name) == 0)
      polygon = &polygons[i];
  if (g_strcmp0 (geo, "ellipse") == 0 || g_strcmp0 (geo, "oval") == 0 || g_strcmp0 (geo, "cloud") == 0 ||
      g_strcmp0 (geo, "heart") == 0)
    type = "ellipse";
  else if (g_strcmp0 (geo, "diamond") == 0)
    type = "diamond";
  if (polygon == NULL && g_strcmp0 (geo, "rectangle") != 0 && g_strcmp0 (geo, "ellipse") != 0 &&
      g_strcmp0 (geo, "diamond") != 0)
    tela_draft_note (&self->draft, _ ("Shapes of an uncommon form became similar ones"));

  if (polygon != NULL)
    add_polygon (self, shape, polygon, style);
  else
    {
      box = tela_tldr_get_box (shape, 0, 0, shape->width, shape->height);
      tela_draft_begin (&self->draft, shape->id, type, &box, style);
      tela_draft_end (&self->draft);
    }
  tela_tldr_add_label (self, shape, style, polygon == NULL);
}
