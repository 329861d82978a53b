/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-metrics.h"

#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "backend-bodies.h"
#include "backend-gate.h"
#include "backend-http.h"
#include "backend-socket.h"

static void
add (GString    *out,
     const char *name,
     const char *type,
     const char *help,
     double      value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_string_append_printf (out, "# HELP %s %s\n# TYPE %s %s\n%s %s\n", name, help, name, type, name,
                          g_ascii_formatd (number, sizeof number, "%.17g", value));
}

/* ---- The process ---- */

static double
resident_bytes (void)
{
  g_autofree char *text = NULL;
  long             size, pages = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) || sscanf (text, "%ld %ld", &size, &pages) != 2)
    return 0;
  return (double) pages * (double) sysconf (_SC_PAGESIZE);
}

static double
open_files (void)
{
  g_autoptr (GDir) dir = g_dir_open ("/proc/self/fd", 0, NULL);
  int n = -1; /* itself */

  if (dir == NULL)
    return 0;
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static double
cpu_seconds (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void
add_process (GString *out)
{
  add (out, "process_resident_memory_bytes", "gauge", "Memory of the whole program.", resident_bytes ());
  add (out, "process_open_fds", "gauge", "Open files of the whole program.", open_files ());
  add (out, "process_cpu_seconds_total", "counter", "Time of the processors for the whole program.", cpu_seconds ());
}

/* ---- The backend ---- */

static double
database_bytes (TelaCore *core)
{
  g_autofree char *bytes = tela_db_text (
      core->db, "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size", "");

  return bytes != NULL ? g_ascii_strtod (bytes, NULL) : 0;
}

static void
add_connections (GString  *out,
                 TelaCore *core)
{
  const TelaMetrics *metrics = &core->metrics;

  add (out, "tela_connections", "gauge", "Connections of any kind.", tela_gate_count (core->gate, FALSE));
  add (out, "tela_strangers", "gauge", "Connections that have shown no key yet.", tela_gate_count (core->gate, TRUE));
  add (out, "tela_connections_refused_total", "counter", "Connections that were one too many.",
       (double) metrics->turned_away);
  add (out, "tela_connections_timed_out_total", "counter", "Connections that showed no key in time.",
       (double) metrics->late_strangers);
  add (out, "tela_http_requests_total", "counter", "Requests.", (double) metrics->http_requests);
  add (out, "tela_websockets", "gauge", "Open WebSockets.", core->sockets->len);
  add (out, "tela_slow_sockets_closed_total", "counter", "WebSockets closed because their peer did not read.",
       (double) metrics->slow_sockets);
  add (out, "tela_queued_bytes", "gauge", "Bytes that wait for peers to read.", core->queued);
  add (out, "tela_request_bytes", "gauge", "Bytes of large requests that are being read or answered.",
       tela_bodies_get (core->bodies));
}

static void
add_realtime (GString  *out,
              TelaCore *core)
{
  const TelaMetrics *metrics = &core->metrics;

  add (out, "tela_channels", "gauge", "Joined channels.", metrics->channels);
  add (out, "tela_topics", "gauge", "Topics that somebody has joined.",
       g_hash_table_size (core->topics[0]) + g_hash_table_size (core->topics[1]));
  add (out, "tela_messages_in_total", "counter", "Messages from WebSockets.", (double) metrics->messages_in);
  add (out, "tela_messages_out_total", "counter", "Messages to WebSockets.", (double) metrics->messages_out);
  add (out, "tela_bytes_in_total", "counter", "Bytes of messages from WebSockets.", (double) metrics->bytes_in);
  add (out, "tela_bytes_out_total", "counter", "Bytes of messages to WebSockets.", (double) metrics->bytes_out);
  add (out, "tela_malformed_frames_total", "counter", "Messages that could not be read.",
       (double) metrics->malformed_frames);
  add (out, "tela_denied_writes_total", "counter", "Messages of those who may not write.",
       (double) metrics->denied_writes);
}

/* For whoever runs the machine: without a key, and so from this machine alone, and not for the pages of a browser there. */
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
  soup_message_headers_remove (soup_server_message_get_response_headers (msg), "Access-Control-Allow-Origin");
  add_connections (out, core);
  add_realtime (out, core);
  add (out, "tela_push_operations_total", "counter", "Operations that changed something.",
       (double) metrics->push_operations);
  add (out, "tela_push_refused_total", "counter", "Operations that were refused.", (double) metrics->push_refused);
  add (out, "tela_database_bytes", "gauge", "Size of the database.", database_bytes (core));
  add (out, "tela_uptime_seconds", "gauge", "Since the start.",
       (double) ((g_get_monotonic_time () - metrics->started_us) / G_USEC_PER_SEC));
  add_process (out);
  tela_http_text (msg, 200, "text/plain; version=0.0.4", out->str);
}
