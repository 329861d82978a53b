/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-selection.h"

#include "tela-attach.h"

struct _TelaSelection
{
  GObject parent_instance;

  GHashTable *ids; /* (element-type utf8): a set */
};

G_DEFINE_FINAL_TYPE (TelaSelection, tela_selection, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static gboolean
add_element (TelaSelection     *self,
             const TelaElement *element)
{
  return g_hash_table_add (self->ids, g_strdup (tela_element_get_id (element)));
}

static void
tela_selection_finalize (GObject *object)
{
  TelaSelection *self = TELA_SELECTION (object);

  g_hash_table_unref (self->ids);

  G_OBJECT_CLASS (tela_selection_parent_class)->finalize (object);
}

static void
tela_selection_class_init (TelaSelectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_selection_finalize;

  signals[CHANGED] = g_signal_new ("changed", TELA_TYPE_SELECTION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 0);
}

static void
tela_selection_init (TelaSelection *self)
{
  self->ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

TelaSelection *
tela_selection_new (void)
{
  return g_object_new (TELA_TYPE_SELECTION, NULL);
}

guint
tela_selection_get_n (TelaSelection *self)
{
  g_return_val_if_fail (TELA_IS_SELECTION (self), 0);

  return g_hash_table_size (self->ids);
}

gboolean
tela_selection_contains (TelaSelection *self,
                         const char    *id)
{
  g_return_val_if_fail (TELA_IS_SELECTION (self), FALSE);

  return g_hash_table_contains (self->ids, id);
}

void
tela_selection_clear (TelaSelection *self)
{
  tela_selection_set (self, NULL, 0);
}

void
tela_selection_set (TelaSelection     *self,
                    const char *const *ids,
                    gsize              n)
{
  gboolean same;

  g_return_if_fail (TELA_IS_SELECTION (self));

  same = n == g_hash_table_size (self->ids);
  for (gsize i = 0; same && i < n; i++)
    same = g_hash_table_contains (self->ids, ids[i]);
  if (same)
    return;

  g_hash_table_remove_all (self->ids);
  for (gsize i = 0; i < n; i++)
    g_hash_table_add (self->ids, g_strdup (ids[i]));
  g_signal_emit (self, signals[CHANGED], 0);
}

void
tela_selection_set_elements (TelaSelection *self,
                             GPtrArray     *elements)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();

  for (guint i = 0; i < elements->len; i++)
    g_ptr_array_add (ids, (gpointer) tela_element_get_id (elements->pdata[i]));

  tela_selection_set (self, (const char *const *) ids->pdata, ids->len);
}

void
tela_selection_toggle (TelaSelection *self,
                       GPtrArray     *elements)
{
  gboolean all = TRUE;

  g_return_if_fail (TELA_IS_SELECTION (self));

  for (guint i = 0; i < elements->len; i++)
    all = all && tela_selection_contains (self, tela_element_get_id (elements->pdata[i]));

  for (guint i = 0; i < elements->len; i++)
    if (all)
      g_hash_table_remove (self->ids, tela_element_get_id (elements->pdata[i]));
    else
      add_element (self, elements->pdata[i]);

  if (elements->len > 0)
    g_signal_emit (self, signals[CHANGED], 0);
}

void
tela_selection_prune (TelaSelection *self,
                      TelaBoard     *board)
{
  GHashTableIter iter;
  gpointer       id;
  gboolean       any = FALSE;

  g_return_if_fail (TELA_IS_SELECTION (self));

  g_hash_table_iter_init (&iter, self->ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    if (tela_board_lookup_shown (board, id) == NULL)
      {
        g_hash_table_iter_remove (&iter);
        any = TRUE;
      }

  if (any)
    g_signal_emit (self, signals[CHANGED], 0);
}

static int
compare_order (gconstpointer a,
               gconstpointer b)
{
  return tela_board_compare_order (*(TelaElement *const *) a, *(TelaElement *const *) b);
}

/* Adds to the set @ids the elements whose @key names one that is in it. */
static void
add_parts (GPtrArray  *all,
           TelaKey     key,
           GHashTable *ids)
{
  for (guint i = 0; i < all->len; i++)
    {
      const char *whole = tela_element_get_string (all->pdata[i], key);

      if (whole != NULL && g_hash_table_contains (ids, whole))
        g_hash_table_add (ids, (gpointer) tela_element_get_id (all->pdata[i]));
    }
}

GPtrArray *
tela_selection_collect (TelaSelection *self,
                        TelaBoard     *board)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  GHashTableIter iter;
  gpointer       id;

  g_return_val_if_fail (TELA_IS_SELECTION (self), NULL);

  g_hash_table_iter_init (&iter, self->ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      const TelaElement *element = tela_board_lookup_shown (board, id);

      if (element != NULL)
        g_ptr_array_add (found, tela_element_ref (element));
    }
  g_ptr_array_sort (found, compare_order);

  return g_steal_pointer (&found);
}

GPtrArray *
tela_selection_group_of (TelaBoard         *board,
                         const TelaElement *element)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (GHashTable) names = NULL;
  g_autofree char *group = tela_attach_get_group (element);

  if (group == NULL)
    {
      g_ptr_array_add (found, tela_element_ref (element));
      return g_steal_pointer (&found);
    }

  names = g_hash_table_new (g_str_hash, g_str_equal);
  g_hash_table_add (names, group);
  all = tela_board_find_linked (board, names);
  for (guint i = 0; i < all->len; i++)
    {
      g_autofree char *other = tela_attach_get_group (all->pdata[i]);

      if (g_strcmp0 (other, group) == 0)
        g_ptr_array_add (found, tela_element_ref (all->pdata[i]));
    }

  return g_steal_pointer (&found);
}

GPtrArray *
tela_selection_with_labels (TelaBoard *board,
                            GPtrArray *elements)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) linked = NULL;

  for (guint i = 0; i < elements->len; i++)
    {
      g_ptr_array_add (found, tela_element_ref (elements->pdata[i]));
      g_hash_table_add (ids, (gpointer) tela_element_get_id (elements->pdata[i]));
    }

  linked = tela_board_find_linked (board, ids);
  for (guint i = 0; i < linked->len; i++)
    {
      const char *container = tela_element_get_string (linked->pdata[i], TELA_KEY_CONTAINER_ID);

      if (container != NULL && g_hash_table_contains (ids, container) &&
          !g_hash_table_contains (ids, tela_element_get_id (linked->pdata[i])))
        g_ptr_array_add (found, tela_element_ref (linked->pdata[i]));
    }

  return g_steal_pointer (&found);
}

GPtrArray *
tela_selection_with_contents (TelaBoard *board,
                              GPtrArray *elements)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GPtrArray) all = tela_board_query (board, NULL);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < elements->len; i++)
    g_hash_table_add (ids, (gpointer) tela_element_get_id (elements->pdata[i]));
  add_parts (all, TELA_KEY_FRAME_ID, ids);
  add_parts (all, TELA_KEY_CONTAINER_ID, ids);
  for (guint i = 0; i < all->len; i++)
    if (g_hash_table_contains (ids, tela_element_get_id (all->pdata[i])))
      g_ptr_array_add (found, tela_element_ref (all->pdata[i]));

  return g_steal_pointer (&found);
}
