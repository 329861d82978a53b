/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-font.h"

#define HAND "\"Comic Neue\", \"Comic Relief\", \"Comic Sans MS\", \"Patrick Hand\", Kalam, Cantarell, Nunito, sans-serif"

static const struct
{
  int         number;
  const char *families;
} fonts[] = {
  { 5, "Excalifont, Virgil, " HAND }, /* first: what an unknown number gets */
  { 1, "Virgil, Excalifont, " HAND },
  { 2, "Helvetica, Arial, \"Liberation Sans\", \"Nimbus Sans\", sans-serif" },
  { 3, "\"Cascadia Code\", \"Cascadia Mono\", monospace" },
  { 6, "Nunito, Cantarell, sans-serif" },
  { 7, "\"Lilita One\", sans-serif" },
  { 8, "\"Comic Shanns\", \"Comic Mono\", monospace" },
  { 9, "\"Liberation Sans\", Arial, Helvetica, \"Nimbus Sans\", sans-serif" },
  { 10, "Assistant, sans-serif" },
};

const char *
tela_font_get_families (int font_family)
{
  for (guint i = 0; i < G_N_ELEMENTS (fonts); i++)
    if (fonts[i].number == font_family)
      return fonts[i].families;

  return fonts[0].families;
}
