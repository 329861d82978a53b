/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-element.h"

G_BEGIN_DECLS

typedef enum
{
  TELA_OWN_EDIT_WAITING, /* for the network */
  TELA_OWN_EDIT_REFUSED, /* by the server: it is not on the board any more */
  TELA_OWN_EDIT_LOST,    /* somebody wrote the same a little later, without having seen it */
} TelaOwnEditKind;

/* An edit of one's own that others do not see. Counted, immutable but for the library; main thread. */
typedef struct
{
  grefcount       refs;
  TelaOwnEditKind kind;
  gint64          when_ms; /* wall clock */
  char           *reason;  /* of a refusal; else NULL */
  guint64         actor;   /* who wrote over it; 0: nobody */
  GPtrArray      *ops;     /* TelaElement: what it had written, of which this has come to nothing yet */
} TelaOwnEdit;

TelaOwnEdit *tela_own_edit_new (TelaOwnEditKind kind, gint64 when_ms, const char *reason);
TelaOwnEdit *tela_own_edit_ref (TelaOwnEdit *self);
void         tela_own_edit_unref (TelaOwnEdit *self);
/* A text of tela_store_list_refused(); NULL: it cannot be read. */
TelaOwnEdit *tela_own_edit_read_refused (const char *text, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaOwnEdit, tela_own_edit_unref)

/* Finds out whose hand was quicker. Pure; times are milliseconds of the server's clock. */
typedef struct _TelaRivalry TelaRivalry;

TelaRivalry *tela_rivalry_new (guint64 actor);
void         tela_rivalry_free (TelaRivalry *self);
/* An edit of one's own was shown; it is known as @gesture once it is stored (see tela_store_commit_async()). The result is
 * good until the next call. */
gpointer tela_rivalry_add (TelaRivalry *self, GPtrArray *ops, gint64 when_ms);
void     tela_rivalry_stored (TelaRivalry *self, gpointer edit, gint64 gesture);
/* The server has it, or not. */
void tela_rivalry_answered (TelaRivalry *self, gint64 gesture, gboolean refused, gint64 now_ms);
/* @element, as it is before @op of somebody else's is merged. (transfer full): LOST; NULL: nothing was. */
TelaOwnEdit *tela_rivalry_check (TelaRivalry *self, const TelaElement *element, const TelaElement *op, gint64 now_ms);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaRivalry, tela_rivalry_free)

G_END_DECLS
