/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tile-fixture.h"

#include "paint-fixture.h"

#define DEADLINE (60 * G_USEC_PER_SEC)

/* What hangs together, and the kinds that random elements are not. */
static const char *const others[] = {
  "{\"id\":\"g\",\"type\":\"frame\",\"x\":-120,\"y\":60,\"width\":320,\"height\":260,\"name\":\"Frame\",\"index\":\"b1\"}",
  "{\"id\":\"in\",\"type\":\"rectangle\",\"x\":120,\"y\":200,\"width\":160,\"height\":90,\"frameId\":\"g\",\"fillStyle\":\"solid\","
  "\"backgroundColor\":\"#ffec99\",\"index\":\"b2\"}",
  "{\"id\":\"box\",\"type\":\"diamond\",\"x\":300,\"y\":80,\"width\":180,\"height\":120,\"index\":\"b3\"}",
  "{\"id\":\"word\",\"type\":\"text\",\"x\":350,\"y\":127,\"width\":80,\"height\":25,\"text\":\"inside\",\"fontSize\":20,"
  "\"containerId\":\"box\",\"index\":\"b4\"}",
  "{\"id\":\"way\",\"type\":\"arrow\",\"x\":-60,\"y\":420,\"width\":420,\"height\":90,\"points\":[[0,0],[420,90]],\"strokeWidth\":4,"
  "\"index\":\"b5\"}",
  "{\"id\":\"label\",\"type\":\"text\",\"x\":110,\"y\":452,\"width\":80,\"height\":25,\"text\":\"the way\",\"fontSize\":20,"
  "\"containerId\":\"way\",\"index\":\"b6\"}",
  "{\"id\":\"site\",\"type\":\"embeddable\",\"x\":-260,\"y\":300,\"width\":200,\"height\":150,\"link\":\"https://example.org/\","
  "\"index\":\"b7\"}",
  "{\"id\":\"page\",\"type\":\"iframe\",\"x\":420,\"y\":380,\"width\":160,\"height\":120,\"index\":\"b8\"}",
  "{\"id\":\"magic\",\"type\":\"magicframe\",\"x\":500,\"y\":-200,\"width\":200,\"height\":180,\"index\":\"b9\"}",
};

static GPtrArray *
query_cb (TelaRect area,
          gpointer user_data)
{
  TileFixture *fixture = user_data;

  fixture->n_queries++;

  return tela_board_query (fixture->board, &area);
}

static TelaElement *
lookup_cb (const char *id,
           gpointer    user_data)
{
  TileFixture       *fixture = user_data;
  const TelaElement *element = tela_board_lookup_shown (fixture->board, id);

  return element != NULL ? tela_element_ref (element) : NULL;
}

static GPtrArray *
children_cb (const char *frame,
             gpointer    user_data)
{
  TileFixture *fixture = user_data;
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);

  g_hash_table_add (names, (gpointer) frame);

  return tela_board_find_linked (fixture->board, names);
}

static gboolean
extent_cb (TelaRect *extent,
           gpointer  user_data)
{
  TileFixture *fixture = user_data;

  return tela_board_get_extent (fixture->board, extent);
}

static void
ready_cb (TelaTileCache *cache,
          TileFixture   *fixture)
{
  fixture->n_ready++;
}

static void
changed_cb (TelaBoard        *board,
            const TelaChange *changes,
            guint             n,
            TileFixture      *fixture)
{
  guint i;

  for (i = 0; i < n; i++)
    tela_tile_cache_change (fixture->cache, changes[i].before, changes[i].after);
}

static void
set_up (TileFixture *fixture,
        GPtrArray   *elements)
{
  fixture->board = tela_board_new ("11111111-1111-4111-8111-111111111111");
  fixture->clock = 2;
  tela_board_merge (fixture->board, (TelaElement *const *) elements->pdata, elements->len);
  fixture->painter = tela_painter_new ();
  fixture->source =
      (TelaTileSource){ .query = query_cb,
                        .lookup = lookup_cb,
                        .children = children_cb,
                        .extent = extent_cb,
                        .asset = fixture_asset,
                        .user_data = fixture };
  fixture->cache = tela_tile_cache_new (fixture->painter, &fixture->source);
  fixture->draws = g_array_new (FALSE, FALSE, sizeof (TelaTileDraw));
  g_signal_connect (fixture->cache, "ready", G_CALLBACK (ready_cb), fixture);
  g_signal_connect (fixture->board, "changed", G_CALLBACK (changed_cb), fixture);
}

void
tile_fixture_set_up (TileFixture  *fixture,
                     gconstpointer data)
{
  g_autoptr (GPtrArray) elements = fixture_board (21, 60, (TelaRect){ -300, -300, 1200, 1200 });
  guint i;

  for (i = 0; i < G_N_ELEMENTS (others); i++)
    g_ptr_array_add (elements, fixture_parse (others[i]));
  set_up (fixture, elements);
}

void
tile_fixture_set_up_with (TileFixture       *fixture,
                          const char *const *elements)
{
  g_autoptr (GPtrArray) parsed = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  guint i;

  for (i = 0; elements[i] != NULL; i++)
    g_ptr_array_add (parsed, fixture_parse (elements[i]));
  set_up (fixture, parsed);
}

void
tile_fixture_tear_down (TileFixture  *fixture,
                        gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (fixture->board, fixture);
  g_assert_finalize_object (fixture->cache);
  g_assert_finalize_object (fixture->painter);
  g_assert_finalize_object (fixture->board);
  g_array_unref (fixture->draws);
}

void
tile_fixture_settle (TileFixture *fixture)
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

void
tile_fixture_drain (TileFixture *fixture)
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

void
tile_fixture_look_at (TileFixture *fixture,
                      double       x,
                      double       y,
                      double       scale)
{
  tela_tile_cache_set_viewport (fixture->cache, (TelaRect){ x, y, TILE_FIXTURE_VIEW / scale, TILE_FIXTURE_VIEW / scale }, scale);
}

static void
draw_tiles (TileFixture *fixture,
            cairo_t     *cr)
{
  guint i;

  tela_tile_cache_get_draws (fixture->cache, fixture->draws);
  for (i = 0; i < fixture->draws->len; i++)
    {
      const TelaTileDraw *draw = &g_array_index (fixture->draws, TelaTileDraw, i);
      cairo_surface_t    *tile;

      if (draw->picture == NULL)
        continue;
      tile = cairo_image_surface_create_for_data ((guint8 *) g_bytes_get_data (draw->picture, NULL), CAIRO_FORMAT_ARGB32,
                                                  draw->size, draw->size, draw->stride);
      cairo_save (cr);
      cairo_rectangle (cr, draw->clip.x, draw->clip.y, draw->clip.width, draw->clip.height);
      cairo_clip (cr);
      cairo_translate (cr, draw->to.x, draw->to.y);
      cairo_scale (cr, (double) draw->to.width / draw->size, (double) draw->to.height / draw->size);
      cairo_set_source_surface (cr, tile, 0, 0);
      cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD); /* as TelaPicture does */
      cairo_paint (cr);
      cairo_restore (cr);
      cairo_surface_destroy (tile);
    }
}

cairo_surface_t *
tile_fixture_compose (TileFixture *fixture)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, TILE_FIXTURE_VIEW, TILE_FIXTURE_VIEW);
  cairo_t         *cr = cairo_create (surface);

  draw_tiles (fixture, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

cairo_surface_t *
tile_fixture_compose_on (TileFixture *fixture,
                         int          width,
                         int          height,
                         guint32      paper)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t         *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, (paper >> 16 & 0xff) / 255.0, (paper >> 8 & 0xff) / 255.0, (paper & 0xff) / 255.0);
  cairo_paint (cr);
  draw_tiles (fixture, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}
