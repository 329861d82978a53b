/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-value.h"

#include "tela-element.h"
#include "tela-string.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define UNSET_JSON "{\"$unset\":true}"

TelaNumbers *
tela_numbers_new (guint         n,
                  guint         stride,
                  const double *v)
{
  gsize        size = sizeof (double) * n * stride;
  TelaNumbers *self = g_malloc (sizeof (TelaNumbers) + size);

  g_atomic_ref_count_init (&self->refs);
  self->n = n;
  self->stride = stride;
  if (v == NULL)
    memset (self->v, 0, size);
  else if (size > 0)
    memcpy (self->v, v, size);

  return self;
}

TelaNumbers *
tela_numbers_ref (TelaNumbers *self)
{
  g_atomic_ref_count_inc (&self->refs);
  return self;
}

void
tela_numbers_unref (TelaNumbers *self)
{
  if (g_atomic_ref_count_dec (&self->refs))
    g_free (self);
}

TelaValue
tela_value_number (double number)
{
  /* JSON as JavaScript writes it has no negative zero. */
  return (TelaValue){ .kind = TELA_VALUE_NUMBER, .as.number = number == 0 ? 0 : number };
}

TelaValue
tela_value_boolean (gboolean boolean)
{
  return (TelaValue){ .kind = boolean ? TELA_VALUE_TRUE : TELA_VALUE_FALSE };
}

TelaValue
tela_value_string (const char *text,
                   gssize      len)
{
  return (TelaValue){ .kind = TELA_VALUE_STRING,
                      .as.string = tela_string_make (text, len < 0 ? strlen (text) : (gsize) len) };
}

TelaValue
tela_value_numbers (TelaNumbers *numbers)
{
  /* An empty array has one form only, or equal values would differ in kind. */
  if (numbers->n == 0)
    {
      tela_numbers_unref (numbers);
      return (TelaValue){ .kind = TELA_VALUE_JSON, .as.string = tela_string_make ("[]", 2) };
    }

  for (gsize i = 0; i < (gsize) numbers->n * numbers->stride; i++)
    if (numbers->v[i] == 0 && signbit (numbers->v[i]))
      {
        TelaNumbers *copy = tela_numbers_new (numbers->n, numbers->stride, numbers->v);

        for (gsize j = i; j < (gsize) copy->n * copy->stride; j++)
          copy->v[j] = copy->v[j] == 0 ? 0 : copy->v[j];
        tela_numbers_unref (numbers);
        return (TelaValue){ .kind = TELA_VALUE_NUMBERS, .as.numbers = copy };
      }

  return (TelaValue){ .kind = TELA_VALUE_NUMBERS, .as.numbers = numbers };
}

TelaValue
tela_value_json (const char *json,
                 gssize      len)
{
  TelaJsonReader reader;
  TelaValue      value;

  tela_json_reader_init (&reader, json, len);
  if (!tela_value_read (&reader, &value, NULL))
    return (TelaValue){ .kind = TELA_VALUE_NULL };

  if (!tela_json_reader_finish (&reader, NULL))
    {
      tela_value_clear (&value);
      value.kind = TELA_VALUE_NULL;
    }
  return value;
}

TelaValue
tela_value_copy (TelaValue value)
{
  if (value.kind == TELA_VALUE_STRING || value.kind == TELA_VALUE_JSON)
    g_ref_string_acquire (value.as.string);
  else if (value.kind == TELA_VALUE_NUMBERS)
    tela_numbers_ref (value.as.numbers);

  return value;
}

void
tela_value_clear (TelaValue *value)
{
  if (value->kind == TELA_VALUE_STRING || value->kind == TELA_VALUE_JSON)
    g_ref_string_release (value->as.string);
  else if (value->kind == TELA_VALUE_NUMBERS)
    tela_numbers_unref (value->as.numbers);

  value->kind = TELA_VALUE_UNSET;
}

static gboolean
strings_equal (GRefString *a,
               GRefString *b)
{
  gsize len = g_ref_string_length (a);

  return a == b || (len == g_ref_string_length (b) && memcmp (a, b, len) == 0);
}

gboolean
tela_value_equal (TelaValue a,
                  TelaValue b)
{
  if (a.kind != b.kind)
    return FALSE;

  switch (a.kind)
    {
    case TELA_VALUE_NUMBER:
      return a.as.number == b.as.number;
    case TELA_VALUE_STRING:
    case TELA_VALUE_JSON:
      return strings_equal (a.as.string, b.as.string);
    case TELA_VALUE_NUMBERS:
      return a.as.numbers == b.as.numbers ||
             (a.as.numbers->n == b.as.numbers->n && a.as.numbers->stride == b.as.numbers->stride &&
              memcmp (a.as.numbers->v, b.as.numbers->v, sizeof (double) * a.as.numbers->n * a.as.numbers->stride) == 0);
    case TELA_VALUE_UNSET:
    case TELA_VALUE_NULL:
    case TELA_VALUE_FALSE:
    case TELA_VALUE_TRUE:
    default:
      return TRUE;
    }
}

int
tela_value_compare (TelaValue a,
                    TelaValue b)
{
  g_autoptr (GString) text_a = NULL;
  g_autoptr (GString) text_b = NULL;
  TelaJsonWriter writer;
  int            order;

  if (tela_value_equal (a, b))
    return 0;

  text_a = g_string_new (NULL);
  tela_json_writer_init (&writer, text_a, 0);
  tela_value_write (a, &writer);
  text_b = g_string_new (NULL);
  tela_json_writer_init (&writer, text_b, 0);
  tela_value_write (b, &writer);

  order = memcmp (text_a->str, text_b->str, MIN (text_a->len, text_b->len));
  if (order == 0)
    return text_a->len < text_b->len ? -1 : text_a->len > text_b->len;
  return order;
}

/* One number that an array of doubles may hold. Digits beyond a double's are dropped within the range of coordinates,
 * so that points with too many digits can be drawn. */
static gboolean
read_item (TelaJsonReader *reader,
           GArray         *items)
{
  double   number;
  gboolean exact;

  if (tela_json_reader_peek (reader) != TELA_JSON_NUMBER || !tela_json_reader_number (reader, &number, &exact))
    return FALSE;
  if (!exact && !(fabs (number) <= TELA_MAX_COORDINATE))
    return FALSE;

  g_array_append_val (items, number);
  return TRUE;
}

static gboolean
read_pair (TelaJsonReader *reader,
           GArray         *items)
{
  return tela_json_reader_peek (reader) == TELA_JSON_ARRAY && tela_json_reader_enter_array (reader) &&
         tela_json_reader_next_item (reader) && read_item (reader, items) && tela_json_reader_next_item (reader) &&
         read_item (reader, items) && !tela_json_reader_next_item (reader) && !tela_json_reader_failed (reader);
}

/* NULL if the array is of anything else; @reader is then somewhere inside of it. */
static TelaNumbers *
read_numbers (TelaJsonReader *reader)
{
  g_autoptr (GArray) items = NULL;
  guint stride = 0;

  if (!tela_json_reader_enter_array (reader))
    return NULL;

  while (tela_json_reader_next_item (reader))
    {
      if (stride == 0)
        {
          stride = tela_json_reader_peek (reader) == TELA_JSON_ARRAY ? 2 : 1;
          items = g_array_new (FALSE, FALSE, sizeof (double));
        }
      if (!(stride == 2 ? read_pair (reader, items) : read_item (reader, items)))
        return NULL;
    }

  if (stride == 0 || tela_json_reader_failed (reader))
    return NULL;
  return tela_numbers_new (items->len / stride, stride, (const double *) (gpointer) items->data);
}

static gboolean
read_json (TelaJsonReader *reader,
           TelaValue      *value)
{
  g_autoptr (GString) text = NULL;
  TelaJsonSpan span;

  if (!tela_json_reader_span (reader, &span))
    return FALSE;

  text = g_string_sized_new (span.len);
  if (!tela_json_canonical (span, text))
    {
      tela_json_reader_fail (reader, TELA_JSON_ERROR_SYNTAX, N_ ("the value has no canonical form"));
      return FALSE;
    }

  if (strcmp (text->str, UNSET_JSON) == 0)
    *value = (TelaValue){ .kind = TELA_VALUE_UNSET };
  else
    *value = (TelaValue){ .kind = TELA_VALUE_JSON, .as.string = tela_string_make (text->str, text->len) };
  return TRUE;
}

static gboolean
read_string (TelaJsonReader *reader,
             TelaValue      *value,
             guint          *replaced)
{
  g_autofree char *text = NULL;
  TelaJsonSpan     span;
  gsize            len;

  if (tela_json_reader_plain_string (reader, &span))
    {
      *value = tela_value_string (span.data, (gssize) span.len);
      return TRUE;
    }

  text = tela_json_reader_string (reader, &len, replaced);
  if (text == NULL)
    return FALSE;
  *value = tela_value_string (text, (gssize) len);
  return TRUE;
}

static gboolean
read_number (TelaJsonReader *reader,
             TelaValue      *value)
{
  TelaJsonReader before = *reader;
  double         number;
  gboolean       exact;

  if (!tela_json_reader_number (reader, &number, &exact))
    return FALSE;

  if (exact)
    {
      *value = tela_value_number (number);
      return TRUE;
    }
  *reader = before;
  return read_json (reader, value);
}

static gboolean
read_array (TelaJsonReader *reader,
            TelaValue      *value)
{
  TelaJsonReader before = *reader;
  TelaNumbers   *numbers = read_numbers (reader);

  if (numbers != NULL)
    {
      *value = tela_value_numbers (numbers);
      return TRUE;
    }
  *reader = before;
  return read_json (reader, value);
}

gboolean
tela_value_read (TelaJsonReader *reader,
                 TelaValue      *value,
                 guint          *replaced)
{
  gboolean boolean;

  switch (tela_json_reader_peek (reader))
    {
    case TELA_JSON_NULL:
      *value = (TelaValue){ .kind = TELA_VALUE_NULL };
      return tela_json_reader_null (reader);
    case TELA_JSON_FALSE:
    case TELA_JSON_TRUE:
      if (!tela_json_reader_boolean (reader, &boolean))
        return FALSE;
      *value = tela_value_boolean (boolean);
      return TRUE;
    case TELA_JSON_NUMBER:
      return read_number (reader, value);
    case TELA_JSON_STRING:
      return read_string (reader, value, replaced);
    case TELA_JSON_ARRAY:
      return read_array (reader, value);
    case TELA_JSON_OBJECT:
      return read_json (reader, value);
    case TELA_JSON_INVALID:
    default:
      tela_json_reader_fail (reader, TELA_JSON_ERROR_SYNTAX, N_ ("a value is missing"));
      return FALSE;
    }
}

static void
write_numbers (const TelaNumbers *numbers,
               TelaJsonWriter    *writer)
{
  char     text[TELA_JSON_NUMBER_LENGTH];
  GString *out = g_string_sized_new (16 * (gsize) numbers->n);

  /* Raw, since the writer's own arrays would be indented, one line a number. */
  g_string_append_c (out, '[');
  for (gsize i = 0; i < (gsize) numbers->n * numbers->stride; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      if (numbers->stride == 2 && i % 2 == 0)
        g_string_append_c (out, '[');
      g_string_append_len (out, text, tela_json_format_number (numbers->v[i], text));
      if (numbers->stride == 2 && i % 2 == 1)
        g_string_append_c (out, ']');
    }
  g_string_append_c (out, ']');

  tela_json_writer_raw (writer, out->str, out->len);
  g_string_free (out, TRUE);
}

void
tela_value_write (TelaValue       value,
                  TelaJsonWriter *writer)
{
  switch (value.kind)
    {
    case TELA_VALUE_NULL:
      tela_json_writer_null (writer);
      break;
    case TELA_VALUE_FALSE:
    case TELA_VALUE_TRUE:
      tela_json_writer_boolean (writer, value.kind == TELA_VALUE_TRUE);
      break;
    case TELA_VALUE_NUMBER:
      tela_json_writer_number (writer, value.as.number);
      break;
    case TELA_VALUE_STRING:
      tela_json_writer_string_len (writer, value.as.string, g_ref_string_length (value.as.string));
      break;
    case TELA_VALUE_NUMBERS:
      write_numbers (value.as.numbers, writer);
      break;
    case TELA_VALUE_JSON:
      tela_json_writer_raw (writer, value.as.string, g_ref_string_length (value.as.string));
      break;
    case TELA_VALUE_UNSET:
    default:
      tela_json_writer_raw (writer, UNSET_JSON, strlen (UNSET_JSON));
      break;
    }
}
