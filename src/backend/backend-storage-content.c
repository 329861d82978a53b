/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What an upload brings, as it may be kept. */

#include "backend-storage.h"

#include <string.h>

#include "backend-text.h"

#define METADATA_MAX_BYTES 8192
#define TYPE_MAX_BYTES 100

void
tela_content_clear (TelaContent *self)
{
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self->mime);
  g_free (self->cache_control);
  g_free (self->metadata);
}

/* What a browser may be told that the bytes are. (transfer full) */
static char *
safe_type (const char *type)
{
  if (type != NULL && *type != '\0' && strlen (type) < TYPE_MAX_BYTES &&
      strspn (type, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/+.-") == strlen (type))
    return g_strdup (type);
  return g_strdup ("application/octet-stream");
}

/* (transfer full) */
static char *
safe_cache_control (const TelaPlace *place,
                    const char      *text)
{
  if (tela_place_is_of_assets (place))
    return g_strdup ("private, max-age=31536000, immutable");
  if (text != NULL && *text != '\0' && strlen (text) < TYPE_MAX_BYTES && strspn (text, "0123456789") == strlen (text))
    return g_strconcat ("max-age=", text, NULL);
  if (text != NULL && *text != '\0' && strlen (text) < TYPE_MAX_BYTES &&
      strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789=-, ") == strlen (text))
    return g_strdup (text);
  return g_strdup ("no-cache");
}

/* An object of JSON, or nothing. (transfer full) */
static char *
safe_metadata (const char *text)
{
  TelaJsonSpan span = { text, text != NULL ? strlen (text) : 0 };

  if (text == NULL || span.len > METADATA_MAX_BYTES || !tela_json_check (text, (gssize) span.len, NULL) ||
      !tela_span_is_object (span))
    return NULL;
  return g_strdup (text);
}

/* A browser's form: fields "cacheControl" and "metadata", and the file. */
static void
take_form (TelaContent        *self,
           const TelaPlace    *place,
           SoupMessageHeaders *headers,
           GBytes             *body)
{
  g_autoptr (SoupMultipart) form = soup_multipart_new_from_message (headers, body);
  g_autofree char *cache_control = NULL;
  g_autofree char *metadata = NULL;

  for (int i = 0; form != NULL && i < soup_multipart_get_length (form); i++)
    {
      g_autoptr (GHashTable) params = NULL;
      g_autofree char    *disposition = NULL;
      SoupMessageHeaders *part_headers;
      GBytes             *part;
      const char         *name;

      soup_multipart_get_part (form, i, &part_headers, &part);
      if (!soup_message_headers_get_content_disposition (part_headers, &disposition, &params))
        continue;
      name = g_hash_table_lookup (params, "name");
      if (g_strcmp0 (name, "cacheControl") == 0 && cache_control == NULL)
        cache_control = g_strndup (g_bytes_get_data (part, NULL), g_bytes_get_size (part));
      else if (g_strcmp0 (name, "metadata") == 0 && metadata == NULL)
        metadata = g_strndup (g_bytes_get_data (part, NULL), g_bytes_get_size (part));
      else if (self->bytes == NULL)
        {
          self->bytes = g_bytes_ref (part);
          self->mime = safe_type (soup_message_headers_get_content_type (part_headers, NULL));
        }
    }
  self->cache_control = safe_cache_control (place, cache_control);
  self->metadata = safe_metadata (metadata);
}

static void
take_raw (TelaContent        *self,
          const TelaPlace    *place,
          SoupMessageHeaders *headers,
          GBytes             *body)
{
  const char      *packed = soup_message_headers_get_one (headers, "x-metadata");
  g_autofree char *metadata = NULL;

  if (packed != NULL && strlen (packed) <= 2 * METADATA_MAX_BYTES)
    {
      gsize              len;
      g_autofree guchar *bytes = g_base64_decode (packed, &len);

      metadata = g_strndup ((const char *) bytes, len);
    }
  self->bytes = g_bytes_ref (body);
  self->mime = safe_type (soup_message_headers_get_content_type (headers, NULL));
  self->cache_control = safe_cache_control (place, soup_message_headers_get_one (headers, "Cache-Control"));
  self->metadata = safe_metadata (metadata);
}

void
tela_content_take (TelaContent       *self,
                   const TelaPlace   *place,
                   SoupServerMessage *msg)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (msg);
  const char         *type = soup_message_headers_get_content_type (headers, NULL);
  g_autoptr (GBytes) body = soup_message_body_flatten (soup_server_message_get_request_body (msg));

  if (type != NULL && g_ascii_strcasecmp (type, "multipart/form-data") == 0)
    take_form (self, place, headers, body);
  else
    take_raw (self, place, headers, body);
}
