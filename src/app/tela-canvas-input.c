/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include <math.h>

#define WHEEL_STEP 64.0 /* widget pixels a notch */
#define WHEEL_ZOOM 1.15 /* a notch with Control */

/* Of a pen; other devices have none, or one that only mirrors the button. */
static double
current_pressure (GtkGesture *gesture)
{
  GdkEvent *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));
  double    pressure;

  if (event == NULL || gdk_event_get_device_tool (event) == NULL ||
      !gdk_event_get_axis (event, GDK_AXIS_PRESSURE, &pressure))
    return -1;

  return CLAMP (pressure, 0, 1);
}

static gboolean
is_eraser (GtkGesture *gesture)
{
  GdkEvent      *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));
  GdkDeviceTool *tool = event == NULL ? NULL : gdk_event_get_device_tool (event);

  return tool != NULL && gdk_device_tool_get_tool_type (tool) == GDK_DEVICE_TOOL_TYPE_ERASER;
}

static gboolean
is_in_editor (TelaCanvas *self,
              double      x,
              double      y)
{
  double tx, ty;

  return self->text.view != NULL &&
         gtk_widget_translate_coordinates (GTK_WIDGET (self), self->text.view, x, y, &tx, &ty) &&
         gtk_widget_contains (self->text.view, tx, ty);
}

static void
click_pressed_cb (TelaCanvas *self,
                  int         n_press)
{
  self->n_press = (guint) n_press;
}

static void
begin_pan (TelaCanvas *self)
{
  self->is_panning = TRUE;
  self->pan_x = self->pan_y = 0;
  tela_canvas_update_cursor (self);
}

static void
drag_begin_cb (TelaCanvas *self,
               double      x,
               double      y,
               GtkGesture *gesture)
{
  if (is_in_editor (self, x, y))
    {
      gtk_gesture_set_state (gesture, GTK_EVENT_SEQUENCE_DENIED);
      return;
    }

  self->press_x = x;
  self->press_y = y;
  gtk_widget_grab_focus (GTK_WIDGET (self));
  if (self->is_space_held)
    {
      begin_pan (self);
      return;
    }

  if (is_eraser (gesture) && tela_canvas_can_edit (self) && self->tool_before_eraser == NULL)
    {
      self->tool_before_eraser = g_strdup (tela_canvas_get_tool (self));
      tela_canvas_set_tool (self, "eraser");
    }
  tela_canvas_press (self, x, y, gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)),
                     current_pressure (gesture), MAX (1, self->n_press));
}

static void
pan_to (TelaCanvas *self,
        double      dx,
        double      dy)
{
  tela_viewport_pan (self->viewport, dx - self->pan_x, dy - self->pan_y);
  self->pan_x = dx;
  self->pan_y = dy;
}

/* A display server gathers the motions of a frame; ink wants them all. */
static void
replay_history (TelaCanvas *self,
                GtkGesture *gesture)
{
  GdkEvent                *event = gtk_event_controller_get_current_event (GTK_EVENT_CONTROLLER (gesture));
  g_autofree GdkTimeCoord *history = NULL;
  guint                    n = 0;
  double                   x, y, wx, wy;

  if (strcmp (tela_canvas_get_tool (self), "pen") != 0 || event == NULL ||
      gdk_event_get_event_type (event) != GDK_MOTION_NOTIFY || !gdk_event_get_position (event, &x, &y) ||
      !gtk_gesture_get_point (gesture, NULL, &wx, &wy))
    return;

  history = gdk_event_get_history (event, &n);
  for (guint i = 0; i < n; i++)
    {
      const GdkAxisFlags both = GDK_AXIS_FLAG_X | GDK_AXIS_FLAG_Y;
      double             pressure = -1;

      if ((history[i].flags & both) != both)
        continue;
      if (current_pressure (gesture) >= 0 && (history[i].flags & GDK_AXIS_FLAG_PRESSURE))
        pressure = history[i].axes[GDK_AXIS_PRESSURE];
      tela_canvas_motion (self, wx + history[i].axes[GDK_AXIS_X] - x, wy + history[i].axes[GDK_AXIS_Y] - y,
                          0, pressure);
    }
}

static void
drag_update_cb (TelaCanvas *self,
                double      dx,
                double      dy,
                GtkGesture *gesture)
{
  if (self->is_panning)
    {
      pan_to (self, dx, dy);
      return;
    }

  replay_history (self, gesture);
  tela_canvas_motion (self, self->press_x + dx, self->press_y + dy,
                      gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)),
                      current_pressure (gesture));
}

static void
end_input (TelaCanvas *self)
{
  self->is_panning = FALSE;
  if (self->tool_before_eraser != NULL)
    {
      g_autofree char *before = g_steal_pointer (&self->tool_before_eraser);

      tela_canvas_set_tool (self, before);
    }
  tela_canvas_update_cursor (self);
}

static void
drag_end_cb (TelaCanvas *self,
             double      dx,
             double      dy,
             GtkGesture *gesture)
{
  if (!self->is_panning)
    tela_canvas_release (self, self->press_x + dx, self->press_y + dy,
                         gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture)));
  end_input (self);
}

static void
drag_cancel_cb (TelaCanvas *self)
{
  tela_canvas_cancel (self);
  end_input (self);
}

static void
middle_begin_cb (TelaCanvas *self)
{
  tela_canvas_cancel (self);
  begin_pan (self);
}

static void
middle_end_cb (TelaCanvas *self)
{
  self->is_panning = FALSE;
  tela_canvas_update_cursor (self);
}

/* Two fingers are never a tool: what one of them had begun is taken back. */
static void
pinch_begin_cb (TelaCanvas       *self,
                GdkEventSequence *sequence,
                GtkGesture       *gesture)
{
  tela_canvas_cancel (self);
  self->is_panning = FALSE;
  self->pinch_zoom = tela_viewport_get_zoom (self->viewport);
  gtk_gesture_get_bounding_box_center (gesture, &self->pinch_x, &self->pinch_y);
}

static void
pinch_update_cb (TelaCanvas       *self,
                 GdkEventSequence *sequence,
                 GtkGesture       *gesture)
{
  double x, y;

  if (!gtk_gesture_get_bounding_box_center (gesture, &x, &y))
    return;

  tela_viewport_pan (self->viewport, x - self->pinch_x, y - self->pinch_y);
  self->pinch_x = x;
  self->pinch_y = y;
  tela_viewport_zoom_to (self->viewport,
                         self->pinch_zoom * gtk_gesture_zoom_get_scale_delta (GTK_GESTURE_ZOOM (gesture)), x, y);
}

static gboolean
scroll_cb (TelaCanvas               *self,
           double                    dx,
           double                    dy,
           GtkEventControllerScroll *controller)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));
  gboolean        is_wheel = gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL;
  double          step = is_wheel ? WHEEL_STEP : 1;

  if (state & GDK_CONTROL_MASK)
    {
      double notches = is_wheel ? dy : dy / WHEEL_STEP;

      tela_viewport_zoom_by (self->viewport, pow (WHEEL_ZOOM, -notches), self->pointer_x, self->pointer_y);
      return GDK_EVENT_STOP;
    }

  if (state & GDK_SHIFT_MASK && dx == 0)
    {
      dx = dy;
      dy = 0;
    }
  tela_viewport_pan (self->viewport, -dx * step, -dy * step);

  return GDK_EVENT_STOP;
}

static void
pointer_cb (TelaCanvas *self,
            double      x,
            double      y)
{
  self->pointer_x = x;
  self->pointer_y = y;
  self->is_pointer_in = TRUE;
  if (!self->is_pressed && !self->is_panning)
    tela_canvas_update_cursor (self);
}

/* Into the menu does not count: what is chosen there is about the place where it was opened. */
static void
pointer_leave_cb (TelaCanvas *self)
{
  self->is_pointer_in = self->menu != NULL && gtk_widget_get_visible (self->menu);
}

static gboolean
key_pressed_cb (TelaCanvas     *self,
                guint           key,
                guint           code,
                GdkModifierType state)
{
  if (key != GDK_KEY_space || (state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) || self->text.view != NULL)
    return GDK_EVENT_PROPAGATE;

  self->is_space_held = TRUE;
  tela_canvas_update_cursor (self);

  return GDK_EVENT_STOP;
}

static void
key_released_cb (TelaCanvas *self,
                 guint       key)
{
  if (key != GDK_KEY_space)
    return;

  self->is_space_held = FALSE;
  tela_canvas_update_cursor (self);
}

static void
focus_leave_cb (TelaCanvas *self)
{
  self->is_space_held = FALSE;
}

static void
add_pointer_gestures (TelaCanvas *self)
{
  GtkWidget  *widget = GTK_WIDGET (self);
  GtkGesture *gesture;

  self->drag = gtk_gesture_drag_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (self->drag), GDK_BUTTON_PRIMARY);
  g_signal_connect_swapped (self->drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect_swapped (self->drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect_swapped (self->drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect_swapped (self->drag, "cancel", G_CALLBACK (drag_cancel_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (self->drag));

  /* Added later, so it hears a press before the drag does, which does not count clicks. */
  gesture = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_PRIMARY);
  g_signal_connect_swapped (gesture, "pressed", G_CALLBACK (click_pressed_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (gesture));
  gtk_gesture_group (gesture, self->drag);

  gesture = gtk_gesture_drag_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (gesture), GDK_BUTTON_MIDDLE);
  g_signal_connect_swapped (gesture, "drag-begin", G_CALLBACK (middle_begin_cb), self);
  g_signal_connect_swapped (gesture, "drag-update", G_CALLBACK (pan_to), self);
  g_signal_connect_swapped (gesture, "end", G_CALLBACK (middle_end_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (gesture));

  gesture = gtk_gesture_zoom_new ();
  g_signal_connect_swapped (gesture, "begin", G_CALLBACK (pinch_begin_cb), self);
  g_signal_connect_swapped (gesture, "update", G_CALLBACK (pinch_update_cb), self);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (gesture));
}

void
tela_canvas_init_input (TelaCanvas *self)
{
  GtkWidget          *widget = GTK_WIDGET (self);
  GtkEventController *controller;

  add_pointer_gestures (self);

  controller = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  g_signal_connect_swapped (controller, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (widget, controller);

  controller = gtk_event_controller_motion_new ();
  g_signal_connect_swapped (controller, "enter", G_CALLBACK (pointer_cb), self);
  g_signal_connect_swapped (controller, "motion", G_CALLBACK (pointer_cb), self);
  g_signal_connect_swapped (controller, "leave", G_CALLBACK (pointer_leave_cb), self);
  gtk_widget_add_controller (widget, controller);

  controller = gtk_event_controller_key_new ();
  g_signal_connect_swapped (controller, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect_swapped (controller, "key-released", G_CALLBACK (key_released_cb), self);
  gtk_widget_add_controller (widget, controller);

  controller = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (controller, "leave", G_CALLBACK (focus_leave_cb), self);
  gtk_widget_add_controller (widget, controller);
}
