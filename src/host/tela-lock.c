/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <sys/file.h>
#include <unistd.h>

static void
set_error (GError    **error,
           const char *path,
           int         number)
{
  g_set_error (error, G_IO_ERROR, number == EWOULDBLOCK ? G_IO_ERROR_BUSY : g_io_error_from_errno (number), "%s: %s",
               path, number == EWOULDBLOCK ? _ ("in use by another program") : g_strerror (number));
}

/* flock() and not a process id: sandboxes have their own ids, and the kernel frees the lock of whoever dies. */
int
tela_lock_take (const char *path,
                GError    **error)
{
  int fd, saved;

  fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0 && flock (fd, LOCK_EX | LOCK_NB) == 0)
    return fd;

  saved = errno;
  tela_lock_release (&fd);
  set_error (error, path, saved);

  return -1;
}

void
tela_lock_release (int *fd)
{
  if (*fd >= 0)
    close (*fd);
  *fd = -1;
}

gboolean
tela_lock_make_dir (const char *dir,
                    GError    **error)
{
  if (g_mkdir_with_parents (dir, 0700) == 0)
    return TRUE;

  set_error (error, dir, errno);

  return FALSE;
}
