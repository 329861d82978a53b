/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-board.h"
#include "tela-store.h"

G_BEGIN_DECLS

/* The images that a board names, by file id. */
typedef struct _TelaImages TelaImages;

TelaImages *tela_images_new (TelaStore *store, TelaBoard *board); /* either may be NULL: then there are none */
TelaImages *tela_images_ref (TelaImages *self);
void        tela_images_unref (TelaImages *self);
/* The board may name others now. Main thread. TRUE: it does. */
gboolean tela_images_refresh (TelaImages *self);
/* A TelaAssetFunc and a TelaFileFunc; @images: a TelaImages. Any thread. */
GBytes *tela_images_get (const char *file_id, gpointer images);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaImages, tela_images_unref)

G_END_DECLS
