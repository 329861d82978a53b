/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A host elsewhere that an invite let us in to: DATA/joined/HOST-ID.json, 0600, so that "--url" alone finds it again, and
 * every process of this user is the same guest there. */
typedef struct
{
  char *host_id;
  char *url;
  char *key;
  char *fingerprint; /* of its certificate */
  char *session;     /* JSON */
  char *project;     /* the board that the last invite led to; NULL: none, or left since */
  char *name;        /* of that board; nullable */
} TelaJoined;

void tela_joined_free (TelaJoined *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaJoined, tela_joined_free)

/* By its URL or its id. NULL: unknown. */
TelaJoined *tela_joined_find (const char *data_dir, const char *url_or_id);
/* All that have a board to go to, by its name. (transfer full) (element-type TelaJoined) */
GPtrArray *tela_joined_list (const char *data_dir);
gboolean   tela_joined_write (const TelaJoined *self, const char *data_dir, GError **error);
/* No more board to go to there; who one is there stays known. */
gboolean tela_joined_leave (const char *data_dir, const char *url, GError **error);

G_END_DECLS
