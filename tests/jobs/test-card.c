/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What a placeholder says on the board, and in files. */

#include <string.h>

#include "tela-job-card.h"
#include "tela-job-element.h"

static TelaJobRow *
row_new (const char *rest)
{
  g_autofree char *text = g_strdup_printf (
      "{\"id\":\"j\",\"element_id\":\"e\",\"model\":\"m\",\"prompt\":\"a fox\",\"seed\":7,\"sequence\":1,%s}", rest);
  g_autoptr (GError) error = NULL;
  TelaJobRow *row = tela_job_row_parse ((TelaJsonSpan){ text, strlen (text) }, &error);

  g_assert_no_error (error);
  return row;
}

static TelaElement *
placeholder_new (const char *rest)
{
  g_autoptr (TelaJobRow) row = row_new (rest);

  return tela_job_element_new (row, "a0", (TelaRect){ 0, 0, 400, 300 }, NULL);
}

static void
test_words (void)
{
  static const struct
  {
    const char *rest;
    const char *words;
    double      progress;
  } cases[] = {
    { "\"status\":\"queued\"", "Waiting…", -1 },
    { "\"status\":\"queued\",\"queue_position\":2", "Waiting, 2 before it", -1 },
    { "\"status\":\"running\"", "Being made…", -1 },
    { "\"status\":\"running\",\"progress\":0.5", "50 %", 0.5 },
    { "\"status\":\"failed\",\"error\":\"no luck\"", "Failed: no luck", -1 },
    { "\"status\":\"cancelled\"", "Canceled", -1 },
    { "\"status\":\"unknown\"", "Lost by whoever made it", -1 },
    { "\"status\":\"unknown\",\"error\":\"no answer\"", "Unknown: no answer", -1 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (TelaElement) element = placeholder_new (cases[i].rest);
      g_auto (TelaJobCard) card = { 0 };

      g_assert_true (tela_job_card_read (element, &card));
      g_assert_cmpstr (card.prompt, ==, "a fox");
      g_assert_cmpstr (card.words, ==, cases[i].words);
      g_assert_cmpfloat (card.progress, ==, cases[i].progress);
    }
}

/* What anybody may write there is no card, or one that says little. */
static void
test_strange (void)
{
  static const char *const none[] = { "{}", "{\"tela\":7}", "{\"tela\":{}}", "{\"tela\":{\"job\":\"x\"}}", "[1]" };
  g_auto (TelaJobCard) card = { 0 };
  g_autoptr (TelaElement) odd = NULL;
  TelaOpBuilder *op;

  for (guint i = 0; i < G_N_ELEMENTS (none); i++)
    {
      g_autoptr (TelaElement) element = NULL;

      op = tela_op_builder_new ("e");
      tela_op_builder_set_string (op, TELA_KEY_TYPE, "rectangle");
      tela_op_builder_set_json (op, TELA_KEY_CUSTOM_DATA, none[i]);
      element = tela_op_builder_end (op, (TelaStamp){ 0 });
      g_assert_false (tela_job_card_read (element, &card));
    }
  op = tela_op_builder_new ("e");
  tela_op_builder_set_string (op, TELA_KEY_TYPE, "rectangle");
  tela_op_builder_set_json (op, TELA_KEY_CUSTOM_DATA,
                            "{\"tela\":{\"prompt\":1,\"job\":{\"state\":\"running\",\"progress\":-3,\"place\":1e300}}}");
  odd = tela_op_builder_end (op, (TelaStamp){ 0 });
  g_assert_true (tela_job_card_read (odd, &card));
  g_assert_null (card.prompt);
  g_assert_cmpstr (card.words, ==, "Being made…");
}

/* How much of the picture is ink of the bar or of letters. */
static guint
count_ink (const TelaElement *element)
{
  const TelaPaintOptions options = { .scale = 1 };
  cairo_surface_t       *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 400, 300);
  cairo_t               *cr = cairo_create (surface);
  const guint32         *pixels;
  guint                  n = 0;

  tela_paint_element (cr, element, NULL, &options);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  pixels = (const guint32 *) (gpointer) cairo_image_surface_get_data (surface);
  for (guint i = 0; i < 400 * 300; i++)
    n += (pixels[i] & 0xffffff) == 0x495057;
  cairo_surface_destroy (surface);
  return n;
}

static void
test_painted (void)
{
  g_autoptr (TelaElement) begun = placeholder_new ("\"status\":\"running\",\"progress\":0.1");
  g_autoptr (TelaElement) ending = placeholder_new ("\"status\":\"running\",\"progress\":0.9");

  g_assert_cmpuint (count_ink (ending), >, count_ink (begun) + 500);
}

static void
test_in_svg (void)
{
  g_autoptr (TelaElement) element = placeholder_new ("\"status\":\"queued\"");
  const TelaPictureOptions options = { .scale = 1 };
  g_autoptr (GBytes) svg = tela_paint_svg (&element, 1, &options);
  gsize            len;
  const char      *data = g_bytes_get_data (svg, &len);
  g_autofree char *text = g_strndup (data, len);

  g_assert_nonnull (strstr (text, "a fox"));
}

/* Once it is a picture it is no card any more. */
static void
test_tell (void)
{
  g_autoptr (TelaElement) element = placeholder_new ("\"status\":\"queued\"");
  g_autoptr (TelaJobRow) same = row_new ("\"status\":\"queued\"");
  g_autoptr (TelaJobRow) next = row_new ("\"status\":\"running\"");
  g_autoptr (TelaElement) op = NULL;

  g_assert_null (tela_job_element_tell (element, "j", same));
  g_assert_null (tela_job_element_tell (element, "other", next));
  op = tela_job_element_tell (element, "j", next);
  g_assert_cmpuint (tela_element_get_n (op), ==, 1);
  g_assert_true (tela_job_element_is_placeholder (element, "j"));
}

/* Nobody would tell a copy how the job is. */
static void
test_copy (void)
{
  g_autoptr (TelaElement) element = placeholder_new ("\"status\":\"running\"");
  g_autoptr (TelaElement) copy = NULL;
  TelaOpBuilder *op = tela_op_builder_new ("copy");
  g_auto (TelaJobCard) card = { 0 };
  TelaValue value;

  g_assert_true (tela_element_get (element, TELA_KEY_CUSTOM_DATA, &value, NULL));
  tela_op_builder_set_string (op, TELA_KEY_TYPE, "rectangle");
  tela_op_builder_set_json (op, TELA_KEY_CUSTOM_DATA, value.as.string);
  copy = tela_op_builder_end (op, (TelaStamp){ 0 });
  g_assert_false (tela_job_card_read (copy, &card));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/jobs/card/words", test_words);
  g_test_add_func ("/jobs/card/strange", test_strange);
  g_test_add_func ("/jobs/card/painted", test_painted);
  g_test_add_func ("/jobs/card/in-svg", test_in_svg);
  g_test_add_func ("/jobs/card/tell", test_tell);
  g_test_add_func ("/jobs/card/copy", test_copy);
  return g_test_run ();
}
