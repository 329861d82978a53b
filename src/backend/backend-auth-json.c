/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

/* Users, access tokens and sessions as GoTrue writes them. */

#include "backend-auth-private.h"

#include <string.h>

#include "backend-text.h"

#define METADATA_IN_TOKEN 2000 /* bytes; a token travels in every request */

typedef struct
{
  char    *id;
  char    *email; /* "" : none */
  char    *metadata;
  gboolean anonymous;
  gint64   created_at, updated_at, last_sign_in_at;
} Account;

static void
account_clear (Account *self)
{
  g_free (self->id);
  g_free (self->email);
  g_free (self->metadata);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Account, account_clear)

/* FALSE without an error: no such user. */
static gboolean
load (TelaCore   *core,
      const char *user_id,
      Account    *account,
      GError    **error)
{
  sqlite3_stmt *row =
      tela_db_prepare (core->db, error,
                       "SELECT coalesce (email, ''), metadata, anonymous, created_at, updated_at, last_sign_in_at"
                       " FROM users WHERE id = ?",
                       "s", user_id);

  if (row == NULL || !tela_db_step (core->db, row, error))
    return FALSE;
  account->id = g_strdup (user_id);
  account->email = tela_db_column (row, 0);
  account->metadata = tela_db_column (row, 1);
  account->anonymous = sqlite3_column_int (row, 2);
  account->created_at = sqlite3_column_int64 (row, 3);
  account->updated_at = sqlite3_column_int64 (row, 4);
  account->last_sign_in_at = sqlite3_column_int64 (row, 5);
  sqlite3_reset (row);
  return TRUE;
}

/* ---- Members ---- */

static void
write_time (TelaJsonWriter *writer,
            const char     *name,
            gint64          ms)
{
  g_autofree char *text = tela_iso_from_ms (ms);

  tela_json_writer_put_string (writer, name, text);
}

static void
write_raw (TelaJsonWriter *writer,
           const char     *name,
           const char     *json)
{
  tela_json_writer_name (writer, name);
  tela_json_writer_raw (writer, json, strlen (json));
}

static void
write_app_metadata (TelaJsonWriter *writer,
                    const Account  *account)
{
  write_raw (writer, "app_metadata",
             *account->email != '\0' ? "{\"provider\":\"email\",\"providers\":[\"email\"]}" : "{}");
}

static void
write_identities (TelaJsonWriter *writer,
                  const Account  *account)
{
  tela_json_writer_name (writer, "identities");
  tela_json_writer_begin_array (writer);
  if (*account->email != '\0')
    {
      tela_json_writer_begin_object (writer);
      tela_json_writer_put_string (writer, "identity_id", account->id);
      tela_json_writer_put_string (writer, "id", account->id);
      tela_json_writer_put_string (writer, "user_id", account->id);
      tela_json_writer_name (writer, "identity_data");
      tela_json_writer_begin_object (writer);
      tela_json_writer_put_string (writer, "email", account->email);
      tela_json_writer_put_boolean (writer, "email_verified", FALSE);
      tela_json_writer_put_boolean (writer, "phone_verified", FALSE);
      tela_json_writer_put_string (writer, "sub", account->id);
      tela_json_writer_end_object (writer);
      tela_json_writer_put_string (writer, "provider", "email");
      write_time (writer, "last_sign_in_at", account->last_sign_in_at);
      write_time (writer, "created_at", account->created_at);
      write_time (writer, "updated_at", account->updated_at);
      tela_json_writer_put_string (writer, "email", account->email);
      tela_json_writer_end_object (writer);
    }
  tela_json_writer_end_array (writer);
}

static void
write_user (TelaJsonWriter *writer,
            const Account  *account)
{
  tela_json_writer_begin_object (writer);
  tela_json_writer_put_string (writer, "id", account->id);
  tela_json_writer_put_string (writer, "aud", "authenticated");
  tela_json_writer_put_string (writer, "role", "authenticated");
  tela_json_writer_put_string (writer, "email", account->email);
  if (*account->email != '\0')
    {
      write_time (writer, "email_confirmed_at", account->created_at);
      write_time (writer, "confirmed_at", account->created_at);
    }
  tela_json_writer_put_string (writer, "phone", "");
  write_time (writer, "last_sign_in_at", account->last_sign_in_at);
  write_app_metadata (writer, account);
  write_raw (writer, "user_metadata", account->metadata);
  write_identities (writer, account);
  write_time (writer, "created_at", account->created_at);
  write_time (writer, "updated_at", account->updated_at);
  tela_json_writer_put_boolean (writer, "is_anonymous", account->anonymous);
  tela_json_writer_end_object (writer);
}

/* ---- Tokens ---- */

/* How and when the session began. */
static void
write_methods (TelaCore       *core,
               TelaJsonWriter *writer,
               const char     *session_id)
{
  sqlite3_stmt *row =
      tela_db_prepare (core->db, NULL, "SELECT method, created_at FROM sessions WHERE id = ?", "s", session_id);

  tela_json_writer_name (writer, "amr");
  tela_json_writer_begin_array (writer);
  if (row != NULL && tela_db_step (core->db, row, NULL))
    {
      tela_json_writer_begin_object (writer);
      tela_json_writer_put_string (writer, "method", (const char *) sqlite3_column_text (row, 0));
      tela_json_writer_put_int (writer, "timestamp", sqlite3_column_int64 (row, 1) / 1000);
      tela_json_writer_end_object (writer);
      sqlite3_reset (row);
    }
  tela_json_writer_end_array (writer);
}

static char *
access_token (TelaCore      *core,
              const Account *account,
              const char    *session_id,
              gint64         now_s)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *issuer = g_strconcat (core->url, "/auth/v1", NULL);
  TelaJsonWriter   writer;

  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "iss", issuer);
  tela_json_writer_put_string (&writer, "sub", account->id);
  tela_json_writer_put_string (&writer, "aud", "authenticated");
  tela_json_writer_put_int (&writer, "exp", now_s + TELA_AUTH_EXPIRES);
  tela_json_writer_put_int (&writer, "iat", now_s);
  tela_json_writer_put_string (&writer, "email", account->email);
  tela_json_writer_put_string (&writer, "phone", "");
  write_app_metadata (&writer, account);
  write_raw (&writer, "user_metadata", strlen (account->metadata) <= METADATA_IN_TOKEN ? account->metadata : "{}");
  tela_json_writer_put_string (&writer, "role", "authenticated");
  tela_json_writer_put_string (&writer, "aal", "aal1");
  write_methods (core, &writer, session_id);
  tela_json_writer_put_string (&writer, "session_id", session_id);
  tela_json_writer_put_boolean (&writer, "is_anonymous", account->anonymous);
  tela_json_writer_end_object (&writer);
  return tela_jwt_sign (out->str, core->keys->secret);
}

/* ---- Public ---- */

char *
tela_auth_user_json (TelaCore   *core,
                     const char *user_id,
                     GError    **error)
{
  g_auto (Account) account = { 0 };
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  if (!load (core, user_id, &account, error))
    return NULL;
  tela_json_writer_init (&writer, out, 0);
  write_user (&writer, &account);
  return g_string_free (g_steal_pointer (&out), FALSE);
}

char *
tela_auth_session_json (TelaCore   *core,
                        const char *user_id,
                        const char *session_id,
                        const char *refresh_token,
                        GError    **error)
{
  g_auto (Account) account = { 0 };
  g_autoptr (GString) out = g_string_new (NULL);
  g_autofree char *access = NULL;
  gint64           now_s = tela_now_ms () / 1000;
  TelaJsonWriter   writer;

  if (!load (core, user_id, &account, error))
    {
      if (error != NULL && *error == NULL)
        g_set_error (error, TELA_AUTH_ERROR, TELA_AUTH_ERROR_NO_USER, "There is no such user");
      return NULL;
    }
  access = access_token (core, &account, session_id, now_s);
  tela_json_writer_init (&writer, out, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "access_token", access);
  tela_json_writer_put_string (&writer, "token_type", "bearer");
  tela_json_writer_put_int (&writer, "expires_in", TELA_AUTH_EXPIRES);
  tela_json_writer_put_int (&writer, "expires_at", now_s + TELA_AUTH_EXPIRES);
  tela_json_writer_put_string (&writer, "refresh_token", refresh_token);
  tela_json_writer_name (&writer, "user");
  write_user (&writer, &account);
  tela_json_writer_end_object (&writer);
  return g_string_free (g_steal_pointer (&out), FALSE);
}
