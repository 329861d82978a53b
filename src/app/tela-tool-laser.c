/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tool.h"

#include "tela-laser.h"

#define MAX_TRAIL 512

/* Draws what fades again, here and for the others; the board stays as it is. */
typedef struct
{
  TelaTool tool;
  GArray  *trail; /* owned; of TelaCursorSample; NULL until used */
  guint    tick_id;
} LaserTool;

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  LaserTool *self = user_data;

  gtk_widget_queue_draw (widget);
  if (tela_laser_is_lit (self->trail, g_get_monotonic_time ()))
    return G_SOURCE_CONTINUE;

  g_array_set_size (self->trail, 0);
  self->tick_id = 0;

  return G_SOURCE_REMOVE;
}

static void
laser_motion (TelaTool          *tool,
              const TelaPointer *pointer)
{
  LaserTool       *self = (LaserTool *) tool;
  TelaCursorSample sample = { g_get_monotonic_time (), pointer->x, pointer->y };

  if (self->trail == NULL)
    self->trail = g_array_new (FALSE, FALSE, sizeof (TelaCursorSample));
  if (self->trail->len >= MAX_TRAIL)
    g_array_remove_range (self->trail, 0, MAX_TRAIL / 4);
  g_array_append_val (self->trail, sample);
  tela_people_point (tela_session_get_people (tela_canvas_get_session (tool->canvas)), pointer->x, pointer->y);
  if (self->tick_id == 0)
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (tool->canvas), tick_cb, self, NULL);
}

/* Also the end of the tool, and of what can be seen of its canvas: the light goes out at once. */
static void
laser_cancel (TelaTool *tool)
{
  LaserTool *self = (LaserTool *) tool;

  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (tool->canvas), self->tick_id);
  self->tick_id = 0;
  g_clear_pointer (&self->trail, g_array_unref);
  gtk_widget_queue_draw (GTK_WIDGET (tool->canvas));
}

static void
laser_release (TelaTool          *tool,
               const TelaPointer *pointer)
{
}

static void
laser_snapshot (TelaTool    *tool,
                GtkSnapshot *snapshot)
{
  LaserTool *self = (LaserTool *) tool;
  GdkRGBA    colour = { 0.88f, 0.11f, 0.14f, 1 };

  if (self->trail == NULL)
    return;
  gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (tool->canvas)), "tela_laser_color", &colour);
  tela_laser_draw (snapshot, tela_canvas_get_viewport (tool->canvas), self->trail, g_get_monotonic_time (), &colour);
}

const TelaToolClass tela_tool_laser_class = {
  .name = "laser",
  .cursor = "crosshair",
  .size = sizeof (LaserTool),
  .press = laser_motion,
  .motion = laser_motion,
  .release = laser_release,
  .cancel = laser_cancel,
  .snapshot = laser_snapshot,
};
