/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-undo-private.h"

struct _TelaUndo
{
  GObject parent_instance;

  GPtrArray *undo; /* TelaUndoEntry, oldest first */
  GPtrArray *redo;
};

G_DEFINE_FINAL_TYPE (TelaUndo, tela_undo, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* One entry being taken back. */
typedef struct
{
  TelaUndo      *undo;
  TelaUndoEntry *entry;
  TelaUndoEntry *reverse;
  TelaStamp      stamp;
  GPtrArray     *ops;
  guint          skipped;
  guint64        skipped_actor;
} Step;

static GPtrArray *
stack_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) tela_undo_entry_unref);
}

static void
tela_undo_finalize (GObject *object)
{
  TelaUndo *self = TELA_UNDO (object);

  g_ptr_array_unref (self->undo);
  g_ptr_array_unref (self->redo);

  G_OBJECT_CLASS (tela_undo_parent_class)->finalize (object);
}

static void
tela_undo_class_init (TelaUndoClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = tela_undo_finalize;

  /**
   * TelaUndo::changed:
   * @self: the stack
   *
   * Emitted when there may be something else to undo or redo than before.
   */
  signals[CHANGED] =
      g_signal_new ("changed", TELA_TYPE_UNDO, G_SIGNAL_RUN_LAST,
                    0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tela_undo_init (TelaUndo *self)
{
  self->undo = stack_new ();
  self->redo = stack_new ();
}

TelaUndo *
tela_undo_new (void)
{
  return g_object_new (TELA_TYPE_UNDO, NULL);
}

/* The values that @like has properties of, as they are in @current (nullable) now; all at @stamp. */
static TelaElement *
values_before (const TelaElement *current,
               const TelaElement *like,
               TelaStamp          stamp)
{
  TelaOpBuilder *builder = tela_op_builder_new (tela_element_get_id (like));

  for (guint i = 0; i < tela_element_get_n (like); i++)
    {
      TelaKey   key = tela_element_get_nth (like, i, NULL, NULL);
      TelaValue value = { .kind = TELA_VALUE_UNSET };

      if (current != NULL)
        tela_element_get (current, key, &value, NULL);
      tela_op_builder_set (builder, key, tela_value_copy (value));
    }

  return tela_op_builder_end (builder, stamp);
}

TelaUndoEntry *
tela_undo_record (TelaBoard          *board,
                  TelaElement *const *ops,
                  gsize               n)
{
  TelaUndoEntry *entry = tela_undo_entry_new (n > 0 ? tela_element_get_stamp (ops[0]) : (TelaStamp){ 0 });

  for (gsize i = 0; i < n; i++)
    {
      const TelaElement *current = tela_board_lookup (board, tela_element_get_id (ops[i]));
      gboolean           exists = current != NULL && tela_element_has (current, TELA_KEY_TYPE);

      if (!exists && tela_element_has (ops[i], TELA_KEY_TYPE))
        tela_undo_entry_add (entry, TELA_UNDO_CREATION,
                             tela_op_builder_end (tela_op_builder_new (tela_element_get_id (ops[i])), entry->stamp),
                             NULL);
      else
        tela_undo_entry_add (entry, TELA_UNDO_CHANGE, values_before (current, ops[i], entry->stamp), ops[i]);
    }

  return entry;
}

void
tela_undo_push (TelaUndo      *self,
                TelaUndoEntry *entry)
{
  g_return_if_fail (TELA_IS_UNDO (self));

  g_ptr_array_set_size (self->redo, 0);
  if (self->undo->len == TELA_UNDO_MAX_ENTRIES)
    g_ptr_array_remove_index (self->undo, 0);
  g_ptr_array_add (self->undo, tela_undo_entry_ref (entry));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
fill (GPtrArray *stack,
      GPtrArray *entries)
{
  guint first = entries != NULL && entries->len > TELA_UNDO_MAX_ENTRIES ? entries->len - TELA_UNDO_MAX_ENTRIES : 0;

  g_ptr_array_set_size (stack, 0);
  for (guint i = first; entries != NULL && i < entries->len; i++)
    g_ptr_array_add (stack, tela_undo_entry_ref (g_ptr_array_index (entries, i)));
}

void
tela_undo_restore (TelaUndo  *self,
                   GPtrArray *undo,
                   GPtrArray *redo)
{
  g_return_if_fail (TELA_IS_UNDO (self));

  fill (self->undo, undo);
  fill (self->redo, redo);
  g_signal_emit (self, signals[CHANGED], 0);
}

gboolean
tela_undo_can_undo (TelaUndo *self)
{
  g_return_val_if_fail (TELA_IS_UNDO (self), FALSE);

  return self->undo->len > 0;
}

gboolean
tela_undo_can_redo (TelaUndo *self)
{
  g_return_val_if_fail (TELA_IS_UNDO (self), FALSE);

  return self->redo->len > 0;
}

/* The user's own actors: each opening of the replica has another one, and the stacks outlive it. */
static gboolean
is_own (Step   *step,
        guint64 actor)
{
  GPtrArray *stacks[] = { step->undo->undo, step->undo->redo };

  if (actor == step->stamp.actor || actor == step->entry->stamp.actor)
    return TRUE;

  for (guint s = 0; s < G_N_ELEMENTS (stacks); s++)
    for (guint i = 0; i < stacks[s]->len; i++)
      if (((TelaUndoEntry *) g_ptr_array_index (stacks[s], i))->stamp.actor == actor)
        return TRUE;
  return FALSE;
}

static void
skip (Step   *step,
      guint64 actor)
{
  step->skipped++;
  step->skipped_actor = actor;
}

static void
take_creation_back (Step               *step,
                    const TelaElement  *current,
                    const TelaUndoItem *item)
{
  guint          skipped = step->skipped;
  TelaOpBuilder *builder;
  TelaElement   *op;

  if (current == NULL)
    skip (step, 0);
  for (guint i = 0; current != NULL && i < tela_element_get_n (current); i++)
    {
      TelaStamp stamp;

      tela_element_get_nth (current, i, NULL, &stamp);
      if (tela_stamp_compare (stamp, step->entry->stamp) > 0 && !is_own (step, stamp.actor))
        skip (step, stamp.actor);
    }
  if (step->skipped > skipped)
    return;

  builder = tela_op_builder_new (tela_element_get_id (item->before));
  tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, TRUE);
  op = tela_op_builder_end (builder, step->stamp);
  g_ptr_array_add (step->ops, op);
  tela_undo_entry_add (step->reverse, TELA_UNDO_REVIVAL, values_before (current, op, step->stamp), op);
}

/* The property bears the gesture's stamp still; or it has the value that the gesture gave it, back again by an undo of
 * what we did later. */
static gboolean
is_as_left (Step               *step,
            const TelaUndoItem *item,
            guint               i,
            TelaStamp           stamp,
            TelaValue           value)
{
  if (tela_stamp_compare (stamp, step->entry->stamp) == 0)
    return TRUE;
  return is_own (step, stamp.actor) && tela_undo_hash_value (value) == item->after[i];
}

static void
take_change_back (Step               *step,
                  const TelaElement  *current,
                  const TelaUndoItem *item)
{
  TelaOpBuilder *builder = NULL;
  TelaElement   *op;

  for (guint i = 0; i < tela_element_get_n (item->before); i++)
    {
      TelaValue before;
      TelaValue value;
      TelaStamp stamp = { 0 };
      TelaKey   key = tela_element_get_nth (item->before, i, &before, NULL);

      if (current == NULL || !tela_element_get (current, key, &value, &stamp) ||
          !is_as_left (step, item, i, stamp, value))
        {
          skip (step, stamp.actor);
          continue;
        }
      if (builder == NULL)
        builder = tela_op_builder_new (tela_element_get_id (item->before));
      tela_op_builder_set (builder, key, tela_value_copy (before));
    }
  if (builder == NULL)
    return;

  op = tela_op_builder_end (builder, step->stamp);
  g_ptr_array_add (step->ops, op);
  if (item->role == TELA_UNDO_REVIVAL)
    tela_undo_entry_add (step->reverse, TELA_UNDO_CREATION,
                         tela_op_builder_end (tela_op_builder_new (tela_element_get_id (op)), step->stamp), NULL);
  else
    tela_undo_entry_add (step->reverse, TELA_UNDO_CHANGE, values_before (current, op, step->stamp), op);
}

/* Takes the newest entry of @from back; what takes that back in turn goes on top of @to. */
static GPtrArray *
take_back (TelaUndo       *self,
           GPtrArray      *from,
           GPtrArray      *to,
           TelaBoard      *board,
           TelaStamp       stamp,
           TelaUndoEntry **replaced,
           TelaUndoEntry **entry,
           guint          *skipped,
           guint64        *skipped_actor)
{
  Step step = { .undo = self, .stamp = stamp };
  g_autoptr (TelaUndoEntry) taken = NULL;

  if (from->len == 0)
    return NULL;

  taken = g_ptr_array_steal_index (from, from->len - 1);
  step.entry = taken;
  step.reverse = tela_undo_entry_new (stamp);
  step.ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  for (guint i = taken->items->len; i > 0; i--)
    {
      const TelaUndoItem *item = &g_array_index (taken->items, TelaUndoItem, i - 1);
      const TelaElement  *current = tela_board_lookup (board, tela_element_get_id (item->before));

      if (item->role == TELA_UNDO_CREATION)
        take_creation_back (&step, current, item);
      else
        take_change_back (&step, current, item);
    }

  g_ptr_array_add (to, step.reverse);
  if (entry != NULL)
    *entry = tela_undo_entry_ref (step.reverse);
  if (replaced != NULL)
    *replaced = g_steal_pointer (&taken);
  if (skipped != NULL)
    *skipped = step.skipped;
  if (skipped_actor != NULL)
    *skipped_actor = step.skipped_actor;
  g_signal_emit (self, signals[CHANGED], 0);
  return step.ops;
}

GPtrArray *
tela_undo_undo (TelaUndo       *self,
                TelaBoard      *board,
                TelaStamp       stamp,
                TelaUndoEntry **replaced,
                TelaUndoEntry **entry,
                guint          *skipped,
                guint64        *skipped_actor)
{
  g_return_val_if_fail (TELA_IS_UNDO (self), NULL);

  return take_back (self, self->undo, self->redo, board, stamp, replaced, entry, skipped, skipped_actor);
}

GPtrArray *
tela_undo_redo (TelaUndo       *self,
                TelaBoard      *board,
                TelaStamp       stamp,
                TelaUndoEntry **replaced,
                TelaUndoEntry **entry,
                guint          *skipped,
                guint64        *skipped_actor)
{
  g_return_val_if_fail (TELA_IS_UNDO (self), NULL);

  return take_back (self, self->redo, self->undo, board, stamp, replaced, entry, skipped, skipped_actor);
}

static void
restamp_stack (GPtrArray *stack,
               TelaStamp  from,
               TelaStamp  to)
{
  for (guint i = 0; i < stack->len; i++)
    {
      TelaUndoEntry *entry = g_ptr_array_index (stack, i);

      if (tela_stamp_compare (entry->stamp, from) != 0)
        continue;
      g_ptr_array_index (stack, i) = tela_undo_entry_restamp (entry, to);
      tela_undo_entry_unref (entry);
    }
}

void
tela_undo_restamp (TelaUndo *self,
                   TelaStamp from,
                   TelaStamp to)
{
  g_return_if_fail (TELA_IS_UNDO (self));

  restamp_stack (self->undo, from, to);
  restamp_stack (self->redo, from, to);
}
