/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-table.h"

static const TelaColumn columns[] = {
  { "project_id", "t.project_id", TELA_COLUMN_UUID, TELA_COLUMN_KEY, 0 },
  { "id", "t.id", TELA_COLUMN_TEXT, TELA_COLUMN_KEY, 0 },
  { "props", "NULL", TELA_COLUMN_PROPS, 0, 0 },
  { "stamps", "NULL", TELA_COLUMN_STAMPS, 0, 0 },
  { "rev", "t.rev", TELA_COLUMN_INTEGER, 0, 0 },
  { "updated_at", "t.updated_at", TELA_COLUMN_TIME, 0, 0 },
  { 0 },
};

/* tela_push alone writes it. */
const TelaTable tela_table_elements = {
  .name = "elements",
  .columns = columns,
  .may_select = TELA_RULE (TELA_MEMBER_OF ("t.project_id", TELA_ANY_ROLE)),
};
