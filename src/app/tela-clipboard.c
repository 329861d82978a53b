/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-clipboard.h"

#include <glib/gi18n.h>

#include "tela-paste.h"

/* In order of what keeps the most. */
static const char *const drawing_types[] = { TELA_CLIP_MIME, NULL };
static const char *const picture_types[] = {
  "image/svg+xml", "image/png", "image/jpeg", "image/webp", "image/gif", NULL
};

/* A paste under way, to where the pointer was. */
typedef struct
{
  TelaCanvas *canvas; /* owned */
  double      x, y;
} Paste;

static void
paste_free (Paste *self)
{
  g_object_unref (self->canvas);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Paste, paste_free)

void
tela_clipboard_copy (TelaCanvas            *canvas,
                     GPtrArray             *elements,
                     const TelaClipOptions *options)
{
  TelaBoard *board = tela_canvas_get_board (canvas);
  g_autoptr (GdkContentProvider) clip = NULL;

  if (board == NULL || elements->len == 0)
    return;

  clip = tela_clip_new (options, elements, tela_board_lookup (board, TELA_BOARD_ELEMENT_ID), tela_canvas_get_images (canvas));
  gdk_clipboard_set_content (gtk_widget_get_clipboard (GTK_WIDGET (canvas)), clip);
}

static void
tell (Paste        *paste,
      const GError *error)
{
  g_autofree char *text = NULL;

  /* Translators: %s says why, in a sentence */
  text = g_strdup_printf (_ ("Pasting failed: %s"), error->message);
  tela_canvas_tell (paste->canvas, text);
}

static void
spliced_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Paste) paste = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, &error) < 0)
    {
      tell (paste, error);
      return;
    }

  bytes = g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (source));
  tela_paste_bytes (paste->canvas, bytes, NULL, paste->x, paste->y);
}

static void
stream_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (Paste) paste = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GInputStream) stream = gdk_clipboard_read_finish (GDK_CLIPBOARD (source), result, NULL, &error);
  g_autoptr (GOutputStream) memory = NULL;

  if (stream == NULL)
    {
      tell (paste, error);
      return;
    }

  memory = g_memory_output_stream_new_resizable ();
  g_output_stream_splice_async (memory, stream,
                                G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE | G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET,
                                G_PRIORITY_DEFAULT, NULL, spliced_cb, g_steal_pointer (&paste));
}

static void
read_stream (GdkClipboard      *clipboard,
             const char *const *types,
             Paste             *paste)
{
  gdk_clipboard_read_async (clipboard, (const char **) types, G_PRIORITY_DEFAULT, NULL, stream_cb, paste);
}

static gboolean
has_any (GdkClipboard      *clipboard,
         const char *const *types)
{
  GdkContentFormats *formats = gdk_clipboard_get_formats (clipboard);

  for (guint i = 0; types[i] != NULL; i++)
    if (gdk_content_formats_contain_mime_type (formats, types[i]))
      return TRUE;

  return FALSE;
}

static void
text_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  GdkClipboard *clipboard = GDK_CLIPBOARD (source);
  g_autoptr (Paste) paste = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = gdk_clipboard_read_text_finish (clipboard, result, &error);

  if (text != NULL && tela_paste_is_drawing (text))
    {
      g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

      tela_paste_bytes (paste->canvas, bytes, NULL, paste->x, paste->y);
    }
  else if (text != NULL && *text != '\0')
    tela_paste_text (paste->canvas, text, paste->x, paste->y);
  else if (has_any (clipboard, picture_types))
    read_stream (clipboard, picture_types, g_steal_pointer (&paste));
  else if (error != NULL)
    tell (paste, error);
}

/* Browsers offer an address as a list of files. */
static gboolean
is_address (GFile *file)
{
  return g_file_has_uri_scheme (file, "http") || g_file_has_uri_scheme (file, "https");
}

static void
files_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (Paste) paste = user_data;
  g_autoptr (GError) error = NULL;
  const GValue *value = gdk_clipboard_read_value_finish (GDK_CLIPBOARD (source), result, &error);
  g_autoptr (GPtrArray) files = g_ptr_array_new ();

  if (value == NULL)
    {
      tell (paste, error);
      return;
    }

  for (GSList *l = g_value_get_boxed (value); l != NULL; l = l->next)
    g_ptr_array_add (files, l->data);
  if (files->len > 0 && is_address (files->pdata[0]))
    {
      g_autofree char *address = g_file_get_uri (files->pdata[0]);

      tela_paste_text (paste->canvas, address, paste->x, paste->y);
      return;
    }
  tela_paste_files (paste->canvas, files, paste->x, paste->y);
}

static gboolean
has_text (GdkContentFormats *formats)
{
  return gdk_content_formats_contain_gtype (formats, G_TYPE_STRING) ||
         gdk_content_formats_contain_mime_type (formats, "text/plain;charset=utf-8") ||
         gdk_content_formats_contain_mime_type (formats, "text/plain");
}

void
tela_clipboard_paste (TelaCanvas *canvas)
{
  GdkClipboard      *clipboard;
  GdkContentFormats *formats;
  g_autoptr (Paste) paste = NULL;

  g_return_if_fail (TELA_IS_CANVAS (canvas));

  if (!tela_canvas_can_edit (canvas))
    return;

  clipboard = gtk_widget_get_clipboard (GTK_WIDGET (canvas));
  formats = gdk_clipboard_get_formats (clipboard);
  paste = g_new0 (Paste, 1);
  paste->canvas = g_object_ref (canvas);
  tela_canvas_get_target (canvas, &paste->x, &paste->y);

  if (has_any (clipboard, drawing_types))
    read_stream (clipboard, drawing_types, g_steal_pointer (&paste));
  else if (gdk_content_formats_contain_gtype (formats, GDK_TYPE_FILE_LIST) ||
           gdk_content_formats_contain_mime_type (formats, "text/uri-list"))
    gdk_clipboard_read_value_async (clipboard, GDK_TYPE_FILE_LIST, G_PRIORITY_DEFAULT, NULL, files_cb,
                                    g_steal_pointer (&paste));
  else if (has_text (formats))
    gdk_clipboard_read_text_async (clipboard, NULL, text_cb, g_steal_pointer (&paste));
  else if (has_any (clipboard, picture_types))
    read_stream (clipboard, picture_types, g_steal_pointer (&paste));
}
