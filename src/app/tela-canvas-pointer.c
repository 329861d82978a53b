/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#define PLACED_WIDTH 160.0 /* widget pixels, of what no pointer draws */
#define PLACED_HEIGHT 100.0

static void
fill_pointer (TelaCanvas     *self,
              double          wx,
              double          wy,
              GdkModifierType state,
              double          pressure,
              TelaPointer    *pointer)
{
  GdkDevice *device = gtk_event_controller_get_current_event_device (GTK_EVENT_CONTROLLER (self->drag));

  *pointer = (TelaPointer){ .wx = wx, .wy = wy, .pressure = pressure, .state = state, .n_press = 1 };
  pointer->touch = device != NULL && gdk_device_get_source (device) == GDK_SOURCE_TOUCHSCREEN;
  tela_viewport_to_board (self->viewport, wx, wy, &pointer->x, &pointer->y);
}

static void
set_pressed (TelaCanvas *self,
             gboolean    pressed)
{
  gboolean was_dragging = self->is_dragging;

  self->is_pressed = pressed;
  self->is_dragging = FALSE;
  g_object_notify (G_OBJECT (self), "pressed");
  if (was_dragging)
    g_object_notify (G_OBJECT (self), "dragging");
}

void
tela_canvas_set_dragging (TelaCanvas *self)
{
  g_return_if_fail (TELA_IS_CANVAS (self));

  if (!self->is_pressed || self->is_dragging)
    return;

  self->is_dragging = TRUE;
  g_object_notify (G_OBJECT (self), "dragging");
}

void
tela_canvas_press (TelaCanvas     *self,
                   double          wx,
                   double          wy,
                   GdkModifierType state,
                   double          pressure,
                   guint           n_press)
{
  TelaPointer pointer;

  g_return_if_fail (TELA_IS_CANVAS (self));

  if (self->session == NULL)
    return;

  tela_canvas_commit_text (self);
  tela_canvas_finish_style (self);
  tela_canvas_cancel (self);
  if (self->tool->klass->edits && !tela_canvas_can_edit (self))
    return;

  fill_pointer (self, wx, wy, state, pressure, &pointer);
  pointer.n_press = n_press;
  set_pressed (self, TRUE);
  self->tool->klass->press (self->tool, &pointer);
}

void
tela_canvas_motion (TelaCanvas     *self,
                    double          wx,
                    double          wy,
                    GdkModifierType state,
                    double          pressure)
{
  TelaPointer pointer;

  g_return_if_fail (TELA_IS_CANVAS (self));

  if (!self->is_pressed)
    return;

  fill_pointer (self, wx, wy, state, pressure, &pointer);
  self->tool->klass->motion (self->tool, &pointer);
}

void
tela_canvas_release (TelaCanvas     *self,
                     double          wx,
                     double          wy,
                     GdkModifierType state)
{
  TelaPointer pointer;

  g_return_if_fail (TELA_IS_CANVAS (self));

  if (!self->is_pressed)
    return;

  self->is_pressed = FALSE;
  fill_pointer (self, wx, wy, state, -1, &pointer);
  self->tool->klass->release (self->tool, &pointer);
  set_pressed (self, FALSE);
}

void
tela_canvas_cancel (TelaCanvas *self)
{
  g_return_if_fail (TELA_IS_CANVAS (self));

  if (!self->is_pressed)
    return;

  self->is_pressed = FALSE;
  self->tool->klass->cancel (self->tool);
  set_pressed (self, FALSE);
}

gboolean
tela_canvas_is_pressed (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), FALSE);

  return self->is_pressed;
}

gboolean
tela_canvas_is_dragging (TelaCanvas *self)
{
  g_return_val_if_fail (TELA_IS_CANVAS (self), FALSE);

  return self->is_dragging;
}

void
tela_canvas_update_cursor (TelaCanvas *self)
{
  const char *name = self->tool->klass->cursor;

  if (self->is_panning)
    name = "grabbing";
  else if (self->is_space_held)
    name = "grab";
  else if (self->tool->klass->hover != NULL && self->session != NULL && !self->is_pressed)
    {
      TelaPointer pointer;

      fill_pointer (self, self->pointer_x, self->pointer_y, 0, -1, &pointer);
      name = self->tool->klass->hover (self->tool, &pointer) ?: name;
    }

  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), name);
}

/* As a hand would do it. */
void
tela_canvas_place (TelaCanvas *self)
{
  const char *tool = tela_canvas_get_tool (self);
  double      x = gtk_widget_get_width (GTK_WIDGET (self)) / 2.0;
  double      y = gtk_widget_get_height (GTK_WIDGET (self)) / 2.0;
  gboolean    is_point = strcmp (tool, "text") == 0;
  gboolean    is_flat = is_point || strcmp (tool, "line") == 0 || strcmp (tool, "arrow") == 0;
  double      dx = is_point ? 0 : PLACED_WIDTH / 2;
  double      dy = is_flat ? 0 : PLACED_HEIGHT / 2;

  tela_canvas_press (self, x - dx, y - dy, 0, -1, 1);
  tela_canvas_motion (self, x + dx, y + dy, 0, -1);
  tela_canvas_release (self, x + dx, y + dy, 0);
}
