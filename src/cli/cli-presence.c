/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "realtime-presence.h"

/* {"event": …, "key": …, "metas": […]}, or without a key {"event": "sync", "members": N} */
static void
print_event (const char           *event,
             const RealtimeMember *member,
             guint                 n_members)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "event", event);
  if (member != NULL)
    {
      tela_json_writer_put_string (&writer, "key", member->key);
      tela_json_writer_name (&writer, "metas");
      tela_json_writer_begin_array (&writer);
      for (guint i = 0; i < member->n_metas; i++)
        tela_json_writer_raw (&writer, member->metas[i].payload, strlen (member->metas[i].payload));
      tela_json_writer_end_array (&writer);
    }
  else
    {
      tela_json_writer_put_int (&writer, "members", n_members);
    }
  tela_json_writer_end_object (&writer);
  g_print ("%s\n", out->str);
  fflush (stdout);
}

static void
join_cb (RealtimePresence *presence,
         RealtimeMember   *member)
{
  print_event ("join", member, 0);
}

static void
leave_cb (RealtimePresence *presence,
          RealtimeMember   *member)
{
  print_event ("leave", member, 0);
}

static void
update_cb (RealtimePresence *presence,
           RealtimeMember   *now)
{
  print_event ("update", now, 0);
}

static void
sync_cb (RealtimePresence *presence)
{
  print_event ("sync", NULL, realtime_presence_get_n_members (presence));
}

static gboolean
end_cb (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;

  return G_SOURCE_REMOVE;
}

int
cli_presence (TelaCli *cli,
              int      argc,
              char   **argv)
{
  g_autofree char   *track = NULL;
  g_autofree char   *key = NULL;
  gboolean           is_private = FALSE, is_over = FALSE;
  double             seconds = -1;
  const GOptionEntry entries[] = {
    { "track", 0, 0, G_OPTION_ARG_STRING, &track, NULL, NULL },
    { "as", 0, 0, G_OPTION_ARG_STRING, &key, NULL, NULL },
    { "private", 0, 0, G_OPTION_ARG_NONE, &is_private, NULL, NULL },
    { "for", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, NULL, NULL },
    { NULL },
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (RealtimePresence) presence = NULL;

  if (!cli_parse (&argc, &argv, entries, "presence TOPIC [--track JSON] [--as KEY] [--private] [--for SECONDS]", 1, FALSE))
    return CLI_USAGE;
  if (track != NULL && (!tela_json_check (track, -1, &error) || *g_strchug (track) != '{'))
    return error != NULL ? cli_fail ("presence", error) : cli_usage ("presence TOPIC --track JSON-OBJECT");
  if (!cli_open_online (cli, &error))
    return cli_fail ("presence", error);

  {
    const RealtimeChannelOptions options = { .is_private = is_private, .presence_key = key };

    presence = realtime_manager_get_presence (cli->realtime, argv[1], &options);
  }
  g_signal_connect (presence, "join", G_CALLBACK (join_cb), NULL);
  g_signal_connect (presence, "leave", G_CALLBACK (leave_cb), NULL);
  g_signal_connect (presence, "update", G_CALLBACK (update_cb), NULL);
  g_signal_connect (presence, "sync", G_CALLBACK (sync_cb), NULL);
  if (track != NULL)
    realtime_presence_track (presence, track);
  if (seconds >= 0)
    g_timeout_add ((guint) (seconds * 1000), end_cb, &is_over);
  while (!is_over && realtime_presence_get_error (presence) == NULL)
    g_main_context_iteration (NULL, TRUE);

  return realtime_presence_get_error (presence) == NULL ? CLI_OK
                                                        : cli_fail (argv[1], realtime_presence_get_error (presence));
}
