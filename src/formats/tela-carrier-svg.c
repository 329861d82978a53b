/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

#include <glib/gi18n-lib.h>

#define START "<!-- payload-start -->"
#define END "<!-- payload-end -->"
#define VERSION "<!-- payload-version:"
#define LOOK_AHEAD (64 * 1024) /* a prologue may have comments and a document type */

static const char *
find (const char *data,
      const char *end,
      const char *needle)
{
  return memmem (data, (gsize) (end - data), needle, strlen (needle));
}

/* The start of the element <svg, also with a prefix. */
const char *
tela_svg_find_root (const char *data,
                    gsize       len)
{
  const char *end = data + MIN (len, LOOK_AHEAD), *at = data;

  while ((at = find (at, end, "svg")) != NULL)
    {
      const char *name = at;

      while (name > data && (g_ascii_isalnum (name[-1]) || name[-1] == ':'))
        name--;
      if (name > data && name[-1] == '<' && (name == at || at[-1] == ':') && at + 3 < end &&
          (g_ascii_isspace (at[3]) || at[3] == '>' || at[3] == '/'))
        return name - 1;
      at += 3;
    }
  return NULL;
}

gboolean
tela_svg_is (const char *data,
             gsize       len)
{
  gsize i = len >= 3 && memcmp (data, "\357\273\277", 3) == 0 ? 3 : 0;

  while (i < len && g_ascii_isspace (data[i]))
    i++;
  return i < len && data[i] == '<' && tela_svg_find_root (data, len) != NULL;
}

/* Base64 with white space about it; NULL if it is anything else. */
static guchar *
decode_base64 (const char *data,
               gsize       len,
               gsize      *out_len)
{
  g_autofree char *text = g_strndup (data, len);

  g_strstrip (text);
  if (strspn (text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=\r\n ") != strlen (text))
    return NULL;
  return g_base64_decode (text, out_len);
}

char *
tela_svg_find_scene (const char         *svg,
                     gsize               len,
                     gsize              *scene_len,
                     TelaCarrierVersion *version,
                     GError            **error)
{
  const char        *end = svg + len, *start = find (svg, end, START), *stop, *comment;
  g_autofree guchar *bytes = NULL;
  gsize              n = 0;
  gboolean           latin1;

  if (start == NULL)
    return NULL;
  comment = find (svg, start, VERSION);
  latin1 = comment != NULL && comment + strlen (VERSION) < start && comment[strlen (VERSION)] != '1';
  start += strlen (START);
  stop = find (start, end, END);
  if (stop != NULL)
    bytes = decode_base64 (start, (gsize) (stop - start), &n);
  if (bytes == NULL || n == 0)
    {
      g_set_error (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID,
                   stop == NULL ? _ ("SVG: the embedded drawing at byte %lu is cut short")
                                : _ ("SVG: the embedded drawing at byte %lu is not base64"),
                   (gulong) (start - svg));
      return NULL;
    }
  return tela_carrier_decode ((const char *) bytes, n, latin1, scene_len, version, error);
}

/* Behind the start tag of the root. */
static const char *
find_inside (const char *svg,
             gsize       len)
{
  const char *at = tela_svg_find_root (svg, len), *end = svg + len;
  char        quote = '\0';

  for (; at != NULL && at < end; at++)
    if (quote != '\0')
      quote = *at == quote ? '\0' : quote;
    else if (*at == '"' || *at == '\'')
      quote = *at;
    else if (*at == '>')
      return at[-1] != '/' ? at + 1 : NULL;
  return NULL;
}

char *
tela_svg_embed_scene (const char        *svg,
                      gsize              svg_len,
                      const char        *scene,
                      gsize              scene_len,
                      TelaCarrierVersion version,
                      gsize             *len,
                      GError           **error)
{
  const char *inside = find_inside (svg, svg_len);
  g_autoptr (GString) payload = NULL;
  g_autofree char *base64 = NULL;
  GString         *out;

  if (inside == NULL || find (svg, svg + svg_len, START) != NULL)
    {
      g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID,
                           inside == NULL ? _ ("SVG: no picture to embed a drawing in")
                                          : _ ("SVG: it has an embedded drawing already"));
      return NULL;
    }
  payload = tela_carrier_encode (scene, scene_len, version);
  base64 = g_base64_encode ((const guchar *) payload->str, payload->len);
  out = g_string_new_len (svg, (gssize) (inside - svg));
  g_string_append (out, "\n  <!-- svg-source:excalidraw -->\n  <!-- payload-type:" TELA_CARRIER_TYPE " -->");
  g_string_append_printf (out, VERSION "%d -->" START, (int) version);
  g_string_append (out, base64);
  g_string_append (out, END "\n");
  g_string_append_len (out, inside, (gssize) (svg + svg_len - inside));
  *len = out->len;
  return g_string_free (out, FALSE);
}
