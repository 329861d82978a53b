/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* How sharing stands, and who is in; and where the functions under /rest/v1/rpc/ are. */

#include <string.h>

#include "backend-channel.h"
#include "backend-share.h"
#include "backend-socket.h"
#include "backend-text.h"

/* ---- tela_share ---- */

void
tela_sharing_write_addresses (TelaJsonWriter *writer,
                              TelaSharing    *sharing)
{
  tela_json_writer_name (writer, "addresses");
  tela_json_writer_begin_array (writer);
  for (guint i = 0; i < sharing->addresses->len; i++)
    tela_json_writer_string (writer, sharing->addresses->pdata[i]);
  tela_json_writer_end_array (writer);
  tela_json_writer_put_string (writer, "fingerprint", sharing->fingerprint);
  tela_json_writer_put_string (writer, "host_id", sharing->host_id);
}

static void
answer_state (TelaRest *rest)
{
  TelaSharing   *sharing = rest->core->sharing;
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;
  guint          n_guests = 0;

  for (guint i = 0; i < rest->core->sockets->len; i++)
    n_guests += ((TelaSocket *) rest->core->sockets->pdata[i])->shared ? 1 : 0;
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_boolean (&writer, "on", sharing->on);
  tela_sharing_write_addresses (&writer, sharing);
  tela_json_writer_put_boolean (&writer, "announced", sharing->announce != NULL && tela_announce_is_heard (sharing->announce));
  tela_json_writer_put_int (&writer, "guests", n_guests);
  tela_json_writer_put_string (&writer, "problem", sharing->problem);
  tela_json_writer_end_object (&writer);
  tela_http_json (rest->msg, 200, out);
}

static void
handle_share (TelaRest *rest)
{
  g_autofree char *certificate = tela_pick_text (rest->body, "certificate");
  g_auto (GStrv) addresses = NULL;
  g_autoptr (GError) error = NULL;
  TelaJsonSpan value;

  if (!tela_sharing_is_at_home (rest->core, rest->msg))
    {
      tela_rest_denied (rest, "Only the owner of this computer shares it");
      return;
    }
  addresses = tela_pick_texts (rest->body, "addresses");
  if (tela_json_find (rest->body, "on", &value) &&
      !tela_sharing_set (rest->core->sharing, tela_flag_member (rest->body, "on", FALSE), certificate,
                         (const char *const *) addresses, &error))
    tela_rest_fail (rest, 400, "P0001", error->message);
  else
    answer_state (rest);
}

/* ---- tela_people ---- */

static gboolean
is_connected (TelaCore   *core,
              const char *user_id)
{
  for (guint i = 0; i < core->sockets->len; i++)
    {
      TelaSocket    *socket = core->sockets->pdata[i];
      GHashTableIter iter;
      gpointer       channel;

      g_hash_table_iter_init (&iter, socket->channels);
      while (g_hash_table_iter_next (&iter, NULL, &channel))
        {
          const TelaClaims *claims = ((TelaChannel *) channel)->claims;

          if (claims != NULL && g_strcmp0 (claims->sub, user_id) == 0)
            return TRUE;
        }
    }
  return FALSE;
}

static gboolean
write_members (TelaRest       *rest,
               TelaJsonWriter *writer,
               const char     *project,
               GError        **error)
{
  TelaDb       *db = rest->core->db;
  sqlite3_stmt *row = tela_db_prepare (db, error,
                                       "SELECT m.user_id, m.role, coalesce (p.name, '') FROM project_members AS m"
                                       " LEFT JOIN profiles AS p ON p.id = m.user_id WHERE m.project_id = ?"
                                       " ORDER BY m.created_at, m.user_id",
                                       "s", project);

  if (row == NULL)
    return FALSE;
  tela_json_writer_name (writer, "members");
  tela_json_writer_begin_array (writer);
  while (tela_db_step (db, row, error))
    {
      const char *user_id = (const char *) sqlite3_column_text (row, 0);

      tela_json_writer_begin_object (writer);
      tela_json_writer_put_string (writer, "user_id", user_id);
      tela_json_writer_put_string (writer, "role", (const char *) sqlite3_column_text (row, 1));
      tela_json_writer_put_string (writer, "name", (const char *) sqlite3_column_text (row, 2));
      tela_json_writer_put_boolean (writer, "connected", is_connected (rest->core, user_id));
      tela_json_writer_end_object (writer);
    }
  tela_json_writer_end_array (writer);
  return *error == NULL;
}

/* Those that may still be used. */
static gboolean
write_invites (TelaRest       *rest,
               TelaJsonWriter *writer,
               const char     *project,
               GError        **error)
{
  TelaDb       *db = rest->core->db;
  sqlite3_stmt *row =
      tela_db_prepare (db, error,
                       "SELECT id, role, coalesce (expires_at, 0), uses, coalesce (max_uses, 0) FROM invites"
                       " WHERE project_id = ?1 AND NOT revoked AND coalesce (expires_at > ?2, 1)"
                       " AND coalesce (uses < max_uses, 1) ORDER BY created_at, id",
                       "si", project, tela_now_ms ());

  if (row == NULL)
    return FALSE;
  tela_json_writer_name (writer, "invites");
  tela_json_writer_begin_array (writer);
  while (tela_db_step (db, row, error))
    {
      tela_json_writer_begin_object (writer);
      tela_json_writer_put_string (writer, "id", (const char *) sqlite3_column_text (row, 0));
      tela_json_writer_put_string (writer, "role", (const char *) sqlite3_column_text (row, 1));
      tela_json_writer_put_int (writer, "expires_at", sqlite3_column_int64 (row, 2) / 1000);
      tela_json_writer_put_int (writer, "uses", sqlite3_column_int64 (row, 3));
      tela_json_writer_put_int (writer, "max_uses", sqlite3_column_int64 (row, 4));
      tela_json_writer_end_object (writer);
    }
  tela_json_writer_end_array (writer);
  return *error == NULL;
}

static void
handle_people (TelaRest *rest)
{
  gboolean         bad;
  g_autofree char *project = tela_rest_uuid (rest, rest->body, "project", &bad);
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;
  TelaRole       role;

  if (bad)
    return;
  role = project != NULL ? tela_rights_role (rest->core, rest->claims, project) : TELA_ROLE_NONE;
  if (role == TELA_ROLE_NONE)
    {
      tela_rest_denied (rest, "You may not see this project");
      return;
    }
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  if (!write_members (rest, &writer, project, &error) ||
      (role == TELA_ROLE_OWNER && !write_invites (rest, &writer, project, &error)))
    {
      tela_rest_error (rest, error);
      return;
    }
  tela_json_writer_end_object (&writer);
  tela_http_json (rest->msg, 200, g_steal_pointer (&out));
}

/* ---- Routes ---- */

gboolean
tela_sharing_handle (TelaCore          *core,
                     SoupServerMessage *msg,
                     const char        *name)
{
  static const struct
  {
    const char *name;
    void (*handle) (TelaRest *rest);
    gboolean anybody; /* without a key, too */
  } functions[] = {
    { "tela_share", handle_share, FALSE },
    { "tela_invite", tela_sharing_invite, FALSE },
    { "tela_people", handle_people, FALSE },
    { "tela_join", tela_sharing_join, TRUE },
  };
  g_autoptr (TelaClaims) claims = NULL;
  TelaRest rest = { core, msg, NULL, soup_server_message_get_method (msg), { NULL, 0 }, NULL };

  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    {
      if (strcmp (name, functions[i].name) != 0)
        continue;
      rest.claims = claims = tela_http_authenticate (core, msg, NULL);
      if (strcmp (rest.method, "POST") != 0)
        tela_rest_fail (&rest, 405, "PGRST117", "This function is called by POST");
      else if (claims == NULL && !functions[i].anybody)
        tela_rest_fail (&rest, 401, "PGRST301", "A valid token is needed");
      else if (!tela_http_body (msg, &rest.body) || !tela_span_is_object (rest.body))
        tela_rest_fail (&rest, 400, "PGRST102", "An object of arguments is expected");
      else
        functions[i].handle (&rest);
      return TRUE;
    }
  return FALSE;
}
