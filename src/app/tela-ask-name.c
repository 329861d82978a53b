/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-ask-name.h"

#include <glib/gi18n.h>
#include <string.h>

#include "tela-dialogs.h"

typedef struct
{
  GtkWidget     *entry; /* borrowed: a child of the question */
  TelaNameFunc   func;
  gpointer       user_data;
  GDestroyNotify destroy; /* nullable */
} Asked;

static void
asked_free (gpointer  data,
            GClosure *closure)
{
  Asked *asked = data;

  if (asked->destroy != NULL)
    asked->destroy (asked->user_data);
  g_free (asked);
}

static char *
dup_name (GtkWidget *entry)
{
  return g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
}

static void
answered_cb (GtkWidget  *question,
             const char *response,
             gpointer    user_data)
{
  Asked           *asked = user_data;
  g_autofree char *name = dup_name (asked->entry);

  if (strcmp (response, "name") == 0 && *name != '\0')
    asked->func (name, asked->user_data);
}

static void
changed_cb (GtkWidget *entry,
            GtkWidget *question)
{
  g_autofree char *name = dup_name (entry);

  tela_question_set_enabled (question, "name", *name != '\0');
}

void
tela_ask_name (GtkWindow     *parent,
               const char    *heading,
               const char    *verb,
               const char    *name,
               int            max_length,
               TelaNameFunc   func,
               gpointer       user_data,
               GDestroyNotify destroy)
{
  TelaResponse responses[] = { { "cancel", _ ("_Cancel"), ADW_RESPONSE_DEFAULT },
                               { "name", verb, ADW_RESPONSE_SUGGESTED } };
  GtkWidget   *question = tela_question_new (heading, NULL, responses, G_N_ELEMENTS (responses));
  GtkWidget   *entry = gtk_entry_new ();
  Asked       *asked = g_new (Asked, 1);

  *asked = (Asked){ .entry = entry, .func = func, .user_data = user_data, .destroy = destroy };
  gtk_entry_set_max_length (GTK_ENTRY (entry), max_length);
  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _ ("Name"), -1);
  g_signal_connect (entry, "changed", G_CALLBACK (changed_cb), question);
  g_object_set (question, "extra-child", entry, NULL);
  g_signal_connect_data (question, "response", G_CALLBACK (answered_cb), asked, asked_free, 0);
  gtk_editable_set_text (GTK_EDITABLE (entry), name);
  changed_cb (entry, question);
  tela_dialog_present (question, parent);
  gtk_editable_select_region (GTK_EDITABLE (entry), 0, -1);
  gtk_widget_grab_focus (entry);
}
