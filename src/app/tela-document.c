/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-document.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define NEW_FILE_MODE 0666 /* less the user's mask */

void
tela_document_free (TelaDocument *self)
{
  g_free (self->path);
  g_free (self->sha256);
  g_free (self->content);
  g_clear_pointer (&self->import, tela_import_free);
  g_clear_pointer (&self->assets, g_ptr_array_unref);
  g_free (self);
}

static const char *
ending_of (const char *path)
{
  const char *base = strrchr (path, G_DIR_SEPARATOR);
  const char *dot = strrchr (base == NULL ? path : base, '.');

  return dot == NULL ? "" : dot;
}

static gboolean
is_tela (const char *path)
{
  return g_ascii_strcasecmp (ending_of (path), ".tela") == 0;
}

gboolean
tela_document_can_write (const char *path)
{
  return g_ascii_strcasecmp (ending_of (path), ".excalidraw") == 0 || is_tela (path);
}

char *
tela_document_dup_name (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);

  return g_filename_display_name (base);
}

char *
tela_document_dup_board_name (const char *path)
{
  char *name = tela_document_dup_name (path);
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';

  return name;
}

static void
collect (const TelaElement *element,
         gpointer           user_data)
{
  g_ptr_array_add (user_data, tela_element_ref (element));
}

GPtrArray *
tela_document_snapshot (TelaBoard *board)
{
  GPtrArray *elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  tela_board_foreach (board, collect, elements);

  return elements;
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  return strcmp (tela_element_get_id (*(TelaElement *const *) a), tela_element_get_id (*(TelaElement *const *) b));
}

/* Of the board's own element only what the picture depends on: its name is not the file's. */
static void
digest_own (GChecksum         *checksum,
            const TelaElement *own)
{
  TelaValue value;

  if (tela_element_get (own, tela_key_intern (TELA_BOARD_APP_STATE, strlen (TELA_BOARD_APP_STATE)), &value, NULL) &&
      value.kind == TELA_VALUE_JSON)
    g_checksum_update (checksum, (const guchar *) value.as.string, (gssize) g_ref_string_length (value.as.string));
}

char *
tela_document_digest (GPtrArray *elements)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  g_ptr_array_extend (sorted, elements, NULL, NULL);
  g_ptr_array_sort (sorted, compare_ids);
  for (guint i = 0; i < sorted->len; i++)
    {
      const TelaElement *element = sorted->pdata[i];
      TelaJsonWriter     writer;

      if (strcmp (tela_element_get_id (element), TELA_BOARD_ELEMENT_ID) == 0)
        digest_own (checksum, element);
      else if (tela_element_is_visible (element))
        {
          g_string_truncate (text, 0);
          tela_json_writer_init (&writer, text, 0);
          tela_element_write_plain (element, &writer);
          g_checksum_update (checksum, (const guchar *) text->str, (gssize) text->len);
        }
    }

  return g_strdup (g_checksum_get_string (checksum));
}

static void
digest_in_thread (GTask        *task,
                  gpointer      source,
                  gpointer      data,
                  GCancellable *cancellable)
{
  g_task_return_pointer (task, tela_document_digest (data), g_free);
}

void
tela_document_digest_async (GPtrArray          *elements,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tela_document_digest_async);
  g_task_set_task_data (task, g_ptr_array_ref (elements), (GDestroyNotify) g_ptr_array_unref);
  g_task_run_in_thread (task, digest_in_thread);
}

char *
tela_document_digest_finish (GAsyncResult *result,
                             GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What a thread works on. */
typedef struct
{
  GFile        *file;     /* owned */
  TelaStore    *store;    /* owned */
  TelaImages   *images;   /* owned */
  GPtrArray    *elements; /* owned */
  TelaDocument *theirs;   /* owned */
  char         *path;
  char         *expected;
  char         *base_dir;
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  g_clear_object (&self->file);
  g_clear_object (&self->store);
  g_clear_pointer (&self->images, tela_images_unref);
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  g_clear_pointer (&self->theirs, tela_document_free);
  g_free (self->path);
  g_free (self->expected);
  g_free (self->base_dir);
  g_free (self);
}

/* The ending tells the reader what it is. */
static char *
base_path (const char *base_dir,
           const char *sha256,
           const char *path)
{
  g_autofree char *name = g_strconcat (sha256, ending_of (path), NULL);

  return g_build_filename (base_dir, name, NULL);
}

/* Without the copy a later merge is coarser, so a failure is no reason to stop. */
static void
keep_base (const char *base_dir,
           const char *sha256,
           const char *path,
           const char *text,
           gsize       len)
{
  g_autofree char *base = base_path (base_dir, sha256, path);

  g_mkdir_with_parents (base_dir, 0700);
  if (!g_file_test (base, G_FILE_TEST_EXISTS))
    g_file_set_contents (base, text, (gssize) len, NULL);
}

static void
drop_base (const char *base_dir,
           const char *sha256,
           const char *path)
{
  g_autofree char *base = base_path (base_dir, sha256, path);

  g_unlink (base);
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

static char *
real_path (const char *path)
{
  char *real = realpath (path, NULL); /* the C library's own allocator */
  char *copy = g_strdup (real == NULL ? path : real);

  free (real);

  return copy;
}

static TelaDocument *
read_document (Job     *job,
               GError **error)
{
  g_autoptr (TelaDocument) self = g_new0 (TelaDocument, 1);
  g_autofree char *given = g_file_get_path (job->file);
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  gsize            len;

  if (given == NULL)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("It is not a file on this computer."));
      return NULL;
    }

  self->path = real_path (given);
  name = tela_document_dup_board_name (self->path);
  /* The reader looks at the size first; the session gives the operations their stamp. */
  self->import = tela_format_read_file (self->path, (TelaStamp){ .time = 1 }, NULL, name, error);
  if (self->import == NULL || !g_file_get_contents (self->path, &text, &len, error))
    return NULL;

  self->sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, len);
  self->content = tela_document_digest (self->import->elements);
  self->assets = put_assets (job->store, self->import, error);
  if (self->assets == NULL)
    return NULL;
  if (tela_document_can_write (self->path))
    keep_base (job->base_dir, self->sha256, self->path, text, len);

  return g_steal_pointer (&self);
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
                          const char         *base_dir,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->file = g_object_ref (file);
  job->store = g_object_ref (store);
  job->base_dir = g_strdup (base_dir);
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

/* Elements are shared between threads, boards are not: this thread makes one of its own. */
static GBytes *
compose (Job     *job,
         GError **error)
{
  g_autoptr (TelaBoard) board = tela_board_new ("");
  g_autoptr (GBytes) bytes = NULL;
  guint n_missing = 0;

  tela_board_merge (board, (TelaElement *const *) job->elements->pdata, job->elements->len);
  if (is_tela (job->path))
    bytes = tela_tela_write (board, tela_images_get, job->images, &n_missing, error);
  else
    {
      gsize len;
      char *text = tela_excalidraw_write (board, tela_images_get, job->images, &n_missing, &len);

      bytes = g_bytes_new_take (text, len);
    }
  if (n_missing == 0 || bytes == NULL)
    return g_steal_pointer (&bytes);

  g_set_error (
      error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
      g_dngettext (NULL, "%u image is not on this computer yet.", "%u images are not on this computer yet.", n_missing),
      n_missing);

  return NULL;
}

static gboolean
replace (const char *path,
         const char *text,
         gsize       len,
         GError    **error)
{
  GStatBuf  status;
  const int mode = g_stat (path, &status) == 0 ? (int) (status.st_mode & 0777) : 0;

  if (!g_file_set_contents_full (path, text, (gssize) len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                 mode == 0 ? NEW_FILE_MODE : mode, error))
    return FALSE;
  /* The user's mask has no say in a file that was there before. */
  if (mode != 0)
    g_chmod (path, mode);

  return TRUE;
}

static TelaDocument *
write_document (Job     *job,
                GError **error)
{
  g_autoptr (TelaDocument) self = g_new0 (TelaDocument, 1);
  g_autoptr (GBytes) bytes = NULL;
  const char *text;
  gsize       len;

  self->path = real_path (job->path);
  if (!is_as_expected (self->path, job->expected, error))
    return NULL;
  bytes = compose (job, error);
  if (bytes == NULL)
    return NULL;
  text = g_bytes_get_data (bytes, &len);
  if (!replace (self->path, text, len, error))
    return NULL;

  self->sha256 = g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guchar *) text, len);
  self->content = tela_document_digest (job->elements);
  keep_base (job->base_dir, self->sha256, self->path, text, len);
  if (job->expected != NULL && strcmp (job->expected, self->sha256) != 0)
    drop_base (job->base_dir, job->expected, self->path);

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
tela_document_write_async (GPtrArray          *elements,
                           TelaImages         *images,
                           const char         *path,
                           const char         *expected,
                           const char         *base_dir,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->elements = g_ptr_array_ref (elements);
  job->images = tela_images_ref (images);
  job->path = g_strdup (path);
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

static GHashTable *
index_of (GPtrArray *elements)
{
  GHashTable *index = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < elements->len; i++)
    g_hash_table_insert (index, (gpointer) tela_element_get_id (elements->pdata[i]), elements->pdata[i]);

  return index;
}

/* What turns @before into @after; NULL: nothing. (transfer full) */
static TelaElement *
change_of (const TelaElement *before,
           const TelaElement *after,
           gboolean           removes)
{
  TelaOpBuilder *builder = tela_op_builder_new (tela_element_get_id (after));
  gboolean       is_own = strcmp (tela_element_get_id (after), TELA_BOARD_ELEMENT_ID) == 0;
  TelaValue      value, old;
  guint          n = 0;

  for (guint i = 0; i < tela_element_get_n (after); i++)
    {
      TelaKey key = tela_element_get_nth (after, i, &value, NULL);

      if ((is_own && (key == TELA_KEY_NAME || key == TELA_KEY_TYPE)) ||
          (tela_element_get (before, key, &old, NULL) && tela_value_equal (old, value)))
        continue;
      tela_op_builder_set (builder, key, tela_value_copy (value));
      n++;
    }
  for (guint i = 0; removes && !is_own && i < tela_element_get_n (before); i++)
    {
      TelaKey key = tela_element_get_nth (before, i, NULL, NULL);

      if (tela_element_get (after, key, NULL, NULL))
        continue;
      tela_op_builder_set (builder, key, (TelaValue){ .kind = TELA_VALUE_UNSET });
      n++;
    }

  if (n > 0)
    return tela_op_builder_end (builder, (TelaStamp){ .time = 1 });
  tela_op_builder_free (builder);

  return NULL;
}

static TelaElement *
removal_of (const TelaElement *element)
{
  TelaOpBuilder *builder = tela_op_builder_new (tela_element_get_id (element));

  tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, TRUE);

  return tela_op_builder_end (builder, (TelaStamp){ .time = 1 });
}

static GPtrArray *
merge (GPtrArray *before,
       GPtrArray *after,
       gboolean   removes)
{
  GPtrArray *ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GHashTable) old = index_of (before);
  g_autoptr (GHashTable) fresh = index_of (after);

  for (guint i = 0; i < after->len; i++)
    {
      TelaElement *element = after->pdata[i];
      TelaElement *known = g_hash_table_lookup (old, tela_element_get_id (element));
      TelaElement *op = known == NULL ? tela_element_ref (element) : change_of (known, element, removes);

      if (op != NULL)
        g_ptr_array_add (ops, op);
    }
  for (guint i = 0; removes && i < before->len; i++)
    if (!g_hash_table_contains (fresh, tela_element_get_id (before->pdata[i])) &&
        tela_element_is_visible (before->pdata[i]))
      g_ptr_array_add (ops, removal_of (before->pdata[i]));

  return ops;
}

static void
merge_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  Job             *job = data;
  g_autofree char *base = base_path (job->base_dir, job->expected, job->theirs->path);
  g_autoptr (TelaImport) before = tela_format_read_file (base, (TelaStamp){ .time = 1 }, NULL, NULL, NULL);
  GPtrArray *ops =
      merge (before == NULL ? job->elements : before->elements, job->theirs->import->elements, before != NULL);

  g_task_return_pointer (task, ops, (GDestroyNotify) g_ptr_array_unref);
}

void
tela_document_merge_async (TelaDocument       *theirs,
                           const char         *before,
                           GPtrArray          *elements,
                           const char         *base_dir,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Job *job = g_new0 (Job, 1);

  job->theirs = theirs;
  job->expected = g_strdup (before);
  job->elements = g_ptr_array_ref (elements);
  job->base_dir = g_strdup (base_dir);
  g_task_set_source_tag (task, tela_document_merge_async);
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, merge_in_thread);
}

GPtrArray *
tela_document_merge_finish (GAsyncResult *result,
                            GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
