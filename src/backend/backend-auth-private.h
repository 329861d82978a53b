/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-auth.h"

G_BEGIN_DECLS

/* (transfer full); NULL without an error: no such user. */
char *tela_auth_user_json (TelaCore *core, const char *user_id, GError **error);
char *tela_auth_session_json (TelaCore *core, const char *user_id, const char *session_id, const char *refresh_token, GError **error);

/* Of backend-auth.c, for backend-auth-users.c: commits if there is an @answer, else takes it all back; and a constraint is
 * an address that is taken. */
char *tela_auth_settle (TelaCore *core, char *answer, GError **error);
void  tela_auth_say_taken (GError **error);

G_END_DECLS
