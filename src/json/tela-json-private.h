/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-json.h"

G_BEGIN_DECLS

/* A decimal number of the source: ±0.DDD… × 10^point, where DDD… are its significant digits. */
typedef struct
{
  gboolean    negative;
  const char *first; /* of the significant digits, among which there may be one decimal point */
  const char *last;  /* after the last of them */
  gsize       n;     /* how many; 0: the number is zero */
  gint64      point;
} TelaJsonDecimal;

/* Past every exponent that matters; larger ones are cut to it. */
#define TELA_JSON_MAX_EXPONENT G_GINT64_CONSTANT (1000000000000)

/* Each returns where it stopped; *problem is NULL if all is well. */
const char *tela_json_scan_string (const char *at, const char *end, guint *code, const char **problem);
const char *tela_json_scan_number (const char *at, const char *end, guint *code, const char **problem);
/* After the value that starts at @at, inside of @depth others; NULL if it is none, without a word of why. */
const char *tela_json_scan_value (const char *at, const char *end, guint depth);

double tela_json_decode_number (TelaJsonSpan text, gboolean *exact);
void   tela_json_canonical_number (TelaJsonSpan text, GString *out);

/* The run of bytes that need no care inside a string: no control, quote or backslash. Looks at eight at a time. */
static inline const char *
tela_json_plain_run (const char *at,
                     const char *end,
                     guint64     also)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  const guint64 tops = G_GUINT64_CONSTANT (0x8080808080808080);

  while (end - at >= 8)
    {
      guint64 word, quote, slash, found;

      memcpy (&word, at, 8);
      word = GUINT64_FROM_LE (word);
      quote = word ^ (ones * '"');
      slash = word ^ (ones * '\\');
      found = ((word - ones * 0x20) & ~word) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | (word & also);
      found &= tops;
      /* Only the first that is found is sure: a borrow may have run into those after it. */
      if (found != 0)
        return at + __builtin_ctzll (found) / 8;
      at += 8;
    }
  while (at < end && (guchar) *at >= 0x20 && *at != '"' && *at != '\\' && !((guchar) *at & also & 0x80))
    at++;
  return at;
}

#define TELA_JSON_ALSO_NON_ASCII G_GUINT64_CONSTANT (0x8080808080808080)

/* From the opening quote to after the closing one, if all between is ASCII without escapes; else NULL. */
static inline const char *
tela_json_scan_simple (const char *at,
                       const char *end)
{
  at = tela_json_plain_run (at + 1, end, TELA_JSON_ALSO_NON_ASCII);
  return at < end && *at == '"' ? at + 1 : NULL;
}

G_END_DECLS
