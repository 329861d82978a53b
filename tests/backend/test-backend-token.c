/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Tokens: at the door, in joins, on live channels. */

#include <string.h>

#include "backend-token.h"

#define PUBLIC "{}"
#define PRIVATE "{\"private\":true}"

static void
test_hostile (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *secret = fixture_secret (fixture);
  g_autofree char *deep = g_strnfill (20000, '[');
  g_autofree char *long_one = g_strnfill (9000, 'a');
  g_autofree char *good = make_token (fixture, "u", "authenticated", 60, "");
  g_autofree char *truncated = g_strndup (good, strlen (good) - 1);
  g_autofree char *padded = g_strconcat (good, "=", NULL);
  g_autofree char *extra = g_strconcat (good, ".x", NULL);
  const char      *raw[] = { "", ".", "..", "...", "a.b.c", truncated,
                             padded, extra, long_one, deep, "e30.e30.", "e30.e30.e30" };
  struct
  {
    const char  *header, *payload, *secret;
    TelaJwtError code;
  } made[] = {
    { "{\"alg\":\"none\"}", "{\"role\":\"service_role\",\"exp\":9999999999}", secret, TELA_JWT_ERROR_SIGNER },
    { "{\"alg\":\"HS512\"}", "{\"role\":\"anon\",\"exp\":9999999999}", secret, TELA_JWT_ERROR_SIGNER },
    { "{\"alg\":\"RS256\"}", "{\"role\":\"anon\",\"exp\":9999999999}", secret, TELA_JWT_ERROR_SIGNER },
    { "{\"alg\":\"hs256\"}", "{\"role\":\"anon\",\"exp\":9999999999}", secret, TELA_JWT_ERROR_SIGNER },
    { "{\"alg\":null}", "{\"role\":\"anon\",\"exp\":9999999999}", secret, TELA_JWT_ERROR_MALFORMED },
    { "{}", "{\"role\":\"anon\",\"exp\":9999999999}", secret, TELA_JWT_ERROR_MALFORMED },
    { "[]", "{\"role\":\"anon\",\"exp\":9999999999}", secret, TELA_JWT_ERROR_MALFORMED },
    { "{\"alg\":\"HS256\"}", "[]", secret, TELA_JWT_ERROR_MALFORMED },
    { "{\"alg\":\"HS256\"}", "\"x\"", secret, TELA_JWT_ERROR_MALFORMED },
    { "{\"alg\":\"HS256\"}", "{\"role\":\"anon\",\"exp\":9999999999}", "wrong", TELA_JWT_ERROR_SIGNATURE },
    { "{\"alg\":\"HS256\"}", "{\"role\":\"anon\",\"exp\":9999999999}", "", TELA_JWT_ERROR_SIGNATURE },
    { "{\"alg\":\"HS256\"}", "{\"exp\":9999999999}", secret, TELA_JWT_ERROR_FIELDS },
    { "{\"alg\":\"HS256\"}", "{\"role\":\"anon\"}", secret, TELA_JWT_ERROR_FIELDS },
    { "{\"alg\":\"HS256\"}", "{\"role\":7,\"exp\":9999999999}", secret, TELA_JWT_ERROR_FIELDS },
    { "{\"alg\":\"HS256\"}", "{\"role\":\"anon\",\"exp\":\"9999999999\"}", secret, TELA_JWT_ERROR_FIELDS },
    { "{\"alg\":\"HS256\"}", "{\"role\":\"anon\",\"exp\":1e300}", secret, TELA_JWT_ERROR_FIELDS },
    { "{\"alg\":\"HS256\"}", "{\"role\":\"anon\",\"exp\":9999999999,\"iat\":\"x\"}", secret, TELA_JWT_ERROR_FIELDS },
    { "{\"alg\":\"HS256\"}", "{\"role\":\"anon\",\"exp\":1}", secret, TELA_JWT_ERROR_EXPIRED },
    { "{\"alg\":\"HS256\"}", "{\"role\":\"anon\",\"exp\":-1}", secret, TELA_JWT_ERROR_EXPIRED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (raw); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (tela_jwt_verify (raw[i], secret, 1000, &error));
      g_assert_cmpint (error->domain, ==, TELA_JWT_ERROR);
    }
  for (guint i = 0; i < G_N_ELEMENTS (made); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *token = make_raw_token (made[i].header, made[i].payload, made[i].secret);

      g_assert_null (tela_jwt_verify (token, secret, 1000, &error));
      g_assert_error (error, TELA_JWT_ERROR, (int) made[i].code);
      http_expect (fixture, "GET", "/rest/v1/projects", token, NULL, 401, "\"code\":\"PGRST30");
      http_expect (fixture, "GET", "/auth/v1/user", token, NULL, 403, "bad_jwt");
      http_expect (fixture, "PUT", "/auth/v1/user", token, "{}", 403, "bad_jwt");
      http_expect (fixture, "POST", "/storage/v1/object/list/assets", token, "{}", 400, "AccessDenied");
      http_expect (fixture, "POST", "/rest/v1/rpc/tela_push", token, "{}", 401, "\"code\":\"PGRST30");
    }
}

static void
test_expired_bodies (Fixture      *fixture,
                     gconstpointer data)
{
  g_autofree char *token = make_token (fixture, "11111111-1111-4111-8111-111111111111", "authenticated", -60, "");

  http_expect (fixture, "GET", "/rest/v1/projects", token, NULL, 401,
               "{\"code\":\"PGRST303\",\"message\":\"JWT expired\",\"details\":null,\"hint\":null}");
  http_expect (fixture, "GET", "/auth/v1/user", token, NULL, 403, "invalid JWT: Token has expired");
}

static void
test_join_errors (Fixture      *fixture,
                  gconstpointer data)
{
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  g_autofree char *expired = make_token (fixture, "u", "authenticated", -60, "");
  g_autofree char *forged =
      make_raw_token ("{\"alg\":\"HS256\"}", "{\"role\":\"service_role\",\"exp\":9999999999}", "x");
  struct
  {
    const char *token, *reason;
  } cases[] = {
    { expired, "\"InvalidJWTToken: Token has expired 6" },
    { forged, "\"JwtSignatureError: Failed to validate JWT signature\"" },
    { "", "\"MalformedJWT: The token provided is not a valid JWT\"" },
    { "nonsense", "\"MalformedJWT: The token provided is not a valid JWT\"" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      ws_send (ws, "[\"1\",\"1\",\"realtime:a\",\"phx_join\",{\"access_token\":\"%s\",\"config\":{}}]", cases[i].token);
      ws_expect_part (ws, cases[i].reason);
    }
  ws_send (ws, "[\"1\",\"1\",\"realtime:a\",\"phx_join\",{\"access_token\":null}]"); /* the key's own */
  ws_expect_part (ws, "\"status\":\"ok\"");
}

static void
test_renewal (Fixture      *fixture,
              gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) other = user_new (fixture);
  g_autofree char *topic = g_strconcat ("user:", user.id, NULL);
  g_autofree char *fresh = make_token (fixture, user.id, "authenticated", 600, "");
  g_autofree char *expired = make_token (fixture, user.id, "authenticated", -5, "");
  g_autoptr (Ws) ws = ws_open (fixture, NULL);
  const char *silent[] = { "null", "\"sb_publishable_x\"", "7", "{}" };

  ws_join (ws, "1", topic, user.token, PRIVATE);
  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    ws_send (ws, "[\"1\",\"2\",\"realtime:%s\",\"access_token\",{\"access_token\":%s}]", topic, silent[i]);
  ws_send (ws, "[\"1\",\"2\",\"realtime:%s\",\"access_token\",{\"access_token\":\"%s\"}]", topic, user.token);
  ws_send (ws, "[\"1\",\"2\",\"realtime:%s\",\"access_token\",{\"access_token\":\"%s\"}]", topic, fresh);
  ws_expect_nothing (ws);

  ws_send (ws, "[\"1\",\"2\",\"realtime:%s\",\"access_token\",{\"access_token\":\"%s\"}]", topic, expired);
  ws_expect_part (ws, "[\"1\",null,\"realtime:user:");
  ws_expect (ws, "[\"1\",\"1\",\"realtime:%s\",\"phx_close\",{}]", topic);

  ws_join (ws, "2", topic, user.token, PRIVATE);
  ws_send (ws, "[\"2\",\"2\",\"realtime:%s\",\"access_token\",{\"access_token\":\"%s\"}]", topic, other.token);
  ws_expect (ws,
             "[\"2\",null,\"realtime:%s\",\"system\",{\"message\":\"You do not have permissions to read from this "
             "Channel topic: %s\","
             "\"status\":\"error\",\"extension\":\"system\",\"channel\":\"%s\"}]",
             topic, topic, topic);
  ws_expect (ws, "[\"2\",\"2\",\"realtime:%s\",\"phx_close\",{}]", topic);

  ws_join (ws, "3", topic, user.token, PRIVATE);
  ws_send (ws, "[\"3\",\"2\",\"realtime:%s\",\"access_token\",{\"access_token\":\"\"}]", topic);
  ws_expect_part (ws, "The token provided is not a valid JWT");
  ws_expect_part (ws, "phx_close");
  ws_expect_nothing (ws);
}

static void
test_expiry (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *brief = make_token (fixture, "u", "authenticated", 1, "");
  g_autoptr (Ws) ws = NULL;

  fixture_be_quick (fixture, 60000, 60000, 1 << 20);
  ws = ws_open (fixture, NULL);
  ws_join (ws, "1", "a", brief, PUBLIC);
  ws_join (ws, "2", "b", NULL, PUBLIC);
  ws_expect_part (ws, "\"message\":\"Token has expired 0 seconds ago\"");
  ws_expect (ws, "[\"1\",\"1\",\"realtime:a\",\"phx_close\",{}]");
  ws_expect_nothing (ws);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add ("/backend/token/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("hostile", test_hostile);
  ADD ("expired-bodies", test_expired_bodies);
  ADD ("join-errors", test_join_errors);
  ADD ("renewal", test_renewal);
  ADD ("expiry", test_expiry);
  return g_test_run ();
}
