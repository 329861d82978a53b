/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The routes of /auth/v1. */

#include <string.h>

#include "backend-auth.h"
#include "backend-http.h"
#include "backend-text.h"

static void
answer_session (SoupServerMessage *msg,
                const char        *session,
                const GError      *error)
{
  if (session == NULL)
    {
      if (g_error_matches (error, TELA_AUTH_ERROR, TELA_AUTH_ERROR_TOKEN_NOT_FOUND))
        tela_http_auth_error (msg, 400, "refresh_token_not_found", error->message);
      else if (g_error_matches (error, TELA_AUTH_ERROR, TELA_AUTH_ERROR_TOKEN_USED))
        tela_http_auth_error (msg, 400, "refresh_token_already_used", error->message);
      else
        {
          g_message ("A session could not be made: %s", error->message);
          tela_http_auth_error (msg, 500, "unexpected_failure", "The server could not do this");
        }
      return;
    }
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Cache-Control", "no-store");
  tela_http_json (msg, 200, g_string_new (session));
}

static void
sign_up (TelaCore          *core,
         SoupServerMessage *msg,
         TelaJsonSpan       body)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *email = tela_text_member (body, "email");
  g_autofree char *phone = tela_text_member (body, "phone");
  g_autofree char *metadata = NULL;
  g_autofree char *session = NULL;
  TelaJsonSpan     data;

  if (email != NULL || phone != NULL)
    {
      tela_http_auth_error (msg, 422, "email_provider_disabled", "Email signups are disabled");
      return;
    }
  metadata = tela_object_member (body, "data", &data) ? g_strndup (data.data, data.len) : g_strdup ("{}");
  if (strlen (metadata) > 64 * 1024)
    {
      tela_http_auth_error (msg, 400, "validation_failed", "The user's data is too large");
      return;
    }
  session = tela_auth_sign_up (core, metadata, &error);
  answer_session (msg, session, error);
}

static void
token (TelaCore          *core,
       SoupServerMessage *msg,
       TelaJsonSpan       body)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *grant = tela_http_query (msg, "grant_type");
  g_autofree char *refresh = tela_text_member (body, "refresh_token");

  if (g_strcmp0 (grant, "refresh_token") != 0)
    tela_http_auth_error (msg, 400, "invalid_credentials", "unsupported_grant_type");
  else if (refresh == NULL)
    tela_http_auth_error (msg, 400, "validation_failed", "refresh_token required");
  else
    {
      g_autofree char *session = tela_auth_refresh (core, refresh, &error);

      answer_session (msg, session, error);
    }
}

/* The signed-in user, or NULL after an answer. */
static TelaClaims *
require_user (TelaCore          *core,
              SoupServerMessage *msg)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaClaims) claims = NULL;
  const char *bearer = tela_http_get_bearer (msg);

  if (bearer == NULL)
    {
      tela_http_auth_error (msg, 401, "no_authorization", "This endpoint requires a valid Bearer token");
      return NULL;
    }
  claims = tela_jwt_verify (bearer, core->keys->secret, tela_now_ms () / 1000, &error);
  if (claims == NULL || claims->sub == NULL)
    {
      g_autofree char *message =
          g_strdup_printf ("invalid JWT: %s", error != NULL ? error->message : "missing sub claim");

      tela_http_auth_error (msg, 403, "bad_jwt", message);
      return NULL;
    }
  if (claims->session != NULL && !tela_auth_has_session (core, claims->session))
    {
      tela_http_auth_error (msg, 403, "session_not_found", "Session from session_id claim in JWT does not exist");
      return NULL;
    }
  return g_steal_pointer (&claims);
}

static void
get_user (TelaCore          *core,
          SoupServerMessage *msg)
{
  g_autoptr (TelaClaims) claims = require_user (core, msg);
  g_autoptr (GError) error = NULL;
  g_autofree char *user = NULL;

  if (claims == NULL)
    return;
  user = tela_auth_user (core, claims->sub, &error);
  if (user != NULL)
    tela_http_json (msg, 200, g_string_new (user));
  else if (error == NULL)
    tela_http_auth_error (msg, 403, "user_not_found", "User from sub claim in JWT does not exist");
  else
    tela_http_auth_error (msg, 500, "unexpected_failure", "The server could not do this");
}

static void
log_out (TelaCore          *core,
         SoupServerMessage *msg)
{
  g_autoptr (TelaClaims) claims = require_user (core, msg);
  g_autofree char *scope = tela_http_query (msg, "scope");
  TelaLogoutScope  which = TELA_LOGOUT_GLOBAL;

  if (claims == NULL)
    return;
  if (g_strcmp0 (scope, "local") == 0)
    which = TELA_LOGOUT_LOCAL;
  else if (g_strcmp0 (scope, "others") == 0)
    which = TELA_LOGOUT_OTHERS;
  else if (scope != NULL && strcmp (scope, "global") != 0)
    {
      tela_http_auth_error (msg, 400, "validation_failed", "Unsupported logout scope");
      return;
    }
  if (tela_auth_sign_out (core, claims, which, NULL))
    tela_http_empty (msg, 204);
  else
    tela_http_auth_error (msg, 500, "unexpected_failure", "The server could not do this");
}

static gboolean
has_key (TelaCore          *core,
         SoupServerMessage *msg)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaClaims) claims = tela_http_authenticate (core, msg, &error);

  /* An expired bearer token is for the endpoint to judge: signing out and refreshing go on with it. */
  if (claims != NULL || g_error_matches (error, TELA_JWT_ERROR, TELA_JWT_ERROR_EXPIRED))
    return TRUE;
  if (tela_http_get_bearer (msg) != NULL)
    tela_http_auth_error (msg, 401, "bad_jwt", error->message);
  else
    tela_http_auth_error (msg, 401, "no_authorization", error->message);
  return FALSE;
}

void
tela_auth_handle (TelaCore          *core,
                  SoupServerMessage *msg,
                  const char        *path)
{
  gboolean     post = strcmp (soup_server_message_get_method (msg), "POST") == 0;
  gboolean     get = strcmp (soup_server_message_get_method (msg), "GET") == 0;
  TelaJsonSpan body;

  if (get && strcmp (path, "health") == 0)
    tela_http_text (msg, 200, "application/json",
                    "{\"version\":\"" TELA_VERSION "\",\"name\":\"GoTrue\",\"description\":\"Tela\"}");
  else if (get && strcmp (path, "settings") == 0)
    tela_http_text (
        msg, 200, "application/json",
        "{\"external\":{\"anonymous_users\":true,\"email\":false,\"phone\":false},\"disable_signup\":false,"
        "\"mailer_autoconfirm\":true,\"phone_autoconfirm\":false,\"sms_provider\":\"\",\"saml_enabled\":false}");
  else if (get && strcmp (path, "user") == 0)
    get_user (core, msg);
  else if (post && strcmp (path, "logout") == 0)
    log_out (core, msg);
  else if (!post || (strcmp (path, "signup") != 0 && strcmp (path, "token") != 0))
    tela_http_text (msg, 404, "text/plain", "404 page not found\n");
  else if (!has_key (core, msg))
    return;
  else if (!tela_http_body (msg, &body) || !tela_span_is_object (body))
    tela_http_auth_error (msg, 400, "bad_json", "Could not parse request body as JSON");
  else if (strcmp (path, "signup") == 0)
    sign_up (core, msg, body);
  else
    token (core, msg, body);
}
