/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-frame.h"

#include <math.h>

#define ROOM 20.0 /* widget pixels between handles: less, and those of the sides are left out */
#define ROOM_OF_TEXT 12.0
#define ROTATE_DISTANCE 24.0 /* widget pixels from the frame to the rotation handle */

/* Direction of each handle from the middle of the frame. */
static const struct
{
  int x, y;
} sides[] = {
  [TELA_HANDLE_NONE] = { 0, 0 },
  [TELA_HANDLE_NW] = { -1, -1 },
  [TELA_HANDLE_N] = { 0, -1 },
  [TELA_HANDLE_NE] = { 1, -1 },
  [TELA_HANDLE_E] = { 1, 0 },
  [TELA_HANDLE_SE] = { 1, 1 },
  [TELA_HANDLE_S] = { 0, 1 },
  [TELA_HANDLE_SW] = { -1, 1 },
  [TELA_HANDLE_W] = { -1, 0 },
};

TelaPoint
tela_point_rotate (TelaPoint point,
                   TelaPoint about,
                   double    angle)
{
  double c = cos (angle);
  double s = sin (angle);
  double dx = point.x - about.x;
  double dy = point.y - about.y;

  return (TelaPoint){ about.x + dx * c - dy * s, about.y + dx * s + dy * c };
}

TelaPoint
tela_rect_centre (TelaRect box)
{
  return (TelaPoint){ box.x + box.width / 2, box.y + box.height / 2 };
}

static gboolean
is_linear (const TelaElement *element)
{
  const char *type = tela_element_get_string (element, TELA_KEY_TYPE);

  return g_strcmp0 (type, "line") == 0 || g_strcmp0 (type, "arrow") == 0;
}

gboolean
tela_element_is_frame (const TelaElement *element)
{
  const char *type = tela_element_get_string (element, TELA_KEY_TYPE);

  return g_strcmp0 (type, "frame") == 0 || g_strcmp0 (type, "magicframe") == 0;
}

TelaRect
tela_element_get_upright_box (const TelaElement *element)
{
  TelaRect  box = tela_element_get_box (element);
  double    angle = tela_element_get_number (element, TELA_KEY_ANGLE, 0);
  TelaPoint centre = tela_rect_centre (box);
  double    c = fabs (cos (angle));
  double    s = fabs (sin (angle));
  double    width = box.width * c + box.height * s;
  double    height = box.width * s + box.height * c;

  return (TelaRect){ centre.x - width / 2, centre.y - height / 2, width, height };
}

void
tela_handle_get_side (TelaHandle handle,
                      int       *x,
                      int       *y)
{
  g_return_if_fail (handle < G_N_ELEMENTS (sides));

  *x = sides[handle].x;
  *y = sides[handle].y;
}

TelaFrame
tela_frame_of (GPtrArray *elements)
{
  TelaFrame frame = { 0 };

  g_return_val_if_fail (elements->len > 0, frame);

  if (elements->len == 1)
    {
      const TelaElement *element = elements->pdata[0];
      const TelaNumbers *points = tela_element_get_numbers (element, TELA_KEY_POINTS);

      frame.box = tela_element_get_box (element);
      frame.angle = tela_element_get_number (element, TELA_KEY_ANGLE, 0);
      frame.is_level = tela_element_is_frame (element);
      frame.is_line = is_linear (element) && points != NULL && points->stride == 2 && points->n >= 2 &&
                      points->n <= 8 && frame.angle == 0;
      return frame;
    }

  frame.box = tela_element_get_upright_box (elements->pdata[0]);
  for (guint i = 0; i < elements->len; i++)
    {
      frame.box = tela_rect_union (frame.box, tela_element_get_upright_box (elements->pdata[i]));
      frame.is_level = frame.is_level || tela_element_is_frame (elements->pdata[i]);
    }

  return frame;
}

TelaPoint
tela_frame_centre (const TelaFrame *frame)
{
  return tela_rect_centre (frame->box);
}

static guint
line_handles (const TelaElement *element,
              TelaHandle         kinds[TELA_MAX_HANDLES],
              TelaPoint          at[TELA_MAX_HANDLES])
{
  const TelaNumbers *points = tela_element_get_numbers (element, TELA_KEY_POINTS);
  double             x = tela_element_get_number (element, TELA_KEY_X, 0);
  double             y = tela_element_get_number (element, TELA_KEY_Y, 0);
  guint              n = MIN (points->n, TELA_MAX_HANDLES);

  for (guint i = 0; i < n; i++)
    {
      kinds[i] = TELA_HANDLE_POINT + i;
      at[i] = (TelaPoint){ x + points->v[2 * i], y + points->v[2 * i + 1] };
    }

  return n;
}

guint
tela_frame_handles (const TelaFrame   *frame,
                    const TelaElement *element,
                    double             unit,
                    TelaHandle         kinds[TELA_MAX_HANDLES],
                    TelaPoint          at[TELA_MAX_HANDLES])
{
  TelaPoint centre = tela_rect_centre (frame->box);
  double    gap = 4 * unit; /* the frame stands off the shape by that */
  gboolean  is_text = element != NULL && g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), "text") == 0;
  guint     n = 0;

  if (frame->is_line && element != NULL)
    return line_handles (element, kinds, at);

  for (TelaHandle handle = TELA_HANDLE_NW; handle <= TELA_HANDLE_W; handle++)
    {
      double half_width = frame->box.width / 2 + gap;
      double half_height = frame->box.height / 2 + gap;

      /* A small frame keeps its corners only, or nothing could be moved between its handles. The sides of a text, which
       * is low as a rule, make it wrap. */
      if ((sides[handle].x == 0 && half_width < ROOM * unit) ||
          (sides[handle].y == 0 && half_height < (is_text ? ROOM_OF_TEXT : ROOM) * unit))
        continue;
      kinds[n] = handle;
      at[n++] = (TelaPoint){ centre.x + sides[handle].x * half_width, centre.y + sides[handle].y * half_height };
    }
  if (!frame->is_level)
    {
      kinds[n] = TELA_HANDLE_ROTATE;
      at[n++] = (TelaPoint){ centre.x, frame->box.y - gap - ROTATE_DISTANCE * unit };
    }

  for (guint i = 0; i < n; i++)
    at[i] = tela_point_rotate (at[i], centre, frame->angle);

  return n;
}

TelaHandle
tela_frame_hit (const TelaFrame   *frame,
                const TelaElement *element,
                double             unit,
                TelaPoint          at,
                double             slack)
{
  TelaHandle kinds[TELA_MAX_HANDLES];
  TelaPoint  places[TELA_MAX_HANDLES];
  TelaHandle best = TELA_HANDLE_NONE;
  double     nearest = slack;
  guint      n = tela_frame_handles (frame, element, unit, kinds, places);

  for (guint i = 0; i < n; i++)
    {
      double distance = hypot (places[i].x - at.x, places[i].y - at.y);

      if (distance <= nearest)
        {
          nearest = distance;
          best = kinds[i];
        }
    }

  return best;
}
