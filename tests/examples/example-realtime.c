/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime.h"

/* Joins a topic, says hello there, and ends at the first message that comes back: example-realtime URL KEY TOPIC */

static void
message_cb (RealtimeSubscription *subscription,
            RealtimeMessage      *message,
            GMainLoop            *loop)
{
  g_print ("%s %s %.*s\n", message->topic, message->event, (int) message->payload_len, message->payload);
  g_main_loop_quit (loop);
}

static void
joined_cb (RealtimeSubscription *subscription,
           const char           *response,
           RealtimeManager      *manager)
{
  realtime_manager_broadcast_now (manager, realtime_subscription_get_topic (subscription), "hello", "{\"from\":\"C\"}");
}

int
main (int    argc,
      char **argv)
{
  const RealtimeChannelOptions options = { .self = TRUE };
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (RealtimeManager) manager = realtime_manager_new ();
  g_autoptr (RealtimeSubscription) subscription = NULL;

  if (argc != 4)
    return 2;

  realtime_manager_set_endpoint (manager, argv[1], argv[2]);
  realtime_manager_connect (manager);
  subscription = realtime_manager_subscribe (manager, argv[3], "*", &options, REALTIME_KEEP_ALL);
  g_signal_connect (subscription, "message", G_CALLBACK (message_cb), loop);
  g_signal_connect (subscription, "joined", G_CALLBACK (joined_cb), manager);
  g_main_loop_run (loop);

  return 0;
}
