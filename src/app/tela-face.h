/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-people.h"

G_BEGIN_DECLS

/* The initials of somebody on their colour, dimmed while they are not there. (transfer floating) */
GtkWidget *tela_face_new (TelaPerson *person, int size, gboolean is_stale);

G_END_DECLS
