/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-core.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/resource.h>

#include "backend-auth.h"
#include "backend-backup.h"
#include "backend-bodies.h"
#include "backend-changes.h"
#include "backend-collector.h"
#include "backend-gate.h"
#include "backend-history.h"
#include "backend-http.h"
#include "backend-news.h"
#include "backend-share.h"
#include "backend-socket.h"
#include "backend-table.h"

#define LOOPBACK "127.0.0.1"
#define SIGN_UPS 30 /* in an hour */
#define MAX_FILES 4096
#define SWEEP_SECONDS 3600
#define FIRST_SWEEP_SECONDS 10

static const TelaPatience default_patience = { 60 * G_USEC_PER_SEC, 30 * G_USEC_PER_SEC, 8 * 1024 * 1024, 5000,
                                               600 * G_USEC_PER_SEC, 5000, 256 * 1024 * 1024, 512 * 1024 * 1024 };

/* ---- Listening ---- */

static GSocketAddress *
parse_listen (const char *listen,
              GError    **error)
{
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (listen, 0, error);
  g_autoptr (GInetAddress) address = NULL;
  const char *host;

  if (parsed == NULL)
    return NULL;
  host = g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed));
  address = g_inet_address_new_from_string (strcmp (host, "localhost") == 0 ? LOOPBACK : host);
  if (address != NULL)
    return g_inet_socket_address_new (address, g_network_address_get_port (G_NETWORK_ADDRESS (parsed)));
  /* Translators: %s is what stands in the settings as the address */
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("%s is no address to listen on"), listen);
  return NULL;
}

/* The address in the URL: one that this machine can reach. */
static void
set_url (TelaCore       *self,
         GSocketAddress *address,
         guint           port)
{
  GInetAddress    *inet = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address));
  g_autofree char *host = g_inet_address_get_is_any (inet) ? g_strdup (LOOPBACK) : g_inet_address_to_string (inet);

  self->url = g_strdup_printf (strchr (host, ':') != NULL ? "http://[%s]:%u" : "http://%s:%u", host, port);
}

static gboolean
listen_on (TelaCore       *self,
           GSocketAddress *address,
           GError        **error)
{
  guint port = tela_gate_listen (self->gate, address, NULL, error);

  if (port == 0)
    return FALSE;
  set_url (self, address, port);
  return TRUE;
}

static gboolean
start_listening (TelaCore   *self,
                 const char *listen,
                 GError    **error)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GSocketAddress) other = NULL;
  g_autoptr (GUri) uri = NULL;

  if (listen != NULL)
    {
      address = parse_listen (listen, error);
      return address != NULL && listen_on (self, address, error);
    }
  /* Somebody else may have taken the port since; then another is as good. */
  address = g_inet_socket_address_new_from_string (LOOPBACK, self->keys->port);
  other = g_inet_socket_address_new_from_string (LOOPBACK, 0);
  if (!listen_on (self, address, NULL) && !listen_on (self, other, error))
    return FALSE;
  uri = g_uri_parse (self->url, G_URI_FLAGS_NONE, NULL);
  return tela_keys_set_port (self->keys, (guint) g_uri_get_port (uri), error);
}

/* Each connection is a file, and a thousand are allowed. */
static void
raise_files (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= MAX_FILES)
    return;
  limit.rlim_cur = MIN (MAX_FILES, limit.rlim_max);
  setrlimit (RLIMIT_NOFILE, &limit);
}

/* ---- Life ---- */

static void
drop_source (GSource **source)
{
  if (*source == NULL)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static gboolean sweep_cb (gpointer user_data);

static void
sweep_after (TelaCore *self,
             guint     seconds)
{
  drop_source (&self->sweeper);
  self->sweeper = g_timeout_source_new_seconds (seconds);
  g_source_set_static_name (self->sweeper, "[tela] sweep");
  g_source_set_callback (self->sweeper, sweep_cb, self, NULL);
  g_source_attach (self->sweeper, self->context);
}

static gboolean
sweep_cb (gpointer user_data)
{
  TelaCore *self = user_data;

  tela_projects_empty_trash (self, tela_now_ms ());
  tela_history_compact (self->db, &tela_history_limits, tela_now_ms ());
  self->is_swept = TRUE;
  sweep_after (self, SWEEP_SECONDS);

  return G_SOURCE_REMOVE;
}

/* Making room in the history of a big board takes a while, and whoever has just started this waits for an answer. */
static void
start_sweeping (TelaCore *self)
{
  tela_projects_empty_trash (self, tela_now_ms ());
  sweep_after (self, FIRST_SWEEP_SECONDS);
}

static void
topic_table_init (GHashTable **table)
{
  *table = g_hash_table_new (g_str_hash, g_str_equal); /* topics free themselves with their last channel */
}

TelaCore *
tela_core_new (const char   *data_dir,
               const char   *listen,
               gboolean      limits,
               GMainContext *context,
               GError      **error)
{
  TelaCore *self;

  if (g_mkdir_with_parents (data_dir, 0700) != 0)
    {
      /* Translators: a directory, then why */
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("%s cannot be made: %s"), data_dir,
                   g_strerror (errno));
      return NULL;
    }
  if (g_access (data_dir, W_OK) != 0)
    {
      /* Translators: a directory, then why */
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _ ("%s cannot be written: %s"), data_dir,
                   g_strerror (errno));
      return NULL;
    }
  self = g_new0 (TelaCore, 1);
  self->data_dir = g_strdup (data_dir);
  self->limits = limits;
  self->context = context;
  self->poller = tela_poller_new (context);
  self->patience = default_patience;
  self->metrics.started_us = g_get_monotonic_time ();
  topic_table_init (&self->topics[0]);
  topic_table_init (&self->topics[1]);
  self->sockets = g_ptr_array_new_with_free_func ((GDestroyNotify) tela_socket_free);
  self->dirty = g_ptr_array_new ();
  self->over = g_ptr_array_new ();
  self->bodies = tela_bodies_new ();
  self->orphans = g_ptr_array_new_with_free_func (g_free);
  self->sign_ins = tela_sign_ins_new ();
  self->sign_ups = tela_throttle_new (SIGN_UPS, G_TIME_SPAN_HOUR / SIGN_UPS);
  self->server = soup_server_new ("server-header", "Tela/" TELA_VERSION, NULL);
  self->gate = tela_gate_new (self);
  raise_files ();

  tela_backup_clean (data_dir);
  if ((self->keys = tela_keys_open (data_dir, error)) == NULL ||
      (self->db = tela_db_open (data_dir, tela_now_ms (), error)) == NULL ||
      (self->news = tela_news_new (self)) == NULL ||
      (self->changes = tela_changes_new (self)) == NULL || !tela_auth_make_owner (self, error) ||
      !start_listening (self, listen, error))
    {
      tela_core_free (self);
      return NULL;
    }
  self->anon_key = tela_jwt_sign_key ("anon", self->keys->secret);
  self->service_key = tela_jwt_sign_key ("service_role", self->keys->secret);
  tela_http_serve (self);
  self->sharing = tela_sharing_new (self);
  self->collector = tela_collector_new (self);
  start_sweeping (self);
  return self;
}

void
tela_core_drain (TelaCore *self)
{
  self->draining = TRUE;
  tela_collector_stop (self->collector);
  tela_gate_drain (self->gate);
  for (guint i = 0; i < self->sockets->len; i++)
    tela_socket_say_goodbye (self->sockets->pdata[i]);
}

gboolean
tela_core_is_drained (TelaCore *self)
{
  return self->sockets->len == 0;
}

void
tela_core_free (TelaCore *self)
{
  g_clear_pointer (&self->sharing, tela_sharing_free);
  soup_server_disconnect (self->server);
  g_ptr_array_unref (self->sockets);
  g_ptr_array_unref (self->dirty);
  g_ptr_array_unref (self->over);
  drop_source (&self->ticker);
  if (self->sweeper != NULL && !self->is_swept)
    tela_history_compact (self->db, &tela_history_limits, tela_now_ms ()); /* it did not last long enough */
  drop_source (&self->sweeper);
  tela_poller_free (self->poller);
  tela_gate_free (self->gate);
  g_object_unref (self->server);
  g_hash_table_unref (self->topics[0]);
  g_hash_table_unref (self->topics[1]);
  g_clear_pointer (&self->collector, tela_collector_free);
  g_clear_pointer (&self->changes, tela_changes_free);
  g_clear_pointer (&self->news, tela_news_free);
  g_ptr_array_unref (self->orphans);
  tela_bodies_free (self->bodies);
  tela_sign_ins_free (self->sign_ins);
  tela_throttle_free (self->sign_ups);
  g_clear_pointer (&self->db, tela_db_free);
  g_clear_pointer (&self->keys, tela_keys_free);
  g_free (self->url);
  g_free (self->anon_key);
  g_free (self->service_key);
  g_free (self->data_dir);
  g_free (self);
}
