/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-cursor.h"

#define MIN_DELAY_US (50 * 1000)
#define MAX_DELAY_US (1200 * 1000)
#define MAX_KEPT (4 * TELA_CURSOR_MAX_SAMPLES)
#define SETTLE 0.1 /* of the distance to a new estimate */

typedef struct
{
  gint64 due; /* when it is shown, but for the delay */
  double x, y;
} Sample;

struct _TelaTrack
{
  GArray  *samples; /* Sample, oldest first */
  gboolean known;
  gint64   offset_us; /* our clock less theirs, and the shortest way that a message took */
  gint64   heard;     /* the last message */
  double   delay_us;  /* so that the next message is there before its samples are due */
  gboolean here;
};

TelaTrack *
tela_track_new (void)
{
  TelaTrack *self = g_new0 (TelaTrack, 1);

  self->samples = g_array_new (FALSE, FALSE, sizeof (Sample));
  self->delay_us = MIN_DELAY_US;

  return self;
}

void
tela_track_free (TelaTrack *self)
{
  g_array_unref (self->samples);
  g_free (self);
}

/* The fastest message told best how the clocks differ; a clock that was set is followed slowly, or at once when it is far
 * off. */
static void
measure (TelaTrack        *self,
         const TelaCursor *cursor,
         gint64            now)
{
  gint64 offset = now - cursor->at * 1000;
  gint64 pause = now - self->heard;

  if (!self->known || offset < self->offset_us || offset > self->offset_us + MAX_DELAY_US)
    self->offset_us = offset;
  else
    self->offset_us += (gint64) (SETTLE * (double) (offset - self->offset_us));
  if (self->known && pause < 2 * MAX_DELAY_US)
    self->delay_us += SETTLE * (CLAMP (1.2 * (double) pause, MIN_DELAY_US, MAX_DELAY_US) - self->delay_us);
  self->known = TRUE;
  self->heard = now;
}

void
tela_track_add (TelaTrack        *self,
                const TelaCursor *cursor,
                gint64            now)
{
  measure (self, cursor, now);
  if (cursor->n_path == 0 || !self->here)
    g_array_set_size (self->samples, 0);
  self->here = cursor->n_path > 0;
  for (guint i = 0; i < cursor->n_path; i++)
    {
      Sample        sample = { cursor->path[i].at * 1000 + self->offset_us, cursor->path[i].x, cursor->path[i].y };
      const Sample *last = self->samples->len > 0 ? &g_array_index (self->samples, Sample, self->samples->len - 1) : NULL;

      if (last != NULL && sample.due <= last->due)
        sample.due = last->due + 1;
      g_array_append_val (self->samples, sample);
    }
  if (self->samples->len > MAX_KEPT)
    g_array_remove_range (self->samples, 0, self->samples->len - MAX_KEPT);
}

gboolean
tela_track_get (TelaTrack *self,
                gint64     now,
                double    *x,
                double    *y)
{
  const Sample *samples = (const Sample *) (void *) self->samples->data;
  gint64        at = now - (gint64) self->delay_us;
  guint         next = 0;

  if (self->samples->len == 0)
    return FALSE;
  while (next < self->samples->len && samples[next].due <= at)
    next++;
  if (next == 0 || next == self->samples->len)
    {
      *x = samples[next == 0 ? 0 : next - 1].x;
      *y = samples[next == 0 ? 0 : next - 1].y;
    }
  else
    {
      const Sample *a = &samples[next - 1], *b = &samples[next];
      double        part = (double) (at - a->due) / (double) (b->due - a->due);

      *x = a->x + part * (b->x - a->x);
      *y = a->y + part * (b->y - a->y);
    }

  return TRUE;
}

gboolean
tela_track_is_moving (TelaTrack *self,
                      gint64     now)
{
  const guint n = self->samples->len;

  return n > 1 && g_array_index (self->samples, Sample, n - 1).due > now - (gint64) self->delay_us;
}

gint64
tela_track_get_due (TelaTrack *self,
                    gint64     at)
{
  return at * 1000 + self->offset_us + (gint64) self->delay_us;
}
