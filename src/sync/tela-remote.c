/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-remote-private.h"

#include "tela-drift.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* One call under way. */
typedef struct
{
  char          *method;
  char          *path;
  GBytes        *body;
  char          *type;
  gboolean       upsert;
  char          *prefer;
  guint          fine;
  TelaParseFunc  parse;
  GDestroyNotify destroy;
  gboolean       threaded;
  gboolean       again; /* the token was refused once */
  char          *token;
  SoupMessage   *message;
  gint64         sent_ms;
  GBytes        *answer;
} Call;

struct _TelaRemote
{
  GObject parent_instance;

  SoupSession  *soup;
  TelaAuth     *auth;
  char         *url; /* NULL: none, or closed */
  char         *key;
  TelaDrift     drift;
  TelaWallClock wall;
  gpointer      wall_data;
};

G_DEFINE_FINAL_TYPE (TelaRemote, tela_remote, G_TYPE_OBJECT)

enum
{
  TOKEN,
  SIGNED_OUT,
  OFFSET,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void ask_token (GTask *task, const char *stale);

static void
call_free (Call *call)
{
  g_free (call->method);
  g_free (call->path);
  g_clear_pointer (&call->body, g_bytes_unref);
  g_free (call->type);
  g_free (call->prefer);
  g_free (call->token);
  g_clear_object (&call->message);
  g_clear_pointer (&call->answer, g_bytes_unref);
  g_free (call);
}

static void
parse_answer (GTask *task,
              Call  *call)
{
  GError  *error = NULL;
  gpointer parsed;

  if (call->parse == NULL)
    {
      g_task_return_pointer (task, g_bytes_ref (call->answer), (GDestroyNotify) g_bytes_unref);
      return;
    }
  parsed = call->parse (call->answer, &error);
  if (parsed != NULL)
    {
      g_task_return_pointer (task, parsed, call->destroy);
      return;
    }
  g_task_return_new_error (task, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_SERVER, _ ("The answer cannot be read: %s"),
                           error->message);
  g_error_free (error);
}

static void
parse_in_thread (GTask        *thread_task,
                 gpointer      source,
                 gpointer      task_data,
                 GCancellable *cancellable)
{
  GTask *task = task_data;

  parse_answer (task, g_task_get_task_data (task));
  g_task_return_boolean (thread_task, TRUE);
}

static void
answered (GTask *task)
{
  Call *call = g_task_get_task_data (task);
  g_autoptr (GTask) thread_task = NULL;

  if (!call->threaded)
    {
      parse_answer (task, call);
      return;
    }
  thread_task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_task_data (thread_task, g_object_ref (task), g_object_unref);
  g_task_run_in_thread (thread_task, parse_in_thread);
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Call   *call = g_task_get_task_data (task);
  GError *error = NULL;
  guint   status = soup_message_get_status (call->message);

  call->answer = tela_http_send_finish (SOUP_SESSION (source), result, &error);
  if (call->answer == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (status < 400 || status == call->fine)
    {
      answered (task);
      return;
    }
  if (status == 401 && !call->again)
    {
      g_autofree char *stale = g_strdup (call->token);

      call->again = TRUE;
      g_clear_pointer (&call->answer, g_bytes_unref);
      ask_token (task, stale);
      return;
    }
  g_task_return_error (task, tela_http_error_new (status, call->answer));
}

static void
send_call (GTask *task)
{
  TelaRemote         *self = g_task_get_source_object (task);
  Call               *call = g_task_get_task_data (task);
  g_autofree char    *uri = g_strconcat (self->url, call->path, NULL);
  g_autofree char    *bearer = g_strconcat ("Bearer ", call->token, NULL);
  SoupMessageHeaders *headers;

  g_clear_object (&call->message);
  call->message = soup_message_new (call->method, uri);
  if (call->message == NULL)
    {
      g_task_return_new_error (task, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_NETWORK,
                               _ ("The address of the server is not valid"));
      return;
    }
  headers = soup_message_get_request_headers (call->message);
  soup_message_headers_append (headers, "apikey", self->key);
  soup_message_headers_append (headers, "Authorization", bearer);
  if (call->upsert)
    soup_message_headers_append (headers, "x-upsert", "true");
  if (call->prefer != NULL)
    soup_message_headers_append (headers, "Prefer", call->prefer);
  if (call->body != NULL)
    soup_message_set_request_body_from_bytes (call->message, call->type, call->body);

  call->sent_ms = tela_remote_get_wall_ms (self);
  tela_http_send_async (self->soup, call->message, g_task_get_cancellable (task), sent_cb, g_object_ref (task));
}

static void
token_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaRemote *self = g_task_get_source_object (task);
  Call       *call = g_task_get_task_data (task);
  GError     *error = NULL;

  g_free (call->token);
  call->token = tela_auth_token_finish (TELA_AUTH (source), result, &error);
  if (call->token == NULL)
    g_task_return_error (task, error);
  else if (self->url == NULL)
    g_task_return_new_error (task, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_NETWORK, _ ("The connection was closed"));
  else
    send_call (task);
}

static void
ask_token (GTask      *task,
           const char *stale)
{
  TelaRemote *self = g_task_get_source_object (task);

  tela_auth_token_async (self->auth, stale, g_task_get_cancellable (task), token_cb, g_object_ref (task));
}

void
tela_remote_call_async (TelaRemote           *self,
                        const TelaRemoteCall *call,
                        GCancellable         *cancellable,
                        GAsyncReadyCallback   callback,
                        gpointer              user_data)
{
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  Call *copy = g_new0 (Call, 1);

  copy->method = g_strdup (call->method);
  copy->path = g_strdup (call->path);
  copy->body = call->body != NULL ? g_bytes_ref (call->body) : NULL;
  copy->type = g_strdup (call->type);
  copy->upsert = call->upsert;
  copy->prefer = g_strdup (call->prefer);
  copy->fine = call->fine;
  copy->parse = call->parse;
  copy->destroy = call->destroy;
  copy->threaded = call->threaded;
  g_task_set_source_tag (task, tela_remote_call_async);
  g_task_set_task_data (task, copy, (GDestroyNotify) call_free);
  ask_token (task, NULL);
}

/* An answer that tells the server's time is a measure of the clocks. */
static void
measure (TelaRemote *self,
         Call       *call,
         gint64      now_ms)
{
  if (now_ms <= 0)
    return;
  tela_drift_add (&self->drift, now_ms, call->sent_ms, tela_remote_get_wall_ms (self));
  g_signal_emit (self, signals[OFFSET], 0);
}

gpointer
tela_remote_call_finish (TelaRemote   *self,
                         GAsyncResult *result,
                         GError      **error)
{
  Call    *call;
  gpointer parsed;

  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  call = g_task_get_task_data (G_TASK (result));
  parsed = g_task_propagate_pointer (G_TASK (result), error);
  if (parsed != NULL && call->parse == (TelaParseFunc) tela_head_parse)
    measure (self, call, ((TelaHead *) parsed)->now_ms);
  return parsed;
}

static void
token_changed_cb (TelaRemote *self,
                  const char *token)
{
  g_signal_emit (self, signals[TOKEN], 0, token);
}

static void
signed_out_cb (TelaRemote *self)
{
  g_signal_emit (self, signals[SIGNED_OUT], 0);
}

static gint64
wall_ms (gpointer user_data)
{
  return g_get_real_time () / 1000;
}

static void
tela_remote_dispose (GObject *object)
{
  TelaRemote *self = TELA_REMOTE (object);

  if (self->auth != NULL)
    tela_remote_close (self);
  g_clear_object (&self->auth);
  g_clear_object (&self->soup);
  G_OBJECT_CLASS (tela_remote_parent_class)->dispose (object);
}

static void
tela_remote_finalize (GObject *object)
{
  TelaRemote *self = TELA_REMOTE (object);

  g_free (self->url);
  g_free (self->key);
  G_OBJECT_CLASS (tela_remote_parent_class)->finalize (object);
}

static void
tela_remote_class_init (TelaRemoteClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tela_remote_dispose;
  object_class->finalize = tela_remote_finalize;

  signals[TOKEN] =
      g_signal_new ("token", TELA_TYPE_REMOTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SIGNED_OUT] =
      g_signal_new ("signed-out", TELA_TYPE_REMOTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[OFFSET] = g_signal_new ("offset", TELA_TYPE_REMOTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tela_remote_init (TelaRemote *self)
{
  self->soup = tela_http_session_new ();
  self->wall = wall_ms;
}

TelaRemote *
tela_remote_new (TelaStore *store)
{
  TelaRemote *self = g_object_new (TELA_TYPE_REMOTE, NULL);

  self->auth = tela_auth_new (self->soup, store);
  g_signal_connect_object (self->auth, "token", G_CALLBACK (token_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->auth, "signed-out", G_CALLBACK (signed_out_cb), self, G_CONNECT_SWAPPED);
  return self;
}

void
tela_remote_set_account (TelaRemote *self,
                         const char *email,
                         const char *password)
{
  tela_auth_set_account (self->auth, email, password);
}

void
tela_remote_set_sign_in_dir (TelaRemote *self,
                             const char *dir)
{
  tela_auth_set_dir (self->auth, dir);
}

void
tela_remote_set_endpoint (TelaRemote *self,
                          const char *url,
                          const char *key,
                          const char *session_json,
                          const char *scope)
{
  g_autofree char *note = g_strconcat ("session ", scope, NULL);
  gsize            len = strlen (url);

  tela_remote_close (self);
  while (len > 0 && url[len - 1] == '/')
    len--;
  self->url = g_strndup (url, len);
  g_free (self->key);
  self->key = g_strdup (key);
  self->drift = (TelaDrift){ 0 };
  tela_auth_set_endpoint (self->auth, self->url, key, session_json, note);
}

void
tela_remote_close (TelaRemote *self)
{
  g_clear_pointer (&self->url, g_free);
  tela_auth_close (self->auth);
  soup_session_abort (self->soup);
}

void
tela_remote_set_wall_clock (TelaRemote   *self,
                            TelaWallClock func,
                            gpointer      user_data)
{
  self->wall = func;
  self->wall_data = user_data;
}

gint64
tela_remote_get_wall_ms (TelaRemote *self)
{
  return self->wall (self->wall_data);
}

gboolean
tela_remote_get_offset (TelaRemote *self,
                        gint64     *offset_ms)
{
  return tela_drift_get (&self->drift, offset_ms);
}

gboolean
tela_remote_has_endpoint (TelaRemote *self)
{
  return self->url != NULL;
}

const char *
tela_remote_get_user_id (TelaRemote *self)
{
  return tela_auth_get_user_id (self->auth);
}

static void
token_ready_cb (GObject      *source,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  char   *token = tela_auth_token_finish (TELA_AUTH (source), result, &error);

  if (token != NULL)
    g_task_return_pointer (task, token, g_free);
  else
    g_task_return_error (task, error);
}

void
tela_remote_token_async (TelaRemote         *self,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, tela_remote_token_async);
  tela_auth_token_async (self->auth, NULL, cancellable, token_ready_cb, task);
}

char *
tela_remote_token_finish (TelaRemote   *self,
                          GAsyncResult *result,
                          GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}
