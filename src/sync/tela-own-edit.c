/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-own-edit.h"

#include "tela-json.h"

TelaOwnEdit *
tela_own_edit_new (TelaOwnEditKind kind,
                   gint64          when_ms,
                   const char     *reason)
{
  TelaOwnEdit *self = g_new0 (TelaOwnEdit, 1);

  g_ref_count_init (&self->refs);
  self->kind = kind;
  self->when_ms = when_ms;
  self->reason = g_strdup (reason);
  self->ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  return self;
}

TelaOwnEdit *
tela_own_edit_ref (TelaOwnEdit *self)
{
  g_ref_count_inc (&self->refs);

  return self;
}

void
tela_own_edit_unref (TelaOwnEdit *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  g_free (self->reason);
  g_ptr_array_unref (self->ops);
  g_free (self);
}

static gboolean
read_ops (TelaJsonReader *reader,
          GPtrArray      *ops,
          GError        **error)
{
  if (!tela_json_reader_enter_array (reader))
    return TRUE; /* the reader has failed */
  while (tela_json_reader_next_item (reader))
    {
      TelaElement *op = tela_op_read (reader, NULL, error);

      if (op == NULL)
        return FALSE;
      g_ptr_array_add (ops, op);
    }

  return TRUE;
}

TelaOwnEdit *
tela_own_edit_read_refused (const char *text,
                            GError    **error)
{
  g_autoptr (TelaOwnEdit) self = tela_own_edit_new (TELA_OWN_EDIT_REFUSED, 0, NULL);
  TelaJsonReader reader;
  TelaJsonSpan   name;

  tela_json_reader_init (&reader, text, -1);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name))
    if (TELA_JSON_SPAN_IS (name, "when"))
      tela_json_reader_int64 (&reader, &self->when_ms);
    else if (TELA_JSON_SPAN_IS (name, "message") && tela_json_reader_peek (&reader) == TELA_JSON_STRING)
      self->reason = (g_free (self->reason), tela_json_reader_string (&reader, NULL, NULL));
    else if (TELA_JSON_SPAN_IS (name, "ops") && !read_ops (&reader, self->ops, error))
      return NULL;
  if (!tela_json_reader_finish (&reader, error))
    return NULL;

  return g_steal_pointer (&self);
}
