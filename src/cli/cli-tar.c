/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "cli-tar.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BLOCK 512

struct _CliTar
{
  char *path;
  char *part; /* the name while it is written */
  FILE *file;
  guint n;
};

/* Fields of text or octal digits, as POSIX lays them out. */
typedef struct
{
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100];
  char magic[6], version[2], user[32], group[32], major[8], minor[8], prefix[155], pad[12];
} Header;

G_STATIC_ASSERT (sizeof (Header) == BLOCK);

static gboolean
fail (CliTar     *self,
      const char *path,
      GError    **error)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", path, g_strerror (code));
  return FALSE;
}

/* Long names are split at a slash. */
static gboolean
set_name (Header     *header,
          const char *name)
{
  gsize       len = strlen (name);
  const char *slash = len > sizeof header->name ? strchr (name + len - sizeof header->name - 1, '/') : NULL;

  if (len <= sizeof header->name)
    {
      memcpy (header->name, name, len);
      return TRUE;
    }
  if (slash == NULL || (gsize) (slash - name) > sizeof header->prefix)
    return FALSE;
  memcpy (header->prefix, name, (gsize) (slash - name));
  memcpy (header->name, slash + 1, strlen (slash + 1));
  return TRUE;
}

static gboolean
write_header (CliTar         *self,
              const char     *name,
              const GStatBuf *info,
              GError        **error)
{
  Header header = { 0 };
  guint  sum = 0;

  if (!set_name (&header, name) || info->st_size >= (goffset) 1 << 33)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FILENAME_TOO_LONG, "%s: too long for an archive", name);
      return FALSE;
    }
  g_snprintf (header.mode, sizeof header.mode, "%07o", 0600u);
  g_snprintf (header.uid, sizeof header.uid, "%07o", 0u);
  g_snprintf (header.gid, sizeof header.gid, "%07o", 0u);
  g_snprintf (header.size, sizeof header.size, "%011" G_GINT64_MODIFIER "o", (guint64) info->st_size);
  g_snprintf (header.mtime, sizeof header.mtime, "%011" G_GINT64_MODIFIER "o", (guint64) info->st_mtime);
  header.type = '0';
  memcpy (header.magic, "ustar", 6);
  memcpy (header.version, "00", 2);
  memset (header.checksum, ' ', sizeof header.checksum);
  for (gsize i = 0; i < sizeof header; i++)
    sum += ((const guint8 *) &header)[i];
  g_snprintf (header.checksum, sizeof header.checksum, "%06o", sum);
  return fwrite (&header, sizeof header, 1, self->file) == 1 || fail (self, self->part, error);
}

/* Exactly @size bytes, which is what the header says, and up to the end of the block. */
static gboolean
write_body (CliTar     *self,
            const char *from,
            FILE       *file,
            goffset     size,
            GError    **error)
{
  static const char zeros[BLOCK];
  char              buffer[64 * 1024];

  for (goffset left = size; left > 0;)
    {
      gsize n = fread (buffer, 1, (gsize) MIN (left, (goffset) sizeof buffer), file);

      if (n == 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT, "%s: became shorter meanwhile", from);
          return FALSE;
        }
      if (fwrite (buffer, 1, n, self->file) != n)
        return fail (self, self->part, error);
      left -= (goffset) n;
    }
  size %= BLOCK;
  return size == 0 || fwrite (zeros, (gsize) (BLOCK - size), 1, self->file) == 1 || fail (self, self->part, error);
}

gboolean
cli_tar_add (CliTar     *self,
             const char *name,
             const char *from,
             GError    **error)
{
  FILE    *file = g_fopen (from, "rbe");
  GStatBuf info;
  gboolean ok;

  if (file == NULL || fstat (fileno (file), &info) != 0)
    {
      fail (self, from, error);
      g_clear_pointer (&file, fclose);
      return FALSE;
    }
  ok = write_header (self, name, &info, error) && write_body (self, from, file, info.st_size, error);
  fclose (file);
  self->n++;
  return ok;
}

CliTar *
cli_tar_new (const char *path,
             GError    **error)
{
  g_autoptr (CliTar) self = g_new0 (CliTar, 1);
  int fd;

  self->path = g_strdup (path);
  self->part = g_strconcat (path, ".part", NULL);
  g_unlink (self->part); /* keys go into it: neither one that others may read nor where a link leads */
  fd = g_open (self->part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  self->file = fd >= 0 ? fdopen (fd, "wb") : NULL;
  if (self->file == NULL)
    {
      fail (self, self->part, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

gboolean
cli_tar_close (CliTar  *self,
               GError **error)
{
  static const char zeros[2 * BLOCK];
  gboolean          ok = fwrite (zeros, sizeof zeros, 1, self->file) == 1 && fflush (self->file) == 0 &&
                fsync (fileno (self->file)) == 0;

  if (!ok)
    return fail (self, self->part, error);
  g_clear_pointer (&self->file, fclose);
  return g_rename (self->part, self->path) == 0 || fail (self, self->path, error);
}

guint
cli_tar_count (CliTar *self)
{
  return self->n;
}

void
cli_tar_free (CliTar *self)
{
  if (self->file != NULL)
    {
      fclose (self->file);
      g_unlink (self->part);
    }
  g_free (self->part);
  g_free (self->path);
  g_free (self);
}
