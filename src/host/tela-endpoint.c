/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-endpoint.h"

#include "tela-json.h"

#include <glib/gi18n-lib.h>

void
tela_endpoint_free (TelaEndpoint *self)
{
  g_free (self->url);
  g_free (self->key);
  g_free (self->session);
  g_free (self);
}

TelaEndpoint *
tela_endpoint_new (const char *url,
                   const char *key,
                   const char *session)
{
  TelaEndpoint *self = g_new0 (TelaEndpoint, 1);

  self->url = g_strdup (url);
  self->key = g_strdup (key);
  self->session = g_strdup (session);

  return self;
}

/* Last one wins, unknown members are passed over. */
static void
read_member (TelaJsonReader *reader,
             TelaJsonSpan    name,
             TelaEndpoint   *into)
{
  TelaJsonSpan session;
  char       **slot = NULL;

  if (TELA_JSON_SPAN_IS (name, "url"))
    slot = &into->url;
  else if (TELA_JSON_SPAN_IS (name, "anon_key"))
    slot = &into->key;

  if (slot != NULL)
    {
      g_free (*slot);
      *slot = tela_json_reader_string (reader, NULL, NULL);
    }
  else if (TELA_JSON_SPAN_IS (name, "session") &&
           tela_json_reader_peek (reader) == TELA_JSON_OBJECT && tela_json_reader_span (reader, &session))
    {
      g_free (into->session);
      into->session = g_strndup (session.data, session.len);
    }
}

TelaEndpoint *
tela_endpoint_read (const char *path,
                    GError    **error)
{
  g_autoptr (TelaEndpoint) self = g_new0 (TelaEndpoint, 1);
  g_autofree char *text = NULL;
  TelaJsonReader   reader;
  TelaJsonSpan     name;
  gsize            len;

  if (!g_file_get_contents (path, &text, &len, error))
    return NULL;

  tela_json_reader_init (&reader, text, (gssize) len);
  if (tela_json_reader_enter_object (&reader))
    while (tela_json_reader_next_member (&reader, &name))
      read_member (&reader, name, self);
  if (!tela_json_reader_finish (&reader, error))
    {
      g_prefix_error (error, "%s: ", path);
      return NULL;
    }

  if (self->url == NULL || self->key == NULL || !g_uri_is_valid (self->url, G_URI_FLAGS_NONE, NULL))
    {
      /* Translators: %s is a file; url and anon_key are names in it */
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("%s: url or anon_key is missing"), path);
      return NULL;
    }

  return g_steal_pointer (&self);
}

gboolean
tela_endpoint_write (const TelaEndpoint *self,
                     const char         *path,
                     GError            **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, text, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "url", self->url);
  tela_json_writer_put_string (&writer, "anon_key", self->key);
  if (self->session != NULL)
    {
      tela_json_writer_name (&writer, "session");
      tela_json_writer_raw (&writer, self->session, strlen (self->session));
    }
  tela_json_writer_end_object (&writer);

  return g_file_set_contents_full (path, text->str, (gssize) text->len, G_FILE_SET_CONTENTS_CONSISTENT, 0600, error);
}

gboolean
tela_endpoint_equal (const TelaEndpoint *a,
                     const TelaEndpoint *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return g_strcmp0 (a->url, b->url) == 0 && g_strcmp0 (a->key, b->key) == 0 && g_strcmp0 (a->session, b->session) == 0;
}

GSocketConnectable *
tela_endpoint_get_address (const TelaEndpoint *self)
{
  return g_network_address_parse_uri (self->url, 80, NULL);
}

char *
tela_endpoint_dup_listen (const TelaEndpoint *self)
{
  g_autoptr (GUri) uri = g_uri_parse (self->url, G_URI_FLAGS_NONE, NULL);
  g_autoptr (GInetAddress) address = NULL;
  gboolean is_six;

  if (uri == NULL || g_uri_get_host (uri) == NULL || g_uri_get_port (uri) <= 0)
    return NULL;
  address = g_inet_address_new_from_string (g_uri_get_host (uri));
  if (address == NULL || !g_inet_address_get_is_loopback (address))
    return NULL;

  is_six = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;

  return g_strdup_printf (is_six ? "[%s]:%d" : "%s:%d", g_uri_get_host (uri), g_uri_get_port (uri));
}
