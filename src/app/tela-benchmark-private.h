/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-benchmark.h"
#include "tela-canvas.h"
#include "tela-window.h"

G_BEGIN_DECLS

/* What the canvas has, as the benchmarks of the browsers beside it. */
#define TELA_BENCHMARK_WIDTH 1600
#define TELA_BENCHMARK_HEIGHT 1000

typedef struct
{
  const char *name;
  double      seconds;
  double      zoom;                             /* to begin with; 0: all of it fits */
  void (*begin) (TelaBenchmark *self);          /* nullable */
  void (*step) (TelaBenchmark *self, double t); /* in the update phase of a frame, @t seconds after the first; NULL: nobody does anything */
  void (*end) (TelaBenchmark *self);            /* nullable */
} TelaBenchmarkScript;

typedef enum
{
  TELA_BENCHMARK_WINDOW,  /* it appears, with the list of boards */
  TELA_BENCHMARK_OPENING, /* the file is on its way to the first full picture */
  TELA_BENCHMARK_RESTING, /* whatever moves by itself comes to rest */
  TELA_BENCHMARK_RUNNING,
  TELA_BENCHMARK_ENDED,
} TelaBenchmarkPhase;

struct _TelaBenchmark
{
  TelaApplication           *app;  /* borrowed: owns this */
  char                      *dir;  /* owned */
  GFile                     *file; /* owned */
  const TelaBenchmarkScript *script;
  double                     seconds;
  gboolean                   json;

  TelaWindow        *window;  /* borrowed: the toolkit's */
  TelaCanvas        *canvas;  /* borrowed */
  GtkWidget         *counted; /* borrowed: whose frame clock is listened to */
  TelaBenchmarkPhase phase;
  guint              source;
  guint              deadline;
  guint              tick;
  gboolean           is_painted; /* the frame under way has a paint phase */
  gint64             begun;      /* this frame, µs */
  double             begun_cpu;
  gint64             last; /* the frame before; 0: none */
  gint64             opened;
  gint64             first_frame; /* frame time of the script's first */

  /* What was found */
  double  first_paint_ms;
  double  opened_ms; /* the board is there, though not painted */
  GArray *costs;     /* double: ms a frame */
  GArray *cpu_costs; /* double: ms of processor time a frame, which a busy machine does not lengthen */
  GArray *intervals; /* double: ms between frames */
  GArray *undos;     /* double: ms an undo or redo */
  guint64 tiles_before, tiles;
  double  cpu_before, cpu_seconds;
  double  painters_cpu; /* seconds of them that the painters took */
  gint64  run_begun, run_us;
  guint   n_patches;

  /* Of the script */
  TelaRect   extent; /* of the board */
  double     fit;
  double     x, y, zoom; /* camera to begin with */
  double     px, py;     /* where the pointer was pressed, in widget pixels */
  guint      n_points;   /* drawn */
  GPtrArray *elements;   /* owned, nullable: whom others move. (element-type TelaElement) */
  guint64    stamp;
};

/* tela-benchmark-scripts.c */
const TelaBenchmarkScript *tela_benchmark_find_script (const char *name);
void                       tela_benchmark_place (TelaBenchmark *self, double zoom); /* the middle of the board; 0: all of it fits */

/* tela-benchmark-hand.c */
void tela_benchmark_drag_one (TelaBenchmark *self);
void tela_benchmark_drag_many (TelaBenchmark *self);
void tela_benchmark_move (TelaBenchmark *self, double t);
void tela_benchmark_release (TelaBenchmark *self);
void tela_benchmark_draw_begin (TelaBenchmark *self);
void tela_benchmark_draw (TelaBenchmark *self, double t);
void tela_benchmark_undo_begin (TelaBenchmark *self);
void tela_benchmark_undo (TelaBenchmark *self, double t);
void tela_benchmark_flood_begin (TelaBenchmark *self);
void tela_benchmark_flood (TelaBenchmark *self, double t); /* what others do until then */

/* tela-benchmark-report.c */
void  tela_benchmark_count_threads (TelaBenchmark *self); /* before and after the script */
char *tela_benchmark_report (TelaBenchmark *self);        /* (transfer full) */

G_END_DECLS
