/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-geometry.h"

G_BEGIN_DECLS

/* A spatial index of boxes, changed in place (an R-tree, Guttman 1984). Its items live in their owner's structs. */
typedef struct _TelaRtree     TelaRtree;
typedef struct _TelaRtreeNode TelaRtreeNode;

typedef struct
{
  TelaRtreeNode *leaf; /* NULL: not in a tree */
  TelaRect       rect;
} TelaRtreeItem;

typedef void (*TelaRtreeFunc) (TelaRtreeItem *item, gpointer user_data);

TelaRtree *tela_rtree_new (void);
void       tela_rtree_free (TelaRtree *self); /* the items stay their owner's */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaRtree, tela_rtree_free)

/* Puts all @items where their rects are, and nothing else: a tree that is quicker to make and to query than one item after
 * another. */
void tela_rtree_load (TelaRtree *self, TelaRtreeItem **items, guint n);
/* Puts @item at @rect, wherever it was before. */
void tela_rtree_place (TelaRtree *self, TelaRtreeItem *item, TelaRect rect);
void tela_rtree_remove (TelaRtree *self, TelaRtreeItem *item);
/* @func must not change the tree. Returns how many nodes were looked at. */
guint    tela_rtree_query (TelaRtree *self, TelaRect area, TelaRtreeFunc func, gpointer user_data);
gboolean tela_rtree_get_extent (TelaRtree *self, TelaRect *extent); /* FALSE: empty */

G_END_DECLS
