/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Follows the gestures of one board from the moment they are shown until the server has answered. An entry is pending until then,
 * however long that takes; an answered one leaves memory after 30 s. */
#define TELA_TYPE_OPTIMISTIC_UPDATES (tela_optimistic_updates_get_type ())
G_DECLARE_FINAL_TYPE (TelaOptimisticUpdates, tela_optimistic_updates, TELA, OPTIMISTIC_UPDATES, GObject)

#define TELA_OPTIMISTIC_KEEP_US (30 * G_USEC_PER_SEC)

typedef enum
{
  TELA_OPTIMISTIC_SHOWN,  /* on the board, not yet on disk */
  TELA_OPTIMISTIC_STORED, /* on disk, not answered */
  TELA_OPTIMISTIC_CONFIRMED,
  TELA_OPTIMISTIC_REFUSED, /* at least one of its operations was taken back */
  TELA_OPTIMISTIC_GONE,    /* unknown, or forgotten since */
} TelaOptimisticStatus;

/* Times are g_get_monotonic_time(), passed in so that tests are exact. */
TelaOptimisticUpdates *tela_optimistic_updates_new (void);
guint                  tela_optimistic_updates_add (TelaOptimisticUpdates *self, gint64 now); /* its handle */
void                   tela_optimistic_updates_stored (TelaOptimisticUpdates *self, guint handle, gint64 row);
void                   tela_optimistic_updates_drop (TelaOptimisticUpdates *self, guint handle); /* it made no row */
/* Gestures of earlier runs that still wait in the outbox. */
void tela_optimistic_updates_set_backlog (TelaOptimisticUpdates *self, guint n);
void tela_optimistic_updates_confirm (TelaOptimisticUpdates *self, gint64 row, gint64 now);
void tela_optimistic_updates_rollback (TelaOptimisticUpdates *self, gint64 row, gint64 now);
void tela_optimistic_updates_sweep (TelaOptimisticUpdates *self, gint64 now); /* forgets what was answered 30 s ago */

TelaOptimisticStatus tela_optimistic_updates_get_status (TelaOptimisticUpdates *self, guint handle);
guint                tela_optimistic_updates_get_n_pending (TelaOptimisticUpdates *self); /* gestures not answered */
guint                tela_optimistic_updates_get_n_shown (TelaOptimisticUpdates *self);   /* gestures not on disk */
gint64               tela_optimistic_updates_get_oldest (TelaOptimisticUpdates *self);    /* when the oldest pending one was added; 0: none */
guint                tela_optimistic_updates_get_size (TelaOptimisticUpdates *self);      /* entries in memory */

G_END_DECLS
