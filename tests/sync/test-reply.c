/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-reply.h"

#include "tela-http.h"

static GBytes *
bytes (const char *text)
{
  return g_bytes_new_static (text, strlen (text));
}

static void
test_head (void)
{
  g_autoptr (GBytes) body = bytes ("{\"epoch\":\"ab\",\"rev\":7,\"pruned_rev\":3,\"now\":1700000000123,\"more\":[{}],"
                                   "\"refused\":[{\"i\":2,\"code\":\"future\",\"message\":\"Too soon\"}]}");
  g_autoptr (GBytes) iso = bytes ("{\"epoch\":5,\"rev\":0,\"now\":\"2023-11-14T22:13:20.123Z\"}");
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaHead) head = tela_head_parse (body, &error);
  const TelaRefused *refused;

  g_assert_no_error (error);
  g_assert_cmpstr (head->epoch, ==, "ab");
  g_assert_cmpint (head->rev, ==, 7);
  g_assert_cmpint (head->pruned_rev, ==, 3);
  g_assert_cmpint (head->now_ms, ==, G_GINT64_CONSTANT (1700000000123));
  g_assert_cmpuint (head->refused->len, ==, 1);
  refused = g_ptr_array_index (head->refused, 0);
  g_assert_cmpuint (refused->i, ==, 2);
  g_assert_cmpstr (refused->code, ==, "future");
  g_assert_cmpstr (refused->message, ==, "Too soon");

  tela_head_free (g_steal_pointer (&head));
  head = tela_head_parse (iso, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (head->epoch, ==, "5");
  g_assert_cmpint (head->now_ms, ==, G_GINT64_CONSTANT (1700000000123));
}

static void
test_bad_heads (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{",
    "null",
    "{\"rev\":1}",
    "{\"epoch\":\"a\"}",
    "{\"epoch\":\"a\",\"rev\":-1}",
    "{\"epoch\":\"a\",\"rev\":\"1\"}",
    "{\"epoch\":\"a\",\"rev\":1,\"refused\":[{\"code\":\"x\"}]}",
    "{\"epoch\":\"a\",\"rev\":1,\"refused\":{}}",
    "{\"epoch\":\"a\",\"rev\":1} 2",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) body = bytes (bad[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (TelaHead) head = tela_head_parse (body, &error);

      g_assert_null (head);
      g_assert_nonnull (error);
    }
}

static void
test_page (void)
{
  g_autoptr (GBytes) body = bytes ("[{\"id\":\"e1\",\"rev\":3,\"props\":{\"type\":\"rectangle\",\"x\":5},\"stamps\":{"
                                   "\"base\":\"01964a2c7f3e0001-a1b2c3d4e5f60718\"}},"
                                   "{\"id\":\"e2\",\"rev\":4,\"props\":{\"x\":\"not a number\"},\"stamps\":{}}]");
  g_autoptr (GBytes) none = bytes ("[]");
  g_autoptr (GBytes) bad = bytes ("[{\"id\":\"e1\",\"props\":{},\"stamps\":{}}]");
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaPage) page = tela_page_parse (body, &error);
  g_autoptr (TelaPage) empty = tela_page_parse (none, NULL);
  g_autoptr (TelaPage) broken = tela_page_parse (bad, NULL);

  g_assert_no_error (error);
  g_assert_cmpuint (page->n_rows, ==, 2);
  g_assert_cmpuint (page->elements->len, >=, 1);
  g_assert_cmpfloat (tela_element_get_number (g_ptr_array_index (page->elements, 0), TELA_KEY_X, 0), ==, 5);
  g_assert_cmpint (page->rev, ==, 4);
  g_assert_cmpstr (page->id, ==, "e2");
  g_assert_cmpuint (empty->n_rows, ==, 0);
  g_assert_null (broken);
}

static void
test_change (void)
{
  const char *text = "{\"epoch\":\"a\",\"rev\":2,\"part\":1,\"of\":3,\"id\":\"x\",\"ops\":[{\"id\":\"e1\",\"at\":"
                     "\"01964a2c7f3e0001-a1b2c3d4e5f60718\",\"set\":{\"x\":1}}]}";
  const char *bad = "{\"epoch\":\"a\",\"rev\":2,\"part\":1,\"of\":3,\"ops\":[{\"id\":\"e1\",\"set\":{\"x\":1}}]}";
  g_autoptr (TelaFeedChange) change = tela_feed_change_parse (text, strlen (text), NULL);
  g_autoptr (TelaFeedChange) broken = tela_feed_change_parse (bad, strlen (bad), NULL);

  g_assert_nonnull (change);
  g_assert_cmpint (change->rev, ==, 2);
  g_assert_cmpint (change->part, ==, 1);
  g_assert_cmpint (change->of, ==, 3);
  g_assert_cmpuint (change->ops->len, ==, 1);
  g_assert_null (broken);
}

static void
test_projects (void)
{
  g_autoptr (GBytes) body = bytes (
      "[{\"id\":\"0f5c6f0e-0000-4000-8000-000000000001\",\"name\":\"A\",\"updated_at\":\"1970-01-01T00:00:01+00:00\"},"
      "{\"project_id\":\"0f5c6f0e-0000-4000-8000-000000000002\",\"role\":\"viewer\",\"name\":null}]");
  g_autoptr (GBytes) bad = bytes ("[{\"id\":\"../etc\"}]");
  g_autoptr (GPtrArray) rows = tela_project_rows_parse (body, NULL);
  g_autoptr (GPtrArray) none = tela_project_rows_parse (bad, NULL);
  const TelaProjectRow *row;

  g_assert_cmpuint (rows->len, ==, 2);
  row = g_ptr_array_index (rows, 0);
  g_assert_cmpstr (row->name, ==, "A");
  g_assert_cmpint (row->updated_ms, ==, 1000);
  row = g_ptr_array_index (rows, 1);
  g_assert_cmpstr (row->role, ==, "viewer");
  g_assert_null (row->name);
  g_assert_null (none);
}

static void
test_errors (void)
{
  static const struct
  {
    guint           status;
    const char     *body;
    TelaRemoteError code;
  } cases[] = {
    { 401, "{\"code\":\"PGRST303\",\"message\":\"JWT expired\"}", TELA_REMOTE_ERROR_AUTH },
    { 403, "{\"code\":\"42501\",\"message\":\"denied\"}", TELA_REMOTE_ERROR_REFUSED },
    { 404, "{\"code\":\"PGRST202\",\"message\":\"no such function\"}", TELA_REMOTE_ERROR_SERVER },
    { 413, "<html>", TELA_REMOTE_ERROR_REFUSED },
    { 429, "", TELA_REMOTE_ERROR_SERVER },
    { 503, "null", TELA_REMOTE_ERROR_SERVER },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) body = bytes (cases[i].body);
      g_autoptr (GError) error = tela_http_error_new (cases[i].status, body);

      g_assert_error (error, TELA_REMOTE_ERROR, (int) cases[i].code);
    }
}

/* A row that only says when it was written: as a whole the later one wins, in whatever order they come. */
static void
test_row_level (void)
{
  g_autoptr (GBytes) body =
      bytes ("[{\"id\":\"e1\",\"rev\":1,\"props\":{\"type\":\"line\",\"x\":1,\"y\":1},"
             "\"updated_at\":\"2026-01-02T03:04:05.006+00:00\"},"
             "{\"id\":\"e1\",\"rev\":2,\"props\":{\"type\":\"line\",\"x\":2,\"y\":2},\"stamps\":null,"
             "\"updated_at\":\"2026-01-02T04:04:05.007+01:00\"}]");
  g_autoptr (GBytes) none = bytes ("[{\"id\":\"e1\",\"rev\":1,\"props\":{},\"updated_at\":\"some day\"}]");
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaPage) page = tela_page_parse (body, &error);
  g_autoptr (TelaPage) bad = tela_page_parse (none, NULL);
  TelaElement *earlier, *later;

  g_assert_no_error (error);
  g_assert_null (bad);
  g_assert_cmpuint (page->elements->len, ==, 2);
  earlier = g_ptr_array_index (page->elements, 0);
  later = g_ptr_array_index (page->elements, 1);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (TelaElement) both = i == 0 ? tela_element_merge (earlier, later, NULL) : tela_element_merge (later, earlier, NULL);
      g_autofree char *when = tela_stamp_to_iso (tela_element_get_stamp (both));

      g_assert_cmpfloat (tela_element_get_number (both, TELA_KEY_X, 0), ==, 2);
      g_assert_cmpfloat (tela_element_get_number (both, TELA_KEY_Y, 0), ==, 2);
      g_assert_true (g_str_has_prefix (when, "2026-01-02T03:04:05.007"));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/reply/head/good", test_head);
  g_test_add_func ("/reply/head/bad", test_bad_heads);
  g_test_add_func ("/reply/page", test_page);
  g_test_add_func ("/reply/page/row-level", test_row_level);
  g_test_add_func ("/reply/change", test_change);
  g_test_add_func ("/reply/projects", test_projects);
  g_test_add_func ("/reply/errors", test_errors);
  return g_test_run ();
}
