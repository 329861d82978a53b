/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-changes-dialog.h"

#include "app-fixture.h"

static void
collect (GtkWidget *widget,
         GType      type,
         GPtrArray *found)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type) && gtk_widget_get_mapped (widget))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

/* (transfer container): what is shown of that type */
static GPtrArray *
shown (TelaChangesDialog *dialog,
       GType              type)
{
  GPtrArray *found = g_ptr_array_new ();

  collect (GTK_WIDGET (dialog), type, found);

  return found;
}

static guint
n_shown (TelaChangesDialog *dialog,
         GType              type)
{
  g_autoptr (GPtrArray) found = shown (dialog, type);

  return found->len;
}

static void
test_nothing (CanvasFixture *fixture,
              gconstpointer  data)
{
  TelaChangesDialog *dialog = tela_changes_dialog_new (GTK_WINDOW (fixture->window), fixture->session);

  gtk_window_present (GTK_WINDOW (dialog));
  WAIT_UNTIL (n_shown (dialog, ADW_TYPE_STATUS_PAGE) == 1);
  g_assert_cmpuint (n_shown (dialog, ADW_TYPE_ACTION_ROW), ==, 0);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* The list follows what is done meanwhile. */
static void
test_waiting (CanvasFixture *fixture,
              gconstpointer  data)
{
  g_autofree char *id G_GNUC_UNUSED = canvas_draw (fixture->canvas, "rectangle", 20, 20, 80, 80);
  TelaChangesDialog  *dialog = tela_changes_dialog_new (GTK_WINDOW (fixture->window), fixture->session);
  g_autoptr (GPtrArray) rows = NULL;

  gtk_window_present (GTK_WINDOW (dialog));
  WAIT_UNTIL (n_shown (dialog, ADW_TYPE_ACTION_ROW) == 1);
  canvas_activate (fixture->canvas, "delete");
  WAIT_UNTIL (n_shown (dialog, ADW_TYPE_ACTION_ROW) == 2);
  rows = shown (dialog, ADW_TYPE_ACTION_ROW);
  g_assert_cmpstr (adw_preferences_row_get_title (rows->pdata[0]), ==, "1 shape added");
  g_assert_cmpstr (adw_preferences_row_get_title (rows->pdata[1]), ==, "1 shape deleted");
  g_assert_true (g_str_has_prefix (adw_action_row_get_subtitle (rows->pdata[0]), "Today"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  app_bear_toolkit ();
  adw_init ();
#define ADD(name, test) \
  g_test_add ("/changes/" name, CanvasFixture, NULL, canvas_fixture_set_up, test, canvas_fixture_tear_down)
  ADD ("nothing", test_nothing);
  ADD ("waiting", test_waiting);

  return g_test_run ();
}
