/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fal-stand-in.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <string.h>
#include <zlib.h>

#include "../common/gone-client.h"

#define HEAD 33 /* bytes of a PNG's signature and header chunk */
#define CHUNK ((gsize) 32 * 1024)
#define MEGABYTE (1000 * 1000)

static void
put_be (guint8 *at,
        guint32 value)
{
  value = GUINT32_TO_BE (value);
  memcpy (at, &value, 4);
}

GBytes *
fal_make_png (int   width,
              int   height,
              gsize padding)
{
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, width, height);
  g_autoptr (GByteArray) out = g_byte_array_new ();
  g_autofree char *png = NULL;
  guint8          *chunk;
  gsize            len;

  gdk_pixbuf_fill (pixbuf, 0x4dabf7ff);
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &png, &len, "png", NULL, NULL));
  g_byte_array_append (out, (const guint8 *) png, HEAD);
  while (padding > 0)
    {
      gsize n = MIN (padding, CHUNK);

      chunk = g_malloc0 (n + 12);
      put_be (chunk, (guint32) n);
      memcpy (chunk + 4, "teLa", 4);
      put_be (chunk + 8 + n, (guint32) crc32 (0, chunk + 4, (uInt) n + 4));
      g_byte_array_append (out, chunk, (guint) n + 12);
      g_free (chunk);
      padding -= n;
    }
  g_byte_array_append (out, (const guint8 *) png + HEAD, (guint) (len - HEAD));
  return g_byte_array_free_to_bytes (g_steal_pointer (&out));
}

static gboolean
unpause_cb (gpointer user_data)
{
  soup_server_message_unpause (user_data);
  return G_SOURCE_REMOVE;
}

/* Takes @json. */
static void
answer (SoupServerMessage *message,
        guint              status,
        char              *json)
{
  soup_server_message_set_status (message, status, NULL);
  soup_server_message_set_response (message, "application/json", SOUP_MEMORY_TAKE, json, strlen (json));
}

static void
answer_submit (Fal               *self,
               SoupServerMessage *message,
               const char        *path)
{
  SoupMessageBody *body = soup_server_message_get_request_body (message);
  g_autofree char *id = g_strdup_printf ("request-%u", ++self->n_ids);

  g_free (self->path);
  self->path = g_strdup (path);
  g_free (self->body);
  self->body = g_strndup (body->data, (gsize) body->length);
  self->n_submits++;
  if (self->holds)
    soup_server_message_pause (message);
  if (self->drops)
    {
      g_autoptr (GIOStream) stream = soup_server_message_steal_connection (message);

      g_io_stream_close (stream, NULL, NULL);
    }
  answer (message, 200,
          g_strdup_printf ("{\"request_id\":\"%s\",\"response_url\":\"http://127.0.0.1:1/nowhere\"}", id));
  g_hash_table_insert (self->requests, g_steal_pointer (&id), GUINT_TO_POINTER (0));
}

static void
answer_status (Fal               *self,
               SoupServerMessage *message,
               const char        *id)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->requests, id));

  g_hash_table_insert (self->requests, g_strdup (id), GUINT_TO_POINTER (n + 1));
  if (n < self->n_queued)
    answer (message, 202, g_strdup_printf ("{\"status\":\"IN_QUEUE\",\"queue_position\":%u}", self->n_queued - n - 1));
  else if (n < self->n_queued + self->n_running)
    answer (message, 202,
            g_strdup_printf ("{\"status\":\"IN_PROGRESS\",\"logs\":[{\"message\":\"started\"},{\"message\":\" %u/%u "
                             "[00:01]\"}]}",
                             n - self->n_queued + 1, self->n_running + 1));
  else if (self->fails)
    answer (message, 200, g_strdup ("{\"status\":\"COMPLETED\",\"error\":\"Out of memory\"}"));
  else
    answer (message, 200, g_strdup ("{\"status\":\"COMPLETED\",\"metrics\":{\"inference_time\":1.5}}"));
  if (self->forgets)
    g_hash_table_remove (self->requests, id);
}

static void
answer_result (Fal               *self,
               SoupServerMessage *message)
{
  const char *seed = self->with_seed ? ",\"seed\":4711" : "";

  if (self->picture == FAL_NOTHING)
    answer (message, 200, g_strdup ("{\"images\":[]}"));
  else if (self->picture == FAL_DATA_URI)
    {
      g_autoptr (GBytes) png = fal_make_png (64, 64, 0);
      g_autofree char *base64 = g_base64_encode (g_bytes_get_data (png, NULL), g_bytes_get_size (png));

      answer (message, 200, g_strdup_printf ("{\"images\":[{\"url\":\"data:image/png;base64,%s\"}]%s}", base64, seed));
    }
  else
    answer (message, 200,
            g_strdup_printf ("{\"images\":[{\"url\":\"%s/files/picture.png\",\"content_type\":\"image/png\"}]%s}",
                             self->url, seed));
}

static void
answer_picture (Fal               *self,
                SoupServerMessage *message)
{
  static const char page[] = "<!DOCTYPE html><title>Not a picture</title>";
  static const char drawing[] = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>";
  gsize             padding = self->picture == FAL_LARGE ? 50 * MEGABYTE : self->picture == FAL_HUGE ? 70 * MEGABYTE
                                                                                                     : 0;
  GBytes           *bytes;

  if (self->picture == FAL_PAGE)
    bytes = g_bytes_new_static (page, sizeof page - 1);
  else if (self->picture == FAL_DRAWING)
    bytes = g_bytes_new_static (drawing, sizeof drawing - 1);
  else
    bytes = fal_make_png (320, 240, padding);
  soup_server_message_set_status (message, 200, NULL);
  soup_message_headers_set_content_type (soup_server_message_get_response_headers (message), "image/png", NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), bytes);
  g_bytes_unref (bytes);
}

static void
answer_request (Fal               *self,
                SoupServerMessage *message,
                const char        *path)
{
  const char      *request = strstr (path, "/requests/");
  g_autofree char *id = NULL;
  const char      *what;

  if (request == NULL)
    {
      answer_submit (self, message, path);
      return;
    }
  request += strlen ("/requests/");
  what = strchr (request, '/');
  id = what != NULL ? g_strndup (request, (gsize) (what - request)) : g_strdup (request);
  if (!g_hash_table_contains (self->requests, id))
    answer (message, 404, g_strdup ("{\"detail\":\"Request not found\"}"));
  else if (what == NULL)
    answer_result (self, message);
  else if (strcmp (what, "/status") == 0)
    {
      self->n_questions++;
      answer_status (self, message, id);
    }
  else
    {
      self->n_cancels++;
      answer (message, 202, g_strdup ("{\"status\":\"CANCELLATION_REQUESTED\"}"));
    }
}

static void
handle_cb (SoupServer        *server,
           SoupServerMessage *message,
           const char        *path,
           GHashTable        *query,
           gpointer           user_data)
{
  Fal        *self = user_data;
  const char *key = soup_message_headers_get_one (soup_server_message_get_request_headers (message), "Authorization");

  if (self->delay_ms > 0)
    {
      soup_server_message_pause (message);
      g_timeout_add_full (G_PRIORITY_DEFAULT, self->delay_ms, unpause_cb, g_object_ref (message), g_object_unref);
    }
  if (g_str_has_prefix (path, "/files/"))
    {
      self->key_leaked |= key != NULL;
      answer_picture (self, message);
      return;
    }
  if (g_strcmp0 (key, "Key secret") != 0)
    {
      self->key_missing = TRUE;
      answer (message, 401, g_strdup ("{\"detail\":\"Cannot access application\"}"));
      return;
    }
  if (self->n_faults > 0)
    {
      self->n_faults--;
      answer (message, self->fault,
              g_strdup (self->fault == 422 ? "{\"detail\":[{\"loc\":[\"body\",\"prompt\"],\"msg\":\"too rude\"}]}"
                                           : "{\"detail\":\"not now\"}"));
      return;
    }
  answer_request (self, message, path);
}

Fal *
fal_new (void)
{
  Fal *self = g_new0 (Fal, 1);
  g_autoptr (GError) error = NULL;
  GSList *uris;

  self->requests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gone_client_allow ();
  self->server = soup_server_new (NULL, NULL);
  soup_server_add_handler (self->server, NULL, handle_cb, self, NULL);
  g_assert_true (soup_server_listen_local (self->server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, &error));
  g_assert_no_error (error);
  uris = soup_server_get_uris (self->server);
  self->url = g_strdup_printf ("http://127.0.0.1:%d", g_uri_get_port (uris->data));
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return self;
}

void
fal_free (Fal *self)
{
  soup_server_disconnect (self->server);
  g_object_unref (self->server);
  g_hash_table_unref (self->requests);
  g_free (self->url);
  g_free (self->path);
  g_free (self->body);
  g_free (self);
}
