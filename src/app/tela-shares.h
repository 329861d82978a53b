/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-json.h"

G_BEGIN_DECLS

/* What many values of a measurement come to; all 0: there was none. */
typedef struct
{
  double p50, p95, p99, max;
} TelaShares;

TelaShares tela_shares_of (double *values, guint n); /* sorts them */
void       tela_shares_write (TelaJsonWriter *writer, const char *name, TelaShares shares);
void       tela_shares_write_number (TelaJsonWriter *writer, const char *name, double value); /* likewise: to a thousandth */

G_END_DECLS
