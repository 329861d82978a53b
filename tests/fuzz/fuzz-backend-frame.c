/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-frames.h"
#include "fuzz.h"

/* What is read can be written again as frames, which is what relaying does. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_auto (TelaFrame) text = { 0 };
  g_auto (TelaFrame) binary = { 0 };

  if (tela_frame_read_text (&text, (const char *) data, size))
    {
      g_autoptr (GBytes) frame =
          tela_frame_text (text.join_ref, text.ref, text.topic, text.event, text.payload.data, text.payload.len);

      g_assert_cmpuint (g_bytes_get_size (frame), >, text.payload.len);
    }
  if (tela_frame_read_binary (&binary, (const char *) data, size))
    {
      g_autoptr (GBytes) frame =
          tela_frame_broadcast (binary.topic, binary.event, "", binary.json, binary.payload.data, binary.payload.len);
      g_autoptr (GBytes) reply = tela_frame_text (binary.join_ref, binary.ref, binary.topic, "phx_reply", "{}", 2);
      gsize       len;
      const char *bytes = g_bytes_get_data (reply, &len);
      gsize       head = (bytes[1] & 0x7f) < 126 ? 2 : 4;

      g_assert_cmpuint (g_bytes_get_size (frame), >, binary.payload.len);
      g_assert_true (tela_json_check (bytes + head, (gssize) (len - head), NULL)); /* never send what is not JSON */
    }
  return 0;
}
