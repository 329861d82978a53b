/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

TelaKey
tela_format_key (const char *name)
{
  static const char *const names[] = { TELA_BOARD_APP_STATE, TELA_BOARD_FILE, TELA_BOARD_FILES, TELA_ELEMENT_FILE };
  static gsize             made;

  /* A hostile file may fill the table of names with its own. */
  if (g_once_init_enter (&made))
    {
      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        tela_key_intern (names[i], strlen (names[i]));
      g_once_init_leave (&made, 1);
    }
  return tela_key_intern (name, strlen (name));
}

TelaJsonSpan
tela_element_get_json (const TelaElement *self,
                       TelaKey            key)
{
  TelaValue value;

  if (!tela_element_get (self, key, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return (TelaJsonSpan){ "", 0 };
  return (TelaJsonSpan){ value.as.string, g_ref_string_length (value.as.string) };
}

char *
tela_span_to_string (TelaJsonSpan value)
{
  if (value.len < 2 || value.data[0] != '"')
    return NULL;
  return tela_json_unescape ((TelaJsonSpan){ value.data + 1, value.len - 2 }, NULL, NULL);
}

gboolean
tela_format_span_is_object (TelaJsonSpan value)
{
  return value.len > 0 && value.data[0] == '{';
}

gboolean
tela_span_is_name (TelaJsonSpan raw,
                   const char  *name)
{
  g_autofree char *decoded = NULL;

  if (!tela_json_is_escaped (raw))
    return raw.len == strlen (name) && memcmp (raw.data, name, raw.len) == 0;
  decoded = tela_json_unescape (raw, NULL, NULL);
  return strcmp (decoded, name) == 0;
}
