/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What is attached to what in real files from elsewhere, where they are at hand. */

#include "formats-fixture.h"

#include <math.h>

#include "tela-attach.h"

#define MAX_SHAPES 80 /* moved in a file */
#define EPSILON 1e-6

static double
fake_measure (const char *line,
              gsize       len,
              double      font_size,
              int         font_family,
              gpointer    user_data)
{
  return (double) g_utf8_strlen (line, (gssize) len) * font_size / 2;
}

/* One gesture. Returns how many elements it changed beyond those that it moved. */
static guint
move (TelaBoard  *board,
      const char *id,
      double      dx,
      double      dy)
{
  static guint64 time = 0;
  g_autoptr (GPtrArray) moving = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GPtrArray) all = NULL;
  g_autoptr (TelaAttach) attach = NULL;
  const TelaElement *shape = tela_board_lookup_shown (board, id);
  TelaOpBuilder     *op = tela_op_builder_new (id);

  g_ptr_array_add (moving, tela_element_ref (shape));
  tela_op_builder_set_number (op, TELA_KEY_X, tela_element_get_number (shape, TELA_KEY_X, 0) + dx);
  tela_op_builder_set_number (op, TELA_KEY_Y, tela_element_get_number (shape, TELA_KEY_Y, 0) + dy);
  g_ptr_array_add (ops, tela_op_builder_end (op, (TelaStamp){ 0 }));
  attach = tela_attach_new (board, moving, fake_measure, NULL);
  all = tela_attach_complete (attach, ops);
  for (guint i = 0; i < all->len; i++)
    {
      g_autoptr (TelaElement) stamped = tela_element_restamp (
          all->pdata[i], (TelaStamp){ .time = (G_GUINT64_CONSTANT (1800000000000) << 16) + ++time });

      tela_board_merge (board, &stamped, 1);
    }

  return all->len - 1;
}

static void
assert_near (const TelaElement *before,
             const TelaElement *after,
             TelaKey            key)
{
  g_assert_cmpfloat_with_epsilon (tela_element_get_number (before, key, 0), tela_element_get_number (after, key, 0),
                                  EPSILON);
}

/* Elbow arrows may come home by another way; their ends may not. */
static void
assert_same_place (const TelaElement *before,
                   const TelaElement *after)
{
  const TelaNumbers *a = tela_element_get_numbers (before, TELA_KEY_POINTS);
  const TelaNumbers *b = tela_element_get_numbers (after, TELA_KEY_POINTS);
  gboolean           is_elbow = tela_element_get_boolean (before, TELA_KEY_ELBOWED, FALSE);

  assert_near (before, after, TELA_KEY_X);
  assert_near (before, after, TELA_KEY_Y);
  if (a == NULL || a->stride != 2)
    return;

  g_assert_true (is_elbow || a->n == b->n);
  g_assert_cmpfloat_with_epsilon (a->v[2 * a->n - 2] - a->v[0], b->v[2 * b->n - 2] - b->v[0], EPSILON);
  g_assert_cmpfloat_with_epsilon (a->v[2 * a->n - 1] - a->v[1], b->v[2 * b->n - 1] - b->v[1], EPSILON);
  for (guint i = 0; !is_elbow && i < 2 * a->n; i++)
    g_assert_cmpfloat_with_epsilon (a->v[i], b->v[i], EPSILON);
}

static void
test_file (gconstpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) import = tela_format_read_file (user_data, fixture_stamp, NULL, NULL, &error);
  g_autoptr (TelaBoard) board = NULL;
  g_autoptr (GPtrArray) before = NULL;
  guint n_followed = 0;

  if (import == NULL)
    return; /* one that is meant to be bad */

  board = fixture_board (import);
  before = tela_board_query (board, NULL);
  for (guint i = 0; i < MIN (before->len, MAX_SHAPES); i++)
    {
      const char *id = tela_element_get_id (before->pdata[i]);

      if (tela_element_has (before->pdata[i], TELA_KEY_POINTS) ||
          tela_element_get_string (before->pdata[i], TELA_KEY_CONTAINER_ID) != NULL)
        continue;
      g_assert_cmpuint (move (board, id, 0, 0), ==, 0);
      n_followed += move (board, id, 37, -210);
      move (board, id, -37, 210);
    }
  for (guint i = 0; i < before->len; i++)
    assert_same_place (before->pdata[i], tela_board_lookup_shown (board, tela_element_get_id (before->pdata[i])));
  g_test_message ("%u elements followed", n_followed);
}

static void
test_absent (void)
{
  g_test_skip ("there is no ../shared/corpus beside the source");
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *folder = NULL;
  g_autoptr (GDir) files = NULL;
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  g_test_init (&argc, &argv, NULL);
  folder = g_build_filename (g_getenv ("G_TEST_SRCDIR"), "..", "..", "shared", "corpus", "excalidraw", NULL);
  files = g_dir_open (folder, 0, NULL);
  while (files != NULL && (name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *test = g_strconcat ("/attach/files/", name, NULL);

      g_ptr_array_add (paths, g_build_filename (folder, name, NULL));
      g_test_add_data_func (test, paths->pdata[paths->len - 1], test_file);
    }
  if (paths->len == 0)
    g_test_add_func ("/attach/files", test_absent);

  return g_test_run ();
}
