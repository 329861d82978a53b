/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "store-fixture.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#define DEADLINE_SECONDS 60

void
remove_tree (const char *dir)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        remove_tree (path);
      else
        g_unlink (path);
    }
  g_rmdir (dir);
}

void
fixture_set_up (Fixture      *fixture,
                gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  fixture->dir = g_dir_make_tmp ("tela-store-XXXXXX", &error);
  g_assert_no_error (error);
  fixture->store = tela_store_open (fixture->dir, &error);
  g_assert_no_error (error);
}

void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer data)
{
  if (fixture->store != NULL)
    {
      tela_store_close (fixture->store);
      g_assert_finalize_object (fixture->store);
    }
  remove_tree (fixture->dir);
  g_free (fixture->dir);
}

void
fixture_reopen (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;

  tela_store_close (fixture->store);
  g_object_unref (fixture->store);
  fixture->store = tela_store_open (fixture->dir, &error);
  g_assert_no_error (error);
}

static gboolean G_GNUC_NORETURN
deadline_cb (gpointer user_data)
{
  g_error ("Nothing came for %d s", DEADLINE_SECONDS);
}

GAsyncResult *
await_result (GAsyncResult **result)
{
  guint deadline = g_timeout_add_seconds (DEADLINE_SECONDS, deadline_cb, NULL);

  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);

  return *result;
}

void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  *(GAsyncResult **) user_data = g_object_ref (result);
}

TelaStamp
make_stamp (gint64  ms,
            guint64 actor)
{
  return (TelaStamp){ (guint64) ms << 16, actor };
}

TelaElement *
make_op (const char *id,
         const char *name,
         double      value,
         gint64      ms,
         guint64     actor)
{
  TelaOpBuilder *builder = tela_op_builder_new (id);

  tela_op_builder_set_number (builder, tela_key_intern (name, strlen (name)), value);

  return tela_op_builder_end (builder, make_stamp (ms, actor));
}

GPtrArray *
elements_of (TelaElement *first,
             ...)
{
  GPtrArray *elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  va_list    more;

  va_start (more, first);
  for (TelaElement *element = first; element != NULL; element = va_arg (more, TelaElement *))
    g_ptr_array_add (elements, element);
  va_end (more);

  return elements;
}

gint64
commit (TelaStore     *store,
        const char    *board,
        GPtrArray     *ops,
        TelaEditKind   kind,
        TelaUndoEntry *entry,
        const char    *draft,
        GError       **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  tela_store_commit_async (store, board, ops, kind, entry, draft, NULL, result_cb, &result);
  g_ptr_array_unref (ops);

  return tela_store_commit_finish (store, await_result (&result), error);
}

gint64
commit_one (TelaStore   *store,
            TelaElement *op)
{
  g_autoptr (GError) error = NULL;
  gint64 id;

  id = commit (store, BOARD, elements_of (op, NULL), TELA_EDIT_NONE, NULL, NULL, &error);
  g_assert_no_error (error);

  return id;
}

void
apply (TelaStore  *store,
       GPtrArray  *elements,
       const char *epoch,
       gint64      last,
       gboolean    reset)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_store_apply_async (store, BOARD, elements, epoch, last, reset, NULL, result_cb, &result);
  g_ptr_array_unref (elements);
  tela_store_apply_finish (store, await_result (&result), &error);
  g_assert_no_error (error);
}

GPtrArray *
outbox (TelaStore *store,
        guint      max_ops)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *rows;

  tela_store_outbox_async (store, BOARD, max_ops, NULL, result_cb, &result);
  rows = tela_store_outbox_finish (store, await_result (&result), &error);
  g_assert_no_error (error);

  return rows;
}

void
mark_pushed (TelaStore    *store,
             const gint64 *ids,
             gsize         n)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_store_mark_pushed_async (store, ids, n, NULL, result_cb, &result);
  tela_store_mark_pushed_finish (store, await_result (&result), &error);
  g_assert_no_error (error);
}

GPtrArray *
settle (TelaStore         *store,
        const gint64      *ids,
        gsize              n,
        const TelaRefusal *refused,
        gsize              n_refused)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *changed;

  tela_store_settle_async (store, BOARD, ids, n, refused, n_refused, NULL, result_cb, &result);
  changed = tela_store_settle_finish (store, await_result (&result), &error);
  g_assert_no_error (error);

  return changed;
}

TelaStoredBoard *
load (TelaStore *store)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  TelaStoredBoard *board;

  tela_store_load_async (store, BOARD, NULL, result_cb, &result);
  board = tela_store_load_finish (store, await_result (&result), &error);
  g_assert_no_error (error);

  return board;
}

double
number_of (GPtrArray  *elements,
           const char *id,
           const char *name)
{
  for (guint i = 0; i < elements->len; i++)
    {
      TelaElement *element = g_ptr_array_index (elements, i);

      if (strcmp (tela_element_get_id (element), id) == 0)
        return tela_element_get_number (element, tela_key_intern (name, strlen (name)), NAN);
    }

  return NAN;
}
