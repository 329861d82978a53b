/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-oneself.h"

#include <string.h>

#include "tela-person-colour.h"
#include "tela-frame.h"

#define RENAME_MS 600 /* after the last letter of a new name */
#define LEAVE_MS 1000 /* from one window to the next is not away */

/* One board, in all its windows of this process. */
typedef struct
{
  TelaOneself    *self;    /* borrowed */
  TelaSession    *session; /* owned */
  GPtrArray      *places;  /* borrowed */
  gpointer        last;    /* borrowed: the place that was used last */
  gint64          used;
  guint           source; /* until the state may be another one */
  TelaPersonState state;
} Desk;

/* One canvas. */
typedef struct
{
  Desk               *desk;           /* borrowed */
  TelaCanvas         *canvas;         /* borrowed */
  GtkEventController *controllers[4]; /* borrowed: the canvas owns them */
  GtkRoot            *root;           /* nullable; weak */
  GPtrArray          *selected;       /* owned; ids; NULL: to be read again */
  TelaRect            around;
  guint               tick_id;
  double              wx, wy;
  gboolean            is_over; /* the pointer is, at wx, wy */
  gboolean            has_moved;
} Place;

struct _TelaOneself
{
  GObject parent_instance;

  GSettings *settings; /* owned; nullable */
  char      *user_id;  /* owned; nullable */
  guint      idle_ms;
  guint      rename_source;
  GPtrArray *desks;  /* owned */
  GPtrArray *places; /* owned */
};

G_DEFINE_FINAL_TYPE (TelaOneself, tela_oneself, G_TYPE_OBJECT)

enum
{
  INTRODUCED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

char *
tela_oneself_dup_default_name (void)
{
  const char *name = g_get_real_name ();

  if (name == NULL || *name == '\0' || strcmp (name, "Unknown") == 0)
    name = g_get_user_name ();

  return g_utf8_make_valid (name, -1);
}

static TelaPeople *
people_of (Desk *desk)
{
  return tela_session_get_people (desk->session);
}

char *
tela_oneself_dup_name (TelaOneself *self)
{
  g_autofree char *name = NULL;

  g_return_val_if_fail (TELA_IS_ONESELF (self), NULL);

  name = self->settings == NULL ? NULL : g_settings_get_string (self->settings, "person-name");

  return name == NULL || *name == '\0' ? tela_oneself_dup_default_name () : g_steal_pointer (&name);
}

static void
introduce (TelaOneself *self,
           Desk        *desk)
{
  g_autofree char *name = tela_oneself_dup_name (self);
  g_autofree char *colour = self->settings == NULL ? NULL : g_settings_get_string (self->settings, "person-colour");

  tela_people_set_self (people_of (desk), name,
                        colour != NULL && *colour != '\0' ? colour
                                                          : tela_person_colour_of_id (self->user_id ?: name));
}

static gboolean
rename_cb (gpointer user_data)
{
  TelaOneself *self = user_data;

  self->rename_source = 0;
  for (guint i = 0; i < self->desks->len; i++)
    introduce (self, self->desks->pdata[i]);
  g_signal_emit (self, signals[INTRODUCED], 0);

  return G_SOURCE_REMOVE;
}

static void
settings_changed_cb (TelaOneself *self,
                     const char  *key)
{
  if (!g_str_has_prefix (key, "person-"))
    return;
  g_clear_handle_id (&self->rename_source, g_source_remove);
  self->rename_source = g_timeout_add (RENAME_MS, rename_cb, self);
  g_source_set_name_by_id (self->rename_source, "[tela] new name");
}

/* Whether there is anybody */

/* Some window of the board has the keys, or a dialog of one. */
static gboolean
is_attended (Desk *desk)
{
  g_autoptr (GList) windows = gtk_window_list_toplevels ();

  for (guint i = 0; i < desk->places->len; i++)
    {
      Place *place = desk->places->pdata[i];

      if (!GTK_IS_WINDOW (place->root) || gtk_window_is_active (GTK_WINDOW (place->root)))
        return TRUE;
      for (GList *at = windows; at != NULL; at = at->next)
        if (gtk_window_is_active (at->data) && gtk_window_get_transient_for (at->data) == GTK_WINDOW (place->root))
          return TRUE;
    }

  return FALSE;
}

static void check_later (Desk *desk, guint ms);

static gboolean
check_cb (gpointer user_data)
{
  Desk  *desk = user_data;
  gint64 left = desk->self->idle_ms - (g_get_monotonic_time () - desk->used) / 1000;

  desk->source = 0;
  desk->state = !is_attended (desk) ? TELA_PERSON_AWAY : (left <= 0 ? TELA_PERSON_IDLE : TELA_PERSON_ACTIVE);
  tela_people_set_state (people_of (desk), desk->state);
  if (desk->state == TELA_PERSON_ACTIVE)
    check_later (desk, (guint) left + 1);

  return G_SOURCE_REMOVE;
}

static void
check_later (Desk *desk,
             guint ms)
{
  g_clear_handle_id (&desk->source, g_source_remove);
  desk->source = g_timeout_add (ms, check_cb, desk);
  g_source_set_name_by_id (desk->source, "[tela] idle or away");
}

static void
active_changed_cb (Place *place)
{
  check_later (place->desk, MIN (LEAVE_MS, place->desk->self->idle_ms));
}

/* Where the hand is */

static void
read_selection (Place *place)
{
  g_autoptr (GPtrArray) elements =
      tela_selection_collect (tela_canvas_get_selection (place->canvas), tela_canvas_get_board (place->canvas));

  place->selected = g_ptr_array_new_with_free_func (g_free);
  place->around = elements->len > TELA_CURSOR_MAX_SELECTED ? tela_frame_of (elements).box : (TelaRect){ 0 };
  for (guint i = 0; i < MIN (elements->len, TELA_CURSOR_MAX_SELECTED + 1); i++)
    g_ptr_array_add (place->selected, g_strdup (tela_element_get_id (elements->pdata[i])));
}

static void
say (Place *place)
{
  TelaPeople   *people = people_of (place->desk);
  TelaViewport *viewport = tela_canvas_get_viewport (place->canvas);
  double        x, y;

  if (place->selected == NULL)
    read_selection (place);
  tela_people_show (people, tela_viewport_get_visible (viewport), place->selected, place->around,
                    tela_canvas_get_text_id (place->canvas), tela_canvas_get_tool (place->canvas));
  if (!place->has_moved)
    return;
  place->has_moved = FALSE;
  tela_viewport_to_board (viewport, place->wx, place->wy, &x, &y);
  if (place->is_over)
    tela_people_move (people, x, y);
  else
    tela_people_leave (people);
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  Place *place = user_data;

  place->tick_id = 0;
  if (place->desk->last == place)
    say (place);

  return G_SOURCE_REMOVE;
}

static void
say_soon (Place *place)
{
  if (place->tick_id == 0 && place->desk->last == place && gtk_widget_get_mapped (GTK_WIDGET (place->canvas)))
    place->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (place->canvas), tick_cb, place, NULL);
}

/* A frame clock goes with its surface. */
static void
unmap_cb (Place *place)
{
  if (place->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (place->canvas), place->tick_id);
  place->tick_id = 0;
}

static void
use (Place *place)
{
  Desk *desk = place->desk;

  desk->used = g_get_monotonic_time ();
  if (desk->last != place)
    {
      desk->last = place;
      say_soon (place);
    }
  if (desk->state != TELA_PERSON_ACTIVE)
    {
      desk->state = TELA_PERSON_ACTIVE;
      tela_people_set_state (people_of (desk), desk->state);
    }
  if (desk->source == 0)
    check_later (desk, desk->self->idle_ms + 1);
}

static void
motion_cb (Place *place,
           double x,
           double y)
{
  place->wx = x;
  place->wy = y;
  place->is_over = place->has_moved = TRUE;
  use (place);
  say_soon (place);
}

static void
leave_cb (Place *place)
{
  place->is_over = FALSE;
  place->has_moved = TRUE;
  say_soon (place);
}

static gboolean
key_cb (Place *place)
{
  use (place);

  return GDK_EVENT_PROPAGATE;
}

static void
viewport_cb (Place *place)
{
  place->has_moved |= place->is_over;
  say_soon (place);
}

static void
selection_cb (Place *place)
{
  g_clear_pointer (&place->selected, g_ptr_array_unref);
  say_soon (place);
}

static void
listen (Place *place)
{
  GtkWidget          *canvas = GTK_WIDGET (place->canvas);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkEventController *key = gtk_event_controller_key_new ();
  GtkGesture         *press = gtk_gesture_click_new ();

  g_signal_connect_swapped (motion, "enter", G_CALLBACK (motion_cb), place);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (motion_cb), place);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (leave_cb), place);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (key_cb), place);
  g_signal_connect_swapped (key, "key-pressed", G_CALLBACK (key_cb), place);
  g_signal_connect_swapped (press, "pressed", G_CALLBACK (use), place);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (press), 0);

  place->controllers[0] = motion;
  place->controllers[1] = scroll;
  place->controllers[2] = key;
  place->controllers[3] = GTK_EVENT_CONTROLLER (press);
  for (guint i = 0; i < G_N_ELEMENTS (place->controllers); i++)
    {
      gtk_event_controller_set_propagation_phase (place->controllers[i], GTK_PHASE_CAPTURE);
      gtk_widget_add_controller (canvas, place->controllers[i]);
    }

  g_signal_connect_swapped (tela_canvas_get_viewport (place->canvas), "changed", G_CALLBACK (viewport_cb), place);
  g_signal_connect_swapped (tela_canvas_get_selection (place->canvas), "changed", G_CALLBACK (selection_cb), place);
  g_signal_connect_swapped (place->canvas, "notify", G_CALLBACK (say_soon), place);
  g_signal_connect_swapped (place->canvas, "map", G_CALLBACK (say_soon), place);
  g_signal_connect_swapped (place->canvas, "unmap", G_CALLBACK (unmap_cb), place);
  g_set_weak_pointer (&place->root, gtk_widget_get_root (canvas));
  if (GTK_IS_WINDOW (place->root))
    g_signal_connect_swapped (place->root, "notify::is-active", G_CALLBACK (active_changed_cb), place);
}

/* Boards and their windows */

static void
desk_free (gpointer data)
{
  Desk *desk = data;

  g_clear_handle_id (&desk->source, g_source_remove);
  g_ptr_array_unref (desk->places);
  g_object_unref (desk->session);
  g_free (desk);
}

static Desk *
find_or_make_desk (TelaOneself *self,
                   TelaSession *session)
{
  Desk *desk;

  for (guint i = 0; i < self->desks->len; i++)
    if (((Desk *) self->desks->pdata[i])->session == session)
      return self->desks->pdata[i];

  desk = g_new0 (Desk, 1);
  desk->self = self;
  desk->session = g_object_ref (session);
  desk->places = g_ptr_array_new ();
  g_ptr_array_add (self->desks, desk);
  introduce (self, desk);

  return desk;
}

static void
place_free (gpointer data)
{
  Place *place = data;
  Desk  *desk = place->desk;

  for (guint i = 0; i < G_N_ELEMENTS (place->controllers); i++)
    gtk_widget_remove_controller (GTK_WIDGET (place->canvas), place->controllers[i]);
  unmap_cb (place);
  g_signal_handlers_disconnect_by_data (tela_canvas_get_viewport (place->canvas), place);
  g_signal_handlers_disconnect_by_data (tela_canvas_get_selection (place->canvas), place);
  g_signal_handlers_disconnect_by_data (place->canvas, place);
  if (place->root != NULL)
    g_signal_handlers_disconnect_by_data (place->root, place);
  g_clear_weak_pointer (&place->root);
  g_clear_pointer (&place->selected, g_ptr_array_unref);

  g_ptr_array_remove (desk->places, place);
  if (desk->last == place)
    {
      desk->last = desk->places->len > 0 ? desk->places->pdata[0] : NULL;
      tela_people_leave (people_of (desk));
      if (desk->last != NULL)
        say_soon (desk->last);
    }
  if (desk->places->len == 0)
    g_ptr_array_remove (desk->self->desks, desk);
  else
    tela_people_set_windows (people_of (desk), desk->places->len);
  g_free (place);
}

void
tela_oneself_set_session (TelaOneself *self,
                          TelaCanvas  *canvas,
                          TelaSession *session)
{
  Place *place;

  g_return_if_fail (TELA_IS_ONESELF (self));

  for (guint i = self->places->len; i-- > 0;)
    {
      place = self->places->pdata[i];
      if (place->canvas != canvas)
        continue;
      if (place->desk->session == session)
        return;
      g_ptr_array_remove_index_fast (self->places, i);
    }
  if (session == NULL)
    return;

  place = g_new0 (Place, 1);
  place->desk = find_or_make_desk (self, session);
  place->canvas = canvas;
  g_ptr_array_add (place->desk->places, place);
  g_ptr_array_add (self->places, place);
  tela_people_set_windows (people_of (place->desk), place->desk->places->len);
  listen (place);
  use (place);
}

void
tela_oneself_set_user (TelaOneself *self,
                       const char  *user_id)
{
  g_return_if_fail (TELA_IS_ONESELF (self));

  g_free (self->user_id);
  self->user_id = g_strdup (user_id);
  rename_cb (self);
}

static void
tela_oneself_finalize (GObject *object)
{
  TelaOneself *self = TELA_ONESELF (object);

  g_clear_handle_id (&self->rename_source, g_source_remove);
  g_ptr_array_unref (self->places);
  g_ptr_array_unref (self->desks);
  g_clear_object (&self->settings);
  g_free (self->user_id);

  G_OBJECT_CLASS (tela_oneself_parent_class)->finalize (object);
}

static void
tela_oneself_class_init (TelaOneselfClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_oneself_finalize;

  signals[INTRODUCED] =
      g_signal_new ("introduced", TELA_TYPE_ONESELF, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
tela_oneself_init (TelaOneself *self)
{
  self->desks = g_ptr_array_new_with_free_func (desk_free);
  self->places = g_ptr_array_new_with_free_func (place_free);
}

TelaOneself *
tela_oneself_new (GSettings *settings,
                  guint      idle_ms)
{
  TelaOneself *self = g_object_new (TELA_TYPE_ONESELF, NULL);

  self->idle_ms = idle_ms;
  if (settings != NULL)
    {
      self->settings = g_object_ref (settings);
      g_signal_connect_object (settings, "changed", G_CALLBACK (settings_changed_cb), self, G_CONNECT_SWAPPED);
    }

  return self;
}
