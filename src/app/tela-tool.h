/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-canvas.h"

G_BEGIN_DECLS

/* What a primary drag on the canvas does. A press is followed by motions and by one release or one cancel; cancel leaves
 * the board as it was. A tool is made when it is chosen and freed when another one is. */
typedef struct _TelaTool TelaTool;

typedef struct
{
  const char *name;            /* target of the action canvas.tool */
  const char *cursor;          /* CSS name */
  gboolean    edits;           /* needs the right to edit */
  gboolean    places;          /* can draw without a pointer: a drag or click in the middle of the view */
  gboolean    hides_selection; /* draws what is selected by itself */
  gsize       size;            /* of the tool's own struct, which begins with a TelaTool */
  void (*press) (TelaTool *self, const TelaPointer *pointer);
  void (*motion) (TelaTool *self, const TelaPointer *pointer);
  void (*release) (TelaTool *self, const TelaPointer *pointer);
  void (*cancel) (TelaTool *self);
  const char *(*hover) (TelaTool *self, const TelaPointer *pointer); /* nullable: the cursor there */
  void (*snapshot) (TelaTool *self, GtkSnapshot *snapshot);          /* nullable: above everything, in widget coordinates */
} TelaToolClass;

struct _TelaTool
{
  const TelaToolClass *klass;
  TelaCanvas          *canvas; /* borrowed: it owns the tool */
};

TelaTool *tela_tool_new (const char *name, TelaCanvas *canvas); /* NULL: no such tool */
void      tela_tool_free (TelaTool *self);
gboolean  tela_tool_is_known (const char *name, gboolean *edits);

extern const TelaToolClass tela_tool_select_class;
extern const TelaToolClass tela_tool_hand_class;
extern const TelaToolClass tela_tool_rectangle_class;
extern const TelaToolClass tela_tool_ellipse_class;
extern const TelaToolClass tela_tool_diamond_class;
extern const TelaToolClass tela_tool_frame_class;
extern const TelaToolClass tela_tool_generate_class;
extern const TelaToolClass tela_tool_line_class;
extern const TelaToolClass tela_tool_arrow_class;
extern const TelaToolClass tela_tool_pen_class;
extern const TelaToolClass tela_tool_text_class;
extern const TelaToolClass tela_tool_eraser_class;
extern const TelaToolClass tela_tool_laser_class;
extern const TelaToolClass tela_tool_crop_class;

/* Widget pixels around a shape in which an arrow attaches to it. */
#define TELA_ATTACH_SLACK 8.0

/* Widget pixels that the pointer may move in a click. */
#define TELA_CLICK_SLACK 4.0

static inline gboolean
tela_pointer_is_drag (const TelaPointer *from,
                      const TelaPointer *to)
{
  return ABS (to->wx - from->wx) > TELA_CLICK_SLACK || ABS (to->wy - from->wy) > TELA_CLICK_SLACK;
}

G_END_DECLS
