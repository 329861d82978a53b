/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-table.h"

/* The hash of the token is not shown. */
static const TelaColumn columns[] = {
  { "id", "t.id", TELA_COLUMN_UUID, TELA_COLUMN_KEY, 0 },
  { "project_id", "t.project_id", TELA_COLUMN_UUID, 0, 0 },
  { "host_id", "t.host_id", TELA_COLUMN_TEXT, 0, 0 },
  { "role", "t.role", TELA_COLUMN_TEXT, 0, 0 },
  { "created_by", "t.created_by", TELA_COLUMN_UUID, 0, 0 },
  { "created_at", "t.created_at", TELA_COLUMN_TIME, 0, 0 },
  { "expires_at", "t.expires_at", TELA_COLUMN_TIME, TELA_COLUMN_UPDATE | TELA_COLUMN_MAY_NULL, 0 },
  { "revoked", "t.revoked", TELA_COLUMN_BOOLEAN, TELA_COLUMN_UPDATE, 0 },
  { "uses", "t.uses", TELA_COLUMN_INTEGER, 0, 0 },
  { "max_uses", "t.max_uses", TELA_COLUMN_INTEGER, TELA_COLUMN_UPDATE | TELA_COLUMN_MAY_NULL, 0 },
  { "last_used_at", "t.last_used_at", TELA_COLUMN_TIME, TELA_COLUMN_MAY_NULL, 0 },
  { 0 },
};

static const TelaLink links[] = {
  { "projects", "project_id", "id", FALSE },
  { "profiles", "created_by", "id", FALSE },
  { 0 },
};

/* The board's owner sees, ends and removes them; one is made where its token is, not by rows. */
const TelaTable tela_table_invites = {
  .name = "invites",
  .columns = columns,
  .links = links,
  .may_select = TELA_RULE (TELA_MEMBER_OF ("t.project_id", "'owner'")),
  .may_update = TELA_RULE (TELA_MEMBER_OF ("t.project_id", "'owner'")),
  .may_delete = TELA_RULE (TELA_MEMBER_OF ("t.project_id", "'owner'")),
};
