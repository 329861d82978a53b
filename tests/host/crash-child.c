/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-host.h"
#include "tela-workspace-private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/gone-client.h"

/* A process that edits a board as the application does, until it is killed: crash-child DATA BOARD FIRST. Gesture n makes three
 * elements "n-0" to "n-2", draws them in steps, and is followed by one that moves them. It prints the number of each one that is
 * on disk. BOARD "new" makes the board and prints its id; FIRST "dump" drains and prints the board instead. */
#define N_PARTS 3
#define N_STEPS 3

typedef struct
{
  TelaHost        *host;
  TelaStore       *store;
  RealtimeManager *realtime;
  TelaWorkspace   *workspace;
  TelaSession     *session;
} Process;

static void
done_cb (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  g_set_object ((GAsyncResult **) user_data, result);
}

static void
await (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
}

static void
process_start (Process    *self,
               const char *dir)
{
  g_autofree char *session = NULL;
  g_autoptr (GPtrArray) idle = NULL;
  g_autoptr (GError) error = NULL;

  self->host = tela_host_new (dir, NULL, NULL, &error);
  g_assert_no_error (error);
  self->store = tela_store_open (tela_host_get_replica_dir (self->host), &error);
  g_assert_no_error (error);
  g_assert_no_error (tela_store_get_warning (self->store));
  self->realtime = realtime_manager_new ();
  self->workspace = tela_workspace_new (self->store, self->realtime);
  session = tela_host_dup_session (self->host);
  tela_workspace_set_endpoint (self->workspace, tela_host_get_url (self->host), tela_host_get_key (self->host), session,
                               TRUE);
  idle = tela_host_claim_idle_replicas (self->host);
  for (guint i = 0; i < idle->len; i++)
    tela_workspace_adopt_replica (self->workspace, g_ptr_array_index (idle, i));
}

static void
process_open (Process    *self,
              const char *board)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_workspace_open_async (self->workspace, board, NULL, done_cb, &result);
  await (&result);
  self->session = tela_workspace_open_finish (self->workspace, result, &error);
  g_assert_no_error (error);
}

static void
process_drain (Process *self)
{
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  tela_session_drain_async (self->session, NULL, done_cb, &result);
  await (&result);
  tela_session_drain_finish (self->session, result, &error);
  g_assert_no_error (error);
}

static void
process_end (Process *self)
{
  g_autoptr (GAsyncResult) result = NULL;

  g_clear_object (&self->session);
  tela_workspace_close (self->workspace);
  realtime_manager_shutdown_async (self->realtime, NULL, done_cb, &result);
  await (&result);
  realtime_manager_shutdown_finish (self->realtime, result, NULL);
  g_clear_object (&self->workspace);
  g_clear_object (&self->realtime);
  tela_store_close (self->store);
  g_clear_object (&self->store);
  tela_host_close (self->host);
  g_clear_object (&self->host);
}

static TelaElement *
make_part (gint64 number,
           int    part,
           int    step)
{
  g_autofree char *id = g_strdup_printf ("%" G_GINT64_FORMAT "-%d", number, part);
  TelaOpBuilder   *builder = tela_op_builder_new (id);

  tela_op_builder_set_string (builder, TELA_KEY_TYPE, "rectangle");
  tela_op_builder_set_number (builder, TELA_KEY_X, step);
  tela_op_builder_set_number (builder, TELA_KEY_WIDTH, 10 + step);
  return tela_op_builder_end (builder, (TelaStamp){ 0 });
}

/* As a hand does it, a step each turn of the main loop. */
static void
draw (Process *self,
      gint64   number)
{
  TelaGesture *gesture = tela_session_begin (self->session);

  tela_gesture_set_draft (gesture, number % 2 == 0);
  for (int step = 1; step <= N_STEPS; step++)
    {
      TelaElement *ops[N_PARTS];

      for (int part = 0; part < N_PARTS; part++)
        ops[part] = make_part (number, part, step);
      tela_gesture_update (gesture, ops, N_PARTS);
      for (int part = 0; part < N_PARTS; part++)
        tela_element_unref (ops[part]);
      g_main_context_iteration (NULL, FALSE);
    }
  tela_gesture_end (gesture);
}

static int
edit (Process *self,
      gint64   number)
{
  gint64 said = number;

  for (;; number++)
    {
      draw (self, number);
      if (number % 5 == 0)
        {
          tela_session_undo (self->session, NULL);
          tela_session_redo (self->session, NULL);
        }
      while (tela_optimistic_updates_get_n_shown (self->session->updates) > 4)
        g_main_context_iteration (NULL, TRUE);
      if (tela_optimistic_updates_get_n_shown (self->session->updates) > 0 && number % 3 != 0)
        continue;
      while (tela_optimistic_updates_get_n_shown (self->session->updates) > 0)
        g_main_context_iteration (NULL, TRUE);
      for (; said <= number; said++)
        printf ("%" G_GINT64_FORMAT "\n", said);
      fflush (stdout);
    }
  return 0;
}

int
main (int    argc,
      char **argv)
{
  Process          self = { NULL };
  g_autofree char *dump = NULL;

  g_assert_cmpint (argc, ==, 4);
  gone_client_allow ();
  process_start (&self, argv[1]);
  if (strcmp (argv[2], "new") == 0)
    {
      g_autofree char *board = tela_workspace_create (self.workspace, "Board");

      process_open (&self, board);
      process_drain (&self);
      dump = g_steal_pointer (&board);
    }
  else
    {
      process_open (&self, argv[2]);
      while (!tela_session_can_edit (self.session))
        g_main_context_iteration (NULL, TRUE);
      if (strcmp (argv[3], "dump") != 0)
        return edit (&self, g_ascii_strtoll (argv[3], NULL, 10));
      process_drain (&self);
      dump = tela_board_dump (tela_session_get_board (self.session), FALSE);
    }
  printf ("%s\n", dump);
  process_end (&self);
  return 0;
}
