/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-topics.h"

#include "backend-channel.h"
#include "backend-frames.h"

TelaTopic *
tela_topics_join (TelaCore    *core,
                  const char  *name,
                  gboolean     is_private,
                  TelaChannel *channel)
{
  GHashTable *table = core->topics[is_private ? 1 : 0];
  TelaTopic  *topic = g_hash_table_lookup (table, name);

  if (topic == NULL)
    {
      topic = g_new0 (TelaTopic, 1);
      topic->core = core;
      topic->name = g_strdup (name);
      topic->is_private = is_private;
      topic->channels = g_ptr_array_new ();
      g_hash_table_insert (table, topic->name, topic);
    }
  g_ptr_array_add (topic->channels, channel);
  return topic;
}

void
tela_topics_leave (TelaTopic   *topic,
                   TelaChannel *channel)
{
  g_ptr_array_remove_fast (topic->channels, channel);
  if (topic->channels->len > 0)
    return;
  g_hash_table_remove (topic->core->topics[topic->is_private ? 1 : 0], topic->name);
  g_ptr_array_unref (topic->channels);
  g_free (topic->name);
  g_free (topic);
}

void
tela_topics_relay (TelaTopic   *topic,
                   GBytes      *frame,
                   TelaChannel *except)
{
  g_autoptr (GPtrArray) over = NULL;

  for (guint i = 0; i < topic->channels->len; i++)
    {
      TelaChannel *channel = topic->channels->pdata[i];

      if (channel == except || tela_channel_deliver (channel, frame))
        continue;
      if (over == NULL)
        over = g_ptr_array_new ();
      g_ptr_array_add (over, channel);
    }
  /* Closing one may free the topic, so it is not touched any more. */
  for (guint i = 0; over != NULL && i < over->len; i++)
    tela_channel_shut (over->pdata[i], TELA_TOO_MANY_MESSAGES);
}

void
tela_topics_send (TelaCore   *core,
                  const char *name,
                  const char *event,
                  const char *metadata,
                  const char *payload,
                  gsize       len)
{
  TelaTopic       *topic = g_hash_table_lookup (core->topics[1], name);
  g_autofree char *wire = NULL;
  g_autoptr (GBytes) frame = NULL;

  if (topic == NULL)
    return;
  if (core->limits && len > TELA_LIMIT_PAYLOAD)
    {
      g_message ("A change of %" G_GSIZE_FORMAT " bytes is over the limit of a broadcast; readers will fetch it", len);
      return;
    }
  wire = g_strconcat (TELA_TOPIC_PREFIX, name, NULL);
  frame = tela_frame_broadcast (wire, event, metadata, TRUE, payload, len);
  tela_topics_relay (topic, frame, NULL);
}
