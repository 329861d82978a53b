/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-pages.h"

#include "tela-look.h"
#include "tela-sheet.h"

typedef struct
{
  TelaRect area;
  guint    row;
  int      frame; /* the frame's place among the elements; -1: the whole board */
} Page;

struct _TelaPages
{
  TelaSheet sheet;
  GArray   *pages; /* Page, owned */
};

static int
compare (double a,
         double b)
{
  return a < b ? -1 : a > b;
}

static int
compare_tops (gconstpointer a,
              gconstpointer b)
{
  return compare (((const Page *) a)->area.y, ((const Page *) b)->area.y);
}

static int
compare_places (gconstpointer a,
                gconstpointer b)
{
  const Page *one = a;
  const Page *other = b;

  return one->row != other->row ? compare (one->row, other->row) : compare (one->area.x, other->area.x);
}

/* As one reads: frames stand in one row with the first of it if they begin above its end. */
static void
sort_pages (GArray *pages)
{
  double end = 0;
  guint  row = 0;

  g_array_sort (pages, compare_tops);
  for (guint i = 0; i < pages->len; i++)
    {
      Page *page = &g_array_index (pages, Page, i);

      if (i == 0 || page->area.y >= end)
        {
          row++;
          end = page->area.y + page->area.height;
        }
      page->row = row;
    }
  g_array_sort (pages, compare_places);
}

TelaPages *
tela_pages_new (TelaElement *const       *elements,
                gsize                     n,
                const TelaPictureOptions *options)
{
  TelaPages *self = g_new0 (TelaPages, 1);
  GPtrArray *all;

  tela_sheet_init (&self->sheet, elements, n, options);
  self->sheet.options.scale = MAX (1, self->sheet.options.scale); /* every detail: it may be looked at from near */
  self->pages = g_array_new (FALSE, FALSE, sizeof (Page));
  all = self->sheet.elements;
  for (guint i = 0; options->page_per_frame && i < all->len; i++)
    {
      Page page = { .area = tela_element_get_box (all->pdata[i]), .frame = (int) i };

      if (tela_look_is_frame (all->pdata[i]) && page.area.width > 0 && page.area.height > 0)
        g_array_append_val (self->pages, page);
    }
  sort_pages (self->pages);
  if (self->pages->len == 0)
    {
      Page page = { .area = self->sheet.extent, .frame = -1 };

      page.area.width = MAX (1, page.area.width);
      page.area.height = MAX (1, page.area.height);
      g_array_append_val (self->pages, page);
    }

  return self;
}

void
tela_pages_free (TelaPages *self)
{
  tela_sheet_clear (&self->sheet);
  g_array_unref (self->pages);
  g_free (self);
}

guint
tela_pages_get_n (TelaPages *self)
{
  return self->pages->len;
}

TelaRect
tela_pages_get_area (TelaPages *self,
                     guint      page)
{
  return g_array_index (self->pages, Page, page).area;
}

/* The frame of a page is its edge: neither its line nor its name is drawn. */
static GPtrArray *
elements_of (TelaPages  *self,
             const Page *page)
{
  GPtrArray *on_page = g_ptr_array_new ();
  GPtrArray *all = self->sheet.elements;

  for (guint i = 0; i < all->len; i++)
    if ((int) i != page->frame &&
        (page->frame < 0 || tela_rect_intersects (tela_element_get_bounds (all->pdata[i]), page->area)))
      g_ptr_array_add (on_page, all->pdata[i]);

  return on_page;
}

void
tela_pages_draw (TelaPages *self,
                 guint      page,
                 cairo_t   *cr,
                 double     width,
                 double     height)
{
  const Page    *shown = &g_array_index (self->pages, Page, page);
  const TelaRect area = shown->area;
  double         fit = MIN (width / area.width, height / area.height);
  TelaColour     colour;
  g_autoptr (GPtrArray) on_page = elements_of (self, shown);

  cairo_save (cr);
  cairo_translate (cr, (width - area.width * fit) / 2, (height - area.height * fit) / 2);
  cairo_scale (cr, fit, fit);
  cairo_translate (cr, -area.x, -area.y);
  cairo_rectangle (cr, area.x, area.y, area.width, area.height);
  cairo_clip (cr);
  if (tela_colour_parse (self->sheet.background, &colour))
    {
      tela_colour_set (cr, colour, 1);
      cairo_paint (cr);
    }
  tela_paint_elements (cr, (TelaElement *const *) on_page->pdata, on_page->len, &self->sheet.options);
  cairo_restore (cr);
}
