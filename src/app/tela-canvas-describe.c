/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-canvas-private.h"

#include <glib/gi18n.h>

#include "tela-shape-list.h"

/* How many shapes there are, and what is selected. */
void
tela_canvas_update_description (TelaCanvas *self)
{
  TelaBoard       *board = tela_canvas_get_board (self);
  guint            n = board == NULL ? 0 : tela_board_get_n_visible (board);
  guint            n_selected = board == NULL ? 0 : tela_selection_get_n (self->selection);
  g_autofree char *count = NULL;
  g_autofree char *selected = NULL;
  g_autofree char *text = NULL;

  /* Translators: %u is the number of shapes on the board */
  count = g_strdup_printf (g_dngettext (NULL, "%u shape", "%u shapes", n), n);
  if (n_selected == 1)
    {
      g_autoptr (GPtrArray) shown = tela_selection_collect (self->selection, board);
      g_autofree char *words = shown->len == 0 ? NULL : tela_shape_describe (board, shown->pdata[0]);

      if (words != NULL)
        /* Translators: follows the number of shapes: "12 shapes, selected: Rectangle: Groceries" */
        selected = g_strdup_printf (_ ("selected: %s"), words);
    }
  else if (n_selected > 1)
    /* Translators: follows the number of shapes: "12 shapes, 3 selected" */
    selected = g_strdup_printf (g_dngettext (NULL, "%u selected", "%u selected", n_selected), n_selected);
  text = g_strjoin (", ", count, selected, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}
