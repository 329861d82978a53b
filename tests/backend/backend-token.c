/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-token.h"

#include <string.h>

char *
fixture_secret (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->dir, "keys.json", NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  return json_text (text, "secret");
}

static char *
encode (const guint8 *data,
        gsize         len)
{
  char *out = g_base64_encode (data, len);

  g_strdelimit (out, "+", '-');
  g_strdelimit (out, "/", '_');
  out[strcspn (out, "=")] = '\0';
  return out;
}

char *
make_raw_token (const char *header,
                const char *payload,
                const char *secret)
{
  g_autofree char *head = encode ((const guint8 *) header, strlen (header));
  g_autofree char *body = encode ((const guint8 *) payload, strlen (payload));
  g_autofree char *both = g_strconcat (head, ".", body, NULL);
  g_autofree char *tail = NULL;
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guint8 *) secret, strlen (secret));
  guint8 digest[32];
  gsize  len = sizeof digest;

  g_hmac_update (hmac, (const guint8 *) both, -1);
  g_hmac_get_digest (hmac, digest, &len);
  tail = encode (digest, len);
  return g_strconcat (both, ".", tail, NULL);
}

char *
make_token (Fixture    *fixture,
            const char *sub,
            const char *role,
            gint64      exp_in_s,
            const char *fields)
{
  g_autofree char *secret = fixture_secret (fixture);
  g_autofree char *payload = g_strdup_printf ("{\"sub\":\"%s\",\"role\":\"%s\",\"exp\":%" G_GINT64_FORMAT "%s}", sub,
                                              role, tela_now_ms () / 1000 + exp_in_s, fields);

  return make_raw_token ("{\"alg\":\"HS256\"}", payload, secret);
}
