/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include <string.h>

#include "tela-clip.h"
#include "tela-formats.h"
#include "tela-paste.h"

/* A box, an arrow that is bound to it, a text in it, and a group of both shapes. */
#define SCENE                                                                                                         \
  "{\"type\":\"excalidraw/clipboard\",\"elements\":["                                                                 \
  "{\"id\":\"box\",\"type\":\"rectangle\",\"x\":0,\"y\":0,\"width\":100,\"height\":80,\"groupIds\":[\"g\"]},"         \
  "{\"id\":\"tip\",\"type\":\"arrow\",\"x\":-100,\"y\":40,\"width\":90,\"height\":0,\"points\":[[0,0],[90,0]],"       \
  "\"groupIds\":[\"g\"],\"startBinding\":null,\"endBinding\":{\"elementId\":\"box\",\"focus\":0,\"gap\":5}},"         \
  "{\"id\":\"label\",\"type\":\"text\",\"x\":10,\"y\":20,\"width\":50,\"height\":25,\"text\":\"hi\",\"fontSize\":20," \
  "\"fontFamily\":5,\"containerId\":\"box\",\"groupIds\":[]},"                                                        \
  "{\"id\":\"photo\",\"type\":\"image\",\"x\":0,\"y\":100,\"width\":40,\"height\":40,\"fileId\":\"f1\",\"status\":"   \
  "\"saved\"}],"                                                                                                      \
  "\"files\":{\"f1\":{\"mimeType\":\"image/png\",\"id\":\"f1\",\"dataURL\":\"data:image/png;base64," PIXEL "\"}}}"
#define PIXEL "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

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

static void
offer (CanvasFixture *fixture,
       const char    *type,
       gconstpointer  data,
       gsize          len)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, len);
  g_autoptr (GdkContentProvider) provider = gdk_content_provider_new_for_bytes (type, bytes);

  gdk_clipboard_set_content (clipboard_of (fixture), provider);
}

/* What another program would get. */
static GBytes *
fetch (CanvasFixture *fixture,
       const char    *type)
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
  g_output_stream_splice_async (memory, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, 0, NULL, done_cb, &spliced);
  WAIT_UNTIL (spliced != NULL);
  g_output_stream_splice_finish (memory, spliced, &error);
  g_assert_no_error (error);

  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (memory));
}

static void
copy_as (CanvasFixture *fixture,
         const char    *form)
{
  g_action_group_activate_action (tela_canvas_get_actions (fixture->canvas), "copy-as", g_variant_new_string (form));
}

static const TelaElement *
find (GPtrArray  *all,
      const char *type)
{
  for (guint i = 0; i < all->len; i++)
    if (g_strcmp0 (tela_element_get_string (all->pdata[i], TELA_KEY_TYPE), type) == 0)
      return all->pdata[i];
  g_assert_not_reached ();
}

static char *
binding_of (const TelaElement *arrow)
{
  TelaValue    value;
  TelaJsonSpan id;

  g_assert_true (tela_element_get (arrow, TELA_KEY_END_BINDING, &value, NULL));
  g_assert_true (tela_json_find ((TelaJsonSpan){ value.as.string, strlen (value.as.string) }, "elementId", &id));

  return g_strndup (id.data + 1, id.len - 2);
}

static void
paste_scene (CanvasFixture *fixture,
             const char    *type)
{
  offer (fixture, type, SCENE, strlen (SCENE));
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) > 0);
}

/* Names follow, the image is on disk under its hash, and all is one step. */
static void
test_paste_scene (CanvasFixture *fixture,
                  gconstpointer  data)
{
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char   *bound = NULL;
  const TelaElement *box;
  const TelaElement *photo;

  paste_scene (fixture, data);
  all = tela_board_query (fixture->board, NULL);
  g_assert_cmpuint (all->len, ==, 4);
  g_assert_cmpuint (tela_selection_get_n (tela_canvas_get_selection (fixture->canvas)), ==, 4);
  box = find (all, "rectangle");
  photo = find (all, "image");
  bound = binding_of (find (all, "arrow"));
  g_assert_cmpstr (tela_element_get_id (box), !=, "box");
  g_assert_cmpstr (bound, ==, tela_element_get_id (box));
  g_assert_cmpstr (tela_element_get_string (find (all, "text"), TELA_KEY_CONTAINER_ID), ==, tela_element_get_id (box));
  g_assert_cmpuint (strlen (tela_element_get_string (photo, TELA_KEY_FILE_ID)), ==, 64);
  bytes = tela_images_get (tela_element_get_string (photo, TELA_KEY_FILE_ID), tela_canvas_get_images (fixture->canvas));
  g_assert_nonnull (bytes);

  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 0);
}

/* The text that Excalidraw expects, with the bindings seen from both sides and the picture inside. */
static void
test_copy_scene (CanvasFixture *fixture,
                 gconstpointer  data)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GBytes) svg = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  TelaJsonSpan     root, part;

  paste_scene (fixture, TELA_CLIP_MIME);
  canvas_activate (fixture->canvas, "copy");
  bytes = fetch (fixture, TELA_CLIP_MIME);
  plain = fetch (fixture, "text/plain");
  g_assert_true (g_bytes_equal (bytes, plain));

  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  root = (TelaJsonSpan){ text, strlen (text) };
  g_assert_true (tela_json_check (text, -1, &error));
  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (text, "{\"type\":\"excalidraw/clipboard\",\"elements\":["));
  g_assert_true (tela_json_find (root, "files", &part));
  g_assert_nonnull (g_strstr_len (part.data, (gssize) part.len, "\"data:image/png;base64," PIXEL "\""));
  g_assert_nonnull (strstr (text, "\"boundElements\""));

  /* A browser would hand a PNG on as a file, which Excalidraw takes before the text. */
  g_assert_false (gdk_content_formats_contain_mime_type (gdk_clipboard_get_formats (clipboard_of (fixture)), "image/png"));
  svg = fetch (fixture, "image/svg+xml");
  g_assert_true (tela_svg_is (g_bytes_get_data (svg, NULL), g_bytes_get_size (svg)));
}

/* Nothing is lost, added or put elsewhere, but for what says the version. */
static void
test_copy_one_to_the_letter (CanvasFixture *fixture,
                             gconstpointer  data)
{
  static const char form[] =
      "{\"id\":\"one\",\"type\":\"ellipse\",\"x\":1,\"y\":2,\"width\":3,\"height\":4,\"index\":\"a1\","
      "\"customData\":{\"a\":[1,null]},\"version\":1,\"versionNonce\":%s,\"updated\":%s,\"isDeleted\":false}";
  TelaJsonReader reader;
  g_autoptr (TelaElement) element = NULL;
  g_autoptr (GPtrArray) elements = g_ptr_array_new ();
  g_autoptr (GdkContentProvider) clip = NULL;
  g_autofree char *text = NULL;
  g_autofree char *plain = g_strdup_printf (form, "7", "8");
  g_autofree char *nonce = NULL;
  g_autofree char *updated = NULL;
  g_autofree char *whole = NULL;
  TelaJsonSpan     part, value;

  tela_json_reader_init (&reader, plain, -1);
  element = tela_element_read_plain (&reader, NULL, (TelaStamp){ .time = 5, .actor = 6 }, NULL, NULL);
  g_ptr_array_add (elements, element);
  clip = tela_clip_new (&(TelaClipOptions){ .form = TELA_CLIP_DRAWING }, elements, NULL, NULL);
  text = tela_clip_write_scene (TELA_CLIP (clip));
  g_assert_true (tela_json_find ((TelaJsonSpan){ text, strlen (text) }, "elements", &part));
  value = (TelaJsonSpan){ part.data + 1, part.len - 2 };
  g_assert_true (tela_json_find (value, "versionNonce", &part));
  nonce = g_strndup (part.data, part.len);
  g_assert_true (tela_json_find (value, "updated", &part));
  updated = g_strndup (part.data, part.len);
  g_free (plain);
  plain = g_strdup_printf (form, nonce, updated);
  whole = g_strdup_printf ("{\"type\":\"excalidraw/clipboard\",\"elements\":[%s],\"files\":{}}", plain);
  g_test_message ("%s", text);
  g_assert_true (tela_json_equal ((TelaJsonSpan){ text, strlen (text) }, (TelaJsonSpan){ whole, strlen (whole) }));
}

/* Out of one window and into another. */
static void
test_two_windows (CanvasFixture *fixture,
                  gconstpointer  data)
{
  TelaCanvas      *other;
  GtkWidget       *window = canvas_fixture_add_window (fixture, &other);
  g_autofree char *id = canvas_draw (fixture->canvas, "rectangle", 100, 100, 200, 200);

  canvas_activate (fixture->canvas, "cut");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 0);
  canvas_activate (other, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 1);
  g_assert_cmpstr (tela_element_get_id (canvas_get_selected (other)), !=, id);
  g_assert_cmpfloat (tela_element_get_number (canvas_get_selected (other), TELA_KEY_WIDTH, 0), ==, 100);
  g_assert_cmpuint (tela_selection_get_n (tela_canvas_get_selection (fixture->canvas)), ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_paste_picture (CanvasFixture *fixture,
                    gconstpointer  data)
{
  gsize              len;
  g_autofree guchar *png = g_base64_decode (PIXEL, &len);
  g_autofree char   *hash = g_compute_checksum_for_data (G_CHECKSUM_SHA256, png, len);
  g_autoptr (GBytes) kept = NULL;
  const TelaElement *image;

  offer (fixture, "image/png", png, len);
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 1);
  image = canvas_get_selected (fixture->canvas);
  g_assert_cmpstr (tela_element_get_string (image, TELA_KEY_TYPE), ==, "image");
  g_assert_cmpstr (tela_element_get_string (image, TELA_KEY_FILE_ID), ==, hash);
  kept = tela_store_get_asset (fixture->store, hash, NULL);
  g_assert_cmpmem (g_bytes_get_data (kept, NULL), g_bytes_get_size (kept), png, len);
}

static void
test_paste_svg_text (CanvasFixture *fixture,
                     gconstpointer  data)
{
  gdk_clipboard_set_text (clipboard_of (fixture),
                          "<svg xmlns='http://www.w3.org/2000/svg' width='8000' height='4000'/>");
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 1);
  /* As large as the view has room for. */
  g_assert_cmpfloat (tela_element_get_number (canvas_get_selected (fixture->canvas), TELA_KEY_WIDTH, 0), <, 600);
}

static void
message_cb (TelaCanvas *canvas,
            const char *text,
            char      **message)
{
  g_free (*message);
  *message = g_strdup (text);
}

static void
test_paste_rubbish (CanvasFixture *fixture,
                    gconstpointer  data)
{
  g_autofree char *message = NULL;

  g_signal_connect (fixture->canvas, "message", G_CALLBACK (message_cb), &message);
  offer (fixture, "image/png", "\211PNG\r\n\032\nrubbish", 15);
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (message != NULL);
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 0);
}

static void
test_long_text (CanvasFixture *fixture,
                gconstpointer  data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const TelaElement *element;

  for (guint i = 0; i < 100; i++)
    g_string_append (text, "many words ");
  gdk_clipboard_set_text (clipboard_of (fixture), text->str);
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 1);
  element = canvas_get_selected (fixture->canvas);
  g_assert_nonnull (strchr (tela_element_get_string (element, TELA_KEY_TEXT), '\n'));
  g_assert_null (strchr (tela_element_get_string (element, TELA_KEY_ORIGINAL_TEXT), '\n'));
  g_assert_cmpfloat (tela_element_get_number (element, TELA_KEY_WIDTH, 0), <=, 320);
}

/* Texts are shapes to us and to Excalidraw, and text to everybody else if that is wanted. */
static void
test_copy_text (CanvasFixture *fixture,
                gconstpointer  data)
{
  g_autoptr (GBytes) drawing = NULL;
  g_autoptr (GBytes) plain = NULL;

  tela_paste_text (fixture->canvas, "some\r\nwords\n", 0, 0);
  canvas_activate (fixture->canvas, "copy");
  drawing = fetch (fixture, "text/plain");
  g_assert_true (g_str_has_prefix (g_bytes_get_data (drawing, NULL), "{\"type\":\"excalidraw/clipboard\""));
  canvas_activate (fixture->canvas, "paste");
  WAIT_UNTIL (tela_board_get_n_visible (fixture->board) == 2);

  copy_as (fixture, "text");
  plain = fetch (fixture, "text/plain;charset=utf-8");
  g_assert_cmpmem (g_bytes_get_data (plain, NULL), g_bytes_get_size (plain), "some\nwords", 10);
}

/* Several files land side by side, as one step; one that is broken is told by its name. */
static void
test_files (CanvasFixture *fixture,
            gconstpointer  data)
{
  static const char *const names[] = { "one.png", "broken.png", "two.png" };
  gsize                    len;
  g_autofree guchar       *png = g_base64_decode (PIXEL, &len);
  g_autofree char         *message = NULL;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (fixture->dir, names[i], NULL);

      g_assert_true (
          g_file_set_contents (path, i == 1 ? "rubbish" : (const char *) png, i == 1 ? 7 : (gssize) len, NULL));
      g_ptr_array_add (files, g_file_new_for_path (path));
    }
  g_signal_connect (fixture->canvas, "message", G_CALLBACK (message_cb), &message);
  tela_paste_files (fixture->canvas, files, 0, 0);
  WAIT_UNTIL (message != NULL);
  g_assert_nonnull (strstr (message, "broken.png"));
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 2);
  canvas_activate (fixture->canvas, "undo");
  g_assert_cmpuint (tela_board_get_n_visible (fixture->board), ==, 0);
}

static void
add (const char   *path,
     gconstpointer data,
     void (*func) (CanvasFixture *fixture, gconstpointer data))
{
  g_test_add (path, CanvasFixture, data, canvas_fixture_set_up, func, canvas_fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

  add ("/clipboard/paste/scene", TELA_CLIP_MIME, test_paste_scene);
  add ("/clipboard/paste/scene-as-text", "text/plain;charset=utf-8", test_paste_scene);
  add ("/clipboard/paste/picture", NULL, test_paste_picture);
  add ("/clipboard/paste/svg-text", NULL, test_paste_svg_text);
  add ("/clipboard/paste/rubbish", NULL, test_paste_rubbish);
  add ("/clipboard/paste/long-text", NULL, test_long_text);
  add ("/clipboard/paste/files", NULL, test_files);
  add ("/clipboard/copy/scene", NULL, test_copy_scene);
  add ("/clipboard/copy/to-the-letter", NULL, test_copy_one_to_the_letter);
  add ("/clipboard/copy/text", NULL, test_copy_text);
  add ("/clipboard/two-windows", NULL, test_two_windows);

  return g_test_run ();
}
