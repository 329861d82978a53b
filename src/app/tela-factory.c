/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-factory.h"

#include <math.h>

#include "tela-formats.h"
#include "tela-paint.h"

static int
new_seed (void)
{
  return g_random_int_range (1, G_MAXINT32);
}

static TelaOpBuilder *
begin (const char *id,
       const char *type,
       TelaStyle  *style,
       const char *index,
       TelaRect    box)
{
  static const TelaKnownKey looks[] = { TELA_KEY_STROKE_COLOR, TELA_KEY_BACKGROUND_COLOR, TELA_KEY_FILL_STYLE,
                                        TELA_KEY_STROKE_STYLE, TELA_KEY_STROKE_WIDTH, TELA_KEY_ROUGHNESS,
                                        TELA_KEY_OPACITY };
  TelaOpBuilder            *op = tela_op_builder_new (id);

  tela_op_builder_set_string (op, TELA_KEY_TYPE, type);
  tela_factory_set_rect (op, box);
  tela_op_builder_set_number (op, TELA_KEY_ANGLE, 0);
  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    tela_style_write (style, looks[i], type, op);
  tela_op_builder_set_json (op, TELA_KEY_GROUP_IDS, "[]");
  tela_op_builder_set_json (op, TELA_KEY_FRAME_ID, "null");
  tela_op_builder_set_string (op, TELA_KEY_INDEX, index);
  if (strcmp (type, "text") == 0 || strcmp (type, "freedraw") == 0)
    tela_op_builder_set_json (op, TELA_KEY_ROUNDNESS, "null");
  else if (strcmp (type, "ellipse") == 0)
    tela_op_builder_set_json (op, TELA_KEY_ROUNDNESS, "{\"type\":2}");
  else
    tela_style_write (style, TELA_KEY_ROUNDNESS, type, op);
  tela_op_builder_set_number (op, TELA_KEY_SEED, new_seed ());
  tela_op_builder_set_boolean (op, TELA_KEY_IS_DELETED, FALSE);
  tela_op_builder_set_json (op, TELA_KEY_LINK, "null");
  tela_op_builder_set_boolean (op, TELA_KEY_LOCKED, FALSE);

  return op;
}

TelaOpBuilder *
tela_factory_new_box (const char *id,
                      const char *type,
                      TelaStyle  *style,
                      const char *index,
                      TelaRect    box)
{
  return begin (id, type, style, index, box);
}

TelaOpBuilder *
tela_factory_new_frame (const char *id,
                        const char *index,
                        TelaRect    box)
{
  g_autoptr (TelaStyle) plain = tela_style_new ();
  TelaOpBuilder *op;

  g_object_set (plain, "stroke-color", "#bbb", "roughness", 0.0, "edges", "sharp", NULL);
  op = begin (id, "frame", plain, index, box);
  tela_op_builder_set_json (op, TELA_KEY_NAME, "null");

  return op;
}

TelaOpBuilder *
tela_factory_new_linear (const char *id,
                         const char *type,
                         TelaStyle  *style,
                         const char *index,
                         double      x,
                         double      y,
                         double      dx,
                         double      dy)
{
  TelaOpBuilder *op = begin (id, type, style, index, (TelaRect){ x, y, 0, 0 });
  const double   pairs[] = { 0, 0, dx, dy };
  gboolean       is_arrow = strcmp (type, "arrow") == 0;

  tela_factory_set_points (op, pairs, 2);
  tela_op_builder_set_json (op, TELA_KEY_LAST_COMMITTED_POINT, "null");
  tela_op_builder_set_json (op, TELA_KEY_START_BINDING, "null");
  tela_op_builder_set_json (op, TELA_KEY_END_BINDING, "null");
  if (is_arrow)
    {
      tela_style_write (style, TELA_KEY_START_ARROWHEAD, type, op);
      tela_style_write (style, TELA_KEY_END_ARROWHEAD, type, op);
    }
  else
    {
      tela_op_builder_set_json (op, TELA_KEY_START_ARROWHEAD, "null");
      tela_op_builder_set_json (op, TELA_KEY_END_ARROWHEAD, "null");
    }

  return op;
}

TelaOpBuilder *
tela_factory_new_ink (const char *id,
                      TelaStyle  *style,
                      const char *index,
                      double      x,
                      double      y,
                      GArray     *points,
                      GArray     *pressures)
{
  TelaOpBuilder *op = begin (id, "freedraw", style, index, (TelaRect){ x, y, 0, 0 });

  tela_factory_set_ink (op, points, pressures);
  tela_op_builder_set_boolean (op, TELA_KEY_SIMULATE_PRESSURE, pressures == NULL);

  return op;
}

TelaOpBuilder *
tela_factory_new_text (const char *id,
                       TelaStyle  *style,
                       const char *index,
                       double      x,
                       double      y)
{
  TelaOpBuilder *op = begin (id, "text", style, index, (TelaRect){ x, y, 0, 0 });

  tela_style_write (style, TELA_KEY_FONT_SIZE, "text", op);
  tela_style_write (style, TELA_KEY_FONT_FAMILY, "text", op);
  tela_style_write (style, TELA_KEY_TEXT_ALIGN, "text", op);
  tela_op_builder_set_string (op, TELA_KEY_VERTICAL_ALIGN, "top");
  tela_op_builder_set_json (op, TELA_KEY_CONTAINER_ID, "null");
  tela_op_builder_set_boolean (op, TELA_KEY_AUTO_RESIZE, TRUE);
  tela_op_builder_set_number (op, TELA_KEY_LINE_HEIGHT,
                              tela_factory_line_height ((int) tela_style_get_number (style, TELA_KEY_FONT_FAMILY)));

  return op;
}

/* Excalidraw's, for the same lines. */
double
tela_factory_line_height (int font_family)
{
  switch (font_family)
    {
    case 2:
    case 7:
    case 9:
      return 1.15;
    case 3:
      return 1.2;
    case 6:
      return 1.35;
    default:
      return TELA_FACTORY_LINE_HEIGHT;
    }
}

void
tela_factory_set_rect (TelaOpBuilder *op,
                       TelaRect       box)
{
  tela_op_builder_set_number (op, TELA_KEY_X, box.x);
  tela_op_builder_set_number (op, TELA_KEY_Y, box.y);
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, box.width);
  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, box.height);
}

void
tela_factory_set_points (TelaOpBuilder *op,
                         const double  *pairs,
                         guint          n)
{
  double x0 = 0, y0 = 0, x1 = 0, y1 = 0;

  for (guint i = 0; i < n; i++)
    {
      x0 = MIN (x0, pairs[2 * i]);
      x1 = MAX (x1, pairs[2 * i]);
      y0 = MIN (y0, pairs[2 * i + 1]);
      y1 = MAX (y1, pairs[2 * i + 1]);
    }

  tela_op_builder_set (op, TELA_KEY_POINTS, tela_value_numbers (tela_numbers_new (n, 2, pairs)));
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, x1 - x0);
  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, y1 - y0);
}

/* Ink of which it is known where the pen is reaches it, also while it is drawn. */
void
tela_factory_set_ink (TelaOpBuilder *op,
                      GArray        *points,
                      GArray        *pressures)
{
  const double *pairs = (const double *) (gpointer) points->data;

  tela_factory_set_points (op, pairs, points->len / 2);
  tela_op_builder_set (op, TELA_KEY_LAST_COMMITTED_POINT,
                       tela_value_numbers (tela_numbers_new (2, 1, pairs + points->len - 2)));
  if (pressures != NULL)
    tela_op_builder_set (
        op, TELA_KEY_PRESSURES,
        tela_value_numbers (tela_numbers_new (pressures->len, 1, (const double *) (gpointer) pressures->data)));
  else
    tela_op_builder_set_json (op, TELA_KEY_PRESSURES, "[]");
}

void
tela_factory_set_text (TelaOpBuilder *op,
                       const char    *text,
                       double         font_size,
                       int            font_family,
                       double         line_height)
{
  double width;
  double height;

  tela_paint_measure_text (text, font_size, font_family, line_height, &width, &height);
  tela_op_builder_set_string (op, TELA_KEY_TEXT, text);
  tela_op_builder_set_string (op, TELA_KEY_ORIGINAL_TEXT, text);
  tela_op_builder_set_number (op, TELA_KEY_WIDTH, width);
  tela_op_builder_set_number (op, TELA_KEY_HEIGHT, height);
}

const char *
tela_factory_typed_text (const TelaElement *element)
{
  const char *typed = tela_element_get_string (element, TELA_KEY_ORIGINAL_TEXT);

  if (typed == NULL || (tela_element_get_string (element, TELA_KEY_CONTAINER_ID) == NULL &&
                        tela_element_get_boolean (element, TELA_KEY_AUTO_RESIZE, TRUE)))
    typed = tela_element_get_string (element, TELA_KEY_TEXT);

  return typed != NULL ? typed : "";
}

/* Where the middle of the upper edge is, its left or its right end, as it is aligned: that stays, turned or not. */
static void
keep_anchor (TelaOpBuilder     *op,
             const TelaElement *element,
             const char        *align,
             TelaRect           box)
{
  TelaRect was = tela_element_get_box (element);
  double   angle = tela_element_get_number (element, TELA_KEY_ANGLE, 0);
  double   share = g_strcmp0 (align, "center") == 0 ? 0 : g_strcmp0 (align, "right") == 0 ? 0.5
                                                                                          : -0.5;
  double   dx = share * (was.width - box.width);
  double   dy = -0.5 * (was.height - box.height);
  double   x = was.x + was.width / 2 + cos (angle) * dx - sin (angle) * dy - box.width / 2;
  double   y = was.y + was.height / 2 + sin (angle) * dx + cos (angle) * dy - box.height / 2;

  if (angle == 0 && share < 0)
    return;

  tela_op_builder_set_number (op, TELA_KEY_X, x);
  tela_op_builder_set_number (op, TELA_KEY_Y, y);
}

TelaOpBuilder *
tela_factory_retext (const TelaElement *element,
                     const TelaElement *look,
                     const char        *text)
{
  TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (element));
  double         size = tela_element_get_number (element, TELA_KEY_FONT_SIZE, 20);
  double         family = tela_element_get_number (element, TELA_KEY_FONT_FAMILY, TELA_FACTORY_FONT_FAMILY);
  double         line = tela_element_get_number (element, TELA_KEY_LINE_HEIGHT, TELA_FACTORY_LINE_HEIGHT);
  const char    *align = tela_element_get_string (element, TELA_KEY_TEXT_ALIGN);
  TelaRect       box = { 0 };
  TelaValue      value;

  for (guint i = 0; look != NULL && i < tela_element_get_n (look); i++)
    {
      TelaKey key = tela_element_get_nth (look, i, &value, NULL);

      tela_op_builder_set (op, key, tela_value_copy (value));
    }
  if (look != NULL)
    {
      size = tela_element_get_number (look, TELA_KEY_FONT_SIZE, size);
      family = tela_element_get_number (look, TELA_KEY_FONT_FAMILY, family);
      if (tela_element_has (look, TELA_KEY_FONT_FAMILY))
        line = tela_factory_line_height ((int) family);
      align = tela_element_get_string (look, TELA_KEY_TEXT_ALIGN) ?: align;
    }
  tela_paint_measure_text (text, size, (int) family, line, &box.width, &box.height);
  tela_factory_set_text (op, text, size, (int) family, line);
  if (look != NULL && tela_element_has (look, TELA_KEY_FONT_FAMILY))
    tela_op_builder_set_number (op, TELA_KEY_LINE_HEIGHT, line);
  if (tela_element_get_string (element, TELA_KEY_CONTAINER_ID) == NULL &&
      tela_element_get_boolean (element, TELA_KEY_AUTO_RESIZE, TRUE))
    keep_anchor (op, element, align, box);

  return op;
}

TelaOpBuilder *
tela_factory_duplicate (const TelaElement *element,
                        const char        *id,
                        const char        *index,
                        double             dx,
                        double             dy)
{
  TelaOpBuilder *op = tela_op_builder_new (id);
  TelaKey        file = tela_key_intern (TELA_ELEMENT_FILE, strlen (TELA_ELEMENT_FILE)); /* what a file called the original */

  for (guint i = 0; i < tela_element_get_n (element); i++)
    {
      TelaValue value;
      TelaKey   key = tela_element_get_nth (element, i, &value, NULL);

      if (key != TELA_KEY_VERSION && key != TELA_KEY_VERSION_NONCE && key != TELA_KEY_UPDATED &&
          key != TELA_KEY_BOUND_ELEMENTS && key != file)
        tela_op_builder_set (op, key, tela_value_copy (value));
    }

  tela_op_builder_set_string (op, TELA_KEY_INDEX, index);
  tela_op_builder_set_number (op, TELA_KEY_SEED, new_seed ());
  tela_op_builder_set_number (op, TELA_KEY_X, tela_element_get_number (element, TELA_KEY_X, 0) + dx);
  tela_op_builder_set_number (op, TELA_KEY_Y, tela_element_get_number (element, TELA_KEY_Y, 0) + dy);

  return op;
}
