/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-own-edit.h"

#define KEEP_MS 30000 /* after the answer: what others had written until then has come by now */
#define GRACE_MS 500  /* from the answer until others have seen the edit */
#define MAX_EDITS 1000

/* One gesture of ours. */
typedef struct
{
  gint64      gesture; /* 0: not stored yet */
  gint64      when_ms;
  gint64      answered_ms; /* 0: not yet */
  GHashTable *ops;         /* id, borrowed → owned TelaElement */
} Edit;

struct _TelaRivalry
{
  guint64    actor;
  GPtrArray *edits; /* oldest first */
};

static void
edit_free (gpointer data)
{
  Edit *self = data;

  g_hash_table_unref (self->ops);
  g_free (self);
}

TelaRivalry *
tela_rivalry_new (guint64 actor)
{
  TelaRivalry *self = g_new0 (TelaRivalry, 1);

  self->actor = actor;
  self->edits = g_ptr_array_new_with_free_func (edit_free);

  return self;
}

void
tela_rivalry_free (TelaRivalry *self)
{
  g_ptr_array_unref (self->edits);
  g_free (self);
}

static void
forget (TelaRivalry *self,
        gint64       now_ms)
{
  guint n = 0;

  while (n < self->edits->len)
    {
      const Edit *edit = self->edits->pdata[n];

      if (self->edits->len - n <= MAX_EDITS && (edit->answered_ms == 0 || edit->answered_ms + KEEP_MS > now_ms))
        break;
      n++;
    }
  if (n > 0)
    g_ptr_array_remove_range (self->edits, 0, n);
}

gpointer
tela_rivalry_add (TelaRivalry *self,
                  GPtrArray   *ops,
                  gint64       when_ms)
{
  Edit *edit = g_new0 (Edit, 1);

  forget (self, when_ms);
  edit->when_ms = when_ms;
  edit->ops = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) tela_element_unref);
  for (guint i = 0; i < ops->len; i++)
    g_hash_table_replace (edit->ops, (gpointer) tela_element_get_id (ops->pdata[i]), tela_element_ref (ops->pdata[i]));
  g_ptr_array_add (self->edits, edit);

  return edit;
}

void
tela_rivalry_stored (TelaRivalry *self,
                     gpointer     edit,
                     gint64       gesture)
{
  guint at;

  if (!g_ptr_array_find (self->edits, edit, &at))
    return;
  if (gesture > 0)
    ((Edit *) edit)->gesture = gesture;
  else
    g_ptr_array_remove_index (self->edits, at);
}

void
tela_rivalry_answered (TelaRivalry *self,
                       gint64       gesture,
                       gboolean     refused,
                       gint64       now_ms)
{
  for (guint i = 0; i < self->edits->len; i++)
    {
      Edit *edit = self->edits->pdata[i];

      if (edit->gesture != gesture)
        continue;
      edit->answered_ms = now_ms;
      if (refused)
        g_ptr_array_remove_index (self->edits, i);
      return;
    }
}

/* What a reader of the board would miss; the rest is made anew from that. */
static gboolean
is_seen (TelaKey key)
{
  switch (key)
    {
    case TELA_KEY_INDEX:
    case TELA_KEY_VERSION:
    case TELA_KEY_VERSION_NONCE:
    case TELA_KEY_UPDATED:
    case TELA_KEY_SEED:
    case TELA_KEY_BOUND_ELEMENTS:
      return FALSE;
    default:
      return TRUE;
    }
}

/* The properties of @mine that @op takes away. */
static TelaElement *
find_lost (TelaRivalry       *self,
           const TelaElement *element,
           const TelaElement *mine,
           const TelaElement *op,
           gint64             seen_ms)
{
  TelaOpBuilder *builder = tela_op_builder_new (tela_element_get_id (op));
  gboolean       any = FALSE;

  for (guint i = 0; i < tela_element_get_n (op); i++)
    {
      TelaValue theirs, ours;
      TelaStamp at, held;
      TelaKey   key = tela_element_get_nth (op, i, &theirs, &at);

      if (!is_seen (key) || at.actor == self->actor || !tela_element_get (mine, key, &ours, NULL) ||
          !tela_element_get (element, key, NULL, &held) || held.actor != self->actor ||
          tela_stamp_compare (at, held) < 0 || tela_value_equal (theirs, ours) || tela_stamp_get_ms (at) > seen_ms)
        continue;
      tela_op_builder_set (builder, key, tela_value_copy (ours));
      any = TRUE;
    }
  if (!any)
    {
      tela_op_builder_free (builder);
      return NULL;
    }

  return tela_op_builder_end (builder, tela_element_get_stamp (mine));
}

/* All of @mine, if @op deletes what it was done to. */
static TelaElement *
find_deleted (TelaRivalry       *self,
              const TelaElement *mine,
              const TelaElement *op,
              gint64             seen_ms)
{
  TelaOpBuilder *builder;
  TelaStamp      at;

  if (!tela_element_get_boolean (op, TELA_KEY_IS_DELETED, FALSE) ||
      !tela_element_get (op, TELA_KEY_IS_DELETED, NULL, &at) || at.actor == self->actor ||
      tela_stamp_get_ms (at) > seen_ms || tela_element_get_boolean (mine, TELA_KEY_IS_DELETED, FALSE))
    return NULL;
  builder = tela_op_builder_new (tela_element_get_id (op));
  for (guint i = 0; i < tela_element_get_n (mine); i++)
    {
      TelaValue value;
      TelaKey   key = tela_element_get_nth (mine, i, &value, NULL);

      tela_op_builder_set (builder, key, tela_value_copy (value));
    }
  tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, FALSE);

  return tela_op_builder_end (builder, tela_element_get_stamp (mine));
}

TelaOwnEdit *
tela_rivalry_check (TelaRivalry       *self,
                    const TelaElement *element,
                    const TelaElement *op,
                    gint64             now_ms)
{
  forget (self, now_ms);
  for (guint i = self->edits->len; i-- > 0;)
    {
      const Edit        *edit = self->edits->pdata[i];
      const TelaElement *mine = g_hash_table_lookup (edit->ops, tela_element_get_id (op));
      gint64             seen_ms = edit->answered_ms == 0 ? G_MAXINT64 : edit->answered_ms + GRACE_MS;
      TelaElement       *lost;

      if (mine == NULL)
        continue;
      lost = find_deleted (self, mine, op, seen_ms);
      if (lost == NULL)
        lost = find_lost (self, element, mine, op, seen_ms);
      if (lost != NULL)
        {
          TelaOwnEdit *own = tela_own_edit_new (TELA_OWN_EDIT_LOST, edit->when_ms, NULL);

          own->actor = tela_element_get_stamp (op).actor;
          g_ptr_array_add (own->ops, lost);
          return own;
        }
    }

  return NULL;
}
