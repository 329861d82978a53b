/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-change.h"
#include "tela-json.h"

G_BEGIN_DECLS

/* @payload: the object of a postgres_changes frame. NULL if it has another shape. (transfer full) */
RealtimeChange *realtime_change_new (TelaJsonSpan payload);

G_END_DECLS
