/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-member-private.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (RealtimeMember, realtime_member, realtime_member_ref, realtime_member_unref)

/* The strings live behind the struct, in one allocation: they are written once and read by anybody. */
static RealtimeMember *
member_new (const char         *key,
            const RealtimeMeta *metas,
            guint               n_metas)
{
  gsize           size = sizeof (RealtimeMember) + n_metas * sizeof (RealtimeMeta) + strlen (key) + 1;
  RealtimeMember *self;
  char           *at;

  for (guint i = 0; i < n_metas; i++)
    size += strlen (metas[i].ref) + strlen (metas[i].payload) + 2;

  self = g_malloc (size);
  g_atomic_ref_count_init (&self->refs);
  self->n_metas = n_metas;
  self->metas = (RealtimeMeta *) (self + 1);
  at = (char *) (self->metas + n_metas);
  self->key = at;
  at = g_stpcpy (at, key) + 1;
  for (guint i = 0; i < n_metas; i++)
    {
      self->metas[i].ref = at;
      at = g_stpcpy (at, metas[i].ref) + 1;
      self->metas[i].payload = at;
      at = g_stpcpy (at, metas[i].payload) + 1;
    }

  return self;
}

/**
 * realtime_member_new:
 *
 * Returns: (transfer full) (nullable): %NULL where there is no meta
 */
RealtimeMember *
realtime_member_new (const char *key,
                     GArray     *metas)
{
  return metas->len > 0 ? member_new (key, (const RealtimeMeta *) (gpointer) metas->data, metas->len) : NULL;
}

/**
 * realtime_member_ref:
 *
 * Returns: (transfer full): @self
 */
RealtimeMember *
realtime_member_ref (RealtimeMember *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

/**
 * realtime_member_unref:
 * @self: (transfer full): a member
 */
void
realtime_member_unref (RealtimeMember *self)
{
  if (g_atomic_ref_count_dec (&self->refs))
    g_free (self);
}

/**
 * realtime_member_has:
 * @self: (nullable): nobody
 *
 * Returns: whether one of its metas has this ref
 */
gboolean
realtime_member_has (const RealtimeMember *self,
                     const char           *ref)
{
  for (guint i = 0; self != NULL && i < self->n_metas; i++)
    if (g_str_equal (self->metas[i].ref, ref))
      return TRUE;

  return FALSE;
}

/* Appends the metas of @self that @other has not. */
static void
append_without (GArray               *out,
                const RealtimeMember *self,
                const RealtimeMember *other)
{
  for (guint i = 0; self != NULL && i < self->n_metas; i++)
    if (!realtime_member_has (other, self->metas[i].ref))
      g_array_append_val (out, self->metas[i]);
}

/**
 * realtime_member_add:
 * @self: (nullable): who was there
 * @joined: what came under the same key
 *
 * Returns: (transfer full): both
 */
RealtimeMember *
realtime_member_add (const RealtimeMember *self,
                     const RealtimeMember *joined)
{
  g_autoptr (GArray) metas = g_array_new (FALSE, FALSE, sizeof (RealtimeMeta));

  append_without (metas, self, joined);
  append_without (metas, joined, NULL);

  return realtime_member_new (joined->key, metas);
}

/**
 * realtime_member_remove:
 *
 * Returns: (transfer full) (nullable): what is left
 */
RealtimeMember *
realtime_member_remove (const RealtimeMember *self,
                        const RealtimeMember *left)
{
  g_autoptr (GArray) metas = g_array_new (FALSE, FALSE, sizeof (RealtimeMeta));

  append_without (metas, self, left);

  return realtime_member_new (self->key, metas);
}

/**
 * realtime_member_same:
 *
 * Returns: whether both have the same metas, in whatever order
 */
gboolean
realtime_member_same (const RealtimeMember *self,
                      const RealtimeMember *other)
{
  if (self->n_metas != other->n_metas)
    return FALSE;
  for (guint i = 0; i < self->n_metas; i++)
    if (!realtime_member_has (other, self->metas[i].ref))
      return FALSE;

  return TRUE;
}
