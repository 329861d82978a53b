/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-rtree.h"

#define N_ITEMS 1000

typedef struct
{
  TelaRtreeItem item;
  gboolean      hit;
} Item;

static void
hit_cb (TelaRtreeItem *item,
        gpointer       user_data)
{
  Item *hit = (Item *) item;

  g_assert_false (hit->hit);
  hit->hit = TRUE;
}

static TelaRect
random_rect (GRand *rand,
             double most)
{
  TelaRect rect = { .x = g_rand_double_range (rand, -1000, 1000), .y = g_rand_double_range (rand, -1000, 1000) };

  /* Lines and points too. */
  rect.width = g_rand_boolean (rand) ? g_rand_double_range (rand, 0, most) : 0;
  rect.height = g_rand_boolean (rand) ? g_rand_double_range (rand, 0, most) : 0;
  return rect;
}

static void
check (TelaRtree *tree,
       Item      *items,
       GRand     *rand)
{
  TelaRect area = random_rect (rand, 500);
  TelaRect extent;
  TelaRect expected = { 0 };
  guint    n = 0;

  tela_rtree_query (tree, area, hit_cb, NULL);
  for (guint i = 0; i < N_ITEMS; i++)
    {
      g_assert_cmpint (items[i].hit, ==, items[i].item.leaf != NULL && tela_rect_intersects (items[i].item.rect, area));
      items[i].hit = FALSE;
      if (items[i].item.leaf != NULL)
        expected = n++ == 0 ? items[i].item.rect : tela_rect_union (expected, items[i].item.rect);
    }

  g_assert_cmpint (tela_rtree_get_extent (tree, &extent), ==, n > 0);
  if (n > 0)
    {
      g_assert_cmpfloat_with_epsilon (extent.x, expected.x, 1e-9);
      g_assert_cmpfloat_with_epsilon (extent.y, expected.y, 1e-9);
      g_assert_cmpfloat_with_epsilon (extent.width, expected.width, 1e-6);
      g_assert_cmpfloat_with_epsilon (extent.height, expected.height, 1e-6);
    }
}

static void
test_random_edits (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  g_autofree Item *items = g_new0 (Item, N_ITEMS);
  g_autoptr (TelaRtree) tree = tela_rtree_new ();

  /* Grows, is edited, and shrinks to nothing again. */
  for (guint i = 0; i < 12000; i++)
    {
      Item *item = &items[g_rand_int_range (rand, 0, N_ITEMS)];
      int   removals = i < 4000 ? 1 : i < 8000 ? 5
                                               : 9;

      if (g_rand_int_range (rand, 0, 10) < removals)
        tela_rtree_remove (tree, &item->item);
      else if (item->item.leaf != NULL && g_rand_boolean (rand))
        tela_rtree_place (tree, &item->item, tela_rect_expand (item->item.rect, 0.5));
      else
        tela_rtree_place (tree, &item->item, random_rect (rand, 60));
      if (i % 10 == 0)
        check (tree, items, rand);
    }
  for (guint i = 0; i < N_ITEMS; i++)
    tela_rtree_remove (tree, &items[i].item);
  check (tree, items, rand);
}

static void
test_equal_boxes (void)
{
  g_autofree Item *items = g_new0 (Item, N_ITEMS);
  g_autoptr (TelaRtree) tree = tela_rtree_new ();

  for (guint i = 0; i < N_ITEMS; i++)
    tela_rtree_place (tree, &items[i].item, (TelaRect){ 5, 5, 1, 1 });
  tela_rtree_query (tree, (TelaRect){ 6, 6, 0, 0 }, hit_cb, NULL);
  for (guint i = 0; i < N_ITEMS; i++)
    g_assert_true (items[i].hit);
}

static void
test_queries_look_at_few_nodes (void)
{
  g_autofree Item *items = g_new0 (Item, 10000);
  g_autoptr (TelaRtree) tree = tela_rtree_new ();
  g_autoptr (GRand) rand = g_rand_new_with_seed (2);
  guint most = 0;

  for (guint i = 0; i < 10000; i++)
    tela_rtree_place (tree, &items[i].item, (TelaRect){ 20.0 * (i % 100), 20.0 * (i / 100), 15, 15 });
  for (guint i = 0; i < 5000; i++)
    {
      Item *item = &items[g_rand_int_range (rand, 0, 10000)];

      tela_rtree_place (tree, &item->item,
                        (TelaRect){ g_rand_double_range (rand, 0, 2000), g_rand_double_range (rand, 0, 2000), 15, 15 });
    }
  for (guint i = 0; i < 100; i++)
    {
      TelaRect area = { g_rand_double_range (rand, 0, 1900), g_rand_double_range (rand, 0, 1900), 100, 100 };
      guint    looked_at = tela_rtree_query (tree, area, hit_cb, NULL);

      most = MAX (most, looked_at);
      for (guint j = 0; j < 10000; j++)
        items[j].hit = FALSE;
    }
  g_assert_cmpuint (most, <, 60); /* of some 1,000 */
}

static void
test_load (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (4);
  g_autofree Item           *items = g_new0 (Item, N_ITEMS);
  g_autofree TelaRtreeItem **loaded = g_new (TelaRtreeItem *, N_ITEMS);
  const guint                numbers[] = { 0, 1, 12, 13, 145, N_ITEMS, 2 };
  g_autoptr (TelaRtree) tree = tela_rtree_new ();

  for (guint round = 0; round < G_N_ELEMENTS (numbers); round++)
    {
      for (guint i = 0; i < numbers[round]; i++)
        {
          items[i].item.rect = random_rect (rand, 100);
          loaded[i] = &items[i].item;
        }
      tela_rtree_load (tree, loaded, numbers[round]);
      check (tree, items, rand);
      /* It is changed as any other. */
      for (guint i = 0; i < 300; i++)
        {
          Item *item = &items[g_rand_int_range (rand, 0, N_ITEMS)];

          if (i % 3 == 0)
            tela_rtree_remove (tree, &item->item);
          else
            tela_rtree_place (tree, &item->item, random_rect (rand, 100));
          if (i % 10 == 0)
            check (tree, items, rand);
        }
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rtree/random-edits", test_random_edits);
  g_test_add_func ("/rtree/load", test_load);
  g_test_add_func ("/rtree/equal-boxes", test_equal_boxes);
  g_test_add_func ("/rtree/queries-look-at-few-nodes", test_queries_look_at_few_nodes);

  return g_test_run ();
}
