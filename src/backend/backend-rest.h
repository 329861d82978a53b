/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-http.h"
#include "backend-query.h"
#include "backend-rights.h"

G_BEGIN_DECLS

/* One request of /rest/v1, as its table's handler sees it. All borrowed. */
typedef struct
{
  TelaCore          *core;
  SoupServerMessage *msg;
  const TelaClaims  *claims;
  const char        *method;
  TelaJsonSpan       body; /* checked JSON */
} TelaRest;

/* Tables and functions. */
void tela_projects_handle (TelaRest *rest);
void tela_members_handle (TelaRest *rest);
void tela_elements_handle (TelaRest *rest);
void tela_push_handle (TelaRest *rest);
void tela_head_handle (TelaRest *rest);

/* Helpers of theirs. Each answers for itself. */
TelaQuery *tela_rest_query (TelaRest *rest, const TelaColumn *columns); /* NULL: answered */
/* Deleting or changing everything at once is refused. */
gboolean tela_rest_has_filter (TelaRest *rest, const TelaQuery *query);
void     tela_rest_fail (TelaRest *rest, guint status, const char *code, const char *message);
void     tela_rest_denied (TelaRest *rest, const char *message); /* 42501 */
void     tela_rest_error (TelaRest *rest, const GError *error);  /* 500 */
gboolean tela_rest_prefers (TelaRest *rest, const char *what);   /* is it in a Prefer header? */
/* The answer to a write: @rows (a JSON array; taken) if they were asked for, else nothing. */
void tela_rest_written (TelaRest *rest, gboolean created, GString *rows);
/* The answer to a read: rows [offset, offset + n). Takes @rows. */
void tela_rest_rows (TelaRest *rest, GString *rows, gint64 offset, guint n);
/* The one object of a body that is an object, or an array of one. FALSE: answered. */
gboolean tela_rest_object (TelaRest *rest, TelaJsonSpan *object);
/* Refuses members that are not in @known, a NULL-terminated list. FALSE: answered. */
gboolean tela_rest_only (TelaRest *rest, TelaJsonSpan object, const char *table, const char *const *known);
/* A UUID member in lower case; NULL: absent, or answered if *bad. (transfer full) */
char *tela_rest_uuid (TelaRest *rest, TelaJsonSpan object, const char *name, gboolean *bad);

/* The project's row as a JSON object. (transfer full); NULL: no such project */
char *tela_project_row (TelaCore *core, const char *project_id);

G_END_DECLS
