/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "document-fixture.h"

#include <glib/gstdio.h>

#define N_BIG 4000u

/* Opening the file again opens the same board; nothing is to be saved. */
static void
test_open_again (DocumentFixture *self,
                 gconstpointer    data)
{
  g_autofree char *id = NULL;

  g_assert_cmpuint (tela_board_get_n_visible (document_open_file (self)), ==, 2);
  id = g_strdup (tela_window_get_board_id (self->window));
  g_assert_cmpstr (document_get_link (self)->path, ==, self->path);
  document_wait_saved (self, TRUE);

  tela_window_show_boards (self->window);
  document_open_file (self);
  g_assert_cmpstr (tela_window_get_board_id (self->window), ==, id);
  g_assert_cmpuint (g_list_model_get_n_items (tela_application_get_boards (self->base.app)), ==, 1);
  g_assert_null (document_find_question (self));
  document_wait_saved (self, TRUE);
}

/* A big drawing is shown before all of it is on disk and its file is known, and whoever saves it then saves it there. */
static void
test_save_early (DocumentFixture *self,
                 gconstpointer    data)
{
  g_autoptr (GString) text = g_string_new (HEAD);
  TelaBoard *board;

  for (guint i = 0; i < N_BIG; i++)
    g_string_append_printf (text, BOX ("box-%u", "%u") ",", i, i);
  g_string_append (text, BOX ("a", "1") TAIL);
  document_write_text (self, text->str);

  tela_window_open_file (self->window, self->file);
  WAIT_UNTIL ((board = tela_canvas_get_board (document_canvas_of (self))) != NULL);
  g_assert_cmpuint (tela_board_get_n_visible (board), ==, N_BIG + 1);
  g_assert_null (document_get_link (self));
  g_assert_nonnull (self->window->filling);
  document_move (self, "a", 7);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL);
  document_wait_saved (self, TRUE);
  g_assert_null (self->window->filling);
  g_assert_null (self->window->chooser);

  tela_window_show_boards (self->window);
  document_open_file (self);
  g_assert_cmpfloat (document_x_of (self, "a"), ==, 7);
  g_assert_cmpuint (g_list_model_get_n_items (tela_application_get_boards (self->base.app)), ==, 1);
  g_assert_null (document_find_question (self));
}

static void
test_save (DocumentFixture *self,
           gconstpointer    data)
{
  g_autofree char *text = NULL;
  GStatBuf         status;

  g_assert_cmpint (g_chmod (self->path, 0664), ==, 0);
  document_open_file (self);
  document_move (self, "a", 7);
  document_wait_saved (self, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL);
  document_wait_saved (self, TRUE);

  text = document_read_text (self);
  g_assert_nonnull (strstr (text, "\"strange\""));
  g_assert_nonnull (strstr (text, "\"gridSize\""));
  g_assert_nonnull (strstr (text, "elsewhere"));
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0664);

  /* It is the board's own file again: no question. */
  tela_window_show_boards (self->window);
  document_open_file (self);
  document_wait_saved (self, TRUE);
  g_assert_cmpfloat (document_x_of (self, "a"), ==, 7);
  g_assert_null (document_find_question (self));
}

/* What others did to the file and what was done here are both kept. */
static void
test_merge (DocumentFixture *self,
            gconstpointer    data)
{
  g_autofree char *text = NULL;

  document_open_file (self);
  document_move (self, "a", 7);
  document_write_text (self, HEAD BOX ("a", "1") "," BOX ("c", "300") TAIL);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL);
  document_answer (self, "merge");
  document_wait_saved (self, TRUE);

  g_assert_cmpfloat (document_x_of (self, "a"), ==, 7);
  g_assert_cmpfloat (document_x_of (self, "b"), ==, -1);
  g_assert_cmpfloat (document_x_of (self, "c"), ==, 300);
  text = document_read_text (self);
  g_assert_nonnull (strstr (text, "\"c\""));
  g_assert_null (strstr (text, "\"b\""));
}

static void
test_overwrite (DocumentFixture *self,
                gconstpointer    data)
{
  g_autofree char *text = NULL;

  document_open_file (self);
  document_move (self, "a", 7);
  document_write_text (self, HEAD TAIL);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL);
  document_answer (self, "cancel");
  text = document_read_text (self);
  g_assert_cmpstr (text, ==, HEAD TAIL);
  document_wait_saved (self, FALSE);

  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL);
  document_answer (self, "overwrite");
  document_wait_saved (self, TRUE);
  g_free (text);
  text = document_read_text (self);
  g_assert_nonnull (strstr (text, "\"b\""));
}

static void
test_changed_when_opened (DocumentFixture *self,
                          gconstpointer    data)
{
  document_open_file (self);
  tela_window_show_boards (self->window);
  document_write_text (self, HEAD BOX ("a", "50") "," BOX ("b", "100") TAIL);
  document_open_file (self);
  document_answer (self, "merge");
  WAIT_UNTIL (document_x_of (self, "a") == 50);
  document_wait_saved (self, TRUE);
}

static void
test_save_as (DocumentFixture *self,
              gconstpointer    data)
{
  g_autofree char *id = NULL;

  g_assert_cmpint (g_remove (self->path), ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.new-board", NULL);
  WAIT_UNTIL (tela_canvas_get_board (document_canvas_of (self)) != NULL);
  g_assert_null (document_get_link (self));
  g_free (canvas_draw (document_canvas_of (self), "rectangle", 300, 200, 400, 300));
  tela_window_save_to (self->window, self->file);
  document_wait_saved (self, TRUE);
  g_assert_cmpstr (document_get_link (self)->path, ==, self->path);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_EXISTS));

  id = g_strdup (tela_window_get_board_id (self->window));
  tela_window_show_boards (self->window);
  document_open_file (self);
  g_assert_cmpstr (tela_window_get_board_id (self->window), ==, id);
}

/* A directory that cannot be written is told; the board stays unsaved, the file as it was. */
static void
test_cannot_write (DocumentFixture *self,
                   gconstpointer    data)
{
  g_autofree char *path = g_build_filename (self->base.dir, "nowhere", "x.excalidraw", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  document_open_file (self);
  document_move (self, "a", 7);
  tela_window_save_to (self->window, file);
  document_wait_saved (self, FALSE);
  g_assert_cmpstr (document_get_link (self)->path, ==, self->path);
}

/* The second opening waits for the first, and then shows its board. */
static void
test_at_once (DocumentFixture *self,
              gconstpointer    data)
{
  TelaWindow *other = tela_window_new (self->base.app);

  gtk_window_present (GTK_WINDOW (other));
  tela_window_open_file (self->window, self->file);
  tela_window_open_file (other, self->file);
  WAIT_UNTIL (self->window->session != NULL && other->session != NULL);
  g_assert_true (self->window->session == other->session);
  g_assert_cmpuint (g_list_model_get_n_items (tela_application_get_boards (self->base.app)), ==, 1);
}

/* What another process linked names a board that never comes: the file gets one of its own. */
static void
test_lost_board (DocumentFixture *self,
                 gconstpointer    data)
{
  const TelaLink link = { self->path, (char *) "x", (char *) "y", { .format = TELA_EXPORT_EXCALIDRAW } };
  g_autoptr (TelaLinks) others = tela_links_new (self->base.dir);

  tela_links_set (others, "gone", &link);
  tela_links_close (others);
  document_open_file (self);
  document_wait_saved (self, TRUE);
  g_assert_cmpstr (tela_window_get_board_id (self->window), !=, "gone");
  g_assert_null (tela_links_lookup (tela_application_get_links (self->base.app), "gone"));
}

/* A file whose board was thrown away brings that board back; a start of the program does not. */
static void
test_from_trash (DocumentFixture *self,
                 gconstpointer    data)
{
  TelaWorkspace   *workspace = tela_application_get_workspace (self->base.app);
  GListModel      *trash = tela_workspace_get_trash (workspace);
  g_autofree char *id = NULL;
  g_autofree char *state = NULL;

  document_open_file (self);
  document_wait_saved (self, TRUE);
  id = g_strdup (tela_window_get_board_id (self->window));
  tela_window_show_boards (self->window);
  tela_workspace_trash (workspace, id);
  g_assert_cmpuint (g_list_model_get_n_items (trash), ==, 1);

  state = g_strdup_printf ("{\"board\":\"%s\"}", id);
  tela_window_read_state (self->window, (TelaJsonSpan){ state, strlen (state) });
  g_assert_null (tela_window_get_board_id (self->window));
  g_assert_cmpuint (g_list_model_get_n_items (trash), ==, 1);

  document_open_file (self);
  g_assert_cmpstr (tela_window_get_board_id (self->window), ==, id);
  g_assert_cmpuint (g_list_model_get_n_items (trash), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (tela_application_get_boards (self->base.app)), ==, 1);
  WAIT_UNTIL (tela_session_can_edit (self->window->session));
}

static void
test_several (DocumentFixture *self,
              gconstpointer    data)
{
  g_autofree char *path = g_build_filename (self->base.dir, "other.excalidraw", NULL);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) other = g_file_new_for_path (path);

  g_assert_true (g_file_set_contents (path, HEAD TAIL, -1, NULL));
  g_list_store_append (files, self->file);
  g_list_store_append (files, other);
  g_list_store_append (files, self->file); /* once more: it is the same board */
  tela_window_open_files (self->window, G_LIST_MODEL (files));
  WAIT_UNTIL (g_list_model_get_n_items (tela_application_get_boards (self->base.app)) == 2);
  g_assert_cmpuint (g_list_length (gtk_application_get_windows (GTK_APPLICATION (self->base.app))), ==, 2);
  WAIT_UNTIL (tela_canvas_get_board (document_canvas_of (self)) != NULL);
}

/* What was opened is in the menu, and opens from there. */
static void
test_recent (DocumentFixture *self,
             gconstpointer    data)
{
  GMenuModel      *menu = G_MENU_MODEL (tela_list_page_get_recent (self->window->list_page));
  g_autofree char *uri = g_file_get_uri (self->file);

  document_open_file (self);
  WAIT_UNTIL (gtk_recent_manager_has_item (gtk_recent_manager_get_default (), uri));
  WAIT_UNTIL (g_menu_model_get_n_items (menu) > 0);
  tela_window_show_boards (self->window);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->window), "win.open-recent", "s", uri));
  WAIT_UNTIL (tela_canvas_get_board (document_canvas_of (self)) != NULL);
  g_assert_cmpuint (g_list_model_get_n_items (tela_application_get_boards (self->base.app)), ==, 1);
}

static void
add (const char *path,
     void (*func) (DocumentFixture *fixture, gconstpointer data))
{
  g_test_add (path, DocumentFixture, NULL, document_set_up, func, document_tear_down);
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

  add ("/document/open-again", test_open_again);
  add ("/document/save", test_save);
  add ("/document/save-early", test_save_early);
  add ("/document/merge", test_merge);
  add ("/document/overwrite", test_overwrite);
  add ("/document/changed-when-opened", test_changed_when_opened);
  add ("/document/save-as", test_save_as);
  add ("/document/cannot-write", test_cannot_write);
  add ("/document/at-once", test_at_once);
  add ("/document/lost-board", test_lost_board);
  add ("/document/from-trash", test_from_trash);
  add ("/document/several", test_several);
  add ("/document/recent", test_recent);

  status = g_test_run ();
  app_remove_tree (data_home);

  return status;
}
