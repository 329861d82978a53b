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
const char *tela_shelf_item_get_source (TelaShelfItem *self);  /* as it stands in the file */

#define TELA_SHELF_PICTURE_SIZE 96 /* pixels of the longer side */

/* The user's library: an .excalidrawlib file in the data directory. A list model of TelaShelfItem. It is read when it is first
 * asked for; reading, writing and painting happen in threads. Main thread. */
#define TELA_TYPE_SHELF (tela_shelf_get_type ())
G_DECLARE_FINAL_TYPE (TelaShelf, tela_shelf, TELA, SHELF, GObject)

TelaShelf *tela_shelf_new (const char *path);
void       tela_shelf_load_async (TelaShelf *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Adds the items of a library file behind those that are there; what is there already is left out. */
void tela_shelf_import_async (TelaShelf *self, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Adds one drawing, given as Excalidraw's clipboard has it. */
void tela_shelf_add_async (TelaShelf *self, const char *text, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void tela_shelf_remove_async (TelaShelf *self, TelaShelfItem *item, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Puts back what was removed, where it was. */
void tela_shelf_restore_async (TelaShelf *self, TelaShelfItem *item, guint position, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Writes all items to a library file, with all that they came with. */
void tela_shelf_export_async (TelaShelf *self, GFile *file, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Of all. The number of items added; -1: @error is set, and nothing has changed. */
int tela_shelf_finish (TelaShelf *self, GAsyncResult *result, GError **error);

G_END_DECLS
