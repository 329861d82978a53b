/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats.h"

#include <glib/gstdio.h>

static gboolean
name_error (GError    **error,
            int         code,
            const char *path,
            const char *reason)
{
  g_autofree char *shown = g_filename_display_name (path);

  g_set_error (error, TELA_FORMAT_ERROR, code, "%s: %s", shown, reason);
  return FALSE;
}

/* A device or pipe has no size to look at first. */
static gboolean
check_size (const char *path,
            GError    **error)
{
  GStatBuf info;

  if (g_stat (path, &info) != 0)
    return name_error (error, TELA_FORMAT_ERROR_INVALID, path, g_strerror (errno));
  if (!S_ISREG (info.st_mode))
    return name_error (error, TELA_FORMAT_ERROR_INVALID, path, "not a regular file");
  if (info.st_size > TELA_JSON_MAX_BYTES)
    return name_error (error, TELA_FORMAT_ERROR_TOO_LARGE, path, "the file is larger than 256 MB");
  return TRUE;
}

/* Does it begin as text of JSON does? */
static gboolean
is_known (const char *data,
          gsize       len)
{
  if (len >= 3 && memcmp (data, "\357\273\277", 3) == 0)
    data += 3;
  data += strspn (data, " \t\r\n");
  return *data == '{' || *data == '[' || *data == '\0';
}

TelaImport *
tela_format_read_file (const char *path,
                       TelaStamp   stamp,
                       TelaBoard  *board,
                       const char *name,
                       GError    **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *data = NULL;
  TelaImport      *import = NULL;
  gsize            len;

  if (!check_size (path, error))
    return NULL;
  if (!g_file_get_contents (path, &data, &len, &problem))
    name_error (error, TELA_FORMAT_ERROR_INVALID, path, problem->message);
  else if (len == 0)
    name_error (error, TELA_FORMAT_ERROR_INVALID, path, "the file is empty");
  else if (!is_known (data, len))
    name_error (error, TELA_FORMAT_ERROR_UNKNOWN, path, "not a format that is known here");
  else if ((import = tela_excalidraw_read (data, len, stamp, board, name, &problem)) == NULL)
    name_error (error, problem->code, path, problem->message);
  return import;
}
