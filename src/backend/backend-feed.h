/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"

G_BEGIN_DECLS

#define TELA_FEED_PART_BYTES 190000 /* of operations in one CANVAS_CHANGE; the frame stays under 200 kB */

/* What the database says of a write, in its transaction or after it, as realtime.send would. */

/* The operations, as JSON texts, that made revision @rev. One that is larger than a part travels alone. */
void tela_feed_change (TelaCore *core, const char *project_id, gint64 rev, char *const *ops, const gsize *sizes, gsize n);
/* The project's own row or its members changed: "UPDATE" on project:, and @event for each member on user:. @record and
 * @old_record are rows as JSON, or NULL. */
void tela_feed_project (TelaCore *core, const char *project_id, const char *record);
void tela_feed_user (TelaCore *core, const char *user_id, const char *event, const char *record, const char *old_record);
/* Of the table fal_jobs, on fal_jobs:. */
void tela_feed_job (TelaCore *core, const char *user_id, const char *event, const char *record, const char *old_record);
/* Everybody who should hear of the project in their list of boards. (transfer full) */
GStrv tela_feed_members (TelaCore *core, const char *project_id);

G_END_DECLS
