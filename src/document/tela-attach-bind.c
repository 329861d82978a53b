/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-attach-private.h"

#include <math.h>

#define GAP 5.0 /* board units between a line's end and the outline */

#define MAX_LEFT 100 /* arrows: of more that are torn off at once, the rest is bound to nothing */

static const TelaKnownKey keys[] = { TELA_KEY_START_BINDING, TELA_KEY_END_BINDING };

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

static void
set_orbit (TelaOpBuilder *op,
           TelaKey        key,
           const char    *target,
           TelaSpot       fixed)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "elementId");
  tela_json_writer_string (&writer, target);
  tela_json_writer_name (&writer, "mode");
  tela_json_writer_string (&writer, "orbit");
  tela_json_writer_name (&writer, "fixedPoint");
  write_pair (&writer, fixed);
  tela_json_writer_end_object (&writer);
  tela_op_builder_set_json (op, key, out->str);
}

/* Binds one end that comes from @from and was put to *@place, and moves it before the outline. What was bound in the newest
 * form stays in it. */
static void
bind_end (TelaOpBuilder     *op,
          const TelaElement *line,
          TelaKey            key,
          const TelaElement *target,
          TelaSpot           from,
          TelaSpot          *place)
{
  g_auto (TelaBound) old = { 0 };
  TelaOutline outline;
  double      focus;
  TelaSpot    aim;

  tela_outline_init (&outline, target);
  focus = tela_outline_focus (&outline, from, *place);
  aim = tela_outline_aim (&outline, focus, from);
  if (tela_bound_read (line, key, &old) && old.form != TELA_BOUND_FOCUS)
    {
      double gap = GAP + tela_element_get_number (line, TELA_KEY_STROKE_WIDTH, 2) / 2;

      *place = tela_outline_stop (&outline, from, aim, gap);
      set_orbit (op, key, tela_element_get_id (target), tela_outline_to_ratio (&outline, aim));
    }
  else
    {
      *place = tela_outline_stop (&outline, from, aim, GAP);
      set_binding (op, key, tela_element_get_id (target), focus, NULL);
    }
}

/* An elbow arrow leaves a shape at the side where its end was put, straight on. */
static TelaSpot
bind_elbow_end (TelaOpBuilder     *op,
                TelaKey            key,
                const TelaElement *target,
                TelaSpot          *place)
{
  TelaOutline outline;
  TelaSpot    way, fixed;

  tela_outline_init (&outline, target);
  way = tela_elbow_leave (&outline, GAP, place);
  fixed = tela_outline_to_ratio (&outline, *place);
  set_binding (op, key, tela_element_get_id (target), 0, &fixed);

  return way;
}

/* The ends that are put anew leave by the side that they are at, or towards the other end. */
static void
bind_elbow (TelaOpBuilder            *op,
            const TelaElement        *line,
            TelaAttachEnds            ends,
            const TelaElement *const *targets,
            const TelaSpot           *spots,
            guint                     n)
{
  TelaElbowEnds to = { { spots[0], spots[n - 1] } };

  for (guint i = 0; i < 2; i++)
    if (ends & (1u << i) && targets[i] != NULL)
      to.ways[i] = bind_elbow_end (op, keys[i], targets[i], &to.places[i]);
  for (guint i = 0; i < 2; i++)
    if (!(ends & (1u << i)))
      to.ways[i] = tela_elbow_heading (spots[i == 0 ? 0 : n - 1], spots[i == 0 ? 1 : n - 2], 0);
    else if (targets[i] == NULL)
      to.ways[i] = tela_elbow_heading (to.places[i], to.places[1 - i], 0);

  tela_elbow_write (op, line, spots, n, &to);
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

/* What the ends are to be bound to, and what the others are bound to. */
static void
choose_targets (TelaBoard          *board,
                const TelaElement  *line,
                TelaAttachEnds      ends,
                double              slack,
                const TelaSpot      places[2],
                const TelaElement **targets)
{
  for (guint i = 0; i < 2; i++)
    targets[i] = ends & (1u << i)
                     ? tela_attach_find_target (board, places[i].x, places[i].y, slack, tela_element_get_id (line))
                     : tela_attach_get_target (board, line, (TelaAttachEnds) (1u << i));

  /* Both ends in one shape point at something within it. */
  if (targets[0] == targets[1])
    for (guint i = 0; i < 2; i++)
      if (ends & (1u << i))
        targets[i] = NULL;
}

TelaElement *
tela_attach_bind (TelaBoard         *board,
                  const TelaElement *line,
                  TelaAttachEnds     ends,
                  double             slack)
{
  const TelaElement   *targets[2] = { NULL, NULL };
  double               angle = tela_element_get_number (line, TELA_KEY_ANGLE, 0);
  TelaOpBuilder       *op;
  g_autofree TelaSpot *spots = NULL;
  guint                n;
  TelaSpot             places[2];

  if (!tela_attach_is_line (line))
    return NULL;

  op = tela_op_builder_new (tela_element_get_id (line));
  spots = tela_line_get_spots (line, &n);
  places[0] = spots[0];
  places[1] = spots[n - 1];
  choose_targets (board, line, ends, slack, places, targets);
  for (guint i = 0; i < 2; i++)
    if (ends & (1u << i) && targets[i] == NULL)
      tela_op_builder_set_json (op, keys[i], "null");

  if (tela_element_get_boolean (line, TELA_KEY_ELBOWED, FALSE) && angle == 0)
    {
      bind_elbow (op, line, ends, targets, spots, n);
      return tela_op_builder_end (op, (TelaStamp){ 0 });
    }

  for (guint i = 0; i < 2; i++)
    if (ends & (1u << i) && targets[i] != NULL)
      bind_end (op, line, keys[i], targets[i], spots[i == 0 ? 1 : n - 2], &places[i]);
  spots[0] = places[0];
  spots[n - 1] = places[1];
  tela_line_set_spots (op, spots, n, angle);

  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

/* The ends of @line that are bound to what stays where it is. */
static TelaAttachEnds
find_left (const TelaElement *line,
           GHashTable        *moving)
{
  TelaAttachEnds ends = 0;

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *target = tela_bound_read_target (line, keys[i]);

      if (target != NULL && !g_hash_table_contains (moving, target))
        ends |= (TelaAttachEnds) (1u << i);
    }

  return ends;
}

void
tela_attach_rebind (TelaBoard *board,
                    GPtrArray *elements,
                    GPtrArray *ops,
                    double     slack)
{
  g_autoptr (GHashTable) moving = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_left = 0;

  for (guint i = 0; i < elements->len; i++)
    g_hash_table_add (moving, (gpointer) tela_element_get_id (elements->pdata[i]));

  for (guint i = 0; i < elements->len && n_left < MAX_LEFT; i++)
    {
      TelaAttachEnds ends = tela_attach_is_line (elements->pdata[i]) ? find_left (elements->pdata[i], moving) : 0;
      g_autoptr (TelaElement) op = NULL;
      g_autoptr (TelaElement) moved = NULL;
      g_autoptr (TelaElement) bound = NULL;

      if (ends == 0)
        continue;
      n_left++;
      op = ops->pdata[i];
      moved = tela_attach_overlay (elements->pdata[i], op);
      bound = tela_attach_bind (board, moved, ends, slack);
      ops->pdata[i] = tela_attach_overlay (op, bound);
    }
}
