/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What frames cost that a canvas is in: from before its frame is painted until after it. One for the process; main thread. */
typedef struct
{
  guint64 n_frames;
  guint64 n_slow;                              /* of them; longer than a sixtieth of a second */
  double  p50_ms, p95_ms, p99_ms, greatest_ms; /* of the last TELA_FRAME_METER_FRAMES; 0: there was none */
} TelaFrameCost;

#define TELA_FRAME_METER_FRAMES 256

void tela_frame_meter_watch (GtkWidget *widget); /* as long as it lives */
void tela_frame_meter_read (TelaFrameCost *cost);

G_END_DECLS
