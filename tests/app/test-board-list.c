/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-board-card.h"
#include "tela-window-private.h"

/* The list of boards: cards, their pictures, and the keys on them. */

#define MANY 60

static TelaWindow *
open_window (AppFixture *fixture,
             int         width,
             int         height)
{
  TelaWindow *window = tela_window_new (fixture->app);

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_present (GTK_WINDOW (window));

  return window;
}

/* The first of @type in @widget; NULL: none. */
static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find (child, type);

  return found;
}

static GtkWidget *
list_of (TelaWindow *window)
{
  return find (GTK_WIDGET (window), GTK_TYPE_FLOW_BOX);
}

static TelaBoardPicture *
picture_of (GtkWidget *card)
{
  return tela_board_card_get_picture (TELA_BOARD_CARD (card));
}

/* What is drawn on a board is seen in the list as soon as the board is left. */
static void
test_picture (AppFixture   *fixture,
              gconstpointer data)
{
  TelaWindow *window = open_window (fixture, 960, 640);
  TelaCanvas *canvas = tela_window_get_canvas (window);
  GtkWidget  *card;
  g_autoptr (TelaProject) project = NULL;
  g_autofree char *first = NULL;

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.new-board", NULL));
  WAIT_UNTIL (tela_canvas_get_board (canvas) != NULL);
  card = gtk_widget_get_first_child (list_of (window));
  project = g_object_ref (tela_board_card_get_project (TELA_BOARD_CARD (card)));
  g_assert_null (tela_project_get_thumbnail (project));
  g_free (canvas_draw (canvas, "rectangle", 100, 100, 200, 200));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.boards", NULL));
  WAIT_UNTIL (tela_project_get_thumbnail (project) != NULL);
  WAIT_UNTIL (tela_board_picture_is_loaded (picture_of (gtk_widget_get_first_child (list_of (window)))));

  /* Looking at it changes nothing. */
  first = g_strdup (tela_project_get_thumbnail (project));
  tela_window_open_board (window, tela_project_get_id (project));
  WAIT_UNTIL (tela_canvas_get_board (canvas) != NULL);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.boards", NULL));
  g_assert_cmpstr (tela_project_get_thumbnail (project), ==, first);
}

/* The next start of the program has it, before any server is asked. */
static void
test_kept (AppFixture   *fixture,
           gconstpointer data)
{
  g_autofree char *id = tela_workspace_create (tela_application_get_workspace (fixture->app), "Kept");
  TelaWindow      *window = open_window (fixture, 960, 640);
  TelaCanvas      *canvas = tela_window_get_canvas (window);

  tela_window_open_board (window, id);
  WAIT_UNTIL (tela_canvas_get_board (canvas) != NULL);
  g_free (canvas_draw (canvas, "rectangle", 100, 100, 200, 200));
  app_fixture_restart (fixture);
  window = open_window (fixture, 960, 640);
  WAIT_UNTIL (gtk_widget_get_first_child (list_of (window)) != NULL);
  WAIT_UNTIL (tela_board_picture_is_loaded (picture_of (gtk_widget_get_first_child (list_of (window)))));
}

static guint
count_loaded (GtkWidget *list)
{
  guint n = 0;

  for (GtkWidget *card = gtk_widget_get_first_child (list); card != NULL; card = gtk_widget_get_next_sibling (card))
    n += tela_board_picture_is_loaded (picture_of (card));

  return n;
}

/* Of many boards only those have their pictures in memory that may be seen soon. */
static void
test_far (AppFixture   *fixture,
          gconstpointer data)
{
  TelaWorkspace *workspace = tela_application_get_workspace (fixture->app);
  TelaWindow    *window = open_window (fixture, 360, 400);
  GtkWidget     *list = list_of (window);
  g_autoptr (GPtrArray) nothing = g_ptr_array_new ();
  g_autoptr (GBytes) png = tela_thumbnailer_paint (nothing, NULL, NULL);
  GtkAdjustment *scroll;

  for (guint i = 0; i < MANY; i++)
    {
      g_autofree char *name = g_strdup_printf ("Board %u", i);
      g_autofree char *id = tela_workspace_create (workspace, name);

      tela_workspace_set_thumbnail (workspace, id, png);
    }
  scroll = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (list, GTK_TYPE_SCROLLED_WINDOW)));
  WAIT_UNTIL (gtk_widget_get_last_child (list) != NULL && count_loaded (list) > 4);
  WAIT_UNTIL (gtk_adjustment_get_upper (scroll) > 3000);
  /* Cards come and go while the server tells when each was made. */
  WAIT_UNTIL (tela_board_picture_is_loaded (picture_of (gtk_widget_get_first_child (list))) &&
              !tela_board_picture_is_loaded (picture_of (gtk_widget_get_last_child (list))) &&
              count_loaded (list) < MANY / 2);

  gtk_adjustment_set_value (scroll, gtk_adjustment_get_upper (scroll));
  WAIT_UNTIL (tela_board_picture_is_loaded (picture_of (gtk_widget_get_last_child (list))) &&
              !tela_board_picture_is_loaded (picture_of (gtk_widget_get_first_child (list))));
}

/* What others send is looked at before it is decoded. */
static void
test_bad_picture (AppFixture   *fixture,
                  gconstpointer data)
{
  static const char vast[] = "\211PNG\r\n\032\n\0\0\0\015IHDR\0\1\0\0\0\1\0\0\10\6\0\0\0";
  TelaWorkspace    *workspace = tela_application_get_workspace (fixture->app);
  g_autofree char  *id = tela_workspace_create (workspace, "Bad");
  g_autoptr (GBytes) png = g_bytes_new_static (vast, sizeof vast);
  TelaWindow *window = open_window (fixture, 960, 640);
  GtkWidget  *card;
  guint       n = 0;

  tela_workspace_set_thumbnail (workspace, id, png);
  WAIT_UNTIL ((card = gtk_widget_get_first_child (list_of (window))) != NULL);
  WAIT_UNTIL (tela_project_get_thumbnail (tela_board_card_get_project (TELA_BOARD_CARD (card))) != NULL);
  WAIT_UNTIL (++n > 50);
  g_assert_false (tela_board_picture_is_loaded (picture_of (gtk_widget_get_first_child (list_of (window)))));
}

/* GTK 4.24 takes no menu away where there is no seat, as on a Weston without a screen. */
static void
show_menu (GtkWidget *card)
{
  GtkMenuButton *button = GTK_MENU_BUTTON (find (card, GTK_TYPE_MENU_BUTTON));

  if (gdk_display_get_default_seat (gtk_widget_get_display (card)) == NULL)
    return;
  g_assert_true (gtk_widget_activate_action (card, "card.menu", NULL));
  WAIT_UNTIL (gtk_widget_get_mapped (GTK_WIDGET (gtk_menu_button_get_popover (button))));
  gtk_menu_button_popdown (button);
}

/* Every card is reached and used by keys, and says what it is. */
static void
test_keys (AppFixture   *fixture,
           gconstpointer data)
{
  TelaWorkspace   *workspace = tela_application_get_workspace (fixture->app);
  g_autofree char *id = tela_workspace_create (workspace, "Plan");
  TelaWindow      *window = open_window (fixture, 960, 640);
  GtkWidget       *card;

  WAIT_UNTIL ((card = gtk_widget_get_first_child (list_of (window))) != NULL && gtk_widget_get_mapped (card));
  g_assert_true (gtk_widget_grab_focus (card));
  g_assert_true (gtk_window_get_focus (GTK_WINDOW (window)) == card);
  gtk_test_accessible_assert_role (card, GTK_ACCESSIBLE_ROLE_GRID_CELL);
  gtk_test_accessible_assert_property (find (card, GTK_TYPE_MENU_BUTTON), GTK_ACCESSIBLE_PROPERTY_LABEL, "Board Menu");
  show_menu (card);
  g_assert_true (gtk_widget_activate (card));
  WAIT_UNTIL (g_strcmp0 (tela_window_get_board_id (window), id) == 0);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.boards", NULL));
  g_assert_true (gtk_widget_activate_action (gtk_widget_get_first_child (list_of (window)), "card.delete", NULL));
  WAIT_UNTIL (gtk_widget_get_first_child (list_of (window)) == NULL);
}

static void
add (const char *path,
     void (*func) (AppFixture *fixture, gconstpointer data))
{
  g_test_add (path, AppFixture, NULL, app_fixture_set_up, func, app_fixture_tear_down);
}

int
main (int    argc,
      char **argv)
{
  /* The program also runs without a session bus. */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  gtk_test_init (&argc, &argv, NULL);

  add ("/board-list/picture", test_picture);
  add ("/board-list/kept", test_kept);
  add ("/board-list/far", test_far);
  add ("/board-list/bad-picture", test_bad_picture);
  add ("/board-list/keys", test_keys);

  return g_test_run ();
}
