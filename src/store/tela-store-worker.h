/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-store-private.h"

G_BEGIN_DECLS

/* The writer thread: runs calls in the order in which they came, one transaction each, and syncs the log a second after the first write
 * that it does not cover. It owns the replica. */
typedef struct _TelaStoreWorker TelaStoreWorker;

TelaStoreWorker *tela_store_worker_start (TelaReplica *replica, TelaStore *store); /* takes the replica */
void             tela_store_worker_stop (TelaStoreWorker *self);                   /* ends what was asked for, closes, frees */
/* Takes the task, which owns the call; without a task takes the call. */
void     tela_store_worker_push (TelaStoreWorker *self, TelaStoreCall *call, GTask *task);
gboolean tela_store_worker_wait (TelaStoreWorker *self, TelaStoreCall *call, GError **error);
gboolean tela_store_worker_is_synced (TelaStoreWorker *self);

G_END_DECLS
