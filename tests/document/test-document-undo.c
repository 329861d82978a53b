/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-undo.h"

#include <string.h>

#define OWN 1
#define OTHER 2

typedef struct
{
  TelaBoard *board;
  TelaUndo  *undo;
  guint64    time;
  guint64    actor; /* of the user now */
  guint      skipped;
  guint64    skipped_actor;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  fixture->board = tela_board_new ("p");
  fixture->undo = tela_undo_new ();
  fixture->time = 100;
  fixture->actor = OWN;
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  g_assert_finalize_object (fixture->undo);
  g_assert_finalize_object (fixture->board);
}

static TelaElement *
op_new (Fixture    *fixture,
        guint64     actor,
        const char *json)
{
  TelaStamp stamp = { .time = ++fixture->time, .actor = actor };
  g_autoptr (GError) error = NULL;
  TelaJsonReader reader;
  TelaElement   *op;

  tela_json_reader_init (&reader, json, -1);
  op = tela_op_read (&reader, &stamp, &error);
  g_assert_no_error (error);
  return op;
}

/* A gesture of the user's. */
static void
edit (Fixture    *fixture,
      const char *json)
{
  g_autoptr (TelaElement) op = op_new (fixture, fixture->actor, json);
  g_autoptr (TelaUndoEntry) entry = tela_undo_record (fixture->board, &op, 1);

  tela_undo_push (fixture->undo, entry);
  tela_board_merge (fixture->board, &op, 1);
}

static void
other_edits (Fixture    *fixture,
             const char *json)
{
  g_autoptr (TelaElement) op = op_new (fixture, OTHER, json);

  tela_board_merge (fixture->board, &op, 1);
}

static gboolean
step (Fixture *fixture,
      gboolean redo)
{
  TelaStamp stamp = { .time = ++fixture->time, .actor = fixture->actor };
  g_autoptr (GPtrArray) ops = NULL;

  ops = redo ? tela_undo_redo (fixture->undo, fixture->board, stamp, NULL, NULL, &fixture->skipped,
                               &fixture->skipped_actor)
             : tela_undo_undo (fixture->undo, fixture->board, stamp, NULL, NULL, &fixture->skipped,
                               &fixture->skipped_actor);
  if (ops == NULL)
    return FALSE;
  tela_board_merge (fixture->board, (TelaElement *const *) ops->pdata, ops->len);
  return TRUE;
}

static void
assert_board (Fixture    *fixture,
              const char *elements)
{
  g_autofree char *dump = tela_board_dump (fixture->board, FALSE);
  g_autofree char *expected = g_strdup_printf ("{\"elements\":[%s]}", elements);

  g_assert_cmpstr (dump, ==, expected);
}

static void
test_change (Fixture      *fixture,
             gconstpointer data)
{
  other_edits (fixture, "{\"id\":\"a\",\"set\":{\"type\":\"line\",\"x\":1}}");
  g_assert_false (step (fixture, FALSE));
  edit (fixture, "{\"id\":\"a\",\"set\":{\"x\":2,\"y\":3}}");
  g_assert_true (tela_undo_can_undo (fixture->undo));
  g_assert_true (step (fixture, FALSE));
  assert_board (fixture, "{\"id\":\"a\",\"type\":\"line\",\"x\":1}");
  g_assert_false (tela_undo_can_undo (fixture->undo));
  g_assert_true (step (fixture, TRUE));
  assert_board (fixture, "{\"id\":\"a\",\"type\":\"line\",\"x\":2,\"y\":3}");
  g_assert_false (tela_undo_can_redo (fixture->undo));
}

static void
test_several_writes_of_one_property (Fixture      *fixture,
                                     gconstpointer data)
{
  edit (fixture, "{\"id\":\"a\",\"set\":{\"type\":\"line\",\"x\":1,\"isDeleted\":false}}");
  edit (fixture, "{\"id\":\"a\",\"set\":{\"x\":2}}");
  edit (fixture, "{\"id\":\"a\",\"set\":{\"x\":3}}");
  for (guint round = 0; round < 2; round++)
    {
      for (guint i = 0; i < 3; i++)
        {
          g_assert_true (step (fixture, FALSE));
          g_assert_cmpuint (fixture->skipped, ==, 0);
        }
      assert_board (fixture, "");
      for (guint i = 0; i < 3; i++)
        {
          g_assert_true (step (fixture, TRUE));
          g_assert_cmpuint (fixture->skipped, ==, 0);
        }
      assert_board (fixture, "{\"id\":\"a\",\"isDeleted\":false,\"type\":\"line\",\"x\":3}");
    }
}

static void
test_skips_what_others_wrote (Fixture      *fixture,
                              gconstpointer data)
{
  other_edits (fixture, "{\"id\":\"a\",\"set\":{\"type\":\"line\",\"x\":1,\"y\":1}}");
  edit (fixture, "{\"id\":\"a\",\"set\":{\"x\":2,\"y\":2}}");
  other_edits (fixture, "{\"id\":\"a\",\"set\":{\"x\":5}}");
  g_assert_true (step (fixture, FALSE));
  g_assert_cmpuint (fixture->skipped, ==, 1);
  g_assert_cmpuint (fixture->skipped_actor, ==, OTHER);
  assert_board (fixture, "{\"id\":\"a\",\"type\":\"line\",\"x\":5,\"y\":1}");
  g_assert_true (step (fixture, TRUE));
  assert_board (fixture, "{\"id\":\"a\",\"type\":\"line\",\"x\":5,\"y\":2}");
}

/* What the other one wrote came back by our own undo; it is still theirs. */
static void
test_skips_what_came_back_of_others (Fixture      *fixture,
                                     gconstpointer data)
{
  other_edits (fixture, "{\"id\":\"a\",\"set\":{\"type\":\"line\",\"x\":0}}");
  edit (fixture, "{\"id\":\"a\",\"set\":{\"x\":1}}");
  other_edits (fixture, "{\"id\":\"a\",\"set\":{\"x\":5}}");
  edit (fixture, "{\"id\":\"a\",\"set\":{\"x\":2}}");
  g_assert_true (step (fixture, FALSE));
  g_assert_cmpuint (fixture->skipped, ==, 0);
  assert_board (fixture, "{\"id\":\"a\",\"type\":\"line\",\"x\":5}");
  g_assert_true (step (fixture, FALSE));
  g_assert_cmpuint (fixture->skipped, ==, 1);
  assert_board (fixture, "{\"id\":\"a\",\"type\":\"line\",\"x\":5}");
}

static void
test_creation (Fixture      *fixture,
               gconstpointer data)
{
  edit (fixture, "{\"id\":\"a\",\"set\":{\"type\":\"line\",\"x\":1}}");
  g_assert_true (step (fixture, FALSE));
  assert_board (fixture, "");
  g_assert_true (tela_element_get_boolean (tela_board_lookup (fixture->board, "a"), TELA_KEY_IS_DELETED, FALSE));
  g_assert_true (step (fixture, TRUE));
  assert_board (fixture, "{\"id\":\"a\",\"type\":\"line\",\"x\":1}");

  other_edits (fixture, "{\"id\":\"a\",\"set\":{\"x\":2}}");
  g_assert_true (step (fixture, FALSE));
  g_assert_cmpuint (fixture->skipped, ==, 1);
  g_assert_cmpuint (fixture->skipped_actor, ==, OTHER);
  assert_board (fixture, "{\"id\":\"a\",\"type\":\"line\",\"x\":2}");
}

static void
test_deletion (Fixture      *fixture,
               gconstpointer data)
{
  other_edits (fixture, "{\"id\":\"a\",\"set\":{\"type\":\"line\",\"isDeleted\":false}}");
  edit (fixture, "{\"id\":\"a\",\"delete\":true}");
  assert_board (fixture, "");
  g_assert_true (step (fixture, FALSE));
  assert_board (fixture, "{\"id\":\"a\",\"isDeleted\":false,\"type\":\"line\"}");
  g_assert_true (step (fixture, TRUE));
  assert_board (fixture, "");
}

static void
test_forgotten_element (Fixture      *fixture,
                        gconstpointer data)
{
  const char  *id = "a";
  TelaElement *none = NULL;

  edit (fixture, "{\"id\":\"a\",\"set\":{\"type\":\"line\"}}");
  edit (fixture, "{\"id\":\"a\",\"set\":{\"x\":1}}");
  tela_board_replace (fixture->board, &id, &none, 1);
  g_assert_true (step (fixture, FALSE));
  g_assert_cmpuint (fixture->skipped, ==, 1);
  g_assert_true (step (fixture, FALSE));
  g_assert_cmpuint (fixture->skipped, ==, 1);
  g_assert_true (step (fixture, TRUE));
  assert_board (fixture, "");
}

static void
test_push_clears_redo (Fixture      *fixture,
                       gconstpointer data)
{
  edit (fixture, "{\"id\":\"a\",\"set\":{\"type\":\"line\"}}");
  g_assert_true (step (fixture, FALSE));
  g_assert_true (tela_undo_can_redo (fixture->undo));
  edit (fixture, "{\"id\":\"b\",\"set\":{\"type\":\"line\"}}");
  g_assert_false (tela_undo_can_redo (fixture->undo));
  g_assert_false (step (fixture, TRUE));
}

static void
test_limit (Fixture      *fixture,
            gconstpointer data)
{
  guint n = 0;

  other_edits (fixture, "{\"id\":\"a\",\"set\":{\"type\":\"line\",\"x\":-1}}");
  for (guint i = 0; i < TELA_UNDO_MAX_ENTRIES + 5; i++)
    {
      g_autofree char *json = g_strdup_printf ("{\"id\":\"a\",\"set\":{\"x\":%u}}", i);

      edit (fixture, json);
    }
  while (step (fixture, FALSE))
    n++;
  g_assert_cmpuint (n, ==, TELA_UNDO_MAX_ENTRIES);
  assert_board (fixture, "{\"id\":\"a\",\"type\":\"line\",\"x\":4}");
}

static GPtrArray *
entries_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify) tela_undo_entry_unref);
}

static TelaUndoEntry *
store_and_load (TelaUndoEntry *entry)
{
  g_autoptr (GBytes) packed = tela_undo_entry_pack (entry);
  g_autoptr (GError) error = NULL;
  TelaUndoEntry *copy = tela_undo_entry_unpack (g_bytes_get_data (packed, NULL), g_bytes_get_size (packed), &error);

  g_assert_no_error (error);
  g_assert_cmpint (tela_stamp_compare (tela_undo_entry_get_stamp (copy), tela_undo_entry_get_stamp (entry)), ==, 0);
  return copy;
}

/* Each start has another actor, and the stacks come from the store. */
static void
test_restart (Fixture      *fixture,
              gconstpointer data)
{
  static const char *const edits[] = {
    "{\"id\":\"a\",\"set\":{\"type\":\"line\",\"x\":1,\"points\":[[0,0],[1,2]]}}",
    "{\"id\":\"a\",\"set\":{\"x\":2,\"text\":\"t\"}}",
    "{\"id\":\"a\",\"set\":{\"x\":3}}",
  };
  g_autoptr (GPtrArray) undo = entries_new ();
  g_autoptr (GPtrArray) redo = entries_new ();
  g_autoptr (TelaUndoEntry) undone = NULL;
  g_autoptr (TelaUndoEntry) replaced = NULL;
  g_autoptr (GPtrArray) ops = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      g_autoptr (TelaElement) op = op_new (fixture, OWN, edits[i]);
      g_autoptr (TelaUndoEntry) entry = tela_undo_record (fixture->board, &op, 1);

      tela_undo_push (fixture->undo, entry);
      tela_board_merge (fixture->board, &op, 1);
      if (i < 2)
        g_ptr_array_add (undo, store_and_load (entry));
    }
  ops = tela_undo_undo (fixture->undo, fixture->board, (TelaStamp){ ++fixture->time, OWN }, &replaced, &undone, NULL,
                        NULL);
  tela_board_merge (fixture->board, (TelaElement *const *) ops->pdata, ops->len);
  g_ptr_array_add (redo, store_and_load (undone));

  g_assert_finalize_object (fixture->undo);
  fixture->undo = tela_undo_new ();
  fixture->actor = 77;
  tela_undo_restore (fixture->undo, undo, redo);
  assert_board (fixture, "{\"id\":\"a\",\"points\":[[0,0],[1,2]],\"text\":\"t\",\"type\":\"line\",\"x\":2}");
  for (guint i = 0; i < 2; i++)
    {
      g_assert_true (step (fixture, FALSE));
      g_assert_cmpuint (fixture->skipped, ==, 0);
    }
  assert_board (fixture, "");
  while (step (fixture, TRUE))
    g_assert_cmpuint (fixture->skipped, ==, 0);
  assert_board (fixture, "{\"id\":\"a\",\"points\":[[0,0],[1,2]],\"text\":\"t\",\"type\":\"line\",\"x\":3}");
}

static void
test_damaged (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (TelaElement) op = op_new (fixture, OWN, "{\"id\":\"a\",\"set\":{\"x\":1,\"text\":\"some text\"}}");
  g_autoptr (TelaUndoEntry) entry = NULL;
  g_autoptr (GBytes) packed = NULL;
  const guint8 *bytes;
  gsize         len;

  other_edits (fixture, "{\"id\":\"a\",\"set\":{\"text\":\"other text\",\"x\":3}}");
  entry = tela_undo_record (fixture->board, &op, 1);
  packed = tela_undo_entry_pack (entry);
  bytes = g_bytes_get_data (packed, &len);
  for (gsize i = 0; i < len; i++)
    {
      g_autofree guint8 *copy = g_memdup2 (bytes, len);
      g_autoptr (GError) error = NULL;
      TelaUndoEntry *read;

      g_assert_null (tela_undo_entry_unpack (bytes, i, &error));
      g_assert_error (error, TELA_DOCUMENT_ERROR, TELA_DOCUMENT_ERROR_INVALID);
      copy[i] ^= 0xff;
      read = tela_undo_entry_unpack (copy, len, NULL);
      g_clear_pointer (&read, tela_undo_entry_unref);
    }
}

static void
test_restamp (Fixture      *fixture,
              gconstpointer data)
{
  g_autoptr (TelaElement) first = op_new (fixture, OWN, "{\"id\":\"a\",\"set\":{\"type\":\"line\",\"x\":1}}");
  g_autoptr (TelaElement) op = op_new (fixture, OWN, "{\"id\":\"a\",\"set\":{\"x\":2}}");
  g_autoptr (TelaElement) moved = tela_element_restamp (op, (TelaStamp){ 50000, OWN });
  g_autoptr (TelaUndoEntry) entry = NULL;

  tela_board_merge (fixture->board, &first, 1);
  entry = tela_undo_record (fixture->board, &op, 1);
  tela_undo_push (fixture->undo, entry);
  tela_undo_restamp (fixture->undo, tela_element_get_stamp (op), tela_element_get_stamp (moved));
  tela_board_merge (fixture->board, &moved, 1);
  fixture->time = 60000;
  g_assert_true (step (fixture, FALSE));
  g_assert_cmpuint (fixture->skipped, ==, 0);
  assert_board (fixture, "{\"id\":\"a\",\"type\":\"line\",\"x\":1}");
}

/* n undos and n redos change nothing, whatever was done. */
static void
test_law (Fixture      *fixture,
          gconstpointer data)
{
  static const char *const sets[] = { "\"x\":#",
                                      "\"y\":#",
                                      "\"type\":\"t#\"",
                                      "\"isDeleted\":true,\"z\":#",
                                      "\"isDeleted\":false,\"x\":#",
                                      "\"x\":{\"$unset\":true},\"y\":#",
                                      "\"points\":[[0,#]]" };

  for (guint seed = 0; seed < 50; seed++)
    {
      g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
      g_autofree char *before = NULL;
      g_autofree char *after = NULL;
      guint            n = 0;

      g_test_message ("seed %u", seed);
      tear_down (fixture, NULL);
      set_up (fixture, NULL);
      for (guint i = 0; i < 40; i++)
        {
          g_autoptr (GString) json = g_string_new (NULL);
          char number[2] = { 0 };

          g_string_printf (json, "{\"id\":\"%c\",\"set\":{", 'a' + g_rand_int_range (rand, 0, 3));
          g_string_append (json, sets[g_rand_int_range (rand, 0, G_N_ELEMENTS (sets))]);
          g_string_append (json, "}}");
          number[0] = (char) ('0' + g_rand_int_range (rand, 0, 4));
          g_string_replace (json, "#", number, 0);
          if (g_rand_int_range (rand, 0, 4) == 0)
            other_edits (fixture, json->str);
          else
            edit (fixture, json->str);
        }
      before = tela_board_dump (fixture->board, FALSE);
      while (n < 25 && step (fixture, FALSE))
        n++;
      while (n-- > 0)
        g_assert_true (step (fixture, TRUE));
      after = tela_board_dump (fixture->board, FALSE);
      g_assert_cmpstr (before, ==, after);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/undo/change", Fixture, NULL, set_up, test_change, tear_down);
  g_test_add ("/undo/several-writes-of-one-property", Fixture, NULL, set_up, test_several_writes_of_one_property,
              tear_down);
  g_test_add ("/undo/skips/what-others-wrote", Fixture, NULL, set_up, test_skips_what_others_wrote, tear_down);
  g_test_add ("/undo/skips/what-came-back-of-others", Fixture, NULL, set_up, test_skips_what_came_back_of_others,
              tear_down);
  g_test_add ("/undo/creation", Fixture, NULL, set_up, test_creation, tear_down);
  g_test_add ("/undo/deletion", Fixture, NULL, set_up, test_deletion, tear_down);
  g_test_add ("/undo/forgotten-element", Fixture, NULL, set_up, test_forgotten_element, tear_down);
  g_test_add ("/undo/push-clears-redo", Fixture, NULL, set_up, test_push_clears_redo, tear_down);
  g_test_add ("/undo/limit", Fixture, NULL, set_up, test_limit, tear_down);
  g_test_add ("/undo/restart", Fixture, NULL, set_up, test_restart, tear_down);
  g_test_add ("/undo/damaged", Fixture, NULL, set_up, test_damaged, tear_down);
  g_test_add ("/undo/restamp", Fixture, NULL, set_up, test_restamp, tear_down);
  g_test_add ("/undo/law", Fixture, NULL, set_up, test_law, tear_down);

  return g_test_run ();
}
