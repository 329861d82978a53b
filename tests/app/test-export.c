/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include <string.h>

#include "pdf.h"
#include "tela-export.h"
#include "tela-formats.h"
#include "tela-window-private.h"

/* Two frames with a box each, the right one first in z-order, and a box beside them. */
static GPtrArray *
new_board (void)
{
  static const char *const forms[] = {
    "{\"id\":\"f2\",\"type\":\"frame\",\"x\":300,\"y\":10,\"width\":200,\"height\":100,\"index\":\"a0\"}",
    "{\"id\":\"f1\",\"type\":\"frame\",\"x\":0,\"y\":0,\"width\":200,\"height\":100,\"index\":\"a1\"}",
    ("{\"id\":\"b1\",\"type\":\"rectangle\",\"x\":10,\"y\":10,\"width\":50,\"height\":50,"
     "\"frameId\":\"f1\",\"index\":\"a2\"}"),
    "{\"id\":\"b2\",\"type\":\"rectangle\",\"x\":0,\"y\":400,\"width\":50,\"height\":50,\"index\":\"a3\"}",
  };
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < G_N_ELEMENTS (forms); i++)
    {
      TelaJsonReader reader;

      tela_json_reader_init (&reader, forms[i], -1);
      g_ptr_array_add (all, tela_element_read_plain (&reader, NULL, (TelaStamp){ .time = 1, .actor = 1 }, NULL, NULL));
    }

  return all;
}

static guint
count (GBytes     *bytes,
       const char *word)
{
  const char *data = g_bytes_get_data (bytes, NULL);
  gsize       len = g_bytes_get_size (bytes);
  gsize       n = strlen (word);
  guint       found = 0;

  for (gsize i = 0; i + n <= len; i++)
    found += memcmp (data + i, word, n) == 0;

  return found;
}

static void
test_pdf (void)
{
  const TelaExportOptions options = { .format = TELA_EXPORT_PDF, .by_frame = TRUE };
  g_autoptr (GPtrArray) all = new_board ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pdf = tela_export_make (all, NULL, &options, NULL, NULL, &error);
  g_autoptr (GCancellable) cancelled = g_cancellable_new ();

  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (pdf, NULL), 5, "%PDF-", 5);
  g_assert_cmpuint (pdf_count (pdf, "/MediaBox [ 0 0 150 75 ]") + pdf_count (pdf, "/MediaBox [0 0 150 75]"), ==, 2);

  g_cancellable_cancel (cancelled);
  g_assert_null (tela_export_make (all, NULL, &options, NULL, cancelled, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static GBytes *export(const TelaExportOptions *options)
{
  g_autoptr (GPtrArray) all = new_board ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GBytes *bytes;

  tela_export_async (all, NULL, options, NULL, done_cb, &result);
  g_assert_null (result);
  WAIT_UNTIL (result != NULL);
  bytes = tela_export_finish (result, &error);
  g_assert_no_error (error);

  return bytes;
}

static int
width_of (GBytes *png)
{
  const guint8 *data = g_bytes_get_data (png, NULL);

  g_assert_true (tela_png_is (data, g_bytes_get_size (png)));

  return data[16] << 24 | data[17] << 16 | data[18] << 8 | data[19];
}

static void
test_png (void)
{
  const TelaExportOptions one = { .format = TELA_EXPORT_PNG, .scale = 1 };
  const TelaExportOptions three = { .format = TELA_EXPORT_PNG, .scale = 3, .embeds = TRUE, .is_transparent = TRUE };
  g_autoptr (GBytes) small = export(&one);
  g_autoptr (GBytes) large = export(&three);
  g_autoptr (GError) error = NULL;
  g_autofree char *scene = NULL;
  gsize            len;

  g_assert_cmpint (ABS (width_of (large) - 3 * width_of (small)), <=, 3);
  scene = tela_png_find_scene (g_bytes_get_data (large, NULL), g_bytes_get_size (large), &len, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (scene, "\"f2\""));
}

/* The drawing is inside of an SVG too, and text is text. */
static void
test_svg (void)
{
  const TelaExportOptions plain = { .format = TELA_EXPORT_SVG };
  const TelaExportOptions dark = { .format = TELA_EXPORT_SVG, .embeds = TRUE, .is_dark = TRUE };
  g_autoptr (GBytes) light = export(&plain);
  g_autoptr (GBytes) carrier = export(&dark);
  g_autoptr (GError) error = NULL;
  g_autofree char *scene = NULL;
  gsize            len;

  g_assert_true (tela_svg_is (g_bytes_get_data (light, NULL), g_bytes_get_size (light)));
  g_assert_cmpuint (count (light, "payload"), ==, 0);
  g_assert_cmpuint (count (light, "#ffffff"), >, 0);
  g_assert_cmpuint (count (carrier, "#ffffff"), ==, 0);
  scene = tela_svg_find_scene (g_bytes_get_data (carrier, NULL), g_bytes_get_size (carrier), &len, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (strstr (scene, "\"f2\""));
}

static void
test_tela (void)
{
  const TelaExportOptions options = { .format = TELA_EXPORT_TELA };
  g_autoptr (GBytes) bytes = export(&options);
  g_autoptr (TelaImport) import = tela_format_read (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                                                    (TelaStamp){ .time = 1 }, NULL, NULL, NULL);

  g_assert_nonnull (import);
  g_assert_cmpint (import->form, ==, TELA_FORM_TELA);
}

static void
test_excalidraw (void)
{
  const TelaExportOptions options = { .format = TELA_EXPORT_EXCALIDRAW };
  g_autoptr (GBytes) bytes = export(&options);

  g_assert_true (tela_json_check (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));
  g_assert_cmpstr (tela_export_get_suffix (options.format), ==, ".excalidraw");
}

static TelaWindow *
open_board (AppFixture *fixture)
{
  TelaWindow      *window = tela_window_new (fixture->app);
  g_autofree char *id = tela_workspace_create (tela_application_get_workspace (fixture->app), "Paper");

  gtk_window_present (GTK_WINDOW (window));
  tela_window_open_board (window, id);
  WAIT_UNTIL (tela_canvas_get_session (tela_window_get_canvas (window)) != NULL);
  WAIT_UNTIL (gtk_widget_get_width (GTK_WIDGET (tela_window_get_canvas (window))) > 100);
  tela_canvas_set_tool (tela_window_get_canvas (window), "rectangle");
  canvas_drag (tela_window_get_canvas (window), 200, 150, 400, 250, 0);

  return window;
}

static void
printed_cb (GtkPrintOperation      *operation,
            GtkPrintOperationResult result,
            gboolean               *is_done)
{
  g_assert_cmpint (result, ==, GTK_PRINT_OPERATION_RESULT_APPLY);
  *is_done = TRUE;
}

static void
test_print (AppFixture   *fixture,
            gconstpointer data)
{
  TelaWindow *window = open_board (fixture);
  g_autoptr (GtkPrintOperation) operation = tela_window_new_print (window);
  g_autofree char *path = g_build_filename (fixture->dir, "out.pdf", NULL);
  g_autofree char *contents = NULL;
  gboolean         is_done = FALSE;
  g_autoptr (GError) error = NULL;

  g_signal_connect (operation, "done", G_CALLBACK (printed_cb), &is_done);
  gtk_print_operation_set_export_filename (operation, path);
  gtk_print_operation_run (operation, GTK_PRINT_OPERATION_ACTION_EXPORT, GTK_WINDOW (window), &error);
  g_assert_no_error (error);
  WAIT_UNTIL (is_done);
  g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
  g_assert_true (g_str_has_prefix (contents, "%PDF-"));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_to_file (AppFixture   *fixture,
              gconstpointer data)
{
  const TelaExportOptions options = { .format = TELA_EXPORT_PDF };
  TelaWindow             *window = open_board (fixture);
  g_autofree char        *path = g_build_filename (fixture->dir, "board.pdf", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  tela_window_export_to (window, file, &options);
  WAIT_UNTIL (g_file_test (path, G_FILE_TEST_EXISTS));
  WAIT_UNTIL (window->exporting == NULL);
  g_assert_null (window->export_toast);

  /* One that was cancelled leaves nothing. */
  g_file_delete (file, NULL, NULL);
  tela_window_export_to (window, file, &options);
  gtk_widget_activate_action (GTK_WIDGET (window), "win.cancel-export", NULL);
  g_assert_null (window->exporting);
  tela_window_export_to (window, file, &options);
  WAIT_UNTIL (window->exporting == NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  g_test_add_func ("/export/pdf", test_pdf);
  g_test_add_func ("/export/png", test_png);
  g_test_add_func ("/export/svg", test_svg);
  g_test_add_func ("/export/tela", test_tela);
  g_test_add_func ("/export/excalidraw", test_excalidraw);
  g_test_add ("/export/print", AppFixture, NULL, app_fixture_set_up, test_print, app_fixture_tear_down);
  g_test_add ("/export/to-file", AppFixture, NULL, app_fixture_set_up, test_to_file, app_fixture_tear_down);

  return g_test_run ();
}
