/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <cairo-pdf.h>
#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#include "tela-pages.h"
#include "tela-sheet.h"

#define POINTS_PER_UNIT 0.75 /* a board unit is a pixel of 1/96 inch */
#define MAX_POINTS 14400.0   /* what readers agree to show: 200 inches */

static void
add_page (cairo_surface_t *surface,
          TelaPages       *pages,
          guint            page)
{
  TelaRect area = tela_pages_get_area (pages, page);
  double   width = MAX (1, area.width * POINTS_PER_UNIT);
  double   height = MAX (1, area.height * POINTS_PER_UNIT);
  double   fit = MIN (1, MAX_POINTS / MAX (width, height));
  cairo_t *cr;

  cairo_pdf_surface_set_size (surface, width * fit, height * fit);
  cr = cairo_create (surface);
  tela_pages_draw (pages, page, cr, width * fit, height * fit);
  cairo_show_page (cr);
  cairo_destroy (cr);
}

GBytes *
tela_paint_pdf (TelaElement *const       *elements,
                gsize                     n,
                const TelaPictureOptions *options,
                GError                  **error)
{
  g_autoptr (TelaPages) pages = tela_pages_new (elements, n, options);
  g_autoptr (GByteArray) pdf = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (tela_sheet_write_cb, pdf, 1, 1);
  cairo_status_t   status;

  for (guint i = 0; i < tela_pages_get_n (pages) && !g_cancellable_is_cancelled (options->cancellable); i++)
    add_page (surface, pages, i);
  cairo_surface_finish (surface);
  status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (g_cancellable_set_error_if_cancelled (options->cancellable, error))
    return NULL;
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("the document could not be written: %s"),
                   cairo_status_to_string (status));
      return NULL;
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&pdf));
}
