/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-store.h"

G_BEGIN_DECLS

/* A picture that was looked at and kept. */
typedef struct
{
  char *sha256;
  int   width; /* pixels, upright */
  int   height;
} TelaJobPicture;

void tela_job_picture_free (TelaJobPicture *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaJobPicture, tela_job_picture_free)

/* On a thread: whether @bytes are a PNG, JPEG, WebP or GIF that can be decoded and is not too large; then stores them as they
 * are. Errors: cancelled, TELA_GENERATOR_ERROR_PICTURE, or the disk's. */
void            tela_job_picture_keep_async (TelaStore *store, GBytes *bytes, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaJobPicture *tela_job_picture_keep_finish (TelaStore *store, GAsyncResult *result, GError **error);

G_END_DECLS
