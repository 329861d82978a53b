/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-invite.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "realtime-trust.h"
#include "tela-http.h"
#include "tela-pick.h"

#define PREFIX "tela://join?"
#define MAX_LINK 4096
#define MAX_ADDRESSES 16

void
tela_invite_free (TelaInvite *self)
{
  g_strfreev (self->addresses);
  g_free (self->fingerprint);
  g_free (self->host_id);
  g_free (self->project);
  g_free (self->code);
  g_free (self->role);
  g_free (self);
}

void
tela_welcome_free (TelaWelcome *self)
{
  g_free (self->url);
  g_free (self->key);
  g_free (self->session);
  g_free (self->project);
  g_free (self->name);
  g_free (self->role);
  g_free (self);
}

/* ---- Links ---- */

gboolean
tela_invite_is_link (const char *text)
{
  return g_str_has_prefix (text, "tela://join");
}

/* One member; the last one of a name wins. */
static void
take_member (TelaInvite   *self,
             GStrvBuilder *addresses,
             guint        *n_addresses,
             const char   *name,
             char         *value)
{
  char **slot = NULL;

  if (strcmp (name, "a") == 0 && *n_addresses < MAX_ADDRESSES)
    {
      g_strv_builder_add (addresses, value);
      (*n_addresses)++;
    }
  else if (strcmp (name, "e") == 0)
    self->expires_at = g_ascii_strtoll (value, NULL, 10);
  else if (strcmp (name, "f") == 0)
    slot = &self->fingerprint;
  else if (strcmp (name, "h") == 0)
    slot = &self->host_id;
  else if (strcmp (name, "p") == 0)
    slot = &self->project;
  else if (strcmp (name, "c") == 0)
    slot = &self->code;
  else if (strcmp (name, "r") == 0)
    slot = &self->role;
  if (slot == NULL)
    return;
  g_free (*slot);
  *slot = g_strdup (value);
}

/* An address of the network and a port: no names, and so nothing that could be looked up elsewhere. */
static gboolean
is_address (const char *text)
{
  g_autoptr (GSocketConnectable) parsed = g_network_address_parse (text, 0, NULL);

  return parsed != NULL && g_network_address_get_port (G_NETWORK_ADDRESS (parsed)) != 0 &&
         g_hostname_is_ip_address (g_network_address_get_hostname (G_NETWORK_ADDRESS (parsed)));
}

static gboolean
is_hex (const char *text,
        gsize       len)
{
  return text != NULL && strlen (text) == len && strspn (text, "0123456789abcdef") == len;
}

static gboolean
is_whole (const TelaInvite *self)
{
  for (guint i = 0; self->addresses[i] != NULL; i++)
    if (!is_address (self->addresses[i]))
      return FALSE;
  return self->addresses[0] != NULL && is_hex (self->fingerprint, 64) && self->host_id != NULL &&
         g_uuid_string_is_valid (self->host_id) && self->project != NULL && g_uuid_string_is_valid (self->project) &&
         self->code != NULL && is_hex (self->code, strlen (self->code)) && *self->code != '\0' &&
         (g_strcmp0 (self->role, "editor") == 0 || g_strcmp0 (self->role, "viewer") == 0);
}

TelaInvite *
tela_invite_parse (const char *link,
                   GError    **error)
{
  g_autoptr (TelaInvite) self = g_new0 (TelaInvite, 1);
  g_autoptr (GStrvBuilder) addresses = g_strv_builder_new ();
  GUriParamsIter iter;
  char          *name, *value;
  guint          n_addresses = 0;

  if (strlen (link) <= MAX_LINK && g_str_has_prefix (link, PREFIX))
    {
      g_uri_params_iter_init (&iter, link + strlen (PREFIX), -1, "&", G_URI_PARAMS_NONE);
      while (g_uri_params_iter_next (&iter, &name, &value, NULL))
        {
          take_member (self, addresses, &n_addresses, name, value);
          g_free (name);
          g_free (value);
        }
    }
  self->addresses = g_strv_builder_end (addresses);
  if (is_whole (self))
    return g_steal_pointer (&self);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, _ ("This is no whole link to an invitation"));
  return NULL;
}

char *
tela_invite_to_link (const TelaInvite *self)
{
  GString *out = g_string_new (PREFIX);

  for (guint i = 0; self->addresses[i] != NULL; i++)
    {
      g_string_append (out, i > 0 ? "&a=" : "a=");
      g_string_append_uri_escaped (out, self->addresses[i], "[]:", FALSE);
    }
  g_string_append_printf (out, "&f=%s&h=%s&p=%s&c=%s&r=%s", self->fingerprint, self->host_id, self->project, self->code,
                          self->role);
  if (self->expires_at > 0)
    g_string_append_printf (out, "&e=%" G_GINT64_FORMAT, self->expires_at);
  return g_string_free (out, FALSE);
}

/* ---- Accepting ---- */

#define TIMEOUT_S 5 /* for one address */

typedef struct
{
  SoupSession *soup;
  SoupMessage *message;
  GStrv        addresses;
  guint        at; /* the address that is tried */
  char        *fingerprint;
  char        *body;
  GError      *error; /* of the last address */
} Accept;

static void
accept_free (Accept *self)
{
  g_clear_object (&self->soup);
  g_clear_object (&self->message);
  g_strfreev (self->addresses);
  g_free (self->fingerprint);
  g_free (self->body);
  g_clear_error (&self->error);
  g_free (self);
}

static void try_next (GTask *task);

/* NULL: not what a host answers. */
static TelaWelcome *
read_welcome (const Accept *self,
              GBytes       *body)
{
  g_autoptr (TelaWelcome) welcome = g_new0 (TelaWelcome, 1);
  TelaJsonSpan root, session;

  if (!tela_pick_object (body, &root))
    return NULL;
  welcome->url = g_strconcat ("https://", self->addresses[self->at], NULL);
  welcome->key = tela_pick_text (root, "anon_key");
  welcome->project = tela_pick_text (root, "project");
  welcome->name = tela_pick_text (root, "name");
  welcome->role = tela_pick_text (root, "role");
  if (tela_json_find (root, "session", &session))
    welcome->session = g_strndup (session.data, session.len);
  if (welcome->key == NULL || welcome->project == NULL || welcome->session == NULL)
    return NULL;
  return g_steal_pointer (&welcome);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *result,
             gpointer      data)
{
  g_autoptr (GTask) task = data;
  Accept *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) body = tela_http_send_finish (SOUP_SESSION (source), result, &error);
  guint        status = soup_message_get_status (self->message);
  TelaWelcome *welcome;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_task_return_error (task, g_steal_pointer (&error));
  else if (body == NULL)
    {
      g_clear_error (&self->error);
      self->error = g_steal_pointer (&error);
      self->at++;
      try_next (task);
    }
  else if (status >= 400)
    g_task_return_error (task, tela_http_error_new (status, body));
  else if ((welcome = read_welcome (self, body)) != NULL)
    g_task_return_pointer (task, welcome, (GDestroyNotify) tela_welcome_free);
  else
    g_task_return_new_error (task, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_SERVER,
                             _ ("The host’s answer to the invitation cannot be read"));
}

static void
try_next (GTask *task)
{
  Accept          *self = g_task_get_task_data (task);
  const char      *address = self->addresses[self->at];
  g_autofree char *url = NULL;
  g_autofree char *place = NULL;
  g_autoptr (GBytes) body = NULL;

  if (address == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&self->error));
      return;
    }
  place = g_strconcat ("https://", address, NULL);
  url = g_strconcat (place, "/rest/v1/rpc/tela_join", NULL);
  realtime_trust_pin (place, self->fingerprint);
  g_clear_object (&self->message);
  self->message = soup_message_new ("POST", url);
  body = g_bytes_new (self->body, strlen (self->body));
  soup_message_set_request_body_from_bytes (self->message, "application/json", body);
  tela_http_send_async (self->soup, self->message, g_task_get_cancellable (task), answered_cb, g_object_ref (task));
}

void
tela_invite_accept_async (const TelaInvite   *self,
                          const char         *refresh_token,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Accept        *accept = g_new0 (Accept, 1);
  GString       *body = g_string_new (NULL);
  TelaJsonWriter writer;

  g_task_set_source_tag (task, tela_invite_accept_async);
  g_task_set_task_data (task, accept, (GDestroyNotify) accept_free);
  accept->soup = tela_http_session_new ();
  soup_session_set_timeout (accept->soup, TIMEOUT_S);
  soup_session_set_proxy_resolver (accept->soup, NULL); /* it is near */
  accept->addresses = g_strdupv (self->addresses);
  accept->fingerprint = g_strdup (self->fingerprint);
  tela_json_writer_init (&writer, body, 0);
  tela_json_writer_begin_object (&writer);
  tela_json_writer_put_string (&writer, "code", self->code);
  if (refresh_token != NULL)
    {
      tela_json_writer_put_string (&writer, "refresh_token", refresh_token);
    }
  tela_json_writer_end_object (&writer);
  accept->body = g_string_free (body, FALSE);
  if (self->expires_at > 0 && self->expires_at < g_get_real_time () / G_USEC_PER_SEC)
    g_task_return_new_error (task, TELA_REMOTE_ERROR, TELA_REMOTE_ERROR_REFUSED, _ ("This invitation has expired"));
  else
    try_next (task);
}

TelaWelcome *
tela_invite_accept_finish (GAsyncResult *result,
                           GError      **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
