/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-store.h"

G_BEGIN_DECLS

#define BOARD "6f1f6c1e-0000-4000-8000-000000000001"

typedef struct
{
  char      *dir;
  TelaStore *store;
} Fixture;

void fixture_set_up (Fixture *fixture, gconstpointer data);
void fixture_tear_down (Fixture *fixture, gconstpointer data);
void fixture_reopen (Fixture *fixture);
void remove_tree (const char *dir);

/* Runs the default main context until *result is there; gives up after 20 s. */
GAsyncResult *await_result (GAsyncResult **result);
void          result_cb (GObject *source, GAsyncResult *result, gpointer user_data); /* user_data: GAsyncResult ** */

/* An operation that sets one number. The stamp is @ms, counter 0, of @actor. */
TelaElement *make_op (const char *id, const char *name, double value, gint64 ms, guint64 actor);
TelaStamp    make_stamp (gint64 ms, guint64 actor);

/* Each takes its array, if any, and waits for the end. */
gint64           commit (TelaStore *store, const char *board, GPtrArray *ops, TelaEditKind kind, TelaUndoEntry *entry, const char *draft, GError **error);
gint64           commit_one (TelaStore *store, TelaElement *op); /* on BOARD, without undo; takes the operation */
void             apply (TelaStore *store, GPtrArray *elements, const char *epoch, gint64 last, gboolean reset);
GPtrArray       *outbox (TelaStore *store, guint max_ops);
void             mark_pushed (TelaStore *store, const gint64 *ids, gsize n);
GPtrArray       *settle (TelaStore *store, const gint64 *ids, gsize n, const TelaRefusal *refused, gsize n_refused);
TelaStoredBoard *load (TelaStore *store);
GPtrArray       *elements_of (TelaElement *first, ...) G_GNUC_NULL_TERMINATED; /* takes them */
/* NAN if the element or the property is not there. */
double number_of (GPtrArray *elements, const char *id, const char *name);

G_END_DECLS
