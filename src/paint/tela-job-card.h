/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-paint.h"

G_BEGIN_DECLS

/* What the placeholder of an image that is being made says, over the rectangle that it is. */
typedef struct
{
  char  *prompt;   /* owned */
  char  *words;    /* owned: how it is */
  double progress; /* 0 to 1; -1: no bar */
} TelaJobCard;

/* FALSE: the element is none. */
gboolean tela_job_card_read (const TelaElement *element, TelaJobCard *card);
void     tela_job_card_clear (TelaJobCard *card);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelaJobCard, tela_job_card_clear)

/* With the element's own place as the origin; nothing for other elements. */
void tela_job_card_paint (cairo_t *cr, const TelaElement *element, const TelaPaintOptions *options);

G_END_DECLS
