/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-endpoint.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "realtime-types.h"

static char *
socket_path (const char *path)
{
  g_autofree char *trimmed = g_strdup (path);
  gsize            len = strlen (trimmed);

  while (len > 0 && trimmed[len - 1] == '/')
    trimmed[--len] = '\0';

  if (g_str_has_suffix (trimmed, "/websocket"))
    return g_steal_pointer (&trimmed);
  if (g_str_has_suffix (trimmed, "/realtime/v1") || g_str_has_suffix (trimmed, "/socket"))
    return g_strconcat (trimmed, "/websocket", NULL);

  return g_strconcat (trimmed, "/realtime/v1/websocket", NULL);
}

/* Where broadcasts are posted: beside the socket, in the way of the gateway or of the bare server. */
static char *
rest_path (const char *socket_path)
{
  g_autofree char *base = g_strndup (socket_path, strlen (socket_path) - strlen ("/websocket"));

  if (g_str_has_suffix (base, "/socket"))
    base[strlen (base) - strlen ("/socket")] = '\0';

  return g_strconcat (base, "/api/broadcast", NULL);
}

static gboolean
is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (address != NULL)
    return g_inet_address_get_is_loopback (address);

  return g_ascii_strcasecmp (host, "localhost") == 0 || g_str_has_suffix (host, ".localhost");
}

RealtimeEndpoint *
realtime_endpoint_new (const char      *url,
                       const char      *api_key,
                       RealtimeProtocol protocol,
                       GError         **error)
{
  g_autoptr (GUri) base = g_uri_parse (url, G_URI_FLAGS_NONE, error);
  g_autoptr (GUri) socket = NULL;
  g_autoptr (GUri) rest = NULL;
  g_autofree char  *away = NULL;
  g_autofree char  *path = NULL;
  g_autofree char  *key = NULL;
  g_autofree char  *query = NULL;
  const char       *scheme;
  RealtimeEndpoint *self;

  if (base == NULL)
    return NULL;

  scheme = g_uri_get_scheme (base);
  if (g_str_equal (scheme, "http"))
    scheme = "ws";
  else if (g_str_equal (scheme, "https"))
    scheme = "wss";
  if ((!g_str_equal (scheme, "ws") && !g_str_equal (scheme, "wss")) || g_uri_get_host (base) == NULL ||
      *g_uri_get_host (base) == '\0')
    {
      g_set_error_literal (error, REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED,
                           _ ("The address of the server is not a web address"));
      return NULL;
    }

  path = socket_path (g_uri_get_path (base));
  key = g_uri_escape_string (api_key, NULL, FALSE);
  query = g_strdup_printf ("apikey=%s&vsn=%s", key, protocol == REALTIME_PROTOCOL_1_0_0 ? "1.0.0" : "2.0.0");
  socket = g_uri_build (G_URI_FLAGS_ENCODED_QUERY, scheme, NULL, g_uri_get_host (base), g_uri_get_port (base), path,
                        query, NULL);
  away = rest_path (path);
  rest = g_uri_build (G_URI_FLAGS_NONE, g_str_equal (scheme, "wss") ? "https" : "http", NULL, g_uri_get_host (base),
                      g_uri_get_port (base), away, NULL, NULL);

  self = g_new0 (RealtimeEndpoint, 1);
  g_atomic_ref_count_init (&self->refs);
  self->uri = g_uri_to_string (socket);
  self->rest = g_uri_to_string (rest);
  self->api_key = g_strdup (api_key);
  self->protocol = protocol;
  self->host = g_strdup (g_uri_get_host (base));
  self->is_loopback = is_loopback (self->host);

  return self;
}

RealtimeEndpoint *
realtime_endpoint_ref (RealtimeEndpoint *self)
{
  g_atomic_ref_count_inc (&self->refs);

  return self;
}

void
realtime_endpoint_unref (RealtimeEndpoint *self)
{
  if (!g_atomic_ref_count_dec (&self->refs))
    return;

  g_free (self->uri);
  g_free (self->rest);
  g_free (self->api_key);
  g_free (self->host);
  g_free (self);
}
