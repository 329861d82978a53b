/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-versions.h"

G_BEGIN_DECLS

/* One version in the list. */
#define TELA_TYPE_VERSION_ROW (tela_version_row_get_type ())
G_DECLARE_FINAL_TYPE (TelaVersionRow, tela_version_row, TELA, VERSION_ROW, AdwActionRow)

/* Takes @version. @is_now: the board as it is; NULL then: nobody knows when it was edited. */
GtkWidget         *tela_version_row_new (TelaVersion *version, gboolean is_now);
const TelaVersion *tela_version_row_get_version (TelaVersionRow *self); /* NULL: that */
gboolean           tela_version_row_is_now (TelaVersionRow *self);
/* What it is called where it stands alone, and the rest that is known of it. (transfer full) */
char *tela_version_row_dup_title (TelaVersionRow *self);
char *tela_version_row_dup_details (TelaVersionRow *self);
/* A GtkListBoxUpdateHeaderFunc: the day of the first row of each. */
void tela_version_row_update_header (GtkListBoxRow *row, GtkListBoxRow *before, gpointer user_data);

G_END_DECLS
