/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-frame-meter.h"

#include <math.h>

#define FRAME_MS (1000.0 / 60)
#define REST_US 33000 /* with no frame for so long, none was wanted */

/* Values in milliseconds; the next goes to n % TELA_FRAME_METER_FRAMES. */
typedef struct
{
  double  values[TELA_FRAME_METER_FRAMES];
  guint64 n;
} Ring;

static struct
{
  Ring     costs, intervals;
  guint64  n_missed;
  gint64   begun; /* the frames of two windows follow each other */
  gint64   last_begun, last_ended;
  gint64   opening; /* since when; 0: nothing is */
  gpointer where;   /* borrowed, and only compared: what is going to show it; NULL: it is not here yet */
  double   first_paint_ms;
  gboolean is_painted;

  TelaFrameMeterFunc is_full;
} meter;

static void
ring_add (Ring  *ring,
          double value)
{
  ring->values[ring->n++ % TELA_FRAME_METER_FRAMES] = value;
}

static TelaShares
ring_share (const Ring *ring)
{
  double      values[TELA_FRAME_METER_FRAMES];
  const guint n = (guint) MIN (ring->n, TELA_FRAME_METER_FRAMES);

  memcpy (values, ring->values, n * sizeof values[0]);

  return tela_shares_of (values, n);
}

guint
tela_frame_meter_count_missed (double interval_ms)
{
  return (guint) MAX (0, lround (interval_ms / FRAME_MS) - 1);
}

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

static void
count_interval (void)
{
  const double interval = (double) (meter.begun - meter.last_begun) / 1000;

  if (meter.last_begun == 0 || meter.begun - meter.last_ended > REST_US)
    return;

  ring_add (&meter.intervals, interval);
  meter.n_missed += tela_frame_meter_count_missed (interval);
}

/* A frame without paint only ticks. */
static void
after_paint_cb (GdkFrameClock *clock,
                GtkWidget     *widget)
{
  const gint64 now = g_get_monotonic_time ();

  if (!meter.is_painted || meter.begun == 0)
    return;

  count_interval ();
  ring_add (&meter.costs, (double) (now - meter.begun) / 1000);
  meter.last_begun = meter.begun;
  meter.last_ended = now;
  if (meter.opening != 0 && meter.where == widget && meter.is_full (widget))
    {
      meter.first_paint_ms = (double) (now - meter.opening) / 1000;
      meter.opening = 0;
    }
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
tela_frame_meter_watch (GtkWidget         *widget,
                        TelaFrameMeterFunc is_full)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  meter.is_full = is_full;
  g_signal_connect_after (widget, "realize", G_CALLBACK (realize_cb), NULL);
  g_signal_connect (widget, "unrealize", G_CALLBACK (unrealize_cb), NULL);
}

void
tela_frame_meter_begin_opening (gboolean anew)
{
  if (!anew && meter.opening != 0)
    return;

  meter.opening = g_get_monotonic_time ();
  meter.where = NULL;
}

void
tela_frame_meter_give_up (void)
{
  meter.opening = 0;
}

void
tela_frame_meter_has_board (GtkWidget *widget)
{
  meter.where = widget;
}

void
tela_frame_meter_read (TelaFrameCost *cost)
{
  *cost = (TelaFrameCost){ .n_frames = meter.costs.n,
                           .n_missed = meter.n_missed,
                           .cost_ms = ring_share (&meter.costs),
                           .interval_ms = ring_share (&meter.intervals),
                           .first_paint_ms = meter.first_paint_ms };
}

double
tela_frame_meter_get_last_ms (void)
{
  return meter.costs.n == 0 ? 0 : meter.costs.values[(meter.costs.n - 1) % TELA_FRAME_METER_FRAMES];
}
