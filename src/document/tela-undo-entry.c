/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-undo-private.h"

#include "tela-pack.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Form 1: the form's number; the stamp; a varint count of items, each a varint role, the id, the packed element and as
 * many hashes as it has properties. */
#define FORM 1

static void
clear_item_cb (gpointer data)
{
  TelaUndoItem *item = data;

  tela_element_unref (item->before);
  g_free (item->after);
}

TelaUndoEntry *
tela_undo_entry_new (TelaStamp stamp)
{
  TelaUndoEntry *self = g_new0 (TelaUndoEntry, 1);

  g_atomic_ref_count_init (&self->refs);
  self->stamp = stamp;
  self->items = g_array_new (FALSE, FALSE, sizeof (TelaUndoItem));
  g_array_set_clear_func (self->items, clear_item_cb);

  return self;
}

TelaUndoEntry *
tela_undo_entry_ref (TelaUndoEntry *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
tela_undo_entry_unref (TelaUndoEntry *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_array_unref (self->items);
  g_free (self);
}

TelaStamp
tela_undo_entry_get_stamp (TelaUndoEntry *self)
{
  return self->stamp;
}

static guint64
hash_bytes (guint64       hash,
            gconstpointer data,
            gsize         len)
{
  const guint8 *bytes = data;

  for (gsize i = 0; i < len; i++)
    hash = (hash ^ bytes[i]) * G_GUINT64_CONSTANT (1099511628211);
  return hash;
}

/* FNV-1a of the kind and the content. It goes to disk, so it must stay as it is. */
guint64
tela_undo_hash_value (TelaValue value)
{
  guint8             kind = (guint8) value.kind;
  guint64            hash = hash_bytes (G_GUINT64_CONSTANT (14695981039346656037), &kind, 1);
  const TelaNumbers *numbers = value.as.numbers;

  if (value.kind == TELA_VALUE_NUMBER)
    return hash_bytes (hash, &value.as.number, sizeof (double));
  if (value.kind == TELA_VALUE_STRING || value.kind == TELA_VALUE_JSON)
    return hash_bytes (hash, value.as.string, g_ref_string_length (value.as.string));
  if (value.kind == TELA_VALUE_NUMBERS)
    return hash_bytes (hash, numbers->v, sizeof (double) * numbers->n * numbers->stride);
  return hash;
}

void
tela_undo_entry_add (TelaUndoEntry     *self,
                     TelaUndoRole       role,
                     TelaElement       *before,
                     const TelaElement *after_of)
{
  TelaUndoItem item = { .role = role, .before = before };
  guint        n = tela_element_get_n (before);

  item.after = g_new0 (guint64, n + 1);
  for (guint i = 0; i < n; i++)
    {
      TelaValue value;

      if (tela_element_get (after_of, tela_element_get_nth (before, i, NULL, NULL), &value, NULL))
        item.after[i] = tela_undo_hash_value (value);
    }
  g_array_append_val (self->items, item);
}

TelaUndoEntry *
tela_undo_entry_restamp (TelaUndoEntry *self,
                         TelaStamp      stamp)
{
  TelaUndoEntry *copy = tela_undo_entry_new (stamp);

  for (guint i = 0; i < self->items->len; i++)
    {
      TelaUndoItem item = g_array_index (self->items, TelaUndoItem, i);

      item.after = g_memdup2 (item.after, sizeof (guint64) * (tela_element_get_n (item.before) + 1));
      item.before = tela_element_restamp (item.before, stamp);
      g_array_append_val (copy->items, item);
    }
  return copy;
}

GBytes *
tela_undo_entry_pack (TelaUndoEntry *self)
{
  const guint8 form = FORM;
  GByteArray  *out = g_byte_array_new ();

  g_byte_array_append (out, &form, 1);
  tela_pack_put_u64 (out, self->stamp.time);
  tela_pack_put_u64 (out, self->stamp.actor);
  tela_pack_put_varint (out, self->items->len);
  for (guint i = 0; i < self->items->len; i++)
    {
      TelaUndoItem *item = &g_array_index (self->items, TelaUndoItem, i);
      g_autoptr (GBytes) before = tela_element_pack (item->before);
      const char *id = tela_element_get_id (item->before);

      tela_pack_put_varint (out, item->role);
      tela_pack_put_text (out, id, strlen (id));
      tela_pack_put_text (out, g_bytes_get_data (before, NULL), g_bytes_get_size (before));
      for (guint j = 0; j < tela_element_get_n (item->before); j++)
        tela_pack_put_u64 (out, item->after[j]);
    }

  return g_byte_array_free_to_bytes (out);
}

static gboolean
take_item (TelaPackCursor *cursor,
           TelaUndoEntry  *entry)
{
  g_autofree char *id = NULL;
  TelaPackCursor   packed;
  TelaJsonSpan     text;
  TelaUndoItem     item;
  guint64          role;
  guint            n;

  if (!tela_pack_take_varint (cursor, &role) || role > TELA_UNDO_REVIVAL || !tela_pack_take_text (cursor, &text) ||
      !tela_pack_take_bytes (cursor, &packed))
    return FALSE;

  id = g_strndup (text.data, text.len);
  item.role = (TelaUndoRole) role;
  item.before = tela_element_unpack (id, packed.at, packed.left, NULL);
  if (item.before == NULL)
    return FALSE;

  n = tela_element_get_n (item.before);
  item.after = g_new0 (guint64, n + 1);
  g_array_append_val (entry->items, item);
  for (guint i = 0; i < n; i++)
    if (!tela_pack_take_u64 (cursor, &item.after[i]))
      return FALSE;
  return TRUE;
}

/**
 * tela_undo_entry_unpack:
 * @data: (array length=len): what tela_undo_entry_pack() made
 * @len: its length
 * @error: return location
 *
 * Reads a packed entry, checking every length.
 *
 * Returns: (transfer full): the entry, or NULL if @data is damaged or of a newer version
 */
TelaUndoEntry *
tela_undo_entry_unpack (const void *data,
                        gsize       len,
                        GError    **error)
{
  TelaPackCursor cursor = { .at = data, .left = len };
  g_autoptr (TelaUndoEntry) self = tela_undo_entry_new ((TelaStamp){ 0 });
  guint64  n = 0;
  gboolean good = cursor.left > 0 && *cursor.at == FORM;

  if (good)
    {
      cursor.at++;
      cursor.left--;
    }
  good = good && tela_pack_take_u64 (&cursor, &self->stamp.time) && tela_pack_take_u64 (&cursor, &self->stamp.actor) &&
         tela_pack_take_varint (&cursor, &n);
  for (guint64 i = 0; i < n && good; i++)
    good = take_item (&cursor, self);

  if (good && cursor.left == 0)
    return g_steal_pointer (&self);
  g_set_error_literal (error, TELA_DOCUMENT_ERROR, TELA_DOCUMENT_ERROR_INVALID, _ ("the stored undo step is damaged"));
  return NULL;
}
