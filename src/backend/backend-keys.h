/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* keys.json, 0600: what must survive so that tokens and endpoints stay good. */
typedef struct
{
  char *path;
  char *secret; /* signs every JWT */
  char *owner;  /* UUID of the permanent local owner */
  guint port;   /* 0: none yet */
} TelaKeys;

/* Reads DIR/keys.json, or makes the keys and writes it. A file that cannot be read as keys is an error, never replaced. */
TelaKeys *tela_keys_open (const char *dir, GError **error);
gboolean  tela_keys_set_port (TelaKeys *self, guint port, GError **error);
void      tela_keys_free (TelaKeys *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelaKeys, tela_keys_free)

/* @n random bytes as lower-case hex. (transfer full) */
char *tela_random_hex (gsize n);

G_END_DECLS
