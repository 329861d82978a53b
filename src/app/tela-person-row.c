/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-person-row.h"

#include <glib/gi18n.h>

#include "tela-face.h"
#include "tela-hands.h"

#define FACE_SIZE 32

static char *
describe_state (TelaPersonState state,
                guint           minutes)
{
  if (state == TELA_PERSON_ACTIVE)
    return g_strdup (C_ ("person", "Active"));
  if (state == TELA_PERSON_IDLE && minutes == 0)
    return g_strdup (C_ ("person", "Idle"));
  if (state == TELA_PERSON_IDLE)
    return g_strdup_printf (g_dngettext (NULL, "Idle for %u minute", "Idle for %u minutes", minutes), minutes);
  if (minutes == 0)
    return g_strdup (C_ ("person", "Away"));

  return g_strdup_printf (g_dngettext (NULL, "Away for %u minute", "Away for %u minutes", minutes), minutes);
}

static char *
describe_stale (guint minutes)
{
  if (minutes == 0)
    return g_strdup (_ ("Last seen a moment ago"));

  return g_strdup_printf (g_dngettext (NULL, "Last seen %u minute ago", "Last seen %u minutes ago", minutes), minutes);
}

static guint
minutes_since (gint64 since,
               gint64 now)
{
  return (guint) (MAX (0, now - since) / (60 * G_USEC_PER_SEC));
}

char *
tela_person_row_describe (TelaPerson *person,
                          gint64      stale_since,
                          gint64      now)
{
  guint            n = tela_person_get_n_windows (person);
  g_autofree char *state = NULL;
  g_autofree char *windows = NULL;

  if (stale_since != 0)
    return describe_stale (minutes_since (stale_since, now));

  state = describe_state (tela_person_get_state (person), minutes_since (tela_person_get_since (person), now));
  if (n < 2)
    return g_steal_pointer (&state);
  windows = g_strdup_printf (g_dngettext (NULL, "%u window", "%u windows", n), n);

  /* Translators: of a person; %1$s is a state such as "Active", %2$s a number of windows */
  return g_strdup_printf (_ ("%1$s, %2$s"), state, windows);
}

static GtkWidget *
new_label (const char *text,
           const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (label), 2);
  if (css_class != NULL)
    {
      gtk_widget_add_css_class (label, css_class);
      gtk_widget_add_css_class (label, "caption");
    }

  return label;
}

static GtkWidget *
new_button (TelaPerson *person,
            const char *name,
            gboolean    is_followed)
{
  GtkWidget       *button = gtk_button_new ();
  g_autofree char *label = NULL;

  gtk_button_set_label (GTK_BUTTON (button), is_followed ? C_ ("follow", "Stop") : C_ ("follow", "Follow"));
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  if (is_followed)
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "board.stop-following");
  else
    {
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "board.follow");
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", tela_person_get_id (person));
    }
  /* Translators: for a screen reader; %s is the name of a person whose view is to be followed */
  label = g_strdup_printf (is_followed ? _ ("Stop following %s") : _ ("Follow %s"), name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);

  return button;
}

GtkWidget *
tela_person_row_new (TelaPerson    *person,
                     TelaWorkspace *workspace,
                     gint64         stale_since,
                     gboolean       is_followed)
{
  GtkWidget       *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget       *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *name = tela_hands_dup_name (person, workspace);
  g_autofree char *state = tela_person_row_describe (person, stale_since, g_get_monotonic_time ());

  gtk_box_append (GTK_BOX (row), tela_face_new (person, FACE_SIZE, stale_since != 0));
  gtk_box_append (GTK_BOX (words), new_label (name, NULL));
  gtk_box_append (GTK_BOX (words), new_label (state, "dim-label"));
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_valign (words, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (row), words);
  gtk_box_append (GTK_BOX (row), new_button (person, name, is_followed));

  return row;
}
