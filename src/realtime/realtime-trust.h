/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/* Servers that vouch for themselves: an invite says the fingerprint of their certificate (SHA-256 of it, lower-case hex), and
 * from that host and port that very one is accepted, and no other, whoever vouches for it. For the whole process, on any
 * thread. NULL: none any more. */
void realtime_trust_pin (const char *url, const char *fingerprint);
/* Before @session sends @message. A session that was once to reach a pinned host trusts no authority from then on. */
void realtime_trust_watch (SoupSession *session, SoupMessage *message);

G_END_DECLS
