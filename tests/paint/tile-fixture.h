/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-board.h"
#include "tela-tile-cache-private.h"

G_BEGIN_DECLS

#define TILE_FIXTURE_VIEW 600 /* pixels of the window's side */

/* A tile cache over a board that has every kind of element. */
typedef struct
{
  TelaBoard     *board;
  TelaPainter   *painter;
  TelaTileSource source;
  TelaTileCache *cache;
  GArray        *draws;
  guint          n_ready;
  guint          n_queries;
  guint64        clock;
} TileFixture;

void tile_fixture_set_up (TileFixture *fixture, gconstpointer data);
void tile_fixture_set_up_with (TileFixture *fixture, const char *const *elements); /* instead of those: JSON, NULL at the end */
void tile_fixture_tear_down (TileFixture *fixture, gconstpointer data);
void tile_fixture_look_at (TileFixture *fixture, double x, double y, double scale);
void tile_fixture_settle (TileFixture *fixture); /* until all that is visible is painted */
void tile_fixture_drain (TileFixture *fixture);  /* and what is around it, and the overview: nothing more is wanted */
/* What the cache would have drawn now. (transfer full) */
cairo_surface_t *tile_fixture_compose (TileFixture *fixture);
/* The same on paper, 0xffRRGGBB, of that size. (transfer full) */
cairo_surface_t *tile_fixture_compose_on (TileFixture *fixture, int width, int height, guint32 paper);

G_END_DECLS
