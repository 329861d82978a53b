/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-jwt.h"

#include <math.h>
#include <string.h>

#include "backend-text.h"

#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define KEY_EXP 4102444800 /* 2100-01-01 */
#define DIGEST_LENGTH 32

G_DEFINE_QUARK (tela_jwt_error, tela_jwt_error)

TelaClaims *
tela_claims_ref (TelaClaims *self)
{
  self->refs++;
  return self;
}

void
tela_claims_unref (TelaClaims *self)
{
  if (--self->refs > 0)
    return;
  g_free (self->sub);
  g_free (self->role);
  g_free (self->session);
  g_free (self);
}

gboolean
tela_claims_is_service (const TelaClaims *self)
{
  return strcmp (self->role, "service_role") == 0;
}

gboolean
tela_claims_is_user (const TelaClaims *self)
{
  return self->sub != NULL && strcmp (self->role, "authenticated") == 0;
}

static char *
base64url (const guint8 *data,
           gsize         len)
{
  char *out = g_base64_encode (data, len);

  g_strdelimit (out, "+", '-');
  g_strdelimit (out, "/", '_');
  out[strcspn (out, "=")] = '\0';
  return out;
}

/* Strict: only the alphabet of base64url, no padding. (transfer full), terminated. */
static guint8 *
base64url_decode (const char *text,
                  gsize       len,
                  gsize      *out_len)
{
  g_autofree char *padded = g_malloc (len + 4);

  for (gsize i = 0; i < len; i++)
    {
      char c = text[i];

      if (!g_ascii_isalnum (c) && c != '-' && c != '_')
        return NULL;
      padded[i] = c == '-' ? '+' : c == '_' ? '/'
                                            : c;
    }
  if (len % 4 == 1)
    return NULL;
  while (len % 4 != 0)
    padded[len++] = '=';
  padded[len] = '\0';
  return g_base64_decode (padded, out_len);
}

static void
sign (const char *data,
      gsize       len,
      const char *secret,
      guint8      digest[DIGEST_LENGTH])
{
  g_autoptr (GHmac) hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) secret, strlen (secret));
  gsize digest_len = DIGEST_LENGTH;

  g_hmac_update (hmac, (const guchar *) data, (gssize) len);
  g_hmac_get_digest (hmac, digest, &digest_len);
}

/* Takes as long for any difference. */
static gboolean
signature_matches (const guint8 *a,
                   gsize         len,
                   const guint8  b[DIGEST_LENGTH])
{
  guint8 diff = 0;

  if (len != DIGEST_LENGTH)
    return FALSE;
  for (gsize i = 0; i < DIGEST_LENGTH; i++)
    diff |= a[i] ^ b[i];
  return diff == 0;
}

/* The part as a checked JSON object; NULL if it is not one. (transfer full) */
static char *
decode_object (const char   *text,
               gsize         len,
               TelaJsonSpan *span)
{
  gsize            out_len;
  g_autofree char *out = (char *) base64url_decode (text, len, &out_len);

  if (out == NULL || !tela_json_check (out, (gssize) out_len, NULL))
    return NULL;
  span->data = out;
  span->len = out_len;
  return tela_span_is_object (*span) ? g_steal_pointer (&out) : NULL;
}

static TelaClaims *
read_claims (TelaJsonSpan payload,
             gint64       now_s,
             GError     **error)
{
  g_autofree char *role = tela_pick_text (payload, "role");
  TelaClaims      *claims;
  TelaJsonSpan     iat;
  gint64           exp, ignored;

  if (role == NULL || !tela_int_member (payload, "exp", &exp) ||
      (tela_json_find (payload, "iat", &iat) && !tela_int_member (payload, "iat", &ignored)))
    {
      g_set_error (error, TELA_JWT_ERROR, TELA_JWT_ERROR_FIELDS, "Fields `role` and `exp` are required in JWT");
      return NULL;
    }
  if (exp <= now_s)
    {
      g_set_error (error, TELA_JWT_ERROR, TELA_JWT_ERROR_EXPIRED,
                   "Token has expired %" G_GINT64_FORMAT " seconds ago", now_s - exp);
      return NULL;
    }
  claims = g_new0 (TelaClaims, 1);
  claims->refs = 1;
  claims->role = g_steal_pointer (&role);
  claims->sub = tela_pick_text (payload, "sub");
  claims->session = tela_pick_text (payload, "session_id");
  claims->exp = exp;
  return claims;
}

static char *
malformed (GError **error)
{
  g_set_error (error, TELA_JWT_ERROR, TELA_JWT_ERROR_MALFORMED, "The token provided is not a valid JWT");
  return NULL;
}

/* The payload of a token that is signed with the secret: an object. (transfer full) */
static char *
open_token (const char   *token,
            const char   *secret,
            TelaJsonSpan *payload_span,
            GError      **error)
{
  g_autofree char   *header = NULL;
  g_autofree char   *payload = NULL;
  g_autofree char   *algorithm = NULL;
  g_autofree guint8 *signature = NULL;
  const char        *dot, *last;
  TelaJsonSpan       span;
  guint8             digest[DIGEST_LENGTH];
  gsize              signature_len = 0;

  dot = strchr (token, '.');
  last = strrchr (token, '.');
  if (dot == NULL || last == dot || memchr (dot + 1, '.', (gsize) (last - dot - 1)) != NULL ||
      strlen (token) > TELA_JWT_MAX_BYTES)
    return malformed (error);
  header = decode_object (token, (gsize) (dot - token), &span);
  if (header == NULL)
    return malformed (error);
  algorithm = tela_pick_text (span, "alg");
  payload = decode_object (dot + 1, (gsize) (last - dot - 1), payload_span);
  if (algorithm == NULL || payload == NULL)
    return malformed (error);
  if (strcmp (algorithm, "HS256") != 0)
    {
      g_set_error (error, TELA_JWT_ERROR, TELA_JWT_ERROR_SIGNER,
                   "Failed to generate JWT signer, check your JWT secret or JWKS configuration");
      return NULL;
    }

  sign (token, (gsize) (last - token), secret, digest);
  signature = base64url_decode (last + 1, strlen (last + 1), &signature_len);
  if (signature == NULL || !signature_matches (signature, signature_len, digest))
    {
      g_set_error (error, TELA_JWT_ERROR, TELA_JWT_ERROR_SIGNATURE, "Failed to validate JWT signature");
      return NULL;
    }
  return g_steal_pointer (&payload);
}

TelaClaims *
tela_jwt_verify (const char *token,
                 const char *secret,
                 gint64      now_s,
                 GError    **error)
{
  TelaJsonSpan     span;
  g_autofree char *payload = open_token (token, secret, &span, error);

  return payload != NULL ? read_claims (span, now_s, error) : NULL;
}

char *
tela_jwt_read (const char *token,
               const char *secret,
               gint64      now_s,
               GError    **error)
{
  TelaJsonSpan     span;
  g_autofree char *payload = open_token (token, secret, &span, error);
  gint64           exp;

  if (payload == NULL)
    return NULL;
  if (tela_int_member (span, "exp", &exp) && exp > now_s)
    return g_steal_pointer (&payload);
  g_set_error (error, TELA_JWT_ERROR, TELA_JWT_ERROR_EXPIRED, "Token has expired");
  return NULL;
}

char *
tela_jwt_sign (const char *payload,
               const char *secret)
{
  g_autofree char *head = base64url ((const guint8 *) HEADER, strlen (HEADER));
  g_autofree char *body = base64url ((const guint8 *) payload, strlen (payload));
  g_autofree char *signed_part = g_strconcat (head, ".", body, NULL);
  g_autofree char *tail = NULL;
  guint8           digest[DIGEST_LENGTH];

  sign (signed_part, strlen (signed_part), secret, digest);
  tail = base64url (digest, sizeof digest);
  return g_strconcat (signed_part, ".", tail, NULL);
}

char *
tela_jwt_sign_key (const char *role,
                   const char *secret)
{
  g_autofree char *payload = g_strdup_printf (
      "{\"iss\":\"tela\",\"role\":\"%s\",\"iat\":1700000000,\"exp\":%" G_GINT64_FORMAT "}", role, (gint64) KEY_EXP);

  return tela_jwt_sign (payload, secret);
}
