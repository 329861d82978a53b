/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-sign-ins.h"

#include "backend-throttle.h"

#define WINDOW_US (5 * G_TIME_SPAN_MINUTE)

struct _TelaSignIns
{
  TelaThrottle *places;
  TelaThrottle *accounts;
  GHashTable   *familiar; /* "PLACE ACCOUNT" */
};

TelaSignIns *
tela_sign_ins_new (void)
{
  TelaSignIns *self = g_new0 (TelaSignIns, 1);

  self->places = tela_throttle_new (TELA_SIGN_INS_OF_PLACE, WINDOW_US / TELA_SIGN_INS_OF_PLACE);
  self->accounts = tela_throttle_new (TELA_SIGN_INS_OF_ACCOUNT, WINDOW_US / TELA_SIGN_INS_OF_ACCOUNT);
  self->familiar = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
tela_sign_ins_free (TelaSignIns *self)
{
  tela_throttle_free (self->places);
  tela_throttle_free (self->accounts);
  g_hash_table_unref (self->familiar);
  g_free (self);
}

gboolean
tela_sign_ins_may_try (TelaSignIns *self,
                       const char  *place,
                       const char  *account,
                       gint64       now_us)
{
  g_autofree char *both = g_strconcat (place, " ", account, NULL);

  return tela_throttle_take (self->places, place, now_us) &&
         (g_hash_table_contains (self->familiar, both) || tela_throttle_take (self->accounts, account, now_us));
}

void
tela_sign_ins_forgive (TelaSignIns *self,
                       const char  *place,
                       const char  *account,
                       gint64       now_us)
{
  g_autofree char *both = g_strconcat (place, " ", account, NULL);

  tela_throttle_give_back (self->places, place, now_us);
  if (g_hash_table_contains (self->familiar, both))
    return;
  tela_throttle_give_back (self->accounts, account, now_us);
  if (g_hash_table_size (self->familiar) >= TELA_THROTTLE_MAX_KEYS)
    g_hash_table_remove_all (self->familiar); /* it takes as many right passwords to come here */
  g_hash_table_add (self->familiar, g_steal_pointer (&both));
}
