/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-assets.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The store's note: names still to be uploaded, one a line. */
#define NOTE "assets-to-upload"
#define RETRY_MS 2000

struct _TelaAssets
{
  GObject parent_instance;

  TelaStore    *store;       /* owned */
  TelaRemote   *remote;      /* owned */
  GCancellable *cancellable; /* owned: of the uploads */
  GPtrArray    *waiting;     /* owned: names, oldest first; the first is under way */
  gboolean      busy;
  guint         retry_source;
};

G_DEFINE_FINAL_TYPE (TelaAssets, tela_assets, G_TYPE_OBJECT)

enum
{
  PROP_IDLE = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void upload_next (TelaAssets *self);

static void
save (TelaAssets *self)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < self->waiting->len; i++)
    g_string_append_printf (text, "%s\n", (const char *) g_ptr_array_index (self->waiting, i));
  tela_store_put_note (self->store, NOTE, text->str);
}

static gboolean
retry_cb (gpointer user_data)
{
  TelaAssets *self = user_data;

  self->retry_source = 0;
  upload_next (self);
  return G_SOURCE_REMOVE;
}

static void
drop_first (TelaAssets *self)
{
  g_ptr_array_remove_index (self->waiting, 0);
  save (self);
  if (self->waiting->len == 0)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IDLE]);
}

static void
uploaded_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (TelaAssets) self = user_data; /* the reference upload_next() took */
  g_autoptr (GError) error = NULL;

  tela_remote_done_finish (TELA_REMOTE (source), result, &error);
  self->busy = FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* What the server will never take must not hold back the edits: their readers see a box with the image's name. */
  if (error == NULL || g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_REFUSED))
    {
      drop_first (self);
      upload_next (self);
      return;
    }
  if (self->retry_source == 0)
    {
      self->retry_source = g_timeout_add (RETRY_MS, retry_cb, self);
      g_source_set_name_by_id (self->retry_source, "[tela] upload again");
    }
}

/* What is read or kept on a thread of its own: files are large, and their hashes are checked. */
typedef struct
{
  TelaStore *store; /* owned */
  char      *name;  /* owned */
  GBytes    *bytes; /* owned; to be kept; NULL: to be read */
} Work;

static void
work_free (gpointer data)
{
  Work *self = data;

  g_object_unref (self->store);
  g_free (self->name);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static Work *
work_new (TelaAssets *assets,
          const char *name,
          GBytes     *bytes)
{
  Work *self = g_new (Work, 1);

  *self = (Work){ .store = g_object_ref (assets->store),
                  .name = g_strdup (name),
                  .bytes = bytes == NULL ? NULL : g_bytes_ref (bytes) };

  return self;
}

static void
read_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  const Work *work = data;
  GError     *error = NULL;
  GBytes     *bytes = tela_store_get_asset (work->store, work->name, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
read_for_upload_cb (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  TelaAssets *self = TELA_ASSETS (source);
  const Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), NULL);

  if (g_cancellable_is_cancelled (self->cancellable))
    {
      self->busy = FALSE;
      return;
    }
  if (bytes == NULL)
    {
      self->busy = FALSE;
      drop_first (self);
      upload_next (self);
      return;
    }
  tela_remote_put_asset_async (self->remote, work->name, bytes, self->cancellable, uploaded_cb, g_object_ref (self));
}

static void
upload_next (TelaAssets *self)
{
  g_autoptr (GTask) task = NULL;

  if (self->busy || self->waiting->len == 0 || !tela_remote_has_endpoint (self->remote) ||
      g_cancellable_is_cancelled (self->cancellable))
    return;
  g_clear_handle_id (&self->retry_source, g_source_remove);

  self->busy = TRUE;
  task = g_task_new (self, NULL, read_for_upload_cb, NULL);
  g_task_set_source_tag (task, upload_next);
  g_task_set_task_data (task, work_new (self, g_ptr_array_index (self->waiting, 0), NULL), work_free);
  g_task_run_in_thread (task, read_in_thread);
}

static void
tela_assets_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  TelaAssets *self = TELA_ASSETS (object);

  switch (prop_id)
    {
    case PROP_IDLE:
      g_value_set_boolean (value, tela_assets_is_idle (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tela_assets_dispose (GObject *object)
{
  TelaAssets *self = TELA_ASSETS (object);

  tela_assets_close (self);
  g_clear_object (&self->store);
  g_clear_object (&self->remote);

  G_OBJECT_CLASS (tela_assets_parent_class)->dispose (object);
}

static void
tela_assets_finalize (GObject *object)
{
  TelaAssets *self = TELA_ASSETS (object);

  g_object_unref (self->cancellable);
  g_ptr_array_unref (self->waiting);

  G_OBJECT_CLASS (tela_assets_parent_class)->finalize (object);
}

static void
tela_assets_class_init (TelaAssetsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = tela_assets_get_property;
  object_class->dispose = tela_assets_dispose;
  object_class->finalize = tela_assets_finalize;

  /**
   * TelaAssets:idle:
   *
   * Whether nothing waits to be uploaded.
   */
  props[PROP_IDLE] = g_param_spec_boolean ("idle", NULL, NULL, TRUE,
                                           G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
tela_assets_init (TelaAssets *self)
{
  self->cancellable = g_cancellable_new ();
  self->waiting = g_ptr_array_new_with_free_func (g_free);
}

TelaAssets *
tela_assets_new (TelaStore  *store,
                 TelaRemote *remote)
{
  TelaAssets      *self = g_object_new (TELA_TYPE_ASSETS, NULL);
  g_autofree char *text = tela_store_get_note (store, NOTE);
  g_auto (GStrv) names = text != NULL ? g_strsplit (text, "\n", -1) : NULL;

  self->store = g_object_ref (store);
  self->remote = g_object_ref (remote);
  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (*names[i] != '\0')
      g_ptr_array_add (self->waiting, g_strdup (names[i]));
  return self;
}

char *
tela_assets_put (TelaAssets *self,
                 GBytes     *bytes,
                 GError    **error)
{
  char *name = tela_store_put_asset (self->store, bytes, error);

  if (name != NULL)
    tela_assets_upload (self, name);
  return name;
}

void
tela_assets_upload (TelaAssets *self,
                    const char *sha256)
{
  if (g_ptr_array_find_with_equal_func (self->waiting, sha256, g_str_equal, NULL))
    return;
  g_ptr_array_add (self->waiting, g_strdup (sha256));
  save (self);
  if (self->waiting->len == 1)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_IDLE]);
  upload_next (self);
}

gboolean
tela_assets_is_idle (TelaAssets *self)
{
  return self->waiting->len == 0;
}

void
tela_assets_retry (TelaAssets *self)
{
  upload_next (self);
}

/* Kept if the disk takes it; shown all the same. */
static void
keep_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  const Work      *work = data;
  g_autofree char *found = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, work->bytes);
  g_autofree char *kept = NULL;

  if (strcmp (found, work->name) != 0)
    {
      g_task_return_new_error (task, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_SERVER,
                               _ ("the server sent other bytes than were asked for"));
      return;
    }
  kept = tela_store_put_asset (work->store, work->bytes, NULL);
  g_task_return_pointer (task, g_bytes_ref (work->bytes), (GDestroyNotify) g_bytes_unref);
}

static void
kept_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;
  GBytes *bytes = g_task_propagate_pointer (G_TASK (result), &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

static void
fetched_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaAssets *self = g_task_get_source_object (task);
  const Work *work = g_task_get_task_data (task);
  GError     *error = NULL;
  g_autoptr (GBytes) bytes = tela_remote_get_asset_finish (TELA_REMOTE (source), result, &error);
  g_autoptr (GTask) keeping = NULL;

  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  if (self->store == NULL)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "closed");
      return;
    }
  keeping = g_task_new (self, g_task_get_cancellable (task), kept_cb, g_object_ref (task));
  g_task_set_source_tag (keeping, fetched_cb);
  g_task_set_task_data (keeping, work_new (self, work->name, bytes), work_free);
  g_task_run_in_thread (keeping, keep_in_thread);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  TelaAssets *self = TELA_ASSETS (source);
  const Work *work = g_task_get_task_data (task);
  GBytes     *bytes = g_task_propagate_pointer (G_TASK (result), NULL);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else if (!g_task_return_error_if_cancelled (task))
    {
      if (self->remote == NULL)
        g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "closed");
      else
        tela_remote_get_asset_async (self->remote, work->name, g_task_get_cancellable (task), fetched_cb,
                                     g_object_ref (task));
    }
}

void
tela_assets_get_async (TelaAssets         *self,
                       const char         *sha256,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GTask) reading = g_task_new (self, cancellable, read_cb, task);

  g_task_set_source_tag (task, tela_assets_get_async);
  g_task_set_task_data (task, work_new (self, sha256, NULL), work_free);
  g_task_set_source_tag (reading, tela_assets_get_async);
  g_task_set_task_data (reading, work_new (self, sha256, NULL), work_free);
  g_task_run_in_thread (reading, read_in_thread);
}

GBytes *
tela_assets_get_finish (TelaAssets   *self,
                        GAsyncResult *result,
                        GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
tela_assets_close (TelaAssets *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->retry_source, g_source_remove);
}
