/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Our own client against our own server, in both protocols: private topics, presence, replay and posts. */

#include <string.h>

#include "backend-fixture.h"
#include "realtime.h"

#define DEADLINE_S 60

typedef struct
{
  Fixture         *fixture;
  RealtimeManager *manager;
  GString         *heard; /* "event payload; " */
  const char      *token;
} Client;

static gboolean
tick_cb (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

#define until(condition)                                                \
  G_STMT_START                                                          \
  {                                                                     \
    gint64 end = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC; \
    guint  tick = g_timeout_add (5, tick_cb, NULL);                     \
    while (!(condition))                                                \
      {                                                                 \
        g_assert_cmpint (g_get_monotonic_time (), <, end);              \
        g_main_context_iteration (NULL, TRUE);                          \
      }                                                                 \
    g_source_remove (tick);                                             \
  }                                                                     \
  G_STMT_END

static void
token_cb (RealtimeTokenRequest *request,
          gpointer              user_data)
{
  Client *client = user_data;

  realtime_manager_token_ready (client->manager, request, client->token, NULL);
}

static Client *
client_new (Fixture         *fixture,
            const User      *user,
            RealtimeProtocol protocol)
{
  Client          *client = g_new0 (Client, 1);
  g_autofree char *url = g_strconcat (tela_backend_get_url (fixture->backend), "/realtime/v1", NULL);

  client->fixture = fixture;
  client->token = user->token;
  client->heard = g_string_new (NULL);
  client->manager = realtime_manager_new ();
  realtime_manager_set_protocol (client->manager, protocol);
  realtime_manager_set_endpoint (client->manager, url, tela_backend_get_anon_key (fixture->backend));
  realtime_manager_set_token_provider (client->manager, token_cb, client, NULL);
  realtime_manager_connect (client->manager);

  return client;
}

static void
down_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(gboolean *) user_data = realtime_manager_shutdown_finish (REALTIME_MANAGER (source), result, NULL);
}

static void
client_free (Client *client)
{
  gboolean is_down = FALSE;

  realtime_manager_shutdown_async (client->manager, NULL, down_cb, &is_down);
  until (is_down);
  g_assert_finalize_object (client->manager);
  g_string_free (client->heard, TRUE);
  g_free (client);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

static void
heard_cb (RealtimeSubscription *subscription,
          RealtimeMessage      *message,
          Client               *client)
{
  TelaJsonSpan     object = { message->payload, message->payload_len }, record;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  /* Of a row that was changed, or of what a client said. */
  if (tela_json_find (object, "record", &record))
    object = record;
  text = g_strndup (object.data, object.len);
  name = json_text (text, "name");
  g_string_append_printf (client->heard, "%s%s %s; ", message->is_replayed ? "again " : "", message->event, name);
}

static RealtimeSubscription *
listen_to (Client                       *client,
           const char                   *topic,
           const RealtimeChannelOptions *options)
{
  RealtimeSubscription *subscription =
      realtime_manager_subscribe (client->manager, topic, "*", options, REALTIME_KEEP_ALL);

  g_signal_connect (subscription, "message", G_CALLBACK (heard_cb), client);

  return subscription;
}

static void
rename_project (Fixture    *fixture,
                const User *owner,
                const char *name)
{
  g_autofree char *path = g_strconcat ("/rest/v1/projects?id=eq.", fixture->project, NULL);
  g_autofree char *body = g_strdup_printf ("{\"name\":\"%s\"}", name);

  http_expect (fixture, "PATCH", path, owner->token, body, 204, "");
}

static void
replay_in (Fixture         *fixture,
           const User      *owner,
           RealtimeProtocol protocol)
{
  const RealtimeChannelOptions options = { .is_private = TRUE, .replay_since = 1, .replay_limit = 2 };
  g_autofree char             *topic = g_strconcat ("project:", fixture->project, NULL);
  g_autoptr (Client) client = client_new (fixture, owner, protocol);
  g_autoptr (RealtimeSubscription) subscription = NULL;

  rename_project (fixture, owner, "One");
  rename_project (fixture, owner, "Two");
  rename_project (fixture, owner, "Three");
  subscription = listen_to (client, topic, &options);
  until (strstr (client->heard->str, "Three") != NULL);
  rename_project (fixture, owner, "Four");
  until (strstr (client->heard->str, "Four") != NULL);
  g_assert_cmpstr (client->heard->str, ==, "again UPDATE Two; again UPDATE Three; UPDATE Four; ");
}

static void
test_replay (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);

  fixture_make_project (fixture, &owner);
  replay_in (fixture, &owner, REALTIME_PROTOCOL_2_0_0);
  replay_in (fixture, &owner, REALTIME_PROTOCOL_1_0_0);
}

/* The one speaks the newer protocol, the other the older one. */
static void
test_presence (Fixture      *fixture,
               gconstpointer data)
{
  const RealtimeChannelOptions a_options = { .is_private = TRUE, .presence_key = "anna" };
  const RealtimeChannelOptions b_options = { .is_private = TRUE, .presence_key = "bert" };
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) user = user_new (fixture);
  g_autofree char *topic = NULL;
  g_autoptr (Client) a = NULL;
  g_autoptr (Client) b = NULL;
  g_autoptr (RealtimePresence) anna = NULL;
  g_autoptr (RealtimePresence) bert = NULL;

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &user, "viewer");
  topic = g_strconcat ("room:", fixture->project, NULL);
  a = client_new (fixture, &owner, REALTIME_PROTOCOL_2_0_0);
  b = client_new (fixture, &user, REALTIME_PROTOCOL_1_0_0);
  anna = realtime_manager_get_presence (a->manager, topic, &a_options);
  bert = realtime_manager_get_presence (b->manager, topic, &b_options);
  realtime_presence_track (anna, "{\"name\":\"Anna\"}");
  until (realtime_presence_lookup (bert, "anna") != NULL);
  realtime_presence_track (bert, "{\"name\":\"Bert\"}");
  until (realtime_presence_lookup (anna, "bert") != NULL);
  g_assert_cmpuint (realtime_presence_get_n_members (anna), ==, 2);

  realtime_presence_untrack (anna);
  until (realtime_presence_lookup (bert, "anna") == NULL);
  g_clear_object (&bert);
  until (realtime_presence_get_n_members (anna) == 0);
}

static void
sent_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GError) error = NULL;

  *(gboolean *) user_data = realtime_manager_broadcast_finish (REALTIME_MANAGER (source), result, &error);
  g_assert_no_error (error);
}

static void
posted_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(int *) user_data = realtime_manager_post_finish (REALTIME_MANAGER (source), result, NULL) ? 1 : -1;
}

static void
test_private (Fixture      *fixture,
              gconstpointer data)
{
  const RealtimeChannelOptions options = { .is_private = TRUE, .ack = TRUE };
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) user = user_new (fixture);
  g_auto (User) stranger = user_new (fixture);
  g_autofree char *topic = NULL;
  g_autoptr (Client) a = NULL;
  g_autoptr (Client) b = NULL;
  g_autoptr (Client) c = NULL;
  g_autoptr (RealtimeSubscription) mine = NULL;
  g_autoptr (RealtimeSubscription) theirs = NULL;
  g_autoptr (RealtimeSubscription) refused = NULL;
  RealtimePost post = { .event = "post", .payload = "{\"name\":\"posted\"}", .is_private = TRUE };
  gboolean     is_sent = FALSE;
  int          posted = 0;

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &user, "viewer");
  topic = g_strconcat ("live:", fixture->project, NULL);
  a = client_new (fixture, &owner, REALTIME_PROTOCOL_2_0_0);
  b = client_new (fixture, &user, REALTIME_PROTOCOL_1_0_0);
  c = client_new (fixture, &stranger, REALTIME_PROTOCOL_2_0_0);
  mine = listen_to (a, topic, &options);
  theirs = listen_to (b, topic, &options);
  refused = listen_to (c, topic, &options);
  until (realtime_subscription_is_subscribed (mine) && realtime_subscription_is_subscribed (theirs));
  until (realtime_subscription_get_error (refused) != NULL);
  g_assert_error (realtime_subscription_get_error (refused), REALTIME_ERROR, REALTIME_ERROR_SUBSCRIPTION_FAILED);

  realtime_manager_broadcast_async (a->manager, topic, "op", "{\"name\":\"cast\"}", NULL, sent_cb, &is_sent);
  until (is_sent && b->heard->len > 0);
  post.topic = topic;
  realtime_manager_post_async (a->manager, &post, 1, NULL, posted_cb, &posted);
  until (posted != 0 && strstr (b->heard->str, "posted") != NULL);
  g_assert_cmpint (posted, ==, 1);
  g_assert_cmpstr (b->heard->str, ==, "op cast; post posted; ");

  /* A viewer has no right to it. */
  posted = 0;
  realtime_manager_post_async (b->manager, &post, 1, NULL, posted_cb, &posted);
  until (posted != 0);
  g_assert_cmpint (posted, ==, -1);
  g_assert_cmpuint (c->heard->len, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func) g_test_add ("/client/" name, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("replay", test_replay);
  ADD ("presence", test_presence);
  ADD ("private", test_private);

  return g_test_run ();
}
