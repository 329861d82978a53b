/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-application-private.h"
#include "tela-dialogs.h"
#include "tela-preferences.h"
#include "tela-window.h"

/* The first start, sizes, and what themes and settings of the desktop change, and what not. */

#define MIN_WIDTH 360 /* what the metainfo claims */
#define MIN_HEIGHT 294
#define MIN_CONTRAST 3.0

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

static TelaCanvas *
open_board (TelaWindow *window)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.new-board", NULL));
  WAIT_UNTIL (tela_canvas_get_board (tela_window_get_canvas (window)) != NULL);

  return tela_window_get_canvas (window);
}

/* A label in @widget that is shown; NULL: none. */
static GtkWidget *
find_button (GtkWidget  *widget,
             const char *label)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), label) == 0 &&
      gtk_widget_get_mapped (widget))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_button (child, label);

  return found;
}

static void
test_tour (AppFixture   *fixture,
           gconstpointer data)
{
  TelaWindow *window = open_window (fixture, 960, 640);
  GtkWidget  *button;
  TelaBoard  *board;

  WAIT_UNTIL ((button = find_button (GTK_WIDGET (window), "Take a _Tour")) != NULL);
  g_signal_emit_by_name (button, "clicked");
  WAIT_UNTIL (tela_canvas_get_board (tela_window_get_canvas (window)) != NULL);
  board = tela_canvas_get_board (tela_window_get_canvas (window));
  g_assert_cmpuint (tela_board_get_n_visible (board), >, 50);
  WAIT_UNTIL (strcmp (gtk_window_get_title (GTK_WINDOW (window)), "Welcome") == 0);
  g_assert_true (tela_canvas_can_edit (tela_window_get_canvas (window)));
}

static GtkWidget *
find_of_type (GtkWidget *widget,
              GType      type)
{
  GtkWidget *found = NULL;

  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_of_type (child, type);

  return found;
}

static gboolean
is_asked_for_link (void)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (all, i);

      if (find_of_type (window, ADW_TYPE_ENTRY_ROW) != NULL)
        return TRUE;
    }

  return FALSE;
}

/* Who was given a link need not have a board first. */
static void
test_join (AppFixture   *fixture,
           gconstpointer data)
{
  TelaWindow *window = open_window (fixture, MIN_WIDTH, MIN_HEIGHT);
  GtkWidget  *button;

  WAIT_UNTIL ((button = find_button (GTK_WIDGET (window), "Jo_in Board…")) != NULL);
  g_signal_emit_by_name (button, "clicked");
  WAIT_UNTIL (is_asked_for_link ());
}

static void
test_preferences (AppFixture   *fixture,
                  gconstpointer data)
{
  TelaWindow      *window = open_window (fixture, 960, 640);
  GSettings       *settings = tela_application_get_settings (fixture->app);
  AdwStyleManager *manager = adw_style_manager_get_default ();
  GtkWidget       *dialog = tela_preferences_new (settings, NULL);
  AdwComboRow     *row;
  g_autofree char *style = NULL;

  tela_dialog_present (dialog, GTK_WINDOW (window));
  WAIT_UNTIL (find_of_type (dialog, ADW_TYPE_COMBO_ROW) != NULL);
  row = ADW_COMBO_ROW (find_of_type (dialog, ADW_TYPE_COMBO_ROW));
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 0);
  g_assert_cmpint (adw_style_manager_get_color_scheme (manager), ==, ADW_COLOR_SCHEME_DEFAULT);

  adw_combo_row_set_selected (row, 2);
  style = g_settings_get_string (settings, "style");
  g_assert_cmpstr (style, ==, "dark");
  g_assert_cmpint (adw_style_manager_get_color_scheme (manager), ==, ADW_COLOR_SCHEME_FORCE_DARK);

  g_settings_set_string (settings, "style", "light");
  g_assert_cmpuint (adw_combo_row_get_selected (row), ==, 1);
  g_assert_cmpint (adw_style_manager_get_color_scheme (manager), ==, ADW_COLOR_SCHEME_FORCE_LIGHT);
  g_settings_reset (settings, "style");
}

static void
assert_fits (TelaWindow *window,
             int         width,
             int         height)
{
  GtkWidget *content = adw_application_window_get_content (ADW_APPLICATION_WINDOW (window));
  int        minimum;

  gtk_widget_measure (content, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, width);
  gtk_widget_measure (content, GTK_ORIENTATION_VERTICAL, width, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, height);
}

static void
test_smallest (AppFixture   *fixture,
               gconstpointer data)
{
  TelaWindow *window = open_window (fixture, MIN_WIDTH, MIN_HEIGHT);
  GtkWidget  *canvas = GTK_WIDGET (tela_window_get_canvas (window));
  int         width, height;

  gtk_widget_get_size_request (GTK_WIDGET (window), &width, &height);
  g_assert_cmpint (width, ==, MIN_WIDTH);
  g_assert_cmpint (height, ==, MIN_HEIGHT);

  open_board (window);
  WAIT_UNTIL (gtk_widget_get_width (canvas) > 0 && gtk_widget_get_width (canvas) < TELA_NARROW_WIDTH);
  assert_fits (window, MIN_WIDTH, MIN_HEIGHT);
  tela_window_show_boards (window);
  assert_fits (window, MIN_WIDTH, MIN_HEIGHT);
}

/* The smallest screen of a computer, with letters twice as large. */
static void
test_large_text (AppFixture   *fixture,
                 gconstpointer data)
{
  GtkSettings *settings = gtk_settings_get_default ();
  TelaWindow  *window;
  int          dpi;

  g_object_get (settings, "gtk-xft-dpi", &dpi, NULL);
  g_object_set (settings, "gtk-xft-dpi", 2 * (dpi > 0 ? dpi : 96 * 1024), NULL);
  window = open_window (fixture, 1024, 600);
  open_board (window);
  WAIT_UNTIL (gtk_widget_get_width (GTK_WIDGET (tela_window_get_canvas (window))) > 0);
  assert_fits (window, 1024, 600);
  tela_window_show_boards (window);
  assert_fits (window, 1024, 600);
  g_object_set (settings, "gtk-xft-dpi", dpi, NULL);
}

/* The panel lies over the board: what is on the board stays where it is. */
static void
test_panel_keeps_place (AppFixture   *fixture,
                        gconstpointer data)
{
  TelaWindow   *window = open_window (fixture, 1024, 600);
  TelaCanvas   *canvas = open_board (window);
  TelaViewport *viewport = tela_canvas_get_viewport (canvas);
  TelaRect      before, after;
  int           width;

  WAIT_UNTIL (gtk_widget_get_width (GTK_WIDGET (canvas)) > 0);
  tela_canvas_set_tool (canvas, "rectangle");
  width = gtk_widget_get_width (GTK_WIDGET (canvas));
  before = tela_viewport_get_visible (viewport);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "board.show-style", NULL));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "board.show-library", NULL));
  for (guint i = 0; i < 20; i++)
    app_wait_step (G_MAXINT64);
  after = tela_viewport_get_visible (viewport);
  g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (canvas)), ==, width);
  g_assert_cmpfloat (after.x, ==, before.x);
  g_assert_cmpfloat (after.y, ==, before.y);
}

/* There is no animation of the board to turn off: a zoom is there at once, whatever the setting. */
static void
test_no_animation (AppFixture   *fixture,
                   gconstpointer data)
{
  TelaWindow *window = open_window (fixture, 1024, 600);
  TelaCanvas *canvas = open_board (window);
  double      zoom;

  WAIT_UNTIL (gtk_widget_get_width (GTK_WIDGET (canvas)) > 0);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", FALSE, NULL);
  zoom = tela_viewport_get_zoom (tela_canvas_get_viewport (canvas));
  canvas_activate (canvas, "zoom-in");
  g_assert_cmpfloat (tela_viewport_get_zoom (tela_canvas_get_viewport (canvas)), ==, zoom * 1.25);
  g_object_set (gtk_settings_get_default (), "gtk-enable-animations", TRUE, NULL);
}

static double
channel_luminance (double value)
{
  return value <= 0.03928 ? value / 12.92 : pow ((value + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *colour)
{
  return 0.2126 * channel_luminance (colour->red) + 0.7152 * channel_luminance (colour->green) +
         0.0722 * channel_luminance (colour->blue);
}

/* As WCAG computes it. */
static double
contrast (const GdkRGBA *one,
          const GdkRGBA *other)
{
  double a = luminance (one);
  double b = luminance (other);

  return (MAX (a, b) + 0.05) / (MIN (a, b) + 0.05);
}

static void
assert_marks_visible (TelaCanvas *canvas)
{
  static const char *const papers[] = { "#ffffff", "#f8f9fa", "#fffce8", "#121212" };
  GtkStyleContext         *context = gtk_widget_get_style_context (GTK_WIDGET (canvas));
  GdkRGBA                  selection, handle, paper;

  g_assert_true (gtk_style_context_lookup_color (context, "tela_selection_color", &selection));
  g_assert_true (gtk_style_context_lookup_color (context, "tela_handle_color", &handle));
  g_assert_cmpfloat (contrast (&selection, &handle), >=, MIN_CONTRAST);
  for (guint i = 0; i < G_N_ELEMENTS (papers); i++)
    {
      g_assert_true (gdk_rgba_parse (&paper, papers[i]));
      g_assert_cmpfloat (contrast (&selection, &paper), >=, MIN_CONTRAST);
    }
}

static void
test_themes (AppFixture   *fixture,
             gconstpointer data)
{
  static const char *const themes[] = { "Adwaita", "HighContrast", "HighContrastInverse", "Adwaita-dark" };
  TelaWindow              *window = open_window (fixture, 1024, 600);
  TelaCanvas              *canvas = open_board (window);
  g_autofree char         *theme = NULL;

  WAIT_UNTIL (gtk_widget_get_width (GTK_WIDGET (canvas)) > 0);
  g_object_get (gtk_settings_get_default (), "gtk-theme-name", &theme, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (themes); i++)
    {
      guint8 rgb[3];

      g_object_set (gtk_settings_get_default (), "gtk-theme-name", themes[i], NULL);
      adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                          i % 2 == 0 ? ADW_COLOR_SCHEME_FORCE_LIGHT : ADW_COLOR_SCHEME_FORCE_DARK);
      app_wait_step (G_MAXINT64);
      assert_marks_visible (canvas);
      canvas_get_pixel (canvas, 300, 300, rgb);
      for (guint channel = 0; channel < 3; channel++)
        g_assert_cmpuint (rgb[channel], ==, 255);
    }
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_DEFAULT);
  g_object_set (gtk_settings_get_default (), "gtk-theme-name", theme, NULL);
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
  g_autofree char *data_home = g_dir_make_tmp ("tela-recent-XXXXXX", NULL);
  g_autofree char *schemas = g_build_filename (g_getenv ("TELA_BUILD_DIR"), "data", NULL);
  int              status;

  g_setenv ("XDG_DATA_HOME", data_home, TRUE); /* the list of recent files is there */
  g_setenv ("GSETTINGS_SCHEMA_DIR", schemas, TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  gtk_test_init (&argc, &argv, NULL);

  add ("/look/tour", test_tour);
  add ("/look/join", test_join);
  add ("/look/preferences", test_preferences);
  add ("/look/smallest", test_smallest);
  add ("/look/large-text", test_large_text);
  add ("/look/panel-keeps-place", test_panel_keeps_place);
  add ("/look/no-animation", test_no_animation);
  add ("/look/themes", test_themes);

  status = g_test_run ();
  app_remove_tree (data_home);

  return status;
}
