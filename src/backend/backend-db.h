/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>
#include <sqlite3.h>

G_BEGIN_DECLS

#define TELA_DB_ERROR (tela_db_error_quark ())
GQuark tela_db_error_quark (void); /* codes are SQLite's primary ones */

/* backend.db: WAL, synchronous=NORMAL, one connection. Statements are kept by the address of their text. */
typedef struct
{
  sqlite3    *handle;
  char       *path;
  char       *epoch;      /* of this database, random */
  GHashTable *statements; /* text → owned sqlite3_stmt */
  GSource    *syncer;     /* set while the log has unsynced commits */

  void (*ended) (gboolean committed, gpointer data); /* NULL: nobody asks */
  gpointer ended_data;
} TelaDb;

/* Opens or makes DIR/backend.db and prunes what is old. A damaged file is set aside as backend.db.damaged-DATE with a
 * warning and a new one is made: what the replicas have comes back from them. */
TelaDb *tela_db_open (const char *dir, gint64 now_ms, GError **error);
void    tela_db_free (TelaDb *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaDb, tela_db_free)

/* A statement, reset and with its values bound: 's' const char * (NULL: null), 'i' gint64, 'b' GBytes *. Borrowed; reset it, or
 * ask again, when done. @sql lives for ever. NULL: error. */
sqlite3_stmt *tela_db_prepare (TelaDb *self, GError **error, const char *sql, const char *types, ...);
/* The same for texts made at run time; finalize it. */
sqlite3_stmt *tela_db_compile (TelaDb *self, const char *sql, GError **error);
/* TRUE: there is a row. FALSE without an error: done, and the statement was reset. */
gboolean tela_db_step (TelaDb *self, sqlite3_stmt *statement, GError **error);
/* Runs a statement that gives no rows. */
gboolean tela_db_run (TelaDb *self, GError **error, const char *sql, const char *types, ...);
/* First column of the first row; NULL: no row, or null. (transfer full) */
char *tela_db_text (TelaDb *self, const char *sql, const char *types, ...);
char *tela_db_column (sqlite3_stmt *statement, int column); /* (transfer full) */

/* Called when a transaction has ended, that of a single statement too. */
void tela_db_set_listener (TelaDb *self, void (*ended) (gboolean committed, gpointer data), gpointer data);

gboolean tela_db_begin (TelaDb *self, GError **error);
/* Commits; the log is synced to the disk within a second. */
gboolean tela_db_commit (TelaDb *self, GError **error);
void     tela_db_rollback (TelaDb *self);

G_END_DECLS
