/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-message-private.h"

#include <string.h>

#include "realtime-private.h"

G_DEFINE_BOXED_TYPE (RealtimeMessage, realtime_message, realtime_message_ref, realtime_message_unref)

static const char *
keep (char       **at,
      TelaJsonSpan text)
{
  char *copy = *at;

  memcpy (copy, text.data, text.len);
  copy[text.len] = '\0';
  *at = copy + text.len + 1;

  return copy;
}

/**
 * realtime_message_new:
 * @arena: of the calling thread
 * @topic: an interned sub-topic
 * @event: what the server called it
 * @payload: data is %NULL where the sender gave none
 * @meta: what the server adds to what came from a database; data may be %NULL
 *
 * Returns: (transfer full): a received broadcast, with a copy of all but @topic
 */
RealtimeMessage *
realtime_message_new (RealtimeArena *arena,
                      const char    *topic,
                      TelaJsonSpan   event,
                      TelaJsonSpan   payload,
                      TelaJsonSpan   meta,
                      gboolean       is_json,
                      gint64         received)
{
  g_autofree char *id = meta.data != NULL ? tela_pick_text (meta, "id") : NULL;
  const gsize      id_len = id != NULL ? strlen (id) + 1 : 0;
  TelaJsonSpan     replayed;
  RealtimeBlock   *block;
  RealtimeMessage *self;
  gsize            size;
  char            *at;

  if (payload.data == NULL)
    payload = (TelaJsonSpan){ "null", strlen ("null") };
  size = sizeof *self + event.len + 1 + id_len + payload.len + 1;
  self = realtime_arena_take (arena, size, &block);
  at = (char *) (self + 1);

  g_atomic_ref_count_init (&self->refs);
  self->block = block;
  self->size = size;
  self->topic = topic;
  self->event = keep (&at, event);
  self->id = id != NULL ? keep (&at, (TelaJsonSpan){ id, id_len - 1 }) : NULL;
  self->payload = keep (&at, payload);
  self->payload_len = payload.len;
  self->is_json = is_json;
  self->received = received;
  self->is_replayed =
      meta.data != NULL && tela_json_find (meta, "replayed", &replayed) && TELA_JSON_SPAN_IS (replayed, "true");

  return self;
}

/**
 * realtime_message_ref:
 *
 * Returns: (transfer full): @self
 */
RealtimeMessage *
realtime_message_ref (RealtimeMessage *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

/**
 * realtime_message_unref:
 * @self: (transfer full): a message
 */
void
realtime_message_unref (RealtimeMessage *self)
{
  if (g_atomic_ref_count_dec (&self->refs))
    realtime_block_give_back (self->block);
}
