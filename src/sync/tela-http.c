/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-http.h"

#include "realtime-trust.h"
#include "tela-reply.h"

#include <glib/gi18n-lib.h>

G_DEFINE_QUARK (tela - remote - error - quark, tela_remote_error)

#define TIMEOUT_S 30
#define MAX_CONNECTIONS 6
#define CHUNK (64 * 1024)

typedef struct
{
  SoupMessage  *message;
  GCancellable *cancellable; /* libsoup's: to abort a session it cancels what it was given, which may serve others as well */
  GInputStream *stream;
  GByteArray   *answer;
} Send;

static void
send_free (Send *send)
{
  g_clear_object (&send->message);
  g_clear_object (&send->cancellable);
  g_clear_object (&send->stream);
  g_clear_pointer (&send->answer, g_byte_array_unref);
  g_free (send);
}

/* An abort of the whole session looks like a cancellation that nobody asked for: to the caller it is the network. */
static void
return_failure (GTask  *task,
                GError *error)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  if (cancellable != NULL && g_cancellable_is_cancelled (cancellable))
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "%s", error->message);
  else
    g_task_return_new_error (task, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_NETWORK, "%s", error->message);
}

static void
read_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);
  Send *send = g_task_get_task_data (task);
  gsize len;

  if (bytes == NULL)
    {
      return_failure (task, error);
      return;
    }

  len = g_bytes_get_size (bytes);
  if (len == 0)
    {
      g_task_return_pointer (task, g_byte_array_free_to_bytes (g_steal_pointer (&send->answer)),
                             (GDestroyNotify) g_bytes_unref);
      return;
    }
  if (send->answer->len + len > TELA_HTTP_MAX_ANSWER)
    {
      g_task_return_new_error (task, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_SERVER, _ ("The answer is too large"));
      return;
    }
  g_byte_array_append (send->answer, g_bytes_get_data (bytes, NULL), (guint) len);
  g_input_stream_read_bytes_async (send->stream, CHUNK, G_PRIORITY_DEFAULT, send->cancellable, read_cb,
                                   g_object_ref (task));
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  Send *send = g_task_get_task_data (task);

  send->stream = soup_session_send_finish (SOUP_SESSION (source), result, &error);
  if (send->stream == NULL)
    {
      return_failure (task, error);
      return;
    }
  g_input_stream_read_bytes_async (send->stream, CHUNK, G_PRIORITY_DEFAULT, send->cancellable, read_cb,
                                   g_object_ref (task));
}

SoupSession *
tela_http_session_new (void)
{
  return soup_session_new_with_options ("timeout", TIMEOUT_S, "idle-timeout", 60, "max-conns", 2 * MAX_CONNECTIONS,
                                        "max-conns-per-host", MAX_CONNECTIONS, "user-agent", "Tela/" TELA_VERSION,
                                        NULL);
}

void
tela_http_send_async (SoupSession        *session,
                      SoupMessage        *message,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data)
{
  GTask *task = g_task_new (session, cancellable, callback, user_data);
  Send  *send = g_new0 (Send, 1);

  g_task_set_source_tag (task, tela_http_send_async);
  send->message = g_object_ref (message);
  send->cancellable = g_cancellable_new ();
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (g_cancellable_cancel), send->cancellable,
                             G_CONNECT_SWAPPED);
  if (g_cancellable_is_cancelled (cancellable))
    g_cancellable_cancel (send->cancellable);
  send->answer = g_byte_array_new ();
  g_task_set_task_data (task, send, (GDestroyNotify) send_free);
  realtime_trust_watch (session, message);
  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, send->cancellable, sent_cb, task);
}

GBytes *
tela_http_send_finish (SoupSession  *session,
                       GAsyncResult *result,
                       GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, session), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

static TelaRemoteError
classify (guint       status,
          const char *code)
{
  if (status == 401)
    return TELA_REMOTE_ERROR_AUTH;
  if (status >= 500 || status == 429 || status == 408 || status < 400)
    return TELA_REMOTE_ERROR_SERVER;
  /* A function or table that is not there (yet): the server is not set up. */
  if (code != NULL && (g_str_has_prefix (code, "PGRST2") || g_str_equal (code, "42P01")))
    return TELA_REMOTE_ERROR_SERVER;
  return TELA_REMOTE_ERROR_REFUSED;
}

GError *
tela_http_error_new (guint   status,
                     GBytes *body)
{
  g_autofree char *code = NULL;
  g_autofree char *message = NULL;

  tela_problem_parse (body, &code, &message);
  if (message == NULL)
    message = g_strdup (soup_status_get_phrase (status));
  return g_error_new (TELA_REMOTE_ERROR, classify (status, code), "%s (%s)", message, code != NULL ? code : "HTTP");
}
