/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Servers that vouch for themselves: an invite says the fingerprint of their certificate (SHA-256 of it, lower-case hex), and
 * what no authority vouches for is accepted from that host and port if it is that very one. For the whole process, on any
 * thread. NULL: none any more. */
void realtime_trust_pin (const char *url, const char *fingerprint);
/* Before the message is sent. */
void realtime_trust_watch (SoupMessage *message);

G_END_DECLS
