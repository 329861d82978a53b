/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-json.h"

G_BEGIN_DECLS

/* The parts of the binary forms: varints (seven bits a byte, the least first), little-endian numbers, and texts with
 * their lengths before them. Taking checks what is left. */
typedef struct
{
  const guint8 *at;
  gsize         left;
} TelaPackCursor;

void tela_pack_put_varint (GByteArray *out, guint64 value);
void tela_pack_put_u64 (GByteArray *out, guint64 value);
void tela_pack_put_text (GByteArray *out, const char *text, gsize len);

gboolean tela_pack_take_varint (TelaPackCursor *cursor, guint64 *value);
gboolean tela_pack_take_u64 (TelaPackCursor *cursor, guint64 *value);
gboolean tela_pack_take_bytes (TelaPackCursor *cursor, TelaPackCursor *bytes); /* borrowed */
gboolean tela_pack_take_text (TelaPackCursor *cursor, TelaJsonSpan *text);     /* borrowed; UTF-8 without U+0000 */

G_END_DECLS
