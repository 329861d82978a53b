/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-workspace-private.h"

#include <glib/gi18n-lib.h>

#define RETRY_FIRST_MS 1000
#define RETRY_MAX_MS 30000
#define NEWS_MS 100

G_DEFINE_FINAL_TYPE (TelaWorkspace, tela_workspace, G_TYPE_OBJECT)

enum
{
  ENDPOINT_LOST,
  SIGNED_IN,
  SIGN_IN_REFUSED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void sign_in (TelaWorkspace *self);

/* The user's own topic: boards gained, lost, renamed. */

static void
news_cb (gpointer payload,
         gpointer user_data)
{
  tela_workspace_refresh (user_data);
}

/* One rename is one message, a board gained with all that belongs to it several: the list is asked for once. */
static void
user_message_cb (TelaWorkspace *self)
{
  if (self->news == NULL)
    self->news = realtime_debouncer_new (NEWS_MS, news_cb, self, NULL);
  realtime_debouncer_push (self->news, NULL);
}

static void
drop_user (TelaWorkspace *self)
{
  if (self->user == NULL)
    return;
  g_clear_pointer (&self->news, realtime_debouncer_free);
  g_signal_handlers_disconnect_by_data (self->user, self);
  realtime_subscription_cancel (self->user);
  g_clear_object (&self->user);
}

static void
listen_to_user (TelaWorkspace *self)
{
  const RealtimeChannelOptions options = { .is_private = TRUE };
  const char                  *id = tela_remote_get_user_id (self->remote);
  g_autofree char             *topic = g_strconcat ("user:", id, NULL);

  if (self->user != NULL && g_str_equal (realtime_subscription_get_topic (self->user), topic))
    return;
  drop_user (self);
  self->user = realtime_manager_subscribe (self->realtime, topic, "*", &options, REALTIME_KEEP_LATEST);
  g_signal_connect_object (self->user, "message", G_CALLBACK (user_message_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->user, "joined", G_CALLBACK (tela_workspace_refresh), self, G_CONNECT_SWAPPED);
}

/* Signing in */

static gboolean
retry_cb (gpointer user_data)
{
  TelaWorkspace *self = user_data;

  self->retry_source = 0;
  sign_in (self);
  return G_SOURCE_REMOVE;
}

void
tela_workspace_retry_later (TelaWorkspace *self)
{
  guint delay = MIN (RETRY_FIRST_MS << MIN (self->attempt, 5), RETRY_MAX_MS);

  if (self->closed || self->retry_source != 0)
    return;
  self->attempt++;
  self->retry_source = g_timeout_add (delay, retry_cb, self);
  g_source_set_name_by_id (self->retry_source, "[tela] sign in again");
}

static void
signed_in_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (TelaWorkspace) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *token = tela_remote_token_finish (TELA_REMOTE (source), result, &error);

  if (self->closed || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (token == NULL)
    {
      if (g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_AUTH) && self->email != NULL)
        g_signal_emit (self, signals[SIGN_IN_REFUSED], 0, error->message);
      tela_workspace_retry_later (self);
      return;
    }
  realtime_manager_set_token (self->realtime, token);
  listen_to_user (self);
  tela_workspace_refresh (self);
  tela_workspace_pump_changes (self);
  g_signal_emit (self, signals[SIGNED_IN], 0);
}

static void
sign_in (TelaWorkspace *self)
{
  tela_remote_token_async (self->remote, self->cancellable, signed_in_cb, g_object_ref (self));
}

static void
token_cb (TelaWorkspace *self,
          const char    *token)
{
  realtime_manager_set_token (self->realtime, token);
}

static void
lose_endpoint (TelaWorkspace *self)
{
  if (!self->closed)
    g_signal_emit (self, signals[ENDPOINT_LOST], 0);
}

/* What the realtime library asks for */

typedef struct
{
  GWeakRef              workspace;
  RealtimeManager      *realtime; /* owned */
  RealtimeTokenRequest *request;
} TokenAsk;

static void
token_asked_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  TokenAsk *ask = user_data;
  g_autoptr (TelaWorkspace) self = g_weak_ref_get (&ask->workspace);
  g_autoptr (GError) error = NULL;
  g_autofree char *token = tela_remote_token_finish (TELA_REMOTE (source), result, &error);

  if (g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_AUTH))
    {
      g_autoptr (GError) refused =
          g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED, error->message);

      realtime_manager_token_ready (ask->realtime, ask->request, NULL, refused);
      /* It will not ask again; the next sign-in brings it the token. */
      if (self != NULL)
        tela_workspace_retry_later (self);
    }
  else
    {
      realtime_manager_token_ready (ask->realtime, ask->request, token, error);
    }
  g_weak_ref_clear (&ask->workspace);
  g_object_unref (ask->realtime);
  g_free (ask);
}

static void
provide_token (RealtimeTokenRequest *request,
               gpointer              user_data)
{
  TelaWorkspace *self = user_data;
  TokenAsk      *ask = g_new0 (TokenAsk, 1);

  g_weak_ref_init (&ask->workspace, self);
  ask->realtime = g_object_ref (self->realtime);
  ask->request = request;
  tela_remote_token_async (self->remote, NULL, token_asked_cb, ask);
}

static void
connection_cb (TelaWorkspace *self)
{
  switch (realtime_manager_get_connection_state (self->realtime))
    {
    case REALTIME_CONNECTION_CONNECTED:
      self->attempt = 0;
      tela_workspace_refresh (self);
      tela_workspace_pump_changes (self);
      tela_workspace_reconnected (self);
      break;
    case REALTIME_CONNECTION_RECONNECTING:
    case REALTIME_CONNECTION_ERROR:
      lose_endpoint (self);
      break;
    case REALTIME_CONNECTION_CONNECTING:
    case REALTIME_CONNECTION_DISCONNECTED:
    default:
      break;
    }
}

/* Each further failure is another reason to look who serves. */
static void
retry_at_cb (TelaWorkspace *self)
{
  if (realtime_manager_get_retry_at (self->realtime) != 0)
    lose_endpoint (self);
}

static void
tela_workspace_dispose (GObject *object)
{
  TelaWorkspace *self = TELA_WORKSPACE (object);

  if (self->realtime != NULL)
    {
      tela_workspace_close (self);
      realtime_manager_set_token_provider (self->realtime, NULL, NULL, NULL);
    }
  g_clear_object (&self->realtime);
  g_clear_object (&self->assets);
  g_clear_object (&self->remote);
  g_clear_object (&self->store);
  g_clear_object (&self->projects);
  g_clear_object (&self->trash);
  G_OBJECT_CLASS (tela_workspace_parent_class)->dispose (object);
}

static void
tela_workspace_finalize (GObject *object)
{
  TelaWorkspace *self = TELA_WORKSPACE (object);

  g_clear_object (&self->cancellable);
  g_queue_clear_full (&self->queue, (GDestroyNotify) tela_project_change_free);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_ptr_array_unref (self->refreshes);
  g_ptr_array_unref (self->drains);
  g_ptr_array_unref (self->replicas);
  g_hash_table_unref (self->sessions);
  g_hash_table_unref (self->opening);
  g_hash_table_unref (self->outboxes);
  g_free (self->email);
  if (self->thumbnailer != NULL)
    g_thread_pool_free (self->thumbnailer, FALSE, FALSE);
  g_free (self->scope);
  G_OBJECT_CLASS (tela_workspace_parent_class)->finalize (object);
}

static void
tela_workspace_class_init (TelaWorkspaceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tela_workspace_dispose;
  object_class->finalize = tela_workspace_finalize;

  /**
   * TelaWorkspace::endpoint-lost:
   *
   * The connection broke, could not be made again, or the session that was given has ended: somebody should look who
   * serves.
   */
  signals[ENDPOINT_LOST] =
      g_signal_new ("endpoint-lost", TELA_TYPE_WORKSPACE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * TelaWorkspace::signed-in:
   *
   * The user is known, and may be another one than before.
   */
  signals[SIGNED_IN] =
      g_signal_new ("signed-in", TELA_TYPE_WORKSPACE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * TelaWorkspace::sign-in-refused:
   * @reason: what the server said, or that there is no password to send
   *
   * The account that was set is not let in. It is tried again with the next tela_workspace_set_account().
   */
  signals[SIGN_IN_REFUSED] = g_signal_new ("sign-in-refused", TELA_TYPE_WORKSPACE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                           NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
tela_workspace_init (TelaWorkspace *self)
{
  self->cancellable = g_cancellable_new ();
  self->projects = g_list_store_new (TELA_TYPE_PROJECT);
  self->trash = g_list_store_new (TELA_TYPE_PROJECT);
  g_queue_init (&self->queue);
  self->refreshes = tela_waiters_new ();
  self->drains = tela_waiters_new ();
  self->replicas = g_ptr_array_new_with_free_func (tela_replica_adopted_free);
  self->sessions = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->opening = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
  self->outboxes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

/* Public */

TelaWorkspace *
tela_workspace_new (TelaStore       *store,
                    RealtimeManager *realtime)
{
  TelaWorkspace *self;

  g_return_val_if_fail (TELA_IS_STORE (store), NULL);
  g_return_val_if_fail (REALTIME_IS_MANAGER (realtime), NULL);

  self = g_object_new (TELA_TYPE_WORKSPACE, NULL);
  self->store = g_object_ref (store);
  self->realtime = g_object_ref (realtime);
  self->remote = tela_remote_new (store);
  self->assets = tela_assets_new (store, self->remote);
  g_signal_connect_object (self->remote, "token", G_CALLBACK (token_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->remote, "signed-out", G_CALLBACK (lose_endpoint), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (realtime, "notify::connection-state", G_CALLBACK (connection_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (realtime, "notify::retry-at", G_CALLBACK (retry_at_cb), self, G_CONNECT_SWAPPED);
  realtime_manager_set_token_provider (realtime, provide_token, self, NULL);
  return self;
}

void
tela_workspace_set_account (TelaWorkspace *self,
                            const char    *email,
                            const char    *password)
{
  g_return_if_fail (TELA_IS_WORKSPACE (self));

  g_free (self->email);
  self->email = g_strdup (email);
  tela_remote_set_account (self->remote, email, password);
}

void
tela_workspace_set_sign_in_dir (TelaWorkspace *self,
                                const char    *dir)
{
  g_return_if_fail (TELA_IS_WORKSPACE (self));

  tela_remote_set_sign_in_dir (self->remote, dir);
}

void
tela_workspace_set_endpoint (TelaWorkspace *self,
                             const char    *url,
                             const char    *key,
                             const char    *session_json,
                             gboolean       is_local)
{
  g_autofree char *scope = NULL;

  g_return_if_fail (TELA_IS_WORKSPACE (self));
  g_return_if_fail (url != NULL && key != NULL);

  if (self->closed)
    return;
  g_cancellable_cancel (self->cancellable);
  g_object_unref (self->cancellable);
  self->cancellable = g_cancellable_new ();
  g_clear_handle_id (&self->retry_source, g_source_remove);
  self->attempt = 0;
  self->queue_busy = self->refreshing = self->refresh_again = FALSE;
  self->is_local = is_local;
  scope = is_local ? g_strdup ("local") : g_strjoin (" ", url, self->email, NULL);
  if (g_strcmp0 (scope, self->scope) != 0)
    {
      g_free (self->scope);
      self->scope = g_steal_pointer (&scope);
      self->has_list = FALSE;
      drop_user (self);
      tela_workspace_load_projects (self);
    }
  tela_remote_set_endpoint (self->remote, url, key, session_json, self->scope);
  realtime_manager_set_endpoint (self->realtime, url, key);
  realtime_manager_connect (self->realtime);
  tela_workspace_update_boards (self);
  tela_workspace_reconnected (self);
  sign_in (self);
}

const char *
tela_workspace_get_user_id (TelaWorkspace *self)
{
  g_return_val_if_fail (TELA_IS_WORKSPACE (self), NULL);
  return tela_remote_get_user_id (self->remote);
}

RealtimeManager *
tela_workspace_get_realtime (TelaWorkspace *self)
{
  g_return_val_if_fail (TELA_IS_WORKSPACE (self), NULL);
  return self->realtime;
}

TelaStore *
tela_workspace_get_store (TelaWorkspace *self)
{
  g_return_val_if_fail (TELA_IS_WORKSPACE (self), NULL);
  return self->store;
}

TelaAssets *
tela_workspace_get_assets (TelaWorkspace *self)
{
  g_return_val_if_fail (TELA_IS_WORKSPACE (self), NULL);
  return self->assets;
}

TelaRemote *
tela_workspace_get_remote (TelaWorkspace *self)
{
  g_return_val_if_fail (TELA_IS_WORKSPACE (self), NULL);
  return self->remote;
}

void
tela_workspace_close (TelaWorkspace *self)
{
  g_autoptr (GError) error = g_error_new (G_IO_ERROR, G_IO_ERROR_CLOSED, _ ("The workspace was closed"));

  g_return_if_fail (TELA_IS_WORKSPACE (self));

  if (self->closed)
    return;
  self->closed = TRUE;
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_source, g_source_remove);
  drop_user (self);
  tela_workspace_close_boards (self);
  tela_assets_close (self->assets);
  tela_remote_close (self->remote);
  tela_waiters_answer (self->refreshes, error);
  tela_waiters_answer (self->drains, error);
}
