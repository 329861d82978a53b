/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include "tela-canvas-attach.h"
#include "tela-factory.h"

/* A slider says many values: they are one edit until it rests for so long. */
#define SETTLE_MS 400

void
tela_canvas_finish_style (TelaCanvas *self)
{
  g_clear_handle_id (&self->style_timeout, g_source_remove);
  if (self->style_gesture != NULL)
    tela_gesture_end (g_steal_pointer (&self->style_gesture));
  self->style_key = TELA_KEY_NONE;
}

static gboolean
settle_cb (gpointer user_data)
{
  TelaCanvas *self = user_data;

  self->style_timeout = 0;
  tela_canvas_finish_style (self);

  return G_SOURCE_REMOVE;
}

static void
forget (TelaOpBuilder     *op,
        const TelaElement *element,
        const char        *name)
{
  TelaKey key = tela_key_intern (name, strlen (name));

  if (tela_element_has (element, key))
    tela_op_builder_set_json (op, key, "null");
}

/* Of the way that had elbows only the ends are left. (transfer full) */
static TelaElement *
straighten (const TelaElement *arrow,
            const TelaElement *op)
{
  const TelaNumbers *points = tela_element_get_numbers (arrow, TELA_KEY_POINTS);
  TelaOpBuilder     *builder = tela_op_builder_new (tela_element_get_id (arrow));
  g_autoptr (TelaElement) straight = NULL;

  if (points != NULL && points->stride == 2 && points->n > 2)
    {
      const double *last = points->v + 2 * (points->n - 1);
      const double  ends[4] = { points->v[0], points->v[1], last[0], last[1] };

      tela_factory_set_points (builder, ends, 2);
    }
  forget (builder, arrow, "fixedSegments");
  forget (builder, arrow, "startIsSpecial");
  forget (builder, arrow, "endIsSpecial");
  straight = tela_op_builder_end (builder, (TelaStamp){ 0 });

  return tela_attach_overlay (op, straight);
}

/* An arrow that gets elbows, or loses them, finds its way anew. (transfer full) */
static TelaElement *
reroute (TelaCanvas        *self,
         const TelaElement *element,
         TelaElement       *op)
{
  g_autoptr (TelaElement) own = op;
  g_autoptr (TelaElement) straight = NULL;
  gboolean is_elbow = tela_element_get_boolean (op, TELA_KEY_ELBOWED, FALSE);

  if (tela_element_get_boolean (element, TELA_KEY_ELBOWED, FALSE) == is_elbow)
    return g_steal_pointer (&own);
  if (!is_elbow)
    straight = straighten (element, op);

  return tela_canvas_bind_arrow (self, element, is_elbow ? op : straight, TELA_ATTACH_START | TELA_ATTACH_END);
}

/* Operations that give every selected shape, where it has such a field, the value of the style. */
static GPtrArray *
build_ops (TelaCanvas *self,
           TelaKey     key)
{
  g_autoptr (GPtrArray) selected = tela_selection_collect (self->selection, tela_canvas_get_board (self));
  g_autoptr (GPtrArray) all = tela_selection_with_labels (tela_canvas_get_board (self), selected);
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < all->len; i++)
    {
      const TelaElement *element = all->pdata[i];
      TelaOpBuilder     *op;
      TelaElement       *change;

      if (!tela_style_applies (key, element))
        continue;
      op = tela_op_builder_new (tela_element_get_id (element));
      tela_style_write (self->style, key, tela_element_get_string (element, TELA_KEY_TYPE), op);
      if (key == TELA_KEY_FONT_SIZE || key == TELA_KEY_FONT_FAMILY)
        {
          g_autoptr (TelaElement) look = tela_op_builder_end (op, (TelaStamp){ 0 });

          op = tela_factory_retext (element, look, tela_factory_typed_text (element));
        }
      change = tela_op_builder_end (op, (TelaStamp){ 0 });
      g_ptr_array_add (ops, key == TELA_KEY_ROUNDNESS ? reroute (self, element, change) : change);
    }

  return key == TELA_KEY_FONT_SIZE || key == TELA_KEY_FONT_FAMILY || key == TELA_KEY_TEXT_ALIGN
             ? tela_canvas_complete (self, all, ops)
             : g_steal_pointer (&ops);
}

static void
style_changed_cb (TelaCanvas *self,
                  GParamSpec *pspec)
{
  TelaKey key = tela_style_key_of (pspec->name);
  g_autoptr (GPtrArray) ops = NULL;

  if (self->is_reading_style || !tela_canvas_can_edit (self))
    return;
  if (tela_canvas_is_editing (self))
    tela_canvas_style_text (self, key);
  if (tela_selection_get_n (self->selection) == 0)
    return;

  ops = build_ops (self, key);
  if (ops->len == 0)
    return;

  if (key != self->style_key)
    tela_canvas_finish_style (self);
  if (key != TELA_KEY_OPACITY)
    {
      tela_session_edit (self->session, (TelaElement *const *) ops->pdata, ops->len);
      return;
    }

  if (self->style_gesture == NULL)
    self->style_gesture = tela_session_begin (self->session);
  self->style_key = key;
  tela_gesture_update (self->style_gesture, (TelaElement *const *) ops->pdata, ops->len);
  g_clear_handle_id (&self->style_timeout, g_source_remove);
  self->style_timeout = g_timeout_add (SETTLE_MS, settle_cb, self);
  g_source_set_name_by_id (self->style_timeout, "[tela] style change rests");
}

/* How a label is aligned says nothing about the next text. */
static void
keep_align (TelaCanvas *self,
            gboolean    is_label)
{
  if (is_label && self->free_align == NULL)
    self->free_align = g_strdup (tela_style_get_string (self->style, TELA_KEY_TEXT_ALIGN));
  if (is_label || self->free_align == NULL)
    return;

  g_object_set (self->style, "text-align", self->free_align, NULL);
  g_clear_pointer (&self->free_align, g_free);
}

void
tela_canvas_read_style (TelaCanvas               *self,
                        const TelaElement *const *elements,
                        const TelaElement *const *labels,
                        guint                     n)
{
  gboolean has_label = FALSE;

  for (guint i = 0; i < n && !has_label; i++)
    has_label = labels[i] != NULL;
  self->is_reading_style = TRUE;
  keep_align (self, has_label);
  tela_style_read (self->style, elements, labels, n);
  self->is_reading_style = FALSE;
}

static void
read_selection (TelaCanvas *self)
{
  TelaBoard *board = tela_canvas_get_board (self);
  g_autoptr (GPtrArray) selected = tela_selection_collect (self->selection, board);
  g_autofree const TelaElement **labels = g_new0 (const TelaElement *, selected->len);

  for (guint i = 0; i < selected->len; i++)
    labels[i] = tela_attach_find_text (board, tela_element_get_id (selected->pdata[i]));
  tela_canvas_read_style (self, (const TelaElement *const *) selected->pdata, labels, selected->len);
}

static void
selection_changed_cb (TelaCanvas *self)
{
  tela_canvas_finish_style (self);
  if (self->session != NULL)
    read_selection (self);
}

static gboolean
follow_cb (gpointer user_data)
{
  TelaCanvas *self = user_data;

  self->style_idle = 0;
  if (self->session != NULL && self->style_gesture == NULL && !tela_canvas_is_editing (self))
    read_selection (self);

  return G_SOURCE_REMOVE;
}

/* What is selected was changed, by undoing or by somebody else. */
void
tela_canvas_follow_style (TelaCanvas *self)
{
  if (self->style_idle != 0 || self->is_pressed || tela_selection_get_n (self->selection) == 0)
    return;
  self->style_idle = g_idle_add_full (G_PRIORITY_LOW, follow_cb, self, NULL);
  g_source_set_name_by_id (self->style_idle, "[tela] style of what is selected");
}

void
tela_canvas_init_style (TelaCanvas *self)
{
  self->style_actions = g_simple_action_group_new ();
  tela_style_add_actions (self->style, G_ACTION_MAP (self->style_actions));
  gtk_widget_insert_action_group (GTK_WIDGET (self), "style", G_ACTION_GROUP (self->style_actions));
  g_signal_connect_object (self->style, "notify", G_CALLBACK (style_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "changed", G_CALLBACK (selection_changed_cb), self, G_CONNECT_SWAPPED);
}
