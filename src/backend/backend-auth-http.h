/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-auth.h"
#include "backend-http.h"

G_BEGIN_DECLS

/* Between backend-auth-http.c, -password.c and -answer.c. */

void tela_auth_answer_session (SoupServerMessage *msg, const char *session, const GError *error);
void tela_auth_answer_user (SoupServerMessage *msg, const char *user, const GError *error);
/* FALSE: it was answered that this is too often. @email: NULL, if it is not about one. */
gboolean tela_auth_may_try (TelaCore *core, SoupServerMessage *msg, const char *email);
gboolean tela_auth_may_join (TelaCore *core, SoupServerMessage *msg);
/* The last try was right, and does not count. */
void tela_auth_forgive (TelaCore *core, SoupServerMessage *msg, const char *email);

/* Those that need a password looked at or hashed, which a worker does. @metadata: NULL: none. */
void tela_auth_password_sign_up (TelaCore *core, SoupServerMessage *msg, const char *email, const char *password, const char *metadata);
void tela_auth_password_sign_in (TelaCore *core, SoupServerMessage *msg, const char *email, const char *password);
void tela_auth_password_change (TelaCore *core, SoupServerMessage *msg, const TelaClaims *claims, const char *email, const char *password, const char *metadata);

G_END_DECLS
