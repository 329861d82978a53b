/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tile-cache-private.h"

#include <math.h>

#include "paint-fixture.h"
#include "tela-board.h"

#define DEADLINE (60 * G_USEC_PER_SEC)
#define VIEW 600 /* pixels of the window's side */

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
} Fixture;

static GPtrArray *
query_cb (TelaRect area,
          gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->n_queries++;

  return tela_board_query (fixture->board, &area);
}

static TelaElement *
lookup_cb (const char *id,
           gpointer    user_data)
{
  Fixture           *fixture = user_data;
  const TelaElement *element = tela_board_lookup_shown (fixture->board, id);

  return element != NULL ? tela_element_ref (element) : NULL;
}

static gboolean
extent_cb (TelaRect *extent,
           gpointer  user_data)
{
  Fixture *fixture = user_data;

  return tela_board_get_extent (fixture->board, extent);
}

static void
ready_cb (TelaTileCache *cache,
          Fixture       *fixture)
{
  fixture->n_ready++;
}

static void
changed_cb (TelaBoard        *board,
            const TelaChange *changes,
            guint             n,
            Fixture          *fixture)
{
  guint i;

  for (i = 0; i < n; i++)
    tela_tile_cache_change (fixture->cache, changes[i].before, changes[i].after);
}

static void
fixture_set_up (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GPtrArray) elements = fixture_board (21, 60, (TelaRect){ -300, -300, 1200, 1200 });

  fixture->board = tela_board_new ("11111111-1111-4111-8111-111111111111");
  fixture->clock = 2;
  tela_board_merge (fixture->board, (TelaElement *const *) elements->pdata, elements->len);
  fixture->painter = tela_painter_new ();
  fixture->source =
      (TelaTileSource){ .query = query_cb, .lookup = lookup_cb, .extent = extent_cb, .user_data = fixture };
  fixture->cache = tela_tile_cache_new (fixture->painter, &fixture->source);
  fixture->draws = g_array_new (FALSE, FALSE, sizeof (TelaTileDraw));
  g_signal_connect (fixture->cache, "ready", G_CALLBACK (ready_cb), fixture);
  g_signal_connect (fixture->board, "changed", G_CALLBACK (changed_cb), fixture);
}

static void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (fixture->board, fixture);
  g_assert_finalize_object (fixture->cache);
  g_assert_finalize_object (fixture->painter);
  g_assert_finalize_object (fixture->board);
  g_array_unref (fixture->draws);
}

static void
settle (Fixture *fixture)
{
  gint64 end = g_get_monotonic_time () + DEADLINE;

  tela_tile_cache_update (fixture->cache);
  while (!tela_tile_cache_is_settled (fixture->cache))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
      tela_tile_cache_update (fixture->cache);
    }
}

/* Until the tiles around the view and the overview are there, too: nothing is with the painter, and nothing is wanted. */
static void
drain (Fixture *fixture)
{
  gint64 end = g_get_monotonic_time () + DEADLINE;

  do
    {
      tela_tile_cache_update (fixture->cache);
      while (g_hash_table_size (fixture->cache->jobs) > 0)
        {
          g_assert_cmpint (g_get_monotonic_time (), <, end);
          g_main_context_iteration (NULL, FALSE);
        }
      tela_tile_cache_update (fixture->cache);
    }
  while (g_hash_table_size (fixture->cache->jobs) > 0);
}

static void
look_at (Fixture *fixture,
         double   x,
         double   y,
         double   scale)
{
  tela_tile_cache_set_viewport (fixture->cache, (TelaRect){ x, y, VIEW / scale, VIEW / scale }, scale);
}

static cairo_surface_t *
compose (Fixture *fixture)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, VIEW, VIEW);
  cairo_t         *cr = cairo_create (surface);
  guint            i;

  tela_tile_cache_get_draws (fixture->cache, fixture->draws);
  for (i = 0; i < fixture->draws->len; i++)
    {
      const TelaTileDraw *draw = &g_array_index (fixture->draws, TelaTileDraw, i);
      cairo_surface_t    *tile = cairo_image_surface_create_for_data (
             (guint8 *) g_bytes_get_data (draw->picture, NULL), CAIRO_FORMAT_ARGB32, draw->size, draw->size, draw->stride);

      cairo_save (cr);
      cairo_rectangle (cr, draw->clip.x, draw->clip.y, draw->clip.width, draw->clip.height);
      cairo_clip (cr);
      cairo_translate (cr, draw->to.x, draw->to.y);
      cairo_scale (cr, (double) draw->to.width / draw->size, (double) draw->to.height / draw->size);
      cairo_set_source_surface (cr, tile, 0, 0);
      cairo_paint (cr);
      cairo_restore (cr);
      cairo_surface_destroy (tile);
    }
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

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
check_picture (Fixture *fixture,
               double   x,
               double   y,
               double   scale)
{
  TelaRect area = { x, y, VIEW / scale, VIEW / scale };
  g_autoptr (GPtrArray) elements = tela_board_query (fixture->board, &area);
  const TelaPaintOptions options = { .scale = scale };
  cairo_surface_t       *cached = compose (fixture);
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
test_same_as_direct (Fixture      *fixture,
                     gconstpointer data)
{
  const double scales[] = { 1, 0.5, 2 };
  gsize        i;

  for (i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      look_at (fixture, -130, 44, scales[i]);
      settle (fixture);
      check_picture (fixture, -130, 44, scales[i]);
    }
  g_assert_cmpuint (fixture->n_ready, >, 0);
}

/* One random change: moved, recoloured, removed, or new. */
static void
edit (Fixture *fixture,
      GRand   *rand)
{
  guint            number = (guint) g_rand_int_range (rand, 0, 70);
  g_autofree char *id = g_strdup_printf ("e%u", number);
  g_autoptr (TelaElement) op = NULL;
  TelaStamp stamp = { fixture->clock++ << 16, 1 };

  if (tela_board_lookup (fixture->board, id) == NULL)
    {
      g_autoptr (TelaElement) element =
          fixture_element (rand, fixture_types[number % fixture_n_types], number, (TelaRect){ 0, 0, 400, 400 });

      op = tela_element_restamp (element, stamp);
    }
  else
    {
      TelaOpBuilder *builder = tela_op_builder_new (id);

      if (g_rand_int_range (rand, 0, 4) == 0)
        tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, g_rand_boolean (rand));
      else if (g_rand_boolean (rand))
        tela_op_builder_set_string (builder, TELA_KEY_STROKE_COLOR, g_rand_boolean (rand) ? "#2f9e44" : "#f08c00");
      tela_op_builder_set_number (builder, TELA_KEY_X, g_rand_double_range (rand, -300, 700));
      tela_op_builder_set_number (builder, TELA_KEY_Y, g_rand_double_range (rand, -300, 700));
      op = tela_op_builder_end (builder, stamp);
    }
  tela_board_merge (fixture->board, &op, 1);
}

static void
test_edits_show (Fixture      *fixture,
                 gconstpointer data)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  guint i;
  guint k;

  look_at (fixture, -100, -50, 1);
  settle (fixture);
  for (i = 0; i < 12; i++)
    {
      for (k = 0; k < 8; k++)
        {
          edit (fixture, rand);
          if (k % 3 == 0)
            tela_tile_cache_update (fixture->cache); /* so that some jobs are out when the next edit comes */
        }
      settle (fixture);
      check_picture (fixture, -100, -50, 1);
    }
}

/* The clips of the draws cover the view exactly once, whatever there is. */
static void
check_cover (Fixture *fixture,
             gboolean all)
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

static void
test_never_blank (Fixture      *fixture,
                  gconstpointer data)
{
  static const double scales[] = { 1, 1.37, 0.61, 0.3, 2.9, 7, 1 };
  gsize               i;

  /* Something everywhere, so that no tile is empty. */
  g_autoptr (TelaElement) ground =
      fixture_parse ("{\"id\":\"ground\",\"type\":\"rectangle\",\"x\":-4000,\"y\":-4000,\"width\":8000,\"height\":8000,"
                     "\"backgroundColor\":\"#eee\",\"fillStyle\":\"solid\",\"index\":\"a0\"}");

  tela_board_merge (fixture->board, &ground, 1);
  look_at (fixture, 0, 0, 1);
  drain (fixture);
  for (i = 0; i < G_N_ELEMENTS (scales); i++)
    {
      gint64 end = g_get_monotonic_time () + DEADLINE;

      look_at (fixture, 30.3, -17.7, scales[i]);
      tela_tile_cache_update (fixture->cache);
      check_cover (fixture, TRUE);
      while (!tela_tile_cache_is_settled (fixture->cache))
        {
          g_assert_cmpint (g_get_monotonic_time (), <, end);
          g_main_context_iteration (NULL, FALSE);
          check_cover (fixture, FALSE);
        }
      check_cover (fixture, TRUE);
    }
}

static void
test_overview_fills_gaps (Fixture      *fixture,
                          gconstpointer data)
{
  gint64   end = g_get_monotonic_time () + DEADLINE;
  gboolean coarse = FALSE;

  look_at (fixture, 0, 0, 4);
  settle (fixture);
  while (!coarse)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
      tela_tile_cache_update (fixture->cache);
      look_at (fixture, 500, 500, 4); /* far away: nothing sharp there */
      tela_tile_cache_get_draws (fixture->cache, fixture->draws);
      coarse = fixture->draws->len > 0;
      look_at (fixture, 0, 0, 4);
    }
  g_assert_false (g_array_index (fixture->draws, TelaTileDraw, 0).is_sharp);
}

static void
test_budget (Fixture      *fixture,
             gconstpointer data)
{
  const gsize budget = 6 * 1024 * 1024;
  guint       i;

  tela_tile_cache_set_budget (fixture->cache, budget);
  for (i = 0; i < 12; i++)
    {
      look_at (fixture, i * 90.0 - 300, i * 40.0 - 200, i % 3 == 0 ? 0.5 : 1);
      settle (fixture);
      g_assert_cmpuint (tela_tile_cache_get_bytes (fixture->cache), <=, budget);
    }
}

static void
test_empty_board (Fixture      *fixture,
                  gconstpointer data)
{
  look_at (fixture, 100000, 100000, 1);
  tela_tile_cache_update (fixture->cache);
  g_assert_true (tela_tile_cache_is_settled (fixture->cache)); /* at once: nothing is painted */
  tela_tile_cache_get_draws (fixture->cache, fixture->draws);
  g_assert_cmpuint (fixture->draws->len, ==, 0);
}

static void
test_nothing_to_do (Fixture      *fixture,
                    gconstpointer data)
{
  guint before;

  look_at (fixture, 0, 0, 1);
  drain (fixture);
  before = fixture->n_queries;
  tela_tile_cache_update (fixture->cache);
  tela_tile_cache_update (fixture->cache);
  g_assert_cmpuint (fixture->n_queries, ==, before);
}

static void
test_lift_and_land (Fixture      *fixture,
                    gconstpointer data)
{
  g_autoptr (TelaElement) moving = tela_element_ref (tela_board_lookup_shown (fixture->board, "e1"));
  g_autoptr (GPtrArray) above = NULL;
  g_autoptr (TelaElement) op = NULL;
  TelaOpBuilder   *builder = tela_op_builder_new ("e1");
  cairo_surface_t *before;
  cairo_surface_t *after;
  gint64           end = g_get_monotonic_time () + DEADLINE;

  look_at (fixture, -300, -300, 0.5);
  settle (fixture);
  before = compose (fixture);
  tela_tile_cache_set_lifted (fixture->cache, &moving, 1);
  g_assert_true (tela_tile_cache_is_lifted (fixture->cache, "e1"));
  settle (fixture);
  after = compose (fixture);
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

static void
test_closure (Fixture      *fixture,
              gconstpointer data)
{
  static const char *const boxes[] = { "0", "60", "120", "900" }; /* each overlaps the one before, but for the last */
  g_autoptr (TelaBoard) board = g_steal_pointer (&fixture->board);
  g_autoptr (GPtrArray) lifted = NULL;
  TelaElement *moving;
  guint        i;

  fixture->board = tela_board_new ("11111111-1111-4111-8111-111111111111");
  for (i = 0; i < G_N_ELEMENTS (boxes); i++)
    {
      g_autofree char *json = g_strdup_printf (
          "{\"id\":\"b%u\",\"type\":\"rectangle\",\"x\":%s,\"y\":0,\"width\":80,\"height\":80,\"index\":\"a%u\"}", i,
          boxes[i], i);
      g_autoptr (TelaElement) element = fixture_parse (json);

      tela_board_merge (fixture->board, &element, 1);
    }
  moving = (TelaElement *) tela_board_lookup_shown (fixture->board, "b1");
  lifted = tela_lift_closure (&moving, 1, 100, &fixture->source);
  g_assert_cmpuint (lifted->len, ==, 2);
  g_assert_cmpstr (tela_element_get_id (lifted->pdata[0]), ==, "b1");
  g_assert_cmpstr (tela_element_get_id (lifted->pdata[1]), ==, "b2");
  g_ptr_array_unref (lifted);
  lifted = tela_lift_closure (&moving, 1, 1, &fixture->source);
  g_assert_cmpuint (lifted->len, ==, 1);
  g_signal_handlers_disconnect_by_data (board, fixture);
}

static void
test_gone_while_painting (Fixture      *fixture,
                          gconstpointer data)
{
  guint before;

  look_at (fixture, 0, 0, 1);
  tela_tile_cache_update (fixture->cache);
  before = fixture->n_ready;
  g_object_unref (fixture->cache);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (fixture->n_ready, ==, before);
  fixture->cache = tela_tile_cache_new (fixture->painter, &fixture->source);
}

static void
test_device_scale (Fixture      *fixture,
                   gconstpointer data)
{
  look_at (fixture, 0, 0, 2);
  settle (fixture);
  tela_tile_cache_set_device_scale (fixture->cache, 2);
  g_assert_false (tela_tile_cache_is_settled (fixture->cache));
  settle (fixture);
  tela_tile_cache_get_draws (fixture->cache, fixture->draws);
  g_assert_cmpint (g_array_index (fixture->draws, TelaTileDraw, 0).size, ==, 2 * TELA_TILE_SIZE);
  check_picture (fixture, 0, 0, 2);
}

/* Whatever is there or not: with paper all of the view is drawn, and what is there hides what is below. */
static void
test_paper (Fixture      *fixture,
            gconstpointer data)
{
  guint i;

  tela_tile_cache_set_paper (fixture->cache, 0xff102030);
  look_at (fixture, 0, 0, 1);
  check_cover (fixture, TRUE);
  settle (fixture);
  check_cover (fixture, TRUE);
  for (i = 0; i < fixture->draws->len; i++)
    {
      const TelaTileDraw *draw = &g_array_index (fixture->draws, TelaTileDraw, i);
      const guint32      *pixels = draw->picture == NULL ? NULL : g_bytes_get_data (draw->picture, NULL);
      int                 k;

      for (k = 0; pixels != NULL && k < draw->size * draw->size; k++)
        g_assert_cmpuint (pixels[k] >> 24, ==, 0xff);
    }

  look_at (fixture, 1e6, 1e6, 1); /* nothing is there */
  settle (fixture);
  check_cover (fixture, TRUE);
  for (i = 0; i < fixture->draws->len; i++)
    g_assert_null (g_array_index (fixture->draws, TelaTileDraw, i).picture);
  g_assert_cmpuint (fixture->draws->len, <=, VIEW / TELA_TILE_SIZE + 2); /* one a row */
}

/* A frame looks up what is on a few tiles only, however many are wanted. */
static void
test_a_few_at_a_time (Fixture      *fixture,
                      gconstpointer data)
{
  guint before;

  look_at (fixture, -300, -300, 4);
  before = fixture->n_queries;
  tela_tile_cache_update (fixture->cache);
  g_assert_cmpuint (fixture->n_queries - before, >, 0);
  g_assert_cmpuint (fixture->n_queries - before, <=, 16);
  settle (fixture);
  check_picture (fixture, -300, -300, 4);
}

/* No memory for any tile: nothing is shown, nothing is tried again and again, and when there is some all is well. */
static void
test_out_of_memory (Fixture      *fixture,
                    gconstpointer data)
{
  guint n_queries;

  tela_tile_cache_set_device_scale (fixture->cache, 256); /* a tile would be larger than any picture can be */
  look_at (fixture, 0, 0, 1);
  drain (fixture);
  tela_tile_cache_get_draws (fixture->cache, fixture->draws);
  g_assert_cmpuint (fixture->draws->len, ==, 0);
  g_assert_cmpuint (fixture->n_ready, ==, 0);
  n_queries = fixture->n_queries;
  drain (fixture);
  g_assert_cmpuint (fixture->n_queries, ==, n_queries);

  tela_tile_cache_set_device_scale (fixture->cache, 1);
  look_at (fixture, 0, 0, 1);
  settle (fixture);
  check_picture (fixture, 0, 0, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("/tile-cache/same-as-direct", test_same_as_direct);
  ADD ("/tile-cache/edits-show", test_edits_show);
  ADD ("/tile-cache/never-blank", test_never_blank);
  ADD ("/tile-cache/overview-fills-gaps", test_overview_fills_gaps);
  ADD ("/tile-cache/budget", test_budget);
  ADD ("/tile-cache/empty-board", test_empty_board);
  ADD ("/tile-cache/nothing-to-do", test_nothing_to_do);
  ADD ("/tile-cache/lift/and-land", test_lift_and_land);
  ADD ("/tile-cache/lift/closure", test_closure);
  ADD ("/tile-cache/gone-while-painting", test_gone_while_painting);
  ADD ("/tile-cache/device-scale", test_device_scale);
  ADD ("/tile-cache/paper", test_paper);
  ADD ("/tile-cache/a-few-at-a-time", test_a_few_at_a_time);
  ADD ("/tile-cache/out-of-memory", test_out_of_memory);
#undef ADD

  return g_test_run ();
}
