/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-private.h"

/**
 * realtime_json_string:
 *
 * Returns: (transfer full) (nullable): the string of that name in @object, decoded
 */
char *
realtime_json_string (TelaJsonSpan object,
                      const char  *name)
{
  TelaJsonSpan   value;
  TelaJsonReader reader;

  if (!tela_json_find (object, name, &value))
    return NULL;

  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_STRING)
    return NULL;

  return tela_json_reader_string (&reader, NULL, NULL);
}
