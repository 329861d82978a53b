/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-document-private.h"

#include <glib/gi18n.h>

#include "tela-frame-meter.h"

#define FOREIGN_MS 2000 /* how long a board that another process made may take to be known here */
#define LOOK_MS 20
#define SEAL_MS 50              /* how often it is asked whether there is nothing better to do */
#define SEAL_AT_LATEST_MS 5000  /* by then there need not be */
#define SEAL_AT_ONCE (1u << 18) /* bytes of a file that are no work to speak of */

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

/* The board is on disk, and what is remembered of the file is known: from now on the one stands for the other. */
static void
part_done (TelaTask *task)
{
  TelaWindow *self = task->window;

  if (--task->n_parts > 0)
    return;

  if (self->filling == task)
    self->filling = NULL;
  if (task->is_refused)
    return;
  if (tela_links_lookup (task->links, task->project_id) == NULL) /* else it was saved elsewhere meanwhile */
    tela_window_link_file (task->links, task->project_id, task->document);
  if (task->saves_after && self->session == task->session && tela_window_get_link (self) != NULL)
    tela_window_save (self);
}

static void
filled_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  g_autoptr (GError) error = NULL;

  task->is_refused = !tela_session_edit_finish (TELA_SESSION (source), result, &error);
  if (task->is_refused && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    /* Translators: %s says why, in a sentence */
    tela_window_tell (task->window, _ ("The file was not opened: %s"), error->message);
  part_done (task);
}

static void
sealed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;

  part_done (task);
}

static void
seal (TelaTask *task)
{
  tela_document_seal_async (task->document, task->path, sealed_cb, g_rc_box_acquire (task));
}

/* The picture and the disk go first: there may be no more than two processors. */
static gboolean
seal_cb (gpointer user_data)
{
  TelaTask   *task = user_data;
  TelaWindow *self = task->window;

  if (gtk_window_get_application (GTK_WINDOW (self)) != NULL && g_get_monotonic_time () < task->until &&
      (task->n_parts > 1 || !tela_canvas_is_settled (tela_window_get_canvas (self))))
    return G_SOURCE_CONTINUE;

  seal (task);
  tela_task_free (task);

  return G_SOURCE_REMOVE;
}

/* It is shown at once, and the state says that it is being saved: until it is, there is still the file. */
static void
fill_board (TelaTask *task)
{
  TelaWindow *self = task->window;

  task->path = tela_application_dup_base_dir (tela_window_get_app (self));
  task->links = g_object_ref (tela_window_get_links (self));
  task->n_parts = 2;
  self->filling = task;
  tela_session_edit_taking_async (task->session, task->document->import->elements, FALSE, NULL, filled_cb,
                                  g_rc_box_acquire (task));
  tela_window_open_board (self, task->project_id);
  show_report (self, task->document->import->report);
  task->until = g_get_monotonic_time () + SEAL_AT_LATEST_MS * 1000;
  if (g_bytes_get_size (task->document->text) <= SEAL_AT_ONCE)
    seal (task);
  else
    g_source_set_name_by_id (g_timeout_add (SEAL_MS, seal_cb, g_rc_box_acquire (task)), "[tela] remember a file");
}

static void
session_opened_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  g_autoptr (GError) error = NULL;
  TelaLinks *links = tela_window_get_links (task->window);

  task->session = tela_workspace_open_finish (TELA_WORKSPACE (source), result, &error);
  if (task->session == NULL || links == NULL)
    {
      if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        tela_window_tell (task->window, _ ("The file was not opened: %s"), error->message);
    }
  else if (tela_links_lookup (links, task->project_id) == NULL)
    {
      fill_board (task);
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

static void read_file (TelaTask *task, const char *known);
static void compare_cb (GObject *source, GAsyncResult *result, gpointer user_data);

/* Takes @task, whose file is that of a board. */
static void
open_linked (TelaTask *task)
{
  TelaWindow      *self = task->window;
  TelaDocument    *document = task->document;
  g_autofree char *base_dir = tela_application_dup_base_dir (tela_window_get_app (self));

  if (document->sha256 == NULL || (document->import != NULL && document->content == NULL))
    {
      tela_document_seal_async (document, base_dir, compare_cb, task);
    }
  else if (strcmp (tela_links_lookup (tela_window_get_links (self), task->project_id)->sha256, document->sha256) == 0)
    {
      tela_window_note_recent (document->path);
      tela_window_open_board (self, task->project_id);
      tela_task_free (task);
    }
  else if (document->import == NULL)
    {
      read_file (task, NULL);
    }
  else
    {
      tela_workspace_open_async (tela_window_get_workspace (self), task->project_id, self->cancellable,
                                 session_opened_cb, task);
    }
}

static void
compare_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  TelaLinks *links = tela_window_get_links (task->window);

  if (links != NULL && tela_links_lookup (links, task->project_id) != NULL)
    open_linked (g_steal_pointer (&task));
}

/* Takes @task. */
static void
open_document (TelaTask *task)
{
  TelaWindow      *self = task->window;
  TelaWorkspace   *workspace = tela_window_get_workspace (self);
  TelaDocument    *document = task->document;
  g_autofree char *name = NULL;

  if (task->project_id != NULL)
    {
      open_linked (task);
      return;
    }
  if (document->import == NULL) /* it was that of a board, which is gone */
    {
      read_file (task, NULL);
      return;
    }

  for (guint i = 0; i < document->assets->len; i++)
    tela_assets_upload (tela_workspace_get_assets (workspace), document->assets->pdata[i]);
  name = tela_document_dup_board_name (document->path);
  task->project_id = tela_workspace_create (workspace, name);
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

/* Takes @task. @known: nullable; may go with the link. */
static void
read_file (TelaTask   *task,
           const char *known)
{
  TelaWorkspace *workspace = tela_window_get_workspace (task->window);

  g_clear_pointer (&task->hold, tela_hold_free);
  g_clear_pointer (&task->document, tela_document_free);
  g_clear_pointer (&task->project_id, g_free);
  tela_document_read_async (task->file, tela_workspace_get_store (workspace), known, task->window->cancellable, read_cb,
                            task);
}

void
tela_window_open_file (TelaWindow *self,
                       GFile      *file)
{
  TelaLinks       *links = tela_window_get_links (self);
  const TelaLink  *link = NULL;
  const char      *project_id;
  g_autofree char *path = NULL;
  TelaTask        *task;

  g_return_if_fail (TELA_IS_WINDOW (self));

  if (tela_window_get_workspace (self) == NULL)
    return;

  tela_frame_meter_begin_opening (TRUE);
  path = g_file_get_path (file);
  project_id = path == NULL || links == NULL ? NULL : tela_links_find (links, path);
  if (project_id != NULL && has_board (self, project_id))
    link = tela_links_lookup (links, project_id);
  task = tela_task_new (self, NULL, NULL);
  task->file = g_object_ref (file);
  read_file (task, link == NULL ? NULL : link->sha256);
}
