/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

#include "tela-library.h"

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
    return name_error (error, TELA_FORMAT_ERROR_INVALID, path, _ ("not a regular file"));
  if (info.st_size > TELA_JSON_MAX_BYTES)
    return name_error (error, TELA_FORMAT_ERROR_TOO_LARGE, path, _ ("the file is larger than 256 MB"));
  return TRUE;
}

/* What the picture carries, else the picture. */
static TelaImport *
read_picture (const char *data,
              gsize       len,
              TelaStamp   stamp,
              TelaBoard  *board,
              const char *name,
              GError    **error)
{
  g_autoptr (GError) problem = NULL;
  gsize              scene_len = 0;
  g_autofree char   *scene = NULL;
  TelaForm           form = tela_png_is (data, len) ? TELA_FORM_PNG : TELA_FORM_SVG;
  TelaCarrierVersion version;

  if (form == TELA_FORM_PNG)
    scene = tela_png_find_scene (data, len, &scene_len, &version, &problem);
  else if (tela_svg_is (data, len))
    scene = tela_svg_find_scene (data, len, &scene_len, &version, &problem);
  if (scene != NULL)
    {
      TelaImport *import = tela_excalidraw_read (scene, scene_len, stamp, board, name, error);

      if (import != NULL)
        {
          import->form = form;
          import->version = version;
        }
      return import;
    }
  if (problem == NULL)
    return tela_picture_read (data, len, stamp, board, name, error);
  g_propagate_error (error, g_steal_pointer (&problem));
  return NULL;
}

/* Does it begin as text of JSON does? */
static gboolean
is_json (const char *data,
         gsize       len)
{
  gsize i = len >= 3 && memcmp (data, "\357\273\277", 3) == 0 ? 3 : 0;

  while (i < len && strchr (" \t\r\n", data[i]) != NULL && data[i] != '\0')
    i++;
  return i == len || data[i] == '{' || data[i] == '[' || data[i] == '\0';
}

typedef TelaImport *(*ReadFunc) (
    const char *data, gsize len, TelaStamp stamp, TelaBoard *board, const char *name, GError **error);

/* What kind the first telling member of the root makes it. */
static ReadFunc
choose_json (const char *data,
             gsize       len)
{
  TelaJsonReader reader;
  TelaJsonSpan   name, value;
  gsize          skip = len >= 3 && memcmp (data, "\357\273\277", 3) == 0 ? 3 : 0;

  tela_json_reader_init (&reader, data + skip, (gssize) (len - skip));
  if (!tela_json_reader_enter_object (&reader))
    return tela_excalidraw_read;
  while (tela_json_reader_next_member (&reader, &name))
    {
      if (tela_span_is_name (name, "tldrawFileFormatVersion"))
        return tela_tldr_read;
      if (!tela_json_reader_span (&reader, &value))
        break;
      if (tela_span_is_name (name, "document") && value.data[0] == '{')
        return tela_tldr_read; /* of its first version */
      if (tela_span_is_name (name, "libraryItems") || tela_span_is_name (name, "library") ||
          TELA_JSON_SPAN_IS (value, "\"excalidrawlib\""))
        return tela_library_read_as_board;
      if (tela_span_is_name (name, "type") && TELA_JSON_SPAN_IS (value, "\"tela\""))
        return tela_tela_read;
      if (tela_span_is_name (name, "type"))
        break;
    }
  return tela_excalidraw_read;
}

static gboolean
is_gzip (const char *data,
         gsize       len)
{
  return len >= 2 && (guchar) data[0] == 0x1f && (guchar) data[1] == 0x8b;
}

static TelaImport *
read_text (const char *data,
           gsize       len,
           TelaStamp   stamp,
           TelaBoard  *board,
           const char *name,
           GError    **error)
{
  if (is_json (data, len))
    {
      ReadFunc    read = choose_json (data, len);
      TelaImport *import = read (data, len, stamp, board, name, error);

      if (import != NULL && read == tela_excalidraw_read)
        import->form = TELA_FORM_EXCALIDRAW;
      else if (import != NULL && read == tela_tela_read)
        import->form = TELA_FORM_TELA;
      return import;
    }
  if (tela_xopp_is (data, len))
    return tela_xopp_read (data, len, stamp, board, name, error);
  g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_UNKNOWN, _ ("not a format that is known here"));
  return NULL;
}

TelaImport *
tela_format_read (const char *data,
                  gsize       len,
                  TelaStamp   stamp,
                  TelaBoard  *board,
                  const char *name,
                  GError    **error)
{
  g_autofree char *unpacked = NULL;
  gsize            n;

  if (g_str_has_prefix (tela_media_guess_type (data, len), "image/"))
    return read_picture (data, len, stamp, board, name, error);
  if (!is_gzip (data, len))
    return read_text (data, len, stamp, board, name, error);
  unpacked = tela_zlib_inflate (data, len, &n, error);
  return unpacked != NULL ? read_text (unpacked, n, stamp, board, name, error) : NULL;
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
    name_error (error, TELA_FORMAT_ERROR_INVALID, path, _ ("the file is empty"));
  else if ((import = tela_format_read (data, len, stamp, board, name, &problem)) == NULL)
    name_error (error, problem->code, path, problem->message);
  return import;
}
