/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The WebSocket client of the fixture. */

#include "backend-filter.h"

static const TelaColumn columns[] = {
  { "n", "t.n", TELA_COLUMN_INTEGER, TELA_COLUMN_KEY, 0 },
  { "text", "t.text", TELA_COLUMN_TEXT, 0, 0 },
  { "good", "t.good", TELA_COLUMN_BOOLEAN, 0, 0 },
  { "at", "t.at", TELA_COLUMN_TIME, 0, 0 },
  { "part", "t.part", TELA_COLUMN_REAL, 0, 0 },
  { 0 },
};

static const TelaTable table = { .name = "things", .columns = columns };

/* One row: 5, "a, Fine (one)", true, 2024-01-01, null. */
static gboolean
matches (const char *text)
{
  TelaCell cells[] = {
    { .type = SQLITE_INTEGER, .integer = 5 },
    { .type = SQLITE_TEXT, .text = (char *) "a, Fine (one)" },
    { .type = SQLITE_INTEGER, .integer = 1 },
    { .type = SQLITE_INTEGER, .integer = G_GINT64_CONSTANT (1704067200000) },
    { .type = SQLITE_NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaFilter) filter = tela_filter_parse (text, &error);

  g_assert_no_error (error);
  tela_filter_prepare (filter, &table, &error);
  g_assert_no_error (error);
  return tela_filter_match (filter, cells);
}

static void
test_match (void)
{
  static const char *const good[] = {
    "",
    "  ",
    "n=eq.5",
    "n=neq.6",
    "n=lt.6",
    "n=lte.5",
    "n=gt.4",
    "n=gte.5",
    "n=in.(4,5)",
    "n=not.in.(4,6)",
    "n=not.eq.6",
    "n=gt.4,n=lt.6",
    "text=eq.\"a, Fine (one)\"",
    "text=in.(x,\"a, Fine (one)\")",
    "text=like.%Fi%",
    "text=ilike.%FI%",
    "text=not.like.%fi%",
    "text=match.^a.*\\)$",
    "text=imatch.FINE",
    "good=is.true",
    "good=eq.true",
    "good=not.is.null",
    "at=gt.2023-12-31T00:00:00Z",
    "part=is.null",
    "part=isdistinct.1.5",
    "n=isdistinct.4",
  };
  static const char *const bad[] = {
    "n=eq.6",
    "n=neq.5",
    "n=in.(4,6)",
    "n=gt.4,n=gt.5",
    "text=like.%fi%",
    "text=match.^b",
    "good=is.false",
    "good=is.null",
    "part=eq.1",
    "part=neq.1",
    "part=not.eq.1",
    "part=not.is.null",
    "n=isdistinct.5",
    "part=gt.0",
    "text=not.like.a%",
    "at=lt.2023-12-31",
    "part=in.(1)",
    "good=is.unknown",
  };

  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    if (!matches (good[i]))
      g_error ("%s does not match", good[i]);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if (matches (bad[i]))
      g_error ("%s matches", bad[i]);
}

static void
test_errors (void)
{
  static const char *const syntax[] = {
    "garbage",
    "=eq.1",
    "n=1",
    "n=foo.1",
    "n=in.1",
    "n=in.(1",
    "n=is.maybe",
    "n=eq.1,",
    "n=not.1",
    ",",
  };
  static const char *const values[] = {
    "nocol=eq.1",
    "n=eq.x",
    "at=gt.soon",
    "text=match.(",
    "text=match.(*LIMIT_MATCH=4000000000)(a+)+$",
    "text=imatch.\"(*UTF)(a+)+$\"",
    "n=match.5",
    "n=like.5",
    "n=in.(1,x)",
  };
  g_autoptr (GString) many = g_string_new ("n=in.(0");

  for (guint i = 0; i < G_N_ELEMENTS (syntax); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TelaFilter) filter = tela_filter_parse (syntax[i], &error);

      g_assert_error (error, TELA_FILTER_ERROR, TELA_FILTER_ERROR_SYNTAX);
      g_assert_null (filter);
    }
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TelaFilter) filter = tela_filter_parse (values[i], NULL);

      g_assert_nonnull (filter);
      g_assert_false (tela_filter_prepare (filter, &table, &error));
      g_assert_cmpint (error->code, ==, i == 0 ? (int) TELA_FILTER_ERROR_COLUMN : (int) TELA_FILTER_ERROR_VALUE);
    }
  for (guint i = 1; i <= TELA_FILTER_MAX_VALUES; i++)
    {
      g_autofree char *text = g_strconcat (many->str, ")", NULL);
      g_autoptr (TelaFilter) filter = tela_filter_parse (text, NULL);

      g_assert_true (tela_filter_prepare (filter, &table, NULL));
      g_string_append (many, ",1");
    }
  {
    g_autofree char *text = g_strconcat (many->str, ")", NULL);
    g_autoptr (TelaFilter) filter = tela_filter_parse (text, NULL);

    g_assert_false (tela_filter_prepare (filter, &table, NULL));
  }
}

/* A pattern that would try for ever gives up. */
static void
test_slow_pattern (void)
{
  g_autofree char *text = g_strnfill (40, 'a');
  TelaCell         cells[] = { { .type = SQLITE_NULL }, { .type = SQLITE_TEXT, .text = text } };
  g_autoptr (TelaFilter) filter = tela_filter_parse ("text=match.^(a+)+b", NULL);
  gint64 start = g_get_monotonic_time ();

  g_assert_true (tela_filter_prepare (filter, &table, NULL));
  g_assert_false (tela_filter_match (filter, cells));
  g_assert_cmpint (g_get_monotonic_time () - start, <, 60 * G_USEC_PER_SEC);
}

static void
test_inspect (void)
{
  g_autoptr (TelaFilter) filter = tela_filter_parse ("n=not.in.(4,5),text=eq.x", NULL);
  g_autoptr (GString) out = g_string_new (NULL);

  tela_filter_inspect (filter, out);
  g_assert_cmpstr (out->str, ==, "[{\"n\", \"in\", \"(4,5)\", true}, {\"text\", \"eq\", \"x\", false}]");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/backend/filter/match", test_match);
  g_test_add_func ("/backend/filter/errors", test_errors);
  g_test_add_func ("/backend/filter/inspect", test_inspect);
  g_test_add_func ("/backend/filter/slow-pattern", test_slow_pattern);
  return g_test_run ();
}
