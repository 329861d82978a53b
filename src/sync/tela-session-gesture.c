/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-session-private.h"

#define DRAFT_EVERY_US (250 * 1000)

static void
gesture_free (TelaGesture *gesture)
{
  g_ptr_array_remove (gesture->session->live.gestures, gesture);
  g_clear_handle_id (&gesture->draft_source, g_source_remove);
  g_hash_table_unref (gesture->ops);
  g_ptr_array_unref (gesture->order);
  g_free (gesture->draft);
  g_free (gesture->ink_id);
  g_clear_pointer (&gesture->ink_sent, tela_numbers_unref);
  g_free (gesture->id);
  g_object_unref (gesture->session);
  g_free (gesture);
}

GPtrArray *
tela_gesture_get_ops (TelaGesture *gesture)
{
  GPtrArray *ops = g_ptr_array_new_full (gesture->order->len, (GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < gesture->order->len; i++)
    g_ptr_array_add (ops, tela_element_ref (g_hash_table_lookup (gesture->ops, g_ptr_array_index (gesture->order, i))));
  return ops;
}

TelaGesture *
tela_session_begin (TelaSession *self)
{
  static guint next_gesture;
  TelaGesture *gesture;

  g_return_val_if_fail (TELA_IS_SESSION (self), NULL);

  gesture = g_new0 (TelaGesture, 1);
  gesture->session = g_object_ref (self);
  gesture->id = g_strdup_printf ("g%u", ++next_gesture);
  gesture->ops = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) tela_element_unref);
  gesture->order = g_ptr_array_new ();
  gesture->inert = !tela_session_can_edit (self);
  g_ptr_array_add (self->live.gestures, gesture);
  return gesture;
}

/* Later words win: stamps serve as the order for a moment. */
static void
say (TelaGesture       *gesture,
     const TelaElement *op)
{
  const TelaStamp first = { 1, 0 }, second = { 2, 0 };
  g_autoptr (TelaElement) said = NULL;
  g_autoptr (TelaElement) sum = NULL;
  TelaElement *before = g_hash_table_lookup (gesture->ops, tela_element_get_id (op));
  char        *id;

  if (before == NULL)
    {
      id = g_strdup (tela_element_get_id (op));
      g_hash_table_insert (gesture->ops, id, tela_element_restamp (op, first));
      g_ptr_array_add (gesture->order, id);
      return;
    }
  said = tela_element_restamp (op, second);
  sum = tela_element_merge (before, said, NULL);
  g_hash_table_insert (gesture->ops, g_strdup (tela_element_get_id (op)), tela_element_restamp (sum, first));
}

static gboolean
draft_cb (gpointer user_data)
{
  TelaGesture *gesture = user_data;
  TelaSession *self = gesture->session;
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  TelaStamp stamp = tela_session_next_stamp (self);

  gesture->draft_source = 0;
  gesture->draft_at = g_get_monotonic_time ();
  for (guint i = 0; i < gesture->order->len; i++)
    g_ptr_array_add (
        ops, tela_element_restamp (g_hash_table_lookup (gesture->ops, g_ptr_array_index (gesture->order, i)), stamp));
  tela_store_put_draft (self->store, self->project_id, gesture->draft, ops);
  return G_SOURCE_REMOVE;
}

static void
plan_draft (TelaGesture *gesture)
{
  gint64 due = gesture->draft_at + DRAFT_EVERY_US - g_get_monotonic_time ();

  if (gesture->draft == NULL || gesture->draft_source != 0 || gesture->order->len == 0)
    return;
  if (due <= 0)
    {
      draft_cb (gesture);
      return;
    }
  gesture->draft_source = g_timeout_add ((guint) (due / 1000) + 1, draft_cb, gesture);
  g_source_set_name_by_id (gesture->draft_source, "[tela] keep a draft");
}

void
tela_gesture_update (TelaGesture        *gesture,
                     TelaElement *const *ops,
                     gsize               n)
{
  g_autoptr (GPtrArray) all = NULL;
  TelaSession *self;

  g_return_if_fail (gesture != NULL);

  self = gesture->session;
  if (gesture->inert || self->closed)
    return;
  for (gsize i = 0; i < n; i++)
    if (tela_element_get_n (ops[i]) > 0)
      say (gesture, ops[i]);
  all = tela_gesture_get_ops (gesture);
  tela_board_set_veil (self->board, self->clock.actor, gesture->id, (TelaElement *const *) all->pdata, all->len);
  gesture->dirty = TRUE;
  plan_draft (gesture);
  tela_session_live_touch (self);
}

void
tela_gesture_set_draft (TelaGesture *gesture,
                        gboolean     draft)
{
  g_return_if_fail (gesture != NULL);

  if (gesture->inert || draft == (gesture->draft != NULL))
    return;
  if (draft)
    {
      gesture->draft = g_uuid_string_random ();
      plan_draft (gesture);
      return;
    }
  g_clear_handle_id (&gesture->draft_source, g_source_remove);
  tela_store_drop_draft (gesture->session->store, gesture->draft);
  g_clear_pointer (&gesture->draft, g_free);
}

/* The gesture's operations at one stamp; NULL if one of them is not fit to be kept, which the user is told. */
static GPtrArray *
finished_ops (TelaGesture *gesture,
              TelaStamp    stamp)
{
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < gesture->order->len; i++)
    {
      const TelaElement *op = g_hash_table_lookup (gesture->ops, g_ptr_array_index (gesture->order, i));
      g_autoptr (GError) error = NULL;

      if (!tela_element_validate (op, &error))
        {
          tela_session_tell_refused (gesture->session, error->message);
          return NULL;
        }
      g_ptr_array_add (ops, tela_element_restamp (op, stamp));
    }
  return g_steal_pointer (&ops);
}

void
tela_gesture_end (TelaGesture *gesture)
{
  g_autoptr (TelaUndoEntry) entry = NULL;
  g_autoptr (GPtrArray) ops = NULL;
  TelaSession *self;
  TelaStamp    stamp;

  g_return_if_fail (gesture != NULL);

  self = gesture->session;
  if (!gesture->inert && gesture->order->len > 0 && tela_session_can_edit (self))
    {
      stamp = tela_session_next_stamp (self);
      ops = finished_ops (gesture, stamp);
    }
  if (ops == NULL)
    {
      tela_gesture_cancel (gesture);
      return;
    }

  g_clear_handle_id (&gesture->draft_source, g_source_remove);
  entry = tela_undo_record (self->board, (TelaElement *const *) ops->pdata, ops->len);
  tela_undo_push (self->undo, entry);
  tela_session_commit (self, gesture->id, ops, TELA_EDIT_PUSH, entry, gesture->draft, NULL);
  tela_session_live_end (self, gesture, &stamp);
  gesture_free (gesture);
}

void
tela_gesture_cancel (TelaGesture *gesture)
{
  TelaSession *self;

  g_return_if_fail (gesture != NULL);

  self = gesture->session;
  if (gesture->draft != NULL)
    tela_store_drop_draft (self->store, gesture->draft);
  tela_board_drop_veil (self->board, self->clock.actor, gesture->id);
  tela_session_live_end (self, gesture, NULL);
  gesture_free (gesture);
}
