/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Files of tldraw 1, of the years 2021 to 2023: a tree of pages. Their shapes become the records that tldraw 2 would make of
 * them. */

#include <math.h>

#include "tela-tldr-private.h"

typedef struct
{
  const char *from, *to;
} Word;

static const Word types[] = { { "sticky", "note" }, { "rectangle", "geo" }, { "ellipse", "geo" }, { "triangle", "geo" }, { "draw", "draw" }, { "arrow", "arrow" }, { "line", "arrow" }, { "text", "text" }, { "image", "image" }, { "video", "video" }, { "group", "group" }, { NULL, NULL } };
static const Word colours[] = { { "lightGray", "grey" }, { "gray", "grey" }, { "green", "light-green" }, { "cyan", "green" }, { "blue", "light-blue" }, { "indigo", "blue" }, { "orange", "orange" }, { "yellow", "yellow" }, { "red", "red" }, { "violet", "light-violet" }, { NULL, "black" } };
static const Word fonts[] = { { "mono", "mono" }, { "sans", "sans" }, { "serif", "serif" }, { NULL, "draw" } };
static const Word dashes[] = { { "solid", "solid" }, { "dashed", "dashed" }, { "dotted", "dotted" }, { NULL, "draw" } };
static const Word sizes[] = { { "small", "m" }, { "large", "xl" }, { NULL, "l" } };
static const Word text_sizes[] = { { "small", "s" }, { "medium", "l" }, { "large", "xl" }, { NULL, "m" } };
static const Word heads[] = { { "arrow", "arrow" }, { NULL, "none" } };
static const Word aligns[] = { { "start", "start" }, { "justify", "start" }, { "end", "end" }, { NULL, "middle" } };

/* The list ends with what stands for all others. The first years wrote capitals. */
static const char *
translate (const Word *words,
           const char *from)
{
  while (words->from != NULL && (from == NULL || g_ascii_strcasecmp (words->from, from) != 0))
    words++;

  return words->to;
}

static void
write_word (TelaJsonWriter *writer,
            const char     *name,
            const Word     *words,
            TelaJsonSpan    style,
            const char     *from)
{
  g_autofree char *value = tela_tldr_get_string (style, from);

  tela_json_writer_name (writer, name);
  tela_json_writer_string (writer, translate (words, value));
}

static void
write_text (TelaJsonWriter *writer,
            const char     *name,
            const char     *text)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_string (writer, text);
}

static void
write_number (TelaJsonWriter *writer,
              const char     *name,
              double          value)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_number (writer, value);
}

/* [x, y, …] of an array; what is missing stays as it is. */
static void
read_numbers (TelaJsonSpan array,
              double      *out,
              guint        n)
{
  TelaJsonReader reader;
  double         value;

  tela_json_reader_init (&reader, array.data, (gssize) array.len);
  if (!tela_json_reader_enter_array (&reader))
    return;
  for (guint i = 0; tela_json_reader_next_item (&reader); i++)
    if (i < n && tela_json_reader_number (&reader, &value, NULL) && isfinite (value))
      out[i] = CLAMP (value, -1e6, 1e6);
}

static gboolean
get_pair (TelaJsonSpan object,
          const char  *name,
          double       out[2])
{
  TelaJsonSpan array;

  if (!tela_json_find (object, name, &array))
    return FALSE;
  read_numbers (array, out, 2);

  return TRUE;
}

static void
write_point (TelaJsonWriter *writer,
             const char     *name,
             const double    point[2])
{
  if (name != NULL)
    tela_json_writer_name (writer, name);
  tela_json_writer_begin_object (writer);
  write_number (writer, "x", point[0]);
  write_number (writer, "y", point[1]);
  tela_json_writer_end_object (writer);
}

static void
begin_record (TelaJsonWriter *writer,
              const char     *kind,
              const char     *id,
              const char     *type)
{
  g_autofree char *full = g_strconcat (kind, ":", id, NULL);

  tela_json_writer_begin_object (writer);
  write_text (writer, "typeName", kind);
  write_text (writer, "id", full);
  if (type != NULL)
    write_text (writer, "type", type);
}

/* Numbers put things in order there, texts here. */
static void
write_index (TelaJsonWriter *writer,
             TelaJsonSpan    object)
{
  g_autofree char *index = g_strdup_printf ("%020.6f", 1e9 + tela_tldr_get_number (object, "childIndex", 0));

  write_text (writer, "index", index);
}

/* The points of ink, and the box that they turn about. */
static void
write_ink (TelaJsonWriter *writer,
           TelaJsonSpan    shape,
           double          box[4])
{
  TelaJsonSpan   points, item;
  TelaJsonReader reader;

  tela_json_writer_name (writer, "segments");
  tela_json_writer_begin_array (writer);
  tela_json_writer_begin_object (writer);
  tela_json_writer_name (writer, "points");
  tela_json_writer_begin_array (writer);
  if (tela_json_find (shape, "points", &points))
    {
      tela_json_reader_init (&reader, points.data, (gssize) points.len);
      if (tela_json_reader_enter_array (&reader))
        while (tela_json_reader_next_item (&reader) && tela_json_reader_span (&reader, &item))
          {
            double p[3] = { 0, 0, 0.5 };

            read_numbers (item, p, 3);
            tela_json_writer_begin_object (writer);
            write_number (writer, "x", p[0]);
            write_number (writer, "y", p[1]);
            write_number (writer, "z", p[2]);
            tela_json_writer_end_object (writer);
            box[0] = MIN (box[0], p[0]);
            box[1] = MIN (box[1], p[1]);
            box[2] = MAX (box[2], p[0]);
            box[3] = MAX (box[3], p[1]);
          }
    }
  tela_json_writer_end_array (writer);
  tela_json_writer_end_object (writer);
  tela_json_writer_end_array (writer);
}

static void
write_arrow (TelaJsonWriter *writer,
             TelaJsonSpan    shape,
             double          box[4])
{
  TelaJsonSpan handles = tela_tldr_get_object (shape, "handles");
  TelaJsonSpan ends = tela_tldr_get_object (shape, "decorations");
  double       start[2] = { 0 }, end[2] = { 0 };

  get_pair (tela_tldr_get_object (handles, "start"), "point", start);
  get_pair (tela_tldr_get_object (handles, "end"), "point", end);
  write_point (writer, "start", start);
  write_point (writer, "end", end);
  write_number (writer, "bend",
                -tela_tldr_get_number (shape, "bend", 0) * hypot (end[0] - start[0], end[1] - start[1]) / 2);
  write_word (writer, "arrowheadStart", heads, ends, "start");
  write_word (writer, "arrowheadEnd", heads, ends, "end");
  box[2] = MAX (start[0], end[0]);
  box[3] = MAX (start[1], end[1]);
}

static void
write_style (TelaJsonWriter *writer,
             TelaJsonSpan    style,
             gboolean        is_text)
{
  gboolean is_black = tela_tldr_is (style, "color", "black") || tela_tldr_is (style, "color", "white");

  write_word (writer, "color", colours, style, "color");
  write_word (writer, "labelColor", colours, style, "color");
  write_word (writer, "font", fonts, style, "font");
  write_word (writer, "dash", dashes, style, "dash");
  write_word (writer, "size", is_text ? text_sizes : sizes, style, "size");
  write_word (writer, is_text ? "textAlign" : "align", aligns, style, "textAlign");
  write_text (writer, "fill", !tela_tldr_get_boolean (style, "isFilled") ? "none" : (is_black ? "semi" : "solid"));
  if (is_text)
    write_number (writer, "scale", tela_tldr_get_number (style, "scale", 1));
}

/* @box: left, top, right, bottom of it, about whose middle it turns. */
static void
write_props (TelaJsonWriter *writer,
             TelaJsonSpan    shape,
             const char     *type,
             double          box[4])
{
  g_autofree char *own = tela_tldr_get_string (shape, "type");
  g_autofree char *label = tela_tldr_get_string (shape, "label");
  g_autofree char *text = tela_tldr_get_string (shape, "text");
  g_autofree char *asset = tela_tldr_get_string (shape, "assetId");
  double           radius[2] = { 0 };

  tela_json_writer_name (writer, "props");
  tela_json_writer_begin_object (writer);
  write_style (writer, tela_tldr_get_object (shape, "style"), strcmp (type, "text") == 0);
  write_text (writer, "text", label == NULL ? text : label);
  if (strcmp (type, "geo") == 0)
    write_text (writer, "geo", own);
  if (strcmp (type, "draw") == 0)
    write_ink (writer, shape, box);
  else if (strcmp (type, "arrow") == 0)
    write_arrow (writer, shape, box);
  else if (!get_pair (shape, "size", box + 2) && get_pair (shape, "radius", radius))
    for (guint i = 0; i < 2; i++)
      box[2 + i] = 2 * radius[i];
  write_number (writer, "w", box[2]);
  write_number (writer, "h", box[3]);
  if (asset != NULL)
    {
      g_autofree char *id = g_strconcat ("asset:", asset, NULL);

      write_text (writer, "assetId", id);
    }
  tela_json_writer_end_object (writer);
}

static void
write_shape (TelaJsonWriter *writer,
             TelaJsonSpan    shape,
             const char     *page,
             GHashTable     *groups)
{
  g_autofree char *id = tela_tldr_get_string (shape, "id");
  g_autofree char *own = tela_tldr_get_string (shape, "type");
  g_autofree char *parent = tela_tldr_get_string (shape, "parentId");
  gboolean         is_grouped = parent != NULL && g_hash_table_contains (groups, parent);
  const char      *type = translate (types, own) ?: "unknown";
  g_autofree char *full = g_strconcat (is_grouped ? "shape:" : "page:", is_grouped ? parent : page, NULL);
  double           at[2] = { 0 }, box[4] = { 0 }, centre[2], turned[2];
  TelaTldrPlace    place = { .angle = tela_tldr_get_number (shape, "rotation", 0) };

  if (id == NULL)
    return;
  begin_record (writer, "shape", id, type);
  write_text (writer, "parentId", full);
  write_index (writer, shape);
  write_props (writer, shape, type, box);
  if (strcmp (type, "group") != 0) /* what is in it is on the page, not in the group's own system */
    get_pair (shape, "point", at);
  else
    place.angle = 0;
  centre[0] = (box[0] + box[2]) / 2;
  centre[1] = (box[1] + box[3]) / 2;
  tela_tldr_to_board (place, centre[0], centre[1], turned);
  write_number (writer, "x", at[0] + centre[0] - turned[0]);
  write_number (writer, "y", at[1] + centre[1] - turned[1]);
  write_number (writer, "rotation", place.angle);
  tela_json_writer_end_object (writer);
}

static void
write_binding (TelaJsonWriter *writer,
               TelaJsonSpan    binding)
{
  g_autofree char *from = tela_tldr_get_string (binding, "fromId");
  g_autofree char *to = tela_tldr_get_string (binding, "toId");
  g_autofree char *handle = tela_tldr_get_string (binding, "handleId");
  g_autofree char *from_shape = g_strconcat ("shape:", from, NULL);
  g_autofree char *to_shape = g_strconcat ("shape:", to, NULL);
  double           anchor[2] = { 0.5, 0.5 };

  if (from == NULL || to == NULL || handle == NULL)
    return;
  get_pair (binding, "point", anchor);
  for (guint i = 0; i < 2; i++)
    anchor[i] = CLAMP ((anchor[i] + 0.5) / 2, 0.2, 0.8);
  begin_record (writer, "binding", from, "arrow");
  write_text (writer, "fromId", from_shape);
  write_text (writer, "toId", to_shape);
  tela_json_writer_name (writer, "props");
  tela_json_writer_begin_object (writer);
  write_text (writer, "terminal", handle);
  write_point (writer, "normalizedAnchor", anchor);
  tela_json_writer_name (writer, "isPrecise");
  tela_json_writer_boolean (writer, TRUE);
  tela_json_writer_name (writer, "isExact");
  tela_json_writer_boolean (writer, tela_tldr_get_number (binding, "distance", 1) == 0);
  tela_json_writer_end_object (writer);
  tela_json_writer_end_object (writer);
}

static void
write_asset (TelaJsonWriter *writer,
             TelaJsonSpan    asset)
{
  g_autofree char *id = tela_tldr_get_string (asset, "id");
  g_autofree char *type = tela_tldr_get_string (asset, "type");
  g_autofree char *src = tela_tldr_get_string (asset, "src");
  double           size[2] = { 0 };

  if (id == NULL)
    return;
  get_pair (asset, "size", size);
  begin_record (writer, "asset", id, type == NULL ? "image" : type);
  tela_json_writer_name (writer, "props");
  tela_json_writer_begin_object (writer);
  write_number (writer, "w", size[0]);
  write_number (writer, "h", size[1]);
  write_text (writer, "src", src);
  tela_json_writer_end_object (writer);
  tela_json_writer_end_object (writer);
}

/* The members of @object's member @name that are objects. (element-type TelaJsonSpan) */
static GArray *
list_members (TelaJsonSpan object,
              const char  *name)
{
  GArray        *list = g_array_new (FALSE, FALSE, sizeof (TelaJsonSpan));
  TelaJsonSpan   members = tela_tldr_get_object (object, name), key, value;
  TelaJsonReader reader;

  tela_json_reader_init (&reader, members.data, (gssize) members.len);
  if (tela_json_reader_enter_object (&reader))
    while (tela_json_reader_next_member (&reader, &key) && tela_json_reader_span (&reader, &value))
      if (value.data[0] == '{')
        g_array_append_val (list, value);

  return list;
}

static void
write_page (TelaJsonWriter *writer,
            TelaJsonSpan    page)
{
  g_autofree char *id = tela_tldr_get_string (page, "id");
  g_autofree char *name = tela_tldr_get_string (page, "name");
  g_autoptr (GArray) shapes = list_members (page, "shapes");
  g_autoptr (GArray) bindings = list_members (page, "bindings");
  g_autoptr (GHashTable) groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (id == NULL)
    return;
  begin_record (writer, "page", id, NULL);
  write_text (writer, "name", name);
  write_index (writer, page);
  tela_json_writer_end_object (writer);
  for (guint i = 0; i < shapes->len; i++)
    {
      char *group = tela_tldr_get_string (g_array_index (shapes, TelaJsonSpan, i), "id");

      if (group != NULL && tela_tldr_is (g_array_index (shapes, TelaJsonSpan, i), "type", "group"))
        g_hash_table_add (groups, group);
      else
        g_free (group);
    }
  for (guint i = 0; i < shapes->len; i++)
    write_shape (writer, g_array_index (shapes, TelaJsonSpan, i), id, groups);
  for (guint i = 0; i < bindings->len; i++)
    write_binding (writer, g_array_index (bindings, TelaJsonSpan, i));
}

char *
tela_tldr_upgrade (TelaJsonSpan text,
                   gsize       *len)
{
  TelaJsonSpan document = tela_tldr_get_object (text, "document");
  g_autoptr (GArray) pages = list_members (document, "pages");
  g_autoptr (GArray) assets = list_members (document, "assets");
  GString       *out;
  TelaJsonWriter writer;

  if (pages->len == 0)
    return NULL;

  out = g_string_new (NULL);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "records");
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < assets->len; i++)
    write_asset (&writer, g_array_index (assets, TelaJsonSpan, i));
  for (guint i = 0; i < pages->len; i++)
    write_page (&writer, g_array_index (pages, TelaJsonSpan, i));
  tela_json_writer_end_array (&writer);
  tela_json_writer_end_object (&writer);
  *len = out->len;

  return g_string_free (out, FALSE);
}
