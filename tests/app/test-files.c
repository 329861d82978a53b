/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "document-fixture.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static GPtrArray *
read_elements (void)
{
  g_autoptr (GError) error = NULL;
  const char text[] = HEAD BOX ("a", "1") "," BOX ("b", "100") TAIL;
  g_autoptr (TelaImport) import =
      tela_excalidraw_read (text, strlen (text), (TelaStamp){ .time = 1 }, NULL, NULL, &error);

  g_assert_no_error (error);

  return g_ptr_array_ref (import->elements);
}

static void
write_bytes (DocumentFixture *self,
             GBytes          *bytes)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (self->path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes), &error);
  g_assert_no_error (error);
}

static TelaImport *
read_file (DocumentFixture *self)
{
  g_autoptr (GError) error = NULL;
  TelaImport *import = tela_format_read_file (self->path, (TelaStamp){ .time = 1 }, NULL, NULL, &error);

  g_assert_no_error (error);

  return import;
}

static double
x_in_file (const TelaImport *import,
           const char       *id)
{
  for (guint i = 0; i < import->elements->len; i++)
    if (strcmp (tela_element_get_id (import->elements->pdata[i]), id) == 0)
      return tela_element_get_number (import->elements->pdata[i], TELA_KEY_X, -1);

  return -1;
}

static void
save (DocumentFixture *self)
{
  document_wait_saved (self, FALSE);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL));
  document_wait_saved (self, TRUE);
}

/* A picture is a document like any other: the drawing goes back into it, and it looks as it did. */
static void
check_picture (DocumentFixture         *self,
               const TelaExportOptions *options)
{
  g_autofree char *name = g_strconcat ("Plan.excalidraw", tela_export_get_suffix (options->format), NULL);
  g_autoptr (GPtrArray) elements = read_elements ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) picture = tela_export_make (elements, NULL, options, NULL, NULL, &error);
  g_autoptr (TelaImport) import = NULL;
  TelaExportOptions again;
  g_autofree char  *text = NULL;
  gsize             len;

  g_assert_no_error (error);
  document_use_file (self, name);
  write_bytes (self, picture);
  document_open_file (self);
  document_wait_saved (self, TRUE);
  g_assert_cmpstr (tela_board_get_name (tela_canvas_get_board (document_canvas_of (self))), ==, "Plan");
  document_move (self, "a", 7);
  save (self);

  import = read_file (self);
  g_assert_cmpfloat (x_in_file (import, "a"), ==, 7);
  g_assert_cmpint (import->version, ==, options->version);
  g_assert_true (g_file_get_contents (self->path, &text, &len, NULL));
  again = document_get_link (self)->options;
  g_assert_cmpint (again.format, ==, options->format);
  g_assert_cmpint (again.version, ==, options->version);
  g_assert_cmpint (again.is_dark, ==, options->is_dark);
  g_assert_cmpint (again.is_transparent, ==, options->is_transparent);
  if (options->format == TELA_EXPORT_PNG)
    g_assert_cmpfloat (again.scale, ==, options->scale);

  tela_window_show_boards (self->window);
  document_open_file (self);
  document_wait_saved (self, TRUE);
  g_assert_null (document_find_question (self));
}

static void
test_pictures (DocumentFixture *self,
               gconstpointer    data)
{
  const TelaExportOptions all[] = {
    { .format = TELA_EXPORT_PNG, .scale = 1, .embeds = TRUE, .version = TELA_CARRIER_PLAIN },
    { .format = TELA_EXPORT_PNG, .scale = 3, .embeds = TRUE, .version = TELA_CARRIER_COMPRESSED, .is_dark = TRUE },
    { .format = TELA_EXPORT_PNG, .scale = 2, .embeds = TRUE, .version = TELA_CARRIER_COMPRESSED, .is_transparent = TRUE },
    { .format = TELA_EXPORT_SVG, .scale = 1, .embeds = TRUE, .version = TELA_CARRIER_PLAIN },
    { .format = TELA_EXPORT_SVG, .scale = 1, .embeds = TRUE, .version = TELA_CARRIER_COMPRESSED },
  };

  check_picture (self, &all[GPOINTER_TO_UINT (data)]);
}

/* Others paint over the drawing: what is in the picture now is not merged into the board. */
static void
test_picture_lost (DocumentFixture *self,
                   gconstpointer    data)
{
  const TelaExportOptions drawing = { .format = TELA_EXPORT_PNG, .scale = 1, .embeds = TRUE };
  const TelaExportOptions plain = { .format = TELA_EXPORT_PNG, .scale = 1 };
  g_autoptr (GPtrArray) elements = read_elements ();
  g_autoptr (GBytes) picture = tela_export_make (elements, NULL, &drawing, NULL, NULL, NULL);
  g_autoptr (GBytes) painted = tela_export_make (elements, NULL, &plain, NULL, NULL, NULL);
  g_autofree char *id = NULL;

  document_use_file (self, "Plan.png");
  write_bytes (self, picture);
  document_open_file (self);
  id = g_strdup (tela_window_get_board_id (self->window));
  document_move (self, "a", 7);
  write_bytes (self, painted);
  document_wait_saved (self, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL);
  document_answer (self, "merge");
  document_wait_saved (self, FALSE);
  g_assert_cmpfloat (document_x_of (self, "b"), ==, 100);

  /* To be looked at it is a board of its own, without a file. */
  tela_window_show_boards (self->window);
  document_open_file (self);
  g_assert_cmpstr (tela_window_get_board_id (self->window), !=, id);
  g_assert_null (document_get_link (self));
}

static void
test_tela (DocumentFixture *self,
           gconstpointer    data)
{
  g_autoptr (TelaImport) import = NULL;
  g_autofree char *id = NULL;

  document_open_file (self);
  document_use_file (self, "Plan.tela");
  tela_window_save_to (self->window, self->file);
  WAIT_UNTIL (strcmp (document_get_link (self)->path, self->path) == 0);
  id = g_strdup (tela_window_get_board_id (self->window));
  document_move (self, "a", 7);
  save (self);
  import = read_file (self);
  g_assert_cmpint (import->form, ==, TELA_FORM_TELA);
  g_assert_cmpfloat (x_in_file (import, "a"), ==, 7);

  tela_window_show_boards (self->window);
  document_open_file (self);
  g_assert_cmpstr (tela_window_get_board_id (self->window), ==, id);
  document_wait_saved (self, TRUE);
}

/* One that comes from elsewhere. */
static void
test_tela_opened (DocumentFixture *self,
                  gconstpointer    data)
{
  const TelaExportOptions options = { .format = TELA_EXPORT_TELA };
  g_autoptr (GPtrArray) elements = read_elements ();
  g_autoptr (GBytes) bytes = tela_export_make (elements, NULL, &options, NULL, NULL, NULL);
  g_autoptr (TelaImport) import = NULL;

  document_use_file (self, "Plan.tela");
  write_bytes (self, bytes);
  g_assert_cmpuint (tela_board_get_n_visible (document_open_file (self)), ==, 2);
  document_wait_saved (self, TRUE);
  document_move (self, "b", 8);
  save (self);
  import = read_file (self);
  g_assert_cmpfloat (x_in_file (import, "b"), ==, 8);
  g_assert_cmpint (import->form, ==, TELA_FORM_TELA);
}

/* Under the one stamp of a new board nobody could tell that something was deleted: it must not come back. */
static void
test_tela_deleted (DocumentFixture *self,
                   gconstpointer    data)
{
  TelaOpBuilder *builder = tela_op_builder_new ("b");
  g_autoptr (TelaElement) op = NULL;
  g_autofree char *text = NULL;

  tela_op_builder_set_boolean (builder, TELA_KEY_IS_DELETED, TRUE);
  op = tela_op_builder_end (builder, (TelaStamp){ 0 });
  document_open_file (self);
  tela_session_edit (self->window->session, &op, 1);
  document_use_file (self, "Plan.tela");
  tela_window_save_to (self->window, self->file);
  WAIT_UNTIL (strcmp (document_get_link (self)->path, self->path) == 0);

  tela_links_remove (tela_application_get_links (self->base.app), tela_window_get_board_id (self->window));
  tela_window_show_boards (self->window);
  g_assert_cmpuint (tela_board_get_n_visible (document_open_file (self)), ==, 1);
  document_wait_saved (self, TRUE);
  document_use_file (self, "Again.excalidraw");
  tela_window_save_to (self->window, self->file);
  WAIT_UNTIL (strcmp (document_get_link (self)->path, self->path) == 0);
  text = document_read_text (self);
  g_assert_nonnull (strstr (text, "\"id\": \"a\""));
  g_assert_null (strstr (text, "\"id\": \"b\""));
}

static void
test_read_only (DocumentFixture *self,
                gconstpointer    data)
{
  g_autofree char *before = document_read_text (self);
  g_autofree char *after = NULL;

  g_assert_cmpint (g_chmod (self->path, 0444), ==, 0);
  document_open_file (self);
  document_move (self, "a", 7);
  document_wait_saved (self, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL);
  document_wait_saved (self, FALSE);
  after = document_read_text (self);
  g_assert_cmpstr (after, ==, before);
}

/* The file that a link names is written, by whichever way it was opened. */
static void
test_symlink (DocumentFixture *self,
              gconstpointer    data)
{
  g_autofree char *target = g_strdup (self->path);
  g_autofree char *id = NULL;
  g_autoptr (TelaImport) import = NULL;

  document_open_file (self);
  id = g_strdup (tela_window_get_board_id (self->window));
  tela_window_show_boards (self->window);
  document_use_file (self, "link.excalidraw");
  g_assert_cmpint (symlink (target, self->path), ==, 0);
  document_open_file (self);
  g_assert_cmpstr (tela_window_get_board_id (self->window), ==, id);
  document_move (self, "a", 7);
  save (self);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_IS_SYMLINK));
  g_assert_false (g_file_test (target, G_FILE_TEST_IS_SYMLINK));
  import = read_file (self);
  g_assert_cmpfloat (x_in_file (import, "a"), ==, 7);
}

static void
test_deleted (DocumentFixture *self,
              gconstpointer    data)
{
  g_autoptr (TelaImport) import = NULL;

  document_open_file (self);
  document_move (self, "a", 7);
  g_assert_cmpint (g_remove (self->path), ==, 0);
  save (self);
  import = read_file (self);
  g_assert_cmpfloat (x_in_file (import, "a"), ==, 7);
}

/* Names as long as they can be, and with whatever is allowed in them. */
static void
test_names (DocumentFixture *self,
            gconstpointer    data)
{
  g_autofree char  *filler = g_strnfill (255 - strlen (".excalidraw"), 'x');
  g_autofree char  *long_name = g_strconcat (filler, ".excalidraw", NULL);
  const char *const names[] = { long_name, "100% %s <b>_\n\"x\".excalidraw", "\327\251\327\234\327\225\327\235 1.excalidraw",
                                "\377\376.excalidraw" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (TelaImport) import = NULL;

      document_use_file (self, names[i]);
      document_write_text (self, HEAD BOX ("a", "1") TAIL);
      document_open_file (self);
      document_wait_saved (self, TRUE);
      document_move (self, "a", 7);
      save (self);
      import = read_file (self);
      g_assert_cmpfloat (x_in_file (import, "a"), ==, 7);
      g_assert_null (strchr (gtk_window_get_title (GTK_WINDOW (self->window)), '\n'));
      document_write_text (self, HEAD BOX ("a", "50") TAIL);
      gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL);
      document_answer (self, "merge");
      WAIT_UNTIL (document_x_of (self, "a") == 50);
      document_wait_saved (self, TRUE);
      tela_window_show_boards (self->window);
    }
}

static void
written_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

/* No room on the disk: the file is as it was, nothing lies beside it, and the reason is told. */
static void
test_full_disk (DocumentFixture *self,
                gconstpointer    data)
{
  const TelaExportOptions options = { .format = TELA_EXPORT_EXCALIDRAW };
  const struct rlimit     small = { 64, RLIM_INFINITY };
  struct rlimit           before;
  g_autofree char        *dir = g_build_filename (self->base.dir, "disk", NULL);
  g_autofree char        *path = g_build_filename (dir, "x.excalidraw", NULL);
  g_autoptr (GPtrArray) elements = read_elements ();
  g_autoptr (TelaImages) images = tela_images_new (NULL, NULL);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TelaDocument) document = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) listing = NULL;
  g_autofree char *text = NULL;

  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, "old", -1, NULL));
  if (strcmp (G_OBJECT_TYPE_NAME (gdk_display_get_default ()), "GdkWaylandDisplay") == 0)
    {
      g_test_skip ("on Wayland what a window shows is a file too");
      return;
    }
  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &small), ==, 0);
  tela_document_write_async (elements, images, path, &options, NULL, dir, NULL, written_cb, &result);
  WAIT_UNTIL (result != NULL);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);

  document = tela_document_write_finish (result, &error);
  g_assert_null (document);
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, g_strerror (EFBIG)));
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "old");
  listing = g_dir_open (dir, 0, NULL);
  g_assert_cmpstr (g_dir_read_name (listing), ==, "x.excalidraw");
  g_assert_null (g_dir_read_name (listing));
}

/* The file of a deleted board is free for another one. */
static void
test_board_deleted (DocumentFixture *self,
                    gconstpointer    data)
{
  TelaLinks       *links = tela_application_get_links (self->base.app);
  g_autofree char *id = NULL;

  document_open_file (self);
  id = g_strdup (tela_window_get_board_id (self->window));
  tela_window_show_boards (self->window);
  tela_application_remove_board (self->base.app, id);
  WAIT_UNTIL (tela_links_lookup (links, id) == NULL);
  document_open_file (self);
  g_assert_cmpstr (tela_window_get_board_id (self->window), !=, id);
  document_wait_saved (self, TRUE);
}

/* The next run of the program finds the board of the file, and how the file is written. */
static void
test_restart (DocumentFixture *self,
              gconstpointer    data)
{
  const TelaExportOptions options = { .format = TELA_EXPORT_SVG, .embeds = TRUE, .version = TELA_CARRIER_PLAIN };
  g_autoptr (GPtrArray) elements = read_elements ();
  g_autoptr (GBytes) picture = tela_export_make (elements, NULL, &options, NULL, NULL, NULL);
  g_autofree char *id = NULL;

  document_use_file (self, "Plan.svg");
  write_bytes (self, picture);
  document_open_file (self);
  id = g_strdup (tela_window_get_board_id (self->window));
  app_fixture_restart (&self->base);
  self->window = tela_window_new (self->base.app);
  gtk_window_present (GTK_WINDOW (self->window));
  document_open_file (self);
  g_assert_cmpstr (tela_window_get_board_id (self->window), ==, id);
  g_assert_cmpint (document_get_link (self)->options.version, ==, TELA_CARRIER_PLAIN);
  document_move (self, "a", 7);
  save (self);
}

/* A file of another program says what it lost, and is not to be written over. */
static void
test_report (DocumentFixture *self,
             gconstpointer    data)
{
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;
  int              width, height;

  document_use_file (self, "Notes.xopp");
  document_write_text (self, "<?xml version=\"1.0\"?><xournal fileversion=\"4\"><page width=\"100\" height=\"100\">"
                             "<background type=\"pdf\" domain=\"absolute\" filename=\"x.pdf\" pageno=\"1\"/>"
                             "<layer><stroke tool=\"pen\" color=\"#000000ff\" width=\"1\">1 1 50 50</stroke>"
                             "<stroke tool=\"pen\" color=\"#000000ff\" width=\"1\">1 1</stroke></layer>"
                             "</page></xournal>");
  document_open_file (self);
  WAIT_UNTIL (document_find_question (self) != NULL);
  g_object_get (document_find_question (self), "heading", &heading, "body", &body, NULL);
  g_assert_cmpstr (heading, ==, "Opened with Differences");
  g_assert_cmpstr (body, ==,
                   "Pages of a PDF file behind the drawing were left out: 1.\n\n"
                   "Strokes with less than two points were left out: 1.");
  gtk_widget_measure (document_find_question (self), GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  gtk_widget_measure (document_find_question (self), GTK_ORIENTATION_VERTICAL, MAX (width, 340), &height, NULL, NULL, NULL);
  g_assert_cmpint (width, <=, 360);
  g_assert_cmpint (height, <=, 640);
  document_answer (self, "close");
  g_assert_null (document_get_link (self));
}

static void
add (const char *path,
     guint       data,
     void (*func) (DocumentFixture *fixture, gconstpointer data))
{
  g_test_add (path, DocumentFixture, GUINT_TO_POINTER (data), document_set_up, func, document_tear_down);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *data_home = g_dir_make_tmp ("tela-recent-XXXXXX", NULL);
  int              status;

  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  g_setenv ("XDG_DATA_HOME", data_home, TRUE); /* the list of recent files is there */
  gtk_test_init (&argc, &argv, NULL);

  add ("/files/png/plain", 0, test_pictures);
  add ("/files/png/dark", 1, test_pictures);
  add ("/files/png/transparent", 2, test_pictures);
  add ("/files/svg/plain", 3, test_pictures);
  add ("/files/svg/compressed", 4, test_pictures);
  add ("/files/picture-lost", 0, test_picture_lost);
  add ("/files/tela", 0, test_tela);
  add ("/files/tela-opened", 0, test_tela_opened);
  add ("/files/tela-deleted", 0, test_tela_deleted);
  add ("/files/read-only", 0, test_read_only);
  add ("/files/symlink", 0, test_symlink);
  add ("/files/deleted", 0, test_deleted);
  add ("/files/names", 0, test_names);
  add ("/files/full-disk", 0, test_full_disk);
  add ("/files/board-deleted", 0, test_board_deleted);
  add ("/files/restart", 0, test_restart);
  add ("/files/report", 0, test_report);

  status = g_test_run ();
  app_remove_tree (data_home);

  return status;
}
