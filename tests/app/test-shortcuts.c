/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-application-private.h"
#include "tela-window.h"

/* The keys that the program has and those that it tells of are the same, and the menus say their keys too. */

#define MIN_ITEMS 3 /* of a menu */
#define MAX_ITEMS 12

/* Keys that no table of bindings holds: the toolkit's own, and those that are held or belong to a text under edit. */
static const char *const elsewhere[] = { "F10", "space", "<Control>Return" };

static char *
accel_name (guint           key,
            GdkModifierType state)
{
  return gtk_accelerator_name (gdk_keyval_to_lower (key), state & ~GDK_LOCK_MASK);
}

/* What a binding does: its action; the tools and the ways to arrange are things of their own. */
static char *
deed_of (GtkShortcut *shortcut)
{
  GtkShortcutAction *action = gtk_shortcut_get_action (shortcut);
  GVariant          *arguments = gtk_shortcut_get_arguments (shortcut);
  const char        *name;

  if (!GTK_IS_NAMED_ACTION (action))
    return g_strdup ("");
  name = gtk_named_action_get_action_name (GTK_NAMED_ACTION (action));
  if (arguments != NULL && g_variant_is_of_type (arguments, G_VARIANT_TYPE_STRING) && strcmp (name, "canvas.tool") == 0)
    return g_strdup_printf ("%s(%s)", name, g_variant_get_string (arguments, NULL));

  return g_strdup (name);
}

/* From key to deed, of the class of @widget. */
static void
add_bindings (GHashTable *keys,
              GtkWidget  *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (!GTK_IS_SHORTCUT_CONTROLLER (controller))
        continue;
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (controller)); j++)
        {
          g_autoptr (GtkShortcut) shortcut = g_list_model_get_item (G_LIST_MODEL (controller), j);
          GtkShortcutTrigger *trigger = gtk_shortcut_get_trigger (shortcut);

          if (GTK_IS_KEYVAL_TRIGGER (trigger))
            g_hash_table_replace (keys,
                                  accel_name (gtk_keyval_trigger_get_keyval (GTK_KEYVAL_TRIGGER (trigger)),
                                              gtk_keyval_trigger_get_modifiers (GTK_KEYVAL_TRIGGER (trigger))),
                                  deed_of (shortcut));
        }
    }
}

static void
add_accels (GHashTable     *keys,
            GtkApplication *app)
{
  g_auto (GStrv) actions = gtk_application_list_action_descriptions (app);

  for (guint i = 0; actions[i] != NULL; i++)
    {
      g_auto (GStrv) accels = gtk_application_get_accels_for_action (app, actions[i]);

      for (guint j = 0; accels[j] != NULL; j++)
        {
          guint           key;
          GdkModifierType state;

          g_assert_true (gtk_accelerator_parse (accels[j], &key, &state));
          g_hash_table_replace (keys, accel_name (key, state), g_strdup (actions[i]));
        }
    }
}

static GHashTable *
bound_keys (AppFixture *fixture,
            TelaWindow *window)
{
  GHashTable *keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  add_bindings (keys, GTK_WIDGET (window));
  add_bindings (keys, GTK_WIDGET (tela_window_get_canvas (window)));
  add_accels (keys, GTK_APPLICATION (fixture->app));

  return keys;
}

/* From key to title, as the window of shortcuts tells it. */
static void
add_told (GHashTable *told,
          GtkWidget  *widget)
{
  /* Others are copies, for the search. */
  if (GTK_IS_SHORTCUTS_SHORTCUT (widget) && gtk_widget_get_ancestor (widget, GTK_TYPE_SHORTCUTS_GROUP) != NULL)
    {
      g_autofree char *accelerator = NULL;
      g_autofree char *title = NULL;
      g_auto (GStrv) all = NULL;

      g_object_get (widget, "accelerator", &accelerator, "title", &title, NULL);
      all = g_strsplit (accelerator, " ", -1);
      for (guint i = 0; all[i] != NULL; i++)
        {
          guint           key;
          GdkModifierType state;
          char           *name;

          g_assert_true (gtk_accelerator_parse (all[i], &key, &state));
          name = accel_name (key, state);
          g_assert_true (g_hash_table_insert (told, name, g_strdup (title))); /* each key once */
        }
    }

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    add_told (told, child);
}

static GHashTable *
told_keys (TelaWindow *window)
{
  GHashTable         *told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  GtkShortcutsWindow *help = gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (window));

  g_assert_nonnull (help);
  add_told (told, GTK_WIDGET (help));
  g_assert_cmpuint (g_hash_table_size (told), >, 40);

  return told;
}

static void
test_told_are_bound (AppFixture   *fixture,
                     gconstpointer data)
{
  TelaWindow *window = tela_window_new (fixture->app);
  g_autoptr (GHashTable) bound = bound_keys (fixture, window);
  g_autoptr (GHashTable) told = told_keys (window);
  GHashTableIter iter;
  gpointer       key, title;

  for (guint i = 0; i < G_N_ELEMENTS (elsewhere); i++)
    g_assert_true (g_hash_table_remove (told, elsewhere[i]));
  g_hash_table_iter_init (&iter, told);
  while (g_hash_table_iter_next (&iter, &key, &title))
    if (!g_hash_table_contains (bound, key))
      {
        g_test_message ("no binding for %s, “%s”", (char *) key, (char *) title);
        g_test_fail ();
      }
}

/* Of several keys that do the same, one is enough. */
static void
test_bound_are_told (AppFixture   *fixture,
                     gconstpointer data)
{
  static const char *const prefixes[] = { "app.", "win.", "window.close", "canvas.", "board.", "style." };
  TelaWindow              *window = tela_window_new (fixture->app);
  g_autoptr (GHashTable) bound = bound_keys (fixture, window);
  g_autoptr (GHashTable) told = told_keys (window);
  g_autoptr (GHashTable) known = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer       key, deed;

  g_hash_table_iter_init (&iter, bound);
  while (g_hash_table_iter_next (&iter, &key, &deed))
    if (g_hash_table_contains (told, key))
      g_hash_table_add (known, deed);
  g_hash_table_iter_init (&iter, bound);
  while (g_hash_table_iter_next (&iter, &key, &deed))
    for (guint i = 0; i < G_N_ELEMENTS (prefixes); i++)
      if (g_str_has_prefix (deed, prefixes[i]) && !g_hash_table_contains (known, deed))
        {
          g_test_message ("%s does %s and nobody says so", (char *) key, (char *) deed);
          g_test_fail ();
        }
}

static void
test_standard (AppFixture   *fixture,
               gconstpointer data)
{
  static const struct
  {
    const char *accel;
    const char *deed;
  } table[] = {
    { "<Control>n", "win.new-board" },
    { "<Control>o", "win.open" },
    { "<Control>s", "win.save" },
    { "<Control>p", "win.print" },
    { "<Control>f", "win.search" },
    { "<Control>w", "window.close" },
    { "<Control>q", "app.quit" },
    { "<Control>z", "canvas.undo" },
    { "<Shift><Control>z", "canvas.redo" },
    { "<Control>x", "canvas.cut" },
    { "<Control>c", "canvas.copy" },
    { "<Control>v", "canvas.paste" },
    { "<Control>a", "canvas.select-all" },
    { "<Shift><Control>a", "canvas.select-none" },
    { "<Control>comma", "app.preferences" },
    { "<Control>plus", "canvas.zoom-in" },
    { "<Control>minus", "canvas.zoom-out" },
    { "<Control>0", "canvas.zoom-reset" },
    { "<Control>question", "win.show-help-overlay" },
    { "F9", "board.show-style" },
    { "<Alt>Left", "win.boards" },
  };
  TelaWindow *window = tela_window_new (fixture->app);
  g_autoptr (GHashTable) bound = bound_keys (fixture, window);

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      guint            key;
      GdkModifierType  state;
      g_autofree char *name = NULL;

      g_assert_true (gtk_accelerator_parse (table[i].accel, &key, &state));
      name = accel_name (key, state);
      g_assert_cmpstr (g_hash_table_lookup (bound, name), ==, table[i].deed);
    }
}

/* Alt is for access keys and for going back, Super is the desktop's. */
static void
test_modifiers (AppFixture   *fixture,
                gconstpointer data)
{
  TelaWindow *window = tela_window_new (fixture->app);
  g_autoptr (GHashTable) bound = bound_keys (fixture, window);
  GHashTableIter iter;
  gpointer       name;

  g_hash_table_iter_init (&iter, bound);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    if (strstr (name, "<Alt>") != NULL || strstr (name, "<Super>") != NULL || strstr (name, "<Meta>") != NULL)
      g_assert_true (g_str_equal (name, "<Alt>Left") || g_str_equal (name, "<Alt>KP_Left")); /* newer GTK adds the keypad's */
}

static void
count_items (GMenuModel *menu,
             gboolean    is_submenu,
             GHashTable *keys,
             guint      *n)
{
  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
      g_autoptr (GMenuModel) submenu = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SUBMENU);
      g_autofree char *label = NULL;
      const char      *mark;

      if (section != NULL)
        {
          count_items (section, is_submenu, keys, n);
          continue;
        }
      g_assert_true (g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_LABEL, "s", &label));
      mark = strchr (label, '_');
      if (mark == NULL)
        g_error ("“%s” has no access key", label);
      if (!g_hash_table_add (keys, GUINT_TO_POINTER (g_unichar_tolower (g_utf8_get_char (mark + 1)))))
        g_error ("“%s” has the access key of another item", label);
      g_assert_false (is_submenu && submenu != NULL);
      (*n)++;
    }
}

static void
check_menu (GMenuModel *menu)
{
  g_autoptr (GHashTable) keys = g_hash_table_new (NULL, NULL);
  GMenuModel      *last;
  guint            n = 0;
  g_autofree char *first = NULL;
  g_autofree char *about = NULL;

  count_items (menu, FALSE, keys, &n);
  g_assert_cmpuint (n, >=, MIN_ITEMS);
  g_assert_cmpuint (n, <=, MAX_ITEMS);

  last = g_menu_model_get_item_link (menu, g_menu_model_get_n_items (menu) - 1, G_MENU_LINK_SECTION);
  g_assert_cmpint (g_menu_model_get_n_items (last), >=, 3);
  g_menu_model_get_item_attribute (last, 0, G_MENU_ATTRIBUTE_ACTION, "s", &first);
  g_menu_model_get_item_attribute (last, g_menu_model_get_n_items (last) - 1, G_MENU_ATTRIBUTE_ACTION, "s", &about);
  g_assert_cmpstr (first, ==, "app.preferences");
  g_assert_cmpstr (about, ==, "app.about");
  g_object_unref (last);
}

static GtkMenuButton *
find_primary (GtkWidget *widget)
{
  GtkMenuButton *found = NULL;

  if (GTK_IS_MENU_BUTTON (widget) && gtk_menu_button_get_primary (GTK_MENU_BUTTON (widget)) &&
      gtk_widget_get_mapped (widget))
    return GTK_MENU_BUTTON (widget);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_primary (child);

  return found;
}

static void
test_main_menu (AppFixture   *fixture,
                gconstpointer data)
{
  TelaWindow    *window = tela_window_new (fixture->app);
  GtkMenuButton *of_list, *of_board;

  gtk_window_present (GTK_WINDOW (window));
  WAIT_UNTIL (find_primary (GTK_WIDGET (window)) != NULL);
  of_list = find_primary (GTK_WIDGET (window));
  check_menu (gtk_menu_button_get_menu_model (of_list));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (GTK_WIDGET (of_list)), ==, "Main Menu");

  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.new-board", NULL));
  WAIT_UNTIL ((of_board = find_primary (GTK_WIDGET (window))) != NULL && of_board != of_list);
  check_menu (gtk_menu_button_get_menu_model (of_board));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (GTK_WIDGET (of_board)), ==, "Main Menu");
}

static GMenuModel *
press_secondary (TelaCanvas *canvas)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (GTK_WIDGET (canvas));
  GtkWidget *child;

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_CLICK (controller) &&
          gtk_gesture_single_get_button (GTK_GESTURE_SINGLE (controller)) == GDK_BUTTON_SECONDARY)
        g_signal_emit_by_name (controller, "pressed", 1, 20.0, 20.0);
    }
  for (child = gtk_widget_get_first_child (GTK_WIDGET (canvas)); child != NULL; child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_POPOVER_MENU (child))
      return gtk_popover_menu_get_menu_model (GTK_POPOVER_MENU (child));

  g_assert_not_reached ();
}

/* Items that are shown: others are hidden while they can do nothing. */
static guint
count_shown (GMenuModel *menu,
             TelaCanvas *canvas)
{
  guint n = 0;

  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
      g_autofree char *action = NULL;
      g_autofree char *hidden = NULL;

      if (section != NULL)
        {
          n += count_shown (section, canvas);
          continue;
        }
      g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &action);
      g_menu_model_get_item_attribute (menu, i, "hidden-when", "s", &hidden);
      n += hidden == NULL || canvas_is_enabled (canvas, action + strlen ("canvas."));
    }

  return n;
}

static void
check_board_menu (TelaCanvas *canvas)
{
  g_autoptr (GHashTable) keys = g_hash_table_new (NULL, NULL);
  GMenuModel *menu = press_secondary (canvas);
  guint       n = 0;

  count_items (menu, TRUE, keys, &n);
  g_assert_cmpuint (count_shown (menu, canvas), >=, MIN_ITEMS);
  g_assert_cmpuint (count_shown (menu, canvas), <=, MAX_ITEMS);
}

/* The context menu is about what is selected, and never longer than others. */
static void
test_board_menu (AppFixture   *fixture,
                 gconstpointer data)
{
  TelaWindow    *window = tela_window_new (fixture->app);
  TelaCanvas    *canvas = tela_window_get_canvas (window);
  TelaSelection *selection = tela_canvas_get_selection (canvas);

  if (gdk_display_get_default_seat (gdk_display_get_default ()) == NULL)
    {
      g_test_skip ("nobody has a pointer here, whom a menu is for");
      return;
    }

  gtk_window_present (GTK_WINDOW (window));
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (window), "win.new-board", NULL));
  WAIT_UNTIL (tela_canvas_get_board (canvas) != NULL && gtk_widget_get_width (GTK_WIDGET (canvas)) > 0);
  check_board_menu (canvas);
  g_free (canvas_draw (canvas, "rectangle", 100, 100, 160, 140));
  check_board_menu (canvas);
  g_free (canvas_draw (canvas, "ellipse", 200, 100, 260, 140));
  canvas_activate (canvas, "select-all");
  canvas_activate (canvas, "group");
  g_free (canvas_draw (canvas, "frame", 50, 50, 300, 200));
  check_board_menu (canvas);
  canvas_activate (canvas, "select-all");
  check_board_menu (canvas);
  tela_selection_clear (selection);
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
  int              status;

  g_setenv ("XDG_DATA_HOME", data_home, TRUE); /* the list of recent files is there */
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", "disabled:", TRUE);
  gtk_test_init (&argc, &argv, NULL);

  add ("/shortcuts/told-are-bound", test_told_are_bound);
  add ("/shortcuts/bound-are-told", test_bound_are_told);
  add ("/shortcuts/standard", test_standard);
  add ("/shortcuts/modifiers", test_modifiers);
  add ("/menu/main", test_main_menu);
  add ("/menu/board", test_board_menu);

  status = g_test_run ();
  app_remove_tree (data_home);

  return status;
}
