/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-filter.h"
#include "backend-row.h"

G_BEGIN_DECLS

/* One element of "postgres_changes" in the config of a join (protocol.md 7.1). */
typedef struct
{
  char            *text;    /* as it came, with its id: what the join's reply echoes */
  guint            id;      /* the same for equal elements */
  guint            events;  /* bits of TelaRowOperation */
  const TelaTable *table;   /* NULL: every one */
  TelaFilter      *filter;  /* NULL: none */
  gboolean        *chosen;  /* columns; NULL: all */
  char            *problem; /* why it is not served, or NULL */
} TelaBinding;

TelaBinding *tela_binding_parse (TelaJsonSpan element);
void         tela_binding_free (TelaBinding *self);
gboolean     tela_binding_match (const TelaBinding *self, const TelaRow *row);

/* Every element of the list that is an object; empty if it is no list. (element-type TelaBinding) */
GPtrArray *tela_bindings_parse (TelaJsonSpan list);

G_END_DECLS
