/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-shelf-private.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>

#include "tela-document-private.h"

#define MAX_FILE (64u * 1024 * 1024)

static TelaLibrary *
read_library (const char *path,
              GError    **error)
{
  g_autofree char *text = NULL;
  gsize            len;
  GStatBuf         status;

  if (g_stat (path, &status) == 0 && status.st_size > MAX_FILE)
    {
      g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE,
                           _ ("The file is too large for a library."));
      return NULL;
    }

  return g_file_get_contents (path, &text, &len, error) ? tela_library_read (text, len, error) : NULL;
}

/* (transfer full) */
static char *
local_path (GFile   *file,
            GError **error)
{
  char *path = g_file_get_path (file);

  if (path == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("It is not a file on this computer."));

  return path;
}

static gboolean
add_file (TelaLibrary *library,
          GFile       *file,
          GError     **error)
{
  g_autofree char *path = local_path (file, error);
  g_autoptr (TelaLibrary) other = path == NULL ? NULL : read_library (path, error);

  if (other == NULL)
    return FALSE;

  for (guint i = 0; i < other->items->len; i++)
    {
      g_autofree char *id = g_uuid_string_random ();

      tela_library_take (library, other->items->pdata[i], id, g_get_real_time () / 1000);
    }

  return TRUE;
}

static gboolean
add_drawing (TelaLibrary *library,
             const char  *text,
             GError     **error)
{
  g_autofree char *id = g_uuid_string_random ();

  return tela_library_add (library, id, NULL, g_get_real_time () / 1000, text, strlen (text), error);
}

/* By content: another process may have changed the file since. */
static void
remove_item (TelaLibrary *library,
             const char  *source)
{
  for (guint i = 0; i < library->items->len; i++)
    if (strcmp (((const TelaLibraryItem *) library->items->pdata[i])->source, source) == 0)
      {
        g_ptr_array_remove_index (library->items, i);
        return;
      }
}

static gboolean
restore_item (TelaLibrary *library,
              const char  *source,
              guint        position,
              GError     **error)
{
  g_autofree char *text = g_strdup_printf ("{\"libraryItems\":[%s]}", source);
  g_autoptr (TelaLibrary) one = tela_library_read (text, strlen (text), error);
  g_autofree char *id = g_uuid_string_random ();
  guint            before = library->items->len;

  if (one == NULL)
    return FALSE;
  tela_library_take (library, one->items->pdata[0], id, 0);
  if (library->items->len > before && position < before)
    g_ptr_array_insert (library->items, (int) position, g_ptr_array_steal_index (library->items, before));

  return TRUE;
}

static gboolean
write_library (TelaLibrary *library,
               const char  *path,
               GError     **error)
{
  g_autofree char *dir = g_path_get_dirname (path);
  g_autofree char *text = NULL;
  gsize            len;

  text = tela_library_write (library, &len);
  g_mkdir_with_parents (dir, 0700);

  return tela_document_replace (path, text, len, error);
}

static gboolean
change_library (TelaLibrary         *library,
                const TelaShelfWork *work,
                GError             **error)
{
  switch (work->kind)
    {
    case TELA_SHELF_IMPORT:
      return add_file (library, work->file, error);
    case TELA_SHELF_ADD:
      return add_drawing (library, work->text, error);
    case TELA_SHELF_REMOVE:
      remove_item (library, work->text);
      return TRUE;
    case TELA_SHELF_RESTORE:
      return restore_item (library, work->text, work->position, error);
    case TELA_SHELF_LOAD:
    case TELA_SHELF_EXPORT:
    default:
      return TRUE;
    }
}

static gboolean
carry_out (TelaLibrary         *library,
           const TelaShelfWork *work,
           const char          *path,
           GError             **error)
{
  g_autofree char *target = NULL;

  if (work->kind == TELA_SHELF_LOAD)
    return TRUE;
  if (work->kind != TELA_SHELF_EXPORT)
    return change_library (library, work, error) && write_library (library, path, error);
  target = local_path (work->file, error);

  return target != NULL && write_library (library, target, error);
}

GPtrArray *
tela_shelf_work (const TelaShelfWork *work,
                 const char          *path,
                 GError             **error)
{
  g_autoptr (GError) problem = NULL;
  g_autoptr (TelaLibrary) library = read_library (path, &problem);
  GPtrArray *items;

  if (g_error_matches (problem, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    library = tela_library_new ();
  else if (library == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  if (!carry_out (library, work, path, error))
    return NULL;

  items = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < library->items->len; i++)
    g_ptr_array_add (items, tela_shelf_item_new (library->items->pdata[i]));

  return items;
}
