/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* How far the server's clock is ahead of ours: the median of the last five measures. Plain struct, zero it first. */
#define TELA_DRIFT_SAMPLES 5
#define TELA_DRIFT_STEP_MS 2000

typedef struct
{
  gint64 samples[TELA_DRIFT_SAMPLES];
  guint  n;
  guint  at;
} TelaDrift;

/* The server said @server_ms somewhere between our @sent_ms and @received_ms: half the round trip is taken off. */
void     tela_drift_add (TelaDrift *self, gint64 server_ms, gint64 sent_ms, gint64 received_ms);
gboolean tela_drift_get (const TelaDrift *self, gint64 *offset_ms); /* FALSE before the first measure */

G_END_DECLS
