/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Pure functions of how often something failed and of a random number in [0, 1) that the caller brings, so that clients
 * which lost the server together do not come back together. @unit: milliseconds of the first wait. */
guint realtime_backoff_ms (guint failures, double random, guint unit);
guint realtime_backoff_limit_ms (guint failures, double random, guint unit);

G_END_DECLS
