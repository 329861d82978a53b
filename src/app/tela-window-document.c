/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-document-private.h"

#include <glib/gi18n.h>

#define CHECK_MS 200     /* how long a board rests before it is compared with its file; */
#define CHECK_SHARE 10.0 /* one that does not rest, so seldom that it takes no more than one part in so many */

static void
task_clear (gpointer data)
{
  TelaTask *self = data;

  g_clear_pointer (&self->hold, tela_hold_free);
  g_object_unref (self->window);
  g_clear_pointer (&self->document, tela_document_free);
  g_clear_object (&self->session);
  g_clear_object (&self->links);
  g_clear_object (&self->file);
  g_free (self->project_id);
  g_free (self->path);
}

void
tela_task_free (TelaTask *self)
{
  g_rc_box_release_full (self, task_clear);
}

void
tela_task_free_closure (gpointer  data,
                        GClosure *closure)
{
  tela_task_free (data);
}

TelaTask *
tela_task_new (TelaWindow  *window,
               const char  *project_id,
               TelaSession *session)
{
  TelaTask *self = g_rc_box_new0 (TelaTask);

  self->window = g_object_ref (window);
  self->project_id = g_strdup (project_id);
  if (session != NULL)
    self->session = g_object_ref (session);

  return self;
}

TelaLinks *
tela_window_get_links (TelaWindow *self)
{
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));

  return app == NULL ? NULL : tela_application_get_links (TELA_APPLICATION (app));
}

const TelaLink *
tela_window_get_link (TelaWindow *self)
{
  TelaLinks *links = tela_window_get_links (self);

  return links == NULL || self->session == NULL
             ? NULL
             : tela_links_lookup (links, tela_session_get_project_id (self->session));
}

static void
update_note (TelaWindow *self)
{
  const TelaLink  *link = tela_window_get_link (self);
  g_autofree char *name = link == NULL ? NULL : tela_document_dup_quotable (link->path);
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
  g_autoptr (TelaTask) task = user_data;
  TelaWindow      *self = task->window;
  g_autofree char *content = tela_document_digest_finish (result, NULL);

  self->is_checking = FALSE;
  self->check_took = g_get_monotonic_time () - self->check_begun;
  if (content == NULL || self->session != task->session)
    return;

  g_free (self->content);
  self->content = g_steal_pointer (&content);
  update_note (self);
}

/* Of a large board it is much work, which must not go on and on beside a hand that draws. */
static gboolean
is_time_to_check (TelaWindow *self)
{
  const gint64 now = g_get_monotonic_time ();

  return !self->is_checking && (now - self->changed_at >= CHECK_MS * 1000 ||
                                (double) (now - self->check_begun) >= CHECK_SHARE * (double) self->check_took);
}

static gboolean
check_cb (gpointer user_data)
{
  TelaWindow *self = user_data;
  g_autoptr (GPtrArray) elements = NULL;

  /* The picture goes first: there may be no more than two processors. */
  if (!is_time_to_check (self) || !tela_canvas_is_settled (tela_window_get_canvas (self)))
    return G_SOURCE_CONTINUE;

  self->check_source = 0;
  self->is_checking = TRUE;
  self->check_begun = g_get_monotonic_time ();
  elements = tela_document_snapshot (tela_session_get_board (self->session));
  tela_document_digest_async (elements, self->cancellable, digested_cb,
                              tela_task_new (self, tela_session_get_project_id (self->session), self->session));

  return G_SOURCE_REMOVE;
}

void
tela_window_board_changed (TelaWindow *self)
{
  if (tela_window_get_link (self) == NULL)
    {
      g_clear_handle_id (&self->check_source, g_source_remove);
      g_clear_pointer (&self->content, g_free);
      update_note (self);
      return;
    }

  self->changed_at = g_get_monotonic_time ();
  if (self->check_source == 0)
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
    g_signal_group_set_target (self->link_signals, tela_window_get_links (self));
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

void
tela_window_note_recent (const char *path)
{
  g_autofree char *uri = g_filename_to_uri (path, NULL, NULL);

  if (uri != NULL)
    gtk_recent_manager_add_item (gtk_recent_manager_get_default (), uri);
}

void
tela_window_link_file (TelaLinks          *links,
                       const char         *project_id,
                       const TelaDocument *document)
{
  const TelaLink link = { document->path, document->sha256, document->content, document->options };

  if (links != NULL && document->can_write)
    tela_links_set (links, project_id, &link);
  tela_window_note_recent (document->path);
}
