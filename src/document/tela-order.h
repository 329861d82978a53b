/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-element.h"

G_BEGIN_DECLS

/* What to write so that @moved lie, in their order, between @others[@at - 1] and @others[@at]. Both are in z-order and hold
 * nothing of each other. Others change only where keys are equal, as they are after two people have drawn at once: those above
 * get new ones. Without stamps. NULL: keys that are none leave no room. (transfer full)(element-type TelaElement) */
GPtrArray *tela_order_between (GPtrArray *moved, GPtrArray *others, guint at);

G_END_DECLS
