/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-element-private.h"
#include "tela-pack.h"

G_BEGIN_DECLS

/* The packed form of an element, for disks. Numbers are varints unless said otherwise; what may be negative is folded
 * (0, -1, 1, -2, …); what takes whole bytes has the least first.
 *
 * Form 2: the form's number; a count of actors, then 8 bytes for each; a count of stamps, then for each its milliseconds
 * less those of the one before (folded) and its counter times the number of actors plus the actor's place; a count of
 * properties, then each: a byte, kind | 16 if a stamp's place follows (else it is the first) | key less the one before
 * << 5; then that key if those three bits are 0 (a known one, or 0 and the name); that place; and the value. The stamp
 * that most properties bear comes first.
 *
 * Form 1, which is only read: a count of stamps, then each as 8 bytes of time and 8 of actor; a count of properties, then
 * each as a key (known, or 0 and the name), stamp << 3 | TelaValueKind, and the value: doubles as 8 bytes, texts with
 * their lengths before them, arrays as count << 1 | pairs and the doubles. */
#define TELA_PACK_FORM 2
#define TELA_PACK_OLD_FORM 1

/* Kinds of values in form 2. These numbers are on disks. */
typedef enum
{
  TELA_PACK_UNSET,
  TELA_PACK_NULL,
  TELA_PACK_FALSE,
  TELA_PACK_TRUE,
  TELA_PACK_WHOLE,      /* folded */
  TELA_PACK_TENTHS,     /* folded */
  TELA_PACK_HUNDREDTHS, /* folded */
  TELA_PACK_DOUBLE,     /* 8 bytes */
  TELA_PACK_STRING,     /* the length and the text */
  TELA_PACK_STRING_NTH, /* one of tela-string.c */
  TELA_PACK_JSON,
  TELA_PACK_JSON_NTH,
  TELA_PACK_NUMBERS,  /* count << 1 | pairs, then 8 bytes for each number */
  TELA_PACK_DECIMALS, /* count << 1 | pairs; decimal places; then each number times that power of ten, less the one before
                         of the same column, folded */
} TelaPackKind;

#define TELA_PACK_HAS_STAMP 16
#define TELA_PACK_KEY_SHIFT 5
/* Numbers beyond would take as many bytes as a double does. */
#define TELA_PACK_MAX_WHOLE (G_GINT64_CONSTANT (1) << 48)
#define TELA_PACK_MAX_PLACES 2

static inline guint64
tela_pack_fold (gint64 value)
{
  return value < 0 ? ~((guint64) value << 1) : (guint64) value << 1;
}

static inline gint64
tela_pack_unfold (guint64 value)
{
  return (value & 1) != 0 ? -(gint64) (value >> 1) - 1 : (gint64) (value >> 1);
}

/* Reading, shared by the forms. Each is FALSE if the bytes are not good. */
gboolean     tela_pack_take_key (TelaPackCursor *cursor, TelaKey *key);
gboolean     tela_pack_take_json (TelaPackCursor *cursor, TelaValue *value);
gboolean     tela_pack_take_string (TelaPackCursor *cursor, TelaValue *value);
gboolean     tela_pack_take_double (TelaPackCursor *cursor, double *value);
gboolean     tela_pack_take_doubles (TelaPackCursor *cursor, TelaValue *value);
TelaElement *tela_element_unpack_old (const char *id, TelaPackCursor cursor); /* past the form's number */

G_END_DECLS
