/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-replica-rows.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define OPS_FORMAT 1

void
tela_element_state_clear (TelaElementState *self)
{
  g_clear_pointer (&self->shown, tela_element_unref);
  g_clear_pointer (&self->confirmed, tela_element_unref);
}

/* TRUE if @slot is another element now. */
static gboolean
merge_into (TelaElement      **slot,
            const TelaElement *op)
{
  TelaElement *merged;
  gboolean     changed = TRUE;

  merged = *slot == NULL ? tela_element_ref (op) : tela_element_merge (*slot, op, &changed);
  g_clear_pointer (slot, tela_element_unref);
  *slot = merged;

  return changed;
}

gboolean
tela_element_state_merge (TelaElementState  *self,
                          const TelaElement *op,
                          gboolean           own)
{
  gboolean is_settled = self->shown == self->confirmed;
  gboolean changed = merge_into (&self->shown, op);

  if (own)
    return changed; /* confirmed keeps what was shown */
  if (!is_settled || self->confirmed == NULL)
    return merge_into (&self->confirmed, op) || changed;

  g_clear_pointer (&self->confirmed, tela_element_unref);
  self->confirmed = tela_element_ref (self->shown);

  return changed;
}

gboolean
tela_element_state_confirm (TelaElementState  *self,
                            const TelaElement *op)
{
  return self->confirmed != self->shown && merge_into (&self->confirmed, op);
}

gboolean
tela_replica_find_board (TelaReplica *self,
                         const char  *project_id,
                         gint64      *board,
                         GError     **error)
{
  *board = 0;

  return tela_replica_ask (self, board, error, "SELECT key FROM boards WHERE project_id = ?1", "t", project_id);
}

gboolean
tela_replica_ensure_board (TelaReplica *self,
                           const char  *project_id,
                           gint64      *board,
                           GError     **error)
{
  if (!tela_replica_find_board (self, project_id, board, error))
    return FALSE;
  if (*board != 0)
    return TRUE;

  return tela_replica_exec (self, error, "INSERT INTO boards (project_id) VALUES (?1)", "t", project_id) &&
         tela_replica_find_board (self, project_id, board, error);
}

static TelaElement *
unpack_column (TelaStatement *stmt,
               int            column,
               const char    *id,
               const char    *path,
               GError       **error)
{
  g_autoptr (GError) problem = NULL;
  TelaElement *element;

  element = tela_element_unpack (id, sqlite3_column_blob (stmt, column), sqlite3_column_bytes (stmt, column), &problem);
  if (element == NULL)
    /* Translators: a file, the id of an element, and what is wrong with it */
    g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT,
                 _ ("%s: element %s: %s"), path, id, problem->message);

  return element;
}

gboolean
tela_replica_read_element (TelaReplica      *self,
                           gint64            board,
                           const char       *id,
                           TelaElementState *state,
                           GError          **error)
{
  g_autoptr (TelaStatement) stmt = NULL;

  tela_element_state_clear (state);

  stmt = tela_replica_query (self, error, "SELECT packed, confirmed FROM elements WHERE board = ?1 AND id = ?2",
                             "it", board, id);
  if (stmt == NULL)
    return FALSE;
  if (!tela_replica_next (self, stmt, error))
    return *error == NULL;

  state->shown = unpack_column (stmt, 0, id, self->path, error);
  if (state->shown == NULL)
    return FALSE;

  if (sqlite3_column_type (stmt, 1) == SQLITE_NULL)
    state->confirmed = tela_element_ref (state->shown);
  else if (sqlite3_column_bytes (stmt, 1) > 0)
    state->confirmed = unpack_column (stmt, 1, id, self->path, error);

  return *error == NULL;
}

gboolean
tela_replica_write_element (TelaReplica            *self,
                            gint64                  board,
                            const char             *id,
                            const TelaElementState *state,
                            GError                **error)
{
  g_autoptr (GBytes) packed = NULL;
  g_autoptr (GBytes) confirmed = NULL;

  if (state->shown == NULL)
    return tela_replica_exec (self, error, "DELETE FROM elements WHERE board = ?1 AND id = ?2", "it", board, id);

  packed = tela_element_pack (state->shown);
  if (state->confirmed == NULL)
    confirmed = g_bytes_new_static (NULL, 0);
  else if (state->confirmed != state->shown && !tela_element_equal (state->confirmed, state->shown))
    confirmed = tela_element_pack (state->confirmed);

  return tela_replica_exec (
      self, error,
      "INSERT INTO elements (board, id, packed, confirmed) VALUES (?1, ?2, ?3, ?4)"
      " ON CONFLICT (board, id) DO UPDATE SET packed = excluded.packed, confirmed = excluded.confirmed",
      "itbb", board, id, packed, confirmed);
}

/* A format byte; then for each: length of the id (a byte), id, length of the packed element (32 bits, little end
 * first), the packed element. */
GBytes *
tela_ops_pack (TelaElement *const *ops,
               gsize               n)
{
  GByteArray  *out = g_byte_array_new ();
  const guint8 format = OPS_FORMAT;

  g_byte_array_append (out, &format, 1);
  for (gsize i = 0; i < n; i++)
    {
      g_autoptr (GBytes) packed = tela_element_pack (ops[i]);
      const char   *id = tela_element_get_id (ops[i]);
      guint8        id_len = (guint8) strlen (id);
      gsize         len;
      const guint8 *data = g_bytes_get_data (packed, &len);
      guint32       len_le = GUINT32_TO_LE ((guint32) len);

      g_byte_array_append (out, &id_len, 1);
      g_byte_array_append (out, (const guint8 *) id, id_len);
      g_byte_array_append (out, (const guint8 *) &len_le, sizeof len_le);
      g_byte_array_append (out, data, (guint) len);
    }

  return g_byte_array_free_to_bytes (out);
}

static TelaElement *
unpack_next (const guint8 **at,
             const guint8  *end)
{
  g_autofree char *id = NULL;
  TelaElement     *element;
  guint8           id_len;
  guint32          len;

  id_len = *(*at)++;
  if ((gsize) (end - *at) < id_len + sizeof len)
    return NULL;
  id = g_strndup ((const char *) *at, id_len);
  *at += id_len;
  memcpy (&len, *at, sizeof len);
  len = GUINT32_FROM_LE (len);
  *at += sizeof len;
  if ((gsize) (end - *at) < len || !tela_element_id_is_valid (id, id_len))
    return NULL;

  element = tela_element_unpack (id, *at, len, NULL);
  *at += len;

  return element;
}

GPtrArray *
tela_ops_unpack (const void *data,
                 gsize       len,
                 const char *where,
                 GError    **error)
{
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  const guint8 *at = data, *end = at + len;

  if (len > 0 && *at++ == OPS_FORMAT)
    {
      while (at < end)
        {
          TelaElement *element = unpack_next (&at, end);

          if (element == NULL)
            break;
          g_ptr_array_add (ops, element);
        }
      if (at == end)
        return g_steal_pointer (&ops);
    }

  g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT, _ ("%s: operations that cannot be read"), where);

  return NULL;
}

char *
tela_ops_to_json (TelaElement *const *ops,
                  gsize               n,
                  gsize              *len)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  for (gsize i = 0; i < n; i++)
    tela_op_write (ops[i], &writer);
  tela_json_writer_end_array (&writer);
  if (len != NULL)
    *len = out->len;

  return g_string_free (out, FALSE);
}

guint
tela_element_count_stamps (const TelaElement *self)
{
  guint count = 0;

  for (guint i = 0; i < tela_element_get_n (self); i++)
    {
      TelaStamp stamp, before;
      guint     j = 0;

      tela_element_get_nth (self, i, NULL, &stamp);
      for (; j < i; j++)
        {
          tela_element_get_nth (self, j, NULL, &before);
          if (tela_stamp_compare (before, stamp) == 0)
            break;
        }
      count += j == i;
    }

  return count;
}

void
tela_outbox_row_free (TelaOutboxRow *self)
{
  g_clear_pointer (&self->ops, g_ptr_array_unref);
  g_free (self);
}

GPtrArray *
tela_replica_read_outbox (TelaReplica *self,
                          gint64       board,
                          GError     **error)
{
  g_autoptr (GPtrArray) rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_outbox_row_free);
  g_autoptr (TelaStatement) stmt = NULL;

  stmt = tela_replica_query (self, error,
                             "SELECT id, gesture, created_ms, pushed, ops FROM outbox WHERE board = ?1 ORDER BY id",
                             "i", board);
  if (stmt == NULL)
    return NULL;

  while (tela_replica_next (self, stmt, error))
    {
      TelaOutboxRow *row = g_new0 (TelaOutboxRow, 1);

      g_ptr_array_add (rows, row);
      row->id = sqlite3_column_int64 (stmt, 0);
      row->gesture = sqlite3_column_int64 (stmt, 1);
      row->created_ms = sqlite3_column_int64 (stmt, 2);
      row->pushed = sqlite3_column_int (stmt, 3) != 0;
      row->ops = tela_ops_unpack (sqlite3_column_blob (stmt, 4), sqlite3_column_bytes (stmt, 4), self->path, error);
      if (row->ops == NULL)
        return NULL;
    }

  return *error == NULL ? g_steal_pointer (&rows) : NULL;
}

GHashTable *
tela_outbox_merge (GPtrArray *rows)
{
  GHashTable *merged = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < rows->len; i++)
    {
      TelaOutboxRow *row = g_ptr_array_index (rows, i);

      for (guint j = 0; j < row->ops->len; j++)
        {
          TelaElement *op = g_ptr_array_index (row->ops, j);
          TelaElement *known = g_hash_table_lookup (merged, tela_element_get_id (op));
          TelaElement *both;
          gboolean     changed;

          both = known != NULL ? tela_element_merge (known, op, &changed) : tela_element_ref (op);

          /* The key is the value's own id, so both are replaced. */
          g_hash_table_replace (merged, (gpointer) tela_element_get_id (both), both);
        }
    }

  return merged;
}
