/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-core.h"

G_BEGIN_DECLS

typedef enum
{
  TELA_ROLE_NONE,
  TELA_ROLE_VIEWER,
  TELA_ROLE_EDITOR,
  TELA_ROLE_OWNER,
} TelaRole;

TelaRole tela_role_from_name (const char *name); /* NONE: no such role */
/* The caller's role in the project; the service is the owner of everything that exists. */
TelaRole tela_rights_role (TelaCore *core, const TelaClaims *claims, const char *project_id);

typedef enum
{
  TELA_EXTENSION_BROADCAST,
  TELA_EXTENSION_PRESENCE,
  TELA_N_EXTENSIONS,
} TelaExtension;

typedef enum
{
  TELA_ACCESS_READ,
  TELA_ACCESS_WRITE,
  TELA_N_ACCESSES,
} TelaAccess;

/* Rights on private topics (sync.md 4), by what the caller claims and the table of members. Unknown topics: none. */
gboolean tela_rights_allow (TelaCore *core, const TelaClaims *claims, const char *topic, TelaExtension extension, TelaAccess access);

G_END_DECLS
