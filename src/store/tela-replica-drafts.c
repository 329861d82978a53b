/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-replica-calls.h"
#include "tela-replica-rows.h"

gboolean
tela_replica_put_draft (TelaReplica   *self,
                        TelaStoreCall *call,
                        GError       **error)
{
  g_autoptr (GBytes) packed = tela_ops_pack ((TelaElement *const *) call->elements->pdata, call->elements->len);
  gint64 board;

  if (!tela_replica_ensure_board (self, call->project_id, &board, error))
    return FALSE;

  return tela_replica_exec (self, error,
                            "INSERT INTO drafts (id, board, ops) VALUES (?1, ?2, ?3)"
                            " ON CONFLICT (id) DO UPDATE SET board = excluded.board, ops = excluded.ops",
                            "tib", call->name, board, packed);
}

gboolean
tela_replica_drop_draft (TelaReplica   *self,
                         TelaStoreCall *call,
                         GError       **error)
{
  return tela_replica_exec (self, error, "DELETE FROM drafts WHERE id = ?1", "t", call->name);
}

typedef struct
{
  char      *id;  /* owned */
  GPtrArray *ops; /* owned; NULL if it could not be read */
} Draft;

static void
draft_free (Draft *self)
{
  g_free (self->id);
  g_clear_pointer (&self->ops, g_ptr_array_unref);
  g_free (self);
}

static GPtrArray *
read_drafts (TelaReplica *self,
             gint64       board,
             GError     **error)
{
  g_autoptr (GPtrArray) drafts = g_ptr_array_new_with_free_func ((GDestroyNotify) draft_free);
  g_autoptr (TelaStatement) stmt = NULL;

  stmt = tela_replica_query (self, error, "SELECT id, ops FROM drafts WHERE board = ?1 ORDER BY rowid", "i", board);
  if (stmt == NULL)
    return NULL;
  while (tela_replica_next (self, stmt, error))
    {
      Draft *draft = g_new0 (Draft, 1);

      g_ptr_array_add (drafts, draft);
      draft->id = g_strdup ((const char *) sqlite3_column_text (stmt, 0));
      draft->ops = tela_ops_unpack (sqlite3_column_blob (stmt, 1), sqlite3_column_bytes (stmt, 1), self->path, error);
      if (draft->ops == NULL)
        return NULL;
    }

  return *error == NULL ? g_steal_pointer (&drafts) : NULL;
}

/* The undo entry wants to know what was there before: a board of just the elements that the draft touches tells it. */
static TelaUndoEntry *
record_entry (TelaReplica *self,
              const char  *project_id,
              gint64       board,
              GPtrArray   *ops,
              GError     **error)
{
  g_autoptr (TelaBoard) before = tela_board_new (project_id);

  for (guint i = 0; i < ops->len; i++)
    {
      g_auto (TelaElementState) state = { NULL };

      if (!tela_replica_read_element (self, board, tela_element_get_id (g_ptr_array_index (ops, i)), &state, error))
        return NULL;
      if (state.shown != NULL)
        tela_board_merge (before, &state.shown, 1);
    }

  return tela_undo_record (before, (TelaElement *const *) ops->pdata, ops->len);
}

static gboolean
finish_draft (TelaReplica *self,
              const char  *project_id,
              gint64       board,
              Draft       *draft,
              GError     **error)
{
  g_autoptr (TelaStoreCall) edit = tela_store_call_new (tela_replica_edit, TRUE, project_id);

  edit->name = g_strdup (draft->id);
  edit->elements = g_ptr_array_ref (draft->ops);
  edit->kind = TELA_EDIT_PUSH;
  edit->entry = record_entry (self, project_id, board, draft->ops, error);

  return edit->entry != NULL && tela_replica_edit (self, edit, error);
}

static gboolean
finish_drafts_of (TelaReplica *self,
                  const char  *project_id,
                  gint64      *n,
                  GError     **error)
{
  g_autoptr (GPtrArray) drafts = NULL;
  gint64 board;

  if (!tela_replica_find_board (self, project_id, &board, error))
    return FALSE;
  drafts = read_drafts (self, board, error);
  if (drafts == NULL)
    return FALSE;

  for (guint i = 0; i < drafts->len; i++)
    {
      Draft *draft = g_ptr_array_index (drafts, i);

      if (draft->ops->len == 0 ? !tela_replica_exec (self, error, "DELETE FROM drafts WHERE id = ?1", "t", draft->id)
                               : !finish_draft (self, project_id, board, draft, error))
        return FALSE;
    }
  *n += drafts->len;

  return TRUE;
}

gboolean
tela_replica_finish_drafts (TelaReplica   *self,
                            TelaStoreCall *call,
                            GError       **error)
{
  g_autoptr (GPtrArray) boards = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (TelaStatement) stmt = NULL;

  if (call->project_id != NULL)
    return finish_drafts_of (self, call->project_id, &call->id, error);

  stmt = tela_replica_query (self, error, "SELECT project_id FROM boards WHERE key IN (SELECT board FROM drafts)", "");
  while (stmt != NULL && tela_replica_next (self, stmt, error))
    g_ptr_array_add (boards, g_strdup ((const char *) sqlite3_column_text (stmt, 0)));

  for (guint i = 0; i < boards->len && *error == NULL; i++)
    finish_drafts_of (self, g_ptr_array_index (boards, i), &call->id, error);

  return *error == NULL;
}
