/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "app-fixture.h"

#include "tela-board-page.h"
#include "tela-canvas-private.h"
#include "tela-follow.h"
#include "tela-oneself.h"
#include "tela-people-button.h"
#include "tela-people-private.h"
#include "tela-person-colour.h"
#include "tela-person-row.h"

#define ACTOR G_GUINT64_CONSTANT (0x0123456789abcdef)

/* A page on the board of the fixture, where Bo comes along. */
typedef struct
{
  CanvasFixture     canvas;
  GtkWidget        *window;
  TelaBoardPage    *page;
  TelaPeople       *people;
  TelaPeopleButton *button;
  TelaHands        *hands;
  TelaFollow       *follow;
} PageFixture;

static GtkWidget *
find (GtkWidget *widget,
      GType      type)
{
  GtkWidget *found = G_TYPE_CHECK_INSTANCE_TYPE (widget, type) ? widget : NULL;

  for (GtkWidget *at = gtk_widget_get_first_child (widget); at != NULL && found == NULL;
       at = gtk_widget_get_next_sibling (at))
    found = find (at, type);

  return found;
}

static void
page_set_up (PageFixture  *self,
             gconstpointer data)
{
  canvas_fixture_set_up (&self->canvas, NULL);
  gtk_widget_set_visible (self->canvas.window, FALSE);
  self->window = gtk_window_new ();
  gtk_window_set_decorated (GTK_WINDOW (self->window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 900, 600);
  self->page = g_object_new (TELA_TYPE_BOARD_PAGE, NULL);
  {
    GtkWidget *toasts = adw_toast_overlay_new ();

    adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (toasts), GTK_WIDGET (self->page));
    gtk_window_set_child (GTK_WINDOW (self->window), toasts);
  }
  tela_board_page_set_session (self->page, self->canvas.session, self->canvas.workspace, FALSE);
  gtk_window_present (GTK_WINDOW (self->window));
  self->people = tela_session_get_people (self->canvas.session);
  self->button = TELA_PEOPLE_BUTTON (find (GTK_WIDGET (self->page), TELA_TYPE_PEOPLE_BUTTON));
  self->hands = TELA_HANDS (find (GTK_WIDGET (self->page), TELA_TYPE_HANDS));
  self->follow = TELA_FOLLOW (find (GTK_WIDGET (self->page), TELA_TYPE_FOLLOW));
  WAIT_UNTIL (gtk_widget_get_width (GTK_WIDGET (self->hands)) > 0);
  /* As a person who has been there: nothing is fitted any more. */
  tela_board_page_place (self->page, 0, 0, 1);
}

static void
page_tear_down (PageFixture  *self,
                gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (self->window));
  canvas_fixture_tear_down (&self->canvas, NULL);
}

static TelaPerson *
add_person (PageFixture *self,
            const char  *id,
            const char  *meta)
{
  RealtimeMeta   metas[] = { { .ref = "1", .payload = meta } };
  RealtimeMember member = { .key = id, .metas = metas, .n_metas = 1 };
  TelaPerson    *person = tela_person_new (id);

  tela_person_update (person, &member);
  g_ptr_array_add (self->people->persons, person);
  g_list_model_items_changed (G_LIST_MODEL (self->people), self->people->persons->len - 1, 0, 1);

  return person;
}

static TelaPerson *
add_bo (PageFixture *self)
{
  return add_person (self, "b0000000-0000-4000-8000-000000000000",
                     "{\"actor\":\"0123456789abcdef\",\"name\":\"Bo\",\"colour\":\"#e66100\",\"state\":\"active\","
                     "\"windows\":2}");
}

static void
remove_all (PageFixture *self)
{
  guint n = self->people->persons->len;

  g_ptr_array_set_size (self->people->persons, 0);
  g_list_model_items_changed (G_LIST_MODEL (self->people), 0, n, 0);
}

static void
hear (PageFixture *self,
      const char  *cursor)
{
  g_autofree char *message = g_strdup_printf ("{\"cursor\":%s}", cursor);

  tela_people_heard (self->people, ACTOR, message, strlen (message), g_get_monotonic_time ());
}

static TelaCanvas *
canvas_of (PageFixture *self)
{
  return tela_board_page_get_canvas (self->page);
}

static void
is_painted_orange (PageFixture *self,
                   int          x,
                   int          y,
                   gboolean     expected)
{
  g_autoptr (GtkSnapshot) snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 900, 600);
  cairo_t         *cr = cairo_create (surface);
  guint32          pixel;

  GTK_WIDGET_GET_CLASS (self->hands)->snapshot (GTK_WIDGET (self->hands), snapshot);
  node = gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
  if (node != NULL)
    gsk_render_node_draw (node, cr);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  memcpy (&pixel, cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface) + 4 * x, 4);
  cairo_surface_destroy (surface);
  g_assert_cmpint (pixel == 0xffe66100, ==, expected);
}

static gboolean
is_view (PageFixture *self,
         double       x,
         double       y,
         double       zoom)
{
  TelaViewport *viewport = tela_canvas_get_viewport (canvas_of (self));
  TelaRect      visible = tela_viewport_get_visible (viewport);

  return ABS (visible.x + visible.width / 2 - x) < 1 && ABS (visible.y + visible.height / 2 - y) < 1 &&
         ABS (tela_viewport_get_zoom (viewport) - zoom) < 0.01;
}

/* A view of @width board units around that point, as wide as high. */
static void
look_at (PageFixture *self,
         double       x,
         double       y,
         guint        bring)
{
  g_autofree char *cursor =
      g_strdup_printf ("{\"at\":1,\"view\":[%g,%g,100,100],\"bring\":%u}", x - 50, y - 50, bring);

  hear (self, cursor);
}

static double
zoom_to_100 (PageFixture *self)
{
  GtkWidget *canvas = GTK_WIDGET (canvas_of (self));

  return MIN (gtk_widget_get_width (canvas), gtk_widget_get_height (canvas)) / 100.0;
}

static void
test_alone (PageFixture  *self,
            gconstpointer data)
{
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (self->button)));
  add_bo (self);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (self->button)));
  remove_all (self);
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (self->button)));
}

static guint
count_faces (GtkWidget *widget)
{
  guint n = ADW_IS_AVATAR (widget) && gtk_widget_get_mapped (widget) ? 1 : 0;

  for (GtkWidget *at = gtk_widget_get_first_child (widget); at != NULL; at = gtk_widget_get_next_sibling (at))
    n += count_faces (at);

  return n;
}

static void
test_faces (PageFixture  *self,
            gconstpointer data)
{
  for (guint i = 0; i < 6; i++)
    {
      g_autofree char *id = g_strdup_printf ("person-%u", i);

      add_person (self, id, "{\"name\":\"Cy Dee\",\"colour\":\"#1c71d8\",\"state\":\"idle\"}");
    }
  WAIT_UNTIL (count_faces (GTK_WIDGET (self->button)) == 4);
  tela_board_page_set_narrow (self->page, TRUE);
  WAIT_UNTIL (count_faces (GTK_WIDGET (self->button)) == 1);
}

static GtkWidget *
find_action (GtkWidget  *widget,
             const char *action)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (widget) && g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), action) == 0)
    return widget;
  for (GtkWidget *at = gtk_widget_get_first_child (widget); at != NULL && found == NULL;
       at = gtk_widget_get_next_sibling (at))
    found = find_action (at, action);

  return found;
}

/* However many are there and whatever is being made, a name of usual length is read at the smallest width. */
static void
test_narrow (PageFixture  *self,
             gconstpointer data)
{
  GtkWidget *title = find (GTK_WIDGET (self->page), ADW_TYPE_WINDOW_TITLE);
  GtkWidget *jobs = find_action (GTK_WIDGET (self->page), "app.jobs");

  for (guint i = 0; i < 12; i++)
    {
      g_autofree char *id = g_strdup_printf ("person-%u", i);

      add_person (self, id, "{\"name\":\"Cy Dee\",\"colour\":\"#1c71d8\",\"state\":\"idle\"}");
    }
  gtk_widget_set_visible (jobs, TRUE);
  adw_window_title_set_title (ADW_WINDOW_TITLE (title), "What We Need for the Summer");
  tela_board_page_set_narrow (self->page, TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 360, 600);
  WAIT_UNTIL (gtk_widget_get_width (GTK_WIDGET (self->page)) <= 360);
  WAIT_UNTIL (gtk_widget_get_width (title) >= 100);
  g_assert_null (gtk_widget_get_ancestor (jobs, ADW_TYPE_HEADER_BAR));
  g_assert_true (gtk_widget_get_mapped (jobs));

  tela_board_page_set_narrow (self->page, FALSE);
  g_assert_nonnull (gtk_widget_get_ancestor (jobs, ADW_TYPE_HEADER_BAR));
}

static void
test_words (void)
{
  const RealtimeMeta   metas[] = { { .ref = "1", .payload = "{\"state\":\"idle\",\"windows\":3}" } };
  const RealtimeMember member = { .key = "x", .metas = (RealtimeMeta *) metas, .n_metas = 1 };
  g_autoptr (TelaPerson) person = tela_person_new ("x");
  g_autofree char *idle = NULL;
  g_autofree char *stale = NULL;
  gint64           now;

  tela_person_update (person, &member);
  now = tela_person_get_since (person);
  idle = tela_person_row_describe (person, 0, now + 3 * 60 * G_USEC_PER_SEC);
  g_assert_cmpstr (idle, ==, "Idle for 3 minutes, 3 windows");
  stale = tela_person_row_describe (person, now, now + 61 * G_USEC_PER_SEC);
  g_assert_cmpstr (stale, ==, "Last seen 1 minute ago");
}

static void
test_colours (void)
{
  guint                   n;
  const TelaPersonColour *palette = tela_person_colour_get_palette (&n);
  GdkRGBA                 white = { 1, 1, 1, 1 };
  GdkRGBA                 black = { 0, 0, 0, 1 };
  GdkRGBA                 ink = tela_person_colour_contrast (&white);

  g_assert_true (gdk_rgba_equal (&ink, &black));
  ink = tela_person_colour_contrast (&black);
  g_assert_true (gdk_rgba_equal (&ink, &white));
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (strlen (palette[i].hex), ==, 7);
      ink = tela_person_colour_parse (palette[i].hex);
      g_assert_cmpfloat (ink.alpha, ==, 1);
    }
  g_assert_cmpstr (tela_person_colour_of_id ("a"), ==, tela_person_colour_of_id ("a"));
}

static void
test_cursor (PageFixture  *self,
             gconstpointer data)
{
  add_bo (self);
  hear (self, "{\"at\":1000,\"path\":[[0,200,150]]}");
  is_painted_orange (self, 203, 153, TRUE);
  g_assert_false (tela_hands_is_moving (self->hands));
  g_action_group_change_action_state (tela_board_page_get_actions (self->page), "hide-cursors",
                                      g_variant_new_boolean (TRUE));
  is_painted_orange (self, 203, 153, FALSE);
  g_action_group_change_action_state (tela_board_page_get_actions (self->page), "hide-cursors",
                                      g_variant_new_boolean (FALSE));
  is_painted_orange (self, 203, 153, TRUE);
  hear (self, "{\"at\":1010,\"path\":[]}");
  is_painted_orange (self, 203, 153, FALSE);
}

/* Frames are asked for while it moves, and no longer. */
static void
test_movement (PageFixture  *self,
               gconstpointer data)
{
  add_bo (self);
  hear (self, "{\"at\":1000,\"path\":[[0,100,150]]}");
  hear (self, "{\"at\":1040,\"path\":[[20,150,150],[0,300,150]]}");
  WAIT_UNTIL (tela_hands_is_moving (self->hands));
  WAIT_UNTIL (!tela_hands_is_moving (self->hands));
  is_painted_orange (self, 303, 153, TRUE);
}

static void
test_selection (PageFixture  *self,
                gconstpointer data)
{
  TelaCanvas      *canvas = canvas_of (self);
  g_autofree char *id = canvas_draw (canvas, "rectangle", 100, 200, 200, 300);
  g_autofree char *cursor = g_strdup_printf ("{\"at\":1,\"selected\":[\"%s\"]}", id);

  add_bo (self);
  hear (self, cursor);
  is_painted_orange (self, 150, 197, TRUE);
  hear (self, "{\"at\":2}");
  is_painted_orange (self, 150, 197, FALSE);
}

static void
test_laser (PageFixture  *self,
            gconstpointer data)
{
  add_bo (self);
  hear (self, "{\"at\":1000,\"path\":[[0,300,150]],\"laser\":[[20,100,150],[0,300,150]]}");
  WAIT_UNTIL (tela_hands_is_moving (self->hands));
  WAIT_UNTIL (!tela_hands_is_moving (self->hands));
  /* One's own leaves nothing on the board. */
  tela_canvas_set_tool (canvas_of (self), "laser");
  canvas_drag (canvas_of (self), 100, 100, 200, 200, 0);
  g_assert_cmpuint (self->people->own->n_laser, >, 3);
  g_assert_cmpuint (tela_board_get_n_visible (self->canvas.board), ==, 0);
}

static void
test_follow (PageFixture  *self,
             gconstpointer data)
{
  TelaPerson *bo = add_bo (self);

  look_at (self, 1000, 500, 0);
  g_action_group_activate_action (tela_board_page_get_actions (self->page), "follow",
                                  g_variant_new_string (tela_person_get_id (bo)));
  g_assert_true (tela_follow_get_person (self->follow) == bo);
  WAIT_UNTIL (is_view (self, 1000, 500, zoom_to_100 (self)));
  look_at (self, -300, 40, 0);
  WAIT_UNTIL (is_view (self, -300, 40, zoom_to_100 (self)));
  is_painted_orange (self, 1, 1, TRUE);
  g_assert_true (gtk_widget_get_visible (GTK_WIDGET (self->follow)));

  tela_viewport_pan (tela_canvas_get_viewport (canvas_of (self)), 10, 0);
  g_assert_null (tela_follow_get_person (self->follow));
  g_assert_false (gtk_widget_get_visible (GTK_WIDGET (self->follow)));
  is_painted_orange (self, 1, 1, FALSE);
}

static void
test_follow_gone (PageFixture  *self,
                  gconstpointer data)
{
  tela_follow_start (self->follow, add_bo (self));
  remove_all (self);
  g_assert_null (tela_follow_get_person (self->follow));
}

static void
test_bring (PageFixture  *self,
            gconstpointer data)
{
  TelaRect visible = tela_viewport_get_visible (tela_canvas_get_viewport (canvas_of (self)));

  add_bo (self);
  look_at (self, 1000, 500, 0);
  look_at (self, 1000, 500, 1);
  WAIT_UNTIL (is_view (self, 1000, 500, zoom_to_100 (self)));
  g_assert_null (tela_follow_get_person (self->follow));
  tela_follow_back (self->follow);
  WAIT_UNTIL (is_view (self, visible.x + visible.width / 2, visible.y + visible.height / 2, 1));

  tela_follow_bring (self->follow);
  g_assert_cmpuint (self->people->own->bring, ==, 1);
}

/* Who draws is asked, and stays. */
static void
test_bring_busy (PageFixture  *self,
                 gconstpointer data)
{
  TelaRect visible = tela_viewport_get_visible (tela_canvas_get_viewport (canvas_of (self)));

  add_bo (self);
  look_at (self, 1000, 500, 0);
  tela_canvas_set_tool (canvas_of (self), "pen");
  tela_canvas_press (canvas_of (self), 100, 100, 0, -1, 1);
  look_at (self, 1000, 500, 1);
  g_assert_true (is_view (self, visible.x + visible.width / 2, visible.y + visible.height / 2, 1));
  tela_canvas_release (canvas_of (self), 100, 100, 0);
  tela_follow_back (self->follow);
  WAIT_UNTIL (is_view (self, 1000, 500, zoom_to_100 (self)));
}

static void
message_cb (TelaCanvas *canvas,
            const char *text,
            char      **told)
{
  g_free (*told);
  *told = g_strdup (text);
}

static void
test_writer (PageFixture  *self,
             gconstpointer data)
{
  TelaCanvas      *canvas = canvas_of (self);
  g_autofree char *told = NULL;
  g_autofree char *id = NULL;
  g_autofree char *cursor = NULL;

  tela_canvas_new_text (canvas, 100, 200);
  gtk_text_buffer_set_text (tela_canvas_get_text_buffer (canvas), "Words", -1);
  id = g_strdup (tela_canvas_get_text_id (canvas));
  tela_canvas_commit_text (canvas);
  g_signal_connect (canvas, "message", G_CALLBACK (message_cb), &told);

  add_bo (self);
  cursor = g_strdup_printf ("{\"at\":1,\"writing\":\"%s\"}", id);
  hear (self, cursor);
  g_assert_true (tela_canvas_edit_text (canvas, tela_board_lookup_shown (self->canvas.board, id)));
  g_assert_false (tela_canvas_is_editing (canvas));
  g_assert_cmpstr (told, ==, "Bo is writing here");
  hear (self, "{\"at\":2}");
  g_assert_true (tela_canvas_edit_text (canvas, tela_board_lookup_shown (self->canvas.board, id)));
  g_assert_true (tela_canvas_is_editing (canvas));
}

/* What others are told: one person, whatever the number of windows; of the window that was used last. */
static void
test_oneself (CanvasFixture *fixture,
              gconstpointer  data)
{
  g_autoptr (TelaOneself) oneself = tela_oneself_new (NULL, 300);
  TelaPeople      *people = tela_session_get_people (fixture->session);
  TelaCanvas      *other;
  GtkWidget       *window = canvas_fixture_add_window (fixture, &other);
  g_autofree char *id = NULL;
  g_autofree char *name = tela_oneself_dup_default_name ();

  tela_oneself_set_session (oneself, fixture->canvas, fixture->session);
  tela_oneself_set_session (oneself, other, fixture->session);
  tela_oneself_set_user (oneself, "user");
  g_assert_cmpuint (people->n_windows, ==, 2);
  g_assert_cmpstr (people->name, ==, name);
  g_assert_cmpstr (people->colour, ==, tela_person_colour_of_id ("user"));

  id = canvas_draw (other, "rectangle", 10, 10, 60, 60);
  WAIT_UNTIL (people->own->selected != NULL && people->own->selected->len == 1);
  g_assert_cmpstr (people->own->selected->pdata[0], ==, id);
  tela_canvas_new_text (other, 100, 100);
  WAIT_UNTIL (people->own->writing != NULL);
  g_assert_cmpfloat (people->own->view.width, >, 0);
  WAIT_UNTIL (people->state != TELA_PERSON_ACTIVE);

  tela_oneself_set_session (oneself, other, NULL);
  g_assert_cmpuint (people->n_windows, ==, 1);
  WAIT_UNTIL (people->own->writing == NULL);
  tela_oneself_set_session (oneself, fixture->canvas, NULL);
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int   argc,
      char *argv[])
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();

#define ADD(path, func) g_test_add (path, PageFixture, NULL, page_set_up, func, page_tear_down)
  g_test_add_func ("/people/colours", test_colours);
  g_test_add_func ("/people/words", test_words);
  ADD ("/people/button/alone", test_alone);
  ADD ("/people/button/faces", test_faces);
  ADD ("/people/button/narrow", test_narrow);
  ADD ("/people/hands/cursor", test_cursor);
  ADD ("/people/hands/movement", test_movement);
  ADD ("/people/hands/selection", test_selection);
  ADD ("/people/hands/laser", test_laser);
  ADD ("/people/follow/until-moved", test_follow);
  ADD ("/people/follow/gone", test_follow_gone);
  ADD ("/people/bring/there-and-back", test_bring);
  ADD ("/people/bring/busy", test_bring_busy);
  ADD ("/people/writer", test_writer);
  g_test_add ("/people/oneself", CanvasFixture, NULL, canvas_fixture_set_up, test_oneself, canvas_fixture_tear_down);

  return g_test_run ();
}
