/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-json-private.h"

#include <float.h>
#include <math.h>

__extension__ typedef unsigned __int128 Wide;

/* Digits that can decide the rounding of a double; what follows them matters only by being there. */
#define DECIDING_DIGITS 800
#define SHORTEST_DIGITS 17

/* Powers of ten that a double holds exactly. */
static const double powers[] = { 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
                                 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };

static guint64
whole_power (int n)
{
  return (guint64) powers[n]; /* exact up to 10^19 */
}

/* 0.d₁d₂… × 10^point of a double, with as few digits as identify it. */
typedef struct
{
  char  digits[SHORTEST_DIGITS + 1];
  guint n;
  int   point;
} Shortest;

static void
strip_zeros (Shortest *self)
{
  while (self->n > 1 && self->digits[self->n - 1] == '0')
    self->n--;
}

static void
set_digits (Shortest *self,
            guint64   value,
            int       point)
{
  char  text[24];
  char *at = text + sizeof text;

  do
    *--at = (char) ('0' + value % 10);
  while ((value /= 10) > 0);
  self->n = (guint) (text + sizeof text - at);
  self->point = (int) self->n + point;
  while (self->n > 1 && at[self->n - 1] == '0')
    self->n--;
  memcpy (self->digits, at, self->n);
}

/* With exact whole arithmetic, for the sizes that a drawing has. value = m / 2^shift; a decimal r / 10^k reads back as
 * the value if it is within half a unit in the last place: |r·2^shift − m·10^k|·2 < 10^k, or equal if m is even. */
static gboolean
find_shortest (double    value,
               Shortest *out)
{
  int     exponent;
  guint64 m = (guint64) ldexp (frexp (value, &exponent), DBL_MANT_DIG);
  int     shift = DBL_MANT_DIG - exponent;
  int     k = 15 - (int) floor (log10 (value)) - 1;

  if (value < 1e-3 || value >= 1e15 || k < 0 || k > 17 || m == G_GUINT64_CONSTANT (1) << (DBL_MANT_DIG - 1))
    return FALSE; /* powers of two have a narrower interval below; log10() may be off by one */

  for (guint digits = 15; digits <= SHORTEST_DIGITS; digits++, k++)
    {
      Wide    scaled, rest, back, power = (Wide) whole_power (k);
      guint64 r;

      scaled = (Wide) m * whole_power (k);
      r = (guint64) (scaled >> shift);
      rest = scaled - ((Wide) r << shift);
      back = (Wide) 1 << shift;
      if (rest * 2 > back || (rest * 2 == back && (r & 1)))
        {
          r++;
          rest = back - rest;
        }
      if (digits == 15 && r > G_GUINT64_CONSTANT (1000000000000000))
        return FALSE; /* log10() was one too low */
      if (rest * 2 < power || (rest * 2 == power && (m & 1) == 0))
        {
          set_digits (out, r, -k);
          return TRUE;
        }
    }
  return FALSE;
}

/* "d.ddde±xx" as the C library writes it, whatever the locale. */
static void
print_digits (double    value,
              guint     digits,
              Shortest *out)
{
  char        text[48];
  const char *e;

  g_snprintf (text, sizeof text, "%.*e", (int) digits - 1, value);
  e = strchr (text, 'e');
  out->n = 0;
  for (const char *p = text; p < e; p++)
    if (g_ascii_isdigit (*p))
      out->digits[out->n++] = *p;
  out->point = (int) g_ascii_strtoll (e + 1, NULL, 10) + 1;
}

static gboolean
reads_back (const Shortest *digits,
            double          value)
{
  char text[48];

  g_snprintf (text, sizeof text, "0.%.*se%d", (int) digits->n, digits->digits, digits->point);
  return g_ascii_strtod (text, NULL) == value;
}

static void
search_shortest (double    value,
                 Shortest *out)
{
  int exponent;

  /* 15 digits are enough to tell the shortest of normal doubles; subnormal ones may need only one. */
  for (guint digits = value < DBL_MIN ? 1 : 15; digits < SHORTEST_DIGITS; digits++)
    {
      print_digits (value, digits, out);
      if (reads_back (out, value))
        return;
      /* Below a power of two doubles are closer, so that the nearest decimal may miss where the next one fits. */
      if (frexp (value, &exponent) == 0.5 && out->digits[out->n - 1] != '9')
        {
          out->digits[out->n - 1]++;
          if (reads_back (out, value))
            return;
        }
    }
  print_digits (value, SHORTEST_DIGITS, out);
}

/* @value is positive and finite. */
static void
shortest (double    value,
          Shortest *out)
{
  double thousandths = value * 1000;

  if (value < 9007199254740992.0 && floor (value) == value)
    set_digits (out, (guint64) value, 0);
  else if (thousandths < 1e15 && floor (thousandths) == thousandths && thousandths / 1000 == value)
    set_digits (out, (guint64) thousandths, -3); /* no two decimals of up to 15 digits read alike */
  else if (!find_shortest (value, out))
    {
      search_shortest (value, out);
      strip_zeros (out);
    }
}

/* Finds the significant digits of a number that was scanned. */
static void
parse_decimal (TelaJsonSpan     text,
               TelaJsonDecimal *out)
{
  const char *at = text.data, *end = text.data + text.len;
  gint64      exponent = 0, place = 0;
  gboolean    after_point = FALSE, negative;
  gsize       seen = 0;

  memset (out, 0, sizeof *out);
  out->negative = *at == '-';
  for (at += out->negative; at < end && *at != 'e' && *at != 'E'; at++)
    {
      if (*at == '.')
        {
          after_point = TRUE;
          continue;
        }
      place += !after_point;
      if (*at == '0' && seen == 0)
        {
          place--; /* leading zeros move the point of what follows */
          continue;
        }
      seen++;
      if (out->first == NULL)
        out->first = at;
      if (*at != '0')
        {
          out->last = at + 1;
          out->n = seen;
        }
    }
  if (at < end)
    {
      at++;
      negative = *at == '-';
      at += *at == '-' || *at == '+';
      for (; at < end && exponent < TELA_JSON_MAX_EXPONENT; at++)
        exponent = exponent * 10 + (*at - '0');
      exponent = negative ? -exponent : exponent;
    }
  out->point = place + exponent;
}

/* The digits again in a short form that strtod takes; however many there were, it rounds alike. */
static double
read_slowly (const TelaJsonDecimal *decimal)
{
  char  text[DECIDING_DIGITS + 48];
  gsize n = 2;

  if (decimal->n == 0 || decimal->point < -400)
    return 0;
  if (decimal->point > 400)
    return INFINITY;
  memcpy (text, "0.", 2);
  for (const char *p = decimal->first; p < decimal->last && n < DECIDING_DIGITS + 2; p++)
    if (*p != '.')
      text[n++] = *p;
  if (decimal->n > DECIDING_DIGITS)
    text[n++] = '1';
  g_snprintf (text + n, sizeof text - n, "e%d", (int) decimal->point);
  return g_ascii_strtod (text, NULL);
}

static gboolean
is_same_number (const TelaJsonDecimal *decimal,
                double                 value)
{
  Shortest    own;
  const char *p = decimal->first;

  if (value == 0 || isinf (value))
    return value == 0 && decimal->n == 0;
  shortest (value, &own);
  if (own.n != decimal->n || own.point != decimal->point)
    return FALSE;
  for (guint i = 0; i < own.n; i++, p++)
    {
      if (*p == '.')
        p++;
      if (*p != own.digits[i])
        return FALSE;
    }
  return TRUE;
}

/* A number of up to 15 digits and a small power of ten is one exact operation, and its own shortest form. */
static gboolean
read_quickly (TelaJsonSpan text,
              double      *value)
{
  const char *at = text.data + (text.data[0] == '-'), *end = text.data + text.len, *point = NULL;
  guint64     m = 0;
  int         exponent = 0;
  gboolean    negative;

  if (text.len > 24)
    return FALSE;
  for (; at < end && *at != 'e' && *at != 'E'; at++)
    if (*at == '.')
      point = at + 1;
    else
      m = m * 10 + (guint64) (*at - '0');
  if (at - text.data > 17) /* sign and point */
    return FALSE;
  if (point != NULL)
    exponent = (int) (point - at);
  if (at < end)
    {
      int e = 0;

      at++;
      negative = *at == '-';
      for (at += *at == '-' || *at == '+'; at < end && e < 1000; at++)
        e = e * 10 + (*at - '0');
      exponent += negative ? -e : e;
    }
  if (m >= G_GUINT64_CONSTANT (1000000000000000) || exponent < -22 || exponent > 22)
    return FALSE;
  *value = exponent < 0 ? (double) m / powers[-exponent] : (double) m * powers[exponent];
  return TRUE;
}

double
tela_json_decode_number (TelaJsonSpan text,
                         gboolean    *exact)
{
  TelaJsonDecimal decimal;
  double          value;
  gboolean        same = TRUE;

  if (!read_quickly (text, &value))
    {
      parse_decimal (text, &decimal);
      value = read_slowly (&decimal);
      same = exact != NULL && is_same_number (&decimal, value);
    }
  if (exact != NULL)
    *exact = same;
  return text.data[0] == '-' ? -value : value;
}

static void
append_zeros (GString *out,
              gint64   n)
{
  for (gint64 i = 0; i < n; i++)
    g_string_append_c (out, '0');
}

/* Lays digits out as JavaScript does: plain from 1e-6 to below 1e21, else with an exponent. */
static void
append_decimal (GString    *out,
                gboolean    negative,
                const char *digits,
                gsize       n,
                gint64      point)
{
  if (negative)
    g_string_append_c (out, '-');
  if (point > 0 && point <= 21)
    {
      gsize whole = MIN (n, (gsize) point);

      g_string_append_len (out, digits, (gssize) whole);
      append_zeros (out, point - (gint64) whole);
      if (whole < n)
        {
          g_string_append_c (out, '.');
          g_string_append_len (out, digits + whole, (gssize) (n - whole));
        }
    }
  else if (point > -6 && point <= 0)
    {
      g_string_append (out, "0.");
      append_zeros (out, -point);
      g_string_append_len (out, digits, (gssize) n);
    }
  else
    {
      g_string_append_c (out, digits[0]);
      if (n > 1)
        g_string_append_c (out, '.');
      g_string_append_len (out, digits + 1, (gssize) n - 1);
      g_string_append_printf (out, "e%+" G_GINT64_FORMAT, point - 1);
    }
}

void
tela_json_canonical_number (TelaJsonSpan text,
                            GString     *out)
{
  g_autoptr (GString) digits = NULL;
  TelaJsonDecimal decimal;
  gboolean        exact;
  double          value = tela_json_decode_number (text, &exact);
  char            buffer[TELA_JSON_NUMBER_LENGTH];

  if (exact)
    {
      g_string_append_len (out, buffer, tela_json_format_number (value, buffer));
      return;
    }
  parse_decimal (text, &decimal);
  if (ABS (decimal.point) > TELA_JSON_MAX_EXPONENT / 2)
    {
      g_string_append_len (out, text.data, (gssize) text.len);
      return;
    }
  digits = g_string_sized_new (decimal.n);
  for (const char *p = decimal.first; p < decimal.last; p++)
    if (*p != '.')
      g_string_append_c (digits, *p);
  append_decimal (out, decimal.negative, digits->str, digits->len, decimal.point);
}

/* Whole numbers that a double holds exactly are most of what a file has. */
static guint
format_whole (gint64 value,
              char  *out)
{
  char    text[24];
  char   *at = text + sizeof text;
  guint64 rest = value < 0 ? 0 - (guint64) value : (guint64) value;
  guint   n;

  do
    *--at = (char) ('0' + rest % 10);
  while ((rest /= 10) > 0);
  if (value < 0)
    *--at = '-';
  n = (guint) (text + sizeof text - at);
  memcpy (out, at, n);
  out[n] = '\0';
  return n;
}

guint
tela_json_format_number (double value,
                         char   out[TELA_JSON_NUMBER_LENGTH])
{
  char     buffer[2 * TELA_JSON_NUMBER_LENGTH];
  GString  text = { buffer, 0, sizeof buffer };
  Shortest digits;

  if (!isfinite (value))
    {
      memcpy (out, "null", 5);
      return 4;
    }
  if (fabs (value) < 9007199254740992.0 && floor (value) == value)
    return format_whole ((gint64) value, out);

  shortest (fabs (value), &digits);
  append_decimal (&text, value < 0, digits.digits, digits.n, digits.point);
  memcpy (out, text.str, text.len + 1);
  return (guint) text.len;
}
