/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-host-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "tela-lock.h"
#include "tela-store.h"

#define PREFIX "replica-"
#define MAX_REPLICAS 1000

static int
lock_dir (const char *dir,
          GError    **error)
{
  g_autofree char *path = g_build_filename (dir, "lock", NULL);

  return tela_lock_take (path, error);
}

char *
tela_replica_dir_take (const char *data_dir,
                       int        *fd,
                       GError    **error)
{
  for (guint n = 1; n <= MAX_REPLICAS; n++)
    {
      g_autofree char *name = g_strdup_printf (PREFIX "%u", n);
      g_autofree char *dir = g_build_filename (data_dir, name, NULL);
      g_autoptr (GError) problem = NULL;

      if (!tela_lock_make_dir (dir, error))
        return NULL;

      *fd = lock_dir (dir, &problem);
      if (*fd >= 0)
        return g_steal_pointer (&dir);
      if (!g_error_matches (problem, G_IO_ERROR, G_IO_ERROR_BUSY))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return NULL;
        }
    }

  /* Translators: a directory, and how many copies of the data there may be */
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _ ("%s: all %d replicas are in use"), data_dir, MAX_REPLICAS);

  return NULL;
}

/* Drafts that a killed process left become edits first, so that they are sent as well. */
static gboolean
has_unsent_edits (const char *dir)
{
  g_autoptr (TelaStore) store = NULL;
  g_autoptr (GPtrArray) boards = NULL;

  store = tela_store_open (dir, NULL);
  if (store == NULL)
    return FALSE;

  tela_store_finish_drafts (store, NULL, NULL);
  boards = tela_store_list_waiting (store, NULL);
  tela_store_close (store);

  return boards != NULL && boards->len > 0;
}

/* Changes whenever somebody has written there. NULL: there is no database. */
static char *
describe_files (const char *dir)
{
  g_autofree char *database = g_build_filename (dir, "store.db", NULL);
  g_autofree char *log = g_build_filename (dir, "store.db-wal", NULL);
  GStatBuf         of_database, of_log = { 0 };

  if (g_stat (database, &of_database) != 0)
    return NULL;
  if (g_stat (log, &of_log) != 0)
    of_log = (GStatBuf){ 0 };

  return g_strdup_printf ("%" G_GINT64_FORMAT ".%09ld %" G_GINT64_FORMAT " %" G_GINT64_FORMAT ".%09ld %" G_GINT64_FORMAT,
                          (gint64) of_database.st_mtim.tv_sec, of_database.st_mtim.tv_nsec, (gint64) of_database.st_size,
                          (gint64) of_log.st_mtim.tv_sec, of_log.st_mtim.tv_nsec, (gint64) of_log.st_size);
}

GPtrArray *
tela_replica_dir_claim (const char *data_dir,
                        const char *own,
                        GArray     *locks,
                        GHashTable *left_empty)
{
  g_autoptr (GDir) entries = g_dir_open (data_dir, 0, NULL);
  GPtrArray  *claimed = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *dir = g_build_filename (data_dir, name, NULL);
      g_autofree char *files = NULL;
      int              fd;

      if (!g_str_has_prefix (name, PREFIX) || g_strcmp0 (dir, own) == 0)
        continue;
      files = describe_files (dir);
      if (files == NULL || g_strcmp0 (files, g_hash_table_lookup (left_empty, dir)) == 0)
        continue;

      fd = lock_dir (dir, NULL);
      if (fd < 0)
        continue;
      if (has_unsent_edits (dir))
        {
          g_array_append_val (locks, fd);
          g_ptr_array_add (claimed, g_steal_pointer (&dir));
          continue;
        }
      files = (g_free (files), describe_files (dir));
      g_hash_table_replace (left_empty, g_steal_pointer (&dir), g_steal_pointer (&files));
      tela_lock_release (&fd);
    }

  return claimed;
}
