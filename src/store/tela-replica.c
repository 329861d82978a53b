/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-replica.h"

#include <errno.h>
#include <sys/random.h>

#define BUSY_TIMEOUT_MS 5000

/* What the system said, where SQLite only says that reading or writing failed. Each of its files remembers its own. */
static int
system_error (sqlite3 *db)
{
  sqlite3_file *log = NULL;
  int           number = 0;

  if (sqlite3_file_control (db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log != NULL && log->pMethods != NULL)
    log->pMethods->xFileControl (log, SQLITE_FCNTL_LAST_ERRNO, &number);
  if (number == 0)
    sqlite3_file_control (db, "main", SQLITE_FCNTL_LAST_ERRNO, &number);

  return number != 0 ? number : sqlite3_system_errno (db);
}

static TelaStoreError
error_code (sqlite3 *db,
            int      rc)
{
  int os = (rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN ? system_error (db) : 0;

  switch (rc & 0xff)
    {
    case SQLITE_FULL:
      return TELA_STORE_ERROR_FULL;
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return TELA_STORE_ERROR_READ_ONLY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return TELA_STORE_ERROR_CORRUPT;
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
      if (os == ENOSPC || os == EDQUOT || os == EFBIG)
        return TELA_STORE_ERROR_FULL;
      if (os == EROFS || os == EACCES || os == EPERM)
        return TELA_STORE_ERROR_READ_ONLY;
      if (rc == SQLITE_IOERR_SHORT_READ || rc == SQLITE_IOERR_CORRUPTFS)
        return TELA_STORE_ERROR_CORRUPT;
      return TELA_STORE_ERROR_FAILED;
    default:
      return TELA_STORE_ERROR_FAILED;
    }
}

void
tela_replica_set_error (sqlite3    *db,
                        const char *path,
                        GError    **error)
{
  /* Read first: asking for the system's error makes a new one. */
  g_autofree char *message = g_strdup (sqlite3_errmsg (db));
  TelaStoreError   code = error_code (db, sqlite3_extended_errcode (db));

  g_set_error (error, TELA_STORE_ERROR, code, "%s: %s", path, message);
}

void
tela_statement_release (sqlite3_stmt *stmt)
{
  sqlite3_reset (stmt);
  sqlite3_clear_bindings (stmt);
}

static int
bind_values (sqlite3_stmt *stmt,
             const char   *types,
             va_list       values)
{
  int rc = SQLITE_OK;

  for (int i = 1; *types != '\0' && rc == SQLITE_OK; i++, types++)
    {
      switch (*types)
        {
        case 'i':
          rc = sqlite3_bind_int64 (stmt, i, va_arg (values, gint64));
          break;
        case 't':
          rc = sqlite3_bind_text (stmt, i, va_arg (values, const char *), -1, SQLITE_STATIC);
          break;
        case 'b':
          {
            GBytes     *bytes = va_arg (values, GBytes *);
            gsize       size = 0;
            const void *data = bytes != NULL ? g_bytes_get_data (bytes, &size) : NULL;

            if (bytes != NULL && size == 0)
              rc = sqlite3_bind_zeroblob (stmt, i, 0);
            else
              rc = sqlite3_bind_blob64 (stmt, i, data, size, SQLITE_STATIC);
            break;
          }
        default:
          g_assert_not_reached ();
        }
    }

  return rc;
}

static TelaStatement *
query_valist (TelaReplica *self,
              GError     **error,
              const char  *sql,
              const char  *types,
              va_list      values)
{
  sqlite3_stmt *stmt = g_hash_table_lookup (self->statements, sql);

  if (stmt == NULL)
    {
      if (sqlite3_prepare_v3 (self->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
        {
          tela_replica_set_error (self->db, self->path, error);
          return NULL;
        }
      g_hash_table_insert (self->statements, (gpointer) sql, stmt);
    }

  if (bind_values (stmt, types, values) != SQLITE_OK)
    {
      tela_replica_set_error (self->db, self->path, error);
      tela_statement_release (stmt);
      return NULL;
    }

  return stmt;
}

TelaStatement *
tela_replica_query (TelaReplica *self,
                    GError     **error,
                    const char  *sql,
                    const char  *types,
                    ...)
{
  TelaStatement *stmt;
  va_list        values;

  va_start (values, types);
  stmt = query_valist (self, error, sql, types, values);
  va_end (values);

  return stmt;
}

gboolean
tela_replica_next (TelaReplica   *self,
                   TelaStatement *stmt,
                   GError       **error)
{
  switch (sqlite3_step (stmt))
    {
    case SQLITE_ROW:
      return TRUE;
    case SQLITE_DONE:
      return FALSE;
    default:
      tela_replica_set_error (self->db, self->path, error);
      return FALSE;
    }
}

gboolean
tela_replica_exec (TelaReplica *self,
                   GError     **error,
                   const char  *sql,
                   const char  *types,
                   ...)
{
  g_autoptr (TelaStatement) stmt = NULL;
  va_list values;

  va_start (values, types);
  stmt = query_valist (self, error, sql, types, values);
  va_end (values);

  if (stmt == NULL)
    return FALSE;
  if (sqlite3_step (stmt) == SQLITE_DONE)
    return TRUE;

  tela_replica_set_error (self->db, self->path, error);

  return FALSE;
}

gboolean
tela_replica_ask (TelaReplica *self,
                  gint64      *value,
                  GError     **error,
                  const char  *sql,
                  const char  *types,
                  ...)
{
  g_autoptr (TelaStatement) stmt = NULL;
  va_list values;
  int     rc;

  va_start (values, types);
  stmt = query_valist (self, error, sql, types, values);
  va_end (values);

  if (stmt == NULL)
    return FALSE;

  rc = sqlite3_step (stmt);
  if (rc == SQLITE_ROW)
    *value = sqlite3_column_int64 (stmt, 0);
  else if (rc != SQLITE_DONE)
    tela_replica_set_error (self->db, self->path, error);

  return rc == SQLITE_ROW || rc == SQLITE_DONE;
}

gboolean
tela_replica_begin (TelaReplica *self,
                    GError     **error)
{
  return tela_replica_exec (self, error, "BEGIN IMMEDIATE", "");
}

gboolean
tela_replica_commit (TelaReplica *self,
                     GError     **error)
{
  return tela_replica_exec (self, error, "COMMIT", "");
}

/* Some failures have rolled back already. */
void
tela_replica_rollback (TelaReplica *self)
{
  if (!sqlite3_get_autocommit (self->db))
    tela_replica_exec (self, NULL, "ROLLBACK", "");
}

/* WAL with synchronous=NORMAL leaves the log to the kernel at commit; this is what makes it safe against a power cut. */
gboolean
tela_replica_sync_log (TelaReplica *self,
                       GError     **error)
{
  sqlite3_file *log = NULL;

  if (sqlite3_file_control (self->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) != SQLITE_OK || log == NULL || log->pMethods == NULL)
    return TRUE; /* nothing was written yet */

  if (log->pMethods->xSync (log, SQLITE_SYNC_NORMAL) == SQLITE_OK)
    return TRUE;

  g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_FAILED, "%s-wal: cannot sync: %s", self->path, g_strerror (errno));

  return FALSE;
}

static gboolean
make_dir (const char *dir,
          GError    **error)
{
  TelaStoreError code;
  int            saved;

  if (g_mkdir_with_parents (dir, 0700) == 0)
    return TRUE;

  saved = errno;
  code = saved == EROFS || saved == EACCES || saved == EPERM ? TELA_STORE_ERROR_READ_ONLY
         : saved == ENOSPC || saved == EDQUOT                ? TELA_STORE_ERROR_FULL
                                                             : TELA_STORE_ERROR_FAILED;
  g_set_error (error, TELA_STORE_ERROR, code, "%s: %s", dir, g_strerror (saved));

  return FALSE;
}

static gboolean
open_database (TelaReplica *self,
               GError     **error)
{
  static const char pragmas[] = "PRAGMA foreign_keys=ON;"
                                "PRAGMA synchronous=NORMAL;"
                                "PRAGMA journal_size_limit=16777216;";

  if (sqlite3_open_v2 (self->path, &self->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
    {
      tela_replica_set_error (self->db, self->path, error);
      return FALSE;
    }

  sqlite3_extended_result_codes (self->db, 1);
  sqlite3_busy_timeout (self->db, BUSY_TIMEOUT_MS);
  /* Until the file is known to be ours and sound, closing must not write to it. */
  sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);

  if (sqlite3_db_readonly (self->db, "main") == 1)
    {
      g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_READ_ONLY, "%s: cannot be written to", self->path);
      return FALSE;
    }
  if (!tela_replica_migrate (self->db, self->path, error))
    return FALSE;
  if (sqlite3_exec (self->db, pragmas, NULL, NULL, NULL) != SQLITE_OK)
    {
      tela_replica_set_error (self->db, self->path, error);
      return FALSE;
    }

  return tela_replica_is_sound (self, error);
}

/* Own actors are remembered as long as the outbox may hold stamps of theirs; the refused edits have their 30 days. */
static gboolean
begin_session (TelaReplica *self,
               GError     **error)
{
  gint64 month_ago = g_get_real_time () / 1000 - G_GINT64_CONSTANT (30) * 24 * 3600 * 1000;

  while (self->actor == 0)
    {
      if (getrandom (&self->actor, sizeof self->actor, 0) == sizeof self->actor)
        continue;
      g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_FAILED, "No random numbers: %s", g_strerror (errno));
      return FALSE;
    }

  if (tela_replica_begin (self, error) && tela_replica_exec (self, error, "DELETE FROM actors WHERE NOT EXISTS (SELECT 1 FROM outbox)", "") && tela_replica_exec (self, error, "INSERT INTO actors (actor) VALUES (?1)", "i", (gint64) self->actor) && tela_replica_exec (self, error, "DELETE FROM refused WHERE at_ms < ?1", "i", month_ago) && tela_replica_commit (self, error))
    return TRUE;

  tela_replica_rollback (self);

  return FALSE;
}

static void
close_database (TelaReplica *self)
{
  g_hash_table_remove_all (self->statements);
  g_clear_pointer (&self->db, sqlite3_close);
}

/* A damaged file is kept beside the fresh one, whatever it takes. */
static gboolean
start_afresh (TelaReplica *self,
              const char  *cause,
              GError     **error)
{
  g_autofree char *aside = NULL;

  close_database (self);
  if (!tela_replica_set_aside (self->path, &aside, error))
    return FALSE;

  g_set_error (&self->warning, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT, "%s. The damaged file was kept as %s", cause, aside);

  return open_database (self, error) && begin_session (self, error);
}

TelaReplica *
tela_replica_open (const char *dir,
                   GError    **error)
{
  g_autoptr (GError) problem = NULL;
  TelaReplica *self;
  gboolean     is_open;

  if (!make_dir (dir, error))
    return NULL;

  self = g_new0 (TelaReplica, 1);
  self->dir = g_strdup (dir);
  self->path = g_build_filename (dir, "store.db", NULL);
  self->statements = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) sqlite3_finalize);

  is_open = open_database (self, &problem) && begin_session (self, &problem);
  if (!is_open && g_error_matches (problem, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT))
    {
      g_autofree char *cause = g_strdup (problem->message);

      g_clear_error (&problem);
      is_open = start_afresh (self, cause, &problem);
    }

  if (!is_open)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      tela_replica_close (self);
      return NULL;
    }

  sqlite3_db_config (self->db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, NULL);

  return self;
}

/* The last connection that closes writes the log back into the file and syncs it. */
void
tela_replica_close (TelaReplica *self)
{
  close_database (self);
  g_clear_pointer (&self->statements, g_hash_table_unref);
  g_clear_error (&self->warning);
  g_free (self->path);
  g_free (self->dir);
  g_free (self);
}
