/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The table "elements": read alone; tela_push writes it. */

#include <string.h>

#include "backend-rest.h"
#include "tela-element.h"

static const TelaColumn columns[] = {
  { "project_id", "project_id", TELA_COLUMN_UUID },
  { "id", "id", TELA_COLUMN_TEXT },
  { "rev", "rev", TELA_COLUMN_INTEGER },
  { NULL },
};

/* FALSE: the row's body cannot be read; it is left out, and said on the log. */
static gboolean
write_row (TelaJsonWriter *writer,
           sqlite3_stmt   *row)
{
  const char *project = (const char *) sqlite3_column_text (row, 0);
  const char *id = (const char *) sqlite3_column_text (row, 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaElement) element = NULL;
  g_autofree char *updated = NULL;

  element = tela_element_unpack (id, sqlite3_column_blob (row, 2), (gsize) sqlite3_column_bytes (row, 2), &error);
  if (element == NULL)
    {
      g_message ("An element of project %s is damaged: %s", project, error->message);
      return FALSE;
    }
  updated = tela_stamp_to_iso (tela_element_get_stamp (element));
  tela_json_writer_begin_object (writer);
  tela_json_writer_name (writer, "project_id");
  tela_json_writer_string (writer, project);
  tela_json_writer_name (writer, "id");
  tela_json_writer_string (writer, id);
  tela_json_writer_name (writer, "props");
  tela_element_write_props (element, writer);
  tela_json_writer_name (writer, "stamps");
  tela_element_write_stamps (element, writer);
  tela_json_writer_name (writer, "rev");
  tela_json_writer_int (writer, sqlite3_column_int64 (row, 3));
  tela_json_writer_name (writer, "updated_at");
  tela_json_writer_string (writer, updated);
  tela_json_writer_end_object (writer);
  return TRUE;
}

static sqlite3_stmt *
select_rows (TelaRest        *rest,
             const TelaQuery *query,
             GError         **error)
{
  g_autofree char *sql =
      g_strdup_printf ("SELECT project_id, id, body, rev FROM elements WHERE"
                       " (?1 OR project_id IN (SELECT project_id FROM project_members WHERE user_id = ?2)) AND %s%s%s"
                       " LIMIT ? OFFSET ?",
                       query->where->str, query->order->len > 0 ? " ORDER BY " : "", query->order->str);
  sqlite3_stmt *row = tela_db_compile (rest->core->db, sql, error);

  if (row == NULL)
    return NULL;
  sqlite3_bind_int (row, 1, tela_claims_is_service (rest->claims));
  if (tela_claims_is_user (rest->claims))
    sqlite3_bind_text (row, 2, rest->claims->sub, -1, SQLITE_TRANSIENT);
  tela_query_bind (query, row, 3);
  return row;
}

void
tela_elements_handle (TelaRest *rest)
{
  g_autoptr (TelaQuery) query = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;
  sqlite3_stmt  *row;
  guint          n = 0;

  if (strcmp (rest->method, "GET") != 0 && strcmp (rest->method, "HEAD") != 0)
    {
      tela_rest_denied (rest, "permission denied for table elements");
      return;
    }
  query = tela_rest_query (rest, columns);
  if (query == NULL)
    return;
  row = select_rows (rest, query, &error);
  if (row != NULL)
    {
      tela_json_writer_init (&writer, out, 0);
      tela_json_writer_begin_array (&writer);
      while (tela_db_step (rest->core->db, row, &error))
        n += write_row (&writer, row);
      tela_json_writer_end_array (&writer);
      sqlite3_finalize (row);
    }
  if (error != NULL)
    tela_rest_error (rest, error);
  else
    tela_rest_rows (rest, g_steal_pointer (&out), query->offset, n);
}
