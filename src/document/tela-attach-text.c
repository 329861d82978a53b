/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-attach-private.h"

#include <math.h>

/* As Excalidraw lays texts out in their containers. */
#define PADDING 5.0
#define LABEL_SHARE 0.7      /* of an arrow's width */
#define LABEL_LEAST_WIDTH 11 /* font sizes */
#define DEFAULT_FONT_SIZE 20.0
#define DEFAULT_FONT_FAMILY 5
#define DEFAULT_LINE_HEIGHT 1.25
#define SAME 1e-9

typedef struct
{
  TelaRect room; /* before it is turned about the centre of its container */
  double   angle;
  TelaSpot centre;
} Room;

/* The place for text within a container. */
static Room
room_in (const TelaElement *container)
{
  TelaRect box = tela_element_get_box (container);
  double   dx = PADDING;
  double   dy = PADDING;
  Room     room = { .angle = tela_element_get_number (container, TELA_KEY_ANGLE, 0),
                    .centre = { box.x + box.width / 2, box.y + box.height / 2 } };

  if (tela_attach_is_type (container, "ellipse"))
    {
      dx += box.width / 2 * (1 - G_SQRT2 / 2);
      dy += box.height / 2 * (1 - G_SQRT2 / 2);
    }
  else if (tela_attach_is_type (container, "diamond"))
    {
      dx += box.width / 4;
      dy += box.height / 4;
    }
  room.room = (TelaRect){ box.x + dx, box.y + dy, box.width - 2 * dx, box.height - 2 * dy };

  return room;
}

/* The height of a container whose room has this one. */
static double
height_around (const TelaElement *container,
               double             height)
{
  height = ceil (height) + 2 * PADDING;
  if (tela_attach_is_type (container, "ellipse"))
    return round (height * G_SQRT2);

  return tela_attach_is_type (container, "diamond") ? 2 * height : height;
}

static TelaTextFont
font_of (TelaAttachWork    *work,
         const TelaElement *text)
{
  return (TelaTextFont){ work->attach->measure, work->attach->user_data,
                         tela_element_get_number (text, TELA_KEY_FONT_SIZE, DEFAULT_FONT_SIZE),
                         (int) tela_element_get_number (text, TELA_KEY_FONT_FAMILY, DEFAULT_FONT_FAMILY) };
}

/* Wraps the text as typed into that width and measures it, unless it stands there like that already. */
static void
wrap (TelaAttachWork    *work,
      const TelaElement *text,
      TelaOpBuilder     *op,
      double             max_width,
      gboolean           is_edited,
      double            *width,
      double            *height)
{
  const char      *shown = tela_element_get_string (text, TELA_KEY_TEXT);
  const char      *typed = tela_element_get_string (text, TELA_KEY_ORIGINAL_TEXT);
  TelaTextFont     font = font_of (work, text);
  g_autofree char *wrapped = NULL;
  guint            n_lines;

  if (typed == NULL)
    typed = shown != NULL ? shown : "";
  wrapped = tela_wrap_text (typed, MAX (max_width, 1), &font);
  if (!is_edited && g_strcmp0 (wrapped, shown) == 0)
    return;

  *width = tela_wrap_measure (wrapped, &font, &n_lines);
  *height = n_lines * font.font_size * tela_element_get_number (text, TELA_KEY_LINE_HEIGHT, DEFAULT_LINE_HEIGHT);
  tela_op_builder_set_string (op, TELA_KEY_TEXT, wrapped);
  tela_op_builder_set_string (op, TELA_KEY_ORIGINAL_TEXT, typed);
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, *width);
  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, *height);
}

/* Downwards; upwards when the gesture pulls at the upper side. A turned one keeps the side that stays where it is. */
static void
grow (TelaAttachWork    *work,
      const TelaElement *container,
      double             to)
{
  const char        *id = tela_element_get_id (container);
  const TelaElement *before = tela_attach_before (work, id);
  TelaRect           box = tela_element_get_box (container);
  TelaRect           was = before == NULL ? box : tela_element_get_box (before);
  double             angle = tela_element_get_number (container, TELA_KEY_ANGLE, 0);
  double             more = to - box.height;
  gboolean           is_upwards = was.y != box.y && fabs (was.y + was.height - box.y - box.height) < 1e-6;
  double             shift = (is_upwards ? -more : more) / 2; /* of the middle, before turning */
  TelaOpBuilder     *op = tela_op_builder_new (id);

  tela_op_builder_set_number (op, TELA_KEY_X, box.x - sin (angle) * shift);
  tela_op_builder_set_number (op, TELA_KEY_Y, box.y + cos (angle) * shift - more / 2);
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, box.width);
  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, to);
  tela_attach_say (work, op);
}

static double
aligned (const char *align,
         const char *low,
         const char *high,
         double      free_space)
{
  if (g_strcmp0 (align, low) == 0)
    return 0;

  return g_strcmp0 (align, high) == 0 ? free_space : free_space / 2;
}

static TelaSpot
place_in (const Room        *room,
          const TelaElement *text,
          double             width,
          double             height)
{
  TelaSpot middle = {
    room->room.x + width / 2 +
        aligned (tela_element_get_string (text, TELA_KEY_TEXT_ALIGN), "left", "right", room->room.width - width),
    room->room.y + height / 2 +
        aligned (tela_element_get_string (text, TELA_KEY_VERTICAL_ALIGN), "top", "bottom", room->room.height - height)
  };

  middle = tela_spot_rotate (middle, room->centre, room->angle);

  return (TelaSpot){ middle.x - width / 2, middle.y - height / 2 };
}

static void
set_place (TelaOpBuilder *op,
           TelaSpot       at)
{
  tela_op_builder_set_number (op, TELA_KEY_X, at.x);
  tela_op_builder_set_number (op, TELA_KEY_Y, at.y);
}

/* A text moves as a part of its container: how it was placed in it is nobody's business. */
static void
carry (TelaAttachWork    *work,
       const TelaElement *text,
       const TelaElement *from,
       const TelaElement *to)
{
  TelaRect       box = tela_element_get_box (text);
  Room           was = room_in (from);
  Room           is = room_in (to);
  double         turn = is.angle - was.angle;
  TelaSpot       middle = { box.x + box.width / 2 + is.centre.x - was.centre.x,
                            box.y + box.height / 2 + is.centre.y - was.centre.y };
  TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (text));

  if (turn != 0)
    {
      double angle = fmod (tela_element_get_number (text, TELA_KEY_ANGLE, 0) + turn, 2 * G_PI);

      middle = tela_spot_rotate (middle, is.centre, turn);
      tela_op_builder_set_number (op, TELA_KEY_ANGLE, angle < 0 ? angle + 2 * G_PI : angle);
    }
  set_place (op, (TelaSpot){ middle.x - box.width / 2, middle.y - box.height / 2 });
  tela_attach_say (work, op);
}

static void
lay_out_in_shape (TelaAttachWork    *work,
                  const TelaElement *text,
                  const TelaElement *container,
                  gboolean           is_edited,
                  gboolean           is_wider)
{
  TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (text));
  TelaRect       box = tela_element_get_box (text);
  Room           room = room_in (container);

  if (is_edited || is_wider)
    wrap (work, text, op, room.room.width, is_edited, &box.width, &box.height);
  if (box.height > room.room.height + SAME)
    {
      grow (work, container, MAX (height_around (container, box.height), tela_element_get_box (container).height));
      room = room_in (tela_attach_after (work, tela_element_get_id (container)));
    }
  set_place (op, place_in (&room, text, box.width, box.height));
  tela_op_builder_set_number (op, TELA_KEY_ANGLE, room.angle);
  tela_attach_say (work, op);
}

static double
label_width (const TelaElement *line,
             const TelaElement *label)
{
  return MAX (tela_element_get_box (line).width * LABEL_SHARE,
              tela_element_get_number (label, TELA_KEY_FONT_SIZE, DEFAULT_FONT_SIZE) * LABEL_LEAST_WIDTH);
}

static void
lay_out_on_line (TelaAttachWork    *work,
                 const TelaElement *label,
                 const TelaElement *from,
                 const TelaElement *to,
                 gboolean           is_edited)
{
  TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (label));
  TelaRect       box = tela_element_get_box (label);
  TelaSpot       middle = tela_line_get_middle (to);
  double         room = label_width (to, label);

  if (is_edited || (from != NULL && room != label_width (from, label)))
    wrap (work, label, op, room, is_edited, &box.width, &box.height);
  set_place (op, (TelaSpot){ middle.x - box.width / 2, middle.y - box.height / 2 });
  tela_attach_say (work, op);
}

TelaRect
tela_attach_get_room (const TelaElement *container,
                      const TelaElement *text)
{
  TelaSpot middle;
  double   width;

  if (!tela_attach_is_line (container))
    return room_in (container).room;

  middle = tela_line_get_middle (container);
  width = label_width (container, text);

  return (TelaRect){ middle.x - width / 2, middle.y, width, 0 };
}

static gboolean
is_edited (const TelaElement *op)
{
  static const TelaKnownKey keys[] = { TELA_KEY_TEXT, TELA_KEY_ORIGINAL_TEXT, TELA_KEY_FONT_SIZE,
                                       TELA_KEY_FONT_FAMILY, TELA_KEY_LINE_HEIGHT, TELA_KEY_CONTAINER_ID,
                                       TELA_KEY_TEXT_ALIGN, TELA_KEY_VERTICAL_ALIGN };

  for (guint i = 0; op != NULL && i < G_N_ELEMENTS (keys); i++)
    if (tela_element_get (op, keys[i], NULL, NULL))
      return TRUE;

  return FALSE;
}

void
tela_attach_lay_out (TelaAttachWork *work,
                     const char     *id)
{
  g_autoptr (TelaElement) text = tela_element_ref (tela_attach_after (work, id));
  const char        *container = tela_element_get_string (text, TELA_KEY_CONTAINER_ID);
  const TelaElement *from = container == NULL ? NULL : tela_attach_before (work, container);
  const TelaElement *shown = container == NULL ? NULL : tela_attach_after (work, container);
  gboolean           edited = is_edited (tela_attach_op (work, id));
  g_autoptr (TelaElement) to = NULL;
  TelaRect was, is;

  if (shown == NULL || !tela_element_is_visible (shown) || !tela_element_is_visible (text))
    return;
  to = tela_element_ref (shown); /* what is said about it makes another one */
  if (tela_attach_is_line (to))
    {
      if (edited || (from != NULL && from != to))
        lay_out_on_line (work, text, from, to, edited);
      return;
    }

  was = tela_element_get_box (from != NULL ? from : to);
  is = tela_element_get_box (to);
  if (edited || from == NULL || fabs (was.width - is.width) > SAME || fabs (was.height - is.height) > SAME)
    lay_out_in_shape (work, text, to, edited, from != NULL && fabs (was.width - is.width) > SAME);
  else if (!tela_attach_has_same_box (from, to))
    carry (work, tela_attach_before (work, id) != NULL ? tela_attach_before (work, id) : text, from, to);
}

/* Its upper side stays where it is. */
static void
set_height (TelaOpBuilder     *op,
            const TelaElement *text,
            double             height)
{
  double angle = tela_element_get_number (text, TELA_KEY_ANGLE, 0);
  double shift = (height - tela_element_get_number (text, TELA_KEY_HEIGHT, height)) / 2;

  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, height);
  if (angle == 0 || shift == 0)
    return;
  tela_op_builder_set_number (op, TELA_KEY_X, tela_element_get_number (text, TELA_KEY_X, 0) - sin (angle) * shift);
  tela_op_builder_set_number (op, TELA_KEY_Y,
                              tela_element_get_number (text, TELA_KEY_Y, 0) + (cos (angle) - 1) * shift);
}

/* One that keeps its width is wrapped when it is written, and when its width is what the gesture changes. */
void
tela_attach_lay_out_alone (TelaAttachWork *work,
                           const char     *id)
{
  const TelaElement *op = tela_attach_op (work, id);
  const TelaElement *before = tela_attach_before (work, id);
  g_autoptr (TelaElement) text = tela_element_ref (tela_attach_after (work, id));
  gboolean is_written = tela_element_get (op, TELA_KEY_TEXT, NULL, NULL);
  gboolean is_pulled = tela_element_get (op, TELA_KEY_AUTO_RESIZE, NULL, NULL) &&
                       tela_element_get (op, TELA_KEY_WIDTH, NULL, NULL);
  TelaOpBuilder *builder;
  double         width, height;
  double         kept;

  if (before == NULL || tela_element_get_boolean (text, TELA_KEY_AUTO_RESIZE, TRUE) || (!is_written && !is_pulled))
    return;

  kept = tela_element_get_number (is_pulled ? text : before, TELA_KEY_WIDTH, 0);
  builder = tela_op_builder_new (id);
  wrap (work, text, builder, kept, TRUE, &width, &height);
  tela_op_builder_set_number (builder, TELA_KEY_WIDTH, kept);
  if (is_pulled)
    set_height (builder, text, height);
  tela_attach_say (work, builder);
}
