/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-people-private.h"

#include <math.h>
#include <string.h>

#include "tela-json.h"
#include "tela-live-message.h"

/* What one says of oneself. */

void
tela_people_track (TelaPeople *self)
{
  static const char *const states[] = { "active", "idle", "away" };
  g_autoptr (GString) out = g_string_new (NULL);
  char           event[TELA_LIVE_EVENT_LENGTH + 1];
  TelaJsonWriter writer;

  if (self->presence == NULL || self->name == NULL)
    return;
  tela_live_event_format (self->actor, event);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "actor", event + strlen ("l."));
  tela_json_writer_put_string (&writer, "name", self->name);
  tela_json_writer_put_string (&writer, "colour", self->colour);
  tela_json_writer_put_string (&writer, "state", states[self->state]);
  tela_json_writer_put_int (&writer, "since", self->since_ms);
  tela_json_writer_put_int (&writer, "windows", self->n_windows);
  tela_json_writer_end_object (&writer);
  realtime_presence_track (self->presence, out->str);
}

void
tela_people_set_self (TelaPeople *self,
                      const char *name,
                      const char *colour)
{
  g_return_if_fail (TELA_IS_PEOPLE (self));

  if (g_strcmp0 (self->name, name) == 0 && g_strcmp0 (self->colour, colour) == 0)
    return;
  g_free (self->name);
  g_free (self->colour);
  self->name = g_strdup (name);
  self->colour = g_strdup (colour);
  tela_people_track (self);
}

void
tela_people_set_windows (TelaPeople *self,
                         guint       n)
{
  g_return_if_fail (TELA_IS_PEOPLE (self));

  if (self->n_windows == n)
    return;
  self->n_windows = n;
  tela_people_track (self);
}

void
tela_people_set_state (TelaPeople     *self,
                       TelaPersonState state)
{
  g_return_if_fail (TELA_IS_PEOPLE (self));

  if (self->state == state)
    return;
  self->state = state;
  self->since_ms = g_get_real_time () / 1000;
  tela_people_track (self);
}

static gint64
now_ms (void)
{
  return g_get_monotonic_time () / 1000;
}

static void
set_dirty (TelaPeople *self)
{
  self->dirty = TRUE;
  if (self->dirty_func != NULL)
    self->dirty_func (self->user_data);
}

void
tela_people_move (TelaPeople *self,
                  double      x,
                  double      y)
{
  g_return_if_fail (TELA_IS_PEOPLE (self));

  self->x = x;
  self->y = y;
  tela_cursor_add_path (self->own, now_ms (), x, y);
  set_dirty (self);
}

void
tela_people_leave (TelaPeople *self)
{
  g_return_if_fail (TELA_IS_PEOPLE (self));

  if (isnan (self->x))
    return;
  self->x = NAN;
  self->own->n_path = 0;
  set_dirty (self);
}

void
tela_people_point (TelaPeople *self,
                   double      x,
                   double      y)
{
  g_return_if_fail (TELA_IS_PEOPLE (self));

  tela_cursor_add_laser (self->own, now_ms (), x, y);
  tela_people_move (self, x, y);
}

static gboolean
same_rect (TelaRect a,
           TelaRect b)
{
  return memcmp (&a, &b, sizeof a) == 0;
}

static gboolean
same_ids (GPtrArray *a,
          GPtrArray *b)
{
  guint n = a != NULL ? a->len : 0;

  if (n != (b != NULL ? b->len : 0))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (!g_str_equal (a->pdata[i], b->pdata[i]))
      return FALSE;
  return TRUE;
}

static GPtrArray *
copy_ids (GPtrArray *ids)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; ids != NULL && i < ids->len; i++)
    g_ptr_array_add (copy, g_strdup (ids->pdata[i]));

  return copy;
}

void
tela_people_show (TelaPeople *self,
                  TelaRect    view,
                  GPtrArray  *selected,
                  TelaRect    around,
                  const char *writing,
                  const char *tool)
{
  TelaCursor *own;

  g_return_if_fail (TELA_IS_PEOPLE (self));

  own = self->own;
  if (selected != NULL && selected->len > TELA_CURSOR_MAX_SELECTED)
    selected = NULL;
  else
    around = (TelaRect){ 0 };
  if (same_rect (own->view, view) && same_rect (own->around, around) && same_ids (own->selected, selected) &&
      g_strcmp0 (own->writing, writing) == 0 && g_strcmp0 (own->tool, tool) == 0)
    return;
  own->view = view;
  own->around = around;
  if (!same_ids (own->selected, selected))
    {
      g_clear_pointer (&own->selected, g_ptr_array_unref);
      own->selected = copy_ids (selected);
    }
  g_free (own->writing);
  own->writing = g_strdup (writing);
  g_free (own->tool);
  own->tool = g_strdup (tool);
  set_dirty (self);
}

void
tela_people_bring (TelaPeople *self)
{
  g_return_if_fail (TELA_IS_PEOPLE (self));

  self->own->bring++;
  set_dirty (self);
}

gboolean
tela_people_is_dirty (TelaPeople *self)
{
  return self->dirty;
}

char *
tela_people_take_message (TelaPeople *self)
{
  char *message;

  self->own->at = now_ms ();
  if (self->own->n_path == 0 && !isnan (self->x))
    tela_cursor_add_path (self->own, self->own->at, self->x, self->y);
  message = tela_cursor_write (self->own);
  self->own->n_path = self->own->n_laser = 0;
  self->dirty = FALSE;

  return message;
}

void
tela_people_repeat (TelaPeople *self)
{
  if (self->own->view.width > 0 || !isnan (self->x))
    set_dirty (self);
}
