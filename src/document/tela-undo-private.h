/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-undo.h"

G_BEGIN_DECLS

typedef enum
{
  TELA_UNDO_CHANGE,   /* properties take their values before */
  TELA_UNDO_CREATION, /* the element is deleted */
  TELA_UNDO_REVIVAL,  /* a change that takes the undo of a creation back */
} TelaUndoRole;

/* What a gesture did to one element. */
typedef struct
{
  TelaUndoRole role;
  TelaElement *before; /* owned: the values before, all at the gesture's stamp; no properties for a creation */
  guint64     *after;  /* owned: for each of those a hash of the value that the gesture wrote */
} TelaUndoItem;

struct _TelaUndoEntry
{
  gatomicrefcount refs;
  TelaStamp       stamp;
  GArray         *items; /* of TelaUndoItem */
};

TelaUndoEntry *tela_undo_entry_new (TelaStamp stamp);
/* Takes @before. @after_of: an operation with the values written; NULL for a creation. Only before the entry is shared. */
void           tela_undo_entry_add (TelaUndoEntry *self, TelaUndoRole role, TelaElement *before, const TelaElement *after_of);
TelaUndoEntry *tela_undo_entry_restamp (TelaUndoEntry *self, TelaStamp stamp);
guint64        tela_undo_hash_value (TelaValue value);

G_END_DECLS
