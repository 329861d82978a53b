/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "tela-element.h"

G_BEGIN_DECLS

/* What the server answers, read from bytes that are not trusted. Pure. */

typedef struct
{
  guint i; /* which of the operations of the call */
  char *code;
  char *message;
} TelaRefused;

/* The head of a board, as a push and tela_head tell it. */
typedef struct
{
  char      *epoch;
  gint64     rev;
  gint64     pruned_rev;
  gint64     now_ms;  /* the server's clock; 0: it did not say */
  GPtrArray *refused; /* TelaRefused; empty but for a push */
} TelaHead;

TelaHead *tela_head_parse (GBytes *body, GError **error);
void      tela_head_free (TelaHead *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaHead, tela_head_free)

/* Rows of `elements`, in order of (rev, id). */
typedef struct
{
  GPtrArray *elements; /* TelaElement; a row that cannot be read is left out */
  guint      n_rows;
  gint64     rev; /* of the last row */
  char      *id;  /* of the last row */
} TelaPage;

TelaPage *tela_page_parse (GBytes *body, GError **error);
void      tela_page_free (TelaPage *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaPage, tela_page_free)

typedef struct
{
  char  *id;
  char  *name;
  char  *role;
  gint64 updated_ms;
  gint64 deleted_ms; /* 0: it is not in the trash */
  char  *thumbnail;  /* SHA-256 of its picture; NULL: it has none */
} TelaProjectRow;

/* An array of rows with id and whichever of name, role, updated_at, updated_ms, deleted_at, deleted_ms, thumbnail are there; project_id stands for id. */
GPtrArray *tela_project_rows_parse (GBytes *body, GError **error);
void       tela_project_row_free (TelaProjectRow *self);

/* The feed's CANVAS_CHANGE. */
typedef struct
{
  char      *epoch;
  gint64     rev;
  gint64     part;
  gint64     of;
  GPtrArray *ops; /* TelaElement */
} TelaFeedChange;

TelaFeedChange *tela_feed_change_parse (const char *data, gsize len, GError **error);
void            tela_feed_change_free (TelaFeedChange *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaFeedChange, tela_feed_change_free)

/* The text of an error body, and its code; either may stay NULL. */
void tela_problem_parse (GBytes *body, char **code, char **message);

G_END_DECLS
