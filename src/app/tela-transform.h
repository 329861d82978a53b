/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-frame.h"

G_BEGIN_DECLS

/* What a drag of a handle to @to does. @keep_ratio: Shift. All elements are as they were when the drag began.
 * (transfer full)(element-type TelaElement) operations without stamps. */
GPtrArray *tela_transform_move (GPtrArray *elements, double dx, double dy);
GPtrArray *tela_transform_resize (GPtrArray *elements, const TelaFrame *frame, TelaHandle handle, TelaPoint to, gboolean keep_ratio);
GPtrArray *tela_transform_rotate (GPtrArray *elements, const TelaFrame *frame, TelaPoint to, gboolean snap);
/* A side of a text in nothing is pulled: it keeps the width that it gets, and wraps. */
gboolean   tela_transform_is_width (GPtrArray *elements, TelaHandle handle);
GPtrArray *tela_transform_width (const TelaElement *text, const TelaFrame *frame, TelaHandle handle, TelaPoint to);
GPtrArray *tela_transform_point (const TelaElement *line, guint point, TelaPoint to);

G_END_DECLS
