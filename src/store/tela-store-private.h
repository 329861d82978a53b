/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-replica-calls.h"

G_BEGIN_DECLS

/* The first and the third take the call. */
void     tela_store_call_async (TelaStore *self, TelaStoreCall *call, gpointer tag, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_store_call_sync (TelaStore *self, TelaStoreCall *call, GError **error);
void     tela_store_call_and_go (TelaStore *self, TelaStoreCall *call); /* a failure is told by "failed" alone */
/* The call with its results, borrowed from the task; NULL if it failed. */
TelaStoreCall *tela_store_call_finish (TelaStore *self, GAsyncResult *result, gpointer tag, GError **error);

/* From any thread: "failed" with the error, which is taken, or "synced" without one. */
void        tela_store_tell (TelaStore *self, GError *error);
GHashTable *tela_store_get_notes (TelaStore *self); /* name → text, as they will be on disk */
const char *tela_store_get_dir (TelaStore *self);

G_END_DECLS
