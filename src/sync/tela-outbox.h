/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-assets.h"
#include "tela-store.h"

G_BEGIN_DECLS

/* The durable lane of one board: brings what waits in a store's outbox to the server, oldest first, one call at a time. Network, 5xx and
 * 429: again, with backoff. Knows no board in memory: whoever has one hears of what it must follow. */
#define TELA_TYPE_OUTBOX (tela_outbox_get_type ())
G_DECLARE_FINAL_TYPE (TelaOutbox, tela_outbox, TELA, OUTBOX, GObject)

/* One refused operation. */
typedef struct
{
  gint64       gesture;
  TelaElement *op;
  char        *code;
  char        *message;
} TelaOutboxRefusal;

/* Any may be NULL. Called on the main context, never after tela_outbox_close(). */
typedef struct
{
  /* The clock is corrected: from now on stamp with @offset_ms; what waits in the store is being re-stamped. */
  void (*restamping) (gint64 offset_ms, gpointer user_data);
  void (*restamped) (GArray *stamps, GPtrArray *elements, gpointer user_data);
  void (*head) (const TelaHead *head, gpointer user_data);
  /* The answer is worth nothing any more: what it answers is pushed again. */
  gboolean (*is_past) (const TelaHead *head, gpointer user_data);
  /* What follows until settled() is not in its @replaced. */
  void (*settling) (gpointer user_data);
  /* @gestures (gint64): those answered in full; @refusals (TelaOutboxRefusal); @replaced: elements without what was refused. */
  void (*settled) (GArray *gestures, GPtrArray *refusals, GPtrArray *replaced, gpointer user_data);
  void (*failed) (const GError *error, gpointer user_data); /* of the store */
  void (*changed) (gpointer user_data);                     /* idle or stuck may have changed */
} TelaOutboxEvents;

/* Nothing is pushed while images wait to be uploaded: an operation may name them. */
TelaOutbox *tela_outbox_new (TelaStore *store, TelaRemote *remote, TelaAssets *assets, const char *project_id);
void        tela_outbox_set_events (TelaOutbox *self, const TelaOutboxEvents *events, gpointer user_data);
void        tela_outbox_set_blocked (TelaOutbox *self, gboolean blocked); /* TRUE at first */
void        tela_outbox_kick (TelaOutbox *self);                          /* something was put in */
void        tela_outbox_retry (TelaOutbox *self);                         /* the network is back: try now */
gint64      tela_outbox_get_offset (TelaOutbox *self);                    /* of the clock under which what waits is taken to be stamped */
gboolean    tela_outbox_is_idle (TelaOutbox *self);                       /* looked, and found nothing */
gboolean    tela_outbox_is_stuck (TelaOutbox *self);                      /* waits to try again */
void        tela_outbox_close (TelaOutbox *self);                         /* idempotent */

G_END_DECLS
