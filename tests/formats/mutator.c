/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "mutator.h"

#define MAX_ROUNDS 5
#define PNG_HEAD 8
#define CHUNK_FRAME 12

static const char *const values[] = {
  "null",
  "true",
  "false",
  "0",
  "-0",
  "-1",
  "0.5",
  "1e308",
  "-1e308",
  "1e-320",
  "1e999",
  "-1e999",
  "NaN",
  "Infinity",
  "12345678901234567890",
  "10000000",
  "9999999.5",
  "-9999999",
  "3e9",
  "1000000",
  "100000",
  "0.0000001",
  "360",
  "\"\"",
  "\"NaN\"",
  "\"0\"",
  "[]",
  "{}",
  "[[]]",
  "[null]",
  "[[0,0]]",
  "[[0,0],[0,0]]",
  "[[0,0],[1e7,-1e7]]",
  "[1,2,3]",
  "\"\\u0000\"",
  "\"\\ud800\"",
  "\"\\n\\n\\n\"",
  "\"data:image/png;base64,!!!!\"",
  "\"data:image/png;base64,iVBORw0KGgo=\"",
  "\"data:image/svg+xml;base64,PHN2Zy8+\"",
  "\"#gggggg\"",
  "\"#12345\"",
  "\"transparent\"",
  "\"rgba(1,2\"",
  "{\"$unset\":true}",
  "{\"type\":3,\"value\":-5}",
  "\"../../etc/passwd\"",
  "\"rectangle\"",
  "\"diamond\"",
  "\"ellipse\"",
  "\"arrow\"",
  "\"line\"",
  "\"freedraw\"",
  "\"text\"",
  "\"image\"",
  "\"frame\"",
  "\"embeddable\"",
  "\"hologram\"",
  "\"dashed\"",
  "\"dotted\"",
  "\"hachure\"",
  "\"cross-hatch\"",
  "\"zigzag\"",
  "\"dots\"",
  "\"triangle\"",
  "\"\\u202e\\u0301\\ud83d\\ude00\"",
  "\"board\"",
};

gsize
mutator_pick (GRand *rand,
              gsize  below)
{
  return below == 0 ? 0 : g_rand_int (rand) % below;
}

const char *
mutator_pick_value (GRand *rand)
{
  return values[mutator_pick (rand, G_N_ELEMENTS (values))];
}

void
mutator_replace (GString    *text,
                 gsize       at,
                 gsize       len,
                 const char *with,
                 gsize       with_len)
{
  g_string_erase (text, (gssize) at, (gssize) len);
  g_string_insert_len (text, (gssize) at, with, (gssize) with_len);
}

void
mutator_damage_bytes (GRand   *rand,
                      GString *data)
{
  gsize            at = mutator_pick (rand, data->len), len = mutator_pick (rand, MIN (data->len - at, 300));
  g_autofree char *range = NULL;

  if (data->len == 0)
    return;
  switch (mutator_pick (rand, 5))
    {
    case 0:
      g_string_truncate (data, at);
      break;
    case 1:
      g_string_erase (data, (gssize) at, (gssize) len);
      break;
    case 2:
      range = g_memdup2 (data->str + at, len);
      g_string_insert_len (data, (gssize) mutator_pick (rand, data->len), range, (gssize) len);
      break;
    default:
      for (gsize n = 1 + mutator_pick (rand, 8); n > 0; n--)
        data->str[mutator_pick (rand, data->len)] ^= (char) (1 << mutator_pick (rand, 8));
      break;
    }
}

/* The end of the chunk at @at; the end of the file if that is cut short. */
static gsize
find_chunk_end (const GString *png,
                gsize          at)
{
  const guchar *p = (const guchar *) png->str + at;
  gsize         size;

  if (png->len - at < CHUNK_FRAME)
    return png->len;
  size = (gsize) p[0] << 24 | (gsize) p[1] << 16 | (gsize) p[2] << 8 | p[3];
  return size > png->len - at - CHUNK_FRAME ? png->len : at + size + CHUNK_FRAME;
}

void
mutator_damage_chunks (GRand   *rand,
                       GString *png)
{
  gsize            at = MIN (PNG_HEAD, png->len), end = find_chunk_end (png, at);
  g_autofree char *chunk = NULL;

  for (gsize n = mutator_pick (rand, 6); n > 0 && end < png->len; n--)
    {
      at = end;
      end = find_chunk_end (png, at);
    }
  if (end - at < CHUNK_FRAME)
    return;
  chunk = g_memdup2 (png->str + at, end - at);
  switch (mutator_pick (rand, 5))
    {
    case 0:
      g_string_erase (png, (gssize) at, (gssize) (end - at));
      break;
    case 1:
      g_string_insert_len (png, (gssize) at, chunk, (gssize) (end - at));
      break;
    case 2: /* a length that lies */
      png->str[at + mutator_pick (rand, 4)] = (char) g_rand_int (rand);
      break;
    case 3: /* another kind */
      png->str[at + 4 + mutator_pick (rand, 4)] ^= 0x20;
      break;
    default: /* a wrong sum */
      png->str[end - 1] ^= 1;
      break;
    }
}

/* What the first thing between @from and @to is, beginning at or after @start. FALSE: there is none. */
static gboolean
find_range (const GString *text,
            gsize          start,
            char           from,
            char           to,
            gsize         *at,
            gsize         *len)
{
  const char *begin = memchr (text->str + start, from, text->len - start);
  const char *end = begin == NULL ? NULL : memchr (begin + 1, to, (gsize) (text->str + text->len - begin - 1));

  if (end == NULL)
    return FALSE;
  *at = (gsize) (begin - text->str);
  *len = (gsize) (end - begin) + 1;
  return TRUE;
}

void
mutator_damage_markup (GRand   *rand,
                       GString *text)
{
  static const char *const attributes[] = { "\"\"", "\"NaN\"", "\"1e999\"", "\"-1\"", "\"1e308\"", "\"10000000\"", "\"0\"", "\"&lt;\"", "\"&#0;\"",
                                            "\"1 2 nan inf 3e400 - 4\"", "\"#ff\"", "\"solid\"", "\"pixmap\"", "\"pdf\"", "\"dash\"", "\"cust: 0 0 0\"", "\"highlighter\"" };
  static const char *const contents[] = { ">1 2<", ">1e308 -1e308 1e9 1e9<", ">iVBORw0KGgo=<", ">!!!!<", ">&amp;&#x10ffff;<", "><page><", "><layer><", "><stroke>1 2 3 4<", "<![CDATA[", "<!--" };
  gsize                    start = mutator_pick (rand, text->len), at, len;
  const char              *with;
  g_autofree char         *tag = NULL;

  switch (mutator_pick (rand, 4))
    {
    case 0:
      with = attributes[mutator_pick (rand, G_N_ELEMENTS (attributes))];
      if (find_range (text, start, '"', '"', &at, &len))
        mutator_replace (text, at, len, with, strlen (with));
      break;
    case 1:
      with = contents[mutator_pick (rand, G_N_ELEMENTS (contents))];
      if (find_range (text, start, '>', '<', &at, &len))
        mutator_replace (text, at, len, with, strlen (with));
      break;
    case 2:
      if (find_range (text, start, '<', '>', &at, &len))
        g_string_erase (text, (gssize) at, (gssize) len);
      break;
    default:
      if (!find_range (text, start, '<', '>', &at, &len))
        break;
      tag = g_strndup (text->str + at, len);
      for (gsize n = mutator_pick (rand, 4) == 0 ? 1000 : 1; n > 0; n--)
        g_string_insert (text, (gssize) at, tag);
      break;
    }
}

static gboolean
begins_json (const GString *text)
{
  gsize at = strspn (text->str, " \t\r\n\357\273\277");

  return text->str[at] == '{' || text->str[at] == '[';
}

static void
damage_plain (GRand   *rand,
              GString *text)
{
  for (gsize n = 1 + mutator_pick (rand, MAX_ROUNDS); n > 0; n--)
    if (begins_json (text))
      mutator_damage_json (rand, text);
    else
      mutator_damage_markup (rand, text);
}

static void
damage_gzip (GRand   *rand,
             GString *file)
{
  gsize            len;
  g_autofree char *inner = tela_zlib_inflate (file->str, file->len, &len, NULL);
  g_autoptr (GString) text = NULL;
  g_autoptr (GByteArray) packed = NULL;

  if (inner == NULL)
    return;
  text = g_string_new_len (inner, (gssize) len);
  damage_plain (rand, text);
  packed = tela_zlib_deflate (text->str, text->len, TRUE);
  g_string_truncate (file, 0);
  if (mutator_pick (rand, 4) == 0)
    g_string_append_len (file, text->str, (gssize) text->len);
  else
    g_string_append_len (file, (const char *) packed->data, (gssize) packed->len);
}

/* The drawing inside the picture; FALSE if there is none. */
static gboolean
damage_scene (GRand   *rand,
              GString *file)
{
  TelaCarrierVersion version = mutator_pick (rand, 2) == 0 ? TELA_CARRIER_PLAIN : TELA_CARRIER_COMPRESSED;
  gboolean           is_png = tela_png_is (file->str, file->len);
  gsize              len;
  g_autofree char   *scene = is_png ? tela_png_find_scene (file->str, file->len, &len, NULL, NULL) : tela_svg_find_scene (file->str, file->len, &len, NULL, NULL);
  g_autoptr (GBytes) png = NULL;
  g_autoptr (GBytes) made = NULL;
  g_autoptr (GString) text = NULL;

  if (scene == NULL)
    return FALSE;
  text = g_string_new_len (scene, (gssize) len);
  damage_plain (rand, text);
  if (is_png)
    {
      png = g_bytes_new (file->str, file->len);
      made = tela_png_embed_scene (png, text->str, text->len, version, NULL);
    }
  else
    {
      char *svg = tela_svg_embed_scene (file->str, file->len, text->str, text->len, version, &len, NULL);

      made = svg != NULL ? g_bytes_new_take (svg, len) : NULL;
    }
  if (made == NULL)
    return FALSE;
  g_string_truncate (file, 0);
  g_string_append_len (file, g_bytes_get_data (made, NULL), (gssize) g_bytes_get_size (made));
  return TRUE;
}

GString *
mutator_damage (GRand      *rand,
                const char *data,
                gsize       len)
{
  GString *file = g_string_new_len (data, (gssize) len);
  gboolean is_png = tela_png_is (data, len);

  if (is_png || tela_svg_is (data, len))
    {
      if (mutator_pick (rand, 3) == 0 || !damage_scene (rand, file))
        {
          if (is_png)
            mutator_damage_chunks (rand, file);
          else
            mutator_damage_markup (rand, file);
        }
    }
  else if (len > 2 && memcmp (data, "\037\213", 2) == 0)
    damage_gzip (rand, file);
  else
    damage_plain (rand, file);
  if (mutator_pick (rand, 8) == 0)
    mutator_damage_bytes (rand, file);
  return file;
}
