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
  GtkWidget   *view; /* a child of the canvas; NULL: none is edited */
  TelaGesture *gesture;
  char        *id;
  TelaElement *before;  /* as it was; of a new text, its first operation */
  TelaElement *look;    /* nullable; an operation: what else than the words this edit changes */
  char        *base;    /* the words that those of others are compared with */
  char        *started; /* the words as it began */
  TelaAttach  *attach;  /* what follows from it */
  gboolean     is_new;
  gboolean     is_sent; /* the gesture has shown it */
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

  TelaTool        *tool;       /* owned */
  gboolean         is_pressed; /* the tool is between press and release */
  gboolean         is_dragging;
  guint            tick_id;
  gboolean         is_reading_style; /* the style follows the selection, not the other way */
  guint            style_idle;       /* it is to follow a change of the board */
  char            *free_align;       /* nullable: how texts that are in nothing are aligned, while the style shows one that is in something */
  TelaGesture     *style_gesture;    /* an unfinished change by a slider */
  TelaKey          style_key;        /* what it changes */
  guint            style_timeout;
  TelaTextEdit     text;
  TelaElement     *paper_of; /* owned, nullable: the element that the paper was read from */
  GdkRGBA          paper;
  GtkNativeDialog *chooser;        /* owned; of an image; NULL: none is open */
  GtkWidget       *menu;           /* a child of the canvas; made when it is first wanted */
  GMenuModel *(*next_menu) (void); /* builds what it shows next, */
  guint       menu_idle;           /* soon */
  GdkTexture *frozen;              /* owned; all that is drawn, at */
  TelaRect    frozen_at;           /* in board units; NULL: the board is */
  GtkWidget  *name_popover;        /* a child of the canvas, while a frame is renamed */

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
void tela_canvas_update_description (TelaCanvas *self); /* what a screen reader tells of it */
void tela_canvas_init_arrange (TelaCanvas *self);
void tela_canvas_bind_keys (GtkWidgetClass *widget_class);
void tela_canvas_update_actions (TelaCanvas *self);
void tela_canvas_tell_skipped (TelaCanvas *self, guint n);
void tela_canvas_finish_style (TelaCanvas *self); /* ends an unfinished slider change */
void tela_canvas_init_align (TelaCanvas *self);
void tela_canvas_update_align (TelaCanvas *self);
void tela_canvas_bind_align_keys (GtkWidgetClass *widget_class);
void tela_canvas_init_menu (TelaCanvas *self);
void tela_canvas_init_frames (TelaCanvas *self);
void tela_canvas_update_frame_actions (TelaCanvas *self);
void tela_canvas_bind_frame_keys (GtkWidgetClass *widget_class);
void tela_canvas_init_images (TelaCanvas *self);
void tela_canvas_update_image_actions (TelaCanvas *self);
void tela_canvas_save_image (TelaCanvas *self, const TelaElement *image, GFile *file); /* its original bytes */
void tela_canvas_init_clipboard (TelaCanvas *self);
void tela_canvas_init_drop (TelaCanvas *self);
void tela_canvas_bind_menu_keys (GtkWidgetClass *widget_class);
void tela_canvas_init_style (TelaCanvas *self);
void tela_canvas_draw (GtkWidget *widget, GtkSnapshot *snapshot);
void tela_canvas_allocate_text (TelaCanvas *self);
void tela_canvas_update_text (TelaCanvas *self);             /* of the editor, if any: its looks, at this zoom */
void tela_canvas_style_text (TelaCanvas *self, TelaKey key); /* the text under edit takes this from the style */
void tela_canvas_follow_text (TelaCanvas *self);             /* the board has changed, maybe the text under edit */
void tela_canvas_draw_text (TelaCanvas *self, GtkSnapshot *snapshot);
/* Draws in the middle of the view with a tool that can. */
void tela_canvas_place (TelaCanvas *self);
/* Shows it; @labels: of the elements, each nullable. */
void  tela_canvas_read_style (TelaCanvas *self, const TelaElement *const *elements, const TelaElement *const *labels, guint n);
void  tela_canvas_follow_style (TelaCanvas *self); /* the board has changed */
void  tela_canvas_show_text (TelaCanvas *self);    /* on the board, as it is typed */
char *tela_canvas_dup_text (TelaCanvas *self);     /* as typed. (transfer full) */

G_END_DECLS
