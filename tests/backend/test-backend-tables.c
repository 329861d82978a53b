/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What PostgREST's clients ask of the tables, and what nobody gets. */

#include <stdarg.h>
#include <string.h>

#include "backend-fixture.h"
#include "backend-query.h"

#define JOBS "/rest/v1/fal_jobs"
#define PROFILES "/rest/v1/profiles"
#define INVITES "/rest/v1/invites"
#define OBJECT "application/vnd.pgrst.object+json"

typedef struct
{
  guint status;
  char *body;
  char *range; /* Content-Range */
} Answer;

static void
answer_clear (Answer *self)
{
  g_free (self->body);
  g_free (self->range);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/* Headers in pairs, up to NULL. */
static Answer
ask (Fixture    *fixture,
     const char *method,
     const char *path,
     const char *token,
     const char *body,
     ...)
{
  g_autoptr (SoupMessage) msg = http_message (fixture, method, path, token);
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  g_autoptr (GBytes) answer = NULL;
  const char *name;
  va_list     args;

  va_start (args, body);
  while ((name = va_arg (args, const char *)) != NULL)
    soup_message_headers_append (soup_message_get_request_headers (msg), name, va_arg (args, const char *));
  va_end (args);
  if (bytes != NULL)
    soup_message_set_request_body_from_bytes (msg, "application/json", bytes);
  answer = soup_session_send_and_read (fixture->session, msg, NULL, NULL);
  g_assert_nonnull (answer);
  return (Answer){ soup_message_get_status (msg),
                   g_strndup (g_bytes_get_data (answer, NULL), g_bytes_get_size (answer)),
                   g_strdup (soup_message_headers_get_one (soup_message_get_response_headers (msg), "Content-Range")) };
}

/* Makes the jobs a, b, … of the user, in one call. */
static void
make_jobs (Fixture    *fixture,
           const User *user,
           guint       n)
{
  g_autoptr (GString) body = g_string_new ("[");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (body, "%s{\"prompt\":\"%c\",\"seed\":%u}", i > 0 ? "," : "", 'a' + (int) i, i);
  g_string_append_c (body, ']');
  http_expect (fixture, "POST", JOBS "?columns=%22prompt%22,%22seed%22", user->token, body->str, 201, "");
}

static void
run_sql (Fixture    *fixture,
         const char *sql)
{
  g_autofree char *path = g_build_filename (fixture->dir, "backend.db", NULL);
  sqlite3         *handle;
  char            *message = NULL;

  g_assert_cmpint (sqlite3_open (path, &handle), ==, SQLITE_OK);
  if (sqlite3_exec (handle, sql, NULL, NULL, &message) != SQLITE_OK)
    g_error ("%s", message);
  sqlite3_close (handle);
}

/* ---- Reading ---- */

static void
test_like (void)
{
  static const struct
  {
    const char *pattern, *text;
    gboolean    matches;
  } cases[] = {
    { "", "", TRUE },
    { "", "a", FALSE },
    { "%", "", TRUE },
    { "a%", "abc", TRUE },
    { "%c", "abc", TRUE },
    { "%b%", "abc", TRUE },
    { "a_c", "abc", TRUE },
    { "a_c", "ac", FALSE },
    { "A%", "abc", FALSE },
    { "%é_", "caféx", TRUE },
    { "a\\%", "a%", TRUE },
    { "a\\%", "ab", FALSE },
    { "a\\_c", "abc", FALSE },
    { "a\\", "a\\", TRUE },
    { "%a%b%", "xaxxb", TRUE },
    { "%a%b%", "xbxxa", FALSE },
    { "%%%", "x", TRUE },
    { "_", "", FALSE },
  };
  g_autofree char *many = g_strnfill (20000, 'a');
  g_autoptr (GString) greedy = g_string_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s %s", cases[i].pattern, cases[i].text);
      g_assert_true (tela_query_like (cases[i].pattern, cases[i].text) == cases[i].matches);
    }
  for (guint i = 0; i < 500; i++)
    g_string_append (greedy, "%a");
  g_assert_false (tela_query_like (g_string_append (greedy, "b")->str, many)); /* and soon */
}

static void
test_select (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) guest = user_new (fixture);
  g_autofree char *id = NULL;

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &guest, "viewer");
  http_expect (fixture, "PATCH", PROFILES "?name=eq.", guest.token, "{\"name\":\"Guest\",\"color\":\"#a0b1c2\"}", 204,
               "");
  id = g_strdup_printf ("[{\"id\":\"%s\"}]", fixture->project);
  http_expect (fixture, "GET", "/rest/v1/projects?select=id", owner.token, NULL, 200, id);
  http_expect (fixture, "GET", "/rest/v1/projects?select=title:name,rev", owner.token, NULL, 200,
               "[{\"title\":\"Plans\",\"rev\":0}]");
  http_expect (fixture, "GET", "/rest/v1/projects?select=name,project_members(role,profiles(name,color))&order=name",
               guest.token, NULL, 200, "{\"role\":\"viewer\",\"profiles\":{\"name\":\"Guest\",\"color\":\"#a0b1c2\"}}");
  http_expect (fixture, "GET", "/rest/v1/project_members?select=role,board:projects(name)&role=eq.viewer", owner.token,
               NULL, 200, "[{\"role\":\"viewer\",\"board\":{\"name\":\"Plans\"}}]");
  http_expect (fixture, "GET", "/rest/v1/elements?select=id,props,stamps,rev", owner.token, NULL, 200, "[]");
}

static void
test_select_bad (Fixture      *fixture,
                 gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  static const struct
  {
    const char *select, *code;
  } cases[] = {
    { "nope", "42703" },
    { "id,", "PGRST100" },
    { ",", "PGRST100" },
    { "id)", "PGRST100" },
    { ":id", "PGRST100" },
    { "id::text", "PGRST100" },
    { "count()", "PGRST200" },
    { "users(password)", "PGRST200" },
    { "elements(*)", "PGRST200" },
    { "refresh_tokens(token)", "PGRST200" },
    { "project_members(role", "PGRST100" },
    { "project_members(projects(project_members(role)))", "PGRST200" },
    { "project_members(nope)", "42703" },
    { "invites(token_hash)", "42703" },
    { "props-%3Ex", "42703" },
    { "%27", "PGRST100" },
    { "(select%20token%20from%20refresh_tokens)", "PGRST100" },
  };

  fixture_make_project (fixture, &owner);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/rest/v1/projects?select=", cases[i].select, NULL);

      http_expect (fixture, "GET", path, owner.token, NULL, 400, cases[i].code);
    }
}

static void
test_pages (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  static const struct
  {
    const char *path, *range, *prefer;
    guint       status;
    const char *content_range, *body;
  } cases[] = {
    { JOBS "?select=prompt&order=seed&limit=2", NULL, NULL, 200, "0-1/*", "[{\"prompt\":\"a\"},{\"prompt\":\"b\"}]" },
    { JOBS "?select=prompt&order=seed.desc&limit=2&offset=1", NULL, NULL, 200, "1-2/*",
      "[{\"prompt\":\"d\"},{\"prompt\":\"c\"}]" },
    { JOBS "?select=prompt&order=seed&limit=1", NULL, "count=exact", 206, "0-0/5", "[{\"prompt\":\"a\"}]" },
    { JOBS "?select=prompt&seed=lt.1", NULL, "count=exact", 200, "0-0/1", "[{\"prompt\":\"a\"}]" },
    { JOBS "?select=prompt&order=seed", "3-", NULL, 200, "3-4/*", "[{\"prompt\":\"d\"},{\"prompt\":\"e\"}]" },
    { JOBS "?select=prompt&order=seed", "1-1", "return=minimal, count=planned", 206, "1-1/5", "[{\"prompt\":\"b\"}]" },
    { JOBS "?seed=gt.9", NULL, NULL, 200, "*/*", "[]" },
    { JOBS "?seed=gt.9", NULL, "count=exact", 200, "*/0", "[]" },
    { JOBS "?limit=0", NULL, "count=exact", 206, "*/5", "[]" },
    { JOBS "?offset=6", NULL, "count=exact", 416, "*/5", "PGRST103" },
    { JOBS, "4-2", NULL, 416, NULL, "PGRST103" },
    { JOBS, "x", NULL, 416, NULL, "PGRST103" },
    { JOBS "?select=prompt&prompt=like.*&order=queue_position.desc.nullslast,prompt.desc&limit=1", NULL, NULL, 200,
      "0-0/*", "[{\"prompt\":\"e\"}]" },
    { JOBS "?select=prompt&or=(prompt.ilike.A*,and(seed.gte.4,prompt.not.is.null))&order=prompt", NULL, NULL, 200,
      "0-1/*", "[{\"prompt\":\"a\"},{\"prompt\":\"e\"}]" },
    { JOBS "?select=prompt&prompt=in.(c,%22d%22,%22x,y%22)&progress=is.null&order=prompt", NULL, NULL, 200, "0-1/*",
      "[{\"prompt\":\"c\"},{\"prompt\":\"d\"}]" },
    { JOBS "?select=prompt&created_at=gt.2020-01-01T00:00:00Z&created_at=lt.2020-01-02", NULL, NULL, 200, "*/*", "[]" },
  };

  make_jobs (fixture, &user, 5);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *range = cases[i].range, *prefer = cases[i].prefer;
      g_auto (Answer) answer = ask (fixture, "GET", cases[i].path, user.token, NULL, prefer != NULL ? "Prefer" : "X-A",
                                    prefer != NULL ? prefer : "", range != NULL ? "Range" : "X-B",
                                    range != NULL ? range : "", "Range-Unit", "items", NULL);

      g_test_message ("%s %s: %u %s %s", cases[i].path, range, answer.status, answer.range, answer.body);
      g_assert_cmpuint (answer.status, ==, cases[i].status);
      g_assert_cmpstr (answer.range, ==, cases[i].content_range);
      g_assert_nonnull (strstr (answer.body, cases[i].body));
    }
}

static void
test_single (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (Answer) one = { 0 };
  g_auto (Answer) none = { 0 };
  g_auto (Answer) many = { 0 };
  g_auto (Answer) changed = { 0 };
  g_auto (Answer) made = { 0 };

  make_jobs (fixture, &user, 3);
  one = ask (fixture, "GET", JOBS "?select=prompt&seed=eq.1", user.token, NULL, "Accept", OBJECT, NULL);
  g_assert_cmpuint (one.status, ==, 200);
  g_assert_cmpstr (one.body, ==, "{\"prompt\":\"b\"}");
  none = ask (fixture, "GET", JOBS "?seed=eq.9", user.token, NULL, "Accept", OBJECT, NULL);
  g_assert_cmpuint (none.status, ==, 406);
  g_assert_nonnull (strstr (none.body, "\"code\":\"PGRST116\",\"details\":\"The result contains 0 rows\""));
  many = ask (fixture, "GET", JOBS, user.token, NULL, "Accept", OBJECT, NULL);
  g_assert_cmpuint (many.status, ==, 406);
  g_assert_nonnull (strstr (many.body, "The result contains 3 rows"));
  /* A change of more than the one that was meant is none. */
  changed = ask (fixture, "PATCH", JOBS "?seed=gte.0", user.token, "{\"prompt\":\"z\"}", "Accept", OBJECT, "Prefer",
                 "return=representation", NULL);
  g_assert_cmpuint (changed.status, ==, 406);
  http_expect (fixture, "GET", JOBS "?prompt=eq.z", user.token, NULL, 200, "[]");
  made = ask (fixture, "POST", JOBS "?select=prompt,status", user.token, "{\"prompt\":\"n\"}", "Accept", OBJECT,
              "Prefer", "return=representation", NULL);
  g_assert_cmpuint (made.status, ==, 201);
  g_assert_cmpstr (made.body, ==, "{\"prompt\":\"n\",\"status\":\"queued\"}");
}

static void
test_profile_header (Fixture      *fixture,
                     gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (Answer) good = ask (fixture, "GET", JOBS, user.token, NULL, "Accept-Profile", "public", NULL);
  g_auto (Answer) bad = ask (fixture, "GET", JOBS, user.token, NULL, "Accept-Profile", "auth", NULL);

  g_assert_cmpuint (good.status, ==, 200);
  g_assert_cmpuint (bad.status, ==, 406);
  g_assert_nonnull (strstr (bad.body, "PGRST106"));
}

/* ---- Writing ---- */

static void
test_insert (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (Answer) counted = { 0 };
  static const struct
  {
    const char *query, *body;
    guint       status;
    const char *part;
  } cases[] = {
    { "", "[]", 201, "" },
    { "?columns=prompt,model", "[{\"prompt\":\"x\",\"model\":\"m\",\"ignored\":1}]", 201, "" },
    { "?columns=prompt,model", "[{\"prompt\":\"x\"}]", 400, "23502" }, /* not named is null */
    { "?columns=prompt,nope", "[{\"prompt\":\"x\"}]", 400, "PGRST204" },
    { "?columns=sequence", "[{\"sequence\":9}]", 403, "42501" },
    { "", "{\"sequence\":9}", 403, "42501" },
    { "", "{\"created_at\":\"2020-01-01T00:00:00Z\"}", 403, "42501" },
    { "", "[{\"prompt\":\"x\"},{\"model\":\"m\"}]", 400, "PGRST102" },
    { "", "{\"status\":\"melted\"}", 400, "23514" },
    { "", "{\"progress\":1.5}", 400, "23514" },
    { "", "{\"queue_position\":-1}", 400, "23514" },
    { "", "{\"seed\":\"x\"}", 400, "22P02" },
    { "", "{\"seed\":[1]}", 400, "22P02" },
    { "", "{\"prompt\":{}}", 400, "22P02" },
    { "", "{\"project_id\":\"11111111-1111-4111-8111-111111111111\"}", 403, "42501" },
    { "", "{\"user_id\":\"11111111-1111-4111-8111-111111111111\"}", 403, "42501" },
    { "?on_conflict=prompt", "{\"prompt\":\"x\"}", 400, "42P10" },
    { "", "{\"input\":{\"a\":[1,null]},\"output\":null,\"seed\":\"77\",\"started_at\":\"2026-01-02T03:04:05.678Z\"}",
      201, "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat (JOBS, cases[i].query, NULL);

      http_expect (fixture, "POST", path, user.token, cases[i].body, cases[i].status, cases[i].part);
    }
  http_expect (fixture, "GET", JOBS "?seed=eq.77&select=input,output,started_at,prompt,sequence,user_id", user.token,
               NULL, 200,
               "[{\"input\":{\"a\":[1,null]},\"output\":null,\"started_at\":\"2026-01-02T03:04:05.678Z\",\"prompt\":"
               "\"\",\"sequence\":1,");
  counted = ask (fixture, "POST", JOBS "?columns=prompt,model&select=model", user.token,
                 "[{\"prompt\":\"x\"},{\"prompt\":\"y\"}]", "Prefer",
                 "missing=default,return=representation,count=exact", NULL);
  g_assert_cmpuint (counted.status, ==, 201);
  g_assert_cmpstr (counted.range, ==, "*/2");
  g_assert_cmpstr (counted.body, ==, "[{\"model\":\"\"},{\"model\":\"\"}]");
  http_expect (fixture, "POST", JOBS, NULL, "{}", 401, "42501");
}

/* One bad row, and none is there. */
static void
test_insert_is_whole (Fixture      *fixture,
                      gconstpointer data)
{
  g_auto (User) user = user_new (fixture);

  http_expect (fixture, "POST", JOBS, user.token, "[{\"progress\":0.5},{\"progress\":2}]", 400, "23514");
  http_expect (fixture, "GET", JOBS, user.token, NULL, 200, "[]");
}

static void
test_upsert (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) other = user_new (fixture);
  static const char id[] = "22222222-2222-4222-8222-222222222222";
  g_autofree char  *first = g_strdup_printf ("{\"id\":\"%s\",\"prompt\":\"one\",\"seed\":5}", id);
  g_autofree char  *second = g_strdup_printf ("{\"id\":\"%s\",\"prompt\":\"two\"}", id);
  g_autofree char  *stolen =
      g_strdup_printf ("{\"id\":\"%s\",\"user_id\":\"%s\",\"prompt\":\"three\"}", id, other.id);
  g_auto (Answer) made = { 0 };
  g_auto (Answer) merged = { 0 };
  g_auto (Answer) ignored = { 0 };
  g_auto (Answer) foreign = { 0 };
  g_auto (Answer) given = { 0 };

  made =
      ask (fixture, "POST", JOBS "?on_conflict=id", user.token, first, "Prefer", "resolution=merge-duplicates", NULL);
  g_assert_cmpuint (made.status, ==, 201);
  http_expect (fixture, "POST", JOBS, user.token, second, 409, "23505");
  merged = ask (fixture, "POST", JOBS "?on_conflict=id&select=prompt,seed,sequence", user.token, second, "Prefer",
                "resolution=merge-duplicates,return=representation", NULL);
  g_assert_cmpuint (merged.status, ==, 200);
  g_assert_cmpstr (merged.body, ==, "[{\"prompt\":\"two\",\"seed\":5,\"sequence\":2}]");
  ignored = ask (fixture, "POST", JOBS "?on_conflict=id&select=prompt", user.token, first, "Prefer",
                 "resolution=ignore-duplicates,return=representation", NULL);
  g_assert_cmpuint (ignored.status, ==, 201);
  g_assert_cmpstr (ignored.body, ==, "[]");
  foreign = ask (fixture, "POST", JOBS, other.token, second, "Prefer", "resolution=merge-duplicates", NULL);
  g_assert_cmpuint (foreign.status, ==, 403);
  given = ask (fixture, "POST", JOBS, user.token, stolen, "Prefer", "resolution=merge-duplicates", NULL);
  g_assert_cmpuint (given.status, ==, 403);
  http_expect (fixture, "GET", JOBS "?select=prompt", user.token, NULL, 200, "[{\"prompt\":\"two\"}]");
}

static void
test_change (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (Answer) changed = { 0 };
  g_auto (Answer) deleted = { 0 };

  make_jobs (fixture, &user, 3);
  changed = ask (fixture, "PATCH", JOBS "?seed=gte.1&select=seed,status,progress,sequence", user.token,
                 "{\"status\":\"running\",\"progress\":0.25}", "Prefer", "return=representation,count=exact", NULL);
  g_assert_cmpuint (changed.status, ==, 200);
  g_assert_cmpstr (changed.range, ==, "*/2");
  g_assert_nonnull (strstr (changed.body, "{\"seed\":2,\"status\":\"running\",\"progress\":0.25,\"sequence\":2}"));
  http_expect (fixture, "PATCH", JOBS "?seed=eq.1", user.token, "{}", 204, "");
  http_expect (fixture, "PATCH", JOBS "?seed=eq.1", user.token, "{\"progress\":null}", 204, "");
  http_expect (fixture, "PATCH", JOBS "?seed=eq.1", user.token, "{\"status\":null}", 400, "23502");
  http_expect (fixture, "PATCH", JOBS "?seed=eq.1", user.token, "[{},{}]", 400, "PGRST102");
  http_expect (fixture, "PATCH", JOBS "?seed=eq.1", user.token, "{\"user_id\":null}", 403, "42501");
  http_expect (fixture, "PATCH", JOBS, user.token, "{\"seed\":1}", 400, "21000");
  http_expect (fixture, "PATCH", JOBS "?order=seed&limit=1", user.token, "{\"seed\":1}", 400, "21000");
  http_expect (fixture, "GET", JOBS "?select=seed,progress,sequence&seed=eq.1", user.token, NULL, 200,
               "[{\"seed\":1,\"progress\":null,\"sequence\":3}]");
  deleted = ask (fixture, "DELETE", JOBS "?seed=eq.0&select=prompt", user.token, NULL, "Prefer",
                 "return=representation", NULL);
  g_assert_cmpuint (deleted.status, ==, 200);
  g_assert_cmpstr (deleted.body, ==, "[{\"prompt\":\"a\"}]");
  http_expect (fixture, "DELETE", JOBS, user.token, NULL, 400, "21000");
}

/* ---- The tables' own rights ---- */

static void
test_jobs_are_ones_own (Fixture      *fixture,
                        gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) viewer = user_new (fixture);
  g_autofree char *on_board = NULL;

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &viewer, "viewer");
  on_board = g_strdup_printf ("{\"project_id\":\"%s\",\"element_id\":\"e1\",\"prompt\":\"secret\"}", fixture->project);
  http_expect (fixture, "POST", JOBS, owner.token, on_board, 201, "");
  http_expect (fixture, "POST", JOBS, viewer.token, on_board, 403, "42501"); /* who cannot draw there */
  http_expect (fixture, "GET", JOBS "?select=prompt,projects(name)", owner.token, NULL, 200,
               "[{\"prompt\":\"secret\",\"projects\":{\"name\":\"Plans\"}}]");
  http_expect (fixture, "GET", JOBS "?or=(prompt.eq.secret,user_id.not.is.null)", viewer.token, NULL, 200, "[]");
  http_expect (fixture, "PATCH", JOBS "?prompt=eq.secret", viewer.token, "{\"prompt\":\"mine\"}", 204, "");
  http_expect (fixture, "DELETE", JOBS "?prompt=eq.secret", viewer.token, NULL, 204, "");
  http_expect (fixture, "GET", JOBS "?prompt=eq.secret", NULL, NULL, 200, "[]");
  http_expect (fixture, "GET", JOBS "?select=prompt", owner.token, NULL, 200, "[{\"prompt\":\"secret\"}]");
}

static void
test_jobs_are_told (Fixture      *fixture,
                    gconstpointer data)
{
  g_auto (User) user = user_new (fixture);
  g_auto (User) other = user_new (fixture);
  g_autoptr (Ws) ws = ws_open (fixture, tela_backend_get_anon_key (fixture->backend));
  g_autofree char *topic = g_strconcat ("fal_jobs:", user.id, NULL);

  ws_join (ws, "1", topic, user.token, "{\"private\":true}");
  http_expect (fixture, "POST", JOBS, other.token, "{\"prompt\":\"other\"}", 201, "");
  make_jobs (fixture, &user, 1);
  ws_expect_part (ws, "494e53455254"); /* INSERT */
  http_expect (fixture, "PATCH", JOBS "?seed=eq.0", user.token, "{\"status\":\"done\"}", 204, "");
  ws_expect_part (ws, "555044415445"); /* UPDATE */
  http_expect (fixture, "PATCH", JOBS "?seed=eq.7", user.token, "{\"status\":\"done\"}", 204, "");
  http_expect (fixture, "DELETE", JOBS "?seed=eq.0", user.token, NULL, 204, "");
  ws_expect_part (ws, "44454c455445"); /* DELETE */
  ws_expect_nothing (ws);
}

static void
test_profiles (Fixture      *fixture,
               gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) mate = user_new (fixture);
  g_auto (User) stranger = user_new (fixture);
  g_autofree char *of_owner = g_strdup_printf (PROFILES "?id=eq.%s", owner.id);
  g_autofree char *upsert = g_strdup_printf ("{\"id\":\"%s\",\"name\":\"Ada\",\"color\":\"#00ff00\"}", owner.id);
  g_auto (Answer) merged = { 0 };

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &mate, "viewer");
  merged = ask (fixture, "POST", PROFILES, owner.token, upsert, "Prefer", "resolution=merge-duplicates", NULL);
  g_assert_cmpuint (merged.status, ==, 200);
  http_expect (fixture, "GET", of_owner, mate.token, NULL, 200, "\"name\":\"Ada\",\"color\":\"#00ff00\"");
  http_expect (fixture, "GET", of_owner, stranger.token, NULL, 200, "[]");
  http_expect (fixture, "GET", of_owner, NULL, NULL, 200, "[]");
  http_expect (fixture, "PATCH", of_owner, mate.token, "{\"name\":\"Eve\"}", 204, "");
  http_expect (fixture, "POST", PROFILES, mate.token, upsert, 409, "23505");
  http_expect (fixture, "PATCH", of_owner, owner.token, "{\"color\":\"red\"}", 400, "23514");
  http_expect (fixture, "DELETE", of_owner, owner.token, NULL, 403, "42501");
  http_expect (fixture, "GET", of_owner, owner.token, NULL, 200, "\"name\":\"Ada\",\"color\":\"#00ff00\"");
}

static void
test_invites (Fixture      *fixture,
              gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) editor = user_new (fixture);
  g_autofree char *sql = NULL;

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &editor, "editor");
  sql = g_strdup_printf (
      "INSERT INTO invites (id, project_id, host_id, role, token_hash, created_by, created_at, expires_at)"
      " VALUES ('33333333-3333-4333-8333-333333333333', '%s', 'host', 'viewer', 'not for anyone', '%s',"
      " 1700000000000, 1700000001000)",
      fixture->project, owner.id);
  run_sql (fixture, sql);
  http_expect (fixture, "GET", INVITES "?select=*,projects(name)", owner.token, NULL, 200,
               "\"host_id\":\"host\",\"role\":\"viewer\"");
  http_expect (fixture, "GET", INVITES "?revoked=is.false&expires_at=lt.2024-01-01&select=id,uses", owner.token, NULL,
               200, "[{\"id\":\"33333333-3333-4333-8333-333333333333\",\"uses\":0}]");
  http_expect (fixture, "GET", INVITES, editor.token, NULL, 200, "[]");
  http_expect (fixture, "GET", "/rest/v1/projects?select=invites(id)", editor.token, NULL, 200, "[{\"invites\":[]}]");
  http_expect (fixture, "GET", INVITES "?token_hash=like.*", owner.token, NULL, 400, "42703");
  http_expect (fixture, "GET", INVITES "?order=token_hash", owner.token, NULL, 400, "42703");
  http_expect (fixture, "POST", INVITES, owner.token, "{\"role\":\"editor\"}", 403, "42501");
  http_expect (fixture, "PATCH", INVITES "?uses=eq.0", editor.token, "{\"revoked\":true}", 204, "");
  http_expect (fixture, "GET", INVITES "?select=revoked", owner.token, NULL, 200, "[{\"revoked\":false}]");
  http_expect (fixture, "PATCH", INVITES "?uses=eq.0", owner.token, "{\"role\":\"editor\"}", 403, "42501");
  http_expect (fixture, "PATCH", INVITES "?uses=eq.0", owner.token, "{\"revoked\":true}", 204, "");
  http_expect (fixture, "GET", INVITES "?select=revoked,max_uses", owner.token, NULL, 200,
               "[{\"revoked\":true,\"max_uses\":null}]");
  http_expect (fixture, "DELETE", INVITES "?uses=eq.0", owner.token, NULL, 204, "");
  http_expect (fixture, "GET", INVITES, owner.token, NULL, 200, "[]");
}

/* The owner says who may what; nobody says who the owner is. */
static void
test_roles (Fixture      *fixture,
            gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) editor = user_new (fixture);
  g_autofree char *of_editor = g_strdup_printf ("/rest/v1/project_members?user_id=eq.%s", editor.id);
  g_autofree char *of_owner = g_strdup_printf ("/rest/v1/project_members?user_id=eq.%s", owner.id);
  const char      *service = tela_backend_get_service_key (fixture->backend);

  fixture_make_project (fixture, &owner);
  fixture_add_member (fixture, &owner, &editor, "editor");
  http_expect (fixture, "PATCH", of_editor, editor.token, "{\"role\":\"owner\"}", 204, "");
  http_expect (fixture, "PATCH", of_editor, owner.token, "{\"role\":\"owner\"}", 403, "42501");
  http_expect (fixture, "PATCH", of_editor, owner.token, "{\"role\":\"king\"}", 400, "23514");
  http_expect (fixture, "PATCH", of_owner, owner.token, "{\"role\":\"viewer\"}", 204, "");
  http_expect (fixture, "PATCH", of_owner, service, "{\"role\":\"viewer\"}", 204, "");
  http_expect (fixture, "DELETE", of_owner, service, NULL, 204, "");
  http_expect (fixture, "GET", of_owner, owner.token, NULL, 200, "\"role\":\"owner\"");
  http_expect (fixture, "PATCH", of_editor, owner.token, "{\"role\":\"viewer\"}", 204, "");
  http_expect (fixture, "GET", of_editor, owner.token, NULL, 200, "\"role\":\"viewer\"");
}

/* ---- Hostile ---- */

/* Everything that asks for rows, of every table, by one who is in no board. */
static void
test_stranger (Fixture      *fixture,
               gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) stranger = user_new (fixture);
  static const char *const tables[] = { "projects", "project_members", "elements", "fal_jobs", "invites" };
  static const char *const queries[] = {
    "",
    "?select=*",
    "?order=created_at.desc&limit=1000&offset=0",
    "?or=(id.not.is.null,id.is.null)",
    "?not.and=(id.is.null,id.is.null)",
    "?project_id=not.is.null",
    "?user_id=neq.11111111-1111-4111-8111-111111111111",
    "?select=projects(*)",
    "?select=project_members(*)",
    "?select=profiles(*),projects(*,project_members(*))",
  };
  g_autofree char *job = NULL;
  g_autofree char *push = NULL;

  fixture_make_project (fixture, &owner);
  job = g_strdup_printf ("{\"project_id\":\"%s\"}", fixture->project);
  http_expect (fixture, "POST", JOBS, owner.token, job, 201, "");
  push = g_strdup_printf ("{\"project\":\"%s\",\"ops\":[{\"id\":\"e\",\"at\":\"018bcfe568000000-0000000000000001\","
                          "\"set\":{\"type\":\"rectangle\"}}]}",
                          fixture->project);
  http_expect (fixture, "POST", "/rest/v1/rpc/tela_push", owner.token, push, 200, "\"rev\":1");
  http_expect (fixture, "POST", "/rest/v1/rpc/tela_push", stranger.token, push, 403, "42501");
  for (guint t = 0; t < G_N_ELEMENTS (tables); t++)
    for (guint q = 0; q < G_N_ELEMENTS (queries); q++)
      {
        g_autofree char *path = g_strconcat ("/rest/v1/", tables[t], queries[q], NULL);
        guint            status;
        g_autofree char *answer = http (fixture, "GET", path, stranger.token, NULL, &status);

        g_test_message ("%s: %u %s", path, status, answer);
        g_assert_true (status == 400 || strcmp (answer, "[]") == 0);
        g_assert_null (strstr (answer, fixture->project));
        g_assert_null (strstr (answer, owner.id));
      }
  http_expect (fixture, "GET", PROFILES "?select=id", stranger.token, NULL, 200, stranger.id);
  http_expect (fixture, "GET", PROFILES "?select=id&id=neq.11111111-1111-4111-8111-111111111111&order=id&offset=1",
               stranger.token, NULL, 200, "[]");
}

/* SQL wherever words go. Either it is refused, or it is a word; the tables stay. */
static void
test_sql (Fixture      *fixture,
          gconstpointer data)
{
  g_auto (User) user = user_owner (fixture);
  static const char *const sql[] = { "' OR 1=1 --", "'; DROP TABLE projects; --", "\" OR \"\"=\"", "x') OR ('1'='1",
                                     "1 UNION SELECT token FROM refresh_tokens", "id) FROM projects; --", "?1", "t.*" };
  static const char *const paths[] = { "/rest/v1/projects?select=%s",
                                       "/rest/v1/projects?select=a:%s",
                                       "/rest/v1/projects?select=%s:name",
                                       "/rest/v1/projects?select=project_members(%s)",
                                       "/rest/v1/projects?name=like.%s",
                                       "/rest/v1/projects?name=isdistinct.%s",
                                       "/rest/v1/projects?order=name.%s",
                                       "/rest/v1/projects?offset=%s",
                                       "/rest/v1/%s",
                                       "/rest/v1/rpc/%s",
                                       "/rest/v1/rpc/tela_head?project=%s" };
  static const char *const bodies[] = { "{\"%s\":1}", "{\"name\":\"%s\",\"%s\":2}", "[{\"id\":\"%s\"}]" };
  static const char *const inserts[] = { "/rest/v1/projects?columns=%s", "/rest/v1/projects?on_conflict=%s" };

  fixture_make_project (fixture, &user);
  for (guint s = 0; s < G_N_ELEMENTS (sql); s++)
    {
      g_autofree char *escaped = g_uri_escape_string (sql[s], NULL, FALSE);
      g_auto (GStrv) in_json = g_strsplit (sql[s], "\"", -1);
      g_autofree char *quoted = g_strjoinv ("\\\"", in_json);
      guint            status;

      for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
        {
          g_auto (GStrv) halves = g_strsplit (paths[i], "%s", 2);
          g_autofree char *path = g_strconcat (halves[0], escaped, halves[1], NULL);
          g_autofree char *answer = http (fixture, "GET", path, user.token, NULL, &status);

          g_test_message ("%s: %u %s", path, status, answer);
          g_assert_true (status == 400 || status == 404 || status == 200);
          g_assert_null (strstr (answer, "syntax error"));
          g_assert_null (strstr (answer, user.refresh));
        }
      for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
        {
          g_auto (GStrv) parts = g_strsplit (bodies[i], "%s", -1);
          g_autofree char *body = g_strjoinv (quoted, parts);

          http_expect (fixture, "POST", "/rest/v1/projects", user.token, body, 400, "\"code\":");
          http_expect (fixture, "PATCH", "/rest/v1/projects?name=eq.Plans", user.token, body, i == 2 ? 403 : 400,
                       "\"code\":");
        }
      for (guint i = 0; i < G_N_ELEMENTS (inserts); i++)
        {
          g_auto (GStrv) halves = g_strsplit (inserts[i], "%s", 2);
          g_autofree char *path = g_strconcat (halves[0], escaped, NULL);

          http_expect (fixture, "POST", path, user.token, "[{\"name\":\"x\"}]", 400, "\"code\":");
        }
    }
  http_expect (fixture, "GET", "/rest/v1/projects?select=name", user.token, NULL, 200, "[{\"name\":\"Plans\"}]");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backend/tables/like", test_like);
#define ADD(path, func) g_test_add ("/backend/tables/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("select", test_select);
  ADD ("select-bad", test_select_bad);
  ADD ("pages", test_pages);
  ADD ("single", test_single);
  ADD ("profile-header", test_profile_header);
  ADD ("insert", test_insert);
  ADD ("insert-is-whole", test_insert_is_whole);
  ADD ("upsert", test_upsert);
  ADD ("change", test_change);
  ADD ("jobs-are-ones-own", test_jobs_are_ones_own);
  ADD ("jobs-are-told", test_jobs_are_told);
  ADD ("profiles", test_profiles);
  ADD ("invites", test_invites);
  ADD ("roles", test_roles);
  ADD ("stranger", test_stranger);
  ADD ("sql", test_sql);
  return g_test_run ();
}
