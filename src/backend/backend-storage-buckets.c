/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Buckets, which are the business of the service and of this machine's owner. */

#include "backend-storage.h"

#include <string.h>

#include "backend-text.h"

#define ID_MAX_BYTES 100
#define TYPES_MAX_BYTES 4000

typedef struct
{
  char    *id;
  gboolean is_public;
  gint64   limit; /* bytes; -1: none */
  char    *types; /* JSON; NULL: all */
} Bucket;

static void
bucket_clear (Bucket *self)
{
  g_free (self->id);
  g_free (self->types);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Bucket, bucket_clear)

static void
bad_request (TelaStorage *self,
             const char  *message)
{
  tela_http_storage_error (self->msg, 400, "InvalidRequest", "InvalidRequest", message);
}

/* ---- Reading ---- */

static void
write_bucket (TelaJsonWriter *writer,
              sqlite3_stmt   *row)
{
  static const struct
  {
    const char    *name;
    TelaColumnType type;
  } columns[] = {
    { "id", TELA_COLUMN_TEXT },
    { "name", TELA_COLUMN_TEXT },
    { "owner", TELA_COLUMN_TEXT },
    { "public", TELA_COLUMN_BOOLEAN },
    { "file_size_limit", TELA_COLUMN_INTEGER },
    { "allowed_mime_types", TELA_COLUMN_JSON },
    { "created_at", TELA_COLUMN_TIME },
    { "updated_at", TELA_COLUMN_TIME },
  };

  tela_json_writer_begin_object (writer);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      tela_json_writer_name (writer, columns[i].name);
      tela_cell_write (writer, columns[i].type, row, (int) i);
    }
  tela_json_writer_end_object (writer);
}

#define COLUMNS "id, id, coalesce (owner, ''), public, file_size_limit, allowed_mime_types, created_at, updated_at"

static void
list (TelaStorage *self)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;
  sqlite3_stmt  *row = tela_db_prepare (self->core->db, NULL, "SELECT " COLUMNS " FROM buckets ORDER BY id", "");

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  while (row != NULL && tela_db_step (self->core->db, row, NULL))
    write_bucket (&writer, row);
  tela_json_writer_end_array (&writer);
  tela_http_json (self->msg, 200, out);
}

static void
show (TelaStorage *self,
      const char  *id)
{
  sqlite3_stmt  *row = tela_db_prepare (self->core->db, NULL, "SELECT " COLUMNS " FROM buckets WHERE id = ?", "s", id);
  GString       *out;
  TelaJsonWriter writer;

  if (row == NULL || !tela_db_step (self->core->db, row, NULL))
    {
      tela_storage_has_bucket (self, id);
      return;
    }
  out = g_string_new (NULL);
  tela_json_writer_init (&writer, out, 0);
  write_bucket (&writer, row);
  sqlite3_reset (row);
  tela_http_json (self->msg, 200, out);
}

/* ---- Writing ---- */

/* The names that stand for something in paths are none. */
static gboolean
is_good_id (const char *id)
{
  static const char *const words[] = {
    "public", "authenticated", "sign", "list", "upload", "info", "move", "copy", NULL
  };

  return *id != '\0' && *id != '.' && strlen (id) <= ID_MAX_BYTES && !g_strv_contains (words, id) &&
         strspn (id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") == strlen (id);
}

/* A number of bytes, or "20MB". FALSE: neither. */
static gboolean
take_limit (TelaJsonSpan body,
            gint64      *limit)
{
  static const char *const units[] = { "", "B", "KB", "MB", "GB" };
  static const gint64      sizes[] = { 1, 1, 1024, 1024 * 1024, 1024 * 1024 * 1024 };
  TelaJsonSpan             value;
  g_autofree char         *text = NULL;
  char                    *end;

  *limit = -1;
  if (!tela_json_find (body, "file_size_limit", &value) || TELA_JSON_SPAN_IS (value, "null"))
    return TRUE;
  if (tela_int_member (body, "file_size_limit", limit))
    return *limit >= 0;
  text = tela_pick_text (body, "file_size_limit");
  if (text == NULL || !g_ascii_isdigit (*text) || strlen (text) > 12)
    return FALSE;
  *limit = (gint64) g_ascii_strtoull (text, &end, 10);
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    if (g_ascii_strcasecmp (g_strstrip (end), units[i]) == 0)
      {
        *limit *= sizes[i];
        return TRUE;
      }
  return FALSE;
}

/* A list of texts. FALSE: it is none. */
static gboolean
take_types (TelaStorage *self,
            TelaJsonSpan body,
            char       **types)
{
  TelaJsonSpan value;
  g_auto (GStrv) names = NULL;

  if (!tela_json_find (body, "allowed_mime_types", &value) || TELA_JSON_SPAN_IS (value, "null"))
    return TRUE;
  if (value.len > TYPES_MAX_BYTES)
    {
      bad_request (self, "There are too many types");
      return FALSE;
    }
  names = tela_storage_names (self, body, "allowed_mime_types");
  if (names != NULL && *names != NULL)
    *types = g_strndup (value.data, value.len);
  return names != NULL;
}

/* FALSE: answered. */
static gboolean
take_bucket (TelaStorage *self,
             Bucket      *bucket)
{
  TelaJsonSpan body;

  if (!tela_storage_body (self, &body) || !take_types (self, body, &bucket->types))
    return FALSE;
  bucket->id = tela_pick_text (body, "id");
  if (bucket->id == NULL)
    bucket->id = tela_pick_text (body, "name");
  bucket->is_public = tela_flag_member (body, "public", FALSE);
  if (take_limit (body, &bucket->limit))
    return TRUE;
  bad_request (self, "file_size_limit is a number of bytes");
  return FALSE;
}

static void
make (TelaStorage *self)
{
  g_auto (Bucket) bucket = { 0 };
  g_autofree char *there = NULL;
  GString         *out;

  if (!take_bucket (self, &bucket))
    return;
  if (bucket.id == NULL || !is_good_id (bucket.id))
    {
      tela_http_storage_error (self->msg, 400, "InvalidRequest", "InvalidBucketName", "Bucket name invalid");
      return;
    }
  there = tela_db_text (self->core->db, "SELECT 1 FROM buckets WHERE id = ?", "s", bucket.id);
  if (there != NULL)
    {
      tela_http_storage_error (self->msg, 409, "Duplicate", "ResourceAlreadyExists", "The resource already exists");
      return;
    }
  if (!tela_db_run (
          self->core->db, NULL,
          "INSERT INTO buckets (id, owner, public, file_size_limit, allowed_mime_types, created_at, updated_at)"
          " VALUES (?1, ?2, ?3, nullif (?4, -1), ?5, ?6, ?6)",
          "ssiisi", bucket.id, self->claims->sub, (gint64) bucket.is_public, bucket.limit, bucket.types,
          tela_now_ms ()))
    {
      tela_storage_failed (self);
      return;
    }
  out = g_string_new (NULL);
  g_string_append_printf (out, "{\"name\":\"%s\"}", bucket.id);
  tela_http_json (self->msg, 200, out);
}

static gboolean
is_fixed (TelaStorage *self,
          const char  *id)
{
  if (strcmp (id, TELA_STORAGE_ASSETS) == 0)
    tela_storage_denied (self);
  return strcmp (id, TELA_STORAGE_ASSETS) == 0;
}

static void
change (TelaStorage *self,
        const char  *id)
{
  g_auto (Bucket) bucket = { 0 };

  if (is_fixed (self, id) || !take_bucket (self, &bucket))
    return;
  if (tela_db_run (
          self->core->db, NULL,
          "UPDATE buckets SET public = ?, file_size_limit = nullif (?, -1), allowed_mime_types = ?, updated_at = ?"
          " WHERE id = ?",
          "iisis", (gint64) bucket.is_public, bucket.limit, bucket.types, tela_now_ms (), id))
    tela_storage_message (self, "Successfully updated");
  else
    tela_storage_failed (self);
}

static void
empty (TelaStorage *self,
       const char  *id)
{
  sqlite3_stmt *row;
  g_autoptr (GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);

  if (is_fixed (self, id))
    return;
  row = tela_db_prepare (self->core->db, NULL, "SELECT DISTINCT hash FROM objects WHERE bucket_id = ?", "s", id);
  while (row != NULL && tela_db_step (self->core->db, row, NULL))
    g_ptr_array_add (hashes, tela_db_column (row, 0));
  if (!tela_db_run (self->core->db, NULL, "DELETE FROM objects WHERE bucket_id = ?", "s", id))
    {
      tela_storage_failed (self);
      return;
    }
  for (guint i = 0; i < hashes->len; i++)
    tela_storage_let_go (self->core, hashes->pdata[i]);
  tela_storage_message (self, "Successfully emptied");
}

static void
drop (TelaStorage *self,
      const char  *id)
{
  g_autofree char *holds = NULL;

  if (is_fixed (self, id))
    return;
  holds = tela_db_text (self->core->db, "SELECT 1 FROM objects WHERE bucket_id = ?", "s", id);
  if (holds != NULL)
    tela_http_storage_error (self->msg, 409, "InvalidRequest", "BucketNotEmpty",
                             "The bucket you tried to delete is not empty");
  else if (tela_db_run (self->core->db, NULL, "DELETE FROM buckets WHERE id = ?", "s", id))
    tela_storage_message (self, "Successfully deleted");
  else
    tela_storage_failed (self);
}

static void
handle_one (TelaStorage *self,
            const char  *id)
{
  if (!tela_storage_has_bucket (self, id))
    return;
  if (strcmp (self->method, "PUT") == 0)
    change (self, id);
  else if (strcmp (self->method, "DELETE") == 0)
    drop (self, id);
  else if (strcmp (self->method, "POST") == 0)
    tela_storage_no_route (self);
  else
    show (self, id);
}

void
tela_storage_buckets (TelaStorage *self,
                      const char  *path)
{
  g_autofree char *to_empty = NULL;

  if (*path != '\0' && *path != '/')
    {
      tela_storage_no_route (self);
      return;
    }
  if (!tela_storage_is_admin (self))
    return;
  if (*path == '\0' || strcmp (path, "/") == 0)
    {
      if (strcmp (self->method, "POST") == 0)
        make (self);
      else if (strcmp (self->method, "GET") == 0 || strcmp (self->method, "HEAD") == 0)
        list (self);
      else
        tela_storage_no_route (self);
      return;
    }
  if (strcmp (self->method, "POST") == 0 && g_str_has_suffix (path, "/empty"))
    {
      to_empty = g_strndup (path + 1, strlen (path) - 1 - strlen ("/empty"));
      if (tela_storage_has_bucket (self, to_empty))
        empty (self, to_empty);
    }
  else
    handle_one (self, path + 1);
}
