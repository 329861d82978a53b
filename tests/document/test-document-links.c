/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-attach.h"

#include <math.h>
#include <string.h>

#define N_IDS 24
#define N_EDITS 3000

static guint64 now = 10;

static TelaElement *
read_element (const char *json)
{
  TelaJsonReader reader;
  g_autoptr (GError) error = NULL;
  TelaElement *element;

  tela_json_reader_init (&reader, json, -1);
  element = tela_element_read_plain (&reader, NULL, (TelaStamp){ .time = ++now }, NULL, &error);
  g_assert_no_error (error);

  return element;
}

static void
put (TelaBoard  *board,
     const char *json)
{
  g_autoptr (TelaElement) element = read_element (json);

  tela_board_merge (board, &element, 1);
}

static void
merge (TelaBoard *board,
       GPtrArray *ops)
{
  now++;
  for (guint i = 0; i < ops->len; i++)
    {
      g_autoptr (TelaElement) op = tela_element_restamp (ops->pdata[i], (TelaStamp){ .time = now });

      tela_board_merge (board, &op, 1);
    }
}

static GPtrArray *
pick (TelaBoard  *board,
      const char *ids)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_auto (GStrv) each = g_strsplit (ids, " ", -1);

  for (guint i = 0; each[i] != NULL; i++)
    g_ptr_array_add (list, tela_element_ref (tela_board_lookup_shown (board, each[i])));

  return list;
}

static GPtrArray *
shifted (GPtrArray *elements,
         double     dx,
         double     dy)
{
  GPtrArray *ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);

  for (guint i = 0; i < elements->len; i++)
    {
      TelaOpBuilder *op = tela_op_builder_new (tela_element_get_id (elements->pdata[i]));

      tela_op_builder_set_number (op, TELA_KEY_X, tela_element_get_number (elements->pdata[i], TELA_KEY_X, 0) + dx);
      tela_op_builder_set_number (op, TELA_KEY_Y, tela_element_get_number (elements->pdata[i], TELA_KEY_Y, 0) + dy);
      g_ptr_array_add (ops, tela_op_builder_end (op, (TelaStamp){ 0 }));
    }

  return ops;
}

/* The binding as it is written; "null" without one. */
static const char *
binding (TelaBoard *board,
         TelaKey    key)
{
  TelaValue value;

  if (!tela_element_get (tela_board_lookup_shown (board, "l"), key, &value, NULL) || value.kind != TELA_VALUE_JSON)
    return "null";

  return value.as.string;
}

static double
number (TelaBoard  *board,
        const char *id,
        TelaKey     key)
{
  return tela_element_get_number (tela_board_lookup_shown (board, id), key, (double) NAN);
}

static const char *
name_of (int number)
{
  static char names[N_IDS + 1][8];

  g_snprintf (names[number], sizeof names[number], "e%d", number);

  return names[number];
}

/* A quoted name, or null. (transfer full) */
static char *
random_name (GRand *dice)
{
  if (g_rand_boolean (dice))
    return g_strdup ("null");

  return g_strdup_printf ("\"%s\"", name_of (g_rand_int_range (dice, 0, N_IDS)));
}

static TelaElement *
random_element (GRand *dice)
{
  static const char *const types[] = { "rectangle", "arrow", "text", "frame" };
  g_autofree char         *start = random_name (dice);
  g_autofree char         *end = random_name (dice);
  g_autofree char         *container = random_name (dice);
  g_autofree char         *frame = random_name (dice);
  g_autofree char         *json =
      g_strdup_printf ("{\"id\":\"%s\",\"type\":\"%s\",\"x\":%d,\"y\":%d,\"width\":40,\"height\":30,\"text\":\"x\","
                       "\"points\":[[0,0],[40,30]],\"isDeleted\":%s,\"startBinding\":{\"elementId\":%s},"
                       "\"endBinding\":{\"elementId\":%s,\"mode\":\"orbit\",\"fixedPoint\":[0.1,1]},"
                       "\"containerId\":%s,\"frameId\":%s,\"groupIds\":[\"g%d\",\"g%d\"]}",
                       name_of (g_rand_int_range (dice, 0, N_IDS)), types[g_rand_int_range (dice, 0, 4)],
                       g_rand_int_range (dice, 0, 500), g_rand_int_range (dice, 0, 500),
                       g_rand_int_range (dice, 0, 5) == 0 ? "true" : "false", start, end, container, frame,
                       g_rand_int_range (dice, 0, 3), g_rand_int_range (dice, 0, 3));

  return read_element (json);
}

static gboolean
names (const TelaElement *element,
       const char        *name)
{
  static const TelaKnownKey keys[] = { TELA_KEY_START_BINDING, TELA_KEY_END_BINDING, TELA_KEY_GROUP_IDS,
                                       TELA_KEY_CONTAINER_ID, TELA_KEY_FRAME_ID };
  g_autofree char          *quoted = g_strdup_printf ("\"%s\"", name);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      TelaValue value;

      if (!tela_element_get (element, keys[i], &value, NULL))
        continue;
      if (value.kind == TELA_VALUE_STRING ? strcmp (value.as.string, name) == 0
                                          : value.kind == TELA_VALUE_JSON && strstr (value.as.string, quoted) != NULL)
        return TRUE;
    }

  return FALSE;
}

/* The index says what a look at every element would. */
static void
assert_linked (TelaBoard  *board,
               const char *name)
{
  g_autoptr (GPtrArray) all = tela_board_query (board, NULL);
  g_autoptr (GHashTable) one = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) linked = NULL;
  guint n = 0;

  g_hash_table_add (one, (gpointer) name);
  linked = tela_board_find_linked (board, one);
  for (guint i = 0; i < all->len; i++)
    if (names (all->pdata[i], name))
      {
        g_assert_cmpuint (n, <, linked->len);
        g_assert_true (linked->pdata[n] == all->pdata[i]);
        n++;
      }
  g_assert_cmpuint (linked->len, ==, n);
}

/* Edits, deletions and gestures in any order. */
static void
test_index (void)
{
  g_autoptr (GRand) dice = g_rand_new_with_seed (3);
  g_autoptr (TelaBoard) board = tela_board_new ("p");

  for (guint i = 0; i < N_EDITS; i++)
    {
      g_autoptr (TelaElement) element = random_element (dice);
      const char *gesture = g_rand_boolean (dice) ? "one" : "two";
      const char *id = tela_element_get_id (element);

      switch (g_rand_int_range (dice, 0, 6))
        {
        case 0:
          tela_board_set_veil (board, 7, gesture, &element, 1);
          break;
        case 1:
          tela_board_drop_veil (board, 7, gesture);
          break;
        case 2:
          tela_board_replace (board, &id, &(TelaElement *){ NULL }, 1);
          break;
        default:
          tela_board_merge (board, &element, 1);
        }
      assert_linked (board, id);
      assert_linked (board, name_of (g_rand_int_range (dice, 0, N_IDS)));
      assert_linked (board, "g1");
    }
}

#define ARROW                                                                                              \
  "{\"id\":\"l\",\"type\":\"arrow\",\"x\":105,\"y\":50,\"width\":190,\"height\":0,\"points\":[[0,0],[190," \
  "0]],\"startBinding\":{\"elementId\":\"a\",\"focus\":0,\"gap\":5},\"endBinding\":{\"elementId\":\"b\","  \
  "\"focus\":0,\"gap\":5}}"
#define BOX(id, x) "{\"id\":\"" id "\",\"type\":\"rectangle\",\"x\":" x ",\"y\":0,\"width\":100,\"height\":100}"
#define LABEL                                                                                                          \
  "{\"id\":\"t\",\"type\":\"text\",\"containerId\":\"l\",\"text\":\"yes\",\"x\":900,\"y\":900,\"width\":30,\"height\"" \
  ":20}"

static double
fake_measure (const char *line,
              gsize       len,
              double      font_size,
              int         font_family,
              gpointer    user_data)
{
  return (double) g_utf8_strlen (line, (gssize) len) * font_size / 2;
}

/* One gesture of a few steps. */
static void
drag (TelaBoard *board,
      GRand     *dice,
      GPtrArray *elements)
{
  g_autoptr (TelaAttach) attach = tela_attach_new (board, elements, fake_measure, NULL);
  g_autoptr (GPtrArray) all = NULL;

  for (guint step = 0; step < 3; step++)
    {
      g_autoptr (GPtrArray) ops =
          shifted (elements, g_rand_int_range (dice, -300, 300), g_rand_int_range (dice, -300, 300));

      g_clear_pointer (&all, g_ptr_array_unref);
      all = tela_attach_complete (attach, ops);
    }
  merge (board, all);
}

/* Whatever moves, each binding stays in the form in which it came, to the last letter, and its end at the shape. */
static void
test_forms_stay (void)
{
  static const char *const forms[] = {
    "{\"elementId\":\"b\",\"focus\":0.3,\"gap\":4}",
    "{\"elementId\":\"b\",\"focus\":-0.2,\"gap\":1,\"fixedPoint\":[0.2,0.9]}",
    "{\"elementId\":\"b\",\"fixedPoint\":[0.4,0.6],\"mode\":\"orbit\"}",
    "{\"elementId\":\"b\",\"fixedPoint\":[0.3,0.3],\"mode\":\"inside\"}",
  };
  static const char *const types[] = { "rectangle", "ellipse", "diamond" };
  static const char *const choices[] = { "a", "b", "a b" };
  g_autoptr (GRand) dice = g_rand_new_with_seed (5);

  for (guint form = 0; form < G_N_ELEMENTS (forms) * G_N_ELEMENTS (types); form++)
    {
      const char      *own = forms[form % G_N_ELEMENTS (forms)];
      g_autofree char *shape =
          g_strdup_printf ("{\"id\":\"b\",\"type\":\"%s\",\"x\":300,\"y\":0,\"width\":120,\"height\":90}",
                           types[form / G_N_ELEMENTS (forms)]);
      g_autofree char *arrow =
          g_strdup_printf ("{\"id\":\"l\",\"type\":\"arrow\",\"x\":105,\"y\":50,\"strokeWidth\":2,\"points\":[[0,0],"
                           "[190,0]],\"startBinding\":{\"elementId\":\"a\",\"focus\":0,\"gap\":5},\"endBinding\":%s}",
                           own);
      g_autoptr (TelaBoard) board = tela_board_new ("p");
      g_autofree char *before = NULL;

      put (board, BOX ("a", "0"));
      put (board, shape);
      put (board, arrow);
      before = g_strdup (binding (board, TELA_KEY_END_BINDING));
      for (guint i = 0; i < 30; i++)
        {
          g_autoptr (GPtrArray) moving = pick (board, choices[g_rand_int_range (dice, 0, 3)]);

          drag (board, dice, moving);
          g_assert_cmpstr (binding (board, TELA_KEY_END_BINDING), ==, before);
          g_assert_nonnull (strstr (binding (board, TELA_KEY_START_BINDING), "\"a\""));
          g_assert_true (isfinite (number (board, "l", TELA_KEY_X)));
        }
    }
}

/* Wherever the file has it; what is stored is left alone. */
static void
test_label_is_placed (void)
{
  g_autoptr (TelaBoard) board = tela_board_new ("p");
  g_autoptr (TelaElement) bent = read_element ("{\"id\":\"l\",\"points\":[[0,0],[100,40],[190,0]]}");

  put (board, LABEL);
  g_assert_cmpfloat (number (board, "t", TELA_KEY_X), ==, 900);
  put (board, ARROW);
  g_assert_cmpfloat (number (board, "t", TELA_KEY_X), ==, 185);
  g_assert_cmpfloat (number (board, "t", TELA_KEY_Y), ==, 40);
  g_assert_cmpfloat (tela_element_get_number (tela_board_lookup (board, "t"), TELA_KEY_X, 0), ==, 900);
  g_assert_nonnull (tela_board_hit (board, 200, 58, 0));

  tela_board_set_veil (board, 7, "drag", &bent, 1);
  g_assert_cmpfloat (number (board, "t", TELA_KEY_X), ==, 190);
  g_assert_cmpfloat (number (board, "t", TELA_KEY_Y), ==, 80);
  tela_board_drop_veil (board, 7, "drag");
  g_assert_cmpfloat (number (board, "t", TELA_KEY_Y), ==, 40);
}

/* Dragged by its middle it binds where its ends come to lie, or to nothing. */
static void
test_rebind (void)
{
  g_autoptr (TelaBoard) board = tela_board_new ("p");
  g_autoptr (GPtrArray) arrow = NULL;
  g_autoptr (GPtrArray) both = NULL;
  g_autoptr (GPtrArray) away = NULL;
  g_autoptr (GPtrArray) near = NULL;
  g_autoptr (GPtrArray) with_box = NULL;

  put (board, BOX ("a", "0"));
  put (board, BOX ("b", "300"));
  put (board, BOX ("c", "600"));
  put (board, ARROW);
  arrow = pick (board, "l");
  both = pick (board, "a l b");

  with_box = shifted (both, 30, 30);
  tela_attach_rebind (board, both, with_box, 8);
  g_assert_false (tela_element_has (with_box->pdata[1], TELA_KEY_START_BINDING));

  near = shifted (arrow, 300, 10);
  tela_attach_rebind (board, arrow, near, 8);
  merge (board, near);
  g_assert_nonnull (strstr (binding (board, TELA_KEY_START_BINDING), "\"b\""));
  g_assert_nonnull (strstr (binding (board, TELA_KEY_END_BINDING), "\"c\""));
  g_assert_cmpfloat_with_epsilon (number (board, "l", TELA_KEY_X), 405, 0.01);

  g_clear_pointer (&arrow, g_ptr_array_unref);
  arrow = pick (board, "l");
  away = shifted (arrow, 0, 300);
  tela_attach_rebind (board, arrow, away, 8);
  merge (board, away);
  g_assert_cmpstr (binding (board, TELA_KEY_START_BINDING), ==, "null");
  g_assert_cmpstr (binding (board, TELA_KEY_END_BINDING), ==, "null");
}

/* What was bound in the newest form is bound in it again. */
static void
test_form_is_kept (void)
{
  g_autoptr (TelaBoard) board = tela_board_new ("p");
  g_autoptr (TelaElement) op = NULL;
  TelaValue value;

  put (board, BOX ("a", "0"));
  put (board, "{\"id\":\"l\",\"type\":\"arrow\",\"x\":105,\"y\":50,\"points\":[[0,0],[190,0]],\"startBinding\":{"
              "\"elementId\":\"a\",\"mode\":\"orbit\",\"fixedPoint\":[0.5,0.5]}}");
  op = tela_attach_bind (board, tela_board_lookup_shown (board, "l"), TELA_ATTACH_START, 8);
  g_assert_true (tela_element_get (op, TELA_KEY_START_BINDING, &value, NULL));
  g_assert_nonnull (strstr (value.as.string, "\"mode\":\"orbit\""));
  g_assert_null (strstr (value.as.string, "focus"));
}

/* The end of an elbow arrow leaves by the side where it was dropped, and what a hand fixed stays. */
static void
test_elbow_heading (void)
{
  g_autoptr (TelaBoard) board = tela_board_new ("p");
  g_autoptr (TelaElement) op = NULL;
  const TelaNumbers *points;
  guint              n;

  put (board, BOX ("b", "300"));
  put (board, "{\"id\":\"l\",\"type\":\"arrow\",\"elbowed\":true,\"angle\":0,\"x\":0,\"y\":-300,\"points\":[[0,0],[60,0],"
              "[60,120],[200,120],[200,150],[350,298]],\"fixedSegments\":[{\"index\":2,\"start\":[60,0],\"end\":[60,"
              "120]}]}");
  op = tela_attach_bind (board, tela_board_lookup_shown (board, "l"), TELA_ATTACH_END, 8);
  points = tela_element_get_numbers (op, TELA_KEY_POINTS);
  n = points->n;
  for (guint i = 1; i < n; i++)
    g_assert_cmpfloat (MIN (fabs (points->v[2 * i] - points->v[2 * i - 2]),
                            fabs (points->v[2 * i + 1] - points->v[2 * i - 1])),
                       <, 1e-6);
  /* From above. */
  g_assert_cmpfloat_with_epsilon (points->v[2 * n - 2], 350, 1e-6);
  g_assert_cmpfloat_with_epsilon (points->v[2 * n - 1], 295, 0.01);
  g_assert_cmpfloat_with_epsilon (points->v[2 * n - 4], 350, 1e-6);
  g_assert_cmpfloat (points->v[2 * n - 3], <, 295);
  /* The fixed piece. */
  g_assert_cmpfloat (points->v[2], ==, 60);
  g_assert_cmpfloat (points->v[4], ==, 60);
  g_assert_cmpfloat (points->v[5], ==, 120);
  {
    TelaValue value;

    g_assert_true (tela_element_get (op, tela_key_intern ("fixedSegments", 13), &value, NULL));
    g_assert_cmpstr (value.as.string, ==, "[{\"end\":[60,120],\"index\":2,\"start\":[60,0]}]");
  }
}

static const char *
frame_of (GPtrArray *ops,
          guint      i)
{
  return tela_element_get_string (ops->pdata[i], TELA_KEY_FRAME_ID);
}

/* In where the hand is, out when nothing touches it any more; a text goes with its shape, a group as one. */
static void
test_frames (void)
{
  g_autoptr (TelaBoard) board = tela_board_new ("p");
  g_autoptr (GPtrArray) box = NULL;
  g_autoptr (GPtrArray) group = NULL;
  g_autoptr (GPtrArray) in = NULL;
  g_autoptr (GPtrArray) near = NULL;
  g_autoptr (GPtrArray) out = NULL;
  g_autoptr (GPtrArray) whole = NULL;

  put (board, "{\"id\":\"f\",\"type\":\"frame\",\"x\":500,\"y\":0,\"width\":300,\"height\":300}");
  put (board, BOX ("a", "0"));
  put (board, "{\"id\":\"t\",\"type\":\"text\",\"containerId\":\"a\",\"text\":\"x\",\"x\":0,\"y\":0,\"width\":5,"
              "\"height\":5}");
  put (board, "{\"id\":\"g\",\"type\":\"rectangle\",\"x\":0,\"y\":0,\"width\":9,\"height\":9,\"groupIds\":[\"k\"]}");
  put (board, "{\"id\":\"h\",\"type\":\"rectangle\",\"x\":-300,\"y\":0,\"width\":9,\"height\":9,\"groupIds\":[\"k\"]}");

  box = pick (board, "a t");
  in = shifted (box, 450, 20);
  tela_attach_enter_frames (board, box, in, (TelaSpot){ 450, 20 }, (TelaSpot){ 510, 50 });
  g_assert_cmpstr (frame_of (in, 0), ==, "f");
  g_assert_cmpstr (frame_of (in, 1), ==, "f");
  merge (board, in);

  g_clear_pointer (&box, g_ptr_array_unref);
  box = pick (board, "a t");
  near = shifted (box, -40, 0);
  tela_attach_enter_frames (board, box, near, (TelaSpot){ -40, 0 }, (TelaSpot){ 480, 50 });
  g_assert_false (tela_element_has (near->pdata[0], TELA_KEY_FRAME_ID));
  out = shifted (box, -200, 0);
  tela_attach_enter_frames (board, box, out, (TelaSpot){ -200, 0 }, (TelaSpot){ 300, 50 });
  g_assert_true (tela_element_has (out->pdata[0], TELA_KEY_FRAME_ID));
  g_assert_null (frame_of (out, 0));
  g_assert_null (frame_of (out, 1));

  group = pick (board, "g h");
  whole = shifted (group, 520, 0);
  tela_attach_enter_frames (board, group, whole, (TelaSpot){ 520, 0 }, (TelaSpot){ 525, 5 });
  g_assert_cmpstr (frame_of (whole, 0), ==, "f");
  g_assert_cmpstr (frame_of (whole, 1), ==, "f");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/links/index", test_index);
  g_test_add_func ("/links/label-is-placed", test_label_is_placed);
  g_test_add_func ("/links/rebind", test_rebind);
  g_test_add_func ("/links/forms-stay", test_forms_stay);
  g_test_add_func ("/links/form-is-kept", test_form_is_kept);
  g_test_add_func ("/links/elbow-heading", test_elbow_heading);
  g_test_add_func ("/links/frames", test_frames);

  return g_test_run ();
}
