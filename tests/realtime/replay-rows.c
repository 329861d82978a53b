/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "replay-private.h"

/* Rows of one filter of a join: those that came for its number, and those that the client made of them. */
typedef struct
{
  RealtimeChanges *changes; /* owned */
  gint64           id;      /* of the last reply; 0: none */
  GPtrArray       *expected;
  guint            n_heard;
} Rows;

static void
rows_free (gpointer data)
{
  Rows *rows = data;

  g_assert_cmpuint (rows->n_heard, ==, rows->expected->len);
  g_signal_handlers_disconnect_by_data (rows->changes, rows);
  g_object_unref (rows->changes);
  g_ptr_array_unref (rows->expected);
  g_free (rows);
}

GPtrArray *
replay_rows_new (void)
{
  return g_ptr_array_new_with_free_func (rows_free);
}

static void
change_cb (RealtimeChanges *changes,
           RealtimeChange  *change,
           Rows            *rows)
{
  g_autofree char *got = g_strdup_printf ("%s %s.%s at %s: %s from %s", change->type, change->schema, change->table,
                                          change->commit_timestamp, change->record, change->old_record);

  g_assert_cmpuint (rows->n_heard, <, rows->expected->len);
  g_assert_cmpstr (got, ==, g_ptr_array_index (rows->expected, rows->n_heard));
  rows->n_heard++;
}

/* As the client gives it: NULL for null or none. */
static char *
object_of (TelaJsonSpan data,
           const char  *name)
{
  TelaJsonSpan value;

  return tela_json_find (data, name, &value) && *value.data == '{' ? g_strndup (value.data, value.len) : NULL;
}

static gboolean
read_list (TelaJsonReader *reader,
           TelaJsonSpan    list)
{
  tela_json_reader_init (reader, list.data, (gssize) list.len);

  return tela_json_reader_peek (reader) == TELA_JSON_ARRAY && tela_json_reader_enter_array (reader);
}

static void
start_filter (Replay                       *self,
              ReplayChannel                *channel,
              const RealtimeChannelOptions *options,
              TelaJsonSpan                  item)
{
  g_autofree char            *event = transcript_member (item, "event");
  g_autofree char            *schema = transcript_member (item, "schema");
  g_autofree char            *table = transcript_member (item, "table");
  g_autofree char            *filter = transcript_member (item, "filter");
  const RealtimeChangesFilter what = { .event = event, .schema = schema, .table = table, .filter = filter };
  Rows                       *rows = g_new0 (Rows, 1);

  rows->expected = g_ptr_array_new_with_free_func (g_free);
  rows->changes = realtime_manager_subscribe_changes (self->manager, channel->topic + strlen (REALTIME_TOPIC_PREFIX),
                                                      &what, options);
  g_signal_connect (rows->changes, "change", G_CALLBACK (change_cb), rows);
  g_ptr_array_add (channel->rows, rows);
}

/* Ours asks for what has an event and a schema, and for all columns or for some. */
static gboolean
is_ours (TelaJsonSpan item)
{
  g_autofree char *event = NULL;
  g_autofree char *schema = NULL;
  TelaJsonSpan     select;

  if (*item.data != '{' || tela_json_find (item, "select", &select))
    return FALSE;
  event = transcript_member (item, "event");
  schema = transcript_member (item, "schema");

  return event != NULL && schema != NULL;
}

void
replay_rows_start (Replay                       *self,
                   ReplayChannel                *channel,
                   const RealtimeChannelOptions *options,
                   TelaJsonSpan                  config)
{
  TelaJsonSpan   list, item;
  TelaJsonReader reader;
  gboolean       are_ours = TRUE;

  if (!tela_json_find (config, "postgres_changes", &list) || !read_list (&reader, list))
    return;
  while (tela_json_reader_next_item (&reader))
    are_ours &= tela_json_reader_span (&reader, &item) && is_ours (item);
  if (!are_ours || !read_list (&reader, list))
    return;
  while (tela_json_reader_next_item (&reader))
    if (tela_json_reader_span (&reader, &item))
      start_filter (self, channel, options, item);
}

void
replay_rows_stop (ReplayChannel *channel)
{
  g_ptr_array_set_size (channel->rows, 0);
}

/* @reply: to the join, whose list of numbers is in the order of the filters. */
void
replay_rows_note_reply (ReplayChannel *channel,
                        TelaJsonSpan   reply)
{
  TelaJsonSpan   response, list, item, id;
  TelaJsonReader reader;
  guint          i = 0;

  if (!tela_json_find (reply, "response", &response) || !tela_json_find (response, "postgres_changes", &list) ||
      !read_list (&reader, list))
    return;
  while (tela_json_reader_next_item (&reader))
    if (tela_json_reader_span (&reader, &item) && i < channel->rows->len && tela_json_find (item, "id", &id))
      ((Rows *) g_ptr_array_index (channel->rows, i++))->id = g_ascii_strtoll (id.data, NULL, 10);
}

void
replay_rows_note (Replay                *self,
                  ReplayChannel         *channel,
                  const TranscriptFrame *frame)
{
  TelaJsonSpan     ids, data;
  g_autofree char *type = NULL;
  g_autofree char *schema = NULL;
  g_autofree char *table = NULL;
  g_autofree char *at = NULL;
  g_autofree char *record = NULL;
  g_autofree char *old_record = NULL;

  if (!channel->is_joined || !tela_json_find (frame->payload, "ids", &ids) ||
      !tela_json_find (frame->payload, "data", &data))
    return;
  type = transcript_member (data, "type");
  schema = transcript_member (data, "schema");
  table = transcript_member (data, "table");
  at = transcript_member (data, "commit_timestamp");
  record = object_of (data, "record");
  old_record = object_of (data, "old_record");
  for (guint i = 0; i < channel->rows->len; i++)
    {
      Rows          *rows = g_ptr_array_index (channel->rows, i);
      TelaJsonReader reader;
      gint64         id;

      g_assert_true (read_list (&reader, ids));
      while (tela_json_reader_next_item (&reader))
        if (tela_json_reader_int64 (&reader, &id) && id == rows->id)
          {
            g_ptr_array_add (rows->expected, g_strdup_printf ("%s %s.%s at %s: %s from %s",
                                                              type, schema, table, at, record,
                                                              old_record));
            self->count->n_messages++;
          }
    }
}

gboolean
replay_rows_agree (ReplayChannel *channel)
{
  for (guint i = 0; i < channel->rows->len; i++)
    {
      Rows *rows = g_ptr_array_index (channel->rows, i);

      if (rows->n_heard < rows->expected->len)
        return FALSE;
    }

  return TRUE;
}
