/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-application-private.h"

#include <glib/gi18n.h>

#include "tela-debug-window.h"
#include "tela-dialogs.h"
#include "tela-preferences.h"
#include "tela-window.h"

static void
quit_activated (GSimpleAction *action,
                GVariant      *parameter,
                gpointer       user_data)
{
  tela_application_ask_quit (user_data);
}

static void
about_activated (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  GtkApplication *app = user_data;
  GtkWidget      *about = tela_about_new ();

  g_object_set (about,
                "application-name", "Tela",
                "application-icon", TELA_APPLICATION_ID,
                "version", TELA_VERSION,
                "developer-name", _ ("The Tela authors"),
                /* Translators: put your name here, one in a line */
                "translator-credits", _ ("translator-credits"),
                "license-type", GTK_LICENSE_GPL_3_0,
                "comments", _ ("An infinite board for drawings, notes and plans, alone or together."),
                NULL);
  tela_dialog_present (about, gtk_application_get_active_window (app));
}

/* Also that of the jobs, or a dialog, which are not the application's. */
static GtkWindow *
find_active_window (GtkApplication *app)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (all, i);

      if (gtk_window_is_active (window))
        return window; /* GTK has it */
    }

  return gtk_application_get_active_window (app);
}

static void
preferences_activated (GSimpleAction *action,
                       GVariant      *parameter,
                       gpointer       user_data)
{
  TelaApplication *self = user_data;

  tela_dialog_present (tela_preferences_new (self->settings, self->jobs), find_active_window (GTK_APPLICATION (self)));
}

static void
debug_activated (GSimpleAction *action,
                 GVariant      *parameter,
                 gpointer       user_data)
{
  TelaApplication *self = user_data;

  if (self->is_quitting)
    return;
  if (self->debug_window == NULL)
    {
      self->debug_window = tela_debug_window_new (self);
      g_object_add_weak_pointer (G_OBJECT (self->debug_window), (gpointer *) &self->debug_window);
    }
  gtk_window_present (GTK_WINDOW (self->debug_window));
}

static void
new_window_activated (GSimpleAction *action,
                      GVariant      *parameter,
                      gpointer       user_data)
{
  GtkWindow *active = gtk_application_get_active_window (user_data);

  if (TELA_IS_WINDOW (active))
    gtk_widget_activate_action (GTK_WIDGET (active), "win.new-window", NULL);
  else
    g_application_activate (user_data);
}

static void
new_board_activated (GSimpleAction *action,
                     GVariant      *parameter,
                     gpointer       user_data)
{
  TelaApplication *self = user_data;

  if (self->is_quitting || !tela_application_start_or_tell (self))
    return;

  {
    TelaWindow *window = tela_window_new (self);

    tela_window_new_board (window);
    gtk_window_present (GTK_WINDOW (window));
  }
}

static void
add_accels (GtkApplication *app)
{
  static const struct
  {
    const char *action;
    const char *accels[2];
  } all[] = {
    { "app.quit", { "<Control>q" } },
    { "app.debug", { "<Control><Shift>d" } },
    { "app.preferences", { "<Control>comma" } },
    { "win.new-window", { "<Control><Shift>n" } },
    { "win.new-board", { "<Control>n" } },
    { "win.open", { "<Control>o" } },
    { "win.save", { "<Control>s" } },
    { "win.save-as", { "<Control><Shift>s" } },
    { "win.export", { "<Control><Shift>e" } },
    { "win.print", { "<Control>p" } },
    { "window.close", { "<Control>w" } },
  };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    gtk_application_set_accels_for_action (app, all[i].action, all[i].accels);
}

void
tela_application_add_actions (TelaApplication *self)
{
  static const GActionEntry entries[] = {
    { .name = "quit", .activate = quit_activated },
    { .name = "debug", .activate = debug_activated },
    { .name = "about", .activate = about_activated },
    { .name = "preferences", .activate = preferences_activated },
    { .name = "new-board", .activate = new_board_activated },
    { .name = "new-window", .activate = new_window_activated },
  };

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  add_accels (GTK_APPLICATION (self));
}
