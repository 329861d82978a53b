/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include <glib/gstdio.h>

#include "tela-canvas-private.h"
#include "tela-paste.h"

static char *told; /* the last message */

static void
told_cb (TelaCanvas *canvas,
         const char *text)
{
  g_free (told);
  told = g_strdup (text);
}

/* Four quarters: red, green, blue, white. (transfer full) */
static GBytes *
new_picture (int side)
{
  static const guint32 colours[] = { 0xff0000ff, 0x00ff00ff, 0x0000ffff, 0xffffffff };
  g_autoptr (GdkPixbuf) pixbuf = gdk_pixbuf_new (GDK_COLORSPACE_RGB, FALSE, 8, side, side);
  char *data;
  gsize len;

  for (int i = 0; i < 4; i++)
    {
      g_autoptr (GdkPixbuf) part =
          gdk_pixbuf_new_subpixbuf (pixbuf, i % 2 * side / 2, i / 2 * side / 2, side / 2, side / 2);

      gdk_pixbuf_fill (part, colours[i]);
    }
  g_assert_true (gdk_pixbuf_save_to_buffer (pixbuf, &data, &len, "png", NULL, NULL));

  return g_bytes_new_take (data, len);
}

static gboolean
is_colour (CanvasFixture *fixture,
           double         x,
           double         y,
           guint32        colour)
{
  guint8 rgb[3];

  canvas_get_pixel (fixture->canvas, (int) x, (int) y, rgb);

  return rgb[0] == colour >> 16 && rgb[1] == (colour >> 8 & 255) && rgb[2] == (colour & 255);
}

/* A picture of 200 units around (300, 200), shown. (transfer full) its id */
static char *
insert_picture (CanvasFixture *fixture)
{
  g_autoptr (GBytes) bytes = new_picture (200);

  tela_paste_bytes (fixture->canvas, bytes, "four.png", 300, 200);
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 1);
  WAIT_UNTIL (is_colour (fixture, 220, 120, 0xff0000));

  return g_strdup (tela_element_get_id (canvas_get_selected (fixture->canvas)));
}

static TelaRect
box_of (CanvasFixture *fixture,
        const char    *id)
{
  return tela_element_get_box (tela_board_lookup_shown (fixture->board, id));
}

static void
double_click (CanvasFixture *fixture,
              double         x,
              double         y)
{
  for (guint n = 1; n <= 2; n++)
    {
      tela_canvas_press (fixture->canvas, x, y, 0, -1, n);
      tela_canvas_release (fixture->canvas, x, y, 0);
    }
}

/* The right half goes; what is left stays where it was; each drag is one step. */
static void
test_crop (CanvasFixture *fixture,
           gconstpointer  data)
{
  g_autofree char *id = insert_picture (fixture);
  TelaValue        value;

  g_assert_true (is_colour (fixture, 380, 120, 0x00ff00));
  double_click (fixture, 250, 150);
  g_assert_cmpstr (tela_canvas_get_tool (fixture->canvas), ==, "crop");
  canvas_drag (fixture->canvas, 399, 200, 299, 210, 0);
  g_assert_cmpfloat (box_of (fixture, id).width, ==, 100);
  g_assert_cmpfloat (box_of (fixture, id).x, ==, 200);

  /* What is cut off shows faintly while it can be had back. */
  WAIT_UNTIL (!is_colour (fixture, 380, 120, 0x00ff00));
  g_assert_false (is_colour (fixture, 380, 120, 0xffffff));
  g_assert_true (is_colour (fixture, 220, 120, 0xff0000));
  canvas_activate (fixture->canvas, "cancel");
  g_assert_cmpstr (tela_canvas_get_tool (fixture->canvas), ==, "select");
  WAIT_UNTIL (is_colour (fixture, 380, 120, 0xffffff));

  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpfloat (box_of (fixture, id).width, ==, 200);
  g_assert_true (!tela_element_get (tela_board_lookup_shown (fixture->board, id), TELA_KEY_CROP, &value, NULL) ||
                 value.kind != TELA_VALUE_JSON);
  WAIT_UNTIL (is_colour (fixture, 380, 120, 0x00ff00));
}

/* The image moves behind its window, and no drag leaves the image; a click beside it ends that. */
static void
test_crop_shift (CanvasFixture *fixture,
                 gconstpointer  data)
{
  g_autofree char *id = insert_picture (fixture);

  canvas_activate (fixture->canvas, "crop");
  canvas_drag (fixture->canvas, 400, 300, 300, 200, 0);
  canvas_drag (fixture->canvas, 250, 150, 100, 50, 0);
  g_assert_cmpfloat (box_of (fixture, id).x, ==, 200);
  g_assert_cmpfloat (box_of (fixture, id).width, ==, 100);
  WAIT_UNTIL (is_colour (fixture, 250, 150, 0xffffff));
  tela_canvas_press (fixture->canvas, 50, 350, 0, -1, 1);
  tela_canvas_release (fixture->canvas, 50, 350, 0);
  g_assert_cmpstr (tela_canvas_get_tool (fixture->canvas), ==, "select");
  canvas_activate (fixture->canvas, "undo");
  WAIT_UNTIL (is_colour (fixture, 250, 150, 0xff0000));
}

static char *
write_file (CanvasFixture *fixture,
            const char    *name,
            GBytes        *bytes)
{
  char *path = g_build_filename (fixture->dir, name, NULL);

  g_assert_true (g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), NULL));

  return path;
}

/* As wide as before, in one step; the other one is found again by undo. */
static void
test_replace (CanvasFixture *fixture,
              gconstpointer  data)
{
  static const char svg[] = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'>"
                            "<rect width='20' height='10' fill='#ff00ff'/></svg>";
  g_autofree char  *id = insert_picture (fixture);
  g_autoptr (GBytes) bytes = g_bytes_new_static (svg, strlen (svg));
  g_autofree char *path = write_file (fixture, "other.svg", bytes);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  tela_paste_replace (fixture->canvas, file, id);
  WAIT_UNTIL (is_colour (fixture, 220, 170, 0xff00ff));
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 1);
  g_assert_cmpfloat (box_of (fixture, id).width, ==, 200);
  g_assert_cmpfloat (box_of (fixture, id).height, ==, 100);
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpfloat (box_of (fixture, id).height, ==, 200);
  WAIT_UNTIL (is_colour (fixture, 220, 120, 0xff0000));
}

static gboolean
is_saved (const char *path,
          GBytes     *wanted)
{
  g_autofree char *contents = NULL;
  gsize            len;

  return g_file_get_contents (path, &contents, &len, NULL) && len == g_bytes_get_size (wanted) &&
         memcmp (contents, g_bytes_get_data (wanted, NULL), len) == 0;
}

static void
test_save (CanvasFixture *fixture,
           gconstpointer  data)
{
  g_autofree char *id = insert_picture (fixture);
  g_autofree char *path = g_build_filename (fixture->dir, "saved.png", NULL);
  g_autofree char *nowhere = g_build_filename (fixture->dir, "none", "saved.png", NULL);
  g_autoptr (GBytes) bytes = new_picture (200);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) bad = g_file_new_for_path (nowhere);

  g_assert_true (canvas_is_enabled (fixture->canvas, "save-image"));
  tela_canvas_save_image (fixture->canvas, tela_board_lookup_shown (fixture->board, id), file);
  WAIT_UNTIL (is_saved (path, bytes));

  g_signal_connect (fixture->canvas, "message", G_CALLBACK (told_cb), NULL);
  tela_canvas_save_image (fixture->canvas, tela_board_lookup_shown (fixture->board, id), bad);
  WAIT_UNTIL (told != NULL);
  g_clear_pointer (&told, g_free);
}

/* One that cannot be shown is said to be so, and the others come. */
static void
test_damaged (CanvasFixture *fixture,
              gconstpointer  data)
{
  g_autoptr (GBytes) good = new_picture (100);
  g_autoptr (GBytes) bad = g_bytes_new_from_bytes (good, 0, 60);
  g_autofree char *good_path = write_file (fixture, "good.png", good);
  g_autofree char *bad_path = write_file (fixture, "bad.png", bad);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  g_signal_connect (fixture->canvas, "message", G_CALLBACK (told_cb), NULL);
  g_ptr_array_add (files, g_file_new_for_path (bad_path));
  g_ptr_array_add (files, g_file_new_for_path (good_path));
  tela_paste_files (fixture->canvas, files, 300, 200);
  WAIT_UNTIL (told != NULL);
  g_assert_nonnull (strstr (told, "bad.png"));
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 1);
  g_clear_pointer (&told, g_free);
}

/* Side by side, and the same bytes are kept once. */
static void
test_several (CanvasFixture *fixture,
              gconstpointer  data)
{
  g_autoptr (GBytes) bytes = new_picture (100);
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GPtrArray) all = NULL;

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u.png", i);
      g_autofree char *path = write_file (fixture, name, bytes);

      g_ptr_array_add (files, g_file_new_for_path (path));
    }
  tela_paste_files (fixture->canvas, files, 100, 200);
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 3);
  all = tela_board_query (fixture->board, NULL);
  for (guint i = 1; i < all->len; i++)
    {
      g_assert_cmpstr (tela_element_get_string (all->pdata[0], TELA_KEY_FILE_ID), ==,
                       tela_element_get_string (all->pdata[i], TELA_KEY_FILE_ID));
      for (guint j = 0; j < i; j++)
        g_assert_false (
            tela_rect_intersects (tela_element_get_box (all->pdata[i]), tela_element_get_box (all->pdata[j])));
    }
}

static gboolean
decodes_cb (GSignalInvocationHint *hint,
            guint                  n_values,
            const GValue          *values,
            gpointer               user_data)
{
  g_assert_true (g_thread_self () != user_data);

  return TRUE;
}

/* Inserted, shown, zoomed, and moved before it was ever painted there: never on the thread of the windows. */
static void
test_not_on_main_thread (CanvasFixture *fixture,
                         gconstpointer  data)
{
  GType            type = GDK_TYPE_PIXBUF_LOADER;
  guint            prepared;
  gulong           hook;
  g_autofree char *id = NULL;
  TelaGesture     *gesture;
  TelaOpBuilder   *op;
  g_autoptr (TelaElement) move = NULL;

  g_type_class_unref (g_type_class_ref (type));
  prepared = g_signal_lookup ("size-prepared", type);
  hook = g_signal_add_emission_hook (prepared, 0, decodes_cb, g_thread_self (), NULL);

  id = insert_picture (fixture);
  gesture = tela_session_begin (fixture->session);
  op = tela_op_builder_new (id);
  tela_op_builder_set_number (op, TELA_KEY_X, 210);
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, 800);
  move = tela_op_builder_end (op, (TelaStamp){ 0 });
  tela_gesture_update (gesture, &move, 1);
  tela_viewport_zoom_centre (tela_canvas_get_viewport (fixture->canvas), 0.2);
  WAIT_UNTIL (is_colour (fixture, 290, 185, 0xff0000));
  tela_gesture_end (gesture);
  WAIT_UNTIL (is_colour (fixture, 290, 185, 0xff0000));
  g_signal_remove_emission_hook (prepared, hook);
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  gtk_test_init (&argc, &argv, NULL);

#define ADD(name, test) g_test_add ("/image-edit/" name, CanvasFixture, NULL, canvas_fixture_set_up, test, canvas_fixture_tear_down)
  ADD ("not-on-main-thread", test_not_on_main_thread);
  ADD ("crop", test_crop);
  ADD ("crop-shift", test_crop_shift);
  ADD ("replace", test_replace);
  ADD ("save", test_save);
  ADD ("damaged", test_damaged);
  ADD ("several", test_several);

  return g_test_run ();
}
