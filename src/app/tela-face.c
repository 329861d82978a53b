/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-face.h"

#include <adwaita.h>

#include "tela-person-colour.h"

#define IDLE_OPACITY 0.55
#define GONE_OPACITY 0.3

/* An avatar has a colour of its own choice. */
static void
paint (GtkWidget  *avatar,
       TelaPerson *person)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
  g_autofree char *css = NULL;
  g_autofree char *ground = NULL;
  g_autofree char *ink = NULL;
  GdkRGBA          colour = tela_person_colour_parse (tela_person_get_colour (person));
  GdkRGBA          contrast = tela_person_colour_contrast (&colour);

  ground = gdk_rgba_to_string (&colour);
  ink = gdk_rgba_to_string (&contrast);
  css = g_strdup_printf ("avatar { background-image: none; background-color: %s; color: %s; }", ground, ink);
  gtk_css_provider_load_from_data (provider, css, -1);
  /* The node of that name is the widget itself or its child, as libadwaita pleases. */
  for (GtkWidget *at = avatar; at != NULL; at = gtk_widget_get_first_child (at))
    gtk_style_context_add_provider (gtk_widget_get_style_context (at), GTK_STYLE_PROVIDER (provider),
                                    GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

GtkWidget *
tela_face_new (TelaPerson *person,
               int         size,
               gboolean    is_stale)
{
  GtkWidget *avatar = adw_avatar_new (size, tela_person_get_name (person), TRUE);

  paint (avatar, person);
  gtk_widget_set_valign (avatar, GTK_ALIGN_CENTER);
  if (is_stale)
    gtk_widget_set_opacity (avatar, GONE_OPACITY);
  else if (tela_person_get_state (person) != TELA_PERSON_ACTIVE)
    gtk_widget_set_opacity (avatar, IDLE_OPACITY);

  return avatar;
}
