/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-frame-meter.h"

#include <stdlib.h>

#define SLOW_US (G_USEC_PER_SEC / 60)

static struct
{
  guint32  costs[TELA_FRAME_METER_FRAMES]; /* microseconds; n_frames says where the next goes */
  guint64  n_frames;
  guint64  n_slow;
  gint64   begun; /* the frames of two windows follow each other */
  gboolean is_painted;
} meter;

static void
before_paint_cb (GdkFrameClock *clock,
                 GtkWidget     *widget)
{
  meter.begun = g_get_monotonic_time ();
  meter.is_painted = FALSE;
}

static void
paint_cb (GdkFrameClock *clock,
          GtkWidget     *widget)
{
  meter.is_painted = gtk_widget_get_mapped (widget);
}

/* A frame without paint only ticks. */
static void
after_paint_cb (GdkFrameClock *clock,
                GtkWidget     *widget)
{
  gint64 cost = g_get_monotonic_time () - meter.begun;

  if (!meter.is_painted || meter.begun == 0)
    return;

  meter.costs[meter.n_frames++ % TELA_FRAME_METER_FRAMES] = (guint32) CLAMP (cost, 0, G_MAXUINT32);
  if (cost > SLOW_US)
    meter.n_slow++;
}

static void
realize_cb (GtkWidget *widget,
            gpointer   user_data)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);

  g_signal_connect_object (clock, "before-paint", G_CALLBACK (before_paint_cb), widget, 0);
  g_signal_connect_object (clock, "paint", G_CALLBACK (paint_cb), widget, 0);
  g_signal_connect_object (clock, "after-paint", G_CALLBACK (after_paint_cb), widget, 0);
}

static void
unrealize_cb (GtkWidget *widget,
              gpointer   user_data)
{
  g_signal_handlers_disconnect_by_data (gtk_widget_get_frame_clock (widget), widget);
}

void
tela_frame_meter_watch (GtkWidget *widget)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  g_signal_connect_after (widget, "realize", G_CALLBACK (realize_cb), NULL);
  g_signal_connect (widget, "unrealize", G_CALLBACK (unrealize_cb), NULL);
}

static int
compare_costs (const void *a,
               const void *b)
{
  const guint32 *first = a;
  const guint32 *second = b;

  return (*first > *second) - (*first < *second);
}

void
tela_frame_meter_read (TelaFrameCost *cost)
{
  guint32     sorted[TELA_FRAME_METER_FRAMES];
  const guint n = (guint) MIN (meter.n_frames, TELA_FRAME_METER_FRAMES);

  *cost = (TelaFrameCost){ .n_frames = meter.n_frames, .n_slow = meter.n_slow };
  if (n == 0)
    return;

  memcpy (sorted, meter.costs, n * sizeof sorted[0]);
  qsort (sorted, n, sizeof sorted[0], compare_costs);
  cost->p50_ms = sorted[(n * 50 + 99) / 100 - 1] / 1000.0;
  cost->p95_ms = sorted[(n * 95 + 99) / 100 - 1] / 1000.0;
  cost->p99_ms = sorted[(n * 99 + 99) / 100 - 1] / 1000.0;
  cost->greatest_ms = sorted[n - 1] / 1000.0;
}
