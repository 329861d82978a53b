/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <sqlite3.h>

#include "tela-json.h"

G_BEGIN_DECLS

/* Columns as the API shows them, and values on their way between JSON, query strings and SQLite. */
typedef enum
{
  TELA_COLUMN_TEXT,
  TELA_COLUMN_UUID,
  TELA_COLUMN_INTEGER,
  TELA_COLUMN_REAL,
  TELA_COLUMN_BOOLEAN,
  TELA_COLUMN_TIME,   /* milliseconds in the table, ISO 8601 outside */
  TELA_COLUMN_JSON,   /* text in the table */
  TELA_COLUMN_PROPS,  /* of a packed element */
  TELA_COLUMN_STAMPS, /* of the same */
} TelaColumnType;

typedef enum
{
  TELA_COLUMN_KEY = 1 << 0,    /* of the primary key; a text */
  TELA_COLUMN_INSERT = 1 << 1, /* may be given when a row is made */
  TELA_COLUMN_UPDATE = 1 << 2, /* may be changed */
  TELA_COLUMN_MAY_NULL = 1 << 3,
  TELA_COLUMN_FRESH = 1 << 4,   /* left out: a new UUID */
  TELA_COLUMN_CALLER = 1 << 5,  /* left out: who asks */
  TELA_COLUMN_CREATED = 1 << 6, /* the time of its making */
  TELA_COLUMN_TOUCHED = 1 << 7, /* the time of each change */
  TELA_COLUMN_COUNTED = 1 << 8, /* one more at each change */
} TelaColumnFlags;

typedef struct
{
  const char     *name;
  const char     *sql; /* over the alias t */
  TelaColumnType  type;
  TelaColumnFlags flags;
  gsize           max;       /* bytes of a text; 0: TELA_CELL_MAX_TEXT */
  const char     *otherwise; /* a text, for a new row that leaves it out */
} TelaColumn;

#define TELA_CELL_MAX_TEXT 1000

/* @columns ends with a NULL name. NULL: no such column. */
const TelaColumn *tela_column_find (const TelaColumn *columns, const char *name);

#define TELA_CELL_ERROR (tela_cell_error_quark ())
GQuark tela_cell_error_quark (void);

typedef enum
{
  TELA_CELL_ERROR_SYNTAX, /* 22P02 */
  TELA_CELL_ERROR_LONG,   /* 22001 */
} TelaCellError;

typedef struct
{
  int    type; /* SQLite's: SQLITE_NULL, SQLITE_INTEGER, SQLITE_FLOAT or SQLITE_TEXT */
  gint64 integer;
  double real;
  char  *text; /* owned */
} TelaCell;

void tela_cell_clear (TelaCell *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelaCell, tela_cell_clear)

gboolean tela_cell_from_text (TelaCell *self, const TelaColumn *column, const char *text, GError **error);
gboolean tela_cell_from_json (TelaCell *self, const TelaColumn *column, TelaJsonSpan json, GError **error);
void     tela_cell_bind (const TelaCell *self, sqlite3_stmt *statement, int index);
/* Any column but those of an element. */
void tela_cell_write (TelaJsonWriter *writer, TelaColumnType type, sqlite3_stmt *row, int index);

G_END_DECLS
