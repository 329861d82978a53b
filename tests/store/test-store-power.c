/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The power goes while edits are committed as fast as they can be: what was said to be synced is there, in one piece. */

#include "store-fixture.h"

#include "power-vfs.h"

#include "../common/test-long.h"

#include <math.h>
#include <sqlite3.h>

#define N_CUTS 20
#define N_SLOTS 40
#define N_PARTS 3
#define SETTLED_EVERY 64
#define EDITS_A_BURST 1500
#define N_UNDER_WAY 4
#define SEED 20261123

/* A cut, to be looked at later. */
typedef struct
{
  char  *dir;
  gint64 n_synced; /* edits that were said to be safe before */
} Cut;

typedef struct
{
  const char *dir;
  TelaStore  *store;
  GRand      *rand; /* of the cuts */
  GPtrArray  *cuts;
  guint       n_cuts; /* wanted */

  gint64 next;     /* edit to commit; the n-th sets x = n on the elements of slot n % N_SLOTS */
  gint64 n_done;   /* that the store said it has */
  gint64 n_synced; /* atomic by @mutex */
  GMutex mutex;
  guint  n_syncs;
  guint  n_looked;
  gint64 safest; /* the most edits that were safe before a cut */
} Stream;

static void
cut_free (Cut *self)
{
  remove_tree (self->dir);
  g_free (self->dir);
  g_free (self);
}

/* On the store's thread, before it writes or syncs. */
static void
cut_cb (gpointer user_data)
{
  Stream *stream = user_data;
  Cut    *cut;

  g_mutex_lock (&stream->mutex);
  if (stream->cuts->len < stream->n_cuts)
    {
      cut = g_new0 (Cut, 1);
      cut->n_synced = stream->n_synced;
      cut->dir = g_dir_make_tmp ("tela-power-XXXXXX", NULL);
      power_vfs_cut (stream->dir, cut->dir, stream->rand);
      g_ptr_array_add (stream->cuts, cut);
    }
  g_mutex_unlock (&stream->mutex);
}

static void commit_next (Stream *stream);

static void
committed_cb (GObject      *source,
              GAsyncResult *result,
              gpointer      user_data)
{
  Stream *stream = user_data;
  g_autoptr (GError) error = NULL;

  tela_store_commit_finish (TELA_STORE (source), result, &error);
  g_assert_no_error (error);
  stream->n_done++;
}

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) rows = tela_store_outbox_finish (TELA_STORE (source), result, &error);
  g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint64));

  g_assert_no_error (error);
  for (guint i = 0; i < rows->len; i++)
    g_array_append_val (ids, ((TelaOutboxRow *) g_ptr_array_index (rows, i))->id);
  tela_store_settle_async (TELA_STORE (source), BOARD, (const gint64 *) (gpointer) ids->data, ids->len, NULL, 0, NULL, NULL,
                           NULL);
}

static void
commit_next (Stream *stream)
{
  gint64 n = ++stream->next;
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (TelaBoard) board = tela_board_new (BOARD);
  g_autoptr (TelaUndoEntry) entry = NULL;

  for (int i = 0; i < N_PARTS; i++)
    {
      g_autofree char *id = g_strdup_printf ("%d-%d", (int) (n % N_SLOTS), i);

      g_ptr_array_add (ops, make_op (id, "x", (double) n, 1 + n, 1));
    }
  entry = tela_undo_record (board, (TelaElement *const *) ops->pdata, ops->len);
  tela_store_commit_async (stream->store, BOARD, ops, TELA_EDIT_PUSH, entry, NULL, NULL, committed_cb, stream);
  if (n % SETTLED_EVERY == 0)
    tela_store_outbox_async (stream->store, BOARD, 400, NULL, listed_cb, NULL);
}

static void
synced_cb (TelaStore *store,
           Stream    *stream)
{
  stream->n_syncs++;
  if (!tela_store_is_synced (store))
    return;
  g_mutex_lock (&stream->mutex);
  stream->n_synced = stream->n_done;
  g_mutex_unlock (&stream->mutex);
}

/* ---- Afterwards ---- */

static void
assert_intact (const char *dir)
{
  g_autofree char *path = g_build_filename (dir, "store.db", NULL);
  sqlite3         *db = NULL;
  sqlite3_stmt    *stmt = NULL;

  g_assert_cmpint (sqlite3_open (path, &db), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_prepare_v2 (db, "PRAGMA integrity_check", -1, &stmt, NULL), ==, SQLITE_OK);
  g_assert_cmpint (sqlite3_step (stmt), ==, SQLITE_ROW);
  g_assert_cmpstr ((const char *) sqlite3_column_text (stmt, 0), ==, "ok");
  sqlite3_finalize (stmt);
  sqlite3_close (db);
}

static gint64
value_of (TelaStoredBoard *board,
          int              slot,
          int              part)
{
  g_autofree char *id = g_strdup_printf ("%d-%d", slot, part);
  double           value = number_of (board->elements, id, "x");

  return isnan (value) ? 0 : (gint64) value;
}

/* The board is exactly as it was after one of the edits: which one? */
static gint64
edit_of (TelaStoredBoard *board)
{
  gint64 last = 0;

  for (int slot = 0; slot < N_SLOTS; slot++)
    {
      for (int part = 1; part < N_PARTS; part++)
        g_assert_cmpint (value_of (board, slot, part), ==, value_of (board, slot, 0));
      last = MAX (last, value_of (board, slot, 0));
    }
  for (int slot = 0; slot < N_SLOTS; slot++)
    {
      gint64 expected = last - (last - slot + N_SLOTS) % N_SLOTS;

      g_assert_cmpint (value_of (board, slot, 0), ==, MAX (expected, 0));
    }
  return last;
}

/* What waits is the end of it, each edit as a whole. */
static void
check_outbox (TelaStore *store,
              gint64     last)
{
  g_autoptr (GPtrArray) rows = outbox (store, G_MAXINT);
  gint64 n = last - (gint64) rows->len;

  for (guint i = 0; i < rows->len; i++)
    {
      const TelaOutboxRow *row = g_ptr_array_index (rows, i);

      n++;
      g_assert_cmpuint (row->ops->len, ==, N_PARTS);
      for (guint j = 0; j < row->ops->len; j++)
        g_assert_cmpfloat (tela_element_get_number (g_ptr_array_index (row->ops, j), TELA_KEY_X, 0), ==, (double) n);
    }
}

static void
check (const Cut *cut)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaStore) store = NULL;
  g_autoptr (TelaStoredBoard) board = NULL;
  gint64 last;

  store = tela_store_open (cut->dir, &error);
  g_assert_no_error (error);
  g_assert_no_error (tela_store_get_warning (store));
  board = load (store);
  last = edit_of (board);
  g_assert_cmpint (last, >=, cut->n_synced);
  g_assert_cmpuint (board->undo->len, ==, MIN (last, TELA_UNDO_MAX_ENTRIES));
  check_outbox (store, last);
  tela_store_close (store);
  assert_intact (cut->dir);
}

static gboolean
is_enough (Stream *stream)
{
  return stream->n_looked >= stream->n_cuts && stream->safest > 0;
}

static void
look_at_cuts (Stream *stream)
{
  g_autoptr (GPtrArray) cuts = NULL;

  g_mutex_lock (&stream->mutex);
  cuts = g_steal_pointer (&stream->cuts);
  stream->cuts = g_ptr_array_new_with_free_func ((GDestroyNotify) cut_free);
  g_mutex_unlock (&stream->mutex);
  for (guint i = 0; i < cuts->len; i++)
    {
      const Cut *cut = g_ptr_array_index (cuts, i);

      stream->safest = MAX (stream->safest, cut->n_synced);
      stream->n_looked++;
      check (cut);
    }
}

/* As many edits as fast as they can be, and a rest that is long enough to sync. */
static void
run_burst (Stream *stream)
{
  guint syncs = stream->n_syncs;

  for (guint i = 0; i < EDITS_A_BURST; i++)
    {
      commit_next (stream);
      while (stream->next - stream->n_done > N_UNDER_WAY)
        g_main_context_iteration (NULL, TRUE);
    }
  while (stream->n_done < stream->next || stream->n_syncs == syncs)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_cuts (Fixture      *fixture,
           gconstpointer data)
{
  Stream stream = { .dir = fixture->dir, .store = fixture->store, .n_cuts = test_times (N_CUTS) };

  stream.rand = g_rand_new_with_seed (SEED);
  stream.cuts = g_ptr_array_new_with_free_func ((GDestroyNotify) cut_free);
  g_signal_connect (fixture->store, "synced", G_CALLBACK (synced_cb), &stream);
  g_test_message ("seed %d", SEED);
  power_vfs_set_tap (cut_cb, &stream, 400, SEED);
  while (!is_enough (&stream))
    {
      run_burst (&stream);
      look_at_cuts (&stream);
    }
  power_vfs_set_tap (NULL, NULL, 1, SEED);
  g_signal_handlers_disconnect_by_data (fixture->store, &stream);
  g_ptr_array_unref (stream.cuts);
  g_rand_free (stream.rand);
}

/* Cuts while the database is made, opened and closed; what was there at a close is safe. */
static void
test_openings (Fixture      *fixture,
               gconstpointer data)
{
  g_autofree char *dir = g_build_filename (fixture->dir, "other", NULL);
  Stream           stream = { .dir = dir, .n_cuts = G_MAXUINT };

  stream.rand = g_rand_new_with_seed (SEED);
  stream.cuts = g_ptr_array_new_with_free_func ((GDestroyNotify) cut_free);
  g_test_message ("seed %d", SEED);
  while (stream.n_looked < test_times (N_CUTS))
    {
      g_autoptr (GError) error = NULL;

      power_vfs_set_tap (cut_cb, &stream, 8, SEED + (guint32) stream.next);
      power_vfs_install ();
      stream.store = tela_store_open (dir, &error);
      power_vfs_retire ();
      g_assert_no_error (error);
      for (guint i = 0; i < 3; i++)
        commit_next (&stream);
      while (stream.n_done < stream.next)
        g_main_context_iteration (NULL, TRUE);
      tela_store_close (stream.store);
      g_clear_object (&stream.store);
      stream.n_synced = stream.n_done;
      power_vfs_set_tap (NULL, NULL, 1, SEED);
      look_at_cuts (&stream);
    }
  g_ptr_array_unref (stream.cuts);
  g_rand_free (stream.rand);
}

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  power_vfs_install ();
  fixture_set_up (fixture, data);
  power_vfs_retire ();
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/store/power/openings", Fixture, NULL, set_up, test_openings, fixture_tear_down);
  g_test_add ("/store/power/cuts", Fixture, NULL, set_up, test_cuts, fixture_tear_down);

  return g_test_run ();
}
