/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

#include <glib/gi18n-lib.h>

#define TYPE "tela"
#define VERSION 1

/* The parts of a file, as they stand in it. */
typedef struct
{
  TelaJsonSpan elements, assets; /* data is NULL if absent */
} Parts;

static gboolean
invalid (GError    **error,
         const char *message)
{
  g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, message);
  return FALSE;
}

static gboolean
find_parts (Parts       *self,
            TelaJsonSpan text,
            GError     **error)
{
  g_autoptr (GError) problem = NULL;
  TelaJsonSpan   type = { "", 0 }, version = { "", 0 }, name, value;
  TelaJsonReader reader;

  tela_json_reader_init (&reader, text.data, (gssize) text.len);
  tela_json_reader_enter_object (&reader);
  while (!tela_json_reader_failed (&reader) && tela_json_reader_next_member (&reader, &name) &&
         tela_json_reader_span (&reader, &value))
    if (TELA_JSON_SPAN_IS (name, "type"))
      type = value;
    else if (TELA_JSON_SPAN_IS (name, "version"))
      version = value;
    else if (TELA_JSON_SPAN_IS (name, "elements"))
      self->elements = value;
    else if (TELA_JSON_SPAN_IS (name, "assets"))
      self->assets = value;
  if (!tela_json_reader_finish (&reader, &problem))
    return invalid (error, problem->message);
  if (!TELA_JSON_SPAN_IS (type, "\"" TYPE "\""))
    return invalid (error, _ ("type: not “tela”"));
  if (!TELA_JSON_SPAN_IS (version, "1"))
    return invalid (error, _ ("version: this program reads version 1 only"));
  if (self->elements.data == NULL || self->elements.data[0] != '[')
    return invalid (error, _ ("elements: missing, or not an array"));
  if (self->assets.data != NULL && !tela_format_span_is_object (self->assets))
    return invalid (error, _ ("assets: not an object"));
  return TRUE;
}

static TelaElement *
read_element (TelaJsonSpan item,
              GError     **error)
{
  TelaJsonSpan     span, props, stamps;
  g_autofree char *id = NULL;
  g_autoptr (TelaElement) element = NULL;

  if (tela_format_span_is_object (item) && tela_json_find (item, "id", &span))
    id = tela_span_to_string (span);
  if (id == NULL || !tela_element_id_is_valid (id, strlen (id)))
    {
      invalid (error, _ ("id: missing or not fit"));
      return NULL;
    }
  if (!tela_json_find (item, "props", &props) || !tela_json_find (item, "stamps", &stamps))
    {
      invalid (error, _ ("props or stamps: missing"));
      return NULL;
    }
  element = tela_element_from_row (id, props, stamps, error);
  return element != NULL && tela_element_validate (element, error) ? g_steal_pointer (&element) : NULL;
}

static gboolean
read_elements (TelaImport  *import,
               TelaJsonSpan elements,
               GError     **error)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  TelaJsonReader reader;
  TelaJsonSpan   item;

  tela_json_reader_init (&reader, elements.data, (gssize) elements.len);
  tela_json_reader_enter_array (&reader);
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &item))
    {
      g_autoptr (GError) problem = NULL;
      TelaElement *element = read_element (item, &problem);

      if (element != NULL)
        g_ptr_array_add (import->elements, element);
      if (element != NULL && !g_hash_table_add (seen, (gpointer) tela_element_get_id (element)))
        invalid (&problem, _ ("id: it comes twice"));
      if (problem != NULL || import->elements->len > TELA_IMPORT_MAX_ELEMENTS)
        {
          /* Translators: the number of an element, and what is wrong with it */
          g_set_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, _ ("element %u: %s"),
                       import->elements->len + (element == NULL),
                       problem != NULL ? problem->message : _ ("there are too many"));
          return FALSE;
        }
    }
  return TRUE;
}

/* The hash of the bytes must be what they are called. */
static gboolean
read_asset (const char  *sha256,
            TelaJsonSpan value,
            GHashTable  *assets,
            GError     **error)
{
  TelaJsonSpan       span;
  g_autofree char   *text = NULL;
  g_autofree char   *real = NULL;
  g_autofree guchar *data = NULL;
  g_autoptr (GBytes) bytes = NULL;
  gsize len;

  if (tela_format_span_is_object (value) && tela_json_find (value, "base64", &span))
    text = tela_span_to_string (span);
  if (text != NULL)
    {
      data = g_base64_decode (text, &len);
      bytes = g_bytes_new_take (g_steal_pointer (&data), len);
      real = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
    }
  if (g_strcmp0 (real, sha256) != 0)
    {
      /* Translators: %.64s is the hash of an image */
      g_set_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, _ ("assets: %.64s is damaged"), sha256);
      return FALSE;
    }
  g_hash_table_insert (assets, g_strdup (sha256), g_steal_pointer (&bytes));
  return TRUE;
}

/* By their hashes. NULL on an error. */
static GHashTable *
read_assets (TelaJsonSpan object,
             GError     **error)
{
  g_autoptr (GHashTable) assets =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  TelaJsonReader reader;
  TelaJsonSpan   name, value;

  tela_json_reader_init (&reader, object.data, (gssize) object.len);
  if (object.data == NULL || !tela_json_reader_enter_object (&reader))
    return g_steal_pointer (&assets);
  while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
    {
      g_autofree char *sha256 = tela_json_unescape (name, NULL, NULL);

      if (!read_asset (sha256, value, assets, error))
        return NULL;
    }
  return g_steal_pointer (&assets);
}

static TelaBoard *
make_board (GPtrArray *elements)
{
  TelaBoard *board = tela_board_new ("file");

  tela_board_merge (board, (TelaElement *const *) elements->pdata, elements->len);
  return board;
}

/* The files of the drawing have names of their own; bytes that none of them names keep their hash. */
static void
name_assets (TelaImport *import,
             GHashTable *by_hash)
{
  g_autoptr (TelaBoard) board = make_board (import->elements);
  g_autoptr (GHashTable) names = tela_excalidraw_list_files (board);
  GHashTableIter iter;
  gpointer       key, value;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      GBytes *bytes = g_hash_table_lookup (by_hash, value);

      if (bytes != NULL)
        g_hash_table_insert (import->assets, g_strdup (key), g_bytes_ref (bytes));
    }
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_remove (by_hash, value);
  g_hash_table_iter_init (&iter, by_hash);
  while (g_hash_table_iter_next (&iter, &key, &value))
    g_hash_table_insert (import->assets, g_strdup (key), g_bytes_ref (value));
}

static void
set_name (TelaImport *import,
          const char *name,
          TelaStamp   stamp)
{
  TelaOpBuilder *builder = tela_op_builder_new (TELA_BOARD_ELEMENT_ID);
  g_autoptr (TelaElement) op = NULL;

  tela_op_builder_set_string (builder, TELA_KEY_TYPE, TELA_BOARD_ELEMENT_TYPE);
  tela_op_builder_set_string (builder, TELA_KEY_NAME, name);
  op = tela_op_builder_end (builder, stamp);
  for (guint i = 0; i < import->elements->len; i++)
    if (strcmp (tela_element_get_id (import->elements->pdata[i]), TELA_BOARD_ELEMENT_ID) == 0)
      {
        TelaElement *own = import->elements->pdata[i];

        import->elements->pdata[i] = tela_element_merge (own, op, NULL);
        tela_element_unref (own);
        return;
      }
  g_ptr_array_add (import->elements, g_steal_pointer (&op));
}

static GBytes *
get_asset_cb (const char *file_id,
              gpointer    user_data)
{
  GBytes *bytes = g_hash_table_lookup (user_data, file_id);

  return bytes != NULL ? g_bytes_ref (bytes) : NULL;
}

TelaImport *
tela_tela_read (const char *data,
                gsize       len,
                TelaStamp   stamp,
                TelaBoard  *board,
                const char *name,
                GError    **error)
{
  g_autoptr (TelaImport) import = tela_import_new ();
  g_autoptr (GHashTable) by_hash = NULL;
  g_autoptr (TelaBoard) source = NULL;
  g_autofree char *text = NULL;
  Parts            parts = { { NULL, 0 }, { NULL, 0 } };

  if (!find_parts (&parts, (TelaJsonSpan){ data, len }, error) || !read_elements (import, parts.elements, error))
    return NULL;
  by_hash = read_assets (parts.assets, error);
  if (by_hash == NULL)
    return NULL;
  name_assets (import, by_hash);
  if (board == NULL)
    {
      if (name != NULL)
        set_name (import, name, stamp);
      return g_steal_pointer (&import);
    }

  /* Onto another board goes what can be seen, under the ids and stamps that it needs there. */
  source = make_board (import->elements);
  text = tela_excalidraw_write (source, get_asset_cb, import->assets, NULL, &len);
  return tela_excalidraw_read (text, len, stamp, board, name, error);
}

void
tela_import_flatten (TelaImport *self,
                     TelaStamp   stamp)
{
  g_autoptr (TelaBoard) source = NULL;
  g_autoptr (TelaImport) flat = NULL;
  g_autofree char *text = NULL;
  gsize            len;

  if (self->form != TELA_FORM_TELA)
    return;
  source = make_board (self->elements);
  text = tela_excalidraw_write (source, get_asset_cb, self->assets, NULL, &len);
  flat = tela_excalidraw_read (text, len, stamp, NULL, tela_board_get_name (source), NULL);
  if (flat == NULL)
    return; /* larger than a drawing may be */
  g_ptr_array_unref (self->elements);
  self->elements = g_ptr_array_ref (flat->elements);
  g_hash_table_unref (self->assets);
  self->assets = g_hash_table_ref (flat->assets);
}

static void
collect_cb (const TelaElement *element,
            gpointer           user_data)
{
  g_ptr_array_add (user_data, (gpointer) element);
}

static void
collect_asset (GHashTable  *by_hash,
               TelaFileFunc file,
               gpointer     user_data,
               const char  *file_id,
               guint       *n_missing)
{
  GBytes *bytes = file != NULL ? file (file_id, user_data) : NULL;

  if (bytes != NULL)
    g_hash_table_replace (by_hash, g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes), bytes);
  else if (n_missing != NULL)
    ++*n_missing;
}

/* What the drawing's files and the images name, by hash. */
static GHashTable *
collect_assets (TelaBoard   *board,
                GPtrArray   *elements,
                TelaFileFunc file,
                gpointer     user_data,
                guint       *n_missing)
{
  GHashTable *by_hash = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  g_autoptr (GHashTable) names = tela_excalidraw_list_files (board);
  GHashTableIter iter;
  gpointer       key;

  for (guint i = 0; i < elements->len; i++)
    {
      const char *file_id = tela_element_get_string (elements->pdata[i], TELA_KEY_FILE_ID);

      if (file_id != NULL && tela_element_is_visible (elements->pdata[i]) && !g_hash_table_contains (names, file_id))
        g_hash_table_insert (names, g_strdup (file_id), NULL);
    }
  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    collect_asset (by_hash, file, user_data, key, n_missing);
  return by_hash;
}

static void
write_assets (GHashTable     *by_hash,
              TelaJsonWriter *writer)
{
  g_autoptr (GList) hashes = g_list_sort (g_hash_table_get_keys (by_hash), (GCompareFunc) strcmp);

  tela_json_writer_begin_object (writer);
  for (GList *l = hashes; l != NULL; l = l->next)
    {
      GBytes          *bytes = g_hash_table_lookup (by_hash, l->data);
      gsize            len;
      gconstpointer    data = g_bytes_get_data (bytes, &len);
      g_autofree char *base64 = g_base64_encode (data, len);

      tela_json_writer_name (writer, l->data);
      tela_json_writer_begin_object (writer);
      tela_json_writer_name (writer, "base64");
      tela_json_writer_string (writer, base64);
      tela_json_writer_name (writer, "mime");
      tela_json_writer_string (writer, tela_media_guess_type (data, len));
      tela_json_writer_end_object (writer);
    }
  tela_json_writer_end_object (writer);
}

GBytes *
tela_tela_write (TelaBoard   *board,
                 TelaFileFunc file,
                 gpointer     user_data,
                 guint       *n_missing,
                 GError     **error)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new ();
  g_autoptr (GHashTable) by_hash = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  if (n_missing != NULL)
    *n_missing = 0;
  tela_board_foreach (board, collect_cb, elements); /* by id */
  by_hash = collect_assets (board, elements, file, user_data, n_missing);

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "assets");
  write_assets (by_hash, &writer);
  tela_json_writer_name (&writer, "elements");
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < elements->len; i++)
    {
      tela_json_writer_begin_object (&writer);
      tela_json_writer_name (&writer, "id");
      tela_json_writer_string (&writer, tela_element_get_id (elements->pdata[i]));
      tela_json_writer_name (&writer, "props");
      tela_element_write_props (elements->pdata[i], &writer);
      tela_json_writer_name (&writer, "stamps");
      tela_element_write_stamps (elements->pdata[i], &writer);
      tela_json_writer_end_object (&writer);
    }
  tela_json_writer_end_array (&writer);
  tela_json_writer_name (&writer, "type");
  tela_json_writer_string (&writer, TYPE);
  tela_json_writer_name (&writer, "version");
  tela_json_writer_int (&writer, VERSION);
  tela_json_writer_end_object (&writer);
  if (out->len > TELA_JSON_MAX_BYTES)
    {
      g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE,
                           _ ("the board and its images are more than 256 MB"));
      return NULL;
    }
  return g_byte_array_free_to_bytes (tela_zlib_deflate (out->str, out->len, TRUE));
}
