/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "wild.h"

#include <string.h>

#define MAX_ELEMENTS 30
#define MAX_POINTS 40
#define MAX_DEPTH 4

typedef enum
{
  NUMBER,
  COUNT, /* a whole number */
  COLOUR,
  TEXT,
  BOOLEAN,
  POINTS,
  PRESSURES,
  BINDING,
  BOUND,
  REFERENCE,
  REFERENCES,
  GROUPS,
  INDEX,
  ANY,
  FONT,
  ROUNDNESS,
} Kind;

typedef struct
{
  const char *name;
  Kind        kind;
} Field;

/* What is written now, and what was once. */
static const Field fields[] = {
  { "x", NUMBER },
  { "y", NUMBER },
  { "width", NUMBER },
  { "height", NUMBER },
  { "angle", NUMBER },
  { "strokeColor", COLOUR },
  { "backgroundColor", COLOUR },
  { "fillStyle", TEXT },
  { "strokeWidth", NUMBER },
  { "strokeStyle", TEXT },
  { "roughness", NUMBER },
  { "opacity", NUMBER },
  { "groupIds", GROUPS },
  { "frameId", REFERENCE },
  { "roundness", ROUNDNESS },
  { "strokeSharpness", TEXT },
  { "seed", COUNT },
  { "version", COUNT },
  { "versionNonce", COUNT },
  { "isDeleted", BOOLEAN },
  { "boundElements", BOUND },
  { "boundElementIds", REFERENCES },
  { "updated", COUNT },
  { "link", TEXT },
  { "locked", BOOLEAN },
  { "index", INDEX },
  { "customData", ANY },
  { "points", POINTS },
  { "lastCommittedPoint", ANY },
  { "startBinding", BINDING },
  { "endBinding", BINDING },
  { "startArrowhead", TEXT },
  { "endArrowhead", TEXT },
  { "elbowed", BOOLEAN },
  { "fixedSegments", ANY },
  { "polygon", BOOLEAN },
  { "pressures", PRESSURES },
  { "simulatePressure", BOOLEAN },
  { "strokeOptions", ANY },
  { "text", TEXT },
  { "rawText", TEXT },
  { "originalText", TEXT },
  { "fontSize", NUMBER },
  { "fontFamily", FONT },
  { "font", TEXT },
  { "textAlign", TEXT },
  { "verticalAlign", TEXT },
  { "baseline", NUMBER },
  { "lineHeight", NUMBER },
  { "autoResize", BOOLEAN },
  { "containerId", REFERENCE },
  { "fileId", REFERENCE },
  { "status", TEXT },
  { "scale", ANY },
  { "crop", ANY },
  { "name", TEXT },
  { "validated", BOOLEAN },
  { "hasTextLink", BOOLEAN },
  { "rawContent", ANY },
  { "isCollapsed", ANY },
  { "shape", ANY },
  { "canvas", ANY },
  { "canvasZoom", NUMBER },
  { "base", ANY },
  { "=base", ANY },
  { "tela:file", ANY },
  { "\\u0078\\u0079", ANY },
  { "", ANY },
};

static const char *const types[] = { "rectangle", "diamond", "ellipse", "arrow", "line", "freedraw", "draw", "text", "image", "frame", "magicframe",
                                     "embeddable", "iframe", "selection", "hologram" };
static const char *const numbers[] = { "0", "-0", "1", "1.0", "1e3", "1E+2", "-1.5e-3", "123.45678901234568", "0.1", "1e-7", "-12.50", "2.220446049250313e-16",
                                       "100", "20", "-250.75", "6.283185307179586", "9999999", "10000001", "1e22", "5e-324", "1.7976931348623157e308" };
static const char *const counts[] = { "0", "1", "2", "4294967295", "2147483648", "-1", "1700000000000", "9007199254740993", "12345678901234567890", "1.0", "3.5", "1e3" };
static const char *const colours[] = { "#000000", "#1e1e1e", "#f00", "#ff000080", "transparent", "red", "", "rgb(1, 2, 3)", "var(--color)", "#zzz" };
static const char *const texts[] = { "", "solid", "hachure", "dots", "dashed", "arrow", "triangle_outline", "crowfoot_many", "center", "middle", "round", "sharp", "20px Virgil",
                                     "caf\\u00e9", "caf\303\251", "\\ud83d\\ude00", "\360\237\230\200", "a\\nb\\r\\nc", "tab\\tquote\\\"slash\\/back\\\\", "\\b\\f\\u0001\\u007f",
                                     "https://example.org/?a=b&c=%20", "\\u2028\\u2029\\ufeff", "\327\251\327\234\327\225\327\235", "<b>&amp;</b>", "line one\\nline two\\n", "{\\\"json\\\":1}" };
static const char *const fonts[] = { "1", "2", "3", "5", "6", "7", "8", "9", "10", "0", "-1", "99", "\"Virgil\"", "\"Excalifont\"", "\"Comic Shanns\"", "1.0" };
static const char *const roots[] = { "name", "board", "stamps", "prevTextMode", "scrollToContent", "excalidraw-plugin", "libraryItems", "$schema", "\\u00e9", "" };
static const char *const states[] = { "viewBackgroundColor", "gridSize", "gridStep", "gridModeEnabled", "lockedMultiSelections", "currentItemFontFamily", "zoom", "scrollX",
                                      "collaborators", "theme", "selectedElementIds", "editingElement", "exportScale", "toast" };

static guint
pick (GRand *rand,
      guint  below)
{
  return g_rand_int (rand) % below;
}

static gboolean
chance (GRand *rand,
        guint  percent)
{
  return pick (rand, 100) < percent;
}

#define PICK(rand, list) ((list)[pick (rand, G_N_ELEMENTS (list))])

static void
add_text (GString    *out,
          const char *text)
{
  g_string_append_printf (out, "\"%s\"", text);
}

static void
add_id (GRand   *rand,
        GString *out,
        guint    i)
{
  static const char *const odd[] = { "board", "caf\\u00e9", "with space", "0123456789012345678901234567890123456789012345678901234567890123456789", "\\ud83d\\ude00", "" };

  if (i % 7 == 6)
    g_string_append_printf (out, "\"%s%u\"", odd[i / 7 % G_N_ELEMENTS (odd)], i);
  else if (i == 5)
    add_text (out, "board");
  else
    g_string_append_printf (out, "\"el-%u_%c\"", i, 'a' + (char) (i % 26));
}

static void
add_reference (GRand   *rand,
               GString *out)
{
  if (chance (rand, 10))
    add_text (out, "nobody");
  else
    add_id (rand, out, pick (rand, MAX_ELEMENTS));
}

static void
add_any (GRand   *rand,
         GString *out,
         guint    depth)
{
  guint n = pick (rand, 4);

  switch (pick (rand, depth < MAX_DEPTH ? 8 : 6))
    {
    case 0:
      g_string_append (out, "null");
      break;
    case 1:
      g_string_append (out, chance (rand, 50) ? "true" : "false");
      break;
    case 2:
    case 3:
      g_string_append (out, PICK (rand, numbers));
      break;
    case 4:
      g_string_append (out, PICK (rand, counts));
      break;
    case 5:
      add_text (out, PICK (rand, texts));
      break;
    case 6:
      g_string_append (out, "[ ");
      for (guint i = 0; i < n; i++)
        {
          g_string_append (out, i > 0 ? ", " : "");
          add_any (rand, out, depth + 1);
        }
      g_string_append (out, "]");
      break;
    default:
      g_string_append (out, "{");
      for (guint i = 0; i < n; i++)
        {
          g_string_append_printf (out, "%s\"%u%s\" : ", i > 0 ? ",\n\t" : "", i, PICK (rand, texts));
          add_any (rand, out, depth + 1);
        }
      g_string_append (out, "}");
      break;
    }
}

/* Pairs, sometimes with pressure as a third number, sometimes objects. */
static void
add_points (GRand   *rand,
            GString *out)
{
  guint n = pick (rand, MAX_POINTS), form = pick (rand, 12);

  g_string_append_c (out, '[');
  for (guint i = 0; i < n; i++)
    {
      const char *x = PICK (rand, numbers), *y = PICK (rand, numbers);

      if (i > 0)
        g_string_append_c (out, ',');
      if (form == 0)
        g_string_append_printf (out, "{\"x\":%s,\"y\":%s}", x, y);
      else if (form == 1)
        g_string_append_printf (out, "[%s,%s,0.5]", x, y);
      else
        g_string_append_printf (out, "[%s, %s]", i == 0 ? "0" : x, i == 0 ? "0" : y);
    }
  g_string_append_c (out, ']');
}

static void
add_list (GRand   *rand,
          GString *out,
          Kind     kind)
{
  guint n = pick (rand, kind == PRESSURES ? MAX_POINTS : 4);

  g_string_append_c (out, '[');
  for (guint i = 0; i < n; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      if (kind == BOUND)
        g_string_append (out, "{\"id\":");
      if (kind == PRESSURES)
        g_string_append (out, PICK (rand, numbers));
      else if (kind == GROUPS)
        g_string_append_printf (out, "\"group %u\"", pick (rand, 3));
      else
        add_reference (rand, out);
      if (kind == BOUND)
        g_string_append (out, chance (rand, 50) ? ",\"type\":\"arrow\"}" : ",\"type\":\"text\",\"more\":[1.0]}");
    }
  g_string_append_c (out, ']');
}

static void
add_binding (GRand   *rand,
             GString *out)
{
  g_string_append (out, "{\"elementId\":");
  add_reference (rand, out);
  if (chance (rand, 70))
    g_string_append_printf (out, ",\"focus\":%s,\"gap\":%s", PICK (rand, numbers), PICK (rand, numbers));
  if (chance (rand, 40))
    g_string_append_printf (out, ",\"fixedPoint\":%s", chance (rand, 30) ? "null" : "[0.5001, -0.1]");
  if (chance (rand, 20))
    g_string_append (out, ",\"mode\":\"orbit\"");
  g_string_append_c (out, '}');
}

static void
add_value (GRand   *rand,
           GString *out,
           Kind     kind,
           guint    i)
{
  static const char *const bools[] = { "true", "false", "false", "false" };
  static const char *const round[] = { "null", "{\"type\":3}", "{ \"type\": 2 }", "{\"type\":3,\"value\":32.0}", "\"round\"", "{\"type\":1,\"x\":null}" };

  if (chance (rand, 6))
    g_string_append (out, "null");
  else if (chance (rand, 3))
    add_any (rand, out, 0);
  else if (kind == NUMBER)
    g_string_append (out, PICK (rand, numbers));
  else if (kind == COUNT)
    g_string_append (out, PICK (rand, counts));
  else if (kind == COLOUR)
    add_text (out, PICK (rand, colours));
  else if (kind == TEXT)
    add_text (out, PICK (rand, texts));
  else if (kind == BOOLEAN)
    g_string_append (out, PICK (rand, bools));
  else if (kind == POINTS)
    add_points (rand, out);
  else if (kind == BINDING)
    add_binding (rand, out);
  else if (kind == REFERENCE)
    add_reference (rand, out);
  else if (kind == INDEX)
    g_string_append_printf (out, "\"a%c\"", "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[i % 62]);
  else if (kind == FONT)
    g_string_append (out, PICK (rand, fonts));
  else if (kind == ROUNDNESS)
    g_string_append (out, PICK (rand, round));
  else if (kind == ANY)
    add_any (rand, out, 0);
  else
    add_list (rand, out, kind);
}

/* @missing: percent of the fields. @has_index: as files of today. */
static void
add_element (GRand   *rand,
             GString *out,
             guint    i,
             guint    missing,
             gboolean has_index)
{
  g_string_append (out, "{\"id\": ");
  add_id (rand, out, i);
  if (!chance (rand, 2))
    g_string_append_printf (out, ", \"type\": \"%s\"", PICK (rand, types));
  for (guint f = 0; f < G_N_ELEMENTS (fields); f++)
    {
      if (fields[f].kind == INDEX ? !has_index && !chance (rand, 2) : chance (rand, missing))
        continue;
      g_string_append_printf (out, ",\n  \"%s\":", fields[f].name);
      add_value (rand, out, fields[f].kind, i);
    }
  g_string_append_c (out, '}');
}

static void
add_elements (GRand   *rand,
              GString *out)
{
  guint    n = pick (rand, MAX_ELEMENTS + 1), missing = pick (rand, 100);
  gboolean has_index = chance (rand, 50);

  g_string_append_c (out, '[');
  for (guint i = 0; i < n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      add_element (rand, out, i, missing, has_index);
    }
  g_string_append_c (out, ']');
}

static void
add_members (GRand             *rand,
             GString           *out,
             const char *const *names,
             guint              n)
{
  gboolean any = FALSE;

  g_string_append_c (out, '{');
  for (guint i = 0; i < n; i++)
    {
      if (chance (rand, 40))
        continue;
      g_string_append_printf (out, "%s\"%s\":", any ? "," : "", names[i]);
      add_any (rand, out, 0);
      any = TRUE;
    }
  g_string_append_c (out, '}');
}

static void
add_files (GRand   *rand,
           GString *out)
{
  static const char *const urls[] = { "\"data:image/png;base64,aGVsbG8=\"", "\"data:image/png;base64,aGVsbG8\"", "\"data:image/svg+xml;base64,PHN2Zy8+\"",
                                      "\"data:image/jpeg;base64,\"", "null", "\"https://example.org/a.png\"", "\"data:text/plain,hi\"", "\"\"" };
  guint                    n = pick (rand, 5);

  g_string_append_c (out, '{');
  for (guint i = 0; i < n; i++)
    {
      g_string_append_printf (out, "%s\"file%u\":{\"mimeType\":\"image/png\",\"id\":\"file%u\",\"dataURL\":%s", i > 0 ? "," : "", i, i, PICK (rand, urls));
      if (chance (rand, 60))
        g_string_append_printf (out, ",\"created\":%s,\"lastRetrieved\":%s", PICK (rand, counts), PICK (rand, counts));
      if (chance (rand, 30))
        {
          g_string_append (out, ",\"version\":");
          add_any (rand, out, 0);
        }
      g_string_append_c (out, '}');
    }
  g_string_append_c (out, '}');
}

char *
wild_drawing (GRand *rand)
{
  GString *out = g_string_new (chance (rand, 5) ? "\357\273\277{" : "{");

  /* These two are there in any case when it is saved: other readers refuse files without. */
  g_string_append_printf (out, "\"type\":\"excalidraw\",\"version\":%s,", PICK (rand, counts));
  if (!chance (rand, 20))
    g_string_append_printf (out, "\"source\":\"%s\",", PICK (rand, texts));
  for (guint i = 0; i < G_N_ELEMENTS (roots); i++)
    if (chance (rand, 10) && (strcmp (roots[i], "libraryItems") != 0))
      {
        g_string_append_printf (out, "\"%s\" : ", roots[i]);
        add_any (rand, out, 0);
        g_string_append (out, ",\r\n");
      }
  if (!chance (rand, 20))
    {
      g_string_append (out, "\"files\":");
      add_files (rand, out);
      g_string_append_c (out, ',');
    }
  g_string_append (out, "\"elements\":");
  add_elements (rand, out);
  if (!chance (rand, 15))
    {
      g_string_append (out, ",\"appState\":");
      add_members (rand, out, states, G_N_ELEMENTS (states));
    }
  g_string_append (out, "}\n");
  return g_string_free (out, FALSE);
}

char *
wild_library (GRand *rand)
{
  gboolean is_old = chance (rand, 30);
  GString *out = g_string_new ("{\"type\":\"excalidrawlib\",");
  guint    n = 1 + pick (rand, 4);

  g_string_append (out, is_old ? "\"version\":1,\"library\":[" : "\"version\":2,\"source\":\"x\",\"libraryItems\":[");
  for (guint i = 0; i < n; i++)
    {
      g_string_append (out, i > 0 ? "," : "");
      if (!is_old)
        {
          g_string_append_printf (out, "{\"id\":\"item%u\",\"status\":\"published\",\"created\":%s,\"elements\":", i, PICK (rand, counts));
          add_elements (rand, out);
          g_string_append_printf (out, ",\"name\":\"%s\",\"error\":\"%s\",\"more\":", PICK (rand, texts), PICK (rand, texts));
          add_any (rand, out, 0);
          g_string_append_c (out, '}');
        }
      else
        add_elements (rand, out);
    }
  g_string_append (out, "],\"extra\":");
  add_any (rand, out, 0);
  g_string_append (out, "}");
  return g_string_free (out, FALSE);
}
