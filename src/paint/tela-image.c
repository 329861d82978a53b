/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-image.h"

#include <math.h>
#include <string.h>

#include "tela-card.h"
#include "tela-path.h"
#include "tela-raster.h"

#define IMAGE_RADIUS 32.0

static double
member_number (TelaJsonSpan object,
               const char  *name,
               double       fallback)
{
  TelaJsonReader reader;
  TelaJsonSpan   member;
  double         number;

  if (!tela_json_find (object, name, &member))
    return fallback;
  tela_json_reader_init (&reader, member.data, member.len);
  if (tela_json_reader_peek (&reader) != TELA_JSON_NUMBER || !tela_json_reader_number (&reader, &number, NULL))
    return fallback;

  return number;
}

TelaImageView
tela_image_get_view (const TelaElement *element,
                     int                width,
                     int                height)
{
  TelaImageView crop = { 0, 0, width, height, width, height };
  TelaValue     value;
  TelaJsonSpan  span;
  double        sx;
  double        sy;

  if (!tela_element_get (element, TELA_KEY_CROP, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return crop;

  span = (TelaJsonSpan){ value.as.string, strlen (value.as.string) };
  sx = width / MAX (member_number (span, "naturalWidth", width), 1);
  sy = height / MAX (member_number (span, "naturalHeight", height), 1);
  crop.x = member_number (span, "x", 0) * sx;
  crop.y = member_number (span, "y", 0) * sy;
  crop.width = member_number (span, "width", width) * sx;
  crop.height = member_number (span, "height", height) * sy;
  if (!(crop.width > 0 && crop.height > 0))
    crop = (TelaImageView){ 0, 0, width, height, width, height };

  return crop;
}

/* Not much larger than its place on the device. */
static int
choose_reduction (double device_per_pixel)
{
  double reduction = floor (-log2 (CLAMP (device_per_pixel, 1e-6, 1e6)));

  return (int) CLAMP (reduction, TELA_RASTER_LARGEST, TELA_RASTER_SMALLEST);
}

static void
paint_raster (cairo_t           *cr,
              const TelaElement *element,
              const TelaRaster  *raster,
              TelaImageView      crop,
              double             width,
              double             height)
{
  const TelaNumbers *flip = tela_element_get_numbers (element, TELA_KEY_SCALE);
  cairo_surface_t   *surface = tela_raster_create_surface (raster);
  double             radius = 0;
  int                own_width;
  int                own_height;

  if (tela_element_has (element, TELA_KEY_ROUNDNESS))
    {
      TelaValue value;

      if (tela_element_get (element, TELA_KEY_ROUNDNESS, &value, NULL) && value.kind == TELA_VALUE_JSON)
        radius = MIN (IMAGE_RADIUS, MIN (width, height) / 4);
    }
  tela_path_trace_box (cr, 0, 0, width, height, radius);
  cairo_clip (cr);
  if (flip != NULL && flip->n == 2 && flip->stride == 1)
    {
      cairo_translate (cr, width / 2, height / 2);
      cairo_scale (cr, flip->v[0] < 0 ? -1 : 1, flip->v[1] < 0 ? -1 : 1);
      cairo_translate (cr, -width / 2, -height / 2);
    }
  cairo_scale (cr, width / crop.width, height / crop.height);
  cairo_translate (cr, -crop.x, -crop.y);
  tela_raster_get_own_size (raster, &own_width, &own_height);
  cairo_scale (cr, (double) crop.natural_width / own_width, (double) crop.natural_height / own_height);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  cairo_paint (cr);
  cairo_surface_destroy (surface);
}

gboolean
tela_image_look_up (const TelaElement      *element,
                    const TelaPaintOptions *options,
                    GBytes                **bytes,
                    TelaImageView          *view)
{
  const char *file_id = tela_element_get_string (element, TELA_KEY_FILE_ID);
  int         width = 0;
  int         height = 0;

  if (file_id != NULL && options->asset != NULL)
    *bytes = options->asset (file_id, options->asset_data);
  if (*bytes == NULL || !tela_raster_measure (file_id, *bytes, &width, &height))
    return FALSE;
  *view = tela_image_get_view (element, width, height);

  return TRUE;
}

/* How far the image may be reduced where it stands. */
static int
reduction_of (const TelaElement      *element,
              const TelaPaintOptions *options,
              int                     width, /* of the original */
              int                     height)
{
  TelaImageView crop = tela_image_get_view (element, width, height);
  double        across = fabs (tela_element_get_number (element, TELA_KEY_WIDTH, 0)) / crop.width;
  double        down = fabs (tela_element_get_number (element, TELA_KEY_HEIGHT, 0)) / crop.height;

  return choose_reduction (MAX (across, down) * options->scale);
}

gboolean
tela_image_measure (const TelaElement      *element,
                    const TelaPaintOptions *options,
                    int                    *width,
                    int                    *height)
{
  const char *file_id = tela_element_get_string (element, TELA_KEY_FILE_ID);
  gsize       size = file_id == NULL ? 0 : options->known (file_id, options->asset_data);
  gboolean    is_done;
  g_autoptr (TelaRaster) any = size == 0 ? NULL : tela_raster_peek (file_id, size, TELA_RASTER_SMALLEST, &is_done);

  if (any != NULL)
    tela_raster_get_size (any, width, height);

  return any != NULL;
}

/* What is here already. (transfer full) (nullable) */
static TelaRaster *
peek (const TelaElement      *element,
      const TelaPaintOptions *options,
      gboolean               *is_done)
{
  const char *file_id = tela_element_get_string (element, TELA_KEY_FILE_ID);
  gsize       size = file_id == NULL ? 0 : options->known (file_id, options->asset_data);
  int         width = 1;
  int         height = 1;

  *is_done = FALSE;
  if (size == 0)
    return NULL;
  tela_image_measure (element, options, &width, &height);

  return tela_raster_peek (file_id, size, reduction_of (element, options, width, height), is_done);
}

/* (transfer full) (nullable) */
static TelaRaster *
get_raster (const TelaElement      *element,
            const TelaPaintOptions *options)
{
  const char *file_id = tela_element_get_string (element, TELA_KEY_FILE_ID);
  g_autoptr (GBytes) bytes = NULL;
  gboolean is_done;
  int      width;
  int      height;

  if (options->known != NULL)
    return peek (element, options, &is_done);
  if (file_id != NULL && options->asset != NULL)
    bytes = options->asset (file_id, options->asset_data);
  if (bytes == NULL || !tela_raster_measure (file_id, bytes, &width, &height))
    return NULL;

  return tela_raster_get (file_id, bytes, reduction_of (element, options, width, height));
}

gboolean
tela_paint_is_loaded (const TelaElement      *element,
                      const TelaPaintOptions *options)
{
  g_autoptr (TelaRaster) raster = NULL;
  gboolean is_done = FALSE;

  g_return_val_if_fail (options->known != NULL, FALSE);

  if (g_strcmp0 (tela_element_get_string (element, TELA_KEY_TYPE), "image") != 0)
    return TRUE;
  raster = peek (element, options, &is_done);

  return is_done;
}

void
tela_paint_load (const TelaElement      *element,
                 const TelaPaintOptions *options)
{
  g_autoptr (TelaRaster) raster G_GNUC_UNUSED = NULL;

  g_return_if_fail (options->known == NULL);

  raster = get_raster (element, options);
}

gboolean
tela_paint_can_show (GBytes *bytes)
{
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  int              width;
  int              height;

  return tela_raster_measure (hash, bytes, &width, &height);
}

void
tela_image_paint (cairo_t                *cr,
                  const TelaElement      *element,
                  const TelaPaintOptions *options)
{
  const char *name = tela_element_get_string (element, TELA_KEY_NAME);
  double      width = fabs (tela_element_get_number (element, TELA_KEY_WIDTH, 0));
  double      height = fabs (tela_element_get_number (element, TELA_KEY_HEIGHT, 0));
  g_autoptr (TelaRaster) raster = NULL;
  int natural_width;
  int natural_height;

  if (!(width > 0 && height > 0))
    return;
  raster = get_raster (element, options);
  if (raster == NULL)
    {
      tela_card_paint (cr, element, name != NULL ? name : "Image", options);
      return;
    }

  tela_raster_get_size (raster, &natural_width, &natural_height);
  paint_raster (cr, element, raster, tela_image_get_view (element, natural_width, natural_height), width, height);
}
