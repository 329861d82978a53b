/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-json.h"

static void
new_line (TelaJsonWriter *self)
{
  if (self->indent == 0)
    return;
  g_string_append_c (self->out, '\n');
  for (guint i = 0; i < self->depth * self->indent; i++)
    g_string_append_c (self->out, ' ');
}

/* Comma and line break before an item or a name. */
static void
separate (TelaJsonWriter *self)
{
  guint  level = self->depth - 1;
  guint8 bit = 1u << (level % 8);

  if (self->depth == 0)
    return;
  if (self->first[level / 8] & bit)
    self->first[level / 8] &= (guint8) ~bit;
  else
    g_string_append_c (self->out, ',');
  new_line (self);
}

static inline void
before_value (TelaJsonWriter *self)
{
  if (self->after_name)
    self->after_name = FALSE;
  else
    separate (self);
}

static void
begin (TelaJsonWriter *self,
       char            bracket)
{
  g_return_if_fail (self->depth < TELA_JSON_MAX_DEPTH);

  before_value (self);
  g_string_append_c (self->out, bracket);
  self->first[self->depth / 8] |= (guint8) (1u << (self->depth % 8));
  self->depth++;
}

static void
end (TelaJsonWriter *self,
     char            bracket)
{
  gboolean empty;

  g_return_if_fail (self->depth > 0 && !self->after_name);

  self->depth--;
  empty = self->first[self->depth / 8] >> (self->depth % 8) & 1;
  if (!empty)
    new_line (self);
  g_string_append_c (self->out, bracket);
}

void
tela_json_writer_init (TelaJsonWriter *self,
                       GString        *out,
                       guint           indent)
{
  memset (self, 0, sizeof *self);
  self->out = out;
  self->indent = indent;
}

void
tela_json_writer_begin_object (TelaJsonWriter *self)
{
  begin (self, '{');
}

void
tela_json_writer_end_object (TelaJsonWriter *self)
{
  end (self, '}');
}

void
tela_json_writer_begin_array (TelaJsonWriter *self)
{
  begin (self, '[');
}

void
tela_json_writer_end_array (TelaJsonWriter *self)
{
  end (self, ']');
}

void
tela_json_writer_name (TelaJsonWriter *self,
                       const char     *name)
{
  g_return_if_fail (self->depth > 0 && !self->after_name);

  separate (self);
  tela_json_append_string (self->out, name, strlen (name));
  g_string_append_c (self->out, ':');
  if (self->indent > 0)
    g_string_append_c (self->out, ' ');
  self->after_name = TRUE;
}

void
tela_json_writer_string (TelaJsonWriter *self,
                         const char     *value)
{
  if (value != NULL)
    tela_json_writer_string_len (self, value, strlen (value));
  else
    tela_json_writer_null (self);
}

void
tela_json_writer_string_len (TelaJsonWriter *self,
                             const char     *value,
                             gsize           len)
{
  before_value (self);
  tela_json_append_string (self->out, value, len);
}

void
tela_json_writer_number (TelaJsonWriter *self,
                         double          value)
{
  char text[TELA_JSON_NUMBER_LENGTH];

  before_value (self);
  g_string_append_len (self->out, text, tela_json_format_number (value, text));
}

void
tela_json_writer_int (TelaJsonWriter *self,
                      gint64          value)
{
  char    text[24];
  char   *at = text + sizeof text;
  guint64 rest = value < 0 ? 0 - (guint64) value : (guint64) value;

  do
    *--at = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (value < 0)
    *--at = '-';
  before_value (self);
  g_string_append_len (self->out, at, text + sizeof text - at);
}

void
tela_json_writer_boolean (TelaJsonWriter *self,
                          gboolean        value)
{
  before_value (self);
  g_string_append (self->out, value ? "true" : "false");
}

void
tela_json_writer_null (TelaJsonWriter *self)
{
  before_value (self);
  g_string_append (self->out, "null");
}

void
tela_json_writer_raw (TelaJsonWriter *self,
                      const char     *json,
                      gsize           len)
{
  before_value (self);
  g_string_append_len (self->out, json, (gssize) len);
}

void
tela_json_writer_put_string (TelaJsonWriter *self,
                             const char     *name,
                             const char     *value)
{
  tela_json_writer_name (self, name);
  tela_json_writer_string (self, value);
}

void
tela_json_writer_put_int (TelaJsonWriter *self,
                          const char     *name,
                          gint64          value)
{
  tela_json_writer_name (self, name);
  tela_json_writer_int (self, value);
}

void
tela_json_writer_put_boolean (TelaJsonWriter *self,
                              const char     *name,
                              gboolean        value)
{
  tela_json_writer_name (self, name);
  tela_json_writer_boolean (self, value);
}
