/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-metrics.h"

#include "backend-http.h"

static void
add (GString    *out,
     const char *name,
     const char *type,
     guint64     value)
{
  g_string_append_printf (out, "# TYPE tela_%s %s\ntela_%s %" G_GUINT64_FORMAT "\n", name, type, name, value);
}

/* For whoever runs the machine: without a key, and so from this machine alone. */
void
tela_metrics_handle (TelaCore          *core,
                     SoupServerMessage *msg)
{
  const TelaMetrics *metrics = &core->metrics;
  g_autoptr (GString) out = g_string_new (NULL);

  if (!tela_http_is_loopback (msg))
    {
      tela_http_empty (msg, 403);
      return;
    }
  add (out, "websockets", "gauge", core->sockets->len);
  add (out, "channels", "gauge", metrics->channels);
  add (out, "topics", "gauge", g_hash_table_size (core->topics[0]) + g_hash_table_size (core->topics[1]));
  add (out, "http_requests_total", "counter", metrics->http_requests);
  add (out, "messages_in_total", "counter", metrics->messages_in);
  add (out, "messages_out_total", "counter", metrics->messages_out);
  add (out, "bytes_in_total", "counter", metrics->bytes_in);
  add (out, "bytes_out_total", "counter", metrics->bytes_out);
  add (out, "malformed_frames_total", "counter", metrics->malformed_frames);
  add (out, "denied_writes_total", "counter", metrics->denied_writes);
  add (out, "slow_sockets_closed_total", "counter", metrics->slow_sockets);
  add (out, "push_operations_total", "counter", metrics->push_operations);
  add (out, "push_refused_total", "counter", metrics->push_refused);
  add (out, "uptime_seconds", "gauge", (guint64) ((g_get_monotonic_time () - metrics->started_us) / G_USEC_PER_SEC));
  tela_http_text (msg, 200, "text/plain; version=0.0.4", out->str);
}
