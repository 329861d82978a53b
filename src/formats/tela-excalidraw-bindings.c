/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

/* An arrow or a text that names another element. */
typedef struct
{
  const char *id;   /* borrowed: in the file */
  const char *type; /* borrowed */
  TelaStamp   stamp;
} Binding;

struct _TelaBindings
{
  GHashTable *named;   /* id of an element → GArray of Binding: who names it */
  GHashTable *changes; /* id in the file → TelaStamp of the last change of what that one names */
};

typedef struct
{
  TelaIdMap  *ids;   /* borrowed */
  GHashTable *by_id; /* borrowed */
} Changes;

/* The list of one element in the making. */
typedef struct
{
  GArray        *own;     /* borrowed; nullable */
  GHashTable    *changes; /* borrowed */
  TelaStamp      stamp;   /* of the list that there was */
  GHashTable    *listed;  /* ids */
  TelaJsonWriter writer;
  guint          n_changes;
} List;

static void
add_binding (GHashTable        *bindings,
             const TelaElement *element,
             TelaIdMap         *ids,
             const char        *target,
             TelaKey            key)
{
  const char *id = g_hash_table_lookup (ids, tela_element_get_id (element));
  Binding     binding = { id != NULL ? id : tela_element_get_id (element),
                      tela_element_get_string (element, TELA_KEY_TYPE) };
  GArray *list = g_hash_table_lookup (bindings, target);

  tela_element_get (element, key, NULL, &binding.stamp);
  if (list == NULL)
    {
      list = g_array_new (FALSE, FALSE, sizeof (Binding));
      g_hash_table_insert (bindings, g_strdup (target), list);
    }
  g_array_append_val (list, binding);
}

static const TelaKey ends[] = { TELA_KEY_START_BINDING, TELA_KEY_END_BINDING };

/* When it last changed what the element names, or whether it is there. */
static void
note_change_cb (const TelaElement *element,
                gpointer           user_data)
{
  static const TelaKey keys[] = { TELA_KEY_START_BINDING, TELA_KEY_END_BINDING, TELA_KEY_CONTAINER_ID,
                                  TELA_KEY_IS_DELETED };
  Changes             *changes = user_data;
  const char          *id = g_hash_table_lookup (changes->ids, tela_element_get_id (element));
  TelaStamp            latest = { 0 }, stamp;

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    if (tela_element_get (element, keys[i], NULL, &stamp) && tela_stamp_compare (stamp, latest) > 0)
      latest = stamp;
  g_hash_table_insert (changes->by_id, g_strdup (id != NULL ? id : tela_element_get_id (element)),
                       g_memdup2 (&latest, sizeof latest));
}

static void
note_names (TelaBindings      *self,
            const TelaElement *element,
            TelaIdMap         *ids)
{
  const char *container = tela_element_get_string (element, TELA_KEY_CONTAINER_ID);

  if (container != NULL)
    add_binding (self->named, element, ids, container, TELA_KEY_CONTAINER_ID);
  for (guint end = 0; end < G_N_ELEMENTS (ends); end++)
    {
      TelaJsonSpan     span;
      g_autofree char *target = NULL;

      if (tela_json_find (tela_element_get_json (element, ends[end]), "elementId", &span))
        target = tela_span_to_string (span);
      if (target != NULL)
        add_binding (self->named, element, ids, target, ends[end]);
    }
}

TelaBindings *
tela_bindings_find (TelaBoard *board,
                    GPtrArray *elements,
                    TelaIdMap *ids)
{
  TelaBindings *self = g_new (TelaBindings, 1);
  Changes       changes;

  self->named = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
  self->changes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  changes = (Changes){ ids, self->changes };
  tela_board_foreach (board, note_change_cb, &changes);
  for (guint i = 0; i < elements->len; i++)
    if (tela_element_is_visible (elements->pdata[i]))
      note_names (self, elements->pdata[i], ids);

  return self;
}

void
tela_bindings_free (TelaBindings *self)
{
  g_hash_table_unref (self->named);
  g_hash_table_unref (self->changes);
  g_free (self);
}

/* Did it name the element until after the list was written? What the list of a file says of strangers is left alone. */
static gboolean
has_left (const List *list,
          const char *id)
{
  const TelaStamp *change = g_hash_table_lookup (list->changes, id);

  if (change == NULL || tela_stamp_compare (*change, list->stamp) <= 0)
    return FALSE;
  for (guint i = 0; list->own != NULL && i < list->own->len; i++)
    if (strcmp (g_array_index (list->own, Binding, i).id, id) == 0)
      return FALSE;

  return TRUE;
}

/* The items of the array of back references, and their ids. FALSE if it is something else. */
static gboolean
copy_bound (TelaJsonSpan bound,
            List        *list)
{
  TelaJsonReader reader;
  TelaJsonSpan   item, span;

  tela_json_reader_init (&reader, bound.data, (gssize) bound.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_ARRAY || !tela_json_reader_enter_array (&reader))
    return FALSE;
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &item))
    {
      g_autofree char *id = tela_json_find (item, "id", &span) ? tela_span_to_string (span) : NULL;

      if (id != NULL && has_left (list, id))
        {
          list->n_changes++;
          continue;
        }
      tela_json_writer_raw (&list->writer, item.data, item.len);
      if (id != NULL)
        g_hash_table_add (list->listed, g_steal_pointer (&id));
    }
  return TRUE;
}

static gboolean
start_list (const TelaElement *element,
            TelaIdMap         *ids,
            List              *list)
{
  TelaValue value, mapped;
  gboolean  good = TRUE;

  tela_json_writer_begin_array (&list->writer);
  if (!tela_element_get (element, TELA_KEY_BOUND_ELEMENTS, &value, NULL))
    return TRUE;
  mapped = tela_references_map (TELA_KEY_BOUND_ELEMENTS, value, ids);
  if (mapped.kind == TELA_VALUE_JSON)
    good = copy_bound ((TelaJsonSpan){ mapped.as.string, g_ref_string_length (mapped.as.string) }, list);
  tela_value_clear (&mapped);
  return good;
}

static void
add_new (List *list)
{
  for (guint i = 0; list->own != NULL && i < list->own->len; i++)
    {
      const Binding *binding = &g_array_index (list->own, Binding, i);

      if (tela_stamp_compare (binding->stamp, list->stamp) <= 0 ||
          !g_hash_table_add (list->listed, g_strdup (binding->id)))
        continue;
      tela_json_writer_begin_object (&list->writer);
      tela_json_writer_name (&list->writer, "id");
      tela_json_writer_string (&list->writer, binding->id);
      tela_json_writer_name (&list->writer, "type");
      tela_json_writer_string (&list->writer, strcmp (binding->type, "text") == 0 ? "text" : "arrow");
      tela_json_writer_end_object (&list->writer);
      list->n_changes++;
    }
}

gboolean
tela_bindings_write (TelaBindings      *self,
                     const TelaElement *element,
                     TelaIdMap         *ids,
                     TelaJsonWriter    *writer)
{
  List      list = { .own = g_hash_table_lookup (self->named, tela_element_get_id (element)), .changes = self->changes };
  TelaStamp base = tela_element_get_base (element);
  g_autoptr (GHashTable) listed = NULL;
  g_autoptr (GString) out = NULL;

  if (list.own == NULL && !tela_element_has (element, TELA_KEY_BOUND_ELEMENTS))
    return FALSE;
  tela_element_get (element, TELA_KEY_BOUND_ELEMENTS, NULL, &list.stamp);
  if (tela_stamp_compare (list.stamp, base) < 0)
    list.stamp = base;
  list.listed = listed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  out = g_string_new (NULL);
  tela_json_writer_init (&list.writer, out, 0);
  if (!start_list (element, ids, &list))
    return FALSE;
  add_new (&list);
  if (list.n_changes == 0)
    return FALSE;
  tela_json_writer_end_array (&list.writer);
  tela_json_writer_name (writer, "boundElements");
  tela_json_writer_raw (writer, out->str, out->len);
  return TRUE;
}
