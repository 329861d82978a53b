/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What one thread makes by the thousand and another lets go. malloc() is slow at just that, so it is asked for blocks of
 * many pieces. A block is freed with the last of its pieces. */
typedef struct _RealtimeBlock RealtimeBlock;

/* Of one thread; all zero when it is new. */
typedef struct
{
  RealtimeBlock *block; /* NULL: none yet */
  gsize          used;
  guint          n_pieces;
} RealtimeArena;

/* Memory for anything, not cleared. @block: (out): what has to be given back instead of freeing the piece. */
gpointer realtime_arena_take (RealtimeArena *self, gsize size, RealtimeBlock **block);
/* No more pieces will be taken; those that are out stay valid. */
void realtime_arena_clear (RealtimeArena *self);
/* One piece is not needed any more. Any thread. */
void realtime_block_give_back (RealtimeBlock *self);

G_END_DECLS
