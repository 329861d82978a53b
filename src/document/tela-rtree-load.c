/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-rtree-private.h"

#include <math.h>
#include <stdlib.h>

/* Room for a few more, so that the next changes do not split every node. */
#define LOADED_CHILDREN 12

/* Something that becomes a child: an item or a node. */
typedef struct
{
  gpointer child;
  double   x, y; /* of the centre */
} Placed;

static int
compare_x_cb (gconstpointer a,
              gconstpointer b)
{
  double first = ((const Placed *) a)->x, second = ((const Placed *) b)->x;

  return first < second ? -1 : first > second;
}

static int
compare_y_cb (gconstpointer a,
              gconstpointer b)
{
  double first = ((const Placed *) a)->y, second = ((const Placed *) b)->y;

  return first < second ? -1 : first > second;
}

static Placed
placed (gpointer child,
        TelaRect rect)
{
  return (Placed){ .child = child, .x = rect.x + rect.width / 2, .y = rect.y + rect.height / 2 };
}

/* Strips from left to right, each from top to bottom, cut into nodes (sort-tile-recursive: Leutenegger and others, 1997).
 * The nodes take the children's places. Returns how many they are. */
static guint
pack (Placed  *children,
      guint    n,
      gboolean is_leaf)
{
  guint n_nodes = (n + LOADED_CHILDREN - 1) / LOADED_CHILDREN;
  guint strip = LOADED_CHILDREN * (guint) ceil (sqrt (n_nodes));
  guint done = 0;

  qsort (children, n, sizeof *children, compare_x_cb);
  for (guint first = 0; first < n; first += strip)
    qsort (children + first, MIN (strip, n - first), sizeof *children, compare_y_cb);

  for (guint first = 0; first < n; first += LOADED_CHILDREN)
    {
      TelaRtreeNode *node = tela_rtree_node_new (is_leaf);

      for (guint i = first; i < MIN (n, first + LOADED_CHILDREN); i++)
        tela_rtree_node_adopt (node, children[i].child);
      tela_rtree_node_fit (node);
      children[done++] = placed (node, node->rect);
    }
  return done;
}

void
tela_rtree_load (TelaRtree      *self,
                 TelaRtreeItem **items,
                 guint           n)
{
  g_autofree Placed *children = g_new (Placed, MAX (n, 1));
  gboolean           is_leaf = TRUE;

  tela_rtree_node_free (self->root);
  self->root = NULL;
  for (guint i = 0; i < n; i++)
    children[i] = placed (items[i], items[i]->rect);

  while (self->root == NULL && n > 0)
    {
      n = pack (children, n, is_leaf);
      is_leaf = FALSE;
      if (n == 1)
        self->root = children[0].child;
    }
  if (self->root == NULL)
    self->root = tela_rtree_node_new (TRUE);
}
