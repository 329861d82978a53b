/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-topics.h"

#include "backend-channel.h"
#include "backend-socket.h"

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
    {
      tela_presence_withdraw (channel);
      return;
    }
  g_hash_table_remove (topic->core->topics[topic->is_private ? 1 : 0], topic->name);
  g_ptr_array_unref (topic->channels);
  g_free (topic->name);
  g_free (topic);
}

TelaTopic *
tela_topics_find (TelaCore   *core,
                  const char *name,
                  gboolean    is_private)
{
  return g_hash_table_lookup (core->topics[is_private ? 1 : 0], name);
}

void
tela_topics_relay (TelaTopic           *topic,
                   const TelaBroadcast *broadcast,
                   TelaChannel         *except)
{
  GBytes  *frames[TELA_N_PROTOCOLS] = { NULL, NULL }; /* made once, for all who want that one */
  gboolean made[TELA_N_PROTOCOLS] = { FALSE, FALSE };

  for (guint i = 0; i < topic->channels->len; i++)
    {
      TelaChannel *channel = topic->channels->pdata[i];
      TelaProtocol protocol;

      if (channel == except || !tela_channel_may (channel, TELA_EXTENSION_BROADCAST, TELA_ACCESS_READ))
        continue;
      protocol = channel->socket->protocol;
      if (!made[protocol])
        frames[protocol] = tela_frame_broadcast (protocol, broadcast);
      made[protocol] = TRUE;
      if (frames[protocol] != NULL)
        tela_channel_deliver (channel, frames[protocol]);
    }
  for (guint i = 0; i < TELA_N_PROTOCOLS; i++)
    g_clear_pointer (&frames[i], g_bytes_unref);
}

void
tela_topics_send (TelaCore            *core,
                  const char          *name,
                  gboolean             is_private,
                  const TelaBroadcast *broadcast)
{
  TelaTopic *topic = tela_topics_find (core, name, is_private);

  if (topic != NULL)
    tela_topics_relay (topic, broadcast, NULL);
}

void
tela_topics_drop_rights (TelaCore   *core,
                         const char *project_id,
                         const char *user_id)
{
  static const char *const kinds[] = { "project:", "live:", "room:" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *name = g_strconcat (kinds[i], project_id, NULL);
      TelaTopic       *topic = tela_topics_find (core, name, TRUE);
      g_autoptr (GPtrArray) channels = topic != NULL ? g_ptr_array_copy (topic->channels, NULL, NULL) : NULL;

      /* Shutting one may free the topic. */
      for (guint k = 0; channels != NULL && k < channels->len; k++)
        {
          TelaChannel *channel = channels->pdata[k];

          if (channel->claims != NULL && g_strcmp0 (channel->claims->sub, user_id) == 0)
            tela_channel_drop_rights (channel);
        }
    }
}
