/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-document-private.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

void
tela_document_free (TelaDocument *self)
{
  g_free (self->path);
  g_free (self->sha256);
  g_free (self->content);
  g_clear_pointer (&self->import, tela_import_free);
  g_clear_pointer (&self->assets, g_ptr_array_unref);
  g_clear_pointer (&self->text, g_bytes_unref);
  g_free (self);
}

char *
tela_document_dup_name (const char *path)
{
  g_autofree char *base = g_path_get_basename (path);
  char            *name = g_filename_display_name (base);

  for (char *at = name; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';

  return name;
}

char *
tela_document_dup_quotable (const char *path)
{
  g_autofree char *name = tela_document_dup_name (path);

  /* Between first strong isolate and pop directional isolate. */
  return g_str_is_ascii (name) ? g_steal_pointer (&name) : g_strdup_printf ("\342\201\250%s\342\201\251", name);
}

char *
tela_document_dup_board_name (const char *path)
{
  char *name = tela_document_dup_name (path);
  char *dot = strrchr (name, '.');

  if (dot != NULL && dot != name)
    *dot = '\0';
  /* Plan.excalidraw.png */
  if (g_str_has_suffix (name, ".excalidraw") && strlen (name) > strlen (".excalidraw"))
    name[strlen (name) - strlen (".excalidraw")] = '\0';

  return name;
}

static void
collect (const TelaElement *element,
         gpointer           user_data)
{
  g_ptr_array_add (user_data, tela_element_ref (element));
}

GPtrArray *
tela_document_snapshot (TelaBoard *board)
{
  GPtrArray *elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  tela_board_foreach (board, collect, elements);

  return elements;
}

static int
compare_ids (gconstpointer a,
             gconstpointer b)
{
  return strcmp (tela_element_get_id (*(TelaElement *const *) a), tela_element_get_id (*(TelaElement *const *) b));
}

/* Of the board's own element only what the picture depends on: its name is not the file's. */
static void
digest_own (GChecksum         *checksum,
            const TelaElement *own)
{
  TelaValue value;

  if (tela_element_get (own, tela_key_intern (TELA_BOARD_APP_STATE, strlen (TELA_BOARD_APP_STATE)), &value, NULL) &&
      value.kind == TELA_VALUE_JSON)
    g_checksum_update (checksum, (const guchar *) value.as.string, (gssize) g_ref_string_length (value.as.string));
}

char *
tela_document_digest (GPtrArray *elements)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();

  g_ptr_array_extend (sorted, elements, NULL, NULL);
  g_ptr_array_sort (sorted, compare_ids);
  for (guint i = 0; i < sorted->len; i++)
    {
      const TelaElement *element = sorted->pdata[i];
      TelaJsonWriter     writer;

      if (strcmp (tela_element_get_id (element), TELA_BOARD_ELEMENT_ID) == 0)
        digest_own (checksum, element);
      else if (tela_element_is_visible (element))
        {
          g_string_truncate (text, 0);
          tela_json_writer_init (&writer, text, 0);
          tela_element_write_plain (element, &writer);
          g_checksum_update (checksum, (const guchar *) text->str, (gssize) text->len);
        }
    }

  return g_strdup (g_checksum_get_string (checksum));
}

static void
digest_in_thread (GTask        *task,
                  gpointer      source,
                  gpointer      data,
                  GCancellable *cancellable)
{
  g_task_return_pointer (task, tela_document_digest (data), g_free);
}

void
tela_document_digest_async (GPtrArray          *elements,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, tela_document_digest_async);
  g_task_set_task_data (task, g_ptr_array_ref (elements), (GDestroyNotify) g_ptr_array_unref);
  g_task_run_in_thread (task, digest_in_thread);
}

char *
tela_document_digest_finish (GAsyncResult *result,
                             GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
tela_document_base_path (const char *base_dir,
                         const char *sha256)
{
  return g_build_filename (base_dir, sha256, NULL);
}

/* Without the copy a later merge is coarser, so a failure is no reason to stop. */
void
tela_document_keep_base (const char *base_dir,
                         const char *sha256,
                         const char *text,
                         gsize       len)
{
  g_autofree char *base = tela_document_base_path (base_dir, sha256);

  g_mkdir_with_parents (base_dir, 0700);
  if (!g_file_test (base, G_FILE_TEST_EXISTS))
    g_file_set_contents (base, text, (gssize) len, NULL);
}

char *
tela_document_real_path (const char *path)
{
  char *real = realpath (path, NULL); /* the C library's own allocator */
  char *copy = g_strdup (real == NULL ? path : real);

  free (real);

  return copy;
}
