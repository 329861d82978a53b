/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "tela-store.h"

G_BEGIN_DECLS

/* The database of one replica. Belongs to the store's worker: no other thread touches it. */
typedef struct
{
  char       *dir;        /* owned */
  char       *path;       /* owned: DIR/store.db */
  sqlite3    *db;         /* owned */
  GHashTable *statements; /* SQL text → sqlite3_stmt, both ours for good */
  guint64     actor;
  GError     *warning; /* owned, nullable: a damaged file was set aside */
} TelaReplica;

/* Statements are kept prepared: the end of the variable's scope only resets it. */
void                 tela_statement_release (sqlite3_stmt *stmt);
typedef sqlite3_stmt TelaStatement;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaStatement, tela_statement_release)

TelaReplica *tela_replica_open (const char *dir, GError **error);
void         tela_replica_close (TelaReplica *self);
gboolean     tela_replica_sync_log (TelaReplica *self, GError **error);

/* tela-replica-sql.c: statements. @types has a letter for each value: i gint64, t text (nullable), b GBytes (nullable). The
 * values are borrowed until the statement is released; @sql is a literal. */
TelaStatement *tela_replica_query (TelaReplica *self, GError **error, const char *sql, const char *types, ...);
/* The next row: TRUE. FALSE at the end, and on an error: so @error is never NULL, and callers look at *error after it. */
gboolean tela_replica_next (TelaReplica *self, TelaStatement *stmt, GError **error);
gboolean tela_replica_exec (TelaReplica *self, GError **error, const char *sql, const char *types, ...);
/* The first column of the only row; *value stays if there is none. */
gboolean tela_replica_ask (TelaReplica *self, gint64 *value, GError **error, const char *sql, const char *types, ...);
void     tela_replica_set_error (sqlite3 *db, const char *path, GError **error);
gboolean tela_replica_begin (TelaReplica *self, GError **error);
gboolean tela_replica_commit (TelaReplica *self, GError **error);
void     tela_replica_rollback (TelaReplica *self);

/* tela-replica-schema.c */
gboolean tela_replica_set_aside (const char *path, char **aside, GError **error);
gboolean tela_replica_migrate (sqlite3 *db, const char *path, GError **error);
void     tela_replica_suspect (TelaReplica *self); /* the next opening reads the whole file first */
gboolean tela_replica_is_sound (TelaReplica *self, GError **error);

G_END_DECLS
