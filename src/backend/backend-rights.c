/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-rights.h"

#include <string.h>

#include "backend-text.h"

static const char *const role_names[] = { "none", "viewer", "editor", "owner" };

const char *
tela_role_get_name (TelaRole role)
{
  return role_names[role];
}

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
  role = tela_db_text (core->db, "SELECT role FROM project_members WHERE project_id = ? AND user_id = ?", "ss", project_id,
                       claims->sub);
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

gboolean
tela_rights_may_read (TelaCore         *core,
                      const TelaClaims *claims,
                      const char       *topic)
{
  static const char *const of_members[] = { "project", "live", "room" };
  static const char *const of_user[] = { "user", "fal_jobs" };
  const char              *id;

  if (tela_claims_is_service (claims))
    return TRUE;
  if (!tela_claims_is_user (claims))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (of_members); i++)
    if ((id = topic_id (topic, of_members[i])) != NULL)
      return tela_rights_role (core, claims, id) != TELA_ROLE_NONE;
  for (guint i = 0; i < G_N_ELEMENTS (of_user); i++)
    if ((id = topic_id (topic, of_user[i])) != NULL)
      return strcmp (id, claims->sub) == 0;
  return FALSE;
}

gboolean
tela_rights_may_write (TelaCore         *core,
                       const TelaClaims *claims,
                       const char       *topic)
{
  const char *id;

  if (tela_claims_is_service (claims))
    return TRUE;
  if ((id = topic_id (topic, "live")) != NULL)
    return tela_rights_role (core, claims, id) >= TELA_ROLE_EDITOR;
  if ((id = topic_id (topic, "room")) != NULL)
    return tela_rights_role (core, claims, id) != TELA_ROLE_NONE;
  return FALSE; /* the database alone writes the others */
}
