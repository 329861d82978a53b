/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <math.h>

#include "formats-fixture.h"

#define HEAD "{\"tldrawFileFormatVersion\":1,\"schema\":{\"schemaVersion\":2,\"sequences\":{}},\"records\":["
#define PAGE(id, name, index) \
  "{\"typeName\":\"page\",\"id\":\"page:" id "\",\"name\":\"" name "\",\"index\":\"" index "\"},"
#define SHAPE(id, type, parent, x, y, more, props)                                                                     \
  "{\"typeName\":\"shape\",\"id\":\"shape:" id "\",\"type\":\"" type "\",\"parentId\":\"" parent "\",\"index\":\"a" id \
  "\",\"x\":" #x ",\"y\":" #y more ",\"props\":{" props "}}"
#define BOX(id, parent, x, y, geo, props) \
  SHAPE (id, "geo", parent, x, y, "", "\"geo\":\"" geo "\",\"w\":100,\"h\":50" props)

static TelaImport *
read_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  TelaImport *import = tela_format_read (text, strlen (text), fixture_stamp, NULL, "Drawing", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (import->n_skipped + import->n_aside + import->n_renamed, ==, 0);
  return import;
}

static const TelaElement *
get (TelaImport *import,
     guint       i,
     const char *type)
{
  g_assert_cmpuint (i, <, import->elements->len);
  g_assert_cmpstr (tela_element_get_string (import->elements->pdata[i], TELA_KEY_TYPE), ==, type);
  return import->elements->pdata[i];
}

static double
number (const TelaElement *element,
        TelaKey            key)
{
  return tela_element_get_number (element, key, -1);
}

static void
assert_report (TelaImport *import,
               guint       n,
               const char *first)
{
  g_assert_cmpuint (import->report->len, ==, n);
  if (n > 0)
    g_assert_cmpstr (import->report->pdata[0], ==, first);
}

static void
test_shapes (void)
{
  g_autoptr (TelaImport) import = read_good (
      HEAD PAGE ("p", "One", "a1")
          BOX ("1", "page:p", 10, 20, "rectangle", ",\"color\":\"blue\",\"fill\":\"solid\",\"dash\":\"dashed\",\"size\":\"l\",\"text\":\"Hi\",\"font\":\"mono\"") "," BOX (
              "2", "page:p", 0, 0,
              "star", "") "," BOX ("3", "page:p", 0, 0, "heart",
                                   "") "," SHAPE ("4", "note", "page:p", 0, 0, ",\"opacity\":0.5",
                                                  "\"color\":\"green\",\"richText\":{\"type\":\"doc\",\"content\":[{"
                                                  "\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":"
                                                  "\"a\"}]},{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\","
                                                  "\"text\":\"b\"}]}]}") "," SHAPE ("5", "bookmark", "page:p", 0, 0, "",
                                                                                    "\"w\":9,\"h\":9,\"url\":\"https://"
                                                                                    "example.org\"") "," SHAPE ("6",
                                                                                                                "line",
                                                                                                                "page:"
                                                                                                                "p",
                                                                                                                5, 5,
                                                                                                                "",
                                                                                                                "\"poin"
                                                                                                                "ts\":{"
                                                                                                                "\"b\":"
                                                                                                                "{\"ind"
                                                                                                                "ex\":"
                                                                                                                "\"a2\""
                                                                                                                ",\"x\""
                                                                                                                ":10,"
                                                                                                                "\"y\":"
                                                                                                                "0},"
                                                                                                                "\"a\":"
                                                                                                                "{\"ind"
                                                                                                                "ex\":"
                                                                                                                "\"a1\""
                                                                                                                ",\"x\""
                                                                                                                ":0,"
                                                                                                                "\"y\":"
                                                                                                                "0}}") "]}");
  const TelaElement *box = get (import, 0, "rectangle"), *label = get (import, 1, "text"), *note;

  g_assert_cmpfloat (number (box, TELA_KEY_X), ==, 10);
  g_assert_cmpfloat (number (box, TELA_KEY_HEIGHT), ==, 50);
  g_assert_cmpstr (tela_element_get_string (box, TELA_KEY_STROKE_COLOR), ==, "#4465e9");
  g_assert_cmpstr (tela_element_get_string (box, TELA_KEY_BACKGROUND_COLOR), ==, "#dce1f8");
  g_assert_cmpstr (tela_element_get_string (box, TELA_KEY_STROKE_STYLE), ==, "dashed");
  g_assert_cmpfloat (number (box, TELA_KEY_STROKE_WIDTH), ==, 5);
  g_assert_cmpstr (tela_element_get_string (label, TELA_KEY_CONTAINER_ID), ==, "1");
  g_assert_cmpfloat (number (label, TELA_KEY_FONT_FAMILY), ==, 3);
  g_assert_cmpuint (tela_element_get_numbers (get (import, 2, "line"), TELA_KEY_POINTS)->n, ==, 11);
  get (import, 3, "ellipse");
  note = get (import, 4, "rectangle");
  g_assert_cmpfloat (number (note, TELA_KEY_WIDTH), ==, 200);
  g_assert_cmpfloat (number (note, TELA_KEY_OPACITY), ==, 50);
  g_assert_cmpstr (tela_element_get_string (get (import, 5, "text"), TELA_KEY_ORIGINAL_TEXT), ==, "a\nb");
  g_assert_cmpstr (tela_element_get_string (get (import, 6, "embeddable"), TELA_KEY_LINK), ==, "https://example.org");
  g_assert_cmpfloat (tela_element_get_numbers (get (import, 7, "line"), TELA_KEY_POINTS)->v[2], ==, 10);
  assert_report (import, 2, "Shapes of an uncommon form became similar ones: 1.");
}

/* A cross and a tick are lines in a group with their box, as faint as the group that it is in. */
static void
test_marks (void)
{
  g_autoptr (TelaImport) import = read_good (
      HEAD PAGE ("p", "One", "a1") SHAPE ("0", "group", "page:p", 0, 0, ",\"opacity\":0.5", "") "," BOX (
          "1", "shape:0", 0, 0, "x-box", "") "," BOX ("2", "page:p", 0, 0, "check-box", "") "]}");
  const TelaElement *box = get (import, 0, "rectangle");
  TelaValue          groups;

  g_assert_cmpfloat (number (box, TELA_KEY_OPACITY), ==, 50);
  g_assert_true (tela_element_get (get (import, 1, "line"), TELA_KEY_GROUP_IDS, &groups, NULL));
  g_assert_cmpstr (groups.as.string, ==, "[\"1\",\"0\"]");
  g_assert_cmpuint (tela_element_get_numbers (get (import, 2, "line"), TELA_KEY_POINTS)->n, ==, 2);
  get (import, 3, "rectangle");
  g_assert_cmpuint (tela_element_get_numbers (get (import, 4, "line"), TELA_KEY_POINTS)->n, ==, 3);
  assert_report (import, 0, NULL);
}

/* What turns in a frame in a group is where it was; the frame is above what lies in it. */
static void
test_nesting (void)
{
  g_autoptr (TelaImport) import = read_good (HEAD PAGE ("p", "One", "a1") SHAPE (
      "1", "group", "page:p", 100, 100, ",\"rotation\":1.5707963267948966",
      "") "," BOX ("2", "shape:1", 0, 0, "rectangle",
                   "") "," SHAPE ("3", "frame", "page:p", 500, 500, "",
                                  "\"w\":300,\"h\":200,\"name\":\"F\"") "," BOX ("4", "shape:3", 10, 10, "diamond",
                                                                                 "") "]}");
  const TelaElement *turned = get (import, 0, "rectangle"), *inner = get (import, 1, "diamond"),
                    *frame = get (import, 2, "frame");

  /* Its middle was at 50, 25 of a group that is turned by a quarter. */
  g_assert_cmpfloat_with_epsilon (number (turned, TELA_KEY_X), 100 - 25 - 50, 1e-6);
  g_assert_cmpfloat_with_epsilon (number (turned, TELA_KEY_Y), 100 + 50 - 25, 1e-6);
  g_assert_cmpfloat_with_epsilon (number (turned, TELA_KEY_ANGLE), G_PI_2, 1e-6);
  g_assert_cmpfloat (number (inner, TELA_KEY_X), ==, 510);
  g_assert_cmpstr (tela_element_get_string (inner, TELA_KEY_FRAME_ID), ==, "3");
  g_assert_cmpstr (tela_element_get_string (frame, TELA_KEY_NAME), ==, "F");
  assert_report (import, 0, NULL);
}

static void
check_arrow (const char *arrow_props,
             const char *more)
{
  g_autofree char *text = g_strdup_printf (
      HEAD PAGE ("p", "One", "a1") "%s,%s,{\"typeName\":\"shape\",\"id\":\"shape:3\",\"type\":\"arrow\",\"parentId\":"
                                   "\"page:p\",\"index\":\"a3\",\"x\":50,\"y\":25,\"props\":{%s}}%s]}",
      BOX ("1", "page:p", 0, 0, "rectangle", ""), BOX ("2", "page:p", 300, 0, "ellipse", ""), arrow_props, more);
  g_autoptr (TelaImport) import = read_good (text);
  const TelaElement *arrow = get (import, 2, "arrow");
  TelaValue          value;
  TelaJsonSpan       target;

  g_assert_cmpfloat_with_epsilon (number (arrow, TELA_KEY_X), 105, 0.1); /* at the outline and a gap */
  g_assert_cmpfloat_with_epsilon (number (arrow, TELA_KEY_WIDTH), 190, 0.2);
  g_assert_true (tela_element_get (arrow, TELA_KEY_END_BINDING, &value, NULL));
  g_assert_cmpint (value.kind, ==, TELA_VALUE_JSON);
  g_assert_true (tela_json_find ((TelaJsonSpan){ value.as.string, strlen (value.as.string) }, "elementId", &target));
  g_assert_true (TELA_JSON_SPAN_IS (target, "\"2\""));
  g_assert_cmpstr (tela_element_get_string (arrow, TELA_KEY_END_ARROWHEAD), ==, "arrow");
  g_assert_cmpstr (tela_element_get_string (get (import, 3, "text"), TELA_KEY_CONTAINER_ID), ==, "3");
}

static void
test_arrows (void)
{
  check_arrow (
      "\"start\":{\"type\":\"binding\",\"boundShapeId\":\"shape:1\",\"normalizedAnchor\":{\"x\":0.5,\"y\":0.5}},"
      "\"end\":{\"type\":\"binding\",\"boundShapeId\":\"shape:2\",\"normalizedAnchor\":{\"x\":0.1,\"y\":0.9},"
      "\"isPrecise\":false},"
      "\"arrowheadEnd\":\"arrow\",\"bend\":0,\"text\":\"to\"",
      "");
  check_arrow (
      "\"start\":{\"x\":0,\"y\":0},\"end\":{\"x\":9,\"y\":9},\"arrowheadEnd\":\"arrow\",\"bend\":0,\"text\":\"to\"",
      ",{\"typeName\":\"binding\",\"id\":\"binding:1\",\"type\":\"arrow\",\"fromId\":\"shape:3\",\"toId\":\"shape:1\","
      "\"props\":{\"terminal\":\"start\"}}"
      ",{\"typeName\":\"binding\",\"id\":\"binding:2\",\"type\":\"arrow\",\"fromId\":\"shape:3\",\"toId\":\"shape:2\","
      "\"props\":{\"terminal\":\"end\",\"isPrecise\":true,\"normalizedAnchor\":{\"x\":0.5,\"y\":0.5}}}");
}

/* The old list of points, and both packed forms of it. */
static void
test_ink (gconstpointer segment)
{
  g_autofree char *text = g_strdup_printf (
      HEAD PAGE ("p", "One", "a1") SHAPE ("1", "draw", "page:p", 7, 0, "", "\"isPen\":true,\"segments\":[%s]") "]}",
      (const char *) segment);
  g_autoptr (TelaImport) import = read_good (text);
  const TelaElement *ink = get (import, 0, "freedraw");
  const TelaNumbers *points = tela_element_get_numbers (ink, TELA_KEY_POINTS),
                    *pressures = tela_element_get_numbers (ink, TELA_KEY_PRESSURES);

  g_assert_cmpfloat (number (ink, TELA_KEY_X), ==, 8);
  g_assert_cmpuint (points->n, ==, 2);
  g_assert_cmpfloat (points->v[2], ==, 2);
  g_assert_cmpfloat (points->v[3], ==, -4);
  g_assert_cmpfloat (pressures->v[0], ==, 0.5);
  g_assert_cmpfloat (pressures->v[1], ==, 0.25);
}

static void
test_image (void)
{
  g_autoptr (TelaImport)
      import =
          read_good (HEAD PAGE ("p", "One", "a1") "{\"typeName\":\"asset\",\"id\":\"asset:1\",\"type\":\"image\","
                                                  "\"props\":{\"w\":20,\"h\":10,\"src\":\"data:image/"
                                                  "gif;base64,R0lGODlhAQABAAAAADs=\"}}," SHAPE (
                                                      "1", "image", "page:p", 0, 0, "",
                                                      "\"w\":100,\"h\":50,\"assetId\":\"asset:1\",\"flipX\":true,"
                                                      "\"crop\":{\"topLeft\":{\"x\":0.5,\"y\":0},\"bottomRight\":{"
                                                      "\"x\":1,\"y\":1}}") "," SHAPE ("2", "image", "page:p", 0, 0, "",
                                                                                      "\"w\":100,\"h\":50,\"assetId\":"
                                                                                      "\"asset:2\"") "]}");
  const TelaElement *image = get (import, 0, "image");
  TelaJsonSpan       width;
  TelaValue          crop;

  g_assert_cmpuint (g_hash_table_size (import->assets), ==, 1);
  g_assert_cmpfloat (tela_element_get_numbers (image, TELA_KEY_SCALE)->v[0], ==, -1);
  g_assert_true (tela_element_get (image, TELA_KEY_CROP, &crop, NULL));
  g_assert_true (tela_json_find ((TelaJsonSpan){ crop.as.string, strlen (crop.as.string) }, "width", &width));
  g_assert_true (TELA_JSON_SPAN_IS (width, "10"));
  assert_report (import, 1, "Images that are not in the file, or too large, were left out: 1.");
}

static void
test_pages (void)
{
  g_autoptr (TelaImport) import = read_good (HEAD PAGE ("q", "Two", "a2") PAGE ("p", "One", "a1") BOX (
      "1", "page:p", -500, 0, "rectangle", "") "," BOX ("2", "page:q", 9000, 10, "rectangle", "") "]}");
  const TelaElement *one = get (import, 1, "frame"), *two = get (import, 3, "frame");

  g_assert_cmpstr (tela_element_get_string (one, TELA_KEY_NAME), ==, "One");
  g_assert_cmpstr (tela_element_get_string (two, TELA_KEY_NAME), ==, "Two");
  g_assert_cmpfloat (number (one, TELA_KEY_X), ==, 0);
  g_assert_cmpfloat (number (one, TELA_KEY_WIDTH), ==, 180);
  g_assert_cmpfloat (number (two, TELA_KEY_X), ==, 280);
  g_assert_cmpfloat (number (get (import, 2, "rectangle"), TELA_KEY_X), ==, 320);
  g_assert_cmpstr (tela_element_get_string (get (import, 2, "rectangle"), TELA_KEY_FRAME_ID), ==, "page:q");
}

static void
test_bad (void)
{
  static const struct
  {
    const char *text, *message;
  } cases[] = {
    { "{\"tldrawFileFormatVersion\":1}", "records: missing, or not an array" },
    { "{\"tldrawFileFormatVersion\":1,\"records\":{}}", "records: missing, or not an array" },
    { "{\"tldrawFileFormatVersion\":1,\"records\":[", "line 1, column 41: *" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      TelaImport *import = tela_format_read (cases[i].text, strlen (cases[i].text), fixture_stamp, NULL, NULL, &error);

      g_assert_null (import);
      g_assert_nonnull (error);
      if (!g_pattern_match_simple (cases[i].message, error->message))
        g_error ("%s: %s", cases[i].text, error->message);
    }
}

/* Parents in a ring hang on no page, and are not looked for in vain. */
static void
test_ring (void)
{
  g_autoptr (TelaImport) import = read_good (HEAD PAGE ("p", "One", "a1") SHAPE (
      "1", "group", "shape:2", 0, 0, "", "") "," SHAPE ("2", "group", "shape:1", 0, 0, "", "") "]}");

  g_assert_cmpuint (import->elements->len, ==, 1); /* the board's own */
}

/* A file of tldraw 1, as of 2022. */
static void
test_first_version (void)
{
  g_autoptr (TelaImport) import = read_good (
      "{\"name\":\"Old\",\"fileHandle\":null,\"document\":{\"id\":\"doc\",\"version\":15.5,\"pages\":{\"p\":{\"id\":\"p\","
      "\"name\":\"One\",\"childIndex\":1,\"shapes\":{"
      "\"a\":{\"id\":\"a\",\"type\":\"rectangle\",\"parentId\":\"g\",\"childIndex\":2,\"point\":[100,100],"
      "\"size\":[100,50],\"rotation\":1.5707963267948966,"
      "\"style\":{\"color\":\"red\",\"size\":\"small\",\"isFilled\":true,\"dash\":\"dashed\"},\"label\":\"Words\"},"
      "\"b\":{\"id\":\"b\",\"type\":\"ellipse\",\"parentId\":\"g\",\"childIndex\":1,\"point\":[300,0],\"radius\":[30,20],"
      "\"style\":{\"color\":\"Black\"}},"
      "\"g\":{\"id\":\"g\",\"type\":\"group\",\"parentId\":\"p\",\"childIndex\":1,\"point\":[100,0],\"size\":[260,150],"
      "\"children\":[\"b\",\"a\"],\"style\":{}},"
      "\"c\":{\"id\":\"c\",\"type\":\"draw\",\"parentId\":\"p\",\"childIndex\":10,\"point\":[0,200],"
      "\"points\":[[0,0,0.5],[10,5,0.5],[20,0]],\"style\":{\"color\":\"blue\"}},"
      "\"d\":{\"id\":\"d\",\"type\":\"arrow\",\"parentId\":\"p\",\"childIndex\":9,\"point\":[400,300],\"bend\":0,"
      "\"handles\":{\"start\":{\"point\":[0,0],\"bindingId\":\"x\"},\"end\":{\"point\":[50,0]}},"
      "\"decorations\":{\"end\":\"Arrow\"},\"style\":{}}},"
      "\"bindings\":{\"x\":{\"id\":\"x\",\"fromId\":\"d\",\"toId\":\"b\",\"handleId\":\"start\",\"point\":[0.5,0.5],"
      "\"distance\":16}}}},\"assets\":{}},\"assets\":{}}");
  const TelaElement *ellipse = get (import, 0, "ellipse");
  const TelaElement *box = get (import, 1, "rectangle");
  const TelaElement *text = get (import, 2, "text");
  const TelaElement *arrow = get (import, 3, "arrow");

  g_assert_cmpfloat (number (ellipse, TELA_KEY_X), ==, 300);
  g_assert_cmpfloat (number (ellipse, TELA_KEY_WIDTH), ==, 60);
  g_assert_cmpfloat (number (ellipse, TELA_KEY_HEIGHT), ==, 40);
  g_assert_cmpfloat_with_epsilon (number (box, TELA_KEY_X), 100, 1e-6);
  g_assert_cmpfloat_with_epsilon (number (box, TELA_KEY_Y), 100, 1e-6);
  g_assert_cmpfloat_with_epsilon (number (box, TELA_KEY_ANGLE), G_PI_2, 1e-6);
  g_assert_cmpstr (tela_element_get_string (box, TELA_KEY_STROKE_STYLE), ==, "dashed");
  g_assert_cmpstr (tela_element_get_string (text, TELA_KEY_TEXT), ==, "Words");
  g_assert_cmpstr (tela_element_get_string (text, TELA_KEY_CONTAINER_ID), ==, "a");
  g_assert_cmpstr (tela_element_get_string (arrow, TELA_KEY_END_ARROWHEAD), ==, "arrow");
  g_assert_null (tela_element_get_string (arrow, TELA_KEY_START_ARROWHEAD));
  get (import, 4, "freedraw");
  g_assert_cmpfloat (number (import->elements->pdata[4], TELA_KEY_WIDTH), ==, 20);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tldr/marks", test_marks);
  g_test_add_func ("/tldr/first-version", test_first_version);
  g_test_add_func ("/tldr/shapes", test_shapes);
  g_test_add_func ("/tldr/nesting", test_nesting);
  g_test_add_func ("/tldr/arrows", test_arrows);
  g_test_add_data_func ("/tldr/ink/list",
                        "{\"type\":\"free\",\"points\":[{\"x\":1,\"y\":2,\"z\":0.5},{\"x\":3,\"y\":-2,\"z\":0.25}]}",
                        test_ink);
  g_test_add_data_func ("/tldr/ink/halves", "{\"type\":\"free\",\"points\":\"ADwAQAA4AEIAwAA0\"}", test_ink);
  g_test_add_data_func ("/tldr/ink/deltas", "{\"type\":\"free\",\"path\":\"AACAPwAAAEAAAAA/AEAAxAC0\"}", test_ink);
  g_test_add_func ("/tldr/image", test_image);
  g_test_add_func ("/tldr/pages", test_pages);
  g_test_add_func ("/tldr/bad", test_bad);
  g_test_add_func ("/tldr/ring", test_ring);
  return g_test_run ();
}
