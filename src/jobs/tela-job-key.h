/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The key for a service of pictures: in the keyring of the desktop, or where there is none in DIR/service-key, which only its
 * owner may read. */

typedef enum
{
  TELA_JOB_KEY_NONE,
  TELA_JOB_KEY_RING,
  TELA_JOB_KEY_FILE, /* to be told: anybody who can read the files of this user can read it */
} TelaJobKeyPlace;

/* @with_ring: FALSE: the file alone. */
void tela_job_key_load_async (const char *dir, gboolean with_ring, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* NULL without an error: there is none. (transfer full) */
char *tela_job_key_load_finish (GAsyncResult *result, TelaJobKeyPlace *place, GError **error);
/* @key: NULL or "": forget it. */
void     tela_job_key_save_async (const char *dir, gboolean with_ring, const char *key, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_job_key_save_finish (GAsyncResult *result, TelaJobKeyPlace *place, GError **error);

G_END_DECLS
