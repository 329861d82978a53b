/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* rpc/tela_versions, tela_version, tela_version_name, tela_version_remove: states of a board to go back to. Going back is
 * the client's: new operations like any. */

#include <string.h>

#include "backend-history.h"
#include "backend-rest.h"
#include "backend-text.h"

#define MAX_NAME 200 /* characters */
#define MAX_VERSIONS 200
#define MAX_MOMENTS 500

/* Any error is answered. */
static gboolean
list (TelaRest       *rest,
      TelaJsonWriter *out,
      const char     *sql,
      const char     *project,
      void (*write) (TelaJsonWriter *out, sqlite3_stmt *row))
{
  g_autoptr (GError) error = NULL;
  sqlite3_stmt *row = tela_db_prepare (rest->core->db, &error, sql, "s", project);

  tela_json_writer_begin_array (out);
  while (row != NULL && tela_db_step (rest->core->db, row, &error))
    {
      tela_json_writer_begin_object (out);
      write (out, row);
      tela_json_writer_end_object (out);
    }
  tela_json_writer_end_array (out);
  if (error != NULL)
    tela_rest_error (rest, error);
  return error == NULL;
}

static void
put_column (TelaJsonWriter *out,
            const char     *name,
            sqlite3_stmt   *row,
            int             column)
{
  if (sqlite3_column_type (row, column) == SQLITE_INTEGER)
    tela_json_writer_put_int (out, name, sqlite3_column_int64 (row, column));
  else
    tela_json_writer_put_string (out, name, (const char *) sqlite3_column_text (row, column));
}

static void
write_version (TelaJsonWriter *out,
               sqlite3_stmt   *row)
{
  put_column (out, "id", row, 0);
  put_column (out, "name", row, 1);
  put_column (out, "rev", row, 2);
  put_column (out, "at", row, 3);
  put_column (out, "by", row, 4);
}

static void
write_moment (TelaJsonWriter *out,
              sqlite3_stmt   *row)
{
  put_column (out, "rev", row, 0);
  put_column (out, "at", row, 1);
  put_column (out, "n", row, 2);
  put_column (out, "by", row, 3);
}

/* {"versions":[{"id","name","rev","at","by"}…],"moments":[{"rev","at","n","by"}…]}, newest first; a moment is the end of an
 * hour in which there were edits. */
void
tela_versions_handle (TelaRest *rest)
{
  g_autofree char *project = tela_rest_project (rest, TELA_ROLE_VIEWER);
  GString         *out;
  TelaJsonWriter   writer;

  if (project == NULL)
    return;
  out = g_string_new (NULL);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "versions");
  if (!list (rest, &writer,
             "SELECT v.id, v.name, v.rev, v.created_at, p.name FROM versions AS v LEFT JOIN profiles AS p"
             " ON p.id = v.created_by WHERE v.project_id = ? ORDER BY v.created_at DESC, v.rev DESC, v.id",
             project, write_version))
    {
      g_string_free (out, TRUE);
      return;
    }
  tela_json_writer_name (&writer, "moments");
  if (!list (rest, &writer,
             "SELECT max (h.rev), max (h.at), sum (h.n), group_concat (DISTINCT nullif (p.name, '')) FROM history AS h"
             " LEFT JOIN profiles AS p ON p.id = h.user_id WHERE h.project_id = ? GROUP BY h.at / 3600000"
             " ORDER BY 1 DESC LIMIT " G_STRINGIFY (MAX_MOMENTS),
             project, write_moment))
    {
      g_string_free (out, TRUE);
      return;
    }
  tela_json_writer_end_object (&writer);
  tela_http_json (rest->msg, 200, out);
}

static char *
dump_of_version (TelaRest   *rest,
                 const char *project,
                 const char *id,
                 gint64     *rev,
                 GError    **error)
{
  TelaDb       *db = rest->core->db;
  sqlite3_stmt *row =
      tela_db_prepare (db, error, "SELECT rev, body FROM versions WHERE project_id = ? AND id = ?", "ss", project, id);
  char   *dump;
  gsize   len;
  GError *local = NULL;

  if (row == NULL)
    return NULL;
  if (!tela_db_step (db, row, &local))
    {
      if (local != NULL)
        g_propagate_error (error, local);
      else
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "There is no such version");
      return NULL;
    }
  *rev = sqlite3_column_int64 (row, 0);
  dump = tela_history_unpack (sqlite3_column_blob (row, 1), (gsize) sqlite3_column_bytes (row, 1), &len, error);
  sqlite3_reset (row);
  return dump;
}

static void
fail (TelaRest     *rest,
      const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    tela_rest_fail (rest, 404, "P0002", error->message);
  else
    tela_rest_error (rest, error);
}

/* By "id", or by "rev": {"rev","elements":[{"id","props","stamps"}…]} */
void
tela_version_handle (TelaRest *rest)
{
  gboolean         bad;
  g_autofree char *project = tela_rest_project (rest, TELA_ROLE_VIEWER);
  g_autofree char *id = project != NULL ? tela_rest_uuid (rest, rest->body, "id", &bad) : NULL;
  g_autofree char *dump = NULL;
  g_autoptr (GError) error = NULL;
  GString *out;
  gint64   rev = 0;

  if (project == NULL || bad)
    return;
  if (id == NULL && !tela_int_member (rest->body, "rev", &rev))
    {
      tela_rest_fail (rest, 400, "PGRST202", "One of the arguments \"id\" and \"rev\" is needed");
      return;
    }
  dump = id != NULL ? dump_of_version (rest, project, id, &rev, &error)
                    : tela_history_dump_at (rest->core->db, project, rev, &error);
  if (dump == NULL)
    {
      fail (rest, error);
      return;
    }
  out = g_string_new (NULL);
  g_string_append_printf (out, "{\"rev\":%" G_GINT64_FORMAT ",", rev);
  g_string_append (out, dump + 1); /* past its brace */
  tela_http_json (rest->msg, 200, out);
}

static gboolean
keep_version (TelaRest   *rest,
              const char *project,
              const char *id,
              const char *name,
              GError    **error)
{
  TelaDb *db = rest->core->db;
  g_autoptr (GBytes) body = tela_history_pack_now (db, project, error);

  return body != NULL &&
         tela_db_run (db, error,
                      "INSERT INTO versions (id, project_id, name, rev, created_by, created_at, body)"
                      " SELECT ?1, id, ?3, rev, (SELECT id FROM users WHERE id = ?4), ?5, ?6 FROM projects WHERE id = ?2",
                      "ssssib", id, project, name, rest->claims->sub, tela_now_ms (), body);
}

static gboolean
is_full (TelaRest   *rest,
         const char *project)
{
  g_autofree char *n = tela_db_text (rest->core->db, "SELECT count (*) FROM versions WHERE project_id = ?", "s", project);

  return n == NULL || g_ascii_strtoll (n, NULL, 10) >= MAX_VERSIONS;
}

/* Names the board as it is now: {"id"} */
void
tela_version_name_handle (TelaRest *rest)
{
  g_autofree char *project = tela_rest_project (rest, TELA_ROLE_EDITOR);
  g_autofree char *name = project != NULL ? tela_pick_text (rest->body, "name") : NULL;
  g_autofree char *id = g_uuid_string_random ();
  g_autoptr (GError) error = NULL;
  GString *out;

  if (project == NULL)
    return;
  if (name == NULL || *g_strstrip (name) == '\0' || g_utf8_strlen (name, -1) > MAX_NAME)
    {
      tela_rest_fail (rest, 400, "23514", "A name of 1 to 200 characters is needed");
      return;
    }
  if (is_full (rest, project))
    {
      tela_rest_fail (rest, 400, "54000", "The board has 200 named versions: remove one first");
      return;
    }
  if (!keep_version (rest, project, id, name, &error))
    {
      tela_rest_error (rest, error);
      return;
    }
  out = g_string_new (NULL);
  g_string_append_printf (out, "{\"id\":\"%s\"}", id);
  tela_http_json (rest->msg, 200, out);
}

void
tela_version_remove_handle (TelaRest *rest)
{
  gboolean         bad = FALSE;
  g_autofree char *project = tela_rest_project (rest, TELA_ROLE_EDITOR);
  g_autofree char *id = project != NULL ? tela_rest_uuid (rest, rest->body, "id", &bad) : NULL;
  g_autoptr (GError) error = NULL;

  if (project == NULL || bad)
    return;
  if (id == NULL)
    tela_rest_fail (rest, 404, "PGRST202", "The argument \"id\" is missing");
  else if (!tela_db_run (rest->core->db, &error, "DELETE FROM versions WHERE project_id = ? AND id = ?", "ss", project, id))
    tela_rest_error (rest, error);
  else
    tela_http_json (rest->msg, 200, g_string_new ("{}"));
}
