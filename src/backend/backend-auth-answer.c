/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What accounts answer, and how often they do. */

#include "backend-auth-http.h"

/* ---- Answers ---- */

static void
answer_error (SoupServerMessage *msg,
              const GError      *error)
{
  static const struct
  {
    TelaAuthError error;
    guint         status;
    const char   *code, *message;
  } known[] = {
    { TELA_AUTH_ERROR_TOKEN_NOT_FOUND, 400, "refresh_token_not_found",
      "Invalid Refresh Token: Refresh Token Not Found" },
    { TELA_AUTH_ERROR_TOKEN_USED, 400, "refresh_token_already_used", "Invalid Refresh Token: Already Used" },
    { TELA_AUTH_ERROR_EMAIL_TAKEN, 422, "email_exists", "A user with this email address has already been registered" },
    { TELA_AUTH_ERROR_NO_USER, 403, "user_not_found", "User from sub claim in JWT does not exist" },
    { TELA_AUTH_ERROR_TOO_LARGE, 400, "validation_failed", "The user's data is too large" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_error_matches (error, TELA_AUTH_ERROR, (int) known[i].error))
      {
        tela_http_auth_error (msg, known[i].status, known[i].code, known[i].message);
        return;
      }
  g_message ("An account could not be read or written: %s", error != NULL ? error->message : "unknown");
  tela_http_auth_error (msg, 500, "unexpected_failure", "The server could not do this");
}

void
tela_auth_answer_session (SoupServerMessage *msg,
                          const char        *session,
                          const GError      *error)
{
  if (session == NULL)
    {
      answer_error (msg, error);
      return;
    }
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Cache-Control", "no-store");
  tela_http_json (msg, 200, g_string_new (session));
}

void
tela_auth_answer_user (SoupServerMessage *msg,
                       const char        *user,
                       const GError      *error)
{
  if (user != NULL)
    tela_http_json (msg, 200, g_string_new (user));
  else
    answer_error (msg, error);
}

/* ---- How often ---- */

/* Of a network of IPv6, whoever has one address has as many as they like. (transfer full) */
static char *
address_key (SoupServerMessage *msg)
{
  GSocketAddress *address = soup_server_message_get_remote_address (msg);
  GInetAddress   *inet;
  const guint8   *bytes;

  if (!G_IS_INET_SOCKET_ADDRESS (address))
    return g_strdup ("?");
  inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  if (g_inet_address_get_family (inet) == G_SOCKET_FAMILY_IPV4 || g_inet_address_get_is_loopback (inet))
    return g_inet_address_to_string (inet);
  bytes = g_inet_address_to_bytes (inet);
  return g_strdup_printf ("%02x%02x:%02x%02x:%02x%02x:%02x%02x::/64", bytes[0], bytes[1], bytes[2], bytes[3], bytes[4],
                          bytes[5], bytes[6], bytes[7]);
}

static gboolean
too_often (SoupServerMessage *msg)
{
  tela_http_auth_error (msg, 429, "over_request_rate_limit", "Request rate limit reached");
  return FALSE;
}

gboolean
tela_auth_may_try (TelaCore          *core,
                   SoupServerMessage *msg,
                   const char        *email)
{
  g_autofree char *place = address_key (msg);

  return tela_sign_ins_may_try (core->sign_ins, place, email, g_get_monotonic_time ()) || too_often (msg);
}

void
tela_auth_forgive (TelaCore          *core,
                   SoupServerMessage *msg,
                   const char        *email)
{
  g_autofree char *place = address_key (msg);

  tela_sign_ins_forgive (core->sign_ins, place, email, g_get_monotonic_time ());
}

/* The programs of this machine may make as many users as they like. */
gboolean
tela_auth_may_join (TelaCore          *core,
                    SoupServerMessage *msg)
{
  g_autofree char *place = NULL;

  if (tela_http_is_loopback (msg))
    return TRUE;
  place = address_key (msg);
  return tela_throttle_take (core->sign_ups, place, g_get_monotonic_time ()) || too_often (msg);
}
