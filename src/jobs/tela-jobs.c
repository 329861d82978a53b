/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-jobs-private.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/file.h>
#include <unistd.h>

#include "tela-generator-command.h"
#include "tela-generator-fal.h"

#define LOCK_AGAIN_S 5
#define MAX_MACHINE 64

G_DEFINE_QUARK (tela_jobs_error, tela_jobs_error)
G_DEFINE_FINAL_TYPE (TelaJobs, tela_jobs, G_TYPE_OBJECT)

enum
{
  PROP_READY = 1,
  PROP_KEY_PLACE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* The machine */

/* A name of its own for each machine, so that two devices of one user do not both carry out a job. (transfer full) */
static char *
read_machine (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "machine", NULL);
  char            *name = NULL;

  g_mkdir_with_parents (dir, 0700);
  if (g_file_get_contents (path, &name, NULL, NULL) && *g_strstrip (name) != '\0' && strlen (name) <= MAX_MACHINE &&
      g_utf8_validate (name, -1, NULL))
    return name;
  g_free (name);
  name = g_uuid_string_random ();
  if (!g_file_set_contents_full (path, name, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL))
    g_debug ("The name of this machine cannot be kept in %s", path);
  return name;
}

/* The lock: one process of this machine carries out the jobs of a user. The kernel frees that of whoever dies. */

static void
unlock (TelaJobs *self)
{
  tela_job_worker_stop (self->worker);
  if (self->lock >= 0)
    close (self->lock);
  self->lock = -1;
  g_clear_handle_id (&self->lock_source, g_source_remove);
}

static gboolean
try_lock (TelaJobs *self)
{
  g_autofree char *name = g_strconcat ("lock-", self->locked, NULL);
  g_autofree char *path = g_build_filename (self->dir, name, NULL);
  int              fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

  if (fd < 0)
    return FALSE;
  if (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      close (fd);
      return FALSE;
    }
  self->lock = fd;
  tela_job_worker_start (self->worker);
  return TRUE;
}

static gboolean
lock_cb (gpointer user_data)
{
  TelaJobs *self = user_data;

  if (!try_lock (self))
    return G_SOURCE_CONTINUE;
  self->lock_source = 0;
  return G_SOURCE_REMOVE;
}

static void
loaded_cb (TelaJobs *self)
{
  const char *user_id = tela_workspace_get_user_id (self->workspace);

  if (self->is_idle || g_strcmp0 (user_id, self->locked) == 0)
    return;
  unlock (self);
  g_free (self->locked);
  self->locked = g_strdup (user_id);
  if (user_id == NULL || try_lock (self))
    return;
  self->lock_source = g_timeout_add_seconds (LOCK_AGAIN_S, lock_cb, self);
  g_source_set_name_by_id (self->lock_source, "[tela] who carries out jobs");
}

/* Generators */

static void
use_generators (TelaJobs *self)
{
  tela_job_worker_set_generators (self->worker, self->command, self->service);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_READY]);
}

/* What the program is doing would be lost with it, so it stays while it is the same. */
static void
set_up_command (TelaJobs *self)
{
  g_autofree char *line = g_settings_get_string (self->settings, "generator-command");
  g_autoptr (GError) error = NULL;

  if (g_strcmp0 (g_strstrip (line), self->command_line) == 0)
    return;
  g_clear_object (&self->command);
  g_clear_pointer (&self->problem, g_free);
  if (*line != '\0')
    self->command = tela_generator_command_new (line, &error);
  if (error != NULL)
    self->problem = g_strdup (error->message);
  g_free (self->command_line);
  self->command_line = g_steal_pointer (&line);
}

static void
set_up_service (TelaJobs *self)
{
  g_autofree char *endpoint =
      self->settings != NULL ? g_settings_get_string (self->settings, "fal-endpoint") : g_strdup (TELA_FAL_ENDPOINT);

  g_clear_object (&self->service);
  if (self->key != NULL && *g_strstrip (endpoint) != '\0')
    self->service = tela_generator_fal_new (endpoint, self->key);
}

static void
settings_cb (TelaJobs *self)
{
  set_up_command (self);
  set_up_service (self);
  use_generators (self);
}

static void
take_key (TelaJobs       *self,
          char           *key,
          TelaJobKeyPlace place)
{
  g_free (self->key);
  self->key = key;
  self->key_place = key != NULL ? place : TELA_JOB_KEY_NONE;
  set_up_service (self);
  use_generators (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_KEY_PLACE]);
}

static void
key_loaded_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr (TelaJobs) self = user_data;
  g_autoptr (GError) error = NULL;
  TelaJobKeyPlace place;
  char           *key = tela_job_key_load_finish (result, &place, &error);

  self->is_settled = TRUE;
  if (error == NULL && key != NULL)
    take_key (self, key, place);
}

static void
key_saved_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (TelaJobs) self = user_data;
  g_autoptr (GError) error = NULL;
  TelaJobKeyPlace place;

  if (!tela_job_key_save_finish (result, &place, &error))
    g_message ("The key of the image service is forgotten with this process: %s", error->message);
  else if (self->key != NULL)
    {
      self->key_place = place;
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_KEY_PLACE]);
    }
}

/* Object */

static void
tela_jobs_get_property (GObject    *object,
                        guint       id,
                        GValue     *value,
                        GParamSpec *pspec)
{
  TelaJobs *self = TELA_JOBS (object);

  if (id == PROP_READY)
    g_value_set_boolean (value, tela_jobs_is_ready (self));
  else if (id == PROP_KEY_PLACE)
    g_value_set_int (value, (int) self->key_place);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
tela_jobs_dispose (GObject *object)
{
  TelaJobs *self = TELA_JOBS (object);

  if (self->monitor != NULL)
    tela_jobs_close (self);
  g_clear_object (&self->worker);
  g_clear_object (&self->monitor);
  g_clear_object (&self->workspace);
  g_clear_object (&self->settings);
  g_clear_object (&self->command);
  g_clear_object (&self->service);
  G_OBJECT_CLASS (tela_jobs_parent_class)->dispose (object);
}

static void
tela_jobs_finalize (GObject *object)
{
  TelaJobs *self = TELA_JOBS (object);

  g_clear_object (&self->cancellable);
  g_free (self->dir);
  g_free (self->machine);
  g_free (self->command_line);
  g_free (self->problem);
  g_free (self->key);
  g_free (self->locked);
  G_OBJECT_CLASS (tela_jobs_parent_class)->finalize (object);
}

static void
tela_jobs_class_init (TelaJobsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tela_jobs_get_property;
  object_class->dispose = tela_jobs_dispose;
  object_class->finalize = tela_jobs_finalize;

  props[PROP_READY] =
      g_param_spec_boolean ("ready", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  props[PROP_KEY_PLACE] = g_param_spec_int ("key-place", NULL, NULL, TELA_JOB_KEY_NONE, TELA_JOB_KEY_FILE,
                                            TELA_JOB_KEY_NONE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tela_jobs_init (TelaJobs *self)
{
  self->cancellable = g_cancellable_new ();
  self->lock = -1;
}

static void
load_key (TelaJobs *self)
{
  const char *given = g_getenv ("FAL_KEY"); /* as other programs that use the service */

  if (given != NULL && *given != '\0')
    {
      self->is_settled = TRUE;
      take_key (self, g_strdup (given), TELA_JOB_KEY_RING);
    }
  else
    tela_job_key_load_async (self->dir, self->settings != NULL, self->cancellable, key_loaded_cb, g_object_ref (self));
}

TelaJobs *
tela_jobs_new (TelaWorkspace *workspace,
               GSettings     *settings,
               const char    *dir)
{
  TelaJobs *self;

  g_return_val_if_fail (TELA_IS_WORKSPACE (workspace), NULL);

  self = g_object_new (TELA_TYPE_JOBS, NULL);
  self->workspace = g_object_ref (workspace);
  self->settings = settings != NULL ? g_object_ref (settings) : NULL;
  self->dir = g_strdup (dir);
  self->machine = read_machine (dir);
  self->monitor = tela_job_monitor_new (workspace);
  self->worker = tela_job_worker_new (workspace, self->monitor, self->machine, dir);
  g_signal_connect_object (self->monitor, "notify::loaded", G_CALLBACK (loaded_cb), self, G_CONNECT_SWAPPED);
  if (settings != NULL)
    {
      g_signal_connect_object (settings, "changed::generator-command", G_CALLBACK (settings_cb), self,
                               G_CONNECT_SWAPPED);
      g_signal_connect_object (settings, "changed::fal-endpoint", G_CALLBACK (settings_cb), self, G_CONNECT_SWAPPED);
      settings_cb (self);
    }
  load_key (self);
  return self;
}

TelaJobQueue *
tela_jobs_get_queue (TelaJobs *self)
{
  g_return_val_if_fail (TELA_IS_JOBS (self), NULL);
  return tela_job_monitor_get_queue (self->monitor);
}

TelaJobMonitor *
tela_jobs_get_monitor (TelaJobs *self)
{
  g_return_val_if_fail (TELA_IS_JOBS (self), NULL);
  return self->monitor;
}

void
tela_jobs_close (TelaJobs *self)
{
  g_return_if_fail (TELA_IS_JOBS (self));

  g_cancellable_cancel (self->cancellable);
  unlock (self);
  tela_job_monitor_close (self->monitor);
}

gboolean
tela_jobs_is_ready (TelaJobs *self)
{
  return tela_jobs_has_command (self) || tela_jobs_has_service (self);
}

gboolean
tela_jobs_has_command (TelaJobs *self)
{
  g_return_val_if_fail (TELA_IS_JOBS (self), FALSE);
  return self->command != NULL;
}

gboolean
tela_jobs_has_service (TelaJobs *self)
{
  g_return_val_if_fail (TELA_IS_JOBS (self), FALSE);
  return self->service != NULL;
}

const char *
tela_jobs_get_problem (TelaJobs *self)
{
  g_return_val_if_fail (TELA_IS_JOBS (self), NULL);
  return self->problem;
}

GStrv
tela_jobs_dup_models (TelaJobs *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) models = NULL;

  g_return_val_if_fail (TELA_IS_JOBS (self), NULL);

  if (self->command != NULL)
    g_strv_builder_add (builder, TELA_COMMAND_MODEL);
  if (self->service != NULL && self->settings != NULL)
    {
      models = g_settings_get_strv (self->settings, "fal-models");
      g_strv_builder_addv (builder, (const char **) models);
    }
  return g_strv_builder_end (builder);
}

gboolean
tela_jobs_is_settled (TelaJobs *self)
{
  g_return_val_if_fail (TELA_IS_JOBS (self), FALSE);
  return self->is_settled;
}

void
tela_jobs_stay_idle (TelaJobs *self)
{
  g_return_if_fail (TELA_IS_JOBS (self));
  self->is_idle = TRUE;
}

TelaJobKeyPlace
tela_jobs_get_key_place (TelaJobs *self)
{
  g_return_val_if_fail (TELA_IS_JOBS (self), TELA_JOB_KEY_NONE);
  return self->key_place;
}

void
tela_jobs_set_key (TelaJobs   *self,
                   const char *key)
{
  g_autofree char *stripped = key != NULL ? g_strstrip (g_strdup (key)) : NULL;

  g_return_if_fail (TELA_IS_JOBS (self));

  if (stripped != NULL && *stripped == '\0')
    g_clear_pointer (&stripped, g_free);
  take_key (self, g_strdup (stripped), self->key_place);
  tela_job_key_save_async (self->dir, self->settings != NULL, stripped, NULL, key_saved_cb, g_object_ref (self));
}

void
tela_jobs_set_generators (TelaJobs      *self,
                          TelaGenerator *command,
                          TelaGenerator *service)
{
  g_return_if_fail (TELA_IS_JOBS (self));

  g_set_object (&self->command, command);
  g_set_object (&self->service, service);
  use_generators (self);
}

void
tela_jobs_set_pace (TelaJobs *self,
                    guint     poll_ms,
                    guint     retry_ms)
{
  g_return_if_fail (TELA_IS_JOBS (self));
  tela_job_worker_set_pace (self->worker, poll_ms, retry_ms);
}
