/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Uploads. */

#include "backend-storage.h"

#include <errno.h>
#include <string.h>

typedef struct
{
  TelaCore          *core;
  SoupServerMessage *msg;
  TelaContent        content;
  TelaPlace          place;
  TelaGrant          grant;

  char *hash; /* of the worker */
  char *path;
} Upload;

static void
upload_free (Upload *self)
{
  g_object_unref (self->msg);
  tela_content_clear (&self->content);
  tela_place_clear (&self->place);
  tela_grant_clear (&self->grant);
  g_free (self->hash);
  g_free (self->path);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Upload, upload_free)

gboolean
tela_place_is_of_assets (const TelaPlace *place)
{
  return strcmp (place->bucket, TELA_STORAGE_ASSETS) == 0;
}

/* ---- Bytes ---- */

static void
store_in_worker (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  Upload          *upload = data;
  g_autofree char *dir = NULL;
  GError          *error = NULL;
  gsize            len;
  const char      *bytes = g_bytes_get_data (upload->content.bytes, &len);

  upload->hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, upload->content.bytes);
  upload->path = tela_storage_path (upload->core, upload->hash);
  dir = g_path_get_dirname (upload->path);
  if ((tela_place_is_of_assets (&upload->place) && strcmp (upload->hash, upload->place.name) != 0) ||
      g_file_test (upload->path, G_FILE_TEST_EXISTS))
    g_task_return_boolean (task, TRUE);
  else if (g_mkdir_with_parents (dir, 0700) != 0)
    g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
  else if (!g_file_set_contents_full (upload->path, bytes, (gssize) len,
                                      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* ---- Rows ---- */

static gboolean
write_row (const Upload *upload,
           char        **id)
{
  gint64 size = (gint64) g_bytes_get_size (upload->content.bytes);
  gint64 now = tela_now_ms ();

  *id = g_uuid_string_random ();
  if (!tela_db_run (upload->core->db, NULL,
                    "INSERT INTO objects (id, bucket_id, name, owner, hash, mime, size, cache_control, metadata,"
                    " created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)"
                    " ON CONFLICT (bucket_id, name) DO UPDATE SET hash = excluded.hash, mime = excluded.mime,"
                    " size = excluded.size, cache_control = excluded.cache_control, metadata = excluded.metadata,"
                    " updated_at = excluded.updated_at",
                    "ssssssissi", *id, upload->place.bucket, upload->place.name, upload->grant.owner, upload->hash,
                    upload->content.mime, size, upload->content.cache_control, upload->content.metadata, now))
    return FALSE;
  g_free (*id);
  *id = tela_db_text (upload->core->db, "SELECT id FROM objects WHERE bucket_id = ? AND name = ?", "ss",
                      upload->place.bucket, upload->place.name);
  return *id != NULL;
}

/* Somebody is about to name it, and it is not to be collected before that. */
static void
touch (const Upload *upload)
{
  tela_db_run (upload->core->db, NULL, "UPDATE objects SET updated_at = ?, named = 0 WHERE bucket_id = ? AND name = ?", "iss",
               tela_now_ms (), upload->place.bucket, upload->place.name);
}

void
tela_storage_answer_place (SoupServerMessage *msg,
                           const char        *id,
                           const TelaPlace   *place)
{
  g_autofree char *key = g_strconcat (place->bucket, "/", place->name, NULL);
  GString         *out = g_string_new (NULL);
  TelaJsonWriter   writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "Id", id);
  tela_json_writer_put_string (&writer, "Key", key);
  tela_json_writer_end_object (&writer);
  tela_http_json (msg, 200, out);
}

static void
say_duplicate (SoupServerMessage *msg)
{
  tela_http_storage_error (msg, 409, "Duplicate", "KeyAlreadyExists", "The resource already exists");
}

/* What is there may be somebody else's by now. */
static gboolean
may_replace (const TelaGrant  *grant,
             const TelaObject *before)
{
  return grant->upsert && g_strcmp0 (before->owner, grant->of) == 0;
}

/* The bytes are on disk. */
static void
finish_upload (Upload *upload)
{
  TelaStorage storage = { upload->core, upload->msg, NULL, "" };
  g_auto (TelaObject) before = { 0 };
  g_autofree char *id = NULL;
  gboolean         there = tela_storage_find (upload->core, &upload->place, &before);

  if (tela_place_is_of_assets (&upload->place) && strcmp (upload->hash, upload->place.name) != 0)
    tela_http_storage_error (upload->msg, 400, "InvalidKey", "InvalidKey",
                             "The bytes are not those that the name says");
  else if (tela_place_is_of_assets (&upload->place) && there)
    {
      touch (upload);
      tela_storage_answer_place (upload->msg, before.id, &upload->place);
    }
  else if (there && !may_replace (&upload->grant, &before))
    say_duplicate (upload->msg); /* somebody was quicker */
  else if (!write_row (upload, &id))
    tela_storage_failed (&storage);
  else
    tela_storage_answer_place (upload->msg, id, &upload->place);
  if (there && strcmp (before.hash, upload->hash) != 0)
    tela_storage_let_go (upload->core, before.hash);
}

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  TelaCore *core = data;
  g_autoptr (Upload) upload = g_task_get_task_data (G_TASK (result));
  TelaStorage storage = { core, upload->msg, NULL, "" };
  g_autoptr (GError) error = NULL;

  core->n_jobs--;
  core->n_uploads--;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    finish_upload (upload);
  else
    {
      g_message ("An object could not be stored: %s", error->message);
      tela_storage_failed (&storage);
    }
  if (upload->hash != NULL)
    tela_storage_let_go (core, upload->hash); /* if it was refused */
  if (core->n_uploads == 0)
    tela_storage_let_go_orphans (core);
  soup_server_message_unpause (upload->msg);
}

/* What the bucket allows. FALSE: answered. */
static gboolean
fits_bucket (const Upload *upload)
{
  g_autofree char *limit =
      tela_db_text (upload->core->db, "SELECT file_size_limit FROM buckets WHERE id = ?", "s", upload->place.bucket);
  g_autofree char *fits = NULL;

  if (limit != NULL && g_bytes_get_size (upload->content.bytes) > g_ascii_strtoull (limit, NULL, 10))
    {
      tela_http_storage_error (upload->msg, 413, "Payload too large", "EntityTooLarge",
                               "The object exceeded the maximum allowed size");
      return FALSE;
    }
  /* A type may be a pattern, as of all images. */
  fits = tela_db_text (upload->core->db,
                       "SELECT 1 FROM buckets WHERE id = ?1 AND (allowed_mime_types IS NULL OR"
                       " EXISTS (SELECT 1 FROM json_each (allowed_mime_types) WHERE ?2 GLOB value))",
                       "ss", upload->place.bucket, upload->content.mime);
  if (fits == NULL)
    tela_http_storage_error (upload->msg, 415, "invalid_mime_type", "InvalidMimeType", "mime type is not supported");
  return fits != NULL;
}

/* ---- Uploading ---- */

gboolean
tela_storage_wants_upsert (TelaStorage *self)
{
  const char *header = soup_message_headers_get_one (soup_server_message_get_request_headers (self->msg), "x-upsert");

  return header != NULL && g_ascii_strcasecmp (header, "true") == 0;
}

gboolean
tela_storage_may_upload (TelaStorage     *self,
                         const TelaPlace *place,
                         gboolean         upsert,
                         TelaGrant       *grant)
{
  g_auto (TelaObject) object = { 0 };
  gboolean there = tela_storage_find (self->core, place, &object);
  gboolean may;

  if (!there || tela_place_is_of_assets (place))
    may = tela_storage_may (self, place, NULL, TELA_STORAGE_MAY_ADD);
  else
    may = tela_storage_may (self, place, object.owner != NULL ? object.owner : "", TELA_STORAGE_MAY_CHANGE);
  if (!may)
    tela_storage_denied (self);
  else if (there && !upsert && !tela_place_is_of_assets (place))
    say_duplicate (self->msg);
  else
    {
      const char *own = self->claims->sub;

      *grant = (TelaGrant){ g_strdup (own), g_strdup (there ? object.owner : own), upsert };
      return TRUE;
    }
  return FALSE;
}

/* Takes @place and @grant. Summing and writing are a worker's: nobody else waits for a large file. */
static void
start_upload (TelaStorage *self,
              TelaPlace   *place,
              TelaGrant   *grant)
{
  TelaCore *core = self->core;
  g_autoptr (Upload) upload = g_new0 (Upload, 1);
  g_autoptr (GTask) task = NULL;

  upload->core = core;
  upload->msg = g_object_ref (self->msg);
  upload->place = (TelaPlace){ g_steal_pointer (&place->bucket), g_steal_pointer (&place->name) };
  upload->grant = (TelaGrant){ g_steal_pointer (&grant->owner), g_steal_pointer (&grant->of), grant->upsert };
  tela_content_take (&upload->content, &upload->place, self->msg);
  if (upload->content.bytes == NULL)
    {
      tela_http_storage_error (self->msg, 400, "InvalidRequest", "InvalidRequest", "The form holds no file");
      return;
    }
  if (!fits_bucket (upload))
    return;
  core->n_jobs++;
  core->n_uploads++;
  soup_server_message_pause (self->msg);
  task = g_task_new (NULL, NULL, stored_cb, core);
  g_task_set_task_data (task, g_steal_pointer (&upload), NULL); /* freed by stored_cb() */
  g_task_run_in_thread (task, store_in_worker);
}

void
tela_storage_upload (TelaStorage *self,
                     const char  *path)
{
  g_auto (TelaPlace) place = { 0 };
  g_auto (TelaObject) object = { 0 };
  g_auto (TelaGrant) grant = { 0 };
  gboolean put = strcmp (self->method, "PUT") == 0;
  gboolean upsert = put || tela_storage_wants_upsert (self);

  if (!tela_storage_take_place (self, path, &place) || !tela_storage_may_upload (self, &place, upsert, &grant))
    return;
  if (put && !tela_place_is_of_assets (&place) && !tela_storage_find (self->core, &place, &object))
    tela_storage_no_key (self);
  else
    start_upload (self, &place, &grant);
}

void
tela_storage_upload_signed (TelaStorage *self,
                            const char  *path)
{
  g_auto (TelaPlace) place = { 0 };
  g_auto (TelaGrant) grant = { 0 };

  if (tela_storage_take_place (self, path, &place) && tela_storage_check_upload_token (self, path, &grant))
    start_upload (self, &place, &grant);
}
