/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "realtime-codec.h"

G_BEGIN_DECLS

/* Keeps the newest frames as lines of JSON without secrets. Any thread. */
typedef struct _RealtimeRecorder RealtimeRecorder;

RealtimeRecorder *realtime_recorder_new (gsize max_bytes);
RealtimeRecorder *realtime_recorder_ref (RealtimeRecorder *self);
void              realtime_recorder_unref (RealtimeRecorder *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealtimeRecorder, realtime_recorder_unref)

/* @size: of the whole frame, in bytes. */
void realtime_recorder_add (RealtimeRecorder *self, gboolean is_sent, const RealtimeFrame *frame, gsize size);
/* One that could not be read: only why is kept. */
void realtime_recorder_add_malformed (RealtimeRecorder *self, const GError *error, gsize size);

/* How many are kept, and how many had to give way to newer ones. */
void    realtime_recorder_count (RealtimeRecorder *self, guint *n_frames, guint64 *n_dropped);
GBytes *realtime_recorder_dup (RealtimeRecorder *self); /* (transfer full) */

G_END_DECLS
