/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-types.h"

G_BEGIN_DECLS

/* Where the server is. Immutable, counted. */
typedef struct
{
  gatomicrefcount  refs;
  char            *uri;  /* ws(s)://…/websocket?apikey=…: never to be logged */
  char            *rest; /* http(s)://…/api/broadcast, without a key */
  char            *host;
  char            *api_key;
  gboolean         is_loopback; /* of this machine: no network is needed, no proxy either */
  RealtimeProtocol protocol;
} RealtimeEndpoint;

/* @url: http(s) or ws(s), with or without /realtime/v1. (transfer full) */
RealtimeEndpoint *realtime_endpoint_new (const char *url, const char *api_key, RealtimeProtocol protocol, GError **error);
RealtimeEndpoint *realtime_endpoint_ref (RealtimeEndpoint *self);
void              realtime_endpoint_unref (RealtimeEndpoint *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealtimeEndpoint, realtime_endpoint_unref)

G_END_DECLS
