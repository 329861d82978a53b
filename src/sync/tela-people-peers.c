/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-people-private.h"

#include "tela-json.h"

/* The others' hands. */

#define MAX_PEERS 256
#define FORGET_US (60 * G_USEC_PER_SEC) /* who says nothing, and of whom nobody knows who it is */
#define MAX_LASER 512
#define LASER_US (3 * G_USEC_PER_SEC)

void
tela_peer_free (gpointer data)
{
  TelaPeer *self = data;

  g_clear_object (&self->person);
  tela_track_free (self->track);
  g_clear_pointer (&self->cursor, tela_cursor_free);
  g_array_unref (self->laser);
  g_free (self);
}

static TelaPeer *
find_or_make_peer (TelaPeople *self,
                   guint64     actor,
                   gint64      now)
{
  TelaPeer *peer;

  for (guint i = self->peers->len; i-- > 0;)
    {
      peer = self->peers->pdata[i];
      if (peer->actor == actor)
        return peer;
      if (peer->person == NULL && now - peer->heard > FORGET_US)
        g_ptr_array_remove_index_fast (self->peers, i);
    }
  if (self->peers->len >= MAX_PEERS)
    return NULL;
  peer = g_new0 (TelaPeer, 1);
  peer->actor = actor;
  peer->track = tela_track_new ();
  peer->laser = g_array_new (FALSE, FALSE, sizeof (TelaCursorSample));
  g_set_object (&peer->person, tela_people_find_owner (self, actor));
  g_ptr_array_add (self->peers, peer);

  return peer;
}

static void
take_laser (TelaPeer         *peer,
            const TelaCursor *cursor,
            gint64            now)
{
  guint old = 0;

  for (guint i = 0; i < cursor->n_laser; i++)
    {
      TelaCursorSample sample = cursor->laser[i];

      sample.at = tela_track_get_due (peer->track, sample.at);
      g_array_append_val (peer->laser, sample);
    }
  while (old < peer->laser->len &&
         (g_array_index (peer->laser, TelaCursorSample, old).at < now - LASER_US || peer->laser->len - old > MAX_LASER))
    old++;
  g_array_remove_range (peer->laser, 0, old);
}

void
tela_people_heard (TelaPeople *self,
                   guint64     actor,
                   const char *message,
                   gsize       len,
                   gint64      now)
{
  TelaJsonSpan span;
  g_autoptr (TelaCursor) cursor = NULL;
  TelaPeer *peer;
  gboolean  brings;

  if (actor == self->actor ||
      !tela_json_find ((TelaJsonSpan){ message, len }, "cursor", &span))
    return;
  cursor = tela_cursor_read (span.data, span.len, NULL);
  peer = cursor != NULL ? find_or_make_peer (self, actor, now) : NULL;
  if (peer == NULL || (peer->cursor != NULL && cursor->at < peer->cursor->at && peer->cursor->at - cursor->at < 1000))
    return;
  brings = cursor->bring > (peer->cursor != NULL ? peer->cursor->bring : 0) &&
           (peer->cursor != NULL || cursor->bring == 1);
  peer->heard = now;
  tela_track_add (peer->track, cursor, now);
  take_laser (peer, cursor, now);
  g_clear_pointer (&peer->cursor, tela_cursor_free);
  peer->cursor = g_steal_pointer (&cursor);
  tela_people_moved (self);
  if (brings)
    tela_people_brought (self, peer);
}

GPtrArray *
tela_people_get_peers (TelaPeople *self)
{
  g_return_val_if_fail (TELA_IS_PEOPLE (self), NULL);

  return self->peers;
}

TelaPeer *
tela_people_find_peer (TelaPeople *self,
                       TelaPerson *person)
{
  TelaPeer *found = NULL;

  g_return_val_if_fail (TELA_IS_PEOPLE (self), NULL);

  for (guint i = 0; i < self->peers->len; i++)
    {
      TelaPeer *peer = self->peers->pdata[i];

      if (peer->person == person && (found == NULL || peer->heard > found->heard))
        found = peer;
    }

  return found;
}

TelaPeer *
tela_people_get_writer (TelaPeople *self,
                        const char *element_id)
{
  g_return_val_if_fail (TELA_IS_PEOPLE (self), NULL);

  for (guint i = 0; i < self->peers->len; i++)
    {
      TelaPeer *peer = self->peers->pdata[i];

      if (peer->cursor != NULL && g_strcmp0 (peer->cursor->writing, element_id) == 0)
        return peer;
    }

  return NULL;
}
