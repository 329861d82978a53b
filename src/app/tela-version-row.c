/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-version-row.h"

#include <glib/gi18n.h>

#include "tela-date.h"

struct _TelaVersionRow
{
  AdwActionRow parent_instance;

  TelaVersion *version; /* owned; nullable */
  gboolean     is_now;
};

G_DEFINE_FINAL_TYPE (TelaVersionRow, tela_version_row, ADW_TYPE_ACTION_ROW)

static gint64
now_ms (void)
{
  return g_get_real_time () / 1000;
}

/* NULL: unknown. The backend puts nothing but a comma between two names. */
static char *
dup_people (const TelaVersion *version)
{
  g_auto (GStrv) names = NULL;

  if (version == NULL || version->by == NULL || *version->by == '\0')
    return NULL;
  names = g_strsplit (version->by, ",", -1);

  return g_strjoinv (", ", names);
}

/* Takes @first. */
static char *
add_people (char       *first,
            const char *people)
{
  g_autofree char *text = first;

  return people == NULL ? g_steal_pointer (&text) : g_strdup_printf ("%s · %s", text, people);
}

static char *
dup_subtitle (TelaVersionRow *self)
{
  const TelaVersion *version = self->version;
  g_autofree char   *people = dup_people (version);

  if (version == NULL)
    return g_strdup (_ ("The board as it is"));
  if (self->is_now)
    return add_people (tela_date_describe_in_full (version->at_ms, now_ms ()), people);
  if (version->name != NULL)
    return add_people (tela_date_describe_time (version->at_ms), people);

  /* Translators: %u is how often shapes were changed within an hour */
  return add_people (g_strdup_printf (g_dngettext (NULL, "%u change", "%u changes", version->n), version->n), people);
}

static void
tela_version_row_finalize (GObject *object)
{
  TelaVersionRow *self = TELA_VERSION_ROW (object);

  g_clear_pointer (&self->version, tela_version_free);

  G_OBJECT_CLASS (tela_version_row_parent_class)->finalize (object);
}

static void
tela_version_row_class_init (TelaVersionRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = tela_version_row_finalize;
}

static void
tela_version_row_init (TelaVersionRow *self)
{
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (self), FALSE);
  adw_action_row_set_title_lines (ADW_ACTION_ROW (self), 2);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self), TRUE);
}

GtkWidget *
tela_version_row_new (TelaVersion *version,
                      gboolean     is_now)
{
  TelaVersionRow  *self = g_object_new (TELA_TYPE_VERSION_ROW, NULL);
  g_autofree char *title = NULL;
  g_autofree char *subtitle = NULL;
  g_autofree char *details = NULL;
  g_autofree char *words = NULL;

  self->version = version;
  self->is_now = is_now;
  title = tela_version_row_dup_title (self);
  subtitle = dup_subtitle (self);
  details = tela_version_row_dup_details (self);
  /* The day is in the heading above, which a screen reader does not say with the row. */
  words = g_strdup_printf ("%s, %s", title, is_now || version->name != NULL ? details : subtitle);
  /* Newer rows are labelled by their title, which would go first. */
  gtk_accessible_reset_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_LABELLED_BY);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  if (!is_now && version->name == NULL)
    {
      g_free (title);
      title = tela_date_describe_time (version->at_ms);
    }
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (self), subtitle);
  if (!is_now && version->name != NULL)
    {
      GtkWidget *star = gtk_image_new_from_icon_name ("starred-symbolic");

      gtk_widget_set_tooltip_text (star, _ ("Named Version"));
      adw_action_row_add_suffix (ADW_ACTION_ROW (self), star);
    }

  return GTK_WIDGET (self);
}

const TelaVersion *
tela_version_row_get_version (TelaVersionRow *self)
{
  g_return_val_if_fail (TELA_IS_VERSION_ROW (self), NULL);

  return self->version;
}

gboolean
tela_version_row_is_now (TelaVersionRow *self)
{
  g_return_val_if_fail (TELA_IS_VERSION_ROW (self), FALSE);

  return self->is_now;
}

char *
tela_version_row_dup_title (TelaVersionRow *self)
{
  g_return_val_if_fail (TELA_IS_VERSION_ROW (self), NULL);

  if (self->is_now)
    return g_strdup (_ ("Now"));
  if (self->version->name != NULL)
    return g_strdup (self->version->name);

  return tela_date_describe_in_full (self->version->at_ms, now_ms ());
}

char *
tela_version_row_dup_details (TelaVersionRow *self)
{
  const TelaVersion *version = self->version;
  g_autofree char   *people = dup_people (version);

  g_return_val_if_fail (TELA_IS_VERSION_ROW (self), NULL);

  if (self->is_now || version->name == NULL)
    return dup_subtitle (self);

  return add_people (tela_date_describe_in_full (version->at_ms, now_ms ()), people);
}

void
tela_version_row_update_header (GtkListBoxRow *row,
                                GtkListBoxRow *before,
                                gpointer       user_data)
{
  TelaVersionRow  *self = TELA_VERSION_ROW (row);
  TelaVersionRow  *above = before == NULL ? NULL : TELA_VERSION_ROW (before);
  g_autofree char *day = NULL;
  g_autofree char *day_above = NULL;
  GtkWidget       *label = NULL;

  if (!self->is_now)
    day = tela_date_describe_day (self->version->at_ms, now_ms ());
  if (above != NULL && !above->is_now)
    day_above = tela_date_describe_day (above->version->at_ms, now_ms ());
  if (g_strcmp0 (day, day_above) != 0)
    {
      label = gtk_label_new (day);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_widget_add_css_class (label, "heading");
      gtk_widget_add_css_class (label, "tela-day");
    }
  gtk_list_box_row_set_header (row, label);
}
