/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-element.h"

G_BEGIN_DECLS

/* @element naming only elements whose ids are in @ids (a set): as part of a drawing that has no others. (transfer full) */
TelaElement *tela_strangers_drop (TelaElement *element, GHashTable *ids);

G_END_DECLS
