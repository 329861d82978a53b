/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-auth.h"

#include <string.h>

#include "backend-auth-private.h"
#include "backend-text.h"

#define NAME_MAX_BYTES 200                                  /* of a profile */
#define KEEP_MS (G_GINT64_CONSTANT (30) * 24 * 3600 * 1000) /* of used tokens, by which a thief is known */
#define REUSE_MS 10000                                      /* since it was used: its answer may be lost */

G_DEFINE_QUARK (tela_auth_error, tela_auth_error)

/* ---- Sessions ---- */

/* The profile shows what the user called themselves. */
static gboolean
name_profile (TelaCore   *core,
              const char *user_id,
              const char *metadata,
              GError    **error)
{
  static const char *const names[] = { "name", "full_name", "display_name" };
  TelaJsonSpan             span = { metadata, strlen (metadata) };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = tela_pick_text (span, names[i]);

      if (name != NULL && strlen (name) <= NAME_MAX_BYTES)
        return tela_db_run (core->db, error, "UPDATE profiles SET name = ? WHERE id = ?", "ss", name, user_id);
    }
  return TRUE;
}

static gboolean
add_user (TelaCore   *core,
          const char *user_id,
          const char *email,
          const char *hash,
          gboolean    anonymous,
          const char *metadata,
          GError    **error)
{
  return tela_db_run (
             core->db, error,
             "INSERT INTO users (id, email, password, anonymous, metadata, created_at, updated_at, last_sign_in_at)"
             " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?6) ON CONFLICT (id) DO NOTHING",
             "sssisi", user_id, email, hash, (gint64) anonymous, metadata, tela_now_ms ()) &&
         name_profile (core, user_id, metadata, error);
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
             const char *method,
             gboolean    permanent,
             GError    **error)
{
  g_autofree char *session_id = g_uuid_string_random ();
  g_autofree char *token = NULL;

  if (!tela_db_run (core->db, error,
                    "INSERT INTO sessions (id, user_id, method, permanent, created_at) VALUES (?, ?, ?, ?, ?)",
                    "sssii", session_id, user_id, method, (gint64) permanent, tela_now_ms ()))
    return NULL;
  token = add_token (core, session_id, NULL, error);
  return token != NULL ? tela_auth_session_json (core, user_id, session_id, token, error) : NULL;
}

/* Commits if there is an answer, else takes it all back. */
char *
tela_auth_settle (TelaCore *core,
                  char     *answer,
                  GError  **error)
{
  if (answer == NULL)
    tela_db_rollback (core->db);
  else if (!tela_db_commit (core->db, error))
    g_clear_pointer (&answer, g_free);
  return answer;
}

void
tela_auth_say_taken (GError **error)
{
  if (!g_error_matches (*error, TELA_DB_ERROR, SQLITE_CONSTRAINT))
    return;
  g_clear_error (error);
  g_set_error (error, TELA_AUTH_ERROR, TELA_AUTH_ERROR_EMAIL_TAKEN, "The address is somebody's already");
}

char *
tela_auth_sign_up (TelaCore   *core,
                   const char *email,
                   const char *hash,
                   const char *metadata,
                   GError    **error)
{
  g_autofree char *user_id = g_uuid_string_random ();
  GError          *local = NULL;
  char            *answer = NULL;

  if (!tela_db_begin (core->db, error))
    return NULL;
  if (add_user (core, user_id, email, hash, email == NULL, metadata, &local))
    answer = add_session (core, user_id, email != NULL ? "password" : "anonymous", FALSE, &local);
  else
    tela_auth_say_taken (&local);
  if (local != NULL)
    g_propagate_error (error, local);
  return tela_auth_settle (core, answer, error);
}

char *
tela_auth_sign_in (TelaCore   *core,
                   const char *user_id,
                   GError    **error)
{
  char *answer = NULL;

  if (!tela_db_begin (core->db, error))
    return NULL;
  if (tela_db_run (core->db, error, "UPDATE users SET last_sign_in_at = ? WHERE id = ?", "is", tela_now_ms (), user_id))
    answer = add_session (core, user_id, "password", FALSE, error);
  return tela_auth_settle (core, answer, error);
}

gboolean
tela_auth_make_owner (TelaCore *core,
                      GError  **error)
{
  return add_user (core, core->keys->owner, NULL, NULL, FALSE, "{}", error);
}

char *
tela_auth_owner (TelaCore *core,
                 GError  **error)
{
  const char      *owner = core->keys->owner;
  g_autofree char *session =
      tela_db_text (core->db, "SELECT id FROM sessions WHERE user_id = ? AND permanent", "s", owner);
  g_autofree char *token = NULL;

  if (session != NULL)
    {
      token = tela_db_text (core->db, "SELECT token FROM refresh_tokens WHERE session_id = ?", "s", session);
      return tela_auth_session_json (core, owner, session, token, error);
    }
  if (!tela_db_begin (core->db, error))
    return NULL;
  return tela_auth_settle (core, add_session (core, owner, "password", TRUE, error), error);
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

  active = tela_db_text (
      core->db, "SELECT token FROM refresh_tokens WHERE session_id = ? AND used_at IS NULL AND (parent = ? OR ?)",
      "ssi", found->session_id, token, (gint64) (now - found->used_at < REUSE_MS));
  if (active != NULL)
    return g_steal_pointer (&active);
  if (tela_db_run (core->db, error, "DELETE FROM sessions WHERE id = ?", "s", found->session_id) &&
      tela_db_commit (core->db, error))
    g_set_error (error, TELA_AUTH_ERROR, TELA_AUTH_ERROR_TOKEN_USED, "Invalid Refresh Token: Already Used");
  return NULL;
}

/* The next token; @token is used now. NULL: error. (transfer full) */
static char *
turn (TelaCore      *core,
      const char    *token,
      const Refresh *found,
      gint64         now,
      GError       **error)
{
  if (!tela_db_run (core->db, error, "UPDATE refresh_tokens SET used_at = ? WHERE token = ?", "is", now, token) ||
      !tela_db_run (core->db, error, "DELETE FROM refresh_tokens WHERE session_id = ? AND used_at < ?", "si",
                    found->session_id, now - KEEP_MS))
    return NULL;
  return add_token (core, found->session_id, token, error);
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
    return tela_auth_settle (core, NULL, error);
  if (found.permanent)
    next = g_strdup (token);
  else if (found.used_at != 0)
    next = reuse (core, token, &found, now, error);
  else
    next = turn (core, token, &found, now, error);
  if (next != NULL)
    answer = tela_auth_session_json (core, found.user_id, found.session_id, next, error);
  return tela_auth_settle (core, answer, error);
}

/* ---- Ending ---- */

/* The owner's one stays. */
gboolean
tela_auth_sign_out (TelaCore         *core,
                    const TelaClaims *claims,
                    TelaLogoutScope   scope,
                    GError          **error)
{
  const char *own = claims->session != NULL ? claims->session : "";

  /* ?2: 0 all, 1 this one, 2 the others. */
  return tela_db_run (core->db, error,
                      "DELETE FROM sessions WHERE user_id = ?1 AND NOT permanent AND"
                      " (?2 = 0 OR (?2 = 1 AND id = ?3) OR (?2 = 2 AND id <> ?3))",
                      "sis", claims->sub, (gint64) scope, own);
}

gboolean
tela_auth_has_session (TelaCore   *core,
                       const char *session_id)
{
  g_autofree char *found = tela_db_text (core->db, "SELECT 1 FROM sessions WHERE id = ?", "s", session_id);

  return found != NULL;
}
