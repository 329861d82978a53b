/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define TELA_JWT_ERROR (tela_jwt_error_quark ())
GQuark tela_jwt_error_quark (void);

typedef enum
{
  TELA_JWT_ERROR_MALFORMED,
  TELA_JWT_ERROR_SIGNER, /* an algorithm that is not ours, "none" among them */
  TELA_JWT_ERROR_SIGNATURE,
  TELA_JWT_ERROR_FIELDS,
  TELA_JWT_ERROR_EXPIRED,
} TelaJwtError;

#define TELA_JWT_MAX_BYTES 8192

/* What a token says. Immutable, counted (one thread). */
typedef struct
{
  int    refs;
  char  *sub; /* NULL: an API key */
  char  *role;
  char  *session; /* may be NULL */
  gint64 exp;     /* seconds */
} TelaClaims;

TelaClaims *tela_claims_ref (TelaClaims *self);
void        tela_claims_unref (TelaClaims *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaClaims, tela_claims_unref)

/* The service's own key: stands above the rights. */
gboolean tela_claims_is_service (const TelaClaims *self);
/* A signed-in user. */
gboolean tela_claims_is_user (const TelaClaims *self);

/* HS256 alone. The messages are those of protocol.md 1.4. */
TelaClaims *tela_jwt_verify (const char *token, const char *secret, gint64 now_s, GError **error);
/* What a token of ours says that has not expired, whatever it is for: an object of JSON. (transfer full) */
char *tela_jwt_read (const char *token, const char *secret, gint64 now_s, GError **error);
/* (transfer full) */
char *tela_jwt_sign (const char *payload, const char *secret);
char *tela_jwt_sign_key (const char *role, const char *secret); /* an API key: a role and an exp far away */

G_END_DECLS
