/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-live-message.h"

#include <string.h>

static gboolean
is_ink_key (TelaKey key)
{
  return key == TELA_KEY_POINTS || key == TELA_KEY_PRESSURES;
}

static void
write_props (TelaJsonWriter    *writer,
             const TelaElement *element,
             gboolean           without_ink)
{
  tela_json_writer_begin_object (writer);
  for (guint i = 0; i < tela_element_get_n (element); i++)
    {
      TelaValue value;
      TelaKey   key = tela_element_get_nth (element, i, &value, NULL);

      if (without_ink && is_ink_key (key))
        continue;
      tela_json_writer_name (writer, tela_key_get_name (key));
      tela_value_write (value, writer);
    }
  tela_json_writer_end_object (writer);
}

static void
write_tail (TelaJsonWriter    *writer,
            const TelaNumbers *numbers,
            guint              from)
{
  tela_json_writer_begin_array (writer);
  for (guint i = from; i < numbers->n; i++)
    if (numbers->stride == 2)
      {
        tela_json_writer_begin_array (writer);
        tela_json_writer_number (writer, numbers->v[2 * i]);
        tela_json_writer_number (writer, numbers->v[2 * i + 1]);
        tela_json_writer_end_array (writer);
      }
    else
      {
        tela_json_writer_number (writer, numbers->v[i]);
      }
  tela_json_writer_end_array (writer);
}

static void
write_ink (TelaJsonWriter *writer,
           TelaLiveInk     ink)
{
  const TelaNumbers *points = tela_element_get_numbers (ink.stroke, TELA_KEY_POINTS);
  const TelaNumbers *pressures = tela_element_get_numbers (ink.stroke, TELA_KEY_PRESSURES);

  tela_json_writer_name (writer, "ink");
  tela_json_writer_begin_object (writer);
  tela_json_writer_put_string (writer, "id", tela_element_get_id (ink.stroke));
  tela_json_writer_name (writer, "style");
  write_props (writer, ink.stroke, TRUE);
  tela_json_writer_put_int (writer, "from", ink.from);
  if (points != NULL)
    {
      tela_json_writer_name (writer, "points");
      write_tail (writer, points, ink.from);
    }
  if (pressures != NULL)
    {
      tela_json_writer_name (writer, "pressures");
      write_tail (writer, pressures, ink.from);
    }
  tela_json_writer_end_object (writer);
}

char *
tela_live_message_write (const char         *gesture,
                         guint               n,
                         TelaElement *const *ops,
                         gsize               n_ops,
                         TelaLiveInk         ink,
                         const TelaStamp    *at,
                         gboolean            end,
                         const char         *cursor)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  if (n_ops > TELA_LIVE_MAX_ELEMENTS)
    return NULL;
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "gesture", gesture);
  tela_json_writer_put_int (&writer, "n", n);
  tela_json_writer_name (&writer, "set");
  tela_json_writer_begin_object (&writer);
  for (gsize i = 0; i < n_ops && out->len <= TELA_LIVE_MAX_BYTES; i++)
    {
      tela_json_writer_name (&writer, tela_element_get_id (ops[i]));
      write_props (&writer, ops[i], FALSE);
    }
  tela_json_writer_end_object (&writer);
  if (ink.stroke != NULL)
    write_ink (&writer, ink);
  if (at != NULL)
    {
      char stamp[TELA_STAMP_LENGTH + 1];

      tela_stamp_format (*at, stamp);
      tela_json_writer_put_string (&writer, "at", stamp);
    }
  tela_json_writer_put_boolean (&writer, "end", end);
  if (cursor != NULL)
    {
      tela_json_writer_name (&writer, "cursor");
      tela_json_writer_raw (&writer, cursor, strlen (cursor));
    }
  tela_json_writer_end_object (&writer);

  return out->len <= TELA_LIVE_MAX_BYTES ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

/* One element's properties as an operation without a stamp; NULL: the reader failed, or it sets what no operation may.
 */
static TelaElement *
read_props (TelaJsonReader *reader,
            const char     *id)
{
  g_autoptr (TelaOpBuilder) builder = NULL;
  g_autoptr (TelaElement) op = NULL;
  TelaJsonSpan name;

  if (!tela_element_id_is_valid (id, strlen (id)))
    {
      tela_json_reader_skip (reader);
      return NULL;
    }
  builder = tela_op_builder_new (id);
  tela_json_reader_enter_object (reader);
  while (tela_json_reader_next_member (reader, &name))
    {
      TelaKey   key = tela_key_intern (name.data, name.len);
      TelaValue value;

      if (key == TELA_KEY_NONE)
        tela_json_reader_skip (reader);
      else if (tela_value_read (reader, &value, NULL))
        tela_op_builder_set (builder, key, value);
    }
  if (tela_json_reader_failed (reader))
    return NULL;
  op = tela_op_builder_end (g_steal_pointer (&builder), (TelaStamp){ 0 });
  return op != NULL && tela_element_validate (op, NULL) ? g_steal_pointer (&op) : NULL;
}

static void
read_set (TelaJsonReader *reader,
          GPtrArray      *ops)
{
  TelaJsonSpan name;

  if (!tela_json_reader_enter_object (reader))
    return;
  while (tela_json_reader_next_member (reader, &name))
    {
      g_autofree char *id = tela_json_unescape (name, NULL, NULL);
      TelaElement     *op;

      if (ops->len >= TELA_LIVE_MAX_ELEMENTS)
        {
          tela_json_reader_fail (reader, TELA_JSON_ERROR_TOO_LARGE, "too many elements");
          return;
        }
      op = id != NULL ? read_props (reader, id) : NULL;
      if (op != NULL)
        g_ptr_array_add (ops, op);
    }
}

static TelaNumbers *
read_numbers (TelaJsonReader *reader,
              guint           stride)
{
  TelaValue    value;
  TelaNumbers *numbers = NULL;

  if (!tela_value_read (reader, &value, NULL))
    return NULL;
  if (value.kind == TELA_VALUE_NUMBERS && value.as.numbers->stride == stride && value.as.numbers->n <= TELA_MAX_POINTS)
    numbers = tela_numbers_ref (value.as.numbers);
  tela_value_clear (&value);
  return numbers;
}

static void
read_ink (TelaJsonReader  *reader,
          TelaLiveMessage *self)
{
  TelaJsonSpan name, style = { NULL, 0 };

  if (!tela_json_reader_enter_object (reader))
    return;
  while (tela_json_reader_next_member (reader, &name))
    if (TELA_JSON_SPAN_IS (name, "id"))
      self->ink_id = (g_free (self->ink_id), tela_json_reader_string (reader, NULL, NULL));
    else if (TELA_JSON_SPAN_IS (name, "from"))
      tela_json_reader_int64 (reader, &self->ink_from);
    else if (TELA_JSON_SPAN_IS (name, "style"))
      tela_json_reader_span (reader, &style);
    else if (TELA_JSON_SPAN_IS (name, "points") && self->ink_points == NULL)
      self->ink_points = read_numbers (reader, 2);
    else if (TELA_JSON_SPAN_IS (name, "pressures") && self->ink_pressures == NULL)
      self->ink_pressures = read_numbers (reader, 1);

  if (self->ink_id != NULL && style.data != NULL)
    {
      TelaJsonReader inner;

      tela_json_reader_init (&inner, style.data, (gssize) style.len);
      self->ink_style = read_props (&inner, self->ink_id);
    }
  if (self->ink_id == NULL || self->ink_from < 0 || self->ink_from > TELA_MAX_POINTS)
    tela_json_reader_fail (reader, TELA_JSON_ERROR_TYPE, "ink without a place");
}

TelaLiveMessage *
tela_live_message_read (const char *data,
                        gsize       len,
                        GError    **error)
{
  g_autoptr (TelaLiveMessage) self = g_new0 (TelaLiveMessage, 1);
  TelaJsonReader reader;
  TelaJsonSpan   name, at;

  self->ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  tela_json_reader_init (&reader, data, (gssize) len);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name))
    if (TELA_JSON_SPAN_IS (name, "gesture"))
      self->gesture = (g_free (self->gesture), tela_json_reader_string (&reader, NULL, NULL));
    else if (TELA_JSON_SPAN_IS (name, "n"))
      tela_json_reader_int64 (&reader, &self->n);
    else if (TELA_JSON_SPAN_IS (name, "set"))
      read_set (&reader, self->ops);
    else if (TELA_JSON_SPAN_IS (name, "ink") && self->ink_id == NULL)
      read_ink (&reader, self);
    else if (TELA_JSON_SPAN_IS (name, "end"))
      tela_json_reader_boolean (&reader, &self->end);
    else if (TELA_JSON_SPAN_IS (name, "at") && tela_json_reader_plain_string (&reader, &at))
      tela_stamp_parse (at.data, at.len, &self->at);
  if (!tela_json_reader_failed (&reader) && (self->gesture == NULL || strlen (self->gesture) > 64))
    tela_json_reader_fail (&reader, TELA_JSON_ERROR_TYPE, "no gesture");
  if (!tela_json_reader_finish (&reader, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
tela_live_message_free (TelaLiveMessage *self)
{
  g_free (self->gesture);
  g_clear_pointer (&self->ops, g_ptr_array_unref);
  g_free (self->ink_id);
  g_clear_pointer (&self->ink_style, tela_element_unref);
  g_clear_pointer (&self->ink_points, tela_numbers_unref);
  g_clear_pointer (&self->ink_pressures, tela_numbers_unref);
  g_free (self);
}

void
tela_live_event_format (guint64 actor,
                        char    out[TELA_LIVE_EVENT_LENGTH + 1])
{
  g_snprintf (out, TELA_LIVE_EVENT_LENGTH + 1, "l.%016" G_GINT64_MODIFIER "x", actor);
}

gboolean
tela_live_event_parse (const char *event,
                       guint64    *actor)
{
  guint64 value = 0;

  if (strlen (event) != TELA_LIVE_EVENT_LENGTH || event[0] != 'l' || event[1] != '.')
    return FALSE;
  for (const char *p = event + 2; *p != '\0'; p++)
    {
      if (!g_ascii_isxdigit (*p) || g_ascii_isupper (*p))
        return FALSE;
      value = value << 4 | (guint64) g_ascii_xdigit_value (*p);
    }
  *actor = value;
  return TRUE;
}
