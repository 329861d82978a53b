/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-paint.h"

#include <cairo-pdf.h>
#include <gio/gio.h>

#include "tela-colour.h"
#include "tela-sheet.h"

#define POINTS_PER_UNIT 0.75 /* a board unit is a pixel of 1/96 inch */
#define MAX_POINTS 14400.0   /* what readers agree to show: 200 inches */

static gboolean
is_frame (const TelaElement *element)
{
  const char *type = tela_element_get_string (element, TELA_KEY_TYPE);

  return g_strcmp0 (type, "frame") == 0 || g_strcmp0 (type, "magicframe") == 0;
}

static void
add_page (cairo_surface_t *surface,
          const TelaSheet *sheet,
          TelaRect         area)
{
  double     width = MAX (1, area.width * POINTS_PER_UNIT);
  double     height = MAX (1, area.height * POINTS_PER_UNIT);
  double     fit = MIN (1, MAX_POINTS / MAX (width, height));
  cairo_t   *cr;
  TelaColour colour;

  cairo_pdf_surface_set_size (surface, width * fit, height * fit);
  cr = cairo_create (surface);
  if (tela_colour_parse (sheet->background, &colour))
    {
      tela_colour_set (cr, colour, 1);
      cairo_paint (cr);
    }
  cairo_scale (cr, POINTS_PER_UNIT * fit, POINTS_PER_UNIT * fit);
  cairo_translate (cr, -area.x, -area.y);
  cairo_rectangle (cr, area.x, area.y, area.width, area.height);
  cairo_clip (cr);
  tela_paint_elements (cr, (TelaElement *const *) sheet->elements->pdata, sheet->elements->len, &sheet->options);
  cairo_show_page (cr);
  cairo_destroy (cr);
}

GBytes *
tela_paint_pdf (TelaElement *const       *elements,
                gsize                     n,
                const TelaPictureOptions *options,
                GError                  **error)
{
  g_auto (TelaSheet) sheet = { NULL };
  g_autoptr (GByteArray) pdf = g_byte_array_new ();
  cairo_surface_t *surface;
  cairo_status_t   status;
  guint            n_pages = 0;

  tela_sheet_init (&sheet, elements, n, options);
  sheet.options.scale = MAX (1, sheet.options.scale); /* every detail: it may be looked at from near */
  surface = cairo_pdf_surface_create_for_stream (tela_sheet_write_cb, pdf, 1, 1);
  for (guint i = 0; options->page_per_frame && i < sheet.elements->len; i++)
    if (is_frame (sheet.elements->pdata[i]))
      {
        add_page (surface, &sheet, tela_element_get_box (sheet.elements->pdata[i]));
        n_pages++;
      }
  if (n_pages == 0)
    add_page (surface, &sheet, sheet.extent);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "the document could not be written: %s",
                   cairo_status_to_string (status));
      return NULL;
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&pdf));
}
