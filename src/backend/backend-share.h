/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-announce.h"
#include "backend-core.h"
#include "backend-rest.h"

G_BEGIN_DECLS

/* Sharing on the local network: off until the owner turns it on, and then again at each start (share.json). The loopback is
 * served as before; each address of the machine is, over TLS alone, on a port that is kept. */
struct _TelaSharing
{
  TelaCore *core;
  char     *path;    /* of share.json */
  gboolean  on;      /* wished for */
  guint     port;    /* 0: none yet */
  char     *host_id; /* UUID: who we are to our guests, wherever we are */
  char     *given;   /* the certificate's file, NULL: one of our own */
  GStrv     wanted;  /* addresses to listen on; NULL: all but the loopback */

  GTlsCertificate *certificate; /* NULL: not listening */
  char            *fingerprint;
  GStrv            hosts;     /* that were there at the last look */
  GPtrArray       *addresses; /* owned "HOST:PORT" that are listened on */
  TelaAnnounce    *announce;
  GSource         *looker;  /* addresses come and go */
  char            *problem; /* why nobody can come; NULL: none */
  TelaRate         wrong;   /* codes that are none */
};

/* Reads what was wished for, and does it; that it cannot be done is no error. */
TelaSharing *tela_sharing_new (TelaCore *core);
void         tela_sharing_free (TelaSharing *self);
/* @certificate, @addresses: NULL: as before; "" and an empty list: back to our own choice. */
gboolean tela_sharing_set (TelaSharing *self, gboolean on, const char *certificate, const char *const *addresses, GError **error);
/* Whoever sits at this machine decides who may come to it, and takes copies of it: its owner, from within. */
gboolean tela_sharing_is_at_home (TelaCore *core, SoupServerMessage *msg);

/* Of backend-share-http.c: the functions under /rest/v1/rpc/. FALSE: none of ours; else it was answered.
 *   tela_share {"on"?,"certificate"?,"addresses"?} → how things stand; the owner of this machine alone, and from it
 *   tela_invite {"project","role","expires_in"?,"max_uses"?} → {"id","code",…}; the project's owner
 *   tela_people {"project"} → {"members":[…],"invites":[…]}; its members, invites for the owner alone
 *   tela_join {"code","refresh_token"?} → {"project","name","role","anon_key","session"}; whoever has a code. A user stays who he is. */
gboolean tela_sharing_handle (TelaCore *core, SoupServerMessage *msg, const char *name);
/* Where one comes to and whose that is, as members. */
void tela_sharing_write_addresses (TelaJsonWriter *writer, TelaSharing *sharing);
/* Of backend-share-invite.c. */
void tela_sharing_invite (TelaRest *rest);
void tela_sharing_join (TelaRest *rest);

G_END_DECLS
