/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-schema.h"

#include "backend-keys.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define TOMBSTONE_MS (G_GINT64_CONSTANT (90) * 24 * 3600 * 1000)

/* Those of versions 1, 2, …; a database is led through the ones that it has not seen. */
static const char version_1[] =
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
    "  created_at INTEGER NOT NULL) WITHOUT ROWID;";

static const char version_2[] =
    "ALTER TABLE users ADD COLUMN email TEXT;"    /* lower case; NULL: anonymous, or the owner before it has one */
    "ALTER TABLE users ADD COLUMN password TEXT;" /* of crypt(3) */
    "ALTER TABLE users ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;"
    "UPDATE users SET updated_at = last_sign_in_at;"
    "CREATE UNIQUE INDEX users_by_email ON users (email);"
    "ALTER TABLE sessions ADD COLUMN method TEXT NOT NULL DEFAULT 'anonymous';"

    "CREATE TRIGGER project_owner AFTER INSERT ON projects BEGIN"
    "  INSERT INTO project_members (project_id, user_id, role, created_at)"
    "  VALUES (new.id, new.owner, 'owner', new.created_at);"
    " END;"

    "CREATE TABLE profiles (id TEXT PRIMARY KEY REFERENCES users ON DELETE CASCADE, name TEXT NOT NULL DEFAULT '',"
    "  color TEXT CHECK (color GLOB '#[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),"
    "  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;"
    "INSERT INTO profiles (id, created_at, updated_at) SELECT id, created_at, created_at FROM users;"
    "CREATE TRIGGER user_profile AFTER INSERT ON users BEGIN"
    "  INSERT INTO profiles (id, created_at, updated_at) VALUES (new.id, new.created_at, new.created_at);"
    " END;"

    /* The token itself is in the link alone. */
    "CREATE TABLE invites (id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,"
    "  host_id TEXT NOT NULL, role TEXT NOT NULL CHECK (role IN ('editor', 'viewer')), token_hash TEXT NOT NULL UNIQUE,"
    "  created_by TEXT NOT NULL REFERENCES users ON DELETE CASCADE, created_at INTEGER NOT NULL, expires_at INTEGER,"
    "  revoked INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1)), uses INTEGER NOT NULL DEFAULT 0,"
    "  max_uses INTEGER CHECK (max_uses > 0), last_used_at INTEGER) WITHOUT ROWID;"
    "CREATE INDEX invites_by_project ON invites (project_id);"

    /* sequence counts the changes of a job, so that whoever hears of them late knows. */
    "CREATE TABLE fal_jobs (id TEXT PRIMARY KEY, user_id TEXT NOT NULL REFERENCES users ON DELETE CASCADE,"
    "  project_id TEXT REFERENCES projects ON DELETE SET NULL, element_id TEXT, request_id TEXT,"
    "  model TEXT NOT NULL DEFAULT '', prompt TEXT NOT NULL DEFAULT '', seed INTEGER,"
    "  status TEXT NOT NULL DEFAULT 'queued'"
    "    CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled', 'unknown')),"
    "  sequence INTEGER NOT NULL DEFAULT 1, queue_position INTEGER CHECK (queue_position >= 0),"
    "  progress REAL CHECK (progress BETWEEN 0 AND 1), error TEXT, asset TEXT, input TEXT, output TEXT,"
    "  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, started_at INTEGER, finished_at INTEGER) WITHOUT ROWID;"
    "CREATE INDEX fal_jobs_by_user ON fal_jobs (user_id, created_at);"
    "CREATE INDEX fal_jobs_by_project ON fal_jobs (project_id);"

    "CREATE TABLE buckets (id TEXT PRIMARY KEY, owner TEXT REFERENCES users ON DELETE SET NULL,"
    "  public INTEGER NOT NULL DEFAULT 0, file_size_limit INTEGER, allowed_mime_types TEXT,"
    "  created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE objects (id TEXT NOT NULL UNIQUE, bucket_id TEXT NOT NULL REFERENCES buckets, name TEXT NOT NULL,"
    "  owner TEXT REFERENCES users ON DELETE SET NULL, hash TEXT NOT NULL, mime TEXT NOT NULL, size INTEGER NOT NULL,"
    "  cache_control TEXT NOT NULL DEFAULT 'no-cache', metadata TEXT, created_at INTEGER NOT NULL,"
    "  updated_at INTEGER NOT NULL, PRIMARY KEY (bucket_id, name)) WITHOUT ROWID;"
    "CREATE INDEX objects_by_hash ON objects (hash);"
    "INSERT INTO buckets (id, created_at, updated_at) VALUES ('assets', 0, 0);"
    "INSERT INTO objects (id, bucket_id, name, hash, mime, size, cache_control, created_at, updated_at)"
    "  SELECT substr (hash, 1, 8) || '-' || substr (hash, 9, 4) || '-4' || substr (hash, 14, 3) || '-8' ||"
    "    substr (hash, 18, 3) || '-' || substr (hash, 21, 12), 'assets', hash, hash, mime, size, 'max-age=31536000',"
    "    created_at, created_at FROM assets;"
    "DROP TABLE assets;";

/* Broadcasts of the database, kept for replays: the newest of each topic, for three days. */
static const char version_3[] =
    "CREATE TABLE messages (seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, topic TEXT NOT NULL, event TEXT NOT NULL,"
    "  payload TEXT NOT NULL, inserted_at INTEGER NOT NULL);"
    "CREATE INDEX messages_by_topic ON messages (topic, seq);"
    "CREATE INDEX messages_by_time ON messages (inserted_at);"
    "CREATE TRIGGER messages_kept AFTER INSERT ON messages BEGIN"
    "  DELETE FROM messages WHERE topic = new.topic AND seq <="
    "    (SELECT seq FROM messages WHERE topic = new.topic ORDER BY seq DESC LIMIT 1 OFFSET 25);"
    "  DELETE FROM messages WHERE inserted_at < new.inserted_at - 259200000;"
    " END;";

/* The trash: a board is out of its members' sight at once, and gone a month later. */
static const char version_4[] = "ALTER TABLE projects ADD COLUMN deleted_at INTEGER;"
                                "CREATE INDEX projects_deleted ON projects (deleted_at) WHERE deleted_at IS NOT NULL;";

/* What was pushed, and states that somebody named. A row of history is one push, or several that were made one; its
 * operations follow on those of the row before, the first of all on the base, or on nothing. Bodies are compressed dumps. */
static const char version_5[] =
    "CREATE TABLE history (project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE, rev INTEGER NOT NULL,"
    "  at INTEGER NOT NULL, user_id TEXT REFERENCES users ON DELETE SET NULL, n INTEGER NOT NULL, ops TEXT NOT NULL,"
    "  PRIMARY KEY (project_id, rev));"
    "CREATE INDEX history_by_time ON history (at);"
    "CREATE INDEX history_by_user ON history (user_id);"
    "CREATE TABLE history_bases (project_id TEXT PRIMARY KEY REFERENCES projects ON DELETE CASCADE,"
    "  rev INTEGER NOT NULL, body BLOB NOT NULL);"
    "CREATE TABLE versions (id TEXT PRIMARY KEY, project_id TEXT NOT NULL REFERENCES projects ON DELETE CASCADE,"
    "  name TEXT NOT NULL, rev INTEGER NOT NULL, created_by TEXT REFERENCES users ON DELETE SET NULL,"
    "  created_at INTEGER NOT NULL, body BLOB NOT NULL);"
    "CREATE INDEX versions_by_project ON versions (project_id, created_at);"
    "CREATE INDEX versions_by_user ON versions (created_by);";

/* A board takes its objects along. Those among the assets are looked for elsewhere, since other boards may name them. */
static const char version_6[] =
    "CREATE TRIGGER project_objects AFTER DELETE ON projects BEGIN"
    "  DELETE FROM objects WHERE bucket_id <> 'assets' AND substr (name, 1, 37) = old.id || '/';"
    " END;";

/* Whether an element has named the asset since it was uploaded. */
static const char version_7[] = "ALTER TABLE objects ADD COLUMN named INTEGER NOT NULL DEFAULT 0;";

/* A picture of each board for the lists of its members: its SHA-256 is in the row, so that the news of the row is the
 * news of the picture. */
static const char version_8[] =
    "ALTER TABLE projects ADD COLUMN thumbnail TEXT"
    "  CHECK (length (thumbnail) = 64 AND thumbnail NOT GLOB '*[^0-9a-f]*');"
    "INSERT OR IGNORE INTO buckets (id, file_size_limit, allowed_mime_types, created_at, updated_at)"
    "  VALUES ('thumbnails', 1048576, '[\"image/png\"]', 0, 0);";

static const char *const versions[] = { version_1, version_2, version_3, version_4,
                                        version_5, version_6, version_7, version_8 };

/* One transaction: all of them or none. */
static gboolean
migrate (TelaDb  *self,
         guint    from,
         GError **error)
{
  g_autofree char *epoch = tela_random_hex (8);
  g_autofree char *mark = g_strdup_printf ("PRAGMA user_version = %u", (guint) G_N_ELEMENTS (versions));
  int              rc = SQLITE_OK;

  if (!tela_db_begin (self, error))
    return FALSE;
  for (guint i = from; i < G_N_ELEMENTS (versions) && rc == SQLITE_OK; i++)
    rc = sqlite3_exec (self->handle, versions[i], NULL, NULL, NULL);
  if (rc == SQLITE_OK)
    rc = sqlite3_exec (self->handle, mark, NULL, NULL, NULL);
  if (rc != SQLITE_OK)
    {
      g_set_error (error, TELA_DB_ERROR, sqlite3_errcode (self->handle), "%s: %s", self->path,
                   sqlite3_errmsg (self->handle));
      tela_db_rollback (self);
      return FALSE;
    }
  if (!tela_db_run (self, error, "INSERT INTO meta (key, value) VALUES ('epoch', ?) ON CONFLICT DO NOTHING", "s", epoch))
    {
      tela_db_rollback (self);
      return FALSE;
    }
  return tela_db_commit (self, error);
}

/* Empty where the kernel does not say. */
static char *
boot_of_machine (void)
{
  char *boot = NULL;

  g_file_get_contents ("/proc/sys/kernel/random/boot_id", &boot, NULL, NULL);
  return boot != NULL ? g_strstrip (boot) : g_strdup ("");
}

/* What was committed in the last second before the power went is not here, though it was answered; and a copy lacks what came
 * after it. Revisions then say nothing: under another epoch replicas compare all they have, and give back what is missing. */
static gboolean
mark_boot (TelaDb  *self,
           GError **error)
{
  g_autofree char *before = tela_db_text (self, "SELECT value FROM meta WHERE key = 'boot'", "");
  g_autofree char *boot = boot_of_machine ();
  g_autofree char *epoch = tela_random_hex (8);
  gboolean         done;

  if (before != NULL && strcmp (before, boot) != 0 &&
      !tela_db_run (self, error, "UPDATE meta SET value = ? WHERE key = 'epoch'", "s", epoch))
    return FALSE;
  /* On the disk before anything is answered. */
  done = tela_db_run (self, error, "PRAGMA synchronous = FULL", "") &&
         tela_db_run (self, error,
                      "INSERT INTO meta (key, value) VALUES ('boot', ?)"
                      " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                      "s", boot);
  return tela_db_run (self, done ? error : NULL, "PRAGMA synchronous = NORMAL", "") && done;
}

void
tela_schema_close (TelaDb *self)
{
  tela_db_run (self, NULL, "DELETE FROM meta WHERE key = 'boot'", "");
}

gboolean
tela_schema_apply (TelaDb  *self,
                   GError **error)
{
  g_autofree char *text = tela_db_text (self, "PRAGMA user_version", "");
  gint64           version = text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;

  if (text == NULL || version < 0)
    {
      g_set_error (error, TELA_DB_ERROR, SQLITE_CORRUPT, _ ("%s cannot be read"), self->path);
      return FALSE;
    }
  if (version > (gint64) G_N_ELEMENTS (versions))
    {
      g_set_error (error, TELA_DB_ERROR, SQLITE_MISMATCH, _ ("%s was written by a newer version"), self->path);
      return FALSE;
    }
  if (version < (gint64) G_N_ELEMENTS (versions) && !migrate (self, (guint) version, error))
    return FALSE;
  if (!mark_boot (self, error))
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
