/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "fuzz.h"
#include "tela-formats.h"

#define SCENE "{\"type\":\"excalidraw\",\"elements\":[]}"

/* What any picture takes can be found in it again. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  const char *text = (const char *) data;

  for (int version = TELA_CARRIER_PLAIN; version <= TELA_CARRIER_COMPRESSED; version++)
    {
      g_autoptr (GBytes) png = NULL;
      g_autofree char *svg = NULL;
      g_autofree char *found = NULL;
      gsize            len, found_len;

      if (tela_png_is (data, size))
        png = tela_png_embed_scene (bytes, SCENE, strlen (SCENE), (TelaCarrierVersion) version, NULL);
      else if (tela_svg_is (text, size))
        svg = tela_svg_embed_scene (text, size, SCENE, strlen (SCENE), (TelaCarrierVersion) version, &len, NULL);
      if (png != NULL)
        found = tela_png_find_scene (g_bytes_get_data (png, NULL), g_bytes_get_size (png), &found_len, NULL, NULL);
      else if (svg != NULL)
        found = tela_svg_find_scene (svg, len, &found_len, NULL, NULL);
      if (png != NULL || svg != NULL)
        g_assert_cmpstr (found, ==, SCENE);
    }
  return 0;
}
