/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-debug-window.h"

#include "realtime-manager.h"
#include "tela-chart.h"
#include "tela-json.h"

G_BEGIN_DECLS

/* A list whose rows are made once and then say other things. */
typedef struct
{
  AdwPreferencesGroup *group; /* borrowed */
  GPtrArray           *rows;  /* of AdwActionRow, borrowed; those beyond @n are hidden */
  guint                n;
} TelaDebugList;

struct _TelaDebugWindow
{
  AdwWindow parent_instance;

  TelaApplication *app;    /* owned */
  guint            source; /* while it is mapped */

  RealtimeMetrics before; /* as of the last look */
  gint64          looked_at;

  AdwToastOverlay      *toasts; /* children */
  GtkWidget            *revealer;
  GtkWidget            *recording;
  GtkWidget            *record_button;
  TelaChart            *messages, *latency, *batches, *frames, *outbox;
  TelaDebugList         state, history, channels, boards, canvas, errors;
  GtkFileChooserNative *chooser; /* owned; while it is open */
  GBytes               *frames_to_save;
};

/* tela-debug-window-fill.c */
void tela_debug_window_fill (TelaDebugWindow *self, const char *info);

/* tela-debug-window-record.c */
void tela_debug_window_install_record (GtkWidgetClass *widget_class);
void tela_debug_window_show_recording (TelaDebugWindow *self);
void tela_debug_window_drop_recording (TelaDebugWindow *self);                           /* nobody would see any more that it goes on */
void tela_debug_window_save_frames (TelaDebugWindow *self, GFile *file, GBytes *frames); /* with what else a report needs */

G_END_DECLS
