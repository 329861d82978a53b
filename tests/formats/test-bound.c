/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The back references of a file, after any edits. */

#include "formats-fixture.h"

#include <string.h>

#define N_EDITS 400

static const char *const names[] = { "a", "b", "c", "l", "m", "t" };
static const char *const scene =
    "{\"type\":\"excalidraw\",\"elements\":["
    "{\"id\":\"a\",\"type\":\"rectangle\",\"boundElements\":[{\"id\":\"l\",\"type\":\"arrow\"},{\"id\":\"t\",\"type\":"
    "\"text\"}]},"
    "{\"id\":\"b\",\"type\":\"ellipse\",\"boundElements\":[{\"id\":\"l\",\"type\":\"arrow\"}]},"
    "{\"id\":\"c\",\"type\":\"diamond\",\"boundElements\":null},"
    "{\"id\":\"l\",\"type\":\"arrow\",\"points\":[[0,0],[1,1]],\"startBinding\":{\"elementId\":\"a\"},\"endBinding\":{"
    "\"elementId\":\"b\"}},"
    "{\"id\":\"m\",\"type\":\"arrow\",\"points\":[[0,0],[1,1]],\"startBinding\":null,\"endBinding\":null},"
    "{\"id\":\"t\",\"type\":\"text\",\"text\":\"x\",\"containerId\":\"a\"}]}";

/* Binds, frees, deletes and brings back. (transfer full) */
static TelaElement *
random_edit (GRand  *dice,
             guint64 time)
{
  static const TelaKnownKey keys[] = { TELA_KEY_START_BINDING, TELA_KEY_END_BINDING };
  const char               *id = names[g_rand_int_range (dice, 0, G_N_ELEMENTS (names))];
  const char               *target = names[g_rand_int_range (dice, 0, 3)];
  TelaOpBuilder            *op = tela_op_builder_new (id);
  g_autofree char          *binding = g_strdup_printf ("{\"elementId\":\"%s\",\"focus\":0,\"gap\":1}", target);

  if (g_rand_int_range (dice, 0, 4) == 0 || strchr ("abc", *id) != NULL)
    tela_op_builder_set_boolean (op, TELA_KEY_IS_DELETED, g_rand_int_range (dice, 0, 3) == 0);
  else if (*id == 't' && g_rand_boolean (dice))
    tela_op_builder_set_string (op, TELA_KEY_CONTAINER_ID, target);
  else if (*id == 't')
    tela_op_builder_set_json (op, TELA_KEY_CONTAINER_ID, "null");
  else
    tela_op_builder_set_json (op, keys[g_rand_int_range (dice, 0, 2)], g_rand_boolean (dice) ? binding : "null");

  return tela_op_builder_end (op, (TelaStamp){ .time = time, .actor = 3 });
}

static gboolean
is_named_by (TelaBoard  *board,
             const char *target,
             const char *id)
{
  static const TelaKnownKey keys[] = { TELA_KEY_START_BINDING, TELA_KEY_END_BINDING, TELA_KEY_CONTAINER_ID };
  const TelaElement        *element = tela_board_lookup_shown (board, id);
  g_autofree char          *quoted = g_strdup_printf ("\"%s\"", target);

  for (guint i = 0; element != NULL && i < G_N_ELEMENTS (keys); i++)
    {
      const char *name = tela_element_get_string (element, keys[i]);
      TelaValue   value;

      if (g_strcmp0 (name, target) == 0)
        return TRUE;
      if (tela_element_get (element, keys[i], &value, NULL) && value.kind == TELA_VALUE_JSON &&
          strstr (value.as.string, quoted) != NULL)
        return TRUE;
    }

  return FALSE;
}

/* The list of each element in the file says who names it on the board, and nobody else. */
static void
assert_not_stale (TelaBoard  *board,
                  TelaImport *import)
{
  g_autofree char *text = fixture_write (board, import);
  TelaJsonReader   reader;
  TelaJsonSpan     elements, item;

  g_assert_true (tela_json_find ((TelaJsonSpan){ text, strlen (text) }, "elements", &elements));
  tela_json_reader_init (&reader, elements.data, (gssize) elements.len);
  g_assert_true (tela_json_reader_enter_array (&reader));
  while (tela_json_reader_next_item (&reader))
    {
      TelaJsonSpan     id, bound = { "null", 4 };
      g_autofree char *name = NULL;
      g_autofree char *list = NULL;

      g_assert_true (tela_json_reader_span (&reader, &item));
      g_assert_true (tela_json_find (item, "id", &id));
      tela_json_find (item, "boundElements", &bound);
      name = g_strndup (id.data + 1, id.len - 2);
      list = g_strndup (bound.data, bound.len);
      if (tela_board_lookup_shown (board, name) == NULL)
        continue;
      for (guint i = 0; i < G_N_ELEMENTS (names); i++)
        {
          g_autofree char *quoted = g_strdup_printf ("\"%s\"", names[i]);

          if (is_named_by (board, name, names[i]) != (strstr (list, quoted) != NULL))
            g_error ("%s: %s is stale about %s", name, list, names[i]);
        }
    }
}

static void
test_never_stale (void)
{
  for (guint32 seed = 1; seed <= 3; seed++)
    {
      g_autoptr (GRand) dice = g_rand_new_with_seed (seed);
      g_autoptr (TelaImport) import = fixture_read (scene);
      g_autoptr (TelaBoard) board = fixture_board (import);

      assert_not_stale (board, import);
      for (guint i = 1; i <= N_EDITS; i++)
        {
          g_autoptr (TelaElement) op = random_edit (dice, fixture_stamp.time + i);

          tela_board_merge (board, &op, 1);
          assert_not_stale (board, import);
        }
    }
}

/* What a file says of elements that it does not have, or that do not answer, is the file's business. */
static void
test_kept (void)
{
  const char *text = "{\"type\":\"excalidraw\",\"elements\":[{\"id\":\"a\",\"type\":\"rectangle\",\"x\":1,"
                     "\"boundElements\":[{\"id\":\"gone\",\"type\":\"arrow\"},{\"id\":\"m\",\"type\":\"arrow\"}]},"
                     "{\"id\":\"m\",\"type\":\"arrow\",\"x\":1,\"points\":[[0,0],[1,1]]}]}";
  g_autoptr (TelaImport) import = fixture_read (text);
  g_autoptr (TelaBoard) board = fixture_board (import);
  TelaOpBuilder   *builder = tela_op_builder_new ("m");
  g_autofree char *after = NULL;
  g_autofree char *bound = NULL;
  g_autoptr (TelaElement) op = NULL;

  tela_op_builder_set_number (builder, TELA_KEY_X, 5);
  op = tela_op_builder_end (builder, (TelaStamp){ .time = fixture_stamp.time + 1, .actor = 3 });
  tela_board_merge (board, &op, 1);
  after = fixture_write (board, import);
  bound = fixture_field (after, 0, "boundElements");
  g_assert_nonnull (strstr (bound, "gone"));
  g_assert_nonnull (strstr (bound, "\"m\""));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bound/never-stale", test_never_stale);
  g_test_add_func ("/bound/kept", test_kept);

  return g_test_run ();
}
