/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-sprites-private.h"

#include <math.h>

#define CELL 512 /* device pixels: each is as small as what moves in it, so that what lies far apart costs little */

typedef struct
{
  int      x, y, width, height; /* device pixels of the widget */
  cairo_t *cr;                  /* owned; NULL: no memory */
} Cell;

static void
cell_clear (gpointer data)
{
  Cell *cell = data;

  g_clear_pointer (&cell->cr, cairo_destroy);
}

/* With room for what is rounded. FALSE: it is not visible. */
static gboolean
to_pixels (const TelaSpriteSheet *self,
           TelaRect               area,
           TelaPixelRect         *pixels)
{
  double left = MAX (area.x, self->visible.x);
  double top = MAX (area.y, self->visible.y);
  double right = MIN (area.x + area.width, self->visible.x + self->visible.width);
  double bottom = MIN (area.y + area.height, self->visible.y + self->visible.height);

  if (left >= right || top >= bottom)
    return FALSE;

  pixels->x = MAX ((int) floor ((left - self->visible.x) * self->scale) - 1, 0);
  pixels->y = MAX ((int) floor ((top - self->visible.y) * self->scale) - 1, 0);
  pixels->width = (int) ceil ((right - self->visible.x) * self->scale) + 1 - pixels->x;
  pixels->height = (int) ceil ((bottom - self->visible.y) * self->scale) + 1 - pixels->y;

  return TRUE;
}

static gboolean
intersects (const Cell          *cell,
            const TelaPixelRect *area)
{
  return area->x < cell->x + cell->width && cell->x < area->x + area->width &&
         area->y < cell->y + cell->height && cell->y < area->y + area->height;
}

/* The part of @area in the square at @left, @top is on the sheet. */
static void
grow (Cell                *cell,
      const TelaPixelRect *area,
      int                  left,
      int                  top)
{
  int x = MAX (area->x, left);
  int y = MAX (area->y, top);
  int right = MIN (area->x + area->width, left + CELL);
  int bottom = MIN (area->y + area->height, top + CELL);

  if (cell->width > 0)
    {
      right = MAX (right, cell->x + cell->width);
      bottom = MAX (bottom, cell->y + cell->height);
      x = MIN (x, cell->x);
      y = MIN (y, cell->y);
    }
  *cell = (Cell){ .x = x, .y = y, .width = right - x, .height = bottom - y };
}

static void
open_cell (Cell *cell)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, cell->width, cell->height);

  if (cairo_surface_status (surface) == CAIRO_STATUS_SUCCESS)
    {
      cell->cr = cairo_create (surface);
      cairo_translate (cell->cr, -cell->x, -cell->y);
    }
  cairo_surface_destroy (surface);
}

void
tela_sprite_sheet_begin (TelaSpriteSheet *self,
                         TelaViewport    *viewport,
                         int              device_scale,
                         gboolean         for_cairo,
                         const TelaRect  *areas,
                         guint            n_areas)
{
  TelaPixelRect    pixels;
  int              n_cols;
  int              n_rows;
  g_autofree Cell *grid = NULL;

  *self = (TelaSpriteSheet){ .viewport = viewport, .device_scale = device_scale, .for_cairo = for_cairo };
  self->visible = tela_viewport_get_visible (viewport);
  self->scale = tela_viewport_get_zoom (viewport) * device_scale;
  self->cells = g_array_new (FALSE, FALSE, sizeof (Cell));
  g_array_set_clear_func (self->cells, cell_clear);
  n_cols = (int) ceil ((self->visible.width * self->scale + 2) / CELL);
  n_rows = (int) ceil ((self->visible.height * self->scale + 2) / CELL);
  grid = g_new0 (Cell, (gsize) n_cols * (gsize) n_rows);

  for (guint i = 0; i < n_areas; i++)
    if (to_pixels (self, areas[i], &pixels))
      for (int row = pixels.y / CELL; row <= MIN ((pixels.y + pixels.height - 1) / CELL, n_rows - 1); row++)
        for (int col = pixels.x / CELL; col <= MIN ((pixels.x + pixels.width - 1) / CELL, n_cols - 1); col++)
          grow (&grid[row * n_cols + col], &pixels, col * CELL, row * CELL);
  for (int i = 0; i < n_cols * n_rows; i++)
    if (grid[i].width > 0)
      {
        open_cell (&grid[i]);
        g_array_append_val (self->cells, grid[i]);
      }
}

gboolean
tela_sprite_sheet_touches (const TelaSpriteSheet *self,
                           TelaRect               bounds)
{
  TelaPixelRect pixels;

  if (!to_pixels (self, bounds, &pixels))
    return FALSE;
  for (guint i = 0; i < self->cells->len; i++)
    if (intersects (&g_array_index (self->cells, Cell, i), &pixels))
      return TRUE;

  return FALSE;
}

static void
clip (const TelaSpriteSheet *self,
      cairo_t               *cr)
{
  TelaRect to = tela_viewport_rect_to_widget (self->viewport, self->clip);

  if (!self->is_clipped)
    return;
  cairo_rectangle (cr, to.x * self->device_scale, to.y * self->device_scale, to.width * self->device_scale,
                   to.height * self->device_scale);
  cairo_clip (cr);
}

static cairo_operator_t
operator_of (gboolean over)
{
  return over ? CAIRO_OPERATOR_ATOP : CAIRO_OPERATOR_OVER;
}

void
tela_sprite_sheet_draw (TelaSpriteSheet *self,
                        TelaPicture     *picture,
                        TelaRect         bounds,
                        gboolean         over)
{
  TelaRect            at = tela_viewport_rect_to_widget (self->viewport, bounds);
  const TelaPixelRect to = { (int) round (at.x * self->device_scale), (int) round (at.y * self->device_scale),
                             tela_picture_get_width (picture), tela_picture_get_height (picture) };

  for (guint i = 0; i < self->cells->len; i++)
    {
      const Cell *cell = &g_array_index (self->cells, Cell, i);

      if (cell->cr == NULL || !intersects (cell, &to))
        continue;
      cairo_save (cell->cr);
      clip (self, cell->cr);
      cairo_set_operator (cell->cr, operator_of (over));
      cairo_set_source_surface (cell->cr, tela_picture_get_surface (picture), to.x, to.y);
      cairo_pattern_set_filter (cairo_get_source (cell->cr), CAIRO_FILTER_NEAREST);
      cairo_rectangle (cell->cr, to.x, to.y, to.width, to.height);
      cairo_fill (cell->cr);
      cairo_restore (cell->cr);
    }
}

static void
paint_on (const TelaSpriteSheet *self,
          const Cell            *cell,
          const TelaPixelRect   *to,
          gboolean               over,
          TelaSpritePaint        paint,
          gpointer               user_data)
{
  cairo_save (cell->cr);
  cairo_rectangle (cell->cr, to->x, to->y, to->width, to->height);
  cairo_clip (cell->cr);
  clip (self, cell->cr);
  if (over)
    cairo_push_group (cell->cr);
  cairo_scale (cell->cr, self->scale, self->scale);
  cairo_translate (cell->cr, -self->visible.x, -self->visible.y);
  paint (cell->cr, user_data);
  if (over)
    {
      cairo_pop_group_to_source (cell->cr);
      cairo_set_operator (cell->cr, CAIRO_OPERATOR_ATOP);
      cairo_paint (cell->cr);
    }
  cairo_restore (cell->cr);
}

void
tela_sprite_sheet_paint (TelaSpriteSheet *self,
                         TelaRect         bounds,
                         gboolean         over,
                         TelaSpritePaint  paint,
                         gpointer         user_data)
{
  TelaPixelRect to;

  if (!to_pixels (self, bounds, &to))
    return;
  for (guint i = 0; i < self->cells->len; i++)
    {
      const Cell *cell = &g_array_index (self->cells, Cell, i);

      if (cell->cr != NULL && intersects (cell, &to))
        paint_on (self, cell, &to, over, paint, user_data);
    }
}

static void
append_cell (const TelaSpriteSheet *self,
             GtkSnapshot           *snapshot,
             const Cell            *cell)
{
  float            scale = (float) self->device_scale;
  graphene_rect_t  to = GRAPHENE_RECT_INIT ((float) cell->x / scale, (float) cell->y / scale,
                                            (float) cell->width / scale, (float) cell->height / scale);
  cairo_surface_t *surface = cairo_surface_reference (cairo_get_target (cell->cr));
  int              stride = cairo_image_surface_get_stride (surface);
  g_autoptr (TelaPicture) picture = NULL;
  g_autoptr (GBytes) bytes = NULL;

  cairo_surface_flush (surface);
  bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), (gsize) stride * (gsize) cell->height,
                                      (GDestroyNotify) cairo_surface_destroy, surface);
  picture = tela_picture_new (bytes, cell->width, cell->height, stride);
  tela_picture_append (picture, snapshot, self->for_cairo, &to, &to);
}

void
tela_sprite_sheet_end (TelaSpriteSheet *self,
                       GtkSnapshot     *snapshot)
{
  if (self->cells == NULL)
    return;

  for (guint i = 0; i < self->cells->len; i++)
    {
      const Cell *cell = &g_array_index (self->cells, Cell, i);

      if (cell->cr != NULL && cairo_status (cell->cr) == CAIRO_STATUS_SUCCESS)
        append_cell (self, snapshot, cell);
    }
  g_clear_pointer (&self->cells, g_array_unref);
}
