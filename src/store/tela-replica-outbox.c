/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-replica-calls.h"
#include "tela-replica-rows.h"

#include <string.h>

/* A push takes 500 operations and 1 MB; a row stays below both, with room for the call around it. */
#define ROW_MAX_OPS 400
#define ROW_MAX_BYTES (800 * 1000)
#define PUSH_MAX_BYTES (1000 * 1000)

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

static gboolean
append_row (TelaReplica        *self,
            gint64              board,
            TelaElement *const *ops,
            gsize               n,
            gint64              n_wire,
            gint64              bytes,
            GError            **error)
{
  g_autoptr (GBytes) packed = tela_ops_pack (ops, n);

  return tela_replica_exec (
      self, error, "INSERT INTO outbox (board, gesture, created_ms, n, bytes, ops) VALUES (?1, 0, ?2, ?3, ?4, ?5)",
      "iiiib", board, now_ms (), n_wire, bytes, packed);
}

/* Puts the operations into as many rows as it takes; the last one's id is the gesture's. */
gboolean
tela_replica_append (TelaReplica        *self,
                     gint64              board,
                     TelaElement *const *ops,
                     gsize               n,
                     gint64             *gesture,
                     GError            **error)
{
  gsize start = 0, bytes = 0;
  guint n_wire = 0;

  *gesture = 0;
  if (n == 0)
    return TRUE;

  for (gsize i = 0; i < n; i++)
    {
      guint                 op_wire = tela_element_count_stamps (ops[i]);
      gsize                 op_bytes;
      g_autofree char *json G_GNUC_UNUSED = tela_ops_to_json (&ops[i], 1, &op_bytes);

      if (i > start && (n_wire + op_wire > ROW_MAX_OPS || bytes + op_bytes > ROW_MAX_BYTES))
        {
          if (!append_row (self, board, ops + start, i - start, n_wire, bytes, error))
            return FALSE;
          start = i;
          bytes = n_wire = 0;
        }
      n_wire += op_wire;
      bytes += op_bytes;
    }
  if (!append_row (self, board, ops + start, n - start, n_wire, bytes, error))
    return FALSE;

  *gesture = sqlite3_last_insert_rowid (self->db);

  return tela_replica_exec (self, error, "UPDATE outbox SET gesture = ?1 WHERE gesture = 0", "i", *gesture);
}

gboolean
tela_replica_outbox (TelaReplica   *self,
                     TelaStoreCall *call,
                     GError       **error)
{
  gint64 board, n = 0, bytes = 0;
  g_autoptr (TelaStatement) stmt = NULL;

  call->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_outbox_row_free);
  if (!tela_replica_find_board (self, call->project_id, &board, error))
    return FALSE;

  stmt = tela_replica_query (self, error,
                             "SELECT id, gesture, created_ms, pushed, ops, n, bytes FROM outbox WHERE board = ?1 ORDER BY id",
                             "i", board);
  if (stmt == NULL)
    return FALSE;

  while (tela_replica_next (self, stmt, error))
    {
      TelaOutboxRow *row;

      n += sqlite3_column_int64 (stmt, 5);
      bytes += sqlite3_column_int64 (stmt, 6);
      if (call->rows->len > 0 && (n > call->number || bytes > PUSH_MAX_BYTES))
        break;

      row = g_new0 (TelaOutboxRow, 1);
      g_ptr_array_add (call->rows, row);
      row->id = sqlite3_column_int64 (stmt, 0);
      row->gesture = sqlite3_column_int64 (stmt, 1);
      row->created_ms = sqlite3_column_int64 (stmt, 2);
      row->pushed = sqlite3_column_int (stmt, 3) != 0;
      row->ops = tela_ops_unpack (sqlite3_column_blob (stmt, 4), sqlite3_column_bytes (stmt, 4), self->path, error);
      if (row->ops == NULL)
        return FALSE;
    }

  return *error == NULL;
}

gboolean
tela_replica_mark_pushed (TelaReplica   *self,
                          TelaStoreCall *call,
                          GError       **error)
{
  for (guint i = 0; i < call->ids->len; i++)
    if (!tela_replica_exec (self, error, "UPDATE outbox SET pushed = 1 WHERE id = ?1", "i",
                            g_array_index (call->ids, gint64, i)))
      return FALSE;

  return TRUE;
}

static gboolean
read_row_ops (TelaReplica *self,
              gint64       board,
              gint64       id,
              GPtrArray  **ops,
              GError     **error)
{
  g_autoptr (TelaStatement) stmt = NULL;

  *ops = NULL;
  stmt = tela_replica_query (self, error, "SELECT ops FROM outbox WHERE id = ?1 AND board = ?2", "ii", id, board);
  if (stmt == NULL)
    return FALSE;
  if (tela_replica_next (self, stmt, error))
    *ops = tela_ops_unpack (sqlite3_column_blob (stmt, 0), sqlite3_column_bytes (stmt, 0), self->path, error);

  return *error == NULL;
}

static const TelaStoreRefusal *
find_refusal (GPtrArray         *refusals,
              gint64             row,
              const TelaElement *op)
{
  for (guint i = 0; i < refusals->len; i++)
    {
      const TelaStoreRefusal *refusal = g_ptr_array_index (refusals, i);

      if (refusal->row == row &&
          strcmp (tela_element_get_id (refusal->op), tela_element_get_id (op)) == 0 &&
          tela_stamp_compare (tela_element_get_stamp (refusal->op), tela_element_get_stamp (op)) == 0)
        return refusal;
    }

  return NULL;
}

static gboolean
keep_refused (TelaReplica            *self,
              gint64                  board,
              const TelaStoreRefusal *refusal,
              GError                **error)
{
  g_autofree char *json = tela_ops_to_json (&refusal->op, 1, NULL);

  return tela_replica_exec (self, error,
                            "INSERT INTO refused (board, at_ms, code, message, ops) VALUES (?1, ?2, ?3, ?4, ?5)",
                            "iittt", board, now_ms (), refusal->code, refusal->message, json);
}

static gboolean
confirm_op (TelaReplica       *self,
            gint64             board,
            const TelaElement *op,
            GError           **error)
{
  const char *id = tela_element_get_id (op);
  g_auto (TelaElementState) state = { NULL };

  if (!tela_replica_read_element (self, board, id, &state, error))
    return FALSE;

  return !tela_element_state_confirm (&state, op) || tela_replica_write_element (self, board, id, &state, error);
}

/* What is to be pushed again stays where it is, to be corrected like what was never sent. */
static gboolean
keep_row (TelaReplica *self,
          gint64       row,
          GPtrArray   *ops,
          GError     **error)
{
  g_autoptr (GBytes) packed = tela_ops_pack ((TelaElement *const *) ops->pdata, ops->len);

  return tela_replica_exec (self, error, "UPDATE outbox SET ops = ?2, pushed = 0 WHERE id = ?1", "ib", row, packed);
}

/* @refused: ids of elements that a refused operation touched. */
static gboolean
settle_row (TelaReplica   *self,
            TelaStoreCall *call,
            gint64         board,
            gint64         row,
            GHashTable    *refused,
            GError       **error)
{
  g_autoptr (GPtrArray) again = g_ptr_array_new ();
  g_autoptr (GPtrArray) ops = NULL;

  if (!read_row_ops (self, board, row, &ops, error))
    return FALSE;
  if (ops == NULL)
    return TRUE; /* settled before */

  for (guint i = 0; i < ops->len; i++)
    {
      TelaElement            *op = g_ptr_array_index (ops, i);
      const TelaStoreRefusal *refusal = find_refusal (call->refusals, row, op);

      if (refusal == NULL)
        {
          if (!confirm_op (self, board, op, error))
            return FALSE;
          continue;
        }
      if (refusal->code == NULL)
        {
          g_ptr_array_add (again, op);
          continue;
        }
      if (!keep_refused (self, board, refusal, error))
        return FALSE;
      g_hash_table_add (refused, g_strdup (tela_element_get_id (op)));
    }

  if (again->len > 0)
    return keep_row (self, row, again, error);
  return tela_replica_exec (self, error, "DELETE FROM outbox WHERE id = ?1", "i", row);
}

/* The element without what was refused: its confirmed part and what still waits of it. */
static gboolean
rebuild (TelaReplica       *self,
         gint64             board,
         const char        *id,
         const TelaElement *waiting,
         GPtrArray         *rebuilt,
         GError           **error)
{
  g_auto (TelaElementState) state = { NULL };

  if (!tela_replica_read_element (self, board, id, &state, error))
    return FALSE;

  if (state.shown != state.confirmed)
    {
      g_clear_pointer (&state.shown, tela_element_unref);
      state.shown = state.confirmed != NULL ? tela_element_ref (state.confirmed) : NULL;
      if (waiting != NULL)
        tela_element_state_merge (&state, waiting, TRUE);
      if (!tela_replica_write_element (self, board, id, &state, error))
        return FALSE;
    }

  if (state.shown != NULL)
    g_ptr_array_add (rebuilt, tela_element_ref (state.shown));
  else
    g_ptr_array_add (rebuilt, tela_op_builder_end (tela_op_builder_new (id), (TelaStamp){ 0 }));

  return TRUE;
}

gboolean
tela_replica_settle (TelaReplica   *self,
                     TelaStoreCall *call,
                     GError       **error)
{
  g_autoptr (GHashTable) refused = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GPtrArray) outbox = NULL;
  g_autoptr (GHashTable) waiting = NULL;
  GHashTableIter iter;
  gpointer       id;
  gint64         board;

  call->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  if (!tela_replica_find_board (self, call->project_id, &board, error))
    return FALSE;

  for (guint i = 0; i < call->ids->len; i++)
    if (!settle_row (self, call, board, g_array_index (call->ids, gint64, i), refused, error))
      return FALSE;
  if (g_hash_table_size (refused) == 0)
    return TRUE;

  outbox = tela_replica_read_outbox (self, board, error);
  if (outbox == NULL)
    return FALSE;
  waiting = tela_outbox_merge (outbox);

  g_hash_table_iter_init (&iter, refused);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (!rebuild (self, board, id, g_hash_table_lookup (waiting, id), call->rows, error))
      return FALSE;

  return TRUE;
}

gboolean
tela_replica_waiting (TelaReplica   *self,
                      TelaStoreCall *call,
                      GError       **error)
{
  g_autoptr (TelaStatement) stmt = NULL;

  call->rows = g_ptr_array_new_with_free_func (g_free);
  stmt = tela_replica_query (self, error,
                             "SELECT project_id FROM boards WHERE EXISTS (SELECT 1 FROM outbox WHERE board = key) ORDER BY key",
                             "");
  if (stmt == NULL)
    return FALSE;
  while (tela_replica_next (self, stmt, error))
    g_ptr_array_add (call->rows, g_strdup ((const char *) sqlite3_column_text (stmt, 0)));

  return *error == NULL;
}

static char *
refused_to_json (TelaStatement *stmt)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "when");
  tela_json_writer_int (&writer, sqlite3_column_int64 (stmt, 0));
  tela_json_writer_name (&writer, "code");
  tela_json_writer_string (&writer, (const char *) sqlite3_column_text (stmt, 1));
  tela_json_writer_name (&writer, "message");
  tela_json_writer_string (&writer, (const char *) sqlite3_column_text (stmt, 2));
  tela_json_writer_name (&writer, "ops");
  tela_json_writer_raw (&writer, (const char *) sqlite3_column_text (stmt, 3), sqlite3_column_bytes (stmt, 3));
  tela_json_writer_end_object (&writer);

  return g_string_free (out, FALSE);
}

gboolean
tela_replica_refused (TelaReplica   *self,
                      TelaStoreCall *call,
                      GError       **error)
{
  g_autoptr (TelaStatement) stmt = NULL;
  gint64 board;

  call->rows = g_ptr_array_new_with_free_func (g_free);
  if (!tela_replica_find_board (self, call->project_id, &board, error))
    return FALSE;

  stmt = tela_replica_query (self, error, "SELECT at_ms, code, message, ops FROM refused WHERE board = ?1 ORDER BY id DESC",
                             "i", board);
  if (stmt == NULL)
    return FALSE;
  while (tela_replica_next (self, stmt, error))
    g_ptr_array_add (call->rows, refused_to_json (stmt));

  return *error == NULL;
}
