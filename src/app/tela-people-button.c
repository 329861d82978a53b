/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-people-button.h"

#include <glib/gi18n.h>

#include "tela-face.h"
#include "tela-person-row.h"
#include "tela-settings.h"
#include "tela-template.h"

#define MAX_FACES 4
#define FACE_SIZE 26
#define REFRESH_S 10 /* of the minutes in the list */

struct _TelaPeopleButton
{
  GtkWidget parent_instance;

  TelaHands     *hands;          /* borrowed */
  TelaFollow    *follow;         /* borrowed */
  TelaSession   *session;        /* owned; nullable */
  TelaWorkspace *workspace;      /* owned; nullable */
  GSettings     *settings;       /* owned; nullable */
  GSignalGroup  *people_signals; /* owned */
  GPtrArray     *watched;        /* owned; of TelaPerson */
  gboolean       is_compact;
  guint          idle;
  guint          refresh;

  GtkMenuButton *button; /* template children */
  GtkWidget     *faces;
  GtkLabel      *more;
  GtkPopover    *popover;
  GtkWidget     *list;
};

G_DEFINE_FINAL_TYPE (TelaPeopleButton, tela_people_button, GTK_TYPE_WIDGET)

static void
clear (GtkWidget *box)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (box)) != NULL)
    gtk_box_remove (GTK_BOX (box), child);
}

static gint64
get_stale_since (TelaPeopleButton *self)
{
  return tela_people_get_stale_since (tela_session_get_people (self->session));
}

/* For a tooltip and a screen reader: all of them, with their states. */
static void
update_words (TelaPeopleButton *self)
{
  g_autoptr (GString) words = g_string_new (NULL);
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < self->watched->len; i++)
    {
      TelaPerson      *person = self->watched->pdata[i];
      g_autofree char *name = tela_hands_dup_name (person, self->workspace);
      g_autofree char *state = tela_person_row_describe (person, get_stale_since (self), now);

      if (i > 0)
        g_string_append_c (words, '\n');
      /* Translators: a name, and the state of that person such as "Idle" */
      g_string_append_printf (words, _ ("%1$s: %2$s"), name, state);
    }
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), words->str);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, words->str, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (GTK_WIDGET (self->button))),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, words->str, -1);
}

static void
update_faces (TelaPeopleButton *self)
{
  const guint      n = self->watched->len;
  const guint      n_faces = MIN (n, self->is_compact ? 1 : MAX_FACES);
  g_autofree char *more = g_strdup_printf ("\342\200\216+%u", n - n_faces); /* the sign before it in every script */

  clear (self->faces);
  for (guint i = 0; i < n_faces; i++)
    gtk_box_append (GTK_BOX (self->faces), tela_face_new (self->watched->pdata[i], FACE_SIZE, get_stale_since (self) != 0));
  gtk_label_set_label (self->more, more);
  gtk_widget_set_visible (GTK_WIDGET (self->more), n > n_faces);
}

static void
update_list (TelaPeopleButton *self)
{
  clear (self->list);
  for (guint i = 0; i < self->watched->len; i++)
    {
      TelaPerson *person = self->watched->pdata[i];

      gtk_box_append (GTK_BOX (self->list), tela_person_row_new (person, self->workspace, get_stale_since (self),
                                                                 tela_follow_get_person (self->follow) == person));
    }
}

static void update_soon (TelaPeopleButton *self);

static void
watch (TelaPeopleButton *self)
{
  GListModel *people = self->session == NULL ? NULL : G_LIST_MODEL (tela_session_get_people (self->session));

  for (guint i = 0; i < self->watched->len; i++)
    g_signal_handlers_disconnect_by_data (self->watched->pdata[i], self);
  g_ptr_array_set_size (self->watched, 0);
  for (guint i = 0; people != NULL && i < g_list_model_get_n_items (people); i++)
    {
      TelaPerson *person = g_list_model_get_item (people, i);

      g_ptr_array_add (self->watched, person);
      g_signal_connect_swapped (person, "notify", G_CALLBACK (update_soon), self);
    }
}

static void
update (TelaPeopleButton *self)
{
  gboolean is_alone;

  g_clear_handle_id (&self->idle, g_source_remove);
  watch (self);
  is_alone = self->watched->len == 0;
  if (is_alone)
    gtk_popover_popdown (self->popover);
  gtk_widget_set_visible (GTK_WIDGET (self), !is_alone);
  if (is_alone)
    return;

  update_faces (self);
  update_words (self);
  if (gtk_widget_get_mapped (GTK_WIDGET (self->popover)))
    update_list (self);
}

static gboolean
update_cb (gpointer user_data)
{
  TelaPeopleButton *self = user_data;

  self->idle = 0;
  update (self);

  return G_SOURCE_REMOVE;
}

/* Several things are told of one person at once. */
static void
update_soon (TelaPeopleButton *self)
{
  if (self->idle != 0)
    return;
  self->idle = g_idle_add (update_cb, self);
  g_source_set_name_by_id (self->idle, "[tela] people");
}

static gboolean
refresh_cb (gpointer user_data)
{
  update (user_data);

  return G_SOURCE_CONTINUE;
}

static void
popover_shown_cb (TelaPeopleButton *self)
{
  update (self);
  g_clear_handle_id (&self->refresh, g_source_remove);
  self->refresh = g_timeout_add_seconds (REFRESH_S, refresh_cb, self);
  g_source_set_name_by_id (self->refresh, "[tela] people since when");
}

static void
popover_hidden_cb (TelaPeopleButton *self)
{
  g_clear_handle_id (&self->refresh, g_source_remove);
}

/* Actions */

static void
follow_activated (GSimpleAction *action,
                  GVariant      *parameter,
                  gpointer       user_data)
{
  TelaPeopleButton *self = user_data;

  for (guint i = 0; i < self->watched->len; i++)
    if (strcmp (tela_person_get_id (self->watched->pdata[i]), g_variant_get_string (parameter, NULL)) == 0)
      {
        tela_follow_start (self->follow, self->watched->pdata[i]);
        break;
      }
  gtk_popover_popdown (self->popover);
}

static void
stop_following_activated (GSimpleAction *action,
                          GVariant      *parameter,
                          gpointer       user_data)
{
  tela_follow_stop (((TelaPeopleButton *) user_data)->follow);
}

static void
bring_activated (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  TelaPeopleButton *self = user_data;

  tela_follow_bring (self->follow);
  gtk_popover_popdown (self->popover);
}

static void
hide_changed_cb (TelaPeopleButton *self,
                 const char       *name,
                 GVariant         *state)
{
  tela_hands_set_hidden (self->hands, g_variant_get_boolean (state));
}

static void
add_hide_cursors (TelaPeopleButton *self,
                  GActionMap       *actions)
{
  g_autoptr (GAction) action = NULL;

  self->settings = tela_settings_new ();
  if (self->settings != NULL)
    action = g_settings_create_action (self->settings, "hide-cursors");
  else
    action = G_ACTION (g_simple_action_new_stateful ("hide-cursors", NULL, g_variant_new_boolean (FALSE)));
  g_action_map_add_action (actions, action);
  g_signal_connect_object (actions, "action-state-changed::hide-cursors", G_CALLBACK (hide_changed_cb), self,
                           G_CONNECT_SWAPPED);
  {
    g_autoptr (GVariant) state = g_action_get_state (action);

    tela_hands_set_hidden (self->hands, g_variant_get_boolean (state));
  }
}

static void
tela_people_button_dispose (GObject *object)
{
  TelaPeopleButton *self = TELA_PEOPLE_BUTTON (object);

  g_clear_handle_id (&self->idle, g_source_remove);
  g_clear_handle_id (&self->refresh, g_source_remove);
  g_clear_object (&self->people_signals);
  g_clear_object (&self->session);
  g_clear_object (&self->workspace);
  g_clear_object (&self->settings);
  if (self->watched != NULL)
    watch (self); /* without a session: nobody */
  g_clear_pointer (&self->watched, g_ptr_array_unref);
  tela_template_dispose (GTK_WIDGET (self), TELA_TYPE_PEOPLE_BUTTON);

  G_OBJECT_CLASS (tela_people_button_parent_class)->dispose (object);
}

static void
tela_people_button_class_init (TelaPeopleButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_people_button_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/telacanvas/Tela/tela-people-button.ui");
  gtk_widget_class_bind_template_child (widget_class, TelaPeopleButton, button);
  gtk_widget_class_bind_template_child (widget_class, TelaPeopleButton, faces);
  gtk_widget_class_bind_template_child (widget_class, TelaPeopleButton, more);
  gtk_widget_class_bind_template_child (widget_class, TelaPeopleButton, popover);
  gtk_widget_class_bind_template_child (widget_class, TelaPeopleButton, list);
}

static void
tela_people_button_init (TelaPeopleButton *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->watched = g_ptr_array_new_with_free_func (g_object_unref);
  self->people_signals = g_signal_group_new (TELA_TYPE_PEOPLE);
  g_signal_group_connect_swapped (self->people_signals, "items-changed", G_CALLBACK (update), self);
  g_signal_group_connect_swapped (self->people_signals, "notify", G_CALLBACK (update_soon), self);
  g_signal_connect_object (self->popover, "map", G_CALLBACK (popover_shown_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->popover, "unmap", G_CALLBACK (popover_hidden_cb), self, G_CONNECT_SWAPPED);
}

void
tela_people_button_set_parts (TelaPeopleButton *self,
                              TelaCanvas       *canvas,
                              TelaHands        *hands,
                              TelaFollow       *follow,
                              GActionMap       *actions)
{
  static const GActionEntry entries[] = {
    { .name = "follow", .activate = follow_activated, .parameter_type = "s" },
    { .name = "stop-following", .activate = stop_following_activated },
    { .name = "bring-everyone", .activate = bring_activated },
  };

  g_return_if_fail (TELA_IS_PEOPLE_BUTTON (self));

  self->hands = hands;
  self->follow = follow;
  tela_hands_set_canvas (hands, canvas);
  tela_follow_set_parts (follow, canvas, hands);
  g_action_map_add_action_entries (actions, entries, G_N_ELEMENTS (entries), self);
  add_hide_cursors (self, actions);
  g_signal_connect_object (follow, "changed", G_CALLBACK (update_soon), self, G_CONNECT_SWAPPED);
}

void
tela_people_button_set_session (TelaPeopleButton *self,
                                TelaSession      *session,
                                TelaWorkspace    *workspace)
{
  g_return_if_fail (TELA_IS_PEOPLE_BUTTON (self));

  g_set_object (&self->session, session);
  g_set_object (&self->workspace, workspace);
  g_signal_group_set_target (self->people_signals, session == NULL ? NULL : tela_session_get_people (session));
  tela_hands_set_session (self->hands, session, workspace);
  tela_follow_set_session (self->follow, session, workspace);
  update (self);
}

void
tela_people_button_set_compact (TelaPeopleButton *self,
                                gboolean          compact)
{
  g_return_if_fail (TELA_IS_PEOPLE_BUTTON (self));

  if (self->is_compact == compact)
    return;
  self->is_compact = compact;
  update (self);
}
