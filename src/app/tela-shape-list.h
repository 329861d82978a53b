/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "tela-board.h"

G_BEGIN_DECLS

/* What is on a board, in words and in the order in which one reads: for those who do not see it. */

#define TELA_TYPE_SHAPE_ITEM (tela_shape_item_get_type ())
G_DECLARE_FINAL_TYPE (TelaShapeItem, tela_shape_item, TELA, SHAPE_ITEM, GObject)

const char *tela_shape_item_get_id (TelaShapeItem *self);
const char *tela_shape_item_get_icon (TelaShapeItem *self);
const char *tela_shape_item_get_words (TelaShapeItem *self);

/* "Rectangle: Groceries". (transfer full) */
char *tela_shape_describe (TelaBoard *board, const TelaElement *element);
/* Makes a list of TelaShapeItem say what @board (nullable) shows: by rows, from above, what is in a frame after the frame. Items that stay are the same ones. */
void tela_shape_list_update (GListStore *self, TelaBoard *board);

G_END_DECLS
