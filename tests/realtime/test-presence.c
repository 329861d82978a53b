/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-presence.h"

#include "realtime-presence-state.h"
#include "stand-in.h"

#include <string.h>

static int
by_word (gconstpointer a,
         gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

/* What changed, as words: +key, -key, ~key. */
static char *
take (RealtimePresenceState *state,
      gboolean               is_state,
      const char            *payload)
{
  g_autoptr (RealtimePresenceFrame) frame =
      realtime_presence_frame_new ((TelaJsonSpan){ payload, strlen (payload) }, is_state);
  g_autoptr (GPtrArray) changes = NULL;
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  g_assert_nonnull (frame);
  changes = realtime_presence_state_take (state, frame);
  if (changes == NULL)
    return g_strdup ("waits");
  for (guint i = 0; i < changes->len; i++)
    {
      RealtimePresenceChange *change = g_ptr_array_index (changes, i);
      RealtimeMember         *member = change->after != NULL ? change->after : change->before;
      const char             *sign = change->before == NULL ? "+" : change->after == NULL ? "-"
                                                                                          : "~";

      g_assert (member != NULL);
      g_ptr_array_add (words, g_strdup_printf ("%s%s%u", sign, member->key, member->n_metas));
    }
  g_ptr_array_sort (words, by_word);
  g_ptr_array_add (words, NULL);

  return g_strjoinv (" ", (char **) words->pdata);
}

#define assert_takes(state, is_state, payload, expected)             \
  G_STMT_START                                                       \
  {                                                                  \
    g_autofree char *assert_found = take (state, is_state, payload); \
    g_assert_cmpstr (assert_found, ==, expected);                    \
  }                                                                  \
  G_STMT_END

#define ADA "{\"a\":{\"metas\":[{\"phx_ref\":\"1\",\"n\":1}]}}"
#define ADA_2 "{\"a\":{\"metas\":[{\"phx_ref\":\"2\",\"phx_ref_prev\":\"1\",\"n\":2}]}}"
#define BOB "{\"b\":{\"metas\":[{\"phx_ref\":\"7\"}]}}"

static void
test_merge (void)
{
  RealtimePresenceState *state = realtime_presence_state_new ();
  RealtimeMember        *member;

  assert_takes (state, FALSE, "{\"joins\":" BOB ",\"leaves\":{}}", "waits");
  assert_takes (state, TRUE, ADA, "+a1 +b1");
  /* An update is no leave and no join. */
  assert_takes (state, FALSE, "{\"joins\":" ADA_2 ",\"leaves\":" ADA "}", "~a1");
  member = g_hash_table_lookup (realtime_presence_state_get_members (state), "a");
  g_assert_cmpstr (member->metas[0].ref, ==, "2");
  g_assert_cmpstr (member->metas[0].payload, ==, "{\"phx_ref\":\"2\",\"phx_ref_prev\":\"1\",\"n\":2}");
  /* A second window of the same user, and away again. */
  assert_takes (state, FALSE, "{\"joins\":" ADA ",\"leaves\":{}}", "~a2");
  assert_takes (state, FALSE, "{\"joins\":" ADA "}", "");
  assert_takes (state, FALSE, "{\"leaves\":" ADA "}", "~a1");
  /* Of somebody who is not there. */
  assert_takes (state, FALSE, "{\"leaves\":{\"x\":{\"metas\":[{\"phx_ref\":\"9\"}]}}}", "");
  assert_takes (state, FALSE, "{\"joins\":{},\"leaves\":" ADA_2 "}", "-a1");
  g_assert_cmpuint (g_hash_table_size (realtime_presence_state_get_members (state)), ==, 1);

  /* The list of before stays until the next state, which says what happened meanwhile. */
  realtime_presence_state_restart (state);
  g_assert_false (realtime_presence_state_is_synced (state));
  g_assert_cmpuint (g_hash_table_size (realtime_presence_state_get_members (state)), ==, 1);
  assert_takes (state, FALSE, "{\"joins\":{},\"leaves\":" ADA "}", "waits");
  assert_takes (state, TRUE, ADA, "-b1");
  assert_takes (state, TRUE, "{}", "");
  realtime_presence_state_free (state);
}

/* Three tracks, one untrack: who shows nothing any more is gone, whatever the metas were called between. */
static void
test_updates_leave_nothing (void)
{
  RealtimePresenceState *state = realtime_presence_state_new ();

  assert_takes (state, TRUE, "{}", "");
  assert_takes (state, FALSE, "{\"joins\":" ADA "}", "+a1");
  for (guint i = 1; i < 50; i++)
    {
      g_autofree char *diff = g_strdup_printf (
          "{\"joins\":{\"a\":{\"metas\":[{\"phx_ref\":\"%u\"}]}},\"leaves\":{\"a\":{\"metas\":[{\"phx_ref\":\"%u\"}]}}}",
          i + 1, i);

      assert_takes (state, FALSE, diff, "~a1");
    }
  assert_takes (state, FALSE, "{\"leaves\":{\"a\":{\"metas\":[{\"phx_ref\":\"50\"}]}}}", "-a1");
  realtime_presence_state_free (state);
}

static void
test_bad (void)
{
  static const char *const bad[] = { "[]", "{\"a\":1}", "{\"a\":{}}", "{\"a\":{\"metas\":{}}}", "{\"a\":{\"metas\":[1]}}",
                                     "{\"a\":{\"metas\":[{}]}}", "{\"a\":{\"metas\":[{\"phx_ref\":\"1\"},{\"phx_ref\":2}]}}",
                                     "{\"a\"" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autofree char *diff = g_strdup_printf ("{\"joins\":%s}", bad[i]);

      g_assert_null (realtime_presence_frame_new ((TelaJsonSpan){ bad[i], strlen (bad[i]) }, TRUE));
      if (i + 1 < G_N_ELEMENTS (bad)) /* the decoder has checked that the whole is JSON */
        g_assert_null (realtime_presence_frame_new ((TelaJsonSpan){ diff, strlen (diff) }, FALSE));
    }
}

typedef struct
{
  StandIn          *server;
  RealtimeManager  *manager;
  RealtimePresence *presence;
  GString          *heard;
} Fixture;

static void
member_cb (RealtimePresence *presence,
           RealtimeMember   *member,
           Fixture          *fixture)
{
  g_string_append_printf (fixture->heard, "+%s ", member->key);
}

static void
leave_cb (RealtimePresence *presence,
          RealtimeMember   *member,
          Fixture          *fixture)
{
  g_string_append_printf (fixture->heard, "-%s ", member->key);
}

static void
update_cb (RealtimePresence *presence,
           RealtimeMember   *now,
           RealtimeMember   *before,
           Fixture          *fixture)
{
  g_string_append_printf (fixture->heard, "~%s%s%s ", now->key, before->metas[0].ref, now->metas[0].ref);
}

static void
sync_cb (RealtimePresence *presence,
         Fixture          *fixture)
{
  g_string_append (fixture->heard, "sync ");
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  const RealtimeChannelOptions options = { .presence_key = "me" };
  RealtimeTimings              timings = test_timings ();

  timings.presence = GPOINTER_TO_UINT (data);
  fixture->server = stand_in_new (0);
  fixture->manager = realtime_manager_new_with_timings (&timings);
  fixture->heard = g_string_new (NULL);
  realtime_manager_set_endpoint (fixture->manager, fixture->server->url, "a key&more");
  realtime_manager_connect (fixture->manager);
  fixture->server->after_reply = g_strdup ("[null,null,\"%s\",\"presence_state\"," ADA "]");
  fixture->presence = realtime_manager_get_presence (fixture->manager, "a", &options);
  g_signal_connect (fixture->presence, "join", G_CALLBACK (member_cb), fixture);
  g_signal_connect (fixture->presence, "leave", G_CALLBACK (leave_cb), fixture);
  g_signal_connect (fixture->presence, "update", G_CALLBACK (update_cb), fixture);
  g_signal_connect (fixture->presence, "sync", G_CALLBACK (sync_cb), fixture);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_clear_object (&fixture->presence);
  g_string_free (fixture->heard, TRUE);
  test_end (fixture->manager, fixture->server);
}

static void
test_live (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (GPtrArray) list = NULL;
  const RealtimeChannelOptions options = { .presence_key = "me" };
  g_autoptr (RealtimePresence) again = realtime_manager_get_presence (fixture->manager, "a", &options);

  g_assert_true (again == fixture->presence);
  realtime_presence_track (fixture->presence, "{\"n\":1}");
  g_assert_cmpuint (fixture->server->said->len, ==, 0);
  wait_until (realtime_presence_is_synced (fixture->presence));
  g_assert_nonnull (strstr (stand_in_last (fixture->server, "phx_join"),
                            "\"presence\":{\"enabled\":true,\"key\":\"me\"}"));
  g_assert_cmpstr (fixture->heard->str, ==, "+a sync ");
  wait_until (g_str_equal (stand_in_last (fixture->server, "presence"),
                           "presence {\"type\":\"presence\",\"event\":\"track\",\"payload\":{\"n\":1}}"));

  stand_in_send (fixture->server, 0, 0, "realtime:a", "presence_diff",
                 "{\"joins\":" ADA_2 ",\"leaves\":" ADA "}");
  stand_in_send (fixture->server, 0, 0, "realtime:a", "presence_diff", "{\"joins\":" BOB ",\"leaves\":{}}");
  stand_in_send (fixture->server, 0, 0, "realtime:a", "presence_diff", "{\"joins\":[]}");
  stand_in_send (fixture->server, 77, 0, "realtime:a", "presence_state", "{}"); /* of another join */
  wait_until (realtime_presence_get_n_members (fixture->presence) == 2);
  g_assert_cmpstr (fixture->heard->str, ==, "+a sync ~a12 sync +b sync ");
  list = realtime_presence_list (fixture->presence);
  g_assert_cmpstr (((RealtimeMember *) list->pdata[1])->key, ==, "b");
  g_assert_nonnull (realtime_presence_lookup (fixture->presence, "a"));
  g_assert_null (realtime_presence_lookup (fixture->presence, "x"));

  realtime_presence_untrack (fixture->presence);
  wait_until (g_str_equal (stand_in_last (fixture->server, "presence"),
                           "presence {\"type\":\"presence\",\"event\":\"untrack\"}"));
}

/* After a rejoin the server has forgotten us, and we do not know what we missed until it says who is there. */
static void
test_rejoin (Fixture      *fixture,
             gconstpointer data)
{
  realtime_presence_track (fixture->presence, "{\"n\":1}");
  wait_until (stand_in_count (fixture->server, "presence realtime:a") == 1);
  wait_until (realtime_presence_is_synced (fixture->presence));
  g_free (fixture->server->after_reply);
  fixture->server->after_reply = g_strdup ("[null,null,\"%s\",\"presence_state\"," BOB "]");
  fixture->server->holds_joins = TRUE;
  stand_in_cut (fixture->server);
  wait_until (!realtime_presence_is_synced (fixture->presence));
  g_assert_cmpuint (realtime_presence_get_n_members (fixture->presence), ==, 1);
  g_assert_nonnull (realtime_presence_lookup (fixture->presence, "a"));

  wait_until (fixture->server->sockets->len == 1);
  fixture->server->holds_joins = FALSE;
  stand_in_cut (fixture->server);
  wait_until (stand_in_count (fixture->server, "presence realtime:a") == 2);
  wait_until (realtime_presence_is_synced (fixture->presence));
  g_assert_cmpstr (fixture->heard->str, ==, "+a sync +b -a sync ");
}

/* However often it is called, four times in a window, and the last wish wins. */
static void
test_governor (Fixture      *fixture,
               gconstpointer data)
{
  wait_until (realtime_presence_is_synced (fixture->presence));
  for (guint i = 0; i < 40; i++)
    {
      g_autofree char *payload = g_strdup_printf ("{\"n\":%u}", i);

      realtime_presence_track (fixture->presence, payload);
      wait_quiet (2);
    }
  g_assert_cmpuint (stand_in_count (fixture->server, "presence realtime:a"), <=, 4);
  wait_until (g_str_equal (stand_in_last (fixture->server, "presence"),
                           "presence {\"type\":\"presence\",\"event\":\"track\",\"payload\":{\"n\":39}}"));
  g_assert_cmpuint (stand_in_count (fixture->server, "presence realtime:a"), ==, 5);
  realtime_presence_track (fixture->presence, "{\"n\":39}"); /* is shown already */
  wait_quiet (60);
  g_assert_cmpuint (stand_in_count (fixture->server, "presence realtime:a"), ==, 5);
}

static void
test_refused (Fixture      *fixture,
              gconstpointer data)
{
  fixture->server->refuses_presence = g_strdup ("{}");
  realtime_presence_track (fixture->presence, "{}");
  wait_until (realtime_presence_get_error (fixture->presence) != NULL);
  g_assert_error (realtime_presence_get_error (fixture->presence), REALTIME_ERROR, REALTIME_ERROR_CHANNEL_ERROR);
  g_assert_true (realtime_presence_is_synced (fixture->presence));
}

/* The server closes the channel: it is joined again, without what was too large. */
static void
test_too_large (Fixture      *fixture,
                gconstpointer data)
{
  realtime_presence_track (fixture->presence, "{\"large\":1}");
  wait_until (stand_in_count (fixture->server, "presence realtime:a") == 1);
  stand_in_send (fixture->server, fixture->server->last_join_ref, 0, "realtime:a", "system",
                 "{\"extension\":\"system\",\"status\":\"error\",\"message\":\"Track message size exceeded\"}");
  stand_in_send (fixture->server, fixture->server->last_join_ref, fixture->server->last_join_ref, "realtime:a",
                 "phx_close", "{}");
  wait_until (stand_in_count (fixture->server, "phx_join realtime:a") == 2);
  wait_until (realtime_presence_is_synced (fixture->presence));
  wait_quiet (60);
  g_assert_cmpuint (stand_in_count (fixture->server, "presence realtime:a"), ==, 1);
  realtime_presence_track (fixture->presence, "{\"small\":1}");
  wait_until (stand_in_count (fixture->server, "presence realtime:a") == 2);
}

/* Asked for on a topic that was joined without it. */
static void
test_late (Fixture      *fixture,
           gconstpointer data)
{
  g_autoptr (RealtimeSubscription) one =
      realtime_manager_subscribe (fixture->manager, "late", "*", NULL, REALTIME_KEEP_ALL);
  g_autoptr (RealtimePresence) late = NULL;

  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_null (strstr (stand_in_last (fixture->server, "phx_join"), "presence"));
  late = realtime_manager_get_presence (fixture->manager, "late", NULL);
  realtime_presence_track (late, "{\"n\":1}");
  wait_until (realtime_presence_is_synced (late));
  wait_until (stand_in_count (fixture->server, "presence realtime:late") == 1);
  g_assert_cmpuint (stand_in_count (fixture->server, "phx_leave realtime:late"), ==, 1);

  /* The others keep the topic, and nothing of it is shown any more. */
  g_clear_object (&late);
  wait_until (stand_in_count (fixture->server, "presence realtime:late") == 2);
  wait_until (realtime_subscription_is_subscribed (one));
  g_assert_cmpuint (stand_in_count (fixture->server, "phx_leave realtime:late"), ==, 1);
}

static void
drop_cb (RealtimePresence *presence,
         RealtimeMember   *member,
         Fixture          *fixture)
{
  g_clear_object (&fixture->presence);
}

static void
test_drop_inside (Fixture      *fixture,
                  gconstpointer data)
{
  g_signal_connect (fixture->presence, "join", G_CALLBACK (drop_cb), fixture);
  wait_until (fixture->presence == NULL);
  wait_until (stand_in_count (fixture->server, "phx_leave realtime:a") == 1);
}

int
main (int    argc,
      char **argv)
{
  const gconstpointer window = GUINT_TO_POINTER (500);

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/presence/state/merge", test_merge);
  g_test_add_func ("/presence/state/updates", test_updates_leave_nothing);
  g_test_add_func ("/presence/state/bad", test_bad);
  g_test_add ("/presence/live", Fixture, window, set_up, test_live, tear_down);
  g_test_add ("/presence/rejoin", Fixture, window, set_up, test_rejoin, tear_down);
  g_test_add ("/presence/governor", Fixture, window, set_up, test_governor, tear_down);
  g_test_add ("/presence/refused", Fixture, window, set_up, test_refused, tear_down);
  g_test_add ("/presence/too-large", Fixture, window, set_up, test_too_large, tear_down);
  g_test_add ("/presence/late", Fixture, window, set_up, test_late, tear_down);
  g_test_add ("/presence/drop-inside", Fixture, window, set_up, test_drop_inside, tear_down);

  return g_test_run ();
}
