/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-attach-private.h"

/* What moves by one gesture, and where it goes. */
typedef struct
{
  TelaBoard         *board;
  GHashTable        *ids;    /* id → element: all that moves, as it was; borrowed */
  GHashTable        *groups; /* outer group → TelaRect around its members */
  const TelaElement *frame;  /* under the hand; nullable */
  TelaSpot           by;
} Move;

static gboolean
is_frame (const TelaElement *element)
{
  return tela_attach_is_type (element, "frame") || tela_attach_is_type (element, "magicframe");
}

const TelaElement *
tela_attach_find_frame (TelaBoard *board,
                        double     x,
                        double     y)
{
  const TelaRect at = { x, y, 0, 0 };
  g_autoptr (GPtrArray) near = tela_board_query (board, &at);

  for (guint i = near->len; i-- > 0;)
    if (is_frame (near->pdata[i]) && !tela_element_get_boolean (near->pdata[i], TELA_KEY_LOCKED, FALSE) &&
        tela_rect_contains (tela_element_get_box (near->pdata[i]), at))
      return tela_board_lookup_shown (board, tela_element_get_id (near->pdata[i]));

  return NULL;
}

/* A group goes in and out as one. */
static TelaRect
rect_of (const Move        *move,
         const TelaElement *element)
{
  g_autofree char *group = tela_attach_get_group (element);
  const TelaRect  *whole = group == NULL ? NULL : g_hash_table_lookup (move->groups, group);
  TelaRect         rect = whole != NULL ? *whole : tela_element_get_box (element);

  rect.x += move->by.x;
  rect.y += move->by.y;

  return rect;
}

static void
collect (Move      *move,
         GPtrArray *elements)
{
  for (guint i = 0; i < elements->len; i++)
    {
      g_autofree char *group = tela_attach_get_group (elements->pdata[i]);
      TelaRect         box = tela_element_get_box (elements->pdata[i]);
      TelaRect        *whole = group == NULL ? NULL : g_hash_table_lookup (move->groups, group);

      g_hash_table_insert (move->ids, (gpointer) tela_element_get_id (elements->pdata[i]), elements->pdata[i]);
      if (whole != NULL)
        *whole = tela_rect_union (*whole, box);
      else if (group != NULL)
        g_hash_table_insert (move->groups, g_steal_pointer (&group), g_memdup2 (&box, sizeof box));
    }
}

/* The frame that the element is in from now on; NULL: none. */
static const char *
choose (const Move        *move,
        const TelaElement *element,
        const char        *own)
{
  const TelaElement *was = own == NULL ? NULL : tela_board_lookup_shown (move->board, own);
  TelaRect           rect = rect_of (move, element);

  if (move->frame != NULL && tela_rect_intersects (rect, tela_element_get_box (move->frame)))
    return tela_element_get_id (move->frame);
  if (was != NULL && tela_rect_intersects (rect, tela_element_get_box (was)))
    return own;

  return NULL;
}

static TelaElement *
with_frame (TelaElement *op,
            const char  *frame)
{
  TelaOpBuilder *builder = tela_op_builder_new (tela_element_get_id (op));
  g_autoptr (TelaElement) own = op;
  g_autoptr (TelaElement) extra = NULL;

  if (frame != NULL)
    tela_op_builder_set_string (builder, TELA_KEY_FRAME_ID, frame);
  else
    tela_op_builder_set_json (builder, TELA_KEY_FRAME_ID, "null");
  extra = tela_op_builder_end (builder, (TelaStamp){ 0 });

  return tela_attach_overlay (own, extra);
}

/* A text goes where its container goes. */
static const TelaElement *
whole_of (const Move        *move,
          const TelaElement *element)
{
  const char        *id = tela_element_get_string (element, TELA_KEY_CONTAINER_ID);
  const TelaElement *container = id == NULL ? NULL : g_hash_table_lookup (move->ids, id);

  return container != NULL ? container : element;
}

void
tela_attach_enter_frames (TelaBoard *board,
                          GPtrArray *elements,
                          GPtrArray *ops,
                          TelaSpot   by,
                          TelaSpot   hand)
{
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  Move move = { board, ids, groups, tela_attach_find_frame (board, hand.x, hand.y), by };

  collect (&move, elements);
  if (move.frame != NULL && g_hash_table_contains (ids, tela_element_get_id (move.frame)))
    return;

  for (guint i = 0; i < elements->len; i++)
    {
      const TelaElement *element = elements->pdata[i];
      const char        *own = tela_element_get_string (element, TELA_KEY_FRAME_ID);
      const char        *frame;

      if (is_frame (element) || tela_attach_is_linked (own, ids))
        continue;
      frame = choose (&move, whole_of (&move, element), own);
      if (g_strcmp0 (frame, own) != 0)
        ops->pdata[i] = with_frame (ops->pdata[i], frame);
    }
}
