/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-changes.h"

#include "realtime-change-private.h"
#include "stand-in.h"

#include <string.h>

#define READY "{\"extension\":\"postgres_changes\",\"status\":\"ok\",\"message\":\"Subscribed to PostgreSQL\"}"
#define REFUSED "{\"extension\":\"postgres_changes\",\"status\":\"error\",\"message\":\"Unable to subscribe\"}"
#define COLUMNS "\"columns\":[{\"name\":\"id\",\"type\":\"int8\"}]"

static void
test_parse (void)
{
  const char *const text = "{\"ids\":[1,104868189],\"data\":{\"type\":\"UPDATE\",\"schema\":\"public\",\"table\":\"no\\u0064es\","
                           "\"commit_timestamp\":\"2026-08-21T10:15:02.317Z\"," COLUMNS ","
                           "\"record\":{\"id\":46,\"title\":\"new\"},\"old_record\":{\"id\":46},\"errors\":null}}";
  const char *const bad[] = { "{}", "{\"ids\":[1]}", "{\"ids\":[1],\"data\":[]}", "{\"data\":{\"type\":\"INSERT\"}}",
                              "{\"ids\":[],\"data\":{\"type\":\"INSERT\",\"schema\":\"a\"}}",
                              "{\"ids\":[],\"data\":{\"type\":1,\"schema\":\"a\",\"table\":\"b\"}}" };
  g_autoptr (RealtimeChange) change = realtime_change_new ((TelaJsonSpan){ text, strlen (text) });

  g_assert_nonnull (change);
  g_assert_cmpuint (change->n_ids, ==, 2);
  g_assert_cmpint (change->ids[1], ==, 104868189);
  g_assert_cmpstr (change->type, ==, "UPDATE");
  g_assert_cmpstr (change->schema, ==, "public");
  g_assert_cmpstr (change->table, ==, "nodes");
  g_assert_cmpstr (change->commit_timestamp, ==, "2026-08-21T10:15:02.317Z");
  g_assert_cmpstr (change->columns, ==, "[{\"name\":\"id\",\"type\":\"int8\"}]");
  g_assert_cmpstr (change->record, ==, "{\"id\":46,\"title\":\"new\"}");
  g_assert_cmpstr (change->old_record, ==, "{\"id\":46}");
  g_assert_null (change->errors);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (realtime_change_new ((TelaJsonSpan){ bad[i], strlen (bad[i]) }));
}

static void
note_change_cb (RealtimeChanges *changes,
                RealtimeChange  *change,
                GString         *heard)
{
  g_string_append_printf (heard, "%s %s; ", change->type, change->record != NULL ? change->record : "-");
}

static void
send_change (StandIn    *server,
             gint64      id,
             const char *type,
             const char *rest)
{
  g_autofree char *payload = g_strdup_printf (
      "{\"ids\":[%" G_GINT64_FORMAT "],\"data\":{\"type\":\"%s\",\"schema\":\"public\",\"table\":\"nodes\"%s}}", id, type, rest);

  stand_in_send (server, 0, 0, "realtime:db", "postgres_changes", payload);
}

/* Joined and ready are two things, and each hears only of what it asked for. */
static void
test_live (void)
{
  const char *const           columns[] = { "id", "title", NULL };
  const RealtimeChangesFilter updates = { .event = "UPDATE", .schema = "public", .table = "nodes", .filter = "p=eq.7", .select = columns };
  const RealtimeChangesFilter all = { .schema = "public" };
  StandIn                    *server = stand_in_new (0);
  RealtimeManager            *manager = test_manager (server);
  g_autoptr (GString) heard = g_string_new (NULL);
  g_autoptr (GString) heard_all = g_string_new (NULL);
  RealtimeChanges *one, *two;

  server->response = g_strdup (
      "{\"postgres_changes\":[{\"id\":11,\"event\":\"UPDATE\",\"schema\":\"public\",\"table\":\"nodes\",\"filter\":\"p=eq.7\"},"
      "{\"id\":12,\"event\":\"*\",\"schema\":\"public\"}]}");
  one = realtime_manager_subscribe_changes (manager, "db", &updates, NULL);
  two = realtime_manager_subscribe_changes (manager, "db", &all, NULL);
  g_signal_connect (one, "change", G_CALLBACK (note_change_cb), heard);
  g_signal_connect (two, "change", G_CALLBACK (note_change_cb), heard_all);
  wait_until (realtime_changes_is_joined (one) && realtime_changes_is_joined (two));
  g_assert_false (realtime_changes_is_ready (one));
  g_assert_nonnull (strstr (stand_in_last (server, "phx_join"),
                            "\"postgres_changes\":[{\"event\":\"UPDATE\",\"schema\":\"public\",\"table\":\"nodes\","
                            "\"filter\":\"p=eq.7\",\"select\":[\"id\",\"title\"]},{\"event\":\"*\",\"schema\":\"public\"}]"));

  stand_in_send (server, server->last_join_ref, 0, "realtime:db", "system", READY);
  wait_until (realtime_changes_is_ready (one) && realtime_changes_is_ready (two));

  send_change (server, 11, "UPDATE", "," COLUMNS ",\"record\":{\"id\":1}");
  send_change (server, 99, "UPDATE", ",\"record\":{\"id\":9}");
  stand_in_send (server, 0, 0, "realtime:db", "postgres_changes", "{\"ids\":[12]}");
  send_change (server, 12, "DELETE", ",\"old_record\":{\"id\":2}");
  wait_until (heard_all->len > 0);
  g_assert_cmpstr (heard->str, ==, "UPDATE {\"id\":1}; ");
  g_assert_cmpstr (heard_all->str, ==, "DELETE -; ");

  /* The server retries some of what it refuses; the topic stays joined. */
  stand_in_send (server, server->last_join_ref, 0, "realtime:db", "system", REFUSED);
  wait_until (realtime_changes_get_error (one) != NULL);
  g_assert_error (realtime_changes_get_error (one), REALTIME_ERROR, REALTIME_ERROR_SUBSCRIPTION_FAILED);
  g_assert_true (realtime_changes_is_joined (one));
  g_assert_false (realtime_changes_is_ready (one));
  stand_in_send (server, server->last_join_ref, 0, "realtime:db", "system", READY);
  wait_until (realtime_changes_is_ready (one));
  g_assert_no_error (realtime_changes_get_error (one));

  stand_in_cut (server);
  wait_until (!realtime_changes_is_joined (one));
  g_assert_false (realtime_changes_is_ready (one));
  wait_until (realtime_changes_is_joined (one));
  g_assert_false (realtime_changes_is_ready (one));

  g_object_unref (one);
  g_object_unref (two);
  test_end (manager, server);
}

static void
test_mismatch (void)
{
  const RealtimeChangesFilter filter = { .event = "INSERT", .schema = "public", .table = "nodes" };
  StandIn                    *server = stand_in_new (0);
  RealtimeManager            *manager = test_manager (server);
  RealtimeChanges            *one;

  server->response = g_strdup ("{\"postgres_changes\":[{\"id\":1,\"event\":\"*\",\"schema\":\"public\",\"table\":\"nodes\"}]}");
  one = realtime_manager_subscribe_changes (manager, "db", &filter, NULL);
  wait_until (realtime_changes_get_error (one) != NULL);
  g_assert_error (realtime_changes_get_error (one), REALTIME_ERROR, REALTIME_ERROR_SUBSCRIPTION_FAILED);
  g_assert_false (realtime_changes_is_joined (one));

  g_object_unref (one);
  test_end (manager, server);
}

static void
note_message_cb (RealtimeSubscription *subscription,
                 RealtimeMessage      *message,
                 GString              *heard)
{
  g_string_append_printf (heard, "%s%s ", message->id != NULL ? message->id : "-", message->is_replayed ? "*" : "");
}

static void
note_system_cb (RealtimeSubscription *subscription,
                gboolean              ok,
                const char           *extension,
                const char           *text,
                GString              *heard)
{
  g_string_append_printf (heard, "%d %s %s; ", ok, extension, text);
}

static void
send_row (StandIn    *server,
          const char *id,
          gboolean    is_replayed)
{
  g_autofree char *payload = g_strdup_printf (
      "{\"type\":\"broadcast\",\"event\":\"op\",\"payload\":{},\"meta\":{\"id\":\"%s\"%s}}", id, is_replayed ? ",\"replayed\":true" : "");

  stand_in_send (server, 0, 0, "realtime:db", "broadcast", payload);
}

/* What was missed comes again, and what was heard does not. */
static void
test_replay (void)
{
  const RealtimeChannelOptions options = { .is_private = TRUE, .replay_since = 1000, .replay_limit = 40 };
  const RealtimeChannelOptions unlimited = { .is_private = TRUE, .replay_since = 1000 };
  StandIn                     *server = stand_in_new (0);
  RealtimeManager             *manager = test_manager (server);
  g_autoptr (GString) heard = g_string_new (NULL);
  RealtimeSubscription *one;
  const char           *since;

  realtime_manager_set_token (manager, "token");
  one = realtime_manager_subscribe (manager, "db", "op", &options, REALTIME_KEEP_ALL);
  g_signal_connect (one, "message", G_CALLBACK (note_message_cb), heard);
  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_nonnull (strstr (stand_in_last (server, "phx_join"), "\"replay\":{\"since\":1000,\"limit\":25}"));
  send_row (server, "a", TRUE);
  send_row (server, "b", FALSE);
  send_row (server, "b", FALSE);
  stand_in_broadcast (server, "db", "op", "{}");
  wait_until (g_str_equal (heard->str, "a* b - "));

  stand_in_cut (server);
  wait_until (stand_in_count (server, "phx_join realtime:db") == 2);
  wait_until (realtime_subscription_is_subscribed (one));
  since = strstr (stand_in_last (server, "phx_join"), "\"since\":");
  g_assert_nonnull (since);
  g_assert_cmpint (g_ascii_strtoll (since + 8, NULL, 10), >, g_get_real_time () / 1000 - 60 * 1000);
  send_row (server, "b", TRUE);
  send_row (server, "c", TRUE);
  wait_until (g_str_equal (heard->str, "a* b - c* "));

  /* Better without than not at all. */
  server->refuses_joins = g_strdup ("UnableToReplayMessages: Realtime was unable to replay messages");
  stand_in_cut (server);
  wait_until (stand_in_count (server, "phx_join realtime:db") == 3);
  g_clear_pointer (&server->refuses_joins, g_free);
  wait_until (stand_in_count (server, "phx_join realtime:db") == 4);
  g_assert_null (strstr (stand_in_last (server, "phx_join"), "replay"));

  g_object_unref (one);
  one = realtime_manager_subscribe (manager, "all", "op", &unlimited, REALTIME_KEEP_ALL);
  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_nonnull (strstr (stand_in_last (server, "phx_join"), "\"limit\":25}"));

  g_object_unref (one);
  test_end (manager, server);
}

static void
test_system (void)
{
  const RealtimeChannelOptions options = { .replay_since = 1000 };
  StandIn                     *server = stand_in_new (0);
  RealtimeManager             *manager = test_manager (server);
  RealtimeSubscription        *one = realtime_manager_subscribe (manager, "db", "*", &options, REALTIME_KEEP_ALL);
  g_autoptr (GString) heard = g_string_new (NULL);

  g_signal_connect (one, "system", G_CALLBACK (note_system_cb), heard);
  wait_until (realtime_subscription_is_subscribed (one));
  /* Its mere presence would make a public join fail. */
  g_assert_null (strstr (stand_in_last (server, "phx_join"), "replay"));
  stand_in_send (server, 0, 0, "realtime:db", "system",
                 "{\"extension\":\"system\",\"status\":\"ok\",\"message\":\"Server requested disconnect\"}");
  stand_in_send (server, 4711, 0, "realtime:db", "system", REFUSED); /* of another join */
  stand_in_send (server, server->last_join_ref, 0, "realtime:db", "system", READY);
  wait_until (strstr (heard->str, "PostgreSQL") != NULL);
  g_assert_cmpstr (heard->str, ==, "1 system Server requested disconnect; 1 postgres_changes Subscribed to PostgreSQL; ");

  g_object_unref (one);
  test_end (manager, server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/changes/parse", test_parse);
  g_test_add_func ("/changes/live", test_live);
  g_test_add_func ("/changes/mismatch", test_mismatch);
  g_test_add_func ("/changes/replay", test_replay);
  g_test_add_func ("/changes/system", test_system);

  return g_test_run ();
}
