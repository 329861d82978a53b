/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-raster-private.h"

#define N_LEVELS (TELA_RASTER_SMALLEST - TELA_RASTER_LARGEST + 1)

/* What a look at the whole board needs is dropped last. */
#define SMALL (128u * 1024)

typedef struct
{
  TelaRaster *raster; /* owned, nullable */
  guint64     used;
} Level;

/* All sizes of one image that are here. */
typedef struct
{
  Level    levels[N_LEVELS];
  gboolean is_loading; /* one thread decodes it; the others wait */
  gboolean is_broken;
  guint64  used;
  int      width, height; /* of the original; 0: not known yet */
  int      largest;       /* index of the first level that there can be */
} Entry;

static GMutex      lock;
static GCond       loaded;
static GHashTable *entries; /* "file id:size" → Entry */
static gsize       total;
static guint64     uses;

static void
entry_free (gpointer data)
{
  Entry *self = data;

  for (guint i = 0; i < N_LEVELS; i++)
    if (self->levels[i].raster != NULL)
      {
        total -= tela_raster_size_of (self->levels[i].raster);
        tela_raster_unref (self->levels[i].raster);
      }
  g_free (self);
}

/* The level of some size that was used longest ago. Called with the lock held. */
static Level *
find_oldest (gsize least)
{
  GHashTableIter iter;
  gpointer       value;
  Level         *oldest = NULL;

  g_hash_table_iter_init (&iter, entries);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Entry *entry = value;

      for (guint i = 0; i < N_LEVELS && !entry->is_loading; i++)
        if (entry->levels[i].raster != NULL && tela_raster_size_of (entry->levels[i].raster) >= least &&
            (oldest == NULL || entry->levels[i].used < oldest->used))
          oldest = &entry->levels[i];
    }

  return oldest;
}

/* What somebody paints with right now lives on until that is done. Called with the lock held. */
static void
keep_budget (void)
{
  while (total > TELA_RASTER_BUDGET)
    {
      Level *oldest = find_oldest (SMALL);

      if (oldest == NULL)
        oldest = find_oldest (0);

      if (oldest == NULL)
        return;
      total -= tela_raster_size_of (oldest->raster);
      g_clear_pointer (&oldest->raster, tela_raster_unref);
    }
}

/* What is vast may be reduced further than the smallest level. */
static int
level_of (int reduce)
{
  return CLAMP (reduce, TELA_RASTER_LARGEST, TELA_RASTER_SMALLEST) - TELA_RASTER_LARGEST;
}

static void
put_level (Entry      *entry,
           TelaRaster *raster)
{
  int i = level_of (raster->reduction);

  entry->levels[i] = (Level){ .raster = raster, .used = entry->used };
  entry->width = raster->width;
  entry->height = raster->height;
}

/* Makes the levels that are missing down to the @wanted one. Called without the lock; the entry is marked as loading. */
static void
load_levels (Entry  *entry,
             GBytes *bytes,
             int     wanted)
{
  int i = wanted;

  while (i > entry->largest && entry->levels[i].raster == NULL)
    i--;
  if (entry->levels[i].raster == NULL)
    {
      TelaRaster *raster = tela_raster_decode (bytes, wanted + TELA_RASTER_LARGEST);

      if (raster == NULL)
        return;
      i = level_of (raster->reduction);
      if (i > wanted)
        entry->largest = i;
      g_clear_pointer (&entry->levels[i].raster, tela_raster_unref);
      put_level (entry, raster);
    }
  for (; i < wanted; i++)
    {
      TelaRaster *half = tela_raster_halve (entry->levels[i].raster);

      if (half == NULL)
        return;
      put_level (entry, half);
    }
}

static gsize
size_of_entry (const Entry *entry)
{
  gsize size = 0;

  for (guint i = 0; i < N_LEVELS; i++)
    size += entry->levels[i].raster != NULL ? tela_raster_size_of (entry->levels[i].raster) : 0;

  return size;
}

/* Called with the lock held, which it gives away meanwhile. */
static void
load (Entry  *entry,
      GBytes *bytes,
      int     wanted)
{
  gsize before = size_of_entry (entry);

  entry->is_loading = TRUE;
  g_mutex_unlock (&lock);
  load_levels (entry, bytes, wanted);
  g_mutex_lock (&lock);

  entry->is_loading = FALSE;
  entry->is_broken = entry->levels[MAX (wanted, entry->largest)].raster == NULL;
  total += size_of_entry (entry) - before;
  g_cond_broadcast (&loaded);
}

static char *
key_of (const char *file_id,
        gsize       size)
{
  return g_strdup_printf ("%s:%" G_GSIZE_FORMAT, file_id, size);
}

/* Waits until nobody is loading it. Called with the lock held. */
static Entry *
enter (const char *file_id,
       GBytes     *bytes)
{
  g_autofree char *key = key_of (file_id, g_bytes_get_size (bytes));
  Entry           *entry;

  if (entries == NULL)
    entries = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, entry_free);
  entry = g_hash_table_lookup (entries, key);
  if (entry == NULL)
    {
      entry = g_new0 (Entry, 1);
      g_hash_table_insert (entries, g_steal_pointer (&key), entry);
    }
  while (entry->is_loading)
    g_cond_wait (&loaded, &lock);
  entry->used = ++uses;

  return entry;
}

/* (transfer full) */
static TelaRaster *
use (Level *level)
{
  level->used = uses;
  g_atomic_ref_count_inc (&level->raster->refs);

  return level->raster;
}

gboolean
tela_raster_measure (const char *file_id,
                     GBytes     *bytes,
                     int        *width,
                     int        *height)
{
  Entry *entry;

  g_mutex_lock (&lock);
  entry = enter (file_id, bytes);
  if (entry->width == 0 && !entry->is_broken)
    load (entry, bytes, level_of (TELA_RASTER_SMALLEST));
  *width = entry->width;
  *height = entry->height;
  keep_budget ();
  g_mutex_unlock (&lock);

  return *width > 0;
}

TelaRaster *
tela_raster_get (const char *file_id,
                 GBytes     *bytes,
                 int         reduce)
{
  TelaRaster *raster = NULL;
  int         wanted = level_of (reduce);
  Entry      *entry;

  g_mutex_lock (&lock);
  entry = enter (file_id, bytes);
  wanted = MAX (wanted, entry->largest);
  if (entry->levels[wanted].raster == NULL && !entry->is_broken)
    load (entry, bytes, wanted);
  wanted = MAX (wanted, entry->largest);
  if (entry->levels[wanted].raster != NULL)
    raster = use (&entry->levels[wanted]);
  keep_budget ();
  g_mutex_unlock (&lock);

  return raster;
}

TelaRaster *
tela_raster_peek (const char *file_id,
                  gsize       size,
                  int         reduce,
                  gboolean   *is_done)
{
  g_autofree char *key = key_of (file_id, size);
  TelaRaster      *raster = NULL;
  int              wanted = level_of (reduce);
  Entry           *entry;

  *is_done = FALSE;
  g_mutex_lock (&lock);
  entry = entries == NULL ? NULL : g_hash_table_lookup (entries, key);
  if (entry != NULL && !entry->is_loading)
    {
      wanted = MAX (wanted, entry->largest);
      *is_done = entry->is_broken || entry->levels[wanted].raster != NULL;
      /* The next larger one, else the next smaller. */
      for (int i = wanted; i >= 0 && raster == NULL; i--)
        if (entry->levels[i].raster != NULL)
          raster = use (&entry->levels[i]);
      for (int i = wanted + 1; i < N_LEVELS && raster == NULL; i++)
        if (entry->levels[i].raster != NULL)
          raster = use (&entry->levels[i]);
    }
  g_mutex_unlock (&lock);

  return raster;
}

gsize
tela_raster_get_total (void)
{
  gsize size;

  g_mutex_lock (&lock);
  size = total;
  g_mutex_unlock (&lock);

  return size;
}
