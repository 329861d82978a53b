/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-list-page.h"
#include "tela-window.h"

G_BEGIN_DECLS

struct _TelaWindow
{
  AdwApplicationWindow parent_instance;

  GCancellable         *opening;         /* owned; of the board being opened */
  GCancellable         *cancellable;     /* owned; ends with the window */
  TelaSession          *session;         /* owned; nullable */
  GSignalGroup         *session_signals; /* owned */
  GSignalGroup         *project_signals; /* owned */
  GSignalGroup         *board_signals;   /* owned */
  char                 *project_id;      /* owned; NULL: the list is shown */
  GtkFileChooserNative *chooser;         /* owned; while it is open */
  gboolean              exports_png;     /* what the chooser is for */

  AdwToastOverlay *toasts; /* template children */
  GtkStack        *stack;
  TelaListPage    *list_page;
  TelaBoardPage   *board_page;
};

TelaApplication *tela_window_get_app (TelaWindow *self);
TelaWorkspace   *tela_window_get_workspace (TelaWindow *self); /* NULL: not started */

/* A toast: @format has one %s, for @detail, which is text and no markup. */
void tela_window_tell (TelaWindow *self, const char *format, const char *detail);

/* tela-window-keys.c */
void tela_window_bind_keys (GtkWidgetClass *widget_class);

/* tela-window-boards.c */
char *tela_window_dup_name (TelaWindow *self); /* of the board that is shown */
void  tela_window_new_board (TelaWindow *self);
void  tela_window_rename_board (TelaWindow *self, const char *project_id);
void  tela_window_delete_board (TelaWindow *self, const char *project_id);

/* tela-window-files.c */
void tela_window_choose_import (TelaWindow *self);
void tela_window_choose_export (TelaWindow *self, gboolean as_png);

/* tela-window-export.c */
void tela_window_export_to (TelaWindow *self, GFile *file);

G_END_DECLS
