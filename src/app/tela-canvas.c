/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include <glib/gi18n.h>

#include "tela-frame-meter.h"

G_DEFINE_FINAL_TYPE (TelaCanvas, tela_canvas, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_TOOL,
  PROP_EDITING,
  PROP_PRESSED,
  PROP_DRAGGING,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Batches of the session are applied in the update phase of a frame, and only of frames that have one. */
static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  TelaCanvas *self = TELA_CANVAS (widget);

  self->tick_id = 0;
  if (self->session != NULL)
    tela_session_flush (self->session);

  return G_SOURCE_REMOVE;
}

static void
tick_wanted_cb (TelaCanvas *self)
{
  if (self->tick_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

static void
session_state_cb (TelaCanvas *self)
{
  tela_canvas_update_actions (self);
  if (self->tool->klass->edits && !tela_canvas_can_edit (self))
    tela_canvas_set_tool (self, "select");
}

static void
board_changed_cb (TelaCanvas *self)
{
  tela_selection_prune (self->selection, tela_canvas_get_board (self));
  tela_canvas_update_text (self);
  tela_canvas_follow_style (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* What is under the veil of the text that is being edited has changed, which shows nowhere else. */
static void
board_merged_cb (TelaCanvas *self)
{
  tela_canvas_update_description (self);
  tela_canvas_follow_text (self);
}

static void
viewport_changed_cb (TelaCanvas *self)
{
  tela_canvas_update_text (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
tela_canvas_measure (GtkWidget     *widget,
                     GtkOrientation orientation,
                     int            for_size,
                     int           *minimum,
                     int           *natural,
                     int           *minimum_baseline,
                     int           *natural_baseline)
{
  *minimum = 0;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? 640 : 480;
}

static void
tela_canvas_size_allocate (GtkWidget *widget,
                           int        width,
                           int        height,
                           int        baseline)
{
  TelaCanvas *self = TELA_CANVAS (widget);

  tela_viewport_set_size (self->viewport, width, height);
  tela_canvas_allocate_text (self);
  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
  if (self->name_popover != NULL)
    gtk_popover_present (GTK_POPOVER (self->name_popover));
}

static void
tela_canvas_unmap (GtkWidget *widget)
{
  TelaCanvas *self = TELA_CANVAS (widget);

  if (self->tick_id != 0)
    {
      gtk_widget_remove_tick_callback (widget, self->tick_id);
      self->tick_id = 0;
    }
  if (self->tool != NULL)
    {
      tela_canvas_cancel (self);
      self->tool->klass->cancel (self->tool); /* what it still shows */
    }

  GTK_WIDGET_CLASS (tela_canvas_parent_class)->unmap (widget);
}

static void
tela_canvas_get_property (GObject    *object,
                          guint       prop_id,
                          GValue     *value,
                          GParamSpec *pspec)
{
  TelaCanvas *self = TELA_CANVAS (object);

  switch (prop_id)
    {
    case PROP_TOOL:
      g_value_set_string (value, tela_canvas_get_tool (self));
      break;
    case PROP_EDITING:
      g_value_set_boolean (value, tela_canvas_is_editing (self));
      break;
    case PROP_PRESSED:
      g_value_set_boolean (value, tela_canvas_is_pressed (self));
      break;
    case PROP_DRAGGING:
      g_value_set_boolean (value, tela_canvas_is_dragging (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
tela_canvas_set_property (GObject      *object,
                          guint         prop_id,
                          const GValue *value,
                          GParamSpec   *pspec)
{
  tela_canvas_set_tool (TELA_CANVAS (object), g_value_get_string (value));
}

static void
tela_canvas_dispose (GObject *object)
{
  TelaCanvas *self = TELA_CANVAS (object);

  if (self->session_signals != NULL)
    tela_canvas_set_session (self, NULL, NULL);
  g_clear_pointer (&self->tool, tela_tool_free);
  g_clear_handle_id (&self->menu_idle, g_source_remove);
  g_clear_handle_id (&self->style_idle, g_source_remove);
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_pointer (&self->name_popover, gtk_widget_unparent);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->board_signals);
  g_clear_object (&self->layers);
  g_clear_object (&self->frozen);
  g_clear_pointer (&self->paper_of, tela_element_unref);
  g_clear_object (&self->actions);
  g_clear_object (&self->style_actions);
  g_clear_object (&self->style);
  g_clear_object (&self->selection);
  g_clear_object (&self->viewport);
  g_clear_object (&self->store);
  g_clear_object (&self->assets);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->tool_before_eraser, g_free);
  g_clear_pointer (&self->free_align, g_free);

  G_OBJECT_CLASS (tela_canvas_parent_class)->dispose (object);
}

static void
tela_canvas_class_init (TelaCanvasClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = tela_canvas_dispose;
  object_class->get_property = tela_canvas_get_property;
  object_class->set_property = tela_canvas_set_property;
  widget_class->measure = tela_canvas_measure;
  widget_class->size_allocate = tela_canvas_size_allocate;
  widget_class->snapshot = tela_canvas_draw;
  widget_class->unmap = tela_canvas_unmap;

  props[PROP_TOOL] = g_param_spec_string ("tool", NULL, NULL, "select",
                                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_EDITING] = g_param_spec_boolean ("editing", NULL, NULL, FALSE,
                                              G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_PRESSED] = g_param_spec_boolean ("pressed", NULL, NULL, FALSE,
                                              G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  props[PROP_DRAGGING] = g_param_spec_boolean ("dragging", NULL, NULL, FALSE,
                                               G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, props);

  g_signal_new ("skipped", TELA_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  g_signal_new ("message", TELA_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_signal_new ("files-dropped", TELA_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                G_TYPE_LIST_MODEL);
  g_signal_new ("image-wanted", TELA_TYPE_CANVAS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 4,
                G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE, G_TYPE_DOUBLE);

  gtk_widget_class_set_css_name (widget_class, "telacanvas");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  tela_canvas_bind_keys (widget_class);
  tela_canvas_bind_align_keys (widget_class);
  tela_canvas_bind_menu_keys (widget_class);
  tela_canvas_bind_frame_keys (widget_class);
}

static gboolean
is_full (GtkWidget *widget)
{
  TelaCanvas *self = TELA_CANVAS (widget);

  return self->session != NULL && tela_layers_is_settled (self->layers);
}

static void
tela_canvas_init (TelaCanvas *self)
{
  self->viewport = tela_viewport_new ();
  self->selection = tela_selection_new ();
  self->style = tela_style_new ();
  self->paper = (GdkRGBA){ 1, 1, 1, 1 };
  self->layers = tela_layers_new ();
  self->tool = tela_tool_new ("select", self);

  self->session_signals = g_signal_group_new (TELA_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "tick-wanted", G_CALLBACK (tick_wanted_cb), self);
  g_signal_group_connect_swapped (self->session_signals, "notify", G_CALLBACK (session_state_cb), self);
  self->board_signals = g_signal_group_new (TELA_TYPE_BOARD);
  g_signal_group_connect_swapped (self->board_signals, "changed", G_CALLBACK (board_changed_cb), self);
  g_signal_group_connect_swapped (self->board_signals, "merged", G_CALLBACK (board_merged_cb), self);

  g_signal_connect_object (self->viewport, "changed", G_CALLBACK (viewport_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->layers, "changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "changed", G_CALLBACK (gtk_widget_queue_draw), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->selection, "changed", G_CALLBACK (tela_canvas_update_description), self,
                           G_CONNECT_SWAPPED);

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  tela_frame_meter_watch (GTK_WIDGET (self), is_full);
  tela_canvas_init_input (self);
  tela_canvas_init_drop (self);
  tela_canvas_init_actions (self);
  tela_canvas_init_style (self);
  tela_canvas_set_label (self, _ ("Board"));
  tela_canvas_update_description (self);
}

GtkWidget *
tela_canvas_new (void)
{
  return g_object_new (TELA_TYPE_CANVAS, NULL);
}

void
tela_canvas_set_session (TelaCanvas  *self,
                         TelaSession *session,
                         TelaStore   *store)
{
  TelaBoard *board = session == NULL ? NULL : tela_session_get_board (session);

  g_return_if_fail (TELA_IS_CANVAS (self));

  if (self->session == session)
    return;

  tela_canvas_commit_text (self);
  tela_canvas_finish_style (self);
  tela_canvas_cancel (self);
  tela_selection_clear (self->selection);

  g_set_object (&self->session, session);
  g_set_object (&self->store, store);
  g_signal_group_set_target (self->session_signals, session);
  g_signal_group_set_target (self->board_signals, board);
  tela_layers_set_board (self->layers, board, store);
  if (session != NULL)
    tela_frame_meter_has_board (GTK_WIDGET (self));

  tela_canvas_set_tool (self, "select");
  tela_canvas_update_actions (self);
  tela_canvas_update_description (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tela_canvas_set_label (TelaCanvas *self,
                       const char *label)
{
  g_return_if_fail (TELA_IS_CANVAS (self));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

TelaSession *
tela_canvas_get_session (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return self->session;
}

TelaBoard *
tela_canvas_get_board (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return self->session == NULL ? NULL : tela_session_get_board (self->session);
}

TelaViewport *
tela_canvas_get_viewport (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return self->viewport;
}

TelaSelection *
tela_canvas_get_selection (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return self->selection;
}

TelaStyle *
tela_canvas_get_style (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return self->style;
}

GActionGroup *
tela_canvas_get_actions (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return G_ACTION_GROUP (self->actions);
}

GActionGroup *
tela_canvas_get_style_actions (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return G_ACTION_GROUP (self->style_actions);
}

gboolean
tela_canvas_can_edit (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), FALSE);

  return self->session != NULL && tela_session_can_edit (self->session);
}

double
tela_canvas_get_unit (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), 1.0);

  return 1 / tela_viewport_get_zoom (self->viewport);
}

void
tela_canvas_set_tool (TelaCanvas *self,
                      const char *name)
{
  gboolean edits;

  g_return_if_fail (TELA_IS_CANVAS (self));

  if (!tela_tool_is_known (name, &edits) || strcmp (name, self->tool->klass->name) == 0 ||
      (edits && !tela_canvas_can_edit (self)))
    return;

  tela_canvas_commit_text (self);
  tela_canvas_cancel (self);
  tela_tool_free (self->tool);
  self->tool = tela_tool_new (name, self);
  tela_canvas_update_cursor (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TOOL]);
}

const char *
tela_canvas_get_tool (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return self->tool->klass->name;
}

void
tela_canvas_tool_done (TelaCanvas *self)
{
  g_return_if_fail (TELA_IS_CANVAS (self));

  self->is_pressed = FALSE;
  tela_canvas_set_tool (self, "select");
}

TelaImages *
tela_canvas_get_images (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), NULL);

  return tela_layers_get_images (self->layers);
}

void
tela_canvas_set_assets (TelaCanvas *self,
                        TelaAssets *assets)
{
  g_return_if_fail (TELA_IS_CANVAS (self));

  g_set_object (&self->assets, assets);
  tela_layers_set_assets (self->layers, assets);
}
