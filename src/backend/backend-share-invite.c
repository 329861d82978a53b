/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Inviting, and letting in. */

#include <string.h>

#include "backend-auth.h"
#include "backend-gate.h"
#include "backend-share.h"
#include "backend-text.h"

#define CODE_BYTES 20
#define WRONG_A_SECOND 5
#define MAX_LIFE_S (G_GINT64_CONSTANT (366) * 24 * 3600)

static char *
hash_of (const char *code)
{
  return g_compute_checksum_for_string (G_CHECKSUM_SHA256, code, -1);
}

/* ---- tela_invite ---- */

static gboolean
keep_invite (TelaRest   *rest,
             const char *id,
             const char *project,
             const char *role,
             const char *code,
             gint64      expires_at,
             gint64      max_uses,
             GError    **error)
{
  g_autofree char *hash = hash_of (code);
  const char      *by = tela_claims_is_user (rest->claims) ? rest->claims->sub : rest->core->keys->owner;

  return tela_db_run (rest->core->db, error,
                      "INSERT INTO invites (id, project_id, host_id, role, token_hash, created_by, created_at,"
                      " expires_at, max_uses) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, nullif (?8, 0), nullif (?9, 0))",
                      "ssssssiii", id, project, rest->core->sharing->host_id, role, hash, by, tela_now_ms (),
                      expires_at, max_uses);
}

static void
answer_invite (TelaRest   *rest,
               const char *id,
               const char *project,
               const char *role,
               const char *code,
               gint64      expires_at)
{
  GString       *out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "id", id);
  tela_json_writer_put_string (&writer, "project", project);
  tela_json_writer_put_string (&writer, "role", role);
  tela_json_writer_put_string (&writer, "code", code);
  tela_json_writer_name (&writer, "expires_at");
  tela_json_writer_int (&writer, expires_at / 1000); /* seconds; 0: never */
  tela_sharing_write_addresses (&writer, rest->core->sharing);
  tela_json_writer_end_object (&writer);
  tela_http_json (rest->msg, 200, out);
}

void
tela_sharing_invite (TelaRest *rest)
{
  gboolean         bad;
  g_autofree char *project = tela_rest_uuid (rest, rest->body, "project", &bad);
  g_autofree char *role = tela_pick_text (rest->body, "role");
  g_autofree char *id = g_uuid_string_random ();
  g_autofree char *code = tela_random_hex (CODE_BYTES);
  g_autoptr (GError) error = NULL;
  gint64 expires_in = 0, max_uses = 0, expires_at;

  if (bad)
    return;
  tela_int_member (rest->body, "expires_in", &expires_in);
  tela_int_member (rest->body, "max_uses", &max_uses);
  if (project == NULL || role == NULL || (strcmp (role, "editor") != 0 && strcmp (role, "viewer") != 0) ||
      expires_in < 0 || expires_in > MAX_LIFE_S || max_uses < 0)
    {
      tela_rest_fail (rest, 400, "23514", "project, and role editor or viewer, are needed");
      return;
    }
  if (tela_rights_role (rest->core, rest->claims, project) != TELA_ROLE_OWNER)
    {
      tela_rest_denied (rest, "Only the owner of the project invites to it");
      return;
    }
  expires_at = expires_in > 0 ? tela_now_ms () + expires_in * 1000 : 0;
  if (keep_invite (rest, id, project, role, code, expires_at, max_uses, &error))
    answer_invite (rest, id, project, role, code, expires_at);
  else
    tela_rest_error (rest, error);
}

/* ---- tela_join ---- */

typedef struct
{
  char *id, *project, *role, *name;
} Invite;

static void
invite_clear (Invite *self)
{
  g_free (self->id);
  g_free (self->project);
  g_free (self->role);
  g_free (self->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Invite, invite_clear)

/* FALSE without an error: there is none that is still good. */
static gboolean
find_invite (TelaCore   *core,
             const char *code,
             Invite     *found,
             GError    **error)
{
  g_autofree char *hash = hash_of (code);
  sqlite3_stmt    *row =
      tela_db_prepare (core->db, error,
                       "SELECT i.id, i.project_id, i.role, p.name FROM invites AS i JOIN projects AS p"
                       " ON p.id = i.project_id WHERE i.token_hash = ?1 AND NOT i.revoked AND p.deleted_at IS NULL"
                       " AND coalesce (i.expires_at > ?2, 1) AND coalesce (i.uses < i.max_uses, 1)",
                       "si", hash, tela_now_ms ());

  if (row == NULL || !tela_db_step (core->db, row, error))
    return FALSE;
  *found =
      (Invite){ tela_db_column (row, 0), tela_db_column (row, 1), tela_db_column (row, 2), tela_db_column (row, 3) };
  sqlite3_reset (row);
  return TRUE;
}

/* Nobody loses a right by a link: a viewer may become an editor, an owner stays one. */
static gboolean
add_member (TelaCore     *core,
            const Invite *invite,
            const char   *user_id,
            GError      **error)
{
  gint64 now = tela_now_ms ();

  return tela_db_run (core->db, error,
                      "INSERT INTO project_members (project_id, user_id, role, created_at) VALUES (?, ?, ?, ?)"
                      " ON CONFLICT (project_id, user_id) DO UPDATE SET role = excluded.role"
                      " WHERE role = 'viewer'",
                      "sssi", invite->project, user_id, invite->role, now) &&
         tela_db_run (core->db, error, "UPDATE invites SET uses = uses + 1, last_used_at = ? WHERE id = ?", "is", now,
                      invite->id);
}

static char *
take_user (const char *session,
           char      **user_id)
{
  TelaJsonSpan user;

  if (tela_object_member ((TelaJsonSpan){ session, strlen (session) }, "user", &user))
    *user_id = tela_pick_text (user, "id");
  return *user_id;
}

/* Somebody new, who stays the same person as long as he keeps his session: its refresh token does not turn, since several
 * processes of his share it. */
static char *
make_guest (TelaCore *core,
            char    **user_id,
            GError  **error)
{
  g_autofree char *session = tela_auth_sign_up (core, NULL, NULL, "{}", error);

  if (session == NULL || take_user (session, user_id) == NULL ||
      !tela_db_run (core->db, error, "UPDATE sessions SET permanent = 1 WHERE user_id = ?", "s", *user_id))
    return NULL;
  return g_steal_pointer (&session);
}

/* Who it is that has the code: whom his token says, or who has been here before, or somebody new; the latter two get a
 * session. */
static char *
recognize (TelaRest *rest,
           char    **user_id,
           GError  **error)
{
  g_autofree char *token = tela_pick_text (rest->body, "refresh_token");
  g_autofree char *session = token != NULL ? tela_auth_refresh (rest->core, token, NULL) : NULL;

  if (session != NULL && take_user (session, user_id) != NULL)
    return g_steal_pointer (&session);
  if (rest->claims != NULL && tela_claims_is_user (rest->claims))
    {
      *user_id = g_strdup (rest->claims->sub);
      return NULL;
    }
  return make_guest (rest->core, user_id, error);
}

/* Who comes in is told to those who are. */
static gboolean
let_in (TelaCore     *core,
        const Invite *invite,
        const char   *user_id,
        GError      **error)
{
  const char *const key[] = { invite->project, user_id, NULL };
  g_autofree char  *before = NULL;
  g_autofree char  *after = NULL;
  g_autoptr (TelaChange) change = NULL;

  if (!tela_db_begin (core->db, error))
    return FALSE;
  before = tela_table_record (core, &tela_table_members, key);
  if (!add_member (core, invite, user_id, error))
    {
      tela_db_rollback (core->db);
      return FALSE;
    }
  after = tela_table_record (core, &tela_table_members, key);
  change = tela_change_new (core, &tela_table_members, before, after);
  if (!tela_db_commit (core->db, error))
    return FALSE;
  tela_change_announce (core, change);
  return TRUE;
}

static void
answer_join (TelaRest     *rest,
             const Invite *invite,
             const char   *session)
{
  g_autofree char *role = tela_db_text (rest->core->db, "SELECT role FROM invites WHERE id = ?", "s", invite->id);
  GString         *out = g_string_new (NULL);
  TelaJsonWriter   writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "project", invite->project);
  tela_json_writer_put_string (&writer, "name", invite->name);
  tela_json_writer_put_string (&writer, "role", role);
  tela_json_writer_put_string (&writer, "anon_key", rest->core->anon_key);
  if (session != NULL)
    {
      tela_json_writer_name (&writer, "session");
      tela_json_writer_raw (&writer, session, strlen (session));
    }
  tela_json_writer_end_object (&writer);
  soup_message_headers_replace (soup_server_message_get_response_headers (rest->msg), "Cache-Control", "no-store");
  tela_http_json (rest->msg, 200, out);
}

/* Whoever guesses is told to wait; whoever has a code that is good comes in meanwhile. */
static void
refuse_code (TelaRest *rest)
{
  TelaRate *wrong = &rest->core->sharing->wrong;
  gint64    now = g_get_monotonic_time ();

  if (tela_rate_get (wrong, now) >= WRONG_A_SECOND)
    {
      tela_rest_fail (rest, 429, "PGRST429", "Too many wrong invitations; try again in a minute");
      return;
    }
  tela_rate_add (wrong, 1, now);
  tela_rest_fail (rest, 403, "42501", "This invitation is not valid any more");
}

void
tela_sharing_join (TelaRest *rest)
{
  TelaCore        *core = rest->core;
  g_autofree char *code = tela_pick_text (rest->body, "code");
  g_autofree char *user_id = NULL;
  g_autofree char *session = NULL;
  g_auto (Invite) invite = { NULL };
  g_autoptr (GError) error = NULL;

  if (code == NULL || !find_invite (core, code, &invite, &error))
    {
      if (error == NULL)
        refuse_code (rest);
      else
        tela_rest_error (rest, error);
      return;
    }
  session = recognize (rest, &user_id, &error);
  if (error != NULL || !let_in (core, &invite, user_id, &error))
    {
      tela_rest_error (rest, error);
      return;
    }
  tela_gate_know (core->gate, rest->msg);
  answer_join (rest, &invite, session);
}
