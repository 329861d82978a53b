/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-attach-private.h"

#include <string.h>

static GHashTable *
new_table (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify) tela_element_unref);
}

static void
remember (GHashTable        *table,
          const TelaElement *element)
{
  g_hash_table_insert (table, g_strdup (tela_element_get_id (element)), tela_element_ref (element));
}

gboolean
tela_attach_is_linked (const char *container,
                       GHashTable *ids)
{
  return container != NULL && g_hash_table_contains (ids, container);
}

/* A text that grows makes its container grow, so the containers are concerned too. */
static GHashTable *
concerned_ids (TelaAttach *self,
               TelaBoard  *board,
               GPtrArray  *elements)
{
  GHashTable *ids = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < elements->len; i++)
    {
      const char        *container = tela_element_get_string (elements->pdata[i], TELA_KEY_CONTAINER_ID);
      const TelaElement *shown = container == NULL ? NULL : tela_board_lookup_shown (board, container);

      remember (self->before, elements->pdata[i]);
      g_hash_table_add (ids, g_strdup (tela_element_get_id (elements->pdata[i])));
      if (shown != NULL && !g_hash_table_contains (self->before, container))
        remember (self->before, shown);
      if (shown != NULL)
        g_hash_table_add (ids, g_strdup (container));
    }

  return ids;
}

/* The other end of a line has a say in where this one stops. */
static gboolean
collect_line (TelaAttach        *self,
              TelaBoard         *board,
              const TelaElement *line,
              GHashTable        *ids)
{
  static const TelaKnownKey keys[] = { TELA_KEY_START_BINDING, TELA_KEY_END_BINDING };
  const TelaElement        *shapes[2] = { NULL, NULL };
  gboolean                  is_concerned = g_hash_table_contains (ids, tela_element_get_id (line));

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_auto (TelaBound) bound = { 0 };

      if (!tela_bound_read (line, keys[i], &bound))
        continue;
      is_concerned = is_concerned || g_hash_table_contains (ids, bound.target);
      shapes[i] = tela_board_lookup_shown (board, bound.target);
    }
  if (!is_concerned)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    if (shapes[i] != NULL && !g_hash_table_contains (self->before, tela_element_get_id (shapes[i])))
      remember (self->before, shapes[i]);

  return TRUE;
}

static void
keep (TelaAttach        *self,
      GPtrArray         *list,
      const TelaElement *element)
{
  const char *id = tela_element_get_id (element);

  if (!g_hash_table_contains (self->before, id))
    remember (self->before, element);
  g_ptr_array_add (list, (gpointer) tela_element_get_id (g_hash_table_lookup (self->before, id)));
}

static int
compare_order_cb (gconstpointer a,
                  gconstpointer b)
{
  return tela_board_compare_order (*(TelaElement *const *) a, *(TelaElement *const *) b);
}

/* Shown elements of @ids and those that name them, each once, in z-order. */
static GPtrArray *
find_around (TelaBoard  *board,
             GHashTable *ids)
{
  GPtrArray     *found = tela_board_find_linked (board, ids);
  guint          n_linked = found->len;
  GHashTableIter iter;
  gpointer       id;
  g_autoptr (GHashTable) seen = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < n_linked; i++)
    g_hash_table_add (seen, found->pdata[i]);
  g_hash_table_iter_init (&iter, ids);
  while (g_hash_table_iter_next (&iter, &id, NULL))
    {
      const TelaElement *shown = tela_board_lookup_shown (board, id);

      if (shown != NULL && !g_hash_table_contains (seen, shown))
        g_ptr_array_add (found, tela_element_ref (shown));
    }
  g_ptr_array_sort (found, compare_order_cb);

  return found;
}

static void
collect_texts (TelaAttach *self,
               TelaBoard  *board,
               GHashTable *ids)
{
  g_autoptr (GPtrArray) around = find_around (board, ids);

  for (guint i = 0; i < around->len; i++)
    {
      const char        *container = tela_element_get_string (around->pdata[i], TELA_KEY_CONTAINER_ID);
      const TelaElement *shown;

      if (!tela_attach_is_type (around->pdata[i], "text") || !tela_attach_is_linked (container, ids))
        continue;
      shown = tela_board_lookup_shown (board, container);
      if (shown != NULL && !g_hash_table_contains (self->before, container))
        remember (self->before, shown);
      keep (self, self->texts, around->pdata[i]);
    }
}

TelaAttach *
tela_attach_new (TelaBoard      *board,
                 GPtrArray      *elements,
                 TelaMeasureFunc measure,
                 gpointer        user_data)
{
  TelaAttach *self = g_new0 (TelaAttach, 1);
  g_autoptr (GPtrArray) around = NULL;
  g_autoptr (GHashTable) ids = NULL;

  self->before = new_table ();
  self->said = new_table ();
  self->lines = g_ptr_array_new ();
  self->texts = g_ptr_array_new ();
  self->measure = measure;
  self->user_data = user_data;

  ids = concerned_ids (self, board, elements);
  around = find_around (board, ids);
  for (guint i = 0; i < around->len; i++)
    if (tela_attach_is_line (around->pdata[i]) && collect_line (self, board, around->pdata[i], ids))
      keep (self, self->lines, around->pdata[i]);
  for (guint i = 0; i < self->lines->len; i++)
    g_hash_table_add (ids, g_strdup (self->lines->pdata[i]));
  collect_texts (self, board, ids);

  return self;
}

void
tela_attach_free (TelaAttach *self)
{
  g_ptr_array_unref (self->lines);
  g_ptr_array_unref (self->texts);
  g_hash_table_unref (self->before);
  g_hash_table_unref (self->said);
  g_free (self);
}

const TelaElement *
tela_attach_before (TelaAttachWork *work,
                    const char     *id)
{
  return g_hash_table_lookup (work->attach->before, id);
}

const TelaElement *
tela_attach_after (TelaAttachWork *work,
                   const char     *id)
{
  const TelaElement *after = g_hash_table_lookup (work->after, id);

  return after != NULL ? after : tela_attach_before (work, id);
}

const TelaElement *
tela_attach_op (TelaAttachWork *work,
                const char     *id)
{
  return g_hash_table_lookup (work->ops, id);
}

/* Stamps serve as the order for a moment: the greatest there is for what is above, so that mostly nothing else needs
 * one. */
TelaElement *
tela_attach_overlay (const TelaElement *element,
                     const TelaElement *op)
{
  const TelaStamp first = { 0, 0 }, second = { G_MAXUINT64, G_MAXUINT64 };
  g_autoptr (TelaElement) below = NULL;
  g_autoptr (TelaElement) above = tela_element_restamp (op, second);

  if (element == NULL)
    return g_steal_pointer (&above);

  if (tela_stamp_compare (tela_element_get_stamp (element), second) < 0)
    return tela_element_merge (element, above, NULL);

  below = tela_element_restamp (element, first);

  return tela_element_merge (below, above, NULL);
}

static void
put (TelaAttachWork    *work,
     const TelaElement *op)
{
  const char  *id = tela_element_get_id (op);
  TelaElement *sum = tela_attach_overlay (g_hash_table_lookup (work->ops, id), op);
  gboolean     is_new = !g_hash_table_contains (work->ops, id);
  char        *key = g_strdup (id);

  g_hash_table_insert (work->after, g_strdup (id), tela_attach_overlay (tela_attach_after (work, id), op));
  if (is_new)
    g_ptr_array_add (work->order, key);
  g_hash_table_insert (work->ops, key, sum);
}

static gboolean
changes (const TelaElement *element,
         const TelaElement *op)
{
  for (guint i = 0; i < tela_element_get_n (op); i++)
    {
      TelaValue wanted, own;
      TelaKey   key = tela_element_get_nth (op, i, &wanted, NULL);

      if (element == NULL || !tela_element_get (element, key, &own, NULL) || !tela_value_equal (own, wanted))
        return TRUE;
    }

  return FALSE;
}

void
tela_attach_say (TelaAttachWork *work,
                 TelaOpBuilder  *builder)
{
  g_autoptr (TelaElement) op = tela_op_builder_end (builder, (TelaStamp){ 0 });

  /* Nothing follows beyond the edge of the board. */
  if (changes (tela_attach_after (work, tela_element_get_id (op)), op) && tela_element_validate (op, NULL))
    put (work, op);
}

/* Sets those properties of an element back that an earlier answer has changed and this one leaves alone. */
static void
take_back (TelaAttachWork    *work,
           const TelaElement *said)
{
  const char        *id = tela_element_get_id (said);
  const TelaElement *before = tela_attach_before (work, id);
  const TelaElement *op = tela_attach_op (work, id);
  TelaOpBuilder     *builder = tela_op_builder_new (id);
  guint              n = 0;
  g_autoptr (TelaElement) back = NULL;

  for (guint i = 0; before != NULL && i < tela_element_get_n (said); i++)
    {
      TelaKey   key = tela_element_get_nth (said, i, NULL, NULL);
      TelaValue value;

      if (op != NULL && tela_element_get (op, key, NULL, NULL))
        continue;
      if (tela_element_get (before, key, &value, NULL))
        tela_op_builder_set (builder, key, tela_value_copy (value));
      else
        tela_op_builder_set (builder, key, (TelaValue){ .kind = TELA_VALUE_UNSET });
      n++;
    }

  back = tela_op_builder_end (builder, (TelaStamp){ 0 });
  if (n > 0)
    put (work, back);
}

/* Texts that are new, or in nothing. */
static void
lay_out_texts (TelaAttachWork *work,
               GPtrArray      *ops)
{
  for (guint i = 0; i < ops->len; i++)
    {
      const char        *id = tela_element_get_id (ops->pdata[i]);
      const TelaElement *after = tela_attach_after (work, id);

      if (!tela_attach_is_type (after, "text"))
        continue;
      if (tela_element_get_string (after, TELA_KEY_CONTAINER_ID) == NULL)
        tela_attach_lay_out_alone (work, id);
      else if (tela_attach_before (work, id) == NULL)
        tela_attach_lay_out (work, id);
    }
}

static gboolean
is_label (TelaAttachWork *work,
          const char     *id)
{
  const char        *container = tela_element_get_string (tela_attach_after (work, id), TELA_KEY_CONTAINER_ID);
  const TelaElement *line = container == NULL ? NULL : tela_attach_after (work, container);

  return line != NULL && tela_attach_is_line (line);
}

GPtrArray *
tela_attach_complete (TelaAttach *self,
                      GPtrArray  *ops)
{
  GPtrArray *all = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GHashTable) after = new_table ();
  g_autoptr (GHashTable) own = new_table ();
  g_autoptr (GPtrArray) order = g_ptr_array_new ();
  TelaAttachWork work = { self, after, own, order };
  GHashTableIter iter;
  gpointer       said;

  for (guint i = 0; i < ops->len; i++)
    put (&work, ops->pdata[i]);

  /* A text may make its container grow, a container moves lines, and a line moves its label. */
  lay_out_texts (&work, ops);
  for (guint i = 0; i < self->texts->len; i++)
    if (!is_label (&work, self->texts->pdata[i]))
      tela_attach_lay_out (&work, self->texts->pdata[i]);
  for (guint i = 0; i < self->lines->len; i++)
    tela_attach_follow_line (&work, self->lines->pdata[i]);
  for (guint i = 0; i < self->texts->len; i++)
    if (is_label (&work, self->texts->pdata[i]))
      tela_attach_lay_out (&work, self->texts->pdata[i]);

  g_hash_table_iter_init (&iter, self->said);
  while (g_hash_table_iter_next (&iter, NULL, &said))
    take_back (&work, said);

  for (guint i = 0; i < order->len; i++)
    {
      g_ptr_array_add (all, tela_element_ref (g_hash_table_lookup (own, order->pdata[i])));
      remember (self->said, all->pdata[i]);
    }

  return all;
}
