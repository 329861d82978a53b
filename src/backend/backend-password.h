/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* yescrypt, by libxcrypt. Both take tens of milliseconds and 16 MB on purpose: they are a worker's. */
#define TELA_PASSWORD_MIN 6
#define TELA_PASSWORD_MAX 256 /* bytes */

/* (transfer full); NULL: it could not be made */
char *tela_password_hash (const char *password);
/* @hash NULL: takes as long, and no password is right. */
gboolean tela_password_verify (const char *password, const char *hash);

G_END_DECLS
