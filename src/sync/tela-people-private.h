/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-presence.h"
#include "tela-people.h"

G_BEGIN_DECLS

/* tela-person.c */
TelaPerson *tela_person_new (const char *id);
void        tela_person_update (TelaPerson *self, const RealtimeMember *member);
gboolean    tela_person_has_actor (TelaPerson *self, guint64 actor);

typedef void (*TelaPeopleFunc) (gpointer user_data);

struct _TelaPeople
{
  GObject parent_instance;

  guint64        actor;
  TelaPeopleFunc dirty_func, counted_func;
  gpointer       user_data;

  RealtimePresence *presence;
  char             *user_id;
  GPtrArray        *persons; /* as they are listed */
  GHashTable       *missed;  /* of those listed, who are not there any more: id → gint64, since when */
  guint             grace_source;
  GPtrArray        *peers;
  gint64            stale_since;

  char           *name;
  char           *colour;
  TelaPersonState state;
  gint64          since_ms;
  guint           n_windows;

  TelaCursor *own;
  double      x, y; /* where the pointer is; NAN: elsewhere */
  gboolean    dirty;
  guint       repeat_source;
};

/* tela-people.c */
void        tela_people_moved (TelaPeople *self);
void        tela_people_brought (TelaPeople *self, TelaPeer *peer);
TelaPerson *tela_people_find_owner (TelaPeople *self, guint64 actor);
/* tela-people-own.c */
void tela_people_track (TelaPeople *self);
/* tela-people-peers.c */
void tela_peer_free (gpointer peer);

/* For the session. */
/* @dirty: there is something to say, which tela_people_take_message() gives; @counted: somebody came or went. */
TelaPeople *tela_people_new (guint64 actor, TelaPeopleFunc dirty, TelaPeopleFunc counted, gpointer user_data);
void        tela_people_start (TelaPeople *self, RealtimeManager *realtime, const char *topic, const char *user_id);
void        tela_people_stop (TelaPeople *self);
void        tela_people_close (TelaPeople *self); /* stop, and forget @user_data */
gboolean    tela_people_is_dirty (TelaPeople *self);
char       *tela_people_take_message (TelaPeople *self);                                                     /* JSON; (transfer full) */
void        tela_people_repeat (TelaPeople *self);                                                           /* somebody has not heard it yet */
void        tela_people_heard (TelaPeople *self, guint64 actor, const char *message, gsize len, gint64 now); /* checked JSON */
guint       tela_people_count (TelaPeople *self);                                                            /* processes on the board, ours too; 0: unknown */

G_END_DECLS
