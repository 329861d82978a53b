/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The table "projects". */

#include <string.h>

#include "backend-feed.h"
#include "backend-rest.h"
#include "backend-text.h"

#define NAME_MAX_BYTES 1000

static const TelaColumn columns[] = {
  { "id", "p.id", TELA_COLUMN_UUID },
  { "name", "p.name", TELA_COLUMN_TEXT },
  { "owner", "p.owner", TELA_COLUMN_UUID },
  { "rev", "p.rev", TELA_COLUMN_INTEGER },
  { "pruned_rev", "p.pruned_rev", TELA_COLUMN_INTEGER },
  { "created_at", "p.created_at", TELA_COLUMN_INTEGER },
  { "updated_at", "p.updated_at", TELA_COLUMN_INTEGER },
  { NULL },
};

#define ROW "p.id, p.name, p.owner, p.rev, p.pruned_rev, p.created_at, p.updated_at"

static void
write_row (TelaCore     *core,
           GString      *out,
           sqlite3_stmt *row)
{
  static const char *const texts[] = { "id", "name", "owner" };
  g_autofree char         *created = tela_iso_from_ms (sqlite3_column_int64 (row, 5));
  g_autofree char         *updated = tela_iso_from_ms (sqlite3_column_int64 (row, 6));
  TelaJsonWriter           writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  for (int i = 0; i < 3; i++)
    {
      tela_json_writer_name (&writer, texts[i]);
      tela_json_writer_string (&writer, (const char *) sqlite3_column_text (row, i));
    }
  tela_json_writer_name (&writer, "rev");
  tela_json_writer_int (&writer, sqlite3_column_int64 (row, 3));
  tela_json_writer_name (&writer, "pruned_rev");
  tela_json_writer_int (&writer, sqlite3_column_int64 (row, 4));
  tela_json_writer_name (&writer, "epoch");
  tela_json_writer_string (&writer, core->db->epoch);
  tela_json_writer_name (&writer, "created_at");
  tela_json_writer_string (&writer, created);
  tela_json_writer_name (&writer, "updated_at");
  tela_json_writer_string (&writer, updated);
  tela_json_writer_end_object (&writer);
}

char *
tela_project_row (TelaCore   *core,
                  const char *project_id)
{
  sqlite3_stmt *row = tela_db_prepare (core->db, NULL, "SELECT " ROW " FROM projects AS p WHERE p.id = ?", "s", project_id);
  g_autoptr (GString) out = g_string_new (NULL);

  if (row == NULL || !tela_db_step (core->db, row, NULL))
    return NULL;
  write_row (core, out, row);
  sqlite3_reset (row);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* Rows that the caller may see (with @least or more) and that match, as ids. NULL: answered. */
static GStrv
matching_ids (TelaRest        *rest,
              const TelaQuery *query,
              const char      *roles)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *sql = NULL;
  sqlite3_stmt    *row;

  sql =
      g_strdup_printf ("SELECT p.id FROM projects AS p WHERE (?1 OR EXISTS (SELECT 1 FROM project_members AS m"
                       " WHERE m.project_id = p.id AND m.user_id = ?2 AND m.role IN (%s))) AND %s%s%s LIMIT ? OFFSET ?",
                       roles, query->where->str, query->order->len > 0 ? " ORDER BY " : "", query->order->str);
  row = tela_db_compile (rest->core->db, sql, &error);
  if (row == NULL)
    {
      tela_rest_error (rest, error);
      return NULL;
    }
  sqlite3_bind_int (row, 1, tela_claims_is_service (rest->claims));
  if (tela_claims_is_user (rest->claims))
    sqlite3_bind_text (row, 2, rest->claims->sub, -1, SQLITE_TRANSIENT);
  tela_query_bind (query, row, 3);
  while (tela_db_step (rest->core->db, row, &error))
    g_strv_builder_add (builder, (const char *) sqlite3_column_text (row, 0));
  sqlite3_finalize (row);
  if (error == NULL)
    return g_strv_builder_end (builder);
  tela_rest_error (rest, error);
  return NULL;
}

static GString *
rows_of (TelaCore *core,
         GStrv     ids)
{
  GString *out = g_string_new ("[");

  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autofree char *row = tela_project_row (core, ids[i]);

      if (row == NULL)
        continue;
      if (out->len > 1)
        g_string_append_c (out, ',');
      g_string_append (out, row);
    }
  return g_string_append_c (out, ']');
}

static void
get (TelaRest *rest)
{
  g_autoptr (TelaQuery) query = tela_rest_query (rest, columns);
  g_auto (GStrv) ids = query != NULL ? matching_ids (rest, query, "'owner', 'editor', 'viewer'") : NULL;

  if (ids != NULL)
    tela_rest_rows (rest, rows_of (rest->core, ids), query->offset, g_strv_length (ids));
}

/* The name, or NULL after an answer. (transfer full) */
static char *
take_name (TelaRest    *rest,
           TelaJsonSpan object,
           const char  *fallback)
{
  g_autofree char *name = tela_text_member (object, "name");

  if (name == NULL && fallback != NULL)
    name = g_strdup (fallback);
  if (name != NULL && strlen (name) <= NAME_MAX_BYTES)
    return g_steal_pointer (&name);
  tela_rest_fail (rest, 400, name == NULL ? "23502" : "22001",
                  name == NULL ? "A name is needed" : "The name is too long");
  return NULL;
}

/* The schema makes the owner a member. */
static gboolean
insert (TelaRest   *rest,
        const char *id,
        const char *owner,
        const char *name,
        GError    **error)
{
  gint64 now = tela_now_ms ();

  return tela_db_run (rest->core->db, error,
                      "INSERT INTO projects (id, name, owner, created_at, updated_at) VALUES (?, ?, ?, ?, ?)", "sssii", id,
                      name, owner, now, now);
}

/* Making the same board again, which is what a client does whose answer was lost, is no error. */
static void
insert_or_find (TelaRest   *rest,
                const char *id,
                const char *owner,
                const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *there = tela_db_text (rest->core->db, "SELECT owner FROM projects WHERE id = ?", "s", id);
  g_autofree char *row = NULL;
  GString         *rows;

  if (there != NULL && strcmp (there, owner) != 0)
    {
      tela_rest_fail (rest, 409, "23505", "duplicate key value violates unique constraint \"projects_pkey\"");
      return;
    }
  if (there == NULL && !insert (rest, id, owner, name, &error))
    {
      if (g_error_matches (error, TELA_DB_ERROR, SQLITE_CONSTRAINT))
        tela_rest_fail (rest, 409, "23503", "There is no such user");
      else
        tela_rest_error (rest, error);
      return;
    }
  row = tela_project_row (rest->core, id);
  if (there == NULL)
    tela_feed_user (rest->core, owner, "INSERT", row, NULL);
  rows = g_string_new (NULL);
  g_string_append_printf (rows, "[%s]", row);
  tela_rest_written (rest, TRUE, rows);
}

static void
post (TelaRest *rest)
{
  static const char *const known[] = { "id", "name", "owner", NULL };
  g_autofree char         *id = NULL;
  g_autofree char         *owner = NULL;
  g_autofree char         *name = NULL;
  TelaJsonSpan             object;
  gboolean                 bad;

  if (!tela_rest_object (rest, &object) || !tela_rest_only (rest, object, "projects", known))
    return;
  id = tela_rest_uuid (rest, object, "id", &bad);
  if (bad)
    return;
  owner = tela_rest_uuid (rest, object, "owner", &bad);
  if (bad)
    return;
  if (owner == NULL)
    owner = g_strdup (rest->claims->sub);
  if (owner == NULL || (!tela_claims_is_service (rest->claims) &&
                        (!tela_claims_is_user (rest->claims) || strcmp (owner, rest->claims->sub) != 0)))
    {
      tela_rest_denied (rest, "new row violates row-level security policy for table \"projects\"");
      return;
    }
  name = take_name (rest, object, "Untitled");
  if (name == NULL)
    return;
  if (id == NULL)
    id = g_uuid_string_random ();
  insert_or_find (rest, id, owner, name);
}

static void
patch (TelaRest *rest)
{
  static const char *const known[] = { "name", NULL };
  g_autoptr (TelaQuery) query = tela_rest_query (rest, columns);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  g_auto (GStrv) ids = NULL;
  TelaJsonSpan object;

  if (query == NULL || !tela_rest_has_filter (rest, query) || !tela_rest_object (rest, &object) ||
      !tela_rest_only (rest, object, "projects", known) || (name = take_name (rest, object, NULL)) == NULL ||
      (ids = matching_ids (rest, query, "'owner', 'editor'")) == NULL)
    return;
  for (guint i = 0; ids[i] != NULL && error == NULL; i++)
    tela_db_run (rest->core->db, &error, "UPDATE projects SET name = ?, updated_at = ? WHERE id = ?", "sis", name,
                 tela_now_ms (), ids[i]);
  if (error != NULL)
    {
      tela_rest_error (rest, error);
      return;
    }
  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autofree char *row = tela_project_row (rest->core, ids[i]);
      g_auto (GStrv) members = tela_feed_members (rest->core, ids[i]);

      tela_feed_project (rest->core, ids[i], row);
      for (guint m = 0; members[m] != NULL; m++)
        tela_feed_user (rest->core, members[m], "UPDATE", row, NULL);
    }
  tela_rest_written (rest, FALSE, rows_of (rest->core, ids));
}

static void
delete_rows (TelaRest *rest)
{
  g_autoptr (TelaQuery) query = tela_rest_query (rest, columns);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = NULL;
  GString *rows;

  if (query == NULL || !tela_rest_has_filter (rest, query) || (ids = matching_ids (rest, query, "'owner'")) == NULL)
    return;
  rows = rows_of (rest->core, ids);
  for (guint i = 0; ids[i] != NULL; i++)
    {
      g_autofree char *row = tela_project_row (rest->core, ids[i]);
      g_auto (GStrv) members = tela_feed_members (rest->core, ids[i]);

      if (!tela_db_run (rest->core->db, &error, "DELETE FROM projects WHERE id = ?", "s", ids[i]))
        {
          g_string_free (rows, TRUE);
          tela_rest_error (rest, error);
          return;
        }
      for (guint m = 0; members[m] != NULL; m++)
        tela_feed_user (rest->core, members[m], "DELETE", NULL, row);
    }
  tela_rest_written (rest, FALSE, rows);
}

void
tela_projects_handle (TelaRest *rest)
{
  if (strcmp (rest->method, "GET") == 0 || strcmp (rest->method, "HEAD") == 0)
    get (rest);
  else if (strcmp (rest->method, "POST") == 0)
    post (rest);
  else if (strcmp (rest->method, "PATCH") == 0)
    patch (rest);
  else if (strcmp (rest->method, "DELETE") == 0)
    delete_rows (rest);
  else
    tela_rest_fail (rest, 405, "PGRST117", "Unsupported HTTP method");
}
