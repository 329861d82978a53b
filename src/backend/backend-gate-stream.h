/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define TELA_TYPE_GATE_STREAM (tela_gate_stream_get_type ())
G_DECLARE_FINAL_TYPE (TelaGateStream, tela_gate_stream, TELA, GATE_STREAM, GIOStream)

/* A connection as libsoup gets it. Up to libsoup 3.2 a server forgets one that ends between two requests: it neither reads
 * it any more nor lets go of it. One that fails in the middle of a request it does let go of, and so a resting connection
 * begins one before its end. */
TelaGateStream *tela_gate_stream_new (GIOStream *base);
void            tela_gate_stream_rest (TelaGateStream *self); /* a request was answered; until the next one comes */

G_END_DECLS
