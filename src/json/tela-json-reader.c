/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-json-private.h"

#include <glib/gi18n-lib.h>
#include <math.h>

G_DEFINE_QUARK (tela - json - error - quark, tela_json_error)

static gboolean
fail (TelaJsonReader *self,
      guint           code,
      const char     *problem)
{
  if (self->code == 0)
    {
      self->code = 1 + code;
      self->problem = problem;
    }
  return FALSE;
}

static inline void
skip_space (TelaJsonReader *self)
{
  while (self->at < self->end && (*self->at == ' ' || *self->at == '\n' || *self->at == '\t' || *self->at == '\r'))
    self->at++;
}

static inline gboolean
is_in_object (const TelaJsonReader *self)
{
  return self->depth > 0 && (self->object[(self->depth - 1) / 8] >> ((self->depth - 1) % 8) & 1);
}

static TelaJsonKind
kind_of (char c)
{
  switch (c)
    {
    case '{':
      return TELA_JSON_OBJECT;
    case '[':
      return TELA_JSON_ARRAY;
    case '"':
      return TELA_JSON_STRING;
    case 't':
      return TELA_JSON_TRUE;
    case 'f':
      return TELA_JSON_FALSE;
    case 'n':
      return TELA_JSON_NULL;
    default:
      return c == '-' || g_ascii_isdigit (c) ? TELA_JSON_NUMBER : TELA_JSON_INVALID;
    }
}

/* Goes to the value that is next and says of what kind it is. */
static TelaJsonKind
value_start (TelaJsonReader *self)
{
  TelaJsonKind kind;

  if (self->code != 0)
    return TELA_JSON_INVALID;
  skip_space (self);
  if (!self->pending)
    {
      fail (self, TELA_JSON_ERROR_SYNTAX, N_ ("there is no value to read here"));
      return TELA_JSON_INVALID;
    }
  if (self->at == self->end)
    {
      fail (self, TELA_JSON_ERROR_TRUNCATED, N_ ("the text ends where a value is expected"));
      return TELA_JSON_INVALID;
    }
  kind = kind_of (*self->at);
  if (kind == TELA_JSON_INVALID)
    fail (self, TELA_JSON_ERROR_SYNTAX, N_ ("a value is expected"));
  return kind;
}

static gboolean
expect (TelaJsonReader *self,
        TelaJsonKind    kind,
        const char     *problem)
{
  TelaJsonKind found = value_start (self);

  if (found == kind)
    return TRUE;
  return fail (self, TELA_JSON_ERROR_TYPE, problem);
}

static gboolean
enter (TelaJsonReader *self,
       gboolean        object)
{
  guint8 bit = 1u << (self->depth % 8);

  if (self->depth == TELA_JSON_MAX_DEPTH)
    return fail (self, TELA_JSON_ERROR_DEPTH, N_ ("objects and arrays are nested too deeply"));
  if (object)
    self->object[self->depth / 8] |= bit;
  else
    self->object[self->depth / 8] &= (guint8) ~bit;
  self->depth++;
  self->at++;
  self->first = TRUE;
  self->pending = FALSE;
  return TRUE;
}

static gboolean
leave (TelaJsonReader *self)
{
  self->depth--;
  self->at++;
  self->first = FALSE;
  self->pending = FALSE;
  return FALSE;
}

/* Past the comma, if one is due; FALSE at the end of the object or array, or on an error. */
static gboolean
next (TelaJsonReader *self,
      char            closing,
      const char     *problem)
{
  if (self->pending && !tela_json_reader_skip (self))
    return FALSE;
  if (self->code != 0)
    return FALSE;
  skip_space (self);
  if (self->at == self->end)
    return fail (self, TELA_JSON_ERROR_TRUNCATED, N_ ("the text ends within an object or array"));
  if (*self->at == closing)
    return leave (self);
  if (!self->first)
    {
      if (*self->at != ',')
        return fail (self, TELA_JSON_ERROR_SYNTAX, problem);
      self->at++;
      skip_space (self);
    }
  self->first = FALSE;
  return TRUE;
}

static gboolean
scan_string (TelaJsonReader *self,
             TelaJsonSpan   *span)
{
  const char *problem = NULL, *start = self->at, *after = tela_json_scan_simple (start, self->end);
  guint       code = 0;

  self->at = after != NULL ? after : tela_json_scan_string (start, self->end, &code, &problem);
  if (problem != NULL)
    return fail (self, code, problem);
  span->data = start + 1;
  span->len = (gsize) (self->at - start) - 2;
  return TRUE;
}

static gboolean
scan_number (TelaJsonReader *self,
             TelaJsonSpan   *span)
{
  const char *problem = NULL;
  guint       code = 0;

  span->data = self->at;
  self->at = tela_json_scan_number (span->data, self->end, &code, &problem);
  span->len = (gsize) (self->at - span->data);
  self->pending = FALSE;
  return problem == NULL || fail (self, code, problem);
}

static gboolean
scan_literal (TelaJsonReader *self,
              const char     *literal)
{
  for (; *literal != '\0'; literal++, self->at++)
    {
      if (self->at == self->end)
        return fail (self, TELA_JSON_ERROR_TRUNCATED, N_ ("the text ends within a word"));
      if (*self->at != *literal)
        return fail (self, TELA_JSON_ERROR_SYNTAX, N_ ("the words are true, false and null"));
    }
  if (self->at < self->end && g_ascii_isalnum (*self->at))
    return fail (self, TELA_JSON_ERROR_SYNTAX, N_ ("the words are true, false and null"));
  self->pending = FALSE;
  return TRUE;
}

void
tela_json_reader_init (TelaJsonReader *self,
                       const char     *data,
                       gssize          len)
{
  gsize length = len < 0 ? strlen (data) : (gsize) len;

  memset (self, 0, sizeof *self);
  self->start = self->at = data;
  self->end = data + length;
  self->pending = TRUE;
  if (length > TELA_JSON_MAX_BYTES)
    {
      self->end = data;
      fail (self, TELA_JSON_ERROR_TOO_LARGE, N_ ("the text is larger than 256 MB"));
    }
}

TelaJsonKind
tela_json_reader_peek (TelaJsonReader *self)
{
  return value_start (self);
}

const char *
tela_json_reader_tell (const TelaJsonReader *self)
{
  return self->at;
}

gboolean
tela_json_reader_enter_object (TelaJsonReader *self)
{
  return expect (self, TELA_JSON_OBJECT, N_ ("an object is expected")) && enter (self, TRUE);
}

/* The name is borrowed from the source. */
gboolean
tela_json_reader_next_member (TelaJsonReader *self,
                              TelaJsonSpan   *name)
{
  g_return_val_if_fail (self->code != 0 || is_in_object (self), FALSE);

  if (!next (self, '}', N_ ("a comma or the end of the object is expected")))
    return FALSE;
  if (self->at == self->end)
    return fail (self, TELA_JSON_ERROR_TRUNCATED, N_ ("the text ends within an object"));
  if (*self->at != '"')
    return fail (self, TELA_JSON_ERROR_SYNTAX, N_ ("a name in quotes is expected"));
  if (!scan_string (self, name))
    return FALSE;
  skip_space (self);
  if (self->at == self->end)
    return fail (self, TELA_JSON_ERROR_TRUNCATED, N_ ("the text ends within an object"));
  if (*self->at != ':')
    return fail (self, TELA_JSON_ERROR_SYNTAX, N_ ("a colon is expected"));
  self->at++;
  self->pending = TRUE;
  return TRUE;
}

gboolean
tela_json_reader_enter_array (TelaJsonReader *self)
{
  return expect (self, TELA_JSON_ARRAY, N_ ("an array is expected")) && enter (self, FALSE);
}

gboolean
tela_json_reader_next_item (TelaJsonReader *self)
{
  g_return_val_if_fail (self->code != 0 || (self->depth > 0 && !is_in_object (self)), FALSE);

  if (!next (self, ']', N_ ("a comma or the end of the array is expected")))
    return FALSE;
  self->pending = TRUE;
  return TRUE;
}

gboolean
tela_json_reader_boolean (TelaJsonReader *self,
                          gboolean       *value)
{
  TelaJsonKind kind = value_start (self);

  if (kind != TELA_JSON_TRUE && kind != TELA_JSON_FALSE)
    return fail (self, TELA_JSON_ERROR_TYPE, N_ ("true or false is expected"));
  *value = kind == TELA_JSON_TRUE;
  return scan_literal (self, *value ? "true" : "false");
}

gboolean
tela_json_reader_null (TelaJsonReader *self)
{
  return expect (self, TELA_JSON_NULL, N_ ("null is expected")) && scan_literal (self, "null");
}

gboolean
tela_json_reader_number (TelaJsonReader *self,
                         double         *value,
                         gboolean       *exact)
{
  TelaJsonSpan text;

  if (!expect (self, TELA_JSON_NUMBER, N_ ("a number is expected")) || !scan_number (self, &text))
    return FALSE;
  *value = tela_json_decode_number (text, exact);
  return TRUE;
}

gboolean
tela_json_reader_int64 (TelaJsonReader *self,
                        gint64         *value)
{
  TelaJsonSpan text;
  const char  *start, *p;
  gboolean     exact = FALSE;
  guint64      magnitude = 0;
  double       number;

  if (!expect (self, TELA_JSON_NUMBER, N_ ("a whole number is expected")))
    return FALSE;
  start = self->at;
  if (!scan_number (self, &text))
    return FALSE;

  p = text.data + (text.data[0] == '-');
  for (; p < text.data + text.len && g_ascii_isdigit (*p) && magnitude < G_MAXUINT64 / 10 - 1; p++)
    magnitude = magnitude * 10 + (guint64) (*p - '0');
  if (p == text.data + text.len && magnitude <= (guint64) G_MAXINT64 + (text.data[0] == '-'))
    {
      *value = text.data[0] == '-' ? (gint64) (0 - magnitude) : (gint64) magnitude;
      return TRUE;
    }

  number = tela_json_decode_number (text, &exact);
  if (exact && fabs (number) <= 9007199254740992.0 && floor (number) == number)
    {
      *value = (gint64) number;
      return TRUE;
    }
  self->at = start;
  return fail (self, TELA_JSON_ERROR_TYPE, N_ ("a whole number is expected"));
}

char *
tela_json_reader_string (TelaJsonReader *self,
                         gsize          *len,
                         guint          *replaced)
{
  TelaJsonSpan raw;

  if (!expect (self, TELA_JSON_STRING, N_ ("a string is expected")) || !scan_string (self, &raw))
    return NULL;
  self->pending = FALSE;
  return tela_json_unescape (raw, len, replaced);
}

gboolean
tela_json_reader_plain_string (TelaJsonReader *self,
                               TelaJsonSpan   *span)
{
  const char *start, *after;

  if (value_start (self) != TELA_JSON_STRING)
    return FALSE;
  start = self->at;
  after = tela_json_scan_simple (start, self->end);
  if (after != NULL)
    {
      *span = (TelaJsonSpan){ start + 1, (gsize) (after - start) - 2 };
      self->at = after;
      self->pending = FALSE;
      return TRUE;
    }
  if (!scan_string (self, span))
    return FALSE;
  if (tela_json_is_escaped (*span))
    {
      self->at = start;
      return FALSE;
    }
  self->pending = FALSE;
  return TRUE;
}

gboolean
tela_json_reader_span (TelaJsonReader *self,
                       TelaJsonSpan   *span)
{
  if (value_start (self) == TELA_JSON_INVALID)
    return FALSE;
  span->data = self->at;
  if (!tela_json_reader_skip (self))
    return FALSE;
  span->len = (gsize) (self->at - span->data);
  return TRUE;
}

/* One value, or the opening bracket of one. */
static gboolean
skip_token (TelaJsonReader *self)
{
  TelaJsonSpan span;

  switch (value_start (self))
    {
    case TELA_JSON_OBJECT:
      return enter (self, TRUE);
    case TELA_JSON_ARRAY:
      return enter (self, FALSE);
    case TELA_JSON_STRING:
      self->pending = FALSE;
      return scan_string (self, &span);
    case TELA_JSON_NUMBER:
      return scan_number (self, &span);
    case TELA_JSON_TRUE:
      return scan_literal (self, "true");
    case TELA_JSON_FALSE:
      return scan_literal (self, "false");
    case TELA_JSON_NULL:
      return scan_literal (self, "null");
    case TELA_JSON_INVALID:
    default:
      return FALSE;
    }
}

gboolean
tela_json_reader_skip (TelaJsonReader *self)
{
  guint        base = self->depth;
  TelaJsonSpan name;
  const char  *after = NULL;

  if (value_start (self) != TELA_JSON_INVALID)
    after = tela_json_scan_value (self->at, self->end, base);
  if (after != NULL)
    {
      self->at = after;
      self->first = self->pending = FALSE;
      return TRUE;
    }

  /* By steps, so as to say what is wrong and where. */
  if (!skip_token (self))
    return FALSE;
  while (self->depth > base)
    {
      gboolean more = is_in_object (self) ? tela_json_reader_next_member (self, &name)
                                          : tela_json_reader_next_item (self);

      if (more ? !skip_token (self) : self->code != 0)
        return FALSE;
    }
  return TRUE;
}

void
tela_json_reader_fail (TelaJsonReader *self,
                       TelaJsonError   code,
                       const char     *problem)
{
  fail (self, code, problem);
}

gboolean
tela_json_reader_failed (const TelaJsonReader *self)
{
  return self->code != 0;
}

static void
set_error (const TelaJsonReader *self,
           GError              **error)
{
  guint line = 1, column = 1;

  for (const char *p = self->start; p < self->at; p++)
    {
      if (*p == '\n')
        {
          line++;
          column = 1;
        }
      else if (((guchar) *p & 0xc0) != 0x80)
        column++;
    }
  /* Translators: a place in a text, and what is wrong there */
  g_set_error (error, TELA_JSON_ERROR, (int) self->code - 1, _ ("line %u, column %u: %s"), line, column,
               _ (self->problem));
}

gboolean
tela_json_reader_finish (TelaJsonReader *self,
                         GError        **error)
{
  if (self->code == 0 && self->pending && self->depth == 0)
    tela_json_reader_skip (self);
  if (self->code == 0)
    {
      skip_space (self);
      if (self->at < self->end || self->depth > 0)
        fail (self, TELA_JSON_ERROR_SYNTAX, N_ ("more text follows the value"));
    }
  if (self->code != 0)
    set_error (self, error);
  return self->code == 0;
}

gboolean
tela_json_check (const char *data,
                 gssize      len,
                 GError    **error)
{
  TelaJsonReader reader;

  tela_json_reader_init (&reader, data, len);
  return tela_json_reader_finish (&reader, error);
}

gboolean
tela_json_find (TelaJsonSpan  object,
                const char   *name,
                TelaJsonSpan *value)
{
  TelaJsonReader reader;
  TelaJsonSpan   member;
  gboolean       found = FALSE;
  gsize          length = strlen (name);

  tela_json_reader_init (&reader, object.data, (gssize) object.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (&reader))
    return FALSE;
  while (tela_json_reader_next_member (&reader, &member))
    {
      g_autofree char *decoded = tela_json_is_escaped (member) ? tela_json_unescape (member, &member.len, NULL) : NULL;

      if (member.len == length && memcmp (decoded != NULL ? decoded : member.data, name, length) == 0)
        found = tela_json_reader_span (&reader, value);
    }
  return found && tela_json_reader_finish (&reader, NULL);
}
