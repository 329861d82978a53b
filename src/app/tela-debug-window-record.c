/* Copyright The Tela authors
 * SPDX-License-Identifier: GPL-3.0-or-later
 */

#include "tela-debug-window-private.h"

#include <glib/gi18n.h>

#include "tela-application-private.h"
#include "tela-debug-info.h"

#define RECORDING_MAX (16u * 1024 * 1024)

/* @text: markup. The window may have been closed meanwhile. */
static void
tell (TelaDebugWindow *self,
      const char      *text)
{
  if (self->toasts != NULL)
    adw_toast_overlay_add_toast (self->toasts, adw_toast_new (text));
}

static void
saved_cb (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr (TelaDebugWindow) self = user_data; /* the reference tela_debug_window_save_frames() took */
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  if (g_file_replace_contents_finish (G_FILE (source), result, NULL, &error))
    {
      tell (self, _ ("Recording saved"));
      return;
    }

  message = g_markup_escape_text (error->message, -1);
  tell (self, message);
}

void
tela_debug_window_save_frames (TelaDebugWindow *self,
                               GFile           *file,
                               GBytes          *frames)
{
  g_autofree char *info = tela_debug_info_new (self->app);
  GString         *text = g_string_new (info);
  g_autoptr (GBytes) bytes = NULL;

  g_string_append_c (text, '\n');
  g_string_append_len (text, g_bytes_get_data (frames, NULL), (gssize) g_bytes_get_size (frames));
  bytes = g_string_free_to_bytes (text);
  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE, NULL, saved_cb,
                                       g_object_ref (self));
}

static void
chosen_cb (TelaDebugWindow *self,
           int              response)
{
  g_autoptr (GtkFileChooserNative) chooser = g_steal_pointer (&self->chooser);
  g_autoptr (GBytes) frames = g_steal_pointer (&self->frames_to_save);
  g_autoptr (GFile) file = NULL;

  if (response != GTK_RESPONSE_ACCEPT)
    return;
  file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  tela_debug_window_save_frames (self, file, frames);
}

static void
choose (TelaDebugWindow *self)
{
  self->chooser = gtk_file_chooser_native_new (_ ("Save Recording"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE,
                                               NULL, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), "tela-frames.jsonl");
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (chosen_cb), self, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
record_action (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  TelaDebugWindow *self = TELA_DEBUG_WINDOW (widget);
  guint            n_frames;
  guint64          n_dropped;

  if (self->app->realtime == NULL || self->chooser != NULL)
    return;

  if (!realtime_manager_get_recording (self->app->realtime, &n_frames, &n_dropped))
    realtime_manager_start_recording (self->app->realtime, RECORDING_MAX);
  else
    {
      g_clear_pointer (&self->frames_to_save, g_bytes_unref);
      self->frames_to_save = realtime_manager_stop_recording (self->app->realtime);
      choose (self);
    }
  tela_debug_window_show_recording (self);
}

void
tela_debug_window_show_recording (TelaDebugWindow *self)
{
  guint          n_frames = 0;
  guint64        n_dropped = 0;
  const gboolean is_recording = self->app->realtime != NULL &&
                                realtime_manager_get_recording (self->app->realtime, &n_frames, &n_dropped);
  g_autofree char *count = NULL;
  g_autofree char *text = NULL;

  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), is_recording);
  gtk_widget_set_sensitive (self->record_button, !is_recording);
  if (!is_recording)
    return;

  count = g_strdup_printf (g_dngettext (NULL, "Recording: %u frame", "Recording: %u frames", n_frames), n_frames);
  text = g_strdup_printf ("%s\n%s", count,
                          _ ("What is drawn and written meanwhile is in it. Keys and passwords are left out."));
  gtk_label_set_label (GTK_LABEL (self->recording), text);
}

void
tela_debug_window_drop_recording (TelaDebugWindow *self)
{
  g_autoptr (GBytes) frames G_GNUC_UNUSED = NULL;

  if (self->app->realtime != NULL)
    frames = realtime_manager_stop_recording (self->app->realtime);
}

void
tela_debug_window_install_record (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "debug.record", NULL, record_action);
}
