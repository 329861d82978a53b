/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli-service.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <stdio.h>
#include <string.h>

#include "tela-json.h"

void
cli_service_notify (const char *state)
{
  const char *path = g_getenv ("NOTIFY_SOCKET");
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocket) socket = NULL;

  if (path == NULL || (path[0] != '/' && path[0] != '@'))
    return;
  if (path[0] == '@')
    address = g_unix_socket_address_new_with_type (path + 1, -1, G_UNIX_SOCKET_ADDRESS_ABSTRACT);
  else
    address = g_unix_socket_address_new (path);
  socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
  if (socket != NULL)
    g_socket_send_to (socket, address, state, strlen (state), NULL, NULL);
}

char *
cli_service_redact (const char *text)
{
  static GRegex *keys;

  if (g_once_init_enter (&keys))
    {
      GRegex *made = g_regex_new ("[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}\\.[A-Za-z0-9_-]{8,}|"
                                  "\\b[0-9a-f]{32,}\\b|(?<=apikey=)[^&\\s]+",
                                  G_REGEX_OPTIMIZE, 0, NULL);

      g_once_init_leave (&keys, made);
    }
  return g_regex_replace_literal (keys, text, -1, 0, "(key)", 0, NULL);
}

static const char *
level_name (GLogLevelFlags level)
{
  if ((level & (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL)) != 0)
    return "error";
  if ((level & G_LOG_LEVEL_WARNING) != 0)
    return "warning";
  return (level & (G_LOG_LEVEL_MESSAGE | G_LOG_LEVEL_INFO)) != 0 ? "info" : "debug";
}

static GLogWriterOutput
write_json (GLogLevelFlags   level,
            const GLogField *fields,
            gsize            n_fields,
            gpointer         data)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *time = g_date_time_format (now, "%Y-%m-%dT%H:%M:%S.%fZ");
  g_autoptr (GString) out = g_string_new (NULL);
  const char    *domain = NULL, *message = NULL;
  TelaJsonWriter writer;

  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0)
      message = fields[i].value;
    else if (strcmp (fields[i].key, "GLIB_DOMAIN") == 0)
      domain = fields[i].value;
  if (message == NULL || g_log_writer_default_would_drop (level, domain))
    return G_LOG_WRITER_HANDLED;
  {
    g_autofree char *safe = cli_service_redact (message);

    tela_json_writer_init (&writer, out, 0);
    tela_json_writer_begin_object (&writer);
    tela_json_writer_put_string (&writer, "time", time);
    tela_json_writer_put_string (&writer, "level", level_name (level));
    tela_json_writer_put_string (&writer, "domain", domain != NULL ? domain : "tela");
    tela_json_writer_put_string (&writer, "message", safe);
    tela_json_writer_end_object (&writer);
  }
  fprintf (stderr, "%s\n", out->str);
  return G_LOG_WRITER_HANDLED;
}

void
cli_service_log_json (void)
{
  g_log_set_writer_func (write_json, NULL, NULL);
}
