/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

#include <glib/gi18n-lib.h>

G_DEFINE_QUARK (tela - format - error - quark, tela_format_error)

#define MIN_PART 1000 /* elements that are worth a thread */
#define MAX_PARTS 4

/* The parts of a file, as they stand in it. */
typedef struct
{
  TelaJsonSpan elements, files, app_state; /* data is NULL if absent */
  GString     *root;                       /* owned: the other members */
} Parts;

TelaImport *
tela_import_new (void)
{
  TelaImport *self = g_new0 (TelaImport, 1);

  self->elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  self->assets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
  self->report = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
tela_import_free (TelaImport *self)
{
  g_ptr_array_unref (self->elements);
  g_hash_table_unref (self->assets);
  g_ptr_array_unref (self->report);
  g_free (self);
}

static void
entry_clear (gpointer data)
{
  TelaEntry *self = data;

  g_free (self->id);
  g_free (self->index);
}

static TelaImport *
invalid (GError    **error,
         const char *message)
{
  g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, message);
  return NULL;
}

static void
add_root (Parts       *self,
          TelaJsonSpan name,
          TelaJsonSpan value)
{
  if (self->root->len > 0)
    g_string_append_c (self->root, ',');
  g_string_append_c (self->root, '"');
  g_string_append_len (self->root, name.data, (gssize) name.len);
  g_string_append (self->root, "\":");
  g_string_append_len (self->root, value.data, (gssize) value.len);
}

static gboolean
is_unset (TelaJsonSpan value)
{
  static const char unset[] = "{\"$unset\":true}";

  return value.len < 64 && tela_json_equal (value, (TelaJsonSpan){ unset, sizeof unset - 1 });
}

/* Checks the whole text, too. */
static gboolean
find_parts (Parts      *self,
            const char *data,
            gsize       len,
            GError    **error)
{
  g_autoptr (GError) problem = NULL;
  TelaJsonReader reader;
  TelaJsonSpan   name, value;

  tela_json_reader_init (&reader, data, (gssize) len);
  tela_json_reader_enter_object (&reader);
  while (!tela_json_reader_failed (&reader) && tela_json_reader_next_member (&reader, &name) &&
         tela_json_reader_span (&reader, &value))
    {
      if (tela_span_is_name (name, "elements"))
        self->elements = value;
      else if (tela_span_is_name (name, "files") && tela_format_span_is_object (value))
        self->files = value;
      else if (tela_span_is_name (name, "appState") && !is_unset (value))
        self->app_state = value;
      else
        add_root (self, name, value);
    }
  if (tela_json_reader_finish (&reader, &problem))
    return TRUE;
  g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, problem->message);
  return FALSE;
}

/* Gives the entry the file's id @span if it is fit and free, else a fresh one. */
static void
choose_id (TelaEntry   *entry,
           TelaJsonSpan span,
           TelaBoard   *board,
           GHashTable  *taken,
           TelaIdMap   *ids,
           TelaImport  *import)
{
  g_autofree char *id = span.data != NULL ? tela_span_to_string (span) : NULL;
  gboolean         again = id != NULL && !g_hash_table_add (taken, g_strdup (id));

  if (id != NULL && !again && tela_element_id_is_valid (id, strlen (id)) && strcmp (id, TELA_BOARD_ELEMENT_ID) != 0 &&
      (board == NULL || tela_board_lookup (board, id) == NULL))
    {
      entry->id = g_steal_pointer (&id);
      return;
    }

  entry->id = g_uuid_string_random ();
  entry->original_id = span;
  import->n_renamed++;
  if (id != NULL && !again)
    g_hash_table_insert (ids, g_steal_pointer (&id), g_strdup (entry->id)); /* references mean the first of equals */
}

/* Is the file's key there, valid, and after @last, whose place it takes? */
static gboolean
is_next_key (TelaJsonSpan span,
             char       **last)
{
  g_autofree char *index = span.data != NULL ? tela_span_to_string (span) : NULL;

  if (index == NULL || !tela_index_is_valid (index) || (*last != NULL && strcmp (*last, index) >= 0))
    return FALSE;
  g_free (*last);
  *last = g_steal_pointer (&index);
  return TRUE;
}

static void
give_keys (GArray    *entries,
           TelaBoard *board)
{
  g_autofree char *first = board != NULL ? tela_board_top_index (board) : g_strdup ("a0");
  const char      *last = NULL;

  for (guint i = 0; i < entries->len; i++)
    {
      TelaEntry *entry = &g_array_index (entries, TelaEntry, i);

      entry->index = last == NULL ? g_strdup (first) : tela_index_between (last, NULL);
      last = entry->index;
    }
}

/* An object of the array, and of two of its members what they are. They are all gone through once, and each is checked
 * already. */
static void
scan_entry (TelaJsonReader *reader,
            TelaJsonSpan   *object,
            TelaJsonSpan   *id,
            TelaJsonSpan   *index)
{
  TelaJsonSpan name;

  tela_json_reader_peek (reader);
  object->data = tela_json_reader_tell (reader);
  tela_json_reader_enter_object (reader);
  while (tela_json_reader_next_member (reader, &name))
    {
      if (tela_span_is_name (name, "id"))
        tela_json_reader_span (reader, id);
      else if (tela_span_is_name (name, "index"))
        tela_json_reader_span (reader, index);
    }
  object->len = (gsize) (tela_json_reader_tell (reader) - object->data);
}

/* NULL if there are too many. @in_order: the file's keys are all there, valid, and in array order. */
static GArray *
list_entries (TelaJsonSpan elements,
              TelaBoard   *board,
              TelaIdMap   *ids,
              TelaImport  *import,
              gboolean    *in_order,
              GError     **error)
{
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GArray) entries = g_array_new (FALSE, TRUE, sizeof (TelaEntry));
  g_autofree char *last = NULL;
  TelaJsonReader   reader;

  *in_order = TRUE;
  g_array_set_clear_func (entries, entry_clear);
  tela_json_reader_init (&reader, elements.data, (gssize) elements.len);
  tela_json_reader_enter_array (&reader);
  while (tela_json_reader_next_item (&reader))
    {
      TelaEntry    entry = { 0 };
      TelaJsonSpan id = { NULL, 0 }, index = { NULL, 0 };

      if (tela_json_reader_peek (&reader) != TELA_JSON_OBJECT)
        {
          import->n_skipped++;
          continue;
        }
      if (entries->len == TELA_IMPORT_MAX_ELEMENTS)
        {
          g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE,
                               _ ("elements: there are too many"));
          return NULL;
        }
      scan_entry (&reader, &entry.object, &id, &index);
      choose_id (&entry, id, board, taken, ids, import);
      *in_order = *in_order && is_next_key (index, &last);
      g_array_append_val (entries, entry);
    }
  return g_steal_pointer (&entries);
}

/* Some of the entries, for a thread. */
typedef struct
{
  const TelaEntryContext *context;  /* borrowed */
  const TelaEntry        *entries;  /* borrowed */
  TelaElement           **elements; /* borrowed; each belongs to whoever joins the threads */
  guint                   first, end;
  TelaImport              counts; /* nothing but these is used */
  GError                 *error;  /* owned */
} Part;

static gpointer
read_part (gpointer data)
{
  Part *self = data;

  for (guint i = self->first; i < self->end; i++)
    {
      g_autoptr (GError) problem = NULL;

      self->elements[i] = tela_entry_read (&self->entries[i], self->context, &self->counts, &problem);
      if (self->elements[i] != NULL)
        continue;
      /* Translators: the number of an element, its id, and what is wrong with it */
      g_set_error (&self->error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, _ ("element %u (%s): %s"), i + 1,
                   self->entries[i].id, problem->message);
      break;
    }
  return NULL;
}

/* The parts of a big file are read side by side. FALSE with the first one's error. */
static gboolean
read_entries (TelaImport             *import,
              const TelaEntryContext *context,
              GArray                 *entries,
              GError                **error)
{
  guint                    n = CLAMP (MIN (entries->len / MIN_PART, g_get_num_processors ()), 1, MAX_PARTS);
  GThread                 *threads[MAX_PARTS] = { NULL };
  Part                     parts[MAX_PARTS] = { 0 };
  gboolean                 ok = TRUE;
  g_autofree TelaElement **elements = g_new0 (TelaElement *, entries->len);

  for (guint i = n; i-- > 0;)
    {
      parts[i] = (Part){ .context = context,
                         .entries = (const TelaEntry *) (gpointer) entries->data,
                         .elements = elements,
                         .first = (guint) ((guint64) entries->len * i / n),
                         .end = (guint) ((guint64) entries->len * (i + 1) / n) };
      if (i > 0)
        threads[i] = g_thread_try_new ("tela-read", read_part, &parts[i], NULL);
      if (threads[i] == NULL)
        read_part (&parts[i]);
    }

  for (guint i = 0; i < n; i++)
    {
      if (threads[i] != NULL)
        g_thread_join (threads[i]);
      import->n_replaced += parts[i].counts.n_replaced;
      import->n_aside += parts[i].counts.n_aside;
      if (ok && parts[i].error != NULL)
        {
          ok = FALSE;
          g_propagate_error (error, g_steal_pointer (&parts[i].error));
        }
      g_clear_error (&parts[i].error);
    }
  for (guint i = 0; i < entries->len; i++)
    if (elements[i] != NULL)
      g_ptr_array_add (import->elements, elements[i]);
  return ok;
}

static gboolean
read_elements (TelaImport       *import,
               TelaEntryContext *context,
               TelaJsonSpan      elements,
               TelaBoard        *board,
               GError          **error)
{
  gboolean in_order;
  g_autoptr (GArray) entries = list_entries (elements, board, context->ids, import, &in_order, error);
  gboolean onto_others = board != NULL && tela_board_get_n_visible (board) > 0;

  if (entries == NULL)
    return FALSE;

  context->keeps_index = !onto_others && in_order;
  context->marks_index = !onto_others;
  if (!context->keeps_index)
    give_keys (entries, onto_others ? board : NULL);

  return read_entries (import, context, entries, error);
}

/* Properties of the element `board`. */
static gboolean
add_board_element (TelaImport  *import,
                   const Parts *parts,
                   const char  *files,
                   TelaStamp    stamp,
                   TelaBoard   *board,
                   const char  *name,
                   GError     **error)
{
  const TelaElement *own = board != NULL ? tela_board_lookup (board, TELA_BOARD_ELEMENT_ID) : NULL;
  TelaKey            app_state = tela_format_key (TELA_BOARD_APP_STATE), file = tela_format_key (TELA_BOARD_FILE);
  TelaOpBuilder     *builder = tela_op_builder_new (TELA_BOARD_ELEMENT_ID);
  g_autoptr (TelaElement) element = NULL;
  g_autoptr (GError) problem = NULL;

  if (own == NULL || !tela_element_has (own, TELA_KEY_TYPE))
    tela_op_builder_set_string (builder, TELA_KEY_TYPE, TELA_BOARD_ELEMENT_TYPE);
  if (name != NULL)
    tela_op_builder_set_string (builder, TELA_KEY_NAME, name);
  if (parts->app_state.data != NULL && (own == NULL || !tela_element_has (own, app_state)))
    tela_op_builder_set (builder, app_state, tela_value_json (parts->app_state.data, (gssize) parts->app_state.len));
  if (own == NULL || !tela_element_has (own, file))
    {
      g_autofree char *root = g_strdup_printf ("{\"root\":{%s}}", parts->root->str);

      tela_op_builder_set_json (builder, file, root);
    }
  if (files != NULL)
    tela_op_builder_set_json (builder, tela_format_key (TELA_BOARD_FILES), files);

  element = tela_op_builder_end (builder, stamp);
  if (!tela_element_validate (element, &problem))
    {
      /* Translators: %s is what is wrong with them; a drawing is an object whose keys are these */
      g_set_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, _ ("root keys: %s"), problem->message);
      return FALSE;
    }
  if (tela_element_get_n (element) > 0)
    g_ptr_array_add (import->elements, g_steal_pointer (&element));
  return TRUE;
}

TelaImport *
tela_excalidraw_read (const char *data,
                      gsize       len,
                      TelaStamp   stamp,
                      TelaBoard  *board,
                      const char *name,
                      GError    **error)
{
  g_autoptr (TelaImport) import = tela_import_new ();
  g_autoptr (GHashTable) ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) file_ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GString) root = g_string_new (NULL);
  g_autofree char *files = NULL;
  Parts            parts = { .root = root };
  TelaEntryContext context = {
    .stamp = stamp, .mark = tela_format_key (TELA_ELEMENT_FILE), .ids = ids, .file_ids = file_ids
  };

  if (len > TELA_JSON_MAX_BYTES)
    {
      g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE, _ ("the file is larger than 256 MB"));
      return NULL;
    }
  if (len >= 3 && memcmp (data, "\357\273\277", 3) == 0)
    {
      data += 3; /* a byte order mark */
      len -= 3;
    }
  if (!find_parts (&parts, data, len, error))
    return NULL;
  if (parts.elements.data == NULL)
    return invalid (error, _ ("elements: missing"));
  if (parts.elements.data[0] != '[')
    return invalid (error, _ ("elements: not an array"));

  if (parts.files.data != NULL)
    files = tela_files_import (parts.files, board, import->assets, file_ids);
  if (!read_elements (import, &context, parts.elements, board, error) ||
      !add_board_element (import, &parts, files, stamp, board, name, error))
    return NULL;
  return g_steal_pointer (&import);
}
