/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include "backend-fixture.h"

G_BEGIN_DECLS

/* A token of the fixture's backend, signed with its own secret. @fields: more members, or "". (transfer full) */
char *make_token (Fixture *fixture, const char *sub, const char *role, gint64 exp_in_s, const char *fields);
char *fixture_secret (Fixture *fixture);                                            /* (transfer full) */
char *make_raw_token (const char *header, const char *payload, const char *secret); /* (transfer full) */

G_END_DECLS
