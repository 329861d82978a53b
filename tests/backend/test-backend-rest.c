/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-fixture.h"
#include "backend-query.h"

/* ---- The query string ---- */

static const TelaColumn columns[] = {
  { "id", "id", TELA_COLUMN_TEXT },
  { "rev", "rev", TELA_COLUMN_INTEGER },
  { "project_id", "project_id", TELA_COLUMN_UUID },
  { "done", "done", TELA_COLUMN_BOOLEAN },
  { "at", "at", TELA_COLUMN_TIME, TELA_COLUMN_MAY_NULL },
  { "progress", "progress", TELA_COLUMN_REAL },
  { NULL },
};

static void
test_query_good (void)
{
  static const struct
  {
    const char *query, *where, *order;
    guint       n;
  } cases[] = {
    { NULL, "1", "", 0 },
    { "select=*&apikey=x", "1", "", 0 },
    { "id=eq.a&id=neq.b", "1 AND (id = ?) AND (id <> ?)", "", 2 },
    { "or=(rev.gt.5,and(rev.eq.5,id.gt.x))&order=rev.asc,id.desc", "1 AND ((rev > ?) OR ((rev = ?) AND (id > ?)))",
      "rev ASC, id DESC", 3 },
    { "not.and=(rev.lte.1,not.or(id.is.null,id.lt.a))", "1 AND NOT ((rev <= ?) AND NOT ((id IS NULL) OR (id < ?)))", "",
      2 },
    { "rev=not.gte.7", "1 AND NOT (rev >= ?)", "", 1 },
    { "id=in.(a,%22b%2Cc%22,d)", "1 AND (id IN (?, ?, ?))", "", 3 },
    { "id=in.()", "1 AND (id IN ())", "", 0 },
    { "or=(id.eq.%22a%2C%5C%22)%22)", "1 AND ((id = ?))", "", 1 },
    { "project_id=eq.AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA", "1 AND (project_id = ?)", "", 1 },
    { "order=rev.desc.nullslast", "1", "rev DESC", 0 },
    { "order=at,at.desc,at.asc.nullsfirst,at.desc.nullslast", "1",
      "at ASC NULLS LAST, at DESC NULLS FIRST, at ASC NULLS FIRST, at DESC NULLS LAST", 0 },
    { "id=like.a*&id=not.ilike.%25b", "1 AND (tela_like (id, ?, 0)) AND NOT (tela_like (id, ?, 1))", "", 2 },
    { "done=is.true&done=eq.false&at=is.not_null", "1 AND (done IS 1) AND (done = ?) AND (at IS NOT NULL)", "", 1 },
    { "at=gt.2026-08-21T10:00:00.5Z&at=lt.2026-08-22", "1 AND (at > ?) AND (at < ?)", "", 2 },
    { "progress=lt.0.5&rev=isdistinct.3", "1 AND (progress < ?) AND (rev IS NOT ?)", "", 2 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TelaQuery) query = tela_query_parse (cases[i].query, columns, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (query->where->str, ==, cases[i].where);
      g_assert_cmpstr (query->order->str, ==, cases[i].order);
      g_assert_cmpuint (query->values->len, ==, cases[i].n);
    }
}

static void
test_query_bad (void)
{
  static const struct
  {
    const char    *query;
    TelaQueryError code;
  } cases[] = {
    { "nope=eq.1", TELA_QUERY_ERROR_COLUMN },
    { "id;drop=eq.1", TELA_QUERY_ERROR_COLUMN },
    { "order=id;DROP", TELA_QUERY_ERROR_COLUMN },
    { "order=id.sideways", TELA_QUERY_ERROR_SYNTAX },
    { "or=(nope.eq.1)", TELA_QUERY_ERROR_COLUMN },
    { "rev=eq.1;DROP", TELA_QUERY_ERROR_VALUE },
    { "rev=eq.", TELA_QUERY_ERROR_VALUE },
    { "rev=eq.99999999999999999999", TELA_QUERY_ERROR_VALUE },
    { "project_id=eq.1", TELA_QUERY_ERROR_VALUE },
    { "id=eq.%ff", TELA_QUERY_ERROR_SYNTAX },
    { "id=match.x", TELA_QUERY_ERROR_SYNTAX },
    { "rev=like.x", TELA_QUERY_ERROR_SYNTAX },
    { "rev=is.true", TELA_QUERY_ERROR_SYNTAX },
    { "done=is.7", TELA_QUERY_ERROR_SYNTAX },
    { "done=eq.1", TELA_QUERY_ERROR_VALUE },
    { "at=gt.yesterday", TELA_QUERY_ERROR_VALUE },
    { "at=gt.5", TELA_QUERY_ERROR_VALUE },
    { "progress=lt.nan", TELA_QUERY_ERROR_VALUE },
    { "progress=lt.1x", TELA_QUERY_ERROR_VALUE },
    { "order=id.nullsdrop", TELA_QUERY_ERROR_SYNTAX },
    { "id=", TELA_QUERY_ERROR_SYNTAX },
    { "id=eq", TELA_QUERY_ERROR_SYNTAX },
    { "id=is.true", TELA_QUERY_ERROR_SYNTAX },
    { "id=in.(a", TELA_QUERY_ERROR_SYNTAX },
    { "id=in.a", TELA_QUERY_ERROR_SYNTAX },
    { "id=in.(a)x", TELA_QUERY_ERROR_SYNTAX },
    { "id=in.(%22a)", TELA_QUERY_ERROR_SYNTAX },
    { "or=", TELA_QUERY_ERROR_SYNTAX },
    { "or=()", TELA_QUERY_ERROR_COLUMN },
    { "or=(id.eq.a", TELA_QUERY_ERROR_SYNTAX },
    { "or=(id.eq.a))", TELA_QUERY_ERROR_SYNTAX },
    { "or=(id.eq.%22a)", TELA_QUERY_ERROR_SYNTAX },
    { "and=(and(and(and(and(and(and(and(and(id.eq.a)))))))))", TELA_QUERY_ERROR_SYNTAX },
    { "limit=x", TELA_QUERY_ERROR_SYNTAX },
    { "limit=-1", TELA_QUERY_ERROR_SYNTAX },
    { "offset=1e9", TELA_QUERY_ERROR_SYNTAX },
    { "id=eq.a%", TELA_QUERY_ERROR_SYNTAX },
    { "id", TELA_QUERY_ERROR_SYNTAX },
  };
  g_autoptr (GString) many = g_string_new ("id=in.(a");

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", cases[i].query);
      g_assert_null (tela_query_parse (cases[i].query, columns, &error));
      g_assert_error (error, TELA_QUERY_ERROR, (int) cases[i].code);
    }
  for (guint i = 0; i < TELA_QUERY_MAX_TERMS; i++)
    g_string_append (many, ",a");
  g_assert_null (tela_query_parse (g_string_append (many, ")")->str, columns, NULL));
}

/* ---- Over HTTP ---- */

static void
test_projects (Fixture      *fixture,
               gconstpointer data)
{
  g_auto (User) owner = user_owner (fixture);
  g_auto (User) other = user_new (fixture);
  g_autofree char *again = NULL;
  g_autofree char *by_id = NULL;
  g_autofree char *made = NULL;
  guint            status;

  made = http_prefer (fixture, "POST", "/rest/v1/projects", owner.token, "[{\"name\":\"A \\u00e9\"}]",
                      "return=representation", &status);
  g_assert_cmpuint (status, ==, 201);
  g_assert_nonnull (strstr (made, "\"name\":\"A é\",\"owner\":\""));

  fixture_make_project (fixture, &owner);
  again = g_strdup_printf ("{\"id\":\"%s\",\"name\":\"Other name\"}", fixture->project);
  http_expect (fixture, "POST", "/rest/v1/projects", owner.token, again, 409, "23505");
  http_expect (fixture, "POST", "/rest/v1/projects", other.token, again, 409, "23505");
  by_id = g_strconcat ("/rest/v1/projects?select=*&id=eq.", fixture->project, NULL);
  http_expect (fixture, "GET", by_id, owner.token, NULL, 200, "\"name\":\"Plans\"");
  http_expect (fixture, "GET", "/rest/v1/projects?order=name.desc&limit=1", owner.token, NULL, 200, "[{\"id\":\"");
  http_expect (fixture, "GET", "/rest/v1/projects?order=name.desc&limit=1", owner.token, NULL, 200,
               "\"name\":\"Plans\"");
  http_expect (fixture, "DELETE", by_id, owner.token, NULL, 204, "");
  http_expect (fixture, "GET", by_id, owner.token, NULL, 200, "[]");
}

static void
test_errors (Fixture      *fixture,
             gconstpointer data)
{
  g_auto (User) user = user_owner (fixture);
  g_autofree char *long_name = g_strnfill (2000, 'x');
  g_autofree char *too_long = g_strdup_printf ("{\"name\":\"%s\"}", long_name);
  const struct
  {
    const char *method, *path, *body;
    guint       status;
    const char *part;
  } cases[] = {
    { "GET", "/rest/v1/nothing", NULL, 404, "\"code\":\"PGRST205\"" },
    { "POST", "/rest/v1/rpc/nothing", "{}", 404, "\"code\":\"PGRST202\"" },
    { "GET", "/rest/v1/rpc/tela_push", NULL, 405, "PGRST101" },
    { "GET", "/rest/v1/rpc/tela_head?project=x", NULL, 400, "22P02" },
    { "GET", "/rest/v1/projects?nope=eq.1", NULL, 400, "\"code\":\"42703\"" },
    { "GET", "/rest/v1/projects?id=eq.1", NULL, 400, "\"code\":\"22P02\"" },
    { "GET", "/rest/v1/projects?id=1", NULL, 400, "\"code\":\"PGRST100\"" },
    { "POST", "/rest/v1/projects", "{\"name\":", 400, "\"code\":\"PGRST102\"" },
    { "POST", "/rest/v1/projects", "[1]", 400, "\"code\":\"PGRST102\"" },
    { "POST", "/rest/v1/projects", "[{\"name\":\"a\"},{}]", 400, "\"code\":\"PGRST102\"" },
    { "POST", "/rest/v1/projects", "7", 400, "\"code\":\"PGRST102\"" },
    { "POST", "/rest/v1/projects", "{\"nope\":1}", 400, "\"code\":\"PGRST204\"" },
    { "POST", "/rest/v1/projects", "{\"id\":\"x\"}", 400, "\"code\":\"22P02\"" },
    { "POST", "/rest/v1/projects", "{\"id\":7}", 400, "\"code\":\"22P02\"" },
    { "POST", "/rest/v1/projects", "{\"owner\":\"11111111-1111-4111-8111-111111111111\"}", 403, "\"code\":\"42501\"" },
    { "POST", "/rest/v1/projects", too_long, 400, "\"code\":\"22001\"" },
    { "PATCH", "/rest/v1/projects", "{\"name\":\"x\"}", 400, "\"code\":\"21000\"" },
    { "PATCH", "/rest/v1/projects?name=eq.x", "{\"rev\":1}", 403, "\"code\":\"42501\"" },
    { "DELETE", "/rest/v1/projects", NULL, 400, "\"code\":\"21000\"" },
    { "PUT", "/rest/v1/projects", "{}", 405, "PGRST117" },
    { "POST", "/rest/v1/elements", "{}", 403, "\"code\":\"42501\"" },
    { "POST", "/rest/v1/rpc/tela_push", "{}", 404, "\"project\\\"" },
    { "POST", "/rest/v1/rpc/tela_push", "[]", 400, "PGRST102" },
    { "POST", "/rest/v1/rpc/tela_head", "{\"project\":\"x\"}", 400, "22P02" },
    { "GET", "/nowhere", NULL, 404, "no Route matched" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    http_expect (fixture, cases[i].method, cases[i].path, user.token, cases[i].body, cases[i].status, cases[i].part);
}

/* SQL in every parameter: it is only ever a value that matches nothing. */
static void
test_injection (Fixture      *fixture,
                gconstpointer data)
{
  g_auto (User) user = user_owner (fixture);
  static const char *const sql[] = { "' OR 1=1 --", "'; DROP TABLE projects; --", "\" OR \"\"=\"", "x') OR ('1'='1",
                                     "1 UNION SELECT 1" };
  static const char *const paths[] = {
    "/rest/v1/projects?name=eq.%s",
    "/rest/v1/projects?name=in.(%s)",
    "/rest/v1/elements?id=gt.%s&project_id=is.null",
    "/rest/v1/elements?or=(id.eq.%s)&project_id=is.null",
    "/rest/v1/project_members?role=eq.%s",
  };
  static const char *const refused[] = {
    "/rest/v1/projects?id=eq.%s",
    "/rest/v1/projects?%s=eq.1",
    "/rest/v1/projects?order=%s",
    "/rest/v1/projects?limit=%s",
    "/rest/v1/elements?rev=gt.%s",
    "/rest/v1/projects?or=(%s.eq.1)",
    "/rest/v1/projects?or=%s",
  };

  fixture_make_project (fixture, &user);
  for (guint s = 0; s < G_N_ELEMENTS (sql); s++)
    {
      g_autofree char *escaped = g_uri_escape_string (sql[s], NULL, FALSE);
      guint            status;

      for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
        {
          g_auto (GStrv) halves = g_strsplit (paths[i], "%s", 2);
          g_autofree char *path = g_strconcat (halves[0], escaped, halves[1], NULL);
          g_autofree char *answer = http (fixture, "GET", path, user.token, NULL, &status);

          g_assert_true (status == 400 || strcmp (answer, "[]") == 0);
        }
      for (guint i = 0; i < G_N_ELEMENTS (refused); i++)
        {
          g_auto (GStrv) halves = g_strsplit (refused[i], "%s", 2);
          g_autofree char *path = g_strconcat (halves[0], escaped, halves[1], NULL);

          http_expect (fixture, "GET", path, user.token, NULL, 400, "\"code\":");
        }
    }
  http_expect (fixture, "GET", "/rest/v1/projects", user.token, NULL, 200, "\"name\":\"Plans\"");
}

static void
test_head (Fixture      *fixture,
           gconstpointer data)
{
  g_auto (User) user = user_owner (fixture);
  g_autoptr (SoupMessage) msg = http_message (fixture, "HEAD", "/rest/v1/projects", user.token);
  g_autoptr (GBytes) body = NULL;

  fixture_make_project (fixture, &user);
  body = soup_session_send_and_read (fixture->session, msg, NULL, NULL);
  g_assert_cmpuint (soup_message_get_status (msg), ==, 200);
  g_assert_cmpuint (g_bytes_get_size (body), ==, 0);
  g_assert_cmpstr (soup_message_headers_get_one (soup_message_get_response_headers (msg), "Content-Range"), ==,
                   "0-0/*");
}

static void
test_body_limits (Fixture      *fixture,
                  gconstpointer data)
{
  g_auto (User) user = user_owner (fixture);
  g_autofree char *large = g_strnfill (5 * 1024 * 1024, ' ');

  http_expect (fixture, "POST", "/rest/v1/projects", user.token, large, 413, "");
  http_expect (fixture, "GET", "/rest/v1/projects", user.token, NULL, 200, "[]");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backend/query/good", test_query_good);
  g_test_add_func ("/backend/query/bad", test_query_bad);
#define ADD(path, func) g_test_add ("/backend/rest/" path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("projects", test_projects);
  ADD ("errors", test_errors);
  ADD ("injection", test_injection);
  ADD ("head", test_head);
  ADD ("body-limits", test_body_limits);
  return g_test_run ();
}
