/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-document.h"

#define CHECK_MS 200 /* how long a board rests before it is compared with its file */

/* A file and a board on their way to each other. */
typedef struct
{
  TelaWindow   *window;   /* owned */
  TelaDocument *document; /* owned; what was read or written; nullable */
  TelaSession  *session;  /* owned; nullable */
  char         *project_id;
  char         *path;        /* to be written; nullable */
  gboolean      saves_after; /* a merge on the way to saving */
} Task;

static void
task_clear (gpointer data)
{
  Task *self = data;

  g_object_unref (self->window);
  g_clear_pointer (&self->document, tela_document_free);
  g_clear_object (&self->session);
  g_free (self->project_id);
  g_free (self->path);
}

static void
task_free (Task *self)
{
  g_rc_box_release_full (self, task_clear);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Task, task_free)

/* The question may go without an answer. */
static void
question_gone_cb (gpointer  data,
                  GClosure *closure)
{
  task_free (data);
}

static Task *
task_new (TelaWindow  *window,
          const char  *project_id,
          TelaSession *session)
{
  Task *self = g_rc_box_new0 (Task);

  self->window = g_object_ref (window);
  self->project_id = g_strdup (project_id);
  if (session != NULL)
    self->session = g_object_ref (session);

  return self;
}

static TelaLinks *
links_of (TelaWindow *self)
{
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));

  return app == NULL ? NULL : tela_application_get_links (TELA_APPLICATION (app));
}

static const TelaLink *
link_of (TelaWindow *self)
{
  TelaLinks *links = links_of (self);

  return links == NULL || self->session == NULL
             ? NULL
             : tela_links_lookup (links, tela_session_get_project_id (self->session));
}

static void
update_note (TelaWindow *self)
{
  const TelaLink  *link = link_of (self);
  g_autofree char *name = link == NULL ? NULL : tela_document_dup_name (link->path);
  g_autofree char *note = NULL;

  if (self->board_page == NULL)
    return;
  if (link != NULL && self->content != NULL && strcmp (self->content, link->content) != 0)
    /* Translators: below the title of a board; %s is the name of its file */
    note = g_strdup_printf (_ ("Not saved to %s"), name);
  tela_board_page_set_note (self->board_page, note == NULL ? name : note);
}

static void
digested_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Task) task = user_data;
  TelaWindow      *self = task->window;
  g_autofree char *content = tela_document_digest_finish (result, NULL);

  self->is_checking = FALSE;
  if (content == NULL || self->session != task->session)
    return;

  g_free (self->content);
  self->content = g_steal_pointer (&content);
  update_note (self);
}

static gboolean
check_cb (gpointer user_data)
{
  TelaWindow *self = user_data;
  g_autoptr (GPtrArray) elements = NULL;

  if (self->is_checking)
    return G_SOURCE_CONTINUE;

  self->check_source = 0;
  self->is_checking = TRUE;
  elements = tela_document_snapshot (tela_session_get_board (self->session));
  tela_document_digest_async (elements, self->cancellable, digested_cb,
                              task_new (self, tela_session_get_project_id (self->session), self->session));

  return G_SOURCE_REMOVE;
}

void
tela_window_board_changed (TelaWindow *self)
{
  if (link_of (self) == NULL)
    {
      g_clear_handle_id (&self->check_source, g_source_remove);
      g_clear_pointer (&self->content, g_free);
      update_note (self);
    }
  else if (self->check_source == 0)
    {
      self->check_source = g_timeout_add (CHECK_MS, check_cb, self);
      g_source_set_name_by_id (self->check_source, "[tela] compare with the file");
    }
}

static void
link_changed_cb (TelaWindow *self,
                 const char *project_id)
{
  if (self->session == NULL || strcmp (project_id, tela_session_get_project_id (self->session)) != 0)
    return;

  update_note (self);
  tela_window_board_changed (self);
}

static void
application_changed_cb (TelaWindow *self)
{
  if (self->link_signals != NULL)
    g_signal_group_set_target (self->link_signals, links_of (self));
}

void
tela_window_init_document (TelaWindow *self)
{
  self->link_signals = g_signal_group_new (TELA_TYPE_LINKS);
  g_signal_group_connect_swapped (self->link_signals, "changed", G_CALLBACK (link_changed_cb), self);
  g_signal_connect (self, "notify::application", G_CALLBACK (application_changed_cb), NULL);
}

void
tela_window_dispose_document (TelaWindow *self)
{
  g_clear_object (&self->link_signals);
  g_clear_handle_id (&self->check_source, g_source_remove);
  g_clear_pointer (&self->content, g_free);
}

static void
link_file (TelaWindow         *self,
           const char         *project_id,
           const TelaDocument *document)
{
  TelaLinks       *links = links_of (self);
  g_autofree char *uri = g_filename_to_uri (document->path, NULL, NULL);

  if (links != NULL && tela_document_can_write (document->path))
    tela_links_set (links, project_id, document->path, document->sha256, document->content);
  if (uri != NULL)
    gtk_recent_manager_add_item (gtk_recent_manager_get_default (), uri);
}

/* Opening. */

static void
merged_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Task) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!tela_session_edit_finish (TELA_SESSION (source), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        /* Translators: %s says why, in a sentence */
        tela_window_tell (task->window, _ ("The file was not merged: %s"), error->message);
      return;
    }

  link_file (task->window, task->project_id, task->document);
  if (task->saves_after && task->window->session == task->session)
    tela_window_save (task->window);
}

static void
changes_found_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (Task) task = user_data;
  TelaSession *session = task->session;
  g_autoptr (GPtrArray) ops = tela_document_merge_finish (result, NULL);

  if (ops != NULL && tela_session_can_edit (session))
    tela_session_edit_async (session, (TelaElement *const *) ops->pdata, ops->len, TRUE, NULL, merged_cb,
                             g_steal_pointer (&task));
}

/* Takes @task, whose document says what the file has become. */
static void
merge_file (Task *task)
{
  const TelaLink *link = tela_links_lookup (links_of (task->window), task->project_id);
  TelaDocument   *theirs = task->document;
  TelaAssets     *assets = tela_workspace_get_assets (tela_window_get_workspace (task->window));
  g_autoptr (GPtrArray) elements = tela_document_snapshot (tela_session_get_board (task->session));
  g_autofree char *base_dir = tela_application_dup_base_dir (tela_window_get_app (task->window));
  TelaDocument    *known = g_new0 (TelaDocument, 1);

  for (guint i = 0; i < theirs->assets->len; i++)
    tela_assets_upload (assets, theirs->assets->pdata[i]);
  *known = (TelaDocument){ .path = g_strdup (theirs->path),
                           .sha256 = g_strdup (theirs->sha256),
                           .content = g_strdup (theirs->content) };
  task->document = known;
  tela_document_merge_async (theirs, link->sha256, elements, base_dir, task->window->cancellable, changes_found_cb,
                             task);
}

static void
opening_answered_cb (AdwMessageDialog *dialog,
                     const char       *response,
                     gpointer          user_data)
{
  Task *task = user_data;

  if (strcmp (response, "merge") == 0 && links_of (task->window) != NULL &&
      tela_links_lookup (links_of (task->window), task->project_id) != NULL)
    merge_file (g_rc_box_acquire (task));
}

static AdwMessageDialog *
new_question (TelaWindow *self,
              const char *path,
              const char *format)
{
  g_autofree char *name = tela_document_dup_name (path);
  GString         *body = g_string_new (format);
  GtkWidget       *dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("File Changed by Another Program"), NULL);

  g_string_replace (body, "%s", name, 1);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), body->str);
  g_string_free (body, TRUE);

  return ADW_MESSAGE_DIALOG (dialog);
}

static void
ask_on_opening (Task *task)
{
  /* Translators: %s is the name of a file */
  AdwMessageDialog *dialog = new_question (
      task->window, task->document->path,
      _ ("“%s” has changed since it was last open here. Merging takes over what was changed in the file."));

  adw_message_dialog_add_responses (dialog, "keep", _ ("_Keep Board"), "merge", _ ("_Merge"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "merge", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "merge");
  adw_message_dialog_set_close_response (dialog, "keep");
  g_signal_connect_data (dialog, "response", G_CALLBACK (opening_answered_cb), task, question_gone_cb, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* What could not be carried over. */
static void
show_report (TelaWindow *self,
             GPtrArray  *report)
{
  GString   *body;
  GtkWidget *dialog;

  if (report->len == 0)
    return;

  body = g_string_new (NULL);
  for (guint i = 0; i < report->len; i++)
    g_string_append_printf (body, i == 0 ? "%s" : "\n%s", (const char *) report->pdata[i]);
  dialog = adw_message_dialog_new (GTK_WINDOW (self), _ ("Opened with Differences"), NULL);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), body->str);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"), NULL);
  gtk_window_present (GTK_WINDOW (dialog));
  g_string_free (body, TRUE);
}

static void
filled_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Task) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!tela_session_edit_finish (TELA_SESSION (source), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        /* Translators: %s says why, in a sentence */
        tela_window_tell (task->window, _ ("The file was not opened: %s"), error->message);
      return;
    }

  link_file (task->window, task->project_id, task->document);
  tela_window_open_board (task->window, task->project_id);
  show_report (task->window, task->document->import->report);
}

static void
session_opened_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (Task) task = user_data;
  g_autoptr (GError) error = NULL;
  TelaLinks *links = links_of (task->window);
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
  const char *project_id = tela_links_find (links_of (self), path);
  g_autoptr (TelaProject) project = tela_application_find_board (tela_window_get_app (self), project_id);

  return project == NULL ? NULL : g_strdup (project_id);
}

static void
open_document (Task *task)
{
  TelaWindow      *self = task->window;
  TelaWorkspace   *workspace = tela_window_get_workspace (self);
  TelaDocument    *document = task->document;
  g_autofree char *name = NULL;

  task->project_id = find_project (self, document->path);
  if (task->project_id != NULL &&
      strcmp (tela_links_lookup (links_of (self), task->project_id)->sha256, document->sha256) == 0)
    {
      link_file (self, task->project_id, document);
      tela_window_open_board (self, task->project_id);
      task_free (task);
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
  g_autoptr (Task) task = user_data;
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
                            task_new (self, NULL, NULL));
}

/* Saving. */

static void write_file (Task *task, const char *expected);

static void
read_for_merge_cb (GObject      *source,
                   GAsyncResult *result,
                   gpointer      user_data)
{
  g_autoptr (Task) task = user_data;
  g_autoptr (GError) error = NULL;

  task->document = tela_document_read_finish (result, &error);
  if (links_of (task->window) == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (task->document == NULL)
    tela_window_tell (task->window, _ ("The file was not merged: %s"), error->message);
  else if (tela_links_lookup (links_of (task->window), task->project_id) != NULL)
    merge_file (g_steal_pointer (&task));
}

static void
saving_answered_cb (AdwMessageDialog *dialog,
                    const char       *response,
                    gpointer          user_data)
{
  Task            *task = user_data;
  TelaWindow      *self = task->window;
  g_autofree char *base_dir = NULL;
  g_autoptr (GFile) file = g_file_new_for_path (task->path);

  if (links_of (self) == NULL || self->session != task->session)
    return;

  if (strcmp (response, "overwrite") == 0)
    write_file (g_rc_box_acquire (task), NULL);
  else if (strcmp (response, "other") == 0)
    tela_window_choose_save (self);
  else if (strcmp (response, "merge") == 0)
    {
      base_dir = tela_application_dup_base_dir (tela_window_get_app (self));
      task->saves_after = TRUE;
      tela_document_read_async (file, tela_workspace_get_store (tela_window_get_workspace (self)), base_dir,
                                self->cancellable, read_for_merge_cb, g_rc_box_acquire (task));
    }
}

static void
ask_on_saving (Task *task)
{
  /* Translators: %s is the name of a file */
  AdwMessageDialog *dialog = new_question (task->window, task->path,
                                           _ ("“%s” has changed since it was last read or saved here. Merging takes "
                                              "over what was changed in the file, then saves."));

  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "other", _ ("Save _As…"), "overwrite",
                                    _ ("_Overwrite"), "merge", _ ("_Merge"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "overwrite", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (dialog, "merge", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "merge");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (saving_answered_cb), task, question_gone_cb, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Task) task = user_data;
  TelaWindow *self = task->window;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaDocument) document = tela_document_write_finish (result, &error);

  self->is_saving = FALSE;
  if (document != NULL)
    link_file (self, task->project_id, document);
  else if (links_of (self) == NULL)
    return;
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WRONG_ETAG))
    ask_on_saving (g_steal_pointer (&task));
  else
    /* Translators: %s says why, in a sentence */
    tela_window_tell (self, _ ("The board was not saved: %s"), error->message);
}

/* Takes @task. */
static void
write_file (Task       *task,
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
  tela_document_write_async (elements, tela_canvas_get_images (tela_window_get_canvas (self)), task->path, expected,
                             base_dir, NULL, written_cb, task);
}

void
tela_window_save (TelaWindow *self)
{
  const TelaLink *link = link_of (self);
  Task           *task;

  if (self->session == NULL || self->is_saving)
    return;
  if (link == NULL)
    {
      tela_window_choose_save (self);
      return;
    }

  task = task_new (self, tela_session_get_project_id (self->session), self->session);
  task->path = g_strdup (link->path);
  write_file (task, link->sha256);
}

void
tela_window_save_to (TelaWindow *self,
                     GFile      *file)
{
  Task            *task;
  g_autofree char *path = g_file_get_path (file);

  if (self->session == NULL || self->is_saving)
    return;
  if (path == NULL)
    {
      tela_window_tell (self, _ ("The board was not saved: %s"), _ ("It is not a place on this computer."));
      return;
    }

  task = task_new (self, tela_session_get_project_id (self->session), self->session);
  task->path = g_steal_pointer (&path);
  write_file (task, NULL);
}
