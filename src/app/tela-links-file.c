/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-links-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "tela-document-private.h"

/* A link a line: project, SHA-256 of the file, digest of the board, address of the file, how it is written: ending, payload
 * version, scale, 1 if transparent, 1 if dark. */
#define FILE_NAME "file-links"
#define LOCK_NAME "file-links.lock"

TelaLink *
tela_link_copy (const TelaLink *self)
{
  TelaLink *copy = g_new (TelaLink, 1);

  *copy = *self;
  copy->path = g_strdup (self->path);
  copy->sha256 = g_strdup (self->sha256);
  copy->content = g_strdup (self->content);

  return copy;
}

void
tela_link_free (TelaLink *self)
{
  g_free (self->path);
  g_free (self->sha256);
  g_free (self->content);
  g_free (self);
}

static void
write_line (GString        *text,
            const char     *project_id,
            const TelaLink *link)
{
  g_autofree char *uri = g_filename_to_uri (link->path, NULL, NULL);

  if (uri != NULL)
    g_string_append_printf (text, "%s %s %s %s %s %d %d %d %d\n", project_id, link->sha256, link->content, uri,
                            tela_export_get_suffix (link->options.format), (int) link->options.version,
                            (int) link->options.scale, link->options.is_transparent, link->options.is_dark);
}

gboolean
tela_link_equal (const TelaLink *a,
                 const TelaLink *b)
{
  g_autoptr (GString) one = g_string_new (NULL);
  g_autoptr (GString) other = g_string_new (NULL);

  if (a == NULL || b == NULL)
    return a == b;
  write_line (one, "", a);
  write_line (other, "", b);

  return g_string_equal (one, other);
}

static void
read_line (GHashTable *links,
           const char *line)
{
  g_auto (GStrv) fields = g_strsplit (line, " ", -1);
  g_autofree char *path = NULL;
  TelaLink         link = { NULL };

  if (g_strv_length (fields) != 9)
    return;
  path = g_filename_from_uri (fields[3], NULL, NULL);
  if (path == NULL || !tela_export_choose (fields[4], &link.options))
    return;

  link.path = path;
  link.sha256 = fields[1];
  link.content = fields[2];
  link.options.version = (TelaCarrierVersion) atoi (fields[5]);
  link.options.scale = atoi (fields[6]);
  link.options.is_transparent = atoi (fields[7]) != 0;
  link.options.is_dark = atoi (fields[8]) != 0;
  g_hash_table_replace (links, g_strdup (fields[0]), tela_link_copy (&link));
}

char *
tela_links_file_dup_path (const char *dir)
{
  return g_build_filename (dir, FILE_NAME, NULL);
}

GHashTable *
tela_links_table_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) tela_link_free);
}

GHashTable *
tela_links_file_read (const char *dir)
{
  g_autoptr (GHashTable) links = tela_links_table_new ();
  g_autofree char *path = tela_links_file_dup_path (dir);
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, &error) &&
      !g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return NULL;

  lines = g_strsplit (text == NULL ? "" : text, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    read_line (links, lines[i]);

  return g_steal_pointer (&links);
}

typedef struct
{
  const char *project_id;
  const char *path;
} Claim;

static gboolean
is_displaced (gpointer project_id,
              gpointer link,
              gpointer user_data)
{
  const Claim *claim = user_data;

  return strcmp (project_id, claim->project_id) != 0 && strcmp (((TelaLink *) link)->path, claim->path) == 0;
}

gboolean
tela_links_table_change (GHashTable     *links,
                         const char     *project_id,
                         const TelaLink *link)
{
  Claim claim = { project_id };

  if (link == NULL)
    return g_hash_table_remove (links, project_id);

  claim.path = link->path;
  g_hash_table_foreach_remove (links, is_displaced, &claim);
  g_hash_table_replace (links, g_strdup (project_id), tela_link_copy (link));

  return TRUE;
}

/* A lock of the open file and not of the process, so that two windows of one process keep each other out as well. It goes with
 * the process, however that ends. */
static int
lock (const char *dir,
      guint64     at,
      int         command)
{
  const struct flock range = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t) at, .l_len = 1 };
  g_autofree char   *path = g_build_filename (dir, LOCK_NAME, NULL);
  int                fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  int                result, reason;

  if (fd < 0)
    return -1;
  do
    result = fcntl (fd, command, &range);
  while (result < 0 && errno == EINTR);
  if (result == 0)
    return fd;

  reason = errno;
  close (fd);
  errno = reason == EACCES ? EAGAIN : reason;

  return -1;
}

void
tela_links_file_change (const char     *dir,
                        const char     *project_id,
                        const TelaLink *link)
{
  int fd = lock (dir, 0, F_OFD_SETLKW);
  g_autoptr (GHashTable) links = tela_links_file_read (dir);
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = tela_links_file_dup_path (dir);
  GHashTableIter   iter;
  gpointer         key, value;

  if (links != NULL && tela_links_table_change (links, project_id, link))
    {
      g_hash_table_iter_init (&iter, links);
      while (g_hash_table_iter_next (&iter, &key, &value))
        write_line (text, key, value);
      tela_document_replace (path, text->str, text->len, NULL);
    }
  if (fd >= 0)
    close (fd);
}

/* Each path has a byte of the lock's own; two that share one wait for each other, which does no harm. */
int
tela_links_file_hold (const char *dir,
                      const char *path)
{
  return lock (dir, 1 + (guint64) g_str_hash (path), F_OFD_SETLK);
}
