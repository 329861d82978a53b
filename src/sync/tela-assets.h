/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-remote.h"

G_BEGIN_DECLS

/* The bytes of images (sync.md 7): on disk under their SHA-256 before the operation that names them, uploaded one at a time
 * before that operation is pushed, fetched on first sight. What is still to be uploaded survives a restart. Main thread. */
#define TELA_TYPE_ASSETS (tela_assets_get_type ())
G_DECLARE_FINAL_TYPE (TelaAssets, tela_assets, TELA, ASSETS, GObject)

TelaAssets *tela_assets_new (TelaStore *store, TelaRemote *remote);
/* (transfer full) The SHA-256; NULL if the disk refused. */
char *tela_assets_put (TelaAssets *self, GBytes *bytes, GError **error);
/* Of bytes that a worker has put into the store already. */
void tela_assets_upload (TelaAssets *self, const char *sha256);
/* Property "idle", notify: nothing waits to be uploaded. */
gboolean tela_assets_is_idle (TelaAssets *self);
void     tela_assets_retry (TelaAssets *self); /* the network is back: try now */
/* From the disk, else from the server, and then kept. */
void    tela_assets_get_async (TelaAssets *self, const char *sha256, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes *tela_assets_get_finish (TelaAssets *self, GAsyncResult *result, GError **error);
void    tela_assets_close (TelaAssets *self); /* idempotent */

G_END_DECLS
