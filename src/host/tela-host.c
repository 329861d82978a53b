/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-host.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "realtime-trust.h"
#include "tela-host-private.h"
#include "tela-joined.h"
#include "tela-lock.h"

G_DEFINE_FINAL_TYPE (TelaHost, tela_host, G_TYPE_OBJECT)

enum
{
  PROP_IS_HOSTING = 1,
  N_PROPS
};

enum
{
  ENDPOINT_CHANGED,
  REPLICAS_DUE,
  N_SIGNALS
};

/* So often it is time to look what processes have left that are gone. */
#define DUE_EVERY_S 10

static GParamSpec *props[N_PROPS];
static guint       signals[N_SIGNALS];

char *
tela_host_dup_server_path (TelaHost   *self,
                           const char *name)
{
  return g_build_filename (self->data_dir, "server", name, NULL);
}

void
tela_host_set_endpoint (TelaHost     *self,
                        TelaEndpoint *endpoint)
{
  g_clear_pointer (&self->endpoint, tela_endpoint_free);
  self->endpoint = endpoint;
}

void
tela_host_moved (TelaHost *self)
{
  g_signal_emit (self, signals[ENDPOINT_CHANGED], 0);
}

void
tela_host_taken_over (TelaHost *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IS_HOSTING]);
  tela_host_moved (self);
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
  g_hash_table_unref (self->left_empty);
  g_free (self->replicas_dir);
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

  /**
   * TelaHost::replicas-due:
   *
   * Somebody may have gone and left something: tela_host_claim_idle_replicas() says who.
   */
  signals[REPLICAS_DUE] =
      g_signal_new ("replicas-due", TELA_TYPE_HOST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tela_host_init (TelaHost *self)
{
  self->server_lock = -1;
  self->replica_lock = -1;
  self->idle_locks = g_array_new (FALSE, FALSE, sizeof (int));
  self->left_empty = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
}

static gboolean
due_cb (gpointer user_data)
{
  g_signal_emit (user_data, signals[REPLICAS_DUE], 0);
  return G_SOURCE_CONTINUE;
}

/* Those of this computer's own backend, or of the one host that an invite led to; else they may be of several. */
static void
watch_replicas (TelaHost   *self,
                const char *apart)
{
  if (self->is_remote && apart == NULL)
    return;

  self->replicas_dir = g_strdup (apart == NULL ? self->data_dir : apart);
  self->due_id = g_timeout_add_seconds (DUE_EVERY_S, due_cb, self);
  g_source_set_name_by_id (self->due_id, "[tela] look what others have left");
}

/* A host that we were invited to is known with its key, its certificate, and as whom it knows us. */
static gboolean
point_elsewhere (TelaHost         *self,
                 const TelaJoined *joined, /* nullable */
                 const char       *url,
                 const char       *key,
                 GError          **error)
{
  if (joined != NULL)
    realtime_trust_pin (joined->url, joined->fingerprint);
  if (key != NULL)
    tela_host_set_endpoint (self, tela_endpoint_new (url, key, NULL));
  else if (joined != NULL)
    tela_host_set_endpoint (self, tela_endpoint_new (joined->url, joined->key, joined->session));
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("The key of the server is missing"));
  return self->endpoint != NULL;
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
  g_autoptr (TelaJoined) joined = NULL;
  g_autofree char *apart = NULL;

  g_return_val_if_fail (data_dir != NULL, NULL);

  self = g_object_new (TELA_TYPE_HOST, NULL);
  self->data_dir = g_strdup (data_dir);
  self->is_remote = url != NULL;

  /* What we hold of a host that an invite led to is of another person's boards: this computer's own backend never gets it. */
  joined = url == NULL ? NULL : tela_joined_find (data_dir, url);
  apart = joined == NULL ? NULL : g_build_filename (data_dir, "joined", joined->host_id, NULL);
  self->replica_dir = tela_replica_dir_take (apart == NULL ? data_dir : apart, &self->replica_lock, error);
  if (self->replica_dir == NULL)
    return NULL;

  if (self->is_remote)
    {
      if (!point_elsewhere (self, joined, url, key, error))
        return NULL;
    }
  else if (!tela_host_find (self, error))
    return NULL;
  watch_replicas (self, apart);

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

  while (!tela_host_become (self, &problem))
    {
      if (self->server_lock < 0 || !g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_BUSY))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return NULL;
        }
      g_clear_error (&problem);
      g_usleep (TELA_HOST_LOOK_EVERY_MS * 1000);
    }

  return g_steal_pointer (&self);
}

char *
tela_host_dup_endpoint_path (TelaHost *self)
{
  g_return_val_if_fail (TELA_IS_HOST (self), NULL);

  return self->is_remote ? NULL : tela_host_dup_server_path (self, "endpoint.json");
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

  return self->backend != NULL ? tela_backend_new_owner_session (self->backend, NULL)
                               : g_strdup (self->endpoint->session);
}

GPtrArray *
tela_host_claim_idle_replicas (TelaHost *self)
{
  g_return_val_if_fail (TELA_IS_HOST (self), NULL);

  if (self->replicas_dir == NULL || self->is_closed)
    return g_ptr_array_new_with_free_func (g_free);

  return tela_replica_dir_claim (self->replicas_dir, self->replica_dir, self->idle_locks, self->left_empty);
}

/* The backend first: who gets the lock finds its data closed. */
void
tela_host_close (TelaHost *self)
{
  g_return_if_fail (TELA_IS_HOST (self));

  self->is_closed = TRUE;
  tela_host_stop_looking (self);
  g_clear_handle_id (&self->due_id, g_source_remove);

  if (self->backend != NULL)
    {
      g_autofree char *path = tela_host_dup_server_path (self, "endpoint.json");

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
