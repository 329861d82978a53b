/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What to do after a refusal. */
typedef enum
{
  REALTIME_RETRY_TRANSIENT, /* again, by the backoff */
  REALTIME_RETRY_TOKEN,     /* again at once with another token */
  REALTIME_RETRY_LIMIT,     /* again after half a minute or more */
  REALTIME_RETRY_FATAL,     /* when a token, the endpoint or the user says so */
  REALTIME_RETRY_INPUT,     /* never: what we asked for is wrong */
} RealtimeRetry;

/* @reason: of a join's error reply. */
RealtimeRetry realtime_retry_of_join (const char *reason);
/* @message: of a "system" error that closes a channel. */
RealtimeRetry realtime_retry_of_system (const char *message);
/* Of a handshake that was answered by @status instead of 101. */
RealtimeRetry realtime_retry_of_status (guint status);

/* The letter that the protocol has for it. */
const char *realtime_retry_name (RealtimeRetry retry);

/* The words of an error reply: @response is the JSON of {"reason": …}, {"error": …} or a bare string. (transfer full)
 * (nullable) */
char *realtime_reason_of_response (const char *response);

/* (transfer full) */
GError *realtime_error_of_channel (RealtimeRetry retry, gboolean is_join, const char *reason);
GError *realtime_error_of_status (guint status, const char *host);
GError *realtime_error_of_network (const GError *error);

G_END_DECLS
