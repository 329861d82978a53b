/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-qr.h"

#include <qrencode.h>

#define QUIET 4 /* modules of white around it, which readers need */

gboolean
tela_qr_is_available (void)
{
  return TRUE;
}

GdkTexture *
tela_qr_new (const char *text,
             int         max_width)
{
  QRcode *code = QRcode_encodeString (text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
  g_autoptr (GBytes) bytes = NULL;
  int     n, scale, width;
  guint8 *pixels;

  if (code == NULL)
    return NULL;

  n = code->width + 2 * QUIET;
  scale = MAX (1, max_width / n);
  width = n * scale;
  pixels = g_malloc ((gsize) width * width * 3);
  for (int y = 0; y < width; y++)
    for (int x = 0; x < width; x++)
      {
        int      column = x / scale - QUIET;
        int      row = y / scale - QUIET;
        guint8  *pixel = pixels + 3 * ((gsize) y * width + x);
        gboolean is_inside = column >= 0 && row >= 0 && column < code->width && row < code->width;

        pixel[0] = pixel[1] = pixel[2] = is_inside && code->data[row * code->width + column] & 1 ? 0 : 255;
      }
  QRcode_free (code);
  bytes = g_bytes_new_take (pixels, (gsize) width * width * 3);

  return gdk_memory_texture_new (width, width, GDK_MEMORY_R8G8B8, bytes, (gsize) width * 3);
}
