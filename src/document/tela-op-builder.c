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
  guint     order;     /* of the writes: the last one of a key stays; at the end, the place of the stamp */
} Entry;

/* Most operations set few properties; more take the heap. */
#define N_SMALL 8

struct _TelaOpBuilder
{
  Entry *entries; /* owned, or those below */
  guint  n;
  guint  n_room;
  Entry  small[N_SMALL];
  gsize  id_len;
  char   id[];
};

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
  self->entries = self->small;
  self->n = 0;
  self->n_room = N_SMALL;
  self->id_len = len;
  memcpy (self->id, id, len + 1);

  return self;
}

/* What the entries held is somebody else's. */
static void
free_emptied (TelaOpBuilder *self)
{
  if (self->entries != self->small)
    g_free (self->entries);
  g_free (self);
}

void
tela_op_builder_free (TelaOpBuilder *self)
{
  for (guint i = 0; i < self->n; i++)
    tela_value_clear (&self->entries[i].value);
  free_emptied (self);
}

static void
make_room (TelaOpBuilder *self)
{
  guint  n_room = 4 * self->n_room;
  Entry *entries = g_new (Entry, n_room);

  memcpy (entries, self->entries, self->n * sizeof (Entry));
  if (self->entries != self->small)
    g_free (self->entries);
  self->entries = entries;
  self->n_room = n_room;
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

  if (self->n == self->n_room)
    make_room (self);
  entry.order = self->n;
  self->entries[self->n++] = entry;
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
  Entry   *entries = self->entries;
  gboolean sorted = TRUE;
  guint    kept = 0;

  for (guint i = 1; i < self->n && sorted; i++)
    sorted = entries[i - 1].key < entries[i].key;
  if (!sorted)
    qsort (entries, self->n, sizeof (Entry), compare_entries_cb);

  for (guint i = 0; i < self->n; i++)
    {
      if (!entries[i].has_stamp)
        entries[i].stamp = stamp;
      if (i + 1 < self->n && entries[i].key == entries[i + 1].key)
        tela_value_clear (&entries[i].value);
      else if (kept++ != i)
        entries[kept - 1] = entries[i];
    }
  self->n = kept;
}

/* The stamps that the entries bear, each once, at the places that the entries have for them. There is room for one for
 * each entry. Returns how many. */
static guint
collect_stamps (TelaOpBuilder *self,
                TelaStamp     *stamps)
{
  guint n = 0;

  for (guint i = 0; i < self->n; i++)
    {
      Entry *entry = &self->entries[i];
      guint  at = 0;

      while (at < n && tela_stamp_compare (stamps[at], entry->stamp) != 0)
        at++;
      if (at == n)
        stamps[n++] = entry->stamp;
      entry->order = at;
    }

  return n;
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
  TelaStamp             small[N_SMALL];
  g_autofree TelaStamp *many = NULL;
  TelaStamp            *stamps = small;
  TelaElement          *element;
  guint                 n_stamps;

  settle (self, stamp);
  if (G_UNLIKELY (self->n > TELA_MAX_PROPERTIES))
    {
      g_critical ("%s: too many properties", G_STRFUNC);
      while (self->n > TELA_MAX_PROPERTIES)
        tela_value_clear (&self->entries[--self->n].value);
    }
  if (self->n > N_SMALL)
    stamps = many = g_new (TelaStamp, self->n);
  n_stamps = collect_stamps (self, stamps);

  element = tela_element_alloc (self->id, self->id_len, tela_element_hash_id (self->id, self->id_len), self->n, n_stamps);
  memcpy (tela_element_stamps (element), stamps, n_stamps * sizeof (TelaStamp));
  for (guint i = 0; i < self->n; i++)
    {
      Entry   *entry = &self->entries[i];
      gboolean is_text = entry->value.kind == TELA_VALUE_STRING || entry->value.kind == TELA_VALUE_JSON;
      gboolean uncounted = is_text && tela_string_is_eternal (entry->value.as.string);

      if (uncounted)
        g_ref_string_release (entry->value.as.string);
      memcpy (&tela_element_cells (element)[i], &entry->value.as, sizeof (TelaCell));
      tela_element_metas (element)[i] = tela_meta_make (entry->key, entry->value.kind, uncounted, entry->order);
    }

  free_emptied (self);
  return element;
}
