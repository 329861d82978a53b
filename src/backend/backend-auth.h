/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"
#include "tela-json.h"

G_BEGIN_DECLS

#define TELA_AUTH_EXPIRES 3600 /* seconds of an access token */
#define TELA_AUTH_MAX_METADATA (64 * 1024)

#define TELA_AUTH_ERROR (tela_auth_error_quark ())
GQuark tela_auth_error_quark (void);

typedef enum
{
  TELA_AUTH_ERROR_TOKEN_NOT_FOUND,
  TELA_AUTH_ERROR_TOKEN_USED,
  TELA_AUTH_ERROR_EMAIL_TAKEN,
  TELA_AUTH_ERROR_NO_USER,
  TELA_AUTH_ERROR_TOO_LARGE,
} TelaAuthError;

typedef enum
{
  TELA_LOGOUT_GLOBAL,
  TELA_LOGOUT_LOCAL,
  TELA_LOGOUT_OTHERS,
} TelaLogoutScope;

/* Sessions and users are given as GoTrue's JSON. (transfer full) NULL: error */

/* A new user with a session: an anonymous one, or with both an e-mail address and a password's hash. */
char *tela_auth_sign_up (TelaCore *core, const char *email, const char *hash, const char *metadata, GError **error);
/* A new session of a user whose password was right. */
char *tela_auth_sign_in (TelaCore *core, const char *user_id, GError **error);
char *tela_auth_refresh (TelaCore *core, const char *token, GError **error);
/* The owner's one session never ends and its refresh token does not turn: several processes share it (sync.md 8). */
char    *tela_auth_owner (TelaCore *core, GError **error);
gboolean tela_auth_make_owner (TelaCore *core, GError **error);

/* The user alone; NULL without an error: there is none. */
char *tela_auth_user (TelaCore *core, const char *user_id, GError **error);
/* NULL: none has that address. */
char *tela_auth_find_email (TelaCore *core, const char *email);
/* NULL: there is none. */
char *tela_auth_get_email (TelaCore *core, const char *user_id);
char *tela_auth_get_hash (TelaCore *core, const char *user_id);
/* Changes what is not NULL, and merges @metadata (an object; null takes a member away). An address makes an anonymous
 * user permanent; a new password ends the user's other sessions. The user is given. */
char *tela_auth_update (TelaCore *core, const TelaClaims *claims, const char *email, const char *hash, const char *metadata, GError **error);

gboolean tela_auth_has_session (TelaCore *core, const char *session_id);
gboolean tela_auth_sign_out (TelaCore *core, const TelaClaims *claims, TelaLogoutScope scope, GError **error);

G_END_DECLS
