/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Values of JSON that is nested deeper could not be wrapped in an operation, a frame and a file any more. */
#define MAX_DEPTH 96
#define MAX_OTHER_NUMBERS (TELA_MAX_TEXT_BYTES / sizeof (double))

static gboolean
is_geometry (TelaKey key)
{
  switch (key)
    {
    case TELA_KEY_X:
    case TELA_KEY_Y:
    case TELA_KEY_WIDTH:
    case TELA_KEY_HEIGHT:
    case TELA_KEY_ANGLE:
    case TELA_KEY_STROKE_WIDTH:
    case TELA_KEY_ROUGHNESS:
    case TELA_KEY_OPACITY:
    case TELA_KEY_FONT_SIZE:
    case TELA_KEY_LINE_HEIGHT:
    case TELA_KEY_BASELINE:
    case TELA_KEY_SCALE:
    case TELA_KEY_POINTS:
    case TELA_KEY_PRESSURES:
    case TELA_KEY_LAST_COMMITTED_POINT:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
refuse (TelaKey           key,
        TelaDocumentError code,
        const char       *why,
        GError          **error)
{
  g_set_error (error, TELA_DOCUMENT_ERROR, (int) code, "%s: %s", tela_key_get_name (key), why);
  return FALSE;
}

static gboolean
check_number (TelaKey  key,
              double   number,
              GError **error)
{
  if (!isfinite (number))
    return refuse (key, TELA_DOCUMENT_ERROR_INVALID, _ ("not a finite number"), error);
  if (is_geometry (key) && fabs (number) > TELA_MAX_COORDINATE)
    return refuse (key, TELA_DOCUMENT_ERROR_INVALID, _ ("the number is out of range"), error);
  return TRUE;
}

static gboolean
check_numbers (TelaKey            key,
               const TelaNumbers *numbers,
               GError           **error)
{
  gsize count = (gsize) numbers->n * numbers->stride;

  if (key == TELA_KEY_POINTS || key == TELA_KEY_PRESSURES ? numbers->n > TELA_MAX_POINTS : count > MAX_OTHER_NUMBERS)
    return refuse (key, TELA_DOCUMENT_ERROR_TOO_LARGE, _ ("too many numbers"), error);

  for (gsize i = 0; i < count; i++)
    if (!check_number (key, numbers->v[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
is_too_deep (const char *json)
{
  gboolean in_string = FALSE;
  guint    depth = 0;

  for (; *json != '\0'; json++)
    {
      if (in_string && *json == '\\')
        json++;
      else if (*json == '"')
        in_string = !in_string;
      else if (!in_string && (*json == '[' || *json == '{') && ++depth > MAX_DEPTH)
        return TRUE;
      else if (!in_string && (*json == ']' || *json == '}'))
        depth--;
    }

  return FALSE;
}

static gboolean
check_json (TelaKey     key,
            GRefString *json,
            GError    **error)
{
  if (is_too_deep (json))
    return refuse (key, TELA_DOCUMENT_ERROR_INVALID, _ ("nested too deeply"), error);
  if (is_geometry (key) && json[0] != '[' && json[0] != '{')
    return check_number (key, g_ascii_strtod (json, NULL), error);
  return TRUE;
}

/**
 * tela_element_validate:
 * @self: an element or operation
 * @error: return location
 *
 * Checks the values where they enter: numbers of geometry within %TELA_MAX_COORDINATE, all doubles finite, texts and
 * JSON within %TELA_MAX_TEXT_BYTES, ink within %TELA_MAX_POINTS. Numbers that say nothing of geometry, such as `seed`,
 * are free.
 *
 * Returns: FALSE with an error that names the property
 */
gboolean
tela_element_validate (const TelaElement *self,
                       GError           **error)
{
  for (guint i = 0; i < self->n; i++)
    {
      TelaValue value;
      TelaKey   key = tela_element_get_nth (self, i, &value, NULL);

      if ((value.kind == TELA_VALUE_STRING || value.kind == TELA_VALUE_JSON) &&
          g_ref_string_length (value.as.string) > TELA_MAX_TEXT_BYTES)
        return refuse (key, TELA_DOCUMENT_ERROR_TOO_LARGE, _ ("the text is over 1 MB"), error);
      if (value.kind == TELA_VALUE_NUMBER && !check_number (key, value.as.number, error))
        return FALSE;
      if (value.kind == TELA_VALUE_NUMBERS && !check_numbers (key, value.as.numbers, error))
        return FALSE;
      if (value.kind == TELA_VALUE_JSON && !check_json (key, value.as.string, error))
        return FALSE;
    }

  return TRUE;
}
