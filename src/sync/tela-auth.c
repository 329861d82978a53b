/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-auth.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "tela-auth-session.h"
#include "tela-json.h"
#include "tela-sign-in.h"

#define FRESH_S 60 /* a token with less life is refreshed first */
#define REFRESH_EARLY_S 90
#define HELD_MS 100 /* how often to look while another process renews the session */

struct _TelaAuth
{
  GObject parent_instance;

  SoupSession    *soup;
  TelaStore      *store;
  char           *url;
  char           *key;
  char           *dir;      /* where sessions are that other processes have too; NULL: none */
  char           *note;     /* where our own session is kept; NULL: it was given */
  char           *path;     /* of the file that is kept in instead; NULL: none */
  int             held;     /* while we renew what the file holds; else -1 */
  char           *email;    /* NULL: an anonymous user */
  char           *password; /* for one sign-in, NULL */
  TelaAuthSession session;
  gint64          ahead;       /* server's clock minus ours, seconds; from its Date headers */
  GPtrArray      *waiting;     /* GTask */
  GCancellable   *cancellable; /* of the request under way; NULL: none */
  guint           refresh_source;
  guint           held_source; /* somebody else renews it */
};

G_DEFINE_FINAL_TYPE (TelaAuth, tela_auth, G_TYPE_OBJECT)

enum
{
  TOKEN,
  SIGNED_OUT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* One request under way. */
typedef struct
{
  TelaAuth    *self;    /* owned */
  SoupMessage *message; /* owned */
} Ask;

static void begin (TelaAuth *self);

static gint64
server_now (TelaAuth *self)
{
  return g_get_real_time () / G_USEC_PER_SEC + self->ahead;
}

static void
forget (TelaAuth *self)
{
  tela_auth_session_clear (&self->session);
}

static gboolean
take_session (TelaAuth   *self,
              const char *text,
              gssize      len)
{
  return tela_auth_session_parse (&self->session, text, len, server_now (self));
}

/* (transfer full) (nullable) */
static char *
get_kept (TelaAuth *self)
{
  char *kept = self->path != NULL ? tela_sign_in_read (self->path) : NULL;

  /* What an earlier version kept, where nobody shares it. */
  return kept != NULL ? kept : tela_store_get_note (self->store, self->note);
}

static void
put_kept (TelaAuth   *self,
          const char *json)
{
  if (self->path != NULL)
    tela_sign_in_write (self->path, json);
  if (self->path == NULL || *json == '\0')
    tela_store_put_note (self->store, self->note, json);
}

static void
keep (TelaAuth *self)
{
  g_autofree char *text = NULL;

  if (self->note == NULL)
    return;
  text = tela_auth_session_to_json (&self->session);
  put_kept (self, text);
}

static gboolean
is_fresh (TelaAuth *self)
{
  return self->session.access != NULL && self->session.expires_at - server_now (self) > FRESH_S;
}

static void
answer_waiting (TelaAuth     *self,
                const GError *error)
{
  g_autoptr (GPtrArray) waiting = g_steal_pointer (&self->waiting);

  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < waiting->len; i++)
    if (error != NULL)
      g_task_return_error (g_ptr_array_index (waiting, i), g_error_copy (error));
    else
      g_task_return_pointer (g_ptr_array_index (waiting, i), g_strdup (self->session.access), g_free);
}

static gboolean
refresh_early_cb (gpointer user_data)
{
  TelaAuth *self = user_data;

  self->refresh_source = 0;
  if (self->cancellable == NULL)
    begin (self);
  return G_SOURCE_REMOVE;
}

static void
plan_refresh (TelaAuth *self)
{
  gint64 seconds = self->session.expires_at - server_now (self) - REFRESH_EARLY_S;

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  self->refresh_source = g_timeout_add_seconds ((guint) CLAMP (seconds, 10, G_MAXINT / 1000), refresh_early_cb, self);
  g_source_set_name_by_id (self->refresh_source, "[tela] token refresh");
}

static void
learn_date (TelaAuth    *self,
            SoupMessage *message)
{
  const char *text = soup_message_headers_get_one (soup_message_get_response_headers (message), "Date");
  g_autoptr (GDateTime) date = text != NULL ? soup_date_time_new_from_http_string (text) : NULL;

  if (date != NULL)
    self->ahead = g_date_time_to_unix (date) - g_get_real_time () / G_USEC_PER_SEC;
}

/* The server does not take the session. Ours is dropped: the next call signs in anew. A given one is the host's to
 * replace. */
static void
session_refused (TelaAuth *self)
{
  gboolean given = self->note == NULL;

  forget (self);
  keep (self);
  if (given)
    g_signal_emit (self, signals[SIGNED_OUT], 0);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autofree Ask *ask = user_data;
  g_autoptr (TelaAuth) self = ask->self;
  g_autoptr (SoupMessage) message = ask->message;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = tela_http_send_finish (SOUP_SESSION (source), result, &error);
  guint status = soup_message_get_status (message);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->cancellable);

  if (body != NULL)
    {
      learn_date (self, message);
      if (status >= 400)
        error = tela_http_error_new (status, body);
      else if (!take_session (self, g_bytes_get_data (body, NULL), (gssize) g_bytes_get_size (body)))
        error = g_error_new (TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_SERVER,
                             _ ("The sign-in was answered without a session"));
    }
  if (error == NULL)
    {
      keep (self);
      plan_refresh (self);
      g_signal_emit (self, signals[TOKEN], 0, self->session.access);
    }
  else if (error->code == TELA_REMOTE_ERROR_REFUSED || error->code == TELA_REMOTE_ERROR_AUTH)
    {
      error->code = TELA_REMOTE_ERROR_AUTH;
      session_refused (self);
    }
  tela_sign_in_let_go (&self->held);
  answer_waiting (self, error);
}

static void
post (TelaAuth   *self,
      const char *path,
      const char *json)
{
  g_autofree char    *uri = g_strconcat (self->url, path, NULL);
  SoupMessage        *message = soup_message_new ("POST", uri);
  SoupMessageHeaders *headers;
  g_autoptr (GBytes) body = g_bytes_new (json, strlen (json));
  Ask *ask;

  if (message == NULL)
    {
      g_autoptr (GError) error =
          g_error_new (TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_NETWORK, _ ("The address of the server is not valid"));

      answer_waiting (self, error);
      return;
    }
  headers = soup_message_get_request_headers (message);
  soup_message_headers_append (headers, "apikey", self->key);
  soup_message_headers_append (headers, "X-Supabase-Api-Version", "2024-01-01");
  soup_message_set_request_body_from_bytes (message, "application/json", body);

  ask = g_new0 (Ask, 1);
  ask->self = g_object_ref (self);
  ask->message = message;
  self->cancellable = g_cancellable_new ();
  tela_http_send_async (self->soup, message, self->cancellable, answered_cb, ask);
}

static void
post_credentials (TelaAuth *self)
{
  g_autoptr (GString) json = g_string_new ("{\"email\":");

  tela_json_append_string (json, self->email, strlen (self->email));
  g_string_append (json, ",\"password\":");
  tela_json_append_string (json, self->password, strlen (self->password));
  g_string_append_c (json, '}');
  /* A wrong one is not tried again: servers lock accounts for that. */
  g_clear_pointer (&self->password, g_free);
  post (self, "/auth/v1/token?grant_type=password", json->str);
}

/* Another process has renewed the session meanwhile. */
static gboolean
adopt (TelaAuth *self)
{
  g_autofree char *before = g_strdup (self->session.access);
  g_autofree char *kept = tela_sign_in_read (self->path);

  if (kept == NULL || !take_session (self, kept, -1) || g_strcmp0 (self->session.access, before) == 0 || !is_fresh (self))
    return FALSE;
  plan_refresh (self);
  g_signal_emit (self, signals[TOKEN], 0, self->session.access);
  answer_waiting (self, NULL);
  return TRUE;
}

static gboolean
held_cb (gpointer user_data)
{
  TelaAuth *self = user_data;

  self->held_source = 0;
  begin (self);
  return G_SOURCE_REMOVE;
}

/* FALSE: there is nothing to do, or not yet. */
static gboolean
hold (TelaAuth *self)
{
  if (self->held_source != 0 || adopt (self))
    return FALSE;
  if (!tela_sign_in_hold (self->path, &self->held))
    {
      self->held_source = g_timeout_add (HELD_MS, held_cb, self);
      g_source_set_name_by_id (self->held_source, "[tela] sign-in of another process");
      return FALSE;
    }
  /* It may have ended between our two looks. */
  if (!adopt (self))
    return TRUE;
  tela_sign_in_let_go (&self->held);
  return FALSE;
}

/* Refreshes; where there is nothing to refresh, signs in with the password, or anonymously. */
static void
begin (TelaAuth *self)
{
  if (self->path != NULL && !hold (self))
    return;
  if (self->session.refresh != NULL)
    {
      g_autoptr (GString) json = g_string_new ("{\"refresh_token\":");

      tela_json_append_string (json, self->session.refresh, strlen (self->session.refresh));
      g_string_append_c (json, '}');
      post (self, "/auth/v1/token?grant_type=refresh_token", json->str);
    }
  else if (self->note != NULL && self->password != NULL)
    {
      post_credentials (self);
    }
  else if (self->note != NULL && self->email == NULL)
    {
      post (self, "/auth/v1/signup", "{\"data\":{},\"gotrue_meta_security\":{}}");
    }
  else
    {
      g_autoptr (GError) error =
          g_error_new_literal (TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_AUTH,
                               self->email == NULL ? _ ("The session has ended") : _ ("The password is missing"));

      answer_waiting (self, error);
    }
  if (self->cancellable == NULL) /* nothing was asked */
    tela_sign_in_let_go (&self->held);
}

static void
tela_auth_dispose (GObject *object)
{
  TelaAuth *self = TELA_AUTH (object);

  tela_auth_close (self);
  g_clear_object (&self->soup);
  g_clear_object (&self->store);
  G_OBJECT_CLASS (tela_auth_parent_class)->dispose (object);
}

static void
tela_auth_finalize (GObject *object)
{
  TelaAuth *self = TELA_AUTH (object);

  forget (self);
  g_free (self->url);
  g_free (self->key);
  g_free (self->dir);
  g_free (self->note);
  g_free (self->email);
  g_free (self->password);
  g_free (self->path);
  g_ptr_array_unref (self->waiting);
  G_OBJECT_CLASS (tela_auth_parent_class)->finalize (object);
}

static void
tela_auth_class_init (TelaAuthClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tela_auth_dispose;
  object_class->finalize = tela_auth_finalize;

  signals[TOKEN] =
      g_signal_new ("token", TELA_TYPE_AUTH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNED_OUT] =
      g_signal_new ("signed-out", TELA_TYPE_AUTH, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tela_auth_init (TelaAuth *self)
{
  self->waiting = g_ptr_array_new_with_free_func (g_object_unref);
  self->held = -1;
}

TelaAuth *
tela_auth_new (SoupSession *soup,
               TelaStore   *store)
{
  TelaAuth *self = g_object_new (TELA_TYPE_AUTH, NULL);

  self->soup = g_object_ref (soup);
  self->store = g_object_ref (store);
  return self;
}

void
tela_auth_set_account (TelaAuth   *self,
                       const char *email,
                       const char *password)
{
  g_free (self->email);
  self->email = g_strdup (email);
  g_free (self->password);
  self->password = g_strdup (password);
}

void
tela_auth_set_dir (TelaAuth   *self,
                   const char *dir)
{
  g_free (self->dir);
  self->dir = g_strdup (dir);
}

void
tela_auth_set_endpoint (TelaAuth   *self,
                        const char *url,
                        const char *key,
                        const char *session_json,
                        const char *note)
{
  tela_auth_close (self);
  forget (self);
  g_free (self->url);
  self->url = g_strdup (url);
  g_free (self->key);
  self->key = g_strdup (key);
  g_free (self->note);
  self->note = session_json != NULL ? NULL : g_strdup (note);
  g_free (self->path);
  self->path = self->note != NULL && self->dir != NULL ? tela_sign_in_path (self->dir, note) : NULL;

  if (session_json != NULL)
    {
      take_session (self, session_json, -1);
    }
  else
    {
      g_autofree char *kept = get_kept (self);

      if (kept != NULL && *kept != '\0')
        take_session (self, kept, -1);
    }
  if (is_fresh (self))
    plan_refresh (self);
}

void
tela_auth_close (TelaAuth *self)
{
  g_autoptr (GError) error = g_error_new (TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_NETWORK,
                                          _ ("The connection was closed"));

  g_clear_handle_id (&self->refresh_source, g_source_remove);
  g_clear_handle_id (&self->held_source, g_source_remove);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  tela_sign_in_let_go (&self->held);
  answer_waiting (self, error);
}

const char *
tela_auth_get_user_id (TelaAuth *self)
{
  return self->session.user;
}

void
tela_auth_token_async (TelaAuth           *self,
                       const char         *stale,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tela_auth_token_async);
  if (self->url == NULL)
    {
      g_task_return_new_error (task, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_NETWORK, _ ("There is no server yet"));
      return;
    }
  if (is_fresh (self) && g_strcmp0 (stale, self->session.access) != 0)
    {
      g_task_return_pointer (task, g_strdup (self->session.access), g_free);
      return;
    }
  g_ptr_array_add (self->waiting, g_steal_pointer (&task));
  if (self->cancellable == NULL)
    begin (self);
}

char *
tela_auth_token_finish (TelaAuth     *self,
                        GAsyncResult *result,
                        GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
