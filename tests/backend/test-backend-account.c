/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Accounts with a password, and what becomes of those without. */

#include <string.h>

#include "backend-fixture.h"
#include "backend-jwt.h"
#include "backend-password.h"
#include "backend-text.h"
#include "backend-throttle.h"

#define SIGN_UP "/auth/v1/signup"
#define SIGN_IN "/auth/v1/token?grant_type=password"
#define USER "/auth/v1/user"
#define ADA "{\"email\":\"ada@example.org\",\"password\":\"engine of 1843\"}"

static User
sign_up (Fixture    *fixture,
         const char *body)
{
  guint            status;
  g_autofree char *session = http (fixture, "POST", SIGN_UP, NULL, body, &status);

  if (status != 200)
    g_error ("%s", session);
  return user_of (session);
}

static User
sign_in (Fixture    *fixture,
         const char *body)
{
  guint            status;
  g_autofree char *session = http (fixture, "POST", SIGN_IN, NULL, body, &status);

  if (status != 200)
    g_error ("%s", session);
  return user_of (session);
}

/* What the access token claims. */
static char *
claims_of (const User *user)
{
  g_auto (GStrv) parts = g_strsplit (user->token, ".", 3);
  g_autoptr (GString) padded = g_string_new (parts[1]);
  g_autofree guint8 *bytes = NULL;
  gsize              len;

  g_strdelimit (padded->str, "-", '+');
  g_strdelimit (padded->str, "_", '/');
  while (padded->len % 4 != 0)
    g_string_append_c (padded, '=');
  bytes = g_base64_decode (padded->str, &len);
  return g_strndup ((const char *) bytes, len);
}

/* ---- Units ---- */

static void
test_password (void)
{
  g_autofree char *one = tela_password_hash ("Pässword 1");
  g_autofree char *two = tela_password_hash ("Pässword 1");

  g_assert_true (g_str_has_prefix (one, "$y$"));
  g_assert_cmpstr (one, !=, two);
  g_assert_true (tela_password_verify ("Pässword 1", one));
  g_assert_false (tela_password_verify ("Pässword 2", one));
  g_assert_false (tela_password_verify ("Pässword 1", NULL));
  g_assert_false (tela_password_verify ("Pässword 1", ""));
  g_assert_false (tela_password_verify ("Pässword 1", "*0"));
}

static void
test_throttle (void)
{
  TelaThrottle *throttle = tela_throttle_new (3, 100);

  for (guint i = 0; i < 3; i++)
    g_assert_true (tela_throttle_take (throttle, "a", 1000));
  g_assert_false (tela_throttle_take (throttle, "a", 1000));
  g_assert_true (tela_throttle_take (throttle, "b", 1000));
  g_assert_false (tela_throttle_take (throttle, "a", 1099));
  g_assert_true (tela_throttle_take (throttle, "a", 1100));
  g_assert_false (tela_throttle_take (throttle, "a", 1100));
  tela_throttle_give_back (throttle, "a", 1100);
  tela_throttle_give_back (throttle, "nobody", 1100);
  g_assert_true (tela_throttle_take (throttle, "a", 1100));
  g_assert_true (tela_throttle_take (throttle, "a", 5000));
  tela_throttle_free (throttle);
}

/* Who is many is told to wait, until the first ones may go on again. */
static void
test_throttle_full (void)
{
  TelaThrottle *throttle = tela_throttle_new (1, 100);

  for (guint i = 0; i < TELA_THROTTLE_MAX_KEYS; i++)
    {
      g_autofree char *key = g_strdup_printf ("%u", i);

      g_assert_true (tela_throttle_take (throttle, key, 1000));
    }
  g_assert_false (tela_throttle_take (throttle, "one more", 1050));
  g_assert_true (tela_throttle_take (throttle, "one more", 1100));
  tela_throttle_free (throttle);
}

/* Many places guess at one account: those that it knows still get in, and so does everybody into others. */
static void
test_sign_ins (void)
{
  TelaSignIns *sign_ins = tela_sign_ins_new ();

  g_assert_true (tela_sign_ins_may_try (sign_ins, "home", "ada", 1000));
  tela_sign_ins_forgive (sign_ins, "home", "ada", 1000);
  for (guint i = 0; i < TELA_SIGN_INS_OF_ACCOUNT; i++)
    {
      g_autofree char *place = g_strdup_printf ("elsewhere %u", i / TELA_SIGN_INS_OF_PLACE);

      g_assert_true (tela_sign_ins_may_try (sign_ins, place, "ada", 1000));
    }
  g_assert_false (tela_sign_ins_may_try (sign_ins, "elsewhere 0", "bob", 1000)); /* a place that guessed enough */
  g_assert_false (tela_sign_ins_may_try (sign_ins, "nowhere", "ada", 1000));
  g_assert_true (tela_sign_ins_may_try (sign_ins, "nowhere", "bob", 1000));
  for (guint i = 0; i < TELA_SIGN_INS_OF_PLACE; i++)
    g_assert_true (tela_sign_ins_may_try (sign_ins, "home", "ada", 1000));
  g_assert_false (tela_sign_ins_may_try (sign_ins, "home", "ada", 1000)); /* it may guess no more than others */
  g_assert_true (tela_sign_ins_may_try (sign_ins, "nowhere", "ada", 1000 + 5 * G_TIME_SPAN_MINUTE));
  tela_sign_ins_free (sign_ins);
}

/* ---- Signing up and in ---- */

static void
test_sign_up (Fixture      *fixture,
              gconstpointer data)
{
  guint            status;
  g_autofree char *session = http (fixture, "POST", SIGN_UP, NULL,
                                   "{\"email\":\" Ada@Example.org \",\"password\":\"engine of 1843\","
                                   "\"data\":{\"name\":\"Ada\"},\"code_challenge\":null}",
                                   &status);
  g_auto (User) user = user_of (session);
  g_autofree char         *claims = claims_of (&user);
  TelaJsonSpan             span = { claims, strlen (claims) };
  static const char *const parts[] = { "\"aud\":\"authenticated\"",
                                       "\"role\":\"authenticated\"",
                                       "\"email\":\"ada@example.org\"",
                                       "\"app_metadata\":{\"provider\":\"email\",\"providers\":[\"email\"]}",
                                       "\"user_metadata\":{\"name\":\"Ada\"}",
                                       "\"aal\":\"aal1\"",
                                       "\"amr\":[{\"method\":\"password\",\"timestamp\":",
                                       "\"session_id\":\"",
                                       "\"is_anonymous\":false",
                                       "/auth/v1\"" };
  gint64                   iat = 0, exp = 0;

  g_assert_cmpuint (status, ==, 200);
  g_assert_nonnull (strstr (session, "\"email\":\"ada@example.org\",\"email_confirmed_at\":\""));
  g_assert_nonnull (strstr (session, "\"provider\":\"email\",\"last_sign_in_at\":"));
  g_assert_null (strstr (session, "$y$"));
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (strstr (claims, parts[i]) == NULL)
      g_error ("no %s in %s", parts[i], claims);
  g_assert_true (tela_int_member (span, "iat", &iat) && tela_int_member (span, "exp", &exp));
  g_assert_cmpint (exp - iat, ==, 3600);
  http_expect (fixture, "GET", "/rest/v1/profiles?select=name", user.token, NULL, 200, "[{\"name\":\"Ada\"}]");
  http_expect (fixture, "POST", SIGN_UP, NULL, ADA, 422, "user_already_exists");
}

static void
test_sign_up_bad (Fixture      *fixture,
                  gconstpointer data)
{
  g_autofree char *long_password = g_strnfill (300, 'x');
  g_autofree char *long_email = g_strnfill (300, 'x');
  g_autofree char *too_long = g_strdup_printf ("{\"email\":\"a@b.example\",\"password\":\"%s\"}", long_password);
  g_autofree char *too_far = g_strdup_printf ("{\"email\":\"%s@b.example\",\"password\":\"123456\"}", long_email);
  const struct
  {
    const char *body;
    guint       status;
    const char *part;
  } cases[] = {
    { "{\"email\":\"a@b.example\",\"password\":\"12345\"}", 422, "\"weak_password\":{\"reasons\":[\"length\"]}" },
    { "{\"email\":\"a@b.example\"}", 400, "validation_failed" },
    { "{\"password\":\"123456\"}", 400, "validation_failed" },
    { "{\"email\":\"nobody\",\"password\":\"123456\"}", 400, "validation_failed" },
    { "{\"email\":\"@b.example\",\"password\":\"123456\"}", 400, "validation_failed" },
    { "{\"email\":\"a@\",\"password\":\"123456\"}", 400, "validation_failed" },
    { "{\"email\":\"a@b@c\",\"password\":\"123456\"}", 400, "validation_failed" },
    { "{\"email\":\"a b@c.example\",\"password\":\"123456\"}", 400, "validation_failed" },
    { "{\"phone\":\"+123\",\"password\":\"123456\"}", 422, "phone_provider_disabled" },
    { too_long, 400, "validation_failed" },
    { too_far, 400, "validation_failed" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    http_expect (fixture, "POST", SIGN_UP, NULL, cases[i].body, cases[i].status, cases[i].part);
}

static void
test_sign_in (Fixture      *fixture,
              gconstpointer data)
{
  g_auto (User) first = sign_up (fixture, ADA);
  g_auto (User) second = sign_in (fixture, "{\"email\":\"ADA@example.org\",\"password\":\"engine of 1843\"}");

  g_assert_cmpstr (first.id, ==, second.id);
  g_assert_cmpstr (first.refresh, !=, second.refresh);
  http_expect (fixture, "GET", USER, second.token, NULL, 200, "ada@example.org");
  http_expect (fixture, "POST", SIGN_IN, NULL, "{\"email\":\"ada@example.org\",\"password\":\"engine of 1844\"}", 400,
               "\"error_code\":\"invalid_credentials\",\"msg\":\"Invalid login credentials\"");
  http_expect (fixture, "POST", SIGN_IN, NULL, "{\"email\":\"bob@example.org\",\"password\":\"engine of 1843\"}", 400,
               "invalid_credentials");
  http_expect (fixture, "POST", SIGN_IN, NULL, "{\"email\":\"' OR 1=1 --@x\",\"password\":\"' OR 1=1 --\"}", 400,
               "\"code\":400");
  http_expect (fixture, "POST", SIGN_IN, NULL, "{\"email\":\"ada@example.org\"}", 400, "validation_failed");
}

/* The user of the machine has neither address nor password, and nobody is in by giving none. */
static void
test_no_password (Fixture      *fixture,
                  gconstpointer data)
{
  g_auto (User) guest = user_new (fixture);

  http_expect (fixture, "POST", SIGN_IN, NULL, "{\"email\":\"\",\"password\":\"\"}", 400, "validation_failed");
  http_expect (fixture, "PUT", USER, guest.token, "{\"email\":\"guest@example.org\"}", 200, "\"is_anonymous\":false");
  http_expect (fixture, "POST", SIGN_IN, NULL, "{\"email\":\"guest@example.org\",\"password\":\"\"}", 400,
               "invalid_credentials");
  http_expect (fixture, "POST", SIGN_IN, NULL, "{\"email\":\"guest@example.org\",\"password\":\"*0\"}", 400,
               "invalid_credentials");
}

/* Thirty wrong ones, then not even the right one; a right one in between does not count. */
static void
test_too_often (Fixture      *fixture,
                gconstpointer data)
{
  g_auto (User) ada = sign_up (fixture, ADA);
  g_auto (User) once G_GNUC_UNUSED = sign_in (fixture, ADA);
  static const char  wrong[] = "{\"email\":\"ada@example.org\",\"password\":\"engine of 1844\"}";

  for (guint i = 0; i < 30; i++)
    http_expect (fixture, "POST", SIGN_IN, NULL, wrong, 400, "invalid_credentials");
  http_expect (fixture, "POST", SIGN_IN, NULL, wrong, 429, "over_request_rate_limit");
  http_expect (fixture, "POST", SIGN_IN, NULL, ADA, 429, "over_request_rate_limit");
  http_expect (fixture, "GET", USER, ada.token, NULL, 200, ada.id);
}

/* Who guesses from elsewhere shuts himself out, and not her. */
static void
test_guessed_elsewhere (Fixture      *fixture,
                        gconstpointer data)
{
  g_autoptr (GSocketAddress) elsewhere = g_inet_socket_address_new_from_string ("127.0.0.2", 0);
  g_auto (User) ada = sign_up (fixture, ADA);
  g_auto (User) again = { NULL };
  static const char wrong[] = "{\"email\":\"ada@example.org\",\"password\":\"engine of 1844\"}";
  SoupSession      *here = fixture->session;

  fixture->session = soup_session_new_with_options ("local-address", elsewhere, NULL);
  for (guint i = 0; i < TELA_SIGN_INS_OF_PLACE; i++)
    http_expect (fixture, "POST", SIGN_IN, NULL, wrong, 400, "invalid_credentials");
  http_expect (fixture, "POST", SIGN_IN, NULL, ADA, 429, "over_request_rate_limit");
  g_object_unref (fixture->session);
  fixture->session = here;
  again = sign_in (fixture, ADA);
  g_assert_cmpstr (again.id, ==, ada.id);
}

/* ---- Changing ---- */

static void
test_conversion (Fixture      *fixture,
                 gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) again = { NULL };
  g_autofree char *claims = NULL;

  fixture_make_project (fixture, &user);
  http_expect (fixture, "PUT", USER, user.token, "{\"password\":\"123456\"}", 422, "validation_failed");
  http_expect (fixture, "PUT", USER, user.token, ADA, 200,
               "\"app_metadata\":{\"provider\":\"email\",\"providers\":[\"email\"]}");
  http_expect (fixture, "GET", USER, user.token, NULL, 200, "\"is_anonymous\":false");
  again = sign_in (fixture, ADA);
  g_assert_cmpstr (again.id, ==, user.id); /* and all that they made is theirs */
  claims = claims_of (&again);
  g_assert_nonnull (strstr (claims, "\"is_anonymous\":false"));
  http_expect (fixture, "GET", "/rest/v1/projects?select=name", again.token, NULL, 200, "[{\"name\":\"Plans\"}]");
}

static void
test_change (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) ada = sign_up (fixture, ADA);
  g_auto (User) elsewhere = sign_in (fixture, ADA);
  g_auto (User) bob = sign_up (fixture, "{\"email\":\"bob@example.org\",\"password\":\"another one\"}");
  g_auto (User) later = { NULL };
  g_autofree char *long_text = g_strnfill (65 * 1024, 'x');
  g_autofree char *too_much = g_strdup_printf ("{\"data\":{\"a\":\"%s\"}}", long_text);

  http_expect (fixture, "PUT", USER, ada.token, "{\"data\":{\"b\":1,\"a\":[true],\"c\":2}}", 200,
               "\"user_metadata\":{\"a\":[true],\"b\":1,\"c\":2}");
  http_expect (fixture, "PUT", USER, ada.token, "{\"data\":{\"b\":null,\"c\":{}}}", 200,
               "\"user_metadata\":{\"a\":[true],\"c\":{}}");
  http_expect (fixture, "PUT", USER, ada.token, too_much, 400, "validation_failed");
  http_expect (fixture, "PUT", USER, ada.token, "{\"email\":\"bob@example.org\"}", 422, "email_exists");
  http_expect (fixture, "PUT", USER, ada.token, "{\"password\":\"engine of 1843\"}", 422, "same_password");
  http_expect (fixture, "PUT", USER, ada.token, "{\"password\":\"short\"}", 422, "weak_password");
  http_expect (fixture, "PUT", USER, ada.token, "[]", 400, "bad_json");
  http_expect (fixture, "PUT", USER, NULL, "{}", 403, "bad_jwt");
  http_expect (fixture, "GET", USER, elsewhere.token, NULL, 200, ada.id);
  http_expect (fixture, "PUT", USER, ada.token, "{\"email\":\"countess@example.org\",\"password\":\"the new one\"}",
               200, "\"email\":\"countess@example.org\"");
  http_expect (fixture, "GET", USER, elsewhere.token, NULL, 403,
               "session_not_found"); /* the password was lost, perhaps */
  http_expect (fixture, "POST", SIGN_IN, NULL, ADA, 400, "invalid_credentials");
  later = sign_in (fixture, "{\"email\":\"countess@example.org\",\"password\":\"the new one\"}");
  g_assert_cmpstr (later.id, ==, ada.id);
  http_expect (fixture, "GET", USER, bob.token, NULL, 200, "bob@example.org");
}

static void
test_log_out (Fixture      *fixture,
              gconstpointer data)
{
  g_auto (User) one = sign_up (fixture, ADA);
  g_auto (User) two = sign_in (fixture, ADA);
  g_auto (User) three = sign_in (fixture, ADA);
  g_autofree char *refresh = g_strdup_printf ("{\"refresh_token\":\"%s\"}", two.refresh);

  http_expect (fixture, "POST", "/auth/v1/logout?scope=everything", one.token, NULL, 400, "validation_failed");
  http_expect (fixture, "POST", "/auth/v1/logout?scope=local", one.token, NULL, 204, "");
  http_expect (fixture, "GET", USER, one.token, NULL, 403, "session_not_found");
  http_expect (fixture, "GET", USER, two.token, NULL, 200, "");
  http_expect (fixture, "POST", "/auth/v1/logout?scope=others", three.token, NULL, 204, "");
  http_expect (fixture, "GET", USER, two.token, NULL, 403, "session_not_found");
  http_expect (fixture, "POST", "/auth/v1/token?grant_type=refresh_token", NULL, refresh, 400,
               "refresh_token_not_found");
  http_expect (fixture, "GET", USER, three.token, NULL, 200, "");
  http_expect (fixture, "POST", "/auth/v1/logout", three.token, NULL, 204, "");
  http_expect (fixture, "GET", USER, three.token, NULL, 403, "session_not_found");
}

/* Stopping waits for those whose password is looked at. */
static void
test_stop_meanwhile (Fixture      *fixture,
                     gconstpointer data)
{
  g_autoptr (SoupMessage) msg = http_message (fixture, "POST", SIGN_UP, NULL);
  g_autoptr (GBytes) body = g_bytes_new_static (ADA, strlen (ADA));

  soup_message_set_request_body_from_bytes (msg, "application/json", body);
  soup_session_send_async (fixture->session, msg, 0, NULL, NULL, NULL);
  for (guint i = 0; i < 20; i++)
    g_main_context_iteration (NULL, FALSE);
  tela_backend_stop (fixture->backend);
}

/* Whoever asks and goes is not waited for, and nobody is hurt. */
static void
test_gone_meanwhile (Fixture      *fixture,
                     gconstpointer data)
{
  g_autoptr (GUri) uri = g_uri_parse (tela_backend_get_url (fixture->backend), G_URI_FLAGS_NONE, NULL);
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autofree char *request =
      g_strdup_printf ("POST " SIGN_UP " HTTP/1.1\r\nHost: x\r\napikey: %s\r\nContent-Length: %u\r\n\r\n" ADA,
                       tela_backend_get_anon_key (fixture->backend), (guint) strlen (ADA));
  g_auto (User) bob = { NULL };
  g_auto (User) again = { NULL };

  for (guint i = 0; i < 8; i++)
    {
      g_autoptr (GSocketConnection) connection =
          g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) g_uri_get_port (uri), NULL, NULL);

      g_assert_true (g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), request,
                                                strlen (request), NULL, NULL, NULL));
    }
  bob = sign_up (fixture, "{\"email\":\"bob@example.org\",\"password\":\"another one\"}");
  again = sign_in (fixture, "{\"email\":\"bob@example.org\",\"password\":\"another one\"}");
  g_assert_cmpstr (again.id, ==, bob.id);
}

typedef struct
{
  guint    answered, refused;
  gboolean done;
} Crowd;

static void
crowd_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      data)
{
  Crowd                  *crowd = data;
  SoupMessage            *msg = soup_session_get_async_result_message (SOUP_SESSION (source), result);
  g_autoptr (GBytes) body G_GNUC_UNUSED = soup_session_send_and_read_finish (SOUP_SESSION (source), result, NULL);
  guint                   status = soup_message_get_status (msg);

  g_assert_true (status == 400 || status == 429);
  crowd->refused += status == 429;
  crowd->done = ++crowd->answered == 40;
}

/* So many passwords at once are too many: some are told so, the others and everybody else go on. */
static void
test_crowd (Fixture      *fixture,
            gconstpointer data)
{
  g_autoptr (SoupSession) session =
      soup_session_new_with_options ("max-conns", 40, "max-conns-per-host", 40, NULL);
  Crowd crowd = { 0 };

  for (guint i = 0; i < 40; i++)
    {
      g_autoptr (SoupMessage) msg = http_message (fixture, "POST", SIGN_IN, NULL);
      g_autoptr (GBytes) body = g_bytes_new_static (ADA, strlen (ADA));

      soup_message_set_request_body_from_bytes (msg, "application/json", body);
      soup_session_send_and_read_async (session, msg, 0, NULL, crowd_cb, &crowd);
    }
  http_expect (fixture, "GET", "/auth/v1/health", NULL, NULL, 200, "GoTrue");
  wait_for (&crowd.done);
  g_assert_cmpuint (crowd.refused, >=, 10); /* thirty may try */
}

static void
test_hash_is_no_secret_shown (Fixture      *fixture,
                              gconstpointer data)
{
  g_auto (User) ada = sign_up (fixture, ADA);

  http_expect (fixture, "GET", "/rest/v1/users?select=password", ada.token, NULL, 404, "PGRST205");
  http_expect (fixture, "GET", "/rest/v1/auth.users", ada.token, NULL, 404, "PGRST205");
  http_expect (fixture, "GET", "/rest/v1/refresh_tokens", ada.token, NULL, 404, "PGRST205");
  http_expect (fixture, "GET", "/rest/v1/profiles?select=password", ada.token, NULL, 400, "42703");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backend/password/hash", test_password);
  g_test_add_func ("/backend/throttle/rate", test_throttle);
  g_test_add_func ("/backend/throttle/full", test_throttle_full);
  g_test_add_func ("/backend/throttle/sign-ins", test_sign_ins);
#define ADD(path, func) g_test_add ("/backend/account/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("sign-up", test_sign_up);
  ADD ("sign-up-bad", test_sign_up_bad);
  ADD ("sign-in", test_sign_in);
  ADD ("no-password", test_no_password);
  ADD ("too-often", test_too_often);
  ADD ("guessed-elsewhere", test_guessed_elsewhere);
  ADD ("conversion", test_conversion);
  ADD ("change", test_change);
  ADD ("log-out", test_log_out);
  ADD ("stop-meanwhile", test_stop_meanwhile);
  ADD ("gone-meanwhile", test_gone_meanwhile);
  ADD ("crowd", test_crowd);
  ADD ("hash-is-no-secret-shown", test_hash_is_no_secret_shown);
  return g_test_run ();
}
