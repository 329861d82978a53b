/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-throttle.h"

struct _TelaThrottle
{
  GHashTable *spent; /* key → gint64: when all that was taken is refilled */
  guint       burst;
  gint64      interval_us;
};

TelaThrottle *
tela_throttle_new (guint  burst,
                   gint64 interval_us)
{
  TelaThrottle *self = g_new0 (TelaThrottle, 1);

  self->spent = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->burst = burst;
  self->interval_us = interval_us;
  return self;
}

void
tela_throttle_free (TelaThrottle *self)
{
  g_hash_table_unref (self->spent);
  g_free (self);
}

static gboolean
is_refilled (gpointer key,
             gpointer value,
             gpointer now_us)
{
  return *(const gint64 *) value <= *(const gint64 *) now_us;
}

gboolean
tela_throttle_take (TelaThrottle *self,
                    const char   *key,
                    gint64        now_us)
{
  gint64 *full_at = g_hash_table_lookup (self->spent, key);

  if (full_at == NULL)
    {
      if (g_hash_table_size (self->spent) >= TELA_THROTTLE_MAX_KEYS)
        g_hash_table_foreach_remove (self->spent, is_refilled, &now_us);
      if (g_hash_table_size (self->spent) >= TELA_THROTTLE_MAX_KEYS)
        return FALSE;
      full_at = g_new0 (gint64, 1);
      g_hash_table_insert (self->spent, g_strdup (key), full_at);
    }
  if (MAX (*full_at, now_us) + self->interval_us > now_us + self->burst * self->interval_us)
    return FALSE;
  *full_at = MAX (*full_at, now_us) + self->interval_us;
  return TRUE;
}

void
tela_throttle_give_back (TelaThrottle *self,
                         const char   *key,
                         gint64        now_us)
{
  gint64 *full_at = g_hash_table_lookup (self->spent, key);

  if (full_at == NULL)
    return;
  *full_at -= self->interval_us;
  if (*full_at <= now_us)
    g_hash_table_remove (self->spent, key);
}
