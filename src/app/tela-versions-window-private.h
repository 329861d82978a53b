/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-version-preview.h"
#include "tela-version-row.h"
#include "tela-versions-window.h"

G_BEGIN_DECLS

struct _TelaVersionsWindow
{
  AdwWindow parent_instance;

  TelaWorkspace *workspace;   /* owned */
  TelaSession   *session;     /* owned */
  GCancellable  *cancellable; /* owned; ends with the window */
  GCancellable  *listing;     /* owned; of the list that is asked for; nullable */
  GCancellable  *fetching;    /* owned; of the version that is asked for; nullable */
  GPtrArray     *elements;    /* owned; of the version that is shown; NULL: not there */
  char          *wanted;      /* owned; id of the version to choose once it is listed; nullable */
  gboolean       is_naming;

  AdwToastOverlay    *toasts; /* template children */
  GObject            *leaflet;
  GtkWidget          *list_side;
  AdwWindowTitle     *list_title;
  GtkToggleButton    *named_button;
  GtkStack           *stack;
  AdwStatusPage      *failed;
  GtkListBox         *list;
  GtkWidget          *preview_side;
  AdwWindowTitle     *preview_title;
  TelaVersionPreview *preview;
  GtkWidget          *remove_button;
  GtkLabel           *difference;
  GtkWidget          *copy_button;
  GtkWidget          *restore_button;
  GtkWidget          *name_button;
  TelaVersionRow     *chosen; /* borrowed: a row of the list; NULL: none */
};

/* tela-versions-window.c */
void tela_versions_window_tell (TelaVersionsWindow *self, const char *text);
void tela_versions_window_show (TelaVersionsWindow *self, TelaVersionRow *row);
void tela_versions_window_update_bar (TelaVersionsWindow *self); /* what can be done */
void tela_versions_window_reload (TelaVersionsWindow *self);

/* tela-versions-window-actions.c */
void tela_versions_window_install_actions (GtkWidgetClass *widget_class);

G_END_DECLS
