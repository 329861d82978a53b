/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

/* The parts of one entry as the board keeps it. */
typedef struct
{
  TelaJsonSpan entry;
  char        *head;   /* owned, nullable */
  char        *sha256; /* owned, nullable */
} Kept;

static void
kept_clear (Kept *self)
{
  g_free (self->head);
  g_free (self->sha256);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Kept, kept_clear)

static void
kept_read (Kept        *self,
           TelaJsonSpan value)
{
  TelaJsonSpan part;

  memset (self, 0, sizeof *self);
  self->entry = (TelaJsonSpan){ "{}", 2 };
  if (tela_json_find (value, "entry", &part))
    self->entry = part;
  if (tela_json_find (value, "head", &part))
    self->head = tela_span_to_string (part);
  if (tela_json_find (value, "sha256", &part))
    self->sha256 = tela_span_to_string (part);
}

/* The bytes of "data:TYPE;base64,TEXT", if they encode to just that again. */
static GBytes *
decode (const char *url,
        gsize      *head_len)
{
  g_autofree guchar *bytes = NULL;
  g_autofree char   *again = NULL;
  const char        *text = strstr (url, ";base64,");
  gsize              n;

  if (!g_str_has_prefix (url, "data:") || text == NULL || strchr (url, ',') != text + strlen (";base64"))
    return NULL;
  text += strlen (";base64,");
  bytes = g_base64_decode (text, &n);
  if (bytes == NULL || n == 0)
    return NULL;
  again = g_base64_encode (bytes, n);
  if (strcmp (again, text) != 0)
    return NULL;
  *head_len = (gsize) (text - url);
  return g_bytes_new_take (g_steal_pointer (&bytes), n);
}

/* The members of an object except `dataURL`; the object is left open. */
static void
begin_entry (TelaJsonWriter *writer,
             TelaJsonSpan    entry)
{
  TelaJsonReader reader;
  TelaJsonSpan   name, value;

  tela_json_writer_begin_object (writer);
  tela_json_reader_init (&reader, entry.data, (gssize) entry.len);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
    {
      g_autofree char *decoded = tela_json_unescape (name, NULL, NULL);

      if (strcmp (decoded, "dataURL") == 0)
        continue;
      tela_json_writer_name (writer, decoded);
      tela_json_writer_raw (writer, value.data, value.len);
    }
}

/* One file of the source as the board keeps it, and its bytes if they go elsewhere. */
static GBytes *
keep_entry (TelaJsonSpan    entry,
            TelaJsonWriter *writer)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *url = NULL;
  TelaJsonSpan     value;
  gsize            head_len = 0;

  if (tela_format_span_is_object (entry) && tela_json_find (entry, "dataURL", &value))
    url = tela_span_to_string (value);
  if (url != NULL)
    bytes = decode (url, &head_len);

  tela_json_writer_begin_object (writer);
  tela_json_writer_name (writer, "entry");
  if (bytes != NULL)
    {
      g_autofree char *sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);

      begin_entry (writer, entry);
      tela_json_writer_end_object (writer);
      tela_json_writer_name (writer, "head");
      tela_json_writer_string_len (writer, url, head_len);
      tela_json_writer_name (writer, "sha256");
      tela_json_writer_string (writer, sha256);
    }
  else
    tela_json_writer_raw (writer, entry.data, entry.len);
  tela_json_writer_end_object (writer);
  return g_steal_pointer (&bytes);
}

static TelaJsonSpan
board_files (TelaBoard *board)
{
  const TelaElement *own = board != NULL ? tela_board_lookup (board, TELA_BOARD_ELEMENT_ID) : NULL;
  TelaJsonSpan       files = { "", 0 };

  if (own != NULL)
    files = tela_element_get_json (own, tela_format_key (TELA_BOARD_FILES));
  return files;
}

/* Writes what the board has already as members. */
static void
copy_members (TelaJsonSpan    object,
              TelaJsonWriter *writer)
{
  TelaJsonReader reader;
  TelaJsonSpan   name, value;

  tela_json_reader_init (&reader, object.data, (gssize) object.len);
  if (!tela_format_span_is_object (object) || !tela_json_reader_enter_object (&reader))
    return;
  while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
    {
      g_autofree char *decoded = tela_json_unescape (name, NULL, NULL);

      tela_json_writer_name (writer, decoded);
      tela_json_writer_raw (writer, value.data, value.len);
    }
}

char *
tela_files_import (TelaJsonSpan files,
                   TelaBoard   *board,
                   GHashTable  *assets,
                   TelaIdMap   *renamed)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GString) one = g_string_new (NULL);
  TelaJsonSpan   existing = board_files (board), name, value, taken;
  TelaJsonReader reader;
  TelaJsonWriter writer, single;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  copy_members (existing, &writer);
  tela_json_reader_init (&reader, files.data, (gssize) files.len);
  if (!tela_json_reader_enter_object (&reader))
    return NULL;
  while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
    {
      g_autofree char *id = tela_json_unescape (name, NULL, NULL);
      g_autoptr (GBytes) bytes = NULL;

      g_string_truncate (one, 0);
      tela_json_writer_init (&single, one, 0);
      bytes = keep_entry (value, &single);
      if (existing.len > 0 && tela_json_find (existing, id, &taken) &&
          !tela_json_equal (taken, (TelaJsonSpan){ one->str, one->len }))
        {
          char *fresh = g_uuid_string_random ();

          g_hash_table_replace (renamed, g_steal_pointer (&id), fresh);
          id = g_strdup (fresh);
        }
      tela_json_writer_name (&writer, id);
      tela_json_writer_raw (&writer, one->str, one->len);
      if (bytes != NULL)
        g_hash_table_replace (assets, g_steal_pointer (&id), g_steal_pointer (&bytes));
    }
  tela_json_writer_end_object (&writer);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

static void
write_url (TelaJsonWriter *writer,
           const char     *head,
           GBytes         *bytes)
{
  gsize            n;
  gconstpointer    data = g_bytes_get_data (bytes, &n);
  g_autofree char *text = g_base64_encode (data, n);
  g_autofree char *url = g_strconcat (head, text, NULL);

  tela_json_writer_name (writer, "dataURL");
  tela_json_writer_string (writer, url);
}

static GBytes *
fetch (TelaFileFunc file,
       gpointer     user_data,
       const char  *id,
       guint       *n_missing)
{
  GBytes *bytes = file != NULL ? file (id, user_data) : NULL;

  if (bytes == NULL && n_missing != NULL)
    ++*n_missing;
  return bytes;
}

/* An image that was put on the board here: there is no entry of a file to go by. */
static void
write_own_image (const TelaElement *image,
                 GBytes            *bytes,
                 TelaJsonWriter    *writer)
{
  const char      *id = tela_element_get_string (image, TELA_KEY_FILE_ID);
  const char      *type = tela_media_guess_type (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_autofree char *head = g_strdup_printf ("data:%s;base64,", type);

  tela_json_writer_name (writer, id);
  tela_json_writer_begin_object (writer);
  tela_json_writer_name (writer, "mimeType");
  tela_json_writer_string (writer, type);
  tela_json_writer_name (writer, "id");
  tela_json_writer_string (writer, id);
  write_url (writer, head, bytes);
  tela_json_writer_name (writer, "created");
  tela_json_writer_int (writer, tela_stamp_get_ms (tela_element_get_base (image)));
  tela_json_writer_end_object (writer);
}

static void
write_kept (TelaJsonSpan    value,
            const char     *id,
            TelaFileFunc    file,
            gpointer        user_data,
            guint          *n_missing,
            TelaJsonWriter *writer)
{
  g_auto (Kept) kept = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  kept_read (&kept, value);
  tela_json_writer_name (writer, id);
  if (kept.sha256 == NULL || kept.head == NULL || !tela_format_span_is_object (kept.entry))
    {
      tela_json_writer_raw (writer, kept.entry.data, kept.entry.len);
      return;
    }
  bytes = fetch (file, user_data, id, n_missing);
  begin_entry (writer, kept.entry);
  if (bytes != NULL)
    write_url (writer, kept.head, bytes);
  tela_json_writer_end_object (writer);
}

static void
begin_files (TelaJsonWriter *writer)
{
  tela_json_writer_name (writer, "files");
  tela_json_writer_begin_object (writer);
}

void
tela_files_export (TelaBoard      *board,
                   GPtrArray      *images,
                   TelaFileFunc    file,
                   gpointer        user_data,
                   guint          *n_missing,
                   TelaJsonWriter *writer)
{
  g_autoptr (GHashTable) written = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  TelaJsonSpan   files = board_files (board), name, value;
  TelaJsonReader reader;
  gboolean       is_begun = tela_format_span_is_object (files);

  if (is_begun)
    begin_files (writer);
  tela_json_reader_init (&reader, files.data, (gssize) files.len);
  if (is_begun && tela_json_reader_enter_object (&reader))
    while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
      {
        char *id = tela_json_unescape (name, NULL, NULL);

        write_kept (value, id, file, user_data, n_missing, writer);
        g_hash_table_add (written, id);
      }
  for (guint i = 0; i < images->len; i++)
    {
      const char *id = tela_element_get_string (images->pdata[i], TELA_KEY_FILE_ID);
      g_autoptr (GBytes) bytes = NULL;

      if (g_hash_table_add (written, g_strdup (id)))
        bytes = fetch (file, user_data, id, n_missing);
      if (bytes == NULL)
        continue;
      if (!is_begun)
        begin_files (writer);
      is_begun = TRUE;
      write_own_image (images->pdata[i], bytes, writer);
    }
  if (is_begun)
    tela_json_writer_end_object (writer);
}

GHashTable *
tela_excalidraw_list_files (TelaBoard *board)
{
  GHashTable    *list = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  TelaJsonSpan   files = board_files (board), name, value;
  TelaJsonReader reader;

  tela_json_reader_init (&reader, files.data, (gssize) files.len);
  if (!tela_format_span_is_object (files) || !tela_json_reader_enter_object (&reader))
    return list;
  while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
    {
      g_auto (Kept) kept = { 0 };

      kept_read (&kept, value);
      if (kept.sha256 != NULL)
        g_hash_table_replace (list, tela_json_unescape (name, NULL, NULL), g_steal_pointer (&kept.sha256));
    }
  return list;
}

char *
tela_excalidraw_dup_paper (TelaBoard *board)
{
  const TelaElement *own = tela_board_lookup (board, TELA_BOARD_ELEMENT_ID);
  TelaJsonSpan       state, text;
  char              *colour = NULL;

  if (own != NULL)
    {
      state = tela_element_get_json (own, tela_format_key (TELA_BOARD_APP_STATE));
      if (tela_format_span_is_object (state) && tela_json_find (state, "viewBackgroundColor", &text))
        colour = tela_span_to_string (text);
    }
  return colour != NULL ? colour : g_strdup ("#ffffff");
}
