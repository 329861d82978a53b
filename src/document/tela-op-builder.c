/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element-private.h"
#include "tela-string.h"

typedef struct
{
  TelaValue value;
  TelaStamp stamp;
  TelaKey   key;
  gboolean  has_stamp; /* else that of the end */
  guint     order;     /* of the writes: the last one of a key stays */
} Entry;

struct _TelaOpBuilder
{
  GArray *entries;
  gsize   id_len;
  char    id[];
};

static void
clear_entry_cb (gpointer data)
{
  tela_value_clear (&((Entry *) data)->value);
}

/**
 * tela_op_builder_new:
 * @id: a valid element id
 *
 * Starts an operation, or an element of several stamps.
 *
 * Returns: (transfer full): end it with tela_op_builder_end()
 */
TelaOpBuilder *
tela_op_builder_new (const char *id)
{
  gsize          len = strlen (id);
  TelaOpBuilder *self;

  g_return_val_if_fail (tela_element_id_is_valid (id, len), NULL);

  self = g_malloc (sizeof (TelaOpBuilder) + len + 1);
  self->entries = g_array_sized_new (FALSE, FALSE, sizeof (Entry), 32);
  g_array_set_clear_func (self->entries, clear_entry_cb);
  self->id_len = len;
  memcpy (self->id, id, len + 1);

  return self;
}

void
tela_op_builder_free (TelaOpBuilder *self)
{
  g_array_unref (self->entries);
  g_free (self);
}

static void
add (TelaOpBuilder *self,
     Entry          entry)
{
  if (G_UNLIKELY (entry.key == TELA_KEY_NONE))
    {
      g_critical ("%s: not a property", G_STRFUNC);
      tela_value_clear (&entry.value);
      return;
    }

  entry.order = self->entries->len;
  g_array_append_val (self->entries, entry);
}

void
tela_op_builder_set (TelaOpBuilder *self,
                     TelaKey        key,
                     TelaValue      value)
{
  add (self, (Entry){ .key = key, .value = value });
}

void
tela_op_builder_set_at (TelaOpBuilder *self,
                        TelaKey        key,
                        TelaValue      value,
                        TelaStamp      stamp)
{
  add (self, (Entry){ .key = key, .value = value, .stamp = stamp, .has_stamp = TRUE });
}

void
tela_op_builder_set_number (TelaOpBuilder *self,
                            TelaKey        key,
                            double         value)
{
  tela_op_builder_set (self, key, tela_value_number (value));
}

void
tela_op_builder_set_string (TelaOpBuilder *self,
                            TelaKey        key,
                            const char    *value)
{
  tela_op_builder_set (self, key, tela_value_string (value, -1));
}

void
tela_op_builder_set_boolean (TelaOpBuilder *self,
                             TelaKey        key,
                             gboolean       value)
{
  tela_op_builder_set (self, key, tela_value_boolean (value));
}

void
tela_op_builder_set_json (TelaOpBuilder *self,
                          TelaKey        key,
                          const char    *json)
{
  tela_op_builder_set (self, key, tela_value_json (json, -1));
}

static int
compare_entries_cb (gconstpointer a,
                    gconstpointer b)
{
  const Entry *first = a;
  const Entry *second = b;

  if (first->key != second->key)
    return first->key < second->key ? -1 : 1;
  return first->order < second->order ? -1 : 1;
}

/* Sorts by key and drops all but the last write of each; gives every entry its stamp. */
static void
settle (TelaOpBuilder *self,
        TelaStamp      stamp)
{
  Entry   *entries = (Entry *) (gpointer) self->entries->data;
  guint    len = self->entries->len;
  gboolean sorted = TRUE;
  guint    kept = 0;

  for (guint i = 1; i < len && sorted; i++)
    sorted = entries[i - 1].key < entries[i].key;
  if (!sorted)
    g_array_sort (self->entries, compare_entries_cb);

  for (guint i = 0; i < len; i++)
    {
      if (!entries[i].has_stamp)
        entries[i].stamp = stamp;
      if (i + 1 < len && entries[i].key == entries[i + 1].key)
        tela_value_clear (&entries[i].value);
      else
        entries[kept++] = entries[i];
    }

  /* The moved ones must not be cleared twice. */
  g_array_set_clear_func (self->entries, NULL);
  g_array_set_size (self->entries, kept);
  g_array_set_clear_func (self->entries, clear_entry_cb);
}

/* The stamps that the entries bear, each once; @places says which of them each entry has. */
static GArray *
collect_stamps (TelaOpBuilder *self,
                guint16       *places)
{
  GArray *stamps = g_array_sized_new (FALSE, FALSE, sizeof (TelaStamp), 4);

  for (guint i = 0; i < self->entries->len; i++)
    {
      TelaStamp stamp = g_array_index (self->entries, Entry, i).stamp;
      guint     at = 0;

      while (at < stamps->len && tela_stamp_compare (g_array_index (stamps, TelaStamp, at), stamp) != 0)
        at++;
      if (at == stamps->len)
        g_array_append_val (stamps, stamp);
      places[i] = (guint16) at;
    }

  return stamps;
}

/**
 * tela_op_builder_end:
 * @self: (transfer full): a builder
 * @stamp: for all properties that were set without one of their own
 *
 * Makes the element. Of more than %TELA_MAX_PROPERTIES properties, which is a programmer error, the rest is dropped.
 *
 * Returns: (transfer full): an element, with no properties if none were set
 */
TelaElement *
tela_op_builder_end (TelaOpBuilder *self,
                     TelaStamp      stamp)
{
  g_autofree guint16 *places = NULL;
  g_autoptr (GArray) stamps = NULL;
  TelaElement *element;

  settle (self, stamp);
  if (G_UNLIKELY (self->entries->len > TELA_MAX_PROPERTIES))
    {
      g_critical ("%s: too many properties", G_STRFUNC);
      g_array_set_size (self->entries, TELA_MAX_PROPERTIES);
    }
  places = g_new (guint16, self->entries->len + 1);
  stamps = collect_stamps (self, places);

  element = tela_element_alloc (self->id, self->id_len, tela_element_hash_id (self->id, self->id_len),
                                self->entries->len, stamps->len);
  if (stamps->len > 0)
    memcpy (tela_element_stamps (element), stamps->data, stamps->len * sizeof (TelaStamp));
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry   *entry = &g_array_index (self->entries, Entry, i);
      gboolean is_text = entry->value.kind == TELA_VALUE_STRING || entry->value.kind == TELA_VALUE_JSON;
      gboolean uncounted = is_text && tela_string_is_eternal (entry->value.as.string);

      if (uncounted)
        g_ref_string_release (entry->value.as.string);
      memcpy (&tela_element_cells (element)[i], &entry->value.as, sizeof (TelaCell));
      tela_element_metas (element)[i] = tela_meta_make (entry->key, entry->value.kind, uncounted, places[i]);
    }

  /* The values are the element's now. */
  g_array_set_clear_func (self->entries, NULL);
  tela_op_builder_free (self);
  return element;
}
