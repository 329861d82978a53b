/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* /rest/v1: which table or function, and what all of them share. */

#include "backend-rest.h"

#include <string.h>

#include "backend-collector.h"
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
tela_rest_fail_details (TelaRest   *rest,
                        guint       status,
                        const char *code,
                        const char *message,
                        const char *details)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "code", code);
  tela_json_writer_put_string (&writer, "details", details);
  tela_json_writer_name (&writer, "hint");
  tela_json_writer_null (&writer);
  tela_json_writer_put_string (&writer, "message", message);
  tela_json_writer_end_object (&writer);
  tela_http_json (rest->msg, status, out);
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
  static const char *const query_codes[] = { "PGRST100", "42703", "22P02" };
  static const char *const select_codes[] = { "PGRST100", "42703", "PGRST200", "54000" };
  static const char *const value_codes[] = { "22P02", "22001" };

  if (error != NULL && error->domain == TELA_QUERY_ERROR)
    tela_rest_fail (rest, 400, query_codes[error->code], error->message);
  else if (error != NULL && error->domain == TELA_SELECT_ERROR)
    tela_rest_fail (rest, 400, select_codes[error->code], error->message);
  else if (error != NULL && error->domain == TELA_CELL_ERROR)
    tela_rest_fail (rest, 400, value_codes[error->code], error->message);
  else
    tela_http_internal (rest->msg, error);
}

void
tela_rest_not_single (TelaRest *rest,
                      guint     n)
{
  g_autofree char *details = g_strdup_printf ("The result contains %u rows", n);

  tela_rest_fail_details (rest, 406, "PGRST116", "Cannot coerce the result to a single JSON object", details);
}

/* ---- Requests ---- */

TelaQuery *
tela_rest_query (TelaRest *rest)
{
  g_autoptr (GError) error = NULL;
  TelaQuery *query;

  query = tela_query_parse (g_uri_get_query (soup_server_message_get_uri (rest->msg)), rest->table->columns, &error);
  if (query == NULL)
    tela_rest_error (rest, error);
  return query;
}

TelaSelect *
tela_rest_select (TelaRest        *rest,
                  const TelaQuery *query)
{
  g_autoptr (GError) error = NULL;
  TelaSelect *select = tela_select_parse (query->select, rest->table, &error);

  if (select == NULL)
    tela_rest_error (rest, error);
  return select;
}

gboolean
tela_rest_prefers (TelaRest   *rest,
                   const char *what)
{
  const char *prefer = soup_message_headers_get_list (soup_server_message_get_request_headers (rest->msg), "Prefer");
  g_auto (GStrv) each = g_strsplit (prefer != NULL ? prefer : "", ",", -1);

  for (guint i = 0; each[i] != NULL; i++)
    if (strcmp (g_strstrip (each[i]), what) == 0)
      return TRUE;
  return FALSE;
}

/* All of them are exact here. */
gboolean
tela_rest_wants_count (TelaRest *rest)
{
  return tela_rest_prefers (rest, "count=exact") || tela_rest_prefers (rest, "count=planned") ||
         tela_rest_prefers (rest, "count=estimated");
}

gboolean
tela_rest_wants_object (TelaRest *rest)
{
  const char *accept = soup_message_headers_get_list (soup_server_message_get_request_headers (rest->msg), "Accept");

  return accept != NULL && strstr (accept, "application/vnd.pgrst.object") != NULL;
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
  text = tela_pick_text (object, name);
  lower = text != NULL ? g_ascii_strdown (text, -1) : NULL;
  if (lower != NULL && tela_is_uuid (lower))
    return g_steal_pointer (&lower);
  *bad = TRUE;
  tela_rest_fail (rest, 400, "22P02", "invalid input syntax for type uuid");
  return NULL;
}

char *
tela_rest_project (TelaRest *rest,
                   TelaRole  least)
{
  g_autofree char *project = NULL;
  gboolean         bad;

  if (!tela_span_is_object (rest->body))
    {
      tela_rest_fail (rest, 400, "PGRST102", "An object of arguments is expected");
      return NULL;
    }
  project = tela_rest_uuid (rest, rest->body, "project", &bad);
  if (bad)
    return NULL;
  if (project == NULL)
    {
      tela_rest_fail (rest, 404, "PGRST202", "The argument \"project\" is missing");
      return NULL;
    }
  if (tela_rights_role (rest->core, rest->claims, project) >= least)
    return g_steal_pointer (&project);
  tela_rest_denied (rest, least == TELA_ROLE_EDITOR ? "You may not edit this project" : "You may not see this project");
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

/* What can be read may be asked with arguments in the query. */
static void
call_by_query (TelaRest *rest,
               void (*call) (TelaRest *rest))
{
  g_autoptr (GString) body = g_string_new (NULL);
  g_autoptr (GHashTable) arguments = NULL;
  const char    *query = g_uri_get_query (soup_server_message_get_uri (rest->msg));
  GHashTableIter iter;
  gpointer       name, value;
  TelaJsonWriter writer;

  arguments = g_uri_parse_params (query != NULL ? query : "", -1, "&", G_URI_PARAMS_WWW_FORM, NULL);
  tela_json_writer_init (&writer, body, 0);
  tela_json_writer_begin_object (&writer);
  if (arguments != NULL)
    g_hash_table_iter_init (&iter, arguments);
  while (arguments != NULL && g_hash_table_iter_next (&iter, &name, &value))
    {
      g_autofree char *valid_name = g_utf8_make_valid (name, -1);
      g_autofree char *valid = g_utf8_make_valid (value, -1);

      tela_json_writer_put_string (&writer, valid_name, valid);
    }
  tela_json_writer_end_object (&writer);
  rest->body = (TelaJsonSpan){ body->str, body->len };
  call (rest);
}

static const struct
{
  const char *name;
  void (*call) (TelaRest *rest);
  gboolean reads; /* by GET too */
} functions[] = {
  { "tela_push", tela_push_handle, FALSE },
  { "tela_head", tela_head_handle, TRUE },
  { "tela_versions", tela_versions_handle, TRUE },
  { "tela_version", tela_version_handle, FALSE },
  { "tela_version_name", tela_version_name_handle, FALSE },
  { "tela_version_remove", tela_version_remove_handle, FALSE },
};

static void
dispatch_function (TelaRest   *rest,
                   const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *message = NULL;
  gboolean         post = strcmp (rest->method, "POST") == 0;
  gboolean         get = strcmp (rest->method, "GET") == 0 || strcmp (rest->method, "HEAD") == 0;

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (strcmp (name, functions[i].name) == 0)
      {
        if (post)
          functions[i].call (rest);
        else if (get && functions[i].reads)
          call_by_query (rest, functions[i].call);
        else
          tela_rest_fail (rest, 405, "PGRST101", "This function is called by POST");
        return;
      }
  message = g_strdup_printf ("Could not find the function public.%s in the schema cache", valid);
  tela_rest_fail (rest, 404, "PGRST202", message);
}

static void
dispatch_table (TelaRest   *rest,
                const char *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *message = NULL;

  rest->table = tela_table_find (name);
  if (rest->table == NULL)
    {
      message = g_strdup_printf ("Could not find the table 'public.%s' in the schema cache", valid);
      tela_rest_fail (rest, 404, "PGRST205", message);
    }
  else if (strcmp (rest->method, "GET") == 0 || strcmp (rest->method, "HEAD") == 0)
    tela_rest_read (rest);
  else if (strcmp (rest->method, "POST") == 0)
    tela_rest_insert (rest);
  else if (strcmp (rest->method, "PATCH") == 0)
    tela_rest_update (rest);
  else if (strcmp (rest->method, "DELETE") == 0)
    tela_rest_delete (rest);
  else
    tela_rest_fail (rest, 405, "PGRST117", "Unsupported HTTP method");
}

/* There is one schema. */
static gboolean
asks_for_public (TelaRest *rest)
{
  static const char *const names[] = { "Accept-Profile", "Content-Profile" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *profile =
          soup_message_headers_get_one (soup_server_message_get_request_headers (rest->msg), names[i]);

      if (profile != NULL && strcmp (profile, "public") != 0)
        return FALSE;
    }
  return TRUE;
}

void
tela_rest_handle (TelaCore          *core,
                  SoupServerMessage *msg,
                  const char        *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaClaims) claims = tela_http_authenticate (core, msg, &error);
  TelaRest rest = { core, msg, claims, soup_server_message_get_method (msg), { NULL, 0 }, NULL };

  if (claims == NULL)
    answer_token_error (msg, error);
  else if (!tela_http_body (msg, &rest.body))
    tela_rest_fail (&rest, 400, "PGRST102", "Empty or invalid json");
  else if (!asks_for_public (&rest))
    tela_rest_fail (&rest, 406, "PGRST106", "The schema must be one of the following: public");
  else
    {
      tela_collector_note (core->collector, rest.body.data, rest.body.len);
      if (g_str_has_prefix (path, "rpc/"))
        dispatch_function (&rest, path + strlen ("rpc/"));
      else
        dispatch_table (&rest, path);
    }
}
