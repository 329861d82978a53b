/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

#include "tela-images.h"
#include "tela-selection.h"
#include "tela-style.h"
#include "tela-viewport.h"
#include "tela-workspace.h"

G_BEGIN_DECLS

/* One camera on a board: draws it, and lets a hand work on it with tools. Its commands are the actions of
 * tela_canvas_get_actions(), under the prefix "canvas". Properties tool (string), editing (a text; notify). Signal "skipped" (guint n): an undo left n
 * properties alone, because somebody else has written them since. Signal "message" (const char *text): to be told in passing.
 * Signal "files-dropped" (GListModel *files): what is no picture. Signal "image-wanted" (double x, y, width, height): where one shall be
 * made. */
#define TELA_TYPE_CANVAS (tela_canvas_get_type ())
G_DECLARE_FINAL_TYPE (TelaCanvas, tela_canvas, TELA, CANVAS, GtkWidget)

/* Where the pointer is, in board units and in widget pixels. */
typedef struct
{
  double          x, y;
  double          wx, wy;
  double          pressure; /* 0 to 1; below 0: the device has none */
  GdkModifierType state;
  guint           n_press; /* 1; 2: the second press of a double click */
  gboolean        touch;   /* a finger: targets are larger */
} TelaPointer;

GtkWidget     *tela_canvas_new (void);
void           tela_canvas_set_session (TelaCanvas *self, TelaSession *session, TelaStore *store); /* nullable; @store has its images */
void           tela_canvas_set_assets (TelaCanvas *self, TelaAssets *assets);                      /* after a session: from where images that are not here come */
TelaAssets    *tela_canvas_get_assets (TelaCanvas *self);
TelaStore     *tela_canvas_get_store (TelaCanvas *self);
void           tela_canvas_get_target (TelaCanvas *self, double *x, double *y); /* where to paste, in board units: the pointer, else the middle */
void           tela_canvas_get_paper (TelaCanvas *self, GdkRGBA *colour);       /* of the board */
void           tela_canvas_tell (TelaCanvas *self, const char *text);           /* emits "message" */
void           tela_canvas_want_image (TelaCanvas *self, TelaRect box);         /* emits "image-wanted" */
void           tela_canvas_set_label (TelaCanvas *self, const char *label);     /* what a screen reader calls it */
TelaSession   *tela_canvas_get_session (TelaCanvas *self);
TelaBoard     *tela_canvas_get_board (TelaCanvas *self); /* NULL without a session */
TelaViewport  *tela_canvas_get_viewport (TelaCanvas *self);
TelaSelection *tela_canvas_get_selection (TelaCanvas *self);
TelaStyle     *tela_canvas_get_style (TelaCanvas *self);
TelaImages    *tela_canvas_get_images (TelaCanvas *self);        /* of the board; NULL without a session */
GActionGroup  *tela_canvas_get_actions (TelaCanvas *self);       /* insert as "canvas" */
GActionGroup  *tela_canvas_get_style_actions (TelaCanvas *self); /* insert as "style" */
gboolean       tela_canvas_can_edit (TelaCanvas *self);
void           tela_canvas_reveal (TelaCanvas *self, const TelaElement *element); /* moves the board if it must */
double         tela_canvas_get_unit (TelaCanvas *self);                           /* board units a widget pixel */

void        tela_canvas_set_tool (TelaCanvas *self, const char *name);
const char *tela_canvas_get_tool (TelaCanvas *self);
/* One shape is done: back to the select tool. */
void tela_canvas_tool_done (TelaCanvas *self);

/* What the gestures call, and tests. */
void tela_canvas_press (TelaCanvas *self, double wx, double wy, GdkModifierType state, double pressure, guint n_press);
void tela_canvas_motion (TelaCanvas *self, double wx, double wy, GdkModifierType state, double pressure);
void tela_canvas_release (TelaCanvas *self, double wx, double wy, GdkModifierType state);
void tela_canvas_cancel (TelaCanvas *self); /* a drag under way, if any */

/* Properties "pressed": the tool is between press and release; "dragging": it has told that it moves what is on the board. */
gboolean tela_canvas_is_pressed (TelaCanvas *self);
gboolean tela_canvas_is_dragging (TelaCanvas *self);
void     tela_canvas_set_dragging (TelaCanvas *self); /* until the release */

/* How it is painted: all that is visible is there, sharp and up to date; tiles painted so far, and what those that are kept take. */
gboolean tela_canvas_is_settled (TelaCanvas *self);
void     tela_canvas_get_painted (TelaCanvas *self, guint64 *n_tiles, gsize *bytes);
/* From now on it draws nothing but one picture of what it shows now: what a benchmark is compared with. */
void tela_canvas_freeze (TelaCanvas *self);

/* Its original size, if it is an image that has been decoded. */
gboolean tela_canvas_measure_image (TelaCanvas *self, const TelaElement *element, double *width, double *height);
gboolean tela_canvas_crop (TelaCanvas *self, const TelaElement *element); /* begins to; FALSE: it is no image that is shown */

/* Text is edited in a real text widget over the canvas. */
gboolean       tela_canvas_edit_text (TelaCanvas *self, const TelaElement *element); /* a text, or the one in a shape or on an arrow, which may be new; FALSE: it can hold none */
void           tela_canvas_new_text (TelaCanvas *self, double x, double y);
gboolean       tela_canvas_is_editing (TelaCanvas *self);
GtkTextBuffer *tela_canvas_get_text_buffer (TelaCanvas *self); /* of the text being edited; NULL: none */
const char    *tela_canvas_get_text_id (TelaCanvas *self);     /* likewise */
void           tela_canvas_commit_text (TelaCanvas *self);

G_END_DECLS
