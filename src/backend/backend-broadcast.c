/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-broadcast.h"

#include <string.h>

#include "backend-channel.h"
#include "backend-text.h"
#include "backend-topics.h"

#define JSON_TYPE "application/json; charset=utf-8"
#define TOO_LARGE "Payload size exceeds tenant limit"
#define TOO_MANY "Too many messages to broadcast, please reduce the batch size"
#define MAX_NAME (TELA_FRAME_MAX_NAME - strlen (TELA_TOPIC_PREFIX))

/* ---- Answers ---- */

static void
answer (SoupServerMessage *msg,
        guint              status,
        const char        *message)
{
  g_autofree char *body = g_strdup_printf ("{\"message\":\"%s\"}", message);

  tela_http_text (msg, status, JSON_TYPE, body);
}

static void
set_header (SoupServerMessage *msg,
            const char        *name,
            double             value)
{
  g_autofree char *text = g_strdup_printf ("%.0f", value);

  soup_message_headers_replace (soup_server_message_get_response_headers (msg), name, text);
}

/* Whether @n more events are allowed. FALSE: answered. */
static gboolean
count (TelaCore          *core,
       SoupServerMessage *msg,
       guint              n)
{
  gint64 now = g_get_monotonic_time ();
  double rate;

  if (!core->limits)
    return TRUE;
  rate = tela_rate_get (&core->rates.events, now);
  set_header (msg, "x-rate-rolling", rate);
  set_header (msg, "x-rate-limit", TELA_LIMIT_EVENTS);
  set_header (msg, "x-rate-limit-remaining", MAX (TELA_LIMIT_EVENTS - rate, 0));
  if (rate >= TELA_LIMIT_EVENTS)
    {
      answer (msg, 429, "You have exceeded your rate limit");
      return FALSE;
    }
  if (rate + n > TELA_LIMIT_EVENTS)
    {
      answer (msg, 429, TOO_MANY);
      return FALSE;
    }
  tela_rate_add (&core->rates.events, n, now);
  return TRUE;
}

static gboolean
may_send (TelaCore         *core,
          const TelaClaims *claims,
          const char       *name,
          gboolean          is_private)
{
  if (!is_private || tela_rights_allow (core, claims, name, TELA_EXTENSION_BROADCAST, TELA_ACCESS_WRITE))
    return TRUE;
  core->metrics.denied_writes++;
  return FALSE;
}

/* ---- Batches ---- */

typedef struct
{
  char        *name;
  char        *event;
  char        *metadata; /* NULL: no id was given */
  TelaJsonSpan payload;
  gboolean     is_private;
} Message;

static void
message_clear (Message *self)
{
  g_free (self->name);
  g_free (self->event);
  g_free (self->metadata);
}

/* What is wrong with a member of a message is added to @errors. */
static void
complain (GString    *errors,
          const char *name,
          const char *problem)
{
  g_string_append_printf (errors, "%s\"%s\":[\"%s\"]", errors->str[errors->len - 1] == '{' ? "" : ",", name, problem);
}

static char *
take_text (TelaJsonSpan object,
           const char  *name,
           GString     *errors)
{
  g_autofree char *text = tela_pick_text (object, name);
  TelaJsonSpan     value;

  if (text != NULL && *text != '\0')
    return g_steal_pointer (&text);
  complain (errors, name,
            text != NULL || !tela_json_find (object, name, &value) || TELA_JSON_SPAN_IS (value, "null")
                ? "can't be blank"
                : "is invalid");
  return NULL;
}

static void
take_payload (Message     *self,
              TelaJsonSpan object,
              gboolean     limits,
              GString     *errors)
{
  if (!tela_json_find (object, "payload", &self->payload) || TELA_JSON_SPAN_IS (self->payload, "null"))
    complain (errors, "payload", "can't be blank");
  else if (!tela_span_is_object (self->payload))
    complain (errors, "payload", "is invalid");
  else if (limits && self->payload.len > TELA_LIMIT_PAYLOAD)
    complain (errors, "payload", TOO_LARGE);
}

/* Appends "{}", or what is wrong. */
static Message
take_message (TelaJsonSpan object,
              gboolean     limits,
              GString     *errors)
{
  Message          self = { NULL };
  g_autofree char *id = tela_pick_text (object, "id");

  g_string_append_c (errors, '{');
  self.name = take_text (object, "topic", errors);
  self.event = take_text (object, "event", errors);
  take_payload (&self, object, limits, errors);
  self.is_private = tela_flag_member (object, "private", FALSE);
  if (id != NULL && tela_is_uuid (id))
    self.metadata = g_strconcat ("{\"id\":\"", id, "\"}", NULL);
  g_string_append_c (errors, '}');
  return self;
}

/* Text to everybody, whatever his protocol. */
static void
send_message (TelaCore         *core,
              const TelaClaims *claims,
              const Message    *message)
{
  g_autofree char *topic = g_strconcat (TELA_TOPIC_PREFIX, message->name, NULL);
  TelaBroadcast    inner = { topic, message->event, message->metadata, TRUE, message->payload };
  g_autoptr (GString) payload = tela_broadcast_to_payload (&inner);
  TelaBroadcast broadcast = { topic, NULL, NULL, TRUE, { payload->str, payload->len } };

  if (may_send (core, claims, message->name, message->is_private))
    tela_topics_send (core, message->name, message->is_private, &broadcast);
}

/* Owned Messages, or NULL if one of them is bad: @errors says it then. One more than are allowed is the last one. */
static GArray *
take_messages (TelaJsonSpan body,
               gboolean     limits,
               GString     *errors)
{
  g_autoptr (GArray) messages = g_array_new (FALSE, FALSE, sizeof (Message));
  TelaJsonReader reader;
  TelaJsonSpan   list = { "", 0 }, item;
  gboolean       good = TRUE;

  g_array_set_clear_func (messages, (GDestroyNotify) message_clear);
  tela_json_find (body, "messages", &list);
  tela_json_reader_init (&reader, list.data, (gssize) list.len);
  if (list.len > 0 && tela_json_reader_peek (&reader) == TELA_JSON_ARRAY && tela_json_reader_enter_array (&reader))
    while (messages->len <= TELA_MAX_BATCH && tela_json_reader_next_item (&reader) &&
           tela_json_reader_span (&reader, &item))
      {
        gsize   start = errors->len;
        Message message = take_message (item, limits, errors);

        good = good && errors->len == start + 2;
        g_string_append_c (errors, ',');
        g_array_append_val (messages, message);
      }
  if (messages->len > 0)
    g_string_truncate (errors, errors->len - 1);
  else
    g_string_append (errors, "\"can't be blank\"");
  return good && messages->len > 0 ? g_steal_pointer (&messages) : NULL;
}

static gboolean
is_json (SoupServerMessage *msg)
{
  const char *type =
      soup_message_headers_get_content_type (soup_server_message_get_request_headers (msg), NULL);

  return g_strcmp0 (type, "application/json") == 0;
}

static void
send_batch (TelaCore          *core,
            SoupServerMessage *msg,
            const TelaClaims  *claims)
{
  g_autoptr (GString) errors = g_string_new ("{\"errors\":{\"messages\":[");
  g_autoptr (GArray) messages = NULL;
  TelaJsonSpan body = { "{}", 2 };

  if (is_json (msg) && !tela_http_body (msg, &body))
    {
      tela_http_text (msg, 400, "text/plain", "Bad Request");
      return;
    }
  messages = take_messages (body, core->limits, errors);
  if (messages == NULL)
    {
      g_string_append (errors, "]}}");
      tela_http_json (msg, 422, g_steal_pointer (&errors));
      return;
    }
  if (messages->len > TELA_MAX_BATCH)
    {
      answer (msg, 429, TOO_MANY);
      return;
    }
  if (!count (core, msg, messages->len))
    return;
  for (guint i = 0; i < messages->len; i++)
    send_message (core, claims, &g_array_index (messages, Message, i));
  tela_http_empty (msg, 202);
}

/* ---- One message ---- */

/* "/TOPIC/events/EVENT", of which the topic may hold slashes; NULL: another path. */
static GStrv
take_names (const char *path)
{
  const char *middle = g_strrstr (path, "/events/");
  GStrv       names;

  if (middle == NULL || !g_utf8_validate (path, -1, NULL) || middle < path + 2 || middle[strlen ("/events/")] == '\0')
    return NULL;
  names = g_new0 (char *, 3);
  names[0] = g_strndup (path + 1, (gsize) (middle - path - 1));
  names[1] = g_strdup (middle + strlen ("/events/"));
  return names;
}

static void
send_single (TelaCore          *core,
             SoupServerMessage *msg,
             const TelaClaims  *claims,
             const char        *name,
             const char        *event)
{
  SoupMessageBody *request = soup_server_message_get_request_body (msg);
  const char      *type =
      soup_message_headers_get_content_type (soup_server_message_get_request_headers (msg), NULL);
  g_autofree char         *flag = tela_http_query (msg, "private");
  gboolean                 is_private = flag != NULL && g_ascii_strcasecmp (flag, "true") == 0;
  gboolean                 json = is_json (msg);
  g_autofree char         *topic = g_strconcat (TELA_TOPIC_PREFIX, name, NULL);
  g_autoptr (GBytes) bytes G_GNUC_UNUSED = soup_message_body_flatten (request);
  TelaBroadcast            broadcast = { topic, event, NULL, json, { request->data, (gsize) request->length } };

  if (!json && g_strcmp0 (type, "application/octet-stream") != 0)
    tela_http_text (msg, 415, JSON_TYPE,
                    "{\"error\":\"Unsupported Media Type, use application/json or application/octet-stream\"}");
  else if (json && !tela_http_body (msg, &broadcast.payload))
    tela_http_text (msg, 400, "text/plain", "Bad Request");
  else if (strlen (name) > MAX_NAME || strlen (event) > TELA_FRAME_MAX_NAME)
    tela_http_text (msg, 422, JSON_TYPE, "{\"errors\":{\"event\":[\"is too long\"]}}");
  else if (core->limits && broadcast.payload.len > TELA_LIMIT_PAYLOAD)
    tela_http_text (msg, 422, JSON_TYPE, "{\"errors\":{\"payload\":[\"" TOO_LARGE "\"]}}");
  else if (!may_send (core, claims, name, is_private))
    answer (msg, 403, "Unauthorized");
  else if (count (core, msg, 1))
    {
      tela_topics_send (core, name, is_private, &broadcast);
      tela_http_empty (msg, 202);
    }
}

void
tela_broadcast_handle (TelaCore          *core,
                       SoupServerMessage *msg,
                       const char        *path)
{
  g_auto (GStrv) names = take_names (path);
  g_autoptr (TelaClaims) claims = NULL;

  if (strcmp (soup_server_message_get_method (msg), "POST") != 0 || (*path != '\0' && names == NULL))
    {
      tela_http_text (msg, 404, "text/plain", "Not Found");
      return;
    }
  claims = tela_http_authenticate (core, msg, NULL);
  if (claims == NULL)
    answer (msg, 401, "Unauthorized");
  else if (names == NULL)
    send_batch (core, msg, claims);
  else
    send_single (core, msg, claims, names[0], names[1]);
}
