/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element.h"

#include <string.h>

/* A key is an integer, whose first letter says its length, then a fraction without trailing zeros. Integers with a
 * letter of a to z have 1 to 26 digits and count up; those with Z to A have 1 to 26 digits and lie below them. */
#define N_DIGITS 62
#define GREATEST_LENGTH 26 /* digits of an integer */

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static int
digit_of (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'A' && c <= 'Z')
    return c - 'A' + 10;
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 36;
  return -1;
}

/* Letter included; 0: no integer begins so. */
static gsize
integer_length (char head)
{
  if (head >= 'a' && head <= 'z')
    return (gsize) (head - 'a') + 2;
  if (head >= 'A' && head <= 'Z')
    return (gsize) ('Z' - head) + 2;
  return 0;
}

/* The least integer is no key, since nothing could come before it. */
static gboolean
is_least (const char *integer,
          gsize       len)
{
  return len == GREATEST_LENGTH + 1 && integer[0] == 'A' && strspn (integer + 1, "0") >= GREATEST_LENGTH;
}

gboolean
tela_index_is_valid (const char *index)
{
  gsize len = strlen (index);
  gsize integer = integer_length (index[0]);

  if (integer == 0 || integer > len || is_least (index, len))
    return FALSE;

  for (gsize i = 0; i < len; i++)
    if (digit_of (index[i]) < 0)
      return FALSE;
  return len == integer || index[len - 1] != '0';
}

/* Adds the fraction half-way between a and b; "" is 0 and a NULL b is 1. */
static void
append_midpoint (GString    *out,
                 const char *a,
                 const char *b)
{
  for (;;)
    {
      int low;
      int high;

      while (b != NULL && (a[0] != '\0' ? a[0] : '0') == b[0])
        {
          g_string_append_c (out, b[0]);
          a += a[0] != '\0';
          b++;
        }

      low = a[0] != '\0' ? digit_of (a[0]) : 0;
      high = b != NULL ? digit_of (b[0]) : N_DIGITS;
      if (high - low > 1)
        {
          g_string_append_c (out, digits[(low + high + 1) / 2]);
          return;
        }
      if (b != NULL && b[1] != '\0')
        {
          g_string_append_c (out, b[0]);
          return;
        }

      g_string_append_c (out, digits[low]);
      a += a[0] != '\0';
      b = NULL;
    }
}

/* The next integer; FALSE after the last. */
static gboolean
increment (GString *integer)
{
  for (gsize i = integer->len - 1; i > 0; i--)
    {
      int digit = digit_of (integer->str[i]) + 1;

      if (digit < N_DIGITS)
        {
          integer->str[i] = digits[digit];
          return TRUE;
        }
      integer->str[i] = '0';
    }

  switch (integer->str[0])
    {
    case 'z':
      return FALSE;
    case 'Z':
      g_string_assign (integer, "a0");
      return TRUE;
    default:
      integer->str[0]++;
      if (integer->str[0] > 'a')
        g_string_append_c (integer, '0');
      else
        g_string_truncate (integer, integer->len - 1);
      return TRUE;
    }
}

/* The integer before; FALSE before the first. */
static gboolean
decrement (GString *integer)
{
  for (gsize i = integer->len - 1; i > 0; i--)
    {
      int digit = digit_of (integer->str[i]) - 1;

      if (digit >= 0)
        {
          integer->str[i] = digits[digit];
          return TRUE;
        }
      integer->str[i] = 'z';
    }

  switch (integer->str[0])
    {
    case 'A':
      return FALSE;
    case 'a':
      g_string_assign (integer, "Zz");
      return TRUE;
    default:
      integer->str[0]--;
      if (integer->str[0] < 'Z')
        g_string_append_c (integer, 'z');
      else
        g_string_truncate (integer, integer->len - 1);
      return TRUE;
    }
}

static char *
key_before (const char *b)
{
  gsize    len = integer_length (b[0]);
  GString *key = g_string_new_len (b, (gssize) len);

  /* The integer itself comes before one with a fraction. */
  if (!is_least (key->str, key->len))
    {
      if (b[len] != '\0')
        return g_string_free (key, FALSE);
      decrement (key);
      if (!is_least (key->str, key->len))
        return g_string_free (key, FALSE);
      append_midpoint (key, "", NULL);
      return g_string_free (key, FALSE);
    }

  append_midpoint (key, "", b + len);
  return g_string_free (key, FALSE);
}

static char *
key_after (const char *a)
{
  gsize    len = integer_length (a[0]);
  GString *key = g_string_new_len (a, (gssize) len);

  if (!increment (key))
    {
      g_string_truncate (key, 0);
      g_string_append_len (key, a, (gssize) len);
      append_midpoint (key, a + len, NULL);
    }
  return g_string_free (key, FALSE);
}

char *
tela_index_between (const char *a,
                    const char *b)
{
  GString *key;
  gsize    len_a;
  gsize    len_b;

  if ((a != NULL && !tela_index_is_valid (a)) || (b != NULL && !tela_index_is_valid (b)) ||
      (a != NULL && b != NULL && strcmp (a, b) >= 0))
    return NULL;
  if (a == NULL)
    return b == NULL ? g_strdup ("a0") : key_before (b);
  if (b == NULL)
    return key_after (a);

  len_a = integer_length (a[0]);
  len_b = integer_length (b[0]);
  key = g_string_new_len (a, (gssize) len_a);
  if (len_a == len_b && memcmp (a, b, len_a) == 0)
    {
      append_midpoint (key, a + len_a, b + len_b);
      return g_string_free (key, FALSE);
    }

  /* b is above the integer of a, so there is a next one. */
  increment (key);
  if (strcmp (key->str, b) < 0)
    return g_string_free (key, FALSE);

  g_string_truncate (key, 0);
  g_string_append_len (key, a, (gssize) len_a);
  append_midpoint (key, a + len_a, NULL);
  return g_string_free (key, FALSE);
}

char *
tela_index_nth (guint n)
{
  char    key[16];
  guint64 rest = n;
  guint64 count = N_DIGITS;
  guint   len = 1;

  while (rest >= count)
    {
      rest -= count;
      count *= N_DIGITS;
      len++;
    }

  key[0] = (char) ('a' + len - 1);
  key[len + 1] = '\0';
  for (guint i = len; i > 0; i--, rest /= N_DIGITS)
    key[i] = digits[rest % N_DIGITS];

  return g_strdup (key);
}
