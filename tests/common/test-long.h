/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

/* How often a random test is repeated: ten times as often under `./dev test --long`. */
static inline guint
test_times (guint everyday)
{
  const char *is_long = g_getenv ("TELA_TEST_LONG");

  return is_long != NULL && *is_long != '\0' ? 10 * everyday : everyday;
}
