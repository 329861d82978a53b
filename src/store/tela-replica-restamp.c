/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-replica-calls.h"
#include "tela-replica-rows.h"
#include "tela-undo-private.h" /* entries of a stack that is on disk, not in a TelaUndo */

#define MAX_MS (((gint64) 1 << 48) - 1)

/* What a correction of the clock knows while it runs. */
typedef struct
{
  GPtrArray  *outbox; /* owned, TelaOutboxRow */
  GHashTable *actors; /* owned, set of gint64: those that this replica has had */
  GHashTable *seen;   /* owned, element id → TelaElement: what was known of it without the operations to correct */
  GArray     *stamps; /* owned, TelaRestamp, in order */
  GHashTable *index;  /* owned, old TelaStamp → its place in @stamps */
} Correction;

static void
correction_clear (Correction *self)
{
  g_clear_pointer (&self->outbox, g_ptr_array_unref);
  g_clear_pointer (&self->actors, g_hash_table_unref);
  g_clear_pointer (&self->seen, g_hash_table_unref);
  g_clear_pointer (&self->stamps, g_array_unref);
  g_clear_pointer (&self->index, g_hash_table_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Correction, correction_clear)

static guint
stamp_hash (gconstpointer stamp)
{
  return g_int64_hash (&((const TelaStamp *) stamp)->time);
}

static gboolean
stamp_equal (gconstpointer a,
             gconstpointer b)
{
  return tela_stamp_compare (*(const TelaStamp *) a, *(const TelaStamp *) b) == 0;
}

static void
element_unref_nullable (gpointer element)
{
  if (element != NULL)
    tela_element_unref (element);
}

static void
correction_init (Correction *self)
{
  self->actors = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, NULL);
  self->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, element_unref_nullable);
  self->stamps = g_array_new (FALSE, FALSE, sizeof (TelaRestamp));
  self->index = g_hash_table_new_full (stamp_hash, stamp_equal, g_free, NULL);
}

static gboolean
read_actors (TelaReplica *replica,
             Correction  *self,
             GError     **error)
{
  g_autoptr (TelaStatement) stmt = tela_replica_query (replica, error, "SELECT actor FROM actors", "");

  if (stmt == NULL)
    return FALSE;
  while (tela_replica_next (replica, stmt, error))
    {
      gint64 actor = sqlite3_column_int64 (stmt, 0);

      g_hash_table_add (self->actors, g_memdup2 (&actor, sizeof actor));
    }

  return *error == NULL;
}

/* What the user saw when they wrote: the confirmed part and what was pushed since. */
static gboolean
read_seen (TelaReplica *replica,
           gint64       board,
           Correction  *self,
           GError     **error)
{
  for (guint i = 0; i < self->outbox->len; i++)
    {
      TelaOutboxRow *row = g_ptr_array_index (self->outbox, i);

      for (guint j = 0; j < row->ops->len; j++)
        {
          TelaElement *op = g_ptr_array_index (row->ops, j);
          const char  *id = tela_element_get_id (op);
          g_auto (TelaElementState) state = { NULL };

          if (!g_hash_table_lookup_extended (self->seen, id, NULL, (gpointer *) &state.shown))
            {
              if (!tela_replica_read_element (replica, board, id, &state, error))
                return FALSE;
              g_clear_pointer (&state.shown, tela_element_unref);
              state.shown = g_steal_pointer (&state.confirmed);
            }
          else if (state.shown != NULL)
            tela_element_ref (state.shown);

          if (row->pushed)
            tela_element_state_merge (&state, op, TRUE);
          g_hash_table_replace (self->seen, g_strdup (id), g_steal_pointer (&state.shown));
        }
    }

  return TRUE;
}

/* Lists the own stamps of @op; @to.time is the greatest that they must stay above. */
static void
collect_stamps (Correction        *self,
                const TelaElement *op)
{
  const TelaElement *seen = g_hash_table_lookup (self->seen, tela_element_get_id (op));

  for (guint i = 0; i < tela_element_get_n (op); i++)
    {
      TelaStamp    stamp, over = { 0 };
      TelaKey      key = tela_element_get_nth (op, i, NULL, &stamp);
      gpointer     place;
      TelaRestamp *pair;

      if (!g_hash_table_contains (self->actors, &stamp.actor))
        continue;
      if (!g_hash_table_lookup_extended (self->index, &stamp, NULL, &place))
        {
          const TelaRestamp fresh = { .from = stamp, .to = { 0, stamp.actor } };

          place = GUINT_TO_POINTER (self->stamps->len);
          g_array_append_val (self->stamps, fresh);
          g_hash_table_insert (self->index, g_memdup2 (&stamp, sizeof stamp), place);
        }

      pair = &g_array_index (self->stamps, TelaRestamp, GPOINTER_TO_UINT (place));
      if (seen != NULL && tela_element_get (seen, key, NULL, &over))
        pair->to.time = MAX (pair->to.time, over.time);
    }
}

static void
choose_stamps (Correction *self,
               gint64      shift_ms,
               gint64      limit_ms)
{
  guint64 last = 0;

  for (guint i = 0; i < self->stamps->len; i++)
    {
      TelaRestamp *pair = &g_array_index (self->stamps, TelaRestamp, i);
      gint64       right = MIN (tela_stamp_get_ms (pair->from) + shift_ms, limit_ms);
      guint64      ms = (guint64) CLAMP (right, 0, MAX_MS);
      guint64      shifted = ms << 16 | (pair->from.time & 0xffff);

      pair->to.time = MAX (shifted, MAX (last, pair->to.time) + 1);
      last = pair->to.time;
    }
}

static TelaElement *
restamp_op (Correction        *self,
            const TelaElement *op)
{
  TelaOpBuilder *builder = tela_op_builder_new (tela_element_get_id (op));

  for (guint i = 0; i < tela_element_get_n (op); i++)
    {
      TelaValue value;
      TelaStamp stamp;
      TelaKey   key = tela_element_get_nth (op, i, &value, &stamp);
      gpointer  place;

      if (g_hash_table_lookup_extended (self->index, &stamp, NULL, &place))
        stamp = g_array_index (self->stamps, TelaRestamp, GPOINTER_TO_UINT (place)).to;
      tela_op_builder_set_at (builder, key, tela_value_copy (value), stamp);
    }

  return tela_op_builder_end (builder, (TelaStamp){ 0 });
}

static gboolean
rewrite_rows (TelaReplica *replica,
              Correction  *self,
              GError     **error)
{
  for (guint i = 0; i < self->outbox->len; i++)
    {
      TelaOutboxRow *row = g_ptr_array_index (self->outbox, i);
      g_autoptr (GBytes) packed = NULL;

      if (row->pushed)
        continue;

      for (guint j = 0; j < row->ops->len; j++)
        {
          TelaElement *old = g_ptr_array_index (row->ops, j);

          row->ops->pdata[j] = restamp_op (self, old);
          tela_element_unref (old);
        }
      packed = tela_ops_pack ((TelaElement *const *) row->ops->pdata, row->ops->len);
      if (!tela_replica_exec (replica, error, "UPDATE outbox SET ops = ?2 WHERE id = ?1", "ib", row->id, packed))
        return FALSE;
    }

  return TRUE;
}

static gboolean
rewrite_elements (TelaReplica *replica,
                  gint64       board,
                  Correction  *self,
                  GPtrArray   *elements,
                  GError     **error)
{
  g_autoptr (GHashTable) waiting = tela_outbox_merge (self->outbox);
  GHashTableIter iter;
  gpointer       id, op;

  g_hash_table_iter_init (&iter, waiting);
  while (g_hash_table_iter_next (&iter, &id, &op))
    {
      g_auto (TelaElementState) state = { NULL };

      if (!tela_replica_read_element (replica, board, id, &state, error))
        return FALSE;
      g_clear_pointer (&state.shown, tela_element_unref);
      state.shown = state.confirmed != NULL ? tela_element_ref (state.confirmed) : NULL;
      tela_element_state_merge (&state, op, TRUE);
      if (!tela_replica_write_element (replica, board, id, &state, error))
        return FALSE;
      g_ptr_array_add (elements, tela_element_ref (state.shown));
    }

  return TRUE;
}

/* An entry of the user's own whose stamp was corrected; its place in the stack. */
typedef struct
{
  gint64  side;
  gint64  seq;
  GBytes *packed; /* owned */
} Entry;

static void
entry_clear (Entry *self)
{
  g_bytes_unref (self->packed);
}

static gboolean
find_entries (TelaReplica *replica,
              gint64       board,
              Correction  *self,
              GArray      *entries,
              GError     **error)
{
  g_autoptr (TelaStatement) stmt = NULL;

  stmt = tela_replica_query (replica, error, "SELECT side, seq, entry FROM undo WHERE board = ?1", "i", board);
  while (stmt != NULL && tela_replica_next (replica, stmt, error))
    {
      g_autoptr (TelaUndoEntry) old =
          tela_undo_entry_unpack (sqlite3_column_blob (stmt, 2), sqlite3_column_bytes (stmt, 2), NULL);
      g_autoptr (TelaUndoEntry) fresh = NULL;
      TelaStamp stamp = old != NULL ? tela_undo_entry_get_stamp (old) : (TelaStamp){ 0 };
      Entry     entry = { sqlite3_column_int64 (stmt, 0), sqlite3_column_int64 (stmt, 1), NULL };
      gpointer  place;

      if (old == NULL || !g_hash_table_lookup_extended (self->index, &stamp, NULL, &place))
        continue;
      fresh = tela_undo_entry_restamp (old, g_array_index (self->stamps, TelaRestamp, GPOINTER_TO_UINT (place)).to);
      entry.packed = tela_undo_entry_pack (fresh);
      g_array_append_val (entries, entry);
    }

  return *error == NULL;
}

static gboolean
rewrite_undo (TelaReplica *replica,
              gint64       board,
              Correction  *self,
              GError     **error)
{
  g_autoptr (GArray) entries = g_array_new (FALSE, FALSE, sizeof (Entry));

  g_array_set_clear_func (entries, (GDestroyNotify) entry_clear);
  if (!find_entries (replica, board, self, entries, error))
    return FALSE;

  for (guint i = 0; i < entries->len; i++)
    {
      const Entry *entry = &g_array_index (entries, Entry, i);

      if (!tela_replica_exec (replica, error,
                              "UPDATE undo SET entry = ?4 WHERE board = ?1 AND side = ?2 AND seq = ?3", "iiib", board,
                              entry->side, entry->seq, entry->packed))
        return FALSE;
    }

  return TRUE;
}

gboolean
tela_replica_restamp (TelaReplica   *self,
                      TelaStoreCall *call,
                      GError       **error)
{
  g_auto (Correction) correction = { NULL };
  gint64 board;

  correction_init (&correction);
  call->rows = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  call->stamps = g_array_ref (correction.stamps);
  if (!tela_replica_find_board (self, call->project_id, &board, error))
    return FALSE;

  correction.outbox = tela_replica_read_outbox (self, board, error);
  if (correction.outbox == NULL || !read_actors (self, &correction, error) ||
      !read_seen (self, board, &correction, error))
    return FALSE;

  for (guint i = 0; i < correction.outbox->len; i++)
    {
      TelaOutboxRow *row = g_ptr_array_index (correction.outbox, i);

      for (guint j = 0; j < row->ops->len && !row->pushed; j++)
        collect_stamps (&correction, g_ptr_array_index (row->ops, j));
    }
  if (correction.stamps->len == 0)
    return TRUE;

  choose_stamps (&correction, call->number, call->limit > 0 ? call->limit : MAX_MS);

  return rewrite_rows (self, &correction, error) &&
         rewrite_elements (self, board, &correction, call->rows, error) &&
         rewrite_undo (self, board, &correction, error);
}
