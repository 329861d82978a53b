/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* What the lists of boards of several people show. */

#include "sync-fixture.h"

#include <string.h>

/* The owner's process, and another person's, who has been given a role. */
typedef struct
{
  Server      *server;
  Peer        *owner, *member;
  TelaProject *own, *theirs; /* the same board in both lists */
} Lists;

/* (transfer full) (nullable) */
static TelaProject *
first_of (Peer *peer)
{
  return g_list_model_get_item (tela_workspace_get_projects (peer->workspace), 0);
}

static void
lists_open (Lists      *self,
            Server     *server,
            const char *role)
{
  g_autofree char *id = NULL;
  g_autofree char *json = NULL;

  self->server = server;
  self->owner = peer_new (server, TRUE);
  self->member = peer_new (server, FALSE);
  peer_connect (self->owner, TRUE);
  peer_connect (self->member, FALSE);
  id = make_board (self->owner);
  peer_close (self->owner);
  wait_until (tela_workspace_get_user_id (self->member->workspace) != NULL);
  json = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"%s\"}", id,
                          tela_workspace_get_user_id (self->member->workspace), role);
  peer_rest (self->owner, "POST", "/rest/v1/project_members", json);
  wait_until ((self->theirs = first_of (self->member)) != NULL);
  self->own = first_of (self->owner);
}

static void
lists_clear (Lists *self)
{
  g_clear_object (&self->own);
  g_clear_object (&self->theirs);
  peer_free (self->owner);
  peer_free (self->member);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Lists, lists_clear)

static void
drained_cb (GObject      *source,
            GAsyncResult *result,
            gpointer      user_data)
{
  *(gboolean *) user_data = tela_workspace_drain_finish (TELA_WORKSPACE (source), result, NULL);
}

static void
drain (Peer *peer)
{
  gboolean done = FALSE;

  tela_workspace_drain_async (peer->workspace, NULL, drained_cb, &done);
  wait_until (done);
}

static void
got_cb (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  *(GBytes **) user_data = tela_workspace_get_thumbnail_finish (TELA_WORKSPACE (source), result, NULL);
  if (*(GBytes **) user_data == NULL)
    *(GBytes **) user_data = g_bytes_new_static ("nothing", 7);
}

static void
assert_picture (Peer        *peer,
                TelaProject *project,
                const char  *expected)
{
  g_autoptr (GBytes) bytes = NULL;

  tela_workspace_get_thumbnail_async (peer->workspace, project, NULL, got_cb, &bytes);
  wait_until (bytes != NULL);
  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), expected, strlen (expected));
}

static void
paint (Peer        *peer,
       TelaProject *project,
       const char  *picture)
{
  g_autoptr (GBytes) bytes = g_bytes_new (picture, strlen (picture));

  tela_workspace_set_thumbnail (peer->workspace, tela_project_get_id (project), bytes);
}

static gboolean
shows (TelaProject *project,
       const char  *picture)
{
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, picture, -1);

  return g_strcmp0 (tela_project_get_thumbnail (project), hash) == 0;
}

/* Whoever may edit paints; all see it, with nothing but the topic of their own. */
static void
test_thumbnail (Server       *server,
                gconstpointer data)
{
  g_auto (Lists) lists = { NULL };
  gint64 before;

  lists_open (&lists, server, "editor");
  g_assert_null (tela_project_get_thumbnail (lists.own));
  paint (lists.owner, lists.own, "first");
  wait_until (shows (lists.theirs, "first"));
  assert_picture (lists.member, lists.theirs, "first");
  paint (lists.member, lists.theirs, "second");
  wait_until (shows (lists.own, "second"));
  assert_picture (lists.owner, lists.own, "second");
  assert_picture (lists.member, lists.theirs, "second");

  /* The same once more is no news. */
  drain (lists.owner);
  drain (lists.member);
  before = tela_project_get_updated_at (lists.own);
  paint (lists.owner, lists.own, "second");
  drain (lists.owner);
  g_assert_cmpint (tela_project_get_updated_at (lists.own), ==, before);

  /* What came is there without the server. */
  fault_proxy_cut (lists.member->proxy);
  assert_picture (lists.member, lists.theirs, "second");
}

/* A viewer does not even try. */
static void
test_viewer (Server       *server,
             gconstpointer data)
{
  g_auto (Lists) lists = { NULL };

  lists_open (&lists, server, "viewer");
  drain (lists.member);
  paint (lists.member, lists.theirs, "theirs");
  g_assert_true (g_queue_is_empty (&lists.member->workspace->queue));
  g_assert_cmpuint (lists.member->workspace->n_holds, ==, 0);
  paint (lists.owner, lists.own, "ours");
  wait_until (shows (lists.theirs, "ours"));
  assert_picture (lists.member, lists.theirs, "ours");
}

/* Painted without a network: there at once, also after a restart, and told once there is one. Only the last is told. */
static void
test_offline (Server       *server,
              gconstpointer data)
{
  g_auto (Lists) lists = { NULL };

  lists_open (&lists, server, "viewer");
  drain (lists.owner);
  fault_proxy_cut (lists.owner->proxy);
  paint (lists.owner, lists.own, "first");
  wait_until (shows (lists.own, "first"));
  paint (lists.owner, lists.own, "second");
  wait_until (shows (lists.own, "second"));
  assert_picture (lists.owner, lists.own, "second");
  peer_restart (lists.owner);
  g_clear_object (&lists.own);
  peer_connect (lists.owner, TRUE);
  lists.own = first_of (lists.owner);
  g_assert_true (shows (lists.own, "second"));
  assert_picture (lists.owner, lists.own, "second");
  g_assert_null (tela_project_get_thumbnail (lists.theirs));

  fault_proxy_restore (lists.owner->proxy);
  realtime_manager_connect (lists.owner->realtime);
  wait_until (shows (lists.theirs, "second"));
  assert_picture (lists.member, lists.theirs, "second");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add ("/board-list/" path, Server, NULL, server_set_up, func, server_tear_down)
  ADD ("thumbnail", test_thumbnail);
  ADD ("viewer", test_viewer);
  ADD ("offline", test_offline);

  return g_test_run ();
}
