/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* A colleague comes by a link: over TLS that the link vouches for, with the right that the link gives. */

#include <string.h>

#include "realtime-trust.h"
#include "sync-fixture.h"
#include "tela-http.h"
#include "tela-invite.h"
#include "tela-pick.h"
#include "tela-share.h"

static void
result_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

/* Runs until the call that was given @result as its data has ended. */
#define RESULT(call)                      \
  g_autoptr (GAsyncResult) result = NULL; \
  call;                                   \
  wait_until (result != NULL)

static void
share (Peer    *owner,
       gboolean on)
{
  static const char *const here[] = { "127.0.0.1", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaShareState) state = NULL;

  RESULT (tela_share_set_async (owner->workspace, on, NULL, here, NULL, result_cb, &result));
  state = tela_share_state_finish (owner->workspace, result, &error);
  g_assert_no_error (error);
  g_assert_cmpint (state->is_on, ==, on);
  g_assert_cmpuint (g_strv_length (state->addresses), ==, on ? 1 : 0);
  g_assert_null (state->problem);
}

static char *
invite (Peer       *owner,
        const char *project,
        const char *role,
        gint64      seconds,
        guint       max_uses)
{
  g_autoptr (GError) error = NULL;
  char *link;

  RESULT (
      tela_share_invite_async (owner->workspace, project, role, seconds, max_uses, NULL, result_cb, &result));
  link = tela_share_invite_finish (owner->workspace, result, &error);
  g_assert_no_error (error);
  return link;
}

static TelaWelcome *
accept_link (const char *link,
             const char *token,
             GError    **error)
{
  g_autoptr (TelaInvite) parsed = tela_invite_parse (link, NULL);

  RESULT (tela_invite_accept_async (parsed, token, NULL, result_cb, &result));
  return tela_invite_accept_finish (result, error);
}

static void
expect_refused (const char *link)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (accept_link (link, NULL, &error));
  g_assert_error (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_REFUSED);
}

static Peer *
come_in (Server     *server,
         const char *link)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaWelcome) welcome = accept_link (link, NULL, &error);
  Peer *guest = peer_new (server, FALSE);

  g_assert_no_error (error);
  g_assert_true (g_str_has_prefix (welcome->url, "https://127.0.0.1:"));
  tela_workspace_set_endpoint (guest->workspace, welcome->url, welcome->key, welcome->session, FALSE);
  peer_open (guest, welcome->project);
  return guest;
}

static TelaSharePeople *
people_of (Peer       *peer,
           const char *project)
{
  g_autoptr (GError) error = NULL;
  TelaSharePeople *people;

  RESULT (tela_share_people_async (peer->workspace, project, NULL, result_cb, &result));
  people = tela_share_people_finish (peer->workspace, result, &error);
  g_assert_no_error (error);
  return people;
}

static void
test_editor (Server       *server,
             gconstpointer data)
{
  g_autoptr (Peer) owner = peer_new (server, TRUE);
  g_autoptr (Peer) guest = NULL;
  g_autofree char *project = NULL;
  g_autofree char *link = NULL;
  g_autoptr (TelaSharePeople) people = NULL;

  peer_connect (owner, TRUE);
  project = make_board (owner);
  edit (owner, "a", "{\"type\":\"rectangle\",\"x\":1}");
  peer_drain (owner);
  share (owner, TRUE);
  link = invite (owner, project, "editor", 3600, 0);
  guest = come_in (server, link);
  wait_until (number_of (guest, "a", TELA_KEY_X) == 1);
  edit (guest, "a", "{\"x\":2}");
  peer_drain (guest);
  wait_until (number_of (owner, "a", TELA_KEY_X) == 2);

  people = people_of (owner, project);
  g_assert_cmpuint (people->members->len, ==, 2);
  g_assert_cmpuint (people->invites->len, ==, 1);
  g_assert_cmpuint (((TelaShareInvite *) people->invites->pdata[0])->uses, ==, 1);
  g_assert_cmpstr (((TelaShareMember *) people->members->pdata[0])->role, ==, "owner");
  g_assert_cmpstr (((TelaShareMember *) people->members->pdata[1])->role, ==, "editor");
  g_assert_true (((TelaShareMember *) people->members->pdata[1])->is_connected);
}

/* The owner gives another right, and the guest another name. */
static void
test_member (Server       *server,
             gconstpointer data)
{
  g_autoptr (Peer) owner = peer_new (server, TRUE);
  g_autoptr (Peer) guest = NULL;
  g_autofree char *project = NULL;
  g_autofree char *link = NULL;
  g_autoptr (TelaSharePeople) people = NULL;
  g_autoptr (GError) error = NULL;

  peer_connect (owner, TRUE);
  project = make_board (owner);
  peer_drain (owner);
  share (owner, TRUE);
  link = invite (owner, project, "viewer", 3600, 0);
  guest = come_in (server, link);
  wait_until (g_strcmp0 (tela_session_get_role (guest->session), "viewer") == 0);
  {
    RESULT (tela_share_set_name_async (guest->workspace, "Bo “B” \\", NULL, result_cb, &result));
    g_assert_true (tela_share_done_finish (guest->workspace, result, &error));
    g_assert_no_error (error);
  }
  {
    RESULT (tela_share_set_role_async (owner->workspace, project, tela_workspace_get_user_id (guest->workspace), "editor",
                                       NULL, result_cb, &result));
    g_assert_true (tela_share_done_finish (owner->workspace, result, &error));
    g_assert_no_error (error);
  }
  wait_until (tela_session_can_edit (guest->session));
  edit (guest, "a", "{\"type\":\"rectangle\",\"x\":1}");
  peer_drain (guest);
  wait_until (number_of (owner, "a", TELA_KEY_X) == 1);
  people = people_of (owner, project);
  g_assert_cmpstr (((TelaShareMember *) people->members->pdata[1])->name, ==, "Bo “B” \\");
  g_assert_cmpstr (((TelaShareMember *) people->members->pdata[1])->role, ==, "editor");
  {
    RESULT (tela_share_set_role_async (owner->workspace, project, tela_workspace_get_user_id (guest->workspace), "king",
                                       NULL, result_cb, &result));
    g_assert_false (tela_share_done_finish (owner->workspace, result, &error));
    g_assert_error (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_REFUSED);
  }
}

static void
test_viewer (Server       *server,
             gconstpointer data)
{
  g_autoptr (Peer) owner = peer_new (server, TRUE);
  g_autoptr (Peer) guest = NULL;
  g_autofree char *project = NULL;
  g_autofree char *link = NULL;
  g_autoptr (TelaSharePeople) people = NULL;

  peer_connect (owner, TRUE);
  project = make_board (owner);
  edit (owner, "a", "{\"type\":\"rectangle\",\"x\":1}");
  peer_drain (owner);
  share (owner, TRUE);
  link = invite (owner, project, "viewer", 0, 0);
  guest = come_in (server, link);
  wait_until (number_of (guest, "a", TELA_KEY_X) == 1);
  people = people_of (guest, project);
  g_assert_cmpuint (people->members->len, ==, 2);
  g_assert_null (people->invites); /* for the owner's eyes */
  edit (owner, "a", "{\"x\":3}");
  wait_until (number_of (guest, "a", TELA_KEY_X) == 3);
}

static void
test_removed (Server       *server,
              gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (Peer) owner = peer_new (server, TRUE);
  g_autoptr (Peer) guest = NULL;
  g_autofree char *project = NULL;
  g_autofree char *link = NULL;
  g_autofree char *user_id = NULL;
  g_autoptr (TelaSharePeople) before = NULL;
  g_autoptr (TelaSharePeople) after = NULL;

  peer_connect (owner, TRUE);
  project = make_board (owner);
  peer_drain (owner);
  share (owner, TRUE);
  link = invite (owner, project, "editor", 0, 0);
  guest = come_in (server, link);
  before = people_of (owner, project);
  user_id = g_strdup (((TelaShareMember *) before->members->pdata[1])->user_id);
  {
    RESULT (tela_share_remove_async (owner->workspace, project, user_id, NULL, result_cb, &result));
    g_assert_true (tela_share_done_finish (owner->workspace, result, &error));
  }
  after = people_of (owner, project);
  g_assert_cmpuint (after->members->len, ==, 1);
  wait_until (tela_session_get_state (guest->session, NULL) == TELA_SYNC_LOST);
}

/* By a second link the same guest comes to a second board. */
static void
test_again (Server       *server,
            gconstpointer data)
{
  g_autoptr (Peer) owner = peer_new (server, TRUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *link = NULL;
  g_autofree char *other = NULL;
  g_autofree char *token = NULL;
  g_autoptr (TelaWelcome) welcome = NULL;
  g_autoptr (TelaWelcome) again = NULL;
  g_autoptr (TelaSharePeople) here = NULL;
  g_autoptr (TelaSharePeople) there = NULL;

  peer_connect (owner, TRUE);
  first = make_board (owner);
  second = make_board (owner);
  share (owner, TRUE);
  link = invite (owner, first, "viewer", 0, 0);
  other = invite (owner, second, "editor", 0, 0);
  welcome = accept_link (link, NULL, &error);
  g_assert_no_error (error);
  token = tela_pick_text ((TelaJsonSpan){ welcome->session, strlen (welcome->session) }, "refresh_token");
  again = accept_link (other, token, &error);
  g_assert_no_error (error);
  here = people_of (owner, first);
  there = people_of (owner, second);
  g_assert_cmpstr (((TelaShareMember *) here->members->pdata[1])->user_id, ==,
                   ((TelaShareMember *) there->members->pdata[1])->user_id);
}

/* Expired, used up, and simply wrong. */
static void
test_bad_links (Server       *server,
                gconstpointer data)
{
  g_autoptr (Peer) owner = peer_new (server, TRUE);
  g_autofree char *project = NULL;
  g_autofree char *once = NULL;
  g_autofree char *wrong = NULL;
  g_autofree char *late = NULL;
  g_autoptr (TelaWelcome) welcome = NULL;
  g_autoptr (TelaInvite) parsed = NULL;
  g_autoptr (GError) error = NULL;

  peer_connect (owner, TRUE);
  project = make_board (owner);
  share (owner, TRUE);
  once = invite (owner, project, "viewer", 3600, 1);
  welcome = accept_link (once, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (welcome->role, ==, "viewer");
  expect_refused (once);

  parsed = tela_invite_parse (once, NULL);
  parsed->code[0] = parsed->code[0] == 'a' ? 'b' : 'a';
  wrong = tela_invite_to_link (parsed);
  expect_refused (wrong);
  parsed->expires_at = 1000;
  late = tela_invite_to_link (parsed);
  expect_refused (late);
}

/* Somebody who stands between has another certificate. */
static void
test_other_certificate (Server       *server,
                        gconstpointer data)
{
  g_autoptr (Peer) owner = peer_new (server, TRUE);
  g_autofree char *project = NULL;
  g_autofree char *link = NULL;
  g_autofree char *forged = NULL;
  g_autoptr (TelaInvite) parsed = NULL;
  g_autoptr (GError) error = NULL;

  peer_connect (owner, TRUE);
  project = make_board (owner);
  share (owner, TRUE);
  link = invite (owner, project, "editor", 0, 0);
  parsed = tela_invite_parse (link, NULL);
  memset (parsed->fingerprint, '0', 64);
  forged = tela_invite_to_link (parsed);
  g_assert_null (accept_link (forged, NULL, &error));
  g_assert_error (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_NETWORK);
}

/* Off is off, and nothing can be invited to. */
static void
test_off (Server       *server,
          gconstpointer data)
{
  g_autoptr (Peer) owner = peer_new (server, TRUE);
  g_autofree char *project = NULL;
  g_autofree char *link = NULL;
  g_autoptr (GError) error = NULL;

  peer_connect (owner, TRUE);
  project = make_board (owner);
  share (owner, TRUE);
  link = invite (owner, project, "editor", 0, 0);
  share (owner, FALSE);
  g_assert_null (accept_link (link, NULL, &error));
  g_assert_error (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_NETWORK);
  g_clear_error (&error);
  {
    RESULT (tela_share_invite_async (owner->workspace, project, "editor", 0, 0, NULL, result_cb, &result));
    g_assert_null (tela_share_invite_finish (owner->workspace, result, &error));
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED);
  }
}

/* The same port and the same certificate after a restart, so that a link stays good. */
static void
test_restart (Server       *server,
              gconstpointer data)
{
  g_autoptr (Peer) owner = peer_new (server, TRUE);
  g_autoptr (GError) error = NULL;
  g_autofree char *project = NULL;
  g_autofree char *link = NULL;
  g_autoptr (TelaWelcome) welcome = NULL;

  peer_connect (owner, TRUE);
  project = make_board (owner);
  share (owner, TRUE);
  link = invite (owner, project, "editor", 0, 0);
  server_stop (server);
  server_start (server);
  welcome = accept_link (link, NULL, &error);
  g_assert_no_error (error);
}

static void
test_links (void)
{
  static const char        good[] = "tela://join?a=192.0.2.7:41000&a=[fd00::1]:41000"
                                    "&f=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
                                    "&h=5a0b1ba4-7ad5-4c9b-8a2f-3d7e4f1c2b3a&p=11111111-2222-4333-8444-555555555555"
                                    "&c=00112233445566778899aabbccddeeff00112233&r=viewer&e=1900000000";
  static const char *const parts[] = { "a=192.0.2.7:41000&a=[fd00::1]:41000&", "&f=0123456789abcdef", "&h=5a0b1ba4",
                                       "&p=11111111", "&c=0011", "&r=viewer" };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaInvite) invite = tela_invite_parse (good, &error);
  g_autofree char *again = NULL;

  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (invite->addresses), ==, 2);
  g_assert_cmpstr (invite->addresses[1], ==, "[fd00::1]:41000");
  g_assert_cmpint (invite->expires_at, ==, 1900000000);
  again = tela_invite_to_link (invite);
  g_assert_cmpstr (again, ==, good);
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr (GString) bad = g_string_new (good);

      g_assert_cmpuint (g_string_replace (bad, parts[i], i == 0 ? "" : "&z=", 1), ==, 1);
      g_assert_null (tela_invite_parse (bad->str, NULL));
    }
  g_assert_null (tela_invite_parse ("tela://join?", NULL));
  g_assert_null (tela_invite_parse ("https://example.org/", NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/sync/share/" name, Server, NULL, server_set_up, func, server_tear_down)
  g_test_add_func ("/sync/share/links", test_links);
  ADD ("editor", test_editor);
  ADD ("member", test_member);
  ADD ("viewer", test_viewer);
  ADD ("removed", test_removed);
  ADD ("again", test_again);
  ADD ("bad-links", test_bad_links);
  ADD ("other-certificate", test_other_certificate);
  ADD ("off", test_off);
  ADD ("restart", test_restart);
  return g_test_run ();
}
