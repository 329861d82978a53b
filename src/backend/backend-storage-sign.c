/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Links that carry their own right: a token of this server's that names the object, what may be done, and until when.
 * It has no role, so that nothing else takes it; and nothing else has its scope. */

#include "backend-storage.h"

#include <string.h>

#include "backend-text.h"

#define MAX_SECONDS (G_GINT64_CONSTANT (10) * 365 * 24 * 3600)
#define UPLOAD_SECONDS 7200

/* ---- Giving ---- */

/* (transfer full) */
static char *
sign (TelaStorage     *self,
      const TelaPlace *place,
      const char      *scope,
      gint64           seconds,
      const TelaGrant *grant) /* of an upload */
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *url = g_strconcat (place->bucket, "/", place->name, NULL);
  gint64           now_s = tela_now_ms () / 1000;
  TelaJsonWriter   writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "url", url);
  tela_json_writer_put_string (&writer, "scope", scope);
  tela_json_writer_put_string (&writer, "owner", self->claims->sub);
  if (grant != NULL)
    {
      tela_json_writer_put_string (&writer, "of", grant->of);
      tela_json_writer_put_boolean (&writer, "upsert", grant->upsert);
    }
  tela_json_writer_put_int (&writer, "iat", now_s);
  tela_json_writer_put_int (&writer, "exp", now_s + seconds);
  tela_json_writer_end_object (&writer);
  return tela_jwt_sign (out->str, self->core->keys->secret);
}

static void
write_link (TelaJsonWriter  *writer,
            const char      *name,
            const char      *prefix,
            const TelaPlace *place,
            const char      *token)
{
  g_autofree char *link = g_strconcat (prefix, place->bucket, "/", place->name, "?token=", token, NULL);

  tela_json_writer_put_string (writer, name, link);
}

/* FALSE: answered. */
static gboolean
take_seconds (TelaStorage *self,
              TelaJsonSpan body,
              gint64      *seconds)
{
  if (tela_int_member (body, "expiresIn", seconds) && *seconds > 0 && *seconds <= MAX_SECONDS)
    return TRUE;
  tela_http_storage_error (self->msg, 400, "InvalidRequest", "InvalidRequest",
                           "expiresIn is a number of seconds above 0");
  return FALSE;
}

static void
sign_one (TelaStorage *self,
          const char  *path,
          gint64       seconds)
{
  g_auto (TelaPlace) place = { 0 };
  g_auto (TelaObject) object = { 0 };
  g_autofree char *token = NULL;
  GString         *out;
  TelaJsonWriter   writer;

  if (!tela_storage_take_place (self, path, &place) || !tela_storage_find_visible (self, &place, &object))
    return;
  token = sign (self, &place, "download", seconds, NULL);
  out = g_string_new (NULL);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  write_link (&writer, "signedURL", "/object/sign/", &place, token);
  tela_json_writer_end_object (&writer);
  tela_http_json (self->msg, 200, out);
}

static void
write_signed (TelaStorage    *self,
              TelaJsonWriter *writer,
              const char     *bucket,
              const char     *name,
              gint64          seconds)
{
  g_auto (TelaPlace) place = { g_strdup (bucket), g_strdup (name) };
  g_auto (TelaObject) object = { 0 };
  gboolean         good;
  g_autofree char *token = NULL;

  good = tela_storage_find (self->core, &place, &object) &&
         tela_storage_may (self, &place, object.owner != NULL ? object.owner : "", TELA_STORAGE_MAY_READ);
  tela_json_writer_begin_object (writer);
  tela_json_writer_put_string (writer, "error", good ? NULL : "Either the object does not exist or you do not have access to it");
  tela_json_writer_put_string (writer, "path", name);
  if (good)
    {
      token = sign (self, &place, "download", seconds, NULL);
      write_link (writer, "signedURL", "/object/sign/", &place, token);
    }
  else
    {
      tela_json_writer_name (writer, "signedURL");
      tela_json_writer_null (writer);
    }
  tela_json_writer_end_object (writer);
}

static void
sign_many (TelaStorage *self,
           const char  *bucket,
           TelaJsonSpan body,
           gint64       seconds)
{
  g_auto (GStrv) paths = tela_storage_names (self, body, "paths");
  GString       *out;
  TelaJsonWriter writer;

  if (paths == NULL || !tela_storage_has_bucket (self, bucket))
    return;
  out = g_string_new (NULL);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; paths[i] != NULL; i++)
    write_signed (self, &writer, bucket, paths[i], seconds);
  tela_json_writer_end_array (&writer);
  tela_http_json (self->msg, 200, out);
}

void
tela_storage_sign (TelaStorage *self,
                   const char  *path)
{
  TelaJsonSpan body;
  gint64       seconds;

  if (!tela_storage_body (self, &body) || !take_seconds (self, body, &seconds))
    return;
  if (strchr (path, '/') != NULL)
    sign_one (self, path, seconds);
  else
    sign_many (self, path, body, seconds);
}

void
tela_storage_sign_upload (TelaStorage *self,
                          const char  *path)
{
  g_auto (TelaPlace) place = { 0 };
  g_auto (TelaGrant) grant = { 0 };
  g_autofree char *token = NULL;
  GString         *out;
  TelaJsonWriter   writer;

  if (!tela_storage_take_place (self, path, &place) || !tela_storage_may_upload (self, &place, tela_storage_wants_upsert (self), &grant))
    return;
  token = sign (self, &place, "upload", UPLOAD_SECONDS, &grant);
  out = g_string_new (NULL);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  write_link (&writer, "url", "/object/upload/sign/", &place, token);
  tela_json_writer_put_string (&writer, "token", token);
  tela_json_writer_end_object (&writer);
  tela_http_json (self->msg, 200, out);
}

/* ---- Taking ---- */

/* The member "url" of the query's token must be @url. NULL: answered. (transfer full): what the token says */
static char *
open_token (TelaStorage *self,
            const char  *url,
            const char  *scope)
{
  g_autofree char *token = tela_http_query (self->msg, "token");
  g_autoptr (GError) error = NULL;
  g_autofree char *payload = NULL;
  g_autofree char *of_url = NULL;
  g_autofree char *of_scope = NULL;

  payload = tela_jwt_read (token != NULL ? token : "", self->core->keys->secret, tela_now_ms () / 1000, &error);
  if (payload != NULL)
    {
      TelaJsonSpan span = { payload, strlen (payload) };

      of_url = tela_pick_text (span, "url");
      of_scope = tela_pick_text (span, "scope");
    }
  if (g_strcmp0 (of_url, url) == 0 && g_strcmp0 (of_scope, scope) == 0)
    return g_steal_pointer (&payload);
  if (g_error_matches (error, TELA_JWT_ERROR, TELA_JWT_ERROR_EXPIRED))
    tela_http_storage_error (self->msg, 400, "InvalidJWT", "InvalidJWT", "\"exp\" claim timestamp check failed");
  else
    tela_http_storage_error (self->msg, 400, "InvalidSignature", "InvalidSignature", "Invalid signature");
  return NULL;
}

void
tela_storage_download_signed (TelaStorage *self,
                              const char  *path)
{
  g_auto (TelaPlace) place = { 0 };
  g_auto (TelaObject) object = { 0 };
  g_autofree char *payload = NULL;

  if (!tela_storage_take_place (self, path, &place))
    return;
  payload = open_token (self, path, "download");
  if (payload == NULL)
    return;
  if (tela_storage_find (self->core, &place, &object))
    tela_storage_serve (self, &object);
  else
    tela_storage_no_key (self);
}

gboolean
tela_storage_check_upload_token (TelaStorage *self,
                                 const char  *path,
                                 TelaGrant   *grant)
{
  g_autofree char *payload = open_token (self, path, "upload");
  TelaJsonSpan     span = { payload, payload != NULL ? strlen (payload) : 0 };

  if (payload == NULL)
    return FALSE;
  grant->owner = tela_pick_text (span, "owner");
  grant->of = tela_pick_text (span, "of");
  grant->upsert = tela_flag_member (span, "upsert", FALSE);
  return TRUE;
}
