/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64  started_us;
  guint   channels;
  guint64 http_requests;
  guint64 messages_in;
  guint64 messages_out;
  guint64 bytes_in;
  guint64 bytes_out;
  guint64 malformed_frames;
  guint64 denied_writes;
  guint64 slow_sockets;
  guint64 turned_away;    /* connections that were one too many */
  guint64 late_strangers; /* who did not say in time who they are */
  guint64 push_operations;
  guint64 push_refused;
} TelaMetrics;

G_END_DECLS
