/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-workspace.h"

G_BEGIN_DECLS

/* Sharing a board on the local network, as a dialog needs it. Whichever process serves, these ask it. */
typedef struct
{
  gboolean is_on;
  GStrv    addresses;    /* "HOST:PORT" that guests can reach; may be empty */
  char    *fingerprint;  /* of the certificate, in hex; NULL: off */
  gboolean is_announced; /* Avahi tells the network */
  guint    n_guests;     /* connections from the network */
  char    *problem;      /* why nobody can come; NULL: none */
} TelaShareState;

typedef struct
{
  char    *user_id;
  char    *role; /* "owner", "editor", "viewer" */
  char    *name; /* may be "" */
  gboolean is_connected;
} TelaShareMember;

typedef struct
{
  char  *id;
  char  *role;
  gint64 expires_at;     /* seconds since 1970; 0: never */
  guint  uses, max_uses; /* max_uses 0: any number */
} TelaShareInvite;

typedef struct
{
  GPtrArray *members; /* TelaShareMember, the owner first */
  GPtrArray *invites; /* TelaShareInvite that may still be used; NULL: not the owner's board */
} TelaSharePeople;

void tela_share_state_free (TelaShareState *self);
void tela_share_people_free (TelaSharePeople *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaShareState, tela_share_state_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaSharePeople, tela_share_people_free)

/* How things stand, and (@certificate, @addresses NULL: as before) turning it on and off; the owner of this computer alone. */
void            tela_share_look_async (TelaWorkspace *workspace, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
void            tela_share_set_async (TelaWorkspace *workspace, gboolean on, const char *certificate, const char *const *addresses, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaShareState *tela_share_state_finish (TelaWorkspace *workspace, GAsyncResult *result, GError **error); /* of both */
/* A link to give away; its secret is nowhere else. @role: "editor" or "viewer"; @seconds, @max_uses 0: no end.
 * G_IO_ERROR_NOT_CONNECTED: sharing is off, or this computer on no network. */
void  tela_share_invite_async (TelaWorkspace *workspace, const char *project_id, const char *role, gint64 seconds, guint max_uses, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *tela_share_invite_finish (TelaWorkspace *workspace, GAsyncResult *result, GError **error);

/* Who is in, and who may still come. */
void             tela_share_people_async (TelaWorkspace *workspace, const char *project_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
TelaSharePeople *tela_share_people_finish (TelaWorkspace *workspace, GAsyncResult *result, GError **error);
/* The link is good for nothing any more; who came by it stays. */
void tela_share_revoke_async (TelaWorkspace *workspace, const char *invite_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* By the owner; @role: "editor" or "viewer". */
void tela_share_set_role_async (TelaWorkspace *workspace, const char *project_id, const char *user_id, const char *role, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* Somebody else, by the owner; or oneself: leaving. */
void tela_share_remove_async (TelaWorkspace *workspace, const char *project_id, const char *user_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
/* By what name the others know us on every board. */
void     tela_share_set_name_async (TelaWorkspace *workspace, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_share_done_finish (TelaWorkspace *workspace, GAsyncResult *result, GError **error); /* of these four */
/* "message" each time that members come, go, or get another role; of a board that the server has. (transfer full) */
RealtimeSubscription *tela_share_watch (TelaWorkspace *workspace, const char *project_id);

G_END_DECLS
