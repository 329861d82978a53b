/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-filter.h"

#include <string.h>

#include "backend-query.h"

/* Patterns are the clients' own, and are tried on the thread that serves everybody. One that begins with a setting would
 * raise this limit again; PostgreSQL knows none. */
#define REGEX_LIMIT "(*LIMIT_MATCH=20000)"
#define REGEX_SETTING "(*"

typedef enum
{
  OP_EQ,
  OP_NEQ,
  OP_LT,
  OP_LTE,
  OP_GT,
  OP_GTE,
  OP_IN,
  OP_LIKE,
  OP_ILIKE,
  OP_IS,
  OP_MATCH,
  OP_IMATCH,
  OP_ISDISTINCT,
} Op;

static const char *const op_names[] = { "eq", "neq", "lt", "lte", "gt", "gte", "in",
                                        "like", "ilike", "is", "match", "imatch", "isdistinct" };

typedef enum
{
  NO,
  YES,
  UNKNOWN, /* of a null */
} Verdict;

typedef struct
{
  char    *column;
  Op       op;
  gboolean negated;
  char    *value; /* as it came */
  guint    index; /* of the column */
  GArray  *cells; /* TelaCell */
  GRegex  *regex; /* of match and imatch */
} Term;

struct _TelaFilter
{
  GPtrArray *terms; /* owned Term */
};

G_DEFINE_QUARK (tela_filter_error, tela_filter_error)

static void
term_free (Term *self)
{
  g_free (self->column);
  g_free (self->value);
  g_array_unref (self->cells);
  g_clear_pointer (&self->regex, g_regex_unref);
  g_free (self);
}

void
tela_filter_free (TelaFilter *self)
{
  g_ptr_array_unref (self->terms);
  g_free (self);
}

/* ---- Reading ---- */

/* Splits at commas outside of parentheses and quotes. */
static GPtrArray *
split (const char *text)
{
  GPtrArray  *parts = g_ptr_array_new_with_free_func (g_free);
  const char *start = text;
  gboolean    quoted = FALSE;
  int         depth = 0;

  for (const char *at = text;; at++)
    {
      if (*at == '\0' || (*at == ',' && !quoted && depth == 0))
        {
          g_ptr_array_add (parts, g_strstrip (g_strndup (start, (gsize) (at - start))));
          start = at + 1;
        }
      if (*at == '\0')
        return parts;
      if (*at == '\\' && quoted && at[1] != '\0')
        at++;
      else if (*at == '"')
        quoted = !quoted;
      else if (!quoted)
        depth += *at == '(' ? 1 : *at == ')' ? -1
                                             : 0;
    }
}

/* A value in double quotes loses them and its backslashes. */
static char *
unquote (const char *text)
{
  gsize    len = strlen (text);
  GString *out;

  if (len < 2 || text[0] != '"' || text[len - 1] != '"')
    return g_strdup (text);
  out = g_string_new (NULL);
  for (const char *at = text + 1; at < text + len - 1; at++)
    {
      if (*at == '\\' && at + 1 < text + len - 1)
        at++;
      g_string_append_c (out, *at);
    }
  return g_string_free (out, FALSE);
}

static gboolean
take_op (Term        *term,
         const char **at)
{
  if (g_str_has_prefix (*at, "not."))
    {
      term->negated = TRUE;
      *at += strlen ("not.");
    }
  for (guint i = 0; i < G_N_ELEMENTS (op_names); i++)
    {
      gsize len = strlen (op_names[i]);

      if (strncmp (*at, op_names[i], len) == 0 && (*at)[len] == '.')
        {
          term->op = i;
          *at += len + 1;
          return TRUE;
        }
    }
  return FALSE;
}

static gboolean
take_term (TelaFilter *self,
           const char *text)
{
  const char *equals = strchr (text, '=');
  const char *at = equals != NULL ? equals + 1 : NULL;
  Term       *term = g_new0 (Term, 1);

  term->cells = g_array_new (FALSE, TRUE, sizeof (TelaCell));
  g_array_set_clear_func (term->cells, (GDestroyNotify) tela_cell_clear);
  g_ptr_array_add (self->terms, term);
  if (equals == NULL || equals == text || !take_op (term, &at))
    return FALSE;
  term->column = g_strndup (text, (gsize) (equals - text));
  term->value = g_strdup (at);
  if (term->op == OP_IN)
    return *at == '(' && at[strlen (at) - 1] == ')';
  if (term->op != OP_IS)
    return TRUE;
  return strcmp (at, "null") == 0 || strcmp (at, "true") == 0 || strcmp (at, "false") == 0 ||
         strcmp (at, "unknown") == 0;
}

TelaFilter *
tela_filter_parse (const char *text,
                   GError    **error)
{
  g_autofree char *copy = g_strstrip (g_strdup (text));
  g_autoptr (TelaFilter) self = g_new0 (TelaFilter, 1);
  g_autoptr (GPtrArray) parts = split (copy);

  self->terms = g_ptr_array_new_with_free_func ((GDestroyNotify) term_free);
  if (*copy == '\0')
    return g_steal_pointer (&self);
  for (guint i = 0; i < parts->len; i++)
    if (i >= TELA_FILTER_MAX_TERMS || !take_term (self, parts->pdata[i]))
      {
        g_set_error (error, TELA_FILTER_ERROR, TELA_FILTER_ERROR_SYNTAX, "Error parsing `filter` params: [\"%s\"]",
                     text);
        return NULL;
      }
  return g_steal_pointer (&self);
}

/* ---- Values ---- */

static gboolean
fail (GError    **error,
      const char *problem,
      const char *what)
{
  g_set_error (error, TELA_FILTER_ERROR, TELA_FILTER_ERROR_VALUE, "ERROR %s %s", problem, what);
  return FALSE;
}

static gboolean
add_value (Term             *term,
           const TelaColumn *column,
           const char       *text,
           GError          **error)
{
  g_autofree char *value = unquote (text);
  g_autoptr (GError) local = NULL;
  TelaCell cell;

  if (!tela_cell_from_text (&cell, column, value, &local))
    return fail (error, "22P02 (invalid_text_representation)", local->message);
  g_array_append_val (term->cells, cell);
  return TRUE;
}

static gboolean
is_of_patterns (Op op)
{
  return op == OP_LIKE || op == OP_ILIKE || op == OP_MATCH || op == OP_IMATCH;
}

static gboolean
take_pattern (Term    *term,
              GError **error)
{
  g_autofree char *pattern = unquote (term->value);
  g_autofree char *limited = g_strconcat (REGEX_LIMIT, pattern, NULL);

  if (!g_str_has_prefix (pattern, REGEX_SETTING))
    term->regex = g_regex_new (limited, term->op == OP_IMATCH ? G_REGEX_CASELESS : G_REGEX_DEFAULT, G_REGEX_MATCH_DEFAULT,
                               NULL);
  return term->regex != NULL || fail (error, "2201B (invalid_regular_expression)", term->value);
}

static gboolean
add_values (Term             *term,
            const TelaColumn *column,
            GError          **error)
{
  g_autofree char *inner = g_strndup (term->value + 1, strlen (term->value) - 2);
  g_autoptr (GPtrArray) parts = split (inner);

  if (parts->len > TELA_FILTER_MAX_VALUES)
    return fail (error, "P0001 (raise_exception) too many values for `in` filter. Maximum", "100");
  for (guint i = 0; i < parts->len; i++)
    if (!add_value (term, column, parts->pdata[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
prepare_term (Term             *term,
              const TelaColumn *columns,
              GError          **error)
{
  const TelaColumn *column = tela_column_find (columns, term->column);

  if (column == NULL)
    {
      g_set_error (error, TELA_FILTER_ERROR, TELA_FILTER_ERROR_COLUMN,
                   "ERROR P0001 (raise_exception) invalid column for filter %s", term->column);
      return FALSE;
    }
  if (is_of_patterns (term->op) && column->type != TELA_COLUMN_TEXT && column->type != TELA_COLUMN_UUID)
    return fail (error, "42883 (undefined_function) operator does not exist for column", term->column);
  term->index = (guint) (column - columns);
  switch (term->op)
    {
    case OP_IS:
      return TRUE;
    case OP_IN:
      return add_values (term, column, error);
    case OP_MATCH:
    case OP_IMATCH:
      return take_pattern (term, error);
    case OP_LIKE:
    case OP_ILIKE:
      return add_value (term, &(TelaColumn){ .name = column->name, .type = TELA_COLUMN_TEXT }, term->value, error);
    case OP_EQ:
    case OP_NEQ:
    case OP_LT:
    case OP_LTE:
    case OP_GT:
    case OP_GTE:
    case OP_ISDISTINCT:
    default:
      return add_value (term, column, term->value, error);
    }
}

gboolean
tela_filter_prepare (TelaFilter      *self,
                     const TelaTable *table,
                     GError         **error)
{
  for (guint i = 0; i < self->terms->len; i++)
    if (!prepare_term (self->terms->pdata[i], table->columns, error))
      return FALSE;
  return TRUE;
}

/* ---- Matching ---- */

/* Neither is null. */
static int
compare (const TelaCell *a,
         const TelaCell *b)
{
  double x, y;

  if (a->type == SQLITE_TEXT && b->type == SQLITE_TEXT)
    return strcmp (a->text, b->text);
  if (a->type == SQLITE_INTEGER && b->type == SQLITE_INTEGER)
    return (a->integer > b->integer) - (a->integer < b->integer);
  x = a->type == SQLITE_FLOAT ? a->real : (double) a->integer;
  y = b->type == SQLITE_FLOAT ? b->real : (double) b->integer;
  return (x > y) - (x < y);
}

static gboolean
is_like (const TelaCell *cell,
         const TelaCell *pattern,
         gboolean        fold)
{
  g_autofree char *a = fold ? g_utf8_strdown (pattern->text, -1) : NULL;
  g_autofree char *b = fold ? g_utf8_strdown (cell->text, -1) : NULL;

  return tela_query_like (fold ? a : pattern->text, fold ? b : cell->text);
}

static Verdict
is (const Term     *term,
    const TelaCell *cell)
{
  if (strcmp (term->value, "true") == 0)
    return cell->type == SQLITE_INTEGER && cell->integer != 0;
  if (strcmp (term->value, "false") == 0)
    return cell->type == SQLITE_INTEGER && cell->integer == 0;
  return cell->type == SQLITE_NULL; /* null, unknown */
}

static Verdict
judge (const Term     *term,
       const TelaCell *cell)
{
  const TelaCell *values = (const TelaCell *) term->cells->data;

  if (term->op == OP_IS)
    return is (term, cell);
  if (cell->type == SQLITE_NULL)
    return term->op == OP_ISDISTINCT ? YES : UNKNOWN;
  switch (term->op)
    {
    case OP_EQ:
      return compare (cell, values) == 0;
    case OP_NEQ:
    case OP_ISDISTINCT:
      return compare (cell, values) != 0;
    case OP_LT:
      return compare (cell, values) < 0;
    case OP_LTE:
      return compare (cell, values) <= 0;
    case OP_GT:
      return compare (cell, values) > 0;
    case OP_GTE:
      return compare (cell, values) >= 0;
    case OP_IN:
      for (guint i = 0; i < term->cells->len; i++)
        if (compare (cell, &values[i]) == 0)
          return YES;
      return NO;
    case OP_LIKE:
    case OP_ILIKE:
      return is_like (cell, values, term->op == OP_ILIKE);
    case OP_MATCH:
    case OP_IMATCH:
      return cell->type == SQLITE_TEXT && g_regex_match (term->regex, cell->text, G_REGEX_MATCH_DEFAULT, NULL);
    case OP_IS:
    default:
      return NO;
    }
}

gboolean
tela_filter_match (const TelaFilter *self,
                   const TelaCell   *cells)
{
  for (guint i = 0; i < self->terms->len; i++)
    {
      const Term *term = self->terms->pdata[i];
      Verdict     verdict = judge (term, &cells[term->index]);

      if (verdict != (term->negated ? NO : YES))
        return FALSE;
    }
  return TRUE;
}

void
tela_filter_inspect (const TelaFilter *self,
                     GString          *out)
{
  g_string_append_c (out, '[');
  for (guint i = 0; i < self->terms->len; i++)
    {
      const Term *term = self->terms->pdata[i];

      g_string_append_printf (out, "%s{\"%s\", \"%s\", \"%s\", %s}", i > 0 ? ", " : "", term->column,
                              op_names[term->op], term->value, term->negated ? "true" : "false");
    }
  g_string_append_c (out, ']');
}
