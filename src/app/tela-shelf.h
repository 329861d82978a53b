/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gdk/gdk.h>

G_BEGIN_DECLS

/* A drawing of the library, with a small picture of it. Immutable. */
#define TELA_TYPE_SHELF_ITEM (tela_shelf_item_get_type ())
G_DECLARE_FINAL_TYPE (TelaShelfItem, tela_shelf_item, TELA, SHELF_ITEM, GObject)

const char *tela_shelf_item_get_name (TelaShelfItem *self);
GBytes     *tela_shelf_item_get_picture (TelaShelfItem *self); /* PNG; NULL: it could not be painted */
const char *tela_shelf_item_get_text (TelaShelfItem *self);    /* as Excalidraw's clipboard has it */

#define TELA_SHELF_PICTURE_SIZE 96 /* pixels of the longer side */

/* The user's library: an .excalidrawlib file in the data directory. A list model of TelaShelfItem. It is read when it is first
 * asked for; reading, writing and painting happen in threads. Main thread. */
#define TELA_TYPE_SHELF (tela_shelf_get_type ())
G_DECLARE_FINAL_TYPE (TelaShelf, tela_shelf, TELA, SHELF, GObject)

TelaShelf *tela_shelf_new (const char *path);
void       tela_shelf_load_async (TelaShelf *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Adds the items of a library file behind those that are there. */
void tela_shelf_import_async (TelaShelf *self, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Adds one drawing, given as Excalidraw's clipboard has it. */
void tela_shelf_add_async (TelaShelf *self, const char *text, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Of all three. The number of items added; -1: @error is set, and nothing has changed. */
int tela_shelf_finish (TelaShelf *self, GAsyncResult *result, GError **error);

G_END_DECLS
