/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-drift.h"

void
tela_drift_add (TelaDrift *self,
                gint64     server_ms,
                gint64     sent_ms,
                gint64     received_ms)
{
  gint64 round_trip = MAX (received_ms - sent_ms, 0);
  gint64 sample = server_ms - (sent_ms + round_trip / 2);
  gint64 offset;

  /* Further off than any delay explains: somebody has set a clock, and the older measures say nothing any more. */
  if (tela_drift_get (self, &offset) && ABS (sample - offset) > round_trip + TELA_DRIFT_STEP_MS)
    *self = (TelaDrift){ 0 };
  self->samples[self->at] = sample;
  self->at = (self->at + 1) % TELA_DRIFT_SAMPLES;
  self->n = MIN (self->n + 1, TELA_DRIFT_SAMPLES);
}

gboolean
tela_drift_get (const TelaDrift *self,
                gint64          *offset_ms)
{
  gint64 sorted[TELA_DRIFT_SAMPLES] = { 0 };

  if (self->n == 0)
    return FALSE;

  for (guint i = 0; i < self->n; i++)
    {
      guint at = i;

      for (; at > 0 && sorted[at - 1] > self->samples[i]; at--)
        sorted[at] = sorted[at - 1];
      sorted[at] = self->samples[i];
    }
  *offset_ms = sorted[self->n / 2];
  return TRUE;
}
