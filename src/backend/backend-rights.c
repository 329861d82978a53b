/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-rights.h"

#include <string.h>

#include "backend-text.h"

static const char *const role_names[] = { "none", "viewer", "editor", "owner" };

TelaRole
tela_role_from_name (const char *name)
{
  for (guint i = TELA_ROLE_VIEWER; i < G_N_ELEMENTS (role_names); i++)
    if (strcmp (role_names[i], name) == 0)
      return i;
  return TELA_ROLE_NONE;
}

TelaRole
tela_rights_role (TelaCore         *core,
                  const TelaClaims *claims,
                  const char       *project_id)
{
  g_autofree char *role = NULL;

  if (tela_claims_is_service (claims))
    {
      role = tela_db_text (core->db, "SELECT 'owner' FROM projects WHERE id = ?", "s", project_id);
      return role != NULL ? TELA_ROLE_OWNER : TELA_ROLE_NONE;
    }
  if (!tela_claims_is_user (claims))
    return TELA_ROLE_NONE;
  role = tela_db_text (core->db, "SELECT m.role FROM project_members AS m JOIN projects AS p ON p.id = m.project_id"
                                 " WHERE m.project_id = ? AND m.user_id = ? AND (m.role = 'owner' OR p.deleted_at IS NULL)",
                       "ss", project_id, claims->sub);
  return role != NULL ? tela_role_from_name (role) : TELA_ROLE_NONE;
}

/* "PREFIX:UUID" → UUID, else NULL. */
static const char *
topic_id (const char *topic,
          const char *prefix)
{
  gsize len = strlen (prefix);

  if (strncmp (topic, prefix, len) != 0 || topic[len] != ':' || !tela_is_uuid (topic + len + 1))
    return NULL;
  return topic + len + 1;
}

/* Who may do what on the topics of a project and of a user; TELA_ROLE_NONE: the database alone. */
static const struct
{
  const char *prefix;
  gboolean    of_user;
  gboolean    presence;
  TelaRole    may_write;
} kinds[] = {
  { "project", FALSE, FALSE, TELA_ROLE_NONE },
  { "live", FALSE, FALSE, TELA_ROLE_EDITOR },
  { "room", FALSE, TRUE, TELA_ROLE_VIEWER },
  { "user", TRUE, FALSE, TELA_ROLE_NONE },
  { "fal_jobs", TRUE, FALSE, TELA_ROLE_NONE },
};

gboolean
tela_rights_allow (TelaCore         *core,
                   const TelaClaims *claims,
                   const char       *topic,
                   TelaExtension     extension,
                   TelaAccess        access)
{
  const char *id = NULL;
  guint       kind = 0;

  if (tela_claims_is_service (claims))
    return TRUE;
  if (!tela_claims_is_user (claims))
    return FALSE;
  while (kind < G_N_ELEMENTS (kinds) && (id = topic_id (topic, kinds[kind].prefix)) == NULL)
    kind++;
  if (id == NULL || (extension == TELA_EXTENSION_PRESENCE && !kinds[kind].presence) ||
      (access == TELA_ACCESS_WRITE && kinds[kind].may_write == TELA_ROLE_NONE))
    return FALSE;
  if (kinds[kind].of_user)
    return strcmp (id, claims->sub) == 0;
  return tela_rights_role (core, claims, id) >=
         (access == TELA_ACCESS_WRITE ? kinds[kind].may_write : TELA_ROLE_VIEWER);
}
