/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-library.h"

#include "tela-formats-private.h"

#include <glib/gi18n-lib.h>

static void
item_free (gpointer data)
{
  TelaLibraryItem *self = data;

  g_free (self->id);
  g_free (self->name);
  g_free (self->elements);
  g_free (self->source);
  g_free (self);
}

TelaLibrary *
tela_library_new (void)
{
  TelaLibrary *self = g_new0 (TelaLibrary, 1);

  self->version = 2;
  self->items = g_ptr_array_new_with_free_func (item_free);
  self->root = g_strdup ("\"type\":\"excalidrawlib\",\"source\":\"tela\"");
  return self;
}

void
tela_library_free (TelaLibrary *self)
{
  g_ptr_array_unref (self->items);
  g_free (self->root);
  g_free (self);
}

static gboolean
invalid (GError    **error,
         const char *message)
{
  g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID, message);
  return FALSE;
}

/* What was once drawn by hand is a line today. */
static void
write_element (TelaJsonSpan    element,
               TelaJsonWriter *writer)
{
  TelaJsonReader reader;
  TelaJsonSpan   name, value;

  tela_json_reader_init (&reader, element.data, (gssize) element.len);
  if (!tela_json_find (element, "type", &value) || !TELA_JSON_SPAN_IS (value, "\"draw\"") ||
      !tela_json_reader_enter_object (&reader))
    {
      tela_json_writer_raw (writer, element.data, element.len);
      return;
    }
  tela_json_writer_begin_object (writer);
  while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
    {
      g_autofree char *decoded = tela_json_unescape (name, NULL, NULL);

      tela_json_writer_name (writer, decoded);
      if (strcmp (decoded, "type") == 0)
        tela_json_writer_string (writer, "line");
      else
        tela_json_writer_raw (writer, value.data, value.len);
    }
  tela_json_writer_end_object (writer);
}

static char *
read_elements (TelaJsonSpan array)
{
  GString       *out = g_string_sized_new (array.len);
  TelaJsonReader reader;
  TelaJsonWriter writer;
  TelaJsonSpan   element;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_array (&writer);
  tela_json_reader_init (&reader, array.data, (gssize) array.len);
  tela_json_reader_enter_array (&reader);
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &element))
    if (tela_format_span_is_object (element))
      write_element (element, &writer);
  tela_json_writer_end_array (&writer);
  return g_string_free (out, FALSE);
}

static char *
find_string (TelaJsonSpan object,
             const char  *name)
{
  TelaJsonSpan value;

  return tela_json_find (object, name, &value) ? tela_span_to_string (value) : NULL;
}

/* An array is an item of version 1. */
static gboolean
add_item (TelaLibrary *self,
          TelaJsonSpan source,
          GError     **error)
{
  TelaJsonSpan     elements = source;
  TelaLibraryItem *item;

  if (source.data[0] == '{' && !tela_json_find (source, "elements", &elements))
    elements = source;
  if (elements.data[0] != '[')
    return invalid (error, _ ("elements: missing, or not an array"));

  item = g_new0 (TelaLibraryItem, 1);
  if (source.data[0] == '{')
    {
      item->id = find_string (source, "id");
      item->name = find_string (source, "name");
    }
  item->elements = read_elements (elements);
  item->source = g_strndup (source.data, source.len);
  g_ptr_array_add (self->items, item);
  return TRUE;
}

static gboolean
read_items (TelaLibrary *self,
            TelaJsonSpan array,
            GError     **error)
{
  TelaJsonReader reader;
  TelaJsonSpan   item;

  tela_json_reader_init (&reader, array.data, (gssize) array.len);
  tela_json_reader_enter_array (&reader);
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &item))
    {
      g_autoptr (GError) problem = NULL;

      if (self->items->len == TELA_LIBRARY_MAX_ITEMS)
        invalid (&problem, _ ("there are too many"));
      else
        add_item (self, item, &problem);
      if (problem != NULL)
        {
          /* Translators: the number of a drawing in a library, and what is wrong with it */
          g_set_error (error, TELA_FORMAT_ERROR, problem->code,
                       _ ("item %u: %s"), self->items->len + 1, problem->message);
          return FALSE;
        }
    }
  return TRUE;
}

static void
add_root (GString     *root,
          TelaJsonSpan name,
          TelaJsonSpan value)
{
  g_string_append (root, root->len > 0 ? ",\"" : "\"");
  g_string_append_len (root, name.data, (gssize) name.len);
  g_string_append (root, "\":");
  g_string_append_len (root, value.data, (gssize) value.len);
}

TelaLibrary *
tela_library_read (const char *data,
                   gsize       len,
                   GError    **error)
{
  g_autoptr (TelaLibrary) self = tela_library_new ();
  g_autoptr (GString) root = g_string_new (NULL);
  g_autoptr (GError) problem = NULL;
  TelaJsonSpan   items = { NULL, 0 }, name, value;
  TelaJsonReader reader;

  tela_json_reader_init (&reader, data, (gssize) len);
  tela_json_reader_enter_object (&reader);
  while (!tela_json_reader_failed (&reader) && tela_json_reader_next_member (&reader, &name) &&
         tela_json_reader_span (&reader, &value))
    if (tela_span_is_name (name, "library") || tela_span_is_name (name, "libraryItems"))
      {
        items = value;
        self->version = tela_span_is_name (name, "library") ? 1 : 2;
      }
    else if (!tela_span_is_name (name, "version"))
      add_root (root, name, value);
  if (!tela_json_reader_finish (&reader, &problem))
    invalid (error, problem->message);
  else if (items.data == NULL || items.data[0] != '[')
    invalid (error, _ ("libraryItems: missing, or not an array"));
  else if (read_items (self, items, error))
    {
      g_free (self->root);
      self->root = g_strdup (root->str);
      return g_steal_pointer (&self);
    }
  return NULL;
}

static void
write_item (const TelaLibrary     *self,
            const TelaLibraryItem *item,
            TelaJsonWriter        *writer)
{
  if (self->version == 1 || item->source[0] == '{')
    {
      tela_json_writer_raw (writer, item->source, strlen (item->source));
      return;
    }
  tela_json_writer_begin_object (writer);
  tela_json_writer_name (writer, "status");
  tela_json_writer_string (writer, "unpublished");
  tela_json_writer_name (writer, "elements");
  tela_json_writer_raw (writer, item->source, strlen (item->source));
  tela_json_writer_end_object (writer);
}

char *
tela_library_write (TelaLibrary *self,
                    gsize       *len)
{
  g_autofree char *root = g_strdup_printf ("{%s}", self->root);
  GString         *out = g_string_new (NULL);
  TelaJsonWriter   writer;
  TelaJsonReader   reader;
  TelaJsonSpan     name, value;

  tela_json_writer_init (&writer, out, 2);
  tela_json_writer_begin_object (&writer);
  tela_json_reader_init (&reader, root, -1);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
    {
      g_autofree char *decoded = tela_json_unescape (name, NULL, NULL);

      tela_json_writer_name (&writer, decoded);
      tela_json_writer_raw (&writer, value.data, value.len);
    }
  tela_json_writer_name (&writer, "version");
  tela_json_writer_int (&writer, self->version);
  tela_json_writer_name (&writer, self->version == 1 ? "library" : "libraryItems");
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < self->items->len; i++)
    write_item (self, self->items->pdata[i], &writer);
  tela_json_writer_end_array (&writer);
  tela_json_writer_end_object (&writer);
  g_string_append_c (out, '\n');
  *len = out->len;
  return g_string_free (out, FALSE);
}

gboolean
tela_library_add (TelaLibrary *self,
                  const char  *id,
                  const char  *name,
                  gint64       created,
                  const char  *drawing,
                  gsize        len,
                  GError     **error)
{
  g_autoptr (GString) out = NULL;
  TelaJsonSpan   elements;
  TelaJsonWriter writer;

  if (!tela_json_check (drawing, (gssize) len, error))
    return FALSE;
  if (!tela_json_find ((TelaJsonSpan){ drawing, len }, "elements", &elements))
    return invalid (error, _ ("elements: missing"));

  out = g_string_new (NULL);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "id");
  tela_json_writer_string (&writer, id);
  tela_json_writer_name (&writer, "status");
  tela_json_writer_string (&writer, "unpublished");
  tela_json_writer_name (&writer, "created");
  tela_json_writer_int (&writer, created);
  if (name != NULL)
    {
      tela_json_writer_name (&writer, "name");
      tela_json_writer_string (&writer, name);
    }
  tela_json_writer_name (&writer, "elements");
  tela_json_writer_raw (&writer, elements.data, elements.len);
  tela_json_writer_end_object (&writer);
  if (!add_item (self, (TelaJsonSpan){ out->str, out->len }, error))
    return FALSE;
  self->version = 2;
  return TRUE;
}

gboolean
tela_library_take (TelaLibrary           *self,
                   const TelaLibraryItem *item,
                   const char            *id,
                   gint64                 created)
{
  g_autofree char *drawing = NULL;

  for (guint i = 0; i < self->items->len; i++)
    {
      const TelaLibraryItem *other = self->items->pdata[i];

      if ((item->id != NULL && g_strcmp0 (item->id, other->id) == 0) || strcmp (item->elements, other->elements) == 0)
        return FALSE;
    }

  self->version = 2;
  if (item->source[0] == '{')
    return add_item (self, (TelaJsonSpan){ item->source, strlen (item->source) }, NULL);
  drawing = g_strdup_printf ("{\"elements\":%s}", item->source);
  return tela_library_add (self, id, NULL, created, drawing, strlen (drawing), NULL);
}
