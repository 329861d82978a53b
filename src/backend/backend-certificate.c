/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-certificate.h"

#include <dlfcn.h>
#include <glib/gi18n-lib.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <string.h>
#include <time.h>

#include "backend-keys.h"

#define YEARS 30
#define NAME "Tela"

/* GIO has no way to make a certificate. GnuTLS is there wherever GIO has TLS, but costs every start 2 MB, and so is
 * loaded on the one day when it is needed. */
#define FUNCTIONS(X)               \
  X (x509_privkey_init)            \
  X (x509_privkey_deinit)          \
  X (x509_privkey_generate)        \
  X (x509_privkey_export2)         \
  X (x509_crt_init)                \
  X (x509_crt_deinit)              \
  X (x509_crt_set_version)         \
  X (x509_crt_set_serial)          \
  X (x509_crt_set_activation_time) \
  X (x509_crt_set_expiration_time) \
  X (x509_crt_set_dn_by_oid)       \
  X (x509_crt_set_key)             \
  X (x509_crt_sign2)               \
  X (x509_crt_export2)             \
  X (strerror)

typedef struct
{
  void *library;
#define X(name) __typeof__ (gnutls_##name) *name;
  FUNCTIONS (X)
#undef X
  gnutls_free_function *free;
} Gnutls;

static gboolean
load (Gnutls *self)
{
  self->library = dlopen ("libgnutls.so.30", RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (self->library == NULL)
    return FALSE;
#define X(name)                                                    \
  self->name = dlsym (self->library, G_STRINGIFY (gnutls_##name)); \
  if (self->name == NULL)                                          \
    return FALSE;
  FUNCTIONS (X)
#undef X
  self->free = dlsym (self->library, "gnutls_free");
  return self->free != NULL;
}

static void
unload (Gnutls *self)
{
  if (self->library != NULL)
    dlclose (self->library);
}

/* The PEM text of both; a code of GnuTLS, 0: good. */
static int
write_pem (const Gnutls         *gnutls,
           gnutls_x509_privkey_t key,
           gnutls_x509_crt_t     crt,
           GString              *out)
{
  g_autofree char *digits = tela_random_hex (8);
  char             serial[8];
  time_t           now = time (NULL);
  gnutls_datum_t   pem;
  int              rc;

  memcpy (serial, digits, sizeof serial); /* hex digits are below 0x80: a positive number */
  if ((rc = gnutls->x509_privkey_generate (key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS (GNUTLS_ECC_CURVE_SECP256R1),
                                           0)) < 0 ||
      (rc = gnutls->x509_crt_set_version (crt, 3)) < 0 ||
      (rc = gnutls->x509_crt_set_serial (crt, serial, sizeof serial)) < 0 ||
      (rc = gnutls->x509_crt_set_activation_time (crt, now - 24 * 3600)) < 0 || /* clocks differ */
      (rc = gnutls->x509_crt_set_expiration_time (crt, now + (time_t) YEARS * 365 * 24 * 3600)) < 0 ||
      (rc = gnutls->x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, NAME, strlen (NAME))) < 0 ||
      (rc = gnutls->x509_crt_set_key (crt, key)) < 0 ||
      (rc = gnutls->x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0)) < 0 ||
      (rc = gnutls->x509_crt_export2 (crt, GNUTLS_X509_FMT_PEM, &pem)) < 0)
    return rc;
  g_string_append_len (out, (const char *) pem.data, pem.size);
  (*gnutls->free) (pem.data);
  if ((rc = gnutls->x509_privkey_export2 (key, GNUTLS_X509_FMT_PEM, &pem)) < 0)
    return rc;
  g_string_append_len (out, (const char *) pem.data, pem.size);
  (*gnutls->free) (pem.data);
  return 0;
}

static gboolean
make_file (const char *path,
           GError    **error)
{
  g_autoptr (GString) pem = g_string_new (NULL);
  gnutls_x509_privkey_t key;
  gnutls_x509_crt_t     crt;
  Gnutls                gnutls;
  const char           *reason = NULL;
  int                   rc;

  if (!load (&gnutls))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _ ("GnuTLS cannot be loaded: %s"), dlerror ());
      unload (&gnutls);
      return FALSE;
    }
  if ((rc = gnutls.x509_privkey_init (&key)) == 0)
    {
      if ((rc = gnutls.x509_crt_init (&crt)) == 0)
        {
          rc = write_pem (&gnutls, key, crt, pem);
          gnutls.x509_crt_deinit (crt);
        }
      gnutls.x509_privkey_deinit (key);
    }
  if (rc < 0)
    reason = gnutls.strerror (rc); /* the library stays in memory: its words do, too */
  unload (&gnutls);
  if (rc < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, _ ("No certificate could be made: %s"), reason);
      return FALSE;
    }
  return g_file_set_contents_full (path, pem->str, (gssize) pem->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

GTlsCertificate *
tela_certificate_open (const char *path,
                       gboolean    make,
                       GError    **error)
{
  if (make && !g_file_test (path, G_FILE_TEST_EXISTS) && !make_file (path, error))
    return NULL;
  return g_tls_certificate_new_from_file (path, error);
}

char *
tela_certificate_fingerprint (GTlsCertificate *certificate)
{
  g_autoptr (GByteArray) der = NULL;

  g_object_get (certificate, "certificate", &der, NULL);
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
}
