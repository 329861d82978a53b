/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-formats-private.h"
#include "tela-tldr-private.h"

#include <glib/gi18n-lib.h>

/* Ink of pressure 1 is so wide for each unit of strokeWidth; that of a hand is thinner. */
#define FULL_INK 8.084
#define HAND_INK 4.25

static void
write_simulation (TelaTldr *self,
                  GArray   *pressures)
{
  gboolean simulates = pressures == NULL;

  if (!simulates)
    tela_draft_add_values (&self->draft, "pressures", (const double *) pressures->data, pressures->len);
  tela_json_writer_name (&self->draft.writer, "simulatePressure");
  tela_json_writer_boolean (&self->draft.writer, simulates);
}

/* A closed one that is filled is a polygon below the ink. */
static void
add_ink_fill (TelaTldr             *self,
              GArray               *points,
              const TelaDraftStyle *style)
{
  g_autoptr (GArray) outline = g_array_copy (points);
  TelaDraftStyle own = *style;

  own.stroke = NULL;
  own.roughness = 0;
  g_array_append_vals (outline, points->data, 2);
  tela_draft_begin_points (&self->draft, NULL, "line", (const double *) outline->data, outline->len / 2, &own);
  tela_draft_end (&self->draft);
}

void
tela_tldr_add_ink (TelaTldr             *self,
                   const TelaTldrShape  *shape,
                   const TelaDraftStyle *style)
{
  static const double marker_widths[] = { 20, 27, 40, 49 };
  g_autoptr (GArray) pressures = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) points = tela_tldr_get_points (self, shape, pressures);
  TelaDraftStyle own = *style;
  gboolean       is_marker = strcmp (shape->type, "highlight") == 0, is_pen = tela_tldr_get_boolean (shape->props, "isPen");
  gboolean       is_hand = !is_marker && !is_pen && tela_tldr_is (shape->props, "dash", "draw");
  double         width = tela_tldr_get_stroke_width (shape->props), full = 1;

  if (points->len < 2)
    return;
  if (own.fill != NULL && tela_tldr_get_boolean (shape->props, "isClosed"))
    add_ink_fill (self, points, style);
  own.fill = NULL;
  if (is_marker)
    own.stroke = tela_tldr_get_marker_colour (shape->props);
  own.stroke_width =
      is_marker           ? marker_widths[tela_tldr_get_step (shape->props)] * tela_tldr_get_scale (shape->props) / FULL_INK
      : is_hand || is_pen ? (1 + width * 1.2) / HAND_INK
                          : width / FULL_INK;
  own.opacity = is_marker ? MAX (1, own.opacity * 0.4) : own.opacity;
  for (guint i = 0; !is_pen && i < pressures->len; i++)
    g_array_index (pressures, double, i) = full;
  if (!is_marker && !is_hand && own.stroke_style != NULL)
    tela_draft_note (&self->draft, _ ("Dashed ink became solid"));
  tela_draft_fill_ink (points, pressures);
  tela_draft_begin_points (&self->draft, shape->id, "freedraw", (const double *) points->data, points->len / 2, &own);
  write_simulation (self, is_hand ? NULL : pressures);
  tela_draft_end (&self->draft);
}

void
tela_tldr_add_line (TelaTldr             *self,
                    const TelaTldrShape  *shape,
                    const TelaDraftStyle *style)
{
  g_autoptr (GArray) points = tela_tldr_get_points (self, shape, NULL);
  TelaDraftStyle own = *style;

  if (points->len < 4)
    return;
  own.fill = NULL;
  own.roundness = tela_tldr_is (shape->props, "spline", "cubic") ? "{\"type\":2}" : NULL;
  tela_draft_begin_points (&self->draft, shape->id, "line", (const double *) points->data, points->len / 2, &own);
  tela_draft_end (&self->draft);
}

/* The bytes of data:TYPE;base64,…; NULL if it is anything else. */
static GBytes *
read_asset (TelaJsonSpan asset)
{
  g_autofree char *url = tela_tldr_get_string (asset, "src");
  const char      *comma = url != NULL && g_str_has_prefix (url, "data:") ? strchr (url, ',') : NULL;
  guchar          *data;
  gsize            len = 0;

  if (comma == NULL || g_strstr_len (url, comma - url, ";base64") == NULL)
    return NULL;
  data = g_base64_decode (comma + 1, &len);
  return g_bytes_new_take (data, len);
}

static void
write_crop (TelaTldr            *self,
            const TelaTldrShape *shape,
            const TelaTldrAsset *asset)
{
  TelaJsonSpan crop = tela_tldr_get_object (shape->props, "crop"), from = tela_tldr_get_object (crop, "topLeft"),
               to = tela_tldr_get_object (crop, "bottomRight");
  double          width = asset->width, height = asset->height;
  double          left = tela_tldr_get_number (from, "x", 0), top = tela_tldr_get_number (from, "y", 0);
  double          right = tela_tldr_get_number (to, "x", 1), bottom = tela_tldr_get_number (to, "y", 1);
  TelaJsonWriter *writer = &self->draft.writer;
  const struct
  {
    const char *name;
    double      value;
  } members[] = { { "x", left * width },
                  { "y", top * height },
                  { "width", (right - left) * width },
                  { "height", (bottom - top) * height },
                  { "naturalWidth", width },
                  { "naturalHeight", height } };

  tela_json_writer_name (writer, "scale");
  tela_json_writer_begin_array (writer);
  tela_json_writer_int (writer, tela_tldr_get_boolean (shape->props, "flipX") ? -1 : 1);
  tela_json_writer_int (writer, tela_tldr_get_boolean (shape->props, "flipY") ? -1 : 1);
  tela_json_writer_end_array (writer);
  if (crop.len <= 2 || !(width > 0 && height > 0 && right > left && bottom > top))
    return;
  tela_json_writer_name (writer, "crop");
  tela_json_writer_begin_object (writer);
  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    {
      tela_json_writer_name (writer, members[i].name);
      tela_json_writer_number (writer, members[i].value);
    }
  tela_json_writer_end_object (writer);
}

void
tela_tldr_add_image (TelaTldr             *self,
                     const TelaTldrShape  *shape,
                     const TelaDraftStyle *style)
{
  g_autofree char *id = tela_tldr_get_string (shape->props, "assetId");
  TelaTldrAsset   *asset = id != NULL ? g_hash_table_lookup (self->assets, id) : NULL;
  TelaDraftBox     box = tela_tldr_get_box (shape, 0, 0, shape->width, shape->height);

  if (asset != NULL && !asset->is_read)
    {
      asset->bytes = read_asset (asset->props);
      asset->width = tela_tldr_get_number (asset->props, "w", 0);
      asset->height = tela_tldr_get_number (asset->props, "h", 0);
      asset->is_read = TRUE;
    }
  if (asset == NULL || asset->bytes == NULL || !tela_draft_begin_image (&self->draft, &box, style, asset->bytes))
    {
      tela_draft_note (&self->draft, _ ("Images that are not in the file, or too large, were left out"));
      return;
    }
  write_crop (self, shape, asset);
  tela_draft_end (&self->draft);
}
