/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-limits.h"

#define BUCKET_US (5 * G_USEC_PER_SEC)

static void
advance (TelaRate *self,
         gint64    bucket)
{
  if (self->first == 0)
    self->first = self->last = bucket;
  if (bucket - self->last >= TELA_RATE_BUCKETS)
    self->last = bucket - TELA_RATE_BUCKETS;
  while (self->last < bucket)
    self->count[++self->last % TELA_RATE_BUCKETS] = 0;
}

void
tela_rate_add (TelaRate *self,
               guint     n,
               gint64    now_us)
{
  gint64 bucket = now_us / BUCKET_US + 1;

  advance (self, bucket);
  self->count[bucket % TELA_RATE_BUCKETS] += n;
}

double
tela_rate_get (TelaRate *self,
               gint64    now_us)
{
  gint64  bucket = now_us / BUCKET_US + 1;
  guint64 sum = 0;

  advance (self, bucket);
  for (guint i = 0; i < TELA_RATE_BUCKETS; i++)
    sum += self->count[i];
  return (double) sum / (5.0 * (double) MIN (bucket - self->first + 1, TELA_RATE_BUCKETS));
}
