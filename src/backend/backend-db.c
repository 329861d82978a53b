/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-db.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "backend-query.h"
#include "backend-schema.h"

#define SYNC_SECONDS 1

G_DEFINE_QUARK (tela_db_error, tela_db_error)

static gboolean
fail (TelaDb  *self,
      GError **error)
{
  g_set_error (error, TELA_DB_ERROR, sqlite3_errcode (self->handle) & 0xff, "%s: %s", self->path,
               sqlite3_errmsg (self->handle));
  return FALSE;
}

/* ---- Syncing ---- */

static void
sync_in_worker (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  int fd = g_open (data, O_RDONLY | O_CLOEXEC, 0);

  if (fd >= 0)
    {
      fdatasync (fd);
      g_close (fd, NULL);
    }
  g_task_return_boolean (task, TRUE);
}

/* synchronous=NORMAL syncs only at checkpoints; this bounds what a power cut may take. SQLite takes no locks on the log
 * file itself, so that opening it a second time is safe. */
static gboolean
sync_cb (gpointer data)
{
  TelaDb *self = data;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, NULL, NULL);

  g_clear_pointer (&self->syncer, g_source_unref);
  g_task_set_task_data (task, g_strconcat (self->path, "-wal", NULL), g_free);
  g_task_run_in_thread (task, sync_in_worker);
  return G_SOURCE_REMOVE;
}

static void
mark_dirty (TelaDb *self)
{
  if (self->ended != NULL)
    self->ended (TRUE, self->ended_data);
  if (self->syncer != NULL)
    return;
  self->syncer = g_timeout_source_new_seconds (SYNC_SECONDS);
  g_source_set_name (self->syncer, "tela-backend-sync");
  g_source_set_callback (self->syncer, sync_cb, self, NULL);
  g_source_attach (self->syncer, g_main_context_get_thread_default ());
}

/* A statement of its own is a transaction: says how that one ended. */
static void
note_end (TelaDb       *self,
          sqlite3_stmt *statement,
          gboolean      committed)
{
  if (!sqlite3_get_autocommit (self->handle) || sqlite3_stmt_readonly (statement))
    return;
  if (committed)
    mark_dirty (self);
  else if (self->ended != NULL)
    self->ended (FALSE, self->ended_data);
}

/* ---- Statements ---- */

static void
bind_values (sqlite3_stmt *statement,
             const char   *types,
             va_list       args)
{
  for (int i = 0; types[i] != '\0'; i++)
    {
      if (types[i] == 'i')
        sqlite3_bind_int64 (statement, i + 1, va_arg (args, gint64));
      else if (types[i] == 'b')
        {
          GBytes *bytes = va_arg (args, GBytes *);

          sqlite3_bind_blob64 (statement, i + 1, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                               SQLITE_TRANSIENT);
        }
      else
        sqlite3_bind_text (statement, i + 1, va_arg (args, const char *), -1, SQLITE_TRANSIENT);
    }
}

sqlite3_stmt *
tela_db_compile (TelaDb     *self,
                 const char *sql,
                 GError    **error)
{
  sqlite3_stmt *statement = NULL;

  if (sqlite3_prepare_v2 (self->handle, sql, -1, &statement, NULL) != SQLITE_OK)
    fail (self, error);
  return statement;
}

static sqlite3_stmt *
prepare_va (TelaDb     *self,
            GError    **error,
            const char *sql,
            const char *types,
            va_list     args)
{
  sqlite3_stmt *statement = g_hash_table_lookup (self->statements, sql);

  if (statement == NULL)
    {
      statement = tela_db_compile (self, sql, error);
      if (statement == NULL)
        return NULL;
      g_hash_table_insert (self->statements, (char *) sql, statement);
    }
  sqlite3_reset (statement);
  sqlite3_clear_bindings (statement);
  bind_values (statement, types, args);
  return statement;
}

sqlite3_stmt *
tela_db_prepare (TelaDb     *self,
                 GError    **error,
                 const char *sql,
                 const char *types,
                 ...)
{
  sqlite3_stmt *statement;
  va_list       args;

  va_start (args, types);
  statement = prepare_va (self, error, sql, types, args);
  va_end (args);
  return statement;
}

gboolean
tela_db_step (TelaDb       *self,
              sqlite3_stmt *statement,
              GError      **error)
{
  int rc = sqlite3_step (statement);

  if (rc == SQLITE_ROW)
    return TRUE;
  if (rc != SQLITE_DONE)
    fail (self, error);
  note_end (self, statement, rc == SQLITE_DONE);
  sqlite3_reset (statement);
  return FALSE;
}

gboolean
tela_db_run (TelaDb     *self,
             GError    **error,
             const char *sql,
             const char *types,
             ...)
{
  sqlite3_stmt *statement;
  va_list       args;
  int           rc;

  va_start (args, types);
  statement = prepare_va (self, error, sql, types, args);
  va_end (args);
  if (statement == NULL)
    return FALSE;
  rc = sqlite3_step (statement);
  if (rc != SQLITE_DONE && rc != SQLITE_ROW)
    fail (self, error);
  note_end (self, statement, rc == SQLITE_DONE || rc == SQLITE_ROW);
  sqlite3_reset (statement);
  return rc == SQLITE_DONE || rc == SQLITE_ROW;
}

char *
tela_db_column (sqlite3_stmt *statement,
                int           column)
{
  return g_strdup ((const char *) sqlite3_column_text (statement, column));
}

char *
tela_db_text (TelaDb     *self,
              const char *sql,
              const char *types,
              ...)
{
  sqlite3_stmt *statement;
  va_list       args;
  char         *text = NULL;

  va_start (args, types);
  statement = prepare_va (self, NULL, sql, types, args);
  va_end (args);
  if (statement == NULL)
    return NULL;
  if (sqlite3_step (statement) == SQLITE_ROW)
    text = tela_db_column (statement, 0);
  sqlite3_reset (statement);
  return text;
}

/* ---- Transactions ---- */

gboolean
tela_db_begin (TelaDb  *self,
               GError **error)
{
  return tela_db_run (self, error, "BEGIN IMMEDIATE", "");
}

gboolean
tela_db_commit (TelaDb  *self,
                GError **error)
{
  if (!tela_db_run (self, error, "COMMIT", ""))
    {
      tela_db_rollback (self);
      return FALSE;
    }
  mark_dirty (self);
  return TRUE;
}

void
tela_db_rollback (TelaDb *self)
{
  if (!sqlite3_get_autocommit (self->handle))
    tela_db_run (self, NULL, "ROLLBACK", "");
  if (self->ended != NULL)
    self->ended (FALSE, self->ended_data);
}

void
tela_db_set_listener (TelaDb *self,
                      void (*ended) (gboolean committed, gpointer data),
                      gpointer data)
{
  self->ended = ended;
  self->ended_data = data;
}

/* ---- Opening ---- */

static TelaDb *
open_at (const char *path,
         GError    **error)
{
  g_autoptr (TelaDb) self = g_new0 (TelaDb, 1);
  g_autofree char *check = NULL;
  int              rc;

  self->path = g_strdup (path);
  self->statements = g_hash_table_new_full (g_direct_hash, g_direct_equal, NULL, (GDestroyNotify) sqlite3_finalize);
  rc = sqlite3_open_v2 (path, &self->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
  if (rc == SQLITE_OK)
    {
      sqlite3_busy_timeout (self->handle, 5000);
      rc = sqlite3_exec (self->handle,
                         "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;"
                         "PRAGMA trusted_schema = OFF; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;",
                         NULL, NULL, NULL);
    }
  if (rc != SQLITE_OK || !tela_query_register (self->handle))
    {
      fail (self, error);
      return NULL;
    }
  check = tela_db_text (self, "PRAGMA quick_check (1)", "");
  if (g_strcmp0 (check, "ok") != 0)
    {
      /* Translators: a file, then what SQLite found */
      g_set_error (error, TELA_DB_ERROR, SQLITE_CORRUPT, _ ("%s is damaged: %s"), path,
                   check != NULL ? check : _ ("cannot be read"));
      return NULL;
    }
  return tela_schema_apply (self, error) ? g_steal_pointer (&self) : NULL;
}

/* The log and index go along: they belong to that file. */
static gboolean
set_aside (const char *path,
           gint64      now_ms,
           GError    **error)
{
  static const char *const suffixes[] = { "", "-wal", "-shm" };
  g_autofree char         *aside = g_strdup_printf ("%s.damaged-%" G_GINT64_FORMAT, path, now_ms);

  for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
    {
      g_autofree char *from = g_strconcat (path, suffixes[i], NULL);
      g_autofree char *to = g_strconcat (aside, suffixes[i], NULL);

      if (g_file_test (from, G_FILE_TEST_EXISTS) && g_rename (from, to) != 0)
        {
          /* Translators: two paths of files */
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                       _ ("The damaged database %s cannot be set aside as %s"), from,
                       to);
          return FALSE;
        }
    }
  g_warning ("The database was damaged and is kept as %s; starting with a new one", aside);
  return TRUE;
}

TelaDb *
tela_db_open (const char *dir,
              gint64      now_ms,
              GError    **error)
{
  g_autofree char *path = g_build_filename (dir, "backend.db", NULL);
  g_autoptr (GError) local = NULL;
  g_autoptr (TelaDb) self = open_at (path, &local);

  if (self == NULL &&
      (g_error_matches (local, TELA_DB_ERROR, SQLITE_CORRUPT) || g_error_matches (local, TELA_DB_ERROR, SQLITE_NOTADB)))
    {
      if (!set_aside (path, now_ms, error))
        return NULL;
      g_clear_error (&local);
      self = open_at (path, &local);
    }
  if (self == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return NULL;
    }
  return tela_schema_prune (self, now_ms, error) ? g_steal_pointer (&self) : NULL;
}

void
tela_db_free (TelaDb *self)
{
  if (self->epoch != NULL)
    tela_schema_close (self);
  if (self->syncer != NULL) /* that one wanted it too */
    {
      g_source_destroy (self->syncer);
      g_source_unref (self->syncer);
    }
  g_hash_table_unref (self->statements);
  sqlite3_close (self->handle); /* checkpoints and syncs */
  g_free (self->epoch);
  g_free (self->path);
  g_free (self);
}
