/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"
#include "backend-cell.h"

G_BEGIN_DECLS

/* The tables that the API shows, and who may do what with their rows. A right is a condition on a row t, in which ?1 is
 * whether the service itself asks and ?2 the user who asks (null: nobody); NULL: nobody ever. The same conditions as in
 * policies: what may be seen, made, changed (both as it was and as it becomes), deleted. */
typedef struct _TelaTable TelaTable;

#define TELA_RULE(condition) "(?1 OR (?2 IS NOT NULL AND (" condition ")))"
/* The caller's membership of the project that @project names, in one of @roles. What is in the trash only its owner has. */
#define TELA_MEMBER_OF(project, roles)                                                                                    \
  project " IN (SELECT mine.project_id FROM project_members AS mine WHERE mine.user_id = ?2 AND mine.role IN (" roles ")" \
          " AND (mine.role = 'owner' OR mine.project_id NOT IN (SELECT id FROM projects WHERE deleted_at IS NOT NULL)))"
#define TELA_ANY_ROLE "'owner', 'editor', 'viewer'"

/* Rows of another table that hang on one of this. */
typedef struct
{
  const char *name; /* of the other table */
  const char *own;  /* column here */
  const char *other;
  gboolean    many;
} TelaLink;

/* A row that was written; records are JSON of all its columns. */
typedef struct
{
  const TelaTable *table;
  const char      *operation;  /* "INSERT", "UPDATE" or "DELETE" */
  char            *record;     /* NULL: deleted */
  char            *old_record; /* NULL: new */
  GStrv            audience;   /* of table->audience; NULL: none */
} TelaChange;

struct _TelaTable
{
  const char       *name;
  const TelaColumn *columns; /* up to a NULL name */
  const TelaLink   *links;   /* likewise; NULL: none */
  const char       *may_select, *may_insert, *may_update, *may_delete;

  /* The users whom a change concerns, asked while the row is there. May be NULL. (transfer full) */
  GStrv (*audience) (TelaCore *core, const char *record);
  /* Tells them, after the commit. May be NULL. */
  void (*announce) (TelaCore *core, const TelaChange *change);
};

extern const TelaTable tela_table_projects;
extern const TelaTable tela_table_members;
extern const TelaTable tela_table_elements;
extern const TelaTable tela_table_jobs;
extern const TelaTable tela_table_profiles;
extern const TelaTable tela_table_invites;

/* NULL: no such table. */
const TelaTable *tela_table_find (const char *name);
/* The columns of its primary key. At most TELA_TABLE_MAX_KEY; returns how many. */
#define TELA_TABLE_MAX_KEY 2
guint tela_table_get_key (const TelaTable *self, const TelaColumn *key[TELA_TABLE_MAX_KEY]);
/* "t.a = ? AND t.b = ?", of the key. */
void tela_table_append_key (const TelaTable *self, GString *sql);
/* ?1 and ?2 of the rights. */
void tela_table_bind_caller (sqlite3_stmt *statement, const TelaClaims *claims);
/* The row with that key (up to a NULL), whoever may see it. (transfer full); NULL: there is none */
char *tela_table_record (TelaCore *core, const TelaTable *self, const char *const *key);

/* Each row that is written to a table passes here, whoever writes it: fill the change in before the commit (with
 * @record or @old_record of tela_table_record()), tell it after. */
TelaChange *tela_change_new (TelaCore *core, const TelaTable *table, const char *old_record, const char *record);
void        tela_change_free (TelaChange *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaChange, tela_change_free)
void tela_change_announce (TelaCore *core, const TelaChange *self);

/* Deletes what has been in the trash for a month. */
#define TELA_TRASH_MS (G_GINT64_CONSTANT (30) * 24 * 3600 * 1000)
void tela_projects_empty_trash (TelaCore *core, gint64 now_ms);
/* The project's row; NULL: no such project. (transfer full) */
char *tela_project_row (TelaCore *core, const char *project_id);

G_END_DECLS
