/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The routes of /auth/v1. */

#include <string.h>

#include "backend-auth-http.h"
#include "backend-text.h"

#define EMAIL_MAX_BYTES 254

/* ---- Requests ---- */

/* The e-mail address of the body in lower case; NULL: none, or answered if *bad. (transfer full) */
static char *
take_email (SoupServerMessage *msg,
            TelaJsonSpan       body,
            gboolean          *bad)
{
  g_autofree char *text = tela_pick_text (body, "email");
  g_autofree char *email = text != NULL ? g_utf8_strdown (g_strstrip (text), -1) : NULL;
  const char      *at = email != NULL ? strchr (email, '@') : NULL;

  *bad = FALSE;
  if (email == NULL || *email == '\0')
    return NULL;
  if (at != NULL && at != email && at[1] != '\0' && strchr (at + 1, '@') == NULL &&
      strpbrk (email, " \t\r\n<>\"") == NULL && strlen (email) <= EMAIL_MAX_BYTES)
    return g_steal_pointer (&email);
  *bad = TRUE;
  tela_http_auth_error (msg, 400, "validation_failed", "Unable to validate email address: invalid format");
  return NULL;
}

/* The object "data"; NULL: none, or answered if *bad. (transfer full) */
static char *
take_metadata (SoupServerMessage *msg,
               TelaJsonSpan       body,
               gboolean          *bad)
{
  TelaJsonSpan data;

  *bad = FALSE;
  if (!tela_object_member (body, "data", &data))
    return NULL;
  if (data.len <= TELA_AUTH_MAX_METADATA)
    return g_strndup (data.data, data.len);
  *bad = TRUE;
  tela_http_auth_error (msg, 400, "validation_failed", "The user's data is too large");
  return NULL;
}

static void
sign_up (TelaCore          *core,
         SoupServerMessage *msg,
         TelaJsonSpan       body)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *phone = tela_pick_text (body, "phone");
  g_autofree char *password = tela_pick_text (body, "password");
  g_autofree char *email = NULL;
  g_autofree char *metadata = NULL;
  g_autofree char *session = NULL;
  gboolean         bad;

  email = take_email (msg, body, &bad);
  if (bad)
    return;
  metadata = take_metadata (msg, body, &bad);
  if (bad)
    return;
  if (phone != NULL && *phone != '\0')
    tela_http_auth_error (msg, 422, "phone_provider_disabled", "Phone signups are disabled");
  else if (email == NULL && password != NULL && *password != '\0')
    tela_http_auth_error (msg, 400, "validation_failed", "Signup requires an email address");
  else if (email != NULL && (password == NULL || *password == '\0'))
    tela_http_auth_error (msg, 400, "validation_failed", "Signup requires a valid password");
  else if (!tela_auth_may_join (core, msg))
    return;
  else if (email != NULL)
    tela_auth_password_sign_up (core, msg, email, password, metadata != NULL ? metadata : "{}");
  else
    {
      session = tela_auth_sign_up (core, NULL, NULL, metadata != NULL ? metadata : "{}", &error);
      tela_auth_answer_session (msg, session, error);
    }
}

static void
token (TelaCore          *core,
       SoupServerMessage *msg,
       TelaJsonSpan       body)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *grant = tela_http_query (msg, "grant_type");
  g_autofree char *refresh = tela_pick_text (body, "refresh_token");
  g_autofree char *password = tela_pick_text (body, "password");
  g_autofree char *email = NULL;
  g_autofree char *session = NULL;
  gboolean         bad;

  if (g_strcmp0 (grant, "password") == 0)
    {
      email = take_email (msg, body, &bad);
      if (!bad && (email == NULL || password == NULL))
        tela_http_auth_error (msg, 400, "validation_failed", "missing email or phone");
      else if (!bad)
        tela_auth_password_sign_in (core, msg, email, password);
    }
  else if (g_strcmp0 (grant, "refresh_token") != 0)
    tela_http_auth_error (msg, 400, "invalid_credentials", "unsupported_grant_type");
  else if (refresh == NULL)
    tela_http_auth_error (msg, 400, "validation_failed", "refresh_token required");
  else
    {
      session = tela_auth_refresh (core, refresh, &error);
      tela_auth_answer_session (msg, session, error);
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
  if (user == NULL && error == NULL)
    g_set_error (&error, TELA_AUTH_ERROR, TELA_AUTH_ERROR_NO_USER, "There is no such user");
  tela_auth_answer_user (msg, user, error);
}

static void
put_user (TelaCore          *core,
          SoupServerMessage *msg)
{
  g_autoptr (TelaClaims) claims = require_user (core, msg);
  g_autoptr (GError) error = NULL;
  g_autofree char *password = NULL;
  g_autofree char *metadata = NULL;
  g_autofree char *email = NULL;
  g_autofree char *user = NULL;
  TelaJsonSpan     body;
  gboolean         bad;

  if (claims == NULL)
    return;
  if (!tela_http_body (msg, &body) || !tela_span_is_object (body))
    {
      tela_http_auth_error (msg, 400, "bad_json", "Could not parse request body as JSON");
      return;
    }
  email = take_email (msg, body, &bad);
  if (bad)
    return;
  metadata = take_metadata (msg, body, &bad);
  if (bad)
    return;
  password = tela_pick_text (body, "password");
  if (password != NULL && *password != '\0')
    {
      tela_auth_password_change (core, msg, claims, email, password, metadata);
      return;
    }
  user = tela_auth_update (core, claims, email, NULL, metadata, &error);
  tela_auth_answer_user (msg, user, error);
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

/* ---- Routes ---- */

static void
answer_health (TelaCore          *core,
               SoupServerMessage *msg)
{
  tela_http_text (msg, 200, "application/json",
                  "{\"version\":\"" TELA_VERSION "\",\"name\":\"GoTrue\",\"description\":\"Tela\"}");
}

static void
answer_settings (TelaCore          *core,
                 SoupServerMessage *msg)
{
  tela_http_text (
      msg, 200, "application/json",
      "{\"external\":{\"anonymous_users\":true,\"email\":true,\"phone\":false,\"apple\":false,\"github\":false,"
      "\"google\":false},"
      "\"disable_signup\":false,\"mailer_autoconfirm\":true,\"phone_autoconfirm\":false,\"sms_provider\":\"\","
      "\"saml_enabled\":false}");
}

static void
answer_keys (TelaCore          *core,
             SoupServerMessage *msg)
{
  tela_http_text (msg, 200, "application/json", "{\"keys\":[]}"); /* HS256 has none to show */
}

/* There is no mail here. */
static void
refuse_mail (TelaCore          *core,
             SoupServerMessage *msg,
             TelaJsonSpan       body)
{
  tela_http_auth_error (msg, 422, "otp_disabled", "This server sends no mail");
}

static void
refuse_code (TelaCore          *core,
             SoupServerMessage *msg,
             TelaJsonSpan       body)
{
  tela_http_auth_error (msg, 403, "otp_expired", "Token has expired or is invalid");
}

/* Those of anybody who has a key, with a body. */
static void
handle_post (TelaCore          *core,
             SoupServerMessage *msg,
             void (*handle) (TelaCore *core, SoupServerMessage *msg, TelaJsonSpan body))
{
  TelaJsonSpan body;

  if (!has_key (core, msg))
    return;
  if (!tela_http_body (msg, &body) || !tela_span_is_object (body))
    tela_http_auth_error (msg, 400, "bad_json", "Could not parse request body as JSON");
  else
    handle (core, msg, body);
}

void
tela_auth_handle (TelaCore          *core,
                  SoupServerMessage *msg,
                  const char        *path)
{
  static const struct
  {
    const char *method, *path;
    void (*handle) (TelaCore *core, SoupServerMessage *msg);
  } plain[] = {
    { "GET", "health", answer_health },
    { "GET", "settings", answer_settings },
    { "GET", ".well-known/jwks.json", answer_keys },
    { "GET", "user", get_user },
    { "PUT", "user", put_user },
    { "POST", "logout", log_out },
  };
  static const struct
  {
    const char *path;
    void (*handle) (TelaCore *core, SoupServerMessage *msg, TelaJsonSpan body);
  } posts[] = {
    { "signup", sign_up },
    { "token", token },
    { "otp", refuse_mail },
    { "magiclink", refuse_mail },
    { "recover", refuse_mail },
    { "resend", refuse_mail },
    { "verify", refuse_code },
  };
  const char *method = soup_server_message_get_method (msg);

  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    if (strcmp (method, plain[i].method) == 0 && strcmp (path, plain[i].path) == 0)
      {
        plain[i].handle (core, msg);
        return;
      }
  for (guint i = 0; i < G_N_ELEMENTS (posts); i++)
    if (strcmp (method, "POST") == 0 && strcmp (path, posts[i].path) == 0)
      {
        handle_post (core, msg, posts[i].handle);
        return;
      }
  tela_http_text (msg, 404, "text/plain", "404 page not found\n");
}
