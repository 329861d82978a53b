/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What a board was: seen, named, restored, copied, forgotten; and what a viewer and somebody without a connection get. */

#include "document-fixture.h"
#include "tela-session-private.h"
#include "tela-versions-window-private.h"
#include "tela-window-private.h"

#define PAGE(window) tela_version_preview_get_page ((window)->preview)

/* The window with a board, and that of its versions. */
typedef struct
{
  DocumentFixture     base;
  TelaCanvas         *canvas;   /* borrowed */
  TelaVersionsWindow *versions; /* NULL: it is closed */
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer data)
{
  document_set_up (&fixture->base, data);
  fixture->canvas = document_canvas_of (&fixture->base);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->base.window), "win.new-board", NULL));
  WAIT_UNTIL (tela_canvas_get_board (fixture->canvas) != NULL && gtk_widget_get_width (GTK_WIDGET (fixture->canvas)) > 0);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer data)
{
  if (fixture->versions != NULL)
    gtk_window_destroy (GTK_WINDOW (fixture->versions));
  document_tear_down (&fixture->base, data);
}

static TelaVersionsWindow *
find_versions (void)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();

  for (GList *item = all; item != NULL; item = item->next)
    if (TELA_IS_VERSIONS_WINDOW (item->data))
      return item->data;

  return NULL;
}

static TelaVersionRow *
row_at (Fixture *fixture,
        int      i)
{
  return (TelaVersionRow *) gtk_list_box_get_row_at_index (fixture->versions->list, i);
}

static void
open_versions (Fixture *fixture)
{
  WAIT_UNTIL (gtk_widget_activate_action (GTK_WIDGET (fixture->base.window), "win.versions", NULL));
  fixture->versions = find_versions ();
  g_assert_nonnull (fixture->versions);
  g_object_add_weak_pointer (G_OBJECT (fixture->versions), (gpointer *) &fixture->versions);
  WAIT_UNTIL (row_at (fixture, 0) != NULL && strcmp (PAGE (fixture->versions), "wait") != 0);
}

static gboolean
is_offered (Fixture    *fixture,
            const char *action)
{
  GtkWidget *buttons[] = { fixture->versions->name_button, fixture->versions->copy_button,
                           fixture->versions->restore_button, fixture->versions->remove_button };

  for (guint i = 0; i < G_N_ELEMENTS (buttons); i++)
    if (strcmp (gtk_actionable_get_action_name (GTK_ACTIONABLE (buttons[i])), action) == 0)
      return gtk_widget_get_visible (buttons[i]) && gtk_widget_get_sensitive (buttons[i]);

  g_assert_not_reached ();
}

static void
run (Fixture    *fixture,
     const char *action)
{
  g_assert_true (is_offered (fixture, action));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->versions), action, NULL));
}

static GtkWidget *
find_of_type (GtkWidget *widget,
              GType      type)
{
  GtkWidget *found = g_type_is_a (G_OBJECT_TYPE (widget), type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_of_type (child, type);

  return found;
}

/* Names the board as it is; the new version is chosen then. */
static void
name_it (Fixture    *fixture,
         const char *name)
{
  GtkWidget *question;

  run (fixture, "versions.name");
  WAIT_UNTIL ((question = document_find_question (&fixture->base)) != NULL);
  gtk_editable_set_text (GTK_EDITABLE (find_of_type (question, GTK_TYPE_ENTRY)), name);
  document_answer (&fixture->base, "name");
  WAIT_UNTIL (strcmp (adw_window_title_get_title (fixture->versions->preview_title), name) == 0 &&
              is_offered (fixture, "versions.restore"));
}

static guint
count_shapes (TelaCanvas *canvas)
{
  TelaBoard *board = tela_canvas_get_board (canvas);
  g_autoptr (GPtrArray) shown = board == NULL ? NULL : tela_board_query (board, NULL);

  return shown == NULL ? 0 : shown->len;
}

static void
close_versions (Fixture *fixture)
{
  gtk_window_close (GTK_WINDOW (fixture->versions));
  WAIT_UNTIL (fixture->versions == NULL);
}

static void
choose (Fixture *fixture,
        int      i)
{
  gtk_list_box_select_row (fixture->versions->list, GTK_LIST_BOX_ROW (row_at (fixture, i)));
  WAIT_UNTIL (fixture->versions->elements != NULL && strcmp (PAGE (fixture->versions), "wait") != 0);
}

static GtkWidget *
find_button (GtkWidget  *widget,
             const char *label)
{
  GtkWidget *found =
      GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0 ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_button (child, label);

  return found;
}

static const char *
title_at (Fixture *fixture,
          int      i)
{
  return adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row_at (fixture, i)));
}

/* At first there is the board as it is, and of a new one there is nothing to be seen. */
static void
test_now (Fixture      *fixture,
          gconstpointer data)
{
  open_versions (fixture);
  g_assert_cmpstr (title_at (fixture, 0), ==, "Now");
  g_assert_null (row_at (fixture, 1));
  g_assert_cmpstr (PAGE (fixture->versions), ==, "empty");
  g_assert_true (is_offered (fixture, "versions.name"));
  g_assert_false (is_offered (fixture, "versions.restore"));
  close_versions (fixture);
}

/* Restored as an edit, which the toast takes back. */
static void
test_restore (Fixture      *fixture,
              gconstpointer data)
{
  g_autofree char *first G_GNUC_UNUSED = canvas_draw (fixture->canvas, "rectangle", 40, 100, 140, 200);
  GtkWidget             *undo;

  open_versions (fixture);
  g_assert_cmpstr (PAGE (fixture->versions), ==, "picture");
  name_it (fixture, "Before");
  g_assert_cmpstr (title_at (fixture, 1), ==, "Before");
  g_assert_cmpstr (gtk_label_get_label (fixture->versions->difference), ==, "As the board is now");
  close_versions (fixture);

  canvas_activate (fixture->canvas, "delete");
  g_free (canvas_draw (fixture->canvas, "ellipse", 200, 100, 260, 160));
  g_free (canvas_draw (fixture->canvas, "ellipse", 300, 100, 360, 160));
  open_versions (fixture);
  choose (fixture, 1);
  g_assert_cmpstr (PAGE (fixture->versions), ==, "picture");
  g_assert_cmpstr (gtk_label_get_label (fixture->versions->difference), ==, "3 differences to now");
  run (fixture, "versions.restore");
  WAIT_UNTIL (fixture->versions == NULL && count_shapes (fixture->canvas) == 1);
  WAIT_UNTIL ((undo = find_button (GTK_WIDGET (fixture->base.window), "_Undo")) != NULL);
  g_signal_emit_by_name (undo, "clicked");
  WAIT_UNTIL (count_shapes (fixture->canvas) == 2);
}

/* It becomes a board of its own, in a window of its own; this one stays as it is. */
static void
test_copy (Fixture      *fixture,
           gconstpointer data)
{
  g_autofree char *shape G_GNUC_UNUSED = canvas_draw (fixture->canvas, "rectangle", 40, 100, 140, 200);
  GtkWindow             *other;
  GList                 *windows;

  open_versions (fixture);
  name_it (fixture, "Before");
  run (fixture, "versions.copy");
  WAIT_UNTIL (fixture->versions == NULL &&
              g_list_length (gtk_application_get_windows (GTK_APPLICATION (fixture->base.base.app))) == 2);
  windows = gtk_application_get_windows (GTK_APPLICATION (fixture->base.base.app));
  other = windows->data == (gpointer) fixture->base.window ? windows->next->data : windows->data;
  WAIT_UNTIL (count_shapes (tela_window_get_canvas (TELA_WINDOW (other))) == 1);
  g_assert_cmpstr (gtk_window_get_title (other), ==, "Untitled Board (Before)");
  g_assert_cmpstr (tela_window_get_board_id (TELA_WINDOW (other)), !=, tela_window_get_board_id (fixture->base.window));
  g_assert_cmpuint (count_shapes (fixture->canvas), ==, 1);
}

static void
test_remove (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *shape G_GNUC_UNUSED = canvas_draw (fixture->canvas, "rectangle", 40, 100, 140, 200);

  open_versions (fixture);
  name_it (fixture, "Before");
  run (fixture, "versions.remove");
  document_answer (&fixture->base, "cancel");
  g_assert_nonnull (row_at (fixture, 1));
  run (fixture, "versions.remove");
  document_answer (&fixture->base, "delete");
  WAIT_UNTIL (row_at (fixture, 0) != NULL && row_at (fixture, 1) == NULL);
  g_assert_cmpuint (count_shapes (fixture->canvas), ==, 1);
  close_versions (fixture);
}

/* Looks, and may make a board of their own of it. */
static void
test_viewer (Fixture      *fixture,
             gconstpointer data)
{
  g_autofree char *shape G_GNUC_UNUSED = canvas_draw (fixture->canvas, "rectangle", 40, 100, 140, 200);

  open_versions (fixture);
  name_it (fixture, "Before");
  tela_session_set_role (fixture->base.window->session, "viewer");
  WAIT_UNTIL (!is_offered (fixture, "versions.restore"));
  g_assert_false (is_offered (fixture, "versions.remove"));
  g_assert_true (is_offered (fixture, "versions.copy"));
  choose (fixture, 0);
  g_assert_false (is_offered (fixture, "versions.name"));
  g_assert_cmpstr (PAGE (fixture->versions), ==, "picture");
  close_versions (fixture);
}

/* Without the others' hours: what has a name, and the board as it is. */
static void
test_named_only (Fixture      *fixture,
                 gconstpointer data)
{
  const TelaVersion moment = { .at_ms = 1, .n = 5, .rev = 1, .by = (char *) "Ana,Bo" };
  TelaVersion      *other = g_new0 (TelaVersion, 1);
  GtkWidget        *row;

  open_versions (fixture);
  *other = (TelaVersion){ .at_ms = moment.at_ms, .n = moment.n, .rev = moment.rev, .by = g_strdup (moment.by) };
  row = tela_version_row_new (other, FALSE);
  gtk_list_box_append (fixture->versions->list, row);
  g_assert_cmpstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (row)), ==, "5 changes · Ana, Bo");
  g_assert_true (gtk_widget_get_child_visible (row));
  gtk_toggle_button_set_active (fixture->versions->named_button, TRUE);
  g_assert_false (gtk_widget_get_child_visible (row));
  g_assert_true (gtk_widget_get_child_visible (GTK_WIDGET (row_at (fixture, 0))));
  close_versions (fixture);
}

/* On a board that no server knows. */
static void
test_offline (CanvasFixture *fixture,
              gconstpointer  data)
{
  GtkWidget          *window = tela_versions_window_new (GTK_WINDOW (fixture->window), fixture->workspace, fixture->session);
  TelaVersionsWindow *self = TELA_VERSIONS_WINDOW (window);

  gtk_window_present (GTK_WINDOW (window));
  WAIT_UNTIL (strcmp (gtk_stack_get_visible_child_name (self->stack), "failed") == 0);
  g_assert_cmpstr (adw_status_page_get_title (self->failed), ==, "Offline");
  gtk_widget_activate_action (window, "versions.reload", NULL);
  g_assert_cmpstr (adw_status_page_get_title (self->failed), ==, "Offline");
  g_object_add_weak_pointer (G_OBJECT (window), (gpointer *) &window);
  gtk_window_destroy (GTK_WINDOW (window));
  WAIT_UNTIL (window == NULL);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  app_bear_toolkit ();
  adw_init ();
#define ADD(name, test) g_test_add ("/versions/" name, Fixture, NULL, set_up, test, tear_down)
  ADD ("now", test_now);
  ADD ("restore", test_restore);
  ADD ("copy", test_copy);
  ADD ("remove", test_remove);
  ADD ("viewer", test_viewer);
  ADD ("named-only", test_named_only);
  g_test_add ("/versions/offline", CanvasFixture, NULL, canvas_fixture_set_up, test_offline, canvas_fixture_tear_down);

  return g_test_run ();
}
