/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-document-private.h"

#include <glib/gi18n.h>

static void
merged_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (!tela_session_edit_finish (TELA_SESSION (source), result, &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        /* Translators: %s says why, in a sentence */
        tela_window_tell (task->window, _ ("The file was not merged: %s"), error->message);
      return;
    }

  tela_window_link_file (tela_window_get_links (task->window), task->project_id, task->document);
  if (task->saves_after && task->window->session == task->session)
    tela_window_save (task->window);
}

static void
changes_found_cb (GObject      *source,
                  GAsyncResult *result,
                  gpointer      user_data)
{
  g_autoptr (TelaTask) task = user_data;
  TelaSession *session = task->session;
  g_autoptr (GPtrArray) ops = tela_document_merge_finish (result, NULL);

  if (ops != NULL && tela_session_can_edit (session))
    tela_session_edit_async (session, (TelaElement *const *) ops->pdata, ops->len, TRUE, NULL, merged_cb,
                             g_steal_pointer (&task));
}

void
tela_window_merge_file (TelaTask *task)
{
  const TelaLink *link = tela_links_lookup (tela_window_get_links (task->window), task->project_id);
  TelaDocument   *theirs = task->document;
  TelaAssets     *assets = tela_workspace_get_assets (tela_window_get_workspace (task->window));
  g_autoptr (GPtrArray) elements = tela_document_snapshot (tela_session_get_board (task->session));
  g_autofree char *base_dir = tela_application_dup_base_dir (tela_window_get_app (task->window));
  TelaDocument    *known = g_new0 (TelaDocument, 1);

  for (guint i = 0; i < theirs->assets->len; i++)
    tela_assets_upload (assets, theirs->assets->pdata[i]);
  *known = (TelaDocument){ .path = g_strdup (theirs->path),
                           .sha256 = g_strdup (theirs->sha256),
                           .content = g_strdup (theirs->content),
                           .can_write = theirs->can_write,
                           .options = theirs->options };
  task->document = known;
  tela_document_merge_async (theirs, link->sha256, elements, base_dir, task->window->cancellable, changes_found_cb,
                             task);
}

void
tela_window_ask (TelaTask           *task,
                 const char         *path,
                 const char         *format,
                 const TelaResponse *responses,
                 guint               n_responses,
                 GCallback           answered_cb)
{
  g_autofree char *name = tela_document_dup_quotable (path);
  GString         *body = g_string_new (format);
  GtkWidget       *question;

  g_string_replace (body, "%s", name, 1);
  question = tela_question_new (_ ("File Changed by Another Program"), body->str, responses, n_responses);
  g_signal_connect_data (question, "response", answered_cb, task, tela_task_free_closure, 0);
  tela_dialog_present (question, GTK_WINDOW (task->window));
  g_string_free (body, TRUE);
}
