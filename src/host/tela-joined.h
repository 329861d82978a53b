/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A host elsewhere, and the boards there, that an invite let us in to: DATA/joined/HOST-ID.json, 0600, so that "--url" alone finds it again, and
 * every process of this user is the same guest there. */
typedef struct
{
  char *id;
  char *name; /* as it was when we came; nullable */
} TelaJoinedBoard;

typedef struct
{
  char      *host_id;
  char      *url;
  char      *key;
  char      *fingerprint; /* of its certificate */
  char      *session;     /* JSON */
  GPtrArray *boards;      /* (element-type TelaJoinedBoard) that invites led to and that were not left since, the last one first */
} TelaJoined;

void tela_joined_free (TelaJoined *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaJoined, tela_joined_free)

/* By its URL or its id. NULL: unknown. */
TelaJoined *tela_joined_find (const char *data_dir, const char *url_or_id);
/* All of them, by their ids. (transfer full) (element-type TelaJoined) */
GPtrArray *tela_joined_list (const char *data_dir);
/* Writes down what is new of @host, whose own boards do not count, and one board more. */
gboolean tela_joined_add (const char *data_dir, const TelaJoined *host, const char *board, const char *name, GError **error);
/* One board less; who one is there stays known. */
gboolean tela_joined_leave (const char *data_dir, const char *url_or_id, const char *board, GError **error);

G_END_DECLS
