/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-replica.h"

#include <errno.h>

/* What the system said, where SQLite only says that reading or writing failed. Each of its files remembers its own. */
static int
system_error (sqlite3 *db)
{
  sqlite3_file *log = NULL;
  int           number = 0;

  sqlite3_file_control (db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (log != NULL && log->pMethods != NULL)
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
