/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-changes.h"

#include <string.h>

#include "backend-channel.h"
#include "backend-news.h"
#include "backend-socket.h"

#define FUNCTION "tela_row_written"

static const TelaTable *const tables[] = { &tela_table_projects, &tela_table_members, &tela_table_elements,
                                           &tela_table_jobs, &tela_table_profiles, &tela_table_invites };

static const char *const operations[] = { "INSERT", "UPDATE", "DELETE" };

struct _TelaChanges
{
  TelaCore  *core;      /* borrowed */
  GPtrArray *listeners; /* borrowed TelaChannel */
  guint      watchers[G_N_ELEMENTS (tables)];
  char      *rules[G_N_ELEMENTS (tables)]; /* whether a caller may see a row that need not be in the table */
};

/* ---- Catching ---- */

/* tela_row_written (table, operation, value of each column…) */
static void
row_written (sqlite3_context *context,
             int              n,
             sqlite3_value  **values)
{
  TelaChanges *self = sqlite3_user_data (context);

  tela_news_add_row (self->core->news, tela_row_new (tables[sqlite3_value_int (values[0])],
                                                     sqlite3_value_int (values[1]), values + 2, tela_now_ms ()));
}

/* A column's expression over "t", over the trigger's row. Of what is gone the key alone is shown. */
static void
append_column (GString          *sql,
               const TelaColumn *column,
               const char       *row)
{
  if (column->type == TELA_COLUMN_PROPS || column->type == TELA_COLUMN_STAMPS)
    g_string_append (sql, strcmp (row, "old") == 0 ? ", NULL" : ", new.body");
  else if (g_str_has_prefix (column->sql, "t."))
    g_string_append_printf (sql, ", %s%s", row, column->sql + 1);
  else
    g_string_append_printf (sql, ", %s", column->sql);
}

static void
execute (TelaChanges *self,
         const char  *sql)
{
  if (sqlite3_exec (self->core->db->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
    g_message ("Changes cannot be watched: %s", sqlite3_errmsg (self->core->db->handle));
}

static void
watch (TelaChanges *self,
       guint        table)
{
  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    {
      g_autoptr (GString) sql = g_string_new (NULL);

      g_string_append_printf (sql, "CREATE TEMP TRIGGER tela_%u_%u AFTER %s ON main.%s BEGIN SELECT " FUNCTION " (%u, %u", table,
                              i, operations[i], tables[table]->name, table, i);
      for (const TelaColumn *column = tables[table]->columns; column->name != NULL; column++)
        append_column (sql, column, i == TELA_ROW_DELETE ? "old" : "new");
      g_string_append_printf (sql, "); END"); /* the inlined one makes the newest gcc think of NULL */
      execute (self, sql->str);
    }
}

static void
unwatch (TelaChanges *self,
         guint        table)
{
  for (guint i = 0; i < G_N_ELEMENTS (operations); i++)
    {
      g_autofree char *sql = g_strdup_printf ("DROP TRIGGER IF EXISTS temp.tela_%u_%u", table, i);

      execute (self, sql);
    }
}

/* Whose rows go with a membership, that is watched too: see could_see(). */
static gboolean
goes_with_members (const TelaTable *table)
{
  return table == &tela_table_projects || table == &tela_table_elements;
}

static gboolean
concerns (const TelaBinding *binding,
          const TelaTable   *table)
{
  return binding->table == NULL || binding->table == table ||
         (table == &tela_table_members && goes_with_members (binding->table));
}

static void
count_watchers (TelaChanges *self,
                GPtrArray   *bindings,
                int          by)
{
  for (guint table = 0; table < G_N_ELEMENTS (tables); table++)
    {
      guint before = self->watchers[table];

      for (guint i = 0; i < bindings->len; i++)
        if (concerns (bindings->pdata[i], tables[table]))
          self->watchers[table] += (guint) by;
      if (before == 0 && self->watchers[table] > 0)
        watch (self, table);
      else if (before > 0 && self->watchers[table] == 0)
        unwatch (self, table);
    }
}

/* ---- Listening ---- */

/* All are served or none. */
static const char *
problem_of (GPtrArray *bindings)
{
  if (bindings->len > TELA_MAX_BINDINGS)
    return "Unable to subscribe to changes with given parameters. Too many subscriptions on one channel";
  for (guint i = 0; i < bindings->len; i++)
    if (((TelaBinding *) bindings->pdata[i])->problem != NULL)
      return ((TelaBinding *) bindings->pdata[i])->problem;
  return NULL;
}

void
tela_changes_subscribe (TelaChanges *self,
                        TelaChannel *channel)
{
  const char *problem = problem_of (channel->bindings);

  if (channel->bindings->len == 0)
    return;
  if (problem == NULL && !channel->listens)
    {
      channel->listens = TRUE;
      g_ptr_array_add (self->listeners, channel);
      count_watchers (self, channel->bindings, 1);
    }
  tela_channel_push_system (channel, "postgres_changes", problem == NULL ? "ok" : "error",
                            problem == NULL ? "Subscribed to PostgreSQL" : problem);
}

void
tela_changes_unsubscribe (TelaChanges *self,
                          TelaChannel *channel)
{
  if (!channel->listens)
    return;
  channel->listens = FALSE;
  g_ptr_array_remove_fast (self->listeners, channel);
  count_watchers (self, channel->bindings, -1);
}

/* ---- Rights ---- */

/* SELECT may_select FROM (SELECT ?3 AS first_column, …) AS t */
static char *
rule_of (const TelaTable *table)
{
  g_autoptr (GString) sql = g_string_new (NULL);
  guint parameter = 3;

  g_string_append_printf (sql, "SELECT 1 FROM (SELECT ");
  for (const TelaColumn *column = table->columns; column->name != NULL; column++)
    {
      g_string_append_printf (sql, "%s?%u AS %s", parameter > 3 ? ", " : "", parameter, column->name);
      parameter++;
    }
  g_string_append_printf (sql, ") AS t WHERE %s", table->may_select);
  return g_string_free (g_steal_pointer (&sql), FALSE);
}

static gboolean
may_see (TelaChanges      *self,
         const TelaClaims *claims,
         const TelaRow    *row)
{
  TelaDb       *db = self->core->db;
  guint         table = 0;
  sqlite3_stmt *statement;
  gboolean      may;

  while (tables[table] != row->table)
    table++;
  statement = tela_db_prepare (db, NULL, self->rules[table], "");
  if (statement == NULL)
    return FALSE;
  tela_table_bind_caller (statement, claims);
  for (guint i = 0; i < row->n; i++)
    tela_cell_bind (&row->cells[i], statement, (int) i + 3);
  may = tela_db_step (db, statement, NULL);
  sqlite3_reset (statement);
  return may;
}

static const char *
text_of (const TelaRow *row,
         const char    *name)
{
  const TelaColumn *column = tela_column_find (row->table->columns, name);
  const TelaCell   *cell = column != NULL ? &row->cells[column - row->table->columns] : NULL;

  return cell != NULL && cell->type == SQLITE_TEXT ? cell->text : "";
}

/* Whose membership went in the same breath as a row of the project could see that row until then. */
static gboolean
could_see (GPtrArray        *rows,
           const TelaClaims *claims,
           const TelaRow    *row)
{
  const char *project = text_of (row, row->table == &tela_table_projects ? "id" : "project_id");

  if (!tela_claims_is_user (claims) || row->operation != TELA_ROW_DELETE ||
      (row->table != &tela_table_members && !goes_with_members (row->table)))
    return FALSE;
  for (guint i = 0; i < rows->len; i++)
    {
      const TelaRow *other = rows->pdata[i];

      if (other->table == &tela_table_members && other->operation == TELA_ROW_DELETE &&
          strcmp (text_of (other, "user_id"), claims->sub) == 0 &&
          strcmp (text_of (other, "project_id"), project) == 0)
        return TRUE;
    }
  return FALSE;
}

/* ---- Telling ---- */

static gboolean
same_choice (const TelaRow  *row,
             const gboolean *a,
             const gboolean *b)
{
  if (a == NULL || b == NULL)
    return a == b;
  return memcmp (a, b, row->n * sizeof *a) == 0;
}

static void
push_change (TelaChannel    *channel,
             const TelaRow  *row,
             const gboolean *chosen,
             GString        *ids)
{
  g_autoptr (GString) payload = g_string_new ("{\"data\":");
  g_autoptr (GBytes) frame = NULL;

  tela_row_append_data (row, chosen, payload);
  g_string_append_printf (payload, ",\"ids\":[%s]}", ids->str);
  frame = tela_frame_text (channel->socket->protocol, NULL, NULL, channel->wire, "postgres_changes", payload->str,
                           payload->len);
  tela_socket_send (channel->socket, frame);
}

/* One frame for each choice of columns, with the ids of all the bindings that made it. */
static void
tell_channel (TelaChannel   *channel,
              const TelaRow *row,
              GPtrArray     *matching)
{
  while (matching->len > 0)
    {
      const gboolean *chosen = ((TelaBinding *) matching->pdata[0])->chosen;
      g_autoptr (GString) ids = g_string_new (NULL);

      for (guint i = 0; i < matching->len;)
        {
          const TelaBinding *binding = matching->pdata[i];

          if (!same_choice (row, binding->chosen, chosen))
            {
              i++;
              continue;
            }
          g_string_append_printf (ids, "%s%u", ids->len > 0 ? "," : "", binding->id);
          g_ptr_array_remove_index (matching, i);
        }
      push_change (channel, row, chosen, ids);
    }
}

/* One answer does for the elements of one project. */
static gboolean
same_rights (const TelaRow *a,
             const TelaRow *b)
{
  return a != NULL && a->table == &tela_table_elements && b->table == a->table && a->operation == b->operation &&
         strcmp (text_of (a, "project_id"), text_of (b, "project_id")) == 0;
}

static void
tell_listener (TelaChanges *self,
               TelaChannel *channel,
               GPtrArray   *rows)
{
  const TelaRow *asked = NULL;
  gboolean       may = FALSE;

  for (guint i = 0; i < rows->len; i++)
    {
      const TelaRow *row = rows->pdata[i];
      g_autoptr (GPtrArray) matching = g_ptr_array_new ();

      for (guint b = 0; b < channel->bindings->len; b++)
        if (tela_binding_match (channel->bindings->pdata[b], row))
          g_ptr_array_add (matching, channel->bindings->pdata[b]);
      if (matching->len == 0)
        continue;
      if (!same_rights (asked, row))
        may = may_see (self, channel->claims, row) || could_see (rows, channel->claims, row);
      asked = row;
      /* Over the limit of events, changes are left out without a word. */
      if (may && tela_channel_count_event (self->core))
        tell_channel (channel, row, matching);
    }
}

void
tela_changes_tell (TelaChanges *self,
                   GPtrArray   *rows)
{
  for (guint i = 0; rows->len > 0 && i < self->listeners->len; i++)
    tell_listener (self, self->listeners->pdata[i], rows);
}

/* ---- Life ---- */

TelaChanges *
tela_changes_new (TelaCore *core)
{
  TelaChanges *self = g_new0 (TelaChanges, 1);

  self->core = core;
  self->listeners = g_ptr_array_new ();
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    self->rules[i] = rule_of (tables[i]);
  sqlite3_create_function_v2 (core->db->handle, FUNCTION, -1, SQLITE_UTF8 | SQLITE_INNOCUOUS, self, row_written, NULL,
                              NULL, NULL);
  return self;
}

void
tela_changes_free (TelaChanges *self)
{
  g_ptr_array_unref (self->listeners);
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    g_free (self->rules[i]);
  g_free (self);
}
