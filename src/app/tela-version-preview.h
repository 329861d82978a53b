/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-images.h"

G_BEGIN_DECLS

/* What a board was like: painted on a thread, as a picture to look at. While it waits, or where there is nothing to be seen, it
 * says so. What it says of trouble comes with a button, whose action is "versions.retry". */
#define TELA_TYPE_VERSION_PREVIEW (tela_version_preview_get_type ())
G_DECLARE_FINAL_TYPE (TelaVersionPreview, tela_version_preview, TELA, VERSION_PREVIEW, AdwBin)

void tela_version_preview_wait (TelaVersionPreview *self);
void tela_version_preview_fail (TelaVersionPreview *self, const char *cause); /* a sentence */
/* @elements in any order, the board's own among them. */
void tela_version_preview_show (TelaVersionPreview *self, GPtrArray *elements, TelaStore *store, TelaAssets *assets);
/* "wait", "picture", "empty" or "failed" */
const char *tela_version_preview_get_page (TelaVersionPreview *self);

G_END_DECLS
