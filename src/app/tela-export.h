/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-formats.h"
#include "tela-images.h"

G_BEGIN_DECLS

/* The forms in which a board leaves. */
typedef enum
{
  TELA_EXPORT_PNG,
  TELA_EXPORT_SVG,
  TELA_EXPORT_PDF,
  TELA_EXPORT_EXCALIDRAW,
  TELA_EXPORT_TELA,
  TELA_N_EXPORTS
} TelaExportFormat;

typedef struct
{
  TelaExportFormat   format;
  double             scale;          /* PNG: pixels a board unit */
  gboolean           is_transparent; /* PNG, SVG: without paper */
  gboolean           is_dark;        /* PNG, SVG, PDF: colours of a dark theme */
  gboolean           embeds;         /* PNG, SVG: with the drawing inside, to be opened again */
  TelaCarrierVersion version;        /* how it is inside; 0: as today */
  gboolean           by_frame;       /* PDF: a page each */
  gboolean           selection_only; /* for the one who chooses the elements */
} TelaExportOptions;

#define TELA_EXPORT_PADDING 10.0 /* board units around a picture, as Excalidraw has it */

/* The file of @elements, which are in any order and the board's own may be among them. @images: nullable. *n_missing (nullable):
 * images that are not here. Any thread. (transfer full) */
GBytes *tela_export_make (GPtrArray *elements, TelaImages *images, const TelaExportOptions *options, guint *n_missing, GCancellable *cancellable, GError **error);

/* The same on a thread; images that are not here are left out. */
void        tela_export_async (GPtrArray *elements, TelaImages *images, const TelaExportOptions *options, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes     *tela_export_finish (GAsyncResult *result, GError **error);
const char *tela_export_get_suffix (TelaExportFormat format); /* with its dot */
/* How a document of that ending is written. FALSE: there is no form for it. */
gboolean tela_export_choose (const char *path, TelaExportOptions *options);

G_END_DECLS
