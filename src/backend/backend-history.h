/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-db.h"
#include "tela-element.h"

G_BEGIN_DECLS

/* What was pushed to a board, to go back to. Since merging is a join, the board at a revision is its base with the operations
 * of all rows up to there merged into it, in whatever order. */

/* Within the push's transaction, before the tables hold it: the board is at @rev. */
gboolean tela_history_begin (TelaDb *db, const char *project_id, gint64 rev, GError **error);
/* … and as it becomes @rev. @user_id: NULL, the service. */
gboolean tela_history_add (TelaDb *db, const char *project_id, gint64 rev, gint64 now_ms, const char *user_id, char *const *ops, guint n, GError **error);
/* The board as it was, as a dump with stamps; G_IO_ERROR_NOT_FOUND: that is not kept. (transfer full) */
char *tela_history_dump_at (TelaDb *db, const char *project_id, gint64 rev, GError **error);
/* As it is now, compressed; and back again. (transfer full) */
GBytes *tela_history_pack_now (TelaDb *db, const char *project_id, GError **error);
char   *tela_history_unpack (const void *data, gsize len, gsize *text_len, GError **error);

/* How much is kept, of each board. */
typedef struct
{
  gint64 single_ms; /* pushes younger than this stay single; older ones become one an hour */
  gint64 kept_ms;   /* older ones go into the base */
  gint64 bytes;     /* and the oldest of more than this */
} TelaHistoryLimits;
extern const TelaHistoryLimits tela_history_limits;
/* Makes room; what cannot be read stays as it is, with a warning. */
void tela_history_compact (TelaDb *db, const TelaHistoryLimits *limits, gint64 now_ms);

/* Of backend-history.c, for that. */
gboolean tela_history_read_ops (const char *json, gsize len, GPtrArray *ops, GError **error);
gboolean tela_history_move_base (TelaDb *db, const char *project_id, gint64 rev, GError **error); /* up to there */

G_END_DECLS
