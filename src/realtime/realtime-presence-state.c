/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-presence-state.h"

#include "realtime-member-private.h"
#include "realtime-private.h"

/* Of changes that came before the state which they build on; the server sends that one right after the join. */
#define WAITING_MAX 256

struct _RealtimePresenceState
{
  GHashTable *members; /* key to RealtimeMember */
  GQueue      waiting; /* of RealtimePresenceFrame */
  gboolean    is_synced;
};

static void
clear_metas (GArray *metas)
{
  for (guint i = 0; i < metas->len; i++)
    {
      g_free ((char *) g_array_index (metas, RealtimeMeta, i).ref);
      g_free ((char *) g_array_index (metas, RealtimeMeta, i).payload);
    }
  g_array_set_size (metas, 0);
}

/* Appends the metas of {"metas": [{"phx_ref": …, …}, …]}. */
static gboolean
read_metas (TelaJsonReader *reader,
            GArray         *metas)
{
  TelaJsonSpan   object, list, item;
  TelaJsonReader items;

  if (tela_json_reader_peek (reader) != TELA_JSON_OBJECT || !tela_json_reader_span (reader, &object) ||
      !tela_json_find (object, "metas", &list))
    return FALSE;

  tela_json_reader_init (&items, list.data, (gssize) list.len);
  if (tela_json_reader_peek (&items) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&items))
    return FALSE;
  while (tela_json_reader_next_item (&items))
    {
      RealtimeMeta meta;

      if (tela_json_reader_peek (&items) != TELA_JSON_OBJECT || !tela_json_reader_span (&items, &item) ||
          (meta.ref = tela_pick_text (item, "phx_ref")) == NULL)
        return FALSE;
      meta.payload = g_strndup (item.data, item.len);
      g_array_append_val (metas, meta);
    }

  return TRUE;
}

/* An object of key to metas. */
static gboolean
read_members (TelaJsonSpan object,
              GPtrArray   *members)
{
  g_autoptr (GArray) metas = g_array_new (FALSE, FALSE, sizeof (RealtimeMeta));
  TelaJsonReader reader;
  TelaJsonSpan   name;
  gboolean       ok = TRUE;

  tela_json_reader_init (&reader, object.data, (gssize) object.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (&reader))
    return FALSE;
  while (ok && tela_json_reader_next_member (&reader, &name))
    {
      g_autofree char *key = tela_json_unescape (name, NULL, NULL);

      ok = read_metas (&reader, metas);
      if (ok && metas->len > 0)
        g_ptr_array_add (members, realtime_member_new (key, metas));
      clear_metas (metas);
    }

  return ok && tela_json_reader_finish (&reader, NULL);
}

/**
 * realtime_presence_frame_new:
 *
 * Returns: (transfer full) (nullable): what the frame says; %NULL if it cannot be read
 */
RealtimePresenceFrame *
realtime_presence_frame_new (TelaJsonSpan payload,
                             gboolean     is_state)
{
  RealtimePresenceFrame *self = g_new0 (RealtimePresenceFrame, 1);
  TelaJsonSpan           part;
  gboolean               ok = TRUE;

  g_atomic_ref_count_init (&self->refs);
  self->is_state = is_state;
  self->joins = g_ptr_array_new_with_free_func ((GDestroyNotify) realtime_member_unref);
  self->leaves = g_ptr_array_new_with_free_func ((GDestroyNotify) realtime_member_unref);

  if (is_state)
    ok = read_members (payload, self->joins);
  if (!is_state && tela_json_find (payload, "joins", &part))
    ok = read_members (part, self->joins);
  if (ok && !is_state && tela_json_find (payload, "leaves", &part))
    ok = read_members (part, self->leaves);
  if (!ok)
    g_clear_pointer (&self, realtime_presence_frame_unref);

  return self;
}

RealtimePresenceFrame *
realtime_presence_frame_ref (RealtimePresenceFrame *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
realtime_presence_frame_unref (RealtimePresenceFrame *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_ptr_array_unref (self->joins);
  g_ptr_array_unref (self->leaves);
  g_free (self);
}

static void
change_free (gpointer data)
{
  RealtimePresenceChange *change = data;

  g_clear_pointer (&change->before, realtime_member_unref);
  g_clear_pointer (&change->after, realtime_member_unref);
  g_free (change);
}

RealtimePresenceState *
realtime_presence_state_new (void)
{
  RealtimePresenceState *self = g_new0 (RealtimePresenceState, 1);

  self->members = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) realtime_member_unref);
  g_queue_init (&self->waiting);

  return self;
}

void
realtime_presence_state_free (RealtimePresenceState *self)
{
  g_queue_clear_full (&self->waiting, (GDestroyNotify) realtime_presence_frame_unref);
  g_hash_table_unref (self->members);
  g_free (self);
}

void
realtime_presence_state_restart (RealtimePresenceState *self)
{
  self->is_synced = FALSE;
  g_queue_clear_full (&self->waiting, (GDestroyNotify) realtime_presence_frame_unref);
  g_queue_init (&self->waiting);
}

gboolean
realtime_presence_state_is_synced (RealtimePresenceState *self)
{
  return self->is_synced;
}

GHashTable *
realtime_presence_state_get_members (RealtimePresenceState *self)
{
  return self->members;
}

/* @member: (transfer full) (nullable) */
static void
put (GHashTable     *members,
     const char     *key,
     RealtimeMember *member)
{
  /* The key lives in the member, so the old pair goes as a whole. */
  if (member != NULL)
    g_hash_table_replace (members, (gpointer) member->key, member);
  else
    g_hash_table_remove (members, key);
}

/* Joins first: an update is a join and a leave of one frame, and nobody may seem to have left between them. */
static void
apply (GHashTable                  *members,
       const RealtimePresenceFrame *frame)
{
  if (frame->is_state)
    g_hash_table_remove_all (members);

  for (guint i = 0; i < frame->joins->len; i++)
    {
      const RealtimeMember *joined = g_ptr_array_index (frame->joins, i);

      put (members, joined->key, realtime_member_add (g_hash_table_lookup (members, joined->key), joined));
    }
  for (guint i = 0; i < frame->leaves->len; i++)
    {
      const RealtimeMember *left = g_ptr_array_index (frame->leaves, i);
      const RealtimeMember *old = g_hash_table_lookup (members, left->key);

      if (old != NULL)
        put (members, left->key, realtime_member_remove (old, left));
    }
}

static void
add_change (GPtrArray      *changes,
            RealtimeMember *before,
            RealtimeMember *after)
{
  RealtimePresenceChange *change;

  if (before != NULL && after != NULL && realtime_member_same (before, after))
    return;

  change = g_new (RealtimePresenceChange, 1);
  change->before = before != NULL ? realtime_member_ref (before) : NULL;
  change->after = after != NULL ? realtime_member_ref (after) : NULL;
  g_ptr_array_add (changes, change);
}

/* What is true of users, whatever it took to get there. */
static GPtrArray *
compare (GHashTable *before,
         GHashTable *after)
{
  GPtrArray     *changes = g_ptr_array_new_with_free_func (change_free);
  GHashTableIter iter;
  gpointer       key, member;

  g_hash_table_iter_init (&iter, after);
  while (g_hash_table_iter_next (&iter, &key, &member))
    add_change (changes, g_hash_table_lookup (before, key), member);
  g_hash_table_iter_init (&iter, before);
  while (g_hash_table_iter_next (&iter, &key, &member))
    if (!g_hash_table_contains (after, key))
      add_change (changes, member, NULL);

  return changes;
}

static GHashTable *
copy (GHashTable *members)
{
  GHashTable    *out = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) realtime_member_unref);
  GHashTableIter iter;
  gpointer       member;

  g_hash_table_iter_init (&iter, members);
  while (g_hash_table_iter_next (&iter, NULL, &member))
    put (out, NULL, realtime_member_ref (member));

  return out;
}

/**
 * realtime_presence_state_take:
 * @frame: (transfer none): what the server said of this join
 *
 * Returns: (transfer full) (nullable) (element-type RealtimePresenceChange): what it changed
 */
GPtrArray *
realtime_presence_state_take (RealtimePresenceState *self,
                              RealtimePresenceFrame *frame)
{
  g_autoptr (GHashTable) before = NULL;
  RealtimePresenceFrame *next;

  if (!frame->is_state && !self->is_synced)
    {
      g_queue_push_tail (&self->waiting, realtime_presence_frame_ref (frame));
      if (self->waiting.length > WAITING_MAX)
        realtime_presence_frame_unref (g_queue_pop_head (&self->waiting));
      return NULL;
    }

  before = copy (self->members);
  apply (self->members, frame);
  self->is_synced = TRUE;
  while ((next = g_queue_pop_head (&self->waiting)) != NULL)
    {
      apply (self->members, next);
      realtime_presence_frame_unref (next);
    }

  return compare (before, self->members);
}
