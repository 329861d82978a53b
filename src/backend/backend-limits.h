/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Supabase's defaults (protocol.md 8.1). */
#define TELA_LIMIT_EVENTS 100   /* a second */
#define TELA_LIMIT_JOINS 100    /* a second */
#define TELA_LIMIT_CHANNELS 100 /* of one socket */
#define TELA_LIMIT_SOCKETS 200
#define TELA_LIMIT_PRESENCES 1000   /* a second */
#define TELA_LIMIT_PRESENCE_CALLS 5 /* of one channel in 30 s */
#define TELA_LIMIT_PAYLOAD (256 * 1000 + 500)

/* Those that hold without them too, so that nobody fills the memory. */
#define TELA_MAX_CHANNELS 1000 /* of one socket */
#define TELA_MAX_BINDINGS 100  /* subscriptions to changes of one channel */
#define TELA_MAX_BATCH 1000    /* messages of one request */

#define TELA_RATE_BUCKETS 12

/* Mean a second over at most a minute, in buckets of 5 s, fewer right after the start. */
typedef struct
{
  guint  count[TELA_RATE_BUCKETS];
  gint64 first; /* bucket number of the first event, 0: none yet */
  gint64 last;  /* bucket number that count[last % n] stands for */
} TelaRate;

typedef struct
{
  TelaRate events;
  TelaRate joins;
  TelaRate presences;
} TelaRates;

void   tela_rate_add (TelaRate *self, guint n, gint64 now_us);
double tela_rate_get (TelaRate *self, gint64 now_us);

G_END_DECLS
