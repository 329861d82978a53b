/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-door.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>

#define BACKLOG 512

struct _TelaDoor
{
  GSocket         *socket;
  GSource         *source;
  GTlsCertificate *certificate;
  guint            port;
  TelaDoorFunc     func;
  gpointer         user_data;
};

static gboolean
accept_cb (GSocket     *listener,
           GIOCondition condition,
           gpointer     data)
{
  TelaDoor *self = data;
  g_autoptr (GSocket) socket = g_socket_accept (listener, NULL, NULL);

  if (socket != NULL) /* else it is gone already */
    self->func (self, socket, self->user_data);
  return G_SOURCE_CONTINUE;
}

void
tela_door_free (TelaDoor *self)
{
  if (self->source != NULL)
    g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  if (self->socket != NULL)
    g_socket_close (self->socket, NULL);
  g_clear_object (&self->socket);
  g_clear_object (&self->certificate);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaDoor, tela_door_free)

TelaDoor *
tela_door_new (GMainContext    *context,
               GSocketAddress  *address,
               GTlsCertificate *certificate,
               TelaDoorFunc     func,
               gpointer         user_data,
               GError         **error)
{
  g_autoptr (TelaDoor) self = g_new0 (TelaDoor, 1);
  g_autoptr (GSocketAddress) bound = NULL;

  self->func = func;
  self->user_data = user_data;
  self->socket =
      g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (self->socket == NULL)
    return NULL;
  g_socket_set_blocking (self->socket, FALSE);
  g_socket_set_listen_backlog (self->socket, BACKLOG);
  if (!g_socket_bind (self->socket, address, TRUE, error) || !g_socket_listen (self->socket, error))
    return NULL;
  bound = g_socket_get_local_address (self->socket, error);
  if (bound == NULL)
    return NULL;
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
  g_set_object (&self->certificate, certificate);
  self->source = g_socket_create_source (self->socket, G_IO_IN, NULL);
  g_source_set_callback (self->source, G_SOURCE_FUNC (accept_cb), self, NULL);
  g_source_attach (self->source, context);
  return g_steal_pointer (&self);
}

guint
tela_door_get_port (TelaDoor *self)
{
  return self->port;
}

GTlsCertificate *
tela_door_get_certificate (TelaDoor *self)
{
  return self->certificate;
}

void
tela_door_pretend (SoupServer *server)
{
  g_autofree char *dir = g_dir_make_tmp ("tela-XXXXXX", NULL);
  g_autofree char *path = dir != NULL ? g_build_filename (dir, "deaf", NULL) : NULL;
  g_autoptr (GSocketAddress) address = path != NULL ? g_unix_socket_address_new (path) : NULL;
  g_autoptr (GSocket) deaf =
      g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  g_autoptr (GError) error = NULL;

  if (address == NULL || deaf == NULL || !g_socket_bind (deaf, address, FALSE, &error) ||
      !g_socket_listen (deaf, &error) || !soup_server_listen_socket (server, deaf, 0, &error))
    g_message ("Each request will need a connection of its own: %s", error != NULL ? error->message : "no directory");
  if (path != NULL)
    {
      g_unlink (path);
      g_rmdir (dir);
    }
}
