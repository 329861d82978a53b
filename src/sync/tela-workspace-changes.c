/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-workspace-private.h"

/* Boards that were made, renamed, deleted, restored or painted here, in order, until the server has heard of it. */

static const char *const kind_names[] = {
  [TELA_PROJECT_CREATE] = "create",
  [TELA_PROJECT_RENAME] = "rename",
  [TELA_PROJECT_TRASH] = "trash",
  [TELA_PROJECT_RESTORE] = "restore",
  [TELA_PROJECT_THUMBNAIL] = "thumbnail",
};

void
tela_project_change_free (TelaProjectChange *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self);
}

static void
save_changes (TelaWorkspace *self)
{
  g_autofree char *note = tela_workspace_note (self, "changes");
  g_autoptr (GString) text = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, text, 0);
  tela_json_writer_begin_array (&writer);
  for (GList *l = self->queue.head; l != NULL; l = l->next)
    {
      const TelaProjectChange *change = l->data;

      tela_json_writer_begin_object (&writer);
      tela_json_writer_name (&writer, "id");
      tela_json_writer_string (&writer, change->id);
      tela_json_writer_name (&writer, "name");
      tela_json_writer_string (&writer, change->name);
      tela_json_writer_name (&writer, "role");
      tela_json_writer_string (&writer, kind_names[change->kind]);
      tela_json_writer_end_object (&writer);
    }
  tela_json_writer_end_array (&writer);
  tela_store_put_note (self->store, note, text->str);
}

static void
append_change (TelaWorkspace        *self,
               TelaProjectChangeKind kind,
               const char           *id,
               const char           *name)
{
  TelaProjectChange *change = g_new0 (TelaProjectChange, 1);

  change->kind = kind;
  change->id = g_strdup (id);
  change->name = g_strdup (name);
  g_queue_push_tail (&self->queue, change);
}

/* The one that is being told now is dropped when it is answered. @kind: -1 for all */
static void
drop_changes (TelaWorkspace *self,
              const char    *id,
              int            kind)
{
  for (GList *l = self->queue.head, *next; l != NULL; l = next)
    {
      TelaProjectChange *change = l->data;

      next = l->next;
      if (!g_str_equal (change->id, id) || (kind >= 0 && change->kind != (TelaProjectChangeKind) kind) ||
          (self->queue_busy && l == self->queue.head))
        continue;
      g_queue_delete_link (&self->queue, l);
      tela_project_change_free (change);
    }
}

void
tela_workspace_queue_change (TelaWorkspace        *self,
                             TelaProjectChangeKind kind,
                             const char           *id,
                             const char           *name)
{
  if (kind == TELA_PROJECT_THUMBNAIL)
    drop_changes (self, id, kind); /* only the last picture is there */
  append_change (self, kind, id, name);
  save_changes (self);
}

static TelaProjectChangeKind
kind_of_name (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (kind_names); i++)
    if (g_strcmp0 (name, kind_names[i]) == 0)
      return (TelaProjectChangeKind) i;

  return TELA_PROJECT_RENAME;
}

/* A board that the server is still to be told of is in the list all the same. */
static void
take_change (TelaWorkspace        *self,
             const TelaProjectRow *row)
{
  const TelaProjectChangeKind kind = kind_of_name (row->role);
  const char                 *name = row->name != NULL ? row->name : "";
  const gint64                now = tela_remote_get_wall_ms (self->remote);
  g_autoptr (TelaProject) project = tela_workspace_find (self, row->id, NULL);

  if (project == NULL)
    project = tela_workspace_find_trashed (self, row->id);
  append_change (self, kind, row->id, name);
  if (kind == TELA_PROJECT_CREATE && project == NULL)
    project = tela_project_new (row->id, name, "owner", now);
  if (project != NULL && kind == TELA_PROJECT_THUMBNAIL)
    tela_project_set_thumbnail (project, row->name);
  else if (project != NULL && kind != TELA_PROJECT_RENAME)
    tela_workspace_place (self, project, kind == TELA_PROJECT_TRASH ? now : 0);
}

void
tela_workspace_take_changes (TelaWorkspace *self,
                             const char    *json)
{
  g_autoptr (GPtrArray) rows = tela_workspace_parse_rows (json);

  for (guint i = 0; rows != NULL && i < rows->len; i++)
    take_change (self, g_ptr_array_index (rows, i));
  if (rows != NULL && rows->len > 0)
    save_changes (self);
}

const TelaProjectChange *
tela_workspace_find_change (TelaWorkspace        *self,
                            const char           *id,
                            TelaProjectChangeKind kind)
{
  for (GList *l = self->queue.tail; l != NULL; l = l->prev)
    {
      const TelaProjectChange *change = l->data;

      if (change->kind == kind && g_str_equal (change->id, id))
        return change;
    }
  return NULL;
}

gboolean
tela_workspace_is_trashed (TelaWorkspace *self,
                           const char    *id,
                           gboolean       by_server)
{
  for (GList *l = self->queue.tail; l != NULL; l = l->prev)
    {
      const TelaProjectChange *change = l->data;

      if ((change->kind == TELA_PROJECT_TRASH || change->kind == TELA_PROJECT_RESTORE) && g_str_equal (change->id, id))
        return change->kind == TELA_PROJECT_TRASH;
    }

  return by_server;
}

gboolean
tela_workspace_is_unborn (TelaWorkspace *self,
                          const char    *id)
{
  return tela_workspace_find_change (self, id, TELA_PROJECT_CREATE) != NULL;
}

/* A picture that the server has no room for must not hold back names. */
static gboolean
is_given_up (const TelaProjectChange *change,
             const GError            *error)
{
  return g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_REFUSED) ||
         (change->kind == TELA_PROJECT_THUMBNAIL &&
          g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_SERVER));
}

void
tela_workspace_change_told (TelaWorkspace *self,
                            const GError  *error)
{
  if (self->closed || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  self->queue_busy = FALSE;
  if (error != NULL && !is_given_up (g_queue_peek_head (&self->queue), error))
    {
      tela_workspace_retry_later (self);
      return;
    }
  /* What is refused will be refused again; the next list shows what holds. */
  tela_project_change_free (g_queue_pop_head (&self->queue));
  save_changes (self);
  self->refresh_is_old = self->refreshing;
  tela_workspace_refresh (self);
  tela_workspace_update_boards (self);
  tela_workspace_pump_changes (self);
  tela_workspace_check_drained (self);
}

static void
changed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaWorkspace) self = user_data;
  g_autoptr (GError) error = NULL;

  tela_remote_done_finish (TELA_REMOTE (source), result, &error);
  tela_workspace_change_told (self, error);
}

void
tela_workspace_pump_changes (TelaWorkspace *self)
{
  const TelaProjectChange *change = g_queue_peek_head (&self->queue);

  if (change == NULL || self->queue_busy || self->closed || !tela_remote_has_endpoint (self->remote))
    return;
  self->queue_busy = TRUE;
  switch (change->kind)
    {
    case TELA_PROJECT_CREATE:
      tela_remote_insert_project_async (self->remote, change->id, change->name, self->cancellable, changed_cb,
                                        g_object_ref (self));
      break;
    case TELA_PROJECT_TRASH:
      tela_remote_trash_project_async (self->remote, change->id, tela_remote_get_wall_ms (self->remote),
                                       self->cancellable, changed_cb, g_object_ref (self));
      break;
    case TELA_PROJECT_RESTORE:
      tela_remote_trash_project_async (self->remote, change->id, 0, self->cancellable, changed_cb, g_object_ref (self));
      break;
    case TELA_PROJECT_THUMBNAIL:
      tela_workspace_tell_thumbnail (self, change);
      break;
    case TELA_PROJECT_RENAME:
    default:
      tela_remote_rename_project_async (self->remote, change->id, change->name, self->cancellable, changed_cb,
                                        g_object_ref (self));
      break;
    }
}

void
tela_workspace_drop_changes (TelaWorkspace *self,
                             const char    *id)
{
  drop_changes (self, id, -1);
  save_changes (self);
}
