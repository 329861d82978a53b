/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Damaged files, each through all that a person would do with it: a clear error or a sane board, in time and in bounds.
 *
 * They are made in child processes, so that a crash or a hang names its file. TELA_TEST_SEED takes others; with
 * TELA_TEST_MUTANT only that one is tried, in this process. */

#include <glib/gstdio.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../common/test-long.h"
#include "formats-fixture.h"
#include "mutator.h"
#include "tela-attach.h"
#include "tela-paint.h"

#define SEED 20240501
#define N_MUTANTS 100
#define BATCH 20
#define MAX_SECONDS 5                   /* of the processor's time */
#define MAX_BYTES (1024l * 1024 * 1024) /* of memory */
#define PICTURE_SIDE 200.0
#define SMALL 400 /* elements: of larger boards only some are painted */

/* The allocator of the address sanitizer reserves far more than it uses. */
#ifdef __SANITIZE_ADDRESS__
#define HAS_LARGE_MAPPINGS TRUE
#else
#define HAS_LARGE_MAPPINGS FALSE
#endif

static double
measure_cb (const char *line,
            gsize       len,
            double      font_size,
            int         font_family,
            gpointer    user_data)
{
  return 0.5 * font_size * (double) g_utf8_strlen (line, (gssize) len);
}

static void
check_valid (GPtrArray *elements)
{
  for (guint i = 0; i < elements->len; i++)
    {
      g_autoptr (GError) error = NULL;

      tela_element_validate (elements->pdata[i], &error);
      g_assert_no_error (error);
    }
}

static void
merge (TelaBoard *board,
       GPtrArray *ops,
       guint      tick)
{
  TelaStamp stamp = { fixture_stamp.time + tick, fixture_stamp.actor };

  for (guint i = 0; i < ops->len; i++)
    {
      g_autoptr (TelaElement) op = tela_element_restamp (ops->pdata[i], stamp);

      tela_board_merge (board, &op, 1);
    }
}

/* Moves some elements with all that is attached to them, and deletes others. */
static void
edit (GRand     *rand,
      TelaBoard *board)
{
  g_autoptr (GPtrArray) all = tela_board_query (board, NULL);
  g_autoptr (GPtrArray) chosen = g_ptr_array_new ();
  g_autoptr (GPtrArray) moved = NULL;
  g_autoptr (GPtrArray) ops = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GPtrArray) done = NULL;
  g_autoptr (GPtrArray) deleted = NULL;
  g_autoptr (TelaAttach) attach = NULL;

  for (guint i = 0; i < MIN (all->len, 10); i++)
    g_ptr_array_add (chosen, all->pdata[mutator_pick (rand, all->len)]);
  moved = tela_attach_expand (board, chosen);
  for (guint i = 0; i < moved->len; i++)
    {
      TelaOpBuilder *builder = tela_op_builder_new (tela_element_get_id (moved->pdata[i]));

      tela_op_builder_set_number (builder, TELA_KEY_X, tela_element_get_number (moved->pdata[i], TELA_KEY_X, 0) / 2 + 30);
      tela_op_builder_set_number (builder, TELA_KEY_WIDTH, tela_element_get_number (moved->pdata[i], TELA_KEY_WIDTH, 10) / 2);
      g_ptr_array_add (ops, tela_op_builder_end (builder, fixture_stamp));
    }
  attach = tela_attach_new (board, moved, measure_cb, NULL);
  done = tela_attach_complete (attach, ops);
  check_valid (done);
  merge (board, done, 1);
  g_ptr_array_set_size (chosen, (int) MIN (chosen->len, 2));
  deleted = tela_attach_delete (board, chosen);
  check_valid (deleted);
  merge (board, deleted, 2);
}

static void
check_picture (GBytes       *bytes,
               const GError *error)
{
  g_assert_true ((bytes == NULL) == (error != NULL));
  if (bytes != NULL)
    g_assert_cmpuint (g_bytes_get_size (bytes), >, 0);
  g_clear_pointer (&bytes, g_bytes_unref);
}

/* What a person waits for, to open, to see or to save it, takes no longer than this. */
static void
begin_step (void)
{
  const struct itimerval limit = { .it_value = { .tv_sec = MAX_SECONDS } };

  setitimer (ITIMER_PROF, &limit, NULL);
}

static void
paint (TelaBoard  *board,
       TelaImport *import)
{
  g_autoptr (GPtrArray) elements = tela_board_query (board, NULL);
  TelaElement *const *items = (TelaElement *const *) elements->pdata;
  guint               n = MIN (elements->len, SMALL);
  TelaPictureOptions  options = { .padding = 4, .background = "#ffffff", .page_per_frame = TRUE, .asset = fixture_get_file, .asset_data = import };
  TelaTileJob         tile = { .elements = elements, .scale = 1, .pixels = 256, .asset = fixture_get_file, .asset_data = import };
  TelaRect            extent = { 0 };
  g_autoptr (GError) error = NULL;
  GBytes *pixels;
  int     stride;

  if (!tela_board_get_extent (board, &extent))
    return;
  options.scale = MIN (1, PICTURE_SIDE / MAX (extent.width, extent.height));
  check_picture (tela_paint_png (items, n, &options, &error), error);
  g_clear_error (&error);
  begin_step ();
  check_picture (tela_paint_pdf (items, n, &options, &error), error);
  begin_step ();
  options.dark = TRUE;
  check_picture (tela_paint_svg (items, n, &options), NULL);
  begin_step ();
  tile.x = tela_element_get_box (items[0]).x;
  tile.y = tela_element_get_box (items[0]).y;
  pixels = tela_tile_job_paint (&tile, &stride);
  g_assert_cmpuint (g_bytes_get_size (pixels), ==, (gsize) stride * 256);
  g_bytes_unref (pixels);
}

/* The drawing comes back as it was saved, again and again. */
static void
save (TelaBoard  *board,
      TelaImport *import)
{
  gsize            len;
  guint            n_missing;
  g_autofree char *once = tela_excalidraw_write (board, fixture_get_file, import, &n_missing, &len);
  g_autofree char *twice = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) again = tela_excalidraw_read (once, len, fixture_stamp, NULL, NULL, &error);
  g_autoptr (TelaBoard) other = NULL;

  g_assert_no_error (error);
  other = fixture_board (again);
  g_assert_cmpuint (tela_board_get_n_visible (other), ==, tela_board_get_n_visible (board));
  twice = tela_excalidraw_write (other, fixture_get_file, again, &n_missing, &len);
  if (strcmp (once, twice) != 0)
    fixture_assert_same (once, twice);
}

static void
try_file (GRand      *rand,
          const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaImport) import = tela_format_read_file (path, fixture_stamp, NULL, "mutant", &error);
  g_autoptr (TelaBoard) board = NULL;

  g_assert_true ((import == NULL) == (error != NULL));
  if (import == NULL)
    {
      g_assert_true (g_str_has_prefix (error->message, path));
      g_assert_cmpuint (strlen (error->message), >, strlen (path) + strlen (": why"));
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      return;
    }
  check_valid (import->elements);
  board = fixture_board (import);
  begin_step ();
  paint (board, import);
  begin_step ();
  save (board, import);
  edit (rand, board);
  begin_step ();
  paint (board, import);
  begin_step ();
  save (board, import);
}

/* Some file or other, damaged; its path. (transfer full) */
static char *
make_mutant (GPtrArray  *files,
             const char *folder,
             guint       i,
             GRand      *rand)
{
  const char      *source = files->pdata[i % files->len];
  const char      *ending = strrchr (source, '.');
  g_autofree char *name = g_strdup_printf ("mutant-%u%s", i, ending);
  g_autofree char *data = NULL;
  g_autoptr (GString) damaged = NULL;
  g_autoptr (GError) error = NULL;
  char *path = g_build_filename (folder, name, NULL);
  gsize len;

  g_file_get_contents (source, &data, &len, &error);
  g_assert_no_error (error);
  damaged = mutator_damage (rand, data, len);
  g_file_set_contents (path, damaged->str, (gssize) damaged->len, &error);
  g_assert_no_error (error);
  return path;
}

static GRand *
make_rand (guint i)
{
  const char   *other = g_getenv ("TELA_TEST_SEED");
  const guint32 seed[] = { other != NULL ? (guint32) g_ascii_strtoull (other, NULL, 10) : SEED, i };

  return g_rand_new_with_seed_array (seed, G_N_ELEMENTS (seed));
}

static void
try_mutant (GPtrArray  *files,
            const char *folder,
            guint       i)
{
  const struct itimerval none = { 0 };
  g_autoptr (GRand) rand = make_rand (i);
  g_autofree char *path = make_mutant (files, folder, i, rand);
  struct rusage    usage;

  begin_step ();
  alarm (20 * MAX_SECONDS); /* for one who waits */
  try_file (rand, path);
  setitimer (ITIMER_PROF, &none, NULL);
  alarm (0);
  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  g_assert_cmpint (usage.ru_maxrss, <, MAX_BYTES / 1024);
  g_remove (path);
}

/* From *@next on; counts it up, which the parent sees. */
static void
run_batch (GPtrArray  *files,
           const char *folder,
           guint      *next,
           guint       end)
{
  const struct rlimit limit = { MAX_BYTES, MAX_BYTES };

  if (!HAS_LARGE_MAPPINGS)
    g_assert_cmpint (setrlimit (RLIMIT_AS, &limit), ==, 0);
  for (; *next < end; ++*next)
    try_mutant (files, folder, *next);
}

/* FALSE: the one at *@next was too much. */
static gboolean
run_child (GPtrArray  *files,
           const char *folder,
           guint      *next,
           guint       end)
{
  pid_t child;
  int   status;

  fflush (NULL);
  child = fork ();
  g_assert_cmpint (child, >=, 0);
  if (child == 0)
    {
      run_batch (files, folder, next, end);
      exit (0);
    }
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  if (WIFEXITED (status) && WEXITSTATUS (status) == 0)
    return TRUE;
  g_test_message ("%s: mutant %u of %s: %s %d", folder, *next, (const char *) files->pdata[*next % files->len],
                  WIFSIGNALED (status) ? "signal" : "status", WIFSIGNALED (status) ? WTERMSIG (status) : WEXITSTATUS (status));
  return FALSE;
}

static void
test_mutants (gconstpointer user_data)
{
  GPtrArray  *files = (GPtrArray *) user_data;
  const char *only = g_getenv ("TELA_TEST_MUTANT");
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("tela-mutants-XXXXXX", &error);
  guint           *next = mmap (NULL, sizeof *next, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  guint            n = test_times (N_MUTANTS), n_failed = 0;

  g_assert_no_error (error);
  g_assert_true (next != MAP_FAILED);
  if (only != NULL)
    {
      *next = (guint) g_ascii_strtoull (only, NULL, 10);
      n = *next + 1;
      run_batch (files, folder, next, n);
    }
  while (*next < n)
    if (!run_child (files, folder, next, MIN (*next + BATCH, n)))
      {
        n_failed++;
        ++*next;
      }
  munmap (next, sizeof *next);
  g_assert_cmpuint (n_failed, ==, 0); /* else the files stay */
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
add_folder (GPtrArray *files,
            char      *path)
{
  g_autofree char *owned G_GNUC_UNUSED = path;
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (strchr (name, '.') != NULL)
      g_ptr_array_add (files, g_build_filename (path, name, NULL));
}

static int
compare_paths (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

int
main (int   argc,
      char *argv[])
{
  static const char *const folders[] = { "excalidraw", "embedded", "library", "other" };
  const char              *tests;
  g_autoptr (GPtrArray) files = g_ptr_array_new_with_free_func (g_free);

  g_test_init (&argc, &argv, NULL);
  tests = g_getenv ("G_TEST_SRCDIR");
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    add_folder (files, g_build_filename (tests, "..", "..", "shared", "corpus", folders[i], NULL));
  add_folder (files, g_build_filename (tests, "fuzz", "corpus-format", NULL));
  add_folder (files, g_build_filename (tests, "data", NULL));
  g_ptr_array_sort (files, compare_paths);
  g_test_add_data_func ("/formats/mutants", files, test_mutants);
  return g_test_run ();
}
