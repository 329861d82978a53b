/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-ask-name.h"
#include "tela-trash-window.h"

void
tela_window_new_board (TelaWindow *self)
{
  TelaWorkspace   *workspace = tela_window_get_workspace (self);
  g_autofree char *id = NULL;

  if (workspace == NULL)
    return;

  id = tela_workspace_create (workspace, _ ("Untitled Board"));
  tela_window_open_board (self, id);
}

char *
tela_window_dup_name (TelaWindow *self)
{
  TelaBoard *board = self->session == NULL ? NULL : tela_session_get_board (self->session);

  return tela_application_dup_board_name (tela_window_get_app (self), self->project_id, board);
}

/* What a new name is for. */
typedef struct
{
  TelaWindow *window; /* borrowed: the question is over it and goes first */
  char       *project_id;
} Rename;

static void
rename_free (gpointer data)
{
  Rename *rename = data;

  g_free (rename->project_id);
  g_free (rename);
}

static void
renamed_cb (const char *name,
            gpointer    user_data)
{
  Rename        *rename = user_data;
  TelaWorkspace *workspace = tela_window_get_workspace (rename->window);

  if (workspace != NULL)
    tela_workspace_rename (workspace, rename->project_id, name);
}

void
tela_window_rename_board (TelaWindow *self,
                          const char *project_id)
{
  g_autofree char *name = tela_application_dup_board_name (tela_window_get_app (self), project_id, NULL);
  Rename          *rename = g_new (Rename, 1);

  *rename = (Rename){ .window = self, .project_id = g_strdup (project_id) };
  tela_ask_name (GTK_WINDOW (self), _ ("Rename Board"), _ ("_Rename"), name, 0, renamed_cb, rename, rename_free);
}

/* What its toast needs to undo a deletion. */
typedef struct
{
  TelaApplication *app; /* owned */
  char            *project_id;
} Removal;

static void
removal_free (gpointer  data,
              GClosure *closure)
{
  Removal *removal = data;

  g_object_unref (removal->app);
  g_free (removal->project_id);
  g_free (removal);
}

static void
undo_removal_cb (AdwToast *toast,
                 gpointer  user_data)
{
  Removal       *removal = user_data;
  TelaWorkspace *workspace = tela_application_get_workspace (removal->app);

  if (workspace != NULL)
    tela_workspace_restore (workspace, removal->project_id);
}

void
tela_window_delete_board (TelaWindow *self,
                          const char *project_id)
{
  TelaApplication *app = tela_window_get_app (self);
  TelaWorkspace   *workspace = tela_window_get_workspace (self);
  g_autoptr (TelaProject) project = tela_application_find_board (app, project_id);
  g_autofree char *name = tela_application_dup_board_name (app, project_id, NULL);
  g_autofree char *title = NULL;
  g_autofree char *escaped = g_markup_escape_text (name, -1);
  Removal         *removal;
  AdwToast        *toast;

  if (workspace == NULL || project == NULL)
    return;
  if (g_strcmp0 (tela_project_get_role (project), "owner") != 0)
    {
      tela_window_toast (self, _ ("Only the owner of a board can delete it"));
      return;
    }

  tela_workspace_trash (workspace, project_id);
  /* Translators: %s is the name of a board */
  title = g_strdup_printf (_ ("“%s” moved to the trash"), escaped);
  toast = adw_toast_new (title);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  removal = g_new0 (Removal, 1);
  removal->app = g_object_ref (app);
  removal->project_id = g_strdup (project_id);
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_removal_cb), removal, removal_free, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* NULL: it is not there. (transfer full) */
static TelaProject *
find_in_trash (TelaWindow *self,
               const char *project_id)
{
  TelaWorkspace *workspace = tela_window_get_workspace (self);
  GListModel    *trash = workspace == NULL ? NULL : tela_workspace_get_trash (workspace);

  for (guint i = 0; trash != NULL && i < g_list_model_get_n_items (trash); i++)
    {
      g_autoptr (TelaProject) project = g_list_model_get_item (trash, i);

      if (g_strcmp0 (tela_project_get_id (project), project_id) == 0)
        return g_steal_pointer (&project);
    }

  return NULL;
}

gboolean
tela_window_is_in_trash (TelaWindow *self,
                         const char *project_id)
{
  g_autoptr (TelaProject) project = find_in_trash (self, project_id);

  return project != NULL;
}

void
tela_window_take_from_trash (TelaWindow *self,
                             const char *project_id)
{
  g_autoptr (TelaProject) project = find_in_trash (self, project_id);
  g_autofree char *name = NULL;

  if (project == NULL)
    return;

  tela_workspace_restore (tela_window_get_workspace (self), project_id);
  name = tela_application_dup_board_name (tela_window_get_app (self), project_id, NULL);
  /* Translators: %s is the name of a board that was opened */
  tela_window_tell (self, _ ("“%s” was taken out of the trash"), name);
}

void
tela_window_show_trash (TelaWindow *self)
{
  if (tela_window_get_workspace (self) != NULL)
    gtk_window_present (GTK_WINDOW (tela_trash_window_new (self)));
}
