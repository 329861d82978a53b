/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element-private.h"

/* Enough for what people and programs write; more takes the heap. */
#define SMALL 64
/* An element that others write to gets room for so many stamps at a time. */
#define SPARE_STAMPS 3
/* What stands in a property that is just being written. As a bit it lies above those of the stamps that there may be. */
#define NO_SLOT 0xfffu
#define MAX_OVERWRITTEN_STAMPS 62

/* What a merge will make, found before anything is allocated: most operations change little, many change nothing. */
typedef struct
{
  guint8  *wins;  /* by property of b: it is new, or beats that of a */
  guint16 *map_a; /* by stamp of a: 1 + its place in the result, 0: unused */
  guint16 *map_b;
  guint    n;
  guint    n_stamps;
  guint8   small_wins[SMALL];
  guint16  small_maps[2 * SMALL];
} Plan;

gboolean
tela_element_wins (TelaStamp a_stamp,
                   TelaValue a,
                   TelaStamp b_stamp,
                   TelaValue b)
{
  int order = tela_stamp_compare (a_stamp, b_stamp);

  return order < 0 || (order == 0 && tela_value_compare (a, b) < 0);
}

static TelaValue
value_at (const TelaElement *self,
          guint              i)
{
  return tela_element_value (tela_element_metas (self)[i], tela_element_cells (self)[i]);
}

static TelaStamp
stamp_at (const TelaElement *self,
          guint              i)
{
  return tela_element_stamps (self)[tela_meta_slot (tela_element_metas (self)[i])];
}

/* Fills plan->wins and plan->n. FALSE: b changes nothing. */
static gboolean
plan_winners (const TelaElement *a,
              const TelaElement *b,
              Plan              *plan)
{
  const TelaMeta *metas_b = tela_element_metas (b);
  gboolean        changed = FALSE;

  plan->n = a->n;
  for (guint j = 0; j < b->n; j++)
    {
      guint    i;
      gboolean found = tela_element_find (a, metas_b[j].key, &i);

      plan->wins[j] = !found || tela_element_wins (stamp_at (a, i), value_at (a, i), stamp_at (b, j), value_at (b, j));
      plan->n += !found;
      changed |= plan->wins[j];
    }

  return changed;
}

static void
mark_used (const TelaElement *a,
           const TelaElement *b,
           Plan              *plan)
{
  const TelaMeta *metas_a = tela_element_metas (a);
  const TelaMeta *metas_b = tela_element_metas (b);
  guint           i = 0;

  for (guint j = 0; j < b->n; j++)
    {
      for (; i < a->n && metas_a[i].key < metas_b[j].key; i++)
        plan->map_a[tela_meta_slot (metas_a[i])] = 1;
      if (!plan->wins[j])
        continue;
      plan->map_b[tela_meta_slot (metas_b[j])] = 1;
      if (i < a->n && metas_a[i].key == metas_b[j].key)
        i++;
    }
  for (; i < a->n; i++)
    plan->map_a[tela_meta_slot (metas_a[i])] = 1;
}

/* Gives the used stamps their places; stamps that nothing bears any more go. */
static void
plan_stamps (const TelaElement *a,
             const TelaElement *b,
             Plan              *plan)
{
  const TelaStamp *stamps_a = tela_element_stamps (a);
  const TelaStamp *stamps_b = tela_element_stamps (b);

  mark_used (a, b, plan);
  for (guint i = 0; i < a->n_stamps; i++)
    if (plan->map_a[i] != 0)
      plan->map_a[i] = (guint16) ++plan->n_stamps;

  for (guint j = 0; j < b->n_stamps; j++)
    {
      guint i = 0;

      if (plan->map_b[j] == 0)
        continue;
      while (i < a->n_stamps && !(plan->map_a[i] != 0 && tela_stamp_compare (stamps_a[i], stamps_b[j]) == 0))
        i++;
      plan->map_b[j] = i < a->n_stamps ? plan->map_a[i] : (guint16) ++plan->n_stamps;
    }
}

/* The properties @first to before @end of @from become those of @to from @at on. Returns where the next one goes. */
static guint
put (TelaElement       *to,
     guint              at,
     const TelaElement *from,
     guint              first,
     guint              end,
     const guint16     *map)
{
  const TelaMeta *metas = tela_element_metas (from) + first;
  const TelaCell *cells = tela_element_cells (from) + first;
  TelaMeta       *new_metas = tela_element_metas (to) + at;
  guint           n = end - first;

  memcpy (tela_element_cells (to) + at, cells, n * sizeof (TelaCell));
  for (guint i = 0; i < n; i++)
    {
      tela_cell_ref (metas[i], cells[i]);
      new_metas[i] = tela_meta_with_slot (metas[i], map[tela_meta_slot (metas[i])] - 1u);
    }

  return at + n;
}

static TelaElement *
carry_out (const TelaElement *a,
           const TelaElement *b,
           const Plan        *plan)
{
  guint        spare = plan->n_stamps > a->n_stamps ? SPARE_STAMPS : 0;
  TelaElement *self =
      tela_element_alloc_roomy (tela_element_id (a), a->id_len, a->hash, plan->n, plan->n_stamps, spare);
  const TelaMeta *metas_a = tela_element_metas (a);
  const TelaMeta *metas_b = tela_element_metas (b);
  guint           done = 0; /* of a */
  guint           at = 0;

  for (guint s = 0; s < a->n_stamps; s++)
    if (plan->map_a[s] != 0)
      tela_element_stamps (self)[plan->map_a[s] - 1] = tela_element_stamps (a)[s];
  for (guint s = 0; s < b->n_stamps; s++)
    if (plan->map_b[s] != 0)
      tela_element_stamps (self)[plan->map_b[s] - 1] = tela_element_stamps (b)[s];

  for (guint j = 0; j < b->n; j++)
    {
      guint i = done;

      if (!plan->wins[j])
        continue;
      while (i < a->n && metas_a[i].key < metas_b[j].key)
        i++;
      at = put (self, at, a, done, i, plan->map_a);
      at = put (self, at, b, j, j + 1, plan->map_b);
      done = i < a->n && metas_a[i].key == metas_b[j].key ? i + 1 : i;
    }
  put (self, at, a, done, a->n, plan->map_a);

  return self;
}

/* FALSE: b changes nothing, or cannot be merged. plan_clear() in any case. */
static gboolean
plan_make (Plan              *plan,
           const TelaElement *a,
           const TelaElement *b)
{
  guint n_stamps = a->n_stamps + b->n_stamps;

  plan->n_stamps = 0;
  plan->map_a = plan->small_maps;
  plan->wins = b->n > SMALL ? g_new (guint8, b->n) : plan->small_wins;
  if (a == b || !plan_winners (a, b, plan) || plan->n > TELA_MAX_PROPERTIES)
    return FALSE;

  if (n_stamps > 2 * SMALL)
    plan->map_a = g_new0 (guint16, n_stamps);
  else
    memset (plan->map_a, 0, n_stamps * sizeof (guint16));
  plan->map_b = plan->map_a + a->n_stamps;
  plan_stamps (a, b, plan);
  return TRUE;
}

static void
plan_clear (Plan *plan)
{
  if (plan->wins != plan->small_wins)
    g_free (plan->wins);
  if (plan->map_a != plan->small_maps)
    g_free (plan->map_a);
}

/**
 * tela_element_merge:
 * @a: an element
 * @b: another with the same id, or an operation on it
 * @changed: (out) (optional): whether the result differs from @a
 *
 * Keeps, for each property, the value with the greater stamp; between equal stamps the greater canonical JSON text. A
 * merge that would have more than %TELA_MAX_PROPERTIES properties is not made.
 *
 * Returns: (transfer full): @a itself if @b adds nothing to it
 */
TelaElement *
tela_element_merge (const TelaElement *a,
                    const TelaElement *b,
                    gboolean          *changed)
{
  TelaElement *merged;
  gboolean     differs;
  Plan         plan;

  g_return_val_if_fail (tela_element_same_id (a, b), tela_element_ref (a));

  differs = plan_make (&plan, a, b);
  merged = differs ? carry_out (a, b, &plan) : tela_element_ref (a);
  plan_clear (&plan);

  if (changed != NULL)
    *changed = differs;
  return merged;
}

/* What an operation of one stamp writes over, when there is such a property for each of its own. */
typedef struct
{
  guint   n;
  guint8  from[SMALL]; /* in the operation */
  guint16 to[SMALL];   /* in the element */
} Targets;

/* FALSE: some property is new. */
static gboolean
find_targets (const TelaElement *a,
              const TelaElement *b,
              Targets           *targets)
{
  TelaStamp stamp = tela_element_stamps (b)[0];

  targets->n = 0;
  for (guint j = 0; j < b->n; j++)
    {
      TelaStamp old;
      guint     i;
      int       order;

      if (!tela_element_find (a, tela_element_metas (b)[j].key, &i))
        return FALSE;
      old = stamp_at (a, i);
      order = tela_stamp_compare (old, stamp);
      if (order > 0 || (order == 0 && tela_value_compare (value_at (a, i), value_at (b, j)) >= 0))
        continue;
      targets->from[targets->n] = (guint8) j;
      targets->to[targets->n++] = (guint16) i;
    }
  return TRUE;
}

/* Puts the last stamp where nothing bears the one at @slot any more. */
static void
drop_stamp (TelaElement *self,
            guint        slot)
{
  TelaMeta *metas = tela_element_metas (self);
  guint     last = --self->n_stamps;

  self->spare++;
  if (slot == last)
    return;
  tela_element_stamps (self)[slot] = tela_element_stamps (self)[last];
  for (guint i = 0; i < self->n; i++)
    if (tela_meta_slot (metas[i]) == last)
      metas[i] = tela_meta_with_slot (metas[i], slot);
}

/* One more stamp has room. */
static void
make_room (TelaElement **slot)
{
  TelaElement *self = *slot;

  if (self->spare > 0)
    return;
  self = g_realloc (self, tela_element_head_size (self->n, self->id_len) +
                              (self->n_stamps + 1u + SPARE_STAMPS) * sizeof (TelaStamp));
  self->spare = 1 + SPARE_STAMPS;
  *slot = self;
}

/* A place for a stamp: where it is already, where one is that nothing bears any more, or one more. Other stamps that
 * nothing bears go, the last first, so that what fills its place is borne. */
static guint
place_stamp (TelaElement **slot,
             TelaStamp     stamp)
{
  TelaElement *self = *slot;
  guint64      unused = (G_GUINT64_CONSTANT (1) << self->n_stamps) - 1;
  guint        place = 0;

  for (guint i = 0; i < self->n; i++)
    unused &= ~(G_GUINT64_CONSTANT (1) << (tela_meta_slot (tela_element_metas (self)[i]) & 63));
  while (place < self->n_stamps && tela_stamp_compare (tela_element_stamps (self)[place], stamp) != 0)
    place++;
  if (place == self->n_stamps && unused != 0)
    place = (guint) __builtin_ctzll (unused);
  else if (place == self->n_stamps)
    {
      make_room (slot);
      self = *slot;
      self->n_stamps++;
      self->spare--;
    }
  tela_element_stamps (self)[place] = stamp;

  unused &= ~(G_GUINT64_CONSTANT (1) << place);
  for (; unused != 0; unused &= ~(G_GUINT64_CONSTANT (1) << (63 - __builtin_clzll (unused))))
    {
      guint gap = 63 - (guint) __builtin_clzll (unused);

      drop_stamp (self, gap);
      place = place == self->n_stamps ? gap : place;
    }
  return place;
}

/* The values go where the old ones were, and their stamp where it finds a place. */
static void
overwrite (TelaElement      **slot,
           const TelaElement *b,
           const Targets     *targets)
{
  TelaMeta *metas = tela_element_metas (*slot);
  TelaCell *cells = tela_element_cells (*slot);
  guint     place;

  for (guint k = 0; k < targets->n; k++)
    {
      TelaMeta meta = tela_element_metas (b)[targets->from[k]];
      TelaCell cell = tela_element_cells (b)[targets->from[k]];

      tela_cell_ref (meta, cell);
      tela_cell_unref (metas[targets->to[k]], cells[targets->to[k]]);
      cells[targets->to[k]] = cell;
      metas[targets->to[k]] = tela_meta_with_slot (meta, NO_SLOT);
    }

  place = place_stamp (slot, tela_element_stamps (b)[0]);
  metas = tela_element_metas (*slot);
  for (guint k = 0; k < targets->n; k++)
    metas[targets->to[k]] = tela_meta_with_slot (metas[targets->to[k]], place);
}

gboolean
tela_element_merge_into (TelaElement      **a,
                         const TelaElement *b)
{
  TelaElement *merged;
  gboolean     differs;
  Targets      targets;
  Plan         plan;

  if (b->n_stamps == 1 && b->n <= SMALL && (*a)->n_stamps <= MAX_OVERWRITTEN_STAMPS && *a != b &&
      find_targets (*a, b, &targets))
    {
      if (targets.n == 0)
        return FALSE;
      if (g_atomic_int_get (&(*a)->refs) == 1)
        {
          overwrite (a, b, &targets);
          return TRUE;
        }
    }

  differs = plan_make (&plan, *a, b);
  if (differs)
    {
      merged = carry_out (*a, b, &plan);
      tela_element_unref (*a);
      *a = merged;
    }
  plan_clear (&plan);

  return differs;
}

/* The properties of @self that @keep marks, as an element; NULL if it marks none. */
static TelaElement *
pick (const TelaElement *self,
      const guint8      *keep)
{
  TelaOpBuilder *builder = NULL;

  for (guint i = 0; i < self->n; i++)
    {
      TelaValue value;
      TelaStamp stamp;
      TelaKey   key;

      if (!keep[i])
        continue;
      if (builder == NULL)
        builder = tela_op_builder_new (tela_element_id (self));
      key = tela_element_get_nth (self, i, &value, &stamp);
      tela_op_builder_set_at (builder, key, tela_value_copy (value), stamp);
    }

  return builder != NULL ? tela_op_builder_end (builder, (TelaStamp){ 0 }) : NULL;
}

TelaElement *
tela_element_difference (const TelaElement *a,
                         const TelaElement *b)
{
  g_autofree guint8 *keep = g_new (guint8, b->n + 1u);

  memset (keep, 1, b->n);
  for (guint i = 0; a != NULL && i < b->n; i++)
    {
      TelaValue value;
      TelaStamp stamp;

      if (tela_element_get (a, tela_element_metas (b)[i].key, &value, &stamp))
        keep[i] = tela_element_wins (stamp, value, stamp_at (b, i), value_at (b, i));
    }

  return pick (b, keep);
}

TelaElement *
tela_element_at_stamp (const TelaElement *self,
                       TelaStamp          stamp)
{
  g_autofree guint8 *keep = g_new (guint8, self->n + 1u);

  for (guint i = 0; i < self->n; i++)
    keep[i] = tela_stamp_compare (stamp_at (self, i), stamp) == 0;

  return pick (self, keep);
}

TelaElement *
tela_element_restamp (const TelaElement *self,
                      TelaStamp          stamp)
{
  TelaElement *copy = tela_element_alloc (tela_element_id (self), self->id_len, self->hash, self->n, self->n > 0);

  if (self->n > 0)
    tela_element_stamps (copy)[0] = stamp;
  for (guint i = 0; i < self->n; i++)
    {
      TelaMeta meta = tela_element_metas (self)[i];

      tela_element_cells (copy)[i] = tela_element_cells (self)[i];
      tela_element_metas (copy)[i] = tela_meta_with_slot (meta, 0);
      tela_cell_ref (meta, tela_element_cells (self)[i]);
    }

  return copy;
}

TelaElement *
tela_element_take_restamped (TelaElement *self,
                             TelaStamp    stamp)
{
  TelaElement *copy;

  if (self->n_stamps == 1 && g_atomic_int_get (&self->refs) == 1)
    {
      tela_element_stamps (self)[0] = stamp;
      return self;
    }

  copy = tela_element_restamp (self, stamp);
  tela_element_unref (self);

  return copy;
}

TelaElement *
tela_element_with_id (const TelaElement *self,
                      const char        *id)
{
  gsize        len = strlen (id);
  TelaElement *copy;

  g_return_val_if_fail (tela_element_id_is_valid (id, len), NULL);

  copy = tela_element_alloc (id, len, tela_element_hash_id (id, len), self->n, self->n_stamps);
  memcpy (tela_element_stamps (copy), tela_element_stamps (self), self->n_stamps * sizeof (TelaStamp));
  memcpy (tela_element_cells (copy), tela_element_cells (self), self->n * sizeof (TelaCell));
  memcpy (tela_element_metas (copy), tela_element_metas (self), self->n * sizeof (TelaMeta));
  for (guint i = 0; i < self->n; i++)
    tela_cell_ref (tela_element_metas (self)[i], tela_element_cells (self)[i]);

  return copy;
}
