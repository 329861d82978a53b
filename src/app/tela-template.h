/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* The end of a widget that is made from a template and whose children are all of it: GTK lets go of the bound ones only. */
static inline void
tela_template_dispose (GtkWidget *widget,
                       GType      type)
{
  GtkWidget *child;

  gtk_widget_dispose_template (widget, type);
  while ((child = gtk_widget_get_first_child (widget)) != NULL)
    gtk_widget_unparent (child);
}

/* To GTK 4.8 a label that may be cut off is at least as wide as its "…", which is more than a name of one letter wants to be,
 * and it warns. Those within @widget are given room for two letters. */
static inline void
tela_template_widen_labels (GtkWidget *widget)
{
  if (GTK_IS_LABEL (widget) && gtk_label_get_ellipsize (GTK_LABEL (widget)) != PANGO_ELLIPSIZE_NONE)
    gtk_label_set_width_chars (GTK_LABEL (widget), 2);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    tela_template_widen_labels (child);
}

/* To GTK 4.8 a tooltip is no name: a screen reader would say what kind of widget the icon is. Buttons within @widget that have
 * no words are called as their tooltips are, without the key. */
static inline void
tela_template_name_buttons (GtkWidget *widget)
{
  const char *tooltip = gtk_widget_get_tooltip_text (widget);
  gboolean    is_icon = GTK_IS_BUTTON (widget) && gtk_button_get_label (GTK_BUTTON (widget)) == NULL;

  if (tooltip != NULL && (is_icon || GTK_IS_MENU_BUTTON (widget)))
    {
      g_auto (GStrv) parts = g_strsplit (tooltip, " (", 2);

      gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, parts[0], -1);
      /* It is the button in a menu button that has the focus. */
      if (GTK_IS_MENU_BUTTON (widget))
        gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (widget)),
                                        GTK_ACCESSIBLE_PROPERTY_LABEL, parts[0], -1);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    tela_template_name_buttons (child);
}

G_END_DECLS
