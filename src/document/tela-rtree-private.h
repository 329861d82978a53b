/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-rtree.h"

G_BEGIN_DECLS

#define TELA_RTREE_MAX_CHILDREN 16

struct _TelaRtreeNode
{
  TelaRtreeNode *parent; /* NULL: the root */
  TelaRect       rect;
  guint          n;
  gboolean       is_leaf;
  gpointer       children[TELA_RTREE_MAX_CHILDREN + 1]; /* TelaRtreeItem in a leaf, else TelaRtreeNode; one more while it overflows */
};

struct _TelaRtree
{
  TelaRtreeNode *root;
};

TelaRtreeNode *tela_rtree_node_new (gboolean is_leaf);
void           tela_rtree_node_free (TelaRtreeNode *node); /* and those below; the items are in no tree then */
/* The box is not made to fit. */
void tela_rtree_node_adopt (TelaRtreeNode *node, gpointer child);
void tela_rtree_node_fit (TelaRtreeNode *node);

G_END_DECLS
