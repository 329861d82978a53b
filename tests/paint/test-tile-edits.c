/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tile-fixture.h"

#include "paint-fixture.h"
#include "tela-look.h"
#include "tela-scene.h"

/* After any edit the tiles are, byte for byte, those of a cache that has never seen another board; and no more of them are
 * painted anew than the element touched and touches. TELA_TEST_SEED=N takes other edits. */

#define N_EDITS 60
#define N_NAMES 75 /* of elements: more than there are to begin with */

static TelaElement *
new_element (TileFixture *fixture,
             GRand       *rand,
             guint        number,
             TelaStamp    stamp)
{
  g_autoptr (TelaElement) element =
      fixture_element (rand, fixture_types[number % fixture_n_types], number, (TelaRect){ 0, 0, 400, 400 });

  return tela_element_restamp (element, stamp);
}

static void
set_stroke (TelaOpBuilder *op,
            GRand         *rand)
{
  const double points[] = { 0, 0, g_rand_double_range (rand, -200, 200), g_rand_double_range (rand, -200, 200) };

  tela_op_builder_set (op, TELA_KEY_POINTS, tela_value_numbers (tela_numbers_new (2, 2, points)));
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, ABS (points[2]));
  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, ABS (points[3]));
}

/* Moved, resized, turned, recoloured, restacked, removed or brought back. */
static TelaElement *
change_element (const TelaElement *element,
                GRand             *rand,
                TelaStamp          stamp)
{
  TelaOpBuilder   *op = tela_op_builder_new (tela_element_get_id (element));
  g_autofree char *index = NULL;

  switch (g_rand_int_range (rand, 0, 7))
    {
    case 0:
      tela_op_builder_set_boolean (
          op, TELA_KEY_IS_DELETED, !tela_element_get_boolean (element, TELA_KEY_IS_DELETED, FALSE));
      break;
    case 1:
      tela_op_builder_set_string (op, TELA_KEY_STROKE_COLOR, g_rand_boolean (rand) ? "#2f9e44" : "#f08c00");
      tela_op_builder_set_number (op, TELA_KEY_STROKE_WIDTH, g_rand_int_range (rand, 1, 6));
      break;
    case 2:
      tela_op_builder_set_number (op, TELA_KEY_ANGLE, g_rand_double_range (rand, 0, 6));
      break;
    case 3:
      index = tela_index_nth ((guint) g_rand_int_range (rand, 0, N_NAMES));
      tela_op_builder_set_string (op, TELA_KEY_INDEX, index);
      break;
    case 4:
      if (tela_element_get_numbers (element, TELA_KEY_POINTS) != NULL)
        {
          set_stroke (op, rand);
          break;
        }
      tela_op_builder_set_number (op, TELA_KEY_WIDTH, g_rand_double_range (rand, 5, 300));
      tela_op_builder_set_number (op, TELA_KEY_HEIGHT, g_rand_double_range (rand, 5, 300));
      break;
    default:
      tela_op_builder_set_number (op, TELA_KEY_X, g_rand_double_range (rand, -300, 700));
      tela_op_builder_set_number (op, TELA_KEY_Y, g_rand_double_range (rand, -300, 700));
    }

  return tela_op_builder_end (op, stamp);
}

static void
edit (TileFixture *fixture,
      GRand       *rand)
{
  static const char *const named[] = { "g", "in", "box", "word", "way", "label", "site", "page", "magic" };
  guint                    number = (guint) g_rand_int_range (rand, 0, N_NAMES + 4 * G_N_ELEMENTS (named));
  g_autofree char         *id =
      number < N_NAMES ? g_strdup_printf ("e%u", number) : g_strdup (named[(number - N_NAMES) % G_N_ELEMENTS (named)]);
  const TelaElement *there = tela_board_lookup (fixture->board, id);
  const TelaStamp    stamp = { fixture->clock++ << 16, 1 };
  g_autoptr (TelaElement) op =
      there != NULL ? change_element (there, rand, stamp) : new_element (fixture, rand, number, stamp);

  tela_board_merge (fixture->board, &op, 1);
}

/* The same view from a cache that paints all of it anew. */
static cairo_surface_t *
compose_fresh (TileFixture *fixture)
{
  TileFixture      fresh = *fixture;
  cairo_surface_t *surface;

  fresh.cache = tela_tile_cache_new (fixture->painter, &fixture->source);
  tela_tile_cache_set_viewport (fresh.cache, fixture->cache->area, fixture->cache->scale);
  tile_fixture_settle (&fresh);
  surface = tile_fixture_compose (&fresh);
  g_object_unref (fresh.cache);

  return surface;
}

static void
check_fresh (TileFixture *fixture)
{
  cairo_surface_t *kept = tile_fixture_compose (fixture);
  cairo_surface_t *fresh = compose_fresh (fixture);
  const gsize      size =
      (gsize) (cairo_image_surface_get_stride (kept) * cairo_image_surface_get_height (kept));

  g_assert_cmpint (memcmp (cairo_image_surface_get_data (kept), cairo_image_surface_get_data (fresh), size), ==, 0);
  cairo_surface_destroy (kept);
  cairo_surface_destroy (fresh);
}

static GRand *
new_rand (guint32 seed)
{
  const char *given = g_getenv ("TELA_TEST_SEED");

  return g_rand_new_with_seed (given != NULL ? (guint32) g_ascii_strtoull (given, NULL, 10) : seed);
}

/* Wherever the camera is by then, and back in a bucket whose tiles have not been looked at meanwhile. */
static void
test_each (TileFixture  *fixture,
           gconstpointer data)
{
  static const double scales[] = { 1, 0.33, 1.5 };
  g_autoptr (GRand) rand = new_rand (5);

  for (guint i = 0; i < N_EDITS; i++)
    {
      tile_fixture_look_at (fixture, -100 + (i % 7) * 20, -50, scales[i / 4 % G_N_ELEMENTS (scales)]);
      tile_fixture_settle (fixture);
      edit (fixture, rand);
      tile_fixture_settle (fixture);
      check_fresh (fixture);
    }
}

/* Edits that come while tiles are being painted, which then show neither the one nor the other. */
static void
test_while_painting (TileFixture  *fixture,
                     gconstpointer data)
{
  g_autoptr (GRand) rand = new_rand (6);

  tile_fixture_look_at (fixture, -100, -50, 1);
  for (guint i = 0; i < N_EDITS / 5; i++)
    {
      for (guint k = 0; k < 8; k++)
        {
          edit (fixture, rand);
          if (k % 3 == 0)
            tela_tile_cache_update (fixture->cache);
        }
      tile_fixture_settle (fixture);
      check_fresh (fixture);
    }
}

typedef struct
{
  TileFixture *fixture;
  guint        n_tiles; /* that the change may touch */
} Count;

/* A frame may cut what is in it, which is anywhere. */
static gboolean
may_touch (const TelaChange *change,
           TelaRect          area)
{
  return tela_look_is_frame (change->before != NULL ? change->before : change->after) ||
         (change->before != NULL && tela_rect_intersects (area, tela_element_get_bounds (change->before))) ||
         (change->after != NULL && tela_rect_intersects (area, tela_element_get_bounds (change->after)));
}

static void
count_cb (TelaBoard        *board,
          const TelaChange *changes,
          guint             n,
          Count            *count)
{
  TelaTileCache *cache = count->fixture->cache;
  GHashTableIter iter;
  gpointer       key;

  g_hash_table_iter_init (&iter, cache->tiles);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const TelaTileKey *place = key;
      const double       span = tela_tile_cache_get_span (cache, place->bucket);
      const TelaRect     area = { (double) place->col * span, (double) place->row * span, span, span };
      gboolean           touched = FALSE;

      for (guint i = 0; i < n; i++)
        touched = touched || may_touch (&changes[i], tela_rect_expand (area, TELA_SCENE_REACH));
      count->n_tiles += touched;
    }
}

static void
test_only_what_changed (TileFixture  *fixture,
                        gconstpointer data)
{
  g_autoptr (GRand) rand = new_rand (7);
  Count   count = { .fixture = fixture };
  guint64 all = 0;
  guint64 few = 0;

  g_signal_connect (fixture->board, "changed", G_CALLBACK (count_cb), &count);
  tile_fixture_look_at (fixture, -100, -50, 1);
  for (guint i = 0; i < N_EDITS; i++)
    {
      guint64 before;

      tile_fixture_drain (fixture);
      before = tela_tile_cache_get_n_painted (fixture->cache);
      count.n_tiles = 0;
      edit (fixture, rand);
      tile_fixture_drain (fixture);
      g_assert_cmpuint (tela_tile_cache_get_n_painted (fixture->cache) - before, <=, count.n_tiles);
      few += tela_tile_cache_get_n_painted (fixture->cache) - before;
      all += g_hash_table_size (fixture->cache->tiles);
    }
  g_assert_cmpuint (few, >, 0);
  g_assert_cmpuint (few, <, all / 4);
  g_signal_handlers_disconnect_by_data (fixture->board, &count);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, TileFixture, NULL, tile_fixture_set_up, func, tile_fixture_tear_down)
  ADD ("/tile-edits/each", test_each);
  ADD ("/tile-edits/while-painting", test_while_painting);
  ADD ("/tile-edits/only-what-changed", test_only_what_changed);
#undef ADD

  return g_test_run ();
}
