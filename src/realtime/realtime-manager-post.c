/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-channel.h"

#include <glib/gi18n-lib.h>
#include <libsoup/soup.h>
#include <string.h>

#include "realtime-retry.h"
#include "realtime-trust.h"

/* Seconds until a call is given up. */
#define POST_TIMEOUT 15

typedef struct
{
  RealtimeEndpoint *endpoint; /* owned */
  char             *token;    /* nullable */
  SoupMessage      *message;  /* owned */
  char             *batch;    /* the same for servers that know no other call; NULL: it is that one */
} Post;

static void
post_free (gpointer data)
{
  Post *post = data;

  g_clear_pointer (&post->endpoint, realtime_endpoint_unref);
  g_clear_object (&post->message);
  g_free (post->token);
  g_free (post->batch);
  g_free (post);
}

static char *
batch_body (const RealtimePost *posts,
            guint               n_posts)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "messages");
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < n_posts; i++)
    {
      tela_json_writer_begin_object (&writer);
      tela_json_writer_put_string (&writer, "topic", posts[i].topic);
      tela_json_writer_put_string (&writer, "event", posts[i].event);
      tela_json_writer_name (&writer, "payload");
      tela_json_writer_raw (&writer, posts[i].payload, strlen (posts[i].payload));
      tela_json_writer_put_boolean (&writer, "private", posts[i].is_private);
      tela_json_writer_end_object (&writer);
    }
  tela_json_writer_end_array (&writer);
  tela_json_writer_end_object (&writer);

  return g_string_free (out, FALSE);
}

static gboolean
check_posts (const RealtimePost *posts,
             guint               n_posts,
             GError            **error)
{
  for (guint i = 0; i < n_posts; i++)
    {
      if (!realtime_codec_check_name (posts[i].topic, error) || !realtime_codec_check_name (posts[i].event, error))
        return FALSE;
      if (posts[i].bytes == NULL && !realtime_check_object (posts[i].payload, error))
        return FALSE;
    }

  return TRUE;
}

static SoupMessage *
new_message (const Post *post,
             const char *uri,
             const char *type,
             GBytes     *body)
{
  SoupMessage        *message = soup_message_new (SOUP_METHOD_POST, uri);
  SoupMessageHeaders *headers = soup_message_get_request_headers (message);

  soup_message_set_request_body_from_bytes (message, type, body);
  soup_message_headers_append (headers, "apikey", post->endpoint->api_key);

  return message;
}

static SoupMessage *
batch_message (const Post *post,
               const char *body)
{
  g_autoptr (GBytes) bytes = g_bytes_new (body, strlen (body));

  return new_message (post, post->endpoint->rest, "application/json", bytes);
}

/* One message has a call of its own, which says when it is not allowed. */
static SoupMessage *
single_message (const Post         *post,
                const RealtimePost *what)
{
  g_autofree char *topic = g_uri_escape_string (what->topic, NULL, FALSE);
  g_autofree char *event = g_uri_escape_string (what->event, NULL, FALSE);
  g_autofree char *uri =
      g_strdup_printf ("%s/%s/events/%s?private=%s", post->endpoint->rest, topic, event, what->is_private ? "true" : "false");
  g_autoptr (GBytes) body =
      what->bytes != NULL ? g_bytes_ref (what->bytes) : g_bytes_new (what->payload, strlen (what->payload));

  return new_message (post, uri, what->bytes != NULL ? "application/octet-stream" : "application/json", body);
}

static GError *
error_of_answer (guint   status,
                 GBytes *body)
{
  gsize            len;
  const char      *data = g_bytes_get_data (body, &len);
  TelaJsonSpan     object = { data, len };
  g_autofree char *message = data != NULL ? tela_pick_text (object, "message") : NULL;
  RealtimeError    code = REALTIME_ERROR_CHANNEL_ERROR;

  if (message == NULL && data != NULL)
    message = tela_pick_text (object, "error");
  if (status == 401 || status == 403)
    code = REALTIME_ERROR_AUTHENTICATION_FAILED;
  else if (status >= 500)
    code = REALTIME_ERROR_CONNECTION_FAILED;

  /* Translators: a number of HTTP, and why, in the words of the server */
  return g_error_new (REALTIME_ERROR, code, _ ("The server refused the message (status %u): %s"), status,
                      message != NULL ? message : _ ("no reason given"));
}

static void answered_cb (GObject *source, GAsyncResult *result, gpointer user_data);

/* @task: (transfer full) */
static void
send_post (SoupSession *session,
           GTask       *task)
{
  Post               *post = g_task_get_task_data (task);
  SoupMessageHeaders *headers = soup_message_get_request_headers (post->message);
  const char         *token = post->token != NULL ? post->token : post->endpoint->api_key;
  g_autofree char    *bearer = g_strconcat ("Bearer ", token, NULL);

  soup_message_headers_replace (headers, "Authorization", bearer);
  realtime_trust_watch (session, post->message);
  soup_session_send_and_read_async (session, post->message, G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                    answered_cb, task);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = soup_session_send_and_read_finish (SOUP_SESSION (source), result, &error);
  RealtimeManager *self = g_task_get_source_object (task);
  Post            *post = g_task_get_task_data (task);
  guint            status = soup_message_get_status (post->message);

  if (g_task_return_error_if_cancelled (task))
    return;
  if (body == NULL)
    {
      g_task_return_error (task, realtime_error_of_network (error));
      return;
    }
  if (SOUP_STATUS_IS_SUCCESSFUL (status))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (status != 404 || post->batch == NULL || self->rest == NULL)
    {
      g_task_return_error (task, error_of_answer (status, body));
      return;
    }

  /* The server is too old for it. */
  g_object_unref (post->message);
  post->message = batch_message (post, post->batch);
  g_clear_pointer (&post->batch, g_free);
  send_post (self->rest, g_steal_pointer (&task));
}

static SoupSession *
get_session (RealtimeManager        *self,
             const RealtimeEndpoint *endpoint)
{
  if (self->rest == NULL)
    self->rest = soup_session_new_with_options ("timeout", POST_TIMEOUT, NULL);
  if (endpoint->is_loopback)
    soup_session_set_proxy_resolver (self->rest, NULL);

  return self->rest;
}

/* What the application set last, which the pump may not have taken yet. */
static RealtimeEndpoint *
get_endpoint (RealtimeManager *self,
              GError         **error)
{
  if (self->link != REALTIME_LINK_DOWN && self->has_moved)
    return realtime_endpoint_new (self->url, self->api_key, self->protocol, error);
  if (self->link != REALTIME_LINK_DOWN && self->endpoint != NULL)
    return realtime_endpoint_ref (self->endpoint);

  g_set_error_literal (error, REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED, _ ("There is no server to send to"));

  return NULL;
}

void
realtime_manager_post_token (RealtimeManager *self,
                             GTask           *task,
                             const char      *token,
                             const GError    *error)
{
  Post *post = g_task_get_task_data (task);

  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }
  if (error != NULL)
    {
      g_task_return_error (task, g_error_copy (error));
      g_object_unref (task);
      return;
    }

  post->token = g_strdup (token);
  send_post (get_session (self, post->endpoint), task);
}

/* What is public needs no user; what is not goes with a token that lives, for which the provider is asked. */
static gboolean
has_token (RealtimeManager    *self,
           const RealtimePost *posts,
           guint               n_posts)
{
  gboolean is_private = FALSE;

  for (guint i = 0; i < n_posts; i++)
    is_private |= posts[i].is_private;

  return !is_private || self->provider == NULL ||
         (self->token != NULL &&
          realtime_token_get_life (self->token, g_get_real_time () / G_USEC_PER_SEC) >= REALTIME_TOKEN_LIFE_MIN);
}

/**
 * realtime_manager_post_async:
 * @posts: (array length=n_posts): copied
 *
 * Goes by an HTTP call, so that nothing needs to be joined, or connected.
 */
void
realtime_manager_post_async (RealtimeManager    *self,
                             const RealtimePost *posts,
                             guint               n_posts,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (RealtimeEndpoint) endpoint = NULL;
  GError *error = NULL;
  Post   *post;

  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);
  g_return_if_fail (n_posts > 0 && (n_posts == 1 || posts[0].bytes == NULL));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, realtime_manager_post_async);
  endpoint = get_endpoint (self, &error);
  if (endpoint == NULL || !check_posts (posts, n_posts, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  post = g_new0 (Post, 1);
  g_task_set_task_data (task, post, post_free);
  post->endpoint = g_steal_pointer (&endpoint);
  if (posts[0].bytes == NULL)
    post->batch = batch_body (posts, n_posts);
  if (n_posts == 1)
    {
      post->message = single_message (post, posts);
    }
  else
    {
      post->message = batch_message (post, post->batch);
      g_clear_pointer (&post->batch, g_free);
    }
  if (!has_token (self, posts, n_posts))
    {
      realtime_manager_request_post_token (self, g_steal_pointer (&task));
      return;
    }
  if (self->token != NULL && realtime_token_get_life (self->token, g_get_real_time () / G_USEC_PER_SEC) > 0)
    post->token = g_strdup (self->token);
  send_post (get_session (self, post->endpoint), g_steal_pointer (&task));
}

gboolean
realtime_manager_post_finish (RealtimeManager *self,
                              GAsyncResult    *result,
                              GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

/**
 * realtime_manager_send_async:
 * @payload: a JSON object
 *
 * For who need not know whether the topic is joined. Ends with realtime_manager_post_finish().
 */
void
realtime_manager_send_async (RealtimeManager    *self,
                             const char         *topic,
                             const char         *event,
                             const char         *payload,
                             gboolean            is_private,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  const RealtimePost post = { .topic = topic, .event = event, .payload = payload, .is_private = is_private };
  RealtimeChannel   *channel;

  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);
  g_return_if_fail (topic != NULL && event != NULL && payload != NULL);

  /* A public and a private topic of the same name know nothing of each other. */
  channel = g_hash_table_lookup (self->channels, topic);
  if (channel != NULL && channel->phase == REALTIME_PHASE_JOINED && !channel->options.is_private == !is_private)
    realtime_manager_broadcast_async (self, topic, event, payload, cancellable, callback, user_data);
  else
    realtime_manager_post_async (self, &post, 1, cancellable, callback, user_data);
}
