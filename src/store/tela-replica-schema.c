/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-replica-rows.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Up to this size the file is read through at each opening; a bigger one only when something was found wrong before. */
#define ALWAYS_CHECKED_BYTES (32 * 1024 * 1024)

/* elements.packed is what is shown: what the server confirmed, merged with what the outbox holds of the element. The
 * confirmed part alone is kept while the two differ (NULL: they are equal; empty: nothing is confirmed), for a merge
 * cannot be taken back. outbox.gesture is the id of the gesture's last row, bytes the length of its ops as JSON. */
static const char version_1[] =
    "CREATE TABLE boards (key INTEGER PRIMARY KEY, project_id TEXT NOT NULL UNIQUE, epoch TEXT NOT NULL DEFAULT '',"
    " last INTEGER NOT NULL DEFAULT -1);"
    "CREATE TABLE elements (board INTEGER NOT NULL REFERENCES boards (key) ON DELETE CASCADE, id TEXT NOT NULL,"
    " packed BLOB NOT NULL, confirmed BLOB, PRIMARY KEY (board, id)) WITHOUT ROWID;"
    "CREATE TABLE outbox (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " board INTEGER NOT NULL REFERENCES boards (key) ON DELETE CASCADE, gesture INTEGER NOT NULL,"
    " created_ms INTEGER NOT NULL, pushed INTEGER NOT NULL DEFAULT 0, n INTEGER NOT NULL, bytes INTEGER NOT NULL,"
    " ops BLOB NOT NULL);"
    "CREATE INDEX outbox_by_board ON outbox (board, id);"
    "CREATE TABLE undo (board INTEGER NOT NULL REFERENCES boards (key) ON DELETE CASCADE, side INTEGER NOT NULL,"
    " seq INTEGER NOT NULL, entry BLOB NOT NULL, PRIMARY KEY (board, side, seq)) WITHOUT ROWID;"
    "CREATE TABLE drafts (id TEXT PRIMARY KEY, board INTEGER NOT NULL REFERENCES boards (key) ON DELETE CASCADE,"
    " ops BLOB NOT NULL);"
    "CREATE INDEX drafts_by_board ON drafts (board);"
    "CREATE TABLE refused (id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " board INTEGER NOT NULL REFERENCES boards (key) ON DELETE CASCADE, at_ms INTEGER NOT NULL, code TEXT NOT NULL,"
    " message TEXT NOT NULL, ops TEXT NOT NULL);"
    "CREATE INDEX refused_by_board ON refused (board, id);"
    "CREATE TABLE notes (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE actors (actor INTEGER PRIMARY KEY);";

/* Elements are packed in a form that takes less room; an older Tela would take it for damage. */
static const char version_2[] =
    "UPDATE elements SET packed = tela_repack (id, packed), confirmed = tela_repack (id, confirmed);";

/* The n-th makes version n + 1 out of version n. */
static const char *const migrations[] = { version_1, version_2 };

/* tela_repack (id, packed): the same element in the newest form. What cannot be read is left as it is, for whoever needs
 * it to complain. */
static void
repack_cb (sqlite3_context *context,
           int              n,
           sqlite3_value  **values)
{
  const char *id = (const char *) sqlite3_value_text (values[0]);
  g_autoptr (TelaElement) element = NULL;
  g_autoptr (GBytes) packed = NULL;

  if (id != NULL && sqlite3_value_bytes (values[1]) > 0)
    element =
        tela_element_unpack (id, sqlite3_value_blob (values[1]), (gsize) sqlite3_value_bytes (values[1]), NULL);
  if (element == NULL)
    {
      sqlite3_result_value (context, values[1]);
      return;
    }
  packed = tela_element_pack (element);
  sqlite3_result_blob64 (context, g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), SQLITE_TRANSIENT);
}

static gboolean
ask_version (sqlite3    *db,
             const char *path,
             int        *version,
             GError    **error)
{
  sqlite3_stmt *stmt = NULL;
  gboolean      ok;

  ok =
      sqlite3_prepare_v2 (db, "PRAGMA user_version", -1, &stmt, NULL) == SQLITE_OK && sqlite3_step (stmt) == SQLITE_ROW;
  if (ok)
    *version = sqlite3_column_int (stmt, 0);
  else
    tela_replica_set_error (db, path, error);
  sqlite3_finalize (stmt);

  return ok;
}

/* One step is one transaction, the new version number with it. */
static gboolean
migrate_one (sqlite3    *db,
             const char *path,
             int         from,
             GError    **error)
{
  g_autofree char *sql = NULL;

  sql = g_strdup_printf ("BEGIN IMMEDIATE; %s PRAGMA user_version=%d; COMMIT;", migrations[from], from + 1);
  if (sqlite3_exec (db, sql, NULL, NULL, NULL) == SQLITE_OK)
    return TRUE;

  tela_replica_set_error (db, path, error);
  if (!sqlite3_get_autocommit (db))
    sqlite3_exec (db, "ROLLBACK", NULL, NULL, NULL);

  return FALSE;
}

static gboolean
migrate_from (sqlite3    *db,
              const char *path,
              int         version,
              GError    **error)
{
  gboolean is_old = version > 0;

  sqlite3_create_function_v2 (db, "tela_repack", 2, SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL, repack_cb, NULL, NULL,
                              NULL);
  for (; version < (int) G_N_ELEMENTS (migrations); version++)
    if (!migrate_one (db, path, version, error))
      return FALSE;

  /* What became free goes back to the disk, if there is room to do so. */
  if (is_old)
    sqlite3_exec (db, "VACUUM", NULL, NULL, NULL);

  return TRUE;
}

gboolean
tela_replica_migrate (sqlite3    *db,
                      const char *path,
                      GError    **error)
{
  int version = 0;

  if (!ask_version (db, path, &version, error))
    return FALSE;
  if (version < 0 || version > (int) G_N_ELEMENTS (migrations))
    {
      /* Translators: a file, and the number of its format */
      g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_NEWER,
                   _ ("%s: written by a newer Tela (format %d)"), path, version);
      return FALSE;
    }

  if (sqlite3_exec (db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) != SQLITE_OK)
    {
      tela_replica_set_error (db, path, error);
      return FALSE;
    }
  return version == (int) G_N_ELEMENTS (migrations) || migrate_from (db, path, version, error);
}

static char *
suspect_path (TelaReplica *self)
{
  return g_strconcat (self->path, ".suspect", NULL);
}

void
tela_replica_suspect (TelaReplica *self)
{
  g_autofree char *mark = suspect_path (self);
  int              fd = g_creat (mark, 0600);

  if (fd >= 0)
    close (fd);
}

/* SQLite knows its pages, not what we keep in them. */
static gboolean
are_rows_sound (TelaReplica *self,
                GError     **error)
{
  g_autoptr (TelaStatement) elements = tela_replica_query (self, error, "SELECT id, packed, confirmed FROM elements", "");
  g_autoptr (TelaStatement) ops = NULL;

  while (elements != NULL && tela_replica_next (self, elements, error))
    for (int column = 1; column <= 2; column++)
      {
        const char *id = (const char *) sqlite3_column_text (elements, 0);
        g_autoptr (TelaElement) element = NULL;

        if (sqlite3_column_bytes (elements, column) == 0)
          continue;
        element = tela_element_unpack (id, sqlite3_column_blob (elements, column),
                                       sqlite3_column_bytes (elements, column), error);
        if (element == NULL)
          return FALSE;
      }

  if (*error == NULL)
    ops = tela_replica_query (self, error, "SELECT ops FROM outbox UNION ALL SELECT ops FROM drafts", "");
  while (ops != NULL && tela_replica_next (self, ops, error))
    {
      g_autoptr (GPtrArray) read = NULL;

      read = tela_ops_unpack (sqlite3_column_blob (ops, 0), sqlite3_column_bytes (ops, 0), self->path, error);
      if (read == NULL)
        return FALSE;
    }

  return *error == NULL;
}

static gboolean
is_file_sound (TelaReplica *self,
               gboolean     thoroughly,
               GError     **error)
{
  g_autoptr (TelaStatement) stmt = NULL;
  const char *verdict;

  stmt = tela_replica_query (self, error, thoroughly ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", "");
  if (stmt == NULL || !tela_replica_next (self, stmt, error))
    return FALSE;

  verdict = (const char *) sqlite3_column_text (stmt, 0);
  if (g_strcmp0 (verdict, "ok") == 0)
    return TRUE;

  g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT, "%s: %s", self->path, verdict);

  return FALSE;
}

gboolean
tela_replica_is_sound (TelaReplica *self,
                       GError     **error)
{
  g_autofree char *mark = suspect_path (self);
  g_autoptr (GError) problem = NULL;
  gboolean    is_suspect = g_file_test (mark, G_FILE_TEST_EXISTS);
  struct stat info;

  if (!is_suspect)
    return (stat (self->path, &info) == 0 && info.st_size > ALWAYS_CHECKED_BYTES) || is_file_sound (self, FALSE, error);

  if (!is_file_sound (self, TRUE, error))
    return FALSE;
  if (!are_rows_sound (self, &problem))
    {
      if (problem->domain == TELA_STORE_ERROR)
        g_propagate_error (error, g_steal_pointer (&problem));
      else
        g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT, "%s: %s", self->path, problem->message);
      return FALSE;
    }
  g_unlink (mark);

  return TRUE;
}

/* Never over a file set aside before: the caller's lock keeps others out between the look and the renaming. */
static char *
free_name (const char *path)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y%m%d-%H%M%S");
  char            *name = g_strdup_printf ("%s.damaged-%s", path, date);

  for (int i = 2; g_file_test (name, G_FILE_TEST_EXISTS); i++)
    {
      g_free (name);
      name = g_strdup_printf ("%s.damaged-%s-%d", path, date, i);
    }

  return name;
}

/* The log goes with the file: it may hold what the file lacks. */
gboolean
tela_replica_set_aside (const char *path,
                        char      **aside,
                        GError    **error)
{
  static const char *const parts[] = { "", "-wal", "-shm" };
  g_autofree char         *name = free_name (path);

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autofree char *from = g_strconcat (path, parts[i], NULL);
      g_autofree char *to = g_strconcat (name, parts[i], NULL);

      if (g_rename (from, to) != 0 && errno != ENOENT)
        {
          /* Translators: a file, then why */
          g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_FAILED,
                       _ ("%s: cannot be set aside: %s"), from, g_strerror (errno));
          return FALSE;
        }
    }
  *aside = g_steal_pointer (&name);

  return TRUE;
}
