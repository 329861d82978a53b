/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <adwaita.h>

#include "tela-application.h"
#include "tela-canvas.h"

G_BEGIN_DECLS

/* Runs the main loop until @condition holds; fails the test after a generous while. */
#define WAIT_UNTIL(condition)                                             \
  G_STMT_START                                                            \
  {                                                                       \
    gint64 wait_deadline = g_get_monotonic_time () + 60 * G_USEC_PER_SEC; \
    while (!(condition))                                                  \
      if (!app_wait_step (wait_deadline))                                 \
        g_assert_true (condition);                                        \
  }                                                                       \
  G_STMT_END

gboolean app_wait_step (gint64 deadline);
void     app_remove_tree (const char *path);
void     app_bear_toolkit (void); /* a warning of a newer toolkit's own ends no test */

/* A canvas in a window, on a board that no server knows. */
typedef struct
{
  char            *dir;
  TelaStore       *store;
  RealtimeManager *realtime;
  TelaWorkspace   *workspace;
  TelaSession     *session;
  TelaBoard       *board; /* borrowed */
  GtkWidget       *window;
  TelaCanvas      *canvas; /* borrowed */
} CanvasFixture;

void canvas_fixture_set_up (CanvasFixture *self, gconstpointer data);
void canvas_fixture_tear_down (CanvasFixture *self, gconstpointer data);

/* Another canvas on the same board; its window is (transfer full). */
GtkWidget *canvas_fixture_add_window (CanvasFixture *self, TelaCanvas **canvas);

void     canvas_drag (TelaCanvas *canvas, double x0, double y0, double x1, double y1, GdkModifierType state);
void     canvas_activate (TelaCanvas *canvas, const char *action);
gboolean canvas_is_enabled (TelaCanvas *canvas, const char *action);
/* Puts a filled rectangle on the board, with the tool. Returns its id, which it selects. (transfer full) */
char *canvas_draw (TelaCanvas *canvas, const char *tool, double x0, double y0, double x1, double y1);
/* The one element that is selected, borrowed until the board changes. */
const TelaElement *canvas_get_selected (TelaCanvas *canvas);
/* Until all is painted: also what is around what is seen, and the whole from afar. Returns how many tiles were, so far. */
guint64 canvas_wait_for_painters (TelaCanvas *canvas);
/* What a frame drawn now would show. (transfer full) */
cairo_surface_t *canvas_get_picture (TelaCanvas *canvas);
/* What it would show there. */
void canvas_get_pixel (TelaCanvas *canvas, int x, int y, guint8 rgb[3]);
void picture_get_pixel (cairo_surface_t *picture, int x, int y, guint8 rgb[3]);

/* The whole program, on data of its own. */
typedef struct
{
  char            *dir;
  TelaApplication *app;
} AppFixture;

void app_finalize (TelaApplication *app); /* drops the last reference, and waits */
void app_fixture_set_up (AppFixture *self, gconstpointer data);
void app_fixture_restart (AppFixture *self); /* as the next run of the program, on the same data */
void app_fixture_tear_down (AppFixture *self, gconstpointer data);

G_END_DECLS
