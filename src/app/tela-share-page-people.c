/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-share-page-private.h"

#include <glib/gi18n.h>

#include "tela-dialogs.h"

/* What a row's button does, once it is sure. */
typedef struct
{
  TelaSharePage *page; /* borrowed: the row is its child */
  char          *id;   /* of the link or of the person */
  char          *name;
} Deed;

static void
deed_free (gpointer  data,
           GClosure *closure)
{
  Deed *deed = data;

  g_free (deed->id);
  g_free (deed->name);
  g_free (deed);
}

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_autoptr (TelaSharePage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!tela_share_done_finish (TELA_WORKSPACE (source), result, &error) &&
      !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    tela_share_page_tell (self, error->message);
  g_clear_pointer (&self->shown, g_free); /* a choice that came to nothing goes back */
  if (!g_cancellable_is_cancelled (self->cancellable))
    tela_share_page_look_people (self);
}

static void
revoke_cb (GtkWidget *button,
           gpointer   user_data)
{
  Deed *deed = user_data;

  gtk_widget_set_sensitive (button, FALSE);
  g_clear_pointer (&deed->page->link, g_free); /* it may be this one */
  gtk_widget_set_visible (deed->page->qr, FALSE);
  tela_share_revoke_async (deed->page->workspace, deed->id, deed->page->cancellable, done_cb,
                           g_object_ref (deed->page));
}

static void
remove_answered_cb (GtkWidget  *question,
                    const char *response,
                    gpointer    user_data)
{
  Deed *deed = user_data;

  if (strcmp (response, "remove") == 0 && !g_cancellable_is_cancelled (deed->page->cancellable))
    tela_share_remove_async (deed->page->workspace, deed->page->project_id, deed->id, deed->page->cancellable, done_cb,
                             g_object_ref (deed->page));
  g_object_unref (deed->page);
}

static void
remove_cb (GtkWidget *button,
           gpointer   user_data)
{
  Deed            *deed = user_data;
  Deed            *sure = g_new (Deed, 1);
  TelaResponse     responses[] = { { "cancel", _ ("_Cancel"), ADW_RESPONSE_DEFAULT },
                                   { "remove", _ ("_Remove"), ADW_RESPONSE_DESTRUCTIVE } };
  g_autofree char *heading = NULL;
  GtkWidget       *question;

  /* Translators: %s is the name of a person */
  heading = g_strdup_printf (_ ("Remove “%s”?"), deed->name);
  question = tela_question_new (heading, _ ("They lose the board at once. With a link that still works they could come back."),
                                responses, G_N_ELEMENTS (responses));
  *sure = (Deed){ g_object_ref (deed->page), g_strdup (deed->id), NULL };
  g_signal_connect_data (question, "response", G_CALLBACK (remove_answered_cb), sure, deed_free, 0);
  tela_dialog_present (question, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (deed->page))));
}

static void
role_cb (GtkDropDown *choice,
         GParamSpec  *pspec,
         gpointer     user_data)
{
  Deed *deed = user_data;

  tela_share_set_role_async (deed->page->workspace, deed->page->project_id, deed->id,
                             gtk_drop_down_get_selected (choice) == 0 ? "editor" : "viewer", deed->page->cancellable,
                             done_cb, g_object_ref (deed->page));
}

/* What the person may do, for the owner to choose. */
static void
add_role (TelaSharePage         *self,
          GtkWidget             *row,
          const TelaShareMember *member)
{
  const char *roles[] = { _ ("Can edit"), _ ("Can view"), NULL };
  GtkWidget  *choice = gtk_drop_down_new_from_strings (roles);
  Deed       *deed = g_new (Deed, 1);

  *deed = (Deed){ self, g_strdup (member->user_id), NULL };
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), g_strcmp0 (member->role, "viewer") == 0 ? 1 : 0);
  gtk_widget_set_valign (choice, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (choice), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row)), -1);
  g_signal_connect_data (choice, "notify::selected", G_CALLBACK (role_cb), deed, deed_free, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), choice);
}

static GtkWidget *
add_row (TelaSharePage *self,
         GtkWidget     *group,
         const char    *title,
         const char    *subtitle)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  g_ptr_array_add (self->rows, row);

  return row;
}

static void
add_bin (TelaSharePage *self,
         GtkWidget     *row,
         const char    *tip,
         GCallback      clicked,
         const char    *id)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  Deed      *deed = g_new (Deed, 1);

  *deed = (Deed){ self, g_strdup (id), g_strdup (adw_preferences_row_get_title (ADW_PREFERENCES_ROW (row))) };
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, tip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, tip, -1);
  g_signal_connect_data (button, "clicked", clicked, deed, deed_free, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
}

static const char *
role_words (const char *role)
{
  return g_strcmp0 (role, "owner") == 0    ? _ ("Owner")
         : g_strcmp0 (role, "viewer") == 0 ? _ ("Can view")
                                           : _ ("Can edit");
}

static void
add_member (TelaSharePage         *self,
            const TelaShareMember *member)
{
  const char      *self_id = tela_workspace_get_user_id (self->workspace);
  gboolean         is_self = g_strcmp0 (member->user_id, self_id) == 0;
  gboolean         is_owner = g_strcmp0 (member->role, "owner") == 0;
  const char      *name = member->name != NULL && *member->name != '\0' ? member->name
                          : is_self                                     ? _ ("You")
                          : is_owner                                    ? _ ("Owner of this board")
                                                                        : _ ("Guest");
  const char      *where = is_self                ? _ ("this is you")
                           : member->is_connected ? _ ("here now")
                                                  : _ ("away");
  g_autofree char *subtitle = g_strdup_printf ("%s · %s", role_words (member->role), where);
  gboolean         is_choice = self->can_invite && !is_self && !is_owner;
  GtkWidget       *row = add_row (self, self->people_group, name, is_choice ? where : subtitle);

  if (!is_choice)
    return;
  add_role (self, row, member);
  add_bin (self, row, _ ("Remove From Board"), G_CALLBACK (remove_cb), member->user_id);
}

static void
add_link (TelaSharePage         *self,
          const TelaShareInvite *invite)
{
  g_autofree char *used = NULL;
  g_autofree char *end = NULL;
  g_autofree char *subtitle = NULL;

  if (invite->expires_at > 0)
    {
      g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (invite->expires_at);
      g_autofree char *when = time == NULL ? NULL : g_date_time_format (time, "%x %H:%M");

      /* Translators: %s is a date and a time */
      end = g_strdup_printf (_ ("until %s"), when == NULL ? "" : when);
    }
  else
    end = g_strdup (_ ("no end"));
  /* Translators: how many people came by this link */
  used = g_strdup_printf (g_dngettext (NULL, "used once", "used %u times", invite->uses), invite->uses);
  subtitle = g_strdup_printf ("%s · %s", end, invite->uses == 0 ? _ ("not used yet") : used);
  add_bin (self, add_row (self, self->links_group, role_words (invite->role), subtitle), _ ("Revoke Link"),
           G_CALLBACK (revoke_cb), invite->id);
}

/* All that the rows say: they are made anew, and lose the focus, only if it is not the same. */
static char *
describe (const TelaSharePeople *people)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < people->members->len; i++)
    {
      const TelaShareMember *member = people->members->pdata[i];

      g_string_append_printf (text, "%s %s %s %d\n", member->user_id, member->role, member->name, member->is_connected);
    }
  for (guint i = 0; people->invites != NULL && i < people->invites->len; i++)
    {
      const TelaShareInvite *invite = people->invites->pdata[i];

      g_string_append_printf (text, "%s %u\n", invite->id, invite->uses);
    }

  return g_string_free (text, FALSE);
}

static void
show_people (TelaSharePage         *self,
             const TelaSharePeople *people)
{
  char *shown = describe (people);

  if (g_strcmp0 (shown, self->shown) == 0)
    {
      g_free (shown);
      return;
    }
  g_free (self->shown);
  self->shown = shown;
  for (guint i = 0; i < self->rows->len; i++)
    {
      GtkWidget *row = self->rows->pdata[i];
      GtkWidget *group = gtk_widget_get_ancestor (row, ADW_TYPE_PREFERENCES_GROUP);

      adw_preferences_group_remove (ADW_PREFERENCES_GROUP (group), row);
    }
  g_ptr_array_set_size (self->rows, 0);
  for (guint i = 0; i < people->members->len; i++)
    add_member (self, people->members->pdata[i]);
  for (guint i = 0; people->invites != NULL && i < people->invites->len; i++)
    add_link (self, people->invites->pdata[i]);
  gtk_widget_set_visible (self->people_group, people->members->len > 0);
  gtk_widget_set_visible (self->links_group, people->invites != NULL && people->invites->len > 0);
}

/* Not before the board is known to be there: who asks too early is refused, and with them the window that shows it. */
static void
start_watch (TelaSharePage *self)
{
  if (self->watch != NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;

  self->watch = tela_share_watch (self->workspace, self->project_id);
  g_signal_connect_object (self->watch, "message", G_CALLBACK (tela_share_page_look_people), self, G_CONNECT_SWAPPED);
}

static void
people_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr (TelaSharePage) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaSharePeople) people = NULL;

  people = tela_share_people_finish (TELA_WORKSPACE (source), result, &error);
  self->is_asking = FALSE;
  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (self->wants_people)
    tela_share_page_look_people (self);
  if (people == NULL)
    {
      self->is_blind = TRUE;
      tela_share_page_tell (self, error->message);
      return;
    }
  if (self->is_blind)
    tela_share_page_tell (self, NULL);
  self->is_blind = FALSE;
  start_watch (self);
  show_people (self, people);
}

void
tela_share_page_look_people (TelaSharePage *self)
{
  self->wants_people = self->is_asking;
  if (self->is_asking)
    return;

  self->is_asking = TRUE;
  tela_share_people_async (self->workspace, self->project_id, self->cancellable, people_cb, g_object_ref (self));
}
