/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* /storage/v1: the bucket "assets", whose objects are named by the SHA-256 of their bytes. */

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "backend-http.h"
#include "backend-text.h"

#define BUCKET "assets"
#define HASH_LENGTH 64

typedef struct
{
  TelaCore          *core;
  SoupServerMessage *msg;
  GBytes            *bytes;
  char              *hash;
  char              *path;
  gboolean           matches;
} Upload;

static void
upload_free (Upload *self)
{
  g_object_unref (self->msg);
  g_bytes_unref (self->bytes);
  g_free (self->hash);
  g_free (self->path);
  g_free (self);
}

static char *
object_path (TelaCore   *core,
             const char *hash)
{
  char prefix[3] = { hash[0], hash[1], '\0' };

  return g_build_filename (core->data_dir, "assets", prefix, hash, NULL);
}

/* The hash that the path names; NULL: answered. */
static const char *
take_hash (SoupServerMessage *msg,
           const char        *path)
{
  static const char *const prefixes[] = { "object/authenticated/", "object/" };
  const char              *name = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (prefixes) && name == NULL; i++)
    if (g_str_has_prefix (path, prefixes[i]))
      name = path + strlen (prefixes[i]);
  if (name == NULL)
    tela_http_text (msg, 404, "application/json",
                    "{\"message\":\"Route not found\",\"error\":\"Not Found\",\"statusCode\":404}");
  else if (!g_str_has_prefix (name, BUCKET "/"))
    tela_http_storage_error (msg, 404, "Bucket not found", "NoSuchBucket", "Bucket not found");
  else
    {
      name += strlen (BUCKET "/");
      if (strlen (name) == HASH_LENGTH && tela_is_hex (name, HASH_LENGTH))
        return name;
      tela_http_storage_error (msg, 400, "InvalidKey", "InvalidKey",
                               "An object's name is the SHA-256 of its bytes, in lower-case hex");
    }
  return NULL;
}

gboolean
tela_storage_admit (TelaCore          *core,
                    SoupServerMessage *msg)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaClaims) claims = tela_http_authenticate (core, msg, &error);

  if (claims != NULL && (tela_claims_is_user (claims) || tela_claims_is_service (claims)))
    return TRUE;
  tela_http_storage_error (msg, 403, "Unauthorized", "AccessDenied", error != NULL ? error->message : "Sign in first");
  return FALSE;
}

/* ---- Uploads ---- */

static void
store_in_worker (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  Upload          *upload = data;
  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, upload->bytes);
  g_autofree char *dir = g_path_get_dirname (upload->path);
  GError          *error = NULL;
  gsize            len;
  const char      *bytes = g_bytes_get_data (upload->bytes, &len);

  upload->matches = strcmp (sum, upload->hash) == 0;
  if (!upload->matches || g_file_test (upload->path, G_FILE_TEST_EXISTS))
    g_task_return_boolean (task, TRUE);
  else if (g_mkdir_with_parents (dir, 0700) != 0)
    g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
  else if (!g_file_set_contents_full (upload->path, bytes, (gssize) len,
                                      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

/* What a browser may be told that the bytes are. */
static char *
safe_type (SoupServerMessage *msg)
{
  const char *type = soup_message_headers_get_content_type (soup_server_message_get_request_headers (msg), NULL);

  if (type != NULL && strlen (type) < 100 &&
      strspn (type, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+.-") == strlen (type))
    return g_strdup (type);
  return g_strdup ("application/octet-stream");
}

static void
answer_upload (Upload *upload)
{
  g_autofree char *type = safe_type (upload->msg);
  g_autofree char *id = g_uuid_string_random ();
  GString         *out;

  if (!upload->matches)
    {
      tela_http_storage_error (upload->msg, 400, "InvalidKey", "InvalidKey",
                               "The bytes are not those that the name says");
      return;
    }
  if (!tela_db_run (
          upload->core->db, NULL,
          "INSERT INTO objects (id, bucket_id, name, hash, mime, size, cache_control, created_at, updated_at)"
          " VALUES (?1, 'assets', ?2, ?2, ?3, ?4, 'max-age=31536000', ?5, ?5) ON CONFLICT DO NOTHING",
          "sssii", id, upload->hash, type, (gint64) g_bytes_get_size (upload->bytes), tela_now_ms ()))
    {
      tela_http_storage_error (upload->msg, 500, "Internal", "InternalError", "The server could not store this");
      return;
    }
  out = g_string_new (NULL);
  g_string_append_printf (out, "{\"Id\":\"%s\",\"Key\":\"" BUCKET "/%s\"}", upload->hash, upload->hash);
  tela_http_json (upload->msg, 200, out);
}

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  TelaCore *core = data;
  Upload   *upload = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;

  core->n_jobs--;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    answer_upload (upload);
  else
    {
      g_message ("An asset could not be stored: %s", error->message);
      tela_http_storage_error (upload->msg, 500, "Internal", "InternalError", "The server could not store this");
    }
  soup_server_message_unpause (upload->msg);
}

/* Summing and writing are a worker's: nobody else waits for a large file. */
static void
put (TelaCore          *core,
     SoupServerMessage *msg,
     const char        *hash)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, stored_cb, core);
  Upload *upload = g_new0 (Upload, 1);

  upload->core = core;
  upload->msg = g_object_ref (msg);
  upload->bytes = soup_message_body_flatten (soup_server_message_get_request_body (msg));
  upload->hash = g_strdup (hash);
  upload->path = object_path (core, hash);
  g_task_set_task_data (task, upload, (GDestroyNotify) upload_free);
  core->n_jobs++;
  soup_server_message_pause (msg);
  g_task_run_in_thread (task, store_in_worker);
}

/* ---- Downloads ---- */

static void
get (TelaCore          *core,
     SoupServerMessage *msg,
     const char        *hash)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);
  g_autofree char    *path = object_path (core, hash);
  g_autofree char    *type = tela_db_text (core->db, "SELECT mime FROM objects WHERE bucket_id = 'assets' AND name = ?", "s", hash);
  g_autofree char    *tag = g_strconcat ("\"", hash, "\"", NULL);
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  g_autoptr (GBytes) bytes = NULL;

  if (file == NULL)
    {
      tela_http_storage_error (msg, 404, "not_found", "NoSuchKey", "Object not found");
      return;
    }
  bytes = g_mapped_file_get_bytes (file);
  soup_message_headers_set_content_type (headers, type != NULL ? type : "application/octet-stream", NULL);
  soup_message_headers_replace (headers, "Cache-Control", "private, max-age=31536000, immutable");
  soup_message_headers_replace (headers, "Content-Security-Policy", "sandbox");
  soup_message_headers_replace (headers, "ETag", tag);
  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  soup_server_message_set_status (msg, 200, NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (msg), bytes);
}

void
tela_storage_handle (TelaCore          *core,
                     SoupServerMessage *msg,
                     const char        *path)
{
  const char *method = soup_server_message_get_method (msg);
  const char *hash = take_hash (msg, path);

  if (hash == NULL || !tela_storage_admit (core, msg))
    return;
  if (strcmp (method, "POST") == 0 || strcmp (method, "PUT") == 0)
    put (core, msg, hash);
  else if (strcmp (method, "GET") == 0 || strcmp (method, "HEAD") == 0)
    get (core, msg, hash);
  else
    tela_http_empty (msg, 405);
}
