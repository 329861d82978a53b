/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* To whoever supervises us, if anybody does: "READY=1", "STOPPING=1" (the protocol of systemd's NOTIFY_SOCKET). */
void cli_service_notify (const char *state);
/* Every message as a JSON line on standard error: time, level, domain, message. Whatever looks like a key is left out. */
void cli_service_log_json (void);
/* The text without what looks like a key: three runs of base64 with dots between, and long hexadecimal numbers. (transfer full) */
char *cli_service_redact (const char *text);

G_END_DECLS
