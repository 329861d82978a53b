/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-backend.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "backend-auth.h"
#include "backend-core.h"
#include "backend-gate.h"
#include "backend-socket.h"

#define DRAIN_MS 1000 /* for the clients to say goodbye too */

struct _TelaBackend
{
  GObject parent_instance;

  GThread      *thread; /* NULL: stopped */
  GMainContext *context;
  GMutex        mutex;
  GCond         cond;

  /* Given to the thread, and back from it. */
  char    *data_dir;
  char    *listen;
  gboolean limits;
  GError  *error;
  gboolean ready;    /* under mutex: the thread has started, or failed */
  gboolean stopping; /* of the thread */

  TelaCore *core; /* of the thread */
  char     *url;
  char     *anon_key;
  char     *service_key;
};

G_DEFINE_FINAL_TYPE (TelaBackend, tela_backend, G_TYPE_OBJECT)

/* ---- The thread ---- */

static gboolean
late_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
  return G_SOURCE_REMOVE;
}

/* What a round made the sockets say goes out at its end, before anything is waited for. */
static void
run_round (TelaBackend *self)
{
  tela_sockets_flush (self->core);
  g_main_context_iteration (self->context, TRUE);
}

static void
drain (TelaBackend *self)
{
  g_autoptr (GSource) timer = g_timeout_source_new (DRAIN_MS);
  gboolean late = FALSE;

  g_source_set_callback (timer, late_cb, &late, NULL);
  g_source_attach (timer, self->context);
  tela_core_drain (self->core);
  while (self->core->n_jobs > 0 || (!late && !tela_core_is_drained (self->core)))
    run_round (self);
  g_source_destroy (timer);
}

static gpointer
run (gpointer data)
{
  TelaBackend *self = data;

  g_main_context_push_thread_default (self->context);
  self->core = tela_core_new (self->data_dir, self->listen, self->limits, self->context, &self->error);
  g_mutex_lock (&self->mutex);
  self->ready = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);

  if (self->core != NULL)
    {
      while (!self->stopping)
        run_round (self);
      drain (self);
      g_clear_pointer (&self->core, tela_core_free);
      while (g_main_context_iteration (self->context, FALSE)) /* what libsoup put off */
        ;
    }
  g_main_context_pop_thread_default (self->context);
  return NULL;
}

/* ---- Calls into it ---- */

typedef struct
{
  TelaBackend *self;
  void (*func) (TelaBackend *self, gpointer data);
  gpointer data;
  gboolean done; /* under mutex */
} Call;

static gboolean
call_cb (gpointer data)
{
  Call        *call = data;
  TelaBackend *self = call->self;

  call->func (self, call->data);
  g_mutex_lock (&self->mutex);
  call->done = TRUE;
  g_cond_signal (&self->cond);
  g_mutex_unlock (&self->mutex);
  return G_SOURCE_REMOVE;
}

static void
call_and_wait (TelaBackend *self,
               void (*func) (TelaBackend *self, gpointer data),
               gpointer data)
{
  Call call = { self, func, data, FALSE };

  g_main_context_invoke (self->context, call_cb, &call);
  g_mutex_lock (&self->mutex);
  while (!call.done)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
}

static void
stop_in_thread (TelaBackend *self,
                gpointer     data)
{
  self->stopping = TRUE;
}

typedef struct
{
  char   *session;
  GError *error;
} OwnerSession;

static void
owner_session_in_thread (TelaBackend *self,
                         gpointer     data)
{
  OwnerSession *answer = data;

  answer->session = tela_auth_owner (self->core, &answer->error);
}

static void
patience_in_thread (TelaBackend *self,
                    gpointer     data)
{
  self->core->patience = *(const TelaPatience *) data;
}

static void
gate_limits_in_thread (TelaBackend *self,
                       gpointer     data)
{
  tela_gate_set_limits (self->core->gate, data);
}

/* ---- Public ---- */

static void
tela_backend_dispose (GObject *object)
{
  tela_backend_stop (TELA_BACKEND (object));

  G_OBJECT_CLASS (tela_backend_parent_class)->dispose (object);
}

static void
tela_backend_finalize (GObject *object)
{
  TelaBackend *self = TELA_BACKEND (object);

  g_main_context_unref (self->context);
  g_mutex_clear (&self->mutex);
  g_cond_clear (&self->cond);
  g_free (self->data_dir);
  g_free (self->listen);
  g_free (self->url);
  g_free (self->anon_key);
  g_free (self->service_key);

  G_OBJECT_CLASS (tela_backend_parent_class)->finalize (object);
}

static void
tela_backend_class_init (TelaBackendClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tela_backend_dispose;
  object_class->finalize = tela_backend_finalize;
}

static void
tela_backend_init (TelaBackend *self)
{
  self->context = g_main_context_new ();
  g_mutex_init (&self->mutex);
  g_cond_init (&self->cond);
}

/* libsoup 3.2 warns when a client is gone before it could look who that was; every scan and every cut does that.
 * Whoever logs anything in here ends the program: GLib takes messages about messages for fatal. */
static void
soup_warning_cb (const char    *domain,
                 GLogLevelFlags level,
                 const char    *message,
                 gpointer       user_data)
{
  if (strstr (message, "could not get remote address") == NULL)
    g_log_default_handler (domain, level, message, NULL);
}

static void
calm_soup (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;
  g_log_set_handler ("libsoup", G_LOG_LEVEL_WARNING, soup_warning_cb, NULL);
  g_once_init_leave (&once, 1);
}

/**
 * tela_backend_start:
 * @config: where and how
 * @error: return location
 *
 * Opens the data, listens, and serves on a thread of its own.
 *
 * Returns: (transfer full) (nullable): the running backend
 */
TelaBackend *
tela_backend_start (const TelaBackendConfig *config,
                    GError                 **error)
{
  g_autoptr (TelaBackend) self = g_object_new (TELA_TYPE_BACKEND, NULL);

  calm_soup ();
  self->data_dir = g_strdup (config->data_dir);
  self->listen = g_strdup (config->listen);
  self->limits = config->limits;
  self->thread = g_thread_new ("tela-backend", run, self);
  g_mutex_lock (&self->mutex);
  while (!self->ready)
    g_cond_wait (&self->cond, &self->mutex);
  g_mutex_unlock (&self->mutex);
  if (self->error != NULL)
    {
      g_thread_join (g_steal_pointer (&self->thread));
      g_propagate_error (error, g_steal_pointer (&self->error));
      return NULL;
    }
  self->url = g_strdup (self->core->url);
  self->anon_key = g_strdup (self->core->anon_key);
  self->service_key = g_strdup (self->core->service_key);
  return g_steal_pointer (&self);
}

/**
 * tela_backend_stop:
 * @self: a backend
 *
 * Tells every client, waits up to a second for them to go, and closes the data. Doing it again does nothing.
 */
void
tela_backend_stop (TelaBackend *self)
{
  g_return_if_fail (TELA_IS_BACKEND (self));

  if (self->thread == NULL)
    return;
  call_and_wait (self, stop_in_thread, NULL);
  g_thread_join (g_steal_pointer (&self->thread));
}

/**
 * tela_backend_get_url:
 * @self: a backend
 *
 * Returns: its base URL, which this machine can reach
 */
const char *
tela_backend_get_url (TelaBackend *self)
{
  g_return_val_if_fail (TELA_IS_BACKEND (self), NULL);

  return self->url;
}

/**
 * tela_backend_get_anon_key:
 * @self: a backend
 *
 * Returns: the API key of clients
 */
const char *
tela_backend_get_anon_key (TelaBackend *self)
{
  g_return_val_if_fail (TELA_IS_BACKEND (self), NULL);

  return self->anon_key;
}

/**
 * tela_backend_get_service_key:
 * @self: a backend
 *
 * Returns: the API key that stands above all rights
 */
const char *
tela_backend_get_service_key (TelaBackend *self)
{
  g_return_val_if_fail (TELA_IS_BACKEND (self), NULL);

  return self->service_key;
}

/**
 * tela_backend_new_owner_session:
 * @self: a running backend
 * @error: return location
 *
 * A fresh access token of the local owner, with the refresh token that all processes of this machine share.
 *
 * Returns: (transfer full) (nullable): the session as JSON
 */
char *
tela_backend_new_owner_session (TelaBackend *self,
                                GError     **error)
{
  OwnerSession answer = { NULL, NULL };

  g_return_val_if_fail (TELA_IS_BACKEND (self), NULL);

  if (self->thread == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("The backend was stopped"));
      return NULL;
    }
  call_and_wait (self, owner_session_in_thread, &answer);
  if (answer.session == NULL)
    g_propagate_error (error, answer.error);
  return answer.session;
}

void
tela_backend_set_patience (TelaBackend        *self,
                           const TelaPatience *patience)
{
  call_and_wait (self, patience_in_thread, (gpointer) patience);
}

void
tela_backend_set_gate_limits (TelaBackend          *self,
                              const TelaGateLimits *limits)
{
  call_and_wait (self, gate_limits_in_thread, (gpointer) limits);
}
