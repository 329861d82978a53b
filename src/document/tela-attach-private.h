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

/* Spots of an elbow arrow whose ends go to @first and @last. @spots are as they were; @turns: by how much the shapes at its
 * ends have turned. (transfer full) */
TelaSpot *tela_elbow_route (const TelaSpot *spots, guint n, TelaSpot first, TelaSpot last, const double turns[2], guint *n_out);

G_END_DECLS
