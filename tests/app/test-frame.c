/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

/* What a hand does is in the very next frame: the events are those of the display's own pointer, and what is looked at is what
 * GTK kept of the frame that it gave to the renderer, not a picture made for the test. A Wayland compositor lets nobody move
 * its pointer: there the hand begins where the gestures of the canvas call it. */

#define N_STEPS 10
#define STEP 40.0
#define NEAR 2 /* pixels around a place */

typedef gboolean (*ColourFunc) (guint32 pixel);

typedef struct
{
  CanvasFixture *fixture;
  GdkPaintable  *shown; /* owned; of the canvas, as of the last frame */
  GdkFrameClock *clock; /* borrowed */
  ColourFunc     wanted;
  double         x, y;       /* of the pointer, by its last event */
  gboolean       is_waiting; /* that event's frame has not come yet */
  gint64         frame;      /* which this is */
  guint          look_id;
  guint          n_events, n_frames;
  guint          n_new; /* events whose frame was the first to show what they wanted */
} Watch;

static char *title; /* of the window, for whoever moves the pointer */

static gboolean
is_ink (guint32 pixel)
{
  return (pixel >> 16 & 255) < 110 && (pixel >> 8 & 255) < 110 && (pixel & 255) < 110;
}

static gboolean
is_blue (guint32 pixel)
{
  return (pixel & 255) > 200 && (pixel >> 16 & 255) < 190;
}

/* Whether the last frame has the colour near the pointer. */
static gboolean
has_it (Watch *self)
{
  const int        side = 2 * NEAR + 1;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, side, side);
  cairo_t         *cr = cairo_create (surface);
  GtkSnapshot     *snapshot = gtk_snapshot_new ();
  g_autoptr (GdkPaintable) image = gdk_paintable_get_current_image (self->shown);
  g_autoptr (GskRenderNode) node = NULL;
  gboolean found = FALSE;

  gdk_paintable_snapshot (image, snapshot, gdk_paintable_get_intrinsic_width (image),
                          gdk_paintable_get_intrinsic_height (image));
  node = gtk_snapshot_free_to_node (snapshot);
  cairo_translate (cr, NEAR - round (self->x), NEAR - round (self->y));
  if (node != NULL)
    gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int i = 0; i < side * side && !found; i++)
    {
      const guint8 *row = cairo_image_surface_get_data (surface) + i / side * cairo_image_surface_get_stride (surface);

      found = self->wanted (((const guint32 *) (gconstpointer) row)[i % side]);
    }
  cairo_surface_destroy (surface);

  return found;
}

static void
note_motion (Watch *self)
{
  self->n_events++;
  self->is_waiting = TRUE;
  self->n_new += !has_it (self);
}

static gboolean
event_cb (Watch    *self,
          GdkEvent *event)
{
  double dx, dy;

  if (gdk_event_get_event_type (event) != GDK_MOTION_NOTIFY ||
      !(gdk_event_get_modifier_state (event) & GDK_BUTTON1_MASK) || !gdk_event_get_position (event, &self->x, &self->y))
    return GDK_EVENT_PROPAGATE;

  gtk_native_get_surface_transform (GTK_NATIVE (self->fixture->window), &dx, &dy);
  self->x -= dx;
  self->y -= dy;
  note_motion (self);

  return GDK_EVENT_PROPAGATE;
}

static gboolean
look_cb (gpointer user_data)
{
  Watch *self = user_data;

  self->look_id = 0;
  self->is_waiting = FALSE;
  self->n_frames++;
  g_assert_cmpint (gdk_frame_clock_get_frame_counter (self->clock), ==, self->frame);
  g_assert_true (has_it (self));

  return G_SOURCE_REMOVE;
}

/* GTK keeps what it drew once all else is done, though before anything less urgent. */
static void
after_paint_cb (Watch *self)
{
  if (!self->is_waiting)
    return;

  self->frame = gdk_frame_clock_get_frame_counter (self->clock);
  self->look_id = g_idle_add_full (G_PRIORITY_HIGH + 1, look_cb, self, NULL);
}

static void
watch (Watch         *self,
       CanvasFixture *fixture,
       ColourFunc     wanted)
{
  GtkEventController *controller = gtk_event_controller_legacy_new ();

  *self = (Watch){ .fixture = fixture, .wanted = wanted };
  self->shown = gtk_widget_paintable_new (GTK_WIDGET (fixture->canvas));
  self->clock = gtk_widget_get_frame_clock (GTK_WIDGET (fixture->canvas));
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (controller, "event", G_CALLBACK (event_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (fixture->canvas), controller);
  g_signal_connect_swapped (self->clock, "after-paint", G_CALLBACK (after_paint_cb), self);
  gtk_window_set_title (GTK_WINDOW (fixture->window), title);
  gdk_display_sync (gdk_display_get_default ());
}

static void
unwatch (Watch *self)
{
  g_signal_handlers_disconnect_by_data (self->clock, self);
  g_clear_handle_id (&self->look_id, g_source_remove);
  g_object_unref (self->shown);
}

/* The pointer does what xdotool's words say, with %1 for the window. The main loop stands still meanwhile. */
static void
point (const char *words)
{
  g_autofree char *line = g_strdup_printf ("xdotool search --onlyvisible --name %s %s", title, words);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) arguments = NULL;
  int status = 0;

  g_assert_true (g_shell_parse_argv (line, NULL, &arguments, &error));
  g_assert_true (g_spawn_sync (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                               NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static void
point_at (double x,
          double y)
{
  g_autofree char *words = g_strdup_printf ("mousemove --window %%1 %d %d", (int) x, (int) y);

  point (words);
}

/* FALSE: this display has no pointer that can be moved from outside. */
static gboolean
has_pointer (void)
{
  g_autofree char *program = g_find_program_in_path ("xdotool");

  return program != NULL && g_strcmp0 (G_OBJECT_TYPE_NAME (gdk_display_get_default ()), "GdkX11Display") == 0;
}

static void
move_to (Watch *self,
         double x,
         double y)
{
  if (has_pointer ())
    {
      point_at (x, y);
      return;
    }
  self->x = x;
  self->y = y;
  note_motion (self);
  tela_canvas_motion (self->fixture->canvas, x, y, GDK_BUTTON1_MASK, -1);
}

static void
press (Watch *self,
       double x,
       double y)
{
  if (!has_pointer ())
    {
      tela_canvas_press (self->fixture->canvas, x, y, 0, -1, 1);
      return;
    }
  point_at (x, y);
  point ("mousedown 1");
}

static void
release (Watch *self)
{
  if (has_pointer ())
    point ("mouseup 1");
  else
    tela_canvas_release (self->fixture->canvas, self->x, self->y, GDK_BUTTON1_MASK);
}

/* Along a line, one event at a time, each of which has its frame. */
static void
move_and_look (Watch *self)
{
  press (self, 100, 200);
  for (guint i = 1; i <= N_STEPS; i++)
    {
      const guint n = self->n_events;

      move_to (self, 100 + STEP * i, 200 + (i % 2 == 0 ? 30 : -30));
      WAIT_UNTIL (self->n_events > n && !self->is_waiting);
    }
  release (self);
  g_assert_cmpuint (self->n_frames, >=, N_STEPS);
  g_assert_cmpuint (self->n_new, >=, N_STEPS);
}

static void
test_pen (CanvasFixture *fixture,
          gconstpointer  data)
{
  Watch self;

  watch (&self, fixture, is_ink);
  tela_canvas_set_tool (fixture->canvas, "pen");
  move_and_look (&self);
  WAIT_UNTIL (canvas_is_enabled (fixture->canvas, "undo"));
  unwatch (&self);
}

static void
put_blue (CanvasFixture *fixture)
{
  g_action_group_change_action_state (tela_canvas_get_style_actions (fixture->canvas), "background-color",
                                      g_variant_new_string ("#a5d8ff"));
  g_action_group_change_action_state (tela_canvas_get_style_actions (fixture->canvas), "fill-style",
                                      g_variant_new_string ("solid"));
  g_free (canvas_draw (fixture->canvas, "rectangle", 90, 190, 110, 210));
  tela_selection_clear (tela_canvas_get_selection (fixture->canvas));
}

static void
test_drag (CanvasFixture *fixture,
           gconstpointer  data)
{
  Watch self;

  put_blue (fixture);
  watch (&self, fixture, is_blue);
  move_and_look (&self);
  unwatch (&self);
}

/* With the camera moves what is on the board, whether its tiles are there or not. */
static void
test_pan (CanvasFixture *fixture,
          gconstpointer  data)
{
  Watch self;

  put_blue (fixture);
  WAIT_UNTIL (tela_canvas_is_settled (fixture->canvas));
  tela_canvas_set_tool (fixture->canvas, "hand");
  watch (&self, fixture, is_blue);
  move_and_look (&self);
  unwatch (&self);
}

static void
move_fast (Watch *self,
           guint  n)
{
  g_autoptr (GString) words = g_string_new ("mousedown 1");

  if (has_pointer ())
    point_at (100, 200);
  else
    press (self, 100, 200);
  for (guint i = 1; i <= n; i++)
    {
      const int x = 100 + 10 * (int) i;
      const int y = 200 + (int) (i % 3) * 20;

      g_string_append_printf (words, " mousemove --window %%1 %d %d", x, y);
      if (!has_pointer ())
        move_to (self, x, y);
    }
  if (has_pointer ())
    point (words->str);
}

/* A display gathers what comes faster than frames; ink has every point of it all the same, in one frame. */
static void
test_burst (CanvasFixture *fixture,
            gconstpointer  data)
{
  const guint n = N_STEPS * 4;
  Watch       self;
  g_autoptr (GPtrArray) all = NULL;
  const TelaNumbers *points;

  watch (&self, fixture, is_ink);
  tela_canvas_set_tool (fixture->canvas, "pen");
  move_fast (&self, n);
  WAIT_UNTIL (self.n_events > 0 && !self.is_waiting && self.x > 100 + 10.0 * n - 1);
  release (&self);
  WAIT_UNTIL (canvas_is_enabled (fixture->canvas, "undo"));
  all = tela_board_query (fixture->board, NULL);
  g_assert_cmpuint (all->len, ==, 1);
  points = tela_element_get_numbers (all->pdata[0], TELA_KEY_POINTS);
  g_assert_cmpuint (points->n, >=, n);
  g_assert_cmpuint (self.n_frames, <, N_STEPS);
  unwatch (&self);
}

static void
add (const char *path,
     void (*func) (CanvasFixture *fixture, gconstpointer data))
{
  g_test_add (path, CanvasFixture, NULL, canvas_fixture_set_up, func, canvas_fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  int status;

  gtk_test_init (&argc, &argv, NULL);
  title = g_strdup_printf ("tela-test-frame-%u", (guint) g_get_real_time ());

  add ("/frame/pen", test_pen);
  add ("/frame/drag", test_drag);
  add ("/frame/pan", test_pan);
  add ("/frame/burst", test_burst);

  status = g_test_run ();
  g_free (title);

  return status;
}
