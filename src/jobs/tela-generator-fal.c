/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-generator-fal.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "tela-fal-answer.h"
#include "tela-http.h"

struct _TelaGeneratorFal
{
  GObject parent_instance;

  SoupSession *soup;
  char        *endpoint; /* owned; no slash at its end */
  char        *key;      /* owned */
};

static void tela_generator_fal_init_generator (TelaGeneratorInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TelaGeneratorFal,
                               tela_generator_fal,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (TELA_TYPE_GENERATOR, tela_generator_fal_init_generator))

/* One call. */
typedef struct _Call Call;
struct _Call
{
  SoupMessage *message;
  void (*answered) (GTask *task, TelaJsonSpan answer); /* NULL: the bytes themselves are wanted */
  TelaGeneratorPicture *picture;                       /* owned; of a fetch */
  gboolean              is_order;
  gboolean              is_sent; /* all of it is on its way */
};

static void
call_free (Call *call)
{
  if (call->message != NULL)
    g_signal_handlers_disconnect_by_data (call->message, call);
  g_clear_object (&call->message);
  g_clear_pointer (&call->picture, tela_generator_picture_free);
  g_free (call);
}

static void
return_unreadable (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  g_task_return_new_error (task, TELA_GENERATOR_ERROR,
                           call->is_order ? TELA_GENERATOR_ERROR_UNSURE : TELA_GENERATOR_ERROR_BUSY,
                           _ ("The answer of the image service cannot be read"));
}

/* Calls */

/* An order that is on its way may arrive, whatever becomes of the answer. */
static void
return_transport_error (GTask  *task,
                        GError *error)
{
  Call *call = g_task_get_task_data (task);

  if (error->domain == G_IO_ERROR)
    g_task_return_error (task, g_error_copy (error));
  else if (call->is_order && call->is_sent)
    /* Translators: of an order to an image service; %s says why */
    g_task_return_new_error (task, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_UNSURE,
                             _ ("The order was sent, but no answer came: %s"), error->message);
  else if (g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_SERVER))
    g_task_return_new_error (task, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_PICTURE, "%s", error->message);
  else
    g_task_return_new_error (task, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_NETWORK, "%s", error->message);
}

/* Somebody in between has no answer from the service itself. */
static gboolean
is_gate (guint status)
{
  return status == SOUP_STATUS_BAD_GATEWAY || status == SOUP_STATUS_GATEWAY_TIMEOUT;
}

static void
wrote_body_cb (Call *call)
{
  call->is_sent = TRUE;
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = tela_http_send_finish (SOUP_SESSION (source), result, &error);
  Call       *call = g_task_get_task_data (task);
  guint       status = soup_message_get_status (call->message);
  gsize       len;
  const char *data;

  if (body == NULL)
    {
      return_transport_error (task, error);
      return;
    }
  if (call->is_order && is_gate (status))
    {
      g_task_return_new_error (task, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_UNSURE,
                               _ ("The order was sent, but no answer came: %s"), soup_status_get_phrase (status));
      return;
    }
  if (status >= 400 || status < 200)
    {
      g_task_return_error (task, tela_fal_new_error (status, body));
      return;
    }
  if (call->answered == NULL)
    {
      call->picture->bytes = g_steal_pointer (&body);
      g_task_return_pointer (task, g_steal_pointer (&call->picture), (GDestroyNotify) tela_generator_picture_free);
      return;
    }
  data = g_bytes_get_data (body, &len);
  if (len > 0 && tela_json_check (data, (gssize) len, NULL))
    call->answered (task, (TelaJsonSpan){ data, len });
  else
    return_unreadable (task);
}

static GTask *
new_task (TelaGenerator *self,
          void (*answered) (GTask *task, TelaJsonSpan answer),
          GCancellable       *cancellable,
          GAsyncReadyCallback callback,
          gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Call  *call = g_new0 (Call, 1);

  call->answered = answered;
  g_task_set_task_data (task, call, (GDestroyNotify) call_free);
  return task;
}

/* Takes the task. */
static void
send_to (GTask      *task,
         const char *method,
         const char *uri,
         gboolean    with_key,
         GBytes     *body)
{
  TelaGeneratorFal *self = g_task_get_source_object (task);
  Call             *call = g_task_get_task_data (task);

  g_clear_object (&call->message);
  call->message = soup_message_new (method, uri);
  if (call->message == NULL)
    {
      g_task_return_new_error (task, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_REFUSED,
                               _ ("The address of the image service is not valid"));
      g_object_unref (task);
      return;
    }
  if (with_key)
    {
      g_autofree char *value = g_strconcat ("Key ", self->key, NULL);

      soup_message_headers_append (soup_message_get_request_headers (call->message), "Authorization", value);
      /* The key must not follow to another place. */
      soup_message_add_flags (call->message, SOUP_MESSAGE_NO_REDIRECT);
    }
  if (body != NULL)
    soup_message_set_request_body_from_bytes (call->message, "application/json", body);
  if (call->is_order)
    {
      /* Not one that the other side may just be closing: that would leave it unsure whether the order came. */
      soup_message_add_flags (call->message, SOUP_MESSAGE_NEW_CONNECTION);
      g_signal_connect_swapped (call->message, "wrote-body", G_CALLBACK (wrote_body_cb), call);
    }
  tela_http_send_async (self->soup, call->message, g_task_get_cancellable (task), sent_cb, task);
}

/* Models: "owner/name/sub/path", or with a namespace "workflows/owner/name". */

static char *
escape_path (const char *path)
{
  return g_uri_escape_string (path, "/", FALSE);
}

static char *
request_uri (TelaGeneratorFal *self,
             const char       *model,
             const char       *id,
             const char       *what)
{
  g_autofree char *app = g_strdup (model);
  g_autofree char *escaped_app = NULL;
  g_autofree char *escaped_id = g_uri_escape_string (id, NULL, FALSE);
  gboolean         has_namespace = g_str_has_prefix (model, "workflows/") || g_str_has_prefix (model, "comfy/");
  char            *end = app;

  for (int i = has_namespace ? 3 : 2; i > 0 && end != NULL; i--)
    end = strchr (end == app ? end : end + 1, '/');
  if (end != NULL)
    *end = '\0';
  escaped_app = escape_path (app);
  return g_strdup_printf ("%s/%s/requests/%s%s", self->endpoint, escaped_app, escaped_id, what);
}

/* Submit */

static void
submitted (GTask       *task,
           TelaJsonSpan answer)
{
  char *id = tela_fal_dup_text (answer, "request_id");

  if (id != NULL && *id != '\0')
    g_task_return_pointer (task, id, g_free);
  else
    return_unreadable (task);
}

static GBytes *
write_request (const TelaGeneratorRequest *request)
{
  GString       *json = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, json, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "prompt");
  tela_json_writer_string (&writer, request->prompt);
  tela_json_writer_name (&writer, "image_size");
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "width");
  tela_json_writer_int (&writer, request->width);
  tela_json_writer_name (&writer, "height");
  tela_json_writer_int (&writer, request->height);
  tela_json_writer_end_object (&writer);
  tela_json_writer_name (&writer, "num_images");
  tela_json_writer_int (&writer, 1);
  tela_json_writer_name (&writer, "seed");
  tela_json_writer_int (&writer, request->seed);
  tela_json_writer_end_object (&writer);
  return g_string_free_to_bytes (json);
}

static void
submit_async (TelaGenerator              *generator,
              const TelaGeneratorRequest *request,
              GCancellable               *cancellable,
              GAsyncReadyCallback         callback,
              gpointer                    user_data)
{
  TelaGeneratorFal *self = TELA_GENERATOR_FAL (generator);
  g_autofree char  *model = escape_path (request->model);
  g_autofree char  *uri = g_strconcat (self->endpoint, "/", model, NULL);
  g_autoptr (GBytes) body = write_request (request);
  GTask *task = new_task (generator, submitted, cancellable, callback, user_data);
  Call  *call = g_task_get_task_data (task);

  call->is_order = TRUE;
  send_to (task, "POST", uri, TRUE, body);
}

/* Status */

static void
status_told (GTask       *task,
             TelaJsonSpan answer)
{
  g_autofree char     *name = tela_fal_dup_text (answer, "status");
  g_autofree char     *reason = tela_fal_dup_text (answer, "error");
  TelaGeneratorStatus *status;
  gint64               place;

  if (g_strcmp0 (name, "COMPLETED") == 0 && reason != NULL)
    {
      g_task_return_new_error (task, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_REFUSED, "%s", reason);
      return;
    }
  status = g_new (TelaGeneratorStatus, 1);
  *status = (TelaGeneratorStatus){ .place = -1, .progress = -1 };
  if (g_strcmp0 (name, "IN_QUEUE") == 0)
    {
      status->state = TELA_GENERATOR_QUEUED;
      status->place = tela_fal_find_int (answer, "queue_position", &place) ? (int) CLAMP (place, 0, G_MAXINT) : -1;
    }
  else if (g_strcmp0 (name, "IN_PROGRESS") == 0)
    {
      status->state = TELA_GENERATOR_RUNNING;
      status->progress = tela_fal_get_progress (answer);
    }
  else if (g_strcmp0 (name, "COMPLETED") == 0)
    status->state = TELA_GENERATOR_READY;
  else
    {
      g_free (status);
      if (g_strcmp0 (name, "FAILED") == 0 || g_strcmp0 (name, "CANCELED") == 0)
        g_task_return_new_error (task, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_REFUSED, "%s",
                                 reason != NULL ? reason : _ ("The image service gave up"));
      else
        return_unreadable (task);
      return;
    }
  g_task_return_pointer (task, status, g_free);
}

static void
status_async (TelaGenerator      *generator,
              const char         *model,
              const char         *id,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  g_autofree char *uri = request_uri (TELA_GENERATOR_FAL (generator), model, id, "/status?logs=1");

  send_to (new_task (generator, status_told, cancellable, callback, user_data), "GET", uri, TRUE, NULL);
}

/* Fetch */

static void
result_told (GTask       *task,
             TelaJsonSpan answer)
{
  Call            *call = g_task_get_task_data (task);
  TelaJsonSpan     image = answer;
  g_autofree char *uri = NULL;
  g_autofree char *scheme = NULL;

  call->picture = g_new0 (TelaGeneratorPicture, 1);
  call->picture->has_seed = tela_fal_find_int (answer, "seed", &call->picture->seed);
  if (tela_fal_find_item (answer, "images", FALSE, &image) || tela_json_find (answer, "image", &image))
    uri = tela_fal_dup_text (image, "url");
  scheme = uri != NULL ? g_uri_parse_scheme (uri) : NULL;
  call->picture->bytes = uri != NULL ? tela_fal_decode_data_uri (uri) : NULL;
  if (call->picture->bytes != NULL)
    g_task_return_pointer (task, g_steal_pointer (&call->picture), (GDestroyNotify) tela_generator_picture_free);
  else if (g_strcmp0 (scheme, "https") == 0 || g_strcmp0 (scheme, "http") == 0)
    {
      call->answered = NULL;
      send_to (g_object_ref (task), "GET", uri, FALSE, NULL);
    }
  else
    g_task_return_new_error (task, TELA_GENERATOR_ERROR, TELA_GENERATOR_ERROR_PICTURE,
                             _ ("The image service told of no picture"));
}

static void
fetch_async (TelaGenerator      *generator,
             const char         *model,
             const char         *id,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  g_autofree char *uri = request_uri (TELA_GENERATOR_FAL (generator), model, id, "");

  send_to (new_task (generator, result_told, cancellable, callback, user_data), "GET", uri, TRUE, NULL);
}

/* Cancel */

static void
cancelled_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = tela_http_send_finish (SOUP_SESSION (source), result, &error);
  Call *call = g_task_get_task_data (task);
  guint status = soup_message_get_status (call->message);

  if (body == NULL)
    return_transport_error (task, error);
  else if (status < 400 || status == 400 || status == 404) /* 400: it is over already */
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, tela_fal_new_error (status, body));
}

static void
cancel_async (TelaGenerator      *generator,
              const char         *model,
              const char         *id,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  TelaGeneratorFal *self = TELA_GENERATOR_FAL (generator);
  g_autofree char  *uri = request_uri (self, model, id, "/cancel");
  g_autofree char  *value = g_strconcat ("Key ", self->key, NULL);
  GTask            *task = new_task (generator, NULL, cancellable, callback, user_data);
  Call             *call = g_task_get_task_data (task);

  call->message = soup_message_new ("PUT", uri);
  if (call->message == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  soup_message_headers_append (soup_message_get_request_headers (call->message), "Authorization", value);
  soup_message_add_flags (call->message, SOUP_MESSAGE_NO_REDIRECT);
  tela_http_send_async (self->soup, call->message, cancellable, cancelled_cb, task);
}

/* Object */

static void
tela_generator_fal_init_generator (TelaGeneratorInterface *iface)
{
  iface->submit_async = submit_async;
  iface->status_async = status_async;
  iface->fetch_async = fetch_async;
  iface->cancel_async = cancel_async;
}

static void
tela_generator_fal_finalize (GObject *object)
{
  TelaGeneratorFal *self = TELA_GENERATOR_FAL (object);

  soup_session_abort (self->soup);
  g_clear_object (&self->soup);
  g_free (self->endpoint);
  g_free (self->key);
  G_OBJECT_CLASS (tela_generator_fal_parent_class)->finalize (object);
}

static void
tela_generator_fal_class_init (TelaGeneratorFalClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_generator_fal_finalize;
}

static void
tela_generator_fal_init (TelaGeneratorFal *self)
{
  self->soup = tela_http_session_new ();
}

TelaGenerator *
tela_generator_fal_new (const char *endpoint,
                        const char *key)
{
  TelaGeneratorFal *self = g_object_new (TELA_TYPE_GENERATOR_FAL, NULL);
  gsize             len = strlen (endpoint);

  while (len > 0 && endpoint[len - 1] == '/')
    len--;
  self->endpoint = g_strndup (endpoint, len);
  self->key = g_strdup (key);
  return TELA_GENERATOR (self);
}
