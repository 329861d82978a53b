/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Where the backend is and how to speak to it: DATA/server/endpoint.json, 0600, for the other processes of this user. */
typedef struct
{
  char *url;
  char *key;
  char *session; /* JSON; NULL: none */
} TelaEndpoint;

void tela_endpoint_free (TelaEndpoint *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaEndpoint, tela_endpoint_free)

TelaEndpoint *tela_endpoint_new (const char *url, const char *key, const char *session);
TelaEndpoint *tela_endpoint_read (const char *path, GError **error);
gboolean      tela_endpoint_write (const TelaEndpoint *self, const char *path, GError **error); /* at once or not at all */
gboolean      tela_endpoint_equal (const TelaEndpoint *a, const TelaEndpoint *b);               /* NULL equals NULL */
/* Host and port of the URL; NULL if it is none. */
GSocketConnectable *tela_endpoint_get_address (const TelaEndpoint *self);
/* "HOST:PORT" to listen on in order to be found there; NULL if that is not on the loopback. (transfer full) */
char *tela_endpoint_dup_listen (const TelaEndpoint *self);

G_END_DECLS
