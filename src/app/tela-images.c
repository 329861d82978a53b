/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-images.h"

#include "tela-formats.h"

struct _TelaImages
{
  gatomicrefcount refs;
  TelaStore      *store;  /* owned; nullable */
  TelaBoard      *board;  /* owned; nullable */
  TelaElement    *seen;   /* owned; the board's own element at the last look; nullable */
  GMutex          lock;   /* for what follows: painters ask too */
  GHashTable     *hashes; /* file id → SHA-256 */
};

TelaImages *
tela_images_new (TelaStore *store,
                 TelaBoard *board)
{
  TelaImages *self = g_new0 (TelaImages, 1);

  g_atomic_ref_count_init (&self->refs);
  g_mutex_init (&self->lock);
  if (store != NULL)
    self->store = g_object_ref (store);
  if (board != NULL)
    self->board = g_object_ref (board);
  tela_images_refresh (self);

  return self;
}

TelaImages *
tela_images_ref (TelaImages *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
tela_images_unref (TelaImages *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_clear_object (&self->store);
  g_clear_object (&self->board);
  g_clear_pointer (&self->seen, tela_element_unref);
  g_clear_pointer (&self->hashes, g_hash_table_unref);
  g_mutex_clear (&self->lock);
  g_free (self);
}

gboolean
tela_images_refresh (TelaImages *self)
{
  const TelaElement *own = self->board == NULL ? NULL : tela_board_lookup (self->board, TELA_BOARD_ELEMENT_ID);
  GHashTable        *hashes;

  if (own == self->seen)
    return FALSE;

  g_clear_pointer (&self->seen, tela_element_unref);
  if (own != NULL)
    self->seen = tela_element_ref (own);
  hashes = tela_excalidraw_list_files (self->board);

  g_mutex_lock (&self->lock);
  g_clear_pointer (&self->hashes, g_hash_table_unref);
  self->hashes = hashes;
  g_mutex_unlock (&self->lock);

  return g_hash_table_size (hashes) > 0;
}

GBytes *
tela_images_get (const char *file_id,
                 gpointer    images)
{
  TelaImages      *self = images;
  g_autofree char *hash = NULL;

  g_mutex_lock (&self->lock);
  if (self->hashes != NULL)
    hash = g_strdup (g_hash_table_lookup (self->hashes, file_id));
  g_mutex_unlock (&self->lock);

  return hash == NULL || self->store == NULL ? NULL : tela_store_get_asset (self->store, hash, NULL);
}
