/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-http.h"

#include <string.h>

#include "backend-bodies.h"
#include "backend-broadcast.h"

#include "backend-backup.h"
#include "backend-gate.h"
#include "backend-share.h"

#define JSON_TYPE "application/json; charset=utf-8"
#define API_VERSION "2024-01-01"

/* ---- Requests ---- */

const char *
tela_http_get_bearer (SoupServerMessage *msg)
{
  const char *header = soup_message_headers_get_one (soup_server_message_get_request_headers (msg), "Authorization");

  if (header == NULL || g_ascii_strncasecmp (header, "Bearer ", 7) != 0)
    return NULL;
  return header + 7;
}

char *
tela_http_query (SoupServerMessage *msg,
                 const char        *name)
{
  const char    *query = g_uri_get_query (soup_server_message_get_uri (msg));
  GUriParamsIter iter;
  char          *key, *value;

  if (query == NULL)
    return NULL;
  g_uri_params_iter_init (&iter, query, -1, "&", G_URI_PARAMS_WWW_FORM);
  while (g_uri_params_iter_next (&iter, &key, &value, NULL))
    {
      gboolean found = strcmp (key, name) == 0;

      g_free (key);
      if (found)
        return value;
      g_free (value);
    }
  return NULL;
}

TelaClaims *
tela_http_authenticate (TelaCore          *core,
                        SoupServerMessage *msg,
                        GError           **error)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (msg);
  g_autofree char    *query = NULL;
  const char         *token = tela_http_get_bearer (msg);

  if (token == NULL)
    token = soup_message_headers_get_one (headers, "apikey");
  if (token == NULL)
    token = query = tela_http_query (msg, "apikey");
  if (token == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "No API key found in request");
      return NULL;
    }
  return tela_jwt_verify (token, core->keys->secret, tela_now_ms () / 1000, error);
}

gboolean
tela_http_body (SoupServerMessage *msg,
                TelaJsonSpan      *body)
{
  SoupMessageBody         *request = soup_server_message_get_request_body (msg);
  g_autoptr (GBytes) bytes G_GNUC_UNUSED = soup_message_body_flatten (request);

  *body = (TelaJsonSpan){ request->data, (gsize) request->length };
  if (body->len == 0)
    {
      *body = (TelaJsonSpan){ "{}", 2 };
      return TRUE;
    }
  return tela_json_check (body->data, (gssize) body->len, NULL);
}

gboolean
tela_http_is_loopback (SoupServerMessage *msg)
{
  GSocketAddress *address = soup_server_message_get_remote_address (msg);

  return G_IS_INET_SOCKET_ADDRESS (address) &&
         g_inet_address_get_is_loopback (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

/* ---- Answers ---- */

void
tela_http_json (SoupServerMessage *msg,
                guint              status,
                GString           *body)
{
  gsize len = body->len;

  soup_server_message_set_status (msg, status, NULL);
  soup_server_message_set_response (msg, JSON_TYPE, SOUP_MEMORY_TAKE, g_string_free (body, FALSE), len);
}

void
tela_http_text (SoupServerMessage *msg,
                guint              status,
                const char        *type,
                const char        *text)
{
  soup_server_message_set_status (msg, status, NULL);
  soup_server_message_set_response (msg, type, SOUP_MEMORY_COPY, text, strlen (text));
}

void
tela_http_empty (SoupServerMessage *msg,
                 guint              status)
{
  soup_server_message_set_status (msg, status, NULL);
}

/* Pairs of name and text, NULL for null, up to a NULL name. */
static GString *
object_of (const char *name,
           ...)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;
  va_list        args;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  va_start (args, name);
  for (; name != NULL; name = va_arg (args, const char *))
    {
      tela_json_writer_put_string (&writer, name, va_arg (args, const char *));
    }
  va_end (args);
  tela_json_writer_end_object (&writer);
  return out;
}

void
tela_http_rest_error (SoupServerMessage *msg,
                      guint              status,
                      const char        *code,
                      const char        *message)
{
  tela_http_json (msg, status, object_of ("code", code, "message", message, "details", NULL, "hint", NULL, NULL));
}

void
tela_http_auth_error_more (SoupServerMessage *msg,
                           guint              status,
                           const char        *code,
                           const char        *message,
                           const char        *more)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);
  const char         *version =
      soup_message_headers_get_one (soup_server_message_get_request_headers (msg), "X-Supabase-Api-Version");
  GString *out;

  soup_message_headers_replace (headers, "x-sb-error-code", code);
  if (version != NULL && strcmp (version, API_VERSION) >= 0)
    {
      soup_message_headers_replace (headers, "X-Supabase-Api-Version", API_VERSION);
      out = object_of ("code", code, "message", message, NULL);
    }
  else
    {
      out = object_of ("error_code", code, "msg", message, NULL);
      g_string_truncate (out, out->len - 1);
      g_string_append_printf (out, ",\"code\":%u}", status);
    }
  if (more != NULL)
    {
      g_string_truncate (out, out->len - 1);
      g_string_append_printf (out, ",%s}", more);
    }
  tela_http_json (msg, status, out);
}

void
tela_http_auth_error (SoupServerMessage *msg,
                      guint              status,
                      const char        *code,
                      const char        *message)
{
  tela_http_auth_error_more (msg, status, code, message, NULL);
}

void
tela_http_storage_error (SoupServerMessage *msg,
                         guint              status,
                         const char        *error,
                         const char        *code,
                         const char        *message)
{
  g_autofree char *text = g_strdup_printf ("%u", status);

  tela_http_json (msg, status == 500 ? 500 : 400,
                  object_of ("statusCode", text, "error", error, "code", code, "message", message, NULL));
}

void
tela_http_internal (SoupServerMessage *msg,
                    const GError      *error)
{
  g_message ("A request failed: %s", error != NULL ? error->message : "unknown");
  tela_http_rest_error (msg, 500, "XX000", "The server could not do this");
}

/* ---- Routes ---- */

static void
add_cors (SoupServerMessage *msg)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);

  soup_message_headers_replace (headers, "Access-Control-Allow-Origin", "*");
  soup_message_headers_replace (headers, "Access-Control-Expose-Headers",
                                "content-range, x-supabase-api-version, x-sb-error-code, location");
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
}

static void
answer_preflight (SoupServerMessage *msg)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);

  soup_message_headers_replace (
      headers, "Access-Control-Allow-Headers",
      "authorization, apikey, content-type, x-client-info, x-supabase-api-version, prefer, "
      "accept-profile, content-profile, range, range-unit, x-upsert, cache-control, x-metadata, "
      "x-retry-count");
  soup_message_headers_replace (headers, "Access-Control-Allow-Methods",
                                "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  soup_message_headers_replace (headers, "Access-Control-Max-Age", "3600");
  tela_http_empty (msg, 204);
}

static gboolean
is_good_key (TelaCore   *core,
             const char *token)
{
  g_autoptr (TelaClaims) claims =
      token != NULL ? tela_jwt_verify (token, core->keys->secret, tela_now_ms () / 1000, NULL) : NULL;

  return claims != NULL;
}

/* A key once shown is good for the whole connection, as far as being let in goes. */
static void
greet (TelaCore          *core,
       SoupServerMessage *msg)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (msg);
  g_autofree char    *query = tela_http_query (msg, "apikey");

  if (tela_gate_knows (core->gate, msg) || is_good_key (core, soup_message_headers_get_one (headers, "apikey")) ||
      is_good_key (core, query) || is_good_key (core, tela_http_get_bearer (msg)))
    tela_gate_know (core->gate, msg);
}

/* What a body may hold is settled before it is read; one of unknown length is not read at all. */
static void
early_cb (SoupServer        *server,
          SoupServerMessage *msg,
          const char        *path,
          GHashTable        *query,
          gpointer           data)
{
  TelaCore           *core = data;
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (msg);
  gboolean            asset = g_str_has_prefix (path, "/storage/v1/object/");
  goffset             limit = asset ? TELA_HTTP_MAX_ASSET : TELA_HTTP_MAX_BODY;

  add_cors (msg);
  greet (core, msg);
  if (soup_message_headers_get_encoding (headers) == SOUP_ENCODING_CHUNKED)
    tela_http_rest_error (msg, 411, "PGRST102", "Content-Length is required");
  else if (soup_message_headers_get_content_length (headers) > limit)
    tela_http_rest_error (msg, 413, "54000", "The request is too large");
  else if (!asset || soup_message_headers_get_content_length (headers) == 0 || tela_storage_admit (core, msg))
    {
      tela_bodies_watch (core, msg);
      return;
    }
  tela_bodies_drop (msg);
}

/* What follows the path of broadcasts; NULL: another path. */
static const char *
broadcast_path (const char *path)
{
  static const char *const prefixes[] = { "/realtime/v1/api/broadcast", "/api/broadcast" };

  for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (path, prefixes[i]) && strchr ("/", path[strlen (prefixes[i])]) != NULL)
      return path + strlen (prefixes[i]);
  return NULL;
}

static void
request_cb (SoupServer        *server,
            SoupServerMessage *msg,
            const char        *path,
            GHashTable        *query,
            gpointer           data)
{
  TelaCore   *core = data;
  const char *method = soup_server_message_get_method (msg);
  const char *broadcast = broadcast_path (path);

  core->metrics.http_requests++;
  if (strcmp (path, "/realtime/v1/websocket") == 0 || strcmp (path, "/socket/websocket") == 0)
    tela_socket_handle (core, msg);
  else if (strcmp (method, "OPTIONS") == 0)
    answer_preflight (msg);
  else if (g_str_has_prefix (path, "/auth/v1/"))
    tela_auth_handle (core, msg, path + strlen ("/auth/v1/"));
  else if (g_str_has_prefix (path, "/rest/v1/rpc/") && tela_sharing_handle (core, msg, path + strlen ("/rest/v1/rpc/")))
    ;
  else if (strcmp (path, "/rest/v1/rpc/tela_backup") == 0)
    tela_backup_handle (core, msg);
  else if (g_str_has_prefix (path, "/rest/v1/"))
    tela_rest_handle (core, msg, path + strlen ("/rest/v1/"));
  else if (g_str_has_prefix (path, "/storage/v1/"))
    tela_storage_handle (core, msg, path + strlen ("/storage/v1/"));
  else if (broadcast != NULL)
    tela_broadcast_handle (core, msg, broadcast);
  else if (strcmp (path, "/metrics") == 0)
    tela_metrics_handle (core, msg);
  else if (strcmp (path, "/api/ping") == 0)
    tela_http_text (msg, 200, JSON_TYPE, "{\"message\":\"Success\"}");
  else if (strcmp (path, "/healthcheck") == 0)
    tela_http_text (msg, 200, "text/plain", "ok");
  else
    tela_http_text (msg, 404, JSON_TYPE, "{\"message\":\"no Route matched with those values\"}");
}

void
tela_http_serve (TelaCore *core)
{
  soup_server_add_early_handler (core->server, NULL, early_cb, core, NULL);
  soup_server_add_handler (core->server, NULL, request_cb, core, NULL);
}
