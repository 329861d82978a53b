/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-attach.h"
#include "tela-canvas.h"
#include "tela-layers.h"
#include "tela-tool.h"

G_BEGIN_DECLS

/* The text being edited. */
typedef struct
{
  GtkWidget      *view; /* a child of the canvas; NULL: none is edited */
  GtkCssProvider *css;  /* owned; font and colour at this zoom */
  TelaGesture    *gesture;
  char           *id;
  TelaElement    *before; /* as it was; of a new text, its first operation */
  TelaAttach     *attach; /* what follows from it */
  gboolean        is_new;
  gboolean        is_sent; /* the gesture has shown it */
} TelaTextEdit;

struct _TelaCanvas
{
  GtkWidget parent_instance;

  TelaSession        *session;         /* owned; nullable */
  GSignalGroup       *session_signals; /* owned */
  GSignalGroup       *board_signals;   /* owned */
  TelaStore          *store;           /* owned; nullable */
  TelaAssets         *assets;          /* owned; nullable */
  TelaViewport       *viewport;        /* owned */
  TelaSelection      *selection;       /* owned */
  TelaStyle          *style;           /* owned */
  TelaLayers         *layers;          /* owned */
  GSimpleActionGroup *actions;         /* owned */
  GSimpleActionGroup *style_actions;   /* owned */

  TelaTool    *tool;       /* owned */
  gboolean     is_pressed; /* the tool is between press and release */
  guint        tick_id;
  gboolean     is_reading_style; /* the style follows the selection, not the other way */
  TelaGesture *style_gesture;    /* an unfinished change by a slider */
  TelaKey      style_key;        /* what it changes */
  guint        style_timeout;
  TelaTextEdit text;
  GtkWidget   *menu; /* a child of the canvas; made when it is first wanted */

  /* input */
  GtkGesture *drag; /* borrowed */
  guint       n_press;
  double      press_x, press_y; /* of the drag */
  gboolean    is_space_held;
  gboolean    is_panning;
  double      pan_x, pan_y;     /* offset of the pan so far */
  double      pinch_zoom;       /* zoom when the pinch began */
  double      pinch_x, pinch_y; /* centre of the fingers at the last event */
  double      pointer_x, pointer_y;
  gboolean    is_pointer_in;
  char       *tool_before_eraser; /* the pen was turned over */
};

void tela_canvas_init_input (TelaCanvas *self);
void tela_canvas_update_cursor (TelaCanvas *self);
void tela_canvas_init_actions (TelaCanvas *self);
void tela_canvas_bind_keys (GtkWidgetClass *widget_class);
void tela_canvas_update_actions (TelaCanvas *self);
void tela_canvas_tell_skipped (TelaCanvas *self, guint n);
void tela_canvas_finish_style (TelaCanvas *self); /* ends an unfinished slider change */
void tela_canvas_init_menu (TelaCanvas *self);
void tela_canvas_init_drop (TelaCanvas *self);
void tela_canvas_bind_menu_keys (GtkWidgetClass *widget_class);
void tela_canvas_init_style (TelaCanvas *self);
void tela_canvas_draw (GtkWidget *widget, GtkSnapshot *snapshot);
void tela_canvas_allocate_text (TelaCanvas *self);

G_END_DECLS
