/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* An address that is listened at. */
typedef struct _TelaDoor TelaDoor;

/* Somebody came: @socket is accepted, and the callee's to keep. */
typedef void (*TelaDoorFunc) (TelaDoor *door, GSocket *socket, gpointer user_data);

TelaDoor *tela_door_new (GMainContext *context, GSocketAddress *address, GTlsCertificate *certificate, TelaDoorFunc func, gpointer user_data, GError **error);
void      tela_door_free (TelaDoor *self);
guint     tela_door_get_port (TelaDoor *self);
/* NULL: in the clear. */
GTlsCertificate *tela_door_get_certificate (TelaDoor *self);

/* libsoup keeps a connection for the next request only while it listens itself: at a door that nobody can find. */
void tela_door_pretend (SoupServer *server);

G_END_DECLS
