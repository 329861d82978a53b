/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The table "project_members". */

#include <string.h>

#include "backend-feed.h"
#include "backend-rest.h"
#include "backend-text.h"

static const TelaColumn columns[] = {
  { "project_id", "m.project_id", TELA_COLUMN_UUID },
  { "user_id", "m.user_id", TELA_COLUMN_UUID },
  { "role", "m.role", TELA_COLUMN_TEXT },
  { NULL },
};

typedef struct
{
  char *project_id, *user_id, *role;
} Member;

static void
member_clear (Member *self)
{
  g_free (self->project_id);
  g_free (self->user_id);
  g_free (self->role);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Member, member_clear)

/* The rows that match, of projects that the caller is a member of. NULL: answered. (element-type Member) */
static GArray *
matching (TelaRest        *rest,
          const TelaQuery *query)
{
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (Member));
  g_autoptr (GError) error = NULL;
  g_autofree char *sql = NULL;
  sqlite3_stmt    *row;

  g_array_set_clear_func (found, (GDestroyNotify) member_clear);
  sql =
      g_strdup_printf ("SELECT m.project_id, m.user_id, m.role FROM project_members AS m WHERE"
                       " (?1 OR m.project_id IN (SELECT project_id FROM project_members WHERE user_id = ?2)) AND %s%s%s"
                       " LIMIT ? OFFSET ?",
                       query->where->str, query->order->len > 0 ? " ORDER BY " : "", query->order->str);
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
    {
      Member member = { tela_db_column (row, 0), tela_db_column (row, 1), tela_db_column (row, 2) };

      g_array_append_val (found, member);
    }
  sqlite3_finalize (row);
  if (error == NULL)
    return g_steal_pointer (&found);
  tela_rest_error (rest, error);
  return NULL;
}

static GString *
rows_of (const Member *members,
         guint         n)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < n; i++)
    {
      tela_json_writer_begin_object (&writer);
      tela_json_writer_name (&writer, "project_id");
      tela_json_writer_string (&writer, members[i].project_id);
      tela_json_writer_name (&writer, "user_id");
      tela_json_writer_string (&writer, members[i].user_id);
      tela_json_writer_name (&writer, "role");
      tela_json_writer_string (&writer, members[i].role);
      tela_json_writer_end_object (&writer);
    }
  tela_json_writer_end_array (&writer);
  return out;
}

static void
get (TelaRest *rest)
{
  g_autoptr (TelaQuery) query = tela_rest_query (rest, columns);
  g_autoptr (GArray) found = query != NULL ? matching (rest, query) : NULL;

  if (found != NULL)
    tela_rest_rows (rest, rows_of ((Member *) found->data, found->len), query->offset, found->len);
}

/* FALSE: answered. */
static gboolean
take_member (TelaRest *rest,
             Member   *member)
{
  static const char *const known[] = { "project_id", "user_id", "role", NULL };
  TelaJsonSpan             object;
  gboolean                 bad;

  if (!tela_rest_object (rest, &object) || !tela_rest_only (rest, object, "project_members", known))
    return FALSE;
  member->project_id = tela_rest_uuid (rest, object, "project_id", &bad);
  if (bad)
    return FALSE;
  member->user_id = tela_rest_uuid (rest, object, "user_id", &bad);
  if (bad)
    return FALSE;
  member->role = tela_text_member (object, "role");
  if (member->project_id == NULL || member->user_id == NULL || member->role == NULL)
    tela_rest_fail (rest, 400, "23502", "project_id, user_id and role are needed");
  else if (strcmp (member->role, "editor") != 0 && strcmp (member->role, "viewer") != 0)
    tela_rest_fail (rest, 400, "23514", "A member that is added is an editor or a viewer");
  else if (tela_rights_role (rest->core, rest->claims, member->project_id) != TELA_ROLE_OWNER)
    tela_rest_denied (rest, "new row violates row-level security policy for table \"project_members\"");
  else
    return TRUE;
  return FALSE;
}

/* The lists of boards of those concerned, and the board itself. */
static void
tell (TelaRest     *rest,
      const Member *member,
      const char   *event)
{
  g_autofree char *row = tela_project_row (rest->core, member->project_id);
  gboolean         gone = strcmp (event, "DELETE") == 0;

  tela_feed_user (rest->core, member->user_id, event, gone ? NULL : row, gone ? row : NULL);
  tela_feed_project (rest->core, member->project_id, row);
}

static void
post (TelaRest *rest)
{
  g_auto (Member) member = { 0 };
  g_autofree char *there = NULL;
  g_autoptr (GError) error = NULL;

  if (!take_member (rest, &member))
    return;
  there = tela_db_text (rest->core->db, "SELECT role FROM project_members WHERE project_id = ? AND user_id = ?", "ss",
                        member.project_id, member.user_id);
  if (there != NULL && (strcmp (there, "owner") == 0 || !tela_rest_prefers (rest, "resolution=merge-duplicates")))
    {
      tela_rest_fail (rest, 409, "23505", "duplicate key value violates unique constraint \"project_members_pkey\"");
      return;
    }
  if (!tela_db_run (rest->core->db, &error,
                    "INSERT INTO project_members (project_id, user_id, role, created_at) VALUES (?, ?, ?, ?)"
                    " ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role",
                    "sssi", member.project_id, member.user_id, member.role, tela_now_ms ()))
    {
      if (g_error_matches (error, TELA_DB_ERROR, SQLITE_CONSTRAINT))
        tela_rest_fail (rest, 409, "23503", "There is no such user");
      else
        tela_rest_error (rest, error);
      return;
    }
  tell (rest, &member, there == NULL ? "INSERT" : "UPDATE");
  tela_rest_written (rest, TRUE, rows_of (&member, 1));
}

/* The owner removes anybody else; everybody else may leave. */
static gboolean
may_remove (TelaRest     *rest,
            const Member *member)
{
  if (strcmp (member->role, "owner") == 0)
    return FALSE;
  return g_strcmp0 (member->user_id, rest->claims->sub) == 0 ||
         tela_rights_role (rest->core, rest->claims, member->project_id) == TELA_ROLE_OWNER;
}

static void
delete_rows (TelaRest *rest)
{
  g_autoptr (TelaQuery) query = tela_rest_query (rest, columns);
  g_autoptr (GArray) found = NULL;
  g_autoptr (GError) error = NULL;

  if (query == NULL || !tela_rest_has_filter (rest, query) || (found = matching (rest, query)) == NULL)
    return;
  for (guint i = found->len; i-- > 0;)
    {
      const Member *member = &g_array_index (found, Member, i);

      if (!may_remove (rest, member))
        {
          g_array_remove_index (found, i);
          continue;
        }
      if (!tela_db_run (rest->core->db, &error, "DELETE FROM project_members WHERE project_id = ? AND user_id = ?",
                        "ss", member->project_id, member->user_id))
        {
          tela_rest_error (rest, error);
          return;
        }
      tell (rest, member, "DELETE");
    }
  tela_rest_written (rest, FALSE, rows_of ((Member *) found->data, found->len));
}

void
tela_members_handle (TelaRest *rest)
{
  if (strcmp (rest->method, "GET") == 0 || strcmp (rest->method, "HEAD") == 0)
    get (rest);
  else if (strcmp (rest->method, "POST") == 0)
    post (rest);
  else if (strcmp (rest->method, "DELETE") == 0)
    delete_rows (rest);
  else
    tela_rest_fail (rest, 405, "PGRST117", "Unsupported HTTP method");
}
