/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-wrap.h"

#include <string.h>

static double
width_of (const TelaTextFont *font,
          const char         *line,
          gsize               len)
{
  return len == 0 ? 0 : font->measure (line, len, font->font_size, font->font_family, font->user_data);
}

static gboolean
is_ideograph (gunichar c)
{
  return g_unichar_iswide (c) && g_unichar_isgraph (c);
}

/* Marks that do not begin a line, and those that belong to the letter before. */
static gboolean
sticks_to_before (gunichar c)
{
  GUnicodeType type = g_unichar_type (c);

  return g_unichar_iszerowidth (c) ||
         type == G_UNICODE_CLOSE_PUNCTUATION ||
         type == G_UNICODE_FINAL_PUNCTUATION ||
         type == G_UNICODE_OTHER_PUNCTUATION ||
         (c >= 0xfe00 && c <= 0xfe0f) ||
         (c >= 0x1f3fb && c <= 0x1f3ff);
}

/* The end of what is not broken: a white space, an ideograph with its marks, or a word up to its hyphen. */
static const char *
token_end (const char *p,
           const char *end)
{
  gunichar first = g_utf8_get_char (p);
  gunichar last = first;

  p = g_utf8_next_char (p);
  if (g_unichar_isspace (first))
    return p;

  while (p < end)
    {
      gunichar c = g_utf8_get_char (p);
      gboolean joined = last == 0x200d || sticks_to_before (c);

      if (g_unichar_isspace (c) || (last == '-' && !g_unichar_isdigit (c)))
        break;
      if (!joined && (is_ideograph (last) || is_ideograph (c) || is_ideograph (first)))
        break;
      last = c;
      p = g_utf8_next_char (p);
    }

  return p;
}

static void
append_line (GString    *out,
             const char *line,
             gsize       len)
{
  if (out->len > 0)
    g_string_append_c (out, '\n');
  g_string_append_len (out, line, (gssize) len);
}

static gsize
trimmed (const char *line,
         gsize       len)
{
  while (len > 0)
    {
      const char *last = g_utf8_find_prev_char (line, line + len);

      if (last == NULL || !g_unichar_isspace (g_utf8_get_char (last)))
        break;
      len = (gsize) (last - line);
    }

  return len;
}

/* A word that is wider than a line: full lines go out, the rest is where the next line begins. */
static const char *
break_word (GString            *lines,
            const char         *word,
            const char         *end,
            double              max_width,
            const TelaTextFont *font)
{
  const char *start = word;
  double      width = 0;

  for (const char *p = word; p < end;)
    {
      const char *next = g_utf8_next_char (p);
      double      letter;

      while (next < end && g_unichar_iszerowidth (g_utf8_get_char (next)))
        next = g_utf8_next_char (next);
      letter = width_of (font, p, (gsize) (next - p));
      if (p > start && width + letter > max_width)
        {
          append_line (lines, start, (gsize) (p - start));
          start = p;
          width = 0;
        }
      width += letter;
      p = next;
    }

  return start;
}

static void
wrap_line (GString            *out,
           const char         *line,
           const char         *end,
           double              max_width,
           const TelaTextFont *font)
{
  const char *start = line;
  gsize       kept;

  for (const char *p = line; p < end;)
    {
      const char *next = token_end (p, end);

      if (g_unichar_isspace (g_utf8_get_char (p)) || width_of (font, start, (gsize) (next - start)) <= max_width)
        p = next;
      else if (p == start)
        {
          start = break_word (out, p, next, max_width, font);
          p = next;
        }
      else
        {
          append_line (out, start, trimmed (start, (gsize) (p - start)));
          start = p;
        }
    }

  /* White space at the end stays as far as there is room. */
  kept = (gsize) (end - start);
  if (kept > 0 && width_of (font, start, kept) > max_width)
    kept = MAX (trimmed (start, kept), (gsize) 1);
  append_line (out, start, kept);
}

char *
tela_wrap_text (const char         *text,
                double              max_width,
                const TelaTextFont *font)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean is_first = TRUE;

  for (;;)
    {
      gsize len = strcspn (text, "\n");
      g_autoptr (GString) lines = g_string_new (NULL);

      if (width_of (font, text, len) <= max_width)
        g_string_append_len (lines, text, (gssize) len);
      else
        wrap_line (lines, text, text + len, max_width, font);
      if (!is_first)
        g_string_append_c (out, '\n');
      is_first = FALSE;
      g_string_append_len (out, lines->str, (gssize) lines->len);
      if (text[len] == '\0')
        break;
      text += len + 1;
    }

  return g_string_free (g_steal_pointer (&out), FALSE);
}

double
tela_wrap_measure (const char         *text,
                   const TelaTextFont *font,
                   guint              *n_lines)
{
  double widest = 0;

  *n_lines = 1;
  for (;;)
    {
      gsize len = strcspn (text, "\n");

      widest = MAX (widest, width_of (font, text, len));
      if (text[len] == '\0')
        return widest;
      text += len + 1;
      *n_lines += 1;
    }
}
