/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-debug-socket.h"

#include <fcntl.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <unistd.h>

#include "tela-debug-info.h"

typedef struct
{
  GSocketConnection *connection; /* owned */
  char              *text;
} Answer;

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  Answer *answer = user_data;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, NULL);
  g_io_stream_close_async (G_IO_STREAM (answer->connection), G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_object_unref (answer->connection);
  g_free (answer->text);
  g_free (answer);
}

static gboolean
incoming_cb (GSocketService    *service,
             GSocketConnection *connection,
             GObject           *source,
             TelaApplication   *app)
{
  g_autofree char *info = tela_debug_info_new (app);
  Answer          *answer = g_new0 (Answer, 1);

  answer->connection = g_object_ref (connection);
  answer->text = g_strconcat (info, "\n", NULL);
  g_output_stream_write_all_async (g_io_stream_get_output_stream (G_IO_STREAM (connection)), answer->text,
                                   strlen (answer->text), G_PRIORITY_DEFAULT, NULL, written_cb, answer);

  return TRUE;
}

/* The path of a socket may have 107 bytes, that of a data directory more: so it goes by the directory's descriptor. */
static GSocket *
bind_in (const char *dir,
         GError    **error)
{
  g_autoptr (GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, error);
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char *path = NULL;
  g_autofree char *name = g_build_filename (dir, TELA_DEBUG_SOCKET, NULL);
  int              fd = open (dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
  gboolean         ok;

  if (socket == NULL || fd < 0)
    {
      if (fd >= 0)
        close (fd);
      return NULL;
    }

  g_unlink (name); /* of a process that is gone: the replica is ours */
  path = g_strdup_printf ("/proc/self/fd/%d/" TELA_DEBUG_SOCKET, fd);
  address = g_unix_socket_address_new (path);
  /* Nobody can connect before it listens. */
  ok = g_socket_bind (socket, address, FALSE, error) && g_chmod (name, 0600) == 0 && g_socket_listen (socket, error);
  close (fd);

  return ok ? g_steal_pointer (&socket) : NULL;
}

GSocketService *
tela_debug_socket_new (TelaApplication *app,
                       const char      *dir)
{
  g_autoptr (GSocketService) service = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (TELA_IS_APPLICATION (app), NULL);

  socket = bind_in (dir, &error);
  if (socket == NULL)
    {
      g_debug ("no debug socket: %s", error == NULL ? g_strerror (errno) : error->message);
      return NULL;
    }

  service = g_socket_service_new ();
  if (!g_socket_listener_add_socket (G_SOCKET_LISTENER (service), socket, NULL, NULL))
    return NULL;
  g_signal_connect (service, "incoming", G_CALLBACK (incoming_cb), app);

  return g_steal_pointer (&service);
}

void
tela_debug_socket_close (GSocketService *self,
                         const char     *dir)
{
  g_autofree char *name = g_build_filename (dir, TELA_DEBUG_SOCKET, NULL);

  g_unlink (name);
  g_signal_handlers_disconnect_matched (self, G_SIGNAL_MATCH_FUNC, 0, 0, NULL, incoming_cb, NULL);
  g_socket_service_stop (self);
  g_socket_listener_close (G_SOCKET_LISTENER (self));
  g_object_unref (self);
}
