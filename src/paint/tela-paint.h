/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <cairo.h>
#include <gio/gio.h>

#include "tela-geometry.h"

G_BEGIN_DECLS

/* One code path for screen, thumbnails and files. Pure functions of their arguments; any thread. */

typedef GBytes *(*TelaAssetFunc) (const char *file_id, gpointer user_data); /* NULL: not here (yet); any thread */
typedef gsize (*TelaKnownFunc) (const char *file_id, gpointer user_data);   /* how many bytes it gave; 0: none yet */

typedef struct
{
  double        scale; /* device pixels per board unit: below 0.25 detail is left out */
  gboolean      dark;  /* what has no colour of its own, such as frames, suits elements of dark colours */
  TelaAssetFunc asset; /* nullable */
  TelaKnownFunc known; /* nullable: nothing is read or decoded, only what is so already is shown */
  gpointer      asset_data;
} TelaPaintOptions;

/* In board coordinates: the caller has set scale and origin. @label: the text on an arrow, which leaves room for it;
 * nullable, and not painted. */
void tela_paint_element (cairo_t *cr, const TelaElement *element, const TelaElement *label, const TelaPaintOptions *options);
void tela_paint_elements (cairo_t *cr, TelaElement *const *elements, gsize n, const TelaPaintOptions *options);

/* Whether with options.known nothing would be missing; what is missing is loaded, with options.asset, on another thread. */
gboolean tela_paint_is_loaded (const TelaElement *element, const TelaPaintOptions *options);
void     tela_paint_load (const TelaElement *element, const TelaPaintOptions *options);
/* Whether these bytes are an image that can be painted here; reads them whole. */
gboolean tela_paint_can_show (GBytes *bytes);

/* Size of a text in board units, as it will be painted; the one who edits a text writes it down. */
void tela_paint_measure_text (const char *text, double font_size, int font_family, double line_height, double *width, double *height);

/* The outline of an ink stroke as a closed polygon, x0 y0 x1 y1 …: (transfer full)(element-type double) */
GArray *tela_paint_ink_outline (const TelaNumbers *points, const TelaNumbers *pressures, gboolean simulate_pressure, double stroke_width, gboolean finished);

/* How elements become a file. */
typedef struct
{
  double        scale;          /* pixels per board unit */
  double        padding;        /* board units around the ink */
  const char   *background;     /* "#rrggbb"; nullable: transparent */
  gboolean      dark;           /* colours of a dark theme; images stay */
  gboolean      page_per_frame; /* of a PDF: if there are frames */
  GCancellable *cancellable;    /* of a PDF: asked at each page; nullable */
  TelaAssetFunc asset;          /* nullable */
  gpointer      asset_data;
} TelaPictureOptions;

/* A file of @elements (z-order). (transfer full) */
GBytes *tela_paint_png (TelaElement *const *elements, gsize n, const TelaPictureOptions *options, GError **error);
GBytes *tela_paint_pdf (TelaElement *const *elements, gsize n, const TelaPictureOptions *options, GError **error);
GBytes *tela_paint_svg (TelaElement *const *elements, gsize n, const TelaPictureOptions *options);

/* A PNG of just that size with all of @elements in its middle, not larger than options->scale. (transfer full) */
GBytes *tela_paint_thumbnail (TelaElement *const *elements, gsize n, int width, int height, const TelaPictureOptions *options, GError **error);

#define TELA_PAINT_MAX_SIDE 32767          /* pixels of a PNG's side */
#define TELA_PAINT_MAX_PIXELS (256u << 20) /* pixels of a PNG */

/* One tile, premultiplied ARGB32 (cairo, GDK_MEMORY_DEFAULT), @pixels wide and high. @x,@y: board coordinates of its corner. */
typedef struct
{
  GPtrArray    *elements; /* TelaElement, z-order; owned */
  double        x, y;
  double        scale;
  int           pixels;
  guint32       paper; /* 0xffRRGGBB, below the elements; 0: none */
  TelaAssetFunc asset; /* nullable; must work until the job is done or the painter is gone */
  gpointer      asset_data;
} TelaTileJob;

/* Paints it here and now. NULL: out of memory. (transfer full) */
GBytes *tela_tile_job_paint (const TelaTileJob *self, int *stride);

/* A pool of painter threads. Jobs of greater priority first; results come back on the main context. */
#define TELA_TYPE_PAINTER (tela_painter_get_type ())
G_DECLARE_FINAL_TYPE (TelaPainter, tela_painter, TELA, PAINTER, GObject)
TelaPainter *tela_painter_new (void);
typedef void (*TelaTileFunc) (guint64 id, GBytes *pixels, int stride, gpointer user_data); /* main context; pixels NULL: out of memory */
void tela_painter_push (TelaPainter *self, guint64 id, TelaTileJob *job /* takes it */, int priority, TelaTileFunc func, gpointer user_data);
void tela_painter_set_priority (TelaPainter *self, guint64 id, int priority); /* nothing if it is being painted already */
void tela_painter_cancel (TelaPainter *self, guint64 id);                     /* its func is not called */
void tela_painter_cancel_all (TelaPainter *self);
void tela_tile_job_free (TelaTileJob *self);

G_END_DECLS
