/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

typedef struct
{
  GPtrArray    *elements; /* owned: borrowed TelaElement, in order */
  TelaIdMap    *ids;      /* owned: the board's ids to the file's, where they differ */
  TelaBindings *bindings; /* owned */
  gboolean      keeps_index;
  TelaKey       mark; /* of the property `tela:file` */
} Saving;

static gboolean
is_unchanged (const TelaElement *element,
              TelaKey            key)
{
  TelaStamp stamp;

  return tela_element_get (element, key, NULL, &stamp) &&
         tela_stamp_compare (stamp, tela_element_get_base (element)) == 0;
}

/* What is seen, and what came deleted or without a type. */
static gboolean
belongs_in_file (const TelaElement *element,
                 TelaKey            mark)
{
  TelaJsonSpan typeless;

  if (strcmp (tela_element_get_id (element), TELA_BOARD_ELEMENT_ID) == 0)
    return FALSE;
  if (tela_element_is_visible (element))
    return TRUE;
  if (tela_element_get_boolean (element, TELA_KEY_IS_DELETED, FALSE) && !is_unchanged (element, TELA_KEY_IS_DELETED))
    return FALSE;
  return tela_element_has (element, TELA_KEY_TYPE) ||
         tela_json_find (tela_element_get_json (element, mark), "typeless", &typeless);
}

static void
collect_cb (const TelaElement *element,
            gpointer           user_data)
{
  Saving *self = user_data;

  if (belongs_in_file (element, self->mark))
    g_ptr_array_add (self->elements, (gpointer) element);
}

static int
compare_order_cb (gconstpointer a,
                  gconstpointer b)
{
  return tela_board_compare_order (*(TelaElement *const *) a, *(TelaElement *const *) b);
}

/* Ids that were replaced when the file was read come back, unless another element has them now. */
static void
restore_ids (Saving *self)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->elements->len; i++)
    g_hash_table_add (taken, g_strdup (tela_element_get_id (self->elements->pdata[i])));
  for (guint i = 0; i < self->elements->len; i++)
    {
      const TelaElement *element = self->elements->pdata[i];
      TelaJsonSpan       span;
      char              *id;

      if (!tela_json_find (tela_element_get_json (element, self->mark), "id", &span))
        continue;
      id = tela_span_to_string (span);
      if (id != NULL && !g_hash_table_contains (taken, id))
        {
          g_hash_table_add (taken, g_strdup (id));
          g_hash_table_insert (self->ids, g_strdup (tela_element_get_id (element)), g_steal_pointer (&id));
        }
      g_free (id);
    }
}

static const char *
file_id_of (const Saving      *self,
            const TelaElement *element)
{
  const char *id = g_hash_table_lookup (self->ids, tela_element_get_id (element));

  return id != NULL ? id : tela_element_get_id (element);
}

/* The keys of the file are good as long as no element was moved within the order. */
static gboolean
order_is_unchanged (const Saving *self)
{
  for (guint i = 0; i < self->elements->len; i++)
    {
      const TelaElement *element = self->elements->pdata[i];
      TelaJsonSpan       index;

      if (tela_json_find (tela_element_get_json (element, self->mark), "index", &index) &&
          !is_unchanged (element, TELA_KEY_INDEX))
        return FALSE;
    }
  return TRUE;
}

/* The hash of a stamp that other programs take for a random number. */
static guint
hash_stamp (TelaStamp stamp)
{
  guint64 h = stamp.time ^ (stamp.actor * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15));

  h = (h ^ (h >> 33)) * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  h = (h ^ (h >> 33)) * G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53);
  return (guint) (h ^ (h >> 33)) & G_MAXINT32;
}

static int
compare_stamps_cb (gconstpointer a,
                   gconstpointer b)
{
  return tela_stamp_compare (*(const TelaStamp *) a, *(const TelaStamp *) b);
}

/* How many writes later than its creation the element shows. */
static guint
count_changes (const TelaElement *element)
{
  g_autoptr (GArray) stamps = g_array_new (FALSE, FALSE, sizeof (TelaStamp));
  TelaStamp last = tela_element_get_base (element);
  guint     n = 0;

  for (guint i = 0; i < tela_element_get_n (element); i++)
    {
      TelaStamp stamp;

      tela_element_get_nth (element, i, NULL, &stamp);
      if (tela_stamp_compare (stamp, last) > 0)
        g_array_append_val (stamps, stamp);
    }
  g_array_sort (stamps, compare_stamps_cb);
  for (guint i = 0; i < stamps->len; i++)
    if (tela_stamp_compare (g_array_index (stamps, TelaStamp, i), last) > 0)
      {
        last = g_array_index (stamps, TelaStamp, i);
        n++;
      }
  return n;
}

static void
write_versions (const TelaElement *element,
                guint              n_changes,
                TelaJsonWriter    *writer)
{
  TelaStamp stamp = tela_element_get_stamp (element);

  tela_json_writer_name (writer, "version");
  tela_json_writer_number (writer, tela_element_get_number (element, TELA_KEY_VERSION, 1) + n_changes);
  tela_json_writer_name (writer, "versionNonce");
  tela_json_writer_int (writer, hash_stamp (stamp));
  tela_json_writer_name (writer, "updated");
  tela_json_writer_int (writer, tela_stamp_get_ms (stamp));
}

/* Members that are kept beside the properties, where no property has taken their place. */
static void
write_fields (const TelaElement *element,
              TelaJsonSpan       fields,
              TelaJsonWriter    *writer)
{
  TelaJsonReader reader;
  TelaJsonSpan   name, value;

  tela_json_reader_init (&reader, fields.data, (gssize) fields.len);
  if (!tela_format_span_is_object (fields) || !tela_json_reader_enter_object (&reader))
    return;
  while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
    {
      gsize            len;
      g_autofree char *decoded = tela_json_unescape (name, &len, NULL);
      TelaKey          key = tela_key_intern (decoded, len);

      if (key != TELA_KEY_NONE && strcmp (decoded, TELA_ELEMENT_FILE) != 0 && tela_element_has (element, key))
        continue;
      tela_json_writer_name (writer, decoded);
      tela_json_writer_raw (writer, value.data, value.len);
    }
}

static void
write_index (const Saving      *self,
             const TelaElement *element,
             TelaJsonSpan       mark,
             TelaJsonWriter    *writer)
{
  const char  *index = tela_element_get_string (element, TELA_KEY_INDEX);
  TelaJsonSpan original;

  if (self->keeps_index && tela_json_find (mark, "index", &original))
    {
      if (original.len > 2) /* not [] */
        {
          tela_json_writer_name (writer, "index");
          tela_json_writer_raw (writer, original.data + 1, original.len - 2);
        }
    }
  else if (index != NULL)
    {
      tela_json_writer_name (writer, "index");
      tela_json_writer_string (writer, index);
    }
}

static void
write_element (const Saving      *self,
               const TelaElement *element,
               TelaJsonWriter    *writer)
{
  guint        n_changes = count_changes (element);
  TelaJsonSpan mark = tela_element_get_json (element, self->mark), fields;
  gboolean     writes_bound;

  tela_json_writer_begin_object (writer);
  tela_json_writer_name (writer, "id");
  tela_json_writer_string (writer, file_id_of (self, element));
  writes_bound = tela_bindings_write (self->bindings, element, self->ids, writer);
  for (guint i = 0; i < tela_element_get_n (element); i++)
    {
      TelaValue value, mapped;
      TelaKey   key = tela_element_get_nth (element, i, &value, NULL);

      if (value.kind == TELA_VALUE_UNSET || key == self->mark || (key == TELA_KEY_BOUND_ELEMENTS && writes_bound) ||
          key == TELA_KEY_INDEX ||
          (n_changes > 0 && (key == TELA_KEY_VERSION || key == TELA_KEY_VERSION_NONCE || key == TELA_KEY_UPDATED)))
        continue;
      mapped = tela_references_map (key, value, self->ids);
      tela_json_writer_name (writer, tela_key_get_name (key));
      tela_value_write (mapped, writer);
      tela_value_clear (&mapped);
    }
  write_index (self, element, mark, writer);
  if (n_changes > 0)
    write_versions (element, n_changes, writer);
  if (tela_json_find (mark, "fields", &fields))
    write_fields (element, fields, writer);
  tela_json_writer_end_object (writer);
}

/* The root keys before `elements`; those that every reader asks for are there in any case. */
static void
write_root (const TelaElement *own,
            TelaJsonWriter    *writer)
{
  TelaJsonSpan file =
      own != NULL ? tela_element_get_json (own, tela_format_key (TELA_BOARD_FILE)) : (TelaJsonSpan){ "", 0 };
  TelaJsonSpan   root, name, value;
  TelaJsonReader reader;
  gboolean       has_root = tela_json_find (file, "root", &root) && tela_format_span_is_object (root);

  if (!has_root || !tela_json_find (root, "type", &value))
    {
      tela_json_writer_name (writer, "type");
      tela_json_writer_string (writer, "excalidraw");
    }
  if (!has_root || !tela_json_find (root, "version", &value))
    {
      tela_json_writer_name (writer, "version");
      tela_json_writer_int (writer, 2);
    }
  if (!has_root)
    {
      tela_json_writer_name (writer, "source");
      tela_json_writer_string (writer, "tela");
      return;
    }
  tela_json_reader_init (&reader, root.data, (gssize) root.len);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
    {
      g_autofree char *decoded = tela_json_unescape (name, NULL, NULL);

      tela_json_writer_name (writer, decoded);
      tela_json_writer_raw (writer, value.data, value.len);
    }
}

static void
write_app_state (const TelaElement *own,
                 TelaJsonWriter    *writer)
{
  TelaValue value;

  if (own == NULL || !tela_element_get (own, tela_format_key (TELA_BOARD_APP_STATE), &value, NULL) ||
      value.kind == TELA_VALUE_UNSET)
    return;
  tela_json_writer_name (writer, "appState");
  tela_value_write (value, writer);
}

static GPtrArray *
find_images (const Saving *self)
{
  GPtrArray *images = g_ptr_array_new ();

  for (guint i = 0; i < self->elements->len; i++)
    if (tela_element_get_string (self->elements->pdata[i], TELA_KEY_FILE_ID) != NULL)
      g_ptr_array_add (images, self->elements->pdata[i]);
  return images;
}

char *
tela_excalidraw_write (TelaBoard   *board,
                       TelaFileFunc file,
                       gpointer     user_data,
                       guint       *n_missing,
                       gsize       *len)
{
  g_autoptr (GPtrArray) elements = g_ptr_array_new ();
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (TelaBindings) bindings = NULL;
  g_autoptr (GPtrArray) images = NULL;
  Saving             self = { elements, ids, NULL, FALSE, tela_format_key (TELA_ELEMENT_FILE) };
  const TelaElement *own = tela_board_lookup (board, TELA_BOARD_ELEMENT_ID);
  GString           *out = g_string_new (NULL);
  TelaJsonWriter     writer;

  if (n_missing != NULL)
    *n_missing = 0;
  tela_board_foreach (board, collect_cb, &self);
  g_ptr_array_sort (elements, compare_order_cb);
  restore_ids (&self);
  self.keeps_index = order_is_unchanged (&self);
  self.bindings = bindings = tela_bindings_find (board, elements, ids);
  images = find_images (&self);

  tela_json_writer_init (&writer, out, 2);
  tela_json_writer_begin_object (&writer);
  write_root (own, &writer);
  tela_json_writer_name (&writer, "elements");
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < elements->len; i++)
    write_element (&self, elements->pdata[i], &writer);
  tela_json_writer_end_array (&writer);
  write_app_state (own, &writer);
  tela_files_export (board, images, file, user_data, n_missing, &writer);
  tela_json_writer_end_object (&writer);
  g_string_append_c (out, '\n');

  *len = out->len;
  return g_string_free (out, FALSE);
}
