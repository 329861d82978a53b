/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-attach-private.h"

#include <math.h>

#define GAP 5.0 /* board units between a line's end and the outline */

static gboolean
is_bindable (const TelaElement *element)
{
  static const char *const types[] = { "rectangle", "ellipse", "diamond", "text", "image",
                                       "frame", "magicframe", "iframe", "embeddable", NULL };
  const char              *type = tela_element_get_string (element, TELA_KEY_TYPE);

  return type != NULL && g_strv_contains (types, type) &&
         tela_element_get_string (element, TELA_KEY_CONTAINER_ID) == NULL &&
         !tela_element_get_boolean (element, TELA_KEY_LOCKED, FALSE);
}

const TelaElement *
tela_attach_find_target (TelaBoard  *board,
                         double      x,
                         double      y,
                         double      slack,
                         const char *line)
{
  TelaRect area = { x - slack, y - slack, 2 * slack, 2 * slack };
  g_autoptr (GPtrArray) near = tela_board_query (board, &area);

  for (guint i = near->len; i-- > 0;)
    {
      TelaOutline outline;

      if (!is_bindable (near->pdata[i]) || g_strcmp0 (tela_element_get_id (near->pdata[i]), line) == 0)
        continue;
      tela_outline_init (&outline, near->pdata[i]);
      /* Inside a frame one points at what is in it; the frame itself is bound at its border. */
      if (tela_attach_is_type (near->pdata[i], "frame") &&
          tela_outline_measure (&outline, (TelaSpot){ x, y }, -slack) < 0)
        continue;
      if (tela_outline_measure (&outline, (TelaSpot){ x, y }, slack) <= 0)
        return tela_board_lookup_shown (board, tela_element_get_id (near->pdata[i]));
    }

  return NULL;
}

static void
write_pair (TelaJsonWriter *writer,
            TelaSpot        pair)
{
  tela_json_writer_begin_array (writer);
  tela_json_writer_number (writer, pair.x);
  tela_json_writer_number (writer, pair.y);
  tela_json_writer_end_array (writer);
}

static void
set_binding (TelaOpBuilder  *op,
             TelaKey         key,
             const char     *target,
             double          focus,
             const TelaSpot *fixed)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "elementId");
  tela_json_writer_string (&writer, target);
  tela_json_writer_name (&writer, "focus");
  tela_json_writer_number (&writer, focus);
  tela_json_writer_name (&writer, "gap");
  tela_json_writer_number (&writer, GAP);
  tela_json_writer_name (&writer, "fixedPoint");
  if (fixed != NULL)
    write_pair (&writer, *fixed);
  else
    tela_json_writer_null (&writer);
  tela_json_writer_end_object (&writer);
  tela_op_builder_set_json (op, key, out->str);
}

/* Binds one end that comes from @from and was put to *@place, and moves it before the outline. */
static void
bind_end (TelaOpBuilder     *op,
          TelaKey            key,
          const TelaElement *target,
          gboolean           is_elbow,
          TelaSpot           from,
          TelaSpot          *place)
{
  TelaOutline outline;
  double      focus;

  tela_outline_init (&outline, target);
  focus = tela_outline_focus (&outline, from, *place);
  *place = tela_outline_stop (&outline, from, tela_outline_aim (&outline, focus, from), GAP);
  if (is_elbow)
    {
      TelaSpot fixed = tela_outline_to_ratio (&outline, *place);

      set_binding (op, key, tela_element_get_id (target), 0, &fixed);
    }
  else
    set_binding (op, key, tela_element_get_id (target), focus, NULL);
}

const TelaElement *
tela_attach_get_target (TelaBoard         *board,
                        const TelaElement *line,
                        TelaAttachEnds     end)
{
  g_auto (TelaBound) bound = { 0 };

  if (!tela_bound_read (line, end == TELA_ATTACH_START ? TELA_KEY_START_BINDING : TELA_KEY_END_BINDING, &bound))
    return NULL;

  return tela_board_lookup_shown (board, bound.target);
}

TelaElement *
tela_attach_bind (TelaBoard         *board,
                  const TelaElement *line,
                  TelaAttachEnds     ends,
                  double             slack)
{
  static const TelaKnownKey keys[] = { TELA_KEY_START_BINDING, TELA_KEY_END_BINDING };
  const TelaElement        *targets[2] = { NULL, NULL };
  const char               *id = tela_element_get_id (line);
  gboolean                  is_elbow = tela_element_get_boolean (line, TELA_KEY_ELBOWED, FALSE);
  TelaOpBuilder            *op;
  g_autofree TelaSpot      *spots = NULL;
  guint                     n, at[2], next[2];
  TelaSpot                  places[2];

  if (!tela_attach_is_line (line))
    return NULL;

  op = tela_op_builder_new (id);
  spots = tela_line_get_spots (line, &n);
  at[0] = 0, at[1] = n - 1, next[0] = 1, next[1] = n - 2;
  for (guint i = 0; i < 2; i++)
    {
      places[i] = spots[at[i]];
      targets[i] = ends & (1u << i) ? tela_attach_find_target (board, places[i].x, places[i].y, slack, id)
                                    : tela_attach_get_target (board, line, (TelaAttachEnds) (1u << i));
    }
  /* Both ends in one shape point at something within it. */
  if (targets[0] == targets[1])
    for (guint i = 0; i < 2; i++)
      if (ends & (1u << i))
        targets[i] = NULL;

  for (guint i = 0; i < 2; i++)
    if (ends & (1u << i) && targets[i] == NULL)
      tela_op_builder_set_json (op, keys[i], "null");
    else if (ends & (1u << i))
      bind_end (op, keys[i], targets[i], is_elbow, spots[next[i]], &places[i]);

  spots[0] = places[0];
  spots[n - 1] = places[1];
  tela_line_set_spots (op, spots, n, tela_element_get_number (line, TELA_KEY_ANGLE, 0));

  return tela_op_builder_end (op, (TelaStamp){ 0 });
}
