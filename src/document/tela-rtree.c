/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-rtree-private.h"

#include <string.h>

#define MIN_ITEMS 4
#define CACHE_LINE 64

static inline TelaRect
child_rect (const TelaRtreeNode *node,
            guint                i)
{
  return node->is_leaf ? ((TelaRtreeItem *) node->children[i])->rect : ((TelaRtreeNode *) node->children[i])->rect;
}

/* Half the perimeter: lines have no area, but they have this. */
static double
extent_of (TelaRect rect)
{
  return rect.width + rect.height;
}

void
tela_rtree_node_adopt (TelaRtreeNode *node,
                       gpointer       child)
{
  node->children[node->n++] = child;
  if (node->is_leaf)
    ((TelaRtreeItem *) child)->leaf = node;
  else
    ((TelaRtreeNode *) child)->parent = node;
}

void
tela_rtree_node_fit (TelaRtreeNode *node)
{
  double left = 0, top = 0, right = 0, bottom = 0;

  for (guint i = 0; i < node->n; i++)
    {
      TelaRect rect = child_rect (node, i);

      left = i == 0 ? rect.x : MIN (left, rect.x);
      top = i == 0 ? rect.y : MIN (top, rect.y);
      right = i == 0 ? rect.x + rect.width : MAX (right, rect.x + rect.width);
      bottom = i == 0 ? rect.y + rect.height : MAX (bottom, rect.y + rect.height);
    }
  node->rect = (TelaRect){ .x = left, .y = top, .width = right - left, .height = bottom - top };
}

static void
fit_upwards (TelaRtreeNode *node)
{
  for (; node != NULL; node = node->parent)
    {
      TelaRect before = node->rect;

      tela_rtree_node_fit (node);
      if (memcmp (&before, &node->rect, sizeof before) == 0)
        return;
    }
}

/* What does not reach a side of the node's box has no part in it. */
static gboolean
is_inside (const TelaRtreeNode *node,
           TelaRect             rect)
{
  TelaRect own = node->rect;

  return rect.x > own.x && rect.y > own.y && rect.x + rect.width < own.x + own.width &&
         rect.y + rect.height < own.y + own.height;
}

TelaRtreeNode *
tela_rtree_node_new (gboolean is_leaf)
{
  TelaRtreeNode *node = g_new0 (TelaRtreeNode, 1);

  node->is_leaf = is_leaf;
  return node;
}

TelaRtree *
tela_rtree_new (void)
{
  TelaRtree *self = g_new0 (TelaRtree, 1);

  self->root = tela_rtree_node_new (TRUE);
  return self;
}

void
tela_rtree_node_free (TelaRtreeNode *node)
{
  for (guint i = 0; i < node->n; i++)
    {
      if (node->is_leaf)
        ((TelaRtreeItem *) node->children[i])->leaf = NULL;
      else
        tela_rtree_node_free (node->children[i]);
    }
  g_free (node);
}

void
tela_rtree_free (TelaRtree *self)
{
  tela_rtree_node_free (self->root);
  g_free (self);
}

/* The leaf that grows least. */
static TelaRtreeNode *
choose_leaf (TelaRtreeNode *node,
             TelaRect       rect)
{
  while (!node->is_leaf)
    {
      guint  best = 0;
      double least_growth = 0;
      double least_extent = 0;

      for (guint i = 0; i < node->n; i++)
        {
          TelaRect own = child_rect (node, i);
          double   extent = extent_of (own);
          double   growth = extent_of (tela_rect_union (own, rect)) - extent;

          if (i == 0 || growth < least_growth || (growth == least_growth && extent < least_extent))
            {
              best = i;
              least_growth = growth;
              least_extent = extent;
            }
        }
      node = node->children[best];
    }

  return node;
}

static double
centre (TelaRect rect,
        gboolean vertical)
{
  return vertical ? rect.y + rect.height / 2 : rect.x + rect.width / 2;
}

/* Sorts the children along the axis where their centres lie farther apart. */
static void
sort_children (TelaRtreeNode *node)
{
  double   low[2], high[2];
  gboolean vertical;

  for (guint axis = 0; axis < 2; axis++)
    for (guint i = 0; i < node->n; i++)
      {
        double at = centre (child_rect (node, i), axis == 1);

        low[axis] = i == 0 ? at : MIN (low[axis], at);
        high[axis] = i == 0 ? at : MAX (high[axis], at);
      }
  vertical = high[1] - low[1] > high[0] - low[0];

  for (guint i = 1; i < node->n; i++)
    {
      gpointer child = node->children[i];
      double   at = centre (child_rect (node, i), vertical);
      guint    j = i;

      for (; j > 0 && centre (child_rect (node, j - 1), vertical) > at; j--)
        node->children[j] = node->children[j - 1];
      node->children[j] = child;
    }
}

/* Halves an overfull node, and its parents where that fills them. */
static void
split (TelaRtree     *self,
       TelaRtreeNode *node)
{
  while (node->n > TELA_RTREE_MAX_CHILDREN)
    {
      TelaRtreeNode *sibling = tela_rtree_node_new (node->is_leaf);
      guint          half = node->n / 2;

      sort_children (node);
      for (guint i = half; i < node->n; i++)
        tela_rtree_node_adopt (sibling, node->children[i]);
      node->n = half;
      tela_rtree_node_fit (sibling);

      if (node->parent == NULL)
        {
          self->root = tela_rtree_node_new (FALSE);
          self->root->rect = node->rect;
          tela_rtree_node_adopt (self->root, node);
        }
      tela_rtree_node_adopt (node->parent, sibling);
      fit_upwards (node);
      node = node->parent;
    }
}

static void
insert (TelaRtree     *self,
        TelaRtreeItem *item)
{
  TelaRtreeNode *leaf = choose_leaf (self->root, item->rect);

  tela_rtree_node_adopt (leaf, item);
  if (leaf->n == 1 || !tela_rect_contains (leaf->rect, item->rect))
    fit_upwards (leaf);
  split (self, leaf);
}

static void
take_out (TelaRtreeNode *node,
          gconstpointer  child)
{
  for (guint i = 0; i < node->n; i++)
    if (node->children[i] == child)
      {
        node->children[i] = node->children[--node->n];
        return;
      }
}

/* Removes an empty node and the parents that it leaves empty; a root with one child gives way to it. */
static void
prune (TelaRtree     *self,
       TelaRtreeNode *node)
{
  while (node->n == 0 && node->parent != NULL)
    {
      TelaRtreeNode *parent = node->parent;

      take_out (parent, node);
      g_free (node);
      node = parent;
    }
  fit_upwards (node);

  while (!self->root->is_leaf && self->root->n == 1)
    {
      TelaRtreeNode *child = self->root->children[0];

      g_free (self->root);
      self->root = child;
      child->parent = NULL;
    }
  if (self->root->n == 0)
    self->root->is_leaf = TRUE;
}

void
tela_rtree_remove (TelaRtree     *self,
                   TelaRtreeItem *item)
{
  TelaRtreeNode *leaf = item->leaf;
  TelaRtreeItem *orphans[MIN_ITEMS];
  guint          n_orphans = 0;

  if (leaf == NULL)
    return;

  take_out (leaf, item);
  item->leaf = NULL;
  if (leaf->parent == NULL || leaf->n >= MIN_ITEMS)
    {
      if (leaf->n == 0 || !is_inside (leaf, item->rect))
        fit_upwards (leaf);
      return;
    }

  /* The few that are left find a better place than a leaf of their own. */
  while (leaf->n > 0)
    orphans[n_orphans++] = leaf->children[--leaf->n];
  prune (self, leaf);
  while (n_orphans > 0)
    insert (self, orphans[--n_orphans]);
}

void
tela_rtree_place (TelaRtree     *self,
                  TelaRtreeItem *item,
                  TelaRect       rect)
{
  if (item->leaf != NULL && tela_rect_contains (item->leaf->rect, rect))
    {
      gboolean was_inside = is_inside (item->leaf, item->rect);

      item->rect = rect;
      if (!was_inside)
        fit_upwards (item->leaf);
      return;
    }

  tela_rtree_remove (self, item);
  item->rect = rect;
  insert (self, item);
}

static guint
query_node (TelaRtreeNode *node,
            TelaRect       area,
            TelaRtreeFunc  func,
            gpointer       user_data)
{
  guint looked_at = 1;

  /* They lie far apart: all are asked for before the first is waited for. */
  for (guint i = 0; i < node->n; i++)
    {
      __builtin_prefetch (node->children[i]);
      __builtin_prefetch ((const char *) node->children[i] + CACHE_LINE);
    }
  for (guint i = 0; i < node->n; i++)
    {
      if (!tela_rect_intersects (child_rect (node, i), area))
        continue;
      if (node->is_leaf)
        func (node->children[i], user_data);
      else
        looked_at += query_node (node->children[i], area, func, user_data);
    }

  return looked_at;
}

guint
tela_rtree_query (TelaRtree    *self,
                  TelaRect      area,
                  TelaRtreeFunc func,
                  gpointer      user_data)
{
  return query_node (self->root, area, func, user_data);
}

gboolean
tela_rtree_get_extent (TelaRtree *self,
                       TelaRect  *extent)
{
  *extent = self->root->rect;
  return self->root->n > 0;
}
