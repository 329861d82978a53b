/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sync-fixture.h"

#include <math.h>

#include "tela-versions.h"

#define RECTANGLE "{\"type\":\"rectangle\",\"x\":10,\"y\":20,\"width\":80,\"height\":40,\"index\":\"a0\"}"

static void
take_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static TelaRemote *
remote_of (Peer *peer)
{
  return tela_workspace_get_remote (peer->workspace);
}

static GPtrArray *
list (Peer       *peer,
      const char *id)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  GPtrArray *versions;

  tela_versions_list_async (remote_of (peer), id, NULL, take_cb, &result);
  wait_until (result != NULL);
  versions = tela_versions_list_finish (remote_of (peer), result, &error);
  g_assert_no_error (error);
  return versions;
}

static char *
name_version (Peer       *peer,
              const char *name)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  char *version;

  tela_versions_name_async (peer->session, name, NULL, take_cb, &result);
  wait_until (result != NULL);
  version = tela_versions_name_finish (peer->session, result, &error);
  g_assert_no_error (error);
  return version;
}

static void
restore (Peer              *peer,
         const char        *id,
         const TelaVersion *version,
         gssize             n)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) elements = NULL;

  tela_versions_fetch_async (remote_of (peer), id, version, NULL, take_cb, &result);
  wait_until (result != NULL);
  elements = tela_versions_fetch_finish (remote_of (peer), result, &error);
  g_assert_no_error (error);
  g_clear_object (&result);
  tela_versions_restore_async (peer->session, elements, NULL, take_cb, &result);
  wait_until (result != NULL);
  g_assert_cmpint (tela_versions_restore_finish (peer->session, result, &error), ==, n);
  g_assert_no_error (error);
  peer_drain (peer);
}

static char *
plain_dump (Peer *peer)
{
  return tela_board_dump (tela_session_get_board (peer->session), FALSE);
}

/* Moved, deleted, drawn, recoloured since: all is as it was; undo brings it back; the other one sees both. */
static void
test_restore (Server       *server,
              gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  g_autoptr (Peer) b = peer_new (server, TRUE);
  g_autoptr (GPtrArray) versions = NULL;
  g_autofree char *id = NULL, *version = NULL, *then = NULL, *later = NULL, *again = NULL, *undone = NULL;

  peer_connect (a, TRUE);
  peer_connect (b, TRUE);
  id = make_board (a);
  edit (a, "e1", RECTANGLE);
  edit (a, "e2", RECTANGLE);
  then = plain_dump (a);
  version = name_version (a, "Before");

  edit (a, "e1", "{\"x\":99,\"customData\":{\"k\":1}}");
  edit (a, "e2", "{\"isDeleted\":true}");
  peer_open (b, id);
  peer_drain (a);
  peer_drain (b);
  edit (b, "e3", RECTANGLE);
  peer_drain (b);
  peer_drain (a);
  later = plain_dump (a);
  g_assert_cmpstr (then, !=, later);

  versions = list (a, id);
  g_assert_cmpuint (versions->len, >=, 2);
  for (guint i = 0; i < versions->len; i++)
    {
      const TelaVersion *one = g_ptr_array_index (versions, i);

      if (g_strcmp0 (one->id, version) == 0)
        {
          g_assert_cmpstr (one->name, ==, "Before");
          restore (a, id, one, 3);
          restore (a, id, one, 0);
        }
    }
  again = plain_dump (a);
  g_assert_cmpstr (again, ==, then);
  peer_drain (b);
  assert_same (a, b);
  g_assert_true (tela_session_undo (a->session, NULL));
  undone = plain_dump (a);
  g_assert_cmpstr (undone, ==, later);
}

/* What the server has forgotten of an element, its tombstone too, is written anew, whole. */
static void
test_whole (void)
{
  g_autoptr (TelaBoard) board = tela_board_new ("p");
  g_autoptr (GPtrArray) elements = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_element_unref);
  g_autoptr (GPtrArray) ops = NULL;
  g_autoptr (GPtrArray) none = NULL;

  g_ptr_array_add (elements, op_new ("e1", RECTANGLE));
  g_ptr_array_add (elements, op_new ("gone", "{\"type\":\"line\",\"isDeleted\":true}"));
  g_ptr_array_add (elements, op_new (TELA_BOARD_ELEMENT_ID, "{\"name\":\"Old\",\"paper\":\"dots\"}"));
  ops = tela_versions_plan (board, elements);
  g_assert_cmpuint (ops->len, ==, 2);
  g_assert_cmpuint (tela_element_get_n (ops->pdata[0]), ==, 6);
  g_assert_cmpuint (tela_element_get_n (ops->pdata[1]), ==, 1); /* its name stays what people call it today */
  tela_board_merge (board, (TelaElement *const *) ops->pdata, ops->len);
  none = tela_versions_plan (board, elements);
  g_assert_cmpuint (none->len, ==, 0);
}

static void
test_bad (Server       *server,
          gconstpointer data)
{
  g_autoptr (Peer) a = peer_new (server, TRUE);
  const TelaVersion absent = { .rev = 7 };
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) versions = NULL;
  g_autofree char *id = NULL;

  peer_connect (a, TRUE);
  id = make_board (a);
  peer_drain (a);
  tela_versions_fetch_async (remote_of (a), id, &absent, NULL, take_cb, &result);
  wait_until (result != NULL);
  g_assert_null (tela_versions_fetch_finish (remote_of (a), result, &error));
  g_assert_error (error, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_REFUSED);
  versions = list (a, id);
  g_assert_cmpuint (versions->len, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/versions/restore", Server, NULL, server_set_up, test_restore, server_tear_down);
  g_test_add_func ("/versions/whole", test_whole);
  g_test_add ("/versions/bad", Server, NULL, server_set_up, test_bad, server_tear_down);
  return g_test_run ();
}
