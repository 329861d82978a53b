/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-library-panel.h"

G_BEGIN_DECLS

struct _TelaLibraryPanel
{
  GtkWidget parent_instance;

  TelaCanvas           *canvas;      /* borrowed; nullable */
  TelaShelf            *shelf;       /* owned; nullable */
  GCancellable         *cancellable; /* owned */
  GtkFileChooserNative *chooser;     /* owned; while it is open */

  GtkWidget *menu;   /* child; NULL until it is wanted */
  guint      chosen; /* what the menu is about */

  GtkStack    *stack; /* template children */
  GtkGridView *grid;
};

void tela_library_panel_put (TelaLibraryPanel *self, TelaShelfItem *item); /* in the middle of what is seen of the board */
/* Of what changes the library: tells what went wrong. @user_data: a reference of the panel, which it takes. */
void tela_library_panel_done_cb (GObject *source, GAsyncResult *result, gpointer user_data);

/* tela-library-menu.c: what can be done with one drawing, by pointer and by key */
void tela_library_panel_install_menu (GtkWidgetClass *widget_class);
void tela_library_panel_init_menu (TelaLibraryPanel *self);

G_END_DECLS
