/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-json.h"

G_BEGIN_DECLS

#define REALTIME_REDACTED "[removed]"

/* Writes @value, with what may open a door taken out: members that are called token, key, password and the like, and texts
 * that hold a signed token, a server's key or an invite. What is no JSON becomes null. */
void realtime_redact (TelaJsonSpan value, TelaJsonWriter *writer);
/* The same of a plain text. (transfer full) */
char *realtime_redact_text (const char *text);

G_END_DECLS
