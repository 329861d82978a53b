/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-preferences-person.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#include "tela-person-colour.h"
#include "tela-oneself.h"

/* What was not chosen is shown as it is, and what is shown as it is was not chosen. */
static gboolean
name_to_text (GValue   *value,
              GVariant *variant,
              gpointer  user_data)
{
  const char *name = g_variant_get_string (variant, NULL);

  if (*name != '\0')
    g_value_set_string (value, name);
  else
    g_value_take_string (value, tela_oneself_dup_default_name ());

  return TRUE;
}

static GVariant *
text_to_name (const GValue       *value,
              const GVariantType *type,
              gpointer            user_data)
{
  g_autofree char *name = g_strstrip (g_value_dup_string (value));
  g_autofree char *fallback = tela_oneself_dup_default_name ();

  return g_variant_new_string (strcmp (name, fallback) == 0 ? "" : name);
}

static gboolean
colour_to_row (GValue   *value,
               GVariant *variant,
               gpointer  user_data)
{
  guint                   n;
  const TelaPersonColour *palette = tela_person_colour_get_palette (&n);

  g_value_set_uint (value, 0);
  for (guint i = 0; i < n; i++)
    if (strcmp (palette[i].hex, g_variant_get_string (variant, NULL)) == 0)
      g_value_set_uint (value, i + 1);

  return TRUE;
}

static GVariant *
row_to_colour (const GValue       *value,
               const GVariantType *type,
               gpointer            user_data)
{
  guint                   n;
  const TelaPersonColour *palette = tela_person_colour_get_palette (&n);
  guint                   at = g_value_get_uint (value);

  return g_variant_new_string (at == 0 || at > n ? "" : palette[at - 1].hex);
}

static GListModel *
new_colours (void)
{
  GtkStringList          *names = gtk_string_list_new (NULL);
  guint                   n;
  const TelaPersonColour *palette = tela_person_colour_get_palette (&n);

  gtk_string_list_append (names, C_ ("colour", "Automatic"));
  for (guint i = 0; i < n; i++)
    gtk_string_list_append (names, g_dpgettext2 (NULL, "colour", palette[i].name));

  return G_LIST_MODEL (names);
}

void
tela_preferences_bind_person (GtkBuilder *builder,
                              GSettings  *settings)
{
  GObject *name = gtk_builder_get_object (builder, "person_name");
  GObject *colour = gtk_builder_get_object (builder, "person_colour");
  g_autoptr (GListModel) colours = new_colours ();

  adw_combo_row_set_model (ADW_COMBO_ROW (colour), colours);
  g_settings_bind_with_mapping (settings, "person-name", name, "text", G_SETTINGS_BIND_DEFAULT, name_to_text,
                                text_to_name, NULL, NULL);
  g_settings_bind_with_mapping (settings, "person-colour", colour, "selected", G_SETTINGS_BIND_DEFAULT, colour_to_row,
                                row_to_colour, NULL, NULL);
}
