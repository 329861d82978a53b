/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The interface in a language whose words stand in brackets and are longer by 40 %, and from right to left. */

#include "app-fixture.h"

#include <glib/gi18n.h>
#include <locale.h>

#include "tela-application-private.h"
#include "tela-export-dialog.h"
#include "tela-window.h"

typedef struct
{
  GString *unmarked, *truncated;
  guint    n_words;
} Findings;

static gboolean
has_letters (const char *text)
{
  for (; text != NULL && *text != '\0'; text = g_utf8_next_char (text))
    if (g_unichar_isalpha (g_utf8_get_char (text)))
      return TRUE;

  return FALSE;
}

static void
check_words (Findings   *findings,
             const char *text,
             GtkWidget  *widget)
{
  gsize len = text == NULL ? 0 : strlen (text);

  if (!has_letters (text))
    return;
  findings->n_words++;
  if (text[0] != '[' || text[len - 1] != ']')
    g_string_append_printf (findings->unmarked, "\n%s: %s", G_OBJECT_TYPE_NAME (widget), text);
}

/* What the toolkit says, names of keys, and of colours and fonts it offers. */
static gboolean
is_of_the_toolkit (GtkWidget *widget)
{
  return GTK_IS_WINDOW_CONTROLS (widget) || GTK_IS_SHORTCUT_LABEL (widget) || GTK_IS_COLOR_CHOOSER (widget) ||
         (GTK_IS_SEARCH_ENTRY (widget) && gtk_widget_get_ancestor (widget, GTK_TYPE_POPOVER) != NULL) ||
         (GTK_IS_IMAGE (widget) && GTK_IS_EDITABLE (gtk_widget_get_parent (widget))) ||
         strcmp (gtk_widget_get_css_name (widget), "accelerator") == 0;
}

/* A title gives way to the buttons beside it; what somebody called a board may be long, and is told in whole. */
static gboolean
may_be_cut (GtkWidget *label)
{
  return g_strcmp0 (gtk_widget_get_tooltip_text (label), gtk_label_get_text (GTK_LABEL (label))) == 0 ||
         gtk_widget_get_ancestor (label, GTK_TYPE_HEADER_BAR) != NULL ||
         gtk_widget_get_ancestor (label, ADW_TYPE_HEADER_BAR) != NULL;
}

static void
look_at (GtkWidget *widget,
         Findings  *findings)
{
  if (is_of_the_toolkit (widget))
    return;
  check_words (findings, gtk_widget_get_tooltip_text (widget), widget);
  if (GTK_IS_LABEL (widget))
    {
      check_words (findings, gtk_label_get_text (GTK_LABEL (widget)), widget);
      if (gtk_widget_get_mapped (widget) && !may_be_cut (widget) &&
          pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (widget))))
        g_string_append_printf (findings->truncated, "\n%s", gtk_label_get_text (GTK_LABEL (widget)));
    }
  if (GTK_IS_TEXT (widget))
    check_words (findings, gtk_text_get_placeholder_text (GTK_TEXT (widget)), widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    look_at (child, findings);
}

static void
assert_good (GtkWidget *widget,
             guint      at_least)
{
  Findings findings = { g_string_new (NULL), g_string_new (NULL), 0 };

  look_at (widget, &findings);
  g_assert_cmpstr (findings.unmarked->str, ==, "");
  g_assert_cmpstr (findings.truncated->str, ==, "");
  g_assert_cmpuint (findings.n_words, >=, at_least);
  g_string_free (findings.unmarked, TRUE);
  g_string_free (findings.truncated, TRUE);
}

/* Longer words do not make the window wider than a small screen. */
static void
assert_narrow (TelaWindow *window)
{
  int minimum;

  gtk_widget_measure (adw_application_window_get_content (ADW_APPLICATION_WINDOW (window)), GTK_ORIENTATION_HORIZONTAL,
                      -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
}

static TelaWindow *
open_window (AppFixture *fixture,
             int         width)
{
  TelaWindow *window = tela_window_new (fixture->app);

  g_object_set (gtk_settings_get_default (), "gtk-font-name", "Sans 10", NULL);
  gtk_window_set_default_size (GTK_WINDOW (window), width, 700);
  gtk_window_present (GTK_WINDOW (window));
  WAIT_UNTIL (gtk_widget_get_width (GTK_WIDGET (window)) > 0);

  return window;
}

static TelaCanvas *
open_board (TelaWindow *window)
{
  TelaCanvas *canvas = tela_window_get_canvas (window);

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.new-board", NULL));
  WAIT_UNTIL (tela_canvas_get_board (canvas) != NULL && gtk_widget_get_width (GTK_WIDGET (canvas)) > 0);

  return canvas;
}

/* All that is shown has its place then. */
static void
wait_frames (TelaWindow *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (window));
  const gint64   before = gdk_frame_clock_get_frame_counter (clock);

  gtk_widget_queue_draw (GTK_WIDGET (window));
  WAIT_UNTIL (gdk_frame_clock_get_frame_counter (clock) > before + 1);
}

static void
test_list (AppFixture   *fixture,
           gconstpointer data)
{
  TelaWindow *window = open_window (fixture, GPOINTER_TO_INT (data));

  assert_good (GTK_WIDGET (window), 15);
  open_board (window);
  tela_window_show_boards (window);
  WAIT_UNTIL (tela_window_get_board_id (window) == NULL);
  wait_frames (window);
  assert_good (GTK_WIDGET (window), 15);
  if (GPOINTER_TO_INT (data) < TELA_NARROW_WIDTH)
    assert_narrow (window);
}

static void
open_menu (TelaCanvas *canvas)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (canvas));

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_CLICK (controller) &&
          gtk_gesture_single_get_button (GTK_GESTURE_SINGLE (controller)) == GDK_BUTTON_SECONDARY)
        g_signal_emit_by_name (controller, "pressed", 1, 150.0, 150.0);
    }
}

/* Tools, every panel, and the menus. */
static void
test_board (AppFixture   *fixture,
            gconstpointer data)
{
  TelaWindow *window = open_window (fixture, GPOINTER_TO_INT (data));
  TelaCanvas *canvas = open_board (window);

  g_free (canvas_draw (canvas, "arrow", 100, 100, 200, 200));
  assert_good (GTK_WIDGET (window), 100);
  if (GPOINTER_TO_INT (data) < TELA_NARROW_WIDTH)
    assert_narrow (window);
  if (gdk_display_get_default_seat (gdk_display_get_default ()) == NULL)
    return; /* nobody has a pointer here, whom a menu is for */
  open_menu (canvas);
  assert_good (GTK_WIDGET (window), 120);
}

/* The question is a window, or a part of one. */
static void
test_question (AppFixture   *fixture,
               gconstpointer data)
{
  TelaWindow *window = open_window (fixture, GPOINTER_TO_INT (data));
  g_autoptr (GList) windows = NULL;

  open_board (window);
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.rename", NULL));
  windows = gtk_window_list_toplevels ();
  for (GList *item = windows; item != NULL; item = item->next)
    if (!GTK_IS_SHORTCUTS_WINDOW (item->data))
      assert_good (item->data, 3);
}

static void
test_export (AppFixture   *fixture,
             gconstpointer data)
{
  TelaWindow *window = open_window (fixture, GPOINTER_TO_INT (data));
  GtkWidget  *dialog = GTK_WIDGET (tela_export_dialog_new (GTK_WINDOW (window), TRUE, TRUE));

  gtk_window_present (GTK_WINDOW (dialog));
  WAIT_UNTIL (gtk_widget_get_width (dialog) > 0);
  assert_good (dialog, 8);
  gtk_window_destroy (GTK_WINDOW (dialog));
}

/* The toolkit words the window around the page. */
static void
test_preferences (AppFixture   *fixture,
                  gconstpointer data)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/io/github/telacanvas/Tela/tela-preferences.ui");
  GtkWidget *page = GTK_WIDGET (gtk_builder_get_object (builder, "page"));
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), GPOINTER_TO_INT (data), 400);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  WAIT_UNTIL (gtk_widget_get_width (page) > 0);
  assert_good (page, 4);
  gtk_window_destroy (GTK_WINDOW (window));
}

/* The toolkit words the window around the shortcuts. */
static void
look_at_shortcuts (GtkWidget *widget,
                   Findings  *findings)
{
  g_autofree char *title = NULL;

  if (GTK_IS_SHORTCUTS_GROUP (widget) || GTK_IS_SHORTCUTS_SHORTCUT (widget))
    {
      g_object_get (widget, "title", &title, NULL);
      check_words (findings, title, widget);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    look_at_shortcuts (child, findings);
}

static void
test_shortcuts (AppFixture   *fixture,
                gconstpointer data)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/io/github/telacanvas/Tela/gtk/help-overlay.ui");
  Findings   findings = { g_string_new (NULL), g_string_new (NULL), 0 };
  GtkWidget *overlay = GTK_WIDGET (gtk_builder_get_object (builder, "help_overlay"));

  look_at_shortcuts (overlay, &findings);
  g_assert_cmpstr (findings.unmarked->str, ==, "");
  g_assert_cmpuint (findings.n_words, >=, 60);
  g_string_free (findings.unmarked, TRUE);
  g_string_free (findings.truncated, TRUE);
  gtk_window_destroy (GTK_WINDOW (overlay));
}

/* The first button, of any kind, with that action or icon. */
static GtkWidget *
find_button (GtkWidget  *widget,
             const char *what)
{
  const char *icon = GTK_IS_MENU_BUTTON (widget) ? gtk_menu_button_get_icon_name (GTK_MENU_BUTTON (widget)) : NULL;

  if (gtk_widget_get_mapped (widget) &&
      (g_strcmp0 (icon, what) == 0 ||
       (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), what) == 0)))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, what);

      if (found != NULL)
        return found;
    }

  return NULL;
}

static double
middle_of (TelaWindow *window,
           const char *what)
{
  GtkWidget      *button = find_button (GTK_WIDGET (window), what);
  graphene_rect_t box;

  g_assert_nonnull (button);
  g_assert_true (gtk_widget_compute_bounds (button, GTK_WIDGET (window), &box));

  return box.origin.x + box.size.width / 2;
}

typedef struct
{
  double   back, menu, zoom; /* where these buttons are */
  double   shape[3];         /* what was drawn, in board units */
  gboolean ink, mirrored;    /* whether one sees it there, and opposite */
} Sight;

/* A line drawn by hand is not quite where it should be. */
static gboolean
has_ink (TelaCanvas *canvas,
         int         x,
         int         y)
{
  for (int i = -8; i <= 8; i++)
    {
      guint8 rgb[3];

      canvas_get_pixel (canvas, x, y + i, rgb);
      if (rgb[0] < 128)
        return TRUE;
    }

  return FALSE;
}

static void
take (AppFixture      *fixture,
      GtkTextDirection direction,
      Sight           *sight)
{
  TelaWindow        *window;
  TelaCanvas        *canvas;
  const TelaElement *shape;
  int                width;

  gtk_widget_set_default_direction (direction);
  window = open_window (fixture, 900);
  canvas = open_board (window);
  WAIT_UNTIL (find_button (GTK_WIDGET (window), "win.boards") != NULL && middle_of (window, "win.boards") > 0);
  sight->back = middle_of (window, "win.boards");
  sight->menu = middle_of (window, "open-menu-symbolic");
  sight->zoom = middle_of (window, "canvas.zoom-in");

  tela_canvas_set_tool (canvas, "line");
  g_object_set (tela_canvas_get_style (canvas), "roughness", 0.0, NULL); /* no chance in where its ink is */
  canvas_drag (canvas, 60, 300, 180, 300, 0);
  shape = canvas_get_selected (canvas);
  for (guint i = 0; i < 3; i++)
    {
      static const TelaKey keys[] = { TELA_KEY_X, TELA_KEY_Y, TELA_KEY_WIDTH };

      sight->shape[i] = tela_element_get_number (shape, keys[i], -1);
    }
  tela_selection_clear (tela_canvas_get_selection (canvas));
  width = gtk_widget_get_width (GTK_WIDGET (canvas));
  sight->ink = has_ink (canvas, 120, 300);
  sight->mirrored = has_ink (canvas, width - 120, 300);
  gtk_widget_set_default_direction (GTK_TEXT_DIR_LTR);
}

/* The window is mirrored; the board, which others see too, is not. */
static void
test_right_to_left (AppFixture   *fixture,
                    gconstpointer data)
{
  Sight left = { 0 }, right = { 0 };

  take (fixture, GTK_TEXT_DIR_LTR, &left);
  take (fixture, GTK_TEXT_DIR_RTL, &right);
  g_assert_cmpfloat (left.back, <, 450);
  g_assert_cmpfloat (left.menu, >, 450);
  g_assert_cmpfloat (left.zoom, >, 450);
  g_assert_cmpfloat (right.back, >, 450);
  g_assert_cmpfloat (right.menu, <, 450);
  g_assert_cmpfloat (right.zoom, <, 450);
  for (guint i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (left.shape[i], right.shape[i], 1e-6);
  g_assert_true (left.ink && right.ink);
  g_assert_false (left.mirrored || right.mirrored);
}

static void
add (const char *path,
     int         width,
     void (*func) (AppFixture *fixture, gconstpointer data))
{
  g_test_add (path, AppFixture, GINT_TO_POINTER (width), app_fixture_set_up, func, app_fixture_tear_down);
}

/* GTK sets English for tests. To a newer glibc LANGUAGE means nothing in C.UTF-8. */
static gboolean
speak (const char *locale)
{
  g_setenv ("LC_ALL", locale, TRUE);

  return setlocale (LC_ALL, "") != NULL && _ ("Undo")[0] == '[';
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *data_home = g_dir_make_tmp ("tela-recent-XXXXXX", NULL);
  g_autofree char *catalogues = g_build_filename (g_getenv ("TELA_BUILD_DIR"), "po", NULL);
  int              status;

  g_setenv ("XDG_DATA_HOME", data_home, TRUE);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  g_setenv ("LANGUAGE", "xx", TRUE);
  bindtextdomain (GETTEXT_PACKAGE, catalogues);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  gtk_test_init (&argc, &argv, NULL);
  if (!speak ("C.UTF-8") && !speak ("en_US.UTF-8"))
    {
      g_print ("1..0 # SKIP this system has no locale that takes LANGUAGE along\n");
      app_remove_tree (data_home);
      return 0;
    }

  add ("/words/list", 960, test_list);
  add ("/words/list/narrow", 400, test_list);
  add ("/words/board", 960, test_board);
  add ("/words/board/narrow", 400, test_board);
  add ("/words/question", 960, test_question);
  add ("/words/export", 960, test_export);
  add ("/words/preferences", 400, test_preferences);
  add ("/words/shortcuts", 960, test_shortcuts);
  add ("/words/right-to-left", 900, test_right_to_left);

  status = g_test_run ();
  app_remove_tree (data_home);

  return status;
}
