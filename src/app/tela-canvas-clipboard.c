/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include <glib/gi18n.h>

#include "tela-canvas-attach.h"
#include "tela-clip.h"
#include "tela-clipboard.h"
#include "tela-formats.h"

/* (transfer full) With what goes along. */
static GPtrArray *
collect (TelaCanvas *self)
{
  g_autoptr (GPtrArray) selected = tela_selection_collect (self->selection, tela_canvas_get_board (self));

  return tela_selection_with_contents (tela_canvas_get_board (self), selected);
}

static gboolean
is_on (TelaCanvas *self,
       const char *action)
{
  g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (self->actions), action);

  return g_variant_get_boolean (state);
}

static void
copy (TelaCanvas  *self,
      GPtrArray   *elements,
      TelaClipForm form)
{
  g_autofree char *paper = tela_excalidraw_dup_paper (tela_canvas_get_board (self));
  TelaClipOptions  options = { .form = form };

  if (form != TELA_CLIP_DRAWING)
    {
      options.paper = is_on (self, "copy-paper") ? paper : NULL;
      options.embeds = is_on (self, "copy-drawing");
    }
  tela_clipboard_copy (self, elements, &options);
}

static void
copy_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  TelaCanvas *self = user_data;
  g_autoptr (GPtrArray) elements = collect (self);

  copy (self, elements, TELA_CLIP_DRAWING);
}

static void
copy_as_activated (GSimpleAction *action,
                   GVariant      *parameter,
                   gpointer       user_data)
{
  TelaCanvas *self = user_data;
  const char *form = g_variant_get_string (parameter, NULL);
  g_autoptr (GPtrArray) elements = collect (self);

  if (strcmp (form, "png") == 0)
    copy (self, elements, TELA_CLIP_PNG);
  else if (strcmp (form, "svg") == 0)
    copy (self, elements, TELA_CLIP_SVG);
  else
    {
      g_autofree char *text = tela_clip_join_texts (elements);

      if (text == NULL)
        tela_canvas_tell (self, _ ("There is no text in the selection"));
      else
        gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
    }
}

/* What was copied goes, so that pasting it again makes nothing double. */
static void
cut_activated (GSimpleAction *action,
               GVariant      *parameter,
               gpointer       user_data)
{
  TelaCanvas *self = user_data;
  g_autoptr (GPtrArray) elements = collect (self);

  copy (self, elements, TELA_CLIP_DRAWING);
  tela_canvas_cancel (self);
  tela_canvas_delete (self, elements);
}

static void
paste_activated (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  tela_clipboard_paste (TELA_CANVAS (user_data));
}

void
tela_canvas_init_clipboard (TelaCanvas *self)
{
  static const GActionEntry entries[] = {
    { .name = "copy", .activate = copy_activated },
    { .name = "copy-as", .activate = copy_as_activated, .parameter_type = "s" },
    { .name = "copy-paper", .state = "true" },    /* pictures have the board's colour behind them */
    { .name = "copy-drawing", .state = "false" }, /* and the drawing inside */
    { .name = "cut", .activate = cut_activated },
    { .name = "paste", .activate = paste_activated },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries), self);
}
