/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-sheet.h"

#include <math.h>

#include "tela-colour.h"
#include "tela-scene.h"

#define VAST 100000 /* units: such dashes would take seconds to measure, for less than a pixel of any picture */

/* What is changed for the picture alone wins over every real edit. */
static const TelaStamp last_word = { .time = G_MAXINT64, .actor = 1 };

/* A (transfer full) copy with the properties of @op, which it takes. */
static TelaElement *
with_changes (TelaElement   *element,
              TelaOpBuilder *op)
{
  g_autoptr (TelaElement) changes = tela_op_builder_end (op, last_word);

  return tela_element_merge (element, changes, NULL);
}

/* (transfer full) (nullable) */
static char *
darken (const char *text)
{
  TelaColour c;

  if (!tela_colour_parse (text, &c))
    return g_strdup (text);
  c = tela_colour_darken (c);

  return g_strdup_printf ("#%02x%02x%02x%02x", (guint) lround (255 * c.red), (guint) lround (255 * c.green),
                          (guint) lround (255 * c.blue), (guint) lround (255 * c.alpha));
}

static void
darken_element (TelaElement **element)
{
  const char      *stroke = tela_element_has (*element, TELA_KEY_STROKE_COLOR)
                                ? tela_element_get_string (*element, TELA_KEY_STROKE_COLOR)
                                : TELA_DEFAULT_INK;
  g_autofree char *ink = darken (stroke);
  g_autofree char *face = darken (tela_element_get_string (*element, TELA_KEY_BACKGROUND_COLOR));
  TelaOpBuilder   *op = tela_op_builder_new (tela_element_get_id (*element));
  TelaElement     *dark;

  if (ink != NULL)
    tela_op_builder_set_string (op, TELA_KEY_STROKE_COLOR, ink);
  if (face != NULL)
    tela_op_builder_set_string (op, TELA_KEY_BACKGROUND_COLOR, face);
  dark = with_changes (*element, op);
  tela_element_unref (*element);
  *element = dark;
}

/* Where the element leaves ink, exactly: its bounds are made to be safe, not tight, which shows unless they are vast. */
static TelaRect
measure_ink (TelaElement            *element,
             TelaRect                bounds,
             const TelaPaintOptions *options)
{
  const TelaRect          room = tela_rect_expand (bounds, 2 * TELA_SCENE_REACH);
  const cairo_rectangle_t limit = { room.x, room.y, room.width, room.height };
  cairo_surface_t        *recording;
  cairo_t                *cr;
  TelaRect                ink;

  if (MAX (bounds.width, bounds.height) > VAST)
    return bounds;
  recording = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &limit);
  cr = cairo_create (recording);
  tela_scene_paint_bare (cr, element, options);
  cairo_destroy (cr);
  cairo_recording_surface_ink_extents (recording, &ink.x, &ink.y, &ink.width, &ink.height);
  cairo_surface_destroy (recording);

  return ink;
}

static TelaRect
extent_of (GPtrArray              *elements,
           const TelaPaintOptions *options)
{
  TelaRect extent = { 0, 0, 0, 0 };
  gboolean any = FALSE;

  for (guint i = 0; i < elements->len; i++)
    {
      TelaRect bounds = tela_element_get_bounds (elements->pdata[i]);

      if (any && tela_rect_contains (extent, bounds))
        continue;
      bounds = measure_ink (elements->pdata[i], bounds, options);
      if (bounds.width <= 0 || bounds.height <= 0)
        continue;
      extent = any ? tela_rect_union (extent, bounds) : bounds;
      any = TRUE;
    }

  return extent;
}

void
tela_sheet_init (TelaSheet                *self,
                 TelaElement *const       *elements,
                 gsize                     n,
                 const TelaPictureOptions *options)
{
  self->elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  for (gsize i = 0; i < n; i++)
    if (tela_element_is_visible (elements[i]))
      g_ptr_array_add (self->elements, tela_element_ref (elements[i]));
  for (guint i = 0; options->dark && i < self->elements->len; i++)
    darken_element ((TelaElement **) &self->elements->pdata[i]);
  self->options =
      (TelaPaintOptions){
        .scale = options->scale, .dark = options->dark, .asset = options->asset, .asset_data = options->asset_data
      };
  self->extent = tela_rect_expand (extent_of (self->elements, &self->options), options->padding);
  self->background = options->dark ? darken (options->background) : g_strdup (options->background);
}

void
tela_sheet_clear (TelaSheet *self)
{
  g_clear_pointer (&self->elements, g_ptr_array_unref);
  g_clear_pointer (&self->background, g_free);
}

cairo_status_t
tela_sheet_write_cb (void                *closure,
                     const unsigned char *data,
                     unsigned int         length)
{
  g_byte_array_append (closure, data, length);

  return CAIRO_STATUS_SUCCESS;
}
