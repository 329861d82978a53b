/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-json-private.h"

#include <glib/gi18n-lib.h>

static const char *
stop (const char  *at,
      guint       *code,
      const char **problem,
      guint        error,
      const char  *text)
{
  *code = error;
  *problem = text;
  return at;
}

/* Length of the character at @at, 0 if it is none, -1 if the source ends within it. */
static int
character_length (const guchar *at,
                  const guchar *end)
{
  guint  n = at[0] >= 0xf0 ? 4 : at[0] >= 0xe0 ? 3
                                               : 2;
  guchar low = 0x80, high = 0xbf;

  if (at[0] < 0xc2 || at[0] > 0xf4)
    return 0;
  if (at[0] == 0xe0)
    low = 0xa0; /* no shorter form */
  else if (at[0] == 0xed)
    high = 0x9f; /* no surrogates */
  else if (at[0] == 0xf0)
    low = 0x90;
  else if (at[0] == 0xf4)
    high = 0x8f; /* U+10FFFF is the last */

  for (guint i = 1; i < n; i++)
    {
      if (at + i >= end)
        return -1;
      if (at[i] < low || at[i] > high)
        return 0;
      low = 0x80;
      high = 0xbf;
    }
  return (int) n;
}

static const char *
scan_escape (const char  *at,
             const char  *end,
             guint       *code,
             const char **problem)
{
  if (at + 1 >= end)
    return stop (end, code, problem, TELA_JSON_ERROR_TRUNCATED, N_ ("the text ends within a string"));
  if (at[1] != 'u')
    {
      if (at[1] == '\0' || strchr ("\"\\/bfnrt", at[1]) == NULL)
        return stop (at, code, problem, TELA_JSON_ERROR_SYNTAX, N_ ("unknown escape in a string"));
      return at + 2;
    }
  for (guint i = 2; i < 6; i++)
    {
      if (at + i >= end)
        return stop (end, code, problem, TELA_JSON_ERROR_TRUNCATED, N_ ("the text ends within a string"));
      if (!g_ascii_isxdigit (at[i]))
        return stop (at, code, problem, TELA_JSON_ERROR_SYNTAX, N_ ("four hexadecimal digits must follow \\u"));
    }
  return at + 6;
}

/* From the opening quote to after the closing one. */
const char *
tela_json_scan_string (const char  *at,
                       const char  *end,
                       guint       *code,
                       const char **problem)
{
  at++;
  while (*problem == NULL)
    {
      int n;

      at = tela_json_plain_run (at, end, TELA_JSON_ALSO_NON_ASCII);
      if (at >= end)
        return stop (end, code, problem, TELA_JSON_ERROR_TRUNCATED, N_ ("the text ends within a string"));
      if (*at == '"')
        return at + 1;
      if (*at == '\\')
        {
          at = scan_escape (at, end, code, problem);
          continue;
        }
      if ((guchar) *at < 0x20)
        return stop (at, code, problem, TELA_JSON_ERROR_SYNTAX, N_ ("control character in a string"));
      n = character_length ((const guchar *) at, (const guchar *) end);
      if (n == 0)
        return stop (at, code, problem, TELA_JSON_ERROR_UTF8, N_ ("the text is not UTF-8"));
      if (n < 0)
        return stop (end, code, problem, TELA_JSON_ERROR_TRUNCATED, N_ ("the text ends within a string"));
      at += n;
    }
  return at;
}

static const char *
scan_digits (const char  *at,
             const char  *end,
             guint       *code,
             const char **problem)
{
  if (at >= end)
    return stop (end, code, problem, TELA_JSON_ERROR_TRUNCATED, N_ ("the text ends within a number"));
  if (!g_ascii_isdigit (*at))
    return stop (at, code, problem, TELA_JSON_ERROR_SYNTAX, N_ ("a digit is expected"));
  while (at < end && g_ascii_isdigit (*at))
    at++;
  return at;
}

const char *
tela_json_scan_number (const char  *at,
                       const char  *end,
                       guint       *code,
                       const char **problem)
{
  if (at < end && *at == '-')
    at++;
  if (at < end && *at == '0')
    at++;
  else
    at = scan_digits (at, end, code, problem);
  if (*problem == NULL && at < end && *at == '.')
    at = scan_digits (at + 1, end, code, problem);
  if (*problem == NULL && at < end && (*at == 'e' || *at == 'E'))
    {
      at++;
      if (at < end && (*at == '+' || *at == '-'))
        at++;
      at = scan_digits (at, end, code, problem);
    }
  if (*problem == NULL && at < end && (g_ascii_isalnum (*at) || *at == '.' || *at == '+' || *at == '-'))
    return stop (at, code, problem, TELA_JSON_ERROR_SYNTAX, N_ ("the number is not well formed"));
  return at;
}
