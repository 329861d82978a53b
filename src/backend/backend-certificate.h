/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Certificate and key of @path, made there first (0600) if there is no such file: self-signed, good for thirty years, since
 * it is known by its fingerprint and by nothing else. */
GTlsCertificate *tela_certificate_open (const char *path, gboolean make, GError **error);
/* SHA-256 of the certificate itself, in lower-case hex. (transfer full) */
char *tela_certificate_fingerprint (GTlsCertificate *certificate);

G_END_DECLS
