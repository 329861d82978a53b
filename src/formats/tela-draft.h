/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-formats.h"

G_BEGIN_DECLS

#define TELA_DRAFT_MAX_ELEMENTS 200000
#define TELA_DRAFT_MAX_IMAGE (64u * 1024 * 1024)
#define TELA_DRAFT_LINE_HEIGHT 1.25

/* What a file of another program becomes: written as a drawing, then read as one, so that ids, order and images have
 * one path. Fonts are those of the drawing. */
typedef struct
{
  GString       *out; /* owned */
  TelaJsonWriter writer;
  GPtrArray     *files;            /* owned: TelaDraftFile */
  GHashTable    *by_id, *by_bytes; /* owned: the same, for looking up */
  gsize          n_bytes;
  GPtrArray     *notes; /* owned: TelaDraftNote */
  guint          n;
} TelaDraft;

typedef enum
{
  TELA_DRAFT_FONT_SANS = 2,
  TELA_DRAFT_FONT_MONO = 3,
  TELA_DRAFT_FONT_HAND = 5,
} TelaDraftFont;

/* Zeros and NULLs are the defaults: no line, no fill, opaque, not rough. All borrowed. */
typedef struct
{
  const char *stroke, *fill;
  const char *stroke_style;
  double      stroke_width, roughness;
  double      opacity;   /* 0 to 100; 0 is 100, as nothing unseen is imported */
  const char *roundness; /* JSON */
  const char *frame_id;
  GPtrArray  *group_ids; /* innermost first */
  const char *link;
  gboolean    locked;
} TelaDraftStyle;

typedef struct
{
  const char   *text;
  double        size;
  TelaDraftFont font;
  const char   *align, *vertical_align; /* NULL: left, top */
  const char   *container_id;           /* NULL: none */
  double        wrap;                   /* the width that it wraps at; 0: it does not */
} TelaDraftText;

typedef struct
{
  double x, y, width, height, angle;
} TelaDraftBox;

void     tela_draft_init (TelaDraft *self);
void     tela_draft_clear (TelaDraft *self);
gboolean tela_draft_is_full (const TelaDraft *self);
/* The id of the element after next, as it were: of the one that is begun with NULL. (transfer full) */
char *tela_draft_next_id (const TelaDraft *self);
/* Begins an element; its own members may follow. @id NULL: the next. */
void tela_draft_begin (TelaDraft *self, const char *id, const char *type, const TelaDraftBox *box, const TelaDraftStyle *style);
void tela_draft_end (TelaDraft *self);
/* Begins one that is made of points, given in the board's coordinates as x, y, x, y, …; at most TELA_MAX_POINTS are kept. */
void tela_draft_begin_points (TelaDraft *self, const char *id, const char *type, const double *xy, guint n, const TelaDraftStyle *style);
/* Writes an array beside the points, thinned likewise. */
void tela_draft_add_values (TelaDraft *self, const char *name, const double *values, guint n);
void tela_draft_add_text (TelaDraft *self, const TelaDraftBox *box, const TelaDraftText *text, const TelaDraftStyle *style);
/* FALSE if it is too large or no image. */
gboolean tela_draft_begin_image (TelaDraft *self, const TelaDraftBox *box, const TelaDraftStyle *style, GBytes *bytes);
/* How large a text will be, roughly: the fonts are not here. */
void tela_draft_measure_text (const TelaDraftText *text, double *width, double *height);
/* Something was not carried over; equal sentences are counted. Static text. */
void tela_draft_note (TelaDraft *self, const char *what);
/* Ends the draft, but does not clear it. */
TelaImport *tela_draft_finish (TelaDraft *self, TelaStamp stamp, TelaBoard *board, const char *name, GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelaDraft, tela_draft_clear)

/* Ink smooths the way between its points, and so cuts the corners of those that are far apart: puts others between them.
 * @points: pairs; @pressures: one for each; both double. */
void tela_draft_fill_ink (GArray *points, GArray *pressures);

G_END_DECLS
