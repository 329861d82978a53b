/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-shares.h"

#include <math.h>
#include <stdlib.h>

static int
compare_doubles (const void *a,
                 const void *b)
{
  const double *first = a;
  const double *second = b;

  return (*first > *second) - (*first < *second);
}

TelaShares
tela_shares_of (double *values,
                guint   n)
{
  if (n == 0)
    return (TelaShares){ 0 };

  qsort (values, n, sizeof (double), compare_doubles);

  return (TelaShares){ values[(n * 50 + 99) / 100 - 1], values[(n * 95 + 99) / 100 - 1],
                       values[(n * 99 + 99) / 100 - 1], values[n - 1] };
}

void
tela_shares_write_number (TelaJsonWriter *writer,
                          const char     *name,
                          double          value)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_number (writer, round (value * 1000) / 1000);
}

void
tela_shares_write (TelaJsonWriter *writer,
                   const char     *name,
                   TelaShares      shares)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_begin_object (writer);
  tela_shares_write_number (writer, "p50", shares.p50);
  tela_shares_write_number (writer, "p95", shares.p95);
  tela_shares_write_number (writer, "p99", shares.p99);
  tela_shares_write_number (writer, "max", shares.max);
  tela_json_writer_end_object (writer);
}
