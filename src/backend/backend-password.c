/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "backend-password.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>

/* Of nobody: a user who is not there takes as long as one who is. */
static const char nobody[] = "$y$j9T$ZsNJNJFuH6xAhUJXqyw2I0$qfMv2v.EuFXAmUH8Hb/ro5qZn.buHd4FDlr6sDLngZ1";

/* (transfer full) of malloc(); NULL: an error. libxcrypt marks those by a star. */
static char *
run (const char *password,
     const char *setting)
{
  void *data = NULL;
  int   size = 0;
  char *made = crypt_ra (password, setting, &data, &size);
  char *copy = made != NULL && *made != '*' ? g_strdup (made) : NULL;

  if (data != NULL)
    explicit_bzero (data, (gsize) size);
  free (data);
  return copy;
}

char *
tela_password_hash (const char *password)
{
  char *setting = crypt_gensalt_ra ("$y$", 0, NULL, 0);
  char *hash = setting != NULL ? run (password, setting) : NULL;

  free (setting);
  return hash;
}

gboolean
tela_password_verify (const char *password,
                      const char *hash)
{
  g_autofree char *made = run (password, hash != NULL ? hash : nobody);

  return made != NULL && hash != NULL && strcmp (made, hash) == 0;
}
