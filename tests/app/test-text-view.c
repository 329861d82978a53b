/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "app-fixture.h"
#include "tela-attach.h"
#include "tela-factory.h"
#include "tela-paint.h"

/* Latin, empty lines, from the right, ideographs, a family of one glyph, several fonts in a line. */
#define LINES "The quick brown fox jumps over it\n\nשלום עולם\n日本語の文\nA 日本 ש b\n👩‍👩‍👧 ok\nlast"

static GtkTextView *
get_view (CanvasFixture *fixture)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (fixture->canvas));

  while (child != NULL && !GTK_IS_TEXT_VIEW (child))
    child = gtk_widget_get_next_sibling (child);

  return GTK_TEXT_VIEW (child);
}

/* gtk_text_view_set_cursor_visible() does nothing to a newer GTK's view in a window without the focus, which a window on a
 * display without a keyboard is. */
static void
hide_caret (GtkTextView *view)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_data (provider, "textview { caret-color: transparent; }", -1);
  gtk_style_context_add_provider (gtk_widget_get_style_context (GTK_WIDGET (view)), GTK_STYLE_PROVIDER (provider),
                                  GTK_STYLE_PROVIDER_PRIORITY_USER);
}

static void
spin (guint n)
{
  for (guint i = 0; i < n; i++)
    app_wait_step (G_MAXINT64);
}

/* Puts a text there and begins to edit it. (transfer full) */
static char *
edit_text (CanvasFixture *fixture,
           const char    *text,
           const char    *align,
           double         angle)
{
  g_autofree char *index = tela_board_top_index (fixture->board);
  g_autofree char *id = g_uuid_string_random ();
  TelaStyle       *style = tela_canvas_get_style (fixture->canvas);
  TelaOpBuilder   *builder = tela_factory_new_text (id, style, index, 40, 60);
  g_autoptr (TelaElement) op = NULL;

  tela_factory_set_text (builder, text, 20, TELA_FACTORY_FONT_FAMILY, TELA_FACTORY_LINE_HEIGHT);
  tela_op_builder_set_string (builder, TELA_KEY_TEXT_ALIGN, align);
  tela_op_builder_set_number (builder, TELA_KEY_ANGLE, angle);
  op = tela_op_builder_end (builder, (TelaStamp){ 0 });
  tela_session_edit (fixture->session, &op, 1);
  g_assert_true (tela_canvas_edit_text (fixture->canvas, tela_board_lookup_shown (fixture->board, id)));

  return g_steal_pointer (&id);
}

/* Where the painter begins a line, in board units before the text is turned. */
static double
line_start (const TelaElement *element,
            const char        *line)
{
  const char *align = tela_element_get_string (element, TELA_KEY_TEXT_ALIGN);
  double      free_space, width, height;

  tela_paint_measure_text (line, 20, TELA_FACTORY_FONT_FAMILY, TELA_FACTORY_LINE_HEIGHT, &width, &height);
  free_space = tela_element_get_number (element, TELA_KEY_WIDTH, 0) - width;

  return strcmp (align, "center") == 0 ? free_space / 2 : strcmp (align, "right") == 0 ? free_space
                                                                                       : 0;
}

/* How far the caret's place in front of a character is from the left end and the middle of the painted line, in widget
 * pixels. */
static double
measure_gap (CanvasFixture     *fixture,
             const TelaElement *element,
             int                line,
             const char        *text)
{
  GtkTextView  *view = get_view (fixture);
  TelaViewport *viewport = tela_canvas_get_viewport (fixture->canvas);
  TelaRect      box = tela_element_get_box (element);
  double        angle = tela_element_get_number (element, TELA_KEY_ANGLE, 0);
  double        dx = line_start (element, text) - box.width / 2;
  double        dy = (line + 0.5) * 25 - box.height / 2;
  double        x, y, wx, wy, left = G_MAXDOUBLE, middle;
  int           top, height;
  GtkTextIter   iter;
  GdkRectangle  place;

  gtk_text_buffer_get_iter_at_line (gtk_text_view_get_buffer (view), &iter, line);
  for (gboolean more = TRUE; more; more = !gtk_text_iter_ends_line (&iter) && gtk_text_iter_forward_char (&iter))
    {
      gtk_text_view_get_iter_location (view, &iter, &place);
      left = MIN (left, MIN (place.x, place.x + place.width));
    }
  gtk_text_view_get_line_yrange (view, &iter, &top, &height);
  middle = top + height / 2.0;
  gtk_widget_translate_coordinates (GTK_WIDGET (view), GTK_WIDGET (fixture->canvas), left, middle, &x, &y);
  tela_viewport_to_widget (viewport, box.x + box.width / 2 + cos (angle) * dx - sin (angle) * dy,
                           box.y + box.height / 2 + sin (angle) * dx + cos (angle) * dy, &wx, &wy);

  return hypot (x - wx, y - wy);
}

static double
worst_gap (CanvasFixture *fixture,
           const char    *id)
{
  const TelaElement *element = tela_board_lookup_shown (fixture->board, id);
  g_auto (GStrv) lines = g_strsplit (LINES, "\n", -1);
  double worst = 0;

  spin (20);
  for (int i = 0; lines[i] != NULL; i++)
    {
      double gap = measure_gap (fixture, element, i, lines[i]);

      g_test_message ("line %d: %.2f", i, gap);
      worst = MAX (worst, gap);
    }

  return worst;
}

static void
test_places (CanvasFixture *fixture,
             gconstpointer  data)
{
  static const char *const aligns[] = { "left", "center", "right" };
  static const double      zooms[] = { 0.25, 1, 1.7, 4 };

  for (guint a = 0; a < G_N_ELEMENTS (aligns); a++)
    for (int turned = 0; turned < 2; turned++)
      {
        g_autofree char *id = edit_text (fixture, LINES, aligns[a], turned * G_PI / 6);

        for (guint z = 0; z < G_N_ELEMENTS (zooms); z++)
          {
            tela_viewport_zoom_centre (tela_canvas_get_viewport (fixture->canvas), zooms[z]);
            g_test_message ("%s, turned %d, zoom %g", aligns[a], turned, zooms[z]);
            /* Fonts round their advances: half a unit of the board, and no less than a pixel. A view that nobody sees is
             * laid out late. */
            WAIT_UNTIL (worst_gap (fixture, id) < MAX (1, 0.5 * zooms[z]));
          }
        tela_viewport_zoom_centre (tela_canvas_get_viewport (fixture->canvas), 1);
        tela_canvas_commit_text (fixture->canvas);
      }
}

/* Where the view begins its lines, against where the painter does. */
static void
test_breaks (CanvasFixture *fixture,
             gconstpointer  data)
{
  static const char words[] = "and/or https://example.org/a/very-long-path well-known  (brackets) 日本語の文章です "
                              "incomprehensibilities 12-34 end";
  g_autofree char  *box = canvas_draw (fixture->canvas, "rectangle", 100, 50, 230, 100);
  g_auto (GStrv) lines = NULL;
  GtkTextView *view;
  GtkTextIter  iter;
  guint        n = 0;

  canvas_activate (fixture->canvas, "edit");
  view = get_view (fixture);
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (view), words, -1);
  spin (20);
  lines = g_strsplit (
      tela_element_get_string (tela_attach_find_text (fixture->board, box), TELA_KEY_TEXT), "\n", -1);
  gtk_text_buffer_get_start_iter (gtk_text_view_get_buffer (view), &iter);
  do
    {
      GtkTextIter      end = iter;
      g_autofree char *shown = NULL;

      if (!gtk_text_view_forward_display_line (view, &end))
        gtk_text_buffer_get_end_iter (gtk_text_view_get_buffer (view), &end);
      shown = g_strchomp (gtk_text_iter_get_text (&iter, &end));
      g_assert_nonnull (lines[n]);
      g_assert_cmpstr (shown, ==, g_strchomp (lines[n]));
      n++;
      iter = end;
    }
  while (!gtk_text_iter_is_end (&iter));
  g_assert_cmpuint (n, ==, g_strv_length (lines));
  g_assert_cmpuint (n, >, 5);
  tela_canvas_commit_text (fixture->canvas);
  g_assert_cmpfloat (tela_element_get_box (tela_board_lookup_shown (fixture->board, box)).height, >=, n * 25.0);
}

/* The grey levels of a frame; (transfer full), @size bytes. */
static guint8 *
take_picture (CanvasFixture *fixture,
              gsize         *size)
{
  GtkWidget *widget = GTK_WIDGET (fixture->canvas);
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  int              width = gtk_widget_get_width (widget);
  int              height = gtk_widget_get_height (widget);
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t         *cr = cairo_create (surface);
  guint8          *grey = g_malloc ((gsize) width * (gsize) height);

  GTK_WIDGET_GET_CLASS (widget)->snapshot (widget, snapshot);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++)
      grey[y * width + x] =
          cairo_image_surface_get_data (surface)[y * cairo_image_surface_get_stride (surface) + 4 * x + 1];
  cairo_surface_destroy (surface);
  *size = (gsize) width * (gsize) height;

  return grey;
}

static gboolean
has_ink (const guint8 *picture,
         gsize         size)
{
  for (gsize i = 0; i < size; i++)
    if (picture[i] < 100)
      return TRUE;

  return FALSE;
}

/* Nothing moves when the editing ends. */
static void
test_same_picture (CanvasFixture *fixture,
                   gconstpointer  data)
{
  g_autofree char *id G_GNUC_UNUSED = edit_text (fixture, LINES, "center", 0.3);
  g_autofree guint8  *during = NULL;
  g_autofree guint8  *after = NULL;
  gsize               size = 0;
  guint               n_different = 0;
  gint64              deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;

  hide_caret (get_view (fixture));
  spin (20);
  during = take_picture (fixture, &size);
  g_assert_true (has_ink (during, size));
  tela_canvas_commit_text (fixture->canvas);
  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  do
    {
      g_free (after);
      after = take_picture (fixture, &size);
      n_different = 0;
      for (gsize i = 0; i < size; i++)
        n_different += ABS (during[i] - after[i]) > 32;
    }
  while (n_different > 0 && app_wait_step (deadline));
  g_assert_cmpuint (n_different, ==, 0);
}

/* What an input method composes is seen in its place, and is not yet of the board. */
static void
test_preedit (CanvasFixture *fixture,
              gconstpointer  data)
{
  g_autofree char   *id = edit_text (fixture, "", "left", 0);
  g_autofree guint8 *before = NULL;
  g_autofree guint8 *during = NULL;
  gsize              size;
  int                width;

  hide_caret (get_view (fixture));
  gtk_text_buffer_set_text (tela_canvas_get_text_buffer (fixture->canvas), "words", -1);
  spin (20);
  before = take_picture (fixture, &size);
  width = gtk_widget_get_width (GTK_WIDGET (get_view (fixture)));
  g_signal_emit_by_name (get_view (fixture), "preedit-changed", "é");
  spin (20);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (get_view (fixture))), >, width);
  during = take_picture (fixture, &size);
  g_assert_true (has_ink (during, size));
  g_assert_cmpstr (tela_element_get_string (tela_board_lookup_shown (fixture->board, id), TELA_KEY_TEXT), ==, "words");
  g_signal_emit_by_name (get_view (fixture), "preedit-changed", "");
  spin (20);
  g_free (during);
  during = take_picture (fixture, &size);
  g_assert_cmpmem (before, size, during, size);
  g_signal_emit_by_name (get_view (fixture), "preedit-changed", "é");
  tela_canvas_commit_text (fixture->canvas);
  g_assert_cmpstr (tela_element_get_string (tela_board_lookup_shown (fixture->board, id), TELA_KEY_TEXT), ==, "wordsé");
}

static void
test_clean_paste (CanvasFixture *fixture,
                  gconstpointer  data)
{
  g_autofree char *id = edit_text (fixture, "a", "left", 0);
  GtkTextBuffer   *buffer = tela_canvas_get_text_buffer (fixture->canvas);

  gtk_text_buffer_insert_at_cursor (buffer, "b\r\nc\rd\u2029e\tf\ag", -1);
  tela_canvas_commit_text (fixture->canvas);
  g_assert_cmpstr (tela_element_get_string (tela_board_lookup_shown (fixture->board, id), TELA_KEY_TEXT), ==,
                   "ab\nc\nd\ne    fg");
}

/* The board moves along with what is typed beyond its edge. */
static void
test_caret_stays_in_view (CanvasFixture *fixture,
                          gconstpointer  data)
{
  TelaViewport *viewport = tela_canvas_get_viewport (fixture->canvas);
  double        x, y;

  tela_canvas_set_tool (fixture->canvas, "text");
  canvas_drag (fixture->canvas, 500, 380, 500, 380, 0);
  gtk_text_buffer_insert_at_cursor (tela_canvas_get_text_buffer (fixture->canvas), "Words", -1);
  spin (20);
  for (guint i = 0; i < 10; i++)
    {
      gtk_text_buffer_insert_at_cursor (tela_canvas_get_text_buffer (fixture->canvas), " and more words", -1);
      spin (10);
    }
  tela_canvas_commit_text (fixture->canvas);
  tela_viewport_to_widget (viewport, 500, 380, &x, &y);
  g_assert_cmpfloat (x, <, 0);
  g_assert_cmpfloat (y, <, 380);
}

static void
add (const char *path,
     void (*func) (CanvasFixture *fixture, gconstpointer data))
{
  g_test_add (path, CanvasFixture, NULL, canvas_fixture_set_up, func, canvas_fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);

  add ("/text-view/places", test_places);
  add ("/text-view/breaks", test_breaks);
  add ("/text-view/same-picture", test_same_picture);
  add ("/text-view/preedit", test_preedit);
  add ("/text-view/clean-paste", test_clean_paste);
  add ("/text-view/caret-stays-in-view", test_caret_stays_in_view);

  return g_test_run ();
}
