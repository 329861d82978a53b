/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-gate.h"

#include <gio/gnetworking.h>
#include <string.h>

#include "backend-door.h"
#include "backend-gate-stream.h"

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
  GPtrArray     *doors;          /* owned TelaDoor; one with a certificate is a shared one */
  GHashTable    *guests;         /* remote address, by identity → owned Guest */
  guint          n_strangers[2]; /* at the doors of this machine, at the shared ones: the latter shut out nobody here */
  GSource       *looker;
};

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
shake_hands (Guest           *guest,
             GTlsCertificate *certificate)
{
  GIOStream *stream = g_tls_server_connection_new (G_IO_STREAM (guest->base), certificate, NULL);

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

static void
come_in_cb (TelaDoor *door,
            GSocket  *socket,
            gpointer  data)
{
  TelaGate        *self = data;
  GTlsCertificate *certificate = tela_door_get_certificate (door);
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GSocketAddress) address = g_socket_get_remote_address (socket, NULL);
  Guest *guest;

  if (address == NULL) /* gone already */
    return;
  if (is_full (self, certificate != NULL))
    {
      turn_away (self, socket, certificate == NULL);
      return;
    }
  g_socket_set_option (socket, IPPROTO_TCP, TCP_NODELAY, 1, NULL);
  connection = g_socket_connection_factory_create_connection (socket);
  guest = g_new0 (Guest, 1);
  guest->gate = self;
  guest->address = g_object_ref (address);
  guest->base = connection;
  guest->shared = certificate != NULL;
  guest->deadline = g_get_monotonic_time () + self->limits.stranger_us;
  ++*strangers_beside (guest);
  g_hash_table_insert (self->guests, guest->address, guest);
  g_object_weak_ref (G_OBJECT (connection), gone_cb, guest);
  start_looking (self);
  if (certificate != NULL)
    shake_hands (guest, certificate);
  else
    let_in (guest, G_IO_STREAM (connection));
}

guint
tela_gate_listen (TelaGate        *self,
                  GSocketAddress  *address,
                  GTlsCertificate *certificate,
                  GError         **error)
{
  TelaDoor *door = tela_door_new (self->core->context, address, certificate, come_in_cb, self, error);

  if (door == NULL)
    return 0;
  g_ptr_array_add (self->doors, door);
  return tela_door_get_port (door);
}

void
tela_gate_shut (TelaGate *self)
{
  GHashTableIter iter;
  gpointer       value;

  for (guint i = self->doors->len; i-- > 0;)
    if (tela_door_get_certificate (self->doors->pdata[i]) != NULL)
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

TelaGate *
tela_gate_new (TelaCore *core)
{
  TelaGate *self = g_new0 (TelaGate, 1);

  self->core = core;
  self->limits = default_limits;
  self->doors = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_door_free);
  self->guests = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, (GDestroyNotify) guest_free);
  tela_door_pretend (core->server);
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
