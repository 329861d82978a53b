/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-stamp.h"

static void
test_text (void)
{
  TelaStamp stamp = { .time = 0x01964a2c7f3e0001, .actor = 0xa1b2c3d4e5f60718 };
  TelaStamp parsed;
  char      text[TELA_STAMP_LENGTH + 1];

  tela_stamp_format (stamp, text);
  g_assert_cmpstr (text, ==, "01964a2c7f3e0001-a1b2c3d4e5f60718");
  g_assert_true (tela_stamp_parse (text, TELA_STAMP_LENGTH, &parsed));
  g_assert_cmpint (tela_stamp_compare (stamp, parsed), ==, 0);
  g_assert_cmpint (tela_stamp_get_ms (parsed), ==, 0x01964a2c7f3e);
}

static void
test_bad_text (void)
{
  static const char *const bad[] = {
    "", "01964a2c7f3e0001", "01964a2c7f3e0001-a1b2c3d4e5f6071", "01964a2c7f3e0001-a1b2c3d4e5f607180",
    "01964A2C7F3E0001-a1b2c3d4e5f60718", "01964a2c7f3e0001+a1b2c3d4e5f60718", "01964a2c7f3e000g-a1b2c3d4e5f60718",
    "01964a2c7f3e0001-a1b2c3d4e5f6071 "
  };
  TelaStamp stamp;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (tela_stamp_parse (bad[i], strlen (bad[i]), &stamp));
}

/* SQL compares the texts, we the numbers. */
static void
test_order_is_that_of_text (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);

  for (guint i = 0; i < 2000; i++)
    {
      TelaStamp stamps[2];
      char      texts[2][TELA_STAMP_LENGTH + 1];

      for (guint j = 0; j < 2; j++)
        {
          stamps[j].time = (guint64) g_rand_int (rand) << g_rand_int_range (rand, 0, 33);
          stamps[j].actor = (guint64) g_rand_int (rand) << g_rand_int_range (rand, 0, 33);
          tela_stamp_format (stamps[j], texts[j]);
        }
      if (g_rand_boolean (rand))
        stamps[1].time = stamps[0].time;
      tela_stamp_format (stamps[1], texts[1]);
      g_assert_cmpint (tela_stamp_compare (stamps[0], stamps[1]) < 0, ==, strcmp (texts[0], texts[1]) < 0);
    }
}

static void
test_iso (void)
{
  TelaStamp        stamp = { .time = G_GUINT64_CONSTANT (1743833228009) << 16 | 5, .actor = 3 };
  TelaStamp        parsed;
  g_autofree char *text = tela_stamp_to_iso (stamp);
  g_autofree char *last = tela_stamp_to_iso ((TelaStamp){ .time = G_MAXUINT64 });

  g_assert_cmpstr (text, ==, "2025-04-05T06:07:08.009Z");
  g_assert_cmpstr (last, ==, "9999-12-31T23:59:59.999Z");
  g_assert_true (tela_stamp_from_iso ("2025-04-05T08:07:08.009123+02:00", &parsed));
  g_assert_cmpint (tela_stamp_get_ms (parsed), ==, 1743833228009);
  g_assert_cmpuint (parsed.actor, ==, 0);
  g_assert_cmpuint (parsed.time & 0xffff, ==, 0);
  g_assert_false (tela_stamp_from_iso ("yesterday", &parsed));
  g_assert_false (tela_stamp_from_iso ("1969-12-31T23:59:59Z", &parsed));
}

static void
test_clock_never_goes_back (void)
{
  TelaClock clock = { .actor = 9 };
  TelaStamp first = tela_clock_next (&clock, 1000);
  TelaStamp same = tela_clock_next (&clock, 1000);
  TelaStamp earlier = tela_clock_next (&clock, 10);
  TelaStamp later = tela_clock_next (&clock, 2000);

  g_assert_cmpuint (first.actor, ==, 9);
  g_assert_cmpint (tela_stamp_get_ms (first), ==, 1000);
  g_assert_cmpint (tela_stamp_compare (first, same), <, 0);
  g_assert_cmpint (tela_stamp_compare (same, earlier), <, 0);
  g_assert_cmpint (tela_stamp_compare (earlier, later), <, 0);
  g_assert_cmpint (tela_stamp_get_ms (later), ==, 2000);
}

static void
test_clock_under_skew (void)
{
  TelaClock clock = { .actor = 1, .offset_ms = -500 };
  TelaStamp seen = { .time = G_GUINT64_CONSTANT (90000) << 16, .actor = 2 };
  TelaStamp next = tela_clock_next (&clock, 1000);

  g_assert_cmpint (tela_stamp_get_ms (next), ==, 500);
  tela_clock_observe (&clock, seen);
  next = tela_clock_next (&clock, 1001);
  g_assert_cmpint (tela_stamp_compare (seen, next), <, 0);
  g_assert_cmpint (tela_stamp_get_ms (next), ==, 90000);
  tela_clock_observe (&clock, (TelaStamp){ .time = 1 });
  g_assert_cmpint (tela_stamp_get_ms (tela_clock_next (&clock, 0)), ==, 90000);
}

static void
test_clock_full_counter (void)
{
  TelaClock clock = { .last = 0x5ffff };

  g_assert_cmpuint (tela_clock_next (&clock, 5).time, ==, 0x60000);
  clock.last = G_MAXUINT64;
  g_assert_cmpuint (tela_clock_next (&clock, 5).time, ==, G_MAXUINT64);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stamp/text", test_text);
  g_test_add_func ("/stamp/text/bad", test_bad_text);
  g_test_add_func ("/stamp/order-is-that-of-text", test_order_is_that_of_text);
  g_test_add_func ("/stamp/iso", test_iso);
  g_test_add_func ("/clock/never-goes-back", test_clock_never_goes_back);
  g_test_add_func ("/clock/skew", test_clock_under_skew);
  g_test_add_func ("/clock/full-counter", test_clock_full_counter);

  return g_test_run ();
}
