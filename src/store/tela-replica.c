/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-replica.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <sys/random.h>

#define BUSY_TIMEOUT_MS 5000

/* WAL with synchronous=NORMAL leaves the log to the kernel at commit; this is what makes it safe against a power cut.
 */
gboolean
tela_replica_sync_log (TelaReplica *self,
                       GError     **error)
{
  sqlite3_file *log = NULL;

  sqlite3_file_control (self->db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  if (log == NULL || log->pMethods == NULL)
    return TRUE; /* nothing was written yet */

  if (log->pMethods->xSync (log, SQLITE_SYNC_NORMAL) == SQLITE_OK)
    return TRUE;

  /* Translators: a file, then why; -wal is a part of its name */
  g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_FAILED, _ ("%s-wal: cannot sync: %s"), self->path,
               g_strerror (errno));

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
      g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_READ_ONLY, _ ("%s: cannot be written to"), self->path);
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
      g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_FAILED, _ ("No random numbers: %s"), g_strerror (errno));
      return FALSE;
    }

  if (tela_replica_begin (self, error) &&
      tela_replica_exec (self, error, "DELETE FROM actors WHERE NOT EXISTS (SELECT 1 FROM outbox)", "") &&
      tela_replica_exec (self, error, "INSERT INTO actors (actor) VALUES (?1)", "i", (gint64) self->actor) &&
      tela_replica_exec (self, error, "DELETE FROM refused WHERE at_ms < ?1", "i", month_ago) &&
      tela_replica_commit (self, error))
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

  /* Translators: what is wrong, and the path of a file */
  g_set_error (&self->warning, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT,
               _ ("%s. The damaged file was kept as %s"), cause, aside);

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
