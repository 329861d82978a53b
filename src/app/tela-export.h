/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-images.h"

G_BEGIN_DECLS

/* The forms in which a board leaves. */
typedef enum
{
  TELA_EXPORT_PNG,
  TELA_EXPORT_PDF,
  TELA_EXPORT_EXCALIDRAW,
  TELA_N_EXPORTS
} TelaExportFormat;

typedef struct
{
  TelaExportFormat format;
  double           scale;          /* PNG: pixels a board unit */
  gboolean         is_transparent; /* PNG: without paper */
  gboolean         embeds;         /* PNG: with the drawing inside, to be opened again */
  gboolean         by_frame;       /* PDF: a page each */
  gboolean         selection_only;
} TelaExportOptions;

/* @elements: in z-order; @board: for what else a drawing has; @paper: a colour. The work is done on a thread. */
void        tela_export_async (GPtrArray *elements, TelaBoard *board, TelaImages *images, const char *paper, const TelaExportOptions *options, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GBytes     *tela_export_finish (GAsyncResult *result, GError **error);
const char *tela_export_get_suffix (TelaExportFormat format); /* with its dot */

G_END_DECLS
