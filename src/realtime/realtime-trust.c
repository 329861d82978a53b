/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "realtime-trust.h"

static GMutex      mutex;
static GHashTable *pins; /* under mutex: "host:port" → fingerprint */

/* NULL: no address. (transfer full) */
static char *
place_of (GUri *uri)
{
  if (uri == NULL || g_uri_get_host (uri) == NULL)
    return NULL;
  return g_strdup_printf ("%s:%d", g_uri_get_host (uri), g_uri_get_port (uri));
}

void
realtime_trust_pin (const char *url,
                    const char *fingerprint)
{
  g_autoptr (GUri) uri = g_uri_parse (url, SOUP_HTTP_URI_FLAGS, NULL);
  g_autofree char *place = place_of (uri);

  if (place == NULL)
    return;
  g_mutex_lock (&mutex);
  if (pins == NULL)
    pins = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (fingerprint != NULL)
    g_hash_table_insert (pins, g_steal_pointer (&place), g_strdup (fingerprint));
  else
    g_hash_table_remove (pins, place);
  g_mutex_unlock (&mutex);
}

static gboolean
has_pin (const char *place)
{
  gboolean has_it;

  g_mutex_lock (&mutex);
  has_it = pins != NULL && g_hash_table_contains (pins, place);
  g_mutex_unlock (&mutex);
  return has_it;
}

static gboolean
is_pinned (GUri            *uri,
           GTlsCertificate *certificate)
{
  g_autofree char *place = place_of (uri);
  g_autofree char *fingerprint = NULL;
  g_autoptr (GByteArray) der = NULL;
  gboolean is_it;

  g_object_get (certificate, "certificate", &der, NULL);
  if (place == NULL || der == NULL)
    return FALSE;
  fingerprint = g_compute_checksum_for_data (G_CHECKSUM_SHA256, der->data, der->len);
  g_mutex_lock (&mutex);
  is_it = pins != NULL && g_strcmp0 (g_hash_table_lookup (pins, place), fingerprint) == 0;
  g_mutex_unlock (&mutex);
  return is_it;
}

static gboolean
accept_cb (SoupMessage         *message,
           GTlsCertificate     *certificate,
           GTlsCertificateFlags errors,
           gpointer             data)
{
  return is_pinned (soup_message_get_uri (message), certificate);
}

void
realtime_trust_watch (SoupSession *session,
                      SoupMessage *message)
{
  g_autofree char *place = place_of (soup_message_get_uri (message));

  g_signal_connect (message, "accept-certificate", G_CALLBACK (accept_cb), NULL);
  /* Nobody is asked about a certificate that an authority vouches for, so there is none. libsoup takes the change to none
   * only from one that it has looked up. */
  if (place != NULL && has_pin (place) && soup_session_get_tls_database (session) != NULL)
    soup_session_set_tls_database (session, NULL);
}
