/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime.h"

#include <string.h>

#include "realtime-private.h"

/* Every public function is called from a thread that is none of its own; each has to notice before it does anything. */
typedef struct
{
  RealtimeManager      *manager;
  RealtimeSubscription *subscription;
  RealtimeChanges      *changes;
  RealtimePresence     *presence;
  RealtimeDebouncer    *debouncer;
} Fixture;

static gint     n_refused; /* atomic */
static gboolean is_strange;

static gboolean
is_refusal (const char *text)
{
  return strstr (text, "realtime_is_owner") != NULL;
}

static gboolean
not_fatal_cb (const char    *domain,
              GLogLevelFlags level,
              const char    *text,
              gpointer       user_data)
{
  return !is_refusal (text);
}

static void
count_cb (const char    *domain,
          GLogLevelFlags level,
          const char    *text,
          gpointer       user_data)
{
  if (is_refusal (text))
    g_atomic_int_inc (&n_refused);
}

static void
never_cb (gpointer payload,
          gpointer user_data)
{
  is_strange = TRUE;
}

static void
token_cb (RealtimeTokenRequest *request,
          gpointer              user_data)
{
  is_strange = TRUE;
}

static guint
call_manager (RealtimeManager *manager)
{
  const RealtimePost post = { .topic = "t", .event = "e", .payload = "{}" };
  RealtimeMetrics    metrics = { 0 };
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_autofree char *info = NULL;

  realtime_manager_set_endpoint (manager, "ws://127.0.0.1:1", "key");
  realtime_manager_set_protocol (manager, REALTIME_PROTOCOL_1_0_0);
  realtime_manager_set_token_provider (manager, token_cb, NULL, NULL);
  realtime_manager_token_ready (manager, NULL, "token", NULL);
  realtime_manager_set_token (manager, "token");
  realtime_manager_connect (manager);
  realtime_manager_shutdown_async (manager, NULL, NULL, NULL);
  g_assert_null (realtime_manager_subscribe (manager, "t", "*", NULL, REALTIME_KEEP_ALL));
  realtime_manager_broadcast_async (manager, "t", "e", "{}", NULL, NULL, NULL);
  realtime_manager_broadcast_bytes_async (manager, "t", "e", bytes, NULL, NULL, NULL);
  g_assert_false (realtime_manager_broadcast_now (manager, "t", "e", "{}"));
  realtime_manager_post_async (manager, &post, 1, NULL, NULL, NULL);
  realtime_manager_send_async (manager, "t", "e", "{}", FALSE, NULL, NULL, NULL);
  realtime_manager_get_connection_state (manager);
  realtime_manager_get_cause (manager);
  realtime_manager_get_last_error (manager);
  realtime_manager_get_retry_at (manager);
  realtime_manager_get_metrics (manager, &metrics);
  info = realtime_manager_get_debug_info (manager);

  return 19;
}

static guint
call_subscriptions (Fixture *fixture)
{
  const RealtimeChangesFilter filter = { .schema = "public" };

  realtime_subscription_get_topic (fixture->subscription);
  realtime_subscription_is_subscribed (fixture->subscription);
  realtime_subscription_get_error (fixture->subscription);
  realtime_subscription_get_channel_state (fixture->subscription);
  realtime_subscription_set_enabled (fixture->subscription, FALSE);
  realtime_subscription_cancel (fixture->subscription);
  g_assert_null (realtime_manager_subscribe_changes (fixture->manager, "t", &filter, NULL));
  realtime_changes_is_joined (fixture->changes);
  realtime_changes_is_ready (fixture->changes);
  realtime_changes_get_error (fixture->changes);

  return 10;
}

static guint
call_presence (Fixture *fixture)
{
  g_autoptr (GPtrArray) list = NULL;

  g_assert_null (realtime_manager_get_presence (fixture->manager, "t", NULL));
  realtime_presence_track (fixture->presence, "{}");
  realtime_presence_untrack (fixture->presence);
  realtime_presence_get_topic (fixture->presence);
  realtime_presence_is_synced (fixture->presence);
  realtime_presence_get_error (fixture->presence);
  realtime_presence_get_n_members (fixture->presence);
  realtime_presence_lookup (fixture->presence, "key");
  list = realtime_presence_list (fixture->presence);
  realtime_debouncer_push (fixture->debouncer, NULL);
  realtime_debouncer_free (fixture->debouncer);

  return 11;
}

static gpointer
stranger_main (gpointer data)
{
  Fixture *fixture = data;
  guint    n = call_manager (fixture->manager);

  n += call_subscriptions (fixture);
  n += call_presence (fixture);

  return GUINT_TO_POINTER (n);
}

static void
test_foreign (void)
{
  const RealtimeChangesFilter filter = { .schema = "public" };
  Fixture                     fixture;
  guint                       n;

  fixture.manager = realtime_manager_new ();
  fixture.subscription = realtime_manager_subscribe (fixture.manager, "t", "*", NULL, REALTIME_KEEP_ALL);
  fixture.changes = realtime_manager_subscribe_changes (fixture.manager, "t", &filter, NULL);
  fixture.presence = realtime_manager_get_presence (fixture.manager, "t", NULL);
  fixture.debouncer = realtime_debouncer_new (100, never_cb, NULL, NULL);

  g_log_set_default_handler (count_cb, NULL);
  g_test_log_set_fatal_handler (not_fatal_cb, NULL);
  n = GPOINTER_TO_UINT (g_thread_join (g_thread_new ("stranger", stranger_main, &fixture)));
  g_log_set_default_handler (g_log_default_handler, NULL);

  g_assert_cmpint (g_atomic_int_get (&n_refused), ==, (gint) n);
  g_assert_false (is_strange);
  g_assert_cmpstr (realtime_subscription_get_topic (fixture.subscription), ==, "t");
  g_assert_cmpint (realtime_manager_get_connection_state (fixture.manager), ==, REALTIME_CONNECTION_DISCONNECTED);

  realtime_debouncer_free (fixture.debouncer);
  g_object_unref (fixture.presence);
  g_object_unref (fixture.changes);
  g_object_unref (fixture.subscription);
  g_object_unref (fixture.manager);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/threads/foreign", test_foreign);

  return g_test_run ();
}
