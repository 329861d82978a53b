/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What a link that invites to a board says: where its host is, how to know it again, and the secret that opens the door.
 *   tela://join?a=192.0.2.7:41000&a=…&f=FINGERPRINT&h=HOST-ID&p=PROJECT&c=CODE&r=editor&e=SECONDS */
typedef struct
{
  GStrv  addresses;   /* "HOST:PORT", at least one */
  char  *fingerprint; /* of the host's certificate: SHA-256 in hex */
  char  *host_id;
  char  *project;
  char  *code;       /* secret: never to be logged */
  char  *role;       /* "editor" or "viewer" */
  gint64 expires_at; /* seconds since 1970; 0: never */
} TelaInvite;

void tela_invite_free (TelaInvite *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaInvite, tela_invite_free)

gboolean    tela_invite_is_link (const char *text); /* looks like one, good or not */
TelaInvite *tela_invite_parse (const char *link, GError **error);
char       *tela_invite_to_link (const TelaInvite *self); /* (transfer full) */

/* What the host answered to the code. */
typedef struct
{
  char *url; /* where it was reached */
  char *key;
  char *session; /* JSON */
  char *project;
  char *name; /* of the board */
  char *role;
} TelaWelcome;

void tela_welcome_free (TelaWelcome *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaWelcome, tela_welcome_free)

/* Tries the addresses by turns, trusting the certificate of the invite alone, and shows the code. @refresh_token: of a session
 * that this host gave earlier, in order to stay that person; NULL: as somebody new. Errors: TELA_REMOTE_ERROR; REFUSED:
 * expired, revoked, used up. */
void         tela_invite_accept_async (const TelaInvite *self, const char *refresh_token, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaWelcome *tela_invite_accept_finish (GAsyncResult *result, GError **error);

G_END_DECLS
