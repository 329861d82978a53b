/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "cli.h"
#include "tela-invite.h"
#include "tela-joined.h"
#include "tela-pick.h"
#include "tela-share.h"

#define HOUR_S 3600

/* ---- Printing ---- */

static void
write_text (TelaJsonWriter *writer,
            const char     *name,
            const char     *text)
{
  tela_json_writer_name (writer, name);
  if (text != NULL)
    tela_json_writer_string (writer, text);
  else
    tela_json_writer_null (writer);
}

static void
print_state_json (const TelaShareState *state)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "on");
  tela_json_writer_boolean (&writer, state->is_on);
  tela_json_writer_name (&writer, "addresses");
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; state->addresses[i] != NULL; i++)
    tela_json_writer_string (&writer, state->addresses[i]);
  tela_json_writer_end_array (&writer);
  write_text (&writer, "fingerprint", state->fingerprint);
  tela_json_writer_name (&writer, "announced");
  tela_json_writer_boolean (&writer, state->is_announced);
  tela_json_writer_name (&writer, "guests");
  tela_json_writer_int (&writer, state->n_guests);
  write_text (&writer, "problem", state->problem);
  tela_json_writer_end_object (&writer);
  g_print ("%s\n", out->str);
}

static void
print_state (const TelaCli        *cli,
             const TelaShareState *state)
{
  g_autofree char *addresses = g_strjoinv (", ", state->addresses);

  if (cli->json)
    {
      print_state_json (state);
      return;
    }
  if (!state->is_on)
    {
      g_print ("Sharing is off.\n");
      return;
    }
  g_print ("Sharing is on: %s\n", *addresses != '\0' ? addresses : "no address yet");
  if (state->problem != NULL)
    g_print ("Problem: %s\n", state->problem);
  g_print ("Announced to the network: %s\n", state->is_announced ? "yes" : "no (Avahi is not there, or has not answered yet)");
  g_print ("Connections of guests: %u\n", state->n_guests);
  if (tela_host_is_hosting (cli->host))
    g_print ("Nobody serves these boards now; guests can come while Tela or “tela-cli serve” runs.\n");
}

static void
print_people_json (const TelaSharePeople *people)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_name (&writer, "members");
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; i < people->members->len; i++)
    {
      const TelaShareMember *member = people->members->pdata[i];

      tela_json_writer_begin_object (&writer);
      write_text (&writer, "user_id", member->user_id);
      write_text (&writer, "role", member->role);
      write_text (&writer, "name", member->name);
      tela_json_writer_name (&writer, "connected");
      tela_json_writer_boolean (&writer, member->is_connected);
      tela_json_writer_end_object (&writer);
    }
  tela_json_writer_end_array (&writer);
  tela_json_writer_name (&writer, "invites");
  tela_json_writer_begin_array (&writer);
  for (guint i = 0; people->invites != NULL && i < people->invites->len; i++)
    {
      const TelaShareInvite *invite = people->invites->pdata[i];

      tela_json_writer_begin_object (&writer);
      write_text (&writer, "id", invite->id);
      write_text (&writer, "role", invite->role);
      tela_json_writer_name (&writer, "expires_at");
      tela_json_writer_int (&writer, invite->expires_at);
      tela_json_writer_name (&writer, "uses");
      tela_json_writer_int (&writer, invite->uses);
      tela_json_writer_name (&writer, "max_uses");
      tela_json_writer_int (&writer, invite->max_uses);
      tela_json_writer_end_object (&writer);
    }
  tela_json_writer_end_array (&writer);
  tela_json_writer_end_object (&writer);
  g_print ("%s\n", out->str);
}

static void
print_people (const TelaCli         *cli,
              const TelaSharePeople *people)
{
  if (cli->json)
    {
      print_people_json (people);
      return;
    }
  for (guint i = 0; i < people->members->len; i++)
    {
      const TelaShareMember *member = people->members->pdata[i];

      g_print ("%s  %-6s  %-9s  %s\n", member->user_id, member->role, member->is_connected ? "connected" : "away",
               member->name != NULL ? member->name : "");
    }
  for (guint i = 0; people->invites != NULL && i < people->invites->len; i++)
    {
      const TelaShareInvite *invite = people->invites->pdata[i];

      g_print ("%s  invite for a%s, used %u times\n", invite->id,
               strcmp (invite->role, "editor") == 0 ? "n editor" : " viewer", invite->uses);
    }
}

/* ---- share ---- */

typedef struct
{
  TelaCli *cli;
  char    *certificate, *role;
  GStrv    addresses;
  double   hours;
  int      uses;
} Share;

/* Runs the call @begin, which is given cli_await_cb and &await. */
#define AWAIT(begin)                      \
  CliAwait await = { NULL };              \
  g_autoptr (GAsyncResult) result = NULL; \
  begin;                                  \
  result = cli_await_take (&await)

static int
turn (Share   *share,
      gboolean on,
      GError **error)
{
  g_autoptr (TelaShareState) state = NULL;

  AWAIT (tela_share_set_async (share->cli->workspace, on, share->certificate, (const char *const *) share->addresses,
                               NULL, cli_await_cb, &await));
  state = tela_share_state_finish (share->cli->workspace, result, error);
  if (state == NULL)
    return CLI_FAILED;
  print_state (share->cli, state);
  return CLI_OK;
}

static int
turn_on (Share   *share,
         char   **words,
         GError **error)
{
  return turn (share, TRUE, error);
}

static int
turn_off (Share   *share,
          char   **words,
          GError **error)
{
  return turn (share, FALSE, error);
}

static int
look (Share   *share,
      char   **words,
      GError **error)
{
  g_autoptr (TelaShareState) state = NULL;

  AWAIT (tela_share_look_async (share->cli->workspace, NULL, cli_await_cb, &await));
  state = tela_share_state_finish (share->cli->workspace, result, error);
  if (state == NULL)
    return CLI_FAILED;
  print_state (share->cli, state);
  return CLI_OK;
}

static int
invite (Share   *share,
        char   **words,
        GError **error)
{
  TelaCli         *cli = share->cli;
  g_autofree char *project = cli_find_board (cli, words[0], error);
  g_autofree char *link = NULL;

  if (project == NULL)
    return CLI_FAILED;
  {
    AWAIT (tela_share_invite_async (cli->workspace, project, share->role != NULL ? share->role : "editor",
                                    (gint64) (share->hours * HOUR_S), (guint) share->uses, NULL, cli_await_cb, &await));
    link = tela_share_invite_finish (cli->workspace, result, error);
  }
  if (link == NULL)
    return CLI_FAILED;
  g_print (cli->json ? "{\"link\":\"%s\"}\n" : "%s\n", link);
  return CLI_OK;
}

static int
people (Share   *share,
        char   **words,
        GError **error)
{
  TelaCli         *cli = share->cli;
  g_autofree char *project = cli_find_board (cli, words[0], error);
  g_autoptr (TelaSharePeople) found = NULL;

  if (project == NULL)
    return CLI_FAILED;
  {
    AWAIT (tela_share_people_async (cli->workspace, project, NULL, cli_await_cb, &await));
    found = tela_share_people_finish (cli->workspace, result, error);
  }
  if (found == NULL)
    return CLI_FAILED;
  print_people (cli, found);
  return CLI_OK;
}

static int
revoke_one (Share   *share,
            char   **words,
            GError **error)
{
  AWAIT (tela_share_revoke_async (share->cli->workspace, words[0], NULL, cli_await_cb, &await));
  return tela_share_done_finish (share->cli->workspace, result, error) ? CLI_OK : CLI_FAILED;
}

static int
remove_one (Share   *share,
            char   **words,
            GError **error)
{
  TelaCli         *cli = share->cli;
  g_autofree char *project = cli_find_board (cli, words[0], error);

  if (project == NULL)
    return CLI_FAILED;
  {
    AWAIT (tela_share_remove_async (cli->workspace, project, words[1], NULL, cli_await_cb, &await));
    return tela_share_done_finish (cli->workspace, result, error) ? CLI_OK : CLI_FAILED;
  }
}

static int
set_role (Share   *share,
          char   **words,
          GError **error)
{
  TelaCli         *cli = share->cli;
  g_autofree char *project = cli_find_board (cli, words[0], error);

  if (project == NULL)
    return CLI_FAILED;
  {
    AWAIT (tela_share_set_role_async (cli->workspace, project, words[1], words[2], NULL, cli_await_cb, &await));
    return tela_share_done_finish (cli->workspace, result, error) ? CLI_OK : CLI_FAILED;
  }
}

static const struct
{
  const char *name;
  int         n_words;
  int (*func) (Share *share, char **words, GError **error);
} actions[] = {
  { "on", 0, turn_on },
  { "off", 0, turn_off },
  { "status", 0, look },
  { "invite", 1, invite },
  { "people", 1, people },
  { "revoke", 1, revoke_one },
  { "remove", 2, remove_one },
  { "role", 3, set_role },
};

static int
run_action (Share *share,
            int    argc,
            char **argv)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (strcmp (argv[1], actions[i].name) == 0 && argc == actions[i].n_words + 2)
      {
        if (!cli_open_online (share->cli, &error) || actions[i].func (share, argv + 2, &error) != CLI_OK)
          return cli_fail ("share", error);
        return CLI_OK;
      }
  return CLI_USAGE;
}

int
cli_share (TelaCli *cli,
           int      argc,
           char   **argv)
{
  Share              share = { .cli = cli };
  const GOptionEntry entries[] = {
    { "address", 0, 0, G_OPTION_ARG_STRING_ARRAY, &share.addresses, NULL, NULL },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &share.certificate, NULL, NULL },
    { "role", 0, 0, G_OPTION_ARG_STRING, &share.role, NULL, NULL },
    { "hours", 0, 0, G_OPTION_ARG_DOUBLE, &share.hours, NULL, NULL },
    { "uses", 0, 0, G_OPTION_ARG_INT, &share.uses, NULL, NULL },
    { NULL },
  };
  const char *usage = "share on [--address ADDRESS]… [--certificate FILE] | off | status |\n"
                      "         invite PROJECT [--role editor|viewer] [--hours N] [--uses N] | people PROJECT |\n"
                      "         revoke INVITE | remove PROJECT USER | role PROJECT USER editor|viewer";
  int         status = CLI_USAGE;

  if (cli_parse (&argc, &argv, entries, usage, 1, TRUE))
    {
      if (share.hours >= 0 && share.uses >= 0)
        status = run_action (&share, argc, argv);
      if (status == CLI_USAGE)
        cli_usage (usage);
    }
  g_free (share.certificate);
  g_free (share.role);
  g_strfreev (share.addresses);
  return status;
}

/* ---- join ---- */

static void
print_welcome (const TelaCli     *cli,
               const TelaWelcome *welcome)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  if (!cli->json)
    {
      g_print ("%s\nYou are %s of “%s”. From now on: tela-cli --url %s …\n", welcome->project,
               g_strcmp0 (welcome->role, "editor") == 0 ? "an editor" : "a viewer",
               welcome->name != NULL ? welcome->name : "", welcome->url);
      return;
    }
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  write_text (&writer, "project", welcome->project);
  write_text (&writer, "name", welcome->name);
  write_text (&writer, "role", welcome->role);
  write_text (&writer, "url", welcome->url);
  tela_json_writer_end_object (&writer);
  g_print ("%s\n", out->str);
}

int
cli_join (TelaCli *cli,
          int      argc,
          char   **argv)
{
  const GOptionEntry entries[] = { { NULL } };
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaInvite) parsed = NULL;
  g_autoptr (TelaJoined) before = NULL;
  g_autoptr (TelaWelcome) welcome = NULL;
  g_autofree char *token = NULL;
  TelaJoined       joined;

  if (!cli_parse (&argc, &argv, entries, "join LINK", 1, FALSE))
    return CLI_USAGE;
  parsed = tela_invite_parse (argv[1], &error);
  if (parsed == NULL)
    return cli_fail ("join", error);
  before = tela_joined_find (cli->data_dir, parsed->host_id);
  if (before != NULL) /* whoever has been there stays who he is */
    token = tela_pick_text ((TelaJsonSpan){ before->session, strlen (before->session) }, "refresh_token");
  {
    AWAIT (tela_invite_accept_async (parsed, token, NULL, cli_await_cb, &await));
    welcome = tela_invite_accept_finish (result, &error);
  }
  if (welcome == NULL)
    return cli_fail ("join", error);
  joined = (TelaJoined){ .host_id = parsed->host_id,
                         .url = welcome->url,
                         .key = welcome->key,
                         .fingerprint = parsed->fingerprint,
                         .session = welcome->session };
  if (!tela_joined_add (cli->data_dir, &joined, welcome->project, welcome->name, &error))
    return cli_fail ("join", error);
  print_welcome (cli, welcome);
  return CLI_OK;
}
