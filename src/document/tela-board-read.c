/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-board.h"

#include <string.h>

/* The next row; NULL: the reader has failed, or @error says why. */
static TelaElement *
read_row (TelaJsonReader *reader,
          GError        **error)
{
  g_autofree char *id = NULL;
  TelaJsonSpan     name, props = { NULL, 0 }, stamps = { NULL, 0 };

  if (!tela_json_reader_enter_object (reader))
    return NULL;
  while (tela_json_reader_next_member (reader, &name))
    if (TELA_JSON_SPAN_IS (name, "id") && id == NULL)
      id = tela_json_reader_string (reader, NULL, NULL);
    else if (TELA_JSON_SPAN_IS (name, "props"))
      tela_json_reader_span (reader, &props);
    else if (TELA_JSON_SPAN_IS (name, "stamps"))
      tela_json_reader_span (reader, &stamps);
  if (tela_json_reader_failed (reader))
    return NULL;
  if (id == NULL || !tela_element_id_is_valid (id, strlen (id)) || props.data == NULL || stamps.data == NULL)
    {
      g_set_error_literal (error, TELA_DOCUMENT_ERROR, TELA_DOCUMENT_ERROR_INVALID,
                           "An element without id, props or stamps");
      return NULL;
    }
  return tela_element_from_row (id, props, stamps, error);
}

static gboolean
read_rows (TelaJsonReader *reader,
           GPtrArray      *elements,
           GError        **error)
{
  if (!tela_json_reader_enter_array (reader))
    return FALSE;
  while (tela_json_reader_next_item (reader))
    {
      TelaElement *element = read_row (reader, error);

      if (element == NULL)
        return FALSE;
      g_ptr_array_add (elements, element);
    }
  return TRUE;
}

/**
 * tela_board_read_dump:
 *
 * Reads what tela_board_dump() wrote with stamps. Other members of the object are passed over.
 *
 * Returns: (transfer full) (element-type TelaElement): the elements; %NULL with @error set
 */
GPtrArray *
tela_board_read_dump (const char *json,
                      gsize       len,
                      GError    **error)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GError) problem = NULL;
  TelaJsonReader reader;
  TelaJsonSpan   name;
  gboolean       good = TRUE;

  tela_json_reader_init (&reader, json, (gssize) len);
  tela_json_reader_enter_object (&reader);
  while (good && tela_json_reader_next_member (&reader, &name))
    if (TELA_JSON_SPAN_IS (name, "elements"))
      good = read_rows (&reader, elements, &problem);
  if (problem != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  return tela_json_reader_finish (&reader, error) ? g_steal_pointer (&elements) : NULL;
}
