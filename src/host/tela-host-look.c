/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-host-private.h"
#include "tela-lock.h"

#include <glib/gi18n-lib.h>

/* How long to look for whoever serves now. */
#define LOOK_FOR_US (5 * G_USEC_PER_SEC)
/* So often is the port of the last host tried before another one will do. */
#define PORT_TRIES 5
#define CONNECT_TIMEOUT_S 1

static gboolean
take_server_lock (TelaHost *self,
                  GError  **error)
{
  g_autofree char *dir = tela_host_dup_server_path (self, NULL);
  g_autofree char *path = tela_host_dup_server_path (self, "lock");

  if (self->server_lock < 0 && tela_lock_make_dir (dir, error))
    self->server_lock = tela_lock_take (path, error);

  return self->server_lock >= 0;
}

/* Where the last host was found, for clients that still look there. */
static char *
last_listen (TelaHost *self)
{
  g_autofree char *path = tela_host_dup_server_path (self, "endpoint.json");
  g_autoptr (TelaEndpoint) last = tela_endpoint_read (path, NULL);

  return last != NULL ? tela_endpoint_dup_listen (last) : NULL;
}

static TelaBackend *
start_backend (TelaHost *self,
               GError  **error)
{
  g_autofree char        *dir = tela_host_dup_server_path (self, NULL);
  g_autofree char        *last = self->listen == NULL && self->port_tries < PORT_TRIES ? last_listen (self) : NULL;
  const TelaBackendConfig config = { .data_dir = dir,
                                     .listen = last != NULL ? last : self->listen,
                                     .limits = self->limits };
  g_autoptr (GError) problem = NULL;
  TelaBackend *backend;

  backend = tela_backend_start (&config, &problem);
  if (backend != NULL)
    return backend;

  if (last != NULL && g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    {
      self->port_tries++;
      /* Translators: %s is a directory */
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, _ ("%s: in use for now"), last);
    }
  else
    g_propagate_error (error, g_steal_pointer (&problem));

  return NULL;
}

gboolean
tela_host_become (TelaHost *self,
                  GError  **error)
{
  g_autofree char *path = tela_host_dup_server_path (self, "endpoint.json");
  g_autofree char *session = NULL;
  g_autoptr (TelaBackend) backend = NULL;
  g_autoptr (TelaEndpoint) endpoint = NULL;

  if (!take_server_lock (self, error))
    return FALSE;
  backend = start_backend (self, error);
  if (backend == NULL)
    return FALSE;
  session = tela_backend_new_owner_session (backend, error);
  if (session == NULL)
    return FALSE;

  endpoint = tela_endpoint_new (tela_backend_get_url (backend), tela_backend_get_anon_key (backend), session);
  if (!tela_endpoint_write (endpoint, path, error))
    return FALSE;

  tela_host_set_endpoint (self, g_steal_pointer (&endpoint));
  self->backend = g_steal_pointer (&backend);
  self->port_tries = 0;

  return TRUE;
}

static gboolean
is_answering (const TelaEndpoint *endpoint)
{
  g_autoptr (GSocketConnectable) address = tela_endpoint_get_address (endpoint);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;

  if (address == NULL)
    return FALSE;

  g_socket_client_set_timeout (client, CONNECT_TIMEOUT_S);
  g_socket_client_set_enable_proxy (client, FALSE);
  connection = g_socket_client_connect (client, address, NULL, NULL);

  return connection != NULL;
}

/* At start: host, or find the host, which may be just starting or just going. */
gboolean
tela_host_find (TelaHost *self,
                GError  **error)
{
  g_autofree char *path = tela_host_dup_server_path (self, "endpoint.json");
  gint64           until = g_get_monotonic_time () + LOOK_FOR_US;

  do
    {
      g_autoptr (GError) problem = NULL;
      g_autoptr (TelaEndpoint) endpoint = NULL;

      if (tela_host_become (self, &problem))
        return TRUE;
      if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_BUSY))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }

      endpoint = self->server_lock < 0 ? tela_endpoint_read (path, NULL) : NULL;
      if (endpoint != NULL && is_answering (endpoint))
        {
          tela_host_set_endpoint (self, g_steal_pointer (&endpoint));
          return TRUE;
        }
      g_usleep (TELA_HOST_LOOK_EVERY_MS * 1000);
    }
  while (g_get_monotonic_time () < until);

  /* Translators: %s is a directory */
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, _ ("%s: the program that serves this data does not answer"),
               self->data_dir);

  return FALSE;
}

void
tela_host_stop_looking (TelaHost *self)
{
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_cancellable_cancel (self->probe);
  g_clear_object (&self->probe);
}

static void
probe_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (TelaHost) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autofree char *path = NULL;
  g_autoptr (TelaEndpoint) endpoint = NULL;

  connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->probe);
  if (connection == NULL)
    return; /* the next look is on its way */

  tela_host_stop_looking (self);
  path = tela_host_dup_server_path (self, "endpoint.json");
  endpoint = tela_endpoint_read (path, NULL);
  if (endpoint == NULL || tela_endpoint_equal (endpoint, self->endpoint))
    return;

  tela_host_set_endpoint (self, g_steal_pointer (&endpoint));
  tela_host_moved (self);
}

/* Does the one who holds the lock answer where endpoint.json says? */
static void
start_probe (TelaHost *self)
{
  g_autofree char *path = tela_host_dup_server_path (self, "endpoint.json");
  g_autoptr (TelaEndpoint) endpoint = tela_endpoint_read (path, NULL);
  g_autoptr (GSocketConnectable) address = endpoint != NULL ? tela_endpoint_get_address (endpoint) : NULL;
  g_autoptr (GSocketClient) client = NULL;

  if (address == NULL || self->probe != NULL)
    return;

  self->probe = g_cancellable_new ();
  client = g_socket_client_new ();
  g_socket_client_set_timeout (client, CONNECT_TIMEOUT_S);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_connect_async (client, address, self->probe, probe_cb, g_object_ref (self));
}

static gboolean
look_cb (gpointer user_data)
{
  g_autoptr (TelaHost) self = g_object_ref (user_data);
  g_autoptr (GError) error = NULL;

  if (tela_host_become (self, &error))
    {
      self->look_id = 0;
      tela_host_stop_looking (self);
      tela_host_taken_over (self);
      return G_SOURCE_REMOVE;
    }

  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_BUSY))
    {
      /* Somebody else may have better luck with it. */
      g_info ("Cannot take over: %s", error->message);
      tela_lock_release (&self->server_lock);
    }
  else if (self->server_lock < 0)
    start_probe (self);

  if (g_get_monotonic_time () < self->look_until)
    return G_SOURCE_CONTINUE;

  self->look_id = 0;
  tela_host_stop_looking (self);

  return G_SOURCE_REMOVE;
}

/* Returns at once; looks until somebody serves, this process or another, but no longer than 5 s. */
void
tela_host_check (TelaHost *self)
{
  g_return_if_fail (TELA_IS_HOST (self));

  if (self->is_remote || self->is_closed || self->backend != NULL)
    return;

  self->look_until = g_get_monotonic_time () + LOOK_FOR_US;
  if (self->look_id != 0)
    return;

  self->look_id = g_timeout_add (TELA_HOST_LOOK_EVERY_MS, look_cb, self);
  g_source_set_name_by_id (self->look_id, "[tela] look for the host");
}
