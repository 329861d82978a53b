/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "allocations.h"
#include "tela-canvas-private.h"
#include "tela-layers-private.h"

/* What a frame is made of. */

/* The pictures in a frame, in order. */
static void
collect_leaves (GskRenderNode *node,
                GPtrArray     *leaves)
{
  if (gsk_render_node_get_node_type (node) == GSK_CONTAINER_NODE)
    for (guint i = 0; i < gsk_container_node_get_n_children (node); i++)
      collect_leaves (gsk_container_node_get_child (node, i), leaves);
  else
    g_ptr_array_add (leaves, gsk_render_node_ref (node));
}

static GPtrArray *
list_leaves (TelaCanvas *canvas)
{
  GPtrArray   *leaves = g_ptr_array_new_with_free_func ((GDestroyNotify) gsk_render_node_unref);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;

  GTK_WIDGET_GET_CLASS (canvas)->snapshot (GTK_WIDGET (canvas), snapshot);
  node = gtk_snapshot_free_to_node (snapshot);
  collect_leaves (node, leaves);

  return leaves;
}

static void
fill (TelaCanvas *canvas,
      const char *colour)
{
  g_action_group_change_action_state (tela_canvas_get_style_actions (canvas), "background-color",
                                      g_variant_new_string (colour));
  g_action_group_change_action_state (tela_canvas_get_style_actions (canvas), "fill-style",
                                      g_variant_new_string ("solid"));
}

/* Tiles everywhere, none of them empty. */
static void
cover_all (TelaCanvas *canvas)
{
  fill (canvas, "#a5d8ff");
  g_free (canvas_draw (canvas, "rectangle", -30000, -30000, 30000, 30000));
  tela_selection_clear (tela_canvas_get_selection (canvas));
  canvas_wait_for_painters (canvas);
}

/* A frame has a node for each tile, however many shapes there are, and they are those of the frame before. */
static void
test_few_nodes (CanvasFixture *fixture,
                gconstpointer  data)
{
  const guint n_tiles = (600 / TELA_TILE_SIZE + 2) * (400 / TELA_TILE_SIZE + 2);
  g_autoptr (GPtrArray) first = NULL;
  g_autoptr (GPtrArray) second = NULL;

  fill (fixture->canvas, "#a5d8ff");
  for (guint i = 0; i < 60; i++)
    g_free (canvas_draw (fixture->canvas, "rectangle", i * 9, i * 5, i * 9 + 40, i * 5 + 40));
  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
  WAIT_UNTIL (tela_layers_get_n_lifted (fixture->canvas->layers) == 0);
  canvas_wait_for_painters (fixture->canvas);
  first = list_leaves (fixture->canvas);
  second = list_leaves (fixture->canvas);
  g_assert_cmpuint (first->len, >, 0);
  g_assert_cmpuint (first->len, <=, n_tiles);
  g_assert_cmpuint (second->len, ==, first->len);
  for (guint i = 0; i < first->len; i++)
    if (gsk_render_node_get_node_type (first->pdata[i]) != GSK_COLOR_NODE) /* bare paper, which costs nothing */
      g_assert_true (first->pdata[i] == second->pdata[i]);
}

/* What appending these nodes allocates, which is GTK's; @anew: and making each of them. */
static guint
count_appending (GPtrArray *leaves,
                 gboolean   anew)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  guint before, after;
  gsize bytes;

  allocations_count (&before, &bytes);
  for (guint i = 0; i < leaves->len; i++)
    {
      GskRenderNode  *node = leaves->pdata[i];
      graphene_rect_t bounds;

      gsk_render_node_get_bounds (node, &bounds);
      node = anew ? gsk_texture_node_new (gsk_texture_node_get_texture (node), &bounds) : gsk_render_node_ref (node);
      gtk_snapshot_append_node (snapshot, node);
      gsk_render_node_unref (node);
    }
  allocations_count (&after, &bytes);

  return after - before;
}

/* What a frame with the camera there allocates. @leaves: set to its nodes. (out) (transfer full) */
static guint
count_frame (TelaCanvas *canvas,
             double      x,
             GPtrArray **leaves)
{
  const GdkRGBA       paper = { 1, 1, 1, 1 };
  const TelaPixelGrid grid = { .scale = 1 };
  GtkSnapshot        *snapshot = gtk_snapshot_new ();
  guint               before, after;
  gsize               bytes;
  g_autoptr (GskRenderNode) node = NULL;

  tela_viewport_place (canvas->viewport, x, 10, 1);
  allocations_count (&before, &bytes);
  tela_layers_draw_on (canvas->layers, snapshot, canvas->viewport, &paper, &grid, 1, FALSE);
  allocations_count (&after, &bytes);
  node = gtk_snapshot_free_to_node (snapshot);
  *leaves = g_ptr_array_new_with_free_func ((GDestroyNotify) gsk_render_node_unref);
  collect_leaves (node, *leaves);

  return after - before;
}

/* A frame over what is painted allocates what GTK does for a picture of each tile, and no more. */
static void
test_allocates_nothing (CanvasFixture *fixture,
                        gconstpointer  data)
{
  guint n;
  gsize bytes;

  if (!allocations_count (&n, &bytes))
    return;
  cover_all (fixture->canvas);
  for (guint i = 0; i < 12; i++)
    {
      g_autoptr (GPtrArray) leaves = NULL;
      g_autoptr (GPtrArray) same = NULL;

      n = count_frame (fixture->canvas, i * 7, &leaves);
      g_assert_cmpuint (leaves->len, >=, 6);
      g_assert_true (i == 0 || n == count_appending (leaves, TRUE));
      n = count_frame (fixture->canvas, i * 7, &same);
      g_assert_cmpuint (n, ==, count_appending (same, FALSE));
    }
}

static void
add (const char *path,
     void (*func) (CanvasFixture *fixture, gconstpointer data))
{
  g_test_add (path, CanvasFixture, NULL, canvas_fixture_set_up, func, canvas_fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);

  add ("/view/frame/few-nodes", test_few_nodes);
  add ("/view/frame/allocates-nothing", test_allocates_nothing);

  return g_test_run ();
}
