/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-document-private.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

/* What the thread works on. */
typedef struct
{
  TelaImages       *images;   /* owned */
  GPtrArray        *elements; /* owned */
  char             *path;
  TelaExportOptions options;
  char             *expected; /* nullable */
  char             *base_dir;
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  tela_images_unref (self->images);
  g_ptr_array_unref (self->elements);
  g_free (self->path);
  g_free (self->expected);
  g_free (self->base_dir);
  g_free (self);
}

static gboolean
is_as_expected (const char *path,
                const char *expected,
                GError    **error)
{
  g_autofree char *text = NULL;
  g_autofree char *sha256 = NULL;
  gsize            len;

  if (expected == NULL || !g_file_get_contents (path, &text, &len, NULL))
    return TRUE;

  sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, len);
  if (strcmp (sha256, expected) == 0)
    return TRUE;

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG, _ ("The file was changed by another program."));

  return FALSE;
}

static GBytes *
compose (Job     *job,
         GError **error)
{
  guint n_missing = 0;
  g_autoptr (GBytes) bytes =
      tela_export_make (job->elements, job->images, &job->options, &n_missing, NULL, error);

  if (n_missing == 0 || bytes == NULL)
    return g_steal_pointer (&bytes);

  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
      g_dngettext (NULL, "%u image is not on this computer yet.", "%u images are not on this computer yet.", n_missing),
      n_missing);

  return NULL;
}

static TelaDocument *
write_document (Job     *job,
                GError **error)
{
  g_autoptr (TelaDocument) self = g_new0 (TelaDocument, 1);
  g_autoptr (GBytes) bytes = NULL;
  const char *text;
  gsize       len;

  self->path = tela_document_real_path (job->path);
  if (!is_as_expected (self->path, job->expected, error))
    return NULL;
  bytes = compose (job, error);
  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &len);
  if (!tela_document_replace (self->path, text, len, error))
    return NULL;

  self->sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, len);
  self->content = tela_document_digest (job->elements);
  self->can_write = TRUE;
  self->options = job->options;
  tela_document_keep_base (job->base_dir, self->sha256, text, len);
  if (job->expected != NULL && strcmp (job->expected, self->sha256) != 0)
    {
      g_autofree char *base = tela_document_base_path (job->base_dir, job->expected);

      g_unlink (base);
    }

  return g_steal_pointer (&self);
}

static void
write_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  TelaDocument *document = write_document (data, &error);

  if (document == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, document, (GDestroyNotify) tela_document_free);
}

void
tela_document_write_async (GPtrArray               *elements,
                           TelaImages              *images,
                           const char              *path,
                           const TelaExportOptions *options,
                           const char              *expected,
                           const char              *base_dir,
                           GCancellable            *cancellable,
                           GAsyncReadyCallback      callback,
                           gpointer                 user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->elements = g_ptr_array_ref (elements);
  job->images = tela_images_ref (images);
  job->path = g_strdup (path);
  job->options = *options;
  job->expected = g_strdup (expected);
  job->base_dir = g_strdup (base_dir);
  g_task_set_source_tag (task, tela_document_write_async);
  g_task_set_task_data (task, job, job_free);
  /* Once begun it is carried out, cancelled or not: the caller must know what is on disk. */
  g_task_set_check_cancellable (task, FALSE);
  g_task_run_in_thread (task, write_in_thread);
}

TelaDocument *
tela_document_write_finish (GAsyncResult *result,
                            GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
