/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-tool-buttons.h"

#include <glib/gi18n.h>

#include "tela-tool.h"

/* What the button says while it is on. */
static G_DEFINE_QUARK (tela - tool - button - tip, tip)

static void
allow (GtkWidget *button,
       gboolean   can_use)
{
  g_autofree char *why = NULL;
  const char      *tip = g_object_get_qdata (G_OBJECT (button), tip_quark ());

  if (can_use == gtk_widget_get_sensitive (button))
    return;

  gtk_widget_set_sensitive (button, can_use);
  if (tip == NULL)
    {
      tip = g_strdup (gtk_widget_get_tooltip_text (button));
      g_object_set_qdata_full (G_OBJECT (button), tip_quark (), (gpointer) tip, g_free);
    }
  /* Translators: %s is the name of a tool, such as “Pen (P)” */
  why = g_strdup_printf (_ ("%s: you may look at this board, but not edit it"), tip);
  gtk_widget_set_tooltip_text (button, can_use ? tip : why);
}

void
tela_tool_buttons_allow (GtkWidget *toolbar,
                         gboolean   can_edit)
{
  const char *action = GTK_IS_ACTIONABLE (toolbar) ? gtk_actionable_get_action_name (GTK_ACTIONABLE (toolbar)) : NULL;
  gboolean    edits;

  if (g_strcmp0 (action, "canvas.tool") == 0)
    {
      GVariant *tool = gtk_actionable_get_action_target_value (GTK_ACTIONABLE (toolbar));

      if (tela_tool_is_known (g_variant_get_string (tool, NULL), &edits))
        allow (toolbar, can_edit || !edits);
      return;
    }
  for (GtkWidget *child = gtk_widget_get_first_child (toolbar); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    tela_tool_buttons_allow (child, can_edit);
}
