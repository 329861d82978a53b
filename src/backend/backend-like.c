/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* PostgreSQL's LIKE for SQLite, whose own knows no case and may take for ever. */

#include "backend-query.h"

#include <string.h>

/* One pattern character against one of the text; a backslash takes the next one as it is. */
static gboolean
matches_one (const char *pattern,
             const char *text,
             gsize      *step)
{
  gboolean    escaped = *pattern == '\\' && pattern[1] != '\0';
  const char *wanted = escaped ? pattern + 1 : pattern;

  *step = (gsize) (g_utf8_next_char (wanted) - pattern);
  if (!escaped && *wanted == '_')
    return TRUE;
  return g_utf8_get_char (wanted) == g_utf8_get_char (text);
}

/* Goes back only to the last %, which is enough: time is at most one length by the other. */
gboolean
tela_query_like (const char *pattern,
                 const char *text)
{
  const char *after_any = NULL; /* pattern after the last % */
  const char *resume = NULL;    /* where in the text that one ends for now */
  gsize       step;

  while (*text != '\0')
    {
      if (*pattern == '%')
        {
          after_any = ++pattern;
          resume = text;
        }
      else if (*pattern != '\0' && matches_one (pattern, text, &step))
        {
          pattern += step;
          text = g_utf8_next_char (text);
        }
      else if (after_any != NULL)
        {
          pattern = after_any;
          text = resume = g_utf8_next_char (resume);
        }
      else
        return FALSE;
    }
  while (*pattern == '%')
    pattern++;
  return *pattern == '\0';
}

/* tela_like (text, pattern, fold) */
static void
like_func (sqlite3_context *context,
           int              n,
           sqlite3_value  **values)
{
  const char      *text = (const char *) sqlite3_value_text (values[0]);
  const char      *pattern = (const char *) sqlite3_value_text (values[1]);
  g_autofree char *folded_text = NULL;
  g_autofree char *folded_pattern = NULL;

  if (text == NULL || pattern == NULL || !g_utf8_validate (text, -1, NULL) || !g_utf8_validate (pattern, -1, NULL))
    return; /* null */
  if (sqlite3_value_int (values[2]))
    {
      text = folded_text = g_utf8_casefold (text, -1);
      pattern = folded_pattern = g_utf8_casefold (pattern, -1);
    }
  sqlite3_result_int (context, tela_query_like (pattern, text));
}

gboolean
tela_query_register (sqlite3 *handle)
{
  return sqlite3_create_function (handle, "tela_like", 3, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL,
                                  like_func, NULL, NULL) == SQLITE_OK;
}
