/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-debouncer.h"
#include "realtime-policy.h"
#include "stand-in.h"

#include <string.h>

static void
test_delays (void)
{
  const RealtimeRetryPolicy *usual = &realtime_default_retry_policy;
  const RealtimeRetryPolicy  steady = { .max_retries = 9, .base_ms = 10, .max_ms = 50, .multiplier = 3.0 };

  g_assert_cmpuint (usual->max_retries, ==, 3);
  g_assert_cmpuint (realtime_retry_policy_get_delay (usual, 0, 0.5), ==, 1000);
  g_assert_cmpuint (realtime_retry_policy_get_delay (usual, 2, 0.5), ==, 4000);
  g_assert_cmpuint (realtime_retry_policy_get_delay (usual, 0, 0.0), ==, 500);
  g_assert_cmpuint (realtime_retry_policy_get_delay (usual, 0, 0.999), <=, 1500);
  g_assert_cmpuint (realtime_retry_policy_get_delay (usual, 60, 0.999), ==, 30000);
  g_assert_cmpuint (realtime_retry_policy_get_delay (&steady, 0, 0.9), ==, 10);
  g_assert_cmpuint (realtime_retry_policy_get_delay (&steady, 1, 0.1), ==, 30);
  g_assert_cmpuint (realtime_retry_policy_get_delay (&steady, 2, 0.1), ==, 50);
}

typedef struct
{
  guint    n_tries, n_failures, n_freed;
  int      code;
  gboolean is_done;
  GError  *error;
} Work;

static void
work_start (GTask   *attempt,
            gpointer user_data)
{
  Work *work = user_data;

  if (++work->n_tries <= work->n_failures)
    g_task_return_new_error (attempt, REALTIME_ERROR, work->code, "Not now");
  else
    g_task_return_boolean (attempt, TRUE);
  g_object_unref (attempt);
}

static void
work_freed (gpointer user_data)
{
  ((Work *) user_data)->n_freed++;
}

static void
work_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  Work *work = user_data;

  work->is_done = TRUE;
  realtime_retry_finish (result, &work->error);
}

static void
test_retry (void)
{
  const RealtimeRetryPolicy policy = { .max_retries = 3, .base_ms = 5, .max_ms = 10, .multiplier = 2.0, .jitter = 0.5 };
  Work                      late = { .n_failures = 3, .code = REALTIME_ERROR_TIMEOUT };
  Work                      hopeless = { .n_failures = 99, .code = REALTIME_ERROR_NETWORK_ERROR };
  Work                      refused = { .n_failures = 1, .code = REALTIME_ERROR_AUTHENTICATION_FAILED };
  Work                      cancelled = { .n_failures = 99, .code = REALTIME_ERROR_CONNECTION_FAILED };
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  realtime_retry_async (&policy, work_start, &late, work_freed, NULL, work_cb, &late);
  realtime_retry_async (&policy, work_start, &hopeless, work_freed, NULL, work_cb, &hopeless);
  realtime_retry_async (&policy, work_start, &refused, work_freed, NULL, work_cb, &refused);
  realtime_retry_async (NULL, work_start, &cancelled, work_freed, cancellable, work_cb, &cancelled);
  g_assert_false (late.is_done);
  wait_until (late.is_done && hopeless.is_done && refused.is_done && cancelled.n_tries == 1);
  g_assert_no_error (late.error);
  g_assert_cmpuint (late.n_tries, ==, 4);
  g_assert_error (hopeless.error, REALTIME_ERROR, REALTIME_ERROR_NETWORK_ERROR);
  g_assert_cmpuint (hopeless.n_tries, ==, 4);
  g_assert_error (refused.error, REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED);
  g_assert_cmpuint (refused.n_tries, ==, 1);

  wait_quiet (20); /* it waits for a second */
  g_cancellable_cancel (cancellable);
  wait_until (cancelled.is_done);
  g_assert_error (cancelled.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  wait_until (late.n_freed == 1 && hopeless.n_freed == 1 && refused.n_freed == 1 && cancelled.n_freed == 1);
  g_clear_error (&hopeless.error);
  g_clear_error (&refused.error);
  g_clear_error (&cancelled.error);
}

static void
take_cb (gpointer payload,
         gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", (const char *) payload);
}

static void
test_debouncer (void)
{
  g_autoptr (GString) heard = g_string_new (NULL);
  RealtimeDebouncer *debouncer = realtime_debouncer_new (60, take_cb, heard, g_free);

  for (guint i = 0; i < 10; i++)
    {
      realtime_debouncer_push (debouncer, g_strdup_printf ("%u", i));
      wait_quiet (10);
    }
  g_assert_cmpuint (heard->len, ==, 0);
  wait_until (heard->len > 0);
  g_assert_cmpstr (heard->str, ==, "9 ");
  realtime_debouncer_push (debouncer, g_strdup ("a"));
  wait_until (heard->len > 2);
  g_assert_cmpstr (heard->str, ==, "9 a ");
  realtime_debouncer_push (debouncer, g_strdup ("never"));
  realtime_debouncer_free (debouncer);
  wait_quiet (80);
  g_assert_cmpstr (heard->str, ==, "9 a ");
}

static void
free_cb (gpointer payload,
         gpointer user_data)
{
  g_clear_pointer ((RealtimeDebouncer **) user_data, realtime_debouncer_free);
}

static void
test_debouncer_freed_inside (void)
{
  RealtimeDebouncer *debouncer = NULL;

  debouncer = realtime_debouncer_new (5, free_cb, &debouncer, g_free);
  realtime_debouncer_push (debouncer, g_strdup ("a"));
  wait_until (debouncer == NULL);
}

/* What the HTTP side of the server heard, and what it answers. */
typedef struct
{
  StandIn              *server;
  RealtimeManager      *manager;
  GString              *heard;
  guint                 status;
  const char           *answer;
  gboolean              is_old;  /* knows no call for one message */
  guint                 n_asked; /* of the provider */
  const char           *token;   /* its answer; NULL: none */
  gboolean              is_slow; /* it has not answered yet */
  GError               *denied;
  RealtimeTokenRequest *request;
  gboolean              is_done;
  GError               *error;
} Posts;

static void
post_cb (SoupServer        *server,
         SoupServerMessage *message,
         const char        *path,
         GHashTable        *query,
         gpointer           user_data)
{
  Posts              *posts = user_data;
  SoupMessageBody    *body = soup_server_message_get_request_body (message);
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  gboolean            is_single = strstr (path, "/events/") != NULL;

  g_assert_cmpstr (soup_message_headers_get_one (headers, "apikey"), ==, "a key&more");
  g_string_append_printf (posts->heard, "%s %s %s %.*s; ", path + strlen ("/realtime/v1/api/broadcast"),
                          soup_message_headers_get_one (headers, "Authorization"),
                          soup_message_headers_get_content_type (headers, NULL), (int) body->length, body->data);
  soup_server_message_set_status (message, posts->is_old && is_single ? 404 : posts->status, NULL);
  if (posts->answer != NULL)
    soup_server_message_set_response (message, "application/json", SOUP_MEMORY_STATIC, posts->answer, strlen (posts->answer));
}

static void
posted_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  Posts *posts = user_data;

  posts->is_done = TRUE;
  realtime_manager_post_finish (REALTIME_MANAGER (source), result, &posts->error);
}

static void
posts_set_up (Posts        *posts,
              gconstpointer data)
{
  posts->server = stand_in_new (0);
  posts->manager = test_manager (posts->server);
  wait_until (realtime_manager_get_connection_state (posts->manager) == REALTIME_CONNECTION_CONNECTED);
  posts->heard = g_string_new (NULL);
  posts->status = 202;
  soup_server_add_handler (posts->server->server, "/realtime/v1/api/broadcast", post_cb, posts, NULL);
}

static void
posts_tear_down (Posts        *posts,
                 gconstpointer data)
{
  g_string_free (posts->heard, TRUE);
  g_clear_error (&posts->denied);
  g_clear_error (&posts->error);
  test_end (posts->manager, posts->server);
}

static void
down_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  *(gboolean *) user_data = realtime_manager_shutdown_finish (REALTIME_MANAGER (source), result, NULL);
}

/* It has been shut down before. */
static void
posts_waiting_tear_down (Posts        *posts,
                         gconstpointer data)
{
  g_string_free (posts->heard, TRUE);
  g_clear_error (&posts->error);
  g_assert_finalize_object (posts->manager);
  stand_in_free (posts->server);
}

static void
post (Posts              *posts,
      const RealtimePost *messages,
      guint               n)
{
  g_string_truncate (posts->heard, 0);
  g_clear_error (&posts->error);
  posts->is_done = FALSE;
  realtime_manager_post_async (posts->manager, messages, n, NULL, posted_cb, posts);
  g_assert_false (posts->is_done);
  wait_until (posts->is_done);
}

static void
test_post (Posts        *posts,
           gconstpointer data)
{
  g_autoptr (GBytes) bytes = g_bytes_new_static ("\x89PNG", 4);
  const RealtimePost one = { .topic = "project:p 1", .event = "op", .payload = "{\"n\":1}", .is_private = TRUE };
  const RealtimePost raw = { .topic = "a", .event = "thumb", .bytes = bytes };
  const RealtimePost two[] = { { .topic = "a", .event = "op", .payload = "{}" }, one };
  const RealtimePost bad[] = { { .topic = "a", .event = "op", .payload = "[]" }, one };

  post (posts, &one, 1);
  g_assert_no_error (posts->error);
  g_assert_cmpstr (posts->heard->str, ==, "/project:p 1/events/op Bearer a key&more application/json {\"n\":1}; ");
  post (posts, &raw, 1);
  g_assert_no_error (posts->error);
  g_assert_cmpstr (posts->heard->str, ==, "/a/events/thumb Bearer a key&more application/octet-stream \x89PNG; ");

  realtime_manager_set_token (posts->manager, "jwt");
  post (posts, two, 2);
  g_assert_no_error (posts->error);
  g_assert_cmpstr (posts->heard->str, ==,
                   " Bearer jwt application/json {\"messages\":[{\"topic\":\"a\",\"event\":\"op\",\"payload\":{},\"private\":false},"
                   "{\"topic\":\"project:p 1\",\"event\":\"op\",\"payload\":{\"n\":1},\"private\":true}]}; ");
  post (posts, bad, 2);
  g_assert_nonnull (posts->error);
  g_assert_cmpuint (posts->heard->len, ==, 0);

  posts->is_old = TRUE;
  post (posts, &two[0], 1);
  g_assert_no_error (posts->error);
  g_assert_cmpstr (posts->heard->str, ==,
                   "/a/events/op Bearer jwt application/json {};  Bearer jwt application/json "
                   "{\"messages\":[{\"topic\":\"a\",\"event\":\"op\",\"payload\":{},\"private\":false}]}; ");
}

static void
provide_cb (RealtimeTokenRequest *request,
            gpointer              user_data)
{
  Posts *posts = user_data;

  posts->n_asked++;
  g_clear_error (&posts->denied);
  if (posts->is_slow)
    posts->request = request;
  else if (posts->token != NULL)
    realtime_manager_token_ready (posts->manager, request, posts->token, NULL);
  else
    {
      posts->denied = g_error_new_literal (REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED, "no session");
      realtime_manager_token_ready (posts->manager, request, NULL, posts->denied);
    }
}

static char *
jwt_of (gint64 life)
{
  g_autofree char *claims = g_strdup_printf ("{\"exp\":%" G_GINT64_FORMAT "}", g_get_real_time () / G_USEC_PER_SEC + life);
  g_autofree char *body = g_base64_encode ((const guchar *) claims, strlen (claims));

  g_strdelimit (body, "=", '\0');

  return g_strdup_printf ("e30.%s.c2ln", body);
}

/* Private posts go with a token that lives, public ones with none that has ended. */
static void
test_post_token (Posts        *posts,
                 gconstpointer data)
{
  const RealtimePost private = { .topic = "a", .event = "op", .payload = "{}", .is_private = TRUE };
  const RealtimePost public = { .topic = "a", .event = "op", .payload = "{}" };
  g_autofree char *old = jwt_of (-5);
  g_autofree char *new = jwt_of (3600);
  g_autofree char *bearer = g_strconcat ("Bearer ", new, NULL);

  realtime_manager_set_token (posts->manager, old);
  realtime_manager_set_token_provider (posts->manager, provide_cb, posts, NULL);
  post (posts, &public, 1);
  g_assert_no_error (posts->error);
  g_assert_cmpuint (posts->n_asked, ==, 0);
  g_assert_nonnull (strstr (posts->heard->str, "Bearer a key&more"));

  post (posts, &private, 1);
  g_assert_error (posts->error, REALTIME_ERROR, REALTIME_ERROR_AUTHENTICATION_FAILED);
  g_assert_cmpuint (posts->heard->len, ==, 0);

  posts->token = new;
  post (posts, &private, 1);
  g_assert_no_error (posts->error);
  g_assert_nonnull (strstr (posts->heard->str, bearer));
  g_assert_cmpuint (posts->n_asked, ==, 2);

  realtime_manager_set_token (posts->manager, new);
  post (posts, &private, 1);
  g_assert_no_error (posts->error);
  g_assert_cmpuint (posts->n_asked, ==, 2);
}

/* The application may shut down while the sign-in is still asked. */
static void
test_post_waiting (Posts        *posts,
                   gconstpointer data)
{
  const RealtimePost private = { .topic = "a", .event = "op", .payload = "{}", .is_private = TRUE };
  gboolean is_down = FALSE;

  posts->is_slow = TRUE;
  realtime_manager_set_token_provider (posts->manager, provide_cb, posts, NULL);
  realtime_manager_post_async (posts->manager, &private, 1, NULL, posted_cb, posts);
  g_assert_null (posts->request);
  wait_until (posts->request != NULL);
  wait_quiet (20);
  g_assert_false (posts->is_done);
  realtime_manager_shutdown_async (posts->manager, NULL, down_cb, &is_down);
  wait_until (is_down && posts->is_done);
  g_assert_error (posts->error, REALTIME_ERROR, REALTIME_ERROR_CONNECTION_FAILED);
  realtime_manager_token_ready (posts->manager, posts->request, "late", NULL);
}

static void
test_post_refused (Posts        *posts,
                   gconstpointer data)
{
  static const struct
  {
    guint         status;
    RealtimeError code;
    gboolean      is_retryable;
  } cases[] = {
    { 401, REALTIME_ERROR_AUTHENTICATION_FAILED, FALSE },
    { 403, REALTIME_ERROR_AUTHENTICATION_FAILED, FALSE },
    { 422, REALTIME_ERROR_CHANNEL_ERROR, FALSE },
    { 429, REALTIME_ERROR_CHANNEL_ERROR, FALSE },
    { 500, REALTIME_ERROR_CONNECTION_FAILED, TRUE },
  };
  const RealtimePost one = { .topic = "a", .event = "op", .payload = "{}" };

  posts->answer = "{\"message\":\"Because\"}";
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      posts->status = cases[i].status;
      post (posts, &one, 1);
      g_assert_error (posts->error, REALTIME_ERROR, (int) cases[i].code);
      g_assert_nonnull (strstr (posts->error->message, "Because"));
      g_assert_cmpint (realtime_error_is_retryable (posts->error), ==, cases[i].is_retryable);
    }
}

/* By the socket where the topic is joined, in the way in which it is; else by a call. */
static void
test_send (Posts        *posts,
           gconstpointer data)
{
  RealtimeSubscription *one = realtime_manager_subscribe (posts->manager, "a", "*", NULL, REALTIME_KEEP_ALL);

  realtime_manager_send_async (posts->manager, "a", "op", "{\"n\":0}", FALSE, NULL, posted_cb, posts);
  wait_until (posts->is_done);
  g_assert_no_error (posts->error);
  g_assert_cmpstr (posts->heard->str, ==, "/a/events/op Bearer a key&more application/json {\"n\":0}; ");

  wait_until (realtime_subscription_is_subscribed (one));
  posts->is_done = FALSE;
  realtime_manager_send_async (posts->manager, "a", "op", "{\"n\":1}", FALSE, NULL, posted_cb, posts);
  wait_until (posts->is_done);
  g_assert_no_error (posts->error);
  wait_until (stand_in_count (posts->server, "broadcast realtime:a op {\"n\":1}") == 1);

  posts->is_done = FALSE;
  g_string_truncate (posts->heard, 0);
  realtime_manager_send_async (posts->manager, "a", "op", "{\"n\":2}", TRUE, NULL, posted_cb, posts);
  wait_until (posts->is_done);
  g_assert_cmpuint (posts->heard->len, >, 0);
  g_object_unref (one);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/policy/delays", test_delays);
  g_test_add_func ("/policy/retry", test_retry);
  g_test_add_func ("/policy/debouncer", test_debouncer);
  g_test_add_func ("/policy/debouncer/freed-inside", test_debouncer_freed_inside);
  g_test_add ("/policy/post", Posts, NULL, posts_set_up, test_post, posts_tear_down);
  g_test_add ("/policy/post/refused", Posts, NULL, posts_set_up, test_post_refused, posts_tear_down);
  g_test_add ("/policy/post/token", Posts, NULL, posts_set_up, test_post_token, posts_tear_down);
  g_test_add ("/policy/post/waiting", Posts, NULL, posts_set_up, test_post_waiting, posts_waiting_tear_down);
  g_test_add ("/policy/send", Posts, NULL, posts_set_up, test_send, posts_tear_down);

  return g_test_run ();
}
