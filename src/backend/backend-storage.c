/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* /storage/v1: names, rights, routes. */

#include "backend-storage.h"

#include <string.h>

#include "backend-text.h"

#define NAME_MAX_BYTES 1024
#define BODY_MAX_BYTES (1024 * 1024)
#define HASH_LENGTH 64
#define MAX_NAMES 1000 /* in one request */

void
tela_place_clear (TelaPlace *self)
{
  g_free (self->bucket);
  g_free (self->name);
}

void
tela_grant_clear (TelaGrant *self)
{
  g_free (self->owner);
  g_free (self->of);
}

void
tela_object_clear (TelaObject *self)
{
  g_free (self->id);
  g_free (self->owner);
  g_free (self->hash);
  g_free (self->mime);
  g_free (self->cache_control);
  g_free (self->metadata);
}

/* ---- Answers ---- */

void
tela_storage_no_key (TelaStorage *self)
{
  tela_http_storage_error (self->msg, 404, "not_found", "NoSuchKey", "Object not found");
}

void
tela_storage_denied (TelaStorage *self)
{
  tela_http_storage_error (self->msg, 403, "Unauthorized", "AccessDenied",
                           "new row violates row-level security policy");
}

void
tela_storage_failed (TelaStorage *self)
{
  tela_http_storage_error (self->msg, 500, "Internal", "InternalError", "The server could not do this");
}

void
tela_storage_message (TelaStorage *self,
                      const char  *message)
{
  GString *out = g_string_new (NULL);

  g_string_append_printf (out, "{\"message\":\"%s\"}", message);
  tela_http_json (self->msg, 200, out);
}

void
tela_storage_no_route (TelaStorage *self)
{
  tela_http_text (self->msg, 404, "application/json",
                  "{\"message\":\"Route not found\",\"error\":\"Not Found\",\"statusCode\":404}");
}

gboolean
tela_storage_body (TelaStorage  *self,
                   TelaJsonSpan *body)
{
  if (soup_server_message_get_request_body (self->msg)->length <= BODY_MAX_BYTES && tela_http_body (self->msg, body) &&
      tela_span_is_object (*body))
    return TRUE;
  tela_http_storage_error (self->msg, 400, "InvalidRequest", "InvalidRequest", "The body is no JSON object");
  return FALSE;
}

GStrv
tela_storage_names (TelaStorage *self,
                    TelaJsonSpan body,
                    const char  *member)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  TelaJsonReader reader;
  TelaJsonSpan   list;
  guint          n = 0;
  gboolean       good = tela_json_find (body, member, &list);

  if (good)
    {
      tela_json_reader_init (&reader, list.data, (gssize) list.len);
      good = tela_json_reader_peek (&reader) == TELA_JSON_ARRAY && tela_json_reader_enter_array (&reader);
      while (good && tela_json_reader_next_item (&reader))
        {
          g_autofree char *text = tela_json_reader_peek (&reader) == TELA_JSON_STRING
                                      ? tela_json_reader_string (&reader, NULL, NULL)
                                      : NULL;

          if (text != NULL)
            g_strv_builder_add (builder, text);
          good = text != NULL && ++n <= MAX_NAMES;
        }
    }
  if (good)
    return g_strv_builder_end (builder);
  tela_http_storage_error (self->msg, 400, "InvalidRequest", "InvalidRequest",
                           "A list of at most 1000 names is expected");
  return NULL;
}

/* ---- Names ---- */

/* What Supabase allows, of which no part is empty, "." or "..". */
static gboolean
is_name (const char *name)
{
  g_auto (GStrv) parts = NULL;

  if (*name == '\0' || strlen (name) > NAME_MAX_BYTES ||
      strspn (name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/!.*'() &$=@;:+,?-") !=
          strlen (name))
    return FALSE;
  parts = g_strsplit (name, "/", -1);
  for (guint i = 0; parts[i] != NULL; i++)
    if (*parts[i] == '\0' || strcmp (parts[i], ".") == 0 || strcmp (parts[i], "..") == 0)
      return FALSE;
  return TRUE;
}

gboolean
tela_storage_has_bucket (TelaStorage *self,
                         const char  *bucket)
{
  g_autofree char *found = tela_db_text (self->core->db, "SELECT id FROM buckets WHERE id = ?", "s", bucket);

  if (found == NULL)
    tela_http_storage_error (self->msg, 404, "Bucket not found", "NoSuchBucket", "Bucket not found");
  return found != NULL;
}

static gboolean
is_good_name (const TelaPlace *place)
{
  if (strcmp (place->bucket, TELA_STORAGE_ASSETS) == 0)
    return strlen (place->name) == HASH_LENGTH && tela_is_hex (place->name, HASH_LENGTH);
  return is_name (place->name);
}

gboolean
tela_storage_take_place (TelaStorage *self,
                         const char  *path,
                         TelaPlace   *place)
{
  const char *slash = strchr (path, '/');

  if (slash == NULL || !g_utf8_validate (path, -1, NULL))
    {
      tela_storage_no_route (self);
      return FALSE;
    }
  place->bucket = g_strndup (path, (gsize) (slash - path));
  place->name = g_strdup (slash + 1);
  if (!tela_storage_has_bucket (self, place->bucket))
    return FALSE;
  if (is_good_name (place))
    return TRUE;
  tela_http_storage_error (self->msg, 400, "InvalidKey", "InvalidKey",
                           strcmp (place->bucket, TELA_STORAGE_ASSETS) == 0
                               ? "An object's name is the SHA-256 of its bytes, in lower-case hex"
                               : "Invalid key");
  return FALSE;
}

char *
tela_storage_path (TelaCore   *core,
                   const char *hash)
{
  char prefix[3] = { hash[0], hash[1], '\0' };

  return g_build_filename (core->data_dir, "assets", prefix, hash, NULL);
}

/* ---- Rights ---- */

gboolean
tela_storage_may (TelaStorage     *self,
                  const TelaPlace *place,
                  const char      *owner,
                  const char      *right)
{
  g_autofree char *sql = NULL;
  sqlite3_stmt    *row;
  gboolean         may;

  if (self->claims == NULL)
    return FALSE;
  sql = g_strdup_printf ("SELECT 1 FROM (SELECT ?3 AS bucket_id, ?4 AS name, ?5 AS owner) AS t WHERE %s", right);
  row = tela_db_compile (self->core->db, sql, NULL);
  if (row == NULL)
    return FALSE;
  tela_table_bind_caller (row, self->claims);
  sqlite3_bind_text (row, 3, place->bucket, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (row, 4, place->name, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (row, 5, owner != NULL ? owner : self->claims->sub, -1, SQLITE_TRANSIENT);
  may = sqlite3_step (row) == SQLITE_ROW;
  sqlite3_finalize (row);
  return may;
}

gboolean
tela_storage_is_admin (TelaStorage *self)
{
  if (self->claims != NULL &&
      (tela_claims_is_service (self->claims) ||
       (tela_claims_is_user (self->claims) && strcmp (self->claims->sub, self->core->keys->owner) == 0)))
    return TRUE;
  tela_storage_denied (self);
  return FALSE;
}

gboolean
tela_storage_find (TelaCore        *core,
                   const TelaPlace *place,
                   TelaObject      *object)
{
  sqlite3_stmt *row =
      tela_db_prepare (core->db, NULL,
                       "SELECT id, owner, hash, mime, cache_control, metadata, size, created_at, updated_at"
                       " FROM objects WHERE bucket_id = ? AND name = ?",
                       "ss", place->bucket, place->name);

  if (row == NULL || !tela_db_step (core->db, row, NULL))
    return FALSE;
  object->id = tela_db_column (row, 0);
  object->owner = tela_db_column (row, 1);
  object->hash = tela_db_column (row, 2);
  object->mime = tela_db_column (row, 3);
  object->cache_control = tela_db_column (row, 4);
  object->metadata = tela_db_column (row, 5);
  object->size = sqlite3_column_int64 (row, 6);
  object->created_at = sqlite3_column_int64 (row, 7);
  object->updated_at = sqlite3_column_int64 (row, 8);
  sqlite3_reset (row);
  return TRUE;
}

gboolean
tela_storage_find_visible (TelaStorage     *self,
                           const TelaPlace *place,
                           TelaObject      *object)
{
  if (tela_storage_find (self->core, place, object) &&
      tela_storage_may (self, place, object->owner != NULL ? object->owner : "", TELA_STORAGE_MAY_READ))
    return TRUE;
  tela_storage_no_key (self);
  return FALSE;
}

/* ---- Routes ---- */

enum
{
  ANYBODY = 1 << 0, /* nobody need be signed in */
};

/* Longer paths first. */
static const struct
{
  const char *method, *path;
  guint       flags;
  void (*handle) (TelaStorage *self, const char *path);
} routes[] = {
  { "GET", "object/public/", ANYBODY, tela_storage_download_public },
  { "GET", "object/info/", 0, tela_storage_info },
  { "GET", "object/authenticated/", 0, tela_storage_download },
  { "GET", "object/sign/", ANYBODY, tela_storage_download_signed },
  { "PUT", "object/upload/sign/", ANYBODY, tela_storage_upload_signed },
  { "POST", "object/upload/sign/", 0, tela_storage_sign_upload },
  { "POST", "object/sign/", 0, tela_storage_sign },
  { "POST", "object/list/", 0, tela_storage_list },
  { "POST", "object/move", 0, tela_storage_move },
  { "POST", "object/copy", 0, tela_storage_copy },
  { "GET", "object/", 0, tela_storage_download },
  { "POST", "object/", 0, tela_storage_upload },
  { "PUT", "object/", 0, tela_storage_upload },
  { "DELETE", "object/", 0, tela_storage_remove },
  { "GET", "bucket", 0, tela_storage_buckets },
  { "POST", "bucket", 0, tela_storage_buckets },
  { "PUT", "bucket", 0, tela_storage_buckets },
  { "DELETE", "bucket", 0, tela_storage_buckets },
};

static gboolean
is_signed_in (const TelaClaims *claims)
{
  return claims != NULL && (tela_claims_is_user (claims) || tela_claims_is_service (claims));
}

static void
refuse (SoupServerMessage *msg,
        const GError      *error)
{
  tela_http_storage_error (msg, 403, "Unauthorized", "AccessDenied", error != NULL ? error->message : "Sign in first");
}

gboolean
tela_storage_admit (TelaCore          *core,
                    SoupServerMessage *msg)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaClaims) claims = tela_http_authenticate (core, msg, &error);
  TelaStorage self = { core, msg, claims, soup_server_message_get_method (msg) };
  const char *path = g_uri_get_path (soup_server_message_get_uri (msg));
  const char *prefix = "/storage/v1/object/upload/sign/";
  g_auto (TelaGrant) grant = { 0 };

  if (strcmp (self.method, "PUT") == 0 && g_str_has_prefix (path, prefix))
    return tela_storage_check_upload_token (&self, path + strlen (prefix), &grant);
  if (is_signed_in (claims))
    return TRUE;
  refuse (msg, error);
  return FALSE;
}

void
tela_storage_handle (TelaCore          *core,
                     SoupServerMessage *msg,
                     const char        *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaClaims) claims = tela_http_authenticate (core, msg, &error);
  TelaStorage self = { core, msg, claims, soup_server_message_get_method (msg) };
  const char *method = strcmp (self.method, "HEAD") == 0 ? "GET" : self.method;

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (strcmp (method, routes[i].method) == 0 && g_str_has_prefix (path, routes[i].path))
      {
        if ((routes[i].flags & ANYBODY) == 0 && !is_signed_in (claims))
          refuse (msg, error);
        else
          routes[i].handle (&self, path + strlen (routes[i].path));
        return;
      }
  tela_storage_no_route (&self);
}
