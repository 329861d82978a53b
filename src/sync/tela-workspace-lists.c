/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-workspace-private.h"

/* The boards and the trash: in memory, and kept for the next start. */

char *
tela_workspace_note (TelaWorkspace *self,
                     const char    *what)
{
  return g_strconcat (what, " ", self->scope, NULL);
}

static void
write_projects (TelaJsonWriter *writer,
                GListStore     *store)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (store));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TelaProject) project = g_list_model_get_item (G_LIST_MODEL (store), i);

      tela_json_writer_begin_object (writer);
      tela_json_writer_name (writer, "id");
      tela_json_writer_string (writer, tela_project_get_id (project));
      tela_json_writer_name (writer, "name");
      tela_json_writer_string (writer, tela_project_get_name (project));
      tela_json_writer_name (writer, "role");
      tela_json_writer_string (writer, tela_project_get_role (project));
      tela_json_writer_name (writer, "updated_ms");
      tela_json_writer_int (writer, tela_project_get_updated_at (project));
      tela_json_writer_name (writer, "deleted_ms");
      tela_json_writer_int (writer, tela_project_get_deleted_at (project));
      if (tela_project_get_thumbnail (project) != NULL)
        {
          tela_json_writer_name (writer, "thumbnail");
          tela_json_writer_string (writer, tela_project_get_thumbnail (project));
        }
      tela_json_writer_end_object (writer);
    }
}

void
tela_workspace_save_projects (TelaWorkspace *self)
{
  g_autofree char *note = tela_workspace_note (self, "projects");
  g_autoptr (GString) text = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, text, 0);
  tela_json_writer_begin_array (&writer);
  write_projects (&writer, self->projects);
  write_projects (&writer, self->trash);
  tela_json_writer_end_array (&writer);
  tela_store_put_note (self->store, note, text->str);
}

GPtrArray *
tela_workspace_parse_rows (const char *text)
{
  g_autoptr (GBytes) bytes = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;

  return bytes != NULL ? tela_project_rows_parse (bytes, NULL) : NULL;
}

static TelaProject *
find_in (GListStore *store,
         const char *id,
         guint      *position)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (store));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (TelaProject) project = g_list_model_get_item (G_LIST_MODEL (store), i);

      if (!g_str_equal (tela_project_get_id (project), id))
        continue;
      if (position != NULL)
        *position = i;
      return g_steal_pointer (&project);
    }
  return NULL;
}

TelaProject *
tela_workspace_find (TelaWorkspace *self,
                     const char    *id,
                     guint         *position)
{
  return find_in (self->projects, id, position);
}

TelaProject *
tela_workspace_find_trashed (TelaWorkspace *self,
                             const char    *id)
{
  return find_in (self->trash, id, NULL);
}

static void
take_out_of (GListStore *store,
             const char *id)
{
  guint position;
  g_autoptr (TelaProject) project = find_in (store, id, &position);

  if (project != NULL)
    g_list_store_remove (store, position);
}

void
tela_workspace_take_out (TelaWorkspace *self,
                         const char    *id)
{
  take_out_of (self->projects, id);
  take_out_of (self->trash, id);
}

/* One that stays where it is is not touched, for a row may have the focus. */
void
tela_workspace_place (TelaWorkspace *self,
                      TelaProject   *project,
                      gint64         deleted_ms)
{
  const char *id = tela_project_get_id (project);
  GListStore *to = deleted_ms != 0 ? self->trash : self->projects;
  GListStore *from = deleted_ms != 0 ? self->projects : self->trash;
  g_autoptr (TelaProject) there = find_in (to, id, NULL);

  tela_project_set_deleted_at (project, deleted_ms);
  take_out_of (from, id);
  if (there == NULL)
    g_list_store_insert_sorted (to, project, tela_project_compare, NULL);
}

void
tela_workspace_load_projects (TelaWorkspace *self)
{
  g_autofree char *note = tela_workspace_note (self, "projects");
  g_autofree char *text = tela_store_get_note (self->store, note);
  g_autofree char *changes_note = tela_workspace_note (self, "changes");
  g_autofree char *changes = tela_store_get_note (self->store, changes_note);
  g_autoptr (GPtrArray) rows = tela_workspace_parse_rows (text);

  g_list_store_remove_all (self->projects);
  g_list_store_remove_all (self->trash);
  for (guint i = 0; rows != NULL && i < rows->len; i++)
    {
      const TelaProjectRow *row = g_ptr_array_index (rows, i);
      g_autoptr (TelaProject) project = tela_project_new (row->id, row->name, row->role, row->updated_ms);

      tela_project_set_thumbnail (project, row->thumbnail);
      tela_workspace_place (self, project, row->deleted_ms);
    }
  g_queue_clear_full (&self->queue, (GDestroyNotify) tela_project_change_free);
  tela_workspace_take_changes (self, changes);
}
