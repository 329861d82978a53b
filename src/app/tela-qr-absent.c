/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-qr.h"

gboolean
tela_qr_is_available (void)
{
  return FALSE;
}

GdkTexture *
tela_qr_new (const char *text,
             int         max_width)
{
  return NULL;
}
