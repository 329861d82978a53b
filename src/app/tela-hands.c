/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-hands.h"

#include <glib/gi18n.h>

#include "tela-person-colour.h"
#include "tela-laser.h"

#define MAX_NAME_WIDTH 160 /* widget pixels */
#define LABEL_PAD 5.0f
#define POINTER_SIZE 20.0f
#define SELECTION_GAP 3.0
#define FRAME_WIDTH 4.0f
#define DIMMED 0.45 /* of whom is not there now */

struct _TelaHands
{
  GtkWidget parent_instance;

  TelaCanvas    *canvas;         /* borrowed */
  TelaSession   *session;        /* owned; nullable */
  TelaWorkspace *workspace;      /* owned; nullable */
  TelaPerson    *followed;       /* owned; nullable */
  GSignalGroup  *people_signals; /* owned */
  GSignalGroup  *board_signals;  /* owned */
  gboolean       is_hidden;
  guint          tick_id;
};

G_DEFINE_FINAL_TYPE (TelaHands, tela_hands, GTK_TYPE_WIDGET)

char *
tela_hands_dup_name (TelaPerson    *person,
                     TelaWorkspace *workspace)
{
  const char *user = workspace == NULL ? NULL : tela_workspace_get_user_id (workspace);

  if (g_strcmp0 (tela_person_get_id (person), user) == 0)
    return g_strdup (C_ ("person", "You"));

  return g_strdup (tela_person_get_name (person) ?: _ ("Somebody"));
}

static GPtrArray *
get_peers (TelaHands *self)
{
  return tela_people_get_peers (tela_session_get_people (self->session));
}

static gboolean
needs_frames (TelaHands *self,
              gint64     now)
{
  GPtrArray *peers = self->session == NULL ? NULL : get_peers (self);

  for (guint i = 0; peers != NULL && i < peers->len; i++)
    {
      TelaPeer *peer = peers->pdata[i];

      if (tela_laser_is_lit (peer->laser, now) || (!self->is_hidden && tela_track_is_moving (peer->track, now)))
        return TRUE;
    }

  return FALSE;
}

static gboolean
tick_cb (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  TelaHands *self = TELA_HANDS (widget);

  gtk_widget_queue_draw (widget);
  if (needs_frames (self, g_get_monotonic_time ()))
    return G_SOURCE_CONTINUE;

  self->tick_id = 0;

  return G_SOURCE_REMOVE;
}

static void
moved_cb (TelaHands *self)
{
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->tick_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)) && needs_frames (self, g_get_monotonic_time ()))
    self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), tick_cb, NULL, NULL);
}

/* Where they have selected something, or write, shapes may have moved. */
static void
board_changed_cb (TelaHands *self)
{
  GPtrArray *peers = get_peers (self);

  for (guint i = 0; i < peers->len; i++)
    {
      TelaPeer *peer = peers->pdata[i];

      if (peer->cursor != NULL && (peer->cursor->selected != NULL || peer->cursor->writing != NULL))
        {
          gtk_widget_queue_draw (GTK_WIDGET (self));
          return;
        }
    }
}

/* Drawing */

static void
draw_outline (GtkSnapshot   *snapshot,
              TelaRect       box,
              double         angle,
              float          width,
              const GdkRGBA *colour)
{
  GskRoundedRect outline;

  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (
      snapshot, &GRAPHENE_POINT_INIT ((float) (box.x + box.width / 2), (float) (box.y + box.height / 2)));
  gtk_snapshot_rotate (snapshot, (float) (angle * 180 / G_PI));
  gsk_rounded_rect_init_from_rect (
      &outline,
      &GRAPHENE_RECT_INIT ((float) (-box.width / 2), (float) (-box.height / 2), (float) box.width, (float) box.height),
      3);
  gtk_snapshot_append_border (snapshot, &outline, (float[4]){ width, width, width, width },
                              (GdkRGBA[4]){ *colour, *colour, *colour, *colour });
  gtk_snapshot_restore (snapshot);
}

/* Its words on their colour, with the top left corner there. */
static void
draw_label (TelaHands     *self,
            GtkSnapshot   *snapshot,
            const char    *text,
            double         x,
            double         y,
            const GdkRGBA *colour)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), text);
  GdkRGBA        ink = tela_person_colour_contrast (colour);
  GskRoundedRect ground;
  int            width, height;

  pango_layout_set_width (layout, MAX_NAME_WIDTH * PANGO_SCALE);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_auto_dir (layout, FALSE);
  pango_layout_set_alignment (layout, PANGO_ALIGN_LEFT);
  pango_layout_get_pixel_size (layout, &width, &height);
  gsk_rounded_rect_init_from_rect (&ground,
                                   &GRAPHENE_RECT_INIT (0, 0, (float) width + 2 * LABEL_PAD, (float) height + 2), 5);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_push_rounded_clip (snapshot, &ground);
  gtk_snapshot_append_color (snapshot, colour, &ground.bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT (LABEL_PAD, 1));
  gtk_snapshot_append_layout (snapshot, layout, &ink);
  gtk_snapshot_restore (snapshot);
}

/* An arrow with a rim, to be seen on any paper. */
static void
draw_pointer (GtkSnapshot   *snapshot,
              double         x,
              double         y,
              const GdkRGBA *colour)
{
  GdkRGBA  rim = tela_person_colour_contrast (colour);
  cairo_t *cr = gtk_snapshot_append_cairo (
      snapshot, &GRAPHENE_RECT_INIT ((float) x - 2, (float) y - 2, POINTER_SIZE, POINTER_SIZE));

  cairo_translate (cr, x, y);
  cairo_move_to (cr, 0, 0);
  cairo_line_to (cr, 4.6, 15);
  cairo_line_to (cr, 7.8, 8.2);
  cairo_line_to (cr, 15, 5.4);
  cairo_close_path (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  gdk_cairo_set_source_rgba (cr, colour);
  cairo_fill_preserve (cr);
  gdk_cairo_set_source_rgba (cr, &rim);
  cairo_set_line_width (cr, 1.2);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

static void
draw_element (TelaHands     *self,
              GtkSnapshot   *snapshot,
              const char    *id,
              const char    *label,
              const GdkRGBA *colour)
{
  const TelaElement *element = tela_board_lookup_shown (tela_canvas_get_board (self->canvas), id);
  TelaRect           box;

  if (element == NULL)
    return;
  box = tela_viewport_rect_to_widget (tela_canvas_get_viewport (self->canvas), tela_element_get_box (element));
  draw_outline (snapshot, tela_rect_expand (box, SELECTION_GAP),
                tela_element_get_number (element, TELA_KEY_ANGLE, 0), 1.5f, colour);
  if (label != NULL)
    draw_label (self, snapshot, label, box.x - SELECTION_GAP, box.y - SELECTION_GAP - 24, colour);
}

static void
draw_marks (TelaHands     *self,
            GtkSnapshot   *snapshot,
            TelaPeer      *peer,
            const GdkRGBA *colour)
{
  TelaCursor   *cursor = peer->cursor;
  TelaViewport *viewport = tela_canvas_get_viewport (self->canvas);

  if (cursor == NULL)
    return;
  for (guint i = 0; !self->is_hidden && cursor->selected != NULL && i < cursor->selected->len; i++)
    draw_element (self, snapshot, cursor->selected->pdata[i], NULL, colour);
  if (!self->is_hidden && cursor->around.width > 0)
    draw_outline (snapshot, tela_viewport_rect_to_widget (viewport, cursor->around), 0, 1.5f, colour);
  if (cursor->writing != NULL)
    {
      g_autofree char *name = tela_hands_dup_name (peer->person, self->workspace);
      g_autofree char *label = NULL;

      /* Translators: at a text; %s is a name, or "You" in another window */
      label = g_strdup_printf (_ ("%s ✎"), name);
      draw_element (self, snapshot, cursor->writing, label, colour);
    }
}

static void
draw_peer (TelaHands   *self,
           GtkSnapshot *snapshot,
           TelaPeer    *peer,
           gint64       now)
{
  TelaPeople   *people = tela_session_get_people (self->session);
  TelaViewport *viewport = tela_canvas_get_viewport (self->canvas);
  GdkRGBA       colour = tela_person_colour_parse (tela_person_get_colour (peer->person));
  gboolean      is_dimmed =
      tela_people_get_stale_since (people) != 0 || tela_person_get_state (peer->person) != TELA_PERSON_ACTIVE;
  double x, y, wx, wy;

  if (is_dimmed)
    gtk_snapshot_push_opacity (snapshot, DIMMED);
  draw_marks (self, snapshot, peer, &colour);
  tela_laser_draw (snapshot, viewport, peer->laser, now, &colour);
  if (!self->is_hidden && tela_track_get (peer->track, now, &x, &y))
    {
      g_autofree char *name = tela_hands_dup_name (peer->person, self->workspace);

      tela_viewport_to_widget (viewport, x, y, &wx, &wy);
      draw_pointer (snapshot, wx, wy, &colour);
      draw_label (self, snapshot, name, wx + 12, wy + 15, &colour);
    }
  if (is_dimmed)
    gtk_snapshot_pop (snapshot);
}

static void
tela_hands_snapshot (GtkWidget   *widget,
                     GtkSnapshot *snapshot)
{
  TelaHands *self = TELA_HANDS (widget);
  GPtrArray *peers = self->session == NULL ? NULL : get_peers (self);
  gint64     now = g_get_monotonic_time ();

  for (guint i = 0; peers != NULL && i < peers->len; i++)
    if (((TelaPeer *) peers->pdata[i])->person != NULL)
      draw_peer (self, snapshot, peers->pdata[i], now);
  if (self->followed != NULL)
    {
      GdkRGBA        colour = tela_person_colour_parse (tela_person_get_colour (self->followed));
      GskRoundedRect frame;

      gsk_rounded_rect_init_from_rect (&frame,
                                       &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                                            (float) gtk_widget_get_height (widget)),
                                       0);
      gtk_snapshot_append_border (snapshot, &frame, (float[4]){ FRAME_WIDTH, FRAME_WIDTH, FRAME_WIDTH, FRAME_WIDTH },
                                  (GdkRGBA[4]){ colour, colour, colour, colour });
    }
}

static void
tela_hands_unmap (GtkWidget *widget)
{
  TelaHands *self = TELA_HANDS (widget);

  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (widget, self->tick_id);
  self->tick_id = 0;

  GTK_WIDGET_CLASS (tela_hands_parent_class)->unmap (widget);
}

static void
tela_hands_dispose (GObject *object)
{
  TelaHands *self = TELA_HANDS (object);

  g_clear_object (&self->people_signals);
  g_clear_object (&self->board_signals);
  g_clear_object (&self->session);
  g_clear_object (&self->workspace);
  g_clear_object (&self->followed);

  G_OBJECT_CLASS (tela_hands_parent_class)->dispose (object);
}

static void
tela_hands_class_init (TelaHandsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_hands_dispose;
  widget_class->snapshot = tela_hands_snapshot;
  widget_class->unmap = tela_hands_unmap;
  gtk_widget_class_set_css_name (widget_class, "telahands");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
}

static void
tela_hands_init (TelaHands *self)
{
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  self->people_signals = g_signal_group_new (TELA_TYPE_PEOPLE);
  g_signal_group_connect_swapped (self->people_signals, "moved", G_CALLBACK (moved_cb), self);
  g_signal_group_connect_swapped (self->people_signals, "items-changed", G_CALLBACK (gtk_widget_queue_draw), self);
  g_signal_group_connect_swapped (self->people_signals, "notify", G_CALLBACK (gtk_widget_queue_draw), self);
  self->board_signals = g_signal_group_new (TELA_TYPE_BOARD);
  g_signal_group_connect_swapped (self->board_signals, "changed", G_CALLBACK (board_changed_cb), self);
}

void
tela_hands_set_canvas (TelaHands  *self,
                       TelaCanvas *canvas)
{
  g_return_if_fail (TELA_IS_HANDS (self));

  self->canvas = canvas;
  g_signal_connect_object (tela_canvas_get_viewport (canvas), "changed", G_CALLBACK (gtk_widget_queue_draw), self,
                           G_CONNECT_SWAPPED);
}

void
tela_hands_set_session (TelaHands     *self,
                        TelaSession   *session,
                        TelaWorkspace *workspace)
{
  g_return_if_fail (TELA_IS_HANDS (self));

  g_set_object (&self->session, session);
  g_set_object (&self->workspace, workspace);
  g_signal_group_set_target (self->people_signals, session == NULL ? NULL : tela_session_get_people (session));
  g_signal_group_set_target (self->board_signals, session == NULL ? NULL : tela_session_get_board (session));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tela_hands_set_hidden (TelaHands *self,
                       gboolean   hidden)
{
  g_return_if_fail (TELA_IS_HANDS (self));

  self->is_hidden = hidden;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
tela_hands_set_followed (TelaHands  *self,
                         TelaPerson *person)
{
  g_return_if_fail (TELA_IS_HANDS (self));

  g_set_object (&self->followed, person);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
tela_hands_is_moving (TelaHands *self)
{
  g_return_val_if_fail (TELA_IS_HANDS (self), FALSE);

  return self->tick_id != 0;
}
