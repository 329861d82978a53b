/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-clip.h"

#include "tela-formats.h"
#include "tela-paint.h"
#include "tela-strangers.h"

#define PNG_SCALE 2.0
#define PADDING 16.0 /* board units */

struct _TelaClip
{
  GdkContentProvider parent_instance;

  TelaClipForm form;
  char        *paper; /* owned; nullable */
  gboolean     embeds;
  GPtrArray   *elements; /* owned */
  TelaElement *own;      /* owned; nullable */
  TelaImages  *images;   /* owned; nullable */
  GHashTable  *files;    /* the file ids of @elements, borrowed from them */
};

G_DEFINE_FINAL_TYPE (TelaClip, tela_clip, GDK_TYPE_CONTENT_PROVIDER)

/* A drawing comes without a PNG: browsers hand a PNG to a page as a file, and Excalidraw takes files before anything else.
 */
static GdkContentFormats *
tela_clip_ref_formats (GdkContentProvider *provider)
{
  static const char *const all[] = { TELA_CLIP_MIME, "image/svg+xml", "text/plain;charset=utf-8", "text/plain" };
  static const char *const png[] = { "image/png" };

  switch (TELA_CLIP (provider)->form)
    {
    case TELA_CLIP_PNG:
      return gdk_content_formats_new ((const char **) png, G_N_ELEMENTS (png));
    case TELA_CLIP_SVG:
      return gdk_content_formats_new ((const char **) all + 1, G_N_ELEMENTS (all) - 1);
    default:
      return gdk_content_formats_new ((const char **) all, G_N_ELEMENTS (all));
    }
}

/* Of all the files of a board, only those that go along are worth reading. */
static GBytes *
get_file (const char *file_id,
          gpointer    user_data)
{
  TelaClip *self = user_data;

  return self->images != NULL && g_hash_table_contains (self->files, file_id) ? tela_images_get (file_id, self->images)
                                                                              : NULL;
}

static void
write_files (TelaClip       *self,
             TelaJsonSpan    files,
             TelaJsonWriter *writer)
{
  TelaJsonReader reader;
  TelaJsonSpan   name, value;

  tela_json_writer_begin_object (writer);
  tela_json_reader_init (&reader, files.data, (gssize) files.len);
  if (files.len > 0 && tela_json_reader_enter_object (&reader))
    while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
      {
        g_autofree char *id = tela_json_unescape (name, NULL, NULL);

        if (!g_hash_table_contains (self->files, id))
          continue;
        tela_json_writer_name (writer, id);
        tela_json_writer_raw (writer, value.data, value.len);
      }
  tela_json_writer_end_object (writer);
}

/* As a board of its own it is written with everything that a file has: the bindings seen from both sides, the images. */
static char *
write_file (TelaClip *self,
            gsize    *len)
{
  g_autoptr (TelaBoard) board = tela_board_new ("clipboard");

  tela_board_merge (board, (TelaElement *const *) self->elements->pdata, self->elements->len);
  if (self->own != NULL && g_hash_table_size (self->files) > 0)
    tela_board_merge (board, &self->own, 1);

  return tela_excalidraw_write (board, get_file, self, NULL, len);
}

char *
tela_clip_write_scene (TelaClip *self)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *file = NULL;
  TelaJsonSpan     root, elements = { "[]", 2 }, files = { "", 0 };
  TelaJsonWriter   writer;

  file = write_file (self, &root.len);
  root.data = file;
  tela_json_find (root, "elements", &elements);
  tela_json_find (root, "files", &files);

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "type");
  tela_json_writer_string (&writer, "excalidraw/clipboard");
  tela_json_writer_name (&writer, "elements");
  tela_json_writer_raw (&writer, elements.data, elements.len);
  tela_json_writer_name (&writer, "files");
  write_files (self, files, &writer);
  tela_json_writer_end_object (&writer);

  return g_string_free (g_steal_pointer (&out), FALSE);
}

static GBytes *
paint_png (TelaClip                 *self,
           const TelaPictureOptions *options,
           GError                  **error)
{
  g_autoptr (GBytes) png = NULL;
  g_autofree char *scene = NULL;
  gsize            len;

  png = tela_paint_png ((TelaElement *const *) self->elements->pdata, self->elements->len, options, error);
  if (png == NULL || !self->embeds)
    return g_steal_pointer (&png);

  scene = write_file (self, &len);

  return tela_png_embed_scene (png, scene, len, TELA_CARRIER_COMPRESSED, error);
}

static GBytes *
paint_svg (TelaClip                 *self,
           const TelaPictureOptions *options,
           GError                  **error)
{
  g_autoptr (GBytes) svg = NULL;
  g_autofree char *scene = NULL;
  char            *whole;
  gsize            len;

  svg = tela_paint_svg ((TelaElement *const *) self->elements->pdata, self->elements->len, options);
  if (!self->embeds)
    return g_steal_pointer (&svg);

  scene = write_file (self, &len);
  whole = tela_svg_embed_scene (g_bytes_get_data (svg, NULL), g_bytes_get_size (svg), scene, len,
                                TELA_CARRIER_COMPRESSED, &len, error);

  return whole == NULL ? NULL : g_bytes_new_take (whole, len);
}

static GBytes *
make (TelaClip   *self,
      const char *type,
      GError    **error)
{
  const TelaPictureOptions options = {
    .scale = self->form == TELA_CLIP_PNG ? PNG_SCALE : 1,
    .padding = PADDING,
    .background = self->paper,
    .asset = get_file,
    .asset_data = self,
  };
  char *scene;

  if (self->form == TELA_CLIP_PNG)
    return paint_png (self, &options, error);
  if (self->form == TELA_CLIP_SVG || strcmp (type, "image/svg+xml") == 0)
    return paint_svg (self, &options, error);

  scene = tela_clip_write_scene (self);

  return g_bytes_new_take (scene, strlen (scene));
}

static void
make_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  g_autoptr (GError) error = NULL;
  GBytes *bytes = make (source, data, &error);

  if (bytes == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
}

/* Where the bytes go once they are made. */
typedef struct
{
  GOutputStream *stream; /* owned */
  GBytes        *bytes;  /* owned; NULL until made */
  int            priority;
} Writing;

static void
writing_free (gpointer data)
{
  Writing *self = data;

  g_object_unref (self->stream);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_free (self);
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  GError *error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
made_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (GTask) task = user_data;
  Writing      *writing = g_task_get_task_data (task);
  GError       *error = NULL;
  gconstpointer data;
  gsize         len;

  writing->bytes = g_task_propagate_pointer (G_TASK (result), &error);
  if (writing->bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  data = g_bytes_get_data (writing->bytes, &len);
  g_output_stream_write_all_async (writing->stream, data, len, writing->priority, g_task_get_cancellable (task),
                                   written_cb, g_object_ref (task));
}

static void
tela_clip_write_mime_type_async (GdkContentProvider *provider,
                                 const char         *mime_type,
                                 GOutputStream      *stream,
                                 int                 io_priority,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  GTask   *task = g_task_new (provider, cancellable, callback, user_data);
  Writing *writing = g_new0 (Writing, 1);
  g_autoptr (GTask) making = NULL;

  writing->stream = g_object_ref (stream);
  writing->priority = io_priority;
  g_task_set_source_tag (task, tela_clip_write_mime_type_async);
  g_task_set_task_data (task, writing, writing_free);

  making = g_task_new (provider, cancellable, made_cb, task);
  g_task_set_source_tag (making, make_in_thread);
  g_task_set_task_data (making, g_strdup (mime_type), g_free);
  g_task_run_in_thread (making, make_in_thread);
}

static gboolean
tela_clip_write_mime_type_finish (GdkContentProvider *provider,
                                  GAsyncResult       *result,
                                  GError            **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
tela_clip_finalize (GObject *object)
{
  TelaClip *self = TELA_CLIP (object);

  g_hash_table_unref (self->files);
  g_ptr_array_unref (self->elements);
  g_clear_pointer (&self->own, tela_element_unref);
  g_clear_pointer (&self->images, tela_images_unref);
  g_free (self->paper);

  G_OBJECT_CLASS (tela_clip_parent_class)->finalize (object);
}

static void
tela_clip_class_init (TelaClipClass *klass)
{
  GdkContentProviderClass *provider_class = GDK_CONTENT_PROVIDER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = tela_clip_finalize;
  provider_class->ref_formats = tela_clip_ref_formats;
  provider_class->write_mime_type_async = tela_clip_write_mime_type_async;
  provider_class->write_mime_type_finish = tela_clip_write_mime_type_finish;
}

static void
tela_clip_init (TelaClip *self)
{
  self->files = g_hash_table_new (g_str_hash, g_str_equal);
}

GdkContentProvider *
tela_clip_new (const TelaClipOptions *options,
               GPtrArray             *elements,
               const TelaElement     *own,
               TelaImages            *images)
{
  TelaClip *self = g_object_new (TELA_TYPE_CLIP, NULL);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < elements->len; i++)
    g_hash_table_add (ids, (gpointer) tela_element_get_id (elements->pdata[i]));
  self->form = options->form;
  self->paper = g_strdup (options->paper);
  self->embeds = options->embeds;
  self->elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  for (guint i = 0; i < elements->len; i++)
    {
      TelaElement *element = tela_strangers_drop (elements->pdata[i], ids);
      const char  *file_id = tela_element_get_string (element, TELA_KEY_FILE_ID);

      g_ptr_array_add (self->elements, element);
      if (file_id != NULL)
        g_hash_table_add (self->files, (gpointer) file_id);
    }
  self->own = own == NULL ? NULL : tela_element_ref (own);
  self->images = images == NULL ? NULL : tela_images_ref (images);

  return GDK_CONTENT_PROVIDER (self);
}

char *
tela_clip_join_texts (GPtrArray *elements)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < elements->len; i++)
    {
      const char *whole = tela_element_get_string (elements->pdata[i], TELA_KEY_ORIGINAL_TEXT);
      const char *text = whole != NULL ? whole : tela_element_get_string (elements->pdata[i], TELA_KEY_TEXT);

      if (g_strcmp0 (tela_element_get_string (elements->pdata[i], TELA_KEY_TYPE), "text") != 0 || text == NULL)
        continue;
      if (out->len > 0)
        g_string_append (out, "\n\n");
      g_string_append (out, text);
    }

  return out->len == 0 ? NULL : g_string_free (g_steal_pointer (&out), FALSE);
}
