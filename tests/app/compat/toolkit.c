/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

/* What GTK 4.24 says now and then where a menu is drawn on X11; nothing is amiss there. */
#define DRAWN_TWICE "gdk_frame_timings_submitted() called on submitted frame."

static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0 && g_strcmp0 (fields[i].value, DRAWN_TWICE) == 0)
      return G_LOG_WRITER_HANDLED;

  return g_log_writer_default (level, fields, n_fields, user_data);
}

void
app_bear_toolkit (void)
{
  static gsize once;

  if (!g_once_init_enter (&once))
    return;

  g_log_set_writer_func (write_log, NULL, NULL);
  g_once_init_leave (&once, 1);
}
