/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-job-intent.h"

#include <errno.h>
#include <glib/gstdio.h>

typedef struct
{
  char *path;
  char *text;
} Note;

static void
note_free (gpointer data)
{
  Note *note = data;

  g_free (note->path);
  g_free (note->text);
  g_free (note);
}

/* The id of a job is what the server says it is. (transfer full)(nullable) */
static char *
path_of (const char *dir,
         const char *job_id)
{
  g_autofree char *name = NULL;

  if (!g_uuid_string_is_valid (job_id))
    return NULL;
  name = g_strconcat ("order-", job_id, NULL);
  return g_build_filename (dir, name, NULL);
}

static void
write_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  Note   *note = data;
  GError *error = NULL;

  if (note->path == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "A job has a strange id");
  else if (g_file_set_contents_full (note->path, note->text, -1,
                                     G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
tela_job_intent_write_async (const char         *dir,
                             const char         *job_id,
                             const char         *request_id,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Note *note = g_new (Note, 1);

  *note = (Note){ path_of (dir, job_id), g_strdup (request_id != NULL ? request_id : "") };
  g_task_set_source_tag (task, tela_job_intent_write_async);
  g_task_set_task_data (task, note, note_free);
  g_task_run_in_thread (task, write_in_thread);
}

gboolean
tela_job_intent_write_finish (GAsyncResult *result,
                              GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
tela_job_intent_read (const char *dir,
                      const char *job_id,
                      char      **request_id)
{
  g_autofree char *path = path_of (dir, job_id);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  *request_id = NULL;
  if (path == NULL)
    return FALSE;
  if (!g_file_get_contents (path, &text, NULL, &error))
    return !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT); /* what cannot be read may say so */
  if (*text != '\0' && g_utf8_validate (text, -1, NULL))
    *request_id = g_steal_pointer (&text);
  return TRUE;
}

void
tela_job_intent_remove (const char *dir,
                        const char *job_id)
{
  g_autofree char *path = path_of (dir, job_id);

  if (path != NULL && g_unlink (path) != 0 && errno != ENOENT)
    g_debug ("%s cannot be removed: %s", path, g_strerror (errno));
}
