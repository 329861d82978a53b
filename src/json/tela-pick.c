/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-pick.h"

static gboolean
find (TelaJsonSpan    object,
      const char     *name,
      TelaJsonKind    kind,
      TelaJsonReader *reader)
{
  TelaJsonSpan value;

  if (!tela_json_find (object, name, &value))
    return FALSE;
  tela_json_reader_init (reader, value.data, (gssize) value.len);
  return tela_json_reader_peek (reader) == kind;
}

char *
tela_pick_text (TelaJsonSpan object,
                const char  *name)
{
  TelaJsonReader reader;

  return find (object, name, TELA_JSON_STRING, &reader) ? tela_json_reader_string (&reader, NULL, NULL) : NULL;
}

GStrv
tela_pick_texts (TelaJsonSpan object,
                 const char  *name)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  TelaJsonReader reader;

  if (!find (object, name, TELA_JSON_ARRAY, &reader) || !tela_json_reader_enter_array (&reader))
    return NULL;
  while (tela_json_reader_next_item (&reader))
    {
      g_autofree char *text = NULL;

      if (tela_json_reader_peek (&reader) != TELA_JSON_STRING)
        tela_json_reader_skip (&reader);
      else if ((text = tela_json_reader_string (&reader, NULL, NULL)) != NULL)
        g_strv_builder_add (builder, text);
    }
  return g_strv_builder_end (builder);
}

gint64
tela_pick_number (TelaJsonSpan object,
                  const char  *name)
{
  TelaJsonReader reader;
  gint64         value = 0;

  return find (object, name, TELA_JSON_NUMBER, &reader) && tela_json_reader_int64 (&reader, &value) ? value : 0;
}

gboolean
tela_pick_flag (TelaJsonSpan object,
                const char  *name)
{
  TelaJsonSpan value;

  return tela_json_find (object, name, &value) && TELA_JSON_SPAN_IS (value, "true");
}

gboolean
tela_pick_object (GBytes       *body,
                  TelaJsonSpan *object)
{
  gsize          len;
  const char    *data = g_bytes_get_data (body, &len);
  TelaJsonReader reader;

  if (len == 0 || !tela_json_check (data, (gssize) len, NULL))
    return FALSE;
  *object = (TelaJsonSpan){ data, len };
  tela_json_reader_init (&reader, data, (gssize) len);
  return tela_json_reader_peek (&reader) == TELA_JSON_OBJECT;
}
