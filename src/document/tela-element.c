/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-element-private.h"

#include <math.h>

G_DEFINE_QUARK (tela - document - error - quark, tela_document_error)

guint32
tela_element_hash_id (const char *id,
                      gsize       len)
{
  guint32 hash = 2166136261u;

  for (gsize i = 0; i < len; i++)
    hash = (hash ^ (guint8) id[i]) * 16777619u;

  return hash ^ hash >> 16;
}

TelaElement *
tela_element_alloc_roomy (const char *id,
                          gsize       id_len,
                          guint32     hash,
                          guint       n,
                          guint       n_stamps,
                          guint       spare)
{
  gsize        head = tela_element_head_size (n, (guint) id_len);
  TelaElement *self = g_malloc (head + (n_stamps + spare) * sizeof (TelaStamp));
  char        *copy;

  self->refs = 1;
  self->hash = hash;
  self->n = (guint16) n;
  self->n_stamps = (guint16) n_stamps;
  self->id_len = (guint8) id_len;
  self->spare = (guint8) spare;
  copy = tela_element_id (self);
  memcpy (copy, id, id_len);
  copy[id_len] = '\0';

  return self;
}

TelaElement *
tela_element_alloc (const char *id,
                    gsize       id_len,
                    guint32     hash,
                    guint       n,
                    guint       n_stamps)
{
  return tela_element_alloc_roomy (id, id_len, hash, n, n_stamps, 0);
}

TelaElement *
tela_element_ref (const TelaElement *self)
{
  TelaElement *mutable = (TelaElement *) self;

  g_atomic_int_inc (&mutable->refs);
  return mutable;
}

void
tela_element_unref (TelaElement *self)
{
  TelaMeta *metas;
  TelaCell *cells;

  if (!g_atomic_int_dec_and_test (&self->refs))
    return;

  metas = tela_element_metas (self);
  cells = tela_element_cells (self);
  for (guint i = 0; i < self->n; i++)
    tela_cell_unref (metas[i], cells[i]);
  g_free (self);
}

const char *
tela_element_get_id (const TelaElement *self)
{
  return tela_element_id (self);
}

gboolean
tela_element_id_is_valid (const char *id,
                          gsize       len)
{
  if (len < 1 || len > 64)
    return FALSE;

  for (gsize i = 0; i < len; i++)
    if (id[i] < ' ' || id[i] > '~')
      return FALSE;
  return TRUE;
}

TelaStamp
tela_element_get_stamp (const TelaElement *self)
{
  const TelaStamp *stamps = tela_element_stamps (self);
  TelaStamp        greatest = { 0 };

  for (guint i = 0; i < self->n_stamps; i++)
    if (tela_stamp_compare (stamps[i], greatest) > 0)
      greatest = stamps[i];
  return greatest;
}

TelaStamp
tela_element_get_base (const TelaElement *self)
{
  const TelaStamp *stamps = tela_element_stamps (self);
  const TelaMeta  *metas = tela_element_metas (self);
  TelaStamp        smallest = { 0 };

  /* `type` has the smallest key of all. */
  if (self->n > 0 && metas[0].key == TELA_KEY_TYPE)
    return stamps[tela_meta_slot (metas[0])];

  for (guint i = 0; i < self->n_stamps; i++)
    if (i == 0 || tela_stamp_compare (stamps[i], smallest) < 0)
      smallest = stamps[i];
  return smallest;
}

guint
tela_element_get_n (const TelaElement *self)
{
  return self->n;
}

TelaKey
tela_element_get_nth (const TelaElement *self,
                      guint              i,
                      TelaValue         *value,
                      TelaStamp         *stamp)
{
  TelaMeta meta;

  g_return_val_if_fail (i < self->n, TELA_KEY_NONE);

  meta = tela_element_metas (self)[i];
  if (value != NULL)
    *value = tela_element_value (meta, tela_element_cells (self)[i]);
  if (stamp != NULL)
    *stamp = tela_element_stamps (self)[tela_meta_slot (meta)];
  return meta.key;
}

gboolean
tela_element_get (const TelaElement *self,
                  TelaKey            key,
                  TelaValue         *value,
                  TelaStamp         *stamp)
{
  guint i;

  if (!tela_element_find (self, key, &i))
    return FALSE;

  tela_element_get_nth (self, i, value, stamp);
  return TRUE;
}

gboolean
tela_element_has (const TelaElement *self,
                  TelaKey            key)
{
  guint i;

  return tela_element_find (self, key, &i) && tela_meta_kind (tela_element_metas (self)[i]) != TELA_VALUE_UNSET;
}

/* Some programs write "3" for 3. */
static double
read_quoted_number (const char *text,
                    double      fallback)
{
  char  *end;
  double number = g_ascii_strtod (text, &end);

  return end != text && *end == '\0' && isfinite (number) && fabs (number) <= TELA_MAX_COORDINATE ? number : fallback;
}

double
tela_element_get_number (const TelaElement *self,
                         TelaKey            key,
                         double             fallback)
{
  TelaValue value;

  if (!tela_element_get (self, key, &value, NULL))
    return fallback;
  if (value.kind == TELA_VALUE_NUMBER)
    return value.as.number;
  /* A number with more digits than a double has. */
  if (value.kind == TELA_VALUE_JSON && (value.as.string[0] == '-' || g_ascii_isdigit (value.as.string[0])))
    return g_ascii_strtod (value.as.string, NULL);
  if (value.kind == TELA_VALUE_STRING)
    return read_quoted_number (value.as.string, fallback);
  return fallback;
}

gboolean
tela_element_get_boolean (const TelaElement *self,
                          TelaKey            key,
                          gboolean           fallback)
{
  TelaValue value;

  if (!tela_element_get (self, key, &value, NULL) || (value.kind != TELA_VALUE_TRUE && value.kind != TELA_VALUE_FALSE))
    return fallback;
  return value.kind == TELA_VALUE_TRUE;
}

const char *
tela_element_get_string (const TelaElement *self,
                         TelaKey            key)
{
  TelaValue value;

  return tela_element_get (self, key, &value, NULL) && value.kind == TELA_VALUE_STRING ? value.as.string : NULL;
}

const TelaNumbers *
tela_element_get_numbers (const TelaElement *self,
                          TelaKey            key)
{
  TelaValue value;

  return tela_element_get (self, key, &value, NULL) && value.kind == TELA_VALUE_NUMBERS ? value.as.numbers : NULL;
}

gboolean
tela_element_is_visible (const TelaElement *self)
{
  return tela_element_get_string (self, TELA_KEY_TYPE) != NULL &&
         !tela_element_get_boolean (self, TELA_KEY_IS_DELETED, FALSE) &&
         strcmp (tela_element_id (self), TELA_BOARD_ELEMENT_ID) != 0;
}

gboolean
tela_element_same_values (const TelaElement *a,
                          const TelaElement *b)
{
  const TelaMeta *metas_a = tela_element_metas (a);
  const TelaMeta *metas_b = tela_element_metas (b);

  if (a->n != b->n || !tela_element_same_id (a, b))
    return FALSE;

  for (guint i = 0; i < a->n; i++)
    if (metas_a[i].key != metas_b[i].key ||
        !tela_value_equal (tela_element_value (metas_a[i], tela_element_cells (a)[i]),
                           tela_element_value (metas_b[i], tela_element_cells (b)[i])))
      return FALSE;
  return TRUE;
}

gboolean
tela_element_equal (const TelaElement *a,
                    const TelaElement *b)
{
  if (a == b)
    return TRUE;
  if (!tela_element_same_values (a, b))
    return FALSE;

  for (guint i = 0; i < a->n; i++)
    {
      TelaStamp stamp_a;
      TelaStamp stamp_b;

      tela_element_get_nth (a, i, NULL, &stamp_a);
      tela_element_get_nth (b, i, NULL, &stamp_b);
      if (tela_stamp_compare (stamp_a, stamp_b) != 0)
        return FALSE;
    }
  return TRUE;
}

static int
compare_names_cb (gconstpointer a,
                  gconstpointer b,
                  gpointer      user_data)
{
  const TelaMeta *metas = user_data;

  return strcmp (tela_key_get_name (metas[*(const guint *) a].key), tela_key_get_name (metas[*(const guint *) b].key));
}

guint *
tela_element_order_by_name (const TelaElement *self)
{
  guint *order = g_new (guint, self->n + 1u);

  for (guint i = 0; i < self->n; i++)
    order[i] = i;
  g_qsort_with_data (order, self->n, sizeof (guint), compare_names_cb, tela_element_metas (self));

  return order;
}
