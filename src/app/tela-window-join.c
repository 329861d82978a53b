/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Boards of other computers. A process has one backend, so what a link leads to is shown by another process, of --url and of
 * data that lie apart; this one answers the invitation, writes down what it was given, and starts the other. */

#include "tela-window-private.h"

#include <glib/gi18n.h>

#include "tela-dialogs.h"
#include "tela-http.h"
#include "tela-invite.h"
#include "tela-joined.h"
#include "tela-pick.h"

#define DIALOG_WIDTH 420
#define DIALOG_HEIGHT 480

typedef struct
{
  TelaWindow *window; /* owned */
  TelaInvite *invite; /* owned */
} Join;

static void
join_free (Join *self)
{
  g_object_unref (self->window);
  tela_invite_free (self->invite);
  g_free (self);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Join, join_free)

static void
say (TelaWindow *self,
     const char *text,
     const char *cause) /* nullable */
{
  TelaResponse     responses[] = { { "close", _ ("_Close"), ADW_RESPONSE_DEFAULT } };
  g_autofree char *body = cause == NULL ? g_strdup (text) : g_strdup_printf ("%s\n\n%s", text, cause);

  tela_dialog_present (tela_question_new (_ ("Cannot Join"), body, responses, G_N_ELEMENTS (responses)),
                       GTK_WINDOW (self));
}

/* This very program, or the one that has come in its place since. */
static char *
find_program (void)
{
  char *program = g_file_read_link ("/proc/self/exe", NULL);

  if (program != NULL && g_file_test (program, G_FILE_TEST_IS_EXECUTABLE))
    return program;
  g_free (program);

  return g_strdup ("tela");
}

/* Nobody waits for it: it lives on without this process. */
static void
start_guest (TelaWindow *self,
             const char *url,
             const char *project)
{
  g_autofree char *program = find_program ();
  const char      *data_dir = tela_application_get_data_dir (tela_window_get_app (self));
  const char      *words[] = { program, "--url", url, "--data", data_dir, "--board", project, NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (GSubprocess) process = g_subprocess_newv (words, G_SUBPROCESS_FLAGS_NONE, &error);

  if (process == NULL)
    say (self, _ ("The board cannot be opened."), error->message);
}

static void
tell_refusal (Join         *join,
              const GError *error)
{
  if (g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_REFUSED))
    say (join->window, _ ("This link does not work any more: it was revoked, has expired or was used up. Ask for a new one."),
         NULL);
  else if (g_error_matches (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_NETWORK))
    say (join->window,
         _ ("Nobody answers there. Tela must be open on that computer, sharing on, and both must be in the same network."),
         error->message);
  else
    say (join->window, _ ("The other computer could not answer."), error->message);
}

static void
accepted_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr (Join) join = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaWelcome) welcome = tela_invite_accept_finish (result, &error);
  TelaJoined joined;

  if (gtk_window_get_application (GTK_WINDOW (join->window)) == NULL)
    return;
  if (welcome == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        tell_refusal (join, error);
      return;
    }

  joined = (TelaJoined){ .host_id = join->invite->host_id,
                         .url = welcome->url,
                         .key = welcome->key,
                         .fingerprint = join->invite->fingerprint,
                         .session = welcome->session };
  if (tela_joined_add (tela_application_get_data_dir (tela_window_get_app (join->window)), &joined, welcome->project,
                       welcome->name, &error))
    start_guest (join->window, welcome->url, welcome->project);
  else
    say (join->window, _ ("What the other computer answered cannot be kept."), error->message);
}

static void
answered_cb (GtkWidget  *question,
             const char *response,
             gpointer    user_data)
{
  g_autoptr (Join) join = user_data;
  TelaApplication *app = tela_window_get_app (join->window);
  g_autoptr (TelaJoined) before = NULL;
  g_autofree char  *token = NULL;
  const TelaInvite *invite = join->invite;
  GCancellable     *cancellable = join->window->cancellable;

  if (strcmp (response, "join") != 0)
    return;

  before = tela_joined_find (tela_application_get_data_dir (app), invite->host_id);
  if (before != NULL) /* whoever has been there stays who they are */
    token = tela_pick_text ((TelaJsonSpan){ before->session, strlen (before->session) }, "refresh_token");
  tela_window_toast (join->window, _ ("Joining…"));
  tela_invite_accept_async (invite, token, cancellable, accepted_cb, g_steal_pointer (&join));
}

void
tela_window_join (TelaWindow *self,
                  const char *link)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *stripped = NULL;
  g_autofree char *body = NULL;
  TelaInvite      *invite;
  TelaResponse     responses[] = { { "cancel", _ ("_Cancel"), ADW_RESPONSE_DEFAULT },
                                   { "join", _ ("_Join"), ADW_RESPONSE_SUGGESTED } };
  GtkWidget       *question;
  Join            *join;

  g_return_if_fail (TELA_IS_WINDOW (self));

  stripped = g_strstrip (g_strdup (link));
  invite = tela_invite_parse (stripped, &error);
  if (invite == NULL)
    {
      say (self, _ ("This is not a link to a board."), error->message);
      return;
    }
  if (invite->expires_at > 0 && invite->expires_at < g_get_real_time () / G_USEC_PER_SEC)
    {
      tela_invite_free (invite);
      say (self, _ ("This link has expired. Ask for a new one."), NULL);
      return;
    }

  body = g_strdup_printf (strcmp (invite->role, "editor") == 0
                              /* Translators: %s is the address of a computer */
                              ? _ ("It is on the computer at %s. You will be able to edit it.")
                              /* Translators: %s is the address of a computer */
                              : _ ("It is on the computer at %s. You will be able to look at it, but not to edit it."),
                          invite->addresses[0]);
  question = tela_question_new (_ ("Join This Board?"), body, responses, G_N_ELEMENTS (responses));
  join = g_new (Join, 1);
  *join = (Join){ g_object_ref (self), invite };
  g_signal_connect (question, "response", G_CALLBACK (answered_cb), join);
  tela_dialog_present (question, GTK_WINDOW (self));
}

/* ---- The dialog ---- */

static void
join_clicked_cb (GtkWidget *entry)
{
  TelaWindow      *self = g_object_get_data (G_OBJECT (entry), "window");
  g_autofree char *link = g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry)));

  gtk_widget_activate_action (entry, "window.close", NULL);
  tela_window_join (self, link);
}

static void
link_changed_cb (GtkWidget *entry,
                 GtkWidget *button)
{
  g_autofree char *link = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));

  gtk_widget_set_sensitive (button, *link != '\0');
}

/* A board that one has been let in to before. */
typedef struct
{
  TelaWindow *window; /* borrowed: the dialog is over it, and goes before it */
  char       *url;
  char       *board;
} Known;

static void
known_free (gpointer  data,
            GClosure *closure)
{
  Known *known = data;

  g_free (known->url);
  g_free (known->board);
  g_free (known);
}

static void
reopen_cb (GtkWidget *row,
           gpointer   user_data)
{
  const Known *known = user_data;

  start_guest (known->window, known->url, known->board);
  gtk_widget_activate_action (row, "window.close", NULL);
}

static void
forget_cb (GtkWidget *button,
           gpointer   user_data)
{
  const Known *known = user_data;
  const char  *data_dir = tela_application_get_data_dir (tela_window_get_app (known->window));
  GtkWidget   *row = gtk_widget_get_ancestor (button, ADW_TYPE_ACTION_ROW);
  g_autoptr (GError) error = NULL;

  if (tela_joined_leave (data_dir, known->url, known->board, &error))
    gtk_widget_set_visible (row, FALSE);
  else
    tela_window_tell_text (known->window, error->message);
}

static Known *
known_new (TelaWindow       *window,
           const TelaJoined *joined,
           const char       *board)
{
  Known *known = g_new (Known, 1);

  *known = (Known){ window, g_strdup (joined->url), g_strdup (board) };

  return known;
}

static GtkWidget *
new_known_row (TelaWindow            *self,
               const TelaJoined      *joined,
               const TelaJoinedBoard *board)
{
  GtkWidget       *row = adw_action_row_new ();
  GtkWidget       *button = gtk_button_new_from_icon_name ("user-trash-symbolic");
  g_autofree char *place = NULL;

  /* Translators: %s is the address of a computer */
  place = g_strdup_printf (_ ("On the computer at %s"), joined->url + strcspn (joined->url, ":") + strlen ("://"));
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row),
                                 board->name != NULL && *board->name != '\0' ? board->name : _ ("Untitled Board"));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), place);
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, _ ("Remove From This List"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Remove From This List"), -1);
  g_signal_connect_data (button, "clicked", G_CALLBACK (forget_cb), known_new (self, joined, board->id), known_free, 0);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_signal_connect_data (row, "activated", G_CALLBACK (reopen_cb), known_new (self, joined, board->id), known_free, 0);

  return row;
}

static void
add_joined (TelaWindow         *self,
            AdwPreferencesPage *page)
{
  g_autoptr (GPtrArray) all = tela_joined_list (tela_application_get_data_dir (tela_window_get_app (self)));
  GtkWidget *group = NULL;

  for (guint i = 0; i < all->len; i++)
    {
      const TelaJoined *joined = all->pdata[i];

      for (guint k = 0; k < joined->boards->len; k++)
        {
          if (group == NULL)
            {
              group = adw_preferences_group_new ();
              adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), _ ("Joined Before"));
              adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
            }
          adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), new_known_row (self, joined, joined->boards->pdata[k]));
        }
    }
}

static void
join_action (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  TelaWindow *self = TELA_WINDOW (widget);
  GtkWidget  *page = adw_preferences_page_new ();
  GtkWidget  *group = adw_preferences_group_new ();
  GtkWidget  *entry = adw_entry_row_new ();
  GtkWidget  *button = gtk_button_new_with_mnemonic (_ ("_Join"));
  GtkWidget  *dialog;

  /* Both dialogs are over the window, and go before it. */
  g_object_set_data (G_OBJECT (entry), "window", self);
  adw_preferences_group_set_description (ADW_PREFERENCES_GROUP (group), _ ("Paste the link that you were given."));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), _ ("Link"));
  g_signal_connect (entry, "entry-activated", G_CALLBACK (join_clicked_cb), NULL);
  g_signal_connect (entry, "changed", G_CALLBACK (link_changed_cb), button);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), entry);
  gtk_widget_add_css_class (button, "pill");
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (button, 18);
  gtk_widget_set_sensitive (button, FALSE);
  g_signal_connect_object (button, "clicked", G_CALLBACK (join_clicked_cb), entry, G_CONNECT_SWAPPED);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), button);
  adw_preferences_page_add (ADW_PREFERENCES_PAGE (page), ADW_PREFERENCES_GROUP (group));
  add_joined (self, ADW_PREFERENCES_PAGE (page));

  dialog = tela_preferences_dialog_new (ADW_PREFERENCES_PAGE (page));
  g_object_set (dialog, "title", _ ("Join Board"), NULL);
  tela_dialog_set_size (dialog, DIALOG_WIDTH, DIALOG_HEIGHT);
  tela_dialog_present (dialog, GTK_WINDOW (self));
}

void
tela_window_install_join (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.join", NULL, join_action);
}
