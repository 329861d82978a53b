/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-person-colour.h"

#include <glib/gi18n.h>
#include <math.h>

#define LIGHT 0.4 /* luminance from which black is read more easily */

static const TelaPersonColour palette[] = {
  { "#1c71d8", NC_ ("colour", "Blue") },
  { "#0f8b8d", NC_ ("colour", "Teal") },
  { "#218b53", NC_ ("colour", "Green") },
  { "#c88800", NC_ ("colour", "Yellow") },
  { "#e66100", NC_ ("colour", "Orange") },
  { "#c01c28", NC_ ("colour", "Red") },
  { "#d6338a", NC_ ("colour", "Pink") },
  { "#813d9c", NC_ ("colour", "Purple") },
  { "#865e3c", NC_ ("colour", "Brown") },
};

const TelaPersonColour *
tela_person_colour_get_palette (guint *n)
{
  *n = G_N_ELEMENTS (palette);

  return palette;
}

const char *
tela_person_colour_of_id (const char *id)
{
  return palette[g_str_hash (id) % G_N_ELEMENTS (palette)].hex;
}

GdkRGBA
tela_person_colour_parse (const char *hex)
{
  GdkRGBA colour;

  if (hex == NULL || !gdk_rgba_parse (&colour, hex))
    colour = (GdkRGBA){ 0.5f, 0.5f, 0.5f, 1 };

  return colour;
}

static double
linear (double part)
{
  return part <= 0.04045 ? part / 12.92 : pow ((part + 0.055) / 1.055, 2.4);
}

GdkRGBA
tela_person_colour_contrast (const GdkRGBA *ground)
{
  double luminance =
      0.2126 * linear (ground->red) + 0.7152 * linear (ground->green) + 0.0722 * linear (ground->blue);

  return luminance > LIGHT ? (GdkRGBA){ 0, 0, 0, 1 } : (GdkRGBA){ 1, 1, 1, 1 };
}
