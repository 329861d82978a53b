/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-workspace.h"

G_BEGIN_DECLS

/* The boards there are. Signals: "opened", "opened-new" (in a new window), "renamed" (asks for a name), "deleted":
 * each (const char *project_id). */
#define TELA_TYPE_LIST_PAGE (tela_list_page_get_type ())
G_DECLARE_FINAL_TYPE (TelaListPage, tela_list_page, TELA, LIST_PAGE, GtkWidget)

/* @boards: of TelaProject. @workspace: that has their pictures; nullable. */
void tela_list_page_set_boards (TelaListPage *self, GListModel *boards, TelaWorkspace *workspace);
void tela_list_page_set_notice (TelaListPage *self, const char *notice); /* lasting; NULL: none */
void tela_list_page_search (TelaListPage *self);

GMenu *tela_list_page_get_recent (TelaListPage *self); /* the menu of files, for the window to fill */

G_END_DECLS
