/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-document-private.h"

#include <glib/gi18n.h>

#include "tela-frame-meter.h"

#define FOREIGN_MS 2000 /* how long a board that another process made may take to be known here */
#define LOOK_MS 20

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
    g_string_append_printf (body, i == 0 ? "%s" : "\n\n%s", (const char *) report->pdata[i]);
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
      g_clear_pointer (&task->hold, tela_hold_free); /* the answer may take long */
      ask_on_opening (g_steal_pointer (&task));
    }
}

static gboolean
has_board (TelaWindow *self,
           const char *project_id)
{
  g_autoptr (TelaProject) project = tela_application_find_board (tela_window_get_app (self), project_id);

  return project != NULL || tela_window_is_in_trash (self, project_id);
}

/* Takes @task. */
static void
open_document (TelaTask *task)
{
  TelaWindow      *self = task->window;
  TelaWorkspace   *workspace = tela_window_get_workspace (self);
  TelaDocument    *document = task->document;
  g_autofree char *name = NULL;

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

/* The board of that file. One that another process has just made is on its way here; one that never comes is gone. */
static gboolean
look_for_board_cb (gpointer user_data)
{
  TelaTask   *task = user_data;
  TelaWindow *self = task->window;
  const char *project_id;

  if (tela_window_get_workspace (self) == NULL || g_cancellable_is_cancelled (self->cancellable))
    {
      tela_task_free (task);
      return G_SOURCE_REMOVE;
    }
  project_id = tela_links_find (tela_window_get_links (self), task->document->path);
  if (project_id != NULL && !has_board (self, project_id) && g_get_monotonic_time () < task->until)
    return G_SOURCE_CONTINUE;

  task->project_id = has_board (self, project_id) ? g_strdup (project_id) : NULL;
  open_document (task);

  return G_SOURCE_REMOVE;
}

static void
held_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  const char *project_id;
  guint       source_id;

  task->hold = tela_links_hold_finish (TELA_LINKS (source), result, NULL);
  if (task->hold == NULL || tela_window_get_workspace (task->window) == NULL)
    return;

  project_id = tela_links_find (TELA_LINKS (source), task->document->path);
  if (project_id == NULL || has_board (task->window, project_id))
    {
      look_for_board_cb (g_steal_pointer (&task));
      return;
    }
  task->until = g_get_monotonic_time () + FOREIGN_MS * 1000;
  tela_workspace_refresh_async (tela_window_get_workspace (task->window), NULL, NULL, NULL);
  source_id = g_timeout_add (LOOK_MS, look_for_board_cb, g_steal_pointer (&task));
  g_source_set_name_by_id (source_id, "[tela] wait for a board");
}

/* Takes @task. */
static void
hold_document (TelaTask *task)
{
  tela_links_hold_async (tela_window_get_links (task->window), task->document->path, task->window->cancellable,
                         held_cb, task);
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
    {
      tela_frame_meter_give_up ();
      /* Translators: %s says why, in a sentence */
      tela_window_tell (task->window, _ ("The file was not opened: %s"), error->message);
    }
  else if (!task->document->can_write)
    open_document (g_steal_pointer (&task));
  else
    hold_document (g_steal_pointer (&task));
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

  tela_frame_meter_begin_opening (TRUE);
  base_dir = tela_application_dup_base_dir (tela_window_get_app (self));
  tela_document_read_async (file, tela_workspace_get_store (workspace), base_dir, self->cancellable, read_cb,
                            tela_task_new (self, NULL, NULL));
}
