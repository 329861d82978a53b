/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-pages.h"

#include <cairo-pdf.h>

#include "tela-paint.h"

#define PADDING 16.0     /* board units around a board */
#define POINTS 0.75      /* a board unit: 96 of them are an inch */
#define MAX_SIDE 14400.0 /* points: as large as a page of a PDF may be */
#define DETAIL 2.0       /* pixels of images a board unit */

struct _TelaPages
{
  GPtrArray  *elements; /* owned */
  TelaImages *images;   /* owned; nullable */
  GArray     *areas;    /* TelaRect, owned */
  gboolean    by_frame;
};

static gboolean
is_frame (const TelaElement *element)
{
  const char *type = tela_element_get_string (element, TELA_KEY_TYPE);

  return g_strcmp0 (type, "frame") == 0 || g_strcmp0 (type, "magicframe") == 0;
}

/* As one reads: frames whose heights overlap stand in one row. */
static int
compare_areas (gconstpointer a,
               gconstpointer b)
{
  const TelaRect *one = a;
  const TelaRect *other = b;

  if (one->y + one->height <= other->y)
    return -1;
  if (other->y + other->height <= one->y)
    return 1;

  return one->x < other->x ? -1 : one->x > other->x;
}

static void
add_frames (TelaPages *self)
{
  for (guint i = 0; i < self->elements->len; i++)
    {
      TelaRect area = tela_element_get_box (self->elements->pdata[i]);

      if (is_frame (self->elements->pdata[i]) && area.width > 0 && area.height > 0)
        g_array_append_val (self->areas, area);
    }
  g_array_sort (self->areas, compare_areas);
}

static void
add_board (TelaPages *self)
{
  TelaRect all = { 0, 0, 1, 1 };

  for (guint i = 0; i < self->elements->len; i++)
    {
      TelaRect bounds = tela_element_get_bounds (self->elements->pdata[i]);

      all = i == 0 ? bounds : tela_rect_union (all, bounds);
    }
  all = tela_rect_expand (all, PADDING);
  g_array_append_val (self->areas, all);
}

TelaPages *
tela_pages_new (GPtrArray  *elements,
                TelaImages *images,
                gboolean    by_frame)
{
  TelaPages *self = g_new0 (TelaPages, 1);

  self->elements = g_ptr_array_ref (elements);
  self->images = images == NULL ? NULL : tela_images_ref (images);
  self->areas = g_array_new (FALSE, FALSE, sizeof (TelaRect));
  if (by_frame)
    add_frames (self);
  self->by_frame = self->areas->len > 0;
  if (!self->by_frame)
    add_board (self);

  return self;
}

void
tela_pages_free (TelaPages *self)
{
  g_ptr_array_unref (self->elements);
  g_clear_pointer (&self->images, tela_images_unref);
  g_array_unref (self->areas);
  g_free (self);
}

guint
tela_pages_get_n (TelaPages *self)
{
  return self->areas->len;
}

TelaRect
tela_pages_get_area (TelaPages *self,
                     guint      page)
{
  return g_array_index (self->areas, TelaRect, page);
}

/* The frame of a page is its edge: neither its line nor its name is drawn. */
static GPtrArray *
elements_of (TelaPages *self,
             TelaRect   area)
{
  GPtrArray *on_page = g_ptr_array_new ();

  for (guint i = 0; i < self->elements->len; i++)
    {
      const TelaElement *element = self->elements->pdata[i];

      if (tela_rect_intersects (tela_element_get_bounds (element), area) && !(self->by_frame && is_frame (element)))
        g_ptr_array_add (on_page, (gpointer) element);
    }

  return on_page;
}

void
tela_pages_draw (TelaPages *self,
                 guint      page,
                 cairo_t   *cr,
                 double     width,
                 double     height)
{
  TelaRect               area = tela_pages_get_area (self, page);
  double                 scale = MIN (width / area.width, height / area.height);
  const TelaPaintOptions options = { .scale = DETAIL,
                                     .asset = self->images == NULL ? NULL : tela_images_get,
                                     .asset_data = self->images };
  g_autoptr (GPtrArray) on_page = elements_of (self, area);

  cairo_save (cr);
  cairo_translate (cr, (width - area.width * scale) / 2, (height - area.height * scale) / 2);
  cairo_scale (cr, scale, scale);
  cairo_rectangle (cr, 0, 0, area.width, area.height);
  cairo_clip (cr);
  cairo_translate (cr, -area.x, -area.y);
  tela_paint_elements (cr, (TelaElement *const *) on_page->pdata, on_page->len, &options);
  cairo_restore (cr);
}

static cairo_status_t
write_cb (void                *closure,
          const unsigned char *data,
          unsigned int         length)
{
  g_byte_array_append (closure, data, length);

  return CAIRO_STATUS_SUCCESS;
}

GBytes *
tela_pages_write_pdf (TelaPages    *self,
                      GCancellable *cancellable,
                      GError      **error)
{
  g_autoptr (GByteArray) pdf = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (write_cb, pdf, 1, 1);
  cairo_t         *cr = cairo_create (surface);
  cairo_status_t   status;

  for (guint i = 0; i < self->areas->len && !g_cancellable_is_cancelled (cancellable); i++)
    {
      TelaRect area = tela_pages_get_area (self, i);
      double   scale = MIN (POINTS, MAX_SIDE / MAX (area.width, area.height));

      cairo_pdf_surface_set_size (surface, area.width * scale, area.height * scale);
      tela_pages_draw (self, i, cr, area.width * scale, area.height * scale);
      cairo_show_page (cr);
    }
  status = cairo_status (cr);
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (status != CAIRO_STATUS_SUCCESS)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, cairo_status_to_string (status));
      return NULL;
    }

  return g_byte_array_free_to_bytes (g_steal_pointer (&pdf));
}
