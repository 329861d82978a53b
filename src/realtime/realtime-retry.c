/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-retry.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "realtime-private.h"

/* The first match decides, so the longer prefix stands first. Unknown texts are transient. */
typedef struct
{
  const char   *prefix;
  RealtimeRetry retry;
} Rule;

static const Rule join_rules[] = {
  { "InvalidJWTToken: Token has expired", REALTIME_RETRY_TOKEN },
  { "InvalidJWTExpiration", REALTIME_RETRY_TOKEN },
  { "InvalidJWTToken", REALTIME_RETRY_FATAL },
  { "MalformedJWT", REALTIME_RETRY_FATAL },
  { "JwtSign", REALTIME_RETRY_FATAL },
  { "Unauthorized", REALTIME_RETRY_FATAL },
  { "PrivateOnly", REALTIME_RETRY_FATAL },
  { "TenantNotFound", REALTIME_RETRY_FATAL },
  { "RealtimeDisabledForTenant", REALTIME_RETRY_FATAL },
  { "ConnectionRateLimitReached", REALTIME_RETRY_LIMIT },
  { "ChannelRateLimitReached", REALTIME_RETRY_LIMIT },
  { "ClientJoinRateLimitReached", REALTIME_RETRY_LIMIT },
  { "TopicNameRequired", REALTIME_RETRY_INPUT },
  { "UnableToReplayMessages: Replay params", REALTIME_RETRY_INPUT },
};

static const Rule system_rules[] = {
  { "Token has expired", REALTIME_RETRY_TOKEN },
  { "Fields `role` and `exp`", REALTIME_RETRY_FATAL },
  { "The token provided is not", REALTIME_RETRY_FATAL },
  { "Failed to generate JWT signer", REALTIME_RETRY_FATAL },
  { ":signature_error", REALTIME_RETRY_FATAL },
  { "You do not have permissions", REALTIME_RETRY_FATAL },
  { "You no longer have permission", REALTIME_RETRY_FATAL },
  { "Too many messages per second", REALTIME_RETRY_LIMIT },
  { "Too many presence messages", REALTIME_RETRY_LIMIT },
  { "Client presence rate limit", REALTIME_RETRY_LIMIT },
  { "Track message size exceeded", REALTIME_RETRY_INPUT },
};

const char *
realtime_retry_name (RealtimeRetry retry)
{
  static const char *const names[] = { "R", "T", "L", "F", "P" };

  return names[retry];
}

static RealtimeRetry
match (const Rule *rules,
       gsize       n_rules,
       const char *text)
{
  for (gsize i = 0; text != NULL && i < n_rules; i++)
    if (g_str_has_prefix (text, rules[i].prefix))
      return rules[i].retry;

  return REALTIME_RETRY_TRANSIENT;
}

RealtimeRetry
realtime_retry_of_join (const char *reason)
{
  return match (join_rules, G_N_ELEMENTS (join_rules), reason);
}

RealtimeRetry
realtime_retry_of_system (const char *message)
{
  return match (system_rules, G_N_ELEMENTS (system_rules), message);
}

RealtimeRetry
realtime_retry_of_status (guint status)
{
  switch (status)
    {
    case 400:
    case 401:
    case 403:
    case 404:
      return REALTIME_RETRY_FATAL;
    case 429:
      return REALTIME_RETRY_LIMIT;
    default:
      return REALTIME_RETRY_TRANSIENT;
    }
}

char *
realtime_reason_of_response (const char *response)
{
  TelaJsonSpan   object = { response, response != NULL ? strlen (response) : 0 };
  TelaJsonSpan   value;
  TelaJsonReader reader;

  if (response == NULL)
    return NULL;
  if (!tela_json_find (object, "reason", &value) && !tela_json_find (object, "error", &value))
    value = object;

  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_STRING)
    return NULL;

  return tela_json_reader_string (&reader, NULL, NULL);
}

gboolean
realtime_error_equal (const GError *a,
                      const GError *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return g_error_matches (a, b->domain, b->code) && g_str_equal (a->message, b->message);
}

/**
 * realtime_error_of_channel:
 * @is_join: a join was refused; else the server ended the channel
 * @reason: (nullable): its words
 */
GError *
realtime_error_of_channel (RealtimeRetry retry,
                           gboolean      is_join,
                           const char   *reason)
{
  RealtimeError code = is_join ? REALTIME_ERROR_SUBSCRIPTION_FAILED : REALTIME_ERROR_CHANNEL_ERROR;

  if (retry == REALTIME_RETRY_TOKEN)
    code = REALTIME_ERROR_AUTHENTICATION_FAILED;
  else if (retry == REALTIME_RETRY_LIMIT)
    code = REALTIME_ERROR_CHANNEL_ERROR;

  return g_error_new_literal (REALTIME_ERROR, code,
                              reason != NULL && *reason != '\0' ? reason : _ ("The server closed the channel"));
}

/**
 * realtime_error_of_status:
 * @host: whom we asked: the server finds the project by the first label of that name
 */
GError *
realtime_error_of_status (guint       status,
                          const char *host)
{
  switch (status)
    {
    case 401:
      return g_error_new (REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED,
                          _ ("The server refused the key (status %u)"), status);
    case 403:
      return g_error_new (REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED,
                          _ ("The server forbids the connection (status %u)"), status);
    case 404:
      return g_error_new (REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED,
                          _ ("The server has no project for the name “%s” (status %u)"), host, status);
    case 429:
      return g_error_new (REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR,
                          _ ("Too many connections to the server (status %u)"), status);
    default:
      return g_error_new (REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED,
                          _ ("The server refused the connection (status %u)"), status);
    }
}

/**
 * realtime_error_of_network:
 *
 * Says in our own codes what stopped a connection before the server answered.
 */
GError *
realtime_error_of_network (const GError *error)
{
  RealtimeError code = REALTIME_ERROR_CONNECTION_FAILED;

  if (error->domain == G_RESOLVER_ERROR ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_NOT_FOUND) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_HOST_UNREACHABLE) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE))
    code = REALTIME_ERROR_NETWORK_ERROR;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    code = REALTIME_ERROR_TIMEOUT;

  return g_error_new_literal (REALTIME_ERROR, code, error->message);
}
