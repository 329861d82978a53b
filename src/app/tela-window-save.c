/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-document-private.h"

#include <glib/gi18n.h>

static void write_file (TelaTask *task, const char *expected);

static void
sealed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  TelaLinks *links = tela_window_get_links (task->window);

  if (links != NULL && tela_links_lookup (links, task->project_id) != NULL)
    tela_window_merge_file (g_steal_pointer (&task));
}

static void
read_for_merge_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  g_autoptr (GError) error = NULL;

  task->document = tela_document_read_finish (result, &error);
  if (tela_window_get_links (task->window) == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (task->document == NULL)
    tela_window_tell (task->window, _ ("The file was not merged: %s"), error->message);
  else if (!task->document->can_write)
    tela_window_tell (task->window, _ ("The file was not merged: %s"), _ ("There is no drawing in it any more."));
  else
    {
      TelaDocument    *document = task->document;
      g_autofree char *base_dir = tela_application_dup_base_dir (tela_window_get_app (task->window));

      tela_document_seal_async (document, base_dir, sealed_cb, g_steal_pointer (&task));
    }
}

static void
saving_answered_cb (GtkWidget  *question,
                    const char *response,
                    gpointer    user_data)
{
  TelaTask   *task = user_data;
  TelaWindow *self = task->window;
  g_autoptr (GFile) file = g_file_new_for_path (task->path);

  if (tela_window_get_links (self) == NULL || self->session != task->session)
    return;

  if (strcmp (response, "overwrite") == 0)
    write_file (g_rc_box_acquire (task), NULL);
  else if (strcmp (response, "other") == 0)
    tela_window_choose_save (self);
  else if (strcmp (response, "merge") == 0)
    {
      task->saves_after = TRUE;
      tela_document_read_async (file, tela_workspace_get_store (tela_window_get_workspace (self)), NULL,
                                self->cancellable, read_for_merge_cb, g_rc_box_acquire (task));
    }
}

static void
ask_on_saving (TelaTask *task)
{
  TelaResponse responses[] = { { "cancel", _ ("_Cancel"), ADW_RESPONSE_DEFAULT },
                               { "other", _ ("Save _As…"), ADW_RESPONSE_DEFAULT },
                               { "overwrite", _ ("_Overwrite"), ADW_RESPONSE_DESTRUCTIVE },
                               { "merge", _ ("_Merge"), ADW_RESPONSE_SUGGESTED } };

  tela_window_ask (task, task->path,
                   /* Translators: %s is the name of a file */
                   _ ("“%s” has changed since it was last read or saved here. Merging takes over what was changed in "
                      "the file, then saves."),
                   responses, G_N_ELEMENTS (responses), G_CALLBACK (saving_answered_cb));
}

/* The board is kept on this computer all the same: it is only the file that is not. */
static void
tell_not_saved (TelaWindow *self,
                const char *reason)
{
  g_autofree char *escaped = g_markup_escape_text (reason, -1);
  g_autofree char *text = NULL;
  AdwToast        *toast;

  /* Translators: %s says why, in a sentence */
  text = g_strdup_printf (_ ("The board was not saved: %s"), escaped);
  toast = adw_toast_new (text);
  adw_toast_set_button_label (toast, _ ("Save _As…"));
  adw_toast_set_action_name (toast, "win.save-as");
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  TelaWindow *self = task->window;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaDocument) document = tela_document_write_finish (result, &error);

  self->is_saving = FALSE;
  if (document != NULL)
    tela_window_link_file (tela_window_get_links (self), task->project_id, document);
  else if (tela_window_get_links (self) == NULL)
    return;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG))
    ask_on_saving (g_steal_pointer (&task));
  else
    tell_not_saved (self, error->message);
}

/* Takes @task. */
static void
write_file (TelaTask   *task,
            const char *expected)
{
  TelaWindow *self = task->window;
  g_autoptr (GPtrArray) elements = NULL;
  g_autofree char *base_dir = NULL;

  /* What is being typed belongs to what is saved. */
  tela_canvas_commit_text (tela_window_get_canvas (self));
  elements = tela_document_snapshot (tela_session_get_board (self->session));
  base_dir = tela_application_dup_base_dir (tela_window_get_app (self));
  self->is_saving = TRUE;
  tela_document_write_async (elements, tela_canvas_get_images (tela_window_get_canvas (self)), task->path, &task->options, expected,
                             base_dir, NULL, written_cb, task);
}

void
tela_window_save (TelaWindow *self)
{
  const TelaLink *link = tela_window_get_link (self);
  TelaTask       *task;

  if (self->session == NULL || self->is_saving)
    return;
  if (link == NULL && self->filling != NULL &&
      g_strcmp0 (self->filling->project_id, tela_session_get_project_id (self->session)) == 0)
    {
      self->filling->saves_after = TRUE;
      return;
    }
  if (link == NULL)
    {
      tela_window_choose_save (self);
      return;
    }

  task = tela_task_new (self, tela_session_get_project_id (self->session), self->session);
  task->path = g_strdup (link->path);
  task->options = link->options;
  write_file (task, link->sha256);
}

void
tela_window_save_to (TelaWindow *self,
                     GFile      *file)
{
  const TelaLink  *link = tela_window_get_link (self);
  TelaTask        *task;
  g_autofree char *path = g_file_get_path (file);

  if (self->session == NULL || self->is_saving)
    return;
  if (path == NULL)
    {
      tell_not_saved (self, _ ("It is not a place on this computer."));
      return;
    }

  task = tela_task_new (self, tela_session_get_project_id (self->session), self->session);
  if (!tela_export_choose (path, &task->options))
    task->options = (TelaExportOptions){ .format = TELA_EXPORT_EXCALIDRAW };
  if (link != NULL && link->options.format == task->options.format)
    task->options = link->options; /* the same with another name */
  task->path = g_steal_pointer (&path);
  write_file (task, NULL);
}
