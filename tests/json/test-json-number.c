/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-json.h"

#include <locale.h>
#include <math.h>

static double
read_number (const char *text,
             gboolean   *exact)
{
  TelaJsonReader reader;
  double         value = NAN;

  tela_json_reader_init (&reader, text, -1);
  g_assert_true (tela_json_reader_number (&reader, &value, exact));
  return value;
}

static void
test_format (void)
{
  static const struct
  {
    double      value;
    const char *text;
  } cases[] = {
    { 0, "0" },
    { -0.0, "0" },
    { 1, "1" },
    { -1.5, "-1.5" },
    { 0.1, "0.1" },
    { 0.1 + 0.2, "0.30000000000000004" },
    { 1e-6, "0.000001" },
    { 1e-7, "1e-7" },
    { 1.25e-9, "1.25e-9" },
    { 1e20, "100000000000000000000" },
    { 1e21, "1e+21" },
    { -1.5e300, "-1.5e+300" },
    { 9007199254740992, "9007199254740992" },
    { 9007199254740991, "9007199254740991" },
    { 12345678901234567890.0, "12345678901234567000" },
    { 999999999999999.8, "999999999999999.8" },
    { 5e-324, "5e-324" },
    { 1.5e-323, "1.5e-323" },
    { 2.2250738585072014e-308, "2.2250738585072014e-308" },
    { 1.7976931348623157e308, "1.7976931348623157e+308" },
    { 5.684341886080802e-14, "5.684341886080802e-14" },
    { 0.0078125, "0.0078125" },
    { 1.0 / 3, "0.3333333333333333" },
    { 100.0 / 3, "33.333333333333336" },
    { NAN, "null" },
    { INFINITY, "null" },
  };
  char out[TELA_JSON_NUMBER_LENGTH];

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpuint (tela_json_format_number (cases[i].value, out), ==, strlen (cases[i].text));
      g_assert_cmpstr (out, ==, cases[i].text);
    }
}

static void
test_read (void)
{
  static const struct
  {
    const char *text;
    double      value;
    gboolean    exact;
  } cases[] = {
    { "0", 0, TRUE },
    { "-0", 0, TRUE },
    { "0.000", 0, TRUE },
    { "0e999999999999999999999", 0, TRUE },
    { "1.50", 1.5, TRUE },
    { "100e-2", 1, TRUE },
    { "1e22", 1e22, TRUE },
    { "1e23", 1e23, TRUE },
    { "123456789012345678", 123456789012345680.0, FALSE },
    { "123456789012345680", 123456789012345680.0, TRUE },
    { "12345678901234567890", 12345678901234567890.0, FALSE },
    { "9007199254740993", 9007199254740992, FALSE },
    { "0.30000000000000004", 0.1 + 0.2, TRUE },
    { "0.1000000000000000055511151231257827", 0.1, FALSE },
    { "1e400", INFINITY, FALSE },
    { "-1e400", -INFINITY, FALSE },
    { "1e99999999999999999999", INFINITY, FALSE },
    { "1e-400", 0, FALSE },
    { "1e-99999999999999999999", 0, FALSE },
    { "5e-324", 5e-324, TRUE },
    { "1.7976931348623157E+308", 1.7976931348623157e308, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      gboolean exact;

      g_test_message ("%s", cases[i].text);
      g_assert_true (read_number (cases[i].text, &exact) == cases[i].value);
      g_assert_cmpint (exact, ==, cases[i].exact);
    }
}

/* Half way between two doubles until the last of very many digits decides. */
static void
test_long (void)
{
  g_autoptr (GString) text = g_string_new ("9007199254740993.");
  gboolean exact;

  for (guint i = 0; i < 5000; i++)
    g_string_append_c (text, '0');
  g_assert_true (read_number (text->str, &exact) == 9007199254740992.0);
  g_assert_false (exact);
  g_string_append_c (text, '1');
  g_assert_true (read_number (text->str, &exact) == 9007199254740994.0);
  g_assert_false (exact);

  g_string_assign (text, "0.");
  for (guint i = 0; i < 5000; i++)
    g_string_append_c (text, '0');
  g_string_append (text, "25e5001");
  g_assert_true (read_number (text->str, &exact) == 2.5);
  g_assert_true (exact);
}

static void
check_round_trip (double value)
{
  char     text[TELA_JSON_NUMBER_LENGTH];
  gboolean exact;

  tela_json_format_number (value, text);
  g_assert_true (read_number (text, &exact) == value);
  g_assert_true (exact);
}

static void
test_round_trip (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (42);

  for (guint i = 0; i < 40000; i++)
    {
      guint64 bits = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);
      double  value;

      memcpy (&value, &bits, sizeof value);
      if (isfinite (value))
        check_round_trip (value);
      check_round_trip (g_rand_double_range (rand, -10000, 10000));
      check_round_trip (g_rand_int_range (rand, -1000000, 1000000) / 1000.0);
    }
  for (int exponent = -1074; exponent < 1024; exponent++)
    {
      check_round_trip (ldexp (1, exponent));
      check_round_trip (nextafter (ldexp (1, exponent), 0));
      check_round_trip (nextafter (ldexp (1, exponent), INFINITY));
    }
}

static void
test_locale (void)
{
  static const char *const names[] = { "de_DE.UTF-8", "pt_BR.UTF-8", "fr_FR.UTF-8" };
  gboolean                 found = FALSE;
  gboolean                 exact;
  char                     out[TELA_JSON_NUMBER_LENGTH];

  for (guint i = 0; i < G_N_ELEMENTS (names) && !found; i++)
    found = setlocale (LC_ALL, names[i]) != NULL;
  if (!found)
    {
      g_test_skip ("no locale with a decimal comma is installed");
      return;
    }
  g_assert_true (read_number ("0.30000000000000004", &exact) == 0.1 + 0.2);
  tela_json_format_number (1.2345678901234567e-20, out);
  g_assert_cmpstr (out, ==, "1.2345678901234567e-20");
  setlocale (LC_ALL, "C");
}

static void
test_int64 (void)
{
  static const struct
  {
    const char *text;
    gboolean    good;
    gint64      value;
  } cases[] = {
    { "0", TRUE, 0 },
    { "-0", TRUE, 0 },
    { "1e3", TRUE, 1000 },
    { "2.0", TRUE, 2 },
    { "9223372036854775807", TRUE, G_MAXINT64 },
    { "-9223372036854775808", TRUE, G_MININT64 },
    { "9007199254740993", TRUE, 9007199254740993 },
    { "9223372036854775808", FALSE, 0 },
    { "-9223372036854775809", FALSE, 0 },
    { "99999999999999999999999", FALSE, 0 },
    { "1.5", FALSE, 0 },
    { "1e300", FALSE, 0 },
    { "1e-400", FALSE, 0 },
    { "\"1\"", FALSE, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      TelaJsonReader reader;
      gint64         value = 0;

      tela_json_reader_init (&reader, cases[i].text, -1);
      g_assert_cmpint (tela_json_reader_int64 (&reader, &value), ==, cases[i].good);
      g_assert_cmpint (value, ==, cases[i].value);
      g_assert_cmpint (tela_json_reader_finish (&reader, NULL), ==, cases[i].good);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/json/number/format", test_format);
  g_test_add_func ("/json/number/read", test_read);
  g_test_add_func ("/json/number/long", test_long);
  g_test_add_func ("/json/number/round-trip", test_round_trip);
  g_test_add_func ("/json/number/locale", test_locale);
  g_test_add_func ("/json/number/int64", test_int64);
  return g_test_run ();
}
