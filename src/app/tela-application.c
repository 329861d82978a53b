/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-application-private.h"

#include <glib-unix.h>

#include "tela-invite.h"
#include "tela-settings.h"
#include "tela-window.h"

G_DEFINE_FINAL_TYPE (TelaApplication, tela_application, ADW_TYPE_APPLICATION)

/* Started by D-Bus the program has opened nothing yet. */
gboolean
tela_application_start_or_tell (TelaApplication *self)
{
  g_autoptr (GError) error = NULL;

  if (tela_application_start (self, NULL, NULL, NULL, &error))
    return TRUE;
  tela_application_show_failure (self, error);

  return FALSE;
}

static gboolean
terminated_cb (gpointer user_data)
{
  TelaApplication *self = user_data;

  tela_application_quit (self);
  if (!self->is_held)
    g_application_quit (G_APPLICATION (self)); /* a service that has opened nothing yet */

  return G_SOURCE_CONTINUE;
}

static gboolean
style_to_scheme (GValue   *value,
                 GVariant *variant,
                 gpointer  user_data)
{
  const char *style = g_variant_get_string (variant, NULL);

  g_value_set_enum (value, strcmp (style, "light") == 0  ? ADW_COLOR_SCHEME_FORCE_LIGHT
                           : strcmp (style, "dark") == 0 ? ADW_COLOR_SCHEME_FORCE_DARK
                                                         : ADW_COLOR_SCHEME_DEFAULT);

  return TRUE;
}

static void
load_fallback (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_resource (provider, "/io/github/telacanvas/Tela/fallback.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_FALLBACK);
}

static void
tela_application_startup (GApplication *application)
{
  TelaApplication *self = TELA_APPLICATION (application);

  G_APPLICATION_CLASS (tela_application_parent_class)->startup (application);

  tela_application_add_actions (self);
  tela_application_add_jobs_action (self);
  tela_application_add_guest_actions (self);
  tela_application_add_account_action (self);
  if (!self->is_benchmark) /* that has nothing to do with what its user likes */
    self->settings = tela_settings_new ();
  self->oneself = tela_oneself_new (self->settings, TELA_IDLE_MS);
  /* Without its schema there is nothing to choose. */
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), "preferences")),
                               self->settings != NULL);
  if (self->settings != NULL)
    g_settings_bind_with_mapping (self->settings, "style", adw_style_manager_get_default (), "color-scheme",
                                  G_SETTINGS_BIND_GET, style_to_scheme, NULL, NULL, NULL);
  load_fallback ();
  gtk_window_set_default_icon_name (TELA_APPLICATION_ID);
  self->signal_ids[0] = g_unix_signal_add (SIGTERM, terminated_cb, self);
  self->signal_ids[1] = g_unix_signal_add (SIGINT, terminated_cb, self);
}

static TelaWindow *
ensure_window (TelaApplication *self)
{
  GtkWindow *active = gtk_application_get_active_window (GTK_APPLICATION (self));

  return TELA_IS_WINDOW (active) ? TELA_WINDOW (active) : tela_window_new (self);
}

static void
tela_application_activate (GApplication *application)
{
  TelaApplication *self = TELA_APPLICATION (application);

  if (self->is_quitting || !tela_application_start_or_tell (self))
    return;

  if (gtk_application_get_windows (GTK_APPLICATION (self)) != NULL || !tela_application_restore_windows (self))
    gtk_window_present (GTK_WINDOW (ensure_window (self)));
}

static void
tela_application_open (GApplication *application,
                       GFile       **files,
                       int           n_files,
                       const char   *hint)
{
  TelaApplication *self = TELA_APPLICATION (application);

  if (self->is_quitting || !tela_application_start_or_tell (self))
    return;

  for (int i = 0; i < n_files; i++)
    {
      g_autofree char *uri = g_file_get_uri (files[i]);
      g_autofree char *project_id = tela_application_parse_target (uri);
      TelaWindow      *window = i == 0 ? ensure_window (self) : tela_window_new (self);

      gtk_window_present (GTK_WINDOW (window));
      if (tela_invite_is_link (uri))
        tela_window_join (window, uri);
      else if (project_id != NULL)
        tela_window_open_board (window, project_id);
      else
        tela_window_open_file (window, files[i]);
    }
}

static int
tela_application_command_line (GApplication            *application,
                               GApplicationCommandLine *command_line)
{
  return tela_application_run_command_line (TELA_APPLICATION (application), command_line);
}

static void
tela_application_window_removed (GtkApplication *application,
                                 GtkWindow      *window)
{
  GTK_APPLICATION_CLASS (tela_application_parent_class)->window_removed (application, window);

  if (gtk_application_get_windows (application) == NULL && !TELA_APPLICATION (application)->is_kept)
    tela_application_quit (TELA_APPLICATION (application));
}

static void
tela_application_window_added (GtkApplication *application,
                               GtkWindow      *window)
{
  GTK_APPLICATION_CLASS (tela_application_parent_class)->window_added (application, window);

  tela_application_window_is_back (TELA_APPLICATION (application));
}

static void
tela_application_dispose (GObject *object)
{
  TelaApplication *self = TELA_APPLICATION (object);

  g_clear_handle_id (&self->save_source, g_source_remove);
  for (guint i = 0; i < G_N_ELEMENTS (self->signal_ids); i++)
    g_clear_handle_id (&self->signal_ids[i], g_source_remove);
  g_clear_handle_id (&self->drain_timeout, g_source_remove);
  g_clear_object (&self->draining);
  g_clear_object (&self->boards);
  g_clear_object (&self->links);
  g_clear_object (&self->shelf);
  g_clear_object (&self->jobs);
  g_clear_object (&self->thumbnailer);
  g_clear_object (&self->workspace);
  g_clear_object (&self->store);
  g_clear_object (&self->host);
  g_clear_pointer (&self->benchmark, tela_benchmark_free);
  g_clear_pointer (&self->data_dir, g_free);
  g_clear_pointer (&self->notice, g_free);
  g_clear_pointer (&self->windows, g_free);
  g_clear_pointer (&self->email, g_free);
  g_clear_pointer (&self->password, g_free);
  g_clear_object (&self->oneself);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (tela_application_parent_class)->dispose (object);
}

static void
tela_application_class_init (TelaApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = tela_application_dispose;
  application_class->startup = tela_application_startup;
  application_class->activate = tela_application_activate;
  application_class->open = tela_application_open;
  application_class->command_line = tela_application_command_line;
  GTK_APPLICATION_CLASS (klass)->window_added = tela_application_window_added;
  GTK_APPLICATION_CLASS (klass)->window_removed = tela_application_window_removed;
}

static void
tela_application_init (TelaApplication *self)
{
  self->boards = gtk_filter_list_model_new (NULL, NULL);
  self->teller = -1;
  tela_application_add_options (self);
}

TelaApplication *
tela_application_new (const char *const *arguments)
{
  TelaApplication *self = g_object_new (TELA_TYPE_APPLICATION,
                                        "application-id", TELA_APPLICATION_ID,
                                        "resource-base-path", "/io/github/telacanvas/Tela",
                                        "flags", tela_application_flags_of (arguments),
                                        NULL);

  self->is_benchmark = tela_application_is_benchmark (arguments);

  return self;
}

TelaWorkspace *
tela_application_get_workspace (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  return self->is_quitting ? NULL : self->workspace;
}

TelaLinks *
tela_application_get_links (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  return self->is_quitting ? NULL : self->links;
}

TelaOneself *
tela_application_get_oneself (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  return self->oneself;
}

TelaThumbnailer *
tela_application_get_thumbnailer (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  return self->thumbnailer;
}

GSettings *
tela_application_get_settings (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  return self->settings;
}

TelaShelf *
tela_application_get_shelf (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  return self->is_quitting ? NULL : self->shelf;
}

const char *
tela_application_get_data_dir (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  return self->data_dir;
}

const char *
tela_application_get_url (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  return self->host == NULL ? NULL : tela_host_get_url (self->host);
}

char *
tela_application_dup_base_dir (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  return g_build_filename (self->data_dir, "documents", NULL);
}

gboolean
tela_application_is_local (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), TRUE);

  return self->host == NULL || !tela_host_is_remote (self->host);
}

const char *
tela_application_get_notice (TelaApplication *self)
{
  g_return_val_if_fail (TELA_IS_APPLICATION (self), NULL);

  return self->notice;
}
