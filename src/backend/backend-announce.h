/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Tells the local network where we are (DNS-SD, type _tela._tcp), through Avahi where that runs; elsewhere nothing happens.
 * What is told: a port, and the host's id. */
typedef struct _TelaAnnounce TelaAnnounce;

/* The calls go from the thread-default context. */
TelaAnnounce *tela_announce_new (guint port, const char *host_id);
void          tela_announce_free (TelaAnnounce *self);
gboolean      tela_announce_is_heard (TelaAnnounce *self); /* Avahi has taken it */

G_END_DECLS
