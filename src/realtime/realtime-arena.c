/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-arena.h"

/* A hundred small messages; far below what the allocator would map for itself. */
#define BLOCK_SIZE (32 * 1024)
#define ALIGNMENT 16
/* While pieces are taken from it a block counts as if so many were out, and its maker need not touch the count. */
#define N_PIECES_MAX (1 << 30)

struct _RealtimeBlock
{
  gint n_out; /* atomic */
  char data[] __attribute__ ((aligned (ALIGNMENT)));
};

static void
give_back (RealtimeBlock *self,
           gint           n)
{
  if (g_atomic_int_add (&self->n_out, -n) == n)
    g_free (self);
}

void
realtime_block_give_back (RealtimeBlock *self)
{
  give_back (self, 1);
}

void
realtime_arena_clear (RealtimeArena *self)
{
  if (self->block != NULL)
    give_back (self->block, N_PIECES_MAX - (gint) self->n_pieces);
  *self = (RealtimeArena){ NULL };
}

gpointer
realtime_arena_take (RealtimeArena  *self,
                     gsize           size,
                     RealtimeBlock **block)
{
  const gsize room = BLOCK_SIZE - sizeof (RealtimeBlock);
  gpointer    piece;

  size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  /* A large one is alone, so that it is not kept by small neighbours. */
  if (size > room / 8)
    {
      *block = g_malloc (sizeof (RealtimeBlock) + size);
      (*block)->n_out = 1;
      return (*block)->data;
    }

  if (self->block == NULL || self->used + size > room)
    {
      realtime_arena_clear (self);
      self->block = g_malloc (BLOCK_SIZE);
      self->block->n_out = N_PIECES_MAX;
    }
  piece = self->block->data + self->used;
  self->used += size;
  self->n_pieces++;
  *block = self->block;

  return piece;
}
