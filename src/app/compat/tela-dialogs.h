/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Dialogs are windows up to libadwaita 1.4 and widgets inside a window from 1.5 on. What these return has the same
 * properties and signals in both. */

typedef struct
{
  const char           *id;
  const char           *label;
  AdwResponseAppearance appearance;
} TelaResponse;

/* The first response is that of closing it, the last that of Enter. It emits "response" with an id. */
GtkWidget *tela_question_new (const char         *heading,
                              const char         *body, /* nullable */
                              const TelaResponse *responses,
                              guint               n_responses);
void       tela_question_set_enabled (GtkWidget *question, const char *response, gboolean is_enabled);

GtkWidget *tela_about_new (void);
GtkWidget *tela_preferences_dialog_new (AdwPreferencesPage *page); /* takes a floating @page */

void tela_dialog_set_size (GtkWidget *dialog, int width, int height);
void tela_dialog_present (GtkWidget *dialog, GtkWindow *parent);

G_END_DECLS
