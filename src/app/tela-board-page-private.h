/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-board-page.h"

#include <adwaita.h>

#include "tela-people-button.h"
#include "tela-style-panel.h"
#include "tela-sync-button.h"

G_BEGIN_DECLS

struct _TelaBoardPage
{
  GtkWidget parent_instance;

  TelaSession        *session;          /* owned; nullable */
  RealtimeManager    *realtime;         /* owned; nullable */
  GSignalGroup       *session_signals;  /* owned */
  GSignalGroup       *realtime_signals; /* owned */
  GSimpleActionGroup *actions;          /* owned */
  char               *note;             /* owned; nullable */
  gboolean            is_local;
  gboolean            is_narrow;
  gboolean            needs_fit; /* opened, but the canvas had no size yet */

  AdwHeaderBar     *header; /* template children */
  AdwWindowTitle   *title;
  TelaSyncButton   *sync_button;
  TelaPeopleButton *people_button;
  TelaHands        *hands;
  TelaFollow       *follow;
  GtkRevealer      *banner;
  GtkLabel         *banner_label;
  GtkWidget        *banner_button;
  TelaCanvas       *canvas;
  GtkRevealer      *style_revealer;
  TelaStylePanel   *style_panel;
  GtkRevealer      *library_revealer;
  TelaLibraryPanel *library_panel;
  GtkRevealer      *outline_revealer;
  TelaOutlinePanel *outline_panel;
  GtkLabel         *zoom_label;
  GtkWidget        *toolbar;
  GtkWidget        *header_history;
  GtkWidget        *share_button;
  GtkWidget        *jobs_button;
  AdwButtonContent *jobs_content;
  GtkWidget        *corner_history;
};

void tela_board_page_init_actions (TelaBoardPage *self);
void tela_board_page_update_style_panel (TelaBoardPage *self);

G_END_DECLS
