/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* A board in the list. Properties: id, name, role, updated-at, deleted-at (milliseconds; 0: it is not in the trash),
 * thumbnail. */
#define TELA_TYPE_PROJECT (tela_project_get_type ())
G_DECLARE_FINAL_TYPE (TelaProject, tela_project, TELA, PROJECT, GObject)

TelaProject *tela_project_new (const char *id, const char *name, const char *role, gint64 updated_ms);
const char  *tela_project_get_id (TelaProject *self);
const char  *tela_project_get_name (TelaProject *self);
const char  *tela_project_get_role (TelaProject *self);       /* owner, editor, viewer */
gint64       tela_project_get_updated_at (TelaProject *self); /* milliseconds since 1970 */
gint64       tela_project_get_deleted_at (TelaProject *self);
void         tela_project_set_deleted_at (TelaProject *self, gint64 deleted_ms);
const char  *tela_project_get_thumbnail (TelaProject *self); /* SHA-256 of its picture; NULL: it has none */
void         tela_project_set_thumbnail (TelaProject *self, const char *sha256);
void         tela_project_update (TelaProject *self, const char *name, const char *role, gint64 updated_ms);
int          tela_project_compare (gconstpointer a, gconstpointer b, gpointer user_data); /* newest first, then by id */

/* How many of @projects are called @name; *id: of the first of them, if there is one. (transfer full) */
guint tela_project_find_named (GListModel *projects, const char *name, char **id);

G_END_DECLS
