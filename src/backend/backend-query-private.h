/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-query.h"

G_BEGIN_DECLS

typedef struct
{
  TelaQuery        *query;
  const TelaColumn *columns;
  const char       *at;
  guint             depth;
} TelaQueryParser;

/* Of backend-query-where.c. This one always fails. */
gboolean          tela_query_syntax (GError **error, const char *text);
const TelaColumn *tela_query_find_column (const TelaColumn *columns, const char *name, gsize len, GError **error);
/* [not.]op.value of a column, up to one of @stops. */
gboolean tela_query_parse_condition (TelaQueryParser *parser, const TelaColumn *column, const char *stops, GError **error);
/* (a.eq.1,and(b.gt.2,c.is.null)) */
gboolean tela_query_parse_tree (TelaQueryParser *parser, const char *joint, GError **error);

G_END_DECLS
