/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"

#define SVG_LOOK_AHEAD (64 * 1024)

const char *
tela_media_guess_type (gconstpointer bytes,
                       gsize         n)
{
  const char *data = bytes;

  if (tela_png_is (data, n))
    return "image/png";
  if (n >= 3 && memcmp (data, "\377\330\377", 3) == 0)
    return "image/jpeg";
  if (n >= 6 && memcmp (data, "GIF8", 4) == 0)
    return "image/gif";
  if (n >= 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return "image/webp";
  if (n >= 2 && data[0] == 'B' && data[1] == 'M')
    return "image/bmp";
  if (tela_svg_is (data, n))
    return "image/svg+xml";
  return "application/octet-stream";
}

static guint
get_le (const guchar *p,
        guint         n)
{
  guint value = 0;

  for (guint i = n; i > 0; i--)
    value = value << 8 | p[i - 1];
  return value;
}

static guint
get_be (const guchar *p,
        guint         n)
{
  guint value = 0;

  for (guint i = 0; i < n; i++)
    value = value << 8 | p[i];
  return value;
}

/* A number of a TIFF directory, in its order of bytes. */
static guint
get_tiff (const guchar *p,
          guint         n,
          gboolean      is_little)
{
  return is_little ? get_le (p, n) : get_be (p, n);
}

/* Whether a camera that was held upright says that its picture lies on its side. @p: a segment of Exif. */
static gboolean
is_on_its_side (const guchar *p,
                gsize         n)
{
  gboolean is_little;
  gsize    at;
  guint    n_entries;

  if (n < 14 || memcmp (p, "Exif\0\0", 6) != 0)
    return FALSE;
  p += 6;
  n -= 6;
  is_little = p[0] == 'I';
  at = get_tiff (p + 4, 4, is_little);
  if (at > n || n - at < 2)
    return FALSE;
  n_entries = get_tiff (p + at, 2, is_little);
  for (at += 2; n_entries > 0 && n >= 12 && at <= n - 12; at += 12, n_entries--)
    if (get_tiff (p + at, 2, is_little) == 0x0112)
      {
        guint orientation = get_tiff (p + at + 8, 2, is_little);

        return orientation >= 5 && orientation <= 8;
      }
  return FALSE;
}

/* The first frame header says it. */
static gboolean
measure_jpeg (const guchar *p,
              gsize         n,
              double       *width,
              double       *height)
{
  gboolean turned = FALSE;
  gsize    at = 2;

  while (at + 9 <= n && p[at] == 0xff)
    {
      guchar marker = p[at + 1];

      if (marker == 0xff)
        {
          at++; /* padding */
          continue;
        }
      if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
        {
          *(turned ? width : height) = get_be (p + at + 5, 2);
          *(turned ? height : width) = get_be (p + at + 7, 2);
          return TRUE;
        }
      if (marker == 0xe1)
        turned |= is_on_its_side (p + at + 4, MIN (n - at - 4, get_be (p + at + 2, 2)));
      at += 2 + get_be (p + at + 2, 2);
    }
  return FALSE;
}

static gboolean
measure_webp (const guchar *p,
              gsize         n,
              double       *width,
              double       *height)
{
  if (n < 30)
    return FALSE;
  if (memcmp (p + 12, "VP8X", 4) == 0)
    {
      *width = 1 + get_le (p + 24, 3);
      *height = 1 + get_le (p + 27, 3);
    }
  else if (memcmp (p + 12, "VP8L", 4) == 0)
    {
      guint bits = get_le (p + 21, 4);

      *width = 1 + (bits & 0x3fff);
      *height = 1 + ((bits >> 14) & 0x3fff);
    }
  else
    {
      *width = get_le (p + 26, 2) & 0x3fff;
      *height = get_le (p + 28, 2) & 0x3fff;
    }
  return TRUE;
}

/* The value of an attribute in the start tag @tag. (transfer full) */
static char *
get_attribute (const char *tag,
               const char *name)
{
  g_autofree char *pattern = g_strdup_printf ("\\s%s\\s*=\\s*([\"'])([^\"']*)\\1", name);
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_RAW, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  return g_regex_match (regex, tag, 0, &match) ? g_match_info_fetch (match, 2) : NULL;
}

/* Units that depend on what is around mean the view box instead. */
static double
get_length (const char *tag,
            const char *name)
{
  static const struct
  {
    const char *unit;
    double      factor;
  } units[] = { { "", 1 }, { "px", 1 }, { "pt", 4.0 / 3 }, { "pc", 16 }, { "in", 96 }, { "cm", 96 / 2.54 }, { "mm", 96 / 25.4 } };
  g_autofree char *text = get_attribute (tag, name);
  char            *unit = NULL;
  double           value = text != NULL ? g_ascii_strtod (text, &unit) : 0;

  for (guint i = 0; text != NULL && unit != text && i < G_N_ELEMENTS (units); i++)
    if (strcmp (g_strstrip (unit), units[i].unit) == 0)
      return value * units[i].factor;
  return 0;
}

static gboolean
measure_svg (const char *data,
             gsize       len,
             double     *width,
             double     *height)
{
  const char      *end = NULL, *start = tela_svg_find_root (data, len);
  g_autofree char *tag = NULL;
  g_autofree char *box = NULL;

  if (start != NULL)
    end = memchr (start, '>', MIN ((gsize) (data + len - start), SVG_LOOK_AHEAD));
  if (end == NULL)
    return FALSE;
  tag = g_strndup (start, (gsize) (end - start));
  *width = get_length (tag, "width");
  *height = get_length (tag, "height");
  box = get_attribute (tag, "viewBox");
  if (box != NULL && !(*width > 0 && *height > 0))
    {
      char *at = box;

      for (int i = 0; i < 4; i++)
        {
          double value = g_ascii_strtod (at, &at);

          if (i >= 2)
            *(i == 2 ? width : height) = value;
          at += strspn (at, " ,\t\r\n");
        }
    }
  return TRUE;
}

gboolean
tela_media_measure (gconstpointer data,
                    gsize         n,
                    double       *width,
                    double       *height)
{
  const char   *type = tela_media_guess_type (data, n);
  const guchar *p = data;
  gboolean      ok = FALSE;

  *width = *height = 0;
  if (strcmp (type, "image/png") == 0 && n >= 24)
    {
      *width = get_be (p + 16, 4);
      *height = get_be (p + 20, 4);
      ok = TRUE;
    }
  else if (strcmp (type, "image/gif") == 0 && n >= 10)
    {
      *width = get_le (p + 6, 2);
      *height = get_le (p + 8, 2);
      ok = TRUE;
    }
  else if (strcmp (type, "image/jpeg") == 0)
    ok = measure_jpeg (p, n, width, height);
  else if (strcmp (type, "image/webp") == 0)
    ok = measure_webp (p, n, width, height);
  else if (strcmp (type, "image/svg+xml") == 0)
    ok = measure_svg (data, n, width, height);
  return ok && *width > 0 && *height > 0 && *width < 1e9 && *height < 1e9;
}
