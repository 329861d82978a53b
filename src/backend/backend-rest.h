/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-http.h"
#include "backend-query.h"
#include "backend-rights.h"
#include "backend-select.h"
#include "backend-table.h"

G_BEGIN_DECLS

/* One request of /rest/v1. All borrowed. */
typedef struct
{
  TelaCore          *core;
  SoupServerMessage *msg;
  const TelaClaims  *claims;
  const char        *method;
  TelaJsonSpan       body;  /* checked JSON */
  const TelaTable   *table; /* NULL: a function */
} TelaRest;

/* Rows, by method. */
void tela_rest_read (TelaRest *rest);
void tela_rest_insert (TelaRest *rest);
void tela_rest_update (TelaRest *rest);
void tela_rest_delete (TelaRest *rest);
/* Functions. */
void tela_push_handle (TelaRest *rest);
void tela_head_handle (TelaRest *rest);
void tela_versions_handle (TelaRest *rest);
void tela_version_handle (TelaRest *rest);
void tela_version_name_handle (TelaRest *rest);
void tela_version_remove_handle (TelaRest *rest);

/* Answers. */
void tela_rest_fail (TelaRest *rest, guint status, const char *code, const char *message);
void tela_rest_fail_details (TelaRest *rest, guint status, const char *code, const char *message, const char *details);
void tela_rest_denied (TelaRest *rest, const char *message); /* 42501 */
void tela_rest_error (TelaRest *rest, const GError *error);  /* of the database, of a value, a query, a select */
void tela_rest_not_single (TelaRest *rest, guint n);         /* one row was wanted, there were @n */

/* What the request asks for. Those that give NULL or FALSE have answered. */
TelaQuery  *tela_rest_query (TelaRest *rest);
TelaSelect *tela_rest_select (TelaRest *rest, const TelaQuery *query);
gboolean    tela_rest_prefers (TelaRest *rest, const char *what); /* is it among its preferences? */
gboolean    tela_rest_wants_count (TelaRest *rest);
gboolean    tela_rest_wants_object (TelaRest *rest);
/* The argument "project", in which the caller is at least @least; NULL: answered. (transfer full) */
char *tela_rest_project (TelaRest *rest, TelaRole least);
/* A UUID member in lower case; NULL: absent, or answered if *bad. (transfer full) */
char *tela_rest_uuid (TelaRest *rest, TelaJsonSpan object, const char *name, gboolean *bad);

G_END_DECLS
