/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-store.h"

#include "tela-store-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define HASH_LENGTH 64

static char *
asset_dir (TelaStore  *self,
           const char *sha256)
{
  const char prefix[] = { sha256[0], sha256[1], '\0' };

  return g_build_filename (tela_store_get_dir (self), "assets", prefix, NULL);
}

static void
set_file_error (GError    **error,
                const char *path,
                int         number)
{
  TelaStoreError code;

  switch (number)
    {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
      code = TELA_STORE_ERROR_FULL;
      break;
    case EROFS:
    case EACCES:
    case EPERM:
      code = TELA_STORE_ERROR_READ_ONLY;
      break;
    default:
      code = TELA_STORE_ERROR_FAILED;
      break;
    }
  g_set_error (error, TELA_STORE_ERROR, code, "%s: %s", path, g_strerror (number));
}

/* 0, or an errno. */
static int
write_fully (int     fd,
             GBytes *bytes)
{
  gsize       left;
  const char *data = g_bytes_get_data (bytes, &left);

  while (left > 0)
    {
      gssize written = write (fd, data, left);

      if (written < 0 && errno != EINTR)
        return errno;
      if (written > 0)
        {
          data += written;
          left -= (gsize) written;
        }
    }

  return fsync (fd) == 0 ? 0 : errno;
}

/* The name itself is safe only when its directory is. */
static int
sync_dir (const char *dir)
{
  int fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), failure;

  if (fd < 0)
    return errno;
  failure = fsync (fd) == 0 ? 0 : errno;
  close (fd);

  return failure;
}

static int
write_atomically (const char *dir,
                  const char *path,
                  GBytes     *bytes)
{
  g_autofree char *temporary = g_build_filename (dir, ".new-XXXXXX", NULL);
  int              fd, failure;

  if (g_mkdir_with_parents (dir, 0700) != 0)
    return errno;
  fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (fd < 0)
    return errno;

  failure = write_fully (fd, bytes);
  if (close (fd) != 0 && failure == 0)
    failure = errno;
  if (failure == 0 && g_rename (temporary, path) != 0)
    failure = errno;
  if (failure != 0)
    g_unlink (temporary);

  return failure != 0 ? failure : sync_dir (dir);
}

char *
tela_store_put_asset (TelaStore *self,
                      GBytes    *bytes,
                      GError   **error)
{
  g_autofree char *sha256 = NULL, *dir = NULL, *path = NULL;
  g_autoptr (GBytes) known = NULL;
  int failure;

  g_return_val_if_fail (TELA_IS_STORE (self), NULL);
  g_return_val_if_fail (bytes != NULL, NULL);

  sha256 = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  known = tela_store_get_asset (self, sha256, NULL);
  if (known != NULL)
    return g_steal_pointer (&sha256);

  dir = asset_dir (self, sha256);
  path = g_build_filename (dir, sha256, NULL);
  failure = write_atomically (dir, path, bytes);
  if (failure == 0)
    return g_steal_pointer (&sha256);

  set_file_error (error, path, failure);

  return NULL;
}

/* What is damaged is as good as not there: it can be fetched again. (transfer full) */
static GBytes *
read_checked (const char *path,
              const char *sha256,
              GError    **error)
{
  g_autofree char *found = NULL;
  g_autoptr (GBytes) bytes = NULL;
  char *contents;
  gsize len;

  if (!g_file_get_contents (path, &contents, &len, NULL))
    {
      g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_NOT_FOUND, _ ("No asset %s"), sha256);
      return NULL;
    }

  bytes = g_bytes_new_take (contents, len);
  found = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  if (strcmp (found, sha256) != 0)
    {
      g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_CORRUPT, _ ("Asset %s is damaged"), sha256);
      return NULL;
    }

  return g_steal_pointer (&bytes);
}

GBytes *
tela_store_get_asset (TelaStore  *self,
                      const char *sha256,
                      GError    **error)
{
  g_autofree char *dir = NULL, *path = NULL;

  g_return_val_if_fail (TELA_IS_STORE (self), NULL);
  g_return_val_if_fail (sha256 != NULL, NULL);

  if (strlen (sha256) != HASH_LENGTH || strspn (sha256, "0123456789abcdef") != HASH_LENGTH)
    {
      g_set_error (error, TELA_STORE_ERROR, TELA_STORE_ERROR_NOT_FOUND, _ ("“%s” is not the hash of an asset"), sha256);
      return NULL;
    }

  dir = asset_dir (self, sha256);
  path = g_build_filename (dir, sha256, NULL);

  return read_checked (path, sha256, error);
}

static char *
thumbnail_dir (TelaStore *self)
{
  return g_build_filename (tela_store_get_dir (self), "thumbnails", NULL);
}

char *
tela_store_put_thumbnail (TelaStore  *self,
                          const char *project_id,
                          GBytes     *bytes,
                          GError    **error)
{
  g_autofree char *dir = NULL, *path = NULL;
  int              failure;

  g_return_val_if_fail (TELA_IS_STORE (self), NULL);
  g_return_val_if_fail (g_uuid_string_is_valid (project_id), NULL);
  g_return_val_if_fail (bytes != NULL, NULL);

  dir = thumbnail_dir (self);
  path = g_build_filename (dir, project_id, NULL);
  failure = write_atomically (dir, path, bytes);
  if (failure == 0)
    return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);

  set_file_error (error, path, failure);

  return NULL;
}

GBytes *
tela_store_get_thumbnail (TelaStore  *self,
                          const char *project_id,
                          const char *sha256,
                          GError    **error)
{
  g_autofree char *dir = NULL, *path = NULL;

  g_return_val_if_fail (TELA_IS_STORE (self), NULL);
  g_return_val_if_fail (g_uuid_string_is_valid (project_id), NULL);
  g_return_val_if_fail (sha256 != NULL, NULL);

  dir = thumbnail_dir (self);
  path = g_build_filename (dir, project_id, NULL);

  return read_checked (path, sha256, error);
}

void
tela_store_drop_thumbnail (TelaStore  *self,
                           const char *project_id)
{
  g_autofree char *dir = NULL, *path = NULL;

  g_return_if_fail (TELA_IS_STORE (self));
  g_return_if_fail (g_uuid_string_is_valid (project_id));

  dir = thumbnail_dir (self);
  path = g_build_filename (dir, project_id, NULL);
  g_unlink (path);
}
