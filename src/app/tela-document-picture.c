/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-document-private.h"

#include <gdk-pixbuf/gdk-pixbuf.h>
#include <math.h>

#include "tela-colour.h"
#include "tela-sheet.h"

#define MAX_PIXELS (64.0 * 1024 * 1024) /* of a picture that is looked into */
#define SVG_SIDE 1000                   /* pixels that an SVG is looked at with */
#define MAX_SCALE 5.0
#define OTHER_THEME 0.4 /* so far from the paper's lightness is the other theme */

static double
lightness (double red,
           double green,
           double blue)
{
  return 0.3 * red + 0.6 * green + 0.1 * blue;
}

static guint32
read_number (const char *at)
{
  guint32 number;

  memcpy (&number, at, sizeof number);

  return GUINT32_FROM_BE (number);
}

/* (transfer full) (nullable) */
static GdkPixbuf *
decode (TelaForm    form,
        const char *data,
        gsize       len)
{
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (data, (gssize) len, NULL);

  if (form == TELA_FORM_SVG)
    return gdk_pixbuf_new_from_stream_at_scale (stream, SVG_SIDE, SVG_SIDE, TRUE, NULL, NULL);

  return (double) read_number (data + 16) * read_number (data + 20) > MAX_PIXELS
             ? NULL
             : gdk_pixbuf_new_from_stream (stream, NULL, NULL);
}

/* The corner is in the room around the drawing: paper, or nothing. */
static void
look_at_corner (GdkPixbuf         *picture,
                TelaBoard         *board,
                TelaExportOptions *options)
{
  const guchar    *pixel = gdk_pixbuf_read_pixels (picture);
  g_autofree char *paper = tela_excalidraw_dup_paper (board);
  TelaColour       colour = { 1, 1, 1, 1 };
  double           light = lightness (pixel[0] / 255.0, pixel[1] / 255.0, pixel[2] / 255.0);

  if (gdk_pixbuf_get_has_alpha (picture) && pixel[3] < 128)
    {
      options->is_transparent = TRUE;
      return;
    }
  tela_colour_parse (paper, &colour);
  options->is_dark = fabs (light - lightness (colour.red, colour.green, colour.blue)) > OTHER_THEME;
}

static double
find_scale (TelaBoard  *board,
            const char *png)
{
  const TelaPictureOptions options = { .scale = 1, .padding = TELA_EXPORT_PADDING };
  g_autoptr (GPtrArray) shown = tela_board_query (board, NULL);
  g_auto (TelaSheet) sheet = { NULL };

  tela_sheet_init (&sheet, (TelaElement *const *) shown->pdata, shown->len, &options);

  return CLAMP (round (read_number (png + 16) / MAX (sheet.extent.width, 1)), 1, MAX_SCALE);
}

/* A picture shall look again as it did. */
static void
look_at_picture (const TelaImport  *import,
                 const char        *data,
                 gsize              len,
                 TelaExportOptions *options)
{
  g_autoptr (TelaBoard) board = tela_board_new ("");
  g_autoptr (GdkPixbuf) picture = decode (import->form, data, len);

  options->embeds = TRUE;
  options->version = import->version;
  tela_board_merge (board, (TelaElement *const *) import->elements->pdata, import->elements->len);
  if (import->form == TELA_FORM_PNG)
    options->scale = find_scale (board, data);
  if (picture != NULL)
    look_at_corner (picture, board, options);
}

gboolean
tela_document_find_options (const TelaImport  *import,
                            const char        *data,
                            gsize              len,
                            TelaExportOptions *options)
{
  *options = (TelaExportOptions){ .scale = 1 };
  switch (import->form)
    {
    case TELA_FORM_EXCALIDRAW:
      options->format = TELA_EXPORT_EXCALIDRAW;
      return TRUE;
    case TELA_FORM_TELA:
      options->format = TELA_EXPORT_TELA;
      return TRUE;
    case TELA_FORM_PNG:
    case TELA_FORM_SVG:
      options->format = import->form == TELA_FORM_PNG ? TELA_EXPORT_PNG : TELA_EXPORT_SVG;
      look_at_picture (import, data, len, options);
      return TRUE;
    case TELA_FORM_OTHER:
    default:
      return FALSE;
    }
}
