/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Colours of people: dark enough for light paper, light enough for dark paper. */
typedef struct
{
  const char *hex;  /* "#rrggbb" */
  const char *name; /* to be translated, in the context "colour" */
} TelaPersonColour;

const TelaPersonColour *tela_person_colour_get_palette (guint *n);
/* The same for the same id on every computer. */
const char *tela_person_colour_of_id (const char *id);
/* What is not a colour is grey. */
GdkRGBA tela_person_colour_parse (const char *hex);
/* Black or white: what is easier to read on it. */
GdkRGBA tela_person_colour_contrast (const GdkRGBA *ground);

G_END_DECLS
