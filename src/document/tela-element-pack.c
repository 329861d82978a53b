/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element-private.h"
#include "tela-pack.h"

#include <glib/gi18n-lib.h>

/* Form 1: the form's number; a varint count of stamps, then each as 8 bytes of time and 8 of actor; a varint count of
 * properties, then each as a varint key (a known key's constant, or 0 and the name), a varint stamp << 3 | kind, and
 * the value. Whole numbers of more than a byte, and doubles, are little-endian. */
#define FORM 1

static void
put_double (GByteArray *out,
            double      value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  tela_pack_put_u64 (out, bits);
}

static void
put_value (GByteArray *out,
           TelaValue   value)
{
  const TelaNumbers *numbers = value.as.numbers;

  switch (value.kind)
    {
    case TELA_VALUE_NUMBER:
      put_double (out, value.as.number);
      break;
    case TELA_VALUE_STRING:
    case TELA_VALUE_JSON:
      tela_pack_put_text (out, value.as.string, g_ref_string_length (value.as.string));
      break;
    case TELA_VALUE_NUMBERS:
      tela_pack_put_varint (out, (guint64) numbers->n << 1 | (numbers->stride - 1));
      for (gsize i = 0; i < (gsize) numbers->n * numbers->stride; i++)
        put_double (out, numbers->v[i]);
      break;
    case TELA_VALUE_UNSET:
    case TELA_VALUE_NULL:
    case TELA_VALUE_FALSE:
    case TELA_VALUE_TRUE:
    default:
      break;
    }
}

GBytes *
tela_element_pack (const TelaElement *self)
{
  const guint8 form = FORM;
  GByteArray  *out = g_byte_array_sized_new (64 + 12 * self->n);

  g_byte_array_append (out, &form, 1);
  tela_pack_put_varint (out, self->n_stamps);
  for (guint i = 0; i < self->n_stamps; i++)
    {
      tela_pack_put_u64 (out, tela_element_stamps (self)[i].time);
      tela_pack_put_u64 (out, tela_element_stamps (self)[i].actor);
    }

  tela_pack_put_varint (out, self->n);
  for (guint i = 0; i < self->n; i++)
    {
      TelaMeta  meta = tela_element_metas (self)[i];
      TelaValue value = tela_element_value (meta, tela_element_cells (self)[i]);

      tela_pack_put_varint (out, meta.key < TELA_KEY_N_KNOWN ? meta.key : 0);
      if (meta.key >= TELA_KEY_N_KNOWN)
        tela_pack_put_text (out, tela_key_get_name (meta.key), strlen (tela_key_get_name (meta.key)));
      tela_pack_put_varint (out, tela_meta_slot (meta) << 3 | value.kind);
      put_value (out, value);
    }

  return g_byte_array_free_to_bytes (out);
}

static gboolean
take_double (TelaPackCursor *cursor,
             double         *value)
{
  guint64 bits;

  if (!tela_pack_take_u64 (cursor, &bits))
    return FALSE;
  memcpy (value, &bits, sizeof bits);
  return TRUE;
}

static gboolean
take_numbers (TelaPackCursor *cursor,
              TelaValue      *value)
{
  TelaNumbers *numbers;
  guint64      head;
  guint64      n;
  guint        stride;

  if (!tela_pack_take_varint (cursor, &head))
    return FALSE;
  n = head >> 1;
  stride = 1 + (head & 1);
  if (n == 0 || n > cursor->left / (sizeof (double) * stride))
    return FALSE;

  numbers = tela_numbers_new ((guint) n, stride, NULL);
  for (gsize i = 0; i < n * stride; i++)
    take_double (cursor, &numbers->v[i]);
  *value = tela_value_numbers (numbers);
  return TRUE;
}

static gboolean
take_value (TelaPackCursor *cursor,
            TelaValueKind   kind,
            TelaValue      *value)
{
  TelaJsonSpan text;
  double       number;

  switch (kind)
    {
    case TELA_VALUE_NUMBER:
      if (!take_double (cursor, &number))
        return FALSE;
      *value = tela_value_number (number);
      return TRUE;
    case TELA_VALUE_STRING:
      if (!tela_pack_take_text (cursor, &text))
        return FALSE;
      *value = tela_value_string (text.data, (gssize) text.len);
      return TRUE;
    case TELA_VALUE_JSON:
      if (!tela_pack_take_text (cursor, &text) || !tela_json_check (text.data, (gssize) text.len, NULL))
        return FALSE;
      *value = tela_value_json (text.data, (gssize) text.len);
      return TRUE;
    case TELA_VALUE_NUMBERS:
      return take_numbers (cursor, value);
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
take_key (TelaPackCursor *cursor,
          TelaKey        *key)
{
  TelaJsonSpan name;
  guint64      known;

  if (!tela_pack_take_varint (cursor, &known) || known >= TELA_KEY_N_KNOWN)
    return FALSE;

  *key = (TelaKey) known;
  if (known == 0 && tela_pack_take_text (cursor, &name))
    *key = tela_key_intern (name.data, name.len);
  return *key != TELA_KEY_NONE;
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

  if (!take_key (cursor, &key) || !tela_pack_take_varint (cursor, &head) || head >> 3 >= n_stamps ||
      !take_value (cursor, (TelaValueKind) (head & 7), &value))
    return FALSE;

  stamp_at.at = stamps + (head >> 3) * sizeof (TelaStamp);
  tela_pack_take_u64 (&stamp_at, &stamp.time);
  tela_pack_take_u64 (&stamp_at, &stamp.actor);
  tela_op_builder_set_at (builder, key, value, stamp);
  return TRUE;
}

static TelaElement *
unpack (const char    *id,
        TelaPackCursor cursor)
{
  g_autoptr (TelaOpBuilder) builder = tela_op_builder_new (id);
  const guint8 *stamps;
  guint64       n_stamps;
  guint64       n;
  TelaElement  *self;

  if (cursor.left < 1 || *cursor.at != FORM)
    return NULL;
  cursor.at++;
  cursor.left--;

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

/**
 * tela_element_unpack:
 * @id: the element's id, which the packed form leaves out
 * @data: (array length=len): what tela_element_pack() made
 * @len: its length
 * @error: return location
 *
 * Reads a packed element; every length in it is checked before use, and the values as everywhere.
 *
 * Returns: (transfer full): the element, or NULL if @data is damaged or of a newer version
 */
TelaElement *
tela_element_unpack (const char *id,
                     const void *data,
                     gsize       len,
                     GError    **error)
{
  g_autoptr (TelaElement) self = NULL;

  if (tela_element_id_is_valid (id, strlen (id)))
    self = unpack (id, (TelaPackCursor){ .at = data, .left = len });
  if (self == NULL)
    {
      g_set_error_literal (error, TELA_DOCUMENT_ERROR, TELA_DOCUMENT_ERROR_INVALID,
                           _ ("the stored element is damaged"));
      return NULL;
    }

  if (!tela_element_validate (self, error))
    return NULL;
  return g_steal_pointer (&self);
}
