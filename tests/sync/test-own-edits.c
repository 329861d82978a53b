/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sync-fixture.h"

#include <math.h>

#define RECTANGLE "{\"type\":\"rectangle\",\"x\":10,\"y\":20,\"width\":80,\"height\":40,\"index\":\"a0\"}"

/* More than two clocks that were set by one server differ: who writes then has written later. */
#define LATER_MS 100

static void
listed_cb (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  GPtrArray **edits = user_data;
  g_autoptr (GError) error = NULL;

  *edits = tela_session_list_edits_finish (TELA_SESSION (source), result, &error);
  g_assert_no_error (error);
}

static GPtrArray *
list_edits (Peer *peer)
{
  GPtrArray *edits = NULL;

  tela_session_list_edits_async (peer->session, NULL, listed_cb, &edits);
  wait_until (edits != NULL);

  return edits;
}

/* Lists them anew until there are so many. */
static gboolean
has_edits (Peer       *peer,
           GPtrArray **edits,
           guint       n)
{
  g_clear_pointer (edits, g_ptr_array_unref);
  *edits = list_edits (peer);

  return (*edits)->len == n;
}

static double
x_of (const TelaOwnEdit *edit)
{
  return tela_element_get_number (edit->ops->pdata[0], TELA_KEY_X, NAN);
}

/* Two hands on one board that has e1 on it. */
static char *
set_up (Server *server,
        Peer   *a,
        Peer   *b)
{
  char *id;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  peer_open (b, id);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10 && tela_session_can_edit (b->session));
  peer_drain (a);

  return id;
}

/* While a is away, b writes the same a little later. */
static void
test_lost (Server       *server,
           gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id G_GNUC_UNUSED = set_up (server, a, b);
  g_autoptr (GPtrArray) waiting = NULL;
  g_autoptr (GPtrArray) lost = NULL;

  fault_proxy_cut (a->proxy);
  edit (a, "e1", "{\"x\":100,\"y\":100}");
  wait_until (has_edits (a, &waiting, 1));
  g_assert_cmpint (((TelaOwnEdit *) waiting->pdata[0])->kind, ==, TELA_OWN_EDIT_WAITING);
  g_assert_cmpfloat (x_of (waiting->pdata[0]), ==, 100);
  wait_ms (LATER_MS);
  edit (b, "e1", "{\"x\":200,\"width\":90}");
  peer_drain (b);
  fault_proxy_restore (a->proxy);
  peer_drain (a);
  wait_until (number_of (a, "e1", TELA_KEY_X) == 200);
  g_assert_cmpfloat (number_of (a, "e1", TELA_KEY_Y), ==, 100);

  lost = list_edits (a);
  g_assert_cmpuint (lost->len, ==, 1);
  g_assert_cmpint (((TelaOwnEdit *) lost->pdata[0])->kind, ==, TELA_OWN_EDIT_LOST);
  g_assert_cmpuint (((TelaOwnEdit *) lost->pdata[0])->actor, ==, tela_session_get_actor (b->session));
  g_assert_cmpfloat (x_of (lost->pdata[0]), ==, 100);
  g_assert_cmpuint (tela_element_get_n (((TelaOwnEdit *) lost->pdata[0])->ops->pdata[0]), ==, 1);
  tela_session_apply_again (a->session, lost->pdata[0]);
  g_assert_cmpuint (tela_session_get_n_lost (a->session), ==, 0);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 100);
}

/* What somebody does who has seen one's edit takes nothing from one. */
static void
test_in_turn (Server       *server,
              gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id G_GNUC_UNUSED = set_up (server, a, b);

  edit (a, "e1", "{\"x\":100}");
  peer_drain (a);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 100);
  wait_ms (600); /* within half a second it might have been a coincidence */
  edit (b, "e1", "{\"x\":200}");
  wait_until (number_of (a, "e1", TELA_KEY_X) == 200);
  g_assert_cmpuint (tela_session_get_n_lost (a->session), ==, 0);
}

/* Of an element that somebody deletes meanwhile all that was written is lost, and comes back with it. */
static void
test_deleted (Server       *server,
              gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autofree char *id G_GNUC_UNUSED = set_up (server, a, b);
  g_autoptr (GPtrArray) lost = NULL;

  fault_proxy_cut (a->proxy);
  edit (a, "e1", "{\"x\":100}");
  wait_ms (LATER_MS);
  edit (b, "e1", "{\"isDeleted\":true}");
  peer_drain (b);
  fault_proxy_restore (a->proxy);
  peer_drain (a);
  wait_until (tela_session_get_n_lost (a->session) == 1);
  lost = list_edits (a);
  tela_session_apply_again (a->session, lost->pdata[0]);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 100 &&
              tela_element_is_visible (tela_board_lookup (tela_session_get_board (b->session), "e1")));
}

static void
test_refused (Server       *server,
              gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, FALSE);
  g_autofree char *id = NULL;
  g_autofree char *member = NULL;
  g_autofree char *path = NULL;
  g_autoptr (GPtrArray) edits = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, FALSE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  wait_until (tela_workspace_get_user_id (b->workspace) != NULL);
  member = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"editor\"}", id,
                            tela_workspace_get_user_id (b->workspace));
  peer_rest (a, "POST", "/rest/v1/project_members", member);
  peer_open (b, id);
  wait_until (number_of (b, "e1", TELA_KEY_X) == 10 && tela_session_can_edit (b->session));
  peer_drain (b);

  fault_proxy_stall (b->proxy);
  edit (b, "e1", "{\"x\":99}");
  path = g_strdup_printf ("/rest/v1/project_members?project_id=eq.%s&user_id=eq.%s", id,
                          tela_workspace_get_user_id (b->workspace));
  peer_rest (a, "PATCH", path, "{\"role\":\"viewer\"}");
  fault_proxy_restore (b->proxy);
  wait_until (b->n_refused > 0);
  edits = list_edits (b);
  g_assert_cmpuint (edits->len, ==, 1);
  g_assert_cmpint (((TelaOwnEdit *) edits->pdata[0])->kind, ==, TELA_OWN_EDIT_REFUSED);
  g_assert_nonnull (((TelaOwnEdit *) edits->pdata[0])->reason);
  g_assert_cmpfloat (x_of (edits->pdata[0]), ==, 99);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, test) g_test_add ("/own-edits/" name, Server, NULL, server_set_up, test, server_tear_down)
  ADD ("lost", test_lost);
  ADD ("in-turn", test_in_turn);
  ADD ("deleted", test_deleted);
  ADD ("refused", test_refused);

  return g_test_run ();
}
