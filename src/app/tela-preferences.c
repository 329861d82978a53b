/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-preferences.h"

#include <adwaita.h>

#include "tela-dialogs.h"
#include "tela-preferences-images.h"
#include "tela-preferences-person.h"

/* The rows of the list are in the order of the values of the schema. */
static gboolean
style_to_row (GValue   *value,
              GVariant *variant,
              gpointer  user_data)
{
  GtkStringList *nicks = user_data;

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (nicks)); i++)
    if (strcmp (gtk_string_list_get_string (nicks, i), g_variant_get_string (variant, NULL)) == 0)
      g_value_set_uint (value, i);

  return TRUE;
}

static GVariant *
row_to_style (const GValue       *value,
              const GVariantType *type,
              gpointer            user_data)
{
  const char *nick = gtk_string_list_get_string (user_data, g_value_get_uint (value));

  return nick == NULL ? NULL : g_variant_new_string (nick);
}

GtkWidget *
tela_preferences_new (GSettings *settings,
                      TelaJobs  *jobs)
{
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/io/github/telacanvas/Tela/tela-preferences.ui");
  GObject *page = gtk_builder_get_object (builder, "page");
  GObject *nicks = gtk_builder_get_object (builder, "nicks");

  g_settings_bind_with_mapping (settings, "style", gtk_builder_get_object (builder, "style"), "selected",
                                G_SETTINGS_BIND_DEFAULT, style_to_row, row_to_style, g_object_ref (nicks),
                                g_object_unref);

  if (jobs != NULL)
    tela_preferences_add_images (ADW_PREFERENCES_PAGE (page), settings, jobs);
  tela_preferences_bind_person (builder, settings);

  return tela_preferences_dialog_new (ADW_PREFERENCES_PAGE (page));
}
