/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-paint.h"

G_BEGIN_DECLS

/* Elements made ready to be a file: visible ones, colours of the wanted theme. */
typedef struct
{
  GPtrArray       *elements; /* TelaElement; owned */
  TelaPaintOptions options;
  TelaRect         extent;     /* of the ink and the padding around it */
  char            *background; /* owned; NULL: transparent */
} TelaSheet;

void tela_sheet_init (TelaSheet *self, TelaElement *const *elements, gsize n, const TelaPictureOptions *options);
void tela_sheet_clear (TelaSheet *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelaSheet, tela_sheet_clear)

/* A function for cairo's streams. @closure: a GByteArray. */
cairo_status_t tela_sheet_write_cb (void *closure, const unsigned char *data, unsigned int length);

G_END_DECLS
