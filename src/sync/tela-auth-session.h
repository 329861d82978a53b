/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What GoTrue calls a session, in the form in which it answers a sign-in and a refresh. All zero: none. */
typedef struct
{
  char  *access;
  char  *refresh;
  char  *user;       /* its id */
  gint64 expires_at; /* seconds since 1970, by the server's clock */
} TelaAuthSession;

void tela_auth_session_clear (TelaAuthSession *self);
/* Takes the session in @text; FALSE, and unchanged, if there is none. @now: the server's, in seconds. */
gboolean tela_auth_session_parse (TelaAuthSession *self, const char *text, gssize len, gint64 now);
/* (transfer full) What parse takes again; "" for none. */
char *tela_auth_session_to_json (const TelaAuthSession *self);

G_END_DECLS
