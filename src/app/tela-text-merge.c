/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-text-merge.h"

#include <string.h>

/* The one place where two texts differ, in characters. */
typedef struct
{
  glong start;
  glong end;     /* in the first */
  glong end_new; /* in the second */
} Difference;

static Difference
compare (const char *from,
         const char *to)
{
  const char *a = from;
  const char *b = to;
  const char *a_end = from + strlen (from);
  const char *b_end = to + strlen (to);

  while (*a != '\0' && g_utf8_get_char (a) == g_utf8_get_char (b))
    {
      a = g_utf8_next_char (a);
      b = g_utf8_next_char (b);
    }
  while (a_end > a && b_end > b && g_utf8_get_char (g_utf8_prev_char (a_end)) == g_utf8_get_char (g_utf8_prev_char (b_end)))
    {
      a_end = g_utf8_prev_char (a_end);
      b_end = g_utf8_prev_char (b_end);
    }

  return (Difference){ g_utf8_pointer_to_offset (from, a), g_utf8_pointer_to_offset (from, a_end),
                       g_utf8_pointer_to_offset (to, b_end) };
}

TelaTextPatch
tela_text_merge (const char *base,
                 const char *theirs,
                 const char *mine)
{
  Difference    other = compare (base, theirs);
  Difference    own = compare (base, mine);
  TelaTextPatch patch = { 0 };

  if (strcmp (theirs, mine) == 0)
    {
      patch.inserted = g_strdup ("");
      return patch;
    }

  patch.inserted = g_utf8_substring (theirs, other.start, other.end_new);
  patch.n_removed = (int) (other.end - other.start);
  if (other.end <= own.start)
    patch.at = (int) other.start;
  else if (other.start >= own.end)
    patch.at = (int) (other.start + own.end_new - own.end);
  else
    {
      patch.at = (int) own.end_new;
      patch.n_removed = 0;
    }

  return patch;
}
