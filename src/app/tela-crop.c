/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-crop.h"

#include <string.h>

#include "tela-factory.h"
#include "tela-image.h"

#define SLACK 1e-3 /* pixels of the image that count as none */

static gboolean
is_flipped (const TelaElement *image,
            guint              axis)
{
  const TelaNumbers *scale = tela_element_get_numbers (image, TELA_KEY_SCALE);

  return scale != NULL && scale->n == 2 && scale->stride == 1 && scale->v[axis] < 0;
}

TelaCrop
tela_crop_of (const TelaElement *image,
              double             natural_width,
              double             natural_height)
{
  TelaImageView view = tela_image_get_view (image, (int) natural_width, (int) natural_height);
  TelaCrop      self = { .box = tela_element_get_box (image),
                         .angle = tela_element_get_number (image, TELA_KEY_ANGLE, 0),
                         .natural_width = natural_width,
                         .natural_height = natural_height,
                         .is_flipped_x = is_flipped (image, 0),
                         .is_flipped_y = is_flipped (image, 1) };
  double        sx = self.box.width / view.width;
  double        sy = self.box.height / view.height;
  double        left = self.is_flipped_x ? natural_width - view.x - view.width : view.x;
  double        top = self.is_flipped_y ? natural_height - view.y - view.height : view.y;

  self.whole = (TelaRect){ self.box.x - left * sx, self.box.y - top * sy, natural_width * sx, natural_height * sy };

  return self;
}

/* One axis: @side is -1, 0 or 1. */
static void
drag_side (double *start,
           double *length,
           double  whole_start,
           double  whole_length,
           int     side,
           double  to,
           double  smallest)
{
  double end = *start + *length;
  double least = MIN (smallest, *length);

  to = CLAMP (to, whole_start, whole_start + whole_length);
  if (side < 0)
    {
      *start = MIN (to, end - least);
      *length = end - *start;
    }
  else if (side > 0)
    *length = MAX (to - *start, least);
}

TelaCrop
tela_crop_resize (const TelaCrop *self,
                  TelaHandle      handle,
                  TelaPoint       to,
                  double          smallest)
{
  TelaCrop  crop = *self;
  TelaPoint local = tela_point_rotate (to, tela_rect_centre (self->box), -self->angle);
  TelaPoint middle;
  TelaPoint turned;
  int       x;
  int       y;

  tela_handle_get_side (handle, &x, &y);
  drag_side (&crop.box.x, &crop.box.width, self->whole.x, self->whole.width, x, local.x, smallest);
  drag_side (&crop.box.y, &crop.box.height, self->whole.y, self->whole.height, y, local.y, smallest);

  /* It turns about a middle that has moved: shift all, so that the picture stays. */
  middle = tela_rect_centre (crop.box);
  turned = tela_point_rotate (middle, tela_rect_centre (self->box), self->angle);
  crop.box.x += turned.x - middle.x;
  crop.box.y += turned.y - middle.y;
  crop.whole.x += turned.x - middle.x;
  crop.whole.y += turned.y - middle.y;

  return crop;
}

TelaCrop
tela_crop_shift (const TelaCrop *self,
                 double          dx,
                 double          dy)
{
  TelaCrop  crop = *self;
  TelaPoint by = tela_point_rotate ((TelaPoint){ dx, dy }, (TelaPoint){ 0, 0 }, -self->angle);

  crop.whole.x = CLAMP (self->whole.x + by.x, MIN (self->box.x + self->box.width - self->whole.width, self->box.x),
                        self->box.x);
  crop.whole.y = CLAMP (self->whole.y + by.y, MIN (self->box.y + self->box.height - self->whole.height, self->box.y),
                        self->box.y);

  return crop;
}

static void
add_member (TelaJsonWriter *writer,
            const char     *name,
            double          number)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_number (writer, number);
}

static void
set_crop (TelaOpBuilder  *op,
          const TelaCrop *self)
{
  g_autoptr (GString) json = g_string_new (NULL);
  TelaJsonWriter writer;
  double         sx = self->natural_width / self->whole.width;
  double         sy = self->natural_height / self->whole.height;
  double         width = MIN (self->box.width * sx, self->natural_width);
  double         height = MIN (self->box.height * sy, self->natural_height);
  double         x = MAX (0, (self->box.x - self->whole.x) * sx);
  double         y = MAX (0, (self->box.y - self->whole.y) * sy);

  if (width >= self->natural_width - SLACK && height >= self->natural_height - SLACK)
    {
      tela_op_builder_set_json (op, TELA_KEY_CROP, "null");
      return;
    }
  tela_json_writer_init (&writer, json, 0);
  tela_json_writer_begin_object (&writer);
  add_member (&writer, "x", self->is_flipped_x ? MAX (0, self->natural_width - x - width) : x);
  add_member (&writer, "y", self->is_flipped_y ? MAX (0, self->natural_height - y - height) : y);
  add_member (&writer, "width", width);
  add_member (&writer, "height", height);
  add_member (&writer, "naturalWidth", self->natural_width);
  add_member (&writer, "naturalHeight", self->natural_height);
  tela_json_writer_end_object (&writer);
  tela_op_builder_set_json (op, TELA_KEY_CROP, json->str);
}

TelaElement *
tela_crop_build_op (const TelaCrop    *self,
                    const TelaCrop    *from,
                    const TelaElement *image)
{
  TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (image));

  /* A box that came with negative sizes keeps them unless it has changed. */
  if (memcmp (&self->box, &from->box, sizeof self->box) != 0)
    tela_factory_set_rect (op, self->box);
  set_crop (op, self);

  return tela_op_builder_end (op, (TelaStamp){ 0 });
}

TelaElement *
tela_crop_uncover (const TelaCrop    *self,
                   const TelaElement *image)
{
  TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (image));
  TelaPoint      middle = tela_rect_centre (self->whole);
  TelaPoint      turned = tela_point_rotate (middle, tela_rect_centre (self->box), self->angle);
  TelaRect       place = { self->whole.x + turned.x - middle.x, self->whole.y + turned.y - middle.y, self->whole.width,
                           self->whole.height };
  TelaStamp      after = tela_element_get_stamp (image);
  g_autoptr (TelaElement) change = NULL;

  after.time++;
  tela_factory_set_rect (op, place);
  tela_op_builder_set_json (op, TELA_KEY_CROP, "null");
  change = tela_op_builder_end (op, after);

  return tela_element_merge (image, change, NULL);
}
