/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-backup.h"

#include <glib/gstdio.h>
#include <string.h>

#include "backend-share.h"
#include "backend-text.h"

#define PREFIX "backend.db.snapshot-"

typedef struct
{
  TelaCore          *core;
  SoupServerMessage *msg;
  char              *from;
  char              *to;
} Backup;

static void
backup_free (Backup *self)
{
  g_object_unref (self->msg);
  g_free (self->from);
  g_free (self->to);
  g_free (self);
}

/* Whoever starts with the copy lacks what came after it. */
static int
mark_copy (const char *path)
{
  sqlite3 *handle = NULL;
  int      rc = sqlite3_open_v2 (path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

  if (rc == SQLITE_OK)
    rc = sqlite3_exec (handle, "UPDATE meta SET value = 'copy' WHERE key = 'boot'", NULL, NULL, NULL);
  sqlite3_close (handle);
  return rc;
}

/* A reader of its own: the writer goes on, and what it writes meanwhile is not in the copy. */
static void
copy_in_worker (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Backup       *self = data;
  sqlite3      *handle = NULL;
  sqlite3_stmt *statement = NULL;
  int           rc = sqlite3_open_v2 (self->from, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

  if (rc == SQLITE_OK)
    rc = sqlite3_prepare_v2 (handle, "VACUUM INTO ?", -1, &statement, NULL);
  if (rc == SQLITE_OK)
    {
      sqlite3_busy_timeout (handle, 5000);
      sqlite3_bind_text (statement, 1, self->to, -1, SQLITE_TRANSIENT);
      rc = sqlite3_step (statement) == SQLITE_DONE ? SQLITE_OK : sqlite3_errcode (handle);
    }
  if (rc == SQLITE_OK)
    rc = mark_copy (self->to);
  if (rc == SQLITE_OK)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_new_error (task, TELA_DB_ERROR, rc & 0xff, "%s", sqlite3_errmsg (handle));
  sqlite3_finalize (statement);
  sqlite3_close (handle);
}

static void
copied_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  Backup *self = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new ("{\"snapshot\":");

  self->core->n_jobs--;
  if (g_task_propagate_boolean (G_TASK (result), &error))
    {
      tela_json_append_string (out, self->to, strlen (self->to));
      g_string_append_c (out, '}');
      tela_http_json (self->msg, 200, g_steal_pointer (&out));
    }
  else
    {
      g_unlink (self->to);
      tela_http_internal (self->msg, error);
    }
  soup_server_message_unpause (self->msg);
}

void
tela_backup_handle (TelaCore          *core,
                    SoupServerMessage *msg)
{
  g_autoptr (GTask) task = NULL;
  g_autofree char *name = NULL;
  Backup          *self;

  if (strcmp (soup_server_message_get_method (msg), "POST") != 0)
    {
      tela_http_rest_error (msg, 405, "PGRST117", "This function is called by POST");
      return;
    }
  if (!tela_sharing_is_at_home (core, msg))
    {
      tela_http_rest_error (msg, 403, "42501", "Only the owner of this computer copies it");
      return;
    }
  name = g_strdup_printf (PREFIX "%" G_GINT64_FORMAT, g_get_real_time ());
  self = g_new0 (Backup, 1);
  self->core = core;
  self->msg = g_object_ref (msg);
  self->from = g_strdup (core->db->path);
  self->to = g_build_filename (core->data_dir, name, NULL);
  task = g_task_new (NULL, NULL, copied_cb, NULL);
  g_task_set_task_data (task, self, (GDestroyNotify) backup_free);
  core->n_jobs++;
  soup_server_message_pause (msg);
  g_task_run_in_thread (task, copy_in_worker);
}

void
tela_backup_clean (const char *data_dir)
{
  g_autoptr (GDir) dir = g_dir_open (data_dir, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (g_str_has_prefix (name, PREFIX))
      {
        g_autofree char *path = g_build_filename (data_dir, name, NULL);

        g_unlink (path);
      }
}
