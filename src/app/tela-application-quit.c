/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The end: the windows go at once, and what can still be sent is sent. */

#include "tela-application-private.h"

#include "tela-debug-socket.h"

#define DRAIN_SECONDS 3 /* how long the end waits for the network; what is left is on disk and goes next time */

static void
finish (TelaApplication *self)
{
  if (self->links != NULL)
    tela_links_close (self->links);
  if (self->store != NULL)
    tela_store_close (self->store);
  if (self->host != NULL)
    tela_host_close (self->host);
  g_clear_object (&self->links);
  g_clear_object (&self->shelf);
  g_clear_object (&self->jobs);
  g_clear_object (&self->thumbnailer);
  g_clear_object (&self->workspace);
  g_clear_object (&self->store);
  g_clear_object (&self->host);
  if (self->is_held)
    g_application_release (G_APPLICATION (self));
}

static void
shut_down_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (TelaApplication) self = user_data; /* the reference tela_application_quit() took */

  realtime_manager_shutdown_finish (REALTIME_MANAGER (source), result, NULL);
  finish (self);
}

static void
drained_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaApplication) self = user_data;
  RealtimeManager *realtime = g_steal_pointer (&self->realtime);

  g_clear_handle_id (&self->drain_timeout, g_source_remove);
  tela_workspace_drain_finish (TELA_WORKSPACE (source), result, NULL);
  tela_application_stop_jobs (self);
  tela_workspace_close (self->workspace);
  realtime_manager_shutdown_async (realtime, NULL, shut_down_cb, g_steal_pointer (&self));
}

static gboolean
drain_timeout_cb (gpointer user_data)
{
  TelaApplication *self = user_data;

  self->drain_timeout = 0;
  g_cancellable_cancel (self->draining);

  return G_SOURCE_REMOVE;
}

void
tela_application_quit (TelaApplication *self)
{
  GList *window;

  g_return_if_fail (TELA_IS_APPLICATION (self));

  if (self->is_quitting)
    return;

  tela_application_save_windows (self);
  self->is_quitting = TRUE;
  while ((window = gtk_application_get_windows (GTK_APPLICATION (self))) != NULL)
    gtk_window_destroy (window->data);
  if (self->debug_window != NULL)
    gtk_window_destroy (GTK_WINDOW (self->debug_window));
  if (self->debug_socket != NULL)
    tela_debug_socket_close (g_steal_pointer (&self->debug_socket), tela_host_get_replica_dir (self->host));
  gtk_filter_list_model_set_model (self->boards, NULL);

  if (self->workspace == NULL)
    {
      finish (self);
      return;
    }

  self->draining = g_cancellable_new ();
  self->drain_timeout = g_timeout_add_seconds (DRAIN_SECONDS, drain_timeout_cb, self);
  g_source_set_name_by_id (self->drain_timeout, "[tela] end of draining");
  tela_workspace_drain_async (self->workspace, self->draining, drained_cb, g_object_ref (self));
}
