/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-governor.h"

#define FRAME_US (16 * 1000)
#define MAX_RATE 20.0
#define MIN_RATE 0.1 /* below this one is silent */
#define PRESENT_US (60 * G_USEC_PER_SEC)
#define SENDING_US (2 * G_USEC_PER_SEC)
#define MIN_PATIENCE 0.01
#define RECOVERY 1.01  /* a message */
#define MAX_HEARD 4096 /* far beyond those among whom one is silent; names cost nothing to make up */

struct _RealtimeGovernor
{
  double      quota;
  double      patience;  /* 0 to 1: what is left of our share after refusals */
  guint       n_present; /* 0: unknown */
  gint64      last_sent;
  GHashTable *heard; /* sender to gint64, when */
};

RealtimeGovernor *
realtime_governor_new (void)
{
  RealtimeGovernor *self = g_new0 (RealtimeGovernor, 1);

  self->quota = REALTIME_GOVERNOR_QUOTA;
  self->patience = 1;
  self->heard = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);

  return self;
}

void
realtime_governor_free (RealtimeGovernor *self)
{
  g_hash_table_unref (self->heard);
  g_free (self);
}

void
realtime_governor_set_quota (RealtimeGovernor *self,
                             double            per_second)
{
  self->quota = per_second;
}

void
realtime_governor_set_present (RealtimeGovernor *self,
                               guint             n)
{
  self->n_present = n;
}

void
realtime_governor_heard (RealtimeGovernor *self,
                         guint64           sender,
                         gint64            now)
{
  gint64 *when = g_hash_table_lookup (self->heard, &sender);

  if (when != NULL)
    *when = now;
  else if (g_hash_table_size (self->heard) < MAX_HEARD)
    g_hash_table_insert (self->heard, g_memdup2 (&sender, sizeof sender), g_memdup2 (&now, sizeof now));
}

void
realtime_governor_sent (RealtimeGovernor *self,
                        gint64            now)
{
  self->last_sent = now;
  self->patience = MIN (1.0, self->patience * RECOVERY);
}

void
realtime_governor_refused (RealtimeGovernor *self)
{
  self->patience = MAX (self->patience / 2, MIN_PATIENCE);
}

/* Forgets who has been away for long. */
static void
count_peers (RealtimeGovernor *self,
             gint64            now,
             guint            *n_present,
             guint            *n_sending)
{
  GHashTableIter iter;
  gpointer       when;

  *n_present = *n_sending = 1; /* ourselves */
  g_hash_table_iter_init (&iter, self->heard);
  while (g_hash_table_iter_next (&iter, NULL, &when))
    {
      gint64 ago = now - *(gint64 *) when;

      if (ago >= PRESENT_US)
        {
          g_hash_table_iter_remove (&iter);
          continue;
        }
      *n_present += 1;
      *n_sending += ago < SENDING_US;
    }
  /* Without presence nobody knows who only listens: count at least one. */
  *n_present = MAX (*n_present, self->n_present > 0 ? self->n_present : 2);
}

gint64
realtime_governor_get_wait (RealtimeGovernor *self,
                            gint64            now)
{
  guint  n_present, n_sending;
  double rate;
  gint64 interval = FRAME_US;

  count_peers (self, now, &n_present, &n_sending);
  if (n_present == 1)
    return -1;
  if (self->quota > 0)
    {
      rate = MIN (MAX_RATE, 0.5 * self->quota * self->patience / (n_sending * n_present));
      if (rate < MIN_RATE)
        return -1;
      interval = MAX ((gint64) (G_USEC_PER_SEC / rate), FRAME_US);
    }

  return self->last_sent == 0 ? 0 : MAX (self->last_sent + interval - now, 0);
}
