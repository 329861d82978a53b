/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-feed.h"
#include "backend-table.h"
#include "backend-text.h"

#define PROMPT_MAX_BYTES 20000
#define ERROR_MAX_BYTES 10000
#define DATA_MAX_BYTES (256 * 1024)

#define WRITTEN (TELA_COLUMN_INSERT | TELA_COLUMN_UPDATE)
#define MAYBE (WRITTEN | TELA_COLUMN_MAY_NULL)

static const TelaColumn columns[] = {
  { "id", "t.id", TELA_COLUMN_UUID, TELA_COLUMN_KEY | TELA_COLUMN_INSERT | TELA_COLUMN_FRESH, 0 },
  { "user_id", "t.user_id", TELA_COLUMN_UUID, TELA_COLUMN_INSERT | TELA_COLUMN_CALLER, 0 },
  { "project_id", "t.project_id", TELA_COLUMN_UUID, TELA_COLUMN_INSERT | TELA_COLUMN_MAY_NULL, 0 },
  { "element_id", "t.element_id", TELA_COLUMN_TEXT, MAYBE, 64 },
  { "request_id", "t.request_id", TELA_COLUMN_TEXT, MAYBE, 0 },
  { "model", "t.model", TELA_COLUMN_TEXT, WRITTEN, 0 },
  { "prompt", "t.prompt", TELA_COLUMN_TEXT, WRITTEN, PROMPT_MAX_BYTES },
  { "seed", "t.seed", TELA_COLUMN_INTEGER, MAYBE, 0 },
  { "status", "t.status", TELA_COLUMN_TEXT, WRITTEN, 0 },
  { "sequence", "t.sequence", TELA_COLUMN_INTEGER, TELA_COLUMN_COUNTED, 0 },
  { "queue_position", "t.queue_position", TELA_COLUMN_INTEGER, MAYBE, 0 },
  { "progress", "t.progress", TELA_COLUMN_REAL, MAYBE, 0 },
  { "error", "t.error", TELA_COLUMN_TEXT, MAYBE, ERROR_MAX_BYTES },
  { "asset", "t.asset", TELA_COLUMN_TEXT, MAYBE, 64 },
  { "input", "t.input", TELA_COLUMN_JSON, MAYBE, DATA_MAX_BYTES },
  { "output", "t.output", TELA_COLUMN_JSON, MAYBE, DATA_MAX_BYTES },
  { "created_at", "t.created_at", TELA_COLUMN_TIME, TELA_COLUMN_CREATED, 0 },
  { "updated_at", "t.updated_at", TELA_COLUMN_TIME, TELA_COLUMN_CREATED | TELA_COLUMN_TOUCHED, 0 },
  { "started_at", "t.started_at", TELA_COLUMN_TIME, MAYBE, 0 },
  { "finished_at", "t.finished_at", TELA_COLUMN_TIME, MAYBE, 0 },
  { 0 },
};

static const TelaLink links[] = {
  { "projects", "project_id", "id", FALSE },
  { 0 },
};

/* Its maker's queue, on each of their devices. */
static void
announce (TelaCore         *core,
          const TelaChange *change)
{
  const char      *record = change->record != NULL ? change->record : change->old_record;
  TelaJsonSpan     span = { record, strlen (record) };
  g_autofree char *user = tela_pick_text (span, "user_id");

  tela_feed_job (core, user, change->operation, change->record, change->old_record);
}

/* One's own, for boards that one may draw on. */
#define OWN "t.user_id = ?2"
#define OWN_TO_DRAW OWN " AND (t.project_id IS NULL OR " TELA_MEMBER_OF ("t.project_id", "'owner', 'editor'") ")"

const TelaTable tela_table_jobs = {
  .name = "fal_jobs",
  .columns = columns,
  .links = links,
  .may_select = TELA_RULE (OWN),
  .may_insert = TELA_RULE (OWN_TO_DRAW),
  .may_update = TELA_RULE (OWN),
  .may_delete = TELA_RULE (OWN),
  .announce = announce,
};
