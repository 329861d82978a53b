/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-document-private.h"

#include <glib/gi18n.h>

#define TOUR "/io/github/telacanvas/Tela/samples/welcome.tela"

static void
filled_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (tela_session_edit_finish (TELA_SESSION (source), result, &error))
    tela_window_open_board (task->window, task->project_id);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    /* Translators: %s says why, in a sentence */
    tela_window_tell (task->window, _ ("The board cannot be opened: %s"), error->message);
}

static void
opened_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  g_autoptr (TelaImport) tour = NULL;
  g_autoptr (GBytes) bytes = g_resources_lookup_data (TOUR, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
  g_autoptr (GError) error = NULL;

  task->session = tela_workspace_open_finish (TELA_WORKSPACE (source), result, &error);
  if (task->session != NULL)
    tour = tela_format_read (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), (TelaStamp){ .time = 1 }, NULL,
                             NULL, &error);
  if (tour != NULL)
    {
      TelaSession *session = task->session;

      tela_import_flatten (tour, (TelaStamp){ .time = 1 });
      tela_session_edit_async (session, (TelaElement *const *) tour->elements->pdata, tour->elements->len, FALSE, NULL,
                               filled_cb, g_steal_pointer (&task));
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tela_window_tell (task->window, _ ("The board cannot be opened: %s"), error->message);
}

/* A board like any other: it can be drawn on, kept or deleted. */
static void
tour_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  TelaWindow      *self = TELA_WINDOW (widget);
  TelaWorkspace   *workspace = tela_window_get_workspace (self);
  g_autofree char *project_id = NULL;

  if (workspace == NULL)
    return;

  project_id = tela_workspace_create (workspace, _ ("Welcome"));
  tela_workspace_open_async (workspace, project_id, self->cancellable, opened_cb,
                             tela_task_new (self, project_id, NULL));
}

void
tela_window_install_tour (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.tour", NULL, tour_action);
}
