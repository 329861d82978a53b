/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-table.h"

#include <string.h>

static const TelaTable *const tables[] = { &tela_table_projects, &tela_table_members, &tela_table_elements,
                                           &tela_table_jobs, &tela_table_profiles, &tela_table_invites };

const TelaTable *
tela_table_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (strcmp (tables[i]->name, name) == 0)
      return tables[i];
  return NULL;
}

guint
tela_table_get_key (const TelaTable  *self,
                    const TelaColumn *key[TELA_TABLE_MAX_KEY])
{
  guint n = 0;

  for (const TelaColumn *column = self->columns; column->name != NULL; column++)
    if ((column->flags & TELA_COLUMN_KEY) != 0)
      key[n++] = column;
  return n;
}

void
tela_table_append_key (const TelaTable *self,
                       GString         *sql)
{
  const TelaColumn *key[TELA_TABLE_MAX_KEY];
  guint             n = tela_table_get_key (self, key);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (sql, "%s%s = ?", i > 0 ? " AND " : "", key[i]->sql);
}

void
tela_table_bind_caller (sqlite3_stmt     *statement,
                        const TelaClaims *claims)
{
  sqlite3_bind_int (statement, 1, tela_claims_is_service (claims));
  if (tela_claims_is_user (claims))
    sqlite3_bind_text (statement, 2, claims->sub, -1, SQLITE_TRANSIENT);
}

char *
tela_table_record (TelaCore          *core,
                   const TelaTable   *self,
                   const char *const *key)
{
  g_autoptr (GString) sql = g_string_new ("SELECT ");
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;
  sqlite3_stmt  *row;
  gboolean       found;

  for (const TelaColumn *column = self->columns; column->name != NULL; column++)
    g_string_append_printf (sql, "%s%s", column == self->columns ? "" : ", ", column->sql);
  g_string_append_printf (sql, " FROM %s AS t WHERE ", self->name);
  tela_table_append_key (self, sql);
  row = tela_db_compile (core->db, sql->str, NULL);
  if (row == NULL)
    return NULL;
  for (int i = 0; key[i] != NULL; i++)
    sqlite3_bind_text (row, i + 1, key[i], -1, SQLITE_TRANSIENT);
  found = sqlite3_step (row) == SQLITE_ROW;
  if (found)
    {
      int index = 0;

      tela_json_writer_init (&writer, out, 0);
      tela_json_writer_begin_object (&writer);
      for (const TelaColumn *column = self->columns; column->name != NULL; column++)
        {
          tela_json_writer_name (&writer, column->name);
          tela_cell_write (&writer, column->type, row, index++);
        }
      tela_json_writer_end_object (&writer);
    }
  sqlite3_finalize (row);
  return found ? g_string_free (g_steal_pointer (&out), FALSE) : NULL;
}

TelaChange *
tela_change_new (TelaCore        *core,
                 const TelaTable *table,
                 const char      *old_record,
                 const char      *record)
{
  TelaChange *self = g_new0 (TelaChange, 1);

  self->table = table;
  self->operation = old_record == NULL ? "INSERT" : record == NULL ? "DELETE"
                                                                   : "UPDATE";
  self->record = g_strdup (record);
  self->old_record = g_strdup (old_record);
  if (table->audience != NULL)
    self->audience = table->audience (core, record != NULL ? record : old_record);
  return self;
}

void
tela_change_free (TelaChange *self)
{
  g_free (self->record);
  g_free (self->old_record);
  g_strfreev (self->audience);
  g_free (self);
}

void
tela_change_announce (TelaCore         *core,
                      const TelaChange *self)
{
  if (self->table->announce != NULL)
    self->table->announce (core, self);
}
