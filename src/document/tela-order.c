/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-order.h"

static const char *
index_of (GPtrArray *elements,
          guint      i)
{
  return tela_element_get_string (g_ptr_array_index (elements, i), TELA_KEY_INDEX);
}

/* Gives @element the next key between *last and @high. */
static gboolean
place (GPtrArray         *ops,
       const TelaElement *element,
       char             **last,
       const char        *high)
{
  TelaOpBuilder *builder;
  char          *key = tela_index_between (*last, high);

  if (key == NULL)
    return FALSE;
  builder = tela_op_builder_new (tela_element_get_id (element));
  tela_op_builder_set_string (builder, TELA_KEY_INDEX, key);
  g_ptr_array_add (ops, tela_op_builder_end (builder, (TelaStamp){ 0 }));
  g_free (*last);
  *last = key;

  return TRUE;
}

GPtrArray *
tela_order_between (GPtrArray *moved,
                    GPtrArray *others,
                    guint      at)
{
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  const char      *low = at > 0 ? index_of (others, at - 1) : NULL;
  g_autofree char *last = g_strdup (low);
  guint            end = at;

  /* Up to the first key that is above the one below; those without a key lie at the bottom. */
  while (end < others->len && g_strcmp0 (index_of (others, end), low) <= 0)
    end++;

  for (guint i = 0; i < moved->len; i++)
    if (!place (ops, g_ptr_array_index (moved, i), &last, end < others->len ? index_of (others, end) : NULL))
      return NULL;
  for (guint i = at; i < end; i++)
    if (!place (ops, g_ptr_array_index (others, i), &last, end < others->len ? index_of (others, end) : NULL))
      return NULL;

  return g_steal_pointer (&ops);
}
