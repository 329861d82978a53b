/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-geometry.h"

G_BEGIN_DECLS

/* Where a hand points, as it is said to others (sync.md 5: "cursor"), and where it was between two messages. Pure: no
 * clock of its own. Lengths in board units.
 *
 *   {"at": ms, "path": [[ms before at, x, y], …], "laser": [[ms before at, x, y], …], "view": [x, y, width, height],
 *    "selected": [id, …], "around": [x, y, width, height], "writing": id, "tool": name, "bring": n}
 *
 * `at` is of the sender's clock, which need not be right. Each message says all of it but `path` and `laser`, which are
 * what came since the last one; an empty path says that the pointer is not over the board. */

#define TELA_CURSOR_MAX_SAMPLES 32
#define TELA_CURSOR_MAX_SELECTED 32

typedef struct
{
  gint64 at; /* milliseconds of the sender's clock */
  double x, y;
} TelaCursorSample;

typedef struct
{
  gint64           at;
  TelaCursorSample path[TELA_CURSOR_MAX_SAMPLES]; /* oldest first */
  guint            n_path;
  TelaCursorSample laser[TELA_CURSOR_MAX_SAMPLES];
  guint            n_laser;
  TelaRect         view;     /* what their window shows; width 0: unknown */
  TelaRect         around;   /* a selection of too many to be named; width 0: none */
  GPtrArray       *selected; /* ids; NULL: none */
  char            *writing;  /* the text that is being edited; NULL: none */
  char            *tool;     /* nullable */
  guint            bring;    /* counts how often others were asked to come and look */
} TelaCursor;

TelaCursor *tela_cursor_new (void);
void        tela_cursor_free (TelaCursor *self);
/* More than fit: every other one of the path goes. */
void        tela_cursor_add_path (TelaCursor *self, gint64 at, double x, double y);
void        tela_cursor_add_laser (TelaCursor *self, gint64 at, double x, double y);
char       *tela_cursor_write (const TelaCursor *self); /* (transfer full) */
TelaCursor *tela_cursor_read (const char *data, gsize len, GError **error);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaCursor, tela_cursor_free)

/* The path of one pointer as it is shown here: a little later than it was, so that it moves evenly however seldom the
 * messages come. Times are monotonic microseconds of this machine. */
typedef struct _TelaTrack TelaTrack;

TelaTrack *tela_track_new (void);
void       tela_track_free (TelaTrack *self);
void       tela_track_add (TelaTrack *self, const TelaCursor *cursor, gint64 now);
/* FALSE: not over the board. */
gboolean tela_track_get (TelaTrack *self, gint64 now, double *x, double *y);
/* It will be elsewhere in the next frame. */
gboolean tela_track_is_moving (TelaTrack *self, gint64 now);
/* When a sample of the sender's clock is shown here. */
gint64 tela_track_get_due (TelaTrack *self, gint64 at);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaTrack, tela_track_free)

G_END_DECLS
