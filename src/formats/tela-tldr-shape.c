/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <glib/gi18n-lib.h>
#include <math.h>

#include "tela-formats-private.h"
#include "tela-tldr-private.h"

#define LABEL_PADDING 10.0
#define NOTE_SIZE 200.0
#define MAX_PARENTS 64

/* The colours of tldraw's light theme. */
static const struct
{
  const char *name, *stroke, *fill, *note, *marker;
} colours[] = {
  { "black", "#1d1d1d", "#e8e8e8", "#fce19c", "#fddd00" },
  { "grey", "#9fa8b2", "#eceef0", "#c0cad3", "#cbe7f1" },
  { "light-violet", "#e085f4", "#f5eafa", "#dfb0f9", "#ff88ff" },
  { "violet", "#ae3ec9", "#ecdcf2", "#db91fd", "#c77cff" },
  { "blue", "#4465e9", "#dce1f8", "#8aa3ff", "#10acff" },
  { "light-blue", "#4ba1f1", "#ddedfa", "#9bc4fd", "#00f4ff" },
  { "yellow", "#f1ac4b", "#f9f0e6", "#fed49a", "#fddd00" },
  { "orange", "#e16919", "#f8e2d4", "#faa475", "#ffa500" },
  { "green", "#099268", "#d3e9e3", "#6fc896", "#00ffc8" },
  { "light-green", "#4cb05e", "#dbf0e0", "#98d08a", "#65f641" },
  { "light-red", "#f87777", "#f4dadb", "#f7a5a1", "#ff7fa3" },
  { "red", "#e03131", "#f4dadb", "#fc8282", "#ff636e" },
  { "white", "#ffffff", "#f5f5f5", "#ffffff", "#ffffff" },
};

static guint
find_colour (TelaJsonSpan props,
             const char  *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (colours); i++)
    if (tela_tldr_is (props, name, colours[i].name))
      return i;
  return 0;
}

const char *
tela_tldr_get_colour (TelaJsonSpan props,
                      const char  *name)
{
  return colours[find_colour (props, name)].stroke;
}

const char *
tela_tldr_get_marker_colour (TelaJsonSpan props)
{
  return colours[find_colour (props, "color")].marker;
}

guint
tela_tldr_get_step (TelaJsonSpan props)
{
  static const char *const names[] = { "s", "m", "l", "xl" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (tela_tldr_is (props, "size", names[i]))
      return i;
  return 1;
}

double
tela_tldr_get_scale (TelaJsonSpan props)
{
  return CLAMP (tela_tldr_get_number (props, "scale", 1), 0.01, 100);
}

double
tela_tldr_get_stroke_width (TelaJsonSpan props)
{
  static const double widths[] = { 2, 3.5, 5, 10 };

  return widths[tela_tldr_get_step (props)] * tela_tldr_get_scale (props);
}

void
tela_tldr_measure (TelaTldrShape *shape)
{
  double scale = tela_tldr_get_scale (shape->props);

  if (strcmp (shape->type, "note") == 0)
    {
      shape->width = NOTE_SIZE * scale;
      shape->height = (NOTE_SIZE + tela_tldr_get_number (shape->props, "growY", 0)) * scale;
      return;
    }
  shape->width = MAX (tela_tldr_get_number (shape->props, "w", 1), 1);
  shape->height =
      MAX (tela_tldr_get_number (shape->props, "h", 1) + tela_tldr_get_number (shape->props, "growY", 0), 1);
}

TelaDraftBox
tela_tldr_get_box (const TelaTldrShape *shape,
                   double               x,
                   double               y,
                   double               width,
                   double               height)
{
  double centre[2];

  tela_tldr_to_board (shape->place, x + width / 2, y + height / 2, centre);
  return (TelaDraftBox){ centre[0] - width / 2, centre[1] - height / 2, width, height, shape->place.angle };
}

TelaDraftFont
tela_tldr_get_font (TelaTldr    *self,
                    TelaJsonSpan props)
{
  if (tela_tldr_is (props, "font", "mono"))
    return TELA_DRAFT_FONT_MONO;
  if (tela_tldr_is (props, "font", "serif"))
    tela_draft_note (&self->draft, _ ("Texts with serifs have none now"));
  return tela_tldr_is (props, "font", "draw") ? TELA_DRAFT_FONT_HAND : TELA_DRAFT_FONT_SANS;
}

static const char *
get_align (TelaJsonSpan props,
           const char  *name,
           const char  *start,
           const char  *middle,
           const char  *end)
{
  g_autofree char *align = tela_tldr_get_string (props, name);

  if (align != NULL && g_str_has_prefix (align, "start"))
    return start;
  return align != NULL && g_str_has_prefix (align, "end") ? end : middle;
}

/* How far in of what is free. */
static double
get_share (const char *align)
{
  if (strcmp (align, "left") == 0 || strcmp (align, "top") == 0)
    return 0;
  return strcmp (align, "right") == 0 || strcmp (align, "bottom") == 0 ? 1 : 0.5;
}

void
tela_tldr_add_label (TelaTldr             *self,
                     const TelaTldrShape  *shape,
                     const TelaDraftStyle *base,
                     gboolean              bound)
{
  static const double sizes[] = { 18, 22, 26, 32 };
  g_autofree char    *content = tela_tldr_get_text (self, shape->props);
  TelaDraftStyle      style = {
         .opacity = base->opacity, .frame_id = base->frame_id, .group_ids = base->group_ids, .locked = base->locked
  };
  TelaDraftText text = { .text = content };
  TelaDraftBox  box;
  double        text_width, text_height;

  if (content == NULL)
    return;
  style.stroke = tela_tldr_get_colour (shape->props, strcmp (shape->type, "note") == 0 ? "" : "labelColor");
  text.size = sizes[tela_tldr_get_step (shape->props)] * tela_tldr_get_scale (shape->props);
  text.font = tela_tldr_get_font (self, shape->props);
  text.align = get_align (shape->props, "align", "left", "center", "right");
  text.vertical_align = get_align (shape->props, "verticalAlign", "top", "middle", "bottom");
  text.container_id = bound ? shape->id : NULL;
  text.wrap = MAX (shape->width - 2 * LABEL_PADDING, text.size);
  tela_draft_measure_text (&text, &text_width, &text_height);
  box = tela_tldr_get_box (shape, (shape->width - text_width) / 2,
                           LABEL_PADDING +
                               (shape->height - 2 * LABEL_PADDING - text_height) * get_share (text.vertical_align),
                           text_width, text_height);
  tela_draft_add_text (&self->draft, &box, &text, &style);
}

static void
add_note (TelaTldr             *self,
          const TelaTldrShape  *shape,
          const TelaDraftStyle *style)
{
  TelaDraftStyle own = *style;
  TelaDraftBox   box;

  own.stroke = NULL;
  own.fill = colours[find_colour (shape->props, "color")].note;
  own.roughness = 0;
  box = tela_tldr_get_box (shape, 0, 0, shape->width, shape->height);
  tela_draft_begin (&self->draft, shape->id, "rectangle", &box, &own);
  tela_draft_end (&self->draft);
  tela_tldr_add_label (self, shape, style, TRUE);
}

static void
add_text (TelaTldr             *self,
          const TelaTldrShape  *shape,
          const TelaDraftStyle *style)
{
  static const double sizes[] = { 18, 24, 36, 44 };
  g_autofree char    *content = tela_tldr_get_text (self, shape->props);
  gboolean            is_free = tela_tldr_get_boolean (shape->props, "autoSize");
  double              scale = tela_tldr_get_scale (shape->props), width = tela_tldr_get_number (shape->props, "w", 0) * scale;
  TelaDraftText       text = { .text = content, .size = sizes[tela_tldr_get_step (shape->props)] * scale };
  TelaDraftBox        box;
  double              text_width, text_height;

  if (content == NULL)
    return;
  text.font = tela_tldr_get_font (self, shape->props);
  text.align = get_align (shape->props, tela_tldr_is (shape->props, "textAlign", "") ? "align" : "textAlign", "left",
                          "center", "right");
  text.wrap = is_free ? 0 : MAX (width, text.size);
  tela_draft_measure_text (&text, &text_width, &text_height);
  /* Its own measure of a free text is better than ours. */
  if (is_free && width > 1)
    text_width = width;
  box = tela_tldr_get_box (shape, 0, 0, text_width, text_height);
  tela_draft_add_text (&self->draft, &box, &text, style);
}

/* What is elsewhere becomes a card with its address. */
static void
add_card (TelaTldr             *self,
          const TelaTldrShape  *shape,
          const TelaDraftStyle *style)
{
  g_autofree char *url = tela_tldr_get_string (shape->props, "url");
  TelaDraftStyle   own = *style;
  TelaDraftBox     box;

  own.link = url;
  box = tela_tldr_get_box (shape, 0, 0, shape->width, shape->height);
  tela_draft_note (&self->draft, _ ("Embedded pages and videos became cards"));
  tela_draft_begin (&self->draft, shape->id, "embeddable", &box, &own);
  tela_draft_end (&self->draft);
}

static void
add_frame (TelaTldr             *self,
           const TelaTldrShape  *shape,
           const TelaDraftStyle *style)
{
  g_autofree char *name = tela_tldr_get_string (shape->props, "name");
  TelaDraftStyle   own = { .stroke = "#bbbbbb",
                           .stroke_width = 2,
                           .opacity = style->opacity,
                           .group_ids = style->group_ids,
                           .locked = style->locked };
  TelaDraftBox     box;

  box = tela_tldr_get_box (shape, 0, 0, shape->width, shape->height);
  tela_draft_begin (&self->draft, shape->id, "frame", &box, &own);
  tela_json_writer_name (&self->draft.writer, "name");
  tela_json_writer_string (&self->draft.writer, name != NULL && *name != '\0' ? name : NULL);
  tela_draft_end (&self->draft);
}

/* What is in a group or a frame is as faint as that makes it. */
static double
get_opacity (TelaTldr            *self,
             const TelaTldrShape *shape)
{
  double opacity = 100;

  for (guint depth = 0; shape != NULL && depth < MAX_PARENTS; depth++)
    {
      opacity *= CLAMP (tela_tldr_get_number (shape->record, "opacity", 1), 0, 1);
      shape = shape->parent != NULL && g_str_has_prefix (shape->parent, "shape:")
                  ? g_hash_table_lookup (self->shapes, shape->parent + strlen ("shape:"))
                  : NULL;
    }

  return MAX (opacity, 1);
}

static TelaDraftStyle
get_style (TelaTldr             *self,
           const TelaTldrShape  *shape,
           const TelaDraftStyle *base)
{
  TelaDraftStyle   style = *base;
  g_autofree char *fill = tela_tldr_get_string (shape->props, "fill");

  style.stroke = tela_tldr_get_colour (shape->props, "color");
  if (fill != NULL && strcmp (fill, "none") != 0)
    {
      style.fill = strcmp (fill, "semi") == 0   ? "#fcfffe"
                   : strcmp (fill, "fill") == 0 ? style.stroke
                                                : colours[find_colour (shape->props, "color")].fill;
      if (strcmp (fill, "pattern") == 0)
        tela_draft_note (&self->draft, _ ("Patterns of fills became plain colors"));
    }
  if (tela_tldr_is (shape->props, "dash", "dashed") || tela_tldr_is (shape->props, "dash", "dotted"))
    style.stroke_style = tela_tldr_is (shape->props, "dash", "dashed") ? "dashed" : "dotted";
  style.roughness = tela_tldr_is (shape->props, "dash", "draw");
  style.stroke_width = tela_tldr_get_stroke_width (shape->props);
  style.opacity = get_opacity (self, shape);
  style.locked = tela_tldr_get_boolean (shape->record, "isLocked");
  return style;
}

void
tela_tldr_add_shape (TelaTldr             *self,
                     const TelaTldrShape  *shape,
                     const TelaDraftStyle *base)
{
  static const struct
  {
    const char *type;
    void (*add) (TelaTldr *self, const TelaTldrShape *shape, const TelaDraftStyle *style);
  } kinds[] = {
    { "geo", tela_tldr_add_geo },
    { "note", add_note },
    { "text", add_text },
    { "draw", tela_tldr_add_ink },
    { "highlight", tela_tldr_add_ink },
    { "line", tela_tldr_add_line },
    { "arrow", tela_tldr_add_arrow },
    { "image", tela_tldr_add_image },
    { "frame", add_frame },
    { "bookmark", add_card },
    { "embed", add_card },
    { "video", add_card },
  };
  TelaDraftStyle style = get_style (self, shape, base);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (strcmp (shape->type, kinds[i].type) == 0)
      {
        kinds[i].add (self, shape, &style);
        return;
      }
  if (strcmp (shape->type, "group") != 0)
    tela_draft_note (&self->draft, _ ("Shapes of a kind that is not known here were left out"));
}
