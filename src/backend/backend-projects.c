/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-feed.h"
#include "backend-rest.h"
#include "backend-text.h"

static const TelaColumn columns[] = {
  { "id", "t.id", TELA_COLUMN_UUID, TELA_COLUMN_KEY | TELA_COLUMN_INSERT | TELA_COLUMN_FRESH, 0 },
  { "name", "t.name", TELA_COLUMN_TEXT, TELA_COLUMN_INSERT | TELA_COLUMN_UPDATE, 0, "Untitled" },
  { "owner", "t.owner", TELA_COLUMN_UUID, TELA_COLUMN_INSERT | TELA_COLUMN_CALLER, 0 },
  { "rev", "t.rev", TELA_COLUMN_INTEGER, 0, 0 },
  { "pruned_rev", "t.pruned_rev", TELA_COLUMN_INTEGER, 0, 0 },
  { "epoch", "(SELECT value FROM meta WHERE key = 'epoch')", TELA_COLUMN_TEXT, 0, 0 },
  { "created_at", "t.created_at", TELA_COLUMN_TIME, TELA_COLUMN_CREATED, 0 },
  { "updated_at", "t.updated_at", TELA_COLUMN_TIME, TELA_COLUMN_CREATED | TELA_COLUMN_TOUCHED, 0 },
  { 0 },
};

static const TelaLink links[] = {
  { "project_members", "id", "project_id", TRUE },
  { "invites", "id", "project_id", TRUE },
  { "profiles", "owner", "id", FALSE },
  { 0 },
};

static GStrv
audience (TelaCore   *core,
          const char *record)
{
  TelaJsonSpan     span = { record, strlen (record) };
  g_autofree char *id = tela_text_member (span, "id");

  return tela_feed_members (core, id);
}

/* The board itself, and the lists of boards of its members. */
static void
announce (TelaCore         *core,
          const TelaChange *change)
{
  if (change->record != NULL && change->old_record != NULL)
    {
      TelaJsonSpan     span = { change->record, strlen (change->record) };
      g_autofree char *id = tela_text_member (span, "id");

      tela_feed_project (core, id, change->record);
    }
  for (guint i = 0; change->audience[i] != NULL; i++)
    tela_feed_user (core, change->audience[i], change->operation, change->record,
                    change->record == NULL ? change->old_record : NULL);
}

const TelaTable tela_table_projects = {
  .name = "projects",
  .columns = columns,
  .links = links,
  .may_select = TELA_RULE (TELA_MEMBER_OF ("t.id", TELA_ANY_ROLE)),
  .may_insert = TELA_RULE ("t.owner = ?2"),
  .may_update = TELA_RULE (TELA_MEMBER_OF ("t.id", "'owner', 'editor'")),
  .may_delete = TELA_RULE (TELA_MEMBER_OF ("t.id", "'owner'")),
  .audience = audience,
  .announce = announce,
};

char *
tela_project_row (TelaCore   *core,
                  const char *project_id)
{
  const char *key[] = { project_id, NULL };

  return tela_table_record (core, &tela_table_projects, key);
}
