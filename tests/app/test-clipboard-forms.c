/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include <string.h>

#include "tela-clip.h"
#include "tela-formats.h"

/* A frame with a box and its label in it, an arrow from the box to another outside of the frame, and what stands alone. */
#define SCENE                                                                                                         \
  "{\"type\":\"excalidraw/clipboard\",\"elements\":["                                                                 \
  "{\"id\":\"box\",\"type\":\"rectangle\",\"x\":10,\"y\":10,\"width\":100,\"height\":80,\"frameId\":\"frame\","       \
  "\"boundElements\":[{\"id\":\"label\",\"type\":\"text\"},{\"id\":\"tip\",\"type\":\"arrow\"}]},"                    \
  "{\"id\":\"label\",\"type\":\"text\",\"x\":20,\"y\":30,\"width\":50,\"height\":25,\"text\":\"hi\",\"fontSize\":20," \
  "\"fontFamily\":5,\"containerId\":\"box\",\"frameId\":\"frame\"},"                                                  \
  "{\"id\":\"frame\",\"type\":\"frame\",\"x\":0,\"y\":0,\"width\":200,\"height\":120,\"name\":\"F\"},"                \
  "{\"id\":\"tip\",\"type\":\"arrow\",\"x\":115,\"y\":50,\"width\":180,\"height\":0,\"points\":[[0,0],[180,0]],"      \
  "\"startBinding\":{\"elementId\":\"box\",\"focus\":0,\"gap\":5},"                                                   \
  "\"endBinding\":{\"elementId\":\"far\",\"focus\":0,\"gap\":5}},"                                                    \
  "{\"id\":\"far\",\"type\":\"ellipse\",\"x\":300,\"y\":10,\"width\":80,\"height\":80,\"boundElements\":"             \
  "[{\"id\":\"tip\",\"type\":\"arrow\"}]}]}"

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static GdkClipboard *
clipboard_of (CanvasFixture *fixture)
{
  return gtk_widget_get_clipboard (GTK_WIDGET (fixture->canvas));
}

/* What another program would get, terminated. (transfer full) */
static char *
fetch (CanvasFixture *fixture,
       const char    *type,
       gsize         *len)
{
  const char *types[] = { type, NULL };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) spliced = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = NULL;
  g_autoptr (GOutputStream) memory = g_memory_output_stream_new_resizable ();

  gdk_clipboard_read_async (clipboard_of (fixture), types, 0, NULL, done_cb, &result);
  WAIT_UNTIL (result != NULL);
  stream = gdk_clipboard_read_finish (clipboard_of (fixture), result, NULL, &error);
  g_assert_no_error (error);
  g_output_stream_splice_async (memory, stream, G_OUTPUT_STREAM_SPLICE_NONE, 0, NULL, done_cb, &spliced);
  WAIT_UNTIL (spliced != NULL);
  g_output_stream_splice_finish (memory, spliced, &error);
  g_assert_no_error (error);
  *len = g_memory_output_stream_get_data_size (G_MEMORY_OUTPUT_STREAM (memory));
  g_output_stream_write (memory, "", 1, NULL, NULL);
  g_output_stream_close (memory, NULL, NULL);

  return g_memory_output_stream_steal_data (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
offer (CanvasFixture *fixture,
       const char    *type,
       const char    *text,
       gsize          len)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, len);
  g_autoptr (GdkContentProvider) provider = gdk_content_provider_new_for_bytes (type, bytes);

  gdk_clipboard_set_content (clipboard_of (fixture), provider);
}

/* Pastes it onto the board, which has @n elements after. */
static void
paste (CanvasFixture *fixture,
       const char    *type,
       const char    *text,
       gsize          len,
       guint          n)
{
  offer (fixture, type, text, len);
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == n);
}

static void
copy_as (CanvasFixture *fixture,
         const char    *form)
{
  g_action_group_activate_action (tela_canvas_get_actions (fixture->canvas), "copy-as", g_variant_new_string (form));
}

static const TelaElement *
find (CanvasFixture *fixture,
      const char    *type)
{
  g_autoptr (GPtrArray) all = tela_board_query (fixture->board, NULL);

  for (guint i = 0; i < all->len; i++)
    if (g_strcmp0 (tela_element_get_string (all->pdata[i], TELA_KEY_TYPE), type) == 0)
      return all->pdata[i];
  g_assert_not_reached ();
}

static void
select_one (CanvasFixture *fixture,
            const char    *type)
{
  const char *id = tela_element_get_id (find (fixture, type));

  tela_selection_set (tela_canvas_get_selection (fixture->canvas), &id, 1);
}

/* How many of the text's elements are of that type, and how often the word comes in it. */
static guint
count (const char *text,
       const char *word)
{
  guint n = 0;

  for (const char *at = strstr (text, word); at != NULL; at = strstr (at + 1, word))
    n++;

  return n;
}

/* The frame's children and their texts go along, in their order; the arrow, which is not in it, stays. */
static void
test_frame (CanvasFixture *fixture,
            gconstpointer  data)
{
  g_autofree char *text = NULL;
  const char      *box, *label, *frame;
  gsize            len;

  paste (fixture, "text/plain;charset=utf-8", SCENE, strlen (SCENE), 5);
  select_one (fixture, "frame");
  canvas_activate (fixture->canvas, "copy");
  text = fetch (fixture, TELA_CLIP_MIME, &len);
  box = strstr (text, "\"rectangle\"");
  label = strstr (text, "\"hi\"");
  frame = strstr (text, "\"frame\"");
  g_assert_true (box != NULL && label > box && frame > label);
  g_assert_null (strstr (text, "\"points\""));
  g_assert_null (strstr (text, tela_element_get_id (find (fixture, "arrow"))));
  g_assert_cmpuint (count (text, tela_element_get_id (find (fixture, "frame"))), ==, 3);

  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 8);
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 5);
  canvas_activate (fixture->canvas, "undo");

  paste (fixture, TELA_CLIP_MIME, SCENE, strlen (SCENE), 5);
  select_one (fixture, "frame");
  canvas_activate (fixture->canvas, "duplicate");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 8);
  select_one (fixture, "frame");
  canvas_activate (fixture->canvas, "cut");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 5);
}

/* One end of the arrow comes along and the other does not. */
static void
test_binding (CanvasFixture *fixture,
              gconstpointer  data)
{
  g_autofree char *text = NULL;
  const char      *ids[2];
  gsize            len;

  paste (fixture, TELA_CLIP_MIME, SCENE, strlen (SCENE), 5);
  ids[0] = tela_element_get_id (find (fixture, "arrow"));
  ids[1] = tela_element_get_id (find (fixture, "rectangle"));
  tela_selection_set (tela_canvas_get_selection (fixture->canvas), ids, 2);
  canvas_activate (fixture->canvas, "copy");
  text = fetch (fixture, "text/plain", &len);
  g_assert_cmpuint (count (text, ids[1]), ==, 3); /* itself, its label's container, the arrow's start */
  g_assert_cmpuint (count (text, ids[0]), ==, 2); /* itself, what the box has bound */
  g_assert_nonnull (strstr (text, "\"endBinding\": null"));
  g_assert_null (strstr (text, tela_element_get_id (find (fixture, "ellipse"))));
  g_assert_null (strstr (text, tela_element_get_id (find (fixture, "frame"))));
}

/* Twice the same, where the pointer is: under names of their own. */
static void
test_twice (CanvasFixture *fixture,
            gconstpointer  data)
{
  double x, y, cx;

  offer (fixture, TELA_CLIP_MIME, SCENE, strlen (SCENE));
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 5);
  cx = tela_element_get_number (find (fixture, "frame"), TELA_KEY_X, 0);
  tela_canvas_get_target (fixture->canvas, &x, &y);
  g_assert_cmpfloat_with_epsilon (cx, x - 190, 0.01);
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 10);
  g_assert_cmpuint (tela_selection_get_n (tela_canvas_get_selection (fixture->canvas)), ==, 5);
}

/* Text is text in it; the drawing is inside if that is wanted, and comes out again. */
static void
test_svg (CanvasFixture *fixture,
          gconstpointer  data)
{
  g_autofree char *plain = NULL;
  g_autofree char *whole = NULL;
  g_autofree char *scene = NULL;
  g_autoptr (GError) error = NULL;
  gsize len, scene_len;

  paste (fixture, TELA_CLIP_MIME, SCENE, strlen (SCENE), 5);
  canvas_activate (fixture->canvas, "select-all");
  copy_as (fixture, "svg");
  plain = fetch (fixture, "text/plain;charset=utf-8", &len);
  g_assert_true (tela_svg_is (plain, len));
  g_assert_nonnull (strstr (plain, ">hi<"));
  scene = tela_svg_find_scene (plain, len, &scene_len, NULL, &error);
  g_assert_no_error (error);
  g_assert_null (scene);

  canvas_activate (fixture->canvas, "copy-drawing");
  copy_as (fixture, "svg");
  whole = fetch (fixture, "image/svg+xml", &len);
  scene = tela_svg_find_scene (whole, len, &scene_len, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (scene);
  g_assert_nonnull (strstr (scene, "\"endBinding\""));

  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 10);
  canvas_activate (fixture->canvas, "undo");
  paste (fixture, "image/svg+xml", plain, strlen (plain), 6);
  g_assert_cmpstr (tela_element_get_string (canvas_get_selected (fixture->canvas), TELA_KEY_TYPE), ==, "image");
}

static guint
alpha_of_corner (const char *png,
                 gsize       len)
{
  g_autoptr (GBytes) bytes = g_bytes_new (png, len);
  g_autoptr (GError) error = NULL;
  g_autoptr (GdkTexture) texture = gdk_texture_new_from_bytes (bytes, &error);
  g_autofree guint32 *pixels = NULL;

  g_assert_no_error (error);
  pixels = g_new (guint32, (gsize) gdk_texture_get_width (texture) * gdk_texture_get_height (texture));
  gdk_texture_download (texture, (guchar *) pixels, 4 * (gsize) gdk_texture_get_width (texture));

  return pixels[0] >> 24;
}

static void
test_png (CanvasFixture *fixture,
          gconstpointer  data)
{
  g_autofree char *plain = NULL;
  g_autofree char *clear = NULL;
  g_autofree char *scene = NULL;
  g_autoptr (GError) error = NULL;
  gsize len, scene_len;

  paste (fixture, TELA_CLIP_MIME, SCENE, strlen (SCENE), 5);
  copy_as (fixture, "png");
  plain = fetch (fixture, "image/png", &len);
  g_assert_cmpuint (alpha_of_corner (plain, len), ==, 255);
  g_assert_null (tela_png_find_scene (plain, len, &scene_len, NULL, &error));
  g_assert_no_error (error);

  canvas_activate (fixture->canvas, "copy-paper");
  canvas_activate (fixture->canvas, "copy-drawing");
  copy_as (fixture, "png");
  clear = fetch (fixture, "image/png", &len);
  g_assert_cmpuint (alpha_of_corner (clear, len), ==, 0);
  scene = tela_png_find_scene (clear, len, &scene_len, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (scene);
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 10);
}

/* One address is a text that leads there. */
static void
test_address (CanvasFixture *fixture,
              gconstpointer  data)
{
  static const char address[] = "https://example.org/a?b=c#d";

  gdk_clipboard_set_text (clipboard_of (fixture), address);
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 1);
  g_assert_cmpstr (tela_element_get_string (find (fixture, "text"), TELA_KEY_LINK), ==, address);
  g_assert_cmpstr (tela_element_get_string (find (fixture, "text"), TELA_KEY_TEXT), ==, address);
  canvas_activate (fixture->canvas, "undo");

  paste (fixture, "text/uri-list", "https://example.org/\r\n", 22, 1);
  g_assert_cmpstr (tela_element_get_string (find (fixture, "text"), TELA_KEY_LINK), ==, "https://example.org/");
}

/* All drawings of a library, side by side. */
static void
test_library (CanvasFixture *fixture,
              gconstpointer  data)
{
  static const char library[] =
      "{\"type\":\"excalidrawlib\",\"version\":2,\"libraryItems\":[{\"id\":\"a\",\"elements\":[{\"id\":\"r\",\"type\":"
      "\"rectangle\",\"x\":0,\"y\":0,\"width\":10,\"height\":10}]},{\"id\":\"b\",\"elements\":[{\"id\":\"r\",\"type\":"
      "\"ellipse\",\"x\":0,\"y\":0,\"width\":10,\"height\":10}]}]}";

  paste (fixture, "text/plain;charset=utf-8", library, strlen (library), 2);
}

static void
message_cb (TelaCanvas *canvas,
            const char *text,
            char      **message)
{
  g_free (*message);
  *message = g_strdup (text);
}

/* (transfer full) */
static char *
nested (void)
{
  GString *out = g_string_new ("{\"type\":\"excalidraw/clipboard\",\"elements\":");

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (out, '[');

  return g_string_free (out, FALSE);
}

/* Told, and the board is as it was: there is not even anything to undo. */
static void
test_hostile (CanvasFixture *fixture,
              gconstpointer  data)
{
  g_autofree char  *deep = nested ();
  const char *const texts[] = {
    "{\"type\":\"excalidraw/clipboard\",\"elements\":[{\"id\":\"a\",\"type\":\"rectangle\",\"x\":",
    "{\"type\":\"excalidraw/clipboard\",\"elements\":{\"0\":1}}",
    "{\"type\":\"excalidraw/clipboard\",\"elements\":[]}",
    "{\"type\":\"excalidraw/clipboard\"}",
    "{\"type\":\"excalidraw/clipboard\",\"elements\":[null,7,\"x\",[[]]]}",
    "{\"type\":\"excalidraw/clipboard\",\"elements\":[{\"type\":7},{\"id\":{}}]}",
    "{\"type\":\"excalidraw\",\"elements\":[{\"id\":\"a\",\"type\":\"rectangle\",\"isDeleted\":true}]}",
    "{\"type\":\"excalidrawlib\",\"version\":2,\"libraryItems\":7}",
    "{\"type\":\"excalidrawlib\",\"version\":2,\"libraryItems\":[]}",
    "{\"type\":\"excalidrawlib\",\"libraryItems\":[{\"elements\":[{\"id\"",
    "<svg xmlns='http://www.w3.org/2000/svg'",
    deep,
  };
  const char *const types[] = { "text/plain;charset=utf-8", TELA_CLIP_MIME };

  for (guint i = 0; i < G_N_ELEMENTS (texts) * G_N_ELEMENTS (types); i++)
    {
      const char      *text = texts[i / G_N_ELEMENTS (types)];
      g_autofree char *message = NULL;
      gulong           handler;

      g_test_message ("%.80s", text);
      handler = g_signal_connect (fixture->canvas, "message", G_CALLBACK (message_cb), &message);
      offer (fixture, types[i % G_N_ELEMENTS (types)], text, strlen (text));
      canvas_activate (fixture->canvas, "paste");
      WAIT_UNTIL (message != NULL);
      g_signal_handler_disconnect (fixture->canvas, handler);
      g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 0);
      g_assert_false (canvas_is_enabled (fixture->canvas, "undo"));
    }
}

static void
test_no_text (CanvasFixture *fixture,
              gconstpointer  data)
{
  g_autofree char    *message = NULL;
  g_autofree char *id G_GNUC_UNUSED = canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200);

  g_signal_connect (fixture->canvas, "message", G_CALLBACK (message_cb), &message);
  copy_as (fixture, "text");
  g_assert_nonnull (message);
  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  g_assert_false (canvas_is_enabled (fixture->canvas, "copy-as"));
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
  adw_init ();

  add ("/clipboard/copy/frame", test_frame);
  add ("/clipboard/copy/binding", test_binding);
  add ("/clipboard/copy/svg", test_svg);
  add ("/clipboard/copy/png", test_png);
  add ("/clipboard/copy/no-text", test_no_text);
  add ("/clipboard/paste/twice", test_twice);
  add ("/clipboard/paste/address", test_address);
  add ("/clipboard/paste/library", test_library);
  add ("/clipboard/paste/hostile", test_hostile);

  return g_test_run ();
}
