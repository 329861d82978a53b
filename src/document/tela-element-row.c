/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element-private.h"

#include <glib/gi18n-lib.h>

#define BASE "base"

/* A stamp of a property in a row. */
typedef struct
{
  TelaKey   key;
  TelaStamp stamp;
} NamedStamp;

void
tela_element_write_props (const TelaElement *self,
                          TelaJsonWriter    *writer)
{
  g_autofree guint *order = tela_element_order_by_name (self);

  tela_json_writer_begin_object (writer);
  for (guint i = 0; i < self->n; i++)
    tela_element_write_member (self, order[i], writer);
  tela_json_writer_end_object (writer);
}

/* A property that is itself called `base` has its stamp under `=base`, one called `=base` under `==base`, and so on. */
static gboolean
needs_escape (const char *name)
{
  return strcmp (name + strspn (name, "="), BASE) == 0;
}

static int
compare_texts_cb (gconstpointer a,
                  gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

void
tela_element_write_stamps (const TelaElement *self,
                           TelaJsonWriter    *writer)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  TelaStamp base = tela_element_get_base (self);
  char      text[TELA_STAMP_LENGTH + 1];

  if (self->n > 0)
    g_ptr_array_add (names, g_strdup (BASE));
  for (guint i = 0; i < self->n; i++)
    {
      TelaStamp   stamp;
      const char *name = tela_key_get_name (tela_element_get_nth (self, i, NULL, &stamp));

      if (tela_stamp_compare (stamp, base) != 0)
        g_ptr_array_add (names, g_strconcat (needs_escape (name) ? "=" : "", name, NULL));
    }
  g_ptr_array_sort (names, compare_texts_cb);

  tela_json_writer_begin_object (writer);
  for (guint i = 0; i < names->len; i++)
    {
      const char *name = g_ptr_array_index (names, i);
      const char *property = needs_escape (name) ? name + 1 : name;
      TelaStamp   stamp = base;

      if (strcmp (name, BASE) != 0)
        tela_element_get (self, tela_key_intern (property, strlen (property)), NULL, &stamp);
      tela_stamp_format (stamp, text);
      tela_json_writer_name (writer, name);
      tela_json_writer_string (writer, text);
    }
  tela_json_writer_end_object (writer);
}

/* Returns the named stamps and *base. */
static GArray *
read_stamps (TelaJsonSpan span,
             TelaStamp   *base,
             gboolean    *has_base,
             GError     **error)
{
  g_autoptr (GArray) stamps = g_array_new (FALSE, FALSE, sizeof (NamedStamp));
  TelaJsonReader reader;
  TelaJsonSpan   name;

  tela_json_reader_init (&reader, span.data, (gssize) span.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (&reader))
    {
      tela_read_failed (&reader, error, _ ("stamps: not an object"));
      return NULL;
    }

  while (tela_json_reader_next_member (&reader, &name))
    {
      NamedStamp named;

      if (!tela_read_stamp (&reader, &named.stamp, error))
        return NULL;
      if (TELA_JSON_SPAN_IS (name, BASE))
        {
          *base = named.stamp;
          *has_base = TRUE;
          continue;
        }
      if (name.len > strlen (BASE) && name.data[0] == '=' &&
          memcmp (name.data + name.len - strlen (BASE), BASE, strlen (BASE)) == 0)
        {
          gsize equals = 0;

          while (name.data[equals] == '=')
            equals++;
          if (equals + strlen (BASE) == name.len)
            name = (TelaJsonSpan){ .data = name.data + 1, .len = name.len - 1 };
        }
      named.key = tela_read_name (name);
      if (named.key == TELA_KEY_NONE || tela_read_too_many (stamps->len + 1, error))
        {
          if (named.key == TELA_KEY_NONE)
            tela_read_bad_name (name, error);
          return NULL;
        }
      g_array_append_val (stamps, named);
    }

  return tela_json_reader_finish (&reader, error) ? g_steal_pointer (&stamps) : NULL;
}

/* Both objects are sorted as a rule, so the search begins after the last find. */
static const TelaStamp *
find_stamp (GArray *stamps,
            TelaKey key,
            guint  *from)
{
  for (guint i = 0; i < stamps->len; i++)
    {
      guint at = (*from + i) % stamps->len;

      if (g_array_index (stamps, NamedStamp, at).key == key)
        {
          *from = at + 1;
          return &g_array_index (stamps, NamedStamp, at).stamp;
        }
    }
  return NULL;
}

static TelaOpBuilder *
read_row (const char  *id,
          TelaJsonSpan props,
          GArray      *stamps,
          TelaStamp    base,
          gboolean     has_base,
          GError     **error)
{
  g_autoptr (TelaOpBuilder) builder = tela_op_builder_new (id);
  TelaJsonReader reader;
  TelaJsonSpan   name;
  guint          from = 0;
  guint          n = 0;

  tela_json_reader_init (&reader, props.data, (gssize) props.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (&reader))
    {
      tela_read_failed (&reader, error, _ ("props: not an object"));
      return NULL;
    }

  while (tela_json_reader_next_member (&reader, &name))
    {
      const TelaStamp *stamp;
      TelaValue        value;
      TelaKey          key;

      if (tela_read_too_many (++n, error) || !tela_read_property (&reader, name, &key, &value, NULL, error))
        return NULL;
      stamp = find_stamp (stamps, key, &from);
      if (stamp == NULL && !has_base)
        {
          tela_value_clear (&value);
          tela_read_invalid (error, _ ("stamps: no base"));
          return NULL;
        }
      tela_op_builder_set_at (builder, key, value, stamp != NULL ? *stamp : base);
    }

  return tela_json_reader_finish (&reader, error) ? g_steal_pointer (&builder) : NULL;
}

/**
 * tela_element_from_row:
 * @id: the element's id
 * @props: an object of properties, removed ones as {"$unset":true}
 * @stamps: an object with the stamp `base` and that of each property that bears another one
 * @error: return location
 *
 * Reads and checks a row of the table `elements`.
 *
 * Returns: (transfer full): the element, or NULL
 */
TelaElement *
tela_element_from_row (const char  *id,
                       TelaJsonSpan props,
                       TelaJsonSpan stamps,
                       GError     **error)
{
  g_autoptr (GArray) named = NULL;
  g_autoptr (TelaElement) self = NULL;
  TelaOpBuilder *builder;
  TelaStamp      base = { 0 };
  gboolean       has_base = FALSE;

  if (!tela_element_id_is_valid (id, strlen (id)))
    {
      tela_read_invalid (error, _ ("id: not 1 to 64 printable ASCII characters"));
      return NULL;
    }

  named = read_stamps (stamps, &base, &has_base, error);
  builder = named != NULL ? read_row (id, props, named, base, has_base, error) : NULL;
  if (builder == NULL)
    return NULL;

  self = tela_op_builder_end (builder, base);
  for (guint i = 0; i < named->len; i++)
    {
      guint at;

      if (!tela_element_find (self, g_array_index (named, NamedStamp, i).key, &at))
        {
          tela_read_invalid (error, _ ("stamps: a property is not there"));
          return NULL;
        }
    }

  return tela_element_validate (self, error) ? g_steal_pointer (&self) : NULL;
}

void
tela_element_write_plain (const TelaElement *self,
                          TelaJsonWriter    *writer)
{
  g_autofree guint *order = tela_element_order_by_name (self);
  gboolean          id_is_written = FALSE;

  tela_json_writer_begin_object (writer);
  for (guint i = 0; i <= self->n; i++)
    {
      if (!id_is_written &&
          (i == self->n || strcmp (tela_key_get_name (tela_element_metas (self)[order[i]].key), "id") > 0))
        {
          tela_json_writer_name (writer, "id");
          tela_json_writer_string (writer, tela_element_id (self));
          id_is_written = TRUE;
        }
      if (i < self->n && tela_meta_kind (tela_element_metas (self)[order[i]]) != TELA_VALUE_UNSET)
        tela_element_write_member (self, order[i], writer);
    }
  tela_json_writer_end_object (writer);
}

static gboolean
read_plain_members (TelaJsonReader *reader,
                    TelaOpBuilder  *builder,
                    char          **id,
                    guint          *replaced,
                    GError        **error)
{
  TelaJsonSpan name;
  guint        n = 0;

  if (tela_json_reader_peek (reader) != TELA_JSON_OBJECT || !tela_json_reader_enter_object (reader))
    return tela_read_failed (reader, error, _ ("not an element"));

  while (tela_json_reader_next_member (reader, &name))
    {
      TelaValue value;
      TelaKey   key;

      if (TELA_JSON_SPAN_IS (name, "id"))
        {
          if (id != NULL && !tela_read_id (reader, id, error))
            return FALSE;
          continue;
        }
      if (tela_read_too_many (++n, error) || !tela_read_property (reader, name, &key, &value, replaced, error))
        return FALSE;
      tela_op_builder_set (builder, key, value);
    }

  return !tela_json_reader_failed (reader) || tela_read_failed (reader, error, "");
}

/**
 * tela_element_read_plain:
 * @reader: stands before an object of a file
 * @id: (nullable): the id to give it; %NULL: its own
 * @stamp: for all its properties
 * @replaced: (inout) (optional): counts characters that had to be replaced
 * @error: return location
 *
 * Reads and checks an element as Excalidraw writes it. One that is refused is passed over, so that the next can be
 * read.
 *
 * Returns: (transfer full): the element, or NULL
 */
TelaElement *
tela_element_read_plain (TelaJsonReader *reader,
                         const char     *id,
                         TelaStamp       stamp,
                         guint          *replaced,
                         GError        **error)
{
  g_autoptr (TelaOpBuilder) builder = tela_op_builder_new (id != NULL ? id : "-");
  g_autoptr (TelaElement) self = NULL;
  g_autofree char *own_id = NULL;
  TelaJsonReader   before = *reader;

  if (!read_plain_members (reader, builder, id == NULL ? &own_id : NULL, replaced, error))
    {
      if (!tela_json_reader_failed (reader))
        {
          *reader = before;
          tela_json_reader_skip (reader);
        }
      return NULL;
    }
  if (id == NULL && own_id == NULL)
    {
      tela_read_invalid (error, _ ("id: missing"));
      return NULL;
    }

  self = tela_op_builder_end (g_steal_pointer (&builder), stamp);
  if (!tela_element_validate (self, error))
    return NULL;
  return own_id != NULL ? tela_element_with_id (self, own_id) : g_steal_pointer (&self);
}
