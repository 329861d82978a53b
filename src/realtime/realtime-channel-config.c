/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-channel.h"

#include "realtime-changes.h"

/* The server sends no more; what is older has to be fetched. */
#define REPLAY_MAX 25
/* Clocks differ, and a message may have been written while another one was on its way. What comes twice is dropped. */
#define REPLAY_OVERLAP (5 * 1000)

static void
write_boolean (TelaJsonWriter *writer,
               const char     *name,
               gboolean        value)
{
  tela_json_writer_put_boolean (writer, name, value);
}

/* Unused keys are left out: the server takes a null for a value. */
static void
write_string (TelaJsonWriter *writer,
              const char     *name,
              const char     *value)
{
  if (value == NULL)
    return;

  tela_json_writer_put_string (writer, name, value);
}

static void
write_filter (TelaJsonWriter              *writer,
              const RealtimeChangesFilter *filter)
{
  tela_json_writer_begin_object (writer);
  write_string (writer, "event", filter->event);
  write_string (writer, "schema", filter->schema);
  write_string (writer, "table", filter->table);
  write_string (writer, "filter", filter->filter);
  if (filter->select != NULL)
    {
      tela_json_writer_name (writer, "select");
      tela_json_writer_begin_array (writer);
      for (guint i = 0; filter->select[i] != NULL; i++)
        tela_json_writer_string (writer, filter->select[i]);
      tela_json_writer_end_array (writer);
    }
  tela_json_writer_end_object (writer);
}

/* The mere presence of the key makes a public join fail. */
static void
write_replay (RealtimeChannel *self,
              TelaJsonWriter  *writer)
{
  gint64 since = self->options.replay_since;
  guint  limit = self->options.replay_limit;

  if (since <= 0 || !self->options.is_private || self->skips_replay)
    return;

  since = MAX (since, self->heard_at - REPLAY_OVERLAP);
  tela_json_writer_name (writer, "replay");
  tela_json_writer_begin_object (writer);
  tela_json_writer_put_int (writer, "since", since);
  tela_json_writer_put_int (writer, "limit", limit == 0 ? REPLAY_MAX : MIN (limit, REPLAY_MAX));
  tela_json_writer_end_object (writer);
}

static void
write_config (RealtimeChannel          *self,
              const RealtimeJoinConfig *config,
              TelaJsonWriter           *writer)
{
  tela_json_writer_begin_object (writer);
  write_boolean (writer, "private", self->options.is_private);

  tela_json_writer_name (writer, "broadcast");
  tela_json_writer_begin_object (writer);
  write_boolean (writer, "self", self->options.self);
  write_boolean (writer, "ack", self->options.ack);
  write_replay (self, writer);
  tela_json_writer_end_object (writer);

  if (config->has_presence)
    {
      tela_json_writer_name (writer, "presence");
      tela_json_writer_begin_object (writer);
      write_boolean (writer, "enabled", TRUE);
      write_string (writer, "key", config->presence_key);
      tela_json_writer_end_object (writer);
    }
  if (config->changes->len > 0)
    {
      tela_json_writer_name (writer, "postgres_changes");
      tela_json_writer_begin_array (writer);
      for (guint i = 0; i < config->changes->len; i++)
        write_filter (writer, g_ptr_array_index (config->changes, i));
      tela_json_writer_end_array (writer);
    }
  tela_json_writer_end_object (writer);
}

/**
 * realtime_channel_join_payload:
 *
 * Returns: (transfer full): what phx_join says, with the token and what the subscriptions of this moment ask for
 */
char *
realtime_channel_join_payload (RealtimeChannel *self)
{
  g_autoptr (GPtrArray) changes = g_ptr_array_new ();
  RealtimeJoinConfig config = { .changes = changes };
  GString           *out = g_string_new (NULL);
  TelaJsonWriter     writer;

  for (guint i = 0; i < self->subscriptions->len; i++)
    if (g_ptr_array_index (self->subscriptions, i) != NULL)
      realtime_subscription_configure (g_ptr_array_index (self->subscriptions, i), &config);

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  write_string (&writer, "access_token", self->token);
  tela_json_writer_name (&writer, "config");
  write_config (self, &config, &writer);
  tela_json_writer_end_object (&writer);

  return g_string_free (out, FALSE);
}
