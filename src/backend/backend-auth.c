/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-auth.h"

#include <string.h>

#include "backend-text.h"

#define REUSE_MS 10000 /* a refresh token just used may be used again: its answer may have been lost */

G_DEFINE_QUARK (tela_auth_error, tela_auth_error)

/* ---- JSON ---- */

static void
write_time (TelaJsonWriter *writer,
            const char     *name,
            gint64          ms)
{
  g_autofree char *text = tela_iso_from_ms (ms);

  tela_json_writer_name (writer, name);
  tela_json_writer_string (writer, text);
}

static void
write_text (TelaJsonWriter *writer,
            const char     *name,
            const char     *value)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_string (writer, value);
}

static void
write_raw (TelaJsonWriter *writer,
           const char     *name,
           const char     *json)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_raw (writer, json, strlen (json));
}

/* FALSE without an error: no such user. */
static gboolean
write_user (TelaCore       *core,
            TelaJsonWriter *writer,
            const char     *user_id,
            GError        **error)
{
  sqlite3_stmt *row = tela_db_prepare (core->db, error,
                                       "SELECT anonymous, metadata, created_at, last_sign_in_at FROM users WHERE id = ?", "s",
                                       user_id);

  if (row == NULL || !tela_db_step (core->db, row, error))
    return FALSE;
  tela_json_writer_begin_object (writer);
  write_text (writer, "id", user_id);
  write_text (writer, "aud", "authenticated");
  write_text (writer, "role", "authenticated");
  write_text (writer, "email", "");
  write_text (writer, "phone", "");
  write_time (writer, "last_sign_in_at", sqlite3_column_int64 (row, 3));
  write_raw (writer, "app_metadata", "{}");
  write_raw (writer, "user_metadata", (const char *) sqlite3_column_text (row, 1));
  write_raw (writer, "identities", "[]");
  write_time (writer, "created_at", sqlite3_column_int64 (row, 2));
  write_time (writer, "updated_at", sqlite3_column_int64 (row, 3));
  tela_json_writer_name (writer, "is_anonymous");
  tela_json_writer_boolean (writer, sqlite3_column_int (row, 0));
  tela_json_writer_end_object (writer);
  sqlite3_reset (row);
  return TRUE;
}

static char *
access_token (TelaCore   *core,
              const char *user_id,
              const char *session_id,
              gint64      now_s)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *issuer = g_strconcat (core->url, "/auth/v1", NULL);
  g_autofree char *anonymous = tela_db_text (core->db, "SELECT anonymous FROM users WHERE id = ?", "s", user_id);
  TelaJsonWriter   writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  write_text (&writer, "iss", issuer);
  write_text (&writer, "sub", user_id);
  write_text (&writer, "aud", "authenticated");
  write_text (&writer, "role", "authenticated");
  tela_json_writer_name (&writer, "exp");
  tela_json_writer_int (&writer, now_s + TELA_AUTH_EXPIRES);
  tela_json_writer_name (&writer, "iat");
  tela_json_writer_int (&writer, now_s);
  write_text (&writer, "email", "");
  write_text (&writer, "phone", "");
  write_raw (&writer, "app_metadata", "{}");
  write_raw (&writer, "user_metadata", "{}");
  write_text (&writer, "session_id", session_id);
  write_text (&writer, "aal", "aal1");
  write_raw (&writer, "amr", "[]");
  tela_json_writer_name (&writer, "is_anonymous");
  tela_json_writer_boolean (&writer, g_strcmp0 (anonymous, "1") == 0);
  tela_json_writer_end_object (&writer);
  return tela_jwt_sign (out->str, core->keys->secret);
}

static char *
session_json (TelaCore   *core,
              const char *user_id,
              const char *session_id,
              const char *refresh_token,
              GError    **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gint64           now_s = tela_now_ms () / 1000;
  g_autofree char *access = access_token (core, user_id, session_id, now_s);
  TelaJsonWriter   writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  write_text (&writer, "access_token", access);
  write_text (&writer, "token_type", "bearer");
  tela_json_writer_name (&writer, "expires_in");
  tela_json_writer_int (&writer, TELA_AUTH_EXPIRES);
  tela_json_writer_name (&writer, "expires_at");
  tela_json_writer_int (&writer, now_s + TELA_AUTH_EXPIRES);
  write_text (&writer, "refresh_token", refresh_token);
  tela_json_writer_name (&writer, "user");
  if (!write_user (core, &writer, user_id, error))
    return NULL;
  tela_json_writer_end_object (&writer);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* ---- Sessions ---- */

static gboolean
add_user (TelaCore   *core,
          const char *user_id,
          gboolean    anonymous,
          const char *metadata,
          GError    **error)
{
  gint64 now = tela_now_ms ();

  return tela_db_run (core->db, error,
                      "INSERT INTO users (id, anonymous, metadata, created_at, last_sign_in_at) VALUES (?, ?, ?, ?, ?)"
                      " ON CONFLICT (id) DO NOTHING",
                      "sisii", user_id, (gint64) anonymous, metadata, now, now);
}

/* (transfer full): the new token; NULL: error */
static char *
add_token (TelaCore   *core,
           const char *session_id,
           const char *parent,
           GError    **error)
{
  g_autofree char *token = tela_random_hex (16);

  if (!tela_db_run (core->db, error,
                    "INSERT INTO refresh_tokens (token, session_id, parent, created_at) VALUES (?, ?, ?, ?)", "sssi",
                    token, session_id, parent, tela_now_ms ()))
    return NULL;
  return g_steal_pointer (&token);
}

static char *
add_session (TelaCore   *core,
             const char *user_id,
             gboolean    permanent,
             GError    **error)
{
  g_autofree char *session_id = g_uuid_string_random ();
  g_autofree char *token = NULL;

  if (!tela_db_run (core->db, error, "INSERT INTO sessions (id, user_id, permanent, created_at) VALUES (?, ?, ?, ?)",
                    "ssii", session_id, user_id, (gint64) permanent, tela_now_ms ()))
    return NULL;
  token = add_token (core, session_id, NULL, error);
  return token != NULL ? session_json (core, user_id, session_id, token, error) : NULL;
}

/* Commits if there is an answer, else takes it all back. */
static char *
settle (TelaCore *core,
        char     *answer,
        GError  **error)
{
  if (answer == NULL)
    tela_db_rollback (core->db);
  else if (!tela_db_commit (core->db, error))
    g_clear_pointer (&answer, g_free);
  return answer;
}

char *
tela_auth_sign_up (TelaCore   *core,
                   const char *metadata,
                   GError    **error)
{
  g_autofree char *user_id = g_uuid_string_random ();
  char            *answer = NULL;

  if (!tela_db_begin (core->db, error))
    return NULL;
  if (add_user (core, user_id, TRUE, metadata, error))
    answer = add_session (core, user_id, FALSE, error);
  return settle (core, answer, error);
}

gboolean
tela_auth_make_owner (TelaCore *core,
                      GError  **error)
{
  return add_user (core, core->keys->owner, FALSE, "{}", error);
}

char *
tela_auth_owner (TelaCore *core,
                 GError  **error)
{
  const char      *owner = core->keys->owner;
  g_autofree char *session = tela_db_text (core->db, "SELECT id FROM sessions WHERE user_id = ? AND permanent", "s", owner);
  g_autofree char *token = NULL;

  if (session != NULL)
    {
      token = tela_db_text (core->db, "SELECT token FROM refresh_tokens WHERE session_id = ?", "s", session);
      return session_json (core, owner, session, token, error);
    }
  if (!tela_db_begin (core->db, error))
    return NULL;
  return settle (core, add_session (core, owner, TRUE, error), error);
}

/* ---- Refreshing ---- */

typedef struct
{
  char    *session_id, *user_id;
  gboolean permanent;
  gint64   used_at; /* 0: not yet */
} Refresh;

static void
refresh_clear (Refresh *self)
{
  g_free (self->session_id);
  g_free (self->user_id);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Refresh, refresh_clear)

static gboolean
find_refresh (TelaCore   *core,
              const char *token,
              Refresh    *found,
              GError    **error)
{
  sqlite3_stmt *row =
      tela_db_prepare (core->db, error,
                       "SELECT s.id, s.user_id, s.permanent, coalesce (t.used_at, 0) FROM refresh_tokens AS t"
                       " JOIN sessions AS s ON s.id = t.session_id WHERE t.token = ?",
                       "s", token);

  if (row == NULL)
    return FALSE;
  if (!tela_db_step (core->db, row, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, TELA_AUTH_ERROR, TELA_AUTH_ERROR_TOKEN_NOT_FOUND,
                     "Invalid Refresh Token: Refresh Token Not Found");
      return FALSE;
    }
  found->session_id = tela_db_column (row, 0);
  found->user_id = tela_db_column (row, 1);
  found->permanent = sqlite3_column_int (row, 2);
  found->used_at = sqlite3_column_int64 (row, 3);
  sqlite3_reset (row);
  return TRUE;
}

/* The token that stands for the session now, if @token is its parent or was used a moment ago; else the session ends,
 * since one of the two who show it has stolen it. */
static char *
reuse (TelaCore      *core,
       const char    *token,
       const Refresh *found,
       gint64         now,
       GError       **error)
{
  g_autofree char *active = NULL;

  active = tela_db_text (core->db,
                         "SELECT token FROM refresh_tokens WHERE session_id = ? AND used_at IS NULL AND (parent = ? OR ?)", "ssi",
                         found->session_id, token, (gint64) (now - found->used_at < REUSE_MS));
  if (active != NULL)
    return g_steal_pointer (&active);
  if (tela_db_run (core->db, error, "DELETE FROM sessions WHERE id = ?", "s", found->session_id) &&
      tela_db_commit (core->db, error))
    g_set_error (error, TELA_AUTH_ERROR, TELA_AUTH_ERROR_TOKEN_USED, "Invalid Refresh Token: Already Used");
  return NULL;
}

char *
tela_auth_refresh (TelaCore   *core,
                   const char *token,
                   GError    **error)
{
  g_auto (Refresh) found = { 0 };
  g_autofree char *next = NULL;
  char            *answer = NULL;
  gint64           now = tela_now_ms ();

  if (!tela_db_begin (core->db, error))
    return NULL;
  if (!find_refresh (core, token, &found, error))
    return settle (core, NULL, error);
  if (found.permanent)
    next = g_strdup (token);
  else if (found.used_at != 0)
    next = reuse (core, token, &found, now, error);
  else if (tela_db_run (core->db, error, "UPDATE refresh_tokens SET used_at = ? WHERE token = ?", "is", now, token))
    next = add_token (core, found.session_id, token, error);
  if (next != NULL)
    answer = session_json (core, found.user_id, found.session_id, next, error);
  return settle (core, answer, error);
}

/* ---- Users ---- */

char *
tela_auth_user (TelaCore   *core,
                const char *user_id,
                GError    **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 0);
  if (!write_user (core, &writer, user_id, error))
    return NULL;
  return g_string_free (g_steal_pointer (&out), FALSE);
}

gboolean
tela_auth_has_session (TelaCore   *core,
                       const char *session_id)
{
  g_autofree char *found = tela_db_text (core->db, "SELECT 1 FROM sessions WHERE id = ?", "s", session_id);

  return found != NULL;
}

gboolean
tela_auth_sign_out (TelaCore         *core,
                    const TelaClaims *claims,
                    TelaLogoutScope   scope,
                    GError          **error)
{
  const char *own = claims->session != NULL ? claims->session : "";

  if (!tela_db_begin (core->db, error))
    return FALSE;
  /* ?2: 0 all, 1 this one, 2 the others. The owner's stays. */
  if (!tela_db_run (core->db, error,
                    "DELETE FROM sessions WHERE user_id = ?1 AND NOT permanent AND"
                    " (?2 = 0 OR (?2 = 1 AND id = ?3) OR (?2 = 2 AND id <> ?3))",
                    "sis", claims->sub, (gint64) scope, own))
    {
      tela_db_rollback (core->db);
      return FALSE;
    }
  return tela_db_commit (core->db, error);
}
