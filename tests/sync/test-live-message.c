/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-live-message.h"

static TelaElement *
stroke (guint n)
{
  TelaOpBuilder *builder = tela_op_builder_new ("ink");
  TelaNumbers   *points = tela_numbers_new (n, 2, NULL);

  for (guint i = 0; i < 2 * n; i++)
    points->v[i] = i;
  tela_op_builder_set_string (builder, TELA_KEY_TYPE, "freedraw");
  tela_op_builder_set (builder, TELA_KEY_POINTS, tela_value_numbers (points));
  return tela_op_builder_end (builder, (TelaStamp){ 0 });
}

static TelaElement *
moved (double x)
{
  TelaOpBuilder *builder = tela_op_builder_new ("e1");

  tela_op_builder_set_number (builder, TELA_KEY_X, x);
  return tela_op_builder_end (builder, (TelaStamp){ 0 });
}

static void
test_round_trip (void)
{
  const TelaStamp at = { 0x01964a2c7f3e0001, 0xa1b2c3d4e5f60718 };
  g_autoptr (TelaElement) op = moved (5);
  g_autoptr (TelaElement) ink = stroke (10);
  g_autofree char *text = tela_live_message_write ("g1", 3, &op, 1, (TelaLiveInk){ ink, 4 }, &at, TRUE, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaLiveMessage) read = tela_live_message_read (text, strlen (text), &error);

  g_assert_no_error (error);
  g_assert_cmpstr (read->gesture, ==, "g1");
  g_assert_cmpint (read->n, ==, 3);
  g_assert_cmpuint (read->ops->len, ==, 1);
  g_assert_cmpfloat (tela_element_get_number (g_ptr_array_index (read->ops, 0), TELA_KEY_X, 0), ==, 5);
  g_assert_cmpstr (read->ink_id, ==, "ink");
  g_assert_cmpint (read->ink_from, ==, 4);
  g_assert_cmpuint (read->ink_points->n, ==, 6);
  g_assert_cmpfloat (read->ink_points->v[0], ==, 8);
  g_assert_null (tela_element_get_numbers (read->ink_style, TELA_KEY_POINTS));
  g_assert_cmpint (tela_stamp_compare (read->at, at), ==, 0);
  g_assert_true (read->end);
}

static void
test_too_large (void)
{
  g_autoptr (TelaElement) ink = stroke (20000);
  g_autofree char *whole = tela_live_message_write ("g1", 1, NULL, 0, (TelaLiveInk){ ink, 0 }, NULL, FALSE, NULL);
  g_autofree char *tail = tela_live_message_write ("g1", 1, NULL, 0, (TelaLiveInk){ ink, 19990 }, NULL, FALSE, NULL);

  g_assert_null (whole);
  g_assert_nonnull (tail);
}

static void
test_bad (void)
{
  static const char *const bad[] = {
    "",
    "[]",
    "{}",
    "{\"gesture\":1}",
    "{\"gesture\":\"g\",\"set\":[]}",
    "{\"gesture\":\"g\",\"set\":{\"e\":1}}",
    "{\"gesture\":\"g\",\"ink\":{}}",
    "{\"gesture\":\"g\",\"ink\":{\"id\":\"i\",\"from\":-1}}",
    "{\"gesture\":\"g\",\"ink\":{\"id\":\"i\",\"from\":99999999}}",
    "{\"gesture\":\"0123456789012345678901234567890123456789012345678901234567890123456789\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (TelaLiveMessage) read = tela_live_message_read (bad[i], strlen (bad[i]), &error);

      g_assert_null (read);
      g_assert_nonnull (error);
    }
}

/* What no operation may say is left out; the rest is shown. */
static void
test_not_fit (void)
{
  const char *text = "{\"gesture\":\"g\",\"set\":{\"e1\":{\"x\":1e99},\"e2\":{\"x\":2},\"\":{\"x\":3}}}";
  g_autoptr (TelaLiveMessage) read = tela_live_message_read (text, strlen (text), NULL);

  g_assert_nonnull (read);
  g_assert_cmpuint (read->ops->len, ==, 1);
  g_assert_cmpstr (tela_element_get_id (g_ptr_array_index (read->ops, 0)), ==, "e2");
}

static void
test_event (void)
{
  char    event[TELA_LIVE_EVENT_LENGTH + 1];
  guint64 actor = 0;

  tela_live_event_format (0xa1, event);
  g_assert_cmpstr (event, ==, "l.00000000000000a1");
  g_assert_true (tela_live_event_parse (event, &actor));
  g_assert_cmpuint (actor, ==, 0xa1);
  g_assert_false (tela_live_event_parse ("l.00000000000000A1", &actor));
  g_assert_false (tela_live_event_parse ("l.a1", &actor));
  g_assert_false (tela_live_event_parse ("x.00000000000000a1", &actor));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/live-message/round-trip", test_round_trip);
  g_test_add_func ("/live-message/too-large", test_too_large);
  g_test_add_func ("/live-message/bad", test_bad);
  g_test_add_func ("/live-message/not-fit", test_not_fit);
  g_test_add_func ("/live-message/event", test_event);
  return g_test_run ();
}
