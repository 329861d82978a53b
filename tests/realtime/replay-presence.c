/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "replay-private.h"

void
replay_presence_start (Replay        *self,
                       ReplayChannel *channel,
                       TelaJsonSpan   config)
{
  RealtimeChannelOptions options = { .is_private = channel->is_private, .ack = channel->has_ack };
  TelaJsonSpan           presence = { "{}", 2 };
  g_autofree char       *key = NULL;

  if (tela_json_find (config, "presence", &presence))
    key = transcript_member (presence, "key");
  options.presence_key = key != NULL && *key != '\0' ? key : NULL;
  channel->has_list = FALSE;
  channel->present = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  channel->presence =
      realtime_manager_get_presence (self->manager, channel->topic + strlen (REALTIME_TOPIC_PREFIX), &options);
}

void
replay_presence_stop (ReplayChannel *channel)
{
  g_clear_object (&channel->presence);
  g_clear_pointer (&channel->present, g_hash_table_unref);
  g_clear_pointer (&channel->shown, g_free);
  channel->n_shown = 0;
}

/* Adds or removes what {"key":{"metas":[{"phx_ref":…}]}} has. */
static void
apply (GHashTable  *present,
       TelaJsonSpan people,
       gboolean     is_leaving)
{
  TelaJsonReader reader;
  TelaJsonSpan   name, value, metas;

  tela_json_reader_init (&reader, people.data, (gssize) people.len);
  g_assert_true (tela_json_reader_enter_object (&reader));
  while (tela_json_reader_next_member (&reader, &name))
    {
      TelaJsonReader inner;

      g_assert_true (tela_json_reader_span (&reader, &value));
      g_assert_true (tela_json_find (value, "metas", &metas));
      tela_json_reader_init (&inner, metas.data, (gssize) metas.len);
      g_assert_true (tela_json_reader_enter_array (&inner));
      while (tela_json_reader_next_item (&inner))
        {
          TelaJsonSpan     meta;
          g_autofree char *ref = NULL;
          g_autofree char *text = NULL;

          g_assert_true (tela_json_reader_span (&inner, &meta));
          ref = transcript_member (meta, "phx_ref");
          text = g_strdup_printf ("%.*s %s", (int) name.len, name.data, ref);
          if (is_leaving)
            g_hash_table_remove (present, text);
          else
            g_hash_table_add (present, g_steal_pointer (&text));
        }
    }
}

void
replay_presence_note (ReplayChannel         *channel,
                      const TranscriptFrame *frame)
{
  TelaJsonSpan joins, leaves;

  if (channel->presence == NULL || !channel->is_joined)
    return;
  if (g_str_equal (frame->event, "presence_state"))
    {
      g_hash_table_remove_all (channel->present);
      apply (channel->present, frame->payload, FALSE);
      channel->has_list = TRUE;
    }
  else if (tela_json_find (frame->payload, "joins", &joins) && tela_json_find (frame->payload, "leaves", &leaves))
    {
      apply (channel->present, joins, FALSE);
      apply (channel->present, leaves, TRUE);
    }
}

/* The client's list is what the frames say. */
gboolean
replay_presence_agrees (ReplayChannel *channel)
{
  g_autoptr (GPtrArray) members = NULL;
  guint n = 0;

  if (channel->presence == NULL || !channel->has_list)
    return TRUE;
  members = realtime_presence_list (channel->presence);
  for (guint i = 0; i < members->len; i++)
    {
      const RealtimeMember *member = g_ptr_array_index (members, i);

      for (guint j = 0; j < member->n_metas; j++, n++)
        {
          g_autofree char *text = g_strdup_printf ("%s %s", member->key, member->metas[j].ref);

          if (!g_hash_table_contains (channel->present, text))
            return FALSE;
        }
    }

  return n == g_hash_table_size (channel->present) && realtime_presence_is_synced (channel->presence);
}
