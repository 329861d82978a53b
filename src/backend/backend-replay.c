/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-replay.h"

#include <string.h>

#include "backend-channel.h"
#include "backend-socket.h"

/* An integer alone will do. FALSE: it is none, or absent. */
static gboolean
take_integer (TelaJsonSpan object,
              const char  *name,
              gint64      *value)
{
  TelaJsonReader reader;
  TelaJsonSpan   span;

  if (!tela_json_find (object, name, &span))
    return FALSE;
  for (gsize i = 0; i < span.len; i++)
    if (strchr (".eE", span.data[i]) != NULL)
      return FALSE;
  tela_json_reader_init (&reader, span.data, (gssize) span.len);
  return tela_json_reader_int64 (&reader, value);
}

TelaReplay
tela_replay_parse (TelaJsonSpan broadcast)
{
  TelaReplay   self = { FALSE, FALSE, 0, TELA_REPLAY_MAX };
  TelaJsonSpan replay, ignored;

  self.wanted = tela_json_find (broadcast, "replay", &replay);
  if (!self.wanted)
    return self;
  self.valid = take_integer (replay, "since", &self.since) &&
               (!tela_json_find (replay, "limit", &ignored) || take_integer (replay, "limit", &self.limit));
  self.limit = CLAMP (self.limit, 1, TELA_REPLAY_MAX);
  return self;
}

static void
push_row (TelaChannel  *channel,
          sqlite3_stmt *row)
{
  const char      *payload = (const char *) sqlite3_column_text (row, 2);
  g_autofree char *metadata =
      g_strdup_printf ("{\"id\":\"%s\",\"replayed\":true}", (const char *) sqlite3_column_text (row, 0));
  TelaBroadcast broadcast = { channel->wire, (const char *) sqlite3_column_text (row, 1), metadata, TRUE, { payload, strlen (payload) } };
  g_autoptr (GString) text = tela_broadcast_to_payload (&broadcast);

  tela_socket_push (channel->socket, channel->join_ref, NULL, channel->wire, "broadcast", text->str);
}

void
tela_replay_push (TelaChannel      *channel,
                  const TelaReplay *replay)
{
  TelaDb       *db = channel->socket->core->db;
  sqlite3_stmt *row = tela_db_prepare (db, NULL,
                                       "SELECT id, event, payload FROM (SELECT seq, id, event, payload FROM messages"
                                       " WHERE topic = ? AND inserted_at >= ? ORDER BY seq DESC LIMIT ?) ORDER BY seq",
                                       "sii", channel->wire + strlen (TELA_TOPIC_PREFIX), replay->since, replay->limit);

  while (row != NULL && tela_db_step (db, row, NULL))
    push_row (channel, row);
}
