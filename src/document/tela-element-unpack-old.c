/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element-pack-private.h"

static gboolean
take_value (TelaPackCursor *cursor,
            TelaValueKind   kind,
            TelaValue      *value)
{
  double number;

  switch (kind)
    {
    case TELA_VALUE_NUMBER:
      if (!tela_pack_take_double (cursor, &number))
        return FALSE;
      *value = tela_value_number (number);
      return TRUE;
    case TELA_VALUE_STRING:
      return tela_pack_take_string (cursor, value);
    case TELA_VALUE_JSON:
      return tela_pack_take_json (cursor, value);
    case TELA_VALUE_NUMBERS:
      return tela_pack_take_doubles (cursor, value);
    case TELA_VALUE_UNSET:
    case TELA_VALUE_NULL:
    case TELA_VALUE_FALSE:
    case TELA_VALUE_TRUE:
    default:
      *value = (TelaValue){ .kind = kind };
      return TRUE;
    }
}

static gboolean
take_property (TelaPackCursor *cursor,
               const guint8   *stamps,
               guint64         n_stamps,
               TelaOpBuilder  *builder)
{
  TelaPackCursor stamp_at = { .left = sizeof (TelaStamp) };
  TelaStamp      stamp;
  TelaValue      value;
  TelaKey        key;
  guint64        head;

  if (!tela_pack_take_key (cursor, &key) || !tela_pack_take_varint (cursor, &head) || head >> 3 >= n_stamps ||
      !take_value (cursor, (TelaValueKind) (head & 7), &value))
    return FALSE;

  stamp_at.at = stamps + (head >> 3) * sizeof (TelaStamp);
  tela_pack_take_u64 (&stamp_at, &stamp.time);
  tela_pack_take_u64 (&stamp_at, &stamp.actor);
  tela_op_builder_set_at (builder, key, value, stamp);
  return TRUE;
}

TelaElement *
tela_element_unpack_old (const char    *id,
                         TelaPackCursor cursor)
{
  g_autoptr (TelaOpBuilder) builder = tela_op_builder_new (id);
  const guint8 *stamps;
  guint64       n_stamps;
  guint64       n;
  TelaElement  *self;

  if (!tela_pack_take_varint (&cursor, &n_stamps) || n_stamps > cursor.left / sizeof (TelaStamp))
    return NULL;
  stamps = cursor.at;
  cursor.at += n_stamps * sizeof (TelaStamp);
  cursor.left -= (gsize) n_stamps * sizeof (TelaStamp);

  if (!tela_pack_take_varint (&cursor, &n) || n > TELA_MAX_PROPERTIES)
    return NULL;
  for (guint64 i = 0; i < n; i++)
    if (!take_property (&cursor, stamps, n_stamps, builder))
      return NULL;
  if (cursor.left > 0)
    return NULL;

  self = tela_op_builder_end (g_steal_pointer (&builder), (TelaStamp){ 0 });
  if (self->n != n)
    g_clear_pointer (&self, tela_element_unref);
  return self;
}
