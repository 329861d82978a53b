/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-change-private.h"

#include "realtime-private.h"

/* Of subscriptions that one frame is for. */
#define IDS_MAX 1000

G_DEFINE_BOXED_TYPE (RealtimeChange, realtime_change, realtime_change_ref, realtime_change_unref)

/* The JSON of a member as it stands, unless it is of another kind, such as null. */
static char *
find_json (TelaJsonSpan object,
           const char  *name,
           char         first)
{
  TelaJsonSpan value;

  if (!tela_json_find (object, name, &value) || value.len == 0 || *value.data != first)
    return NULL;

  return g_strndup (value.data, value.len);
}

static void
read_ids (RealtimeChange *self,
          TelaJsonSpan    list)
{
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));
  TelaJsonReader reader;
  gint64         id;

  tela_json_reader_init (&reader, list.data, (gssize) list.len);
  if (tela_json_reader_peek (&reader) == TELA_JSON_ARRAY && tela_json_reader_enter_array (&reader))
    while (tela_json_reader_next_item (&reader) && tela_json_reader_int64 (&reader, &id))
      if (ids->len < IDS_MAX)
        g_array_append_val (ids, id);

  self->n_ids = ids->len;
  self->ids = (gint64 *) (gpointer) g_array_free (g_steal_pointer (&ids), FALSE);
}

/**
 * realtime_change_new:
 *
 * Returns: (transfer full) (nullable): what a frame says; %NULL if it cannot be read
 */
RealtimeChange *
realtime_change_new (TelaJsonSpan payload)
{
  RealtimeChange *self;
  TelaJsonSpan    ids, data;

  if (!tela_json_find (payload, "ids", &ids) || !tela_json_find (payload, "data", &data) || *data.data != '{')
    return NULL;

  self = g_new0 (RealtimeChange, 1);
  g_atomic_ref_count_init (&self->refs);
  read_ids (self, ids);
  self->type = tela_pick_text (data, "type");
  self->schema = tela_pick_text (data, "schema");
  self->table = tela_pick_text (data, "table");
  self->commit_timestamp = tela_pick_text (data, "commit_timestamp");
  self->columns = find_json (data, "columns", '[');
  self->record = find_json (data, "record", '{');
  self->old_record = find_json (data, "old_record", '{');
  self->errors = find_json (data, "errors", '[');
  if (self->type == NULL || self->schema == NULL || self->table == NULL)
    g_clear_pointer (&self, realtime_change_unref);

  return self;
}

/**
 * realtime_change_ref:
 *
 * Returns: (transfer full): @self
 */
RealtimeChange *
realtime_change_ref (RealtimeChange *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

/**
 * realtime_change_unref:
 * @self: (transfer full): a change
 */
void
realtime_change_unref (RealtimeChange *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_free (self->type);
  g_free (self->schema);
  g_free (self->table);
  g_free (self->commit_timestamp);
  g_free (self->columns);
  g_free (self->record);
  g_free (self->old_record);
  g_free (self->errors);
  g_free (self->ids);
  g_free (self);
}
