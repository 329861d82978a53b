/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-session-private.h"

#include <glib/gi18n-lib.h>

/* The server refuses what is further ahead of its clock than this. */
#define MAX_AHEAD_MS 60000

/* One edit on its way to disk. */
typedef struct
{
  TelaSession *session; /* owned */
  guint        handle;
  gpointer     rival; /* in the rivalry */
  GTask       *task;  /* owned; NULL: nobody waits */
} Commit;

static void
committed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autofree Commit *commit = user_data;
  g_autoptr (TelaSession) self = commit->session;
  g_autoptr (GTask) task = commit->task;
  g_autoptr (GError) error = NULL;
  gint64 row = tela_store_commit_finish (TELA_STORE (source), result, &error);

  tela_rivalry_stored (self->rivalry, commit->rival, row);
  if (row > 0)
    tela_optimistic_updates_stored (self->updates, commit->handle, row);
  else if (row == 0)
    tela_optimistic_updates_drop (self->updates, commit->handle);

  if (row < 0)
    tela_session_fail (self, error);
  else if (!self->closed)
    tela_outbox_kick (self->outbox);
  tela_session_update_state (self);

  if (task != NULL && row < 0)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (task != NULL)
    g_task_return_boolean (task, TRUE);
}

void
tela_session_commit (TelaSession   *self,
                     const char    *gesture,
                     GPtrArray     *ops,
                     TelaEditKind   kind,
                     TelaUndoEntry *entry,
                     const char    *draft,
                     GTask         *task)
{
  Commit *commit = g_new0 (Commit, 1);

  commit->session = g_object_ref (self);
  commit->handle = tela_optimistic_updates_add (self->updates, g_get_monotonic_time ());
  commit->rival = tela_rivalry_add (self->rivalry, ops, tela_session_get_server_ms (self));
  commit->task = task != NULL ? g_object_ref (task) : NULL;

  tela_session_journal_add (self, (TelaElement *const *) ops->pdata, ops->len);
  tela_store_commit_async (self->store, self->project_id, ops, kind, entry, draft, NULL, committed_cb, commit);
  if (gesture != NULL)
    tela_board_settle (self->board, self->clock.actor, gesture, (TelaElement *const *) ops->pdata, ops->len);
  else
    tela_board_merge (self->board, (TelaElement *const *) ops->pdata, ops->len);
  tela_session_update_state (self);
  tela_session_tell_edited (self);
}

/* The journal: what was merged while the store worked on an answer that replaces elements. Several may be under way; what was
 * merged before one of them began is in its answer, or it is not any more what it was: under another stamp, or refused. */

guint
tela_session_journal_begin (TelaSession *self)
{
  if (self->n_journals++ == 0)
    self->journal = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  return self->journal->len;
}

void
tela_session_journal_add (TelaSession        *self,
                          TelaElement *const *ops,
                          gsize               n)
{
  for (gsize i = 0; i < n && self->journal != NULL; i++)
    g_ptr_array_add (self->journal, tela_element_ref (ops[i]));
}

static void
replace_elements (TelaSession *self,
                  guint        from,
                  GPtrArray   *elements)
{
  g_autoptr (GHashTable) later =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tela_element_unref);
  g_autofree const char **ids = g_new (const char *, elements->len);
  g_autoptr (GPtrArray) replaced = g_ptr_array_new_full (elements->len, NULL);
  g_autoptr (GPtrArray) owned = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = from; i < self->journal->len; i++)
    {
      TelaElement *op = g_ptr_array_index (self->journal, i);
      TelaElement *sum = g_hash_table_lookup (later, tela_element_get_id (op));

      sum = sum != NULL ? tela_element_merge (sum, op, NULL) : tela_element_ref (op);
      g_hash_table_replace (later, (gpointer) tela_element_get_id (sum), sum);
    }
  for (guint i = 0; i < elements->len; i++)
    {
      TelaElement *element = g_ptr_array_index (elements, i);
      TelaElement *sum = g_hash_table_lookup (later, tela_element_get_id (element));

      if (sum != NULL)
        g_ptr_array_add (owned, element = tela_element_merge (element, sum, NULL));
      ids[i] = tela_element_get_id (element);
      g_ptr_array_add (replaced, tela_element_get_n (element) > 0 ? element : NULL);
    }
  tela_board_replace (self->board, ids, (TelaElement *const *) replaced->pdata, elements->len);
}

void
tela_session_journal_end (TelaSession *self,
                          guint        from,
                          GPtrArray   *elements)
{
  g_return_if_fail (self->n_journals > 0);

  if (elements != NULL && elements->len > 0)
    replace_elements (self, from, elements);
  if (--self->n_journals == 0)
    g_clear_pointer (&self->journal, g_ptr_array_unref);
}

/* What the outbox says */

static void
observe_cb (const TelaElement *element,
            gpointer           user_data)
{
  tela_clock_observe (user_data, tela_element_get_stamp (element));
}

/* A clock that ran ahead has left stamps on the board that nobody has seen and that are about to go. */
static void
observe_past_cb (const TelaElement *element,
                 gpointer           user_data)
{
  TelaSession *self = user_data;
  gint64       now = tela_remote_get_wall_ms (self->remote) + self->clock.offset_ms;
  TelaStamp    stamp = tela_element_get_stamp (element);

  if (tela_stamp_get_ms (stamp) <= now + MAX_AHEAD_MS)
    tela_clock_observe (&self->clock, stamp);
}

/* What is stamped from here on is committed after the store's own correction, which does not touch it. */
static void
restamping (gint64   offset_ms,
            gpointer user_data)
{
  TelaSession *self = user_data;

  self->clock.offset_ms = offset_ms;
  self->clock.last = 0;
  tela_board_foreach (self->board, observe_past_cb, self);
  self->outbox_from = tela_session_journal_begin (self);
}

static void
restamped (GArray    *stamps,
           GPtrArray *elements,
           gpointer   user_data)
{
  TelaSession *self = user_data;

  for (guint i = 0; stamps != NULL && i < stamps->len; i++)
    {
      const TelaRestamp *one = &g_array_index (stamps, TelaRestamp, i);

      tela_undo_restamp (self->undo, one->from, one->to);
    }
  tela_session_journal_end (self, self->outbox_from, elements);
  tela_board_foreach (self->board, observe_cb, &self->clock);
}

static void
head_told (const TelaHead *head,
           gpointer        user_data)
{
  tela_session_feed_head (user_data, head);
}

static gboolean
is_past (const TelaHead *head,
         gpointer        user_data)
{
  return tela_session_feed_is_past (user_data, head);
}

static void
settling (gpointer user_data)
{
  TelaSession *self = user_data;

  self->outbox_from = tela_session_journal_begin (self);
}

static gboolean
is_refused (GPtrArray *refusals,
            gint64     gesture)
{
  for (guint i = 0; i < refusals->len; i++)
    if (((TelaOutboxRefusal *) g_ptr_array_index (refusals, i))->gesture == gesture)
      return TRUE;
  return FALSE;
}

static void
settled (GArray    *gestures,
         GPtrArray *refusals,
         GPtrArray *replaced,
         gpointer   user_data)
{
  TelaSession *self = user_data;
  gint64       now = g_get_monotonic_time ();

  for (guint i = 0; i < gestures->len; i++)
    {
      gint64 gesture = g_array_index (gestures, gint64, i);

      tela_rivalry_answered (self->rivalry, gesture, is_refused (refusals, gesture), tela_session_get_server_ms (self));
      if (is_refused (refusals, gesture))
        tela_optimistic_updates_rollback (self->updates, gesture, now);
      else
        tela_optimistic_updates_confirm (self->updates, gesture, now);
    }
  tela_session_journal_end (self, self->outbox_from, replaced);

  if (refusals->len > 0)
    {
      tela_session_tell_refused (self, ((TelaOutboxRefusal *) g_ptr_array_index (refusals, 0))->message);
      tela_session_edits_changed (self);
    }
  tela_session_update_state (self);
}

static void
failed (const GError *error,
        gpointer      user_data)
{
  tela_session_fail (user_data, error);
}

static void
outbox_changed (gpointer user_data)
{
  tela_session_update_state (user_data);
}

const TelaOutboxEvents tela_session_outbox_events = {
  .restamping = restamping,
  .restamped = restamped,
  .head = head_told,
  .is_past = is_past,
  .settling = settling,
  .settled = settled,
  .failed = failed,
  .changed = outbox_changed,
};

/* Public */

TelaStamp
tela_session_next_stamp (TelaSession *self)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), ((TelaStamp){ 0 }));
  return tela_clock_next (&self->clock, tela_remote_get_wall_ms (self->remote));
}

void
tela_session_edit (TelaSession        *self,
                   TelaElement *const *ops,
                   gsize               n)
{
  TelaGesture *gesture = tela_session_begin (self);

  tela_gesture_update (gesture, ops, n);
  tela_gesture_end (gesture);
}

/* Takes over what @ops holds. (transfer full): the same operations at one stamp; NULL: one of them is not fit. */
static GPtrArray *
stamp_all (TelaSession *self,
           GPtrArray   *ops,
           GError     **error)
{
  g_autoptr (GPtrArray) stamped = g_ptr_array_new_full (ops->len, (GDestroyNotify) tela_element_unref);
  TelaStamp stamp = tela_session_next_stamp (self);

  for (guint i = 0; i < ops->len; i++)
    {
      if (!tela_element_validate (ops->pdata[i], error))
        return NULL;
      ops->pdata[i] = tela_element_take_restamped (ops->pdata[i], stamp);
      g_ptr_array_add (stamped, tela_element_ref (ops->pdata[i]));
    }
  return g_steal_pointer (&stamped);
}

void
tela_session_edit_taking_async (TelaSession        *self,
                                GPtrArray          *ops,
                                gboolean            undoable,
                                GCancellable       *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer            user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GPtrArray) stamped = NULL;
  g_autoptr (TelaUndoEntry) entry = NULL;
  GError *error = NULL;

  g_return_if_fail (TELA_IS_SESSION (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, tela_session_edit_taking_async);
  if (g_task_return_error_if_cancelled (task))
    return;
  if (!tela_session_can_edit (self))
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED, _ ("The board cannot be edited"));
      return;
    }
  stamped = stamp_all (self, ops, &error);
  if (stamped == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  undoable = undoable && stamped->len > 0;
  if (undoable)
    {
      entry = tela_undo_record (self->board, (TelaElement *const *) stamped->pdata, stamped->len);
      tela_undo_push (self->undo, entry);
    }
  tela_session_commit (self, NULL, stamped, undoable ? TELA_EDIT_PUSH : TELA_EDIT_NONE, entry, NULL, task);
}

void
tela_session_edit_async (TelaSession        *self,
                         TelaElement *const *ops,
                         gsize               n,
                         gboolean            undoable,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GPtrArray) shared = g_ptr_array_new_full ((guint) n, (GDestroyNotify) tela_element_unref);

  for (gsize i = 0; i < n; i++)
    g_ptr_array_add (shared, tela_element_ref (ops[i]));
  tela_session_edit_taking_async (self, shared, undoable, cancellable, callback, user_data);
}

gboolean
tela_session_edit_finish (TelaSession  *self,
                          GAsyncResult *result,
                          GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

typedef GPtrArray *(*StepFunc) (
    TelaUndo *, TelaBoard *, TelaStamp, TelaUndoEntry **, TelaUndoEntry **, guint *, guint64 *);

static gboolean
step (TelaSession *self,
      StepFunc     func,
      TelaEditKind kind,
      guint       *skipped)
{
  g_autoptr (TelaUndoEntry) replaced = NULL;
  g_autoptr (TelaUndoEntry) entry = NULL;
  g_autoptr (GPtrArray) ops = NULL;
  guint   n_skipped = 0;
  guint64 actor = 0;

  if (tela_session_can_edit (self))
    ops = func (self->undo, self->board, tela_session_next_stamp (self), &replaced, &entry, &n_skipped, &actor);
  if (skipped != NULL)
    *skipped = n_skipped;
  if (ops == NULL)
    return FALSE;
  tela_session_commit (self, NULL, ops, kind, entry, NULL, NULL);
  return TRUE;
}

gboolean
tela_session_undo (TelaSession *self,
                   guint       *skipped)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), FALSE);
  return step (self, tela_undo_undo, TELA_EDIT_UNDO, skipped);
}

gboolean
tela_session_redo (TelaSession *self,
                   guint       *skipped)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), FALSE);
  return step (self, tela_undo_redo, TELA_EDIT_REDO, skipped);
}

gboolean
tela_session_can_undo (TelaSession *self)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), FALSE);
  return tela_session_can_edit (self) && tela_undo_can_undo (self->undo);
}

gboolean
tela_session_can_redo (TelaSession *self)
{
  g_return_val_if_fail (TELA_IS_SESSION (self), FALSE);
  return tela_session_can_edit (self) && tela_undo_can_redo (self->undo);
}
