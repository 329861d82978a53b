/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-attach.h"

G_BEGIN_DECLS

struct _TelaAttach
{
  GHashTable     *before; /* id → TelaElement: all that is concerned, as it was */
  GPtrArray      *lines;  /* ids, borrowed from the elements */
  GPtrArray      *texts;  /* ids, likewise */
  GHashTable     *said;   /* id → TelaElement: what was answered last */
  TelaMeasureFunc measure;
  gpointer        user_data;
};

/* One answer in the making. */
typedef struct
{
  TelaAttach *attach;
  GHashTable *after; /* id → TelaElement: those that have an operation, as they become */
  GHashTable *ops;   /* id → TelaElement */
  GPtrArray  *order; /* ids of @ops, borrowed from its keys */
} TelaAttachWork;

const TelaElement *tela_attach_before (TelaAttachWork *work, const char *id); /* NULL: new, or of no concern */
const TelaElement *tela_attach_after (TelaAttachWork *work, const char *id);
const TelaElement *tela_attach_op (TelaAttachWork *work, const char *id);     /* NULL: none so far */
void               tela_attach_say (TelaAttachWork *work, TelaOpBuilder *op); /* takes it; nothing if nothing would change */

/* A binding of a line's end. */
typedef enum
{
  TELA_BOUND_NOT,
  TELA_BOUND_FOCUS,
  TELA_BOUND_ORBIT,
  TELA_BOUND_POINT,
} TelaBoundForm;

typedef struct
{
  TelaBoundForm form;
  char         *target; /* owned */
  double        focus;
  double        gap;
  TelaSpot      fixed;
} TelaBound;

gboolean tela_bound_read (const TelaElement *line, TelaKey key, TelaBound *bound);
char    *tela_bound_read_target (const TelaElement *line, TelaKey key); /* (transfer full); NULL: not bound */
void     tela_bound_clear (TelaBound *bound);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelaBound, tela_bound_clear)

gboolean tela_attach_is_type (const TelaElement *element, const char *type);
gboolean tela_attach_is_line (const TelaElement *element); /* a line or an arrow with two points or more */
gboolean tela_attach_has_same_box (const TelaElement *a, const TelaElement *b);
gboolean tela_attach_is_linked (const char *container, GHashTable *ids); /* NULL is not */

/* The points on the board, rotation included. (transfer full) */
TelaSpot *tela_line_get_spots (const TelaElement *line, guint *n);
void      tela_line_set_spots (TelaOpBuilder *op, const TelaSpot *spots, guint n, double angle);
TelaSpot  tela_line_get_middle (const TelaElement *line); /* where its label is */

void tela_attach_follow_line (TelaAttachWork *work, const char *id);
void tela_attach_lay_out (TelaAttachWork *work, const char *id);       /* a text in a shape or on a line */
void tela_attach_lay_out_alone (TelaAttachWork *work, const char *id); /* one in nothing, if it keeps its width */

/* Where the ends of an elbow arrow are to be, and the axis along which each leaves. */
typedef struct
{
  TelaSpot places[2];
  TelaSpot ways[2];
} TelaElbowEnds;

TelaSpot tela_elbow_heading (TelaSpot end, TelaSpot next, double turn); /* @turn: by how much its shape has turned */
/* The way out of a shape at the side that *@place is nearest to; it moves there, @gap before the outline. */
TelaSpot tela_elbow_leave (const TelaOutline *outline, double gap, TelaSpot *place);
/* @spots are as they were. @fixed: the first and the last one that a hand has fixed; without any the first number is the
 * greater one. @shift: what is added to those numbers. (transfer full) */
TelaSpot *tela_elbow_route (const TelaSpot *spots, guint n, const TelaElbowEnds *ends, const guint fixed[2], guint *n_out, int *shift);
/* Routes @line and writes its points, and its fixed segments with their new places. */
void tela_elbow_write (TelaOpBuilder *op, const TelaElement *line, const TelaSpot *spots, guint n, const TelaElbowEnds *ends);

G_END_DECLS
