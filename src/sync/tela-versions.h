/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-remote.h"
#include "tela-session.h"

G_BEGIN_DECLS

/* States of a board that its backend can give back. */
typedef struct
{
  char  *id;    /* of a named one; NULL: a moment, the last edit of an hour */
  char  *name;  /* likewise */
  gint64 rev;   /* of the board, then */
  gint64 at_ms; /* when it was named, or edited */
  char  *by;    /* the name of who did; NULL: unknown */
  guint  n;     /* operations of that hour */
} TelaVersion;

void tela_version_free (TelaVersion *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaVersion, tela_version_free)

/* Newest first, named ones and moments among each other. (transfer full)(element-type TelaVersion) */
void       tela_versions_list_async (TelaRemote *remote, const char *project_id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tela_versions_list_finish (TelaRemote *remote, GAsyncResult *result, GError **error);
/* Names the board as it is now, here: what was edited goes first, however long that takes. (transfer full) its id */
void  tela_versions_name_async (TelaSession *session, const char *name, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
char *tela_versions_name_finish (TelaSession *session, GAsyncResult *result, GError **error);
/* The board stays as it is; only the name is gone. */
void     tela_versions_remove_async (TelaRemote *remote, const char *project_id, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean tela_versions_remove_finish (TelaRemote *remote, GAsyncResult *result, GError **error);
/* The elements as they were then. (transfer full)(element-type TelaElement) */
void       tela_versions_fetch_async (TelaRemote *remote, const char *project_id, const TelaVersion *version, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *tela_versions_fetch_finish (TelaRemote *remote, GAsyncResult *result, GError **error);

/* What to write so that @board is again as @elements have it, its name aside; without stamps, as one edit. Nothing of what others
 * did is lost: it stays in the history, and undo takes the edit back. (transfer full)(element-type TelaElement) */
GPtrArray *tela_versions_plan (TelaBoard *board, GPtrArray *elements);
/* Writes that, as one edit that undo takes back; -1: it could not, else how many elements it changed. */
void   tela_versions_restore_async (TelaSession *session, GPtrArray *elements, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gssize tela_versions_restore_finish (TelaSession *session, GAsyncResult *result, GError **error);

G_END_DECLS
