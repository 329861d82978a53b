/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tool.h"

static const TelaToolClass *const classes[] = {
  &tela_tool_select_class,
  &tela_tool_hand_class,
  &tela_tool_rectangle_class,
  &tela_tool_ellipse_class,
  &tela_tool_diamond_class,
  &tela_tool_frame_class,
  &tela_tool_generate_class,
  &tela_tool_line_class,
  &tela_tool_arrow_class,
  &tela_tool_pen_class,
  &tela_tool_text_class,
  &tela_tool_eraser_class,
  &tela_tool_laser_class,
  &tela_tool_crop_class,
};

static const TelaToolClass *
find_class (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (classes); i++)
    if (g_strcmp0 (classes[i]->name, name) == 0)
      return classes[i];

  return NULL;
}

TelaTool *
tela_tool_new (const char *name,
               TelaCanvas *canvas)
{
  const TelaToolClass *klass = find_class (name);
  TelaTool            *self;

  if (klass == NULL)
    return NULL;

  self = g_malloc0 (klass->size);
  self->klass = klass;
  self->canvas = canvas;

  return self;
}

void
tela_tool_free (TelaTool *self)
{
  if (self == NULL)
    return;

  self->klass->cancel (self);
  g_free (self);
}

gboolean
tela_tool_is_known (const char *name,
                    gboolean   *edits)
{
  const TelaToolClass *klass = find_class (name);

  if (klass != NULL && edits != NULL)
    *edits = klass->edits;

  return klass != NULL;
}
