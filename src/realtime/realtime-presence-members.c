/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-presence-private.h"

#include <string.h>

#include "realtime-channel.h"

const char *
realtime_presence_get_topic (RealtimePresence *self)
{
  g_return_val_if_fail (REALTIME_IS_PRESENCE (self), NULL);
  realtime_check_manager_val (self->role.manager, NULL);

  return realtime_subscription_get_topic (self->role.subscription);
}

gboolean
realtime_presence_is_synced (RealtimePresence *self)
{
  g_return_val_if_fail (REALTIME_IS_PRESENCE (self), FALSE);
  realtime_check_manager_val (self->role.manager, FALSE);

  return self->is_synced;
}

const GError *
realtime_presence_get_error (RealtimePresence *self)
{
  g_return_val_if_fail (REALTIME_IS_PRESENCE (self), NULL);
  realtime_check_manager_val (self->role.manager, NULL);

  return self->role.error;
}

guint
realtime_presence_get_n_members (RealtimePresence *self)
{
  g_return_val_if_fail (REALTIME_IS_PRESENCE (self), 0);
  realtime_check_manager_val (self->role.manager, 0);

  return g_hash_table_size (realtime_presence_state_get_members (self->state));
}

RealtimeMember *
realtime_presence_lookup (RealtimePresence *self,
                          const char       *key)
{
  g_return_val_if_fail (REALTIME_IS_PRESENCE (self), NULL);
  realtime_check_manager_val (self->role.manager, NULL);
  g_return_val_if_fail (key != NULL, NULL);

  return g_hash_table_lookup (realtime_presence_state_get_members (self->state), key);
}

static int
by_key (gconstpointer a,
        gconstpointer b)
{
  const RealtimeMember *const *left = a, *const *right = b;

  return strcmp ((*left)->key, (*right)->key);
}

/**
 * realtime_presence_list:
 *
 * Returns: (transfer full) (element-type RealtimeMember): everybody, by key
 */
GPtrArray *
realtime_presence_list (RealtimePresence *self)
{
  GPtrArray     *out = g_ptr_array_new_with_free_func ((GDestroyNotify) realtime_member_unref);
  GHashTableIter iter;
  gpointer       member;

  g_return_val_if_fail (REALTIME_IS_PRESENCE (self), out);
  realtime_check_manager_val (self->role.manager, out);

  g_hash_table_iter_init (&iter, realtime_presence_state_get_members (self->state));
  while (g_hash_table_iter_next (&iter, NULL, &member))
    g_ptr_array_add (out, realtime_member_ref (member));
  g_ptr_array_sort (out, by_key);

  return out;
}
