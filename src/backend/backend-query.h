/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-cell.h"

G_BEGIN_DECLS

/* PostgREST's query string, turned into conditions whose every value is bound, never written into the text: columns and
 * operators come from tables of ours. */
#define TELA_QUERY_ERROR (tela_query_error_quark ())
GQuark tela_query_error_quark (void);

typedef enum
{
  TELA_QUERY_ERROR_SYNTAX, /* PGRST100 */
  TELA_QUERY_ERROR_COLUMN, /* 42703 */
  TELA_QUERY_ERROR_VALUE,  /* 22P02 */
} TelaQueryError;

#define TELA_QUERY_MAX_TERMS 200
#define TELA_QUERY_MAX_DEPTH 8
#define TELA_QUERY_MAX_ROWS 1000

typedef struct
{
  GString *where;  /* "1", or conditions joined by AND */
  GString *order;  /* "" or "a ASC, b DESC" */
  GArray  *values; /* TelaCell, in order of their question marks */
  gint64   limit;
  gint64   offset;
  char    *select;  /* as they stand there, decoded; NULL: absent */
  char    *columns; /* of a body that is an array */
  char    *on_conflict;
} TelaQuery;

/* @columns ends with a NULL name. @query may be NULL. */
TelaQuery *tela_query_parse (const char *query, const TelaColumn *columns, GError **error);
void       tela_query_free (TelaQuery *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaQuery, tela_query_free)
gboolean tela_query_has_filter (const TelaQuery *self);
/* Binds its values from parameter @first on; the next one is returned. */
int tela_query_bind (const TelaQuery *self, sqlite3_stmt *statement, int first);

/* What the conditions need of SQLite. */
gboolean tela_query_register (sqlite3 *handle);
/* LIKE of PostgreSQL: with case, % and _ and backslashes. */
gboolean tela_query_like (const char *pattern, const char *text);

G_END_DECLS
