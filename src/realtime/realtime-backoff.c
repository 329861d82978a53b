/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-backoff.h"

/* After a limit the wait doubles to ten times the first one: 30 s to 5 min. */
#define LIMIT_FACTOR_MAX 10u

/**
 * realtime_backoff_ms:
 * @failures: in a row, from 1
 *
 * Returns: 1, 2, 4, 8, 16, 30, 30… units, times 0.5 to 1.5
 */
guint
realtime_backoff_ms (guint  failures,
                     double random,
                     guint  unit)
{
  static const guint steps[] = { 1, 2, 4, 8, 16, 30 };
  guint              step;

  g_return_val_if_fail (random >= 0.0 && random < 1.0, unit);

  step = steps[CLAMP (failures, 1, G_N_ELEMENTS (steps)) - 1];

  return (guint) (step * unit * (0.5 + random));
}

/**
 * realtime_backoff_limit_ms:
 * @failures: in a row, from 1
 *
 * Returns: 1, 2, 4, 8, 10, 10… units, times 1 to 1.5: never less than the unit
 */
guint
realtime_backoff_limit_ms (guint  failures,
                           double random,
                           guint  unit)
{
  guint step;

  g_return_val_if_fail (random >= 0.0 && random < 1.0, unit);

  step = MIN (1u << (CLAMP (failures, 1, 8) - 1), LIMIT_FACTOR_MAX);

  return (guint) (step * unit * (1.0 + random / 2));
}
