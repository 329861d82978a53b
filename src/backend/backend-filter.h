/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-table.h"

G_BEGIN_DECLS

/* Conditions of a subscription to changes: "column=[not.]operator.value", joined by commas (protocol.md 7.3). */
#define TELA_FILTER_ERROR (tela_filter_error_quark ())
GQuark tela_filter_error_quark (void);

typedef enum
{
  TELA_FILTER_ERROR_SYNTAX,
  TELA_FILTER_ERROR_COLUMN,
  TELA_FILTER_ERROR_VALUE,
} TelaFilterError;

#define TELA_FILTER_MAX_VALUES 100 /* of "in" */
#define TELA_FILTER_MAX_TERMS 32

typedef struct _TelaFilter TelaFilter;

/* Blank: no conditions. NULL: a syntax error. */
TelaFilter *tela_filter_parse (const char *text, GError **error);
void        tela_filter_free (TelaFilter *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaFilter, tela_filter_free)
/* Reads the values as those of the table's columns; once. FALSE: it has none of that name, or no such values. */
gboolean tela_filter_prepare (TelaFilter *self, const TelaTable *table, GError **error);
/* @cells: one for each column of the table, in order. */
gboolean tela_filter_match (const TelaFilter *self, const TelaCell *cells);
/* As the real server shows them in messages. */
void tela_filter_inspect (const TelaFilter *self, GString *out);

G_END_DECLS
