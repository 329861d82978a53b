/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-style-panel.h"

#include "app-fixture.h"
#include "tela-attach.h"
#include "tela-canvas-private.h"

/* A panel beside the canvas, and two shapes of a kind that differ in everything, both selected. */
typedef struct
{
  CanvasFixture base;
  GtkWidget    *window;
  GtkWidget    *panel; /* in it */
  char         *ids[2];
} Fixture;

static void
set_up (Fixture      *self,
        gconstpointer data)
{
  canvas_fixture_set_up (&self->base, data);
  self->window = gtk_window_new ();
  self->panel = g_object_new (TELA_TYPE_STYLE_PANEL, NULL);
  gtk_window_set_child (GTK_WINDOW (self->window), self->panel);
  tela_style_panel_set_style (TELA_STYLE_PANEL (self->panel), tela_canvas_get_style (self->base.canvas));
  gtk_widget_insert_action_group (self->panel, "style", tela_canvas_get_style_actions (self->base.canvas));
}

static void
tear_down (Fixture      *self,
           gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  g_clear_pointer (&self->ids[0], g_free);
  g_clear_pointer (&self->ids[1], g_free);
  canvas_fixture_tear_down (&self->base, data);
}

static const TelaElement *
shown (Fixture *self,
       guint    i)
{
  return tela_board_lookup_shown (self->base.board, self->ids[i]);
}

static const TelaElement *
find (Fixture *self,
      double   x,
      double   y)
{
  const TelaElement *element = tela_board_hit (self->base.board, x, y, 8);

  g_assert_nonnull (element);

  return element;
}

static char *
draw (Fixture    *self,
      const char *tool,
      double      x)
{
  if (strcmp (tool, "text") == 0)
    {
      tela_canvas_set_tool (self->base.canvas, tool);
      canvas_drag (self->base.canvas, x, 50, x, 50, 0);
      gtk_text_buffer_set_text (tela_canvas_get_text_buffer (self->base.canvas), "Words", -1);
      tela_canvas_commit_text (self->base.canvas);
      return g_strdup (tela_element_get_id (find (self, x + 10, 50)));
    }
  if (strcmp (tool, "pen") != 0)
    return canvas_draw (self->base.canvas, tool, x, 50, x + 100, 120);

  tela_canvas_set_tool (self->base.canvas, tool);
  canvas_drag (self->base.canvas, x, 50, x + 100, 120, 0);

  return g_strdup (tela_element_get_id (find (self, x + 50, 85)));
}

static void
choose (Fixture *self,
        guint    from,
        guint    n)
{
  tela_selection_set (tela_canvas_get_selection (self->base.canvas), (const char *const *) self->ids + from, n);
}

static void
draw_two (Fixture    *self,
          const char *tool)
{
  self->ids[0] = draw (self, tool, 50);
  self->ids[1] = draw (self, tool, 250);
}

/* Nothing that the panel offers is what the first one has now. */
static void
make_differ (Fixture *self)
{
  choose (self, 0, 1);
  g_object_set (tela_canvas_get_style (self->base.canvas),
                "stroke-color", "#123456", "background-color", "#654321", "fill-style", "dots", "stroke-style", "none",
                "edges", "sharp", "start-arrowhead", "bar", "end-arrowhead", "circle", "text-align", "right",
                "stroke-width", 7.0, "roughness", 1.5, "opacity", 40.0, "font-size", 11.0, "font-family", 2.0,
                NULL);
  tela_canvas_finish_style (self->base.canvas);
  choose (self, 0, 2);
}

/* What the element has, as the action's target would say it. (transfer floating) */
static GVariant *
value_of (const TelaElement *element,
          const char        *name)
{
  g_autoptr (TelaStyle) style = tela_style_new ();
  const TelaElement *none = NULL;
  GObjectClass      *klass = G_OBJECT_GET_CLASS (style);
  g_autofree char   *text = NULL;
  double             number;

  tela_style_read (style, &element, &none, 1);
  if (g_object_class_find_property (klass, name)->value_type == G_TYPE_STRING)
    {
      g_object_get (style, name, &text, NULL);
      return g_variant_new_string (text);
    }
  g_object_get (style, name, &number, NULL);

  return g_variant_new_double (number);
}

/* Of a kind, depth first. (element-type GtkWidget) */
static void
collect (GtkWidget *widget,
         GType      type,
         GPtrArray *found)
{
  if (g_type_is_a (G_OBJECT_TYPE (widget), type))
    g_ptr_array_add (found, widget);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    collect (child, type, found);
}

/* The property that a control chooses; NULL: none. */
static const char *
property_of (const char *action)
{
  return action != NULL && g_str_has_prefix (action, "style.") ? action + strlen ("style.") : NULL;
}

/* Which buttons of that property are pressed: none, or the one with that value. */
static void
assert_pressed (GPtrArray  *buttons,
                const char *name,
                GVariant   *value)
{
  for (guint i = 0; i < buttons->len; i++)
    {
      GVariant *target = gtk_actionable_get_action_target_value (buttons->pdata[i]);

      if (g_strcmp0 (property_of (gtk_actionable_get_action_name (buttons->pdata[i])), name) == 0)
        g_assert_cmpint (gtk_toggle_button_get_active (buttons->pdata[i]), ==,
                         value != NULL && g_variant_equal (target, value));
    }
}

static void
assert_both_have (Fixture    *self,
                  const char *name,
                  GVariant   *value)
{
  for (guint i = 0; i < 2; i++)
    {
      TelaKey            key = tela_style_key_of (name);
      const TelaElement *label = tela_attach_find_text (self->base.board, self->ids[i]);
      const TelaElement *holder = tela_style_applies (key, shown (self, i)) ? shown (self, i) : label;
      g_autoptr (GVariant) has = g_variant_ref_sink (value_of (holder, name));

      g_assert_cmpvariant (has, value);
    }
}

/* Mixed, then one for both and no longer mixed, and by one undo mixed again. */
static void
check_choice (Fixture    *self,
              GPtrArray  *buttons,
              const char *name,
              GVariant   *value,
              GtkWidget  *button)
{
  TelaKey          key = tela_style_key_of (name);
  g_autofree char *action = g_strconcat ("style.", name, NULL);

  g_assert_true (tela_style_is_mixed (tela_canvas_get_style (self->base.canvas), key));
  assert_pressed (buttons, name, NULL);
  if (button != NULL)
    g_signal_emit_by_name (button, "clicked");
  else
    g_assert_true (gtk_widget_activate_action_variant (self->panel, action, value));
  tela_canvas_finish_style (self->base.canvas);
  assert_both_have (self, name, value);
  g_assert_false (tela_style_is_mixed (tela_canvas_get_style (self->base.canvas), key));
  assert_pressed (buttons, name, value);
  canvas_activate (self->base.canvas, "undo");
  WAIT_UNTIL (tela_style_is_mixed (tela_canvas_get_style (self->base.canvas), key));
}

static gboolean
is_for (Fixture    *self,
        const char *name,
        GVariant   *value)
{
  const char        *type = tela_element_get_string (shown (self, 0), TELA_KEY_TYPE);
  const TelaElement *label = tela_attach_find_text (self->base.board, self->ids[0]);
  TelaKey            key = tela_style_key_of (name);

  if (strcmp (name, "edges") == 0 && strcmp (g_variant_get_string (value, NULL), "elbow") == 0)
    return strcmp (type, "arrow") == 0;

  return tela_style_applies (key, shown (self, 0)) || (label != NULL && tela_style_applies (key, label));
}

static guint
check_buttons (Fixture   *self,
               GPtrArray *buttons)
{
  guint n = 0;

  for (guint i = 0; i < buttons->len; i++)
    {
      const char *name = property_of (gtk_actionable_get_action_name (buttons->pdata[i]));
      GVariant   *value = gtk_actionable_get_action_target_value (buttons->pdata[i]);

      if (name == NULL || !is_for (self, name, value))
        continue;
      check_choice (self, buttons, name, value, buttons->pdata[i]);
      n++;
    }

  return n;
}

static guint
check_menu (Fixture    *self,
            GPtrArray  *buttons,
            GMenuModel *menu)
{
  guint n = 0;

  for (int i = 0; i < g_menu_model_get_n_items (menu); i++)
    {
      g_autoptr (GMenuModel) section = g_menu_model_get_item_link (menu, i, G_MENU_LINK_SECTION);
      g_autofree char *action = NULL;
      g_autoptr (GVariant) value = g_menu_model_get_item_attribute_value (menu, i, G_MENU_ATTRIBUTE_TARGET, NULL);

      if (section != NULL)
        n += check_menu (self, buttons, section);
      if (!g_menu_model_get_item_attribute (menu, i, G_MENU_ATTRIBUTE_ACTION, "s", &action))
        continue;
      check_choice (self, buttons, property_of (action), value, NULL);
      n++;
    }

  return n;
}

static void
label_both (Fixture *self)
{
  for (guint i = 0; i < 2; i++)
    {
      choose (self, i, 1);
      canvas_activate (self->base.canvas, "edit");
      gtk_text_buffer_set_text (tela_canvas_get_text_buffer (self->base.canvas), "Words", -1);
      tela_canvas_commit_text (self->base.canvas);
    }
}

typedef struct
{
  const char *tool;
  gboolean    has_label;
  guint       n_choices; /* that the panel has for such shapes */
} Kind;

/* Every button of the panel, on two shapes of a kind that differ in all that it has. */
static void
test_buttons (Fixture      *self,
              gconstpointer data)
{
  const Kind *kind = data;
  g_autoptr (GPtrArray) buttons = g_ptr_array_new ();

  draw_two (self, kind->tool);
  if (kind->has_label)
    label_both (self);
  make_differ (self);
  collect (self->panel, GTK_TYPE_TOGGLE_BUTTON, buttons);
  g_assert_cmpuint (check_buttons (self, buttons), ==, kind->n_choices);
}

static void
test_menus (Fixture      *self,
            gconstpointer data)
{
  g_autoptr (GPtrArray) none = g_ptr_array_new ();
  g_autoptr (GPtrArray) menus = g_ptr_array_new ();
  guint n = 0;

  draw_two (self, "arrow");
  make_differ (self);
  collect (self->panel, GTK_TYPE_MENU_BUTTON, menus);
  for (guint i = 0; i < menus->len; i++)
    n += check_menu (self, none, gtk_menu_button_get_menu_model (menus->pdata[i]));
  g_assert_cmpuint (n, ==, 24);
}

static void
test_slider (Fixture      *self,
             gconstpointer data)
{
  g_autoptr (GPtrArray) sliders = g_ptr_array_new ();

  draw_two (self, "rectangle");
  make_differ (self);
  collect (self->panel, GTK_TYPE_SCALE, sliders);
  g_assert_cmpuint (sliders->len, ==, 1);
  g_assert_true (tela_style_is_mixed (tela_canvas_get_style (self->base.canvas), TELA_KEY_OPACITY));
  for (double value = 45; value <= 70; value += 5)
    gtk_range_set_value (sliders->pdata[0], value);
  tela_canvas_finish_style (self->base.canvas);
  for (guint i = 0; i < 2; i++)
    g_assert_cmpfloat (tela_element_get_number (shown (self, i), TELA_KEY_OPACITY, 0), ==, 70);
  canvas_activate (self->base.canvas, "undo");
  g_assert_cmpfloat (tela_element_get_number (shown (self, 0), TELA_KEY_OPACITY, 0), ==, 40);
  g_assert_cmpfloat (tela_element_get_number (shown (self, 1), TELA_KEY_OPACITY, 0), ==, 100);
}

/* What only one of them has is not mixed; nor is what others have where the panel does not ask for it. */
static void
test_kinds_together (Fixture      *self,
                     gconstpointer data)
{
  TelaStyle *style = tela_canvas_get_style (self->base.canvas);

  self->ids[0] = draw (self, "text", 50);
  self->ids[1] = draw (self, "frame", 250);
  choose (self, 0, 1);
  g_object_set (style, "stroke-color", "#123456", "font-size", 28.0, NULL);
  choose (self, 0, 2);
  g_assert_false (tela_style_is_mixed (style, TELA_KEY_STROKE_COLOR));
  g_assert_cmpstr (tela_style_get_string (style, TELA_KEY_STROKE_COLOR), ==, "#123456");
  g_assert_cmpfloat (tela_style_get_number (style, TELA_KEY_FONT_SIZE), ==, 28);
  g_object_set (style, "stroke-color", "#2f9e44", NULL);
  g_assert_cmpstr (tela_element_get_string (shown (self, 0), TELA_KEY_STROKE_COLOR), ==, "#2f9e44");
  g_assert_cmpstr (tela_element_get_string (shown (self, 1), TELA_KEY_STROKE_COLOR), ==, "#bbb");

  tela_selection_clear (tela_canvas_get_selection (self->base.canvas));
  g_assert_false (tela_style_is_mixed (style, TELA_KEY_OPACITY));
}

/* A frame has nothing of its own but how faint it is. */
static void
test_shown (Fixture      *self,
            gconstpointer data)
{
  static const struct
  {
    const char *type;
    gboolean    has_stroke, has_background;
  } cases[] = {
    { "rectangle", TRUE, TRUE },
    { "line", TRUE, TRUE },
    { "freedraw", TRUE, TRUE },
    { "arrow", TRUE, FALSE },
    { "text", TRUE, FALSE },
    { "frame", FALSE, FALSE },
    { "image", FALSE, FALSE },
  };
  GtkWidget *stroke =
      GTK_WIDGET (gtk_widget_get_template_child (self->panel, TELA_TYPE_STYLE_PANEL, "stroke"));
  GtkWidget *background =
      GTK_WIDGET (gtk_widget_get_template_child (self->panel, TELA_TYPE_STYLE_PANEL, "background"));

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      tela_style_panel_set_kinds (TELA_STYLE_PANEL (self->panel), tela_style_panel_kind_of (cases[i].type), TRUE);
      g_assert_cmpint (gtk_widget_get_visible (stroke), ==, cases[i].has_stroke);
      g_assert_cmpint (gtk_widget_get_visible (background), ==, cases[i].has_background);
    }
}

static void
add (const char   *path,
     gconstpointer data,
     void (*func) (Fixture *self, gconstpointer data))
{
  g_test_add (path, Fixture, data, set_up, func, tear_down);
}

int
main (int    argc,
      char **argv)
{
  static const Kind kinds[] = {
    { "rectangle", FALSE, 26 },
    { "rectangle", TRUE, 36 },
    { "diamond", FALSE, 26 },
    { "ellipse", FALSE, 24 },
    { "line", FALSE, 26 },
    { "arrow", FALSE, 18 },
    { "pen", FALSE, 18 },
    { "text", FALSE, 16 },
  };

  gtk_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/style-panel/buttons/%s%s", kinds[i].has_label ? "labelled-" : "", kinds[i].tool);

      add (path, &kinds[i], test_buttons);
    }
  add ("/style-panel/menus", NULL, test_menus);
  add ("/style-panel/slider", NULL, test_slider);
  add ("/style-panel/kinds-together", NULL, test_kinds_together);
  add ("/style-panel/shown", NULL, test_shown);

  return g_test_run ();
}
