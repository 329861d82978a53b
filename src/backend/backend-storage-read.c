/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Downloads, and what is known of objects. */

#include "backend-storage.h"

#include <string.h>

#include "backend-text.h"

#define LIST_MAX 1000
#define LIST_DEFAULT 100

/* ---- Bytes ---- */

static void
set_disposition (SoupMessageHeaders *headers,
                 const char         *name)
{
  g_autofree char *valid = g_utf8_make_valid (name, -1);
  g_autofree char *escaped = g_uri_escape_string (valid, NULL, FALSE);
  g_autofree char *value = *name == '\0' ? g_strdup ("attachment")
                                         : g_strdup_printf ("attachment; filename*=UTF-8''%s", escaped);

  soup_message_headers_replace (headers, "Content-Disposition", value);
}

static gboolean
is_known_already (SoupServerMessage *msg,
                  const char        *tag)
{
  const char *known = soup_message_headers_get_list (soup_server_message_get_request_headers (msg), "If-None-Match");

  return known != NULL && strstr (known, tag) != NULL;
}

static void
not_satisfiable (SoupServerMessage *msg,
                 goffset            total)
{
  g_autofree char *range = g_strdup_printf ("bytes */%" G_GOFFSET_FORMAT, total);

  tela_http_storage_error (msg, 416, "InvalidRange", "InvalidRange", "Requested range not satisfiable");
  soup_message_headers_replace (soup_server_message_get_response_headers (msg), "Content-Range", range);
  soup_server_message_set_status (msg, 416, NULL);
}

/* One range, "bytes=0-3", "bytes=7-" or "bytes=-2": libsoup's releases differ in what they make of one that is not there.
 * FALSE: not of that form. An end beyond the last byte is cut to it; without any byte *start is beyond *end. */
static gboolean
read_range (SoupServerMessage *msg,
            goffset            total,
            goffset           *start,
            goffset           *end)
{
  const char *text = soup_message_headers_get_one (soup_server_message_get_request_headers (msg), "Range");
  g_auto (GStrv) ends = NULL;
  guint64 first = 0, last = G_MAXINT64;

  if (text == NULL || !g_str_has_prefix (text, "bytes="))
    return FALSE;
  ends = g_strsplit (text + strlen ("bytes="), "-", 2);
  if (g_strv_length (ends) != 2 || (*ends[0] == '\0' && *ends[1] == '\0') ||
      (*ends[0] != '\0' && !g_ascii_string_to_unsigned (ends[0], 10, 0, G_MAXINT64, &first, NULL)) ||
      (*ends[1] != '\0' && !g_ascii_string_to_unsigned (ends[1], 10, 0, G_MAXINT64, &last, NULL)) ||
      (*ends[0] != '\0' && first > last))
    return FALSE;

  *end = MIN ((goffset) last, total - 1);
  *start = *ends[0] != '\0' ? (goffset) first : MAX (total - (goffset) last, 0);
  if (*ends[0] == '\0')
    *end = last == 0 ? -1 : total - 1;
  return TRUE;
}

/* The whole, or the one range that was asked for; several are libsoup's to answer. */
static void
answer_bytes (SoupServerMessage *msg,
              GBytes            *bytes)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (msg);
  SoupMessageBody    *body = soup_server_message_get_response_body (msg);
  goffset             total = (goffset) g_bytes_get_size (bytes), start = 0, end = 0;
  gboolean            one = read_range (msg, total, &start, &end);

  if (one && start > end)
    not_satisfiable (msg, total);
  else if (one)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, (gsize) start, (gsize) (end - start + 1));

      soup_server_message_set_status (msg, 206, NULL);
      soup_message_headers_set_content_range (headers, start, end, total);
      soup_message_body_append_bytes (body, part);
    }
  else
    {
      soup_server_message_set_status (msg, 200, NULL);
      if (total > 0) /* libsoup takes nothing for a mistake */
        soup_message_body_append_bytes (body, bytes);
    }
}

void
tela_storage_serve (TelaStorage      *self,
                    const TelaObject *object)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (self->msg);
  g_autofree char    *path = tela_storage_path (self->core, object->hash);
  g_autofree char    *tag = g_strconcat ("\"", object->hash, "\"", NULL);
  g_autofree char    *download = tela_http_query (self->msg, "download");
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, NULL);
  g_autoptr (GDateTime) changed = g_date_time_new_from_unix_utc (object->updated_at / 1000);
  g_autofree char *changed_text = changed != NULL ? soup_date_time_to_string (changed, SOUP_DATE_HTTP) : NULL;
  g_autoptr (GBytes) bytes = NULL;

  if (file == NULL)
    {
      tela_storage_no_key (self);
      return;
    }
  soup_message_headers_set_content_type (headers, object->mime, NULL);
  soup_message_headers_replace (headers, "Cache-Control", object->cache_control);
  soup_message_headers_replace (headers, "Content-Security-Policy", "sandbox");
  soup_message_headers_replace (headers, "ETag", tag);
  soup_message_headers_replace (headers, "Accept-Ranges", "bytes");
  if (changed_text != NULL)
    soup_message_headers_replace (headers, "Last-Modified", changed_text);
  if (download != NULL)
    set_disposition (headers, download);
  if (is_known_already (self->msg, tag))
    {
      tela_http_empty (self->msg, 304);
      return;
    }
  bytes = g_mapped_file_get_bytes (file);
  answer_bytes (self->msg, bytes);
}

void
tela_storage_download (TelaStorage *self,
                       const char  *path)
{
  g_auto (TelaPlace) place = { 0 };
  g_auto (TelaObject) object = { 0 };

  if (tela_storage_take_place (self, path, &place) && tela_storage_find_visible (self, &place, &object))
    tela_storage_serve (self, &object);
}

void
tela_storage_download_public (TelaStorage *self,
                              const char  *path)
{
  g_auto (TelaPlace) place = { 0 };
  g_auto (TelaObject) object = { 0 };
  g_autofree char *is_public = NULL;

  if (!tela_storage_take_place (self, path, &place))
    return;
  is_public = tela_db_text (self->core->db, "SELECT 1 FROM buckets WHERE id = ? AND public", "s", place.bucket);
  if (is_public == NULL)
    tela_http_storage_error (self->msg, 404, "Bucket not found", "NoSuchBucket", "Bucket not found");
  else if (tela_storage_find (self->core, &place, &object))
    tela_storage_serve (self, &object);
  else
    tela_storage_no_key (self);
}

/* ---- What is known ---- */

/* Members of an open object. */
static void
write_known (TelaJsonWriter   *writer,
             const TelaObject *object)
{
  g_autofree char *created = tela_iso_from_ms (object->created_at);
  g_autofree char *updated = tela_iso_from_ms (object->updated_at);
  const char      *names[] = { "id", "created_at", "updated_at", "last_accessed_at" };
  const char      *values[] = { object->id, created, updated, updated };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      tela_json_writer_put_string (writer, names[i], object->id != NULL ? values[i] : NULL);
    }
}

static void
write_metadata (TelaJsonWriter   *writer,
                const TelaObject *object)
{
  g_autofree char *tag = g_strdup_printf ("\"%s\"", object->hash);

  tela_json_writer_begin_object (writer);
  tela_json_writer_put_string (writer, "eTag", tag);
  tela_json_writer_put_int (writer, "size", object->size);
  tela_json_writer_put_string (writer, "mimetype", object->mime);
  tela_json_writer_put_string (writer, "cacheControl", object->cache_control);
  tela_json_writer_put_int (writer, "contentLength", object->size);
  tela_json_writer_put_int (writer, "httpStatusCode", 200);
  tela_json_writer_end_object (writer);
}

static void
write_info (GString          *out,
            const TelaPlace  *place,
            const TelaObject *object)
{
  g_autofree char *tag = g_strdup_printf ("\"%s\"", object->hash);
  const char      *names[] = { "name", "bucket_id", "content_type", "cache_control", "etag", "version" };
  const char      *values[] = { place->name, place->bucket, object->mime, object->cache_control, tag, object->hash };
  TelaJsonWriter   writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  write_known (&writer, object);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      tela_json_writer_put_string (&writer, names[i], values[i]);
    }
  tela_json_writer_put_int (&writer, "size", object->size);
  tela_json_writer_name (&writer, "metadata");
  tela_json_writer_raw (&writer, object->metadata != NULL ? object->metadata : "{}",
                        object->metadata != NULL ? strlen (object->metadata) : 2);
  tela_json_writer_end_object (&writer);
}

void
tela_storage_info (TelaStorage *self,
                   const char  *path)
{
  g_auto (TelaPlace) place = { 0 };
  g_auto (TelaObject) object = { 0 };
  GString *out;

  if (g_str_has_prefix (path, "authenticated/"))
    path += strlen ("authenticated/");
  if (!tela_storage_take_place (self, path, &place) || !tela_storage_find_visible (self, &place, &object))
    return;
  out = g_string_new (NULL);
  write_info (out, &place, &object);
  tela_http_json (self->msg, 200, out);
}

/* ---- Lists ---- */

typedef struct
{
  char       *prefix; /* "" or with a "/" at its end */
  char       *search;
  const char *column, *direction;
  gint64      limit, offset;
} Listing;

static void
listing_clear (Listing *self)
{
  g_free (self->prefix);
  g_free (self->search);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Listing, listing_clear)

static void
take_listing (TelaJsonSpan body,
              Listing     *listing)
{
  static const char *const columns[] = { "name", "updated_at", "created_at", "last_accessed_at" };
  static const char *const sql[] = { "entry", "updated_at", "created_at", "updated_at" };
  g_autofree char         *prefix = tela_pick_text (body, "prefix");
  g_autofree char         *column = NULL;
  g_autofree char         *order = NULL;
  TelaJsonSpan             sort;

  listing->prefix = prefix == NULL || *prefix == '\0' || g_str_has_suffix (prefix, "/")
                        ? g_strdup (prefix != NULL ? prefix : "")
                        : g_strconcat (prefix, "/", NULL);
  listing->search = tela_pick_text (body, "search");
  listing->column = "entry";
  listing->direction = "ASC";
  if (tela_object_member (body, "sortBy", &sort))
    {
      column = tela_pick_text (sort, "column");
      order = tela_pick_text (sort, "order");
    }
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (g_strcmp0 (column, columns[i]) == 0)
      listing->column = sql[i];
  if (g_strcmp0 (order, "desc") == 0)
    listing->direction = "DESC";
  if (!tela_int_member (body, "limit", &listing->limit) || listing->limit < 0)
    listing->limit = LIST_DEFAULT;
  listing->limit = MIN (listing->limit, LIST_MAX);
  if (!tela_int_member (body, "offset", &listing->offset) || listing->offset < 0)
    listing->offset = 0;
}

/* What follows the prefix, up to the next "/": then it is a folder, once for all that is in it. */
static sqlite3_stmt *
prepare_listing (TelaStorage   *self,
                 const char    *bucket,
                 const Listing *listing,
                 GError       **error)
{
  g_autofree char *sql = g_strdup_printf (
      "SELECT substr (rest, 1, CASE instr (rest, '/') WHEN 0 THEN length (rest) ELSE instr (rest, '/') - 1 END) AS "
      "entry,"
      " instr (rest, '/') > 0 AS folder, id, hash, mime, cache_control, size, created_at, updated_at FROM"
      " (SELECT substr (t.name, length (?4) + 1) AS rest, t.* FROM objects AS t WHERE %s AND t.bucket_id = ?3 AND"
      "  substr (t.name, 1, length (?4)) = ?4)"
      " WHERE ?5 IS NULL OR instr (lower (rest), lower (?5)) = 1"
      " GROUP BY entry, folder ORDER BY %s %s, entry LIMIT ?6 OFFSET ?7",
      TELA_STORAGE_MAY_READ, listing->column, listing->direction);
  sqlite3_stmt *row = tela_db_compile (self->core->db, sql, error);

  if (row == NULL)
    return NULL;
  tela_table_bind_caller (row, self->claims);
  sqlite3_bind_text (row, 3, bucket, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (row, 4, listing->prefix, -1, SQLITE_TRANSIENT);
  sqlite3_bind_text (row, 5, listing->search, -1, SQLITE_TRANSIENT);
  sqlite3_bind_int64 (row, 6, listing->limit);
  sqlite3_bind_int64 (row, 7, listing->offset);
  return row;
}

static void
write_entry (TelaJsonWriter *writer,
             sqlite3_stmt   *row)
{
  gboolean folder = sqlite3_column_int (row, 1);
  g_auto (TelaObject) object = { 0 };

  if (!folder)
    {
      object.id = tela_db_column (row, 2);
      object.hash = tela_db_column (row, 3);
      object.mime = tela_db_column (row, 4);
      object.cache_control = tela_db_column (row, 5);
      object.size = sqlite3_column_int64 (row, 6);
      object.created_at = sqlite3_column_int64 (row, 7);
      object.updated_at = sqlite3_column_int64 (row, 8);
    }
  tela_json_writer_begin_object (writer);
  tela_json_writer_put_string (writer, "name", (const char *) sqlite3_column_text (row, 0));
  write_known (writer, &object);
  tela_json_writer_name (writer, "metadata");
  if (folder)
    tela_json_writer_null (writer);
  else
    write_metadata (writer, &object);
  tela_json_writer_end_object (writer);
}

void
tela_storage_list (TelaStorage *self,
                   const char  *bucket)
{
  g_auto (Listing) listing = { 0 };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  TelaJsonWriter writer;
  TelaJsonSpan   body;
  sqlite3_stmt  *row;

  if (!tela_storage_has_bucket (self, bucket) || !tela_storage_body (self, &body))
    return;
  take_listing (body, &listing);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  row = prepare_listing (self, bucket, &listing, &error);
  while (row != NULL && tela_db_step (self->core->db, row, &error))
    write_entry (&writer, row);
  sqlite3_finalize (row);
  tela_json_writer_end_array (&writer);
  if (error == NULL)
    tela_http_json (self->msg, 200, g_steal_pointer (&out));
  else
    tela_storage_failed (self);
}
