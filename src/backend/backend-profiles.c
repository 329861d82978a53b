/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-table.h"

static const TelaColumn columns[] = {
  { "id", "t.id", TELA_COLUMN_UUID, TELA_COLUMN_KEY | TELA_COLUMN_INSERT | TELA_COLUMN_CALLER, 0 },
  { "name", "t.name", TELA_COLUMN_TEXT, TELA_COLUMN_INSERT | TELA_COLUMN_UPDATE, 200 },
  { "color", "t.color", TELA_COLUMN_TEXT, TELA_COLUMN_INSERT | TELA_COLUMN_UPDATE | TELA_COLUMN_MAY_NULL, 7 },
  { "created_at", "t.created_at", TELA_COLUMN_TIME, TELA_COLUMN_CREATED, 0 },
  { "updated_at", "t.updated_at", TELA_COLUMN_TIME, TELA_COLUMN_CREATED | TELA_COLUMN_TOUCHED, 0 },
  { 0 },
};

/* Whoever shares a board sees it; the row is there as long as its user. */
const TelaTable tela_table_profiles = {
  .name = "profiles",
  .columns = columns,
  .may_select = TELA_RULE ("t.id = ?2 OR t.id IN (SELECT theirs.user_id FROM project_members AS mine"
                           " JOIN project_members AS theirs ON theirs.project_id = mine.project_id"
                           " WHERE mine.user_id = ?2)"),
  .may_insert = TELA_RULE ("t.id = ?2"),
  .may_update = TELA_RULE ("t.id = ?2"),
};
