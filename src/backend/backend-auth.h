/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"
#include "tela-json.h"

G_BEGIN_DECLS

#define TELA_AUTH_EXPIRES 3600 /* seconds of an access token */

#define TELA_AUTH_ERROR (tela_auth_error_quark ())
GQuark tela_auth_error_quark (void);

typedef enum
{
  TELA_AUTH_ERROR_TOKEN_NOT_FOUND,
  TELA_AUTH_ERROR_TOKEN_USED,
} TelaAuthError;

typedef enum
{
  TELA_LOGOUT_GLOBAL,
  TELA_LOGOUT_LOCAL,
  TELA_LOGOUT_OTHERS,
} TelaLogoutScope;

/* Sessions are given as GoTrue's JSON. (transfer full) */
char *tela_auth_sign_up (TelaCore *core, const char *metadata, GError **error); /* a new anonymous user */
char *tela_auth_refresh (TelaCore *core, const char *token, GError **error);
/* The owner's one session never ends and its refresh token does not turn: several processes share it (sync.md 8). */
char    *tela_auth_owner (TelaCore *core, GError **error);
gboolean tela_auth_make_owner (TelaCore *core, GError **error);
/* The user alone; NULL without an error: there is none. */
char    *tela_auth_user (TelaCore *core, const char *user_id, GError **error);
gboolean tela_auth_has_session (TelaCore *core, const char *session_id);
gboolean tela_auth_sign_out (TelaCore *core, const TelaClaims *claims, TelaLogoutScope scope, GError **error);

G_END_DECLS
