/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-codec.h"

G_BEGIN_DECLS

/* What both halves of the decoder need. */
gboolean realtime_codec_fail (GError **error, RealtimeCodecError code, const char *message);
guint64  realtime_codec_parse_ref (TelaJsonSpan text);

G_END_DECLS
