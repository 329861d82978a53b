/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-collector.h"
#include "backend-feed.h"
#include "backend-rest.h"
#include "backend-text.h"
#include "backend-topics.h"

static const TelaColumn columns[] = {
  { "id", "t.id", TELA_COLUMN_UUID, TELA_COLUMN_KEY | TELA_COLUMN_INSERT | TELA_COLUMN_FRESH, 0 },
  { "name", "t.name", TELA_COLUMN_TEXT, TELA_COLUMN_INSERT | TELA_COLUMN_UPDATE, 0, "Untitled" },
  { "owner", "t.owner", TELA_COLUMN_UUID, TELA_COLUMN_INSERT | TELA_COLUMN_CALLER, 0 },
  { "rev", "t.rev", TELA_COLUMN_INTEGER, 0, 0 },
  { "pruned_rev", "t.pruned_rev", TELA_COLUMN_INTEGER, 0, 0 },
  { "epoch", "(SELECT value FROM meta WHERE key = 'epoch')", TELA_COLUMN_TEXT, 0, 0 },
  { "created_at", "t.created_at", TELA_COLUMN_TIME, TELA_COLUMN_CREATED, 0 },
  { "updated_at", "t.updated_at", TELA_COLUMN_TIME, TELA_COLUMN_CREATED | TELA_COLUMN_TOUCHED, 0 },
  { "deleted_at", "t.deleted_at", TELA_COLUMN_TIME, TELA_COLUMN_UPDATE | TELA_COLUMN_MAY_NULL, 0 },
  { "thumbnail", "t.thumbnail", TELA_COLUMN_TEXT, TELA_COLUMN_UPDATE | TELA_COLUMN_MAY_NULL, 0 },
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
  g_autofree char *id = tela_pick_text (span, "id");

  return tela_feed_members (core, id);
}

static gboolean
is_trashed (const char *record)
{
  TelaJsonSpan span = { record, strlen (record) };
  TelaJsonSpan deleted;

  return tela_json_find (span, "deleted_at", &deleted) && !TELA_JSON_SPAN_IS (deleted, "null");
}

/* To its owner a board in the trash is one that changed, to the others one that is gone. */
static void
tell_member (TelaCore         *core,
             const TelaChange *change,
             const char       *project_id,
             const char       *user_id)
{
  const gboolean is_gone = is_trashed (change->record);

  if (is_gone && is_trashed (change->old_record))
    return;
  if (is_gone == is_trashed (change->old_record))
    {
      tela_feed_user (core, user_id, "UPDATE", change->record, NULL);
      return;
    }

  tela_topics_drop_rights (core, project_id, user_id);
  tela_feed_user (core, user_id, is_gone ? "DELETE" : "INSERT", is_gone ? NULL : change->record,
                  is_gone ? change->old_record : NULL);
}

static void
announce_update (TelaCore         *core,
                 const TelaChange *change)
{
  TelaJsonSpan     span = { change->record, strlen (change->record) };
  g_autofree char *id = tela_pick_text (span, "id");
  g_autofree char *owner = tela_pick_text (span, "owner");

  for (guint i = 0; change->audience[i] != NULL; i++)
    if (strcmp (change->audience[i], owner) == 0)
      tela_feed_user (core, owner, "UPDATE", change->record, NULL);
    else
      tell_member (core, change, id, change->audience[i]);
  tela_feed_project (core, id, change->record);
}

/* The board itself, and the lists of boards of its members. */
static void
announce (TelaCore         *core,
          const TelaChange *change)
{
  if (change->record != NULL && change->old_record != NULL)
    {
      announce_update (core, change);
      return;
    }

  if (change->record == NULL)
    tela_collector_ask (core->collector);
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

static GStrv
list_expired (TelaCore *core,
              gint64    now_ms)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  sqlite3_stmt *row =
      tela_db_prepare (core->db, NULL, "SELECT id FROM projects WHERE deleted_at < ?", "i", now_ms - TELA_TRASH_MS);

  while (row != NULL && tela_db_step (core->db, row, NULL))
    g_strv_builder_add (builder, (const char *) sqlite3_column_text (row, 0));

  return g_strv_builder_end (builder);
}

void
tela_projects_empty_trash (TelaCore *core,
                           gint64    now_ms)
{
  g_auto (GStrv) expired = list_expired (core, now_ms);

  for (guint i = 0; expired[i] != NULL; i++)
    {
      g_autofree char *old = tela_project_row (core, expired[i]);
      g_autoptr (TelaChange) change = tela_change_new (core, &tela_table_projects, old, NULL);

      /* What cannot be deleted now is found again the next time. */
      if (tela_db_run (core->db, NULL, "DELETE FROM projects WHERE id = ?", "s", expired[i]))
        tela_change_announce (core, change);
    }
}
