/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-undo.h"

#include "../common/test-long.h"

#include <string.h>

#define N_REPLICAS 3
#define N_HISTORIES 20
#define N_STEPS 300
#define N_ELEMENTS 6

typedef struct
{
  TelaBoard *board;
  TelaUndo  *undo;
  TelaClock  clock;
  gint64     skew_ms;
  GPtrArray *inbox; /* operations on their way here, of TelaElement */
} Replica;

typedef struct
{
  GRand     *rand;
  gint64     now_ms;
  Replica    replicas[N_REPLICAS];
  GPtrArray *all; /* every operation ever made */
} History;

static TelaElement *
random_op (History  *history,
           TelaStamp stamp)
{
  static const TelaKey     keys[] = { TELA_KEY_TYPE, TELA_KEY_IS_DELETED, TELA_KEY_X, TELA_KEY_Y,
                                      TELA_KEY_INDEX, TELA_KEY_STROKE_COLOR, TELA_KEY_CUSTOM_DATA };
  static const char *const values[] = { "1",
                                        "10",
                                        "9",
                                        "true",
                                        "false",
                                        "null",
                                        "\"line\"",
                                        "\"a1\"",
                                        "{\"$unset\":true}",
                                        "[[0,0],[1,2]]",
                                        "{\"a\":[]}",
                                        "{\"big\":123456789012345678901}" };
  const char               id[] = { (char) ('a' + g_rand_int_range (history->rand, 0, N_ELEMENTS)), '\0' };
  TelaOpBuilder           *builder = tela_op_builder_new (id);
  guint                    n = (guint) g_rand_int_range (history->rand, 1, 4);

  for (guint i = 0; i < n; i++)
    tela_op_builder_set_json (builder, keys[g_rand_int_range (history->rand, 0, G_N_ELEMENTS (keys))],
                              values[g_rand_int_range (history->rand, 0, G_N_ELEMENTS (values))]);
  return tela_op_builder_end (builder, stamp);
}

/* Over the wire: as the text that is sent. */
static TelaElement *
transmit (const TelaElement *op)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  TelaJsonWriter writer;
  TelaJsonReader reader;
  TelaElement   *received;

  tela_json_writer_init (&writer, text, 0);
  tela_op_write (op, &writer);
  tela_json_reader_init (&reader, text->str, (gssize) text->len);
  received = tela_op_read (&reader, NULL, &error);
  g_assert_no_error (error);
  return received;
}

static void
send_to_others (History     *history,
                guint        from,
                TelaElement *op)
{
  g_ptr_array_add (history->all, tela_element_ref (op));
  for (guint i = 0; i < N_REPLICAS; i++)
    {
      /* Lost, once, or twice. */
      guint copies = i == from ? 0 : (guint) g_rand_int_range (history->rand, 0, 3);

      while (copies-- > 0)
        g_ptr_array_add (history->replicas[i].inbox, transmit (op));
    }
}

static void
make_edit (History *history,
           guint    who)
{
  Replica  *replica = &history->replicas[who];
  TelaStamp stamp = tela_clock_next (&replica->clock, history->now_ms + replica->skew_ms);
  g_autoptr (GPtrArray) ops = NULL;
  gboolean redo = g_rand_boolean (history->rand);

  if (g_rand_int_range (history->rand, 0, 4) == 0)
    ops = redo ? tela_undo_redo (replica->undo, replica->board, stamp, NULL, NULL, NULL, NULL)
               : tela_undo_undo (replica->undo, replica->board, stamp, NULL, NULL, NULL, NULL);
  if (ops == NULL)
    {
      g_autoptr (TelaUndoEntry) entry = NULL;

      ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
      g_ptr_array_add (ops, random_op (history, stamp));
      entry = tela_undo_record (replica->board, (TelaElement *const *) ops->pdata, ops->len);
      tela_undo_push (replica->undo, entry);
    }

  tela_board_merge (replica->board, (TelaElement *const *) ops->pdata, ops->len);
  for (guint i = 0; i < ops->len; i++)
    send_to_others (history, who, g_ptr_array_index (ops, i));
}

/* Any of those under way, so that they come out of order. */
static void
receive (History *history,
         guint    who)
{
  Replica *replica = &history->replicas[who];
  g_autoptr (TelaElement) op = NULL;

  if (replica->inbox->len == 0)
    return;
  op = g_ptr_array_steal_index_fast (replica->inbox,
                                     (guint) g_rand_int_range (history->rand, 0, (gint32) replica->inbox->len));
  tela_clock_observe (&replica->clock, tela_element_get_stamp (op));
  if (g_rand_boolean (history->rand))
    tela_board_settle (replica->board, 9, "gesture", &op, 1);
  else
    {
      tela_board_set_veil (replica->board, 9, "gesture", &op, 1);
      tela_board_merge (replica->board, &op, 1);
    }
}

/* Everybody gets everything at last, in yet another order. */
static void
catch_up (History *history)
{
  for (guint i = 0; i < N_REPLICAS; i++)
    for (guint n = history->all->len; n > 0; n--)
      {
        TelaElement *op =
            g_ptr_array_steal_index (history->all, (guint) g_rand_int_range (history->rand, 0, (gint32) n));

        tela_board_merge (history->replicas[i].board, &op, 1);
        g_ptr_array_add (history->all, op);
      }
}

static void
check (History *history)
{
  for (guint all = 0; all < 2; all++)
    {
      g_autofree char *first = tela_board_dump (history->replicas[0].board, all == 1);

      for (guint i = 1; i < N_REPLICAS; i++)
        {
          g_autofree char *dump = tela_board_dump (history->replicas[i].board, all == 1);

          g_assert_cmpstr (first, ==, dump);
        }
    }
}

static void
test_histories (void)
{
  for (guint seed = 0; seed < test_times (N_HISTORIES); seed++)
    {
      History history = { .rand = g_rand_new_with_seed (seed), .now_ms = 1000000 };

      g_test_message ("seed %u", seed);
      history.all = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
      for (guint i = 0; i < N_REPLICAS; i++)
        history.replicas[i] = (Replica){
          .board = tela_board_new ("p"),
          .undo = tela_undo_new (),
          .clock = { .actor = i + 1 },
          .skew_ms = g_rand_int_range (history.rand, -5000, 5000),
          .inbox = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref),
        };

      for (guint step = 0; step < N_STEPS; step++)
        {
          guint who = (guint) g_rand_int_range (history.rand, 0, N_REPLICAS);

          history.now_ms += g_rand_int_range (history.rand, 0, 50);
          if (g_rand_boolean (history.rand))
            make_edit (&history, who);
          else
            receive (&history, who);
        }
      catch_up (&history);
      check (&history);

      for (guint i = 0; i < N_REPLICAS; i++)
        {
          g_ptr_array_unref (history.replicas[i].inbox);
          g_object_unref (history.replicas[i].undo);
          g_assert_finalize_object (history.replicas[i].board);
        }
      g_ptr_array_unref (history.all);
      g_rand_free (history.rand);
    }
}

/* One call with many operations writes into elements that nobody else holds; those that somebody does must not change.
 */
static void
test_batches (void)
{
  for (guint seed = 0; seed < test_times (N_HISTORIES); seed++)
    {
      History history = { .rand = g_rand_new_with_seed (seed) };
      g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
      g_autoptr (TelaBoard) single = tela_board_new ("p");
      g_autoptr (TelaBoard) batch = tela_board_new ("p");
      g_autofree char *expected = NULL;
      g_autofree char *dump = NULL;

      g_test_message ("seed %u", seed);
      for (guint i = 0; i < N_STEPS; i++)
        g_ptr_array_add (
            ops, random_op (&history, (TelaStamp){ (guint64) g_rand_int_range (history.rand, 1, 40), 1 + i % 3 }));
      for (guint i = 0; i < ops->len; i++)
        {
          g_autoptr (GBytes) before = tela_element_pack (g_ptr_array_index (ops, i));
          g_autoptr (GBytes) after = NULL;
          TelaElement *pair[] = { g_ptr_array_index (ops, i), g_ptr_array_index (ops, (i + 1) % ops->len) };

          tela_board_merge (single, pair, 2);
          after = tela_element_pack (g_ptr_array_index (ops, i));
          g_assert_true (g_bytes_equal (before, after));
        }
      tela_board_merge (batch, (TelaElement *const *) ops->pdata, ops->len);

      expected = tela_board_dump (single, TRUE);
      dump = tela_board_dump (batch, TRUE);
      g_assert_cmpstr (expected, ==, dump);
      g_rand_free (history.rand);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/convergence/histories", test_histories);
  g_test_add_func ("/convergence/batches", test_batches);

  return g_test_run ();
}
