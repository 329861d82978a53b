/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-json-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

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

static inline const char *
skip_space (const char *at,
            const char *end)
{
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r'))
    at++;
  return at;
}

static inline const char *
scan_plain_string (const char *at,
                   const char *end)
{
  const char *after = tela_json_scan_simple (at, end), *problem = NULL;
  guint       code;

  if (after != NULL)
    return after;
  after = tela_json_scan_string (at, end, &code, &problem);
  return problem == NULL ? after : NULL;
}

static const char *
scan_word (const char *at,
           const char *end,
           const char *word)
{
  gsize len = strlen (word);

  if ((gsize) (end - at) < len || memcmp (at, word, len) != 0)
    return NULL;
  return at + len == end || !g_ascii_isalnum (at[len]) ? at + len : NULL;
}

/* A number without an exponent: the sort that is frequent. */
static inline const char *
scan_simple_number (const char *at,
                    const char *end)
{
  const char *start;

  if (at < end && *at == '-')
    at++;
  start = at;
  while (at < end && (guchar) (*at - '0') < 10)
    at++;
  if (at == start || (*start == '0' && at > start + 1))
    return NULL;
  if (at < end && *at == '.')
    {
      start = ++at;
      while (at < end && (guchar) (*at - '0') < 10)
        at++;
      if (at == start)
        return NULL;
    }
  return at < end && (*at == ',' || *at == '}' || *at == ']') ? at : NULL;
}

static const char *
scan_scalar (const char *at,
             const char *end)
{
  const char *problem = NULL, *after;
  guint       code;

  switch (*at)
    {
    case '"':
      return scan_plain_string (at, end);
    case 't':
      return scan_word (at, end, "true");
    case 'f':
      return scan_word (at, end, "false");
    case 'n':
      return scan_word (at, end, "null");
    default:
      after = scan_simple_number (at, end);
      if (after != NULL)
        return after;
      at = tela_json_scan_number (at, end, &code, &problem);
      return problem == NULL ? at : NULL;
    }
}

/* From a name to its value. */
static inline const char *
scan_name (const char *at,
           const char *end)
{
  if (at == end || *at != '"')
    return NULL;
  at = scan_plain_string (at, end);
  if (at == NULL)
    return NULL;
  at = skip_space (at, end);
  return at < end && *at == ':' ? skip_space (at + 1, end) : NULL;
}

/* One pass without the reader's bookkeeping, which is most of the cost of values that nobody asks for. */
const char *
tela_json_scan_value (const char *at,
                      const char *end,
                      guint       depth)
{
  char        closing[TELA_JSON_MAX_DEPTH];
  const guint base = depth;

  while (at != NULL && at < end)
    {
      gboolean opens = *at == '{' || *at == '[';

      if (opens && depth == TELA_JSON_MAX_DEPTH)
        return NULL;
      if (opens)
        {
          closing[depth++] = *at == '{' ? '}' : ']';
          at = skip_space (at + 1, end);
        }
      else
        {
          at = scan_scalar (at, end);
          if (at == NULL || depth == base)
            return at;
          at = skip_space (at, end);
        }

      /* Either a bracket has just been opened, or a value has just ended. */
      while (at < end && *at == closing[depth - 1])
        {
          at++;
          opens = FALSE;
          if (--depth == base)
            return at;
          at = skip_space (at, end);
        }
      if (at < end && !opens)
        at = *at == ',' ? skip_space (at + 1, end) : NULL;
      if (at != NULL && closing[depth - 1] == '}')
        at = scan_name (at, end);
    }

  return NULL;
}
