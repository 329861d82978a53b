/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-shares.h"

G_BEGIN_DECLS

/* What frames cost that a canvas is in: from before its frame is painted until after it. One for the process; main thread. */
typedef struct
{
  guint64    n_frames;
  guint64    n_missed;             /* that a display of 60 Hz would have shown and did not get, while one frame followed the other */
  TelaShares cost_ms, interval_ms; /* of the last TELA_FRAME_METER_FRAMES */
  double     first_paint_ms;       /* from the wish for the last board that was opened to its first full picture; 0: none yet */
} TelaFrameCost;

#define TELA_FRAME_METER_FRAMES 256

typedef gboolean (*TelaFrameMeterFunc) (GtkWidget *widget); /* all that it has to show is in the frame */

void   tela_frame_meter_watch (GtkWidget *widget, TelaFrameMeterFunc is_full); /* as long as it lives; the same for all */
void   tela_frame_meter_read (TelaFrameCost *cost);
double tela_frame_meter_get_last_ms (void);            /* what the last frame cost; 0: there was none */
void   tela_frame_meter_begin_opening (gboolean anew); /* a board is wanted; not @anew: if none is under way */
void   tela_frame_meter_give_up (void);                /* there will be none */
void   tela_frame_meter_has_board (GtkWidget *widget); /* it is here; not yet painted */

/* Frames that a display of 60 Hz would have shown in that time, but for the one at its end. */
guint tela_frame_meter_count_missed (double interval_ms);

G_END_DECLS
