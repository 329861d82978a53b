/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-jwt.h"
#include "fuzz.h"

/* No bytes are a token of this secret, except those that were signed with it. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autofree char *token = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaClaims) claims = NULL;
  g_autofree char *resigned = NULL;
  g_autofree char *read = NULL;

  claims = tela_jwt_verify (token, "a secret that nobody knows", 1000, &error);
  g_assert_true (claims == NULL && error->domain == TELA_JWT_ERROR);
  g_clear_error (&error);
  g_assert_null (tela_jwt_read (token, "a secret that nobody knows", 1000, NULL));

  /* Signed by us, the bytes are a payload: any one, and it is read or refused. */
  resigned = tela_jwt_sign (token, "another secret");
  claims = tela_jwt_verify (resigned, "another secret", 1000, &error);
  g_assert_true ((claims == NULL) == (error != NULL));
  if (claims != NULL)
    g_assert_true (claims->role != NULL && claims->exp > 1000);
  read = tela_jwt_read (resigned, "another secret", 1000, NULL);
  g_assert_true (claims == NULL || g_strcmp0 (read, token) == 0);
  return 0;
}
