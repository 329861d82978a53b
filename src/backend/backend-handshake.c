/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-gate.h"
#include "backend-http.h"
#include "backend-socket.h"

#define KEPT_PLACES 32

/* What a request brings along until it is a WebSocket (protocol.md 1). */
typedef struct
{
  TelaCore    *core;
  TelaClaims  *claims;
  char        *token;
  TelaProtocol protocol;
} Handshake;

static void
handshake_free (gpointer  data,
                GClosure *closure)
{
  Handshake *self = data;

  tela_claims_unref (self->claims);
  g_free (self->token);
  g_free (self);
}

static void
upgraded_cb (SoupServerMessage *msg,
             gpointer           data)
{
  Handshake *handshake = data;
  TelaCore  *core = handshake->core;
  gboolean   shared = tela_gate_is_shared (core->gate, msg); /* while it has its connection */
  int        fd = tela_gate_upgrade (core->gate, msg);
  g_autoptr (GIOStream) stream = soup_server_message_steal_connection (msg);

  if (fd >= 0)
    tela_socket_new (core, g_steal_pointer (&stream), fd, shared, handshake->protocol, handshake->claims,
                     handshake->token);
}

static void
refuse (SoupServerMessage *msg,
        guint              status,
        const char        *text)
{
  g_autofree char *body = g_strdup_printf ("{\"error\":\"%s\"}", text);

  tela_http_text (msg, status, "application/json; charset=utf-8", body);
}

/* The key of the handshake, without white space. (transfer full), NULL: none */
static char *
take_key (SoupServerMessage *msg)
{
  const char *header = soup_message_headers_get_one (soup_server_message_get_request_headers (msg), "x-api-key");
  char       *key = header != NULL ? g_strdup (header) : tela_http_query (msg, "apikey");
  gsize       n = 0;

  if (key == NULL)
    return NULL;
  for (gsize i = 0; key[i] != '\0'; i++)
    if (!g_ascii_isspace (key[i]))
      key[n++] = key[i];
  key[n] = '\0';
  return key;
}

/* The older is what one gets without asking. */
static gboolean
take_version (SoupServerMessage *msg,
              TelaProtocol      *protocol)
{
  g_autofree char *version = tela_http_query (msg, "vsn");

  *protocol = version != NULL && g_str_has_prefix (version, "2.0.") ? TELA_PROTOCOL_2 : TELA_PROTOCOL_1;
  return *protocol == TELA_PROTOCOL_2 || version == NULL || g_str_has_prefix (version, "1.0.");
}

/* Those who come from elsewhere leave some places to the programs of this machine. */
static gboolean
has_place (TelaCore          *core,
           SoupServerMessage *msg,
           guint              n_places)
{
  const gboolean near = tela_http_is_loopback (msg) && !tela_gate_is_shared (core->gate, msg);

  return core->sockets->len < n_places - (near ? 0 : MIN (KEPT_PLACES, n_places / 2));
}

/* TRUE: there is no room, and that was said. */
static gboolean
refuse_busy (TelaCore          *core,
             SoupServerMessage *msg)
{
  if (core->draining)
    refuse (msg, 503, "Realtime is restarting, please standby");
  else if (!has_place (core, msg, tela_gate_get_limits (core->gate)->sockets))
    refuse (msg, 503, "Too many connected users");
  else if (core->limits && !has_place (core, msg, TELA_LIMIT_SOCKETS))
    refuse (msg, 429, "Too many connected users");
  else if (core->limits && tela_rate_get (&core->rates.joins, g_get_monotonic_time ()) >= TELA_LIMIT_JOINS)
    refuse (msg, 429, "Too many joins per second");
  else
    return FALSE;
  return TRUE;
}

void
tela_socket_handle (TelaCore          *core,
                    SoupServerMessage *msg)
{
  g_autofree char *key = take_key (msg);
  g_autoptr (GError) error = NULL;
  g_autoptr (TelaClaims) claims = NULL;
  TelaProtocol protocol;
  Handshake   *handshake;

  if (!take_version (msg, &protocol))
    {
      tela_http_empty (msg, 403);
      return;
    }
  if (key == NULL)
    {
      refuse (msg, 401, "API key is missing");
      return;
    }
  claims = tela_jwt_verify (key, core->keys->secret, tela_now_ms () / 1000, &error);
  if (claims == NULL)
    {
      refuse (msg, 401,
              g_error_matches (error, TELA_JWT_ERROR, TELA_JWT_ERROR_EXPIRED) ? "Token has expired" : error->message);
      return;
    }
  if (refuse_busy (core, msg))
    return;
  if (!soup_websocket_server_process_handshake (msg, NULL, NULL, NULL, NULL))
    return;
  handshake = g_new0 (Handshake, 1);
  handshake->core = core;
  handshake->protocol = protocol;
  handshake->claims = g_steal_pointer (&claims);
  handshake->token = g_steal_pointer (&key);
  g_signal_connect_data (msg, "wrote-informational", G_CALLBACK (upgraded_cb), handshake, handshake_free, 0);
}
