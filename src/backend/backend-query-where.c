/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Filters: conditions on columns, and trees of them. */

#include "backend-query-private.h"

#include <string.h>

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

gboolean
tela_query_syntax (GError    **error,
                   const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);

  g_set_error (error, TELA_QUERY_ERROR, TELA_QUERY_ERROR_SYNTAX, "failed to parse filter (%s)", valid);
  return FALSE;
}

const TelaColumn *
tela_query_find_column (const TelaColumn *columns,
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
add_value (TelaQueryParser  *parser,
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
  return parser->query->values->len <= TELA_QUERY_MAX_TERMS || tela_query_syntax (error, "too many values");
}

/* A value up to one of @stops; where there are any, it may be quoted, with escapes. (transfer full), NULL: no end to
 * the quotes */
static char *
take_value (TelaQueryParser *parser,
            const char      *stops)
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
take_prefix (TelaQueryParser *parser,
             const char      *prefix)
{
  if (!g_str_has_prefix (parser->at, prefix))
    return FALSE;
  parser->at += strlen (prefix);
  return TRUE;
}

static gboolean
parse_in (TelaQueryParser  *parser,
          const TelaColumn *column,
          GError          **error)
{
  g_string_append_printf (parser->query->where, "%s IN (", column->sql);
  if (!take_prefix (parser, "("))
    return tela_query_syntax (error, parser->at);
  for (guint i = 0; *parser->at != ')'; i++)
    {
      g_autofree char *value = take_value (parser, ",)");

      if (value == NULL || (*parser->at != ',' && *parser->at != ')'))
        return tela_query_syntax (error, "in list");
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
parse_is (TelaQueryParser  *parser,
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
  return tela_query_syntax (error, "is");
}

/* op.value, of an operator with one value. */
static gboolean
parse_compare (TelaQueryParser  *parser,
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
    return tela_query_syntax (error, parser->at);
  parser->at += len + 1;
  value = take_value (parser, stops);
  if (value == NULL)
    return tela_query_syntax (error, "quotes");
  if (g_str_has_prefix (operators[i].before, "tela_like"))
    {
      if (column->type != TELA_COLUMN_TEXT)
        return tela_query_syntax (error, "like is for texts");
      g_strdelimit (value, "*", '%');
    }
  if (!add_value (parser, column, value, error))
    return FALSE;
  g_string_append_printf (parser->query->where, "%s%s%s?%s", operators[i].before, column->sql, operators[i].between,
                          operators[i].after);
  return TRUE;
}

gboolean
tela_query_parse_condition (TelaQueryParser  *parser,
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

/* One term of a tree: a condition on a column, or a tree. */
static gboolean
parse_term (TelaQueryParser *parser,
            GError         **error)
{
  const TelaColumn *column;
  gsize             len;

  if (g_str_has_prefix (parser->at, "not.and(") || g_str_has_prefix (parser->at, "not.or("))
    {
      take_prefix (parser, "not.");
      g_string_append (parser->query->where, "NOT ");
    }
  if (g_str_has_prefix (parser->at, "and("))
    return take_prefix (parser, "and") && tela_query_parse_tree (parser, " AND ", error);
  if (g_str_has_prefix (parser->at, "or("))
    return take_prefix (parser, "or") && tela_query_parse_tree (parser, " OR ", error);
  len = strcspn (parser->at, ".");
  column = tela_query_find_column (parser->columns, parser->at, len, error);
  if (column == NULL)
    return FALSE;
  parser->at += len + (parser->at[len] == '.');
  return tela_query_parse_condition (parser, column, ",)", error);
}

gboolean
tela_query_parse_tree (TelaQueryParser *parser,
                       const char      *joint,
                       GError         **error)
{
  GString *where = parser->query->where;

  if (++parser->depth > TELA_QUERY_MAX_DEPTH || !take_prefix (parser, "("))
    return tela_query_syntax (error, "logic tree");
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
        return tela_query_syntax (error, parser->at);
      g_string_append (where, joint);
    }
  return FALSE;
}
