/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <stdio.h>
#include <string.h>

#include "cli.h"

#define JOIN_TIMEOUT_S 30

typedef struct
{
  gint64 left; /* messages still to print; -1: without end */
} Listen;

static void
message_cb (RealtimeSubscription *subscription,
            RealtimeMessage      *message,
            Listen               *listen)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  if (listen->left == 0)
    return;
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "topic", message->topic);
  tela_json_writer_put_string (&writer, "event", message->event);
  if (message->is_json)
    {
      tela_json_writer_name (&writer, "payload");
      tela_json_writer_raw (&writer, message->payload, message->payload_len);
    }
  else
    {
      g_autofree char *base64 = g_base64_encode ((const guint8 *) message->payload, message->payload_len);

      tela_json_writer_put_string (&writer, "base64", base64);
    }
  tela_json_writer_end_object (&writer);
  g_print ("%s\n", out->str);
  fflush (stdout);
  if (listen->left > 0)
    listen->left--;
}

static gboolean
timeout_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_REMOVE;
}

/* Joined, or told why not. */
static gboolean
await_joined (RealtimeSubscription *subscription,
              const char           *topic)
{
  gboolean late = FALSE;
  guint    timeout = g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, JOIN_TIMEOUT_S, timeout_cb, &late, NULL);

  while (!late && !realtime_subscription_is_subscribed (subscription) &&
         realtime_subscription_get_error (subscription) == NULL)
    g_main_context_iteration (NULL, TRUE);
  if (!late)
    g_source_remove (timeout);
  if (realtime_subscription_is_subscribed (subscription))
    return TRUE;
  cli_fail (topic, realtime_subscription_get_error (subscription));
  return FALSE;
}

int
cli_listen (TelaCli *cli,
            int      argc,
            char   **argv)
{
  g_autofree char   *event = NULL;
  gboolean           is_private = FALSE;
  gint64             count = -1;
  const GOptionEntry entries[] = {
    { "event", 0, 0, G_OPTION_ARG_STRING, &event, NULL, NULL },
    { "private", 0, 0, G_OPTION_ARG_NONE, &is_private, NULL, NULL },
    { "count", 0, 0, G_OPTION_ARG_INT64, &count, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (RealtimeSubscription) subscription = NULL;
  RealtimeChannelOptions options = { 0 };
  Listen                 listen;

  if (!cli_parse (&argc, &argv, entries, "listen TOPIC [--event E] [--private] [--count N]", 1, FALSE))
    return CLI_USAGE;
  if (!cli_open_online (cli, &error))
    return cli_fail ("listen", error);
  options.is_private = is_private;
  listen.left = count;
  subscription =
      realtime_manager_subscribe (cli->realtime, argv[1], event != NULL ? event : "*", &options, REALTIME_KEEP_ALL);
  g_signal_connect (subscription, "message", G_CALLBACK (message_cb), &listen);
  if (!await_joined (subscription, argv[1]))
    return CLI_FAILED;
  g_printerr ("listening to %s\n", argv[1]);
  while (listen.left != 0)
    g_main_context_iteration (NULL, TRUE);
  return CLI_OK;
}

int
cli_broadcast (TelaCli *cli,
               int      argc,
               char   **argv)
{
  gboolean           is_private = FALSE, ack = FALSE;
  const GOptionEntry entries[] = {
    { "private", 0, 0, G_OPTION_ARG_NONE, &is_private, NULL, NULL },
    { "ack", 0, 0, G_OPTION_ARG_NONE, &ack, NULL, NULL },
    { NULL },
  };
  CliAwait await = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (RealtimeSubscription) subscription = NULL;
  RealtimeChannelOptions options = { 0 };

  if (!cli_parse (&argc, &argv, entries, "broadcast TOPIC EVENT JSON [--ack] [--private]", 3, FALSE))
    return CLI_USAGE;
  if (!tela_json_check (argv[3], -1, &error))
    return cli_fail ("broadcast", error);
  if (!cli_open_online (cli, &error))
    return cli_fail ("broadcast", error);
  options.is_private = is_private;
  options.ack = ack;
  subscription = realtime_manager_subscribe (cli->realtime, argv[1], "*", &options, REALTIME_KEEP_ALL);
  if (!await_joined (subscription, argv[1]))
    return CLI_FAILED;
  realtime_manager_broadcast_async (cli->realtime, argv[1], argv[2], argv[3], NULL, cli_await_cb, &await);
  result = cli_await_take (&await);
  if (!realtime_manager_broadcast_finish (cli->realtime, result, &error))
    return cli_fail (argv[1], error);
  return CLI_OK;
}
