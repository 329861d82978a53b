/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-formats.h"
#include "tela-paint.h"

#define PNG_SCALE 2.0
#define PNG_PADDING 16.0 /* board units */

/* A board on its way to a file. */
typedef struct
{
  TelaWindow *window; /* owned */
  GFile      *file;   /* owned */
} Export;

static void
export_free (Export *self)
{
  g_object_unref (self->window);
  g_object_unref (self->file);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Export, export_free)

static Export *
export_new (TelaWindow *window,
            GFile      *file)
{
  Export *self = g_new0 (Export, 1);

  self->window = g_object_ref (window);
  self->file = g_object_ref (file);

  return self;
}

void
tela_window_tell (TelaWindow *self,
                  const char *format,
                  const char *detail)
{
  g_autofree char *escaped = g_markup_escape_text (detail, -1);
  GString         *text = g_string_new (format);

  g_string_replace (text, "%s", escaped, 1);
  tela_window_toast (self, text->str);
  g_string_free (text, TRUE);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Export) export = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *base = g_file_get_basename (export->file);
  g_autofree char *name = g_filename_display_name (base);

  if (g_file_replace_contents_finish (export->file, result, NULL, &error))
    /* Translators: %s is the name of a file */
    tela_window_tell (export->window, _ ("Exported to “%s”"), name);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    /* Translators: %s says why, in a sentence */
    tela_window_tell (export->window, _ ("The board was not exported: %s"), error->message);
}

static void
write_bytes (Export *export,
             GBytes *bytes)
{
  g_file_replace_contents_bytes_async (export->file, bytes, NULL, FALSE, G_FILE_CREATE_REPLACE_DESTINATION,
                                       export->window->cancellable, written_cb, export);
}

static void
painted_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (Export) export = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (bytes == NULL)
    tela_window_tell (export->window, _ ("The board was not exported: %s"), error->message);
  else
    write_bytes (g_steal_pointer (&export), bytes);
}

/* What the thread paints. */
typedef struct
{
  GPtrArray  *elements; /* owned */
  TelaImages *images;   /* owned */
} Picture;

static void
picture_free (gpointer data)
{
  Picture *self = data;

  g_ptr_array_unref (self->elements);
  tela_images_unref (self->images);
  g_free (self);
}

static void
paint_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  Picture               *picture = data;
  const TelaPaintOptions options = { .scale = PNG_SCALE, .asset = tela_images_get, .asset_data = picture->images };
  g_autoptr (GError) error = NULL;
  GBytes *bytes = tela_paint_png_with_options ((TelaElement *const *) picture->elements->pdata, picture->elements->len,
                                               &options, PNG_PADDING, "#ffffff", &error);

  if (bytes == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
}

void
tela_window_export_to (TelaWindow *self,
                       GFile      *file)
{
  TelaBoard  *board = tela_session_get_board (self->session);
  TelaImages *images = tela_canvas_get_images (tela_window_get_canvas (self));

  if (self->exports_png)
    {
      Picture *picture = g_new0 (Picture, 1);
      g_autoptr (GTask) task = g_task_new (self, self->cancellable, painted_cb, export_new (self, file));

      picture->elements = tela_board_query (board, NULL);
      picture->images = tela_images_ref (images);
      g_task_set_source_tag (task, tela_window_export_to);
      g_task_set_task_data (task, picture, picture_free);
      g_task_run_in_thread (task, paint_in_thread);
    }
  else
    {
      gsize len;
      char *text = tela_excalidraw_write (board, tela_images_get, images, NULL, &len);
      g_autoptr (GBytes) bytes = g_bytes_new_take (text, len);

      write_bytes (export_new (self, file), bytes);
    }
}
