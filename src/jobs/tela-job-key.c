/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-job-key.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <libsecret/secret.h>
#include <string.h>

#define FILE_NAME "service-key"
#define SERVICE "fal.ai"

static const SecretSchema schema = {
  .name = "io.github.telacanvas.Tela.ServiceKey",
  .flags = SECRET_SCHEMA_NONE,
  .attributes = { { "service", SECRET_SCHEMA_ATTRIBUTE_STRING } },
};

typedef struct
{
  char           *path; /* owned */
  char           *dir;  /* owned */
  char           *key;  /* owned; of a save */
  TelaJobKeyPlace place;
} Job;

static void
job_free (gpointer data)
{
  Job *self = data;

  g_free (self->path);
  g_free (self->dir);
  g_free (self->key);
  g_free (self);
}

static GTask *
new_task (const char         *dir,
          const char         *key,
          GCancellable       *cancellable,
          GAsyncReadyCallback callback,
          gpointer            user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Job   *job = g_new0 (Job, 1);

  job->dir = g_strdup (dir);
  job->path = g_build_filename (dir, FILE_NAME, NULL);
  job->key = key != NULL && *key != '\0' ? g_strdup (key) : NULL;
  g_task_set_task_data (task, job, job_free);
  return task;
}

/* Reading */

static void
load_from_file (GTask *task)
{
  Job  *job = g_task_get_task_data (task);
  char *key = NULL;

  if (g_file_get_contents (job->path, &key, NULL, NULL))
    g_strstrip (key);
  if (key != NULL && *key != '\0')
    job->place = TELA_JOB_KEY_FILE;
  else
    g_clear_pointer (&key, g_free);
  g_task_return_pointer (task, key, g_free);
}

static void
looked_up_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  char *secret = secret_password_lookup_finish (result, &error);

  if (g_task_return_error_if_cancelled (task))
    {
      secret_password_free (secret);
      return;
    }
  if (error != NULL)
    g_debug ("The keyring cannot be read: %s", error->message);
  if (secret == NULL)
    {
      load_from_file (task);
      return;
    }
  job->place = TELA_JOB_KEY_RING;
  g_task_return_pointer (task, g_strdup (secret), g_free);
  secret_password_free (secret);
}

void
tela_job_key_load_async (const char         *dir,
                         gboolean            with_ring,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = new_task (dir, NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tela_job_key_load_async);
  if (with_ring)
    secret_password_lookup (&schema, cancellable, looked_up_cb, g_steal_pointer (&task), "service", SERVICE, NULL);
  else
    load_from_file (task);
}

char *
tela_job_key_load_finish (GAsyncResult    *result,
                          TelaJobKeyPlace *place,
                          GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  *place = ((Job *) g_task_get_task_data (G_TASK (result)))->place;
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* Writing */

static void
save_to_file (GTask *task)
{
  Job    *job = g_task_get_task_data (task);
  GError *error = NULL;

  if (job->key == NULL)
    {
      g_unlink (job->path);
      g_task_return_boolean (task, TRUE);
      return;
    }
  job->place = TELA_JOB_KEY_FILE;
  if (g_mkdir_with_parents (job->dir, 0700) != 0)
    g_task_return_new_error (task, G_IO_ERROR, g_io_error_from_errno (errno), "%s: %s", job->dir, g_strerror (errno));
  else if (g_file_set_contents_full (job->path, job->key, (gssize) strlen (job->key), G_FILE_SET_CONTENTS_CONSISTENT,
                                     0600, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
stored_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Job *job = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  if (!secret_password_store_finish (result, &error))
    {
      g_debug ("The keyring cannot be written: %s", error->message);
      save_to_file (task);
      return;
    }
  job->place = TELA_JOB_KEY_RING;
  g_unlink (job->path); /* of a time when there was no keyring */
  g_task_return_boolean (task, TRUE);
}

static void
cleared_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;

  secret_password_clear_finish (result, NULL);
  save_to_file (task);
}

void
tela_job_key_save_async (const char         *dir,
                         gboolean            with_ring,
                         const char         *key,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autoptr (GTask) task = new_task (dir, key, cancellable, callback, user_data);
  Job *job = g_task_get_task_data (task);

  g_task_set_source_tag (task, tela_job_key_save_async);
  if (!with_ring)
    save_to_file (task);
  else if (job->key == NULL)
    secret_password_clear (&schema, cancellable, cleared_cb, g_steal_pointer (&task), "service", SERVICE, NULL);
  else
    secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, _ ("Key of the image service, for Tela"), job->key,
                           cancellable, stored_cb, g_steal_pointer (&task), "service", SERVICE, NULL);
}

gboolean
tela_job_key_save_finish (GAsyncResult    *result,
                          TelaJobKeyPlace *place,
                          GError         **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  *place = ((Job *) g_task_get_task_data (G_TASK (result)))->place;
  return g_task_propagate_boolean (G_TASK (result), error);
}
