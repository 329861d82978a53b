/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-document-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define NEW_FILE_MODE 0666 /* less the user's mask */

static gboolean
fail (GError    **error,
      const char *path,
      int         code)
{
  g_autofree char *name = tela_document_dup_quotable (path);

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", name, g_strerror (code));

  return FALSE;
}

static gboolean
write_all (int         fd,
           const char *text,
           gsize       len)
{
  while (len > 0)
    {
      gssize n = write (fd, text, MIN (len, 1u << 30));

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return FALSE;
      text += n;
      len -= (gsize) n;
    }

  return TRUE;
}

/* The new name is as good as the content only when the directory is on disk too. */
static void
sync_directory (const char *dir)
{
  int fd = g_open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

/* A file that is there keeps mode and owner, as far as that is allowed. */
static gboolean
write_beside (int             fd,
              const GStatBuf *old,
              const char     *text,
              gsize           len)
{
  gboolean ok = write_all (fd, text, len);

  if (ok && old != NULL)
    ok = (fchown (fd, old->st_uid, old->st_gid) == 0 || errno == EPERM) && fchmod (fd, old->st_mode & 07777) == 0;
  ok = ok && fsync (fd) == 0;
  if (close (fd) != 0)
    ok = FALSE;

  return ok;
}

gboolean
tela_document_replace (const char *path,
                       const char *text,
                       gsize       len,
                       GError    **error)
{
  g_autofree char *dir = g_path_get_dirname (path);
  /* Short: the file's own name may be as long as a name can be. */
  g_autofree char *temporary = g_build_filename (dir, ".tela-XXXXXX", NULL);
  GStatBuf         old;
  gboolean         is_old = g_stat (path, &old) == 0;
  int              fd, code;

  if (is_old && ((old.st_mode & 0222) == 0 || g_access (path, W_OK) != 0))
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_READ_ONLY, _ ("The file may only be read."));
      return FALSE;
    }
  fd = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, NEW_FILE_MODE);
  if (fd < 0)
    return fail (error, dir, errno);
  if (write_beside (fd, is_old ? &old : NULL, text, len) && g_rename (temporary, path) == 0)
    {
      sync_directory (dir);
      return TRUE;
    }

  code = errno;
  g_unlink (temporary);

  return fail (error, path, code);
}
