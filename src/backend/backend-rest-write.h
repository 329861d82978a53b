/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-rest.h"

G_BEGIN_DECLS

/* One writing request, between backend-rest-write.c, -body.c and -row.c. What gives FALSE or NULL has answered. */
typedef struct
{
  TelaRest      *rest; /* borrowed */
  TelaQuery     *query;
  TelaSelect    *select;  /* NULL: the rows are not wanted back */
  GPtrArray     *changes; /* TelaChange */
  GString       *rows;
  TelaJsonWriter writer; /* to rows */
  gboolean       array;  /* many rows are wanted back, or one object */
  guint          n_rows;
  gint64         now_ms;
} Write;

#define TELA_WRITE_MAX_COLUMNS 24

/* What is given of a row, by the index of its column. */
typedef struct
{
  TelaCell values[TELA_WRITE_MAX_COLUMNS];
  gboolean given[TELA_WRITE_MAX_COLUMNS];
} Row;

void row_clear (Row *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Row, row_clear)

/* Makes, or by the request's preference changes or leaves, the rows of the body. @made: those that are new. */
gboolean tela_write_insert_all (Write *write, guint *made);
/* The body of a change. @any: is there something to change? */
gboolean tela_write_take_changes (Write *write, Row *row, gboolean *any);
void     tela_write_no_privilege (TelaRest *rest);

sqlite3_stmt *tela_write_compile (Write *write, const GString *sql);
gboolean      tela_write_violates (Write *write); /* answers so, and gives FALSE */
/* Is the row, as it is now, within @right? */
gboolean tela_write_may (Write *write, GStrv key, const char *right);
gboolean tela_write_insert_row (Write *write, const Row *row, GStrv key);
gboolean tela_write_update_row (Write *write, const Row *row, GStrv key);
gboolean tela_write_delete_row (Write *write, GStrv key);
/* One row more, for the answer. */
gboolean tela_write_show (Write *write, GStrv key);
/* The row was written; it is told after the commit. */
void tela_write_keep (Write *write, GStrv key, const char *old_record);

G_END_DECLS
