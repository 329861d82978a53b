/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* The dialog that shares a board, and what a link says that leads nowhere. */

#include "document-fixture.h"
#include "tela-invite.h"
#include "tela-qr.h"
#include "tela-session-private.h"
#include "tela-share-page-private.h"
#include "tela-sync-button.h"

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static void
share (DocumentFixture *fixture,
       gboolean         on)
{
  static const char *const here[] = { "127.0.0.1", NULL };
  TelaWorkspace           *workspace = tela_application_get_workspace (fixture->base.app);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaShareState) state = NULL;

  tela_share_set_async (workspace, on, NULL, here, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  state = tela_share_state_finish (workspace, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (state->is_on, ==, on);
}

static GtkWidget *
find_page_in (GtkWidget *widget)
{
  GtkWidget *found = TELA_IS_SHARE_PAGE (widget) ? widget : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_page_in (child);

  return found;
}

static TelaSharePage *
find_page (void)
{
  g_autoptr (GList) all = gtk_window_list_toplevels ();
  GtkWidget *found = NULL;

  for (GList *item = all; item != NULL && found == NULL; item = item->next)
    found = find_page_in (item->data);

  return found == NULL ? NULL : TELA_SHARE_PAGE (found);
}

static TelaSharePage *
open_page (DocumentFixture *fixture)
{
  g_assert_true (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-board", NULL));
  WAIT_UNTIL (gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.share", NULL) && find_page () != NULL);

  return find_page ();
}

static void
close_page (TelaSharePage *page)
{
  gtk_widget_activate_action (GTK_WIDGET (page), "window.close", NULL);
  WAIT_UNTIL (find_page () == NULL);
}

/* The button with that icon in a row, or with that label anywhere below. */
static GtkWidget *
find_button (GtkWidget  *widget,
             const char *words)
{
  GtkWidget *found = NULL;

  if (GTK_IS_BUTTON (widget) && (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (widget)), words) == 0 ||
                                 g_strcmp0 (gtk_button_get_icon_name (GTK_BUTTON (widget)), words) == 0))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_button (child, words);

  return found;
}

static void
click (GtkWidget  *widget,
       const char *words)
{
  GtkWidget *button = find_button (widget, words);

  g_assert_nonnull (button);
  g_signal_emit_by_name (button, "clicked");
}

/* The choice of what the first member may do who is not the owner; NULL: none. */
static GtkDropDown *
find_role (GtkWidget *widget)
{
  GtkDropDown *found = GTK_IS_DROP_DOWN (widget) ? GTK_DROP_DOWN (widget) : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_role (child);

  return found;
}

static gboolean
has_role (TelaSharePage *page,
          guint          role)
{
  GtkDropDown *choice = find_role (page->people_group);

  return choice != NULL && gtk_drop_down_get_selected (choice) == role;
}

static gboolean
has_row (TelaSharePage *page,
         const char    *title, /* NULL: any */
         const char    *subtitle)
{
  for (guint i = 0; i < page->rows->len; i++)
    if ((title == NULL || strcmp (adw_preferences_row_get_title (page->rows->pdata[i]), title) == 0) &&
        strstr (adw_action_row_get_subtitle (page->rows->pdata[i]), subtitle) != NULL)
      return TRUE;

  return FALSE;
}

/* Accepts the invitation as somebody else would. */
static gboolean
come (const char *link,
      GError    **error)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TelaInvite) invite = tela_invite_parse (link, NULL);
  g_autoptr (TelaWelcome) welcome = NULL;

  tela_invite_accept_async (invite, NULL, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  welcome = tela_invite_accept_finish (result, error);

  return welcome != NULL;
}

/* Off until it is asked for; then a link can be made, and is made once. */
static void
test_switch (DocumentFixture *fixture,
             gconstpointer    data)
{
  TelaSharePage   *page;
  g_autofree char *link = NULL;

  share (fixture, FALSE); /* so it knows where, without being on */
  page = open_page (fixture);
  WAIT_UNTIL (gtk_widget_get_sensitive (page->toggle_row));
  g_assert_false (gtk_switch_get_active (page->toggle));
  g_assert_false (gtk_widget_get_visible (page->invite_group));
  gtk_switch_set_active (page->toggle, TRUE);
  WAIT_UNTIL (gtk_widget_get_visible (page->invite_group));
  g_assert_nonnull (strstr (adw_action_row_get_subtitle (ADW_ACTION_ROW (page->toggle_row)), "127.0.0.1:"));
  click (GTK_WIDGET (page), "_Copy Link");
  WAIT_UNTIL (page->link != NULL && has_row (page, "Can edit", "not used yet"));
  link = g_strdup (page->link);
  g_assert_true (tela_invite_is_link (link));
  click (GTK_WIDGET (page), "_QR Code");
  g_assert_cmpint (gtk_widget_get_visible (page->qr), ==, tela_qr_is_available ());
  g_assert_cmpstr (page->link, ==, link);
  adw_combo_row_set_selected (ADW_COMBO_ROW (page->role), 1);
  g_assert_null (page->link);
  g_assert_false (gtk_widget_get_visible (page->qr));
  click (GTK_WIDGET (page), "_Copy Link");
  WAIT_UNTIL (page->link != NULL && has_row (page, "Can view", "not used yet"));
  gtk_switch_set_active (page->toggle, FALSE);
  WAIT_UNTIL (!gtk_widget_get_visible (page->invite_group));
  close_page (page);
}

static void
test_people (DocumentFixture *fixture,
             gconstpointer    data)
{
  TelaSharePage *page;
  g_autoptr (GError) error = NULL;
  g_autofree char *link = NULL;

  share (fixture, TRUE);
  page = open_page (fixture);
  WAIT_UNTIL (gtk_widget_get_visible (page->invite_group) && has_row (page, NULL, "Owner · this is you"));
  click (GTK_WIDGET (page), "_Copy Link");
  WAIT_UNTIL (page->link != NULL);
  link = g_strdup (page->link);
  g_assert_true (come (link, &error));
  g_assert_no_error (error);
  WAIT_UNTIL (has_row (page, "Guest", "away") && has_role (page, 0) && has_row (page, "Can edit", "used once"));
  click (page->people_group, "user-trash-symbolic");
  document_answer (fixture, "remove");
  WAIT_UNTIL (!has_row (page, "Guest", ""));
  click (page->links_group, "user-trash-symbolic");
  WAIT_UNTIL (!gtk_widget_get_visible (page->links_group));
  g_assert_null (page->link);
  close_page (page);

  /* Somebody who has that link still is told. */
  tela_window_join (fixture->window, link);
  document_answer (fixture, "join");
  WAIT_UNTIL (document_find_question (fixture) != NULL);
  document_answer (fixture, "close");
  share (fixture, FALSE);
}

/* What the one question that is there says. (transfer full) */
static char *
question_text (DocumentFixture *fixture)
{
  char *body = NULL;

  WAIT_UNTIL (document_find_question (fixture) != NULL);
  g_object_get (document_find_question (fixture), "body", &body, NULL);

  return body;
}

static void
test_bad_links (DocumentFixture *fixture,
                gconstpointer    data)
{
  static const char *const links[][2] = {
    { "tela://join", "not a link to a board" },
    { "tela://join?a=127.0.0.1:1&f=0000000000000000000000000000000000000000000000000000000000000000"
      "&h=11111111-2222-4333-8444-555555555555&p=11111111-2222-4333-8444-555555555556&c=0123456789abcdef&r=viewer&e=1000",
      "expired" },
    { " tela://join?a=127.0.0.1:1&f=0000000000000000000000000000000000000000000000000000000000000000"
      "&h=11111111-2222-4333-8444-555555555555&p=11111111-2222-4333-8444-555555555556&c=0123456789abcdef&r=viewer\n",
      "not to edit it" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (links); i++)
    {
      g_autofree char *text = NULL;

      tela_window_join (fixture->window, links[i][0]);
      text = question_text (fixture);
      if (strstr (text, links[i][1]) == NULL)
        g_error ("“%s” does not say “%s”", text, links[i][1]);
      document_answer (fixture, i + 1 < G_N_ELEMENTS (links) ? "close" : "join");
    }
  {
    g_autofree char *text = question_text (fixture);

    g_assert_nonnull (strstr (text, "Nobody answers there"));
  }
  document_answer (fixture, "close");
}

/* Somebody who works on the board from elsewhere. */
typedef struct
{
  char            *dir;
  TelaStore       *store;
  RealtimeManager *realtime;
  TelaWorkspace   *workspace;
  TelaSession     *session;
} Guest;

static void
guest_come (Guest      *guest,
            const char *link)
{
  g_autoptr (GAsyncResult) accepted = NULL;
  g_autoptr (GAsyncResult) opened = NULL;
  g_autoptr (TelaInvite) invite = tela_invite_parse (link, NULL);
  g_autoptr (TelaWelcome) welcome = NULL;
  g_autoptr (GError) error = NULL;

  tela_invite_accept_async (invite, NULL, NULL, result_cb, &accepted);
  WAIT_UNTIL (accepted != NULL);
  welcome = tela_invite_accept_finish (accepted, &error);
  g_assert_no_error (error);
  guest->dir = g_dir_make_tmp ("tela-app-XXXXXX", &error);
  g_assert_no_error (error);
  guest->store = tela_store_open (guest->dir, &error);
  g_assert_no_error (error);
  guest->realtime = realtime_manager_new ();
  guest->workspace = tela_workspace_new (guest->store, guest->realtime);
  tela_workspace_set_endpoint (guest->workspace, welcome->url, welcome->key, welcome->session, FALSE);
  tela_workspace_open_async (guest->workspace, welcome->project, NULL, result_cb, &opened);
  WAIT_UNTIL (opened != NULL);
  guest->session = tela_workspace_open_finish (guest->workspace, opened, &error);
  g_assert_no_error (error);
}

static void
guest_go (Guest *guest)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_clear_object (&guest->session);
  tela_workspace_close (guest->workspace);
  realtime_manager_shutdown_async (guest->realtime, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  g_clear_object (&guest->workspace);
  g_clear_object (&guest->realtime);
  tela_store_close (guest->store);
  g_clear_object (&guest->store);
  app_remove_tree (guest->dir);
  g_clear_pointer (&guest->dir, g_free);
}

/* A link to the board of the page. (transfer full) */
static char *
make_link (TelaSharePage *page,
           guint          role)
{
  WAIT_UNTIL (gtk_widget_get_visible (page->invite_group));
  adw_combo_row_set_selected (ADW_COMBO_ROW (page->role), role);
  click (GTK_WIDGET (page), "_Copy Link");
  WAIT_UNTIL (page->link != NULL);

  return g_strdup (page->link);
}

/* The open dialog is told of whom it shows, and what it is told to do reaches who is in. */
static void
test_roles (DocumentFixture *fixture,
            gconstpointer    data)
{
  TelaWorkspace   *workspace = tela_application_get_workspace (fixture->base.app);
  TelaSharePage   *page;
  Guest            guest = { NULL };
  g_autofree char *link = NULL;
  g_autoptr (GAsyncResult) changed = NULL;
  g_autoptr (GAsyncResult) removed = NULL;

  share (fixture, TRUE);
  page = open_page (fixture);
  link = make_link (page, 1);
  guest_come (&guest, link);
  WAIT_UNTIL (has_row (page, "Guest", "here now") && has_role (page, 1));
  WAIT_UNTIL (g_strcmp0 (tela_session_get_role (guest.session), "viewer") == 0);
  g_assert_false (tela_session_can_edit (guest.session));
  gtk_drop_down_set_selected (find_role (page->people_group), 0);
  WAIT_UNTIL (tela_session_can_edit (guest.session));

  /* Not by looking now and then. */
  g_clear_handle_id (&page->tick, g_source_remove);
  tela_share_set_role_async (workspace, page->project_id, tela_workspace_get_user_id (guest.workspace), "viewer", NULL,
                             result_cb, &changed);
  WAIT_UNTIL (changed != NULL && has_role (page, 1));
  WAIT_UNTIL (!tela_session_can_edit (guest.session));
  tela_share_remove_async (workspace, page->project_id, tela_workspace_get_user_id (guest.workspace), NULL, result_cb,
                           &removed);
  WAIT_UNTIL (removed != NULL && !has_row (page, "Guest", ""));
  WAIT_UNTIL (tela_session_get_role (guest.session) == NULL);
  close_page (page);
  guest_go (&guest);
  share (fixture, FALSE);
}

static guint
count_guests (DocumentFixture *fixture)
{
  TelaWorkspace *workspace = tela_application_get_workspace (fixture->base.app);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (TelaShareState) state = NULL;

  tela_share_look_async (workspace, NULL, result_cb, &result);
  WAIT_UNTIL (result != NULL);
  state = tela_share_state_finish (workspace, result, NULL);

  return state == NULL ? 0 : state->n_guests;
}

/* The last window asks before it takes the board away from guests; without them it does not. */
static void
test_close (DocumentFixture *fixture,
            gconstpointer    data)
{
  TelaApplication *app = fixture->base.app;
  TelaSharePage   *page;
  Guest            guest = { NULL };
  GLogLevelFlags   fatal;
  g_autofree char *link = NULL;

  share (fixture, TRUE);
  page = open_page (fixture);
  WAIT_UNTIL (gtk_widget_get_visible (page->invite_group));
  click (GTK_WIDGET (page), "_Copy Link");
  WAIT_UNTIL (page->link != NULL);
  link = g_strdup (page->link);
  close_page (page);
  guest_come (&guest, link);
  WAIT_UNTIL (count_guests (fixture) > 0);

  gtk_window_close (GTK_WINDOW (fixture->window));
  document_answer (fixture, "cancel");
  g_assert_nonnull (gtk_application_get_windows (GTK_APPLICATION (app)));
  gtk_window_close (GTK_WINDOW (fixture->window));
  /* Where nobody shows notifications, GIO says so. */
  fatal = g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  document_answer (fixture, "keep");
  WAIT_UNTIL (gtk_application_get_windows (GTK_APPLICATION (app)) == NULL);
  g_assert_nonnull (tela_application_get_workspace (app));
  g_assert_cmpuint (count_guests (fixture), >, 0);

  g_action_group_activate_action (G_ACTION_GROUP (app), "stop-sharing", NULL);
  WAIT_UNTIL (tela_application_get_workspace (app) == NULL);
  guest_go (&guest);
  g_log_set_always_fatal (fatal);
}

/* The end of the program asks as the last window does, however many there are. */
static void
test_quit (DocumentFixture *fixture,
           gconstpointer    data)
{
  GtkApplication  *app = GTK_APPLICATION (fixture->base.app);
  TelaSharePage   *page;
  Guest            guest = { NULL };
  GLogLevelFlags   fatal;
  g_autofree char *link = NULL;

  share (fixture, TRUE);
  page = open_page (fixture);
  link = make_link (page, 0);
  close_page (page);
  guest_come (&guest, link);
  WAIT_UNTIL (count_guests (fixture) > 0);
  gtk_widget_activate_action (GTK_WIDGET (fixture->window), "win.new-window", NULL);
  WAIT_UNTIL (g_list_length (gtk_application_get_windows (app)) == 2);
  fixture->window = TELA_WINDOW (gtk_application_get_active_window (app));

  g_action_group_activate_action (G_ACTION_GROUP (app), "quit", NULL);
  document_answer (fixture, "cancel");
  g_assert_cmpuint (g_list_length (gtk_application_get_windows (app)), ==, 2);
  fatal = g_log_set_always_fatal (G_LOG_LEVEL_ERROR | G_LOG_LEVEL_CRITICAL);
  g_action_group_activate_action (G_ACTION_GROUP (app), "quit", NULL);
  document_answer (fixture, "keep");
  WAIT_UNTIL (gtk_application_get_windows (app) == NULL);
  g_assert_cmpuint (count_guests (fixture), >, 0);

  fixture->window = tela_window_new (fixture->base.app);
  gtk_window_present (GTK_WINDOW (fixture->window));
  g_action_group_activate_action (G_ACTION_GROUP (app), "quit", NULL);
  document_answer (fixture, "stop");
  WAIT_UNTIL (tela_application_get_workspace (fixture->base.app) == NULL);
  guest_go (&guest);
  g_log_set_always_fatal (fatal);
}

static void
test_quit_alone (DocumentFixture *fixture,
                 gconstpointer    data)
{
  share (fixture, TRUE);
  g_action_group_activate_action (G_ACTION_GROUP (fixture->base.app), "quit", NULL);
  WAIT_UNTIL (tela_application_get_workspace (fixture->base.app) == NULL);
}

/* The first button of a tool. */
static GtkWidget *
find_tool (GtkWidget  *widget,
           const char *name)
{
  GtkWidget *found = NULL;

  if (GTK_IS_ACTIONABLE (widget) &&
      g_strcmp0 (gtk_actionable_get_action_name (GTK_ACTIONABLE (widget)), "canvas.tool") == 0 &&
      strcmp (g_variant_get_string (gtk_actionable_get_action_target_value (GTK_ACTIONABLE (widget)), NULL), name) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_tool (child, name);

  return found;
}

static TelaSyncButton *
find_state (GtkWidget *widget)
{
  TelaSyncButton *found = TELA_IS_SYNC_BUTTON (widget) ? TELA_SYNC_BUTTON (widget) : NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_state (child);

  return found;
}

/* A bar that is there, or about to be. */
static gboolean
has_banner (GtkWidget  *widget,
            const char *text)
{
  GtkWidget *bar = GTK_IS_LABEL (widget) ? gtk_widget_get_ancestor (widget, GTK_TYPE_REVEALER) : NULL;
  gboolean   found = bar != NULL && gtk_revealer_get_reveal_child (GTK_REVEALER (bar)) &&
                   strstr (gtk_label_get_label (GTK_LABEL (widget)), text) != NULL;

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL && !found;
       child = gtk_widget_get_next_sibling (child))
    found = has_banner (child, text);

  return found;
}

/* Who may only look has the tools that change nothing, and is told why not the others; who lost the board is told so. */
static void
test_viewer (DocumentFixture *fixture,
             gconstpointer    data)
{
  static const char *const lookers[] = { "select", "hand", "laser" };
  static const char *const editors[] = { "pen", "rectangle", "text", "eraser", "frame", "generate" };
  GtkWidget               *window = GTK_WIDGET (fixture->window);
  TelaSession             *session;
  GtkWindow               *other;
  g_autofree char         *tip = NULL;

  gtk_widget_activate_action (window, "win.new-board", NULL);
  WAIT_UNTIL (tela_window_get_canvas (fixture->window) != NULL &&
              tela_canvas_get_session (tela_window_get_canvas (fixture->window)) != NULL);
  session = tela_canvas_get_session (tela_window_get_canvas (fixture->window));
  WAIT_UNTIL (tela_session_can_edit (session));
  tip = g_strdup (gtk_widget_get_tooltip_text (find_tool (window, "pen")));
  tela_canvas_set_tool (tela_window_get_canvas (fixture->window), "pen");

  tela_session_set_role (session, "viewer");
  g_assert_cmpstr (tela_canvas_get_tool (tela_window_get_canvas (fixture->window)), ==, "select");
  for (guint i = 0; i < G_N_ELEMENTS (lookers); i++)
    g_assert_true (gtk_widget_is_sensitive (find_tool (window, lookers[i])));
  for (guint i = 0; i < G_N_ELEMENTS (editors); i++)
    {
      g_assert_false (gtk_widget_is_sensitive (find_tool (window, editors[i])));
      g_assert_nonnull (strstr (gtk_widget_get_tooltip_text (find_tool (window, editors[i])), "not edit"));
    }

  tela_session_set_role (session, "editor");
  for (guint i = 0; i < G_N_ELEMENTS (editors); i++)
    g_assert_true (gtk_widget_is_sensitive (find_tool (window, editors[i])));
  g_assert_cmpstr (gtk_widget_get_tooltip_text (find_tool (window, "pen")), ==, tip);

  g_assert_false (has_banner (window, "cannot reach this board any more"));
  tela_session_set_role (session, NULL);
  g_assert_true (has_banner (window, "cannot reach this board any more"));
  g_assert_false (gtk_widget_is_sensitive (find_tool (window, "pen")));
  g_assert_cmpint (tela_session_get_state (session, NULL), ==, TELA_SYNC_LOST);
  g_assert_cmpstr (tela_sync_button_get_words (find_state (window)), ==, "No Longer a Member");
  g_assert_false (find_button (window, "_Try Now") != NULL && gtk_widget_get_visible (find_button (window, "_Try Now")));

  /* What is left of it can be kept. */
  g_assert_true (gtk_widget_get_visible (find_button (window, "_Keep a Copy")));
  click (window, "_Keep a Copy");
  WAIT_UNTIL (g_list_length (gtk_application_get_windows (GTK_APPLICATION (fixture->base.app))) == 2);
  other = gtk_application_get_windows (GTK_APPLICATION (fixture->base.app))->data;
  WAIT_UNTIL (g_strcmp0 (gtk_window_get_title (other), "Copy of Untitled Board") == 0);
}

static void
test_close_alone (DocumentFixture *fixture,
                  gconstpointer    data)
{
  share (fixture, TRUE);
  gtk_window_close (GTK_WINDOW (fixture->window));
  WAIT_UNTIL (tela_application_get_workspace (fixture->base.app) == NULL);
}

int
main (int    argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);

  g_test_add ("/share/switch", DocumentFixture, NULL, document_set_up, test_switch, document_tear_down);
  g_test_add ("/share/people", DocumentFixture, NULL, document_set_up, test_people, document_tear_down);
  g_test_add ("/share/bad-links", DocumentFixture, NULL, document_set_up, test_bad_links, document_tear_down);
  g_test_add ("/share/close", DocumentFixture, NULL, document_set_up, test_close, document_tear_down);
  g_test_add ("/share/roles", DocumentFixture, NULL, document_set_up, test_roles, document_tear_down);
  g_test_add ("/share/quit", DocumentFixture, NULL, document_set_up, test_quit, document_tear_down);
  g_test_add ("/share/quit-alone", DocumentFixture, NULL, document_set_up, test_quit_alone, document_tear_down);
  g_test_add ("/share/viewer", DocumentFixture, NULL, document_set_up, test_viewer, document_tear_down);
  g_test_add ("/share/close-alone", DocumentFixture, NULL, document_set_up, test_close_alone, document_tear_down);

  return g_test_run ();
}
