/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-follow.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "tela-announce.h"
#include "tela-canvas-private.h"
#include "tela-template.h"

#define GLIDE_US (120 * 1000.0) /* for about two thirds of the way */
#define NEAR 0.5                /* widget pixels: arrived */

typedef struct
{
  double x, y, zoom; /* the middle of the view, in board units */
} Camera;

struct _TelaFollow
{
  GtkWidget parent_instance;

  TelaCanvas    *canvas;         /* borrowed */
  TelaHands     *hands;          /* borrowed */
  TelaSession   *session;        /* owned; nullable */
  TelaWorkspace *workspace;      /* owned; nullable */
  TelaPerson    *person;         /* owned; nullable */
  GSignalGroup  *people_signals; /* owned */
  Camera         target;
  Camera         before; /* somebody brought it elsewhere; zoom 0: nobody has */
  gint64         last_frame;
  guint          tick_id;
  double         x, y, zoom; /* the corner, as it was last placed here */
  gboolean       is_placing; /* it is not the hand that moves the board */

  GtkWidget *pill; /* template children */
  GtkLabel  *label;
  GtkWidget *stop;
};

G_DEFINE_FINAL_TYPE (TelaFollow, tela_follow, GTK_TYPE_WIDGET)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static Camera
get_camera (TelaFollow *self)
{
  TelaViewport *viewport = tela_canvas_get_viewport (self->canvas);
  TelaRect      visible = tela_viewport_get_visible (viewport);

  return (Camera){ visible.x + visible.width / 2, visible.y + visible.height / 2, tela_viewport_get_zoom (viewport) };
}

static void
note_place (TelaFollow *self)
{
  TelaViewport *viewport = tela_canvas_get_viewport (self->canvas);

  tela_viewport_get_origin (viewport, &self->x, &self->y);
  self->zoom = tela_viewport_get_zoom (viewport);
}

static void
set_camera (TelaFollow *self,
            Camera      camera)
{
  TelaViewport *viewport = tela_canvas_get_viewport (self->canvas);

  self->is_placing = TRUE;
  tela_viewport_place (viewport, camera.x - gtk_widget_get_width (GTK_WIDGET (self->canvas)) / camera.zoom / 2,
                       camera.y - gtk_widget_get_height (GTK_WIDGET (self->canvas)) / camera.zoom / 2, camera.zoom);
  note_place (self);
  self->is_placing = FALSE;
}

/* All of their view, whatever the shape of this window. */
static gboolean
read_target (TelaFollow *self,
             TelaPeer   *peer)
{
  double   width = gtk_widget_get_width (GTK_WIDGET (self->canvas));
  double   height = gtk_widget_get_height (GTK_WIDGET (self->canvas));
  TelaRect view;
  double   zoom;

  if (peer == NULL || peer->cursor == NULL || peer->cursor->view.width <= 0 || peer->cursor->view.height <= 0 ||
      width <= 0)
    return FALSE;

  view = peer->cursor->view;
  zoom = MIN (width / view.width, height / view.height);
  self->target = (Camera){ view.x + view.width / 2, view.y + view.height / 2,
                           CLAMP (zoom, TELA_ZOOM_MIN, TELA_ZOOM_MAX) };

  return TRUE;
}

static gboolean
is_near (Camera a,
         Camera b)
{
  return fabs (a.x - b.x) * b.zoom < NEAR && fabs (a.y - b.y) * b.zoom < NEAR && fabs (log (a.zoom / b.zoom)) < 0.001;
}

static gboolean
glide_cb (GtkWidget     *widget,
          GdkFrameClock *clock,
          gpointer       user_data)
{
  TelaFollow *self = user_data;
  gint64      now = gdk_frame_clock_get_frame_time (clock);
  double      part = 1 - exp (-(double) CLAMP (now - self->last_frame, 1000, 100 * 1000) / GLIDE_US);
  Camera      camera = get_camera (self);

  self->last_frame = now;
  camera.x += part * (self->target.x - camera.x);
  camera.y += part * (self->target.y - camera.y);
  camera.zoom *= pow (self->target.zoom / camera.zoom, part);
  if (!is_near (camera, self->target))
    {
      set_camera (self, camera);
      return G_SOURCE_CONTINUE;
    }

  set_camera (self, self->target);
  self->tick_id = 0;

  return G_SOURCE_REMOVE;
}

static void
end_glide (TelaFollow *self)
{
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self->canvas), self->tick_id);
  self->tick_id = 0;
}

static void
glide (TelaFollow *self)
{
  gboolean has_animations = TRUE;

  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &has_animations, NULL);
  if (is_near (get_camera (self), self->target) || !gtk_widget_get_mapped (GTK_WIDGET (self->canvas)))
    return;
  if (!has_animations)
    {
      end_glide (self);
      set_camera (self, self->target);
    }
  else if (self->tick_id == 0)
    {
      self->last_frame = 0;
      note_place (self);
      self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self->canvas), glide_cb, self, NULL);
    }
}

static TelaPeople *
get_people (TelaFollow *self)
{
  return tela_session_get_people (self->session);
}

static void
people_moved_cb (TelaFollow *self)
{
  if (self->person != NULL && read_target (self, tela_people_find_peer (get_people (self), self->person)))
    glide (self);
}

static void
people_changed_cb (TelaFollow *self)
{
  GListModel *people = G_LIST_MODEL (get_people (self));

  for (guint i = 0; self->person != NULL && i < g_list_model_get_n_items (people); i++)
    {
      g_autoptr (TelaPerson) person = g_list_model_get_item (people, i);

      if (person == self->person)
        return;
    }
  tela_follow_stop (self);
}

static void
toast_clicked_cb (TelaFollow *self)
{
  tela_follow_back (self);
}

static void
offer (TelaFollow *self,
       const char *text,
       const char *button)
{
  GtkWidget       *overlay = gtk_widget_get_ancestor (GTK_WIDGET (self), ADW_TYPE_TOAST_OVERLAY);
  AdwToast        *toast;
  g_autofree char *title = g_markup_escape_text (text, -1);

  if (overlay == NULL)
    return;
  toast = adw_toast_new (title);
  adw_toast_set_button_label (toast, button);
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (toast_clicked_cb), self, G_CONNECT_SWAPPED);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}

/* A hand at work is not torn away: it is asked. */
static void
bring_cb (TelaFollow *self,
          TelaPerson *person,
          guint64     actor)
{
  gboolean         is_busy = self->canvas->is_pressed || tela_canvas_is_editing (self->canvas);
  g_autofree char *name = tela_hands_dup_name (person, self->workspace);
  g_autofree char *text = NULL;
  TelaPeer        *peer = tela_people_find_peer (get_people (self), person);

  if (!gtk_widget_get_mapped (GTK_WIDGET (self->canvas)) || !read_target (self, peer))
    return;

  tela_follow_stop (self);
  read_target (self, peer);
  if (is_busy)
    {
      self->before = self->target;
      /* Translators: %s is the name of a person, who asks to look at another place of the board */
      text = g_strdup_printf (_ ("%s asks you to come"), name);
      offer (self, text, _ ("_Go There"));
      return;
    }

  self->before = get_camera (self);
  glide (self);
  /* Translators: %s is the name of a person, who shows another place of the board */
  text = g_strdup_printf (_ ("%s brought you here"), name);
  offer (self, text, _ ("_Back"));
}

static void
viewport_cb (TelaFollow *self)
{
  TelaViewport *viewport = tela_canvas_get_viewport (self->canvas);
  double        x, y;

  if (self->is_placing || (self->person == NULL && self->tick_id == 0))
    return;

  tela_viewport_get_origin (viewport, &x, &y);
  /* A resize leaves the corner where it is; the rest was the hand. */
  if (x == self->x && y == self->y && tela_viewport_get_zoom (viewport) == self->zoom)
    people_moved_cb (self);
  else
    tela_follow_stop (self);
}

static gboolean
key_cb (TelaFollow *self,
        guint       key)
{
  if (self->person == NULL || key != GDK_KEY_Escape)
    return GDK_EVENT_PROPAGATE;

  tela_follow_stop (self);

  return GDK_EVENT_STOP;
}

static void
tela_follow_dispose (GObject *object)
{
  TelaFollow *self = TELA_FOLLOW (object);

  g_clear_object (&self->people_signals);
  g_clear_object (&self->session);
  g_clear_object (&self->workspace);
  g_clear_object (&self->person);
  tela_template_dispose (GTK_WIDGET (self), TELA_TYPE_FOLLOW);

  G_OBJECT_CLASS (tela_follow_parent_class)->dispose (object);
}

static void
tela_follow_class_init (TelaFollowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_follow_dispose;
  signals[CHANGED] = g_signal_new ("changed", TELA_TYPE_FOLLOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/telacanvas/Tela/tela-follow.ui");
  gtk_widget_class_bind_template_child (widget_class, TelaFollow, pill);
  gtk_widget_class_bind_template_child (widget_class, TelaFollow, label);
  gtk_widget_class_bind_template_child (widget_class, TelaFollow, stop);
}

static void
tela_follow_init (TelaFollow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->people_signals = g_signal_group_new (TELA_TYPE_PEOPLE);
  g_signal_group_connect_swapped (self->people_signals, "moved", G_CALLBACK (people_moved_cb), self);
  g_signal_group_connect_swapped (self->people_signals, "items-changed", G_CALLBACK (people_changed_cb), self);
  g_signal_group_connect_swapped (self->people_signals, "bring", G_CALLBACK (bring_cb), self);
  g_signal_connect_object (self->stop, "clicked", G_CALLBACK (tela_follow_stop), self, G_CONNECT_SWAPPED);
}

void
tela_follow_set_parts (TelaFollow *self,
                       TelaCanvas *canvas,
                       TelaHands  *hands)
{
  GtkGesture         *press = gtk_gesture_click_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  g_return_if_fail (TELA_IS_FOLLOW (self));

  self->canvas = canvas;
  self->hands = hands;
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (press), GTK_PHASE_CAPTURE);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (press), 0);
  g_signal_connect_object (press, "pressed", G_CALLBACK (tela_follow_stop), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (canvas), GTK_EVENT_CONTROLLER (press));
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect_object (key, "key-pressed", G_CALLBACK (key_cb), self, G_CONNECT_SWAPPED);
  gtk_widget_add_controller (GTK_WIDGET (canvas), key);
  g_signal_connect_object (canvas, "unmap", G_CALLBACK (end_glide), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (canvas, "notify::editing", G_CALLBACK (tela_follow_stop), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (tela_canvas_get_viewport (canvas), "changed", G_CALLBACK (viewport_cb), self,
                           G_CONNECT_SWAPPED);
}

void
tela_follow_set_session (TelaFollow    *self,
                         TelaSession   *session,
                         TelaWorkspace *workspace)
{
  g_return_if_fail (TELA_IS_FOLLOW (self));

  tela_follow_stop (self);
  self->before.zoom = 0;
  g_set_object (&self->session, session);
  g_set_object (&self->workspace, workspace);
  g_signal_group_set_target (self->people_signals, session == NULL ? NULL : tela_session_get_people (session));
}

void
tela_follow_start (TelaFollow *self,
                   TelaPerson *person)
{
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;

  g_return_if_fail (TELA_IS_FOLLOW (self));

  if (self->person == person || self->session == NULL)
    return;

  end_glide (self);
  note_place (self);
  g_set_object (&self->person, person);
  name = tela_hands_dup_name (person, self->workspace);
  /* Translators: %s is the name of a person, whose view is followed */
  text = g_strdup_printf (_ ("Following %s"), name);
  gtk_label_set_label (self->label, text);
  tela_announce (GTK_WIDGET (self), text);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
  tela_hands_set_followed (self->hands, person);
  people_moved_cb (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
tela_follow_stop (TelaFollow *self)
{
  g_return_if_fail (TELA_IS_FOLLOW (self));

  end_glide (self);
  if (self->person == NULL)
    return;
  g_clear_object (&self->person);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  tela_hands_set_followed (self->hands, NULL);
  g_signal_emit (self, signals[CHANGED], 0);
}

TelaPerson *
tela_follow_get_person (TelaFollow *self)
{
  g_return_val_if_fail (TELA_IS_FOLLOW (self), NULL);

  return self->person;
}

void
tela_follow_bring (TelaFollow *self)
{
  g_return_if_fail (TELA_IS_FOLLOW (self));

  if (self->session != NULL)
    tela_people_bring (get_people (self));
}

void
tela_follow_back (TelaFollow *self)
{
  g_return_if_fail (TELA_IS_FOLLOW (self));

  if (self->before.zoom == 0)
    return;
  tela_follow_stop (self);
  self->target = self->before;
  self->before.zoom = 0;
  glide (self);
}
