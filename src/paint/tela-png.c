/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-paint.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "tela-colour.h"
#include "tela-sheet.h"

static GBytes *
encode (cairo_surface_t *surface,
        GError         **error)
{
  g_autoptr (GByteArray) png = g_byte_array_new ();
  cairo_status_t status = cairo_surface_write_to_png_stream (surface, tela_sheet_write_cb, png);

  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("the picture could not be encoded: %s"),
                   cairo_status_to_string (status));
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

  /* Translators: width and height, the longest side, and the number of pixels */
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
               _ ("the picture would be %.0f × %.0f pixels; at most %d on a side and %u in all are possible: choose a "
                  "smaller scale"),
               width, height, TELA_PAINT_MAX_SIDE, TELA_PAINT_MAX_PIXELS);

  return FALSE;
}

/* @x,@y: board coordinates of the corner. */
static GBytes *
paint (const TelaSheet *sheet,
       double           x,
       double           y,
       double           scale,
       int              width,
       int              height,
       GError         **error)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, width, height);
  cairo_t         *cr = cairo_create (surface);
  GBytes          *png = NULL;
  TelaColour       colour;

  if (tela_colour_parse (sheet->background, &colour))
    {
      tela_colour_set (cr, colour, 1);
      cairo_paint (cr);
    }
  cairo_scale (cr, scale, scale);
  cairo_translate (cr, -x, -y);
  tela_paint_elements (cr, (TelaElement *const *) sheet->elements->pdata, sheet->elements->len, &sheet->options);
  if (cairo_status (cr) == CAIRO_STATUS_SUCCESS)
    png = encode (surface, error);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("the picture could not be painted: %s"),
                 cairo_status_to_string (cairo_status (cr)));
  cairo_destroy (cr);
  cairo_surface_destroy (surface);

  return png;
}

GBytes *
tela_paint_png (TelaElement *const       *elements,
                gsize                     n,
                const TelaPictureOptions *options,
                GError                  **error)
{
  g_auto (TelaSheet) sheet = { NULL };
  double width;
  double height;

  tela_sheet_init (&sheet, elements, n, options);
  width = MAX (1, ceil (sheet.extent.width * options->scale));
  height = MAX (1, ceil (sheet.extent.height * options->scale));
  if (!check_size (width, height, error))
    return NULL;

  return paint (&sheet, sheet.extent.x, sheet.extent.y, options->scale, (int) width, (int) height, error);
}

GBytes *
tela_paint_thumbnail (TelaElement *const       *elements,
                      gsize                     n,
                      int                       width,
                      int                       height,
                      const TelaPictureOptions *options,
                      GError                  **error)
{
  g_auto (TelaSheet) sheet = { NULL };
  double scale;

  tela_sheet_init (&sheet, elements, n, options);
  scale = MIN (width / MAX (sheet.extent.width, 1), height / MAX (sheet.extent.height, 1));
  scale = sheet.options.scale = MIN (scale, options->scale);

  return paint (&sheet, sheet.extent.x + (sheet.extent.width - width / scale) / 2,
                sheet.extent.y + (sheet.extent.height - height / scale) / 2, scale, width, height, error);
}
