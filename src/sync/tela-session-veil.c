/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-session-private.h"

#define SILENCE_US (5 * G_USEC_PER_SEC)   /* after this a gesture is taken to be over */
#define REMEMBER_US (10 * G_USEC_PER_SEC) /* late messages of a fallen one are known by it */
#define MAX_VEILS 256

/* One gesture of somebody else's. */
typedef struct
{
  guint64      actor;
  char        *gesture;
  gint64       n;     /* of the last message */
  gint64       heard; /* when; monotonic */
  GPtrArray   *ops;   /* TelaElement */
  char        *ink_id;
  TelaElement *ink_style;
  GArray      *points;    /* double, pairs */
  GArray      *pressures; /* double */
  gboolean     hole;      /* a piece of the ink was lost: it is not shown */
  TelaStamp    at;        /* of the durable operations; time 0: not said yet */
  gboolean     ended;
  gboolean     fallen;
  gboolean     dirty;
} TelaVeil;

void
tela_veil_free (gpointer veil)
{
  TelaVeil *self = veil;

  g_free (self->gesture);
  g_clear_pointer (&self->ops, g_ptr_array_unref);
  g_free (self->ink_id);
  g_clear_pointer (&self->ink_style, tela_element_unref);
  g_array_unref (self->points);
  g_array_unref (self->pressures);
  g_free (self);
}

static TelaVeil *
find_or_make (TelaSession *self,
              guint64      actor,
              const char  *gesture)
{
  g_autofree char *key = g_strdup_printf ("%" G_GINT64_MODIFIER "x/%s", actor, gesture);
  TelaVeil        *veil = g_hash_table_lookup (self->live.veils, key);

  if (veil != NULL || g_hash_table_size (self->live.veils) >= MAX_VEILS)
    return veil;
  veil = g_new0 (TelaVeil, 1);
  veil->actor = actor;
  veil->gesture = g_strdup (gesture);
  veil->points = g_array_new (FALSE, FALSE, sizeof (double));
  veil->pressures = g_array_new (FALSE, FALSE, sizeof (double));
  g_hash_table_insert (self->live.veils, g_steal_pointer (&key), veil);
  return veil;
}

static void
append_tail (GArray            *to,
             guint              from,
             const TelaNumbers *numbers,
             guint              stride)
{
  g_array_set_size (to, MIN (to->len, from * stride));
  if (numbers != NULL)
    g_array_append_vals (to, numbers->v, numbers->n * stride);
}

static void
take_ink (TelaVeil        *veil,
          TelaLiveMessage *message)
{
  guint from = (guint) message->ink_from;
  guint more = message->ink_points != NULL ? message->ink_points->n : 0;

  if (message->ink_id == NULL)
    return;
  if (g_strcmp0 (veil->ink_id, message->ink_id) != 0)
    {
      g_free (veil->ink_id);
      veil->ink_id = g_strdup (message->ink_id);
      veil->hole = FALSE;
      g_array_set_size (veil->points, 0);
      g_array_set_size (veil->pressures, 0);
    }
  g_clear_pointer (&veil->ink_style, tela_element_unref);
  veil->ink_style = g_steal_pointer (&message->ink_style);
  if (from == 0)
    veil->hole = FALSE;
  if (from > veil->points->len / 2 || from + more > TELA_MAX_POINTS)
    veil->hole = TRUE;
  if (veil->hole)
    return;
  append_tail (veil->points, from, message->ink_points, 2);
  append_tail (veil->pressures, from, message->ink_pressures, 1);
}

void
tela_session_veils_heard (TelaSession     *self,
                          guint64          actor,
                          TelaLiveMessage *message)
{
  TelaVeil *veil = find_or_make (self, actor, message->gesture);

  if (veil == NULL || veil->fallen || veil->ended || message->n <= veil->n)
    return;
  veil->n = message->n;
  veil->heard = g_get_monotonic_time ();
  g_clear_pointer (&veil->ops, g_ptr_array_unref);
  veil->ops = g_ptr_array_ref (message->ops);
  take_ink (veil, message);
  veil->at = message->at;
  veil->ended = message->end;
  veil->dirty = TRUE;
  self->live_waits = TRUE;
  tela_session_want_flush (self);
}

static TelaElement *
ink_element (const TelaVeil *veil)
{
  TelaOpBuilder *builder = tela_op_builder_new (veil->ink_id);

  for (guint i = 0; veil->ink_style != NULL && i < tela_element_get_n (veil->ink_style); i++)
    {
      TelaValue value;
      TelaKey   key = tela_element_get_nth (veil->ink_style, i, &value, NULL);

      tela_op_builder_set (builder, key, tela_value_copy (value));
    }
  tela_op_builder_set (
      builder, TELA_KEY_POINTS,
      tela_value_numbers (tela_numbers_new (veil->points->len / 2, 2, (const double *) (gpointer) veil->points->data)));
  if (veil->pressures->len > 0)
    tela_op_builder_set (builder, TELA_KEY_PRESSURES,
                         tela_value_numbers (tela_numbers_new (veil->pressures->len, 1,
                                                               (const double *) (gpointer) veil->pressures->data)));
  return tela_op_builder_end (builder, (TelaStamp){ 0 });
}

static void
fall (TelaSession *self,
      TelaVeil    *veil)
{
  if (veil->fallen)
    return;
  veil->fallen = TRUE;
  veil->dirty = FALSE;
  veil->heard = g_get_monotonic_time ();
  g_clear_pointer (&veil->ops, g_ptr_array_unref);
  g_clear_pointer (&veil->ink_style, tela_element_unref);
  tela_board_drop_veil (self->board, veil->actor, veil->gesture);
}

/* Does the board have what the gesture came to, or something newer? */
static gboolean
is_durable (TelaSession    *self,
            const TelaVeil *veil)
{
  const TelaElement *element = NULL;

  if (veil->ink_id != NULL)
    element = tela_board_lookup (self->board, veil->ink_id);
  else if (veil->ops->len > 0)
    element = tela_board_lookup (self->board, tela_element_get_id (g_ptr_array_index (veil->ops, 0)));
  return element != NULL && tela_stamp_compare (tela_element_get_stamp (element), veil->at) >= 0;
}

void
tela_session_veils_flush (TelaSession *self)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->live.veils);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      TelaVeil *veil = value;
      g_autoptr (GPtrArray) ops = NULL;

      if (!veil->dirty)
        continue;
      veil->dirty = FALSE;
      if (veil->ended && veil->at.time == 0)
        {
          fall (self, veil);
          continue;
        }
      if (veil->at.time != 0 && is_durable (self, veil))
        {
          fall (self, veil);
          continue;
        }
      ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
      for (guint i = 0; i < veil->ops->len; i++)
        g_ptr_array_add (ops, tela_element_ref (g_ptr_array_index (veil->ops, i)));
      if (veil->ink_id != NULL && !veil->hole)
        g_ptr_array_add (ops, ink_element (veil));
      tela_board_set_veil (self->board, veil->actor, veil->gesture, (TelaElement *const *) ops->pdata, ops->len);
    }
}

/* Moves those of @ops that bear @stamp to another array. (transfer full) */
static GPtrArray *
take_stamped (GPtrArray *ops,
              TelaStamp  stamp)
{
  GPtrArray *taken = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  guint      n = 0;

  for (guint i = 0; i < ops->len; i++)
    {
      TelaElement *op = g_ptr_array_index (ops, i);
      g_autoptr (TelaElement) part = tela_element_at_stamp (op, stamp);

      if (part != NULL)
        g_ptr_array_add (taken, op);
      else
        ops->pdata[n++] = op;
    }
  ops->len = n;
  return taken;
}

void
tela_session_veils_merge (TelaSession *self,
                          GPtrArray   *ops)
{
  GHashTableIter iter;
  gpointer       value;

  tela_session_journal_add (self, (TelaElement *const *) ops->pdata, ops->len);
  g_hash_table_iter_init (&iter, self->live.veils);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      TelaVeil *veil = value;
      g_autoptr (GPtrArray) settled = NULL;

      if (veil->fallen || veil->at.time == 0)
        continue;
      settled = take_stamped (ops, veil->at);
      if (settled->len == 0)
        continue;
      tela_board_settle (self->board, veil->actor, veil->gesture, (TelaElement *const *) settled->pdata, settled->len);
      fall (self, veil);
    }
  if (ops->len > 0)
    tela_board_merge (self->board, (TelaElement *const *) ops->pdata, ops->len);
}

void
tela_session_veils_sweep (TelaSession *self,
                          gint64       now)
{
  GHashTableIter iter;
  gpointer       value;

  g_hash_table_iter_init (&iter, self->live.veils);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      TelaVeil *veil = value;

      if (!veil->fallen && now - veil->heard > SILENCE_US)
        fall (self, veil);
      if (veil->fallen && now - veil->heard > REMEMBER_US)
        g_hash_table_iter_remove (&iter);
    }
}
