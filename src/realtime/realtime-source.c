/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-private.h"

/**
 * realtime_timer_new:
 *
 * Returns: (transfer full): a timer that runs in @context, which need not be the default one
 */
GSource *
realtime_timer_new (GMainContext *context,
                    guint         interval,
                    GSourceFunc   func,
                    gpointer      data)
{
  GSource *source = g_timeout_source_new (interval);

  g_source_set_static_name (source, "realtime timer");
  g_source_set_callback (source, func, data, NULL);
  g_source_attach (source, context);

  return source;
}

/**
 * realtime_clear_source:
 * @source: (inout): a source of ours, or %NULL
 */
void
realtime_clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}
