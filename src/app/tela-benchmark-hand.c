/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-benchmark-private.h"

#include <math.h>

#define MANY 500
#define RADIUS 120.0 /* widget pixels of the circle that a hand goes */
#define TURN 3.0     /* radians a second */
#define DRAW_POINTS 2000
#define FLOOD_RATE 10000 /* patches a second */
#define FLOOD_ACTOR 0xf100d
#define FLOOD_REACH 8.0 /* board units */
#define UNDO_MOVE 40.0  /* widget pixels */

typedef struct
{
  TelaElement *element; /* borrowed */
  double       distance;
} Near;

static int
compare_near (const void *a,
              const void *b)
{
  const Near *first = a;
  const Near *second = b;

  return (first->distance > second->distance) - (first->distance < second->distance);
}

/* All elements, those nearest to the middle of the board first. (transfer full) */
static GPtrArray *
collect_near (TelaBenchmark *self)
{
  g_autoptr (GPtrArray) all = tela_board_query (tela_canvas_get_board (self->canvas), NULL);
  g_autofree Near *near = g_new (Near, MAX (all->len, 1));
  GPtrArray       *sorted = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < all->len; i++)
    {
      TelaRect box = tela_element_get_box (all->pdata[i]);

      near[i].element = all->pdata[i];
      near[i].distance = hypot (box.x + box.width / 2 - self->extent.x - self->extent.width / 2,
                                box.y + box.height / 2 - self->extent.y - self->extent.height / 2);
    }
  qsort (near, all->len, sizeof *near, compare_near);
  for (guint i = 0; i < all->len; i++)
    g_ptr_array_add (sorted, tela_element_ref (near[i].element));

  return sorted;
}

/* A filled rectangle that nothing covers in its middle. */
static const TelaElement *
find_handle (TelaBenchmark *self,
             GPtrArray     *near)
{
  TelaBoard *board = tela_canvas_get_board (self->canvas);

  for (guint i = 0; i < near->len; i++)
    {
      const TelaElement *element = near->pdata[i];
      TelaRect           box = tela_element_get_box (element);

      if (g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), "rectangle") == 0 &&
          g_strcmp0 (tela_element_get_string (element, TELA_KEY_BACKGROUND_COLOR), "transparent") != 0 &&
          tela_board_hit (board, box.x + box.width / 2, box.y + box.height / 2, 0) == element)
        return element;
    }

  return NULL;
}

static void
press (TelaBenchmark     *self,
       const TelaElement *handle)
{
  TelaRect box;

  if (handle == NULL)
    return;

  box = tela_element_get_box (handle);
  tela_viewport_to_widget (tela_canvas_get_viewport (self->canvas), box.x + box.width / 2, box.y + box.height / 2,
                           &self->px, &self->py);
  tela_canvas_press (self->canvas, self->px, self->py, 0, -1, 1);
}

static void
drag (TelaBenchmark *self,
      guint          n)
{
  g_autoptr (GPtrArray) near = collect_near (self);
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  const TelaElement *handle = find_handle (self, near);

  for (guint i = 0; i < near->len && chosen->len < n && n > 1; i++)
    g_ptr_array_add (chosen, near->pdata[i]);
  if (handle != NULL && n > 1 && !g_ptr_array_find (chosen, handle, NULL))
    g_ptr_array_add (chosen, (gpointer) handle);
  tela_selection_set_elements (tela_canvas_get_selection (self->canvas), chosen);
  press (self, handle);
}

void
tela_benchmark_drag_one (TelaBenchmark *self)
{
  drag (self, 1);
}

void
tela_benchmark_drag_many (TelaBenchmark *self)
{
  drag (self, MANY);
}

void
tela_benchmark_move (TelaBenchmark *self,
                     double         t)
{
  tela_canvas_motion (self->canvas, self->px + RADIUS * sin (t * TURN), self->py + RADIUS * (1 - cos (t * TURN)), 0, -1);
}

void
tela_benchmark_release (TelaBenchmark *self)
{
  tela_canvas_release (self->canvas, self->px, self->py, 0);
}

/* A spiral that stays in view. */
static void
draw_point (TelaBenchmark *self,
            guint          i)
{
  double angle = i * 0.09;
  double radius = 20 + i * 0.2;

  self->px = TELA_BENCHMARK_WIDTH / 2.0 + radius * cos (angle);
  self->py = TELA_BENCHMARK_HEIGHT / 2.0 + radius * sin (angle);
}

void
tela_benchmark_draw_begin (TelaBenchmark *self)
{
  tela_canvas_set_tool (self->canvas, "pen");
  draw_point (self, 0);
  tela_canvas_press (self->canvas, self->px, self->py, 0, 0.5, 1);
  self->n_points = 1;
}

void
tela_benchmark_draw (TelaBenchmark *self,
                     double         t)
{
  guint due = (guint) MIN (DRAW_POINTS, DRAW_POINTS * t / self->seconds);

  for (; self->n_points < due; self->n_points++)
    {
      draw_point (self, self->n_points);
      tela_canvas_motion (self->canvas, self->px, self->py, 0, 0.3 + 0.4 * (self->n_points % 50) / 50.0);
    }
}

void
tela_benchmark_undo_begin (TelaBenchmark *self)
{
  drag (self, 1);
  tela_canvas_motion (self->canvas, self->px + UNDO_MOVE / 2, self->py, 0, -1);
  tela_canvas_motion (self->canvas, self->px + UNDO_MOVE, self->py, 0, -1);
  tela_canvas_release (self->canvas, self->px + UNDO_MOVE, self->py, 0);
  tela_selection_clear (tela_canvas_get_selection (self->canvas));
}

/* Undone and done again, each when all is painted. */
void
tela_benchmark_undo (TelaBenchmark *self,
                     double         t)
{
  TelaSession *session = tela_canvas_get_session (self->canvas);
  gint64       start = g_get_monotonic_time ();
  double       ms;
  gsize        bytes;

  if (!tela_canvas_is_settled (self->canvas))
    return;
  if (self->undos->len == 0) /* what the move itself painted is none of theirs */
    tela_canvas_get_painted (self->canvas, &self->tiles_before, &bytes);
  if (!(tela_session_can_undo (session) ? tela_session_undo (session, NULL) : tela_session_redo (session, NULL)))
    return;

  ms = (double) (g_get_monotonic_time () - start) / 1000;
  g_array_append_val (self->undos, ms);
}

void
tela_benchmark_flood_begin (TelaBenchmark *self)
{
  self->elements = collect_near (self);
  self->stamp = (guint64) g_get_real_time () / 1000 << 16;
}

/* Somebody else's hands, all over the board. */
void
tela_benchmark_flood (TelaBenchmark *self,
                      double         t)
{
  guint due = (guint) (t * FLOOD_RATE);
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (; self->n_patches < due && self->elements->len > 0; self->n_patches++)
    {
      const TelaElement *element = self->elements->pdata[self->n_patches * 7919u % self->elements->len];
      TelaOpBuilder     *builder = tela_op_builder_new (tela_element_get_id (element));
      double             angle = self->n_patches * 0.7;

      tela_op_builder_set_number (builder, TELA_KEY_X,
                                  tela_element_get_number (element, TELA_KEY_X, 0) + FLOOD_REACH * cos (angle));
      tela_op_builder_set_number (builder, TELA_KEY_Y,
                                  tela_element_get_number (element, TELA_KEY_Y, 0) + FLOOD_REACH * sin (angle));
      g_ptr_array_add (ops, tela_op_builder_end (builder, (TelaStamp){ .time = ++self->stamp, .actor = FLOOD_ACTOR }));
    }
  tela_session_receive (tela_canvas_get_session (self->canvas), (TelaElement *const *) ops->pdata, ops->len);
}
