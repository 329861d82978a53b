/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-remote.h"

G_BEGIN_DECLS

/* Any other call to the backend, for rooms above. */

/* Takes the answer's body; what it returns is what the call returns. Runs on a thread if the call says so. */
typedef gpointer (*TelaParseFunc) (GBytes *body, GError **error);

/* What one call is made of. Strings are copied. */
typedef struct
{
  const char    *method;
  const char    *path; /* with query, from the root */
  GBytes        *body; /* NULL: none */
  const char    *type; /* of the body */
  gboolean       upsert;
  const char    *prefer; /* NULL: nothing; what to answer to a write */
  guint          fine;   /* a status of 400 and above that is as good as success; 0: none */
  TelaParseFunc  parse;
  GDestroyNotify destroy;
  gboolean       threaded; /* parsing may take long */
} TelaRemoteCall;

void     tela_remote_call_async (TelaRemote *self, const TelaRemoteCall *call, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gpointer tela_remote_call_finish (TelaRemote *self, GAsyncResult *result, GError **error);

G_END_DECLS
