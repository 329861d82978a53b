/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gdk/gdk.h>

#include "tela-element.h"
#include "tela-images.h"

G_BEGIN_DECLS

/* Elements on the clipboard, in each of the forms that other programs know. A form is made when somebody asks for it, on a
 * thread. */
#define TELA_TYPE_CLIP (tela_clip_get_type ())
G_DECLARE_FINAL_TYPE (TelaClip, tela_clip, TELA, CLIP, GdkContentProvider)

#define TELA_CLIP_MIME "application/vnd.excalidraw.clipboard+json"

/* What it is for. */
typedef enum
{
  TELA_CLIP_DRAWING, /* to be edited elsewhere; also a picture for those who take no drawings */
  TELA_CLIP_PNG,
  TELA_CLIP_SVG,
} TelaClipForm;

typedef struct
{
  TelaClipForm form;
  const char  *paper;  /* a colour, copied; nullable: transparent */
  gboolean     embeds; /* the picture has the drawing inside */
} TelaClipOptions;

/* @elements: in z-order. @own (nullable): the board's own element, which knows its files; @images: nullable. */
GdkContentProvider *tela_clip_new (const TelaClipOptions *options, GPtrArray *elements, const TelaElement *own, TelaImages *images);
/* {"type":"excalidraw/clipboard","elements":[…],"files":{…}}; any thread. (transfer full) */
char *tela_clip_write_scene (TelaClip *self);
/* What the texts among @elements say; NULL: there is none. (transfer full) */
char *tela_clip_join_texts (GPtrArray *elements);

G_END_DECLS
