/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "sync-fixture.h"

#include <math.h>

/* Two processes of the owner's, and a guest who may be given a role. */
typedef struct
{
  Server server;
  Peer  *a, *b;
  char  *id;
} Crowd;

static TelaPeople *
people_of (Peer *peer)
{
  return tela_session_get_people (peer->session);
}

static guint
n_seen (Peer *peer)
{
  return g_list_model_get_n_items (G_LIST_MODEL (people_of (peer)));
}

/* What is said on the live lane now is heard. */
static gboolean
is_listening (Peer *peer)
{
  RealtimeSubscription *subscription = peer->session->live.subscription;

  return subscription != NULL && realtime_subscription_is_subscribed (subscription);
}

static void
crowd_set_up (Crowd        *crowd,
              gconstpointer data)
{
  gboolean         is_same_user = GPOINTER_TO_INT (data);
  g_autofree char *member = NULL;

  server_set_up (&crowd->server, NULL);
  crowd->a = peer_new (&crowd->server, TRUE);
  crowd->b = peer_new (&crowd->server, is_same_user);
  peer_connect (crowd->a, TRUE);
  peer_connect (crowd->b, is_same_user);
  crowd->id = make_board (crowd->a);
  if (!is_same_user)
    {
      wait_until (tela_workspace_get_user_id (crowd->b->workspace) != NULL);
      member = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"viewer\"}", crowd->id,
                                tela_workspace_get_user_id (crowd->b->workspace));
      peer_rest (crowd->a, "POST", "/rest/v1/project_members", member);
    }
  peer_open (crowd->b, crowd->id);
  wait_until (tela_session_can_edit (crowd->a->session));
  tela_people_set_self (people_of (crowd->a), "Ana", "#e03131");
  tela_people_set_self (people_of (crowd->b), "Bo", "#1971c2");
  wait_until (n_seen (crowd->a) == 1 && n_seen (crowd->b) == 1);
  wait_until (is_listening (crowd->a) && is_listening (crowd->b));
}

static void
crowd_tear_down (Crowd        *crowd,
                 gconstpointer data)
{
  peer_free (crowd->b);
  peer_free (crowd->a);
  g_free (crowd->id);
  server_tear_down (&crowd->server, NULL);
}

/* NULL: nobody */
static TelaPerson *
first_of (Peer *peer)
{
  g_autoptr (TelaPerson) person = g_list_model_get_item (G_LIST_MODEL (people_of (peer)), 0);

  return person; /* the list has it */
}

static gboolean
is_seen_as (Peer           *peer,
            const char     *name,
            TelaPersonState state)
{
  TelaPerson *person = first_of (peer);

  return person != NULL && g_strcmp0 (tela_person_get_name (person), name) == 0 &&
         tela_person_get_state (person) == state;
}

static void
test_who_is_there (Crowd        *crowd,
                   gconstpointer data)
{
  wait_until (is_seen_as (crowd->a, "Bo", TELA_PERSON_ACTIVE));
  g_assert_cmpstr (tela_person_get_colour (first_of (crowd->a)), ==, "#1971c2");
  tela_people_set_state (people_of (crowd->b), TELA_PERSON_IDLE);
  wait_until (is_seen_as (crowd->a, "Bo", TELA_PERSON_IDLE));
  g_assert_cmpint (g_get_monotonic_time () - tela_person_get_since (first_of (crowd->a)), <, 60 * G_USEC_PER_SEC);
  peer_close (crowd->b);
  wait_until (n_seen (crowd->a) == 0);
}

/* Two processes of one user are one person, who knows of the other one. */
static void
test_one_person (Crowd        *crowd,
                 gconstpointer data)
{
  wait_until (first_of (crowd->a) != NULL);
  g_assert_cmpstr (tela_person_get_id (first_of (crowd->a)), ==, tela_workspace_get_user_id (crowd->a->workspace));
  tela_people_set_windows (people_of (crowd->b), 2);
  wait_until (first_of (crowd->a) != NULL && tela_person_get_n_windows (first_of (crowd->a)) == 3);
}

/* To others, too, who see one person with all those windows, and not two. */
static void
test_one_person_to_others (Crowd        *crowd,
                           gconstpointer data)
{
  g_autoptr (Peer) guest = peer_new (&crowd->server, FALSE);
  g_autofree char *member = NULL;

  peer_connect (guest, FALSE);
  wait_until (tela_workspace_get_user_id (guest->workspace) != NULL);
  member = g_strdup_printf ("{\"project_id\":\"%s\",\"user_id\":\"%s\",\"role\":\"viewer\"}", crowd->id,
                            tela_workspace_get_user_id (guest->workspace));
  peer_rest (crowd->a, "POST", "/rest/v1/project_members", member);
  peer_open (guest, crowd->id);
  tela_people_set_self (people_of (guest), "Cy", "#2f9e44");
  tela_people_set_windows (people_of (crowd->b), 2);
  wait_until (n_seen (guest) == 1 && tela_person_get_n_windows (first_of (guest)) == 3);
  g_assert_cmpstr (tela_person_get_id (first_of (guest)), ==, tela_workspace_get_user_id (crowd->a->workspace));
  /* Oneself, and the guest. */
  wait_until (n_seen (crowd->a) == 2 && n_seen (crowd->b) == 2);

  /* Where the other one points is seen as one's own hand, and the guest sees whose it is. */
  tela_people_move (people_of (crowd->b), 10, 20);
  wait_until (tela_people_find_peer (people_of (guest), first_of (guest)) != NULL);
  wait_until (tela_people_get_peers (people_of (crowd->a))->len == 1);
  {
    TelaPeer *other = tela_people_get_peers (people_of (crowd->a))->pdata[0];

    g_assert_cmpstr (tela_person_get_id (other->person), ==, tela_workspace_get_user_id (crowd->a->workspace));
  }

  /* With the other process closed one is alone with the guest. */
  peer_close (crowd->b);
  wait_until (n_seen (crowd->a) == 1);
  g_assert_cmpstr (tela_person_get_id (first_of (crowd->a)), ==, tela_workspace_get_user_id (guest->workspace));
}

static TelaPeer *
peer_of (Peer *peer)
{
  GPtrArray *peers = tela_people_get_peers (people_of (peer));

  return peers->len > 0 ? peers->pdata[0] : NULL;
}

static gboolean
is_seen_at (Peer  *peer,
            double x)
{
  TelaPeer *other = peer_of (peer);
  double    at, y;

  return other != NULL && tela_track_get (other->track, g_get_monotonic_time (), &at, &y) && fabs (at - x) < 1e-6;
}

static gboolean
has_all (Peer *peer)
{
  TelaPeer *other = peer_of (peer);

  return other != NULL && other->person == first_of (peer) && other->laser->len > 0 && other->cursor->selected != NULL &&
         g_str_equal (other->cursor->selected->pdata[0], "e1") && other->cursor->view.width == 800 &&
         tela_people_get_writer (people_of (peer), "e2") == other;
}

static gboolean
is_gone (Peer *peer)
{
  TelaPeer *other = peer_of (peer);
  double    x, y;

  return other != NULL && !tela_track_get (other->track, g_get_monotonic_time (), &x, &y);
}

/* Over live: for who may edit, over room: for who may not. */
static void
test_cursors (Crowd        *crowd,
              gconstpointer data)
{
  g_autoptr (GPtrArray) selected = g_ptr_array_new ();

  g_ptr_array_add (selected, (gpointer) "e1");
  for (guint i = 0; i < 2; i++)
    {
      Peer *from = i == 0 ? crowd->a : crowd->b, *to = i == 0 ? crowd->b : crowd->a;

      g_assert_cmpint (tela_session_can_edit (from->session), ==, i == 0);
      tela_people_move (people_of (from), 10, 20);
      tela_people_move (people_of (from), 30, 40);
      tela_people_show (people_of (from), (TelaRect){ 0, 0, 800, 600 }, selected, (TelaRect){ 0 }, "e2", "pen");
      wait_until (is_seen_at (to, 30));
      tela_people_point (people_of (from), 50, 60);
      wait_until (has_all (to));
      tela_people_leave (people_of (from));
      wait_until (is_gone (to));
    }
}

static void
bring_cb (TelaPeople *people,
          TelaPerson *person,
          guint64     actor,
          guint      *n)
{
  g_assert_nonnull (person);
  ++*n;
}

static void
test_bring (Crowd        *crowd,
            gconstpointer data)
{
  guint n = 0;

  g_signal_connect (people_of (crowd->b), "bring", G_CALLBACK (bring_cb), &n);
  tela_people_show (people_of (crowd->a), (TelaRect){ 0, 0, 800, 600 }, NULL, (TelaRect){ 0 }, NULL, NULL);
  wait_until (peer_of (crowd->b) != NULL);
  tela_people_bring (people_of (crowd->a));
  wait_until (n == 1);
  tela_people_move (people_of (crowd->a), 10, 20);
  wait_until (is_seen_at (crowd->b, 10));
  g_assert_cmpuint (n, ==, 1);
}

/* What was known stays, and says how old it is. */
static void
test_stale (Crowd        *crowd,
            gconstpointer data)
{
  wait_until (tela_people_get_stale_since (people_of (crowd->b)) == 0);
  server_stop (&crowd->server);
  wait_until (tela_people_get_stale_since (people_of (crowd->b)) > 0);
  g_assert_cmpuint (n_seen (crowd->b), ==, 1);
  server_start (&crowd->server);
  wait_until (tela_people_get_stale_since (people_of (crowd->b)) == 0 && n_seen (crowd->b) == 1);
}

static void
changed_cb (GListModel *people,
            guint       at,
            guint       n_removed,
            guint       n_added,
            guint      *n_empty)
{
  *n_empty += g_list_model_get_n_items (people) == 0;
}

/* Who joins again with other rights was there all the time. */
static void
test_other_rights (Crowd        *crowd,
                   gconstpointer data)
{
  TelaPerson      *before = first_of (crowd->a);
  g_autofree char *path = g_strdup_printf ("/rest/v1/project_members?project_id=eq.%s&user_id=eq.%s", crowd->id,
                                           tela_workspace_get_user_id (crowd->b->workspace));
  guint            n_empty = 0;

  wait_until (is_seen_as (crowd->a, "Bo", TELA_PERSON_ACTIVE));
  g_signal_connect (people_of (crowd->a), "items-changed", G_CALLBACK (changed_cb), &n_empty);
  peer_rest (crowd->a, "PATCH", path, "{\"role\":\"editor\"}");
  wait_until (tela_session_can_edit (crowd->b->session) && is_listening (crowd->b));
  /* Of those who edit, on the lane of theirs: they are through. */
  tela_people_move (people_of (crowd->b), 10, 20);
  wait_until (is_seen_at (crowd->a, 10));
  g_assert_cmpuint (n_empty, ==, 0);
  g_assert_true (first_of (crowd->a) == before);

  peer_close (crowd->b);
  wait_until (n_empty > 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, same, test) g_test_add ("/people/" name, Crowd, GINT_TO_POINTER (same), crowd_set_up, test, crowd_tear_down)
  ADD ("who-is-there", FALSE, test_who_is_there);
  ADD ("one-person", TRUE, test_one_person);
  ADD ("one-person/to-others", TRUE, test_one_person_to_others);
  ADD ("cursors", FALSE, test_cursors);
  ADD ("bring", FALSE, test_bring);
  ADD ("stale", FALSE, test_stale);
  ADD ("other-rights", FALSE, test_other_rights);

  return g_test_run ();
}
