/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tile-cache-private.h"

#include "tela-board.h"

/* Elements in motion: out of the tiles, above them, and back. */

/* No longer lifted; drawn above until the tiles show at least @version. */
typedef struct
{
  TelaElement *element; /* owned */
  guint64      version;
} Landing;

static void
landing_free (gpointer data)
{
  Landing *landing = data;

  tela_element_unref (landing->element);
  g_free (landing);
}

static int
compare_elements (gconstpointer a,
                  gconstpointer b)
{
  return tela_board_compare_order (*(TelaElement *const *) a, *(TelaElement *const *) b);
}

void
tela_tile_cache_init_lifted (TelaTileCache *self)
{
  self->lifted = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tela_element_unref);
  self->landing = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, landing_free);
}

/* All visible tiles that the element touches show it. */
static gboolean
has_landed (TelaTileCache *self,
            const Landing *landing)
{
  TelaRect  bounds = tela_element_get_bounds (landing->element);
  TelaCells cells = tela_tile_cache_get_cells (self, self->bucket, self->area);
  TelaCells own = tela_tile_cache_get_cells (self, self->bucket, bounds);
  gint64    col;
  gint64    row;

  for (row = MAX (cells.top, own.top); row <= MIN (cells.bottom, own.bottom); row++)
    for (col = MAX (cells.left, own.left); col <= MIN (cells.right, own.right); col++)
      {
        TelaTile *tile = tela_tile_cache_find (self, self->bucket, col, row);

        if (tile == NULL || !tile->is_there || tile->shown < landing->version)
          return FALSE;
      }

  return TRUE;
}

void
tela_tile_cache_land (TelaTileCache *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->landing);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (has_landed (self, value))
      g_hash_table_iter_remove (&iter);
}

gboolean
tela_tile_cache_is_lifted (TelaTileCache *self,
                           const char    *id)
{
  return g_hash_table_contains (self->lifted, id);
}

static TelaElement *
lookup_shown (TelaTileCache *self,
              const char    *id)
{
  return self->source.lookup != NULL ? self->source.lookup (id, self->source.user_data) : NULL;
}

void
tela_tile_cache_set_lifted (TelaTileCache      *self,
                            TelaElement *const *elements,
                            gsize               n)
{
  g_autoptr (GHashTable) before = g_steal_pointer (&self->lifted);
  GHashTableIter iter;
  gpointer       key;
  gsize          i;

  self->lifted = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tela_element_unref);
  for (i = 0; i < n; i++)
    {
      const char  *id = tela_element_get_id (elements[i]);
      TelaElement *known = g_hash_table_lookup (before, id);

      if (known == NULL)
        tela_tile_cache_invalidate (self, tela_element_get_bounds (elements[i]));
      g_hash_table_remove (self->landing, id);
      known = tela_element_ref (known != NULL ? known : elements[i]);
      g_hash_table_replace (self->lifted, (gpointer) tela_element_get_id (known), known);
    }

  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      g_autoptr (TelaElement) shown = g_hash_table_contains (self->lifted, key) ? NULL : lookup_shown (self, key);
      Landing *landing;

      if (shown == NULL)
        continue;
      tela_tile_cache_invalidate (self, tela_element_get_bounds (shown));
      landing = g_new (Landing, 1);
      *landing = (Landing){ tela_element_ref (shown), self->last_version };
      g_hash_table_replace (self->landing, (gpointer) tela_element_get_id (landing->element), landing);
    }
}

gboolean
tela_tile_cache_has_above (TelaTileCache *self)
{
  return g_hash_table_size (self->lifted) > 0 || g_hash_table_size (self->landing) > 0;
}

GPtrArray *
tela_tile_cache_get_above (TelaTileCache *self)
{
  GPtrArray     *above = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  GHashTable    *tables[] = { self->lifted, self->landing };
  GHashTableIter iter;
  gpointer       key;
  gsize          i;

  for (i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_hash_table_iter_init (&iter, tables[i]);
      while (g_hash_table_iter_next (&iter, &key, NULL))
        {
          TelaElement *shown = lookup_shown (self, key);

          if (shown != NULL)
            g_ptr_array_add (above, shown);
        }
    }
  g_ptr_array_sort (above, compare_elements);

  return above;
}

static gboolean
lies_over (const TelaElement *one,
           const TelaElement *other,
           TelaRect           bounds)
{
  return tela_board_compare_order (other, one) < 0 && tela_rect_intersects (tela_element_get_bounds (one), bounds);
}

GPtrArray *
tela_tile_cache_get_over (TelaTileCache *self,
                          GPtrArray     *above,
                          guint          max)
{
  GPtrArray *over = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal); /* ids of those in @above and @over */
  guint i;
  guint k;

  for (i = 0; i < above->len; i++)
    g_hash_table_add (known, (gpointer) tela_element_get_id (above->pdata[i]));
  for (i = 0; i < above->len && over->len < max; i++)
    {
      TelaRect bounds = tela_element_get_bounds (above->pdata[i]);
      g_autoptr (GPtrArray) near = NULL;

      if (!tela_rect_intersects (bounds, self->area))
        continue;
      near = self->source.query (bounds, self->source.user_data);
      for (k = 0; k < near->len && over->len < max; k++)
        if (!g_hash_table_contains (known, tela_element_get_id (near->pdata[k])) &&
            lies_over (near->pdata[k], above->pdata[i], bounds))
          {
            g_ptr_array_add (over, tela_element_ref (near->pdata[k]));
            g_hash_table_add (known, (gpointer) tela_element_get_id (near->pdata[k]));
          }
    }
  g_ptr_array_sort (over, compare_elements);

  return over;
}
