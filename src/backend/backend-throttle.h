/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How often each of many may try something: so many at once, then one an interval. */
#define TELA_THROTTLE_MAX_KEYS 10000

typedef struct _TelaThrottle TelaThrottle;

TelaThrottle *tela_throttle_new (guint burst, gint64 interval_us);
void          tela_throttle_free (TelaThrottle *self);
/* FALSE: too often. */
gboolean tela_throttle_take (TelaThrottle *self, const char *key, gint64 now_us);
/* That one does not count: it was right. */
void tela_throttle_give_back (TelaThrottle *self, const char *key, gint64 now_us);

G_END_DECLS
