/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tile-fixture.h"

#include <math.h>

#include "allocations.h"
#include "paint-fixture.h"

#define DEADLINE (60 * G_USEC_PER_SEC)
#define VIEW TILE_FIXTURE_VIEW

static guint
count_different (cairo_surface_t *a,
                 cairo_surface_t *b,
                 int              tolerance)
{
  guint n = 0;
  int   i;
  int   size = cairo_image_surface_get_stride (a) * cairo_image_surface_get_height (a);

  for (i = 0; i < size; i++)
    n += ABS (cairo_image_surface_get_data (a)[i] - cairo_image_surface_get_data (b)[i]) > tolerance;

  return n;
}

/* The picture from tiles is that of the board painted anew. @x, @y on whole pixels, @scale a power of two. */
static void
check_picture (TileFixture *fixture,
               double       x,
               double       y,
               double       scale)
{
  TelaRect area = { x, y, VIEW / scale, VIEW / scale };
  g_autoptr (GPtrArray) elements = tela_board_query (fixture->board, &area);
  const TelaPaintOptions options = { .scale = scale, .asset = fixture_asset };
  cairo_surface_t       *cached = tile_fixture_compose (fixture);
  cairo_surface_t       *fresh = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, VIEW, VIEW);
  cairo_t               *cr = cairo_create (fresh);

  cairo_translate (cr, -x * scale, -y * scale);
  cairo_scale (cr, scale, scale);
  tela_paint_elements (cr, (TelaElement *const *) elements->pdata, elements->len, &options);
  cairo_destroy (cr);
  cairo_surface_flush (fresh);
  g_assert_cmpuint (count_different (cached, fresh, 255 / 4 + 1), ==, 0);
  cairo_surface_destroy (cached);
  cairo_surface_destroy (fresh);
}

static void
test_same_as_direct (TileFixture  *fixture,
                     gconstpointer data)
{
  const double scales[] = { 1, 0.5, 2 };
  gsize        i;

  for (i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      tile_fixture_look_at (fixture, -130, 44, scales[i]);
      tile_fixture_settle (fixture);
      check_picture (fixture, -130, 44, scales[i]);
    }
  g_assert_cmpuint (fixture->n_ready, >, 0);
}

/* The clips of the draws cover the view exactly once, whatever there is. */
static void
check_cover (TileFixture *fixture,
             gboolean     all)
{
  g_autofree guint8 *seen = g_malloc0 (VIEW * VIEW);
  guint              n = 0;
  guint              i;
  int                x;
  int                y;

  tela_tile_cache_get_draws (fixture->cache, fixture->draws);
  for (i = 0; i < fixture->draws->len; i++)
    {
      const TelaPixelRect *clip = &g_array_index (fixture->draws, TelaTileDraw, i).clip;

      for (y = MAX (0, clip->y); y < MIN (VIEW, clip->y + clip->height); y++)
        for (x = MAX (0, clip->x); x < MIN (VIEW, clip->x + clip->width); x++)
          {
            g_assert_cmpuint (seen[y * VIEW + x]++, ==, 0);
            n++;
          }
    }
  if (all)
    g_assert_cmpuint (n, ==, VIEW * VIEW);
}

/* Something everywhere, so that no tile is empty. */
static void
lay_ground (TileFixture *fixture)
{
  g_autoptr (TelaElement) ground =
      fixture_parse ("{\"id\":\"ground\",\"type\":\"rectangle\",\"x\":-4000,\"y\":-4000,\"width\":8000,\"height\":8000,"
                     "\"backgroundColor\":\"#eee\",\"fillStyle\":\"solid\",\"index\":\"a0\"}");

  tela_board_merge (fixture->board, &ground, 1);
}

/* The camera rests, and all tiles are painted. */
static void
rest_on_ground (TileFixture *fixture)
{
  lay_ground (fixture);
  tile_fixture_look_at (fixture, -300, -300, 0.5);
  tile_fixture_drain (fixture);
}

static void
test_never_blank (TileFixture  *fixture,
                  gconstpointer data)
{
  static const double scales[] = { 1, 1.37, 0.61, 0.3, 2.9, 7, 1 };
  gsize               i;

  lay_ground (fixture);
  tile_fixture_look_at (fixture, 0, 0, 1);
  tile_fixture_drain (fixture);
  for (i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      gint64 end = g_get_monotonic_time () + DEADLINE;

      tile_fixture_look_at (fixture, 30.3, -17.7, scales[i]);
      tela_tile_cache_update (fixture->cache);
      check_cover (fixture, TRUE);
      while (!tela_tile_cache_is_settled (fixture->cache))
        {
          g_assert_cmpint (g_get_monotonic_time (), <, end);
          g_main_context_iteration (NULL, FALSE);
          tela_tile_cache_update (fixture->cache);
          check_cover (fixture, FALSE);
        }
      check_cover (fixture, TRUE);
    }
}

static void
test_overview_fills_gaps (TileFixture  *fixture,
                          gconstpointer data)
{
  gint64   end = g_get_monotonic_time () + DEADLINE;
  gboolean coarse = FALSE;

  tile_fixture_look_at (fixture, 0, 0, 4);
  tile_fixture_settle (fixture);
  while (!coarse)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
      tela_tile_cache_update (fixture->cache);
      tile_fixture_look_at (fixture, 500, 500, 4); /* far away: nothing sharp there */
      tela_tile_cache_get_draws (fixture->cache, fixture->draws);
      coarse = fixture->draws->len > 0;
      tile_fixture_look_at (fixture, 0, 0, 4);
    }
  g_assert_false (g_array_index (fixture->draws, TelaTileDraw, 0).is_sharp);
}

static void
test_budget (TileFixture  *fixture,
             gconstpointer data)
{
  const gsize budget = 6 * 1024 * 1024;
  guint       i;

  tela_tile_cache_set_budget (fixture->cache, budget);
  for (i = 0; i < 12; i++)
    {
      tile_fixture_look_at (fixture, i * 90.0 - 300, i * 40.0 - 200, i % 3 == 0 ? 0.5 : 1);
      tile_fixture_settle (fixture);
      g_assert_cmpuint (tela_tile_cache_get_bytes (fixture->cache), <=, budget);
    }
}

static gboolean
has_all (TileFixture *fixture,
         double       x)
{
  const TelaCells cells = tela_tile_cache_get_cells (fixture->cache, 0, (TelaRect){ x, 0, VIEW, VIEW });
  gboolean        all = TRUE;

  for (gint64 row = cells.top; row <= cells.bottom; row++)
    for (gint64 col = cells.left; col <= cells.right; col++)
      all = all && tela_tile_cache_find (fixture->cache, 0, col, row) != NULL;

  return all;
}

/* What was seen the longest ago goes first. */
static void
test_oldest_go_first (TileFixture  *fixture,
                      gconstpointer data)
{
  static const double views[] = { 0, 4096, 0, 8192 };
  g_autoptr (TelaElement) ground =
      fixture_parse ("{\"id\":\"ground\",\"type\":\"rectangle\",\"x\":-9000,\"y\":-9000,\"width\":30000,\"height\":18000,"
                     "\"backgroundColor\":\"#eee\",\"fillStyle\":\"solid\",\"index\":\"Zz\"}");

  tela_board_merge (fixture->board, &ground, 1);
  tela_tile_cache_set_budget (fixture->cache, 6 * 1024 * 1024); /* of two views, without what is around them */
  for (gsize i = 0; i < G_N_ELEMENTS (views); i++)
    {
      tile_fixture_look_at (fixture, views[i], 0, 1);
      tile_fixture_drain (fixture);
      g_assert_true (has_all (fixture, views[i]));
    }
  g_assert_true (has_all (fixture, 0));
  g_assert_false (has_all (fixture, 4096));
}

static void
test_empty_board (TileFixture  *fixture,
                  gconstpointer data)
{
  tile_fixture_look_at (fixture, 100000, 100000, 1);
  tela_tile_cache_update (fixture->cache);
  g_assert_true (tela_tile_cache_is_settled (fixture->cache)); /* at once: nothing is painted */
  tela_tile_cache_get_draws (fixture->cache, fixture->draws);
  g_assert_cmpuint (fixture->draws->len, ==, 0);
}

/* Whether the camera rests or moves over what is painted. */
static void
test_allocates_nothing (TileFixture  *fixture,
                        gconstpointer data)
{
  guint before, n;
  gsize bytes;

  if (!allocations_count (&before, &bytes))
    return;

  tela_tile_cache_set_paper (fixture->cache, 0xffffffff);
  for (guint i = 0; i < 20; i++)
    {
      tile_fixture_look_at (fixture, i % 10 * 30.5, i % 10 * 11.5, 1);
      tile_fixture_drain (fixture);
      tela_tile_cache_get_draws (fixture->cache, fixture->draws);
    }
  allocations_count (&before, &bytes);
  for (guint i = 0; i < 20; i++)
    {
      tile_fixture_look_at (fixture, i % 10 * 30.5, i % 10 * 11.5, 1);
      tela_tile_cache_update (fixture->cache);
      tela_tile_cache_get_draws (fixture->cache, fixture->draws);
      g_assert_true (tela_tile_cache_is_settled (fixture->cache));
    }
  allocations_count (&n, &bytes);
  g_assert_cmpuint (n, ==, before);
}

static void
test_nothing_to_do (TileFixture  *fixture,
                    gconstpointer data)
{
  guint before;

  tile_fixture_look_at (fixture, 0, 0, 1);
  tile_fixture_drain (fixture);
  before = fixture->n_queries;
  tela_tile_cache_update (fixture->cache);
  tela_tile_cache_update (fixture->cache);
  g_assert_cmpuint (fixture->n_queries, ==, before);
}

static void
test_lift_and_land (TileFixture  *fixture,
                    gconstpointer data)
{
  g_autoptr (TelaElement) moving = tela_element_ref (tela_board_lookup_shown (fixture->board, "e1"));
  g_autoptr (GPtrArray) above = NULL;
  g_autoptr (TelaElement) op = NULL;
  TelaOpBuilder   *builder = tela_op_builder_new ("e1");
  cairo_surface_t *before;
  cairo_surface_t *after;
  gint64           end = g_get_monotonic_time () + DEADLINE;

  tile_fixture_look_at (fixture, -300, -300, 0.5);
  tile_fixture_settle (fixture);
  before = tile_fixture_compose (fixture);
  tela_tile_cache_set_lifted (fixture->cache, &moving, 1);
  g_assert_true (tela_tile_cache_is_lifted (fixture->cache, "e1"));
  tile_fixture_settle (fixture);
  after = tile_fixture_compose (fixture);
  g_assert_cmpuint (count_different (before, after, 18), >, 0);
  cairo_surface_destroy (before);
  cairo_surface_destroy (after);

  tela_op_builder_set_number (builder, TELA_KEY_X, 33);
  op = tela_op_builder_end (builder, (TelaStamp){ 99 << 16, 1 });
  tela_board_merge (fixture->board, &op, 1);
  g_assert_true (tela_tile_cache_is_settled (fixture->cache)); /* it is not in the tiles */
  above = tela_tile_cache_get_above (fixture->cache);
  g_assert_cmpuint (above->len, ==, 1);
  g_assert_cmpfloat (tela_element_get_number (above->pdata[0], TELA_KEY_X, 0), ==, 33);

  tela_tile_cache_set_lifted (fixture->cache, NULL, 0);
  while (above->len > 0)
    {
      g_ptr_array_unref (above);
      above = tela_tile_cache_get_above (fixture->cache);
      g_assert_true (above->len > 0 || tela_tile_cache_is_settled (fixture->cache));
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
      tela_tile_cache_update (fixture->cache);
    }
  check_picture (fixture, -300, -300, 0.5);
}

/* What rests and lies over what moves is that which overlaps it, and nothing below it. */
static void
test_over (TileFixture  *fixture,
           gconstpointer data)
{
  static const char *const boxes[] = { "0", "60", "120", "900" }; /* each overlaps the one before, but for the last */
  g_autoptr (TelaBoard) board = g_steal_pointer (&fixture->board);
  g_autoptr (GPtrArray) above = g_ptr_array_new ();
  g_autoptr (GPtrArray) over = NULL;
  guint i;

  fixture->board = tela_board_new ("11111111-1111-4111-8111-111111111111");
  for (i = 0; i < G_N_ELEMENTS (boxes); i++)
    {
      g_autofree char *json = g_strdup_printf (
          "{\"id\":\"b%u\",\"type\":\"rectangle\",\"x\":%s,\"y\":0,\"width\":80,\"height\":80,\"index\":\"a%u\"}", i,
          boxes[i], i);
      g_autoptr (TelaElement) element = fixture_parse (json);

      tela_board_merge (fixture->board, &element, 1);
    }
  g_ptr_array_add (above, (gpointer) tela_board_lookup_shown (fixture->board, "b1"));
  tile_fixture_look_at (fixture, 0, 0, 1);
  over = tela_tile_cache_get_over (fixture->cache, above, 100);
  g_assert_cmpuint (over->len, ==, 1);
  g_assert_cmpstr (tela_element_get_id (over->pdata[0]), ==, "b2");
  g_ptr_array_unref (over);
  over = tela_tile_cache_get_over (fixture->cache, above, 0);
  g_assert_cmpuint (over->len, ==, 0);
  g_ptr_array_unref (over);

  tile_fixture_look_at (fixture, 5000, 0, 1); /* none is in view */
  over = tela_tile_cache_get_over (fixture->cache, above, 100);
  g_assert_cmpuint (over->len, ==, 0);
  g_signal_handlers_disconnect_by_data (board, fixture);
}

static void
test_gone_while_painting (TileFixture  *fixture,
                          gconstpointer data)
{
  guint before;

  tile_fixture_look_at (fixture, 0, 0, 1);
  tela_tile_cache_update (fixture->cache);
  before = fixture->n_ready;
  g_object_unref (fixture->cache);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (fixture->n_ready, ==, before);
  fixture->cache = tela_tile_cache_new (fixture->painter, &fixture->source);
}

static void
test_device_scale (TileFixture  *fixture,
                   gconstpointer data)
{
  tile_fixture_look_at (fixture, 0, 0, 2);
  tile_fixture_settle (fixture);
  tela_tile_cache_set_device_scale (fixture->cache, 2);
  g_assert_false (tela_tile_cache_is_settled (fixture->cache));
  tile_fixture_settle (fixture);
  tela_tile_cache_get_draws (fixture->cache, fixture->draws);
  g_assert_cmpint (g_array_index (fixture->draws, TelaTileDraw, 0).size, ==, 2 * TELA_TILE_SIZE);
  check_picture (fixture, 0, 0, 2);
}

/* Whatever is there or not: with paper all of the view is drawn, and what is there hides what is below. */
static void
test_paper (TileFixture  *fixture,
            gconstpointer data)
{
  guint i;

  tela_tile_cache_set_paper (fixture->cache, 0xff102030);
  tile_fixture_look_at (fixture, 0, 0, 1);
  check_cover (fixture, TRUE);
  tile_fixture_settle (fixture);
  check_cover (fixture, TRUE);
  for (i = 0; i < fixture->draws->len; i++)
    {
      const TelaTileDraw *draw = &g_array_index (fixture->draws, TelaTileDraw, i);
      const guint32      *pixels = draw->picture == NULL ? NULL : g_bytes_get_data (draw->picture, NULL);
      int                 k;

      for (k = 0; pixels != NULL && k < draw->size * draw->size; k++)
        g_assert_cmpuint (pixels[k] >> 24, ==, 0xff);
    }

  tile_fixture_look_at (fixture, 1e6, 1e6, 1); /* nothing is there */
  tile_fixture_settle (fixture);
  check_cover (fixture, TRUE);
  for (i = 0; i < fixture->draws->len; i++)
    g_assert_null (g_array_index (fixture->draws, TelaTileDraw, i).picture);
  g_assert_cmpuint (fixture->draws->len, <=, VIEW / TELA_TILE_SIZE + 2); /* one a row */
}

/* A frame looks up what is on a few tiles only, however many are wanted. */
static void
test_a_few_at_a_time (TileFixture  *fixture,
                      gconstpointer data)
{
  guint before;

  tile_fixture_look_at (fixture, -300, -300, 4);
  before = fixture->n_queries;
  tela_tile_cache_update (fixture->cache);
  g_assert_cmpuint (fixture->n_queries - before, >, 0);
  g_assert_cmpuint (fixture->n_queries - before, <=, 16);
  tile_fixture_settle (fixture);
  check_picture (fixture, -300, -300, 4);
}

static void
wait_for_ready (TileFixture *fixture)
{
  const guint  n = fixture->n_ready;
  const gint64 end = g_get_monotonic_time () + DEADLINE;

  while (fixture->n_ready == n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
    }
}

static void
wait_for_jobs (TileFixture *fixture)
{
  gint64 end = g_get_monotonic_time () + DEADLINE;

  while (g_hash_table_size (fixture->cache->jobs) > 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
    }
}

/* While it zooms, frames need the processor more than tiles do for which there is one half as sharp: one a frame. */
static void
test_zooming (TileFixture  *fixture,
              gconstpointer data)
{
  rest_on_ground (fixture);
  for (guint i = 0; i < 6; i++)
    {
      tile_fixture_look_at (fixture, -300, -300, 0.6 + 0.01 * i);
      tela_tile_cache_update (fixture->cache);
      g_assert_cmpuint (g_hash_table_size (fixture->cache->jobs), <=, 1);
      wait_for_jobs (fixture);
    }
  g_assert_false (tela_tile_cache_is_settled (fixture->cache));
  g_assert_cmpuint (fixture->n_ready, >, 0); /* there is another frame, also if the camera rests by now */
  tile_fixture_settle (fixture);

  /* Nothing is near what is so much larger, nor on the left, where the camera has not been. */
  tile_fixture_look_at (fixture, 0, 0, 16);
  tela_tile_cache_update (fixture->cache);
  g_assert_cmpuint (g_hash_table_size (fixture->cache->jobs), >, 1);
  tile_fixture_settle (fixture);
  tile_fixture_look_at (fixture, -1300, -300, 0.9);
  tela_tile_cache_update (fixture->cache);
  g_assert_cmpuint (g_hash_table_size (fixture->cache->jobs), >, 1);
}

/* No memory for any tile: nothing is shown, nothing is tried again and again, and when there is some all is well. */
static void
test_out_of_memory (TileFixture  *fixture,
                    gconstpointer data)
{
  guint n_queries;

  tela_tile_cache_set_device_scale (fixture->cache, 256); /* a tile would be larger than any picture can be */
  tile_fixture_look_at (fixture, 0, 0, 1);
  tile_fixture_drain (fixture);
  tela_tile_cache_get_draws (fixture->cache, fixture->draws);
  g_assert_cmpuint (fixture->draws->len, ==, 0);
  g_assert_cmpuint (fixture->n_ready, ==, 0);
  n_queries = fixture->n_queries;
  tile_fixture_drain (fixture);
  g_assert_cmpuint (fixture->n_queries, ==, n_queries);

  tela_tile_cache_set_device_scale (fixture->cache, 1);
  tile_fixture_look_at (fixture, 0, 0, 1);
  tile_fixture_settle (fixture);
  check_picture (fixture, 0, 0, 1);
}

/* Likewise where the memory really is short, for tiles, or for what is translucent on them. */
static void
test_no_memory (TileFixture  *fixture,
                gconstpointer data)
{
  const gsize kept[] = { 128 * 1024, 20 * 1024 };

  for (gsize i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      tela_tile_cache_invalidate_all (fixture->cache);
      if (!allocations_refuse (kept[i]))
        return;
      tile_fixture_look_at (fixture, -130, 44, 1);
      tile_fixture_drain (fixture);
      cairo_surface_destroy (tile_fixture_compose (fixture));
      allocations_refuse (0);
    }
  tela_tile_cache_invalidate_all (fixture->cache);
  tile_fixture_settle (fixture);
  check_picture (fixture, -130, 44, 1);
}

/* Where frames are late already it gets none, until the camera rests. */
static void
test_zooming_hurried (TileFixture  *fixture,
                      gconstpointer data)
{
  rest_on_ground (fixture);
  tela_tile_cache_set_hurried (fixture->cache, TRUE);
  fixture->n_ready = 0;
  tile_fixture_look_at (fixture, -300, -300, 0.6);
  tela_tile_cache_update (fixture->cache);
  g_assert_cmpuint (g_hash_table_size (fixture->cache->jobs), ==, 0);
  while (!tela_tile_cache_is_settled (fixture->cache)) /* with no more frames than it asks for */
    {
      wait_for_ready (fixture);
      tela_tile_cache_update (fixture->cache);
    }

  tile_fixture_look_at (fixture, 0, 0, 16);
  tela_tile_cache_update (fixture->cache);
  g_assert_cmpuint (g_hash_table_size (fixture->cache->jobs), >, 1);
}

/* There, what is stale comes with the frames while the camera moves, and each asks for the next. */
static void
test_moving_hurried (TileFixture  *fixture,
                     gconstpointer data)
{
  rest_on_ground (fixture);
  tela_tile_cache_set_hurried (fixture->cache, TRUE);
  tela_tile_cache_invalidate_all (fixture->cache);
  for (int x = -299; x < -296; x++)
    {
      fixture->n_ready = 0;
      tile_fixture_look_at (fixture, x, -300, 0.5);
      tela_tile_cache_update (fixture->cache);
      g_assert_cmpuint (g_hash_table_size (fixture->cache->jobs), ==, 1);
      wait_for_ready (fixture);
      if (g_get_monotonic_time () - fixture->cache->moved_at < TELA_TILE_MOVING_US) /* else it rests by now */
        g_assert_cmpuint (g_hash_table_size (fixture->cache->jobs), ==, 0);
    }
  tile_fixture_settle (fixture);
}

/* Where the turn of a frame falls to tiles with nothing on them, another one has it: or no frame would come for the rest. */
static void
test_zooming_over_nothing (TileFixture  *fixture,
                           gconstpointer data)
{
  tile_fixture_look_at (fixture, -1500, -900, 0.27);
  tile_fixture_drain (fixture);
  tile_fixture_look_at (fixture, -1500, -900, 0.25);
  tela_tile_cache_update (fixture->cache);
  g_assert_true (tela_tile_cache_is_settled (fixture->cache) || g_hash_table_size (fixture->cache->jobs) > 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, TileFixture, NULL, tile_fixture_set_up, func, tile_fixture_tear_down)
  ADD ("/tile-cache/same-as-direct", test_same_as_direct);
  ADD ("/tile-cache/never-blank", test_never_blank);
  ADD ("/tile-cache/overview-fills-gaps", test_overview_fills_gaps);
  ADD ("/tile-cache/budget", test_budget);
  ADD ("/tile-cache/oldest-go-first", test_oldest_go_first);
  ADD ("/tile-cache/empty-board", test_empty_board);
  ADD ("/tile-cache/nothing-to-do", test_nothing_to_do);
  ADD ("/tile-cache/allocates-nothing", test_allocates_nothing);
  ADD ("/tile-cache/lift/and-land", test_lift_and_land);
  ADD ("/tile-cache/lift/over", test_over);
  ADD ("/tile-cache/gone-while-painting", test_gone_while_painting);
  ADD ("/tile-cache/device-scale", test_device_scale);
  ADD ("/tile-cache/paper", test_paper);
  ADD ("/tile-cache/a-few-at-a-time", test_a_few_at_a_time);
  ADD ("/tile-cache/zooming", test_zooming);
  ADD ("/tile-cache/zooming-hurried", test_zooming_hurried);
  ADD ("/tile-cache/moving-hurried", test_moving_hurried);
  ADD ("/tile-cache/zooming-over-nothing", test_zooming_over_nothing);
  ADD ("/tile-cache/out-of-memory", test_out_of_memory);
  ADD ("/tile-cache/no-memory", test_no_memory);
#undef ADD

  return g_test_run ();
}
