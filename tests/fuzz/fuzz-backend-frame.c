/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include <string.h>

#include "backend-frames.h"
#include "fuzz.h"

/* Never send what is not JSON. */
static void
check_text (GBytes *frame)
{
  gsize       len;
  const char *bytes = g_bytes_get_data (frame, &len);
  guint8      size = bytes[1] & 0x7f;
  gsize       head = size < 126 ? 2 : size == 126 ? 4
                                                  : 10;

  g_assert_true (tela_json_check (bytes + head, (gssize) (len - head), NULL));
}

static void
write_again (const TelaFrame *frame,
             gboolean         json)
{
  TelaBroadcast broadcast = { frame->topic != NULL ? frame->topic : "", frame->user ? frame->event : NULL, NULL, json,
                              frame->payload };

  for (TelaProtocol protocol = TELA_PROTOCOL_1; protocol < TELA_N_PROTOCOLS; protocol++)
    {
      g_autoptr (GBytes) reply =
          tela_frame_text (protocol, frame->join_ref, frame->ref, frame->topic, "phx_reply", "{}", 2);
      g_autoptr (GBytes) relayed = tela_frame_broadcast (protocol, &broadcast);

      check_text (reply);
      if (relayed != NULL && (protocol == TELA_PROTOCOL_1 || !frame->user))
        check_text (relayed);
      g_assert_true (relayed != NULL || (protocol == TELA_PROTOCOL_1 && !json));
    }
}

/* What is read can be written again as frames, which is what relaying does. */
int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize         size)
{
  g_auto (TelaFrame) binary = { 0 };

  for (TelaProtocol protocol = TELA_PROTOCOL_1; protocol < TELA_N_PROTOCOLS; protocol++)
    {
      g_auto (TelaFrame) text = { 0 };

      if (tela_frame_read_text (&text, protocol, (const char *) data, size))
        write_again (&text, TRUE);
    }
  if (tela_frame_read_binary (&binary, (const char *) data, size))
    write_again (&binary, !binary.user || binary.json);
  return 0;
}
