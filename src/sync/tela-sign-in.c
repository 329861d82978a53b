/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-sign-in.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

char *
tela_sign_in_path (const char *dir,
                   const char *scope)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, scope, -1);
  g_autofree char *name = g_strdup_printf ("%.16s.json", hash);

  return g_build_filename (dir, "sessions", name, NULL);
}

char *
tela_sign_in_read (const char *path)
{
  char *json = NULL;

  return g_file_get_contents (path, &json, NULL, NULL) ? json : NULL;
}

static void
make_dir (const char *path)
{
  g_autofree char *dir = g_path_get_dirname (path);

  g_mkdir_with_parents (dir, 0700);
}

/* A session that cannot be kept lasts as long as this process. */
void
tela_sign_in_write (const char *path,
                    const char *json)
{
  g_autoptr (GError) error = NULL;

  make_dir (path);
  if (*json == '\0')
    g_unlink (path);
  else if (!g_file_set_contents_full (path, json, -1, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                      &error))
    g_message ("The sign-in is not kept: %s", error->message);
}

gboolean
tela_sign_in_hold (const char *path,
                   int        *held)
{
  g_autofree char *lock = g_strconcat (path, ".lock", NULL);
  gboolean         is_taken = FALSE;

  make_dir (path);
  *held = open (lock, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (*held >= 0 && flock (*held, LOCK_EX | LOCK_NB) != 0)
    {
      is_taken = errno == EWOULDBLOCK;
      tela_sign_in_let_go (held);
    }
  return !is_taken;
}

void
tela_sign_in_let_go (int *held)
{
  if (*held >= 0)
    close (*held);
  *held = -1;
}
