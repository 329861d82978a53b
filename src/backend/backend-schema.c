/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-schema.h"

#include "backend-keys.h"

#include <glib/gi18n-lib.h>

#define VERSION 1
#define TOMBSTONE_MS (G_GINT64_CONSTANT (90) * 24 * 3600 * 1000)

static const char schema[] =
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE users (id TEXT PRIMARY KEY, anonymous INTEGER NOT NULL, metadata TEXT NOT NULL DEFAULT '{}',"
    "  created_at INTEGER NOT NULL, last_sign_in_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE sessions (id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,"
    "  permanent INTEGER NOT NULL, created_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX sessions_by_user ON sessions (user_id);"
    "CREATE TABLE refresh_tokens (token TEXT PRIMARY KEY, session_id TEXT NOT NULL REFERENCES sessions ON DELETE "
    "CASCADE,"
    "  parent TEXT, used_at INTEGER, created_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id);"
    "CREATE TABLE projects (id TEXT PRIMARY KEY, name TEXT NOT NULL, owner TEXT NOT NULL REFERENCES users,"
    "  rev INTEGER NOT NULL DEFAULT 0, pruned_rev INTEGER NOT NULL DEFAULT 0,"
    "  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE project_members (project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,"
    "  user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,"
    "  role TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'viewer')), created_at INTEGER NOT NULL,"
    "  PRIMARY KEY (project_id, user_id)) WITHOUT ROWID;"
    "CREATE INDEX project_members_by_user ON project_members (user_id, project_id);"
    /* body: the packed element; updated_at: milliseconds of its greatest stamp; dead: a tombstone, or without a type.
     */
    "CREATE TABLE elements (project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE, id TEXT NOT NULL,"
    "  body BLOB NOT NULL, rev INTEGER NOT NULL, updated_at INTEGER NOT NULL, dead INTEGER NOT NULL,"
    "  PRIMARY KEY (project_id, id));"
    "CREATE INDEX elements_by_rev ON elements (project_id, rev, id);"
    "CREATE INDEX elements_dead ON elements (updated_at) WHERE dead;"
    "CREATE TABLE assets (hash TEXT PRIMARY KEY, mime TEXT NOT NULL, size INTEGER NOT NULL,"
    "  created_at INTEGER NOT NULL) WITHOUT ROWID;"
    "PRAGMA user_version = 1;";

static gboolean
create (TelaDb  *self,
        GError **error)
{
  g_autofree char *epoch = tela_random_hex (8);

  if (!tela_db_begin (self, error))
    return FALSE;
  if (sqlite3_exec (self->handle, schema, NULL, NULL, NULL) != SQLITE_OK)
    {
      g_set_error (error, TELA_DB_ERROR, sqlite3_errcode (self->handle), "%s: %s", self->path,
                   sqlite3_errmsg (self->handle));
      tela_db_rollback (self);
      return FALSE;
    }
  if (!tela_db_run (self, error, "INSERT INTO meta (key, value) VALUES ('epoch', ?)", "s", epoch))
    {
      tela_db_rollback (self);
      return FALSE;
    }
  return tela_db_commit (self, error);
}

gboolean
tela_schema_apply (TelaDb  *self,
                   GError **error)
{
  g_autofree char *version = tela_db_text (self, "PRAGMA user_version", "");

  if (version == NULL)
    {
      g_set_error (error, TELA_DB_ERROR, SQLITE_CORRUPT, _ ("%s cannot be read"), self->path);
      return FALSE;
    }
  if (g_ascii_strtoll (version, NULL, 10) > VERSION)
    {
      g_set_error (error, TELA_DB_ERROR, SQLITE_MISMATCH, _ ("%s was written by a newer version"), self->path);
      return FALSE;
    }
  if (g_ascii_strtoll (version, NULL, 10) == 0 && !create (self, error))
    return FALSE;
  self->epoch = tela_db_text (self, "SELECT value FROM meta WHERE key = 'epoch'", "");
  if (self->epoch == NULL)
    {
      g_set_error (error, TELA_DB_ERROR, SQLITE_CORRUPT, _ ("%s has no epoch"), self->path);
      return FALSE;
    }
  return TRUE;
}

gboolean
tela_schema_prune (TelaDb  *self,
                   gint64   now_ms,
                   GError **error)
{
  gint64 limit = now_ms - TOMBSTONE_MS;

  if (!tela_db_begin (self, error))
    return FALSE;
  if (!tela_db_run (
          self, error,
          "UPDATE projects SET pruned_rev = max (pruned_rev, e.rev) FROM"
          " (SELECT project_id, max (rev) AS rev FROM elements WHERE dead AND updated_at < ? GROUP BY project_id) AS e"
          " WHERE projects.id = e.project_id",
          "i", limit) ||
      !tela_db_run (self, error, "DELETE FROM elements WHERE dead AND updated_at < ?", "i", limit))
    {
      tela_db_rollback (self);
      return FALSE;
    }
  return tela_db_commit (self, error);
}
