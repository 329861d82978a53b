/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What this thread has allocated so far. FALSE, and the test is skipped: it cannot be counted here. */
gboolean allocations_count (guint *n, gsize *bytes);

/* From now on no thread gets that much at once; 0: they do. FALSE, and the test is skipped: it cannot be refused here. */
gboolean allocations_refuse (gsize bytes);

G_END_DECLS
