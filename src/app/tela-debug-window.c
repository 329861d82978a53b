/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-debug-window-private.h"

#include <glib/gi18n.h>
#include <math.h>

#include "tela-application-private.h"
#include "tela-debug-info.h"
#include "tela-frame-meter.h"

G_DEFINE_FINAL_TYPE (TelaDebugWindow, tela_debug_window, ADW_TYPE_WINDOW)

static double
or_none (double value)
{
  return value > 0 ? value : NAN;
}

static void
add_rates (TelaDebugWindow       *self,
           const RealtimeMetrics *now,
           gint64                 time)
{
  const double  seconds = (double) (time - self->looked_at) / G_USEC_PER_SEC;
  const double  received = (double) (now->messages_received - self->before.messages_received);
  const double  sent = (double) (now->messages_sent - self->before.messages_sent);
  const guint64 batches = now->batches - self->before.batches;
  const double  events = (double) (now->batched_events - self->before.batched_events);

  /* The first look knows no rate, and one right after another knows no good one. */
  if (self->looked_at == 0 || seconds < 0.1)
    return;

  tela_chart_add (self->messages, (double[]){ received / seconds, sent / seconds });
  tela_chart_add (self->batches, (double[]){ batches > 0 ? events / (double) batches : NAN });
}

static void
add_samples (TelaDebugWindow *self)
{
  RealtimeMetrics now = { 0 };
  TelaFrameCost   cost;
  gint64          time = g_get_monotonic_time ();

  if (self->app->realtime == NULL || self->app->workspace == NULL)
    return;

  realtime_manager_get_metrics (self->app->realtime, &now);
  tela_frame_meter_read (&cost);
  add_rates (self, &now, time);
  tela_chart_add (self->latency, (double[]){ or_none (now.latency_p50_ms), or_none (now.latency_p95_ms),
                                             or_none (now.latency_p99_ms) });
  tela_chart_add (self->frames, (double[]){ or_none (cost.cost_ms.p50), or_none (cost.cost_ms.p95), or_none (cost.cost_ms.p99) });
  tela_chart_add (self->outbox, (double[]){ tela_debug_info_count_waiting (self->app->workspace) });
  self->before = now;
  self->looked_at = time;
}

void
tela_debug_window_look (TelaDebugWindow *self)
{
  g_autofree char *info = NULL;

  g_return_if_fail (TELA_IS_DEBUG_WINDOW (self));

  info = tela_debug_info_new (self->app);
  add_samples (self);
  tela_debug_window_fill (self, info);
  tela_debug_window_show_recording (self);
}

static gboolean
look_cb (gpointer user_data)
{
  tela_debug_window_look (user_data);

  return G_SOURCE_CONTINUE;
}

static void
tela_debug_window_map (GtkWidget *widget)
{
  TelaDebugWindow *self = TELA_DEBUG_WINDOW (widget);

  GTK_WIDGET_CLASS (tela_debug_window_parent_class)->map (widget);

  tela_debug_window_look (self);
  self->source = g_timeout_add_seconds (1, look_cb, self);
  g_source_set_name_by_id (self->source, "[tela] debug window");
}

static void
tela_debug_window_unmap (GtkWidget *widget)
{
  TelaDebugWindow *self = TELA_DEBUG_WINDOW (widget);

  g_clear_handle_id (&self->source, g_source_remove);

  GTK_WIDGET_CLASS (tela_debug_window_parent_class)->unmap (widget);
}

static void
copy_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  TelaDebugWindow *self = TELA_DEBUG_WINDOW (widget);
  g_autofree char *info = tela_debug_info_new (self->app);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), info);
  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (_ ("Copied as JSON")));
}

static void
tela_debug_window_dispose (GObject *object)
{
  TelaDebugWindow *self = TELA_DEBUG_WINDOW (object);

  g_clear_handle_id (&self->source, g_source_remove);
  self->toasts = NULL;
  g_clear_object (&self->chooser);
  if (self->app != NULL)
    tela_debug_window_drop_recording (self);
  g_clear_pointer (&self->frames_to_save, g_bytes_unref);
  g_clear_object (&self->app);

  G_OBJECT_CLASS (tela_debug_window_parent_class)->dispose (object);
}

static void
tela_debug_window_finalize (GObject *object)
{
  TelaDebugWindow *self = TELA_DEBUG_WINDOW (object);
  TelaDebugList   *lists[] = { &self->state, &self->history, &self->channels, &self->boards, &self->canvas, &self->errors };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    g_ptr_array_unref (lists[i]->rows);

  G_OBJECT_CLASS (tela_debug_window_parent_class)->finalize (object);
}

static void
tela_debug_window_class_init (TelaDebugWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_debug_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = tela_debug_window_finalize;
  widget_class->map = tela_debug_window_map;
  widget_class->unmap = tela_debug_window_unmap;
  gtk_widget_class_install_action (widget_class, "debug.copy", NULL, copy_action);
  tela_debug_window_install_record (widget_class);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_w, GDK_CONTROL_MASK, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_q, GDK_CONTROL_MASK, "app.quit", NULL);
}

static GtkWidget *
make_button (const char *icon,
             const char *tooltip,
             const char *action)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);

  return button;
}

static GtkWidget *
make_header (TelaDebugWindow *self)
{
  GtkWidget *header = adw_header_bar_new ();

  self->record_button = make_button ("media-record-symbolic", _ ("Record Frames"), "debug.record");
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->record_button);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header),
                           make_button ("edit-copy-symbolic", _ ("Copy as JSON"), "debug.copy"));

  return header;
}

/* Says all the time that it is recorded, and what. */
static GtkWidget *
make_notice (TelaDebugWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *stop = gtk_button_new_with_mnemonic (_ ("_Stop and Save…"));

  self->recording = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->recording), 0);
  gtk_label_set_wrap (GTK_LABEL (self->recording), TRUE);
  gtk_widget_set_hexpand (self->recording, TRUE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (stop), "debug.record");
  gtk_widget_set_valign (stop, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), self->recording);
  gtk_box_append (GTK_BOX (box), stop);
  gtk_widget_add_css_class (box, "tela-recording");

  self->revealer = gtk_revealer_new ();
  gtk_revealer_set_child (GTK_REVEALER (self->revealer), box);

  return self->revealer;
}

static GtkWidget *
make_charts (TelaDebugWindow *self)
{
  const char *const rates[] = { _ ("in"), _ ("out"), NULL };
  const char *const parts[] = { "p50", "p95", "p99", NULL };
  const char *const mean[] = { _ ("mean"), NULL };
  const char *const waiting[] = { _ ("waiting"), NULL };
  GtkWidget        *flow = gtk_flow_box_new ();
  GtkWidget        *charts[] = { tela_chart_new (_ ("Messages per Second"), NULL, rates),
                                 /* Translators: milliseconds */
                                 tela_chart_new (_ ("Latency of Replies"), _ ("ms"), parts),
                                 tela_chart_new (_ ("Cost of Frames"), _ ("ms"), parts),
                                 tela_chart_new (_ ("Events in a Batch"), NULL, mean),
                                 tela_chart_new (_ ("Outbox"), NULL, waiting) };

  self->messages = TELA_CHART (charts[0]);
  self->latency = TELA_CHART (charts[1]);
  self->frames = TELA_CHART (charts[2]);
  self->batches = TELA_CHART (charts[3]);
  self->outbox = TELA_CHART (charts[4]);

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), 2);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (flow), TRUE);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 12);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 12);
  for (guint i = 0; i < G_N_ELEMENTS (charts); i++)
    {
      gtk_widget_set_size_request (charts[i], 250, -1);
      gtk_flow_box_append (GTK_FLOW_BOX (flow), charts[i]);
      gtk_widget_set_focusable (gtk_widget_get_parent (charts[i]), FALSE);
    }

  return flow;
}

static void
make_list (TelaDebugList *list,
           GtkBox        *page,
           const char    *title)
{
  GtkWidget *group = adw_preferences_group_new ();

  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  list->group = ADW_PREFERENCES_GROUP (group);
  list->rows = g_ptr_array_new ();
  gtk_box_append (page, group);
}

static GtkWidget *
make_page (TelaDebugWindow *self)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 24);
  GtkWidget *clamp = adw_clamp_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  make_list (&self->state, GTK_BOX (page), _ ("Connection"));
  gtk_box_append (GTK_BOX (page), make_charts (self));
  make_list (&self->canvas, GTK_BOX (page), _ ("Canvas"));
  make_list (&self->channels, GTK_BOX (page), _ ("Channels"));
  make_list (&self->boards, GTK_BOX (page), _ ("Open Boards"));
  make_list (&self->errors, GTK_BOX (page), _ ("Recent Errors"));
  make_list (&self->history, GTK_BOX (page), _ ("History of the Connection"));

  gtk_widget_set_margin_top (page, 18);
  gtk_widget_set_margin_bottom (page, 18);
  gtk_widget_set_margin_start (page, 12);
  gtk_widget_set_margin_end (page, 12);
  adw_clamp_set_child (ADW_CLAMP (clamp), page);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), clamp);
  gtk_widget_set_vexpand (scrolled, TRUE);

  return scrolled;
}

static void
tela_debug_window_init (TelaDebugWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  gtk_box_append (GTK_BOX (box), make_header (self));
  gtk_box_append (GTK_BOX (box), make_notice (self));
  gtk_box_append (GTK_BOX (box), make_page (self));
  adw_toast_overlay_set_child (self->toasts, box);
  adw_window_set_content (ADW_WINDOW (self), GTK_WIDGET (self->toasts));

  gtk_window_set_title (GTK_WINDOW (self), _ ("Debug Panel"));
  gtk_window_set_default_size (GTK_WINDOW (self), 640, 720);
  gtk_widget_set_size_request (GTK_WIDGET (self), 360, 294);
}

GtkWidget *
tela_debug_window_new (TelaApplication *app)
{
  TelaDebugWindow *self = g_object_new (TELA_TYPE_DEBUG_WINDOW, NULL);

  self->app = g_object_ref (app);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "app", G_ACTION_GROUP (app));

  return GTK_WIDGET (self);
}
