/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-raster.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

#define BUDGET (192u * 1024 * 1024)
#define MAX_PIXELS (120.0 * 1000 * 1000) /* decoding takes up to eight bytes each */
#define MAX_REDUCTION 8
#define LOAD_STEP 65536

struct _TelaRaster
{
  gatomicrefcount refs;
  guint           reduction;
  int             width, height; /* of the original */
  int             own_width, own_height;
  int             stride;
  guint8         *pixels; /* owned; premultiplied ARGB32 of cairo */
};

/* All sizes of one image that were asked for. */
typedef struct
{
  TelaRaster *levels[MAX_REDUCTION + 1]; /* owned, nullable */
  gboolean    is_loading;                /* one thread decodes it; the others wait */
  gboolean    is_broken;
  guint       first; /* the largest level that may be kept: one above the budget is not */
  gsize       size;
  guint64     used;
} Entry;

static GMutex      lock;
static GCond       loaded;
static GHashTable *entries; /* "file id:size" → Entry */
static gsize       total;
static guint64     uses;

void
tela_raster_unref (TelaRaster *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;
  g_free (self->pixels);
  g_free (self);
}

guint
tela_raster_get_reduction (const TelaRaster *self)
{
  return self->reduction;
}

void
tela_raster_get_size (const TelaRaster *self,
                      int              *width,
                      int              *height)
{
  *width = self->width;
  *height = self->height;
}

cairo_surface_t *
tela_raster_create_surface (const TelaRaster *self)
{
  return cairo_image_surface_create_for_data (self->pixels, CAIRO_FORMAT_ARGB32, self->own_width, self->own_height,
                                              self->stride);
}

static gsize
size_of (const TelaRaster *self)
{
  return (gsize) self->stride * self->own_height;
}

static TelaRaster *
raster_new (int width,
            int height)
{
  TelaRaster *self = g_new0 (TelaRaster, 1);

  g_atomic_ref_count_init (&self->refs);
  self->own_width = width;
  self->own_height = height;
  self->stride = cairo_format_stride_for_width (CAIRO_FORMAT_ARGB32, width);
  self->pixels = self->stride > 0 ? g_try_malloc0 ((gsize) self->stride * height) : NULL;
  if (self->pixels == NULL)
    g_clear_pointer (&self, tela_raster_unref);

  return self;
}

static void
limit_size_cb (GdkPixbufLoader *loader,
               int              width,
               int              height,
               gpointer         user_data)
{
  if ((double) width * height > MAX_PIXELS)
    gdk_pixbuf_loader_set_size (loader, 0, 0); /* makes it give up before it allocates */
}

static GdkPixbuf *
decode (GBytes *bytes)
{
  g_autoptr (GdkPixbufLoader) loader = gdk_pixbuf_loader_new ();
  GdkPixbuf    *pixbuf;
  gsize         len;
  const guint8 *data = g_bytes_get_data (bytes, &len);
  gboolean      ok = TRUE;

  g_signal_connect (loader, "size-prepared", G_CALLBACK (limit_size_cb), NULL);
  while (ok && len > 0)
    {
      gsize step = MIN (len, LOAD_STEP);

      ok = gdk_pixbuf_loader_write (loader, data, step, NULL);
      data += step;
      len -= step;
    }
  ok = gdk_pixbuf_loader_close (loader, NULL) && ok;
  pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
  if (!ok || pixbuf == NULL)
    return NULL;

  return gdk_pixbuf_apply_embedded_orientation (pixbuf);
}

static guint32
premultiply (const guint8 *p,
             gboolean      has_alpha)
{
  guint32 a = has_alpha ? p[3] : 255;
  guint32 r = (p[0] * a + 127) / 255;
  guint32 g = (p[1] * a + 127) / 255;
  guint32 b = (p[2] * a + 127) / 255;

  return a << 24 | r << 16 | g << 8 | b;
}

static TelaRaster *
raster_from_pixbuf (GdkPixbuf *pixbuf)
{
  int           width = gdk_pixbuf_get_width (pixbuf);
  int           height = gdk_pixbuf_get_height (pixbuf);
  int           n_channels = gdk_pixbuf_get_n_channels (pixbuf);
  gboolean      has_alpha = gdk_pixbuf_get_has_alpha (pixbuf);
  const guint8 *source = gdk_pixbuf_read_pixels (pixbuf);
  TelaRaster   *self = raster_new (width, height);
  int           x;
  int           y;

  for (y = 0; self != NULL && y < height; y++)
    {
      const guint8 *from = source + (gsize) y * gdk_pixbuf_get_rowstride (pixbuf);
      guint32      *to = (guint32 *) (gpointer) (self->pixels + (gsize) y * self->stride);

      for (x = 0; x < width; x++)
        to[x] = premultiply (from + (gsize) x * n_channels, has_alpha);
    }
  if (self != NULL)
    {
      self->width = width;
      self->height = height;
    }

  return self;
}

/* Half as wide and high: each pixel the mean of four. */
static TelaRaster *
halve (const TelaRaster *big)
{
  TelaRaster *self = raster_new (MAX (1, big->own_width / 2), MAX (1, big->own_height / 2));
  int         x;
  int         y;
  guint       shift;

  if (self == NULL)
    return NULL;
  self->width = big->width;
  self->height = big->height;
  self->reduction = big->reduction + 1;
  for (y = 0; y < self->own_height; y++)
    {
      const guint32 *a =
          (const guint32 *) (gconstpointer) (big->pixels + (gsize) MIN (2 * y, big->own_height - 1) * big->stride);
      const guint32 *b =
          (const guint32 *) (gconstpointer) (big->pixels + (gsize) MIN (2 * y + 1, big->own_height - 1) * big->stride);
      guint32 *to = (guint32 *) (gpointer) (self->pixels + (gsize) y * self->stride);

      for (x = 0; x < self->own_width; x++)
        {
          int l = MIN (2 * x, big->own_width - 1);
          int r = MIN (2 * x + 1, big->own_width - 1);

          for (shift = 0; shift < 32; shift += 8)
            to[x] |=
                ((((a[l] >> shift & 255) + (a[r] >> shift & 255) + (b[l] >> shift & 255) + (b[r] >> shift & 255)) + 2) /
                 4)
                << shift;
        }
    }

  return self;
}

static void
entry_free (gpointer data)
{
  Entry *self = data;
  guint  i;

  for (i = 0; i <= MAX_REDUCTION; i++)
    g_clear_pointer (&self->levels[i], tela_raster_unref);
  total -= self->size;
  g_free (self);
}

/* Drops what was used longest ago. Called with the lock held. */
static void
keep_budget (void)
{
  while (total > BUDGET)
    {
      GHashTableIter iter;
      gpointer       key;
      gpointer       value;
      gpointer       oldest = NULL;
      guint64        used = G_MAXUINT64;

      g_hash_table_iter_init (&iter, entries);
      while (g_hash_table_iter_next (&iter, &key, &value))
        {
          Entry *entry = value;

          if (!entry->is_loading && entry->used < used && entry->used < uses)
            {
              oldest = key;
              used = entry->used;
            }
        }
      if (oldest == NULL)
        return;
      g_hash_table_remove (entries, oldest);
    }
}

/* Makes the levels that are missing up to @reduce. Called without the lock; the entry is marked as loading. */
static void
load_levels (TelaRaster **levels,
             GBytes      *bytes,
             guint        reduce)
{
  guint i = reduce;

  while (i > 0 && levels[i] == NULL)
    i--;
  if (levels[i] == NULL)
    {
      g_autoptr (GdkPixbuf) pixbuf = decode (bytes);

      if (pixbuf != NULL)
        levels[0] = raster_from_pixbuf (pixbuf);
      i = 0;
    }
  for (; levels[i] != NULL && i < reduce; i++)
    levels[i + 1] = halve (levels[i]);
}

/* Nobody else has seen them yet. */
static void
drop_huge (Entry *entry)
{
  while (entry->first < MAX_REDUCTION && entry->levels[entry->first] != NULL &&
         size_of (entry->levels[entry->first]) > BUDGET)
    {
      if (entry->levels[entry->first + 1] == NULL)
        entry->levels[entry->first + 1] = halve (entry->levels[entry->first]);
      g_clear_pointer (&entry->levels[entry->first++], tela_raster_unref);
    }
}

static void
load (Entry  *entry,
      GBytes *bytes,
      guint   reduce)
{
  guint i;

  entry->is_loading = TRUE;
  g_mutex_unlock (&lock);
  load_levels (entry->levels, bytes, reduce);
  drop_huge (entry);
  g_mutex_lock (&lock);

  entry->is_loading = FALSE;
  entry->is_broken = entry->levels[MAX (reduce, entry->first)] == NULL;
  total -= entry->size;
  for (i = 0, entry->size = 0; i <= MAX_REDUCTION; i++)
    entry->size += entry->levels[i] != NULL ? size_of (entry->levels[i]) : 0;
  total += entry->size;
  g_cond_broadcast (&loaded);
}

TelaRaster *
tela_raster_get (const char *file_id,
                 GBytes     *bytes,
                 guint       reduce)
{
  g_autofree char *key = g_strdup_printf ("%s:%" G_GSIZE_FORMAT, file_id, g_bytes_get_size (bytes));
  TelaRaster      *raster = NULL;
  Entry           *entry;

  reduce = MIN (reduce, MAX_REDUCTION);
  g_mutex_lock (&lock);
  if (entries == NULL)
    entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  while ((entry = g_hash_table_lookup (entries, key)) != NULL && entry->is_loading)
    g_cond_wait (&loaded, &lock);
  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      g_hash_table_insert (entries, g_steal_pointer (&key), entry);
    }
  entry->used = ++uses;
  reduce = MAX (reduce, entry->first);
  if (entry->levels[reduce] == NULL && !entry->is_broken)
    load (entry, bytes, reduce);
  reduce = MAX (reduce, entry->first);
  if (entry->levels[reduce] != NULL)
    {
      raster = entry->levels[reduce];
      g_atomic_ref_count_inc (&raster->refs);
    }
  keep_budget ();
  g_mutex_unlock (&lock);

  return raster;
}
