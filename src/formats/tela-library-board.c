/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"
#include "tela-library.h"

#include <glib/gi18n-lib.h>

#define ROW_WIDTH 2000.0
#define GAP 60.0

/* Where the next item goes. */
typedef struct
{
  double x, y, row_height;
} Layout;

TelaImport *
tela_library_item_read (const TelaLibraryItem *item,
                        TelaStamp              stamp,
                        TelaBoard             *board,
                        GError               **error)
{
  g_autofree char *text = g_strdup_printf ("{\"elements\":%s}", item->elements);

  return tela_excalidraw_read (text, strlen (text), stamp, board, NULL, error);
}

static void
write_coordinate (TelaJsonSpan    value,
                  double          offset,
                  TelaJsonWriter *writer)
{
  TelaJsonReader reader;
  double         number;

  tela_json_reader_init (&reader, value.data, (gssize) value.len);
  if (tela_json_reader_number (&reader, &number, NULL))
    tela_json_writer_number (writer, number + offset);
  else
    tela_json_writer_raw (writer, value.data, value.len);
}

static void
write_moved (TelaJsonSpan    element,
             double          dx,
             double          dy,
             TelaJsonWriter *writer)
{
  TelaJsonReader reader;
  TelaJsonSpan   name, value;

  tela_json_writer_begin_object (writer);
  tela_json_reader_init (&reader, element.data, (gssize) element.len);
  tela_json_reader_enter_object (&reader);
  while (tela_json_reader_next_member (&reader, &name) && tela_json_reader_span (&reader, &value))
    {
      g_autofree char *decoded = tela_json_unescape (name, NULL, NULL);

      tela_json_writer_name (writer, decoded);
      if (strcmp (decoded, "x") == 0)
        write_coordinate (value, dx, writer);
      else if (strcmp (decoded, "y") == 0)
        write_coordinate (value, dy, writer);
      else
        tela_json_writer_raw (writer, value.data, value.len);
    }
  tela_json_writer_end_object (writer);
}

/* The item as it is to be read. (transfer full) */
static char *
move_item (const TelaLibraryItem *item,
           double                 dx,
           double                 dy)
{
  GString       *out = g_string_new (NULL);
  TelaJsonReader reader;
  TelaJsonWriter writer;
  TelaJsonSpan   element;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "elements");
  tela_json_writer_begin_array (&writer);
  tela_json_reader_init (&reader, item->elements, -1);
  tela_json_reader_enter_array (&reader);
  while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &element))
    write_moved (element, dx, dy, &writer);
  tela_json_writer_end_array (&writer);
  tela_json_writer_end_object (&writer);
  return g_string_free (out, FALSE);
}

static void
take_place (Layout         *self,
            const TelaRect *extent,
            double         *dx,
            double         *dy)
{
  if (self->x > 0 && self->x + extent->width > ROW_WIDTH)
    {
      self->x = 0;
      self->y += self->row_height + GAP;
      self->row_height = 0;
    }
  *dx = self->x - extent->x;
  *dy = self->y - extent->y;
  self->x += extent->width + GAP;
  self->row_height = MAX (self->row_height, extent->height);
}

static void
copy_cb (const TelaElement *element,
         gpointer           user_data)
{
  tela_board_merge (user_data, (TelaElement *const *) &element, 1);
}

/* What came of one item joins what came of those before it. */
static void
take (TelaImport *self,
      TelaImport *item,
      TelaBoard  *board)
{
  tela_board_merge (board, (TelaElement *const *) item->elements->pdata, item->elements->len);
  for (guint i = 0; i < item->elements->len; i++)
    g_ptr_array_add (self->elements, tela_element_ref (item->elements->pdata[i]));
  self->n_replaced += item->n_replaced;
  self->n_skipped += item->n_skipped;
  self->n_renamed += item->n_renamed;
  self->n_aside += item->n_aside;
}

static gboolean
lay_out (TelaImport            *self,
         const TelaLibraryItem *item,
         Layout                *layout,
         TelaStamp              stamp,
         TelaBoard             *board,
         GError               **error)
{
  g_autoptr (TelaImport) alone = tela_library_item_read (item, stamp, NULL, error);
  g_autoptr (TelaImport) placed = NULL;
  g_autoptr (TelaBoard) one = tela_board_new ("item");
  g_autofree char *text = NULL;
  TelaRect         extent;
  double           dx, dy;

  if (alone == NULL)
    return FALSE;
  tela_board_merge (one, (TelaElement *const *) alone->elements->pdata, alone->elements->len);
  if (!tela_board_get_extent (one, &extent))
    return TRUE;
  take_place (layout, &extent, &dx, &dy);
  text = move_item (item, dx, dy);
  placed = tela_excalidraw_read (text, strlen (text), stamp, board, NULL, error);
  if (placed != NULL)
    take (self, placed, board);
  return placed != NULL;
}

TelaImport *
tela_library_read_as_board (const char *data,
                            gsize       len,
                            TelaStamp   stamp,
                            TelaBoard  *board,
                            const char *name,
                            GError    **error)
{
  g_autoptr (TelaLibrary) library = tela_library_read (data, len, error);
  g_autoptr (TelaBoard) scratch = tela_board_new ("library");
  g_autoptr (TelaImport) self = NULL;
  Layout layout = { 0 };

  if (library == NULL)
    return NULL;
  if (board != NULL)
    tela_board_foreach (board, copy_cb, scratch);
  /* An empty drawing first, which brings the name. */
  self = tela_excalidraw_read ("{\"elements\":[]}", 15, stamp, scratch, name, error);
  if (self == NULL)
    return NULL;
  tela_board_merge (scratch, (TelaElement *const *) self->elements->pdata, self->elements->len);
  for (guint i = 0; i < library->items->len; i++)
    {
      g_autoptr (GError) problem = NULL;

      if (!lay_out (self, library->items->pdata[i], &layout, stamp, scratch, &problem))
        {
          /* Translators: the number of a drawing in a library, and what is wrong with it */
          g_set_error (error, TELA_FORMAT_ERROR, problem->code, _ ("item %u: %s"), i + 1, problem->message);
          return NULL;
        }
    }
  return g_steal_pointer (&self);
}
