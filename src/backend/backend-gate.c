/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-gate.h"

#include <gio/gnetworking.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>

#include "backend-gate-stream.h"

#define BACKLOG 512
#define LOOK_MS 250
#define SORRY "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\nRetry-After: 5\r\n\r\n"

static const TelaGateLimits default_limits = { .sockets = 1000,
                                               .connections = 1256,
                                               .strangers = 64,
                                               .stranger_us = 5 * G_USEC_PER_SEC,
                                               .idle_us = 60 * G_USEC_PER_SEC,
                                               .request_us = 600 * G_USEC_PER_SEC };

struct _TelaGate
{
  TelaCore      *core;
  TelaGateLimits limits;
  GPtrArray     *doors;          /* owned Door */
  GHashTable    *guests;         /* remote address, by identity → owned Guest */
  guint          n_strangers[2]; /* at the doors of this machine, at the shared ones: the latter shut out nobody here */
  GSource       *looker;
};

typedef struct
{
  TelaGate        *gate;
  GSocket         *socket;
  GSource         *source;
  GTlsCertificate *certificate; /* NULL: in the clear, not shared */
} Door;

typedef struct
{
  TelaGate          *gate;
  GSocketAddress    *address;  /* of the peer: libsoup hands out this very object */
  GSocketConnection *base;     /* borrowed: told when it goes */
  TelaGateStream    *stream;   /* weak: over it; NULL: not let in yet */
  gint64             deadline; /* monotonic; 0: none */
  gboolean           known;
  gboolean           upgraded;
  gboolean           shared;
} Guest;

/* ---- Guests ---- */

static guint *
strangers_beside (Guest *self)
{
  return &self->gate->n_strangers[self->shared];
}

static void
guest_free (Guest *self)
{
  if (!self->known)
    --*strangers_beside (self);
  g_clear_weak_pointer (&self->stream);
  g_object_unref (self->address);
  g_free (self);
}

static void
gone_cb (gpointer data,
         GObject *base)
{
  Guest *guest = data;

  g_hash_table_remove (guest->gate->guests, guest->address);
}

/* Whoever reads or writes finds the end, and lets go of it. */
static void
show_out (Guest *self)
{
  g_socket_shutdown (g_socket_connection_get_socket (self->base), TRUE, TRUE, NULL);
  self->deadline = 0;
}

static gboolean
look_cb (gpointer data)
{
  TelaGate      *self = data;
  gint64         now = g_get_monotonic_time ();
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->guests);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Guest *guest = value;

      if (guest->deadline == 0 || guest->deadline > now)
        continue;
      if (!guest->known)
        self->core->metrics.late_strangers++;
      show_out (guest);
    }
  if (g_hash_table_size (self->guests) > 0)
    return G_SOURCE_CONTINUE;
  g_clear_pointer (&self->looker, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
start_looking (TelaGate *self)
{
  if (self->looker != NULL)
    return;
  self->looker = g_timeout_source_new ((guint) MIN (LOOK_MS, self->limits.stranger_us / 4000));
  g_source_set_static_name (self->looker, "tela-backend-gate");
  g_source_set_callback (self->looker, look_cb, self, NULL);
  g_source_attach (self->looker, self->core->context);
}

static Guest *
guest_of (TelaGate          *self,
          SoupServerMessage *msg)
{
  return g_hash_table_lookup (self->guests, soup_server_message_get_remote_address (msg));
}

gboolean
tela_gate_knows (TelaGate          *self,
                 SoupServerMessage *msg)
{
  Guest *guest = guest_of (self, msg);

  return guest != NULL && guest->known;
}

gboolean
tela_gate_is_shared (TelaGate          *self,
                     SoupServerMessage *msg)
{
  Guest *guest = guest_of (self, msg);

  return guest == NULL || guest->shared;
}

void
tela_gate_know (TelaGate          *self,
                SoupServerMessage *msg)
{
  Guest *guest = guest_of (self, msg);

  if (guest == NULL || guest->upgraded)
    return;
  if (!guest->known)
    --*strangers_beside (guest);
  guest->known = TRUE;
  guest->deadline = g_get_monotonic_time () + self->limits.request_us;
}

int
tela_gate_upgrade (TelaGate          *self,
                   SoupServerMessage *msg)
{
  Guest *guest = guest_of (self, msg);

  if (guest == NULL)
    return -1;
  tela_gate_know (self, msg);
  guest->upgraded = TRUE;
  guest->deadline = 0; /* the WebSocket has times of its own */
  return g_socket_get_fd (g_socket_connection_get_socket (guest->base));
}

static void
finished_cb (SoupServer        *server,
             SoupServerMessage *msg,
             TelaGate          *self)
{
  Guest *guest = guest_of (self, msg);

  if (guest == NULL || guest->upgraded || guest->stream == NULL)
    return;
  tela_gate_stream_rest (guest->stream);
  if (guest->known)
    guest->deadline = g_get_monotonic_time () + self->limits.idle_us;
}

/* ---- Doors ---- */

static void
let_in (Guest     *guest,
        GIOStream *stream)
{
  TelaCore *core = guest->gate->core;
  g_autoptr (GSocketAddress) local = g_socket_connection_get_local_address (guest->base, NULL);
  g_autoptr (TelaGateStream) kept = tela_gate_stream_new (stream);

  g_set_weak_pointer (&guest->stream, kept);
  soup_server_accept_iostream (core->server, G_IO_STREAM (kept), local, guest->address, NULL);
}

/* The guest goes with its stream, which the caller still holds. */
static void
shaken_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  g_autoptr (GIOStream) stream = G_IO_STREAM (source);
  Guest *guest = data;

  guest->gate->core->n_jobs--;
  if (g_tls_connection_handshake_finish (G_TLS_CONNECTION (source), result, NULL))
    let_in (guest, stream);
}

static void
shake_hands (Guest *guest,
             Door  *door)
{
  GIOStream *stream = g_tls_server_connection_new (G_IO_STREAM (guest->base), door->certificate, NULL);

  if (stream == NULL)
    return;
  guest->gate->core->n_jobs++; /* the end waits for it */
  g_tls_connection_handshake_async (G_TLS_CONNECTION (stream), G_PRIORITY_DEFAULT, NULL, shaken_cb, guest);
}

/* Guests from elsewhere leave room for those of this machine. */
static gboolean
is_full (TelaGate *self,
         gboolean  shared)
{
  guint kept = shared ? MIN (self->limits.strangers, self->limits.connections / 2) : 0;

  return g_hash_table_size (self->guests) >= self->limits.connections - kept ||
         self->n_strangers[shared] >= self->limits.strangers;
}

static void
turn_away (TelaGate *self,
           GSocket  *socket,
           gboolean  in_the_clear)
{
  self->core->metrics.turned_away++;
  g_socket_set_blocking (socket, FALSE);
  if (in_the_clear)
    g_socket_send (socket, SORRY, strlen (SORRY), NULL, NULL);
  g_socket_shutdown (socket, FALSE, TRUE, NULL);
  g_socket_close (socket, NULL);
}

static gboolean
accept_cb (GSocket     *listener,
           GIOCondition condition,
           gpointer     data)
{
  Door     *door = data;
  TelaGate *self = door->gate;
  g_autoptr (GSocket) socket = g_socket_accept (listener, NULL, NULL);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketAddress) address = socket != NULL ? g_socket_get_remote_address (socket, NULL) : NULL;
  Guest *guest;

  if (address == NULL) /* gone already */
    return G_SOURCE_CONTINUE;
  if (is_full (self, door->certificate != NULL))
    {
      turn_away (self, socket, door->certificate == NULL);
      return G_SOURCE_CONTINUE;
    }
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  connection = g_socket_connection_factory_create_connection (socket);
  guest = g_new0 (Guest, 1);
  guest->gate = self;
  guest->address = g_object_ref (address);
  guest->base = connection;
  guest->shared = door->certificate != NULL;
  guest->deadline = g_get_monotonic_time () + self->limits.stranger_us;
  ++*strangers_beside (guest);
  g_hash_table_insert (self->guests, guest->address, guest);
  g_object_weak_ref (G_OBJECT (connection), gone_cb, guest);
  start_looking (self);
  if (door->certificate != NULL)
    shake_hands (guest, door);
  else
    let_in (guest, G_IO_STREAM (connection));
  return G_SOURCE_CONTINUE;
}

static void
door_free (Door *self)
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

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Door, door_free)

guint
tela_gate_listen (TelaGate        *self,
                  GSocketAddress  *address,
                  GTlsCertificate *certificate,
                  GError         **error)
{
  g_autoptr (Door) door = g_new0 (Door, 1);
  g_autoptr (GSocketAddress) bound = NULL;

  door->gate = self;
  door->socket =
      g_socket_new (g_socket_address_get_family (address), G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, error);
  if (door->socket == NULL)
    return 0;
  g_socket_set_blocking (door->socket, FALSE);
  g_socket_set_listen_backlog (door->socket, BACKLOG);
  if (!g_socket_bind (door->socket, address, TRUE, error) || !g_socket_listen (door->socket, error))
    return 0;
  bound = g_socket_get_local_address (door->socket, error);
  if (bound == NULL)
    return 0;
  g_set_object (&door->certificate, certificate);
  door->source = g_socket_create_source (door->socket, G_IO_IN, NULL);
  g_source_set_callback (door->source, G_SOURCE_FUNC (accept_cb), door, NULL);
  g_source_attach (door->source, self->core->context);
  g_ptr_array_add (self->doors, g_steal_pointer (&door));
  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));
}

void
tela_gate_shut (TelaGate *self)
{
  GHashTableIter iter;
  gpointer       value;

  for (guint i = self->doors->len; i-- > 0;)
    if (((Door *) self->doors->pdata[i])->certificate != NULL)
      g_ptr_array_remove_index (self->doors, i);
  g_hash_table_iter_init (&iter, self->guests);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((Guest *) value)->shared)
      show_out (value);
}

void
tela_gate_drain (TelaGate *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_ptr_array_set_size (self->doors, 0);
  g_hash_table_iter_init (&iter, self->guests);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (!((Guest *) value)->known)
      show_out (value);
}

guint
tela_gate_count (TelaGate *self,
                 gboolean  strangers)
{
  return strangers ? self->n_strangers[FALSE] + self->n_strangers[TRUE] : g_hash_table_size (self->guests);
}

void
tela_gate_set_limits (TelaGate             *self,
                      const TelaGateLimits *limits)
{
  self->limits = *limits;
}

const TelaGateLimits *
tela_gate_get_limits (TelaGate *self)
{
  return &self->limits;
}

/* ---- Life ---- */

/* libsoup keeps a connection for the next request only while it listens itself: on a socket that nobody can find. */
static void
pretend_to_listen (SoupServer *server)
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

TelaGate *
tela_gate_new (TelaCore *core)
{
  TelaGate *self = g_new0 (TelaGate, 1);

  self->core = core;
  self->limits = default_limits;
  self->doors = g_ptr_array_new_with_free_func ((GDestroyNotify) door_free);
  self->guests = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, (GDestroyNotify) guest_free);
  pretend_to_listen (core->server);
  g_signal_connect (core->server, "request-finished", G_CALLBACK (finished_cb), self);
  return self;
}

void
tela_gate_free (TelaGate *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_signal_handlers_disconnect_by_data (self->core->server, self);
  g_ptr_array_unref (self->doors);
  if (self->looker != NULL)
    g_source_destroy (self->looker);
  g_clear_pointer (&self->looker, g_source_unref);
  g_hash_table_iter_init (&iter, self->guests);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Guest *guest = value;

      show_out (guest);
      g_object_weak_unref (G_OBJECT (guest->base), gone_cb, guest);
    }
  g_hash_table_unref (self->guests);
  g_free (self);
}
