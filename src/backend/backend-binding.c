/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-binding.h"

#include <string.h>

#include "backend-text.h"

#define ID_BITS 0x7ffffffu
#define ALL_EVENTS ((1u << TELA_ROW_INSERT) | (1u << TELA_ROW_UPDATE) | (1u << TELA_ROW_DELETE))

void
tela_binding_free (TelaBinding *self)
{
  g_free (self->text);
  g_clear_pointer (&self->filter, tela_filter_free);
  g_free (self->chosen);
  g_free (self->problem);
  g_free (self);
}

/* ---- Reading ---- */

static guint
hash (TelaJsonSpan element)
{
  g_autoptr (GString) canonical = g_string_new (NULL);

  tela_json_canonical (element, canonical);
  return g_str_hash (canonical->str) & ID_BITS;
}

/* The last of two members of one name holds, so that the id is ours. */
static char *
echo (TelaJsonSpan element,
      guint        id)
{
  const char *end = element.data + element.len - 1;

  while (*end != '}')
    end--;
  return g_strdup_printf ("%.*s%s\"id\":%u}", (int) (end - element.data), element.data,
                          memchr (element.data, ':', element.len) != NULL ? "," : "", id);
}

static guint
events_of (const char *event)
{
  static const char *const names[] = { "INSERT", "UPDATE", "DELETE" };

  for (guint i = 0; event != NULL && i < G_N_ELEMENTS (names); i++)
    if (g_ascii_strcasecmp (event, names[i]) == 0)
      return 1u << i;
  return ALL_EVENTS;
}

/* "[event: …, schema: …, table: …, filters: …, select: …]" */
static char *
describe (const TelaBinding *self,
          const char        *event,
          const char        *schema,
          const char        *table,
          gboolean           selects)
{
  g_autofree char *upper = g_ascii_strup (event != NULL ? event : "*", -1);
  GString         *out = g_string_new (NULL);

  g_string_append_printf (out, "[event: %s, schema: %s, table: %s, filters: ",
                          self->events == ALL_EVENTS ? "*" : upper, schema, table);
  if (self->filter != NULL)
    tela_filter_inspect (self->filter, out);
  else
    g_string_append (out, "[]");
  g_string_append_printf (out, ", select: %s]", selects ? "[...]" : "nil");
  return g_string_free (out, FALSE);
}

static char *
exception (const char *described,
           const char *message)
{
  return g_strdup_printf ("Unable to subscribe to changes with given parameters. An exception happened so please check"
                          " your connect parameters: %s. Exception: %s",
                          described, message);
}

/* The key goes along. FALSE: no list of columns of that table. */
static gboolean
take_select (TelaBinding *self,
             TelaJsonSpan select)
{
  const TelaColumn *columns = self->table->columns;
  TelaJsonReader    reader;
  guint             n = 0;

  while (columns[n].name != NULL)
    n++;
  self->chosen = g_new0 (gboolean, n);
  for (guint i = 0; i < n; i++)
    self->chosen[i] = (columns[i].flags & TELA_COLUMN_KEY) != 0;
  tela_json_reader_init (&reader, select.data, (gssize) select.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return FALSE;
  while (tela_json_reader_next_item (&reader))
    {
      g_autofree char *name =
          tela_json_reader_peek (&reader) == TELA_JSON_STRING ? tela_json_reader_string (&reader, NULL, NULL) : NULL;
      const TelaColumn *column = name != NULL ? tela_column_find (columns, name) : NULL;

      if (column == NULL)
        return FALSE;
      self->chosen[column - columns] = TRUE;
    }
  return TRUE;
}

/* Why the parameters are no good, or NULL. (transfer full) */
static char *
take_parameters (TelaBinding *self,
                 TelaJsonSpan element)
{
  g_autofree char *event = tela_pick_text (element, "event");
  g_autofree char *schema = tela_pick_text (element, "schema");
  g_autofree char *table = tela_pick_text (element, "table");
  g_autofree char *filter = tela_pick_text (element, "filter");
  g_autofree char *described = NULL;
  g_autoptr (GError) error = NULL;
  TelaJsonSpan select;
  gboolean     selects = tela_json_find (element, "select", &select) && !TELA_JSON_SPAN_IS (select, "null");

  self->events = events_of (event);
  if (schema == NULL && table == NULL)
    return g_strdup ("No subscription params provided. Please provide at least a `schema` or `table` to subscribe to");
  if (filter != NULL && schema != NULL && table != NULL && (self->filter = tela_filter_parse (filter, &error)) == NULL)
    return g_strdup (error->message);
  self->table = table != NULL ? tela_table_find (table) : NULL;
  described = describe (self, event, schema != NULL ? schema : "public", table != NULL ? table : "*", selects);
  if ((schema != NULL && strcmp (schema, "public") != 0 && strcmp (schema, "*") != 0) ||
      (self->table == NULL && table != NULL && strcmp (table, "*") != 0))
    return g_strdup_printf ("Unable to subscribe to changes with given parameters. Please check Realtime is enabled for"
                            " the given connect parameters: %s",
                            described);
  if (self->table == NULL)
    return selects ? g_strdup ("Column selection is not supported for wildcard subscriptions") : NULL;
  if (selects && !take_select (self, select))
    return g_strdup_printf ("Error parsing `select` params: %.*s", (int) select.len, select.data);
  if (self->filter != NULL && !tela_filter_prepare (self->filter, self->table, &error))
    return exception (described, error->message);
  return NULL;
}

TelaBinding *
tela_binding_parse (TelaJsonSpan element)
{
  TelaBinding *self = g_new0 (TelaBinding, 1);

  self->id = hash (element);
  self->text = echo (element, self->id);
  self->problem = take_parameters (self, element);
  if (self->table == NULL)
    g_clear_pointer (&self->filter, tela_filter_free); /* it was of no table */
  return self;
}

GPtrArray *
tela_bindings_parse (TelaJsonSpan list)
{
  GPtrArray     *bindings = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_binding_free);
  TelaJsonReader reader;
  TelaJsonSpan   element;

  tela_json_reader_init (&reader, list.data, (gssize) list.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return bindings;
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &element))
    if (tela_span_is_object (element))
      g_ptr_array_add (bindings, tela_binding_parse (element));
  return bindings;
}

/* ---- Matching ---- */

gboolean
tela_binding_match (const TelaBinding *self,
                    const TelaRow     *row)
{
  return (self->events & (1u << row->operation)) != 0 && (self->table == NULL || self->table == row->table) &&
         (self->filter == NULL || tela_filter_match (self->filter, row->exposed));
}
