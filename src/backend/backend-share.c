/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-share.h"

#include <glib/gi18n-lib.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

#include "backend-certificate.h"
#include "backend-gate.h"
#include "backend-http.h"
#include "backend-text.h"

#define LOOK_SECONDS 5

/* ---- What is kept ---- */

static gboolean
keep (TelaSharing *self,
      GError     **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  TelaJsonWriter writer;

  tela_json_writer_init (&writer, out, 2);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_boolean (&writer, "on", self->on);
  tela_json_writer_put_int (&writer, "port", self->port);
  tela_json_writer_put_string (&writer, "host_id", self->host_id);
  if (self->given != NULL)
    {
      tela_json_writer_put_string (&writer, "certificate", self->given);
    }
  if (self->wanted != NULL)
    {
      tela_json_writer_name (&writer, "addresses");
      tela_json_writer_begin_array (&writer);
      for (guint i = 0; self->wanted[i] != NULL; i++)
        tela_json_writer_string (&writer, self->wanted[i]);
      tela_json_writer_end_array (&writer);
    }
  tela_json_writer_end_object (&writer);
  g_string_append_c (out, '\n');
  return g_file_set_contents_full (self->path, out->str, (gssize) out->len,
                                   G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

/* A damaged file is as none: sharing is off, and old invites lead nowhere. */
static void
recall (TelaSharing *self)
{
  g_autofree char *text = NULL;
  gsize            len;
  TelaJsonSpan     root;
  gint64           port = 0;

  if (g_file_get_contents (self->path, &text, &len, NULL) && tela_json_check (text, (gssize) len, NULL))
    {
      root = (TelaJsonSpan){ text, len };
      self->host_id = tela_pick_text (root, "host_id");
      self->on = tela_flag_member (root, "on", FALSE);
      self->given = tela_pick_text (root, "certificate");
      if (tela_int_member (root, "port", &port) && port > 0 && port < 65536)
        self->port = (guint) port;
      self->wanted = tela_pick_texts (root, "addresses");
    }
  if (self->host_id == NULL || !tela_is_uuid (self->host_id))
    {
      g_free (self->host_id);
      self->host_id = g_uuid_string_random ();
      self->on = FALSE;
    }
}

/* ---- Addresses ---- */

static char *
address_text (const struct sockaddr *address)
{
  g_autoptr (GInetAddress) inet = NULL;

  if (address->sa_family == AF_INET)
    inet = g_inet_address_new_from_bytes ((const guint8 *) &((const struct sockaddr_in *) (const void *) address)->sin_addr,
                                          G_SOCKET_FAMILY_IPV4);
  else if (address->sa_family == AF_INET6)
    inet =
        g_inet_address_new_from_bytes ((const guint8 *) &((const struct sockaddr_in6 *) (const void *) address)->sin6_addr,
                                       G_SOCKET_FAMILY_IPV6);
  /* One that needs the name of an interface with it is of no use in a link. */
  if (inet == NULL || g_inet_address_get_is_link_local (inet))
    return NULL;
  return g_inet_address_to_string (inet);
}

/* Those of the machine's interfaces, in their order. */
static GStrv
find_addresses (TelaSharing *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  struct ifaddrs *all = NULL;

  if (self->wanted != NULL)
    return g_strdupv (self->wanted);
  if (getifaddrs (&all) == 0)
    for (struct ifaddrs *at = all; at != NULL; at = at->ifa_next)
      {
        g_autofree char *text = NULL;

        if (at->ifa_addr == NULL || (at->ifa_flags & IFF_UP) == 0 || (at->ifa_flags & IFF_LOOPBACK) != 0)
          continue;
        text = address_text (at->ifa_addr);
        if (text != NULL)
          g_strv_builder_add (builder, text);
      }
  if (all != NULL)
    freeifaddrs (all);
  return g_strv_builder_end (builder);
}

/* ---- Listening ---- */

/* Those that last are said once, not at every look. */
static void
set_problem (TelaSharing *self,
             const char  *text)
{
  if (g_strcmp0 (self->problem, text) == 0)
    return;
  g_free (self->problem);
  self->problem = g_strdup (text);
  if (text != NULL)
    g_message ("Sharing: %s", text);
}

static gboolean
listen_on (TelaSharing *self,
           const char  *host,
           GError     **error)
{
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string (host, self->port);
  guint port;

  if (address == NULL)
    {
      /* Translators: %s is what was given as an address of this computer */
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("%s is no address to listen on"), host);
      return FALSE;
    }
  port = tela_gate_listen (self->core->gate, address, self->certificate, error);
  if (port == 0)
    return FALSE;
  self->port = port;
  g_ptr_array_add (self->addresses, g_strdup_printf (strchr (host, ':') != NULL ? "[%s]:%u" : "%s:%u", host, port));
  return TRUE;
}

/* The port of before; if somebody else has it by now, another. */
static void
listen_to_all (TelaSharing       *self,
               const char *const *hosts)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; hosts[i] != NULL; i++)
    {
      g_clear_error (&error);
      if (listen_on (self, hosts[i], &error) || self->addresses->len > 0)
        continue;
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        {
          self->port = 0;
          g_clear_error (&error);
          listen_on (self, hosts[i], &error);
        }
    }
  if (self->addresses->len > 0)
    set_problem (self, NULL);
  else
    set_problem (self, error != NULL ? error->message : _ ("This computer is on no network"));
}

static void
close_doors (TelaSharing *self)
{
  g_ptr_array_set_size (self->addresses, 0);
  g_clear_pointer (&self->announce, tela_announce_free);
  tela_gate_shut (self->core->gate);
}

static void
open_doors (TelaSharing *self)
{
  g_auto (GStrv) hosts = find_addresses (self);

  if (self->addresses->len > 0 && g_strv_equal ((const char *const *) self->hosts, (const char *const *) hosts))
    return;
  close_doors (self);
  g_strfreev (self->hosts);
  self->hosts = g_strdupv (hosts);
  listen_to_all (self, (const char *const *) hosts);
  if (self->addresses->len > 0)
    self->announce = tela_announce_new (self->port, self->host_id);
}

static gboolean
look_cb (gpointer data)
{
  open_doors (data);
  return G_SOURCE_CONTINUE;
}

static void
stop (TelaSharing *self)
{
  if (self->looker != NULL)
    g_source_destroy (self->looker);
  g_clear_pointer (&self->looker, g_source_unref);
  if (self->certificate != NULL)
    close_doors (self);
  g_clear_object (&self->certificate);
  g_clear_pointer (&self->fingerprint, g_free);
  set_problem (self, NULL);
}

static gboolean
start (TelaSharing *self,
       GError     **error)
{
  g_autofree char *own = g_build_filename (self->core->data_dir, "share.pem", NULL);
  g_autoptr (GTlsCertificate) certificate =
      tela_certificate_open (self->given != NULL ? self->given : own, self->given == NULL, error);

  if (certificate == NULL)
    return FALSE;
  stop (self);
  self->certificate = g_steal_pointer (&certificate);
  self->fingerprint = tela_certificate_fingerprint (self->certificate);
  open_doors (self);
  self->looker = g_timeout_source_new_seconds (LOOK_SECONDS);
  g_source_set_static_name (self->looker, "tela-backend-share");
  g_source_set_callback (self->looker, look_cb, self, NULL);
  g_source_attach (self->looker, self->core->context);
  return TRUE;
}

gboolean
tela_sharing_set (TelaSharing       *self,
                  gboolean           on,
                  const char        *certificate,
                  const char *const *addresses,
                  GError           **error)
{
  if (certificate != NULL)
    {
      g_free (self->given);
      self->given = *certificate != '\0' ? g_strdup (certificate) : NULL;
    }
  if (addresses != NULL)
    {
      g_strfreev (self->wanted);
      self->wanted = addresses[0] != NULL ? g_strdupv ((char **) addresses) : NULL;
    }
  if (!on)
    stop (self);
  else if ((self->certificate == NULL || certificate != NULL || addresses != NULL) && !start (self, error))
    return FALSE;
  self->on = on;
  return keep (self, error);
}

gboolean
tela_sharing_is_at_home (TelaCore          *core,
                         SoupServerMessage *msg)
{
  g_autoptr (TelaClaims) claims = tela_http_authenticate (core, msg, NULL);

  return claims != NULL && !tela_gate_is_shared (core->gate, msg) && tela_http_is_loopback (msg) &&
         (tela_claims_is_service (claims) || g_strcmp0 (claims->sub, core->keys->owner) == 0);
}

/* ---- Life ---- */

TelaSharing *
tela_sharing_new (TelaCore *core)
{
  TelaSharing *self = g_new0 (TelaSharing, 1);
  g_autoptr (GError) local = NULL;

  self->core = core;
  self->path = g_build_filename (core->data_dir, "share.json", NULL);
  self->addresses = g_ptr_array_new_with_free_func (g_free);
  recall (self);
  if (self->on && !start (self, &local))
    set_problem (self, local->message);
  return self;
}

void
tela_sharing_free (TelaSharing *self)
{
  stop (self);
  g_ptr_array_unref (self->addresses);
  g_strfreev (self->wanted);
  g_strfreev (self->hosts);
  g_free (self->given);
  g_free (self->host_id);
  g_free (self->path);
  g_free (self);
}
