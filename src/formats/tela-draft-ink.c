/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "tela-draft.h"

#define STEP 6.0     /* board units that smoothing does little harm to */
#define FAR 12.0     /* board units that no hand leaves out */
#define MAX_FILL 200 /* points between two */

static void
append_between (GArray       *points,
                GArray       *pressures,
                const double *from,
                const double *to,
                const double  pressure[2])
{
  double length = hypot (to[0] - from[0], to[1] - from[1]);
  guint  n = length < FAR ? 1 : (guint) MIN (ceil (length / STEP), MAX_FILL);

  for (guint i = 1; i <= n; i++)
    {
      double t = (double) i / n;
      double at[2] = { from[0] + (to[0] - from[0]) * t, from[1] + (to[1] - from[1]) * t };
      double value = pressure[0] + (pressure[1] - pressure[0]) * t;

      g_array_append_vals (points, at, 2);
      g_array_append_val (pressures, value);
    }
}

void
tela_draft_fill_ink (GArray *points,
                     GArray *pressures)
{
  g_autoptr (GArray) old = g_array_copy (points);
  g_autoptr (GArray) old_pressures = g_array_copy (pressures);
  const double *xy = (const double *) old->data;
  const double *z = (const double *) old_pressures->data;

  g_return_if_fail (points->len == 2 * pressures->len);

  if (pressures->len == 0)
    return;
  g_array_set_size (points, 2);
  g_array_set_size (pressures, 1);
  for (guint i = 1; i < old_pressures->len; i++)
    append_between (points, pressures, xy + 2 * (i - 1), xy + 2 * i, z + i - 1);
  if (pressures->len <= TELA_MAX_POINTS)
    return;
  g_array_set_size (points, 0);
  g_array_set_size (pressures, 0);
  g_array_append_vals (points, xy, old->len);
  g_array_append_vals (pressures, z, old_pressures->len);
}
