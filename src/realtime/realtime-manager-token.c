/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-channel.h"

#include <glib/gi18n-lib.h>

void
realtime_token_request_free (RealtimeTokenRequest *request)
{
  realtime_clear_source (&request->timer);
  g_clear_object (&request->post);
  g_clear_error (&request->error);
  g_free (request->token);
  g_free (request);
}

/**
 * realtime_manager_request_token:
 * @channel: (nullable): whose join waits for it; %NULL: the connection
 *
 * The answer comes from the pump, even where the provider gives it at once.
 */
void
realtime_manager_request_token (RealtimeManager *self,
                                RealtimeChannel *channel)
{
  RealtimeTokenRequest *request = g_new0 (RealtimeTokenRequest, 1);

  g_hash_table_add (self->requests, request);
  request->channel = channel;
  self->request = request;

  if (self->provider != NULL)
    {
      self->provider (request, self->provider_data);
      return;
    }

  {
    g_autoptr (GError) error = NULL;

    if (self->token == NULL)
      error = g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED, _ ("Nobody is signed in"));
    realtime_manager_token_ready (self, request, self->token, error);
  }
}

static gboolean
post_timeout_cb (gpointer user_data)
{
  RealtimeTokenRequest *request = user_data;
  g_autoptr (GTask) post = g_steal_pointer (&request->post);

  /* It may be answered yet: then nobody waits for it any more. */
  realtime_clear_source (&request->timer);
  g_task_return_new_error (post, REALTIME_ERROR, REALTIME_ERROR_TIMEOUT, "%s",
                           _ ("The sign-in did not answer in time"));

  return G_SOURCE_REMOVE;
}

void
realtime_manager_request_post_token (RealtimeManager *self,
                                     GTask           *post)
{
  RealtimeTokenRequest *request = g_new0 (RealtimeTokenRequest, 1);

  g_hash_table_add (self->requests, request);
  request->post = post;
  request->timer = realtime_timer_new (self->context, self->timings.token, post_timeout_cb, request);
  realtime_manager_pump (self);
}

/* (transfer none) (nullable) */
static RealtimeTokenRequest *
find_post (RealtimeManager *self,
           gboolean         is_asked,
           gboolean         is_answered)
{
  GHashTableIter iter;
  gpointer       key;

  g_hash_table_iter_init (&iter, self->requests);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      RealtimeTokenRequest *request = key;

      if (request->post != NULL && request->is_asked == is_asked && request->is_answered == is_answered)
        return request;
    }

  return NULL;
}

static void
step_posts (RealtimeManager *self)
{
  RealtimeTokenRequest *request;

  while ((request = find_post (self, FALSE, FALSE)) != NULL)
    {
      request->is_asked = TRUE;
      request->is_answered = self->provider == NULL;
      if (self->provider != NULL)
        self->provider (request, self->provider_data);
    }
  while ((request = find_post (self, TRUE, TRUE)) != NULL)
    {
      g_hash_table_steal (self->requests, request);
      realtime_manager_post_token (self, g_steal_pointer (&request->post), request->token, request->error);
      realtime_token_request_free (request);
    }
}

void
realtime_manager_fail_posts (RealtimeManager *self,
                             const GError    *error)
{
  GHashTableIter iter;
  gpointer       key;

  g_hash_table_iter_init (&iter, self->requests);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      RealtimeTokenRequest *request = key;
      g_autoptr (GTask) post = g_steal_pointer (&request->post);

      realtime_clear_source (&request->timer);
      if (post != NULL)
        g_task_return_error (post, g_error_copy (error));
    }
}

/**
 * realtime_manager_forget_request:
 * @channel: (nullable): whoever asked, as in realtime_manager_request_token()
 *
 * It waits for the answer no more.
 */
void
realtime_manager_forget_request (RealtimeManager *self,
                                 RealtimeChannel *channel)
{
  RealtimeTokenRequest *request = self->request;

  if (request == NULL || request->channel != channel)
    return;

  self->request = NULL;
  if (request->is_answered)
    g_hash_table_remove (self->requests, request);
}

/**
 * realtime_manager_take_answer:
 *
 * Hands an answer to whoever waits for it.
 */
void
realtime_manager_take_answer (RealtimeManager *self)
{
  RealtimeTokenRequest *request = self->request;

  step_posts (self);
  if (request == NULL || !request->is_answered)
    return;

  self->request = NULL;
  g_hash_table_steal (self->requests, request);
  if (request->token != NULL)
    {
      g_free (self->token);
      self->token = g_strdup (request->token);
    }

  if (request->channel != NULL)
    realtime_channel_token (request->channel, request->token, request->error);
  else
    realtime_manager_link_token (self, request->token, request->error);
  realtime_token_request_free (request);
}

/**
 * realtime_manager_token_ready:
 * @request: (transfer full): what the provider was called with
 * @token: (nullable): the access token
 * @error: (nullable): why there is none
 */
void
realtime_manager_token_ready (RealtimeManager      *self,
                              RealtimeTokenRequest *request,
                              const char           *token,
                              const GError         *error)
{
  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);
  g_return_if_fail ((token != NULL) != (error != NULL));
  g_return_if_fail (g_hash_table_contains (self->requests, request) && !request->is_answered);

  if (request != self->request && request->post == NULL)
    {
      g_hash_table_remove (self->requests, request);
      return;
    }

  request->is_answered = TRUE;
  request->token = g_strdup (token);
  if (error != NULL)
    request->error = g_error_copy (error);
  realtime_manager_pump (self);
}

/**
 * realtime_manager_set_token_provider:
 * @func: (nullable) (scope notified): asked for a token before every connect and private join
 */
void
realtime_manager_set_token_provider (RealtimeManager  *self,
                                     RealtimeTokenFunc func,
                                     gpointer          user_data,
                                     GDestroyNotify    destroy)
{
  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);

  if (self->provider_destroy != NULL)
    self->provider_destroy (self->provider_data);
  self->provider = func;
  self->provider_data = user_data;
  self->provider_destroy = destroy;
}

static void
sign_out (RealtimeManager *self)
{
  GHashTableIter iter;
  gpointer       channel;

  g_hash_table_iter_init (&iter, self->channels);
  while (g_hash_table_iter_next (&iter, NULL, &channel))
    realtime_channel_sign_out (channel);
}

/**
 * realtime_manager_set_token:
 * @token: (nullable): of the user's session; %NULL after a sign-out
 */
void
realtime_manager_set_token (RealtimeManager *self,
                            const char      *token)
{
  g_return_if_fail (REALTIME_IS_MANAGER (self));
  realtime_check_thread (self);

  if (self->link == REALTIME_LINK_DOWN)
    return;
  g_free (self->token);
  self->token = g_strdup (token);
  if (token == NULL)
    {
      sign_out (self);
      return;
    }

  if (self->link == REALTIME_LINK_STOPPED)
    realtime_manager_connect (self);
  realtime_manager_unpark (self);
}
