/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-select.h"

#include <string.h>

#include "tela-element.h"

G_DEFINE_QUARK (tela_select_error, tela_select_error)

typedef struct
{
  char             *label;
  const TelaColumn *column; /* or: */
  const TelaLink   *link;
  TelaSelect       *inner;
} Item;

struct _TelaSelect
{
  const TelaTable *table;
  GArray          *items;
  gboolean         of_element; /* shows what is packed */
  guint           *n_inner;    /* rows of linked tables so far, of the whole answer */
  guint            count;      /* that, at the top */
  sqlite3_stmt    *statement;  /* owned; of an inner one */
};

typedef struct
{
  const char *at;
  guint       n_items;
} Parser;

static void
item_clear (Item *self)
{
  g_free (self->label);
  g_clear_pointer (&self->inner, tela_select_free);
}

static TelaSelect *
select_new (const TelaTable *table,
            TelaSelect      *outer)
{
  TelaSelect *self = g_new0 (TelaSelect, 1);

  self->table = table;
  self->items = g_array_new (FALSE, FALSE, sizeof (Item));
  g_array_set_clear_func (self->items, (GDestroyNotify) item_clear);
  self->n_inner = outer != NULL ? outer->n_inner : &self->count;
  return self;
}

void
tela_select_free (TelaSelect *self)
{
  g_array_unref (self->items);
  sqlite3_finalize (self->statement);
  g_free (self);
}

/* ---- Parsing ---- */

static gboolean
syntax (GError **error)
{
  g_set_error (error, TELA_SELECT_ERROR, TELA_SELECT_ERROR_SYNTAX, "failed to parse select parameter");
  return FALSE;
}

static char *
take_name (Parser *parser)
{
  gsize len = strspn (parser->at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
  char *name = g_strndup (parser->at, len);

  parser->at += len;
  return name;
}

static void
skip_spaces (Parser *parser)
{
  while (*parser->at == ' ' || *parser->at == '\n' || *parser->at == '\t' || *parser->at == '\r')
    parser->at++;
}

static void
add_column (TelaSelect       *self,
            const TelaColumn *column,
            const char       *label)
{
  Item item = { g_strdup (label), column, NULL, NULL };

  self->of_element |= column->type == TELA_COLUMN_PROPS || column->type == TELA_COLUMN_STAMPS;
  g_array_append_val (self->items, item);
}

static gboolean parse_items (TelaSelect *self, Parser *parser, guint depth, GError **error);

static gboolean
parse_inner (TelaSelect *self,
             Parser     *parser,
             const char *name,
             const char *label,
             guint       depth,
             GError    **error)
{
  const TelaLink *link = self->table->links;
  Item            item = { NULL };

  while (link != NULL && link->name != NULL && strcmp (link->name, name) != 0)
    link++;
  if (link == NULL || link->name == NULL || depth == TELA_SELECT_MAX_DEPTH)
    {
      g_set_error (error, TELA_SELECT_ERROR, TELA_SELECT_ERROR_RELATION,
                   "Could not find a relationship between '%s' and '%s' in the schema cache", self->table->name, name);
      return FALSE;
    }
  parser->at++;
  item.label = g_strdup (label);
  item.link = link;
  item.inner = select_new (tela_table_find (link->name), self);
  g_array_append_val (self->items, item);
  if (!parse_items (item.inner, parser, depth + 1, error))
    return FALSE;
  if (*parser->at != ')')
    return syntax (error);
  parser->at++;
  return TRUE;
}

/* *, [label:]column, or [label:]table(items) */
static gboolean
parse_item (TelaSelect *self,
            Parser     *parser,
            guint       depth,
            GError    **error)
{
  g_autofree char  *label = NULL;
  g_autofree char  *name = NULL;
  const TelaColumn *column;

  if (++parser->n_items > TELA_SELECT_MAX_ITEMS)
    return syntax (error);
  if (*parser->at == '*')
    {
      parser->at++;
      for (column = self->table->columns; column->name != NULL; column++)
        add_column (self, column, column->name);
      return TRUE;
    }
  name = take_name (parser);
  if (*parser->at == ':' && parser->at[1] != ':')
    {
      parser->at++;
      label = g_steal_pointer (&name);
      name = take_name (parser);
    }
  if (*name == '\0' || (label != NULL && *label == '\0'))
    return syntax (error);
  if (*parser->at == '(')
    return parse_inner (self, parser, name, label != NULL ? label : name, depth, error);
  column = tela_column_find (self->table->columns, name);
  if (column == NULL)
    {
      g_set_error (error, TELA_SELECT_ERROR, TELA_SELECT_ERROR_COLUMN, "column %s.%s does not exist", self->table->name,
                   name);
      return FALSE;
    }
  add_column (self, column, label != NULL ? label : name);
  return TRUE;
}

static gboolean
parse_items (TelaSelect *self,
             Parser     *parser,
             guint       depth,
             GError    **error)
{
  for (;;)
    {
      skip_spaces (parser);
      if (!parse_item (self, parser, depth, error))
        return FALSE;
      skip_spaces (parser);
      if (*parser->at != ',')
        return TRUE;
      parser->at++;
    }
}

TelaSelect *
tela_select_parse (const char      *text,
                   const TelaTable *table,
                   GError         **error)
{
  g_autoptr (TelaSelect) self = select_new (table, NULL);
  Parser parser = { text != NULL && *text != '\0' ? text : "*", 0 };

  if (!parse_items (self, &parser, 0, error) || (*parser.at != '\0' && !syntax (error)))
    return NULL;
  return g_steal_pointer (&self);
}

/* ---- SQL ---- */

static const char *
link_sql (const TelaSelect *self,
          const TelaLink   *link)
{
  return tela_column_find (self->table->columns, link->own)->sql;
}

void
tela_select_append_sql (const TelaSelect *self,
                        GString          *sql)
{
  for (guint i = 0; i < self->items->len; i++)
    {
      const Item *item = &g_array_index (self->items, Item, i);

      g_string_append_printf (sql, "%s%s", i > 0 ? ", " : "",
                              item->column != NULL ? item->column->sql : link_sql (self, item->link));
    }
  if (self->of_element)
    g_string_append (sql, ", t.id, t.body");
}

/* The rows of the linked table whose @link->other is ?3. */
static gboolean
prepare_inner (TelaSelect       *self,
               const TelaLink   *link,
               TelaCore         *core,
               const TelaClaims *claims,
               GError          **error)
{
  g_autoptr (GString) sql = g_string_new ("SELECT ");

  if (self->statement == NULL)
    {
      tela_select_append_sql (self, sql);
      g_string_append_printf (sql, " FROM %s AS t WHERE %s AND %s = ?3", self->table->name, self->table->may_select,
                              tela_column_find (self->table->columns, link->other)->sql);
      self->statement = tela_db_compile (core->db, sql->str, error);
      if (self->statement == NULL)
        return FALSE;
      tela_table_bind_caller (self->statement, claims);
    }
  sqlite3_reset (self->statement);
  return TRUE;
}

/* ---- Writing ---- */

/* An object or null, or an array. @key: of the row outside, NULL for null. */
static gboolean
write_inner (TelaSelect       *self,
             const TelaLink   *link,
             TelaCore         *core,
             const TelaClaims *claims,
             TelaJsonWriter   *writer,
             const char       *key,
             GError          **error)
{
  guint   n = 0;
  GError *local = NULL;

  if (!prepare_inner (self, link, core, claims, error))
    return FALSE;
  sqlite3_bind_text (self->statement, 3, key, -1, SQLITE_TRANSIENT);
  if (link->many)
    tela_json_writer_begin_array (writer);
  while ((link->many || n == 0) && tela_db_step (core->db, self->statement, &local))
    {
      n++;
      if (++*self->n_inner > TELA_SELECT_MAX_INNER)
        g_set_error (&local, TELA_SELECT_ERROR, TELA_SELECT_ERROR_TOO_MUCH, "The answer would be too large");
      if (local != NULL || !tela_select_write (self, core, claims, writer, self->statement, &local))
        break;
    }
  sqlite3_reset (self->statement);
  if (local != NULL)
    {
      g_propagate_error (error, local);
      return FALSE;
    }
  if (link->many)
    tela_json_writer_end_array (writer);
  else if (n == 0)
    tela_json_writer_null (writer);
  return TRUE;
}

/* What a row packs; NULL: damaged, which the log says. */
static TelaElement *
unpack (const TelaSelect *self,
        sqlite3_stmt     *row)
{
  int         at = (int) self->items->len;
  const char *id = (const char *) sqlite3_column_text (row, at);
  g_autoptr (GError) error = NULL;
  TelaElement *element;

  element =
      tela_element_unpack (id, sqlite3_column_blob (row, at + 1), (gsize) sqlite3_column_bytes (row, at + 1), &error);
  if (element == NULL)
    g_message ("An element is damaged: %s", error->message);
  return element;
}

gboolean
tela_select_write (TelaSelect       *self,
                   TelaCore         *core,
                   const TelaClaims *claims,
                   TelaJsonWriter   *writer,
                   sqlite3_stmt     *row,
                   GError          **error)
{
  g_autoptr (TelaElement) element = NULL;

  if (self->of_element && (element = unpack (self, row)) == NULL)
    return FALSE;
  tela_json_writer_begin_object (writer);
  for (guint i = 0; i < self->items->len; i++)
    {
      const Item *item = &g_array_index (self->items, Item, i);

      tela_json_writer_name (writer, item->label);
      if (item->link != NULL)
        {
          g_autofree char *key = tela_db_column (row, (int) i);

          if (!write_inner (item->inner, item->link, core, claims, writer, key, error))
            return FALSE;
        }
      else if (item->column->type == TELA_COLUMN_PROPS)
        tela_element_write_props (element, writer);
      else if (item->column->type == TELA_COLUMN_STAMPS)
        tela_element_write_stamps (element, writer);
      else
        tela_cell_write (writer, item->column->type, row, (int) i);
    }
  tela_json_writer_end_object (writer);
  return TRUE;
}
