/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-draft.h"
#include "tela-formats-private.h"

#include <glib/gi18n-lib.h>

/* A picture of a screen is one unit a pixel. */
#define MAX_SIDE 4096.0

TelaImport *
tela_picture_read (const char *data,
                   gsize       len,
                   TelaStamp   stamp,
                   TelaBoard  *board,
                   const char *name,
                   GError    **error)
{
  g_auto (TelaDraft) draft = { NULL };
  g_autoptr (GBytes) bytes = NULL;
  TelaDraftStyle style = { NULL };
  TelaDraftBox   box = { 0 };
  double         scale;

  if (len > TELA_DRAFT_MAX_IMAGE)
    {
      g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_TOO_LARGE,
                           _ ("the picture is larger than 64 MB"));
      return NULL;
    }
  if (!tela_media_measure (data, len, &box.width, &box.height))
    {
      g_set_error_literal (error, TELA_FORMAT_ERROR, TELA_FORMAT_ERROR_INVALID,
                           _ ("the picture's head does not say its size"));
      return NULL;
    }
  scale = MIN (1, MAX_SIDE / MAX (box.width, box.height));
  box.width *= scale;
  box.height *= scale;

  bytes = g_bytes_new (data, len);
  tela_draft_init (&draft);
  tela_draft_begin_image (&draft, &box, &style, bytes);
  tela_draft_end (&draft);
  return tela_draft_finish (&draft, stamp, board, name, error);
}
