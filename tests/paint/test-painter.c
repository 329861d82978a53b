/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-paint.h"

#include "paint-fixture.h"

#define DEADLINE (30 * G_USEC_PER_SEC)

typedef struct
{
  GPtrArray *elements;
  GArray    *ids; /* in the order of delivery */
  guint      n_null;
} Fixture;

static void
fixture_set_up (Fixture      *fixture,
                gconstpointer data)
{
  fixture->elements = fixture_board (1, 30, (TelaRect){ 0, 0, 200, 200 });
  fixture->ids = g_array_new (FALSE, FALSE, sizeof (guint64));
}

static void
fixture_tear_down (Fixture      *fixture,
                   gconstpointer data)
{
  g_ptr_array_unref (fixture->elements);
  g_array_unref (fixture->ids);
}

static TelaTileJob *
job_new (Fixture *fixture,
         int      pixels)
{
  TelaTileJob *job = g_new0 (TelaTileJob, 1);

  *job = (TelaTileJob){ .elements = g_ptr_array_ref (fixture->elements), .scale = 1, .pixels = pixels };

  return job;
}

static void
painted_cb (guint64  id,
            GBytes  *pixels,
            int      stride,
            gpointer user_data)
{
  Fixture *fixture = user_data;

  g_array_append_val (fixture->ids, id);
  if (pixels == NULL)
    fixture->n_null++;
  else
    g_assert_cmpuint (g_bytes_get_size (pixels), ==, (gsize) stride * (stride / 4));
}

static void
wait_for (Fixture *fixture,
          guint    n)
{
  gint64 end = g_get_monotonic_time () + DEADLINE;

  while (fixture->ids->len < n)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, FALSE);
    }
}

static void
test_all_come (Fixture      *fixture,
               gconstpointer data)
{
  TelaPainter *painter = tela_painter_new ();
  guint64      i;

  for (i = 1; i <= 40; i++)
    tela_painter_push (painter, i, job_new (fixture, 64), 0, painted_cb, fixture);
  g_assert_cmpuint (fixture->ids->len, ==, 0);
  wait_for (fixture, 40);
  g_assert_cmpuint (fixture->n_null, ==, 0);
  g_assert_finalize_object (painter);
}

static void
test_cancelled_never_come (Fixture      *fixture,
                           gconstpointer data)
{
  TelaPainter *painter = tela_painter_new ();
  guint64      i;
  guint        k;

  for (i = 1; i <= 60; i++)
    tela_painter_push (painter, i, job_new (fixture, 64), 0, painted_cb, fixture);
  for (i = 1; i <= 60; i += 2)
    tela_painter_cancel (painter, i);
  tela_painter_cancel (painter, 12345);
  wait_for (fixture, 30);
  tela_painter_push (painter, 100, job_new (fixture, 64), -1, painted_cb, fixture);
  wait_for (fixture, 31);
  for (k = 0; k < 31; k++)
    g_assert_cmpuint (g_array_index (fixture->ids, guint64, k) % 2, ==, 0);
  g_assert_cmpuint (fixture->ids->len, ==, 31);

  for (i = 1; i <= 60; i++)
    tela_painter_push (painter, 1000 + i, job_new (fixture, 64), 0, painted_cb, fixture);
  tela_painter_cancel_all (painter);
  tela_painter_push (painter, 2000, job_new (fixture, 64), -1, painted_cb, fixture);
  wait_for (fixture, 32);
  g_assert_cmpuint (g_array_index (fixture->ids, guint64, 31), ==, 2000);
  g_assert_finalize_object (painter);
}

static void
test_done_and_then_cancelled (Fixture      *fixture,
                              gconstpointer data)
{
  TelaPainter *painter = tela_painter_new ();
  gint64       end = g_get_monotonic_time () + DEADLINE;

  tela_painter_push (painter, 1, job_new (fixture, 8), 0, painted_cb, fixture);
  while (!g_main_context_pending (NULL)) /* it is painted, and waits to be delivered */
    g_assert_cmpint (g_get_monotonic_time (), <, end);
  tela_painter_cancel (painter, 1);
  tela_painter_push (painter, 2, job_new (fixture, 8), 0, painted_cb, fixture);
  wait_for (fixture, 1);
  g_assert_cmpuint (g_array_index (fixture->ids, guint64, 0), ==, 2);
  g_assert_finalize_object (painter);
}

/* How far @id is from the front. */
static guint
place_of (Fixture *fixture,
          guint64  id)
{
  guint i;

  for (i = 0; i < fixture->ids->len; i++)
    if (g_array_index (fixture->ids, guint64, i) == id)
      return i;
  g_assert_not_reached ();
}

static void
test_urgent_ones_first (Fixture      *fixture,
                        gconstpointer data)
{
  TelaPainter *painter = tela_painter_new ();
  guint64      i;

  for (i = 1; i <= 100; i++)
    tela_painter_push (painter, i, job_new (fixture, 128), 0, painted_cb, fixture);
  tela_painter_push (painter, 500, job_new (fixture, 128), 9, painted_cb, fixture);
  tela_painter_set_priority (painter, 100, 5);
  tela_painter_set_priority (painter, 12345, 5);
  wait_for (fixture, 101);
  g_assert_cmpuint (place_of (fixture, 500), <, 90);
  g_assert_cmpuint (place_of (fixture, 100), <, 99);
  /* Each thread is at one of them; a few were painted before it was there, and the other may be among them. */
  g_assert_cmpuint (place_of (fixture, 500), <, MAX (place_of (fixture, 100), 20) + 5);
  g_assert_finalize_object (painter);
}

static void
test_too_large_is_survived (Fixture      *fixture,
                            gconstpointer data)
{
  TelaPainter *painter = tela_painter_new ();

  tela_painter_push (painter, 1, job_new (fixture, 1000000), 0, painted_cb, fixture);
  tela_painter_push (painter, 2, job_new (fixture, 64), 0, painted_cb, fixture);
  wait_for (fixture, 2);
  g_assert_cmpuint (fixture->n_null, ==, 1);
  g_assert_finalize_object (painter);
}

static void
test_gone_while_painting (Fixture      *fixture,
                          gconstpointer data)
{
  TelaPainter *painter = tela_painter_new ();
  guint64      i;

  for (i = 1; i <= 60; i++)
    tela_painter_push (painter, i, job_new (fixture, 256), 0, painted_cb, fixture);
  g_assert_finalize_object (painter);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (fixture->ids->len, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)
  ADD ("/painter/all-come", test_all_come);
  ADD ("/painter/cancel/never-come", test_cancelled_never_come);
  ADD ("/painter/cancel/done-and-then", test_done_and_then_cancelled);
  ADD ("/painter/urgent-ones-first", test_urgent_ones_first);
  ADD ("/painter/too-large-is-survived", test_too_large_is_survived);
  ADD ("/painter/gone-while-painting", test_gone_while_painting);
#undef ADD

  return g_test_run ();
}
