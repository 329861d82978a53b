/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-channel.h"

#include <string.h>

#include "backend-changes.h"
#include "backend-socket.h"
#include "backend-text.h"
#include "backend-topics.h"

#define TOO_MANY_MESSAGES "Too many messages per second"
#define OK_EMPTY "{}"

/* ---- Ends ---- */

void
tela_channel_free (TelaChannel *self)
{
  TelaCore *core = self->socket->core;

  tela_changes_unsubscribe (core->changes, self);
  g_clear_pointer (&self->bindings, g_ptr_array_unref);
  if (self->topic != NULL)
    tela_topics_leave (self->topic, self);
  if (self->over)
    g_ptr_array_remove_fast (core->over, self);
  if (self->expiry != NULL)
    g_source_destroy (self->expiry);
  g_clear_pointer (&self->expiry, g_source_unref);
  core->metrics.channels--;
  tela_presence_clear (&self->presence);
  g_clear_pointer (&self->claims, tela_claims_unref);
  g_free (self->wire);
  g_free (self->join_ref);
  g_free (self->token);
  g_free (self);
}

void
tela_channel_push_close (TelaSocket *socket,
                         const char *join_ref,
                         const char *wire)
{
  tela_socket_push (socket, join_ref, join_ref, wire, "phx_close", OK_EMPTY);
}

void
tela_channel_push_system (TelaChannel *self,
                          const char  *extension,
                          const char  *status,
                          const char  *message)
{
  g_autoptr (GString) out = g_string_new ("{\"message\":");

  tela_json_append_string (out, message, strlen (message));
  g_string_append_printf (out, ",\"status\":\"%s\",\"extension\":\"%s\",\"channel\":", status, extension);
  tela_json_append_string (out, self->topic->name, strlen (self->topic->name));
  g_string_append_c (out, '}');
  tela_socket_push (self->socket, self->join_ref, NULL, self->wire, "system", out->str);
}

void
tela_channel_shut (TelaChannel *self,
                   const char  *reason)
{
  tela_channel_push_system (self, "system", "error", reason);
  tela_channel_push_close (self->socket, self->join_ref, self->wire);
  g_hash_table_remove (self->socket->channels, self->wire);
}

/* ---- Rights ---- */

void
tela_channel_forget_rights (TelaChannel *self)
{
  memset (self->allowed, -1, sizeof self->allowed);
}

gboolean
tela_channel_may (TelaChannel  *self,
                  TelaExtension extension,
                  TelaAccess    access)
{
  gint8 *allowed = &self->allowed[extension][access];

  if (!self->is_private)
    return TRUE;
  if (*allowed < 0)
    *allowed = tela_rights_allow (self->socket->core, self->claims, self->wire + strlen (TELA_TOPIC_PREFIX), extension,
                                  access);
  return *allowed;
}

char *
tela_channel_unauthorized (const char *name)
{
  return g_strconcat ("You do not have permissions to read from this Channel topic: ", name, NULL);
}

/* ---- Tokens ---- */

/* What it may read with another token: FALSE if it was shut. */
static gboolean
check_rights (TelaChannel *self)
{
  gboolean         read_broadcasts = self->allowed[TELA_EXTENSION_BROADCAST][TELA_ACCESS_READ] > 0;
  gboolean         read_presences = self->allowed[TELA_EXTENSION_PRESENCE][TELA_ACCESS_READ] > 0;
  g_autofree char *reason = NULL;
  gboolean         broadcasts, presences;

  tela_channel_forget_rights (self);
  broadcasts = tela_channel_may (self, TELA_EXTENSION_BROADCAST, TELA_ACCESS_READ);
  presences = tela_channel_may (self, TELA_EXTENSION_PRESENCE, TELA_ACCESS_READ);
  if ((broadcasts || !read_broadcasts) && (presences || !read_presences))
    return TRUE;
  if (broadcasts || presences)
    reason = g_strconcat ("You no longer have permission to read from this Channel topic: ", self->topic->name, NULL);
  else
    reason = tela_channel_unauthorized (self->topic->name);
  tela_channel_shut (self, reason);
  return FALSE;
}

void
tela_channel_drop_rights (TelaChannel *self)
{
  gboolean read = FALSE, lost = FALSE;

  for (guint i = 0; i < TELA_N_EXTENSIONS; i++)
    for (guint k = 0; k < TELA_N_ACCESSES; k++)
      {
        if (self->allowed[i][k] <= 0)
          continue;
        self->allowed[i][k] = tela_rights_allow (self->socket->core, self->claims,
                                                 self->wire + strlen (TELA_TOPIC_PREFIX), i, k);
        lost |= k == TELA_ACCESS_READ && !self->allowed[i][k];
        read |= k == TELA_ACCESS_READ && self->allowed[i][k];
      }
  if (!lost || read)
    return;
  /* As if it had crashed: whoever is in again by then, with another role, joins again, and the others are told at that. */
  tela_socket_push (self->socket, self->join_ref, self->join_ref, self->wire, "phx_error", OK_EMPTY);
  g_hash_table_remove (self->socket->channels, self->wire);
}

static void
take_access_token (TelaChannel     *self,
                   const TelaFrame *frame)
{
  g_autofree char *token = tela_pick_text (frame->payload, "access_token");
  g_autoptr (GError) error = NULL;
  TelaClaims *claims;

  if (token == NULL || g_str_has_prefix (token, "sb_") || strcmp (token, self->token) == 0)
    return;
  claims = tela_jwt_verify (token, self->socket->core->keys->secret, tela_now_ms () / 1000, &error);
  if (claims == NULL)
    {
      /* The real server shows its own name of this one. */
      tela_channel_shut (self, error->code == TELA_JWT_ERROR_SIGNATURE ? ":signature_error" : error->message);
      return;
    }
  tela_claims_unref (self->claims);
  self->claims = claims;
  g_free (self->token);
  self->token = g_steal_pointer (&token);
  if ((!self->is_private || check_rights (self)) && tela_channel_check (self))
    tela_changes_subscribe (self->socket->core->changes, self);
}

static gboolean
expired_cb (gpointer data)
{
  TelaChannel *self = data;

  g_clear_pointer (&self->expiry, g_source_unref);
  tela_channel_check (self);
  return G_SOURCE_REMOVE;
}

gboolean
tela_channel_check (TelaChannel *self)
{
  TelaCore        *core = self->socket->core;
  gint64           left_ms = self->claims->exp * 1000 - tela_now_ms ();
  g_autofree char *reason = NULL;

  if (left_ms <= 0)
    {
      reason = g_strdup_printf ("Token has expired %" G_GINT64_FORMAT " seconds ago", -left_ms / 1000);
      tela_channel_shut (self, reason);
      return FALSE;
    }
  if (left_ms <= core->patience.tick_ms && self->expiry == NULL)
    {
      self->expiry = g_timeout_source_new ((guint) left_ms);
      g_source_set_name (self->expiry, "tela-backend-expiry");
      g_source_set_callback (self->expiry, expired_cb, self, NULL);
      g_source_attach (self->expiry, core->context);
    }
  return TRUE;
}

/* ---- Broadcasts ---- */

gboolean
tela_channel_count_event (TelaCore *core)
{
  gint64 now = g_get_monotonic_time ();

  if (!core->limits)
    return TRUE;
  if (tela_rate_get (&core->rates.events, now) >= TELA_LIMIT_EVENTS)
    return FALSE;
  tela_rate_add (&core->rates.events, 1, now);
  return TRUE;
}

/* It is those who receive that are shut, and only after what is under way: the list of a topic's channels stays as it is
 * meanwhile, and the sender gets its answer. */
void
tela_channel_deliver (TelaChannel *self,
                      GBytes      *frame)
{
  TelaCore *core = self->socket->core;

  tela_socket_send (self->socket, frame);
  if (tela_channel_count_event (core) || self->over)
    return;
  self->over = TRUE;
  g_ptr_array_add (core->over, self);
}

void
tela_channels_shut_over (TelaCore *core)
{
  while (core->over->len > 0)
    {
      TelaChannel *channel = g_ptr_array_steal_index_fast (core->over, core->over->len - 1);

      channel->over = FALSE;
      tela_channel_shut (channel, TOO_MANY_MESSAGES);
    }
}

static void
acknowledge (TelaChannel     *self,
             const TelaFrame *frame,
             const char      *status,
             const char      *response)
{
  if (self->ack)
    tela_socket_reply (self->socket, self->join_ref, frame, status, response);
}

static void
take_broadcast (TelaChannel     *self,
                const TelaFrame *frame)
{
  TelaCore     *core = self->socket->core;
  TelaBroadcast broadcast = { frame->topic, frame->user ? frame->event : NULL, NULL, !frame->user || frame->json,
                              frame->payload };

  if (!tela_channel_may (self, TELA_EXTENSION_BROADCAST, TELA_ACCESS_WRITE))
    {
      core->metrics.denied_writes++;
      return;
    }
  if (core->limits && frame->payload.len > TELA_LIMIT_PAYLOAD)
    {
      acknowledge (self, frame, "error", "\"payload_size_exceeded\"");
      return;
    }
  tela_topics_relay (self->topic, &broadcast, self->self ? NULL : self);
  acknowledge (self, frame, "ok", OK_EMPTY);
}

/* ---- Messages ---- */

static void
leave (TelaChannel     *self,
       const TelaFrame *frame)
{
  if (strcmp (frame->join_ref, self->join_ref) != 0 && strcmp (frame->join_ref, "null") != 0)
    return; /* of an older join, whose close was told already */
  tela_socket_reply (self->socket, self->join_ref, frame, "ok", OK_EMPTY);
  tela_channel_push_close (self->socket, self->join_ref, self->wire);
  g_hash_table_remove (self->socket->channels, frame->topic);
}

void
tela_channel_handle (TelaChannel     *self,
                     const TelaFrame *frame)
{
  if (!frame->user && strcmp (frame->event, "phx_leave") == 0)
    {
      leave (self, frame);
      return;
    }
  tela_channel_count_event (self->socket->core); /* one that is not known, too */
  if (frame->user || strcmp (frame->event, "broadcast") == 0)
    take_broadcast (self, frame);
  else if (strcmp (frame->event, "presence") == 0)
    tela_presence_handle (self, frame);
  else if (strcmp (frame->event, "access_token") == 0)
    take_access_token (self, frame);
}
