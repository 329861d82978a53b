/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-sync-button.h"

#include <glib/gi18n.h>

#include "tela-template.h"

struct _TelaSyncButton
{
  GtkWidget parent_instance;

  TelaSession     *session;          /* owned; nullable */
  RealtimeManager *realtime;         /* owned; nullable */
  GSignalGroup    *session_signals;  /* owned */
  GSignalGroup    *realtime_signals; /* owned */
  gboolean         is_local;
  gboolean         is_compact;
  guint            countdown; /* while the popover shows when the next try is */

  GtkMenuButton *button; /* template children */
  GtkImage      *icon;
  GtkLabel      *label;
  GtkPopover    *popover;
  GtkLabel      *heading;
  GtkLabel      *cause;
  GtkLabel      *next_try;
  GtkWidget     *changes;
  GtkWidget     *copy;
  GtkWidget     *retry;
};

G_DEFINE_FINAL_TYPE (TelaSyncButton, tela_sync_button, GTK_TYPE_WIDGET)

/* All tries have failed, or trying is of no use: more than being away for a moment. */
static gboolean
cannot_connect (TelaSyncButton *self)
{
  return self->realtime != NULL &&
         realtime_manager_get_connection_state (self->realtime) == REALTIME_CONNECTION_ERROR;
}

static char *
describe (TelaSyncButton *self,
          TelaSyncState   state,
          guint           n)
{
  switch (state)
    {
    case TELA_SYNC_SAVING:
      return g_strdup (_ ("Saving…"));
    case TELA_SYNC_WAITING:
      /* Translators: %u is a number of finished edits that wait for the network */
      return g_strdup_printf (g_dngettext (NULL, "%u change waiting", "%u changes waiting", n), n);
    case TELA_SYNC_OFFLINE:
      return g_strdup (cannot_connect (self) ? _ ("Cannot Connect") : _ ("Offline"));
    case TELA_SYNC_PAUSED:
      return g_strdup (_ ("Paused"));
    case TELA_SYNC_LOST:
      return g_strdup (_ ("No Longer a Member"));
    case TELA_SYNC_SAVED:
    default:
      return g_strdup (_ ("Saved"));
    }
}

static const char *
icon_of (TelaSyncButton *self,
         TelaSyncState   state)
{
  switch (state)
    {
    case TELA_SYNC_SAVING:
    case TELA_SYNC_WAITING:
      return "view-refresh-symbolic";
    case TELA_SYNC_OFFLINE:
      return cannot_connect (self) ? "network-error-symbolic" : "network-offline-symbolic";
    case TELA_SYNC_PAUSED:
      return "dialog-warning-symbolic";
    case TELA_SYNC_LOST:
      return "action-unavailable-symbolic";
    case TELA_SYNC_SAVED:
    default:
      return "object-select-symbolic";
    }
}

static const char *
cause_of (TelaSyncButton *self,
          TelaSyncState   state)
{
  if (state == TELA_SYNC_PAUSED)
    return tela_session_get_problem (self->session) == NULL ? _ ("Changes cannot be written.")
                                                            : tela_session_get_problem (self->session)->message;
  if (state == TELA_SYNC_LOST)
    return _ ("The board was deleted, or you were removed from it. You see it as it was then.");
  if (state == TELA_SYNC_SAVED)
    return self->is_local ? _ ("All changes are kept on this computer.") : _ ("All changes are kept and shared.");
  if (self->realtime != NULL &&
      realtime_manager_get_connection_state (self->realtime) != REALTIME_CONNECTION_CONNECTED &&
      realtime_manager_get_cause (self->realtime) != NULL)
    return realtime_manager_get_cause (self->realtime);

  return _ ("Changes are kept on this computer and sent as soon as possible.");
}

static gint64
retry_at (TelaSyncButton *self)
{
  return self->realtime == NULL ? 0 : realtime_manager_get_retry_at (self->realtime);
}

static void
update_next_try (TelaSyncButton *self)
{
  gint64           seconds = (retry_at (self) - g_get_monotonic_time () + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  g_autofree char *text = NULL;

  /* Translators: %u is a number of seconds */
  text =
      g_strdup_printf (g_dngettext (NULL, "Next try in %u second", "Next try in %u seconds", (gulong) MAX (1, seconds)),
                       (guint) MAX (1, seconds));
  gtk_label_set_label (self->next_try, text);
  gtk_widget_set_visible (GTK_WIDGET (self->next_try), retry_at (self) != 0);
}

static void
update (TelaSyncButton *self)
{
  TelaSyncState    state;
  guint            n = 0;
  g_autofree char *words = NULL;
  gboolean         is_broken;

  gtk_widget_set_visible (GTK_WIDGET (self), self->session != NULL);
  if (self->session == NULL)
    return;

  state = tela_session_get_state (self->session, &n);
  words = describe (self, state, n);
  is_broken =
      self->realtime != NULL && realtime_manager_get_connection_state (self->realtime) != REALTIME_CONNECTION_CONNECTED;
  gtk_image_set_from_icon_name (self->icon, icon_of (self, state));
  gtk_label_set_label (self->label, words);
  gtk_label_set_label (self->heading, words);
  gtk_label_set_label (self->cause, cause_of (self, state));
  gtk_widget_set_visible (self->retry, is_broken && state != TELA_SYNC_PAUSED && state != TELA_SYNC_LOST);
  gtk_widget_set_visible (self->copy, state == TELA_SYNC_LOST);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), self->is_compact ? words : _ ("State of This Board"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  update_next_try (self);
}

static gboolean
countdown_cb (gpointer user_data)
{
  update (user_data);

  return G_SOURCE_CONTINUE;
}

static void
popover_shown_cb (TelaSyncButton *self)
{
  update (self);
  g_clear_handle_id (&self->countdown, g_source_remove);
  self->countdown = g_timeout_add_seconds (1, countdown_cb, self);
  g_source_set_name_by_id (self->countdown, "[tela] next try");
}

/* What comes is over the popover, which takes the keys. */
static void
leave_cb (TelaSyncButton *self)
{
  gtk_popover_popdown (self->popover);
}

static void
popover_hidden_cb (TelaSyncButton *self)
{
  g_clear_handle_id (&self->countdown, g_source_remove);
}

static void
retry_cb (TelaSyncButton *self)
{
  if (self->realtime != NULL)
    realtime_manager_connect (self->realtime);
}

static void
tela_sync_button_dispose (GObject *object)
{
  TelaSyncButton *self = TELA_SYNC_BUTTON (object);

  g_clear_handle_id (&self->countdown, g_source_remove);
  g_clear_object (&self->session_signals);
  g_clear_object (&self->realtime_signals);
  g_clear_object (&self->session);
  g_clear_object (&self->realtime);
  tela_template_dispose (GTK_WIDGET (self), TELA_TYPE_SYNC_BUTTON);

  G_OBJECT_CLASS (tela_sync_button_parent_class)->dispose (object);
}

static void
tela_sync_button_class_init (TelaSyncButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_sync_button_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/telacanvas/Tela/tela-sync-button.ui");
  gtk_widget_class_bind_template_child (widget_class, TelaSyncButton, button);
  gtk_widget_class_bind_template_child (widget_class, TelaSyncButton, icon);
  gtk_widget_class_bind_template_child (widget_class, TelaSyncButton, label);
  gtk_widget_class_bind_template_child (widget_class, TelaSyncButton, popover);
  gtk_widget_class_bind_template_child (widget_class, TelaSyncButton, heading);
  gtk_widget_class_bind_template_child (widget_class, TelaSyncButton, cause);
  gtk_widget_class_bind_template_child (widget_class, TelaSyncButton, next_try);
  gtk_widget_class_bind_template_child (widget_class, TelaSyncButton, retry);
  gtk_widget_class_bind_template_child (widget_class, TelaSyncButton, changes);
  gtk_widget_class_bind_template_child (widget_class, TelaSyncButton, copy);
}

static void
tela_sync_button_init (TelaSyncButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->session_signals = g_signal_group_new (TELA_TYPE_SESSION);
  g_signal_group_connect_swapped (self->session_signals, "notify::state", G_CALLBACK (update), self);
  self->realtime_signals = g_signal_group_new (REALTIME_TYPE_MANAGER);
  g_signal_group_connect_swapped (self->realtime_signals, "notify", G_CALLBACK (update), self);
  g_signal_connect_object (self->popover, "map", G_CALLBACK (popover_shown_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->popover, "unmap", G_CALLBACK (popover_hidden_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->retry, "clicked", G_CALLBACK (retry_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->changes, "clicked", G_CALLBACK (leave_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->copy, "clicked", G_CALLBACK (leave_cb), self, G_CONNECT_SWAPPED);
  update (self);
}

void
tela_sync_button_set_session (TelaSyncButton  *self,
                              TelaSession     *session,
                              RealtimeManager *realtime,
                              gboolean         is_local)
{
  g_return_if_fail (TELA_IS_SYNC_BUTTON (self));

  g_set_object (&self->session, session);
  g_set_object (&self->realtime, realtime);
  self->is_local = is_local;
  g_signal_group_set_target (self->session_signals, session);
  g_signal_group_set_target (self->realtime_signals, realtime);
  update (self);
}

void
tela_sync_button_set_compact (TelaSyncButton *self,
                              gboolean        compact)
{
  g_return_if_fail (TELA_IS_SYNC_BUTTON (self));

  self->is_compact = compact;
  gtk_widget_set_visible (GTK_WIDGET (self->label), !compact);
  update (self);
}

const char *
tela_sync_button_get_words (TelaSyncButton *self)
{
  g_return_val_if_fail (TELA_IS_SYNC_BUTTON (self), NULL);

  return gtk_label_get_label (self->label);
}
