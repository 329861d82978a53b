/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>
#include <string.h>

G_BEGIN_DECLS

/* A pull reader over bytes and a writer. Nothing is built in memory: the reader walks the source, and a value that
 * nobody asks for is skipped without being decoded. Depth is bounded by TELA_JSON_MAX_DEPTH, no recursion is used,
 * and text is checked to be UTF-8. Both are plain structs for one thread at a time. */

#define TELA_JSON_MAX_DEPTH 128
#define TELA_JSON_MAX_BYTES (256u * 1024 * 1024)

#define TELA_JSON_ERROR (tela_json_error_quark ())
GQuark tela_json_error_quark (void);

typedef enum
{
  TELA_JSON_ERROR_SYNTAX,
  TELA_JSON_ERROR_UTF8,
  TELA_JSON_ERROR_DEPTH,
  TELA_JSON_ERROR_TRUNCATED,
  TELA_JSON_ERROR_TYPE, /* the value is not of the kind that the caller asked for */
  TELA_JSON_ERROR_TOO_LARGE,
} TelaJsonError;

typedef enum
{
  TELA_JSON_INVALID, /* an error happened: see tela_json_reader_finish() */
  TELA_JSON_NULL,
  TELA_JSON_FALSE,
  TELA_JSON_TRUE,
  TELA_JSON_NUMBER,
  TELA_JSON_STRING,
  TELA_JSON_ARRAY,
  TELA_JSON_OBJECT,
} TelaJsonKind;

/* A stretch of the source, borrowed from it, not terminated. */
typedef struct
{
  const char *data;
  gsize       len;
} TelaJsonSpan;

#define TELA_JSON_SPAN_IS(span, literal) \
  ((span).len == sizeof (literal) - 1 && memcmp ((span).data, literal, sizeof (literal) - 1) == 0)

/* Private fields; allocate it on the stack. */
typedef struct
{
  const char *start, *at, *end;
  guint       depth;
  guint       code;                                /* 0, or 1 + TelaJsonError */
  const char *problem;                             /* static text */
  gboolean    first;                               /* the innermost object or array was entered and nothing was read of it yet */
  gboolean    pending;                             /* a value stands here that nobody has read yet */
  guint8      object[TELA_JSON_MAX_DEPTH / 8 + 1]; /* a bit a level: it is an object */
} TelaJsonReader;

void tela_json_reader_init (TelaJsonReader *self, const char *data, gssize len);

/* What comes next; never moves. */
TelaJsonKind tela_json_reader_peek (TelaJsonReader *self);
/* Where in the source it stands: after a peek the value, after the loop over an object or array its end. */
const char *tela_json_reader_tell (const TelaJsonReader *self);

/* Objects and arrays: `if (enter) while (next…) { read or skip at most one value }`. A value not consumed in the body
 * is skipped by the following next. FALSE ends the loop: at the closing bracket (which is consumed), or on an error.
 * Do not leave such a loop early unless the reader failed: what follows would be read as part of it. */
gboolean tela_json_reader_enter_object (TelaJsonReader *self);
gboolean tela_json_reader_next_member (TelaJsonReader *self, TelaJsonSpan *name); /* raw: see _is_escaped */
gboolean tela_json_reader_enter_array (TelaJsonReader *self);
gboolean tela_json_reader_next_item (TelaJsonReader *self);

/* Scalars. Each fails with TELA_JSON_ERROR_TYPE (sticky) if the next value is of another kind. */
gboolean tela_json_reader_boolean (TelaJsonReader *self, gboolean *value);
gboolean tela_json_reader_null (TelaJsonReader *self);
/* Correctly rounded, whatever the locale; infinite if no double is as large. @exact (nullable): the shortest form of the
 * double is the same number as the source. */
gboolean tela_json_reader_number (TelaJsonReader *self, double *value, gboolean *exact);
gboolean tela_json_reader_int64 (TelaJsonReader *self, gint64 *value);
/* (transfer full): unescaped, terminated; lone surrogates and U+0000 become U+FFFD and are added to *replaced if given. */
char *tela_json_reader_string (TelaJsonReader *self, gsize *len, guint *replaced);
/* The string without a copy when it has no escapes, else FALSE and nothing consumed. */
gboolean tela_json_reader_plain_string (TelaJsonReader *self, TelaJsonSpan *span);
/* Any value, checked, as it stands in the source. */
gboolean tela_json_reader_span (TelaJsonReader *self, TelaJsonSpan *span);
gboolean tela_json_reader_skip (TelaJsonReader *self);

/* Callers that find a value unusable may fail the reader themselves. @problem is static. */
void     tela_json_reader_fail (TelaJsonReader *self, TelaJsonError code, const char *problem);
gboolean tela_json_reader_failed (const TelaJsonReader *self);
/* TRUE if no error happened and only white space is left; a value that nobody has read yet is checked and skipped. The
 * message names line and column. */
gboolean tela_json_reader_finish (TelaJsonReader *self, GError **error);

/* A raw string or name that has escapes: tela_json_unescape() decodes it. */
static inline gboolean
tela_json_is_escaped (TelaJsonSpan raw)
{
  return memchr (raw.data, '\\', raw.len) != NULL;
}

/* The whole of @data is one valid JSON value. */
gboolean tela_json_check (const char *data, gssize len, GError **error);
/* Decodes the inside of a raw string or member name (without the quotes). (transfer full) */
char *tela_json_unescape (TelaJsonSpan raw, gsize *len, guint *replaced);
/* Canonical form of any valid value: keys sorted bytewise (last of duplicates wins), no white space, numbers in their
 * shortest round-trip form (those that a double cannot hold keep all their digits), minimal escapes. Appends to @out.
 * FALSE: not valid JSON, and @out is as it was. */
gboolean tela_json_canonical (TelaJsonSpan value, GString *out);
/* Same JSON value: numbers by value, objects without regard to order. */
gboolean tela_json_equal (TelaJsonSpan a, TelaJsonSpan b);
/* Top-level member of an object, the last if there are several; FALSE if absent. */
gboolean tela_json_find (TelaJsonSpan object, const char *name, TelaJsonSpan *value);

/* The writer appends to a GString and puts the commas. indent 0: one line. */
typedef struct
{
  GString *out; /* borrowed */
  guint    depth;
  guint    indent;
  gboolean after_name;
  guint8   first[TELA_JSON_MAX_DEPTH / 8 + 1];
} TelaJsonWriter;

void tela_json_writer_init (TelaJsonWriter *self, GString *out, guint indent);
void tela_json_writer_begin_object (TelaJsonWriter *self);
void tela_json_writer_end_object (TelaJsonWriter *self);
void tela_json_writer_begin_array (TelaJsonWriter *self);
void tela_json_writer_end_array (TelaJsonWriter *self);
void tela_json_writer_name (TelaJsonWriter *self, const char *name);
void tela_json_writer_string (TelaJsonWriter *self, const char *value); /* NULL writes null */
void tela_json_writer_string_len (TelaJsonWriter *self, const char *value, gsize len);
void tela_json_writer_number (TelaJsonWriter *self, double value); /* not finite: null */
void tela_json_writer_int (TelaJsonWriter *self, gint64 value);
void tela_json_writer_boolean (TelaJsonWriter *self, gboolean value);
void tela_json_writer_null (TelaJsonWriter *self);
/* A member of an object: its name and its value. */
void tela_json_writer_put_string (TelaJsonWriter *self, const char *name, const char *value);
void tela_json_writer_put_int (TelaJsonWriter *self, const char *name, gint64 value);
void tela_json_writer_put_boolean (TelaJsonWriter *self, const char *name, gboolean value);
void tela_json_writer_raw (TelaJsonWriter *self, const char *json, gsize len); /* a value already written */

/* Shortest text that reads back as the same double, as JavaScript writes it (1e21 and above with exponent). */
#define TELA_JSON_NUMBER_LENGTH 32
guint tela_json_format_number (double value, char out[TELA_JSON_NUMBER_LENGTH]);
void  tela_json_append_string (GString *out, const char *value, gsize len); /* quoted and escaped */

G_END_DECLS
