/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-backend.h"
#include "tela-endpoint.h"
#include "tela-host.h"

G_BEGIN_DECLS

#define TELA_HOST_LOOK_EVERY_MS 100

struct _TelaHost
{
  GObject parent_instance;

  char         *data_dir;    /* owned */
  char         *replica_dir; /* owned; NULL: serves only */
  TelaEndpoint *endpoint;    /* owned; NULL: none yet */
  gboolean      is_remote;
  gboolean      is_closed;

  char        *listen; /* owned, nullable: where to serve, said by the user */
  gboolean     limits;
  int          server_lock; /* -1: somebody else's */
  TelaBackend *backend;     /* owned; NULL: not hosting */
  guint        port_tries;
  int          replica_lock;
  char        *replicas_dir; /* owned; NULL: replicas beside ours may be of other backends */
  GArray      *idle_locks;   /* owned, int: of replicas claimed */
  GHashTable  *left_empty;   /* owned, path → how its files were when nothing unsent was in it */
  guint        due_id;       /* the source that asks for another look at them */

  guint         look_id;    /* the source that looks for a host */
  gint64        look_until; /* monotonic */
  GCancellable *probe;      /* owned; NULL: none under way */
};

/* tela-host.c */
char *tela_host_dup_server_path (TelaHost *self, const char *name);    /* DATA/server/NAME */
void  tela_host_set_endpoint (TelaHost *self, TelaEndpoint *endpoint); /* takes it */
void  tela_host_taken_over (TelaHost *self);                           /* tells the world */
void  tela_host_moved (TelaHost *self);                                /* the same, where somebody else did */

/* tela-host-look.c: who serves? */
/* G_IO_ERROR_BUSY: somebody else does, or the port is not free yet: try again. */
gboolean tela_host_become (TelaHost *self, GError **error);
/* (sync) hosts, or waits until the host answers. */
gboolean tela_host_find (TelaHost *self, GError **error);
void     tela_host_stop_looking (TelaHost *self);

/* tela-host-replicas.c: directories DATA/replica-N, each with a lock of its own. */

/* Takes the lowest free one. *fd: its lock. (transfer full) its path; NULL on error */
char *tela_replica_dir_take (const char *data_dir, int *fd, GError **error);
/* Takes every free one, but @own, that holds edits which nobody has sent; their locks are appended to @locks (int). Those in
 * @left_empty are passed over until they have been used again. */
GPtrArray *tela_replica_dir_claim (const char *data_dir, const char *own, GArray *locks, GHashTable *left_empty);

G_END_DECLS
