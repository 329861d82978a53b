/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-query-private.h"

#include <string.h>

G_DEFINE_QUARK (tela_query_error, tela_query_error)

/* col[.asc|.desc][.nullsfirst|.nullslast] */
static gboolean
parse_order_term (TelaQuery        *query,
                  const TelaColumn *columns,
                  const char       *term,
                  GError          **error)
{
  g_auto (GStrv) parts = g_strsplit (term, ".", 4);
  const TelaColumn *column = tela_query_find_column (columns, term, strcspn (term, "."), error);
  gboolean          descending = FALSE;
  int               nulls_first = -1; /* not said */

  if (column == NULL)
    return FALSE;
  for (guint i = 1; parts[i] != NULL; i++)
    if (strcmp (parts[i], "desc") == 0)
      descending = TRUE;
    else if (g_str_has_prefix (parts[i], "nulls") &&
             (strcmp (parts[i], "nullsfirst") == 0 || strcmp (parts[i], "nullslast") == 0))
      nulls_first = strcmp (parts[i], "nullsfirst") == 0;
    else if (strcmp (parts[i], "asc") != 0)
      return tela_query_syntax (error, term);
  g_string_append_printf (query->order, "%s%s %s", query->order->len > 0 ? ", " : "", column->sql,
                          descending ? "DESC" : "ASC");
  if (nulls_first < 0)
    nulls_first = descending; /* PostgreSQL's order */
  if ((column->flags & TELA_COLUMN_MAY_NULL) != 0)
    g_string_append (query->order, nulls_first ? " NULLS FIRST" : " NULLS LAST");
  return TRUE;
}

static gboolean
parse_order (TelaQuery        *query,
             const TelaColumn *columns,
             const char       *value,
             GError          **error)
{
  g_auto (GStrv) terms = g_strsplit (value, ",", TELA_QUERY_MAX_DEPTH);

  for (guint i = 0; terms[i] != NULL; i++)
    if (!parse_order_term (query, columns, terms[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
parse_count (const char *value,
             gint64      max,
             gint64     *out,
             GError    **error)
{
  gint64 number;

  if (!g_ascii_string_to_signed (value, 10, 0, G_MAXINT64, &number, NULL))
    return tela_query_syntax (error, value);
  *out = MIN (number, max);
  return TRUE;
}

static gboolean
keep (char      **place,
      const char *wanted,
      const char *name,
      const char *value)
{
  if (strcmp (name, wanted) != 0)
    return FALSE;
  g_free (*place);
  *place = g_strdup (value);
  return TRUE;
}

static gboolean
parse_parameter (TelaQueryParser *parser,
                 const char      *name,
                 const char      *value,
                 GError         **error)
{
  TelaQuery        *query = parser->query;
  const char       *logic = g_str_has_prefix (name, "not.") ? name + 4 : name;
  const TelaColumn *column;

  parser->at = value;
  if (strcmp (name, "apikey") == 0 || keep (&query->select, "select", name, value) ||
      keep (&query->columns, "columns", name, value) || keep (&query->on_conflict, "on_conflict", name, value))
    return TRUE;
  if (strcmp (name, "order") == 0)
    return parse_order (query, parser->columns, value, error);
  if (strcmp (name, "limit") == 0)
    return parse_count (value, TELA_QUERY_MAX_ROWS, &query->limit, error);
  if (strcmp (name, "offset") == 0)
    return parse_count (value, G_MAXINT32, &query->offset, error);

  g_string_append (query->where, " AND ");
  if (strcmp (logic, "and") == 0 || strcmp (logic, "or") == 0)
    {
      if (logic != name)
        g_string_append (query->where, "NOT ");
      if (!tela_query_parse_tree (parser, *logic == 'a' ? " AND " : " OR ", error))
        return FALSE;
      return *parser->at == '\0' || tela_query_syntax (error, parser->at);
    }
  column = tela_query_find_column (parser->columns, name, strlen (name), error);
  if (column == NULL || !tela_query_parse_condition (parser, column, "", error))
    return FALSE;
  return *parser->at == '\0' || tela_query_syntax (error, parser->at);
}

TelaQuery *
tela_query_parse (const char       *text,
                  const TelaColumn *columns,
                  GError          **error)
{
  g_autoptr (TelaQuery) self = g_new0 (TelaQuery, 1);
  TelaQueryParser parser = { self, columns, NULL, 0 };
  GUriParamsIter  iter;
  char           *name, *value;

  self->where = g_string_new ("1");
  self->order = g_string_new (NULL);
  self->values = g_array_new (FALSE, FALSE, sizeof (TelaCell));
  g_array_set_clear_func (self->values, (GDestroyNotify) tela_cell_clear);
  self->limit = TELA_QUERY_MAX_ROWS;

  g_uri_params_iter_init (&iter, text != NULL ? text : "", -1, "&", G_URI_PARAMS_WWW_FORM);
  for (;;)
    {
      g_autofree char *owned_name = NULL;
      g_autofree char *owned_value = NULL;
      g_autoptr (GError) local = NULL;

      if (!g_uri_params_iter_next (&iter, &name, &value, &local))
        {
          if (local != NULL)
            tela_query_syntax (error, "query");
          return local == NULL ? g_steal_pointer (&self) : NULL;
        }
      owned_name = name;
      owned_value = value;
      if (!parse_parameter (&parser, name, value, error))
        return NULL;
    }
}

gboolean
tela_query_has_filter (const TelaQuery *self)
{
  return strcmp (self->where->str, "1") != 0;
}

int
tela_query_bind (const TelaQuery *self,
                 sqlite3_stmt    *statement,
                 int              first)
{
  for (guint i = 0; i < self->values->len; i++, first++)
    tela_cell_bind (&g_array_index (self->values, TelaCell, i), statement, first);
  return first;
}

void
tela_query_free (TelaQuery *self)
{
  g_string_free (self->where, TRUE);
  g_string_free (self->order, TRUE);
  g_array_unref (self->values);
  g_free (self->select);
  g_free (self->columns);
  g_free (self->on_conflict);
  g_free (self);
}
