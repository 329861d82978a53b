/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"
#include "tela-json.h"

G_BEGIN_DECLS

/* Bytes of one request's body, by what it is for. */
#define TELA_HTTP_MAX_BODY (4u * 1024 * 1024)
#define TELA_HTTP_MAX_ASSET (256u * 1024 * 1024)

/* Hangs the handlers of every service on core->server. */
void tela_http_serve (TelaCore *core);

/* The claims of the bearer token, else of the API key (header or query). NULL: TELA_JWT_ERROR, or G_IO_ERROR_NOT_FOUND if
 * there is no token at all. */
TelaClaims *tela_http_authenticate (TelaCore *core, SoupServerMessage *msg, GError **error);
/* The bearer token alone. */
const char *tela_http_get_bearer (SoupServerMessage *msg);
/* The value of a query parameter, decoded. (transfer full), NULL: absent */
char *tela_http_query (SoupServerMessage *msg, const char *name);
/* The body as a checked JSON value, borrowed from the message; an empty one is {}. FALSE: not JSON. */
gboolean tela_http_body (SoupServerMessage *msg, TelaJsonSpan *body);
gboolean tela_http_is_loopback (SoupServerMessage *msg);

/* Answers. *_json takes the string. */
void tela_http_json (SoupServerMessage *msg, guint status, GString *body);
void tela_http_text (SoupServerMessage *msg, guint status, const char *type, const char *text);
void tela_http_empty (SoupServerMessage *msg, guint status);
/* PostgREST's, GoTrue's and Storage's shapes of an error. */
void tela_http_rest_error (SoupServerMessage *msg, guint status, const char *code, const char *message);
void tela_http_auth_error (SoupServerMessage *msg, guint status, const char *code, const char *message);
/* @more: further members of the object, as JSON. */
void tela_http_auth_error_more (SoupServerMessage *msg, guint status, const char *code, const char *message, const char *more);
void tela_http_storage_error (SoupServerMessage *msg, guint status, const char *error, const char *code, const char *message);
/* The request failed inside: says so in PostgREST's shape, and on the log. */
void tela_http_internal (SoupServerMessage *msg, const GError *error);

/* The services; @path is what follows their prefix. */
void tela_auth_handle (TelaCore *core, SoupServerMessage *msg, const char *path);
void tela_rest_handle (TelaCore *core, SoupServerMessage *msg, const char *path);
void tela_storage_handle (TelaCore *core, SoupServerMessage *msg, const char *path);
void tela_metrics_handle (TelaCore *core, SoupServerMessage *msg);
void tela_socket_handle (TelaCore *core, SoupServerMessage *msg);
/* Before its body is read: FALSE if it was refused. */
gboolean tela_storage_admit (TelaCore *core, SoupServerMessage *msg);

G_END_DECLS
