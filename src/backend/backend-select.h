/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-table.h"

G_BEGIN_DECLS

/* What "select" asks for: columns, renamed or not, and rows of linked tables inside each row. */
#define TELA_SELECT_ERROR (tela_select_error_quark ())
GQuark tela_select_error_quark (void);

typedef enum
{
  TELA_SELECT_ERROR_SYNTAX,   /* PGRST100 */
  TELA_SELECT_ERROR_COLUMN,   /* 42703 */
  TELA_SELECT_ERROR_RELATION, /* PGRST200 */
  TELA_SELECT_ERROR_TOO_MUCH, /* 54000 */
} TelaSelectError;

#define TELA_SELECT_MAX_ITEMS 50
#define TELA_SELECT_MAX_DEPTH 2      /* of tables inside tables */
#define TELA_SELECT_MAX_INNER 10000u /* rows of linked tables in one answer */

typedef struct _TelaSelect TelaSelect;

/* @text may be NULL, which is "*". */
TelaSelect *tela_select_parse (const char *text, const TelaTable *table, GError **error);
void        tela_select_free (TelaSelect *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaSelect, tela_select_free)

/* The list between SELECT and FROM. */
void tela_select_append_sql (const TelaSelect *self, GString *sql);
/* Writes one row, whose columns begin at the first. FALSE without an error: the row is damaged, nothing was written. */
gboolean tela_select_write (TelaSelect *self, TelaCore *core, const TelaClaims *claims, TelaJsonWriter *writer, sqlite3_stmt *row, GError **error);

G_END_DECLS
