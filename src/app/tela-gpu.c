/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-gpu.h"

static gboolean
has_any (const char        *dir,
         const char *const *prefixes)
{
  g_autoptr (GDir) entries = g_dir_open (dir, 0, NULL);
  const char *name;

  while (entries != NULL && (name = g_dir_read_name (entries)) != NULL)
    for (gsize i = 0; prefixes[i] != NULL; i++)
      if (g_str_has_prefix (name, prefixes[i]))
        return TRUE;

  return FALSE;
}

gboolean
tela_gpu_is_there (const char *dev)
{
  /* What renders has a node of the kernel's own, beside those that only show; or one of its maker's driver. */
  static const char *const nodes[] = { "renderD", NULL };
  static const char *const makers[] = { "nvidia", "dxg", "mali", "kgsl", NULL };
  g_autofree char         *dri = g_build_filename (dev, "dri", NULL);

  return has_any (dri, nodes) || has_any (dev, makers);
}
