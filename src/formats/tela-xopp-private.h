/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-draft.h"

G_BEGIN_DECLS

/* The attributes of the element that is being read: name to value. */
typedef GHashTable TelaXoppAttributes;

/* Where a page lies on the board. */
typedef struct
{
  double  x, y, width, height;
  char    frame_id[32];
  GBytes *paper;     /* owned, nullable: the lines of the last paper */
  char   *paper_key; /* owned: what it was made for */
  guint   n_papers;
} TelaXoppPage;

typedef struct
{
  char  *text;    /* owned: "#rrggbb" */
  double opacity; /* 0 to 100 */
} TelaXoppColour;

/* Finite, and within the board. */
double         tela_xopp_get_number (TelaXoppAttributes *attributes, const char *name, double fallback);
TelaXoppColour tela_xopp_read_colour (const char *text);

void tela_xopp_add_background (TelaDraft *draft, TelaXoppPage *page, TelaXoppAttributes *attributes);
void tela_xopp_add_stroke (TelaDraft *draft, const TelaXoppPage *page, TelaXoppAttributes *attributes, const char *text);
void tela_xopp_add_text (TelaDraft *draft, const TelaXoppPage *page, TelaXoppAttributes *attributes, const char *text);
void tela_xopp_add_image (TelaDraft *draft, const TelaXoppPage *page, TelaXoppAttributes *attributes, const char *base64);

G_END_DECLS
