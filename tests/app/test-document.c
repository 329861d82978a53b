/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include <glib/gstdio.h>

#include "tela-document.h"
#include "tela-window-private.h"

#define HEAD "{\"type\":\"excalidraw\",\"version\":2,\"source\":\"elsewhere\",\"elements\":["
#define BOX(id, x)                                     \
  "{\"id\":\"" id "\",\"type\":\"rectangle\",\"x\":" x \
  ",\"y\":2,\"width\":30,\"height\":40,\"angle\":0,\"strange\":[1]}"
#define TAIL "],\"appState\":{\"gridSize\":20},\"files\":{}}"

typedef struct
{
  AppFixture  base;
  char       *path;
  GFile      *file;
  TelaWindow *window;
} Fixture;

static void
write_text (Fixture    *self,
            const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (self->path, text, -1, &error);
  g_assert_no_error (error);
}

static char *
read_text (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (self->path, &text, NULL, &error);
  g_assert_no_error (error);

  return text;
}

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  app_fixture_set_up (&self->base, data);
  self->path = g_build_filename (self->base.dir, "House Plan.excalidraw", NULL);
  self->file = g_file_new_for_path (self->path);
  write_text (self, HEAD BOX ("a", "1") "," BOX ("b", "100") TAIL);
  self->window = tela_window_new (self->base.app);
  gtk_window_present (GTK_WINDOW (self->window));
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  g_clear_object (&self->file);
  g_clear_pointer (&self->path, g_free);
  app_fixture_tear_down (&self->base, data);
}

static TelaCanvas *
canvas_of (Fixture *self)
{
  return tela_window_get_canvas (self->window);
}

static TelaBoard *
open_file (Fixture *self)
{
  tela_window_open_file (self->window, self->file);
  WAIT_UNTIL (tela_canvas_get_board (canvas_of (self)) != NULL);

  return tela_canvas_get_board (canvas_of (self));
}

static const TelaLink *
get_link (Fixture *self)
{
  return tela_links_lookup (tela_application_get_links (self->base.app), tela_window_get_board_id (self->window));
}

static gboolean
has_subtitle (GtkWidget  *widget,
              const char *subtitle)
{
  if (ADW_IS_WINDOW_TITLE (widget) && strcmp (adw_window_title_get_subtitle (ADW_WINDOW_TITLE (widget)), subtitle) == 0)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_subtitle (child, subtitle))
      return TRUE;

  return FALSE;
}

static void
wait_saved (Fixture *self,
            gboolean is_saved)
{
  const char *wanted = is_saved ? "House Plan.excalidraw" : "Not saved to House Plan.excalidraw";

  WAIT_UNTIL (self->window->content != NULL && self->window->check_source == 0 && !self->window->is_saving &&
              has_subtitle (GTK_WIDGET (self->window), wanted));
}

static void
move (Fixture    *self,
      const char *id,
      double      x)
{
  TelaOpBuilder *builder = tela_op_builder_new (id);
  g_autoptr (TelaElement) op = NULL;

  tela_op_builder_set_number (builder, TELA_KEY_X, x);
  op = tela_op_builder_end (builder, (TelaStamp){ 0 });
  tela_session_edit (self->window->session, &op, 1);
}

static double
x_of (Fixture    *self,
      const char *id)
{
  const TelaElement *element = tela_board_lookup_shown (tela_canvas_get_board (canvas_of (self)), id);

  return element == NULL ? -1 : tela_element_get_number (element, TELA_KEY_X, -1);
}

static AdwMessageDialog *
find_question (Fixture *self)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *item = all; item != NULL; item = item->next)
    if (ADW_IS_MESSAGE_DIALOG (item->data) && gtk_window_get_transient_for (item->data) == GTK_WINDOW (self->window))
      return item->data;

  return NULL;
}

static void
answer (Fixture    *self,
        const char *response)
{
  AdwMessageDialog *dialog;

  WAIT_UNTIL (find_question (self) != NULL);
  dialog = find_question (self);
  g_assert_true (adw_message_dialog_has_response (dialog, response));
  adw_message_dialog_response (dialog, response);
  gtk_window_destroy (GTK_WINDOW (dialog)); /* as its buttons do */
}

/* Opening the file again opens the same board; nothing is to be saved. */
static void
test_open_again (Fixture      *self,
                 gconstpointer data)
{
  g_autofree char *id = NULL;

  g_assert_cmpuint (tela_board_get_n_visible (open_file (self)), ==, 2);
  id = g_strdup (tela_window_get_board_id (self->window));
  g_assert_cmpstr (get_link (self)->path, ==, self->path);
  wait_saved (self, TRUE);

  tela_window_show_boards (self->window);
  open_file (self);
  g_assert_cmpstr (tela_window_get_board_id (self->window), ==, id);
  g_assert_cmpuint (g_list_model_get_n_items (tela_application_get_boards (self->base.app)), ==, 1);
  g_assert_null (find_question (self));
  wait_saved (self, TRUE);
}

static void
test_save (Fixture      *self,
           gconstpointer data)
{
  g_autofree char *text = NULL;
  GStatBuf         status;

  g_assert_cmpint (g_chmod (self->path, 0664), ==, 0);
  open_file (self);
  move (self, "a", 7);
  wait_saved (self, FALSE);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL);
  wait_saved (self, TRUE);

  text = read_text (self);
  g_assert_nonnull (strstr (text, "\"strange\""));
  g_assert_nonnull (strstr (text, "\"gridSize\""));
  g_assert_nonnull (strstr (text, "elsewhere"));
  g_assert_cmpint (g_stat (self->path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0664);

  /* It is the board's own file again: no question. */
  tela_window_show_boards (self->window);
  open_file (self);
  g_assert_cmpfloat (x_of (self, "a"), ==, 7);
  g_assert_null (find_question (self));
}

/* What others did to the file and what was done here are both kept. */
static void
test_merge (Fixture      *self,
            gconstpointer data)
{
  g_autofree char *text = NULL;

  open_file (self);
  move (self, "a", 7);
  write_text (self, HEAD BOX ("a", "1") "," BOX ("c", "300") TAIL);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL);
  answer (self, "merge");
  wait_saved (self, TRUE);

  g_assert_cmpfloat (x_of (self, "a"), ==, 7);
  g_assert_cmpfloat (x_of (self, "b"), ==, -1);
  g_assert_cmpfloat (x_of (self, "c"), ==, 300);
  text = read_text (self);
  g_assert_nonnull (strstr (text, "\"c\""));
  g_assert_null (strstr (text, "\"b\""));
}

static void
test_overwrite (Fixture      *self,
                gconstpointer data)
{
  g_autofree char *text = NULL;

  open_file (self);
  move (self, "a", 7);
  write_text (self, HEAD TAIL);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL);
  answer (self, "cancel");
  text = read_text (self);
  g_assert_cmpstr (text, ==, HEAD TAIL);
  wait_saved (self, FALSE);

  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.save", NULL);
  answer (self, "overwrite");
  wait_saved (self, TRUE);
  g_free (text);
  text = read_text (self);
  g_assert_nonnull (strstr (text, "\"b\""));
}

static void
test_changed_when_opened (Fixture      *self,
                          gconstpointer data)
{
  open_file (self);
  tela_window_show_boards (self->window);
  write_text (self, HEAD BOX ("a", "50") "," BOX ("b", "100") TAIL);
  open_file (self);
  answer (self, "merge");
  WAIT_UNTIL (x_of (self, "a") == 50);
  wait_saved (self, TRUE);
}

static void
test_save_as (Fixture      *self,
              gconstpointer data)
{
  g_autofree char *id = NULL;

  g_assert_cmpint (g_remove (self->path), ==, 0);
  gtk_widget_activate_action (GTK_WIDGET (self->window), "win.new-board", NULL);
  WAIT_UNTIL (tela_canvas_get_board (canvas_of (self)) != NULL);
  g_assert_null (get_link (self));
  g_free (canvas_draw (canvas_of (self), "rectangle", 300, 200, 400, 300));
  tela_window_save_to (self->window, self->file);
  wait_saved (self, TRUE);
  g_assert_cmpstr (get_link (self)->path, ==, self->path);
  g_assert_true (g_file_test (self->path, G_FILE_TEST_EXISTS));

  id = g_strdup (tela_window_get_board_id (self->window));
  tela_window_show_boards (self->window);
  open_file (self);
  g_assert_cmpstr (tela_window_get_board_id (self->window), ==, id);
}

/* A directory that cannot be written is told; the board stays unsaved, the file as it was. */
static void
test_cannot_write (Fixture      *self,
                   gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->base.dir, "nowhere", "x.excalidraw", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  open_file (self);
  move (self, "a", 7);
  tela_window_save_to (self->window, file);
  wait_saved (self, FALSE);
  g_assert_cmpstr (get_link (self)->path, ==, self->path);
}

/* The links are kept: another program run finds them. */
static void
test_kept (Fixture      *self,
           gconstpointer data)
{
  g_autoptr (TelaLinks) again = NULL;
  g_autofree char *id = NULL;

  open_file (self);
  id = g_strdup (tela_window_get_board_id (self->window));
  again = tela_links_new (tela_workspace_get_store (tela_application_get_workspace (self->base.app)));
  g_assert_cmpstr (tela_links_find (again, self->path), ==, id);
  g_assert_cmpstr (tela_links_lookup (again, id)->sha256, ==, get_link (self)->sha256);
  tela_links_set (again, "other", self->path, "x", "y");
  g_assert_null (tela_links_lookup (again, id));
}

static void
test_several (Fixture      *self,
              gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->base.dir, "other.excalidraw", NULL);
  g_autoptr (GListStore) files = g_list_store_new (G_TYPE_FILE);
  g_autoptr (GFile) other = g_file_new_for_path (path);

  g_assert_true (g_file_set_contents (path, HEAD TAIL, -1, NULL));
  g_list_store_append (files, self->file);
  g_list_store_append (files, other);
  tela_window_open_files (self->window, G_LIST_MODEL (files));
  WAIT_UNTIL (g_list_model_get_n_items (tela_application_get_boards (self->base.app)) == 2);
  g_assert_cmpuint (g_list_length (gtk_application_get_windows (GTK_APPLICATION (self->base.app))), ==, 2);
  WAIT_UNTIL (tela_canvas_get_board (canvas_of (self)) != NULL);
}

/* What was opened is in the menu, and opens from there. */
static void
test_recent (Fixture      *self,
             gconstpointer data)
{
  GMenuModel      *menu = G_MENU_MODEL (tela_list_page_get_recent (self->window->list_page));
  g_autofree char *uri = g_file_get_uri (self->file);

  open_file (self);
  WAIT_UNTIL (gtk_recent_manager_has_item (gtk_recent_manager_get_default (), uri));
  WAIT_UNTIL (g_menu_model_get_n_items (menu) > 0);
  tela_window_show_boards (self->window);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (self->window), "win.open-recent", "s", uri));
  WAIT_UNTIL (tela_canvas_get_board (canvas_of (self)) != NULL);
  g_assert_cmpuint (g_list_model_get_n_items (tela_application_get_boards (self->base.app)), ==, 1);
}

static void
add (const char *path,
     void (*func) (Fixture *fixture, gconstpointer data))
{
  g_test_add (path, Fixture, NULL, set_up, func, tear_down);
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
  add ("/document/merge", test_merge);
  add ("/document/overwrite", test_overwrite);
  add ("/document/changed-when-opened", test_changed_when_opened);
  add ("/document/save-as", test_save_as);
  add ("/document/cannot-write", test_cannot_write);
  add ("/document/kept", test_kept);
  add ("/document/several", test_several);
  add ("/document/recent", test_recent);

  status = g_test_run ();
  app_remove_tree (data_home);

  return status;
}
