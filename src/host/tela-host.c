/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-host.h"

#include <glib/gstdio.h>

#include "tela-backend.h"
#include "tela-endpoint.h"
#include "tela-host-private.h"
#include "tela-lock.h"

/* How long, and how often, to look for whoever serves now. */
#define LOOK_FOR_US (5 * G_USEC_PER_SEC)
#define LOOK_EVERY_MS 100
/* So often is the port of the last host tried before another one will do. */
#define PORT_TRIES 5
#define CONNECT_TIMEOUT_S 1

struct _TelaHost
{
  GObject parent_instance;

  char         *data_dir;    /* owned */
  char         *replica_dir; /* owned; NULL: serves only */
  TelaEndpoint *endpoint;    /* owned; NULL: none yet */
  gboolean      is_remote;

  char        *listen; /* owned, nullable: where to serve, said by the user */
  gboolean     limits;
  int          server_lock; /* -1: somebody else's */
  TelaBackend *backend;     /* owned; NULL: not hosting */
  guint        port_tries;
  int          replica_lock;
  GArray      *idle_locks; /* owned, int: of replicas claimed */

  guint         look_id;    /* the source that looks for a host */
  gint64        look_until; /* monotonic */
  GCancellable *probe;      /* owned; NULL: none under way */
};

G_DEFINE_FINAL_TYPE (TelaHost, tela_host, G_TYPE_OBJECT)

enum
{
  PROP_IS_HOSTING = 1,
  N_PROPS
};

enum
{
  ENDPOINT_CHANGED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

static char *
server_path (TelaHost   *self,
             const char *name)
{
  return g_build_filename (self->data_dir, "server", name, NULL);
}

static void
set_endpoint (TelaHost     *self,
              TelaEndpoint *endpoint)
{
  g_clear_pointer (&self->endpoint, tela_endpoint_free);
  self->endpoint = endpoint;
}

static gboolean
take_server_lock (TelaHost *self,
                  GError  **error)
{
  g_autofree char *dir = server_path (self, NULL);
  g_autofree char *path = server_path (self, "lock");

  if (self->server_lock < 0 && tela_lock_make_dir (dir, error))
    self->server_lock = tela_lock_take (path, error);

  return self->server_lock >= 0;
}

/* Where the last host was found, for clients that still look there. */
static char *
last_listen (TelaHost *self)
{
  g_autofree char *path = server_path (self, "endpoint.json");
  g_autoptr (TelaEndpoint) last = tela_endpoint_read (path, NULL);

  return last != NULL ? tela_endpoint_dup_listen (last) : NULL;
}

static TelaBackend *
start_backend (TelaHost *self,
               GError  **error)
{
  g_autofree char        *dir = server_path (self, NULL);
  g_autofree char        *last = self->listen == NULL && self->port_tries < PORT_TRIES ? last_listen (self) : NULL;
  const TelaBackendConfig config = { .data_dir = dir, .listen = last != NULL ? last : self->listen, .limits = self->limits };
  g_autoptr (GError) problem = NULL;
  TelaBackend *backend;

  backend = tela_backend_start (&config, &problem);
  if (backend != NULL)
    return backend;

  if (last != NULL && g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    {
      self->port_tries++;
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_BUSY, "%s: in use for now", last);
    }
  else
    g_propagate_error (error, g_steal_pointer (&problem));

  return NULL;
}

/* G_IO_ERROR_BUSY: somebody else serves, or the port is not free yet: try again. */
static gboolean
become_host (TelaHost *self,
             GError  **error)
{
  g_autofree char *path = server_path (self, "endpoint.json");
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

  set_endpoint (self, g_steal_pointer (&endpoint));
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
static gboolean
find_host (TelaHost *self,
           GError  **error)
{
  g_autofree char *path = server_path (self, "endpoint.json");
  gint64           until = g_get_monotonic_time () + LOOK_FOR_US;

  do
    {
      g_autoptr (GError) problem = NULL;
      g_autoptr (TelaEndpoint) endpoint = NULL;

      if (become_host (self, &problem))
        return TRUE;
      if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_BUSY))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }

      endpoint = self->server_lock < 0 ? tela_endpoint_read (path, NULL) : NULL;
      if (endpoint != NULL && is_answering (endpoint))
        {
          set_endpoint (self, g_steal_pointer (&endpoint));
          return TRUE;
        }
      g_usleep (LOOK_EVERY_MS * 1000);
    }
  while (g_get_monotonic_time () < until);

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "%s: the program that serves this data does not answer", self->data_dir);

  return FALSE;
}

static void
stop_looking (TelaHost *self)
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

  stop_looking (self);
  path = server_path (self, "endpoint.json");
  endpoint = tela_endpoint_read (path, NULL);
  if (endpoint == NULL || tela_endpoint_equal (endpoint, self->endpoint))
    return;

  set_endpoint (self, g_steal_pointer (&endpoint));
  g_signal_emit (self, signals[ENDPOINT_CHANGED], 0);
}

/* Does the one who holds the lock answer where endpoint.json says? */
static void
start_probe (TelaHost *self)
{
  g_autofree char *path = server_path (self, "endpoint.json");
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

  if (become_host (self, &error))
    {
      self->look_id = 0;
      stop_looking (self);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_HOSTING]);
      g_signal_emit (self, signals[ENDPOINT_CHANGED], 0);
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
  stop_looking (self);

  return G_SOURCE_REMOVE;
}

static void
tela_host_get_property (GObject    *object,
                        guint       id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  TelaHost *self = TELA_HOST (object);

  if (id == PROP_IS_HOSTING)
    g_value_set_boolean (value, tela_host_is_hosting (self));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tela_host_dispose (GObject *object)
{
  tela_host_close (TELA_HOST (object));

  G_OBJECT_CLASS (tela_host_parent_class)->dispose (object);
}

static void
tela_host_finalize (GObject *object)
{
  TelaHost *self = TELA_HOST (object);

  g_clear_pointer (&self->endpoint, tela_endpoint_free);
  g_array_unref (self->idle_locks);
  g_free (self->data_dir);
  g_free (self->replica_dir);
  g_free (self->listen);

  G_OBJECT_CLASS (tela_host_parent_class)->finalize (object);
}

static void
tela_host_class_init (TelaHostClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tela_host_get_property;
  object_class->dispose = tela_host_dispose;
  object_class->finalize = tela_host_finalize;

  /**
   * TelaHost:is-hosting:
   *
   * Whether this process serves the others.
   */
  props[PROP_IS_HOSTING] = g_param_spec_boolean ("is-hosting", NULL, NULL, FALSE,
                                                 G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  /**
   * TelaHost::endpoint-changed:
   *
   * URL, key or session are others than before.
   */
  signals[ENDPOINT_CHANGED] =
      g_signal_new ("endpoint-changed", TELA_TYPE_HOST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tela_host_init (TelaHost *self)
{
  self->server_lock = -1;
  self->replica_lock = -1;
  self->idle_locks = g_array_new (FALSE, FALSE, sizeof (int));
}

/**
 * tela_host_new:
 * @data_dir: (type filename): what all processes of this user share
 * @url: (nullable): a backend elsewhere
 * @key: (nullable): its API key
 * @error: what is in the way
 *
 * Finds out who serves; may be this process itself.
 *
 * Returns: (transfer full) (nullable): the host, with a replica of its own
 */
TelaHost *
tela_host_new (const char *data_dir,
               const char *url,
               const char *key,
               GError    **error)
{
  g_autoptr (TelaHost) self = NULL;

  g_return_val_if_fail (data_dir != NULL, NULL);

  self = g_object_new (TELA_TYPE_HOST, NULL);
  self->data_dir = g_strdup (data_dir);
  self->is_remote = url != NULL;

  self->replica_dir = tela_replica_dir_take (data_dir, &self->replica_lock, error);
  if (self->replica_dir == NULL)
    return NULL;

  if (self->is_remote)
    set_endpoint (self, tela_endpoint_new (url, key, NULL));
  else if (!find_host (self, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * tela_host_serve:
 * @data_dir: (type filename): what all processes of this user share
 * @listen: (nullable): "HOST:PORT"
 * @limits: keep Supabase's limits
 * @error: what is in the way
 *
 * Returns: (transfer full) (nullable): a host that serves, without a replica
 */
TelaHost *
tela_host_serve (const char *data_dir,
                 const char *listen,
                 gboolean    limits,
                 GError    **error)
{
  g_autoptr (TelaHost) self = NULL;
  g_autoptr (GError) problem = NULL;

  g_return_val_if_fail (data_dir != NULL, NULL);

  self = g_object_new (TELA_TYPE_HOST, NULL);
  self->data_dir = g_strdup (data_dir);
  self->listen = g_strdup (listen);
  self->limits = limits;

  while (!become_host (self, &problem))
    {
      if (self->server_lock < 0 || !g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_BUSY))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return NULL;
        }
      g_clear_error (&problem);
      g_usleep (LOOK_EVERY_MS * 1000);
    }

  return g_steal_pointer (&self);
}

char *
tela_host_dup_endpoint_path (TelaHost *self)
{
  g_return_val_if_fail (TELA_IS_HOST (self), NULL);

  return self->is_remote ? NULL : server_path (self, "endpoint.json");
}

const char *
tela_host_get_service_key (TelaHost *self)
{
  g_return_val_if_fail (TELA_IS_HOST (self), NULL);

  return self->backend != NULL ? tela_backend_get_service_key (self->backend) : NULL;
}

const char *
tela_host_get_url (TelaHost *self)
{
  g_return_val_if_fail (TELA_IS_HOST (self), NULL);

  return self->endpoint->url;
}

const char *
tela_host_get_key (TelaHost *self)
{
  g_return_val_if_fail (TELA_IS_HOST (self), NULL);

  return self->endpoint->key;
}

const char *
tela_host_get_replica_dir (TelaHost *self)
{
  g_return_val_if_fail (TELA_IS_HOST (self), NULL);

  return self->replica_dir;
}

gboolean
tela_host_is_hosting (TelaHost *self)
{
  g_return_val_if_fail (TELA_IS_HOST (self), FALSE);

  return self->backend != NULL;
}

gboolean
tela_host_is_remote (TelaHost *self)
{
  g_return_val_if_fail (TELA_IS_HOST (self), FALSE);

  return self->is_remote;
}

/* The host makes a fresh one; the others have what it wrote down, whose refresh token stays good. */
char *
tela_host_dup_session (TelaHost *self)
{
  g_return_val_if_fail (TELA_IS_HOST (self), NULL);

  return self->backend != NULL ? tela_backend_new_owner_session (self->backend, NULL) : g_strdup (self->endpoint->session);
}

/* Returns at once; looks until somebody serves, this process or another, but no longer than 5 s. */
void
tela_host_check (TelaHost *self)
{
  g_return_if_fail (TELA_IS_HOST (self));

  if (self->is_remote || self->backend != NULL || self->data_dir == NULL)
    return;

  self->look_until = g_get_monotonic_time () + LOOK_FOR_US;
  if (self->look_id != 0)
    return;

  self->look_id = g_timeout_add (LOOK_EVERY_MS, look_cb, self);
  g_source_set_name_by_id (self->look_id, "[tela] look for the host");
}

GPtrArray *
tela_host_claim_idle_replicas (TelaHost *self)
{
  g_return_val_if_fail (TELA_IS_HOST (self), NULL);

  if (self->backend == NULL)
    return g_ptr_array_new_with_free_func (g_free);

  return tela_replica_dir_claim (self->data_dir, self->replica_dir, self->idle_locks);
}

/* The backend first: who gets the lock finds its data closed. */
void
tela_host_close (TelaHost *self)
{
  g_return_if_fail (TELA_IS_HOST (self));

  stop_looking (self);

  if (self->backend != NULL)
    {
      g_autofree char *path = server_path (self, "endpoint.json");

      tela_backend_stop (self->backend);
      g_clear_object (&self->backend);
      g_unlink (path);
    }
  tela_lock_release (&self->server_lock);
  tela_lock_release (&self->replica_lock);
  for (guint i = 0; i < self->idle_locks->len; i++)
    tela_lock_release (&g_array_index (self->idle_locks, int, i));
  g_array_set_size (self->idle_locks, 0);
}

char *
tela_host_default_data_dir (void)
{
  return g_build_filename (g_get_user_data_dir (), "tela", NULL);
}
