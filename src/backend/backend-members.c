/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-feed.h"
#include "backend-table.h"
#include "backend-text.h"
#include "backend-topics.h"

static const TelaColumn columns[] = {
  { "project_id", "t.project_id", TELA_COLUMN_UUID, TELA_COLUMN_KEY | TELA_COLUMN_INSERT, 0 },
  { "user_id", "t.user_id", TELA_COLUMN_UUID, TELA_COLUMN_KEY | TELA_COLUMN_INSERT, 0 },
  { "role", "t.role", TELA_COLUMN_TEXT, TELA_COLUMN_INSERT | TELA_COLUMN_UPDATE, 0 },
  { "created_at", "t.created_at", TELA_COLUMN_TIME, TELA_COLUMN_CREATED, 0 },
  { 0 },
};

static const TelaLink links[] = {
  { "projects", "project_id", "id", FALSE },
  { "profiles", "user_id", "id", FALSE },
  { 0 },
};

static GStrv
audience (TelaCore   *core,
          const char *record)
{
  TelaJsonSpan     span = { record, strlen (record) };
  g_autofree char *user = tela_pick_text (span, "user_id");
  const char      *one[] = { user, NULL };

  return g_strdupv ((GStrv) one);
}

/* The list of boards of the one concerned, and the board itself. */
static void
announce (TelaCore         *core,
          const TelaChange *change)
{
  const char      *record = change->record != NULL ? change->record : change->old_record;
  TelaJsonSpan     span = { record, strlen (record) };
  g_autofree char *project = tela_pick_text (span, "project_id");
  g_autofree char *row = tela_project_row (core, project);
  gboolean         gone = change->record == NULL;

  tela_topics_drop_rights (core, project, change->audience[0]);
  tela_feed_user (core, change->audience[0], change->operation, gone ? NULL : row, gone ? row : NULL);
  tela_feed_project (core, project, row);
}

/* There is one owner, whom the making of the board makes; nobody adds, changes or removes such a row. */
const TelaTable tela_table_members = {
  .name = "project_members",
  .columns = columns,
  .links = links,
  .may_select = TELA_RULE (TELA_MEMBER_OF ("t.project_id", TELA_ANY_ROLE)),
  .may_insert = TELA_RULE (TELA_MEMBER_OF ("t.project_id", "'owner'")) " AND t.role <> 'owner'",
  .may_update = TELA_RULE (TELA_MEMBER_OF ("t.project_id", "'owner'")) " AND t.role <> 'owner'",
  .may_delete =
      TELA_RULE ("t.user_id = ?2 OR " TELA_MEMBER_OF ("t.project_id", "'owner'")) " AND t.role <> 'owner'",
  .audience = audience,
  .announce = announce,
};
