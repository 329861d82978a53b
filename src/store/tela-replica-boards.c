/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-replica-calls.h"
#include "tela-replica-rows.h"

#include <glib/gi18n-lib.h>

enum
{
  SIDE_UNDO,
  SIDE_REDO,
};

TelaStoreCall *
tela_store_call_new (TelaStoreFunc func,
                     gboolean      writes,
                     const char   *project_id)
{
  TelaStoreCall *self = g_new0 (TelaStoreCall, 1);

  self->func = func;
  self->writes = writes;
  self->project_id = g_strdup (project_id);

  return self;
}

void
tela_store_call_free (TelaStoreCall *self)
{
  g_free (self->project_id);
  g_free (self->name);
  g_free (self->text);
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  g_clear_pointer (&self->refusals, g_ptr_array_unref);
  g_clear_pointer (&self->ids, g_array_unref);
  g_clear_pointer (&self->entry, tela_undo_entry_unref);
  g_clear_pointer (&self->rows, g_ptr_array_unref);
  g_clear_pointer (&self->stamps, g_array_unref);
  g_clear_pointer (&self->board, tela_stored_board_free);
  g_free (self);
}

void
tela_stored_board_free (TelaStoredBoard *self)
{
  g_free (self->project_id);
  g_free (self->epoch);
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  g_clear_pointer (&self->undo, g_ptr_array_unref);
  g_clear_pointer (&self->redo, g_ptr_array_unref);
  g_free (self);
}

static TelaStoredBoard *
stored_board_new (const char *project_id)
{
  TelaStoredBoard *self = g_new0 (TelaStoredBoard, 1);

  self->project_id = g_strdup (project_id);
  self->epoch = g_strdup ("");
  self->last = -1;
  self->elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  self->undo = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_undo_entry_unref);
  self->redo = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_undo_entry_unref);

  return self;
}

static gboolean
load_elements (TelaReplica *self,
               gint64       board,
               GPtrArray   *elements,
               GError     **error)
{
  g_autoptr (TelaStatement) stmt = NULL;

  stmt = tela_replica_query (self, error, "SELECT id, packed FROM elements WHERE board = ?1 ORDER BY id", "i", board);
  if (stmt == NULL)
    return FALSE;

  while (tela_replica_next (self, stmt, error))
    {
      const char *id = (const char *) sqlite3_column_text (stmt, 0);
      g_autoptr (GError) problem = NULL;
      TelaElement *element;

      element = tela_element_unpack (id, sqlite3_column_blob (stmt, 1), sqlite3_column_bytes (stmt, 1), &problem);
      if (element == NULL)
        {
          /* Translators: a file, the id of an element, and what is wrong with it */
          g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT,
                       _ ("%s: element %s: %s"), self->path, id, problem->message);
          return FALSE;
        }
      g_ptr_array_add (elements, element);
    }

  return *error == NULL;
}

/* An entry that cannot be read ends the stack below it: undo is a convenience, the board is not held up for it. */
static gboolean
load_undo (TelaReplica *self,
           gint64       board,
           int          side,
           GPtrArray   *entries,
           GError     **error)
{
  g_autoptr (TelaStatement) stmt = NULL;

  stmt = tela_replica_query (self, error, "SELECT entry FROM undo WHERE board = ?1 AND side = ?2 ORDER BY seq", "ii",
                             board, (gint64) side);
  if (stmt == NULL)
    return FALSE;

  while (tela_replica_next (self, stmt, error))
    {
      TelaUndoEntry *entry;

      entry = tela_undo_entry_unpack (sqlite3_column_blob (stmt, 0), sqlite3_column_bytes (stmt, 0), NULL);
      if (entry != NULL)
        g_ptr_array_add (entries, entry);
      else
        g_ptr_array_set_size (entries, 0);
    }

  return *error == NULL;
}

static gboolean
load_head (TelaReplica     *self,
           gint64           board,
           TelaStoredBoard *into,
           GError         **error)
{
  g_autoptr (TelaStatement) stmt = NULL;

  stmt = tela_replica_query (self, error,
                             "SELECT epoch, last, (SELECT count(DISTINCT gesture) FROM outbox WHERE board = key)"
                             " FROM boards WHERE key = ?1",
                             "i", board);
  if (stmt == NULL || !tela_replica_next (self, stmt, error))
    return FALSE;

  g_free (into->epoch);
  into->epoch = g_strdup ((const char *) sqlite3_column_text (stmt, 0));
  into->last = sqlite3_column_int64 (stmt, 1);
  into->n_outbox = (guint) sqlite3_column_int64 (stmt, 2);

  return TRUE;
}

gboolean
tela_replica_load (TelaReplica   *self,
                   TelaStoreCall *call,
                   GError       **error)
{
  gint64 board;

  call->board = stored_board_new (call->project_id);
  if (!tela_replica_find_board (self, call->project_id, &board, error))
    return FALSE;
  if (board == 0)
    return TRUE;

  return load_head (self, board, call->board, error) &&
         load_elements (self, board, call->board->elements, error) &&
         load_undo (self, board, SIDE_UNDO, call->board->undo, error) &&
         load_undo (self, board, SIDE_REDO, call->board->redo, error);
}

static gboolean
push_entry (TelaReplica   *self,
            gint64         board,
            int            side,
            TelaUndoEntry *entry,
            GError       **error)
{
  g_autoptr (GBytes) packed = NULL;

  if (entry == NULL)
    return TRUE;

  packed = tela_undo_entry_pack (entry);

  return tela_replica_exec (self, error,
                            "INSERT INTO undo (board, side, seq, entry) VALUES (?1, ?2,"
                            " (SELECT ifnull(max(seq), 0) + 1 FROM undo WHERE board = ?1 AND side = ?2), ?3)",
                            "iib", board, (gint64) side, packed) &&
         tela_replica_exec (self, error,
                            "DELETE FROM undo WHERE board = ?1 AND side = ?2 AND seq <="
                            " (SELECT max(seq) FROM undo WHERE board = ?1 AND side = ?2) - ?3",
                            "iii", board, (gint64) side, (gint64) TELA_UNDO_MAX_ENTRIES);
}

static gboolean
pop_entry (TelaReplica *self,
           gint64       board,
           int          side,
           GError     **error)
{
  return tela_replica_exec (self, error,
                            "DELETE FROM undo WHERE board = ?1 AND side = ?2 AND seq ="
                            " (SELECT max(seq) FROM undo WHERE board = ?1 AND side = ?2)",
                            "ii", board, (gint64) side);
}

static gboolean
move_undo (TelaReplica   *self,
           gint64         board,
           TelaEditKind   kind,
           TelaUndoEntry *entry,
           GError       **error)
{
  switch (kind)
    {
    case TELA_EDIT_PUSH:
      return tela_replica_exec (self, error, "DELETE FROM undo WHERE board = ?1 AND side = ?2", "ii", board,
                                (gint64) SIDE_REDO) &&
             push_entry (self, board, SIDE_UNDO, entry, error);
    case TELA_EDIT_UNDO:
      return pop_entry (self, board, SIDE_UNDO, error) && push_entry (self, board, SIDE_REDO, entry, error);
    case TELA_EDIT_REDO:
      return pop_entry (self, board, SIDE_REDO, error) && push_entry (self, board, SIDE_UNDO, entry, error);
    case TELA_EDIT_NONE:
    default:
      return TRUE;
    }
}

gboolean
tela_replica_edit (TelaReplica   *self,
                   TelaStoreCall *call,
                   GError       **error)
{
  gint64 board;

  if (!tela_replica_ensure_board (self, call->project_id, &board, error))
    return FALSE;

  for (guint i = 0; i < call->elements->len; i++)
    {
      TelaElement *op = g_ptr_array_index (call->elements, i);
      const char  *id = tela_element_get_id (op);
      g_auto (TelaElementState) state = { NULL };

      if (!tela_replica_read_element (self, board, id, &state, error))
        return FALSE;
      if (tela_element_state_merge (&state, op, TRUE) && !tela_replica_write_element (self, board, id, &state, error))
        return FALSE;
    }

  return tela_replica_append (self, board, (TelaElement *const *) call->elements->pdata, call->elements->len, &call->id,
                              error) &&
         move_undo (self, board, call->kind, call->entry, error) &&
         (call->name == NULL || tela_replica_drop_draft (self, call, error));
}

/* Elements that are not among @keep go, but for what the outbox makes of them. */
static gboolean
drop_others (TelaReplica *self,
             gint64       board,
             GPtrArray   *keep,
             GHashTable  *waiting,
             GError     **error)
{
  g_autoptr (GHashTable) kept = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) gone = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TelaStatement) stmt = NULL;

  for (guint i = 0; i < keep->len; i++)
    g_hash_table_add (kept, (gpointer) tela_element_get_id (g_ptr_array_index (keep, i)));

  stmt = tela_replica_query (self, error, "SELECT id FROM elements WHERE board = ?1", "i", board);
  if (stmt == NULL)
    return FALSE;
  while (tela_replica_next (self, stmt, error))
    {
      const char *id = (const char *) sqlite3_column_text (stmt, 0);

      if (!g_hash_table_contains (kept, id))
        g_ptr_array_add (gone, g_strdup (id));
    }

  for (guint i = 0; i < gone->len && *error == NULL; i++)
    {
      const char            *id = g_ptr_array_index (gone, i);
      const TelaElementState state = { g_hash_table_lookup (waiting, id), NULL };

      tela_replica_write_element (self, board, id, &state, error);
    }

  return *error == NULL;
}

/* As they are, and what the outbox makes of them: properties that are not among them went with a tombstone. */
static gboolean
put_anew (TelaReplica *self,
          gint64       board,
          GPtrArray   *elements,
          GHashTable  *waiting,
          GError     **error)
{
  for (guint i = 0; i < elements->len; i++)
    {
      TelaElement *element = g_ptr_array_index (elements, i);
      const char  *id = tela_element_get_id (element);
      TelaElement *op = g_hash_table_lookup (waiting, id);
      g_auto (TelaElementState) state = { tela_element_ref (element), tela_element_ref (element) };

      if (op != NULL)
        tela_element_state_merge (&state, op, TRUE);
      if (!tela_replica_write_element (self, board, id, &state, error))
        return FALSE;
    }

  return TRUE;
}

static gboolean
replace_all (TelaReplica *self,
             gint64       board,
             GPtrArray   *elements,
             GError     **error)
{
  g_autoptr (GPtrArray) outbox = tela_replica_read_outbox (self, board, error);
  g_autoptr (GHashTable) waiting = NULL;

  if (outbox == NULL)
    return FALSE;
  waiting = tela_outbox_merge (outbox);

  return drop_others (self, board, elements, waiting, error) && put_anew (self, board, elements, waiting, error);
}

static gboolean
merge_all (TelaReplica *self,
           gint64       board,
           GPtrArray   *elements,
           GError     **error)
{
  for (guint i = 0; i < elements->len; i++)
    {
      TelaElement *element = g_ptr_array_index (elements, i);
      const char  *id = tela_element_get_id (element);
      g_auto (TelaElementState) state = { NULL };

      if (!tela_replica_read_element (self, board, id, &state, error))
        return FALSE;
      if (tela_element_state_merge (&state, element, FALSE) &&
          !tela_replica_write_element (self, board, id, &state, error))
        return FALSE;
    }

  return TRUE;
}

gboolean
tela_replica_apply (TelaReplica   *self,
                    TelaStoreCall *call,
                    GError       **error)
{
  gint64 board;

  if (!tela_replica_ensure_board (self, call->project_id, &board, error))
    return FALSE;
  if (call->reset ? !replace_all (self, board, call->elements, error) : !merge_all (self, board, call->elements, error))
    return FALSE;

  return tela_replica_exec (self, error,
                            "UPDATE boards SET epoch = ifnull(?2, epoch), last = iif(?3 < 0, last, ?3) WHERE key = ?1",
                            "iti", board, call->name, call->number);
}

gboolean
tela_replica_forget (TelaReplica   *self,
                     TelaStoreCall *call,
                     GError       **error)
{
  return tela_replica_exec (self, error, "DELETE FROM boards WHERE project_id = ?1", "t", call->project_id);
}

gboolean
tela_replica_put_note (TelaReplica   *self,
                       TelaStoreCall *call,
                       GError       **error)
{
  return tela_replica_exec (self, error,
                            "INSERT INTO notes (name, text) VALUES (?1, ?2)"
                            " ON CONFLICT (name) DO UPDATE SET text = excluded.text",
                            "tt", call->name, call->text);
}

GHashTable *
tela_replica_list_notes (TelaReplica *self,
                         GError     **error)
{
  g_autoptr (GHashTable) notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GError) problem = NULL;
  g_autoptr (TelaStatement) stmt = tela_replica_query (self, error, "SELECT name, text FROM notes", "");

  if (stmt == NULL)
    return NULL;
  while (tela_replica_next (self, stmt, &problem))
    g_hash_table_insert (notes, g_strdup ((const char *) sqlite3_column_text (stmt, 0)),
                         g_strdup ((const char *) sqlite3_column_text (stmt, 1)));
  if (problem == NULL)
    return g_steal_pointer (&notes);

  g_propagate_error (error, g_steal_pointer (&problem));

  return NULL;
}
