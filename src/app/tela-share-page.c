/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-share-page-private.h"

#include <glib/gi18n.h>

#include "tela-dialogs.h"
#include "tela-qr.h"

#define LOOK_SECONDS 2 /* between two looks at who is there: that a member is away is not told */
#define QR_WIDTH 300   /* fits the narrowest window */
#define HOUR_S 3600
#define DEFAULT_END 1 /* a day */

G_DEFINE_FINAL_TYPE (TelaSharePage, tela_share_page, ADW_TYPE_PREFERENCES_PAGE)

enum
{
  COPIED,
  LEFT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const gint64 ends[] = { HOUR_S, 24 * HOUR_S, 7 * 24 * HOUR_S, 0 };

void
tela_share_page_tell (TelaSharePage *self,
                      const char    *text)
{
  gtk_widget_set_visible (self->problem_row, text != NULL);
  if (text != NULL)
    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->problem_row), text);
}

static void toggled_cb (TelaSharePage *self);

static void
show_state (TelaSharePage        *self,
            const TelaShareState *state)
{
  g_autofree char *addresses = g_strjoinv (", ", state->addresses);
  g_autofree char *where = NULL;

  self->is_on = state->is_on;
  g_signal_handlers_block_by_func (self->toggle, toggled_cb, self);
  gtk_switch_set_active (self->toggle, state->is_on);
  g_signal_handlers_unblock_by_func (self->toggle, toggled_cb, self);
  /* Translators: %s are addresses of this computer */
  where = g_strdup_printf (_ ("Guests reach this computer at %s while Tela is open"), addresses);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->toggle_row),
                               state->is_on && *addresses != '\0'
                                   ? where
                                   : _ ("Lets people who have a link, and nobody else, come to this computer’s boards"));
  tela_share_page_tell (self, state->problem);
  gtk_widget_set_visible (self->invite_group, state->is_on && state->problem == NULL);
}

static void
state_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (TelaSharePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaShareState) state = NULL;

  state = tela_share_state_finish (TELA_WORKSPACE (source), result, &error);
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  gtk_widget_set_sensitive (self->toggle_row, TRUE);
  if (state != NULL)
    show_state (self, state);
  else
    {
      g_signal_handlers_block_by_func (self->toggle, toggled_cb, self);
      gtk_switch_set_active (self->toggle, self->is_on);
      g_signal_handlers_unblock_by_func (self->toggle, toggled_cb, self);
      tela_share_page_tell (self, error->message);
    }
}

static void
forget_link (TelaSharePage *self)
{
  g_clear_pointer (&self->link, g_free);
  gtk_widget_set_visible (self->qr, FALSE);
}

static void
toggled_cb (TelaSharePage *self)
{
  forget_link (self);
  gtk_widget_set_sensitive (self->toggle_row, FALSE); /* until it is answered */
  tela_share_set_async (self->workspace, gtk_switch_get_active (self->toggle), NULL, NULL, self->cancellable, state_cb,
                        g_object_ref (self));
}

static void
use_link (TelaSharePage *self)
{
  if (self->wants_copy)
    {
      gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->link);
      g_signal_emit (self, signals[COPIED], 0);
    }
  if (self->wants_qr)
    {
      g_autoptr (GdkTexture) texture = tela_qr_new (self->link, QR_WIDTH);

      gtk_picture_set_paintable (GTK_PICTURE (self->qr), GDK_PAINTABLE (texture));
      gtk_widget_set_visible (self->qr, texture != NULL);
      if (texture == NULL)
        tela_share_page_tell (self, _ ("The link is too long for a QR code"));
    }
  self->wants_copy = self->wants_qr = FALSE;
}

static void
invited_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  g_autoptr (TelaSharePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *link = tela_share_invite_finish (TELA_WORKSPACE (source), result, &error);

  self->is_inviting = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  gtk_widget_set_sensitive (self->invite_group, TRUE);
  if (link == NULL)
    {
      tela_share_page_tell (self, error->message);
      return;
    }
  self->link = g_steal_pointer (&link);
  use_link (self);
  tela_share_page_look_people (self);
}

/* One link for each choice: to copy it twice makes no second one. */
static void
need_link (TelaSharePage *self)
{
  if (self->link != NULL)
    {
      use_link (self);
      return;
    }
  if (self->is_inviting)
    return;
  self->is_inviting = TRUE;
  gtk_widget_set_sensitive (self->invite_group, FALSE); /* the choice stays as it is until then */
  tela_share_invite_async (self->workspace, self->project_id,
                           adw_combo_row_get_selected (ADW_COMBO_ROW (self->role)) == 0 ? "editor" : "viewer",
                           ends[adw_combo_row_get_selected (ADW_COMBO_ROW (self->end))], 0, self->cancellable,
                           invited_cb, g_object_ref (self));
}

static void
copy_cb (TelaSharePage *self)
{
  self->wants_copy = TRUE;
  need_link (self);
}

static void
qr_cb (TelaSharePage *self)
{
  self->wants_qr = TRUE;
  need_link (self);
}

static void
left_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (TelaSharePage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (tela_share_done_finish (TELA_WORKSPACE (source), result, &error))
    g_signal_emit (self, signals[LEFT], 0);
  else if (!g_cancellable_is_cancelled (self->cancellable))
    tela_share_page_tell (self, error->message);
}

static void
leave_answered_cb (TelaSharePage *self,
                   const char    *response)
{
  const char *user_id = tela_workspace_get_user_id (self->workspace);

  if (strcmp (response, "leave") == 0 && user_id != NULL)
    tela_share_remove_async (self->workspace, self->project_id, user_id, self->cancellable, left_cb,
                             g_object_ref (self));
}

static void
leave_cb (TelaSharePage *self)
{
  TelaResponse responses[] = { { "cancel", _ ("_Cancel"), ADW_RESPONSE_DEFAULT },
                               { "leave", _ ("_Leave"), ADW_RESPONSE_DESTRUCTIVE } };
  GtkWidget   *question = tela_question_new (_ ("Leave This Board?"), _ ("To come back you need a new link."), responses,
                                             G_N_ELEMENTS (responses));

  g_signal_connect_object (question, "response", G_CALLBACK (leave_answered_cb), self, G_CONNECT_SWAPPED);
  tela_dialog_present (question, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))));
}

static gboolean
tick_cb (gpointer user_data)
{
  tela_share_page_look_people (user_data);

  return G_SOURCE_CONTINUE;
}

static void
tela_share_page_map (GtkWidget *widget)
{
  TelaSharePage *self = TELA_SHARE_PAGE (widget);

  GTK_WIDGET_CLASS (tela_share_page_parent_class)->map (widget);
  g_clear_handle_id (&self->tick, g_source_remove);
  self->tick = g_timeout_add_seconds (LOOK_SECONDS, tick_cb, self);
  g_source_set_name_by_id (self->tick, "[tela] who is there");
}

static void
tela_share_page_unmap (GtkWidget *widget)
{
  TelaSharePage *self = TELA_SHARE_PAGE (widget);

  g_clear_object (&self->watch);
  g_clear_handle_id (&self->tick, g_source_remove);
  GTK_WIDGET_CLASS (tela_share_page_parent_class)->unmap (widget);
}

static void
tela_share_page_dispose (GObject *object)
{
  TelaSharePage *self = TELA_SHARE_PAGE (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->watch);
  g_clear_handle_id (&self->tick, g_source_remove);

  G_OBJECT_CLASS (tela_share_page_parent_class)->dispose (object);
}

static void
tela_share_page_finalize (GObject *object)
{
  TelaSharePage *self = TELA_SHARE_PAGE (object);

  g_clear_object (&self->cancellable);
  g_clear_object (&self->workspace);
  g_free (self->project_id);
  g_free (self->link);
  g_free (self->shown);
  g_ptr_array_unref (self->rows);

  G_OBJECT_CLASS (tela_share_page_parent_class)->finalize (object);
}

static void
tela_share_page_class_init (TelaSharePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = tela_share_page_dispose;
  object_class->finalize = tela_share_page_finalize;
  GTK_WIDGET_CLASS (klass)->map = tela_share_page_map;
  GTK_WIDGET_CLASS (klass)->unmap = tela_share_page_unmap;

  signals[COPIED] =
      g_signal_new ("copied", TELA_TYPE_SHARE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[LEFT] = g_signal_new ("left", TELA_TYPE_SHARE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static GtkWidget *
add_group (TelaSharePage *self,
           const char    *title)
{
  GtkWidget *group = adw_preferences_group_new ();

  if (title != NULL)
    adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (self), ADW_PREFERENCES_GROUP (group));

  return group;
}

static GtkWidget *
add_combo (TelaSharePage     *self,
           const char        *title,
           const char *const *choices)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) list = gtk_string_list_new (choices);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->invite_group), row);
  g_signal_connect_object (row, "notify::selected", G_CALLBACK (forget_link), self, G_CONNECT_SWAPPED);

  return row;
}

static GtkWidget *
new_button (TelaSharePage *self,
            const char    *label,
            const char    *style,
            GCallback      clicked)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_add_css_class (button, "pill");
  if (style != NULL)
    gtk_widget_add_css_class (button, style);
  g_signal_connect_object (button, "clicked", clicked, self, G_CONNECT_SWAPPED);

  return button;
}

static void
init_network (TelaSharePage *self)
{
  GtkWidget *image = gtk_image_new_from_icon_name ("dialog-warning-symbolic");

  self->network_group = add_group (self, NULL);
  self->toggle = GTK_SWITCH (gtk_switch_new ());
  gtk_widget_set_valign (GTK_WIDGET (self->toggle), GTK_ALIGN_CENTER);
  self->toggle_row = adw_action_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->toggle_row), _ ("Share on This Network"));
  adw_action_row_add_suffix (ADW_ACTION_ROW (self->toggle_row), GTK_WIDGET (self->toggle));
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (self->toggle_row), GTK_WIDGET (self->toggle));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->network_group), self->toggle_row);
  g_signal_connect_object (self->toggle, "notify::active", G_CALLBACK (toggled_cb), self, G_CONNECT_SWAPPED);

  self->problem_row = adw_action_row_new ();
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self->problem_row), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (self->problem_row), 0);
  adw_action_row_add_prefix (ADW_ACTION_ROW (self->problem_row), image);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->network_group), self->problem_row);
}

static void
init_invite (TelaSharePage *self)
{
  const char *roles[] = { _ ("Can edit"), _ ("Can view"), NULL };
  const char *times[] = { _ ("One hour"), _ ("One day"), _ ("One week"), _ ("Until it is revoked"), NULL };
  GtkWidget  *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  self->qr = gtk_picture_new ();
  gtk_picture_set_can_shrink (GTK_PICTURE (self->qr), FALSE);
  gtk_picture_set_alternative_text (GTK_PICTURE (self->qr), _ ("QR code of the link"));
  gtk_widget_set_halign (self->qr, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (self->qr, 18);
  gtk_widget_set_visible (self->qr, FALSE);

  self->invite_group = add_group (self, _ ("Invite"));
  self->role = add_combo (self, _ ("Who Comes by the Link"), roles);
  self->end = add_combo (self, _ ("The Link Works For"), times);
  adw_combo_row_set_selected (ADW_COMBO_ROW (self->end), DEFAULT_END);

  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (box, 18);
  gtk_box_append (GTK_BOX (box), new_button (self, _ ("_Copy Link"), "suggested-action", G_CALLBACK (copy_cb)));
  self->qr_button = new_button (self, _ ("_QR Code"), NULL, G_CALLBACK (qr_cb));
  gtk_widget_set_visible (self->qr_button, tela_qr_is_available ());
  gtk_box_append (GTK_BOX (box), self->qr_button);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->invite_group), box);

  adw_preferences_group_add (ADW_PREFERENCES_GROUP (self->invite_group), self->qr);
}

static void
tela_share_page_init (TelaSharePage *self)
{
  self->cancellable = g_cancellable_new ();
  self->rows = g_ptr_array_new ();
  init_network (self);
  init_invite (self);
  self->links_group = add_group (self, _ ("Links That Work"));
  self->people_group = add_group (self, _ ("People"));
  gtk_widget_set_visible (self->problem_row, FALSE);
  gtk_widget_set_visible (self->invite_group, FALSE);
  gtk_widget_set_visible (self->links_group, FALSE);
  gtk_widget_set_visible (self->people_group, FALSE);
}

TelaSharePage *
tela_share_page_new (TelaWorkspace *workspace,
                     const char    *project_id,
                     gboolean       can_invite)
{
  TelaSharePage *self = g_object_new (TELA_TYPE_SHARE_PAGE, NULL);

  self->workspace = g_object_ref (workspace);
  self->project_id = g_strdup (project_id);
  self->can_invite = can_invite;
  gtk_widget_set_visible (self->toggle_row, can_invite);
  if (can_invite)
    {
      gtk_widget_set_sensitive (self->toggle_row, FALSE);
      tela_share_look_async (workspace, self->cancellable, state_cb, g_object_ref (self));
    }
  else
    {
      GtkWidget *button = new_button (self, _ ("_Leave Board…"), "destructive-action", G_CALLBACK (leave_cb));
      GtkWidget *group = add_group (self, NULL);

      gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), button);
    }
  tela_share_page_look_people (self);

  return self;
}
