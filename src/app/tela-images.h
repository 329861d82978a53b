/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-assets.h"
#include "tela-board.h"

G_BEGIN_DECLS

/* The images that a board names, by file id. */
typedef struct _TelaImages TelaImages;

TelaImages *tela_images_new (TelaStore *store, TelaBoard *board); /* either may be NULL: then there are none */
TelaImages *tela_images_ref (TelaImages *self);
void        tela_images_unref (TelaImages *self);
/* The board may name others now. Main thread. TRUE: it does. */
gboolean tela_images_refresh (TelaImages *self);
/* From now on, what is asked for and not on this computer is fetched; @arrived is told on the main thread after it came. NULL
 * ends that: the one who set it does so before it goes. Main thread. */
typedef void (*TelaImagesFunc) (gpointer user_data);
void tela_images_set_assets (TelaImages *self, TelaAssets *assets, TelaImagesFunc arrived, gpointer user_data);
/* A TelaAssetFunc and a TelaFileFunc; @images: a TelaImages. Any thread. */
GBytes *tela_images_get (const char *file_id, gpointer images);
/* A TelaKnownFunc: waits for nothing. */
gsize tela_images_get_size (const char *file_id, gpointer images);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaImages, tela_images_unref)

G_END_DECLS
