/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-images.h"
#include "tela-workspace.h"

G_BEGIN_DECLS

/* Paints a picture of each board that is edited here, for the lists of its members: some seconds after the last edit, and
 * when it is left. On a thread; the workspace keeps and tells what comes of it. */
#define TELA_TYPE_THUMBNAILER (tela_thumbnailer_get_type ())
G_DECLARE_FINAL_TYPE (TelaThumbnailer, tela_thumbnailer, TELA, THUMBNAILER, GObject)

#define TELA_THUMBNAIL_WIDTH 320 /* pixels */
#define TELA_THUMBNAIL_HEIGHT 200

TelaThumbnailer *tela_thumbnailer_new (TelaWorkspace *workspace);
void             tela_thumbnailer_edited (TelaThumbnailer *self, TelaSession *session);
void             tela_thumbnailer_left (TelaThumbnailer *self, TelaSession *session); /* a window shows it no more */

/* The PNG of @elements, which are in any order and the board's own may be among them. @images: nullable. Any thread.
 * (transfer full) */
GBytes *tela_thumbnailer_paint (GPtrArray *elements, TelaImages *images, GError **error);

G_END_DECLS
