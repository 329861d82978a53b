/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Tasks that wait for one condition, each until then or until it is cancelled. Freed with g_ptr_array_unref() when answered. */
GPtrArray *tela_waiters_new (void);
void       tela_waiters_add (GPtrArray *waiters, GTask *task);
void       tela_waiters_answer (GPtrArray *waiters, const GError *error); /* TRUE, or @error, to all */

G_END_DECLS
