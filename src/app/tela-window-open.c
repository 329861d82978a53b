/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-document-private.h"

#include <glib/gi18n.h>

static void
opening_answered_cb (GtkWidget  *question,
                     const char *response,
                     gpointer    user_data)
{
  TelaTask *task = user_data;

  if (strcmp (response, "merge") == 0 && tela_window_get_links (task->window) != NULL &&
      tela_links_lookup (tela_window_get_links (task->window), task->project_id) != NULL)
    tela_window_merge_file (g_rc_box_acquire (task));
}

static void
ask_on_opening (TelaTask *task)
{
  TelaResponse responses[] = { { "keep", _ ("_Keep Board"), ADW_RESPONSE_DEFAULT },
                               { "merge", _ ("_Merge"), ADW_RESPONSE_SUGGESTED } };

  tela_window_ask (
      task, task->document->path,
      /* Translators: %s is the name of a file */
      _ ("“%s” has changed since it was last open here. Merging takes over what was changed in the file."),
      responses, G_N_ELEMENTS (responses), G_CALLBACK (opening_answered_cb));
}

/* What could not be carried over. */
static void
show_report (TelaWindow *self,
             GPtrArray  *report)
{
  TelaResponse responses[] = { { "close", _ ("_Close"), ADW_RESPONSE_DEFAULT } };
  GString     *body;
  GtkWidget   *dialog;

  if (report->len == 0)
    return;

  body = g_string_new (NULL);
  for (guint i = 0; i < report->len; i++)
    g_string_append_printf (body, i == 0 ? "%s" : "\n%s", (const char *) report->pdata[i]);
  dialog = tela_question_new (_ ("Opened with Differences"), body->str, responses, G_N_ELEMENTS (responses));
  tela_dialog_present (dialog, GTK_WINDOW (self));
  g_string_free (body, TRUE);
}

static void
filled_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!tela_session_edit_finish (TELA_SESSION (source), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        /* Translators: %s says why, in a sentence */
        tela_window_tell (task->window, _ ("The file was not opened: %s"), error->message);
      return;
    }

  tela_window_link_file (task->window, task->project_id, task->document);
  tela_window_open_board (task->window, task->project_id);
  show_report (task->window, task->document->import->report);
}

static void
session_opened_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  g_autoptr (GError) error = NULL;
  TelaLinks *links = tela_window_get_links (task->window);
  GPtrArray *elements = task->document->import->elements;

  task->session = tela_workspace_open_finish (TELA_WORKSPACE (source), result, &error);
  if (task->session == NULL || links == NULL)
    {
      if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        tela_window_tell (task->window, _ ("The file was not opened: %s"), error->message);
    }
  else if (tela_links_lookup (links, task->project_id) == NULL)
    {
      TelaSession *session = task->session;

      tela_session_edit_async (session, (TelaElement *const *) elements->pdata, elements->len, FALSE, NULL, filled_cb,
                               g_steal_pointer (&task));
    }
  else
    {
      tela_window_open_board (task->window, task->project_id);
      ask_on_opening (g_steal_pointer (&task));
    }
}

/* The board of that file, if it is still there. (transfer full) */
static char *
find_project (TelaWindow *self,
              const char *path)
{
  const char *project_id = tela_links_find (tela_window_get_links (self), path);
  g_autoptr (TelaProject) project = tela_application_find_board (tela_window_get_app (self), project_id);

  return project == NULL ? NULL : g_strdup (project_id);
}

static void
open_document (TelaTask *task)
{
  TelaWindow      *self = task->window;
  TelaWorkspace   *workspace = tela_window_get_workspace (self);
  TelaDocument    *document = task->document;
  g_autofree char *name = NULL;

  task->project_id = document->can_write ? find_project (self, document->path) : NULL;
  if (task->project_id != NULL &&
      strcmp (tela_links_lookup (tela_window_get_links (self), task->project_id)->sha256, document->sha256) == 0)
    {
      tela_window_note_recent (document->path);
      tela_window_open_board (self, task->project_id);
      tela_task_free (task);
      return;
    }

  if (task->project_id == NULL)
    {
      for (guint i = 0; i < document->assets->len; i++)
        tela_assets_upload (tela_workspace_get_assets (workspace), document->assets->pdata[i]);
      name = tela_document_dup_board_name (document->path);
      task->project_id = tela_workspace_create (workspace, name);
    }
  tela_workspace_open_async (workspace, task->project_id, self->cancellable, session_opened_cb, task);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  g_autoptr (GError) error = NULL;

  task->document = tela_document_read_finish (result, &error);
  if (tela_window_get_workspace (task->window) == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (task->document == NULL)
    /* Translators: %s says why, in a sentence */
    tela_window_tell (task->window, _ ("The file was not opened: %s"), error->message);
  else
    open_document (g_steal_pointer (&task));
}

void
tela_window_open_file (TelaWindow *self,
                       GFile      *file)
{
  TelaWorkspace   *workspace = tela_window_get_workspace (self);
  g_autofree char *base_dir = NULL;

  g_return_if_fail (TELA_IS_WINDOW (self));

  if (workspace == NULL)
    return;

  base_dir = tela_application_dup_base_dir (tela_window_get_app (self));
  tela_document_read_async (file, tela_workspace_get_store (workspace), base_dir, self->cancellable, read_cb,
                            tela_task_new (self, NULL, NULL));
}
