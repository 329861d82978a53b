/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-table.h"

G_BEGIN_DECLS

/* A row that was written, as the tables' triggers saw it. */
typedef enum
{
  TELA_ROW_INSERT,
  TELA_ROW_UPDATE,
  TELA_ROW_DELETE,
} TelaRowOperation;

typedef struct
{
  const TelaTable *table;
  TelaRowOperation operation;
  guint            n;       /* columns */
  TelaCell        *cells;   /* one for each: the new ones, of a row that is gone the old ones */
  TelaCell        *exposed; /* borrowed from them: of a row that is gone the key alone */
  gint64           at;      /* milliseconds */
} TelaRow;

/* @values: one for each column. An element's properties and stamps come as its body. */
TelaRow *tela_row_new (const TelaTable *table, TelaRowOperation operation, sqlite3_value **values, gint64 at);
void     tela_row_free (TelaRow *self);
/* The "data" of a change (protocol.md 7.4), of the columns that @chosen says, NULL: all. */
void tela_row_append_data (const TelaRow *self, const gboolean *chosen, GString *out);

#define TELA_ROW_MAX_BYTES 1048576
#define TELA_ROW_MAX_SMALL 64 /* what is left of a row that is larger */

G_END_DECLS
