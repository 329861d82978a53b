/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-job-picture.h"

#include <glib/gi18n-lib.h>

#include "tela-decode.h"
#include "tela-formats.h"
#include "tela-generator.h"

#define REDUCTION 8 /* only whether it can be decoded is of interest */

void
tela_job_picture_free (TelaJobPicture *self)
{
  g_free (self->sha256);
  g_free (self);
}

/* What a server calls it counts for nothing. A drawing (SVG) is no picture of a generator: it could hold anything. */
static gboolean
is_picture (GBytes *bytes)
{
  static const char *const fine[] = { "image/png", "image/jpeg", "image/webp", "image/gif", NULL };
  gsize                    len;
  const char              *data = g_bytes_get_data (bytes, &len);

  return g_strv_contains (fine, tela_media_guess_type (data, len));
}

static void
keep_in_thread (GTask        *task,
                gpointer      source,
                gpointer      task_data,
                GCancellable *cancellable)
{
  GBytes         *bytes = task_data;
  GError         *error = NULL;
  TelaDecoded     decoded = { 0 };
  TelaJobPicture *picture;

  if (g_bytes_get_size (bytes) > TELA_GENERATOR_MAX_BYTES)
    {
      g_task_return_new_error (task, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_PICTURE, _ ("The picture is too large"));
      return;
    }
  if (!is_picture (bytes) || !tela_decode (bytes, REDUCTION, &decoded))
    {
      g_task_return_new_error (task, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_PICTURE,
                               _ ("What was made is no picture that can be shown"));
      return;
    }
  g_clear_object (&decoded.pixbuf);
  if (g_task_return_error_if_cancelled (task))
    return;

  picture = g_new0 (TelaJobPicture, 1);
  picture->width = decoded.width;
  picture->height = decoded.height;
  picture->sha256 = tela_store_put_asset (source, bytes, &error);
  if (picture->sha256 != NULL)
    {
      g_task_return_pointer (task, picture, (GDestroyNotify) tela_job_picture_free);
      return;
    }
  tela_job_picture_free (picture);
  g_task_return_error (task, error);
}

void
tela_job_picture_keep_async (TelaStore          *store,
                             GBytes             *bytes,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (store, cancellable, callback, user_data);

  g_task_set_source_tag (task, tela_job_picture_keep_async);
  g_task_set_task_data (task, g_bytes_ref (bytes), (GDestroyNotify) g_bytes_unref);
  g_task_run_in_thread (task, keep_in_thread);
}

TelaJobPicture *
tela_job_picture_keep_finish (TelaStore    *store,
                              GAsyncResult *result,
                              GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
