/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-query.h"

#include <string.h>

G_DEFINE_QUARK (tela_query_error, tela_query_error)

typedef struct
{
  TelaQuery        *query;
  const TelaColumn *columns;
  const char       *at;
  guint             depth;
} Parser;

/* Of one value: what stands before, between and after the column and it. */
static const struct
{
  const char *name, *before, *between, *after;
} operators[] = {
  { "eq", "", " = ", "" },
  { "neq", "", " <> ", "" },
  { "gt", "", " > ", "" },
  { "gte", "", " >= ", "" },
  { "lt", "", " < ", "" },
  { "lte", "", " <= ", "" },
  { "like", "tela_like (", ", ", ", 0)" },
  { "ilike", "tela_like (", ", ", ", 1)" },
  { "isdistinct", "", " IS NOT ", "" },
};

static gboolean
syntax (GError    **error,
        const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_set_error (error, TELA_QUERY_ERROR, TELA_QUERY_ERROR_SYNTAX, "failed to parse filter (%s)", valid);
  return FALSE;
}

static const TelaColumn *
find_column (const TelaColumn *columns,
             const char       *name,
             gsize             len,
             GError          **error)
{
  g_autofree char  *copy = g_strndup (name, len);
  g_autofree char  *valid = NULL;
  const TelaColumn *column = tela_column_find (columns, copy);

  if (column != NULL)
    return column;
  valid = g_utf8_make_valid (copy, -1);
  g_set_error (error, TELA_QUERY_ERROR, TELA_QUERY_ERROR_COLUMN, "column %s does not exist", valid);
  return NULL;
}

/* Checks the value against the column's type and adds it to those to be bound. */
static gboolean
add_value (Parser           *parser,
           const TelaColumn *column,
           const char       *text,
           GError          **error)
{
  TelaColumn anything = { .type = column->type, .max = G_MAXSIZE };
  TelaCell   value;
  g_autoptr (GError) local = NULL;

  if (!tela_cell_from_text (&value, &anything, text, &local))
    {
      g_set_error_literal (error, TELA_QUERY_ERROR, TELA_QUERY_ERROR_VALUE, local->message);
      return FALSE;
    }
  g_array_append_val (parser->query->values, value);
  return parser->query->values->len <= TELA_QUERY_MAX_TERMS || syntax (error, "too many values");
}

/* A value up to one of @stops; where there are any, it may be quoted, with escapes. (transfer full), NULL: no end to
 * the quotes */
static char *
take_value (Parser     *parser,
            const char *stops)
{
  GString *out = g_string_new (NULL);

  if (*parser->at != '"' || *stops == '\0')
    {
      gsize len = strcspn (parser->at, stops);

      g_string_append_len (out, parser->at, (gssize) len);
      parser->at += len;
      return g_string_free (out, FALSE);
    }
  for (parser->at++; *parser->at != '"'; parser->at++)
    {
      if (*parser->at == '\\' && parser->at[1] != '\0')
        parser->at++;
      if (*parser->at == '\0')
        {
          g_string_free (out, TRUE);
          return NULL;
        }
      g_string_append_c (out, *parser->at);
    }
  parser->at++;
  return g_string_free (out, FALSE);
}

static gboolean
take_prefix (Parser     *parser,
             const char *prefix)
{
  if (!g_str_has_prefix (parser->at, prefix))
    return FALSE;
  parser->at += strlen (prefix);
  return TRUE;
}

static gboolean
parse_in (Parser           *parser,
          const TelaColumn *column,
          GError          **error)
{
  g_string_append_printf (parser->query->where, "%s IN (", column->sql);
  if (!take_prefix (parser, "("))
    return syntax (error, parser->at);
  for (guint i = 0; *parser->at != ')'; i++)
    {
      g_autofree char *value = take_value (parser, ",)");

      if (value == NULL || (*parser->at != ',' && *parser->at != ')'))
        return syntax (error, "in list");
      if (!add_value (parser, column, value, error))
        return FALSE;
      g_string_append (parser->query->where, i == 0 ? "?" : ", ?");
      take_prefix (parser, ",");
    }
  parser->at++;
  g_string_append_c (parser->query->where, ')');
  return TRUE;
}

static gboolean
parse_is (Parser           *parser,
          const TelaColumn *column,
          const char       *stops,
          GError          **error)
{
  static const struct
  {
    const char *value, *sql;
    gboolean    boolean;
  } states[] = {
    { "null", " IS NULL", FALSE },
    { "not_null", " IS NOT NULL", FALSE },
    { "unknown", " IS NULL", TRUE },
    { "true", " IS 1", TRUE },
    { "false", " IS 0", TRUE },
  };
  g_autofree char *value = take_value (parser, stops);

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (g_strcmp0 (value, states[i].value) == 0 && (!states[i].boolean || column->type == TELA_COLUMN_BOOLEAN))
      {
        g_string_append_printf (parser->query->where, "%s%s", column->sql, states[i].sql);
        return TRUE;
      }
  return syntax (error, "is");
}

/* op.value, of an operator with one value. */
static gboolean
parse_compare (Parser           *parser,
               const TelaColumn *column,
               const char       *stops,
               GError          **error)
{
  gsize            len = strcspn (parser->at, ".");
  g_autofree char *value = NULL;
  guint            i;

  for (i = 0; i < G_N_ELEMENTS (operators); i++)
    if (parser->at[len] == '.' && strlen (operators[i].name) == len &&
        strncmp (operators[i].name, parser->at, len) == 0)
      break;
  if (i == G_N_ELEMENTS (operators))
    return syntax (error, parser->at);
  parser->at += len + 1;
  value = take_value (parser, stops);
  if (value == NULL)
    return syntax (error, "quotes");
  if (g_str_has_prefix (operators[i].before, "tela_like"))
    {
      if (column->type != TELA_COLUMN_TEXT)
        return syntax (error, "like is for texts");
      g_strdelimit (value, "*", '%');
    }
  if (!add_value (parser, column, value, error))
    return FALSE;
  g_string_append_printf (parser->query->where, "%s%s%s?%s", operators[i].before, column->sql, operators[i].between,
                          operators[i].after);
  return TRUE;
}

/* [not.]op.value of a column, up to one of @stops. */
static gboolean
parse_condition (Parser           *parser,
                 const TelaColumn *column,
                 const char       *stops,
                 GError          **error)
{
  GString *where = parser->query->where;
  gboolean negated = take_prefix (parser, "not.");
  gboolean good = FALSE;

  g_string_append (where, negated ? "NOT (" : "(");
  if (take_prefix (parser, "in."))
    good = parse_in (parser, column, error);
  else if (take_prefix (parser, "is."))
    good = parse_is (parser, column, stops, error);
  else
    good = parse_compare (parser, column, stops, error);
  g_string_append_c (where, ')');
  return good;
}

static gboolean parse_tree (Parser *parser, const char *joint, GError **error);

/* One term of a tree: a condition on a column, or a tree. */
static gboolean
parse_term (Parser  *parser,
            GError **error)
{
  const TelaColumn *column;
  gsize             len;

  if (g_str_has_prefix (parser->at, "not.and(") || g_str_has_prefix (parser->at, "not.or("))
    {
      take_prefix (parser, "not.");
      g_string_append (parser->query->where, "NOT ");
    }
  if (g_str_has_prefix (parser->at, "and("))
    return take_prefix (parser, "and") && parse_tree (parser, " AND ", error);
  if (g_str_has_prefix (parser->at, "or("))
    return take_prefix (parser, "or") && parse_tree (parser, " OR ", error);
  len = strcspn (parser->at, ".");
  column = find_column (parser->columns, parser->at, len, error);
  if (column == NULL)
    return FALSE;
  parser->at += len + (parser->at[len] == '.');
  return parse_condition (parser, column, ",)", error);
}

/* (a.eq.1,and(b.gt.2,c.is.null)) */
static gboolean
parse_tree (Parser     *parser,
            const char *joint,
            GError    **error)
{
  GString *where = parser->query->where;

  if (++parser->depth > TELA_QUERY_MAX_DEPTH || !take_prefix (parser, "("))
    return syntax (error, "logic tree");
  g_string_append_c (where, '(');
  while (parse_term (parser, error))
    {
      if (take_prefix (parser, ")"))
        {
          g_string_append_c (where, ')');
          parser->depth--;
          return TRUE;
        }
      if (!take_prefix (parser, ","))
        return syntax (error, parser->at);
      g_string_append (where, joint);
    }
  return FALSE;
}

/* col[.asc|.desc][.nullsfirst|.nullslast] */
static gboolean
parse_order_term (TelaQuery        *query,
                  const TelaColumn *columns,
                  const char       *term,
                  GError          **error)
{
  g_auto (GStrv) parts = g_strsplit (term, ".", 4);
  const TelaColumn *column = find_column (columns, term, strcspn (term, "."), error);
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
      return syntax (error, term);
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
    return syntax (error, value);
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
parse_parameter (Parser     *parser,
                 const char *name,
                 const char *value,
                 GError    **error)
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
      if (!parse_tree (parser, *logic == 'a' ? " AND " : " OR ", error))
        return FALSE;
      return *parser->at == '\0' || syntax (error, parser->at);
    }
  column = find_column (parser->columns, name, strlen (name), error);
  if (column == NULL || !parse_condition (parser, column, "", error))
    return FALSE;
  return *parser->at == '\0' || syntax (error, parser->at);
}

TelaQuery *
tela_query_parse (const char       *text,
                  const TelaColumn *columns,
                  GError          **error)
{
  g_autoptr (TelaQuery) self = g_new0 (TelaQuery, 1);
  Parser         parser = { self, columns, NULL, 0 };
  GUriParamsIter iter;
  char          *name, *value;

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
            syntax (error, "query");
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
