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
  GFile     *file;  /* owned */
  TelaStore *store; /* owned */
  char      *known; /* nullable */
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  g_object_unref (self->file);
  g_object_unref (self->store);
  g_free (self->known);
  g_free (self);
}

/* The images are on disk before any element names them. */
static GPtrArray *
put_assets (TelaStore  *store,
            TelaImport *import,
            GError    **error)
{
  g_autoptr (GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  GHashTableIter iter;
  gpointer       bytes;

  g_hash_table_iter_init (&iter, import->assets);
  while (g_hash_table_iter_next (&iter, NULL, &bytes))
    {
      char *hash = tela_store_put_asset (store, bytes, error);

      if (hash == NULL)
        return NULL;
      g_ptr_array_add (hashes, hash);
    }

  return g_steal_pointer (&hashes);
}

/* Whoever writes to the file meanwhile: what is remembered of it is what is shown of it. */
static GBytes *
read_once (const char *path,
           const char *name,
           GError    **error)
{
  g_autofree char *shown = tela_document_dup_quotable (path);
  char            *text;
  gsize            len;
  GStatBuf         status;
  TelaImport      *import;

  if (g_stat (path, &status) == 0 && S_ISREG (status.st_mode) && status.st_size > 0 &&
      status.st_size <= TELA_JSON_MAX_BYTES)
    return g_file_get_contents (path, &text, &len, error) ? g_bytes_new_take (text, len) : NULL;

  /* Of what is no file to be read the reader knows the reason. */
  import = tela_format_read_file (path, (TelaStamp){ .time = 1 }, NULL, name, error);
  if (import != NULL)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, _ ("%s: it is being written just now"), shown);
  g_clear_pointer (&import, tela_import_free);

  return NULL;
}

static gboolean
look_into (TelaDocument *self,
           TelaStore    *store,
           const char   *name,
           GError      **error)
{
  const TelaStamp  stamp = { .time = 1 };
  g_autofree char *shown = tela_document_dup_quotable (self->path);
  gsize            len;
  const char      *text = g_bytes_get_data (self->text, &len);

  self->import = tela_format_read (text, len, stamp, NULL, name, error);
  if (self->import == NULL)
    {
      g_prefix_error (error, "%s: ", shown);
      return FALSE;
    }

  tela_import_flatten (self->import, stamp); /* the session gives all of it one stamp */
  self->assets = put_assets (store, self->import, error);
  self->can_write = tela_document_find_options (self->import, text, len, &self->options);

  return self->assets != NULL;
}

static TelaDocument *
read_document (Job     *job,
               GError **error)
{
  g_autoptr (TelaDocument) self = g_new0 (TelaDocument, 1);
  g_autofree char *given = g_file_get_path (job->file);
  g_autofree char *name = NULL;

  if (given == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("It is not a file on this computer."));
      return NULL;
    }

  self->path = tela_document_real_path (given);
  name = tela_document_dup_board_name (self->path);
  self->text = read_once (self->path, name, error);
  if (self->text == NULL)
    return NULL;

  if (job->known != NULL)
    self->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->text);
  if (job->known != NULL && strcmp (job->known, self->sha256) == 0)
    {
      self->can_write = TRUE; /* it has been linked to a board */
      g_clear_pointer (&self->text, g_bytes_unref);
      return g_steal_pointer (&self);
    }

  return look_into (self, job->store, name, error) ? g_steal_pointer (&self) : NULL;
}

static void
read_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  TelaDocument *document = read_document (data, &error);

  if (document == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, document, (GDestroyNotify) tela_document_free);
}

void
tela_document_read_async (GFile              *file,
                          TelaStore          *store,
                          const char         *known,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->file = g_object_ref (file);
  job->store = g_object_ref (store);
  job->known = g_strdup (known);
  g_task_set_source_tag (task, tela_document_read_async);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, read_in_thread);
}

TelaDocument *
tela_document_read_finish (GAsyncResult *result,
                           GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What the other thread works on. */
typedef struct
{
  TelaDocument *document; /* borrowed */
  char         *base_dir;
} Seal;

static void
seal_free (gpointer data)
{
  Seal *self = data;

  g_free (self->base_dir);
  g_free (self);
}

static void
seal_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Seal         *seal = data;
  TelaDocument *self = seal->document;
  gsize         len;
  const char   *text = g_bytes_get_data (self->text, &len);

  if (self->sha256 == NULL)
    self->sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->text);
  self->content = tela_document_digest (self->import->elements);
  if (self->can_write)
    tela_document_keep_base (seal->base_dir, self->sha256, text, len);
  g_clear_pointer (&self->text, g_bytes_unref);
  g_task_return_boolean (task, TRUE);
}

void
tela_document_seal_async (TelaDocument       *self,
                          const char         *base_dir,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Seal *seal = g_new0 (Seal, 1);

  seal->document = self;
  seal->base_dir = g_strdup (base_dir);
  g_task_set_source_tag (task, tela_document_seal_async);
  g_task_set_task_data (task, seal, seal_free);
  if (self->text != NULL)
    g_task_run_in_thread (task, seal_in_thread);
  else
    g_task_return_boolean (task, TRUE);
}
