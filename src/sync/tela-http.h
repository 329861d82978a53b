/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

#define TELA_REMOTE_ERROR (tela_remote_error_quark ())
GQuark tela_remote_error_quark (void);

typedef enum
{
  TELA_REMOTE_ERROR_NETWORK, /* no answer: try again later */
  TELA_REMOTE_ERROR_AUTH,    /* no session, or the server does not take it */
  TELA_REMOTE_ERROR_REFUSED, /* the server will not do this, however often it is asked */
  TELA_REMOTE_ERROR_SERVER,  /* 5xx, 429, an answer that cannot be read: try again later */
} TelaRemoteError;

#define TELA_HTTP_MAX_ANSWER (64u * 1024 * 1024)

SoupSession *tela_http_session_new (void);
/* One request, its whole answer, whatever the status. Errors: cancelled, or TELA_REMOTE_ERROR. */
void    tela_http_send_async (SoupSession *session, SoupMessage *message, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes *tela_http_send_finish (SoupSession *session, GAsyncResult *result, GError **error);
/* The error that a status of 400 and above stands for. (transfer full) */
GError *tela_http_error_new (guint status, GBytes *body);

G_END_DECLS
