/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-paint.h"

#include <gio/gio.h>
#include <math.h>

#include "tela-colour.h"
#include "tela-scene.h"

/* Where the element leaves ink, exactly: its bounds are made to be safe, not tight. */
static TelaRect
measure_ink (TelaElement            *element,
             TelaRect                bounds,
             const TelaPaintOptions *options)
{
  const TelaRect          room = tela_rect_expand (bounds, 2 * TELA_SCENE_REACH);
  const cairo_rectangle_t limit = { room.x, room.y, room.width, room.height };
  cairo_surface_t        *recording = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &limit);
  cairo_t                *cr = cairo_create (recording);
  TelaRect                ink;

  tela_scene_paint_bare (cr, element, options);
  cairo_destroy (cr);
  cairo_recording_surface_ink_extents (recording, &ink.x, &ink.y, &ink.width, &ink.height);
  cairo_surface_destroy (recording);

  return ink;
}

static TelaRect
extent_of (TelaElement *const     *elements,
           gsize                   n,
           const TelaPaintOptions *options)
{
  TelaRect extent = { 0, 0, 0, 0 };
  gboolean any = FALSE;
  gsize    i;

  for (i = 0; i < n; i++)
    {
      TelaRect bounds;

      if (!tela_element_is_visible (elements[i]))
        continue;
      bounds = tela_element_get_bounds (elements[i]);
      if (any && tela_rect_contains (extent, bounds))
        continue;
      bounds = measure_ink (elements[i], bounds, options);
      if (bounds.width <= 0 || bounds.height <= 0)
        continue;
      extent = any ? tela_rect_union (extent, bounds) : bounds;
      any = TRUE;
    }

  return extent;
}

static cairo_status_t
write_cb (void                *closure,
          const unsigned char *data,
          unsigned int         length)
{
  g_byte_array_append (closure, data, length);

  return CAIRO_STATUS_SUCCESS;
}

static GBytes *
encode (cairo_surface_t *surface,
        GError         **error)
{
  g_autoptr (GByteArray) png = g_byte_array_new ();
  cairo_status_t status = cairo_surface_write_to_png_stream (surface, write_cb, png);

  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the picture could not be encoded: %s", cairo_status_to_string (status));
      return NULL;
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&png));
}

static gboolean
check_size (double   width,
            double   height,
            GError **error)
{
  if (width <= TELA_PAINT_MAX_SIDE && height <= TELA_PAINT_MAX_SIDE && width * height <= TELA_PAINT_MAX_PIXELS)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               "the picture would be %.0f × %.0f pixels; at most %d on a side and %u in all are possible: choose a smaller scale",
               width, height, TELA_PAINT_MAX_SIDE, TELA_PAINT_MAX_PIXELS);

  return FALSE;
}

GBytes *
tela_paint_png_with_options (TelaElement *const     *elements,
                             gsize                   n,
                             const TelaPaintOptions *options,
                             double                  padding,
                             const char             *background,
                             GError                **error)
{
  TelaRect         extent = tela_rect_expand (extent_of (elements, n, options), padding);
  double           width = MAX (1, ceil (extent.width * options->scale));
  double           height = MAX (1, ceil (extent.height * options->scale));
  GBytes          *png = NULL;
  TelaColour       colour;
  cairo_surface_t *surface;
  cairo_t         *cr;

  if (!check_size (width, height, error))
    return NULL;

  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) width, (int) height);
  cr = cairo_create (surface);
  if (tela_colour_parse (background, &colour))
    {
      tela_colour_set (cr, colour, 1);
      cairo_paint (cr);
    }
  cairo_scale (cr, options->scale, options->scale);
  cairo_translate (cr, -extent.x, -extent.y);
  tela_paint_elements (cr, elements, n, options);
  if (cairo_status (cr) == CAIRO_STATUS_SUCCESS)
    png = encode (surface, error);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the picture could not be painted: %s", cairo_status_to_string (cairo_status (cr)));
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return png;
}

GBytes *
tela_paint_png (TelaElement *const *elements,
                gsize               n,
                double              scale,
                double              padding,
                const char         *background,
                GError            **error)
{
  const TelaPaintOptions options = { .scale = scale };

  return tela_paint_png_with_options (elements, n, &options, padding, background, error);
}
