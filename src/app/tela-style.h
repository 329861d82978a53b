/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

#include "tela-element.h"

G_BEGIN_DECLS

/* What the next shape will look like, and what the style panel shows. Properties stroke-color, background-color,
 * fill-style, stroke-style, edges ("round", "sharp", or, of an arrow, "elbow"), start-arrowhead, end-arrowhead ("none": none), text-align (strings),
 * stroke-width, roughness, opacity, font-size, font-family (doubles), each an Excalidraw field. */
#define TELA_TYPE_STYLE (tela_style_get_type ())
G_DECLARE_FINAL_TYPE (TelaStyle, tela_style, TELA, STYLE, GObject)

TelaStyle  *tela_style_new (void);
const char *tela_style_get_string (TelaStyle *self, TelaKey key); /* NULL: not a text of a style */
double      tela_style_get_number (TelaStyle *self, TelaKey key);
/* Takes over what the elements have of it, or their labels (each nullable) instead, and in which they differ. */
void     tela_style_read (TelaStyle *self, const TelaElement *const *elements, const TelaElement *const *labels, guint n);
gboolean tela_style_is_mixed (TelaStyle *self, TelaKey key); /* then it has the value of the first */
/* The element field of a property of this object; TELA_KEY_NONE: none. */
TelaKey tela_style_key_of (const char *property);
/* @type: of the element, which says how its edges are rounded. */
void tela_style_write (TelaStyle *self, TelaKey key, const char *type, TelaOpBuilder *op);
/* Such an element has such a field, be it absent. */
gboolean tela_style_applies (TelaKey key, const TelaElement *element);
/* Stateful actions, one a property, named like it; mixed: "" or -1. */
void tela_style_add_actions (TelaStyle *self, GActionMap *map);

#define TELA_STYLE_FONT_FAMILY 5 /* Excalifont, the hand-written one */

G_END_DECLS
