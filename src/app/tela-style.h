/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "tela-element.h"

G_BEGIN_DECLS

/* What the next shape will look like, and what the style panel shows. Properties stroke-color, background-color,
 * fill-style, stroke-style (strings), stroke-width, roughness, opacity, font-size (doubles), each an Excalidraw field. */
#define TELA_TYPE_STYLE (tela_style_get_type ())
G_DECLARE_FINAL_TYPE (TelaStyle, tela_style, TELA, STYLE, GObject)

TelaStyle  *tela_style_new (void);
const char *tela_style_get_string (TelaStyle *self, TelaKey key); /* NULL: not a text of a style */
double      tela_style_get_number (TelaStyle *self, TelaKey key);
/* Takes over what @element has of it. */
void tela_style_read (TelaStyle *self, const TelaElement *element);
/* The element field of a property of this object; TELA_KEY_NONE: none. */
TelaKey tela_style_key_of (const char *property);
void    tela_style_write (TelaStyle *self, TelaKey key, TelaOpBuilder *op);
/* Stateful actions, one a property, named like it. */
void tela_style_add_actions (TelaStyle *self, GActionMap *map);

G_END_DECLS
