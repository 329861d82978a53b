/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-draft.h"

G_BEGIN_DECLS

/* What turns and moves a point: never scales. */
typedef struct
{
  double x, y, angle;
} TelaTldrPlace;

typedef struct
{
  const char  *id;     /* owned by the file's table, without "shape:" */
  char        *type;   /* owned */
  char        *parent; /* owned: an id with its kind */
  char        *index;  /* owned */
  TelaJsonSpan record, props;
  double       width, height; /* of its box, if it has one */
  enum
  {
    TELA_TLDR_RECTANGLE,
    TELA_TLDR_ELLIPSE,
    TELA_TLDR_DIAMOND,
  } outline;               /* what arrows end at */
  TelaTldrPlace own;       /* in its parent */
  TelaTldrPlace place;     /* on the board */
  gboolean      is_placed; /* it hangs on a page */
  GPtrArray    *children;  /* owned: borrowed shapes, in order */
} TelaTldrShape;

typedef struct
{
  TelaJsonSpan props;
  double       width, height; /* in pixels, once it is read */
  GBytes      *bytes;         /* owned, nullable: not in the file */
  gboolean     is_read;
} TelaTldrAsset;

/* A drawing of tldraw: https://tldraw.dev */
typedef struct
{
  TelaDraft   draft;
  GHashTable *shapes;   /* owned: id → TelaTldrShape */
  GHashTable *assets;   /* owned: id with its kind → TelaTldrAsset */
  GHashTable *bindings; /* owned: "ARROW start" or "ARROW end" → TelaJsonSpan of the record */
  GPtrArray  *pages;    /* owned: TelaTldrShape, as parents of what is on them */
} TelaTldr;

double       tela_tldr_get_number (TelaJsonSpan object, const char *name, double fallback); /* finite, and within the board */
char        *tela_tldr_get_string (TelaJsonSpan object, const char *name);                  /* NULL if absent */
gboolean     tela_tldr_get_boolean (TelaJsonSpan object, const char *name);
gboolean     tela_tldr_is (TelaJsonSpan object, const char *name, const char *value);
TelaJsonSpan tela_tldr_get_object (TelaJsonSpan object, const char *name); /* {} if absent */

/* What tldraw 2 would have written for a file of tldraw 1; NULL: @text, which is JSON, is none. (transfer full) */
char *tela_tldr_upgrade (TelaJsonSpan text, gsize *len);

TelaTldrPlace tela_tldr_place (TelaTldrPlace parent, TelaTldrPlace own);
void          tela_tldr_to_board (TelaTldrPlace place, double x, double y, double out[2]);

void tela_tldr_measure (TelaTldrShape *shape); /* sets width and height */
/* What is made of points: on the board, as x, y, x, y, …; @pressures (nullable) gets one for each. NULL for others. */
GArray *tela_tldr_get_points (const TelaTldr *self, const TelaTldrShape *shape, GArray *pressures);
/* Plain text of a label. (transfer full); NULL if there is none. */
char *tela_tldr_get_text (TelaTldr *self, TelaJsonSpan props);

/* Writes one shape without its children. @style has group, frame and opacity. */
void        tela_tldr_add_shape (TelaTldr *self, const TelaTldrShape *shape, const TelaDraftStyle *base);
void        tela_tldr_add_geo (TelaTldr *self, const TelaTldrShape *shape, const TelaDraftStyle *style);
void        tela_tldr_add_label (TelaTldr *self, const TelaTldrShape *shape, const TelaDraftStyle *base, gboolean bound);
void        tela_tldr_add_arrow (TelaTldr *self, const TelaTldrShape *shape, const TelaDraftStyle *style);
GArray     *tela_tldr_get_arrow_points (const TelaTldr *self, const TelaTldrShape *shape);
double      tela_tldr_get_stroke_width (TelaJsonSpan props);
const char *tela_tldr_get_colour (TelaJsonSpan props, const char *name);
const char *tela_tldr_get_marker_colour (TelaJsonSpan props);
void        tela_tldr_add_ink (TelaTldr *self, const TelaTldrShape *shape, const TelaDraftStyle *style);
void        tela_tldr_add_line (TelaTldr *self, const TelaTldrShape *shape, const TelaDraftStyle *style);
void        tela_tldr_add_image (TelaTldr *self, const TelaTldrShape *shape, const TelaDraftStyle *style);
/* The box of what lies at @x, @y in the shape: it turns about its own middle. */
TelaDraftBox  tela_tldr_get_box (const TelaTldrShape *shape, double x, double y, double width, double height);
TelaDraftFont tela_tldr_get_font (TelaTldr *self, TelaJsonSpan props);
guint         tela_tldr_get_step (TelaJsonSpan props); /* of size: s, m, l or xl */
double        tela_tldr_get_scale (TelaJsonSpan props);

G_END_DECLS
