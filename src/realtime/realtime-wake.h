/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Says that now is a good moment: the machine woke up or its clock was set, or its network changed. */
typedef struct _RealtimeWake RealtimeWake;
typedef void (*RealtimeWakeFunc) (gpointer user_data);

RealtimeWake *realtime_wake_new (GMainContext *context, RealtimeWakeFunc func, gpointer user_data);
void          realtime_wake_free (RealtimeWake *self);
/* Whether to listen to the network too; an endpoint of this machine must not depend on it. */
void realtime_wake_set_network (RealtimeWake *self, gboolean network);

G_END_DECLS
