/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* /rest/v1: which table or function, and what all of them share. */

#include "backend-rest.h"

#include <string.h>

#include "backend-text.h"

/* ---- Answers ---- */

void
tela_rest_fail (TelaRest   *rest,
                guint       status,
                const char *code,
                const char *message)
{
  tela_http_rest_error (rest->msg, status, code, message);
}

void
tela_rest_denied (TelaRest   *rest,
                  const char *message)
{
  tela_rest_fail (rest, tela_claims_is_user (rest->claims) || tela_claims_is_service (rest->claims) ? 403 : 401,
                  "42501", message);
}

void
tela_rest_error (TelaRest     *rest,
                 const GError *error)
{
  tela_http_internal (rest->msg, error);
}

gboolean
tela_rest_prefers (TelaRest   *rest,
                   const char *what)
{
  const char *prefer = soup_message_headers_get_list (soup_server_message_get_request_headers (rest->msg), "Prefer");

  return prefer != NULL && strstr (prefer, what) != NULL;
}

void
tela_rest_written (TelaRest *rest,
                   gboolean  created,
                   GString  *rows)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (rest->msg), "Content-Range", "*/*");
  if (tela_rest_prefers (rest, "return=representation"))
    {
      tela_http_json (rest->msg, created ? 201 : 200, rows);
      return;
    }
  g_string_free (rows, TRUE);
  tela_http_empty (rest->msg, created ? 201 : 204);
}

void
tela_rest_rows (TelaRest *rest,
                GString  *rows,
                gint64    offset,
                guint     n)
{
  g_autofree char *range = NULL;

  if (n == 0)
    range = g_strdup ("*/*");
  else
    range = g_strdup_printf ("%" G_GINT64_FORMAT "-%" G_GINT64_FORMAT "/*", offset, offset + n - 1);
  soup_message_headers_replace (soup_server_message_get_response_headers (rest->msg), "Content-Range", range);
  tela_http_json (rest->msg, 200, rows);
}

/* ---- Requests ---- */

TelaQuery *
tela_rest_query (TelaRest         *rest,
                 const TelaColumn *columns)
{
  static const char *const codes[] = { "PGRST100", "42703", "22P02" };
  g_autoptr (GError) error = NULL;
  TelaQuery *query;

  query = tela_query_parse (g_uri_get_query (soup_server_message_get_uri (rest->msg)), columns, &error);
  if (query == NULL)
    tela_rest_fail (rest, 400, codes[error->code], error->message);
  return query;
}

gboolean
tela_rest_has_filter (TelaRest        *rest,
                      const TelaQuery *query)
{
  if (query->values->len > 0)
    return TRUE;
  tela_rest_fail (rest, 400, "21000", "UPDATE and DELETE require a filter");
  return FALSE;
}

gboolean
tela_rest_object (TelaRest     *rest,
                  TelaJsonSpan *object)
{
  TelaJsonReader reader;
  guint          n = 0;

  *object = rest->body;
  if (tela_span_is_object (rest->body))
    return TRUE;
  tela_json_reader_init (&reader, rest->body.data, (gssize) rest->body.len);
  if (tela_json_reader_peek (&reader) == TELA_JSON_ARRAY && tela_json_reader_enter_array (&reader))
    while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, object))
      n++;
  if (n == 1 && tela_span_is_object (*object))
    return TRUE;
  tela_rest_fail (rest, 400, "PGRST102", "One object is expected");
  return FALSE;
}

gboolean
tela_rest_only (TelaRest          *rest,
                TelaJsonSpan       object,
                const char        *table,
                const char *const *known)
{
  TelaJsonReader reader;
  TelaJsonSpan   name;

  tela_json_reader_init (&reader, object.data, (gssize) object.len);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name))
    {
      g_autofree char *copy = tela_json_unescape (name, NULL, NULL);

      if (!g_strv_contains (known, copy))
        {
          g_autofree char *message =
              g_strdup_printf ("Could not find the '%s' column of '%s' in the schema cache", copy, table);

          tela_rest_fail (rest, 400, "PGRST204", message);
          return FALSE;
        }
    }
  return TRUE;
}

char *
tela_rest_uuid (TelaRest    *rest,
                TelaJsonSpan object,
                const char  *name,
                gboolean    *bad)
{
  g_autofree char *text = NULL;
  g_autofree char *lower = NULL;
  TelaJsonSpan     value;

  *bad = FALSE;
  if (!tela_json_find (object, name, &value) || TELA_JSON_SPAN_IS (value, "null"))
    return NULL;
  text = tela_text_member (object, name);
  lower = text != NULL ? g_ascii_strdown (text, -1) : NULL;
  if (lower != NULL && tela_is_uuid (lower))
    return g_steal_pointer (&lower);
  *bad = TRUE;
  tela_rest_fail (rest, 400, "22P02", "invalid input syntax for type uuid");
  return NULL;
}

/* ---- Routes ---- */

static void
answer_token_error (SoupServerMessage *msg,
                    const GError      *error)
{
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "WWW-Authenticate", "Bearer");
  if (g_error_matches (error, TELA_JWT_ERROR, TELA_JWT_ERROR_EXPIRED))
    tela_http_rest_error (msg, 401, "PGRST303", "JWT expired");
  else
    tela_http_rest_error (msg, 401, "PGRST301", error->message);
}

static void
dispatch (TelaRest   *rest,
          const char *path)
{
  static const struct
  {
    const char *path;
    void (*handle) (TelaRest *rest);
  } routes[] = {
    { "projects", tela_projects_handle },
    { "project_members", tela_members_handle },
    { "elements", tela_elements_handle },
    { "rpc/tela_push", tela_push_handle },
    { "rpc/tela_head", tela_head_handle },
  };
  g_autofree char *name = g_utf8_make_valid (path, -1);
  g_autofree char *message = NULL;
  gboolean         function = g_str_has_prefix (path, "rpc/");

  for (guint i = 0; i < G_N_ELEMENTS (routes); i++)
    if (strcmp (path, routes[i].path) == 0)
      {
        if (function && strcmp (rest->method, "POST") != 0)
          tela_rest_fail (rest, 405, "PGRST117", "This function is called by POST");
        else
          routes[i].handle (rest);
        return;
      }
  message = g_strdup_printf ("Could not find the %s '%s' in the schema cache", function ? "function" : "table",
                             function ? name + strlen ("rpc/") : name);
  tela_rest_fail (rest, 404, function ? "PGRST202" : "PGRST205", message);
}

void
tela_rest_handle (TelaCore          *core,
                  SoupServerMessage *msg,
                  const char        *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaClaims) claims = tela_http_authenticate (core, msg, &error);
  TelaRest rest = { core, msg, claims, soup_server_message_get_method (msg), { NULL, 0 } };

  if (claims == NULL)
    answer_token_error (msg, error);
  else if (!tela_http_body (msg, &rest.body))
    tela_rest_fail (&rest, 400, "PGRST102", "Empty or invalid json");
  else
    dispatch (&rest, path);
}
