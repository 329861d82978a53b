/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-application-private.h"

#include <glib/gi18n.h>

#include "tela-window.h"

GListModel *
tela_application_get_boards (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  return G_LIST_MODEL (self->boards);
}

TelaProject *
tela_application_find_board (TelaApplication *self,
                             const char      *project_id)
{
  GListModel *boards;

  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  boards = G_LIST_MODEL (self->boards);
  for (guint i = 0; i < g_list_model_get_n_items (boards); i++)
    {
      g_autoptr (TelaProject) project = g_list_model_get_item (boards, i);

      if (g_strcmp0 (tela_project_get_id (project), project_id) == 0)
        return g_steal_pointer (&project);
    }

  return NULL;
}

char *
tela_application_dup_board_name (TelaApplication *self,
                                 const char      *project_id,
                                 TelaBoard       *board)
{
  g_autoptr (TelaProject) project = tela_application_find_board (self, project_id);
  const char *name = project == NULL ? NULL : tela_project_get_name (project);

  if ((name == NULL || *name == '\0') && board != NULL)
    name = tela_board_get_name (board);

  return g_strdup (name == NULL || *name == '\0' ? _ ("Untitled Board") : name);
}

typedef struct
{
  TelaApplication *app; /* owned */
  char            *project_id;
} Removal;

static void
removed_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Removal *removal = user_data;
  g_autoptr (GError) error = NULL;
  GtkWindow *active;

  if (tela_workspace_remove_finish (TELA_WORKSPACE (source), result, &error))
    {
      if (removal->app->links != NULL)
        tela_links_remove (removal->app->links, removal->project_id);
    }
  else
    {
      active = gtk_application_get_active_window (GTK_APPLICATION (removal->app));
      if (TELA_IS_WINDOW (active))
        tela_window_toast (TELA_WINDOW (active), error->message);
    }

  g_object_unref (removal->app);
  g_free (removal->project_id);
  g_free (removal);
}

void
tela_application_remove_board (TelaApplication *self,
                               const char      *project_id)
{
  Removal *removal;

  g_return_if_fail (TELA_IS_APPLICATION (self));

  if (self->workspace == NULL || self->is_quitting)
    return;

  removal = g_new0 (Removal, 1);
  removal->app = g_object_ref (self);
  removal->project_id = g_strdup (project_id);
  tela_workspace_remove_async (self->workspace, project_id, NULL, removed_cb, removal);
}
